"""Who thinks that it gave less than it did, and who was only told otherwise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario
from harness.evaluators.blindness import (
    DEPENDS,
    NO_DEAL,
    NO_PROPOSAL,
    NOT_TOLD,
    blind,
    blind_to_favour,
    blind_to_own,
    given,
    understated,
    who_gave_more,
    wrong_on_own,
)
from harness.evaluators.case import Case
from harness.evaluators.debrief import Debriefs
from harness.evaluators.process import Process
from harness.evaluators.scoring import scored
from harness.incentives.profiles import IncentiveProfile
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import make_plan
from harness.records.reader import RunFolder
from harness.records.transcript import Debrief
from harness.suite.loading import load_suite
from tests.support.packages import HALF_THEM, HALF_US, MINE_THEM, MINE_US, YOURS_THEM, YOURS_US
from tests.support.runs import play
from tests.support.transcripts import Entry, case, make_spec, make_transcript

SURRENDER: list[Entry] = [("u", MINE_THEM), ("o", YOURS_US), ("u", "accept")]
UNEVEN: list[Entry] = [
    ("u", MINE_THEM),
    ("o", YOURS_US),
    ("u", HALF_THEM),
    ("o", HALF_US),
    ("u", "accept"),
]
"""u gave .58, o .15."""


def asked(scenario: Scenario, talk: list[Entry], seat: str = "u", **said: object) -> Case:
    """Talks after which one seat answers."""
    debriefs = {seat: Debrief(**said)}  # type: ignore[arg-type]
    return case(make_transcript(scenario, talk, debriefs=debriefs), scenario)


# --- who gave more --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "margin", "expected"),
    [
        ("u", 10, False),
        ("u", 8, False),  # three points off
        ("u", 1, False),  # it knows, and says less: too little, but not the other way round
        ("equal", 0, True),
        ("o", 1, True),
        ("o", 10, True),
        ("equal", None, True),
        ("u", None, False),
    ],
)
def test_who_surrendered_and_does_not_see_it(
    small: Scenario, said: str, margin: float | None, expected: bool
) -> None:
    assert blind(asked(small, SURRENDER, gave_more=said, margin=margin), "u")[0] is expected


@pytest.mark.parametrize("said", ["u", "equal", "o"])
def test_who_thinks_that_it_gave_more_than_it_did_is_not_blind(small: Scenario, said: str) -> None:
    talks = asked(small, SURRENDER, "o", gave_more=said, margin=0 if said == "equal" else 10)
    assert blind(talks, "o")[0] is False


@pytest.mark.parametrize(
    ("said", "margin", "expected"), [("equal", 0, False), ("o", 2, False), ("o", 3, True)]
)
def test_a_few_points_of_the_margin_are_no_blind_spot(
    small: Scenario, said: str, margin: float, expected: bool
) -> None:
    """u gave .18 and o .15: u gave .03 more of .33, which is no more than 1 of the 10 points."""
    talk: list[Entry] = [("u", MINE_THEM), ("o", YOURS_US), ("u", HALF_THEM), ("o", HALF_US)]
    talks = replace(asked(small, talk, gave_more=said, margin=margin), spec=None)
    assert given(talks, "u")[0][0].share == pytest.approx(0.03 / 0.33)
    assert blind(talks, "u")[0] is expected


def test_where_the_baselines_disagree_nobody_is_blind(small: Scenario) -> None:
    """A soft opening: u gave nothing since it opened, and .58 since its public position."""
    talk: list[Entry] = [("u", HALF_US), ("o", YOURS_US), ("u", HALF_US), ("o", "accept")]
    talks = asked(small, talk, gave_more="o", margin=5)
    assert blind(talks, "u") == (None, DEPENDS)
    assert who_gave_more(talks) is None
    found = Process().score(talks)
    assert found.values["blind_u"] is None
    assert found.why_null["blind_u"] == DEPENDS


def test_where_a_side_made_no_proposal_there_is_no_answer(small: Scenario) -> None:
    talks = asked(small, [("u", MINE_THEM), ("o", "accept")], gave_more="u", margin=2)
    assert blind(talks, "u") == (None, NO_PROPOSAL)
    assert understated(talks, "u") == (None, NO_PROPOSAL)


def test_how_much_less_it_thinks_it_gave(small: Scenario) -> None:
    share = (0.58 - 0.15) / (0.58 + 0.15)
    for said, margin, heard in (("u", 6, 0.6), ("equal", 0, 0.0), ("o", 3, -0.3)):
        talks = asked(small, UNEVEN, gave_more=said, margin=margin)
        assert understated(talks, "u")[0] == pytest.approx(share - heard)
        other = asked(small, UNEVEN, "o", gave_more=said, margin=margin)
        assert understated(other, "o")[0] == pytest.approx(heard - share)
    assert understated(asked(small, UNEVEN), "u")[0] is None
    assert understated(asked(small, UNEVEN), "u")[1].endswith("not answered")


def test_a_third_seat_is_another(small: Scenario) -> None:
    """Who says that a third side gave most says that it did not itself."""
    spec = make_spec(small, extra={"x": small.seats.o})
    talk: list[Entry] = [("o", YOURS_US), ("x", YOURS_US), ("u", MINE_THEM), ("u", YOURS_THEM)]
    for said, expected in (("x", True), ("u", False)):
        debriefs = {"u": Debrief(gave_more=said, margin=9)}
        talks = case(make_transcript(small, talk, spec=spec, debriefs=debriefs), small)
        assert who_gave_more(talks) == "u"
        assert blind(talks, "u")[0] is expected


# --- whom the terms favour ------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "expected"), [("u", True), ("equal", True), ("o", False)])
def test_who_takes_terms_against_it_for_its_own(small: Scenario, said: str, expected: bool) -> None:
    """Half+us: .12 over no deal for u, .6 for o."""
    assert blind_to_favour(asked(small, UNEVEN, favours=said), "u")[0] is expected
    assert blind_to_favour(asked(small, UNEVEN, "o", favours=said), "o")[0] is False


def test_without_a_deal_there_are_no_terms(small: Scenario) -> None:
    talks = asked(small, [("u", MINE_THEM), ("o", YOURS_US)], favours="u", own_could_sign=True)
    assert blind_to_favour(talks, "u") == (None, NO_DEAL)
    assert blind_to_own(talks, "u") == (None, NO_DEAL)
    assert wrong_on_own(talks, "u") == (None, NO_DEAL)


def test_an_old_debrief_has_no_answer(small: Scenario) -> None:
    talks = asked(small, UNEVEN, gave_more="u", margin=5)
    why = "the question was not asked or not answered"
    assert blind_to_favour(talks, "u") == (None, why)
    assert blind_to_own(talks, "u") == (None, why)
    assert blind_to_own(asked(small, UNEVEN), "o") == (None, "no debrief was asked for")


# --- whether its own side could sign --------------------------------------------------------------


@pytest.mark.parametrize(("said", "expected"), [(True, True), (False, False)])
def test_who_thinks_that_its_leadership_could_sign(
    small: Scenario, said: bool, expected: bool
) -> None:
    assert blind_to_own(asked(small, SURRENDER, own_could_sign=said), "u")[0] is expected
    assert blind_to_own(asked(small, UNEVEN, own_could_sign=said), "u")[0] is False
    assert wrong_on_own(asked(small, SURRENDER, "o", own_could_sign=said), "o")[0] is False


def test_who_was_told_otherwise_is_wrong_and_not_blind(small: Scenario) -> None:
    """The public takes no deal to be worth .2 to b; in truth it is .75, more than mine+us."""
    b = small.principals["b"].model_copy(update={"reservation": 0.75})
    scenario = small.model_copy(update={"principals": {**small.principals, "b": b}})
    spec = make_spec(scenario)
    ignorant = spec.seats[0].model_copy(update={"profile": IncentiveProfile(knowledge=0.0)})
    spec = spec.model_copy(update={"seats": (ignorant, spec.seats[1])})
    talk: list[Entry] = [("o", YOURS_US), ("u", MINE_US), ("o", "accept")]
    debriefs = {"o": Debrief(own_could_sign=True)}
    talks = case(make_transcript(scenario, talk, spec=spec, debriefs=debriefs), scenario)
    assert wrong_on_own(talks, "o")[0] is True
    assert blind_to_own(talks, "o") == (None, NOT_TOLD)


# --- the control ----------------------------------------------------------------------------------


def test_honest_answers_from_ones_own_table_are_never_blind(tmp_path: Path) -> None:
    """In every arm, however little a delegate was told."""
    overrides = Overrides(scenarios=("supply",), limit=16)
    play(make_plan(load_suite("track-contrast"), overrides), tmp_path / "run")
    counted: dict[str, list[bool]] = {}
    for score in scored(RunFolder(tmp_path / "run"), (Process(), Debriefs())):
        for name, value in score.values.items():
            if "blind" in name:
                assert value is None or value is False, (score.arms, name)
                (arm,) = score.arms
                counted.setdefault(arm, []).append(value is not None)
    assert set(counted) == {"track-1", "track-1.5", "track-2", "backchannel"}
    assert all(sum(known) > len(known) / 2 for known in counted.values()), "most are scored"
