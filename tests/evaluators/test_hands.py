"""What is public of a hand, and what is kept of what its terms give away."""

from __future__ import annotations

import pytest

from harness.disputes.scenario import Scenario
from harness.evaluators.case import Case
from harness.evaluators.hands import Given, Hand, given_by, hands_of
from harness.incentives.expectation import public_values
from tests.support.packages import HALF_US, MINE_THEM, MINE_US
from tests.support.transcripts import Entry, case, make_transcript

TALK: list[Entry] = [("u", MINE_THEM), ("u", MINE_US), ("u", MINE_US), ("u", HALF_US)]


def talks(scenario: Scenario, talk: list[Entry] = TALK) -> Case:
    return case(make_transcript(scenario, talk), scenario)


def hand(scenario: Scenario, seat: str) -> Hand:
    found = hands_of(talks(scenario))["ou".index(seat)]
    assert found is not None
    return found


def given_of(scenario: Scenario, talk: list[Entry] = TALK) -> list[Given | None]:
    return given_by([talks(scenario, talk)])[0]


def test_a_ladder_has_the_end_that_is_publicly_wanted_on_top(small: Scenario) -> None:
    """Half of the well is believed to be worth .2 to a: the ladder is the order, not the value."""
    assert dict(hand(small, "u").ladders) == {
        "well": {"mine": 1.0, "half": 0.5, "yours": 0.0},
        "fence": {"them": 1.0, "us": 0.0},
    }
    assert dict(hand(small, "o").ladders)["well"] == {"mine": 0.0, "half": 0.5, "yours": 1.0}


def test_the_ladder_is_what_the_public_believes(small: Scenario) -> None:
    """Where it takes a side to want the other end, so do those who watch."""
    a = small.principals["a"]
    assert a.public is not None
    believed = {"well": {"mine": 0.0, "half": 0.5, "yours": 1.0}}
    image = a.public.stereotype.model_copy(update={"values": believed})
    face = a.public.model_copy(update={"stereotype": image})
    turned = a.model_copy(update={"public": face})
    other = small.model_copy(update={"principals": {**small.principals, "a": turned}})
    assert public_values(other, "a")["well"] == believed["well"]
    assert dict(hand(other, "u").ladders)["well"] == believed["well"]


def test_limits_and_tops(small: Scenario) -> None:
    known = hand(small, "o")
    assert (known.limit, known.public_limit) == (0.25, 0.2)
    assert known.top == {1}
    assert known.known == pytest.approx(1.0)
    assert hand(small, "u").known is None
    assert hand(small, "u").top_known == pytest.approx(0.5)


def test_hands_are_dealt_once_for_all_dialogues(small: Scenario) -> None:
    assert hands_of(talks(small)) is hands_of(talks(small, [("o", MINE_US)]))


def test_dialogues_that_repeat_give_away_the_same(small: Scenario) -> None:
    """What is kept of one dialogue is what would be worked out for the next, whoever else talks."""
    fresh = small.model_copy()
    first, again = given_of(fresh), given_of(fresh)
    assert first[1] is again[1]
    together = given_of(small.model_copy(), [*TALK, ("o", MINE_US)])
    assert together[1] == first[1]
    assert together[0] is not None
    assert first[0] is None
    both = given_of(fresh, [("o", MINE_US), *TALK])
    assert both == together
    assert both[1] is first[1]


def test_quarters_of_few_terms_repeat(small: Scenario) -> None:
    given = given_of(small, TALK[:3])[1]
    assert given is not None
    assert given.counts == (1, 2, 3, 3)
    assert [len(series) for series in given.series] == [4, 4, 4]
    assert given.first == (0,)


def test_dialogues_together_give_away_what_each_does_alone(small: Scenario) -> None:
    """Also where they have differently many terms, repeat one another's, or have none."""
    held = [TALK, [("o", MINE_US), *TALK], TALK[:2], TALK, [("o", MINE_US), ("u", HALF_US)], []]
    alone = [given_of(small.model_copy(), talk) for talk in held]
    fresh = small.model_copy()
    together = given_by([talks(fresh, talk) for talk in held])
    assert together == alone
    assert together[0][1] is together[3][1]
    assert together[-1] == [None, None]
