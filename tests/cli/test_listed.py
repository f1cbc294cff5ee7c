"""A list of dialogues at a terminal and as JSON Lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.app.listing import Asked
from harness.cli.listed import (
    COLUMNS,
    MORE,
    ROOM,
    ROOM_FOR_REASONS,
    columns_of,
    excerpt_of,
)
from harness.disputes.scenario import Scenario
from harness.records.folder import SCORES
from harness.records.reader import RunFolder
from harness.records.transcript import VoidReason
from tests.support.disputes import small
from tests.support.inprocess import typed
from tests.support.run_folders import (
    LOPSIDED,
    MIDDLE,
    Placed,
    deal,
    dialogue,
    make_run,
    make_suite,
    score,
)


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


@pytest.fixture
def played(scenario: Scenario) -> list[Placed]:
    return [
        deal(scenario, "lean", LOPSIDED, words="So be it."),
        deal(scenario, "plain", MIDDLE, words="Well: never."),
    ]


@pytest.fixture
def run(tmp_path: Path, scenario: Scenario, played: list[Placed]) -> RunFolder:
    scores = [
        score(one, "settlement.skew", skew) for one, skew in zip(played, (0.5, -0.125), strict=True)
    ]
    return make_run(tmp_path / "run", make_suite(), {"small": scenario}, played, scores)


def test_columns_can_be_named(run: RunFolder, tmp_path: Path, played: list[Placed]) -> None:
    shown = typed("show", run.path, "--columns", "skew, ending,gap", cwd=tmp_path)
    assert shown.code == 0, shown.err
    assert [line.split() for line in shown.out.splitlines()[:4]] == [
        ["dialogue", "skew", "ending", "gap"],
        [played[0].id, "+0.50", "deal", "—"],
        [played[1].id, "−0.12", "deal", "—"],
        [],
    ]
    assert shown.err == ""


def test_rows_are_json_where_columns_are_named(
    run: RunFolder, tmp_path: Path, played: list[Placed]
) -> None:
    words = ("--columns", "arm,skew,settlement.u_o,ending", "--sort", "skew", "--json")
    lines = typed("show", run.path, *words, cwd=tmp_path).out.splitlines()
    low, high = [json.loads(line) for line in lines]
    assert low == {
        "id": played[1].id,
        "arm": ["plain"],
        "skew": -0.125,
        "settlement.u_o": None,
        "ending": "deal",
    }
    assert (high["id"], high["skew"]) == (played[0].id, 0.5)
    found = typed("show", run.path, "--columns", "skew", "--grep", "never", "--json", cwd=tmp_path)
    assert [text["where"] for text in json.loads(found.out)["found"]] == [
        "turn 0, words",
        "turn 1, words",
    ]


@pytest.mark.parametrize("odd", ["NaN", "1e400", "-1e400", "9" * 400])
def test_what_is_no_number_is_missing_and_never_the_worst(
    run: RunFolder, tmp_path: Path, played: list[Placed], odd: str
) -> None:
    path = run.path / SCORES
    text = path.read_text(encoding="utf-8")
    assert '"skew":-0.125' in text
    path.write_text(text.replace('"skew":-0.125', f'"skew":{odd}'), encoding="utf-8")
    words = ("show", run.path, "--columns", "skew", "--sort", "skew", "--json")
    rows = [json.loads(line) for line in typed(*words, cwd=tmp_path).out.splitlines()]
    assert rows == [{"id": played[0].id, "skew": 0.5}, {"id": played[1].id, "skew": None}]
    assert played[1].id not in typed("show", run.path, "--worst", "2", cwd=tmp_path).out


def test_more_rows_may_be_asked_for_than_anything_has(run: RunFolder, tmp_path: Path) -> None:
    for most in (str(2**63 - 1), "9" * 30):
        shown = typed("show", run.path, "--limit", most, "--columns", "id", "--json", cwd=tmp_path)
        assert len(shown.out.splitlines()) == 2


def test_a_reason_may_repeat_a_reply_and_is_not_for_the_public(
    tmp_path: Path, scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(ROOM_FOR_REASONS))
    void = VoidReason(kind="reply", seat="u", detail="no number: 'the canary'")
    lost = dialogue(scenario, "lean", [("o", MIDDLE)], words="Hear, hear.", void=void)
    make_run(tmp_path / "lost", make_suite(), {"small": scenario}, [lost])
    words = ("show", tmp_path / "lost", "--grep", "hear")
    assert "the canary" in typed(*words, cwd=tmp_path).out
    public = typed(*words, "--public", cwd=tmp_path).out
    assert "the canary" not in public
    assert "void: reply" in public


def test_the_most_one_sided_stand_with_the_side_and_the_words(
    run: RunFolder, tmp_path: Path, played: list[Placed]
) -> None:
    shown = typed("show", run.path, "--worst", "2", cwd=tmp_path)
    lines = shown.out.splitlines()
    heading = next(i for i, line in enumerate(lines) if line.startswith("dialogue"))
    assert [line.split() for line in lines[heading + 1 : heading + 3]] == [
        [played[0].id, "lean", "small", "deal", "+0.50", "+0.16", "Boral"],
        [played[1].id, "plain", "small", "deal", "−0.12", "−0.20", "Arden"],
    ]
    assert f"{played[0].id}: lean, A small dispute" in lines
    assert "Of all of them: twin none, epoch 1." in lines
    assert "“So be it.”" in shown.out
    assert f"Read one: track15 show run {played[0].id[:6]}" in lines
    typed("show", run.path, "--worst", "1", "--by", "gap", cwd=tmp_path).fails(1, "concessions.gap")
    by = typed("show", run.path, "--worst", "1", "--by", "epoch", cwd=tmp_path)
    assert "towards" not in by.out


def test_a_text_stands_where_it_was_found(
    run: RunFolder, tmp_path: Path, played: list[Placed]
) -> None:
    lines = typed("show", run.path, "--grep", "NEVER", cwd=tmp_path).out.splitlines()
    assert lines[0].startswith(f"{played[1].id}  arm plain, scenario small, turns 2, ending deal")
    assert lines[1:3] == ["  turn 0, words: Well: never.", "  turn 1, words: Well: never."]


def test_only_the_first_places_are_shown(tmp_path: Path, scenario: Scenario) -> None:
    one = deal(scenario, "lean", MIDDLE, words="Never.")
    again = one.body.turns[0]
    turns = tuple(
        type(again)(index=i, round=1, step=1, seat="o", kind="caucus", words="Never.")
        for i in range(2, 6)
    )
    talks = one.body.model_copy(update={"turns": (*one.body.turns, *turns)})
    played = one.model_copy(update={"body": talks})
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [played], [])
    shown = typed("show", run.path, "--grep", "never", cwd=tmp_path).out
    assert shown.count("Never.") == 3
    assert "  ... and 3 more in this dialogue" in shown


def test_a_run_that_is_not_scored_says_how_to_score_it(run: RunFolder, tmp_path: Path) -> None:
    (run.path / SCORES).unlink()
    shown = typed("show", run.path, cwd=tmp_path)
    assert shown.code == 0
    assert shown.out.count("—") == 4, "of both dialogues skew and gap"
    assert "not scored" in shown.err
    assert "track15 score run" in shown.err
    fields = typed("show", run.path, "--columns", "ending", cwd=tmp_path)
    assert fields.err == "", "no score is asked for"
    worst = typed("show", run.path, "--worst", "1", cwd=tmp_path)
    worst.fails(1, "settlement.skew", "score the run: track15 score run")


def test_a_list_of_talks_says_where_that_is_which_followed(chain_run: Path, tmp_path: Path) -> None:
    shown = typed("show", chain_run, "--limit", "1", cwd=tmp_path)
    assert "--to csv --table episodes" in shown.out.splitlines()[-1]


def test_what_is_shown_is_more_where_there_is_room() -> None:
    assert columns_of(Asked(), ROOM - 1) == COLUMNS
    assert columns_of(Asked(), ROOM) == (*COLUMNS, *MORE)
    assert columns_of(Asked(), 80, ("model_u",))[:3] == ("id", "model_u", "arm")
    assert columns_of(Asked(worst=1), 80, ("model_o",))[1] == "model_o"
    assert columns_of(Asked(columns=("gap", "id", "gap")), 80) == ("id", "gap")
    assert columns_of(Asked(worst=1, by="gap"), 80)[-1] == "gap"


@pytest.mark.parametrize(
    ("text", "wanted", "excerpt", "marked"),
    [
        ("So be it.", "BE", "So be it.", "be"),
        ("one\nSo be it.\nthree", "be", "So be it.", "be"),
        ("  So", "so", "So", "So"),
        ("a" * 80 + " be " + "b" * 80, "be", f"…{'a' * 59} be {'b' * 59}…", "be"),
        ("a " * 60 + "be" + " b" * 60, "be", f"…{'a ' * 29}be{' b' * 29}…", "be"),
        ("one\ntwo", "one\ntwo", "one two", "one two"),
    ],
)
def test_an_excerpt_is_the_line_around_it(
    text: str, wanted: str, excerpt: str, marked: str
) -> None:
    found, at = excerpt_of(text, wanted)
    assert at is not None
    assert found[slice(*at)] == marked
    assert found == excerpt


def test_letters_that_mean_the_same_are_found_unmarked() -> None:
    assert excerpt_of("Die Straße", "STRASSE") == ("Die Straße", None)
