"""Rows: the fields and scores of every dialogue, under names that a filter may use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.analysis.query import parse
from harness.app.measuring import definitions
from harness.disputes.scenario import Scenario
from harness.records.folder import SCORES, TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.transcript import Call, Usage, VoidReason
from harness.report.rows import FIELDS, dialogues, names_in, rows, short_names, written
from harness.report.wording import MISSING
from tests.support.disputes import small
from tests.support.run_folders import LOPSIDED, MIDDLE, deal, dialogue, make_run, make_suite, score


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


@pytest.fixture
def run(tmp_path: Path, scenario: Scenario) -> RunFolder:
    """A deal by models, a void dialogue, and a walk-out; one score of the user's own."""
    signed = deal(scenario, "lean", MIDDLE)
    official, other = signed.spec.seats
    official = official.model_copy(update={"kind": "model", "model": "openai/m"})
    spec = signed.spec.model_copy(update={"seats": (official, other)})
    calls = tuple(
        Call(index=i, seat="o", purpose="move", model="openai/m", prompt=(), reply="", usage=usage)
        for i, usage in enumerate((Usage(prompt=3, completion=1), Usage(prompt=4)))
    )
    signed = signed.model_copy(update={"id": spec.id, "spec": spec, "calls": calls})
    why = VoidReason(kind="reply", seat="u", detail="no usable reply")
    void = dialogue(scenario, "lean", [("o", MIDDLE)], void=why, epoch=2)
    left = dialogue(scenario, "plain", [("o", LOPSIDED), ("u", "walk_out")])
    scores = [
        score(signed, "settlement.skew", -0.25),
        score(signed, "mine.length", 3.0),
        score(void, "settlement.skew", None, "void"),
    ]
    return make_run(
        tmp_path / "run", make_suite(), {"small": scenario}, [signed, void, left], scores
    )


def test_a_row_has_every_field_and_every_score(run: RunFolder) -> None:
    signed, void, left = rows(run)
    assert list(signed) == [*FIELDS, "settlement.skew", "mine.length"]
    assert {name: signed[name] for name in FIELDS if name != "id"} == {
        "arm": ("lean",),
        "scenario": "small",
        "twin": "none",
        "epoch": 1,
        "model_o": "openai/m",
        "model_u": "scripted",
        "ending": "deal",
        "commitment": "ad_referendum",
        "round": 1,
        "turns": 2,
        "void_kind": None,
        "void_seat": None,
        "void_reason": None,
        "repairs": 0,
        "calls": 2,
        "prompt_tokens": 7,
        "completion_tokens": None,
    }, "a count that one server did not give is missing"
    assert (signed["settlement.skew"], signed["mine.length"]) == (-0.25, 3.0)
    assert (void["ending"], void["void_kind"], void["void_seat"]) == ("void", "reply", "u")
    assert void["settlement.skew"] is None
    assert (left["ending"], left["arm"]) == ("walk_out", ("plain",))
    assert "settlement.skew" not in left


def test_only_what_is_wanted_is_read(run: RunFolder) -> None:
    assert [set(row) - FIELDS.keys() for row in rows(run, {"id", "ending"})] == [set()] * 3
    assert [set(row) - FIELDS.keys() for row in rows(run, {"mine.length"})] == [
        {"mine.length"},
        set(),
        set(),
    ]


def test_some_dialogues_come_in_the_order_that_is_asked_for(run: RunFolder) -> None:
    ids = [str(row["id"]) for row in rows(run)]
    found = [(transcript.id, row["id"]) for transcript, row in dialogues(run, None, ids[:0:-1])]
    assert found == [(ids[2], ids[2]), (ids[1], ids[1])]


def test_a_run_in_play_has_the_order_of_its_plan(run: RunFolder) -> None:
    path = run.path / TRANSCRIPTS
    planned = [row["id"] for row in rows(run)]
    path.write_bytes(b"".join(reversed(path.read_bytes().splitlines(keepends=True))))
    again = RunFolder(run.path)
    assert [transcript.id for transcript in again.transcripts()] == planned[::-1]
    assert [row["id"] for row in rows(again)] == planned


def test_names_are_those_of_fields_measures_and_the_runs_own_scores(run: RunFolder) -> None:
    names = names_in(run)
    assert names.keys() >= {*FIELDS, "settlement.skew", "skew", "mine.length"}
    assert names["skew"] == "settlement.skew"
    assert "length" not in names, "short names are those of built-in measures"
    (run.path / SCORES).unlink()
    assert "mine.length" not in names_in(run)
    query = parse("length > 1 or mine.length == 3", {**names, "length": "mine.length"})
    assert [query.holds(row) for row in rows(run)] == [False] * 3


def test_a_short_name_means_one_measure_and_no_field() -> None:
    short = short_names()
    assert short.keys().isdisjoint(FIELDS)
    assert set(short.values()) <= definitions(installed=False).keys()
    assert {short["skew"], short["gap"], short["agreement"], short["gain_u"]} == {
        *("settlement.skew", "concessions.gap", "settlement.agreement", "settlement.gain_u"),
    }
    assert "error" in short
    assert not [name for name, full in short.items() if not full.endswith(f".{name}")]
    assert "signed" not in short, "a probe is no dialogue"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("settlement.skew", None, MISSING),
        ("settlement.skew", 0.123, "+0.12"),
        ("settlement.u_o", 1.0, "1.00"),
        ("red_lines.crossed_u", 2.0, "2"),
        ("concessions.ambiguous", True, "yes"),
        ("acceptability.signable", False, "no"),
        ("prompt_tokens", 12345, "12,345"),
        ("arm", ("plain", "lean"), "plain, lean"),
        ("ending", "walk_out", "walk out"),
        ("model_o", "openai/my_model", "openai/my_model"),
        ("mine.length", 3.0, "3.00"),
    ],
)
def test_a_value_as_people_read_it(name: str, value: Any, shown: str) -> None:
    assert written(name, value, definitions(installed=False)) == shown
