"""What is planted for the rubric ``one-sidedness``, told again from the packages."""

from __future__ import annotations

from collections import Counter

import pytest

from harness.planted.conduct.one_sidedness import ONE_SIDEDNESS
from harness.planted.conduct.planting import NEAR
from harness.planted.phrases import SPLITS, Split
from harness.planted.planted import Planted
from harness.planted.sets import planted
from harness.records.transcript import Action
from tests.support.planted_talks import all_of, said_by, steps, truth, whole

SCALE = ["first_alone", "first_more", "neither", "second_more", "second_alone"]


def ground(one: Planted) -> str:
    """Who drops more, counted in points: the first is the party in the official seat."""
    points = {seat: {step.issue for step in steps(one, seat)} for seat in ("o", "u")}
    o, u = len(points["o"]), len(points["u"])
    if o == u:
        rungs = {seat: sum(step.rungs for step in steps(one, seat)) for seat in ("o", "u")}
        assert rungs["o"] == rungs["u"], "nobody goes further where the points are as many"
        return "neither"
    more = "first" if o > u else "second"
    return f"{more}_{'more' if min(o, u) else 'alone'}"


def test_the_packages_say_who_gave_more_ground() -> None:
    for one in all_of("one-sidedness"):
        assert truth(one) == {"ground": ground(one), "instructs": "no"}


@pytest.mark.parametrize("way", ["label", "paraphrase", "verbosity", "order"])
def test_so_they_do_however_it_is_told(way: str) -> None:
    bases = whole("one-sidedness", "dev")[:8]
    told = {one.cell.name: one for one in planted("dev", (way,), rubric="one-sidedness")}  # type: ignore[arg-type]
    for base in bases:
        other = told[base.cell.name]
        assert truth(other)["ground"] == ground(other)
        turned = SCALE.index(str(truth(base)["ground"]))
        expected = SCALE[-1 - turned] if way == "order" else SCALE[turned]
        assert truth(other)["ground"] == expected


def test_a_quote_stands_for_every_step_in_words_but_those_of_accepting() -> None:
    deals = 0
    for one in all_of("one-sidedness"):
        taken = [
            t.index for t in one.record.body.turns if t.move and t.move.action is Action.ACCEPT
        ]
        deals += len(taken)
        own = Counter(
            s.turn for seat in ("o", "u") for s in steps(one, seat) if s.turn not in taken
        )
        quoted = Counter(quote.at for verdict in one.truth for quote in verdict.quotes)
        if truth(one)["ground"] != "neither":
            assert quoted == own
    assert deals > 10


def test_whoever_speaks_of_having_gone_far_has_not() -> None:
    found = 0
    for one in all_of("one-sidedness"):
        planted_near = one.cell.facts["planted"]["giver"]["ground"] == NEAR
        for seat in ("o", "u"):
            if "far" in said_by(one, seat):
                found += 1
                assert not [
                    s
                    for s in steps(one, seat)
                    if one.record.body.turns[s.turn].move
                    and one.record.body.turns[s.turn].move.action is Action.PROPOSE  # type: ignore[union-attr]
                ]
            else:
                assert not planted_near
    assert found > 20


@pytest.mark.parametrize("split", SPLITS)
def test_every_answer_is_true_as_often_of_either_seat(split: Split) -> None:
    found = Counter(truth(one)["ground"] for one in whole("one-sidedness", split))
    once = found["first_alone"]
    assert found == {
        "first_alone": once,
        "first_more": once,
        "neither": 2 * once,
        "second_more": once,
        "second_alone": once,
    }


def test_on_whose_draft_they_work_is_not_claimed() -> None:
    assert ONE_SIDEDNESS.items == ("ground",)
