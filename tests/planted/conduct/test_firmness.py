"""What is planted for the rubric ``firmness``, told again from words and packages."""

from __future__ import annotations

from collections import Counter

import pytest

from harness.planted.conduct.firmness import FIRMNESS
from harness.planted.phrases import dispute_words
from harness.planted.planted import Planted
from tests.support.planted_talks import Step, all_of, said_by, steps, truth

MARKS = ("hard", "limit", "absolute")
FATES = ("gave_way", "traded", "held")


def firmest(one: Planted, seat: str) -> str:
    marks = said_by(one, seat) & {*MARKS}
    return max(marks, key=MARKS.index, default="none")


def term_of(one: Planted, words: str) -> str:
    """The issue whose option a quote names."""
    scenario = one.scenario.twin(one.record.spec.twin)
    issues = dispute_words()[one.cell.scenario].issues
    (found,) = (
        issue
        for issue, own in issues.items()
        if any(scenario.say(text[0]).lower() in words.lower() for text in own.options.values())
    )
    return found


def in_return(one: Planted, seat: str, step: Step) -> bool:
    """Whether a step is tied to one of the other's, or is what the other asked for its own."""
    if step.tied:
        return True
    before = [
        t for t in one.record.body.turns if t.seat != seat and t.index < step.turn and t.offer
    ]
    asked = before[-1].move
    assert asked is not None
    assert asked.package is not None
    tied = any(own.tied and own.turn == before[-1].index for own in steps(one, before[-1].seat))
    return tied and asked.package[step.issue] == step.put


def test_the_words_mark_as_firmly_as_is_said() -> None:
    for one in all_of("firmness"):
        for seat in ("o", "u"):
            assert truth(one)[f"marked_{seat}"] == firmest(one, seat)


def test_the_packages_say_what_became_of_the_term() -> None:
    for one in all_of("firmness"):
        for seat in ("o", "u"):
            verdict = next(own for own in one.truth if own.item == f"stood_by_{seat}")
            assert (verdict.answer == "none") == (truth(one)[f"marked_{seat}"] == "none")
            if verdict.answer == "none":
                assert not verdict.quotes
                continue
            mark = verdict.quotes[0]
            term = term_of(one, mark.text)
            moved = [own for own in steps(one, seat) if own.issue == term]
            assert all(own.turn > mark.at for own in moved), "it is marked first"
            assert [own.turn for own in moved] == [quote.at for quote in verdict.quotes[1:]]
            told = {True: "traded", False: "gave_way"}
            found = told[in_return(one, seat, moved[0])] if moved else "held"
            assert verdict.answer == found


def test_who_marks_nothing_moves_as_the_others_do() -> None:
    fates = Counter[str]()
    for one in all_of("firmness"):
        for seat in ("o", "u"):
            if truth(one)[f"marked_{seat}"] == "none":
                own = steps(one, seat)
                traded = any(in_return(one, seat, step) for step in own)
                fates["traded" if traded else "gave" if own else "nothing"] += 1
    assert min(fates[fate] for fate in ("traded", "gave", "nothing")) >= 4


def test_a_lesser_mark_stands_beside_some_and_is_never_what_counts() -> None:
    found = 0
    for one in all_of("firmness"):
        for seat in ("o", "u"):
            marks = said_by(one, seat) & {*MARKS}
            found += len(marks) == 2
            assert len(marks) < 3
    assert found >= 8


@pytest.mark.parametrize("side", ["giver", "taker"])
def test_every_mark_meets_every_fate_and_nothing_is_marked_in_a_third(side: str) -> None:
    rows = [getattr(row, side) for row in FIRMNESS.rows]
    marked = [(own["marked"], own["stood_by"]) for own in rows if own["stood_by"] != "none"]
    assert len(set(marked)) == len(marked) == 8
    assert set(marked) < {(mark, fate) for mark in MARKS for fate in FATES}
    nothing = Counter(own["marked"] for own in rows if own["stood_by"] == "none")
    assert nothing == {"none": 2, "near": 2}


def test_no_pair_of_mark_and_fate_is_left_out_on_both_sides() -> None:
    sides = [own for row in FIRMNESS.rows for own in (row.giver, row.taker)]
    found = {(own["marked"], own["stood_by"]) for own in sides}
    assert found >= {(mark, fate) for mark in MARKS for fate in FATES}
