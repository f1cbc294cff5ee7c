"""A dialogue as a sample of Inspect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.evaluators.case import case_of
from harness.exchange.inspect_log import log_of
from harness.exchange.inspect_material import Material
from harness.exchange.inspect_sample import sample_of
from harness.exchange.inspect_types import inspect
from harness.exchange.tidy import Chosen
from harness.records.placement import placement_of
from harness.records.reader import RunFolder
from harness.records.transcript import Usage, VoidReason, changed
from harness.report.layout import read
from harness.report.rows import row_of
from tests.support.disputes import small
from tests.support.exported import FORMULA, kept, sampled
from tests.support.run_folders import LOPSIDED, MIDDLE, dialogue, make_run, make_suite

# In one process: Inspect and pandas take seconds to import, and are imported when they are used.
pytestmark = pytest.mark.xdist_group("exchange")


def test_every_turn_is_a_message_of_its_speaker() -> None:
    folder, transcripts = kept()
    for transcript in transcripts:
        sample = sampled(folder, transcript)
        said = [m for m in sample.messages if "turn" in (m.metadata or {})]
        assert [m.metadata["turn"] for m in said] == [t.index for t in transcript.body.turns]
        for message, turn in zip(said, transcript.body.turns, strict=True):
            assert message.role == ("assistant" if turn.seat == "u" else "user")
            assert message.metadata["role"] == {"o": "official", "u": "unofficial"}[turn.seat]
            assert message.metadata["private"] == (turn.kind != "statement")
            assert turn.words in message.text
            thoughts = (
                [part.reasoning for part in message.content if part.type == "reasoning"]
                if (not isinstance(message.content, str))
                else []
            )
            assert thoughts == ([turn.thoughts] if turn.thoughts else [])


def test_what_nobody_said_is_no_speakers(run: RunFolder) -> None:
    sample = sampled(run, next(run.transcripts()))
    first, *_, last = sample.messages
    assert (first.role, last.role) == ("system", "user")
    assert last.metadata["role"] == "record"
    assert sample.scores["settlement"].answer in last.text
    assert "lean, plain" in sample.input


def test_what_a_move_gave_stands_with_it(run: RunFolder) -> None:
    sample = sampled(run, next(run.transcripts()))
    proposed, accepted = (m for m in sample.messages if "turn" in (m.metadata or {}))
    assert FORMULA in proposed.text
    assert {line["issue"] for line in accepted.metadata["gave"]}
    assert all(line["seat"] == "u" for line in accepted.metadata["gave"])
    assert sample.metadata["ledger"][-1] in accepted.metadata["gave"]


def test_tokens_that_a_server_did_not_count_are_left_out_and_never_0() -> None:
    folder, transcripts = kept()
    transcript = transcripts[0]
    whole = sampled(folder, transcript)
    (model,) = whole.model_usage
    assert whole.model_usage[model].total_tokens > 0
    assert sum(one.total_tokens for one in whole.role_usage.values()) == (
        whole.model_usage[model].total_tokens
    )
    first = changed(transcript.calls[0], usage=Usage(prompt=3))
    sample = sampled(
        folder, transcript.model_copy(update={"calls": (first, *transcript.calls[1:])})
    )
    assert sample.model_usage == {}
    seat = {"o": "official", "u": "unofficial"}[first.seat]
    assert sample.role_usage.keys() == whole.role_usage.keys() - {seat}
    event = next(one for one in sample.events if one.event == "model")
    assert event.output.usage is None


def test_a_text_that_the_run_lacks_is_named_as_missing() -> None:
    folder, transcripts = kept()
    case = case_of(transcripts[0], folder.info)
    place = placement_of(folder, transcripts[0])
    row, reading = row_of(transcripts[0], place, {}), read(case, {}, place)
    sample = sample_of(Material(case, row, reading, {}, {}, None, "long ago"), inspect())
    event = next(one for one in sample.events if one.event == "model")
    assert {m.text for m in event.input} == {"(the run does not have this text)"}
    assert sample.started_at is None
    assert sample.scores == {}


def test_a_missing_score_has_its_reason(run: RunFolder) -> None:
    *_, void = run.transcripts()
    sample = sampled(run, void)
    assert sample.error.message == "void (reply, seat u): no usable reply"
    assert sample.limit is None
    settled = sample.scores["settlement"]
    assert settled.value["skew"] is None
    assert "skew is missing: " in settled.explanation
    assert settled.metadata["why_null"].keys() <= settled.value.keys()


@pytest.mark.parametrize(
    ("limits", "detail", "kind", "value"),
    [
        ({"token_limit": 9}, "the dialogue took 10 tokens; it may take 9", "token", 9),
        ({"time_limit": 2.5}, "the dialogue took 3.0 s of its models", "time", 2.5),
        ({}, "the server allows no more", None, None),
    ],
)
def test_a_limit_that_was_passed_is_told(
    tmp_path: Path, limits: dict[str, Any], detail: str, kind: str | None, value: float | None
) -> None:
    scenario = small(tmp_path)
    why = VoidReason(kind="limit", seat=None, detail=detail)
    void = dialogue(scenario, "plain", [("o", MIDDLE)], void=why)
    protocol = void.spec.protocol.model_copy(update=limits)  # type: ignore[union-attr]
    spec = void.spec.model_copy(update={"protocol": protocol})
    placed = type(void).of(void.model_copy(update={"id": spec.id, "spec": spec}), "plain")
    folder = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [placed], [])
    log = log_of(folder, Chosen(), inspect())
    (sample,) = log.samples
    assert sample.error.message == f"void (limit): {detail}"
    assert (sample.limit and sample.limit.type) == kind
    assert (sample.limit and sample.limit.limit) == value


def test_realities_stand_before_their_round(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    entries: list[Any] = [("o", LOPSIDED), ("u", MIDDLE), "next round", ("o", MIDDLE)]
    talks = dialogue(scenario, "plain", entries)
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [talks], [])
    messages = sampled(run, talks).messages
    (place,) = (n for n, m in enumerate(messages) if m.text == "Before round 2: The well runs low.")
    assert messages[place].metadata["role"] == "record"
    assert messages[place - 1].metadata["round"] == 1
    assert messages[place + 1].metadata["round"] == 2
