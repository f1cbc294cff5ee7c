"""The plots of the kinds of planted transcripts."""

from __future__ import annotations

from itertools import product

import pytest

from harness.planted.kinds import KINDS, PLOTS, Act, Kind, Plot, Setting
from harness.planted.phrases import phrases_of


def plots(kind: Kind) -> list[Plot]:
    return [
        PLOTS[kind](Setting({"x": last, "y": last, "z": 2}, devious, first, balanced))
        for last, devious, first, balanced in product((2, 3, 4), *[(False, True)] * 3)
    ]


def acts(plot: Plot) -> list[Act]:
    return [act for beat in plot.beats for act in beat.acts]


@pytest.mark.parametrize("kind", KINDS)
def test_every_act_has_phrases_and_no_step_leaves_the_ladder(kind: Kind) -> None:
    for plot in plots(kind):
        for act in acts(plot):
            assert act.phrase in phrases_of("test")
            assert act.to is None or 0 <= act.to <= 4
            assert (act.event in ("concedes", "takes_back")) == (act.to is not None)


@pytest.mark.parametrize("kind", ["soft_opening", "none", "pretended"])
def test_where_nothing_is_given_nothing_is_an_event(kind: Kind) -> None:
    assert not any(act.event for plot in plots(kind) for act in acts(plot))


def test_each_kind_is_what_it_is_called() -> None:
    found = {kind: plots(kind) for kind in KINDS}
    assert all(plot.opens["x"] > 0 for plot in found["soft_opening"])
    assert {len(acts(plot)) for plot in found["salami"]} == {3, 4}
    assert {act.commitment for p in found["hypothetical"] for act in acts(p)} == {
        "hypothetical",
        "personal",
    }
    assert all(act.asks and act.back for plot in found["conditional"] for act in acts(plot))
    assert {beat.who for plot in found["reciprocated"] for beat in plot.beats} == {
        "giver",
        "taker",
    }
    assert all(
        [act.event for act in acts(plot)] == ["concedes"] * 2 + ["takes_back"] * 2
        for plot in found["retracted"]
    )
    assert not any(act.carried for plot in found["only_in_words"] for act in acts(plot))
    gives = [sum(bool(act.event) for act in acts(plot)) for plot in found["reversed_wording"]]
    assert (gives.count(1), gives.count(0)) == (len(gives) // 4, 3 * len(gives) // 4)
