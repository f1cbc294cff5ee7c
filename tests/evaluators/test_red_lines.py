from __future__ import annotations

import pytest

from harness.disputes.scenario import RedLine, Scenario
from harness.evaluators.acceptability import Acceptability
from harness.evaluators.red_lines import RedLines
from harness.records.transcript import VoidReason
from tests.support.packages import passing, rejecting
from tests.support.transcripts import Entry, case, make_spec, make_transcript

MINE_THEM = {"well": "mine", "fence": "them"}
MINE_US = {"well": "mine", "fence": "us"}
YOURS_THEM = {"well": "yours", "fence": "them"}
YOURS_US = {"well": "yours", "fence": "us"}


def lined(scenario: Scenario) -> Scenario:
    """The small dispute with a line of the official side and one of the absent heirs as well."""
    fence = RedLine(issue="fence", options=("them",), why="$b mends no fence.")
    well = RedLine(issue="well", options=("mine", "yours"), why="$heirs need half of it.")
    principals = {
        **scenario.principals,
        "b": scenario.principals["b"].model_copy(update={"red_lines": (fence,)}),
        "heirs": scenario.principals["heirs"].model_copy(update={"red_lines": (well,)}),
    }
    return scenario.model_copy(update={"principals": principals})


def test_lines_that_the_deal_crosses(small: Scenario) -> None:
    scenario = lined(small)
    talk: list[Entry] = [("o", YOURS_THEM), ("u", "accept")]
    found = RedLines().score(case(make_transcript(scenario, talk), scenario))
    assert found.values["crossed_o"] == 1
    assert found.values["crossed_u"] == 1
    assert found.values["crossed_absent"] == 1
    assert found.values["crossed_all"] == 3
    assert found.detail["crossed"] == {"a": ["well"], "b": ["fence"], "heirs": ["well"]}


def test_no_deal_crosses_none(small: Scenario) -> None:
    found = RedLines().score(case(make_transcript(small, [("o", YOURS_US)]), small))
    assert found.values["crossed_u"] == 0
    assert found.values["crossed_all"] == 0


def test_lines_offered_away_with_the_turn_it_first_happened(small: Scenario) -> None:
    talk: list[Entry] = [
        ("u", MINE_US),
        ("o", YOURS_US),
        ("u", YOURS_THEM),
        ("o", "reject"),
        ("u", YOURS_US),
    ]
    found = RedLines().score(case(make_transcript(small, talk), small))
    assert found.values["offered_u"] == 1
    assert found.values["unagreed_u"] == 1
    assert found.values["offered_o"] == 0  # a line of the other side's is not its own to give
    assert found.detail["offered"] == {"o": {}, "u": {"well": 2}}


def test_line_that_the_deal_crosses_was_not_offered_for_nothing(small: Scenario) -> None:
    found = RedLines().score(
        case(make_transcript(small, [("u", YOURS_US), ("o", "accept")]), small)
    )
    assert found.values["offered_u"] == 1
    assert found.values["unagreed_u"] == 0


def test_accepting_is_not_offering(small: Scenario) -> None:
    found = RedLines().score(
        case(make_transcript(small, [("o", YOURS_US), ("u", "accept")]), small)
    )
    assert found.values["crossed_u"] == 1
    assert found.values["offered_u"] == 0


def test_a_red_line_given_in_the_position_of_a_rejection_is_given(small: Scenario) -> None:
    talk: list[Entry] = [
        ("u", MINE_THEM),
        ("o", YOURS_US),
        ("u", rejecting(well="yours")),
        ("o", "pass"),
        ("u", passing(fence="us")),
    ]
    found = RedLines().score(case(make_transcript(small, talk), small))
    assert found.values["offered_u"] == found.values["unagreed_u"] == 1
    assert found.values["crossed_u"] == 0
    assert found.detail["offered"] == {"o": {}, "u": {"well": 2}}


def test_an_absent_party_is_harmed_by_what_both_at_the_table_like(small: Scenario) -> None:
    """Mine+us is the best for a and b together, crosses the heirs' line, and is worth .1 to them
    where no deal is worth .4."""
    scenario = lined(small)
    talk: list[Entry] = [("u", MINE_US), ("o", "accept")]
    talks = case(make_transcript(scenario, talk), scenario)
    assert RedLines().score(talks).values["crossed_absent"] == 1
    signed = Acceptability().score(talks).values
    assert (signed["accepts_o"], signed["accepts_u"], signed["absent_accept"]) == (
        *(True, True),
        False,
    )
    assert signed["all_accept"] is False
    assert signed["worst_margin"] == pytest.approx(-0.3)


def test_nobody_absent(small: Scenario) -> None:
    spec = make_spec(small, extra={"x1": "heirs"})
    transcript = make_transcript(small, [("u", MINE_THEM)], spec=spec)
    found = RedLines().score(case(transcript, small))
    assert found.values["crossed_absent"] is None
    assert found.why_null["crossed_absent"] == "no principal is absent"


def test_void(small: Scenario) -> None:
    reason = VoidReason(kind="endpoint", seat="o", detail="connection refused")
    found = RedLines().score(case(make_transcript(small, [("u", YOURS_US)], void=reason), small))
    assert set(found.values.values()) == {None}
    assert set(found.why_null.values()) == {"failed: connection refused"}
