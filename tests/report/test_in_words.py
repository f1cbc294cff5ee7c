"""What judges have listed of the words, laid out beside the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.disputes.scenario import Scenario
from harness.evaluators.case import Case
from harness.evaluators.words import Words
from harness.records.placement import Placement
from harness.records.score import Score
from harness.report.in_words import ONLY, pieces
from harness.report.layout import read
from harness.report.reading import Reading, Said
from tests.support.disputes import small
from tests.support.judging import SMALL_DISPUTE
from tests.support.packages import HALF_US, MINE_THEM, MINE_US, YOURS_US
from tests.support.prose_ledgers import event, ledger_by
from tests.support.transcripts import Entry, make_transcript

TALK: list[Entry] = [("u", MINE_THEM), ("o", YOURS_US), ("u", MINE_US), ("o", "reject")]
WORDS = "We mend the fence, and could live with half of the well."


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def laid_out(
    scenario: Scenario, detail: dict[str, Any], talk: list[Entry] = TALK, **more: Any
) -> Reading:
    transcript = make_transcript(scenario, talk, words=WORDS)
    found = Score(id=transcript.id, evaluator="words", version=1, values={}, detail=detail)
    return read(Case(transcript, scenario), {"words": found}, Placement(), **more)


def judged(scenario: Scenario, *ledgers: Any, talk: list[Entry] = TALK, **more: Any) -> Reading:
    transcript = make_transcript(scenario, talk, words=WORDS)
    named = {f"judged_{number}": one for number, one in enumerate(ledgers)}
    found = Words().score(Case(transcript, scenario, None, named))
    return laid_out(scenario, found.detail, talk, **more)


def test_an_event_stands_with_the_line_that_it_bears_out(scenario: Scenario) -> None:
    found = judged(
        scenario, ledger_by(scenario, event(2, "a", "concedes.fence", "us", quote="mend the fence"))
    )
    rows = {row.turn: row for row in found.ledger_rows}
    line, (said,) = rows[2].line, rows[2].said
    assert line is not None
    assert (said.issue, said.now, said.quote) == (line.issue, line.now, "mend the fence")
    assert said.by == "judge openai/judge, uncalibrated"
    assert said.cost == pytest.approx(0.4)
    assert not said.only
    assert len(rows) == len(found.ledger)


@pytest.mark.parametrize(
    ("calibrated", "known"), [("openai/other", "uncalibrated"), ("openai/judge", "uncorrected")]
)
def test_a_judge_to_which_a_calibration_fits_is_called_uncorrected(
    scenario: Scenario, calibrated: str, known: str
) -> None:
    ledger = ledger_by(scenario, event(2, "a", "concedes.fence", "us", quote="mend the fence"))
    (said,) = judged(scenario, ledger, calibrated=[calibrated]).said
    assert said.by == f"judge openai/judge, {known}"


def test_what_is_only_in_words_has_a_row_of_its_own_in_its_turn(scenario: Scenario) -> None:
    gave = event(
        0,
        "a",
        "concedes.well",
        "half",
        commitment="conditional",
        condition="if you mend it",
        in_return="fence",
        authorised="denied",
    )
    found = judged(scenario, ledger_by(scenario, gave, event(3, "b", "threat", "leave")))
    alone = [row for row in found.ledger_rows if row.line is None]
    assert [(row.turn, row.seat, len(row.said)) for row in alone] == [(0, "u", 1), (3, "o", 1)]
    (said,), (threat,) = (row.said for row in alone)
    assert (said.was, said.now) == ("Arden draws all of it", "each draws half")
    assert (said.standing, said.only) == (ONLY, True)
    assert said.how == (
        "on a condition; depends on: “if you mend it”; in return for The fence; "
        "says that its leadership has not agreed"
    )
    assert (threat.does, threat.issue, threat.now, threat.cost) == (
        "threatens",
        "",
        "to leave",
        None,
    )
    turns = [row.turn for row in found.ledger_rows]
    assert turns == sorted(turns)


def test_how_a_last_word_and_a_threat_stand_is_said(scenario: Scenario) -> None:
    talk: list[Entry] = [*TALK, ("u", HALF_US), ("o", "accept")]
    found = judged(
        scenario,
        ledger_by(
            scenario,
            event(0, "a", "final.well", "mine"),
            event(0, "a", "final.fence", "unnamed"),
            event(0, "a", "threat", "leave"),
            event(0, "a", "threat", "worse"),
            event(1, "b", "final.fence", "us", in_return="something_else"),
            event(2, "a", "takes_back.well", "mine", was="half", commitment="personal"),
        ),
        talk=talk,
    )
    assert [(said.what, said.standing, said.now) for said in found.said] == [
        ("final", "its own terms go beyond it", "Arden draws all of it"),
        ("final", "", ""),
        ("threat", "it stayed", "to leave"),
        ("threat", "", "with another harm"),
        ("final", "its terms keep to it", "Arden mends it"),
        ("takes_back", "", "Arden draws all of it"),
    ]
    assert found.said[4].how == "in return for something else"
    assert found.said[5].how == "for itself alone"
    assert found.said[5].cost == pytest.approx(-0.18)


def test_several_judges_stand_side_by_side(scenario: Scenario) -> None:
    found = judged(
        scenario,
        ledger_by(
            scenario,
            event(2, "a", "concedes.fence", "us", quote="We mend the fence"),
            event(2, "a", "concedes.well", "half", quote="half of the well"),
        ),
        ledger_by(
            scenario,
            event(2, "a", "concedes.fence", "us", quote="mend the fence"),
            event(2, "a", "concedes.well", "half", quote="live with half"),
            event(2, "a", "final.well", "half", quote="live with half"),
            judge="openai/other",
        ),
    )
    said = [(row.line is None, [one.by for one in row.said]) for row in found.ledger_rows]
    both = ["judge openai/judge, uncalibrated", "judge openai/other, uncalibrated"]
    assert said[-3:] == [(False, both), (True, both), (True, both[1:])]


def test_without_a_judge_the_ledger_is_what_it_was(scenario: Scenario) -> None:
    found = judged(scenario)
    assert found.said == ()
    assert [row.line for row in found.ledger_rows] == list(found.ledger)


SOUND = {
    "turn": 0,
    "seat": "u",
    "what": "concedes",
    "issue": "well",
    "was": "mine",
    "to": "half",
    "commitment": "binding",
    "condition": "",
    "in_return": "nothing",
    "authorised": "unsaid",
    "quote": "half of the well",
    "value": 0.18,
    "carried": False,
}


def test_a_file_s_detail_is_taken_as_it_stands_where_it_is_sound(scenario: Scenario) -> None:
    (said,) = laid_out(scenario, {"judges": [{"judge": "a/b", "events": [SOUND]}]}).said
    assert (said.now, said.only, said.cost) == ("each draws half", True, 0.18)


@pytest.mark.parametrize(
    "changes",
    [
        {"turn": 9},
        {"turn": "0"},
        {"turn": True},
        {"seat": "o"},
        {"seat": None},
        {"what": "wins"},
        {"what": ["concedes"]},
        {"issue": "moon"},
        {"issue": None},
        {"what": "threat"},
        {"quote": None},
        {"quote": {"a": 1}},
    ],
)
def test_what_is_of_nothing_in_the_dialogue_is_left_out(
    scenario: Scenario, changes: dict[str, Any]
) -> None:
    detail = {"judges": [{"judge": "a/b", "events": [{**SOUND, **changes}]}]}
    assert laid_out(scenario, detail).said == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)


@settings(max_examples=30)
@given(st.dictionaries(st.sampled_from([*SOUND]), JSON), JSON, JSON)
def test_no_detail_breaks_a_page(changes: dict[str, Any], judges: Any, events: Any) -> None:
    for detail in (
        {"judges": [{"judge": "a/b", "events": [{**SOUND, **changes}]}]},
        {"judges": judges},
        {"judges": [judges, {"judge": judges, "events": events}]},
    ):
        found = laid_out(SMALL_DISPUTE, detail)
        assert len(found.ledger_rows) <= len(found.ledger) + len(found.said)


def said_of(quote: str) -> Said:
    return Said(0, "u", "Arden", "final", "", "", "", "", None, "", "", False, quote, "")


def test_words_are_cut_where_quotes_begin_and_end() -> None:
    half, live = said_of("half of the well"), said_of("could LIVE with half")
    found = pieces(WORDS, [half, live, said_of("not there"), said_of("")])
    assert [(one.text, one.quoted) for one in found] == [
        ("We mend the fence, and ", ()),
        ("could live with ", (live,)),
        ("half", (half, live)),
        (" of the well", (half,)),
        (".", ()),
    ]
    assert pieces("", []) == ()


@given(st.text(max_size=60), st.lists(st.text(max_size=10), max_size=4))
def test_cut_words_are_the_words(words: str, quotes: list[str]) -> None:
    assert "".join(one.text for one in pieces(words, [said_of(one) for one in quotes])) == words
