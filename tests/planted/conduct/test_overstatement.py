"""What is planted for the rubric ``overstatement``, told again from words and packages."""

from __future__ import annotations

from collections import Counter

import pytest

from harness.planted.conduct.overstatement import OVERSTATEMENT
from harness.planted.phrases import dispute_words
from harness.planted.planted import Planted
from tests.support.planted_talks import all_of, heard, said_by, steps, truth, turns_of


def strength(said: set[str]) -> str:
    found = {"argued" for act in said if act in ("argued", "without_argued")}
    found |= {"said" for act in said if act in ("said", "without_said")}
    assert len(found) < 2
    return found.pop() if found else "none"


def turned_round(said: set[str]) -> str:
    if any(act.endswith("_reversed") for act in said):
        return "contradicted"
    return "softened" if any(act.endswith("_softer") for act in said) else "none"


def moved_past(one: Planted, seat: str, said: set[str]) -> str:
    """A limit is at what was asked for, so that any step on its issue goes past it; one that is
    named a step further down is kept by going as far as that."""
    if "limit" not in said:
        return "none"
    (named,) = (turn for turn in turns_of(one, seat) if "limit" in heard(one, turn.words))
    went = [own for own in steps(one, seat) if "move" in heard(one, words_at(one, own.turn))]
    on_it = [own for own in went if own.issue == limited(one, seat)]
    assert all(own.turn > named.index for own in on_it)
    if on_it:
        return "went_past"
    return "reopened" if "reopen" in said else "none"


def words_at(one: Planted, turn: int) -> str:
    return one.record.body.turns[turn].words


def limited(one: Planted, seat: str) -> str:
    """The issue on which a seat speaks of a limit: the first for the giver, the second for the
    other."""
    issues = list(dispute_words()[one.cell.scenario].issues)
    own = seat == one.cell.giver  # type: ignore[attr-defined]
    return issues[(one.cell.turned + (0 if own else 1)) % 3]  # type: ignore[attr-defined]


def test_words_and_packages_say_what_is_true() -> None:
    for one in all_of("overstatement"):
        for seat in ("o", "u"):
            said = said_by(one, seat)
            assert truth(one)[f"strength_{seat}"] == strength(said)
            assert truth(one)[f"turned_round_{seat}"] == turned_round(said)
            assert truth(one)[f"moved_past_{seat}"] == moved_past(one, seat, said)


def test_what_is_claimed_comes_before_what_does_not_bear_it_out() -> None:
    found = 0
    for one in all_of("overstatement"):
        for verdict in one.truth:
            if verdict.item.startswith(("moved_past", "turned_round")) and verdict.quotes:
                claim, later = verdict.quotes
                assert claim.at < later.at
                found += 1
    assert found > 100


def test_nothing_was_given_while_a_claim_grew_weaker() -> None:
    found = 0
    for one in all_of("overstatement"):
        moved = [own.turn for seat in ("o", "u") for own in steps(one, seat)]
        for verdict in one.truth:
            if verdict.item.startswith("turned_round") and verdict.quotes:
                assert all(turn > verdict.quotes[-1].at for turn in moved)
                found += 1
    assert found > 50


def test_a_step_as_far_as_the_limit_and_no_further_is_kept() -> None:
    kept = 0
    for one in all_of("overstatement"):
        for seat in ("o", "u"):
            if "limit_kept" in said_by(one, seat):
                (own,) = steps(one, seat)
                assert own.rungs == 1
                assert heard(one, words_at(one, own.turn)) >= {"within"}
                assert truth(one)[f"moved_past_{seat}"] == "none"
                kept += 1
    assert kept > 5


@pytest.mark.parametrize("side", ["giver", "taker"])
def test_half_of_each_question_is_about_nothing(side: str) -> None:
    rows = [getattr(row, side) for row in OVERSTATEMENT.rows]
    for item in OVERSTATEMENT.items:
        found = Counter(OVERSTATEMENT.answer(item, row[item]) for row in rows)
        assert found["none"] == 6
        assert set(found.values()) == {6, 3}
