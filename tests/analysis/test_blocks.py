"""Scenarios count when they are complete, in the order of the plan."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.blocks import Blocks, Complete
from harness.disputes.scenario import Twin
from harness.records.episodes import Episode
from harness.suite.contrasts import Contrast

ASKED = Contrast(name="q", treatment="t", control="c")
TWINS = (Twin.NONE, Twin.SEATS)
Values = dict[tuple[str, str, str], float | None]


def episodes(count: int, epochs: int = 1, arms: tuple[str, ...] = ("c", "t", "x")) -> list[Episode]:
    """In plan order: epoch, scenario, twin, arm."""
    return [
        Episode(arm=arm, scenario=f"s{s}", twin=twin, epoch=epoch, stages={"talks": "0" * 16})
        for epoch in range(1, epochs + 1)
        for s in range(count)
        for twin in TWINS
        for arm in arms
    ]


def key(episode: Episode) -> tuple[str, str, str]:
    return episode.scenario, episode.pair, episode.arm


def everything(plan: list[Episode]) -> Values:
    """Each scenario is worth its number more in the treatment."""
    return {key(e): (int(e.scenario[1:]) + 1) / 10 if e.arm == "t" else 0.0 for e in plan}


def complete(
    plan: list[Episode], known: Values, *, whole: bool = True, contrast: Contrast = ASKED
) -> Complete:
    blocks = Blocks(contrast)
    for episode in plan:
        blocks.add(episode)
    return blocks.complete(lambda e: key(e) in known, lambda e: known[key(e)], whole=whole)


def test_every_complete_scenario_counts_in_plan_order() -> None:
    plan = episodes(3)
    found = complete(plan, everything(plan))
    assert list(found.values.items()) == [
        ("s0", pytest.approx(0.1)),
        ("s1", pytest.approx(0.2)),
        ("s2", pytest.approx(0.3)),
    ]
    assert (found.blocks, found.without, found.missing) == (3, (), 0)


def test_nothing_counts_beyond_a_scenario_that_is_under_way() -> None:
    plan = episodes(4)
    known = everything(plan)
    del known["s1", "seats/1", "t"]
    found = complete(plan, known)
    assert list(found.values) == ["s0"], "s2 and s3 ended sooner and wait"
    assert (found.awaited, found.waiting) == ("s1", 2)
    assert complete(plan, everything(plan)).awaited is None


def test_dialogues_of_other_arms_are_not_waited_for() -> None:
    plan = episodes(2)
    known = {where: value for where, value in everything(plan).items() if where[2] != "x"}
    assert complete(plan, known).blocks == 2


def test_the_last_scenario_of_a_plan_that_is_being_written_may_go_on() -> None:
    plan = episodes(2)[:-3]  # one twin of s1 is not written yet
    known = everything(plan)
    assert list(complete(plan, known, whole=False).values) == ["s0"]
    assert list(complete(plan, known, whole=True).values) == ["s0", "s1"], "a limit cut it"


def test_repetitions_are_no_scenarios() -> None:
    plan = episodes(2, epochs=2)
    known = everything(plan)
    first = {where: value for where, value in known.items() if where[1].endswith("/1")}
    assert complete(plan, first).values == complete(plan, known).values
    later = plan[: len(plan) // 2 + 1]  # the second epoch has begun: the first is written
    assert complete(later, first, whole=False).blocks == 2


def test_void_dialogues_have_come_to_their_end() -> None:
    plan = episodes(3)
    known = everything(plan)
    known["s0", "none/1", "t"] = None
    for twin in TWINS:
        known["s1", f"{twin.value}/1", "c"] = None
    found = complete(plan, known)
    assert list(found.values) == ["s0", "s2"]
    assert (found.without, found.missing, found.blocks) == (("s1",), 3, 3)


def test_one_arm_is_held_against_zero_over_complete_twins() -> None:
    plan = episodes(2)
    alone = Contrast(name="q", treatment="t")
    known = everything(plan)
    assert complete(plan, known, contrast=alone).values == pytest.approx({"s0": 0.1, "s1": 0.2})
    known["s0", "seats/1", "t"] = None
    assert list(complete(plan, known, contrast=alone).values) == ["s1"]


def test_line_ups_have_blocks_of_their_own() -> None:
    own = Blocks(ASKED, "unofficial=ant")
    (episode, *_) = episodes(1, arms=("t",))
    assert not own.add(episode)
    assert own.add(episode.model_copy(update={"models": {"unofficial": "ant"}}))


@given(st.sets(st.integers(0, 35)))
def test_whatever_has_ended_what_counts_is_how_the_whole_begins(ended: set[int]) -> None:
    """So how long dialogues take says how far the sequence is, and changes nothing in it."""
    plan = episodes(6)
    known = everything(plan)
    some = {key(plan[place]): known[key(plan[place])] for place in ended}
    whole, found = list(complete(plan, known).values.items()), complete(plan, some)
    assert list(found.values.items()) == whole[: found.blocks]
