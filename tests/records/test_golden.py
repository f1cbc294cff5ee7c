"""Run folders written by an earlier version stay readable, and measure what they measured.

Three are kept: the first run that shipped as an example, a run of fake models that uses every part
of the record (``tests/support/golden.py`` made it), and one of a model that has the suite and the
prompts beside it that it was made with, to be replayed. If a test here fails after a change to the
record, old runs of users became unreadable: raise ``SCHEMA_VERSION``, read both, and put a golden
run of the new schema beside the old one.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.errors import RecordError
from harness.evaluators.registry import registry
from harness.evaluators.scoring import scored
from harness.records.folder import PLAN, TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.run import FORMER_SCHEMA, RUN_SCHEMA
from harness.records.score import Score
from harness.records.transcript import SCHEMA_VERSION, Turn
from harness.records.writer import RunWriter
from tests.support.command import track15
from tests.support.golden import make_golden

KEPT = Path(__file__).parent / "golden" / "schema-1"
REPLAYABLE = Path(__file__).parent / "golden" / "schema-1-replay"
MODEL = "openai/x@http://127.0.0.1:38615/v1"
REPLAY = ("run", "suite.yaml", "--model", MODEL, "--prompts", "prompts", "--replay", "run")
EXAMPLE = Path(__file__).parent / "golden" / "schema-1-example" / "run"


CHANGED = {
    "concessions": (
        2,
        # Read across rounds and in positions too; an answer has to be half of what it answers; a
        # slope takes 8 moves; nothing is clipped.
        frozenset({"osc", "rigidity", "sensitivity", "unreciprocated"})
        | {"reciprocity", "reciprocity_asymmetry"},
    ),
    # Read in positions too.
    "red_lines": (2, frozenset({"offered", "unagreed"})),
    # A round that is left without a zone of agreement is held against the nearest one with it, and
    # has no efficiency. No golden run has such a round: all that was measured stays what it was.
    "settlement": (2, frozenset()),
    # Says too whether talks ended in a deal that every party could sign, with no deal as a no.
    "acceptability": (2, frozenset()),
    # Signed: who thinks that it gave less than it did.
    "process": (2, frozenset({"blind"})),
}
"""Evaluator -> its version now, and its measures that mean something else than in the golden runs.
All others have to give what they gave."""

RUNS = [KEPT, REPLAYABLE / "run", EXAMPLE]
FORMER = pytest.mark.parametrize("path", RUNS, ids=lambda path: f"{path.parent.name}/{path.name}")


@FORMER
def test_a_golden_run_is_readable_and_scores_the_same(path: Path) -> None:
    folder = RunFolder(path)
    transcripts = list(folder.transcripts())
    assert len(transcripts) == folder.info.dialogues
    assert all(t.schema_version == 1 for t in transcripts)
    kept = {(score.id, score.evaluator): score for score in folder.scores()}
    fresh = list(scored(folder, registry()))
    assert kept.keys() <= {(score.id, score.evaluator) for score in fresh}
    for score in fresh:
        if (score.id, score.evaluator) in kept:  # an evaluator may be new
            _same(kept[score.id, score.evaluator], score)


@FORMER
def test_a_dialogue_of_version_1_keeps_its_id_and_its_place(path: Path) -> None:
    """Its id is the hash of the spec as it was written, which is no longer how one is written."""
    folder = RunFolder(path)
    written = documents(path)
    assert folder.info.schema_ == FORMER_SCHEMA
    transcripts = list(folder.transcripts())
    assert [t.id for t in transcripts] == [document["id"] for document in written]
    for transcript, document in zip(transcripts, written, strict=True):
        spec = document["spec"]
        text = json.dumps(spec, separators=(",", ":"), ensure_ascii=False).encode()
        assert transcript.id == hashlib.sha256(text).hexdigest()[:16]
        assert transcript.id != transcript.spec.id
        place = folder.place(transcript.id)
        assert (place.name, place.arms) == ("talks", (spec["arm"],))
        assert place.scenario == transcript.spec.scenario == spec["scenario"]
        assert place.twin == transcript.spec.twin == spec["twin"]
        assert place.epoch == spec["epoch"]
        assert folder.transcript(transcript.id) == transcript


def test_there_are_golden_runs() -> None:
    assert RunFolder(EXAMPLE).info.dialogues == 12
    assert RunFolder(REPLAYABLE / "run").info.dialogues == 2
    assert RunFolder(KEPT).info.dialogues == 4


def test_every_part_of_the_record_is_read_back() -> None:
    folder = RunFolder(KEPT)
    played = {folder.place(t.id).arm: t for t in folder.transcripts()}
    assert {arm: t.status for arm, t in played.items()} == {
        "deal": "done",
        "apart": "done",
        "babble": "void",
        "dead": "failed",
    }
    talks = played["deal"].body
    assert [turn.kind for turn in talks.turns].count("caucus") == 2
    (asked,) = [turn for turn in talks.turns if turn.kind == "consultation"]
    assert asked.capital is not None
    assert asked.capital.acceptable
    assert asked.capital.value == pytest.approx(0.42)
    assert played["deal"].repairs_of("u") == 1
    assert talks.outcome.package == {"well": "half", "fence": "us"}
    assert talks.debriefs["u"].reservations == {"o": 0.3}
    texts = folder.messages()
    assert all(message in texts for call in played["deal"].calls for message in call.prompt)
    assert any(role == "system" for role, _ in texts.values())
    assert played["deal"].calls[0].usage.prompt == 11
    apart = played["apart"].body
    assert apart.outcome.kind == "no_deal"
    assert "no JSON" in (apart.debriefs["u"].problem or "")
    rejected = apart.turns[-1].move
    assert rejected is not None
    assert rejected.position == {"fence": "them"}
    for arm, kind in (("babble", "reply"), ("dead", "endpoint")):
        void = played[arm].void
        assert void is not None
        assert (void.kind, void.seat) == (kind, "u")
    assert [len(timing.calls) for timing in folder.timings()] == [
        len(t.calls) for t in folder.transcripts()
    ]


def test_the_maker_of_the_golden_run_still_plays_it(tmp_path: Path) -> None:
    """Prompts change, hashes and the wording of complaints with them; what was said and done, and
    which calls were asked again, does not."""
    old, new = RunFolder(KEPT), make_golden(tmp_path / "new")
    for before, after in zip(old.transcripts(), new.transcripts(), strict=True):
        assert after.status == before.status
        assert [_said(turn) for turn in after.body.turns] == [_said(t) for t in before.body.turns]
        ended = [replace(t.body.outcome, reason="") for t in (before, after)]
        assert ended[0] == ended[1]


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """A copy of what a user of version 1 has: a suite, its prompts and the run of them."""
    shutil.copytree(REPLAYABLE, tmp_path / "former")
    return tmp_path / "former"


def documents(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / TRANSCRIPTS).read_bytes().splitlines()]


def test_every_command_reads_a_run_of_version_1(former: Path) -> None:
    run = RunFolder(former / "run")
    scores = {(score.id, score.evaluator): score for score in run.scores()}
    shown = track15("show", "run", cwd=former)
    assert shown.code == 0, shown.err
    for dialogue, arm in (("62a1fa999c0fe853", "one"), ("9746cb804084e807", "half")):
        (line,) = [line for line in shown.out.splitlines() if dialogue in line]
        assert line.split()[1] == arm
        read = track15("show", "run", dialogue[:6], cwd=former)
        assert read.code == 0, read.err
        assert "accepts u-2, in a personal capacity" in read.out
    (former / "run" / "scores.jsonl").unlink()
    for command in ("score", "report"):
        done = track15(command, "run", cwd=former)
        assert done.code == 0, done.err
        assert "red lines crossed a dialogue" in done.out
    for score in run.scores():
        if (score.id, score.evaluator) in scores:  # an evaluator may be new
            _same(scores.pop((score.id, score.evaluator)), score)
    assert scores == {}
    assert not (former / "run" / PLAN).exists(), "nothing is written into it but what is asked for"


def test_a_run_of_version_1_is_replayed_to_the_letter(former: Path) -> None:
    """Without a server: nobody listens where its model was."""
    done = track15(*REPLAY, cwd=former)
    assert done.code == 0, done.err
    (path,) = (former / "transcripts").glob("golden-replay-*-replay")
    old, new = RunFolder(former / "run"), RunFolder(path)
    assert new.info.schema_ == RUN_SCHEMA
    played = list(zip(old.transcripts(), new.transcripts(), strict=True))
    assert len(played) == 2
    for before, after in played:
        assert (before.body, before.calls) == (after.body, after.calls)
        assert (before.void, before.status) == (after.void, after.status)
        assert before.spec == after.spec
        assert (after.schema_version, after.id) == (SCHEMA_VERSION, after.spec.id)
        assert old.place(before.id) == new.place(after.id)
    assert sum(len(after.calls) for _, after in played) > 0
    assert (path / "messages.jsonl").read_bytes() == (old.path / "messages.jsonl").read_bytes()


def _in_a_turn(document: dict[str, Any]) -> None:
    turn = document["stages"][0]["turns"][2]
    turn["words"] = f"{turn['words']} Perhaps."


def _in_a_reply(document: dict[str, Any]) -> None:
    call = document["stages"][0]["calls"][0]
    call["reply"] = call["reply"].replace("Let us", "We shall", 1)


def _in_a_debrief(document: dict[str, Any]) -> None:
    debrief = document["stages"][0]["debriefs"]["u"]
    debrief["words"] = f"{debrief['words']} Perhaps."


def _in_a_prompt(document: dict[str, Any]) -> None:
    prompt = document["stages"][0]["calls"][1]["prompt"]
    prompt[-1] = "0" * len(prompt[-1])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_in_a_turn, "turn 2 (seat"),
        (_in_a_reply, "call 1 (seat u, move): message 2 of its prompt (user) differs"),
        (_in_a_debrief, "its debriefs, its calls or its specification differ"),
        (_in_a_prompt, "call 1 (seat"),
    ],
)
def test_a_run_of_version_1_with_a_changed_word_is_not_replayed(
    former: Path, change: Callable[[dict[str, Any]], None], says: str
) -> None:
    changed = documents(former / "run")
    before = json.dumps(changed[1])
    change(changed[1])
    assert json.dumps(changed[1]) != before
    _write(former / "run", changed)
    track15(*REPLAY, cwd=former).fails(1, "cannot be replayed", says)


@pytest.mark.parametrize("key", ["seed", "arm", "suite", "epoch", "scenario_hash"])
def test_a_spec_of_version_1_that_was_changed_is_refused(former: Path, key: str) -> None:
    changed = documents(former / "run")
    spec = changed[1]["spec"]
    spec[key] = spec[key] + 1 if isinstance(spec[key], int) else f"{spec[key]}x"
    _write(former / "run", changed)
    with pytest.raises(RecordError, match="its id is not that of its spec") as found:
        list(RunFolder(former / "run").transcripts())
    assert found.value.where == f"{former / 'run' / TRANSCRIPTS}:2"
    track15("show", "run", changed[1]["id"], cwd=former).fails(1, "transcripts.jsonl:2")


def test_a_run_of_version_1_is_not_gone_on_with(former: Path) -> None:
    """Its dialogues have other ids than today's, so all would be played again beside them."""
    info = RunFolder(former / "run").info
    before = {path: path.read_bytes() for path in (former / "run").iterdir()}
    with pytest.raises(RecordError, match="another plan") as found:
        RunWriter(former / "run", info.model_copy(update={"schema_": RUN_SCHEMA}))
    assert "--log-dir" in str(found.value)
    assert {path: path.read_bytes() for path in before} == before


def _write(run: Path, changed: list[dict[str, Any]]) -> None:
    lines = (json.dumps(one, separators=(",", ":"), ensure_ascii=False) for one in changed)
    (run / TRANSCRIPTS).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _said(turn: Turn) -> tuple[Turn, list[int | None]]:
    return replace(turn, repairs=()), [repair.call for repair in turn.repairs]


def _same(old: Score, new: Score) -> None:
    assert old.values.keys() <= new.values.keys(), "a measure disappeared"
    version, changed = CHANGED.get(old.evaluator, (old.version, frozenset()))
    assert new.version == version, f"say what changed in {old.evaluator}"
    for name, before in old.values.items():
        after = new.values[name]
        if name.removesuffix("_o").removesuffix("_u") in changed:
            assert after is not None or new.why_null[name], (old.evaluator, name)
            continue
        if isinstance(before, float) and isinstance(after, float):
            assert math.isclose(before, after, abs_tol=1e-9), (old.evaluator, name)
        else:
            assert before == after, (old.evaluator, name)
