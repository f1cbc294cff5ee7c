"""Experiments drawn from whole dialogues keep their promise, and the page shows it."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.noisy import (
    BEGIN,
    COUNT,
    END,
    SIGNED,
    VOIDED,
    answered,
    effect_row,
    main,
    null_row,
    random_row,
    row_of,
    seats_row,
    table,
    truth_of,
    uneven_row,
    void_row,
)
from benchmarks.noisy_pool import (
    GIVEN_DEAL,
    TURNS,
    Pool,
    headlines,
    lost_at_random,
    played_pool,
    rows_of,
    whole_pairs,
)
from benchmarks.validity import write, write_between
from harness.analysis.observations import Floats
from harness.analysis.scale import Scale
from harness.evaluators.course import Asked, Course
from tests.support.command import ROOT

PAGE = (ROOT / "docs" / "validity.md").read_text(encoding="utf-8").split("## Whole dialogues")[1]
SHOWN = PAGE.split(BEGIN)[1].split(END)[0]
SKEW = "settlement.skew"


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    return played_pool(tmp_path_factory.mktemp("pool"), ("neutral-01", "neutral-02"), 1)


ASKED = tuple(Asked("u", "a", 1, step) for step in range(1, 6))


def values_of(values: Floats, level: Floats, at: tuple[int, ...]) -> float:
    """A dialogue's value beyond the level of its scenario."""
    return float(values[at] - level[at[0], 0, 0])


def drawn(*, effect: float = 0.2, gone: float = 0.0) -> Pool:
    """A pool of numbers: 20 scenarios whose true effects have SD .1, and equal seats."""
    rng = np.random.default_rng(5)
    shape = (20, 2, 6)
    level = rng.normal(0, 0.1, (20, 1, 1))
    one, other, half = (level + rng.normal(0, 0.2, shape) for _ in range(3))
    half = half + effect + rng.normal(0, 0.1, (20, 1, 1))
    mirrored = one[:, :1] * np.array([1, -1])[None, :, None]
    played = {arm: np.ones(shape, dtype=bool) for arm in ("one", "other", "half", "lost")}
    played["lost"] = (other < level) | (rng.random(shape) >= gone)
    lost = np.where(played["lost"], other, np.nan)
    values = {SKEW: {"one": one, "other": other, "half": half, "lost": lost}}
    values[GIVEN_DEAL] = {**values[SKEW], "one": mirrored}
    courses = {arm: np.full(shape, None, dtype=object) for arm in played}
    for arm, went in courses.items():
        for at in np.ndindex(shape):
            # What was offered is what it would come to; seat u would have it low.
            worth = tuple((-values_of(other, level, at) + rng.normal(0, 0.1, 5)).tolist())
            last = bool(played[arm][at])
            went[at] = Course(ASKED, worth, broke_off=not last)
    return Pool(tuple(map(str, range(20))), values, played, {SKEW: Scale(-2.0, 2.0)}, courses)


def losing(pool: Pool, share: float) -> Pool:
    """The same pool; in ``one`` and ``other`` so many dialogues lost their last reply by chance."""
    rng, played, courses = np.random.default_rng(6), dict(pool.played), dict(pool.courses)
    for arm in ("one", "other"):
        played[arm] = rng.random(played[arm].shape) >= share
        went = courses[arm] = courses[arm].copy()
        for at in zip(*np.nonzero(~played[arm]), strict=True):
            went[at] = replace(went[at], broke_off=True)
    return replace(pool, played=played, courses=courses)


def test_the_pool_is_played_and_every_headline_measure_is_looked_at(pool: Pool) -> None:
    assert pool.scenarios == ("neutral-01", "neutral-02")
    assert set(pool.values) <= set(pool.scales) == set(headlines())
    assert {SKEW, GIVEN_DEAL, "settlement.agreement", "process.blind_u"} <= set(pool.values)
    for arm, ended in pool.played.items():
        assert ended.shape == (2, 2, 1)
        assert np.isnan(pool.values[SKEW][arm][~ended]).all(), "a void is no number"
        assert not np.isnan(pool.values["settlement.agreement"][arm][ended]).any()


def test_seat_twins_of_equal_seats_cancel(pool: Pool) -> None:
    for measure in ("settlement.skew", "settlement.normalised_gap"):
        twins = pool.values[measure]["one"]
        assert np.nansum(np.abs(twins[:, 0] + twins[:, 1])) < 1e-9


def test_voids_that_follow_the_outcome_change_no_other_talks(pool: Pool) -> None:
    kept = pool.played["lost"]
    assert (pool.played["other"] | ~kept).all()
    for by_arm in pool.values.values():
        np.testing.assert_array_equal(by_arm["lost"][kept], by_arm["other"][kept])


def test_where_only_the_label_differs_the_truth_is_nothing() -> None:
    row = null_row(drawn(), SKEW, 100)
    assert row.truth == 0
    assert row.covered >= 0.86  # SE .02
    assert row.shown <= 0.14
    assert abs(row.bias) < 0.35  # SE .10
    assert row.answered == 1


def test_an_effect_is_found_and_the_interval_holds_it() -> None:
    pool = drawn()
    truth = truth_of(pool, SKEW, "half", "one")
    assert truth is not None
    assert 0.1 < truth < 0.3
    row = effect_row(pool, SKEW, 100)
    assert row.truth == truth
    assert row.covered >= 0.86
    assert row.shown > 0.8
    assert abs(row.bias) < 0.35


def test_equal_seats_are_held_against_zero() -> None:
    row = seats_row(drawn(), GIVEN_DEAL, 80)
    assert row.covered >= 0.84
    assert row.shown <= 0.16


def test_voids_that_follow_the_outcome_are_a_bias_and_flagged() -> None:
    fair, unfair = void_row(drawn(), SKEW, 40), void_row(drawn(gone=0.9), SKEW, 40)
    assert abs(fair.bias) < 0.6
    assert unfair.bias < -1
    assert unfair.flagged > 0.8
    assert fair.flagged < 0.1
    assert unfair.told >= unfair.flagged


def test_voids_that_follow_nothing_are_seldom_flagged(pool: Pool) -> None:
    row = random_row(losing(drawn(), 0.15), SKEW, 60)
    assert row.truth == 0
    assert random_row(drawn(), SKEW, 3).flagged == 0, "nothing is lost in this pool"
    assert row.flagged <= 0.15  # SE .03
    assert abs(row.bias) < 0.5
    assert random_row(pool, SKEW, 2).answered == 1
    assert uneven_row(losing(drawn(), 0.15), SKEW, 60).flagged <= 0.15


def test_replies_are_lost_anew_from_talks_that_ended(pool: Pool) -> None:
    rng = np.random.default_rng(1)
    rows = rows_of(pool, SKEW, ("other", "one"), rng, draw=whole_pairs, courses=True)
    assert all(row.played for row in rows)
    lost = [row for row in lost_at_random(rows, 0.2, rng) if not row.played]
    assert lost
    assert all(row.value is None and row.course and row.course.broke_off for row in lost)
    assert lost_at_random(rows, 0, rng) == lost_at_random(rows, 0, rng, uneven=True) == rows
    early, late = (lost_at_random(rows, rate, rng, uneven=True) for rate in (1e9, 0.02))
    assert all(row.course and len(row.course.asked) == 1 for row in early)
    assert {row.played for row in late} == {True, False}
    assert max(a.step for r in rows if r.course is not None for a in r.course.asked) == TURNS
    with_none = replace(pool, played={arm: ended & False for arm, ended in pool.played.items()})
    with pytest.raises(ValueError, match="empty"):
        list(whole_pairs(with_none, rng))


def test_a_biased_estimate_would_be_seen() -> None:
    """The rows are no formality: of a truth that is off by .1 they say so."""
    pool = drawn(effect=0.0)
    truth = truth_of(pool, SKEW, "half", "one")
    assert truth is not None
    row = row_of(pool, SKEW, truth + 0.1, lambda rng: rows_of(pool, SKEW, ("half", "one"), rng), 60)
    assert row.bias < -1
    assert row.covered < 0.8


def test_a_measure_that_never_varies_has_no_bias_and_a_missing_one_no_figure() -> None:
    pool = drawn()
    flat = {arm: np.zeros_like(v) for arm, v in pool.values[SKEW].items()}
    none = {arm: np.full_like(v, np.nan) for arm, v in flat.items()}
    odd = replace(pool, values={"a.flat": flat, "a.none": none})
    assert null_row(odd, "a.flat", 4).bias == 0
    assert null_row(odd, "a.flat", 4).covered == 1
    lacking = effect_row(odd, "a.none", 4)
    assert lacking.truth is None
    assert lacking.answered == 0
    assert np.isnan(lacking.bias)
    off = row_of(odd, "a.flat", 1.0, lambda rng: rows_of(odd, "a.flat", ("half", "one"), rng), 3)
    assert off.bias == np.inf


def test_a_small_table_has_every_row(pool: Pool) -> None:
    made = table(pool, 2)
    rows = re.findall(r"^\| `([^`]+)` \|", made, re.MULTILINE)
    signed, voided = ([m for m in these if m in pool.values] for these in (SIGNED, VOIDED))
    assert rows == [*pool.values, *signed, *voided]
    absent = [measure for measure in pool.scales if measure not in pool.values]
    assert absent
    assert all(f"`{measure}`" in made for measure in absent)
    assert "nan" not in made


def test_the_same_seed_gives_the_same_rows() -> None:
    pool = losing(drawn(), 0.1)
    small = replace(pool, values={SKEW: pool.values[SKEW]})
    assert answered(small, 2) == answered(small, 2) == answered(small, 2, workers=2)
    assert answered(small, 2) != answered(small, 2, seed=1)


def test_the_page_holds_the_table() -> None:
    assert f"{COUNT:,} experiments a row" in SHOWN
    assert "python benchmarks/noisy.py --write docs/validity.md" in PAGE
    for measure in headlines():
        assert f"`{measure}`" in SHOWN, measure
    for name in (*SIGNED, *VOIDED):
        assert SHOWN.count(f"| `{name}` |") >= 2, name
    assert "voids that follow nothing" in SHOWN


def test_the_command_refuses_no_epochs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["noisy.py", "--epochs", "0"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert "--epochs: at least one" in capsys.readouterr().err


def test_the_markers_are_this_table_own(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"a\n{BEGIN}\nold\n{END}\nb\n", encoding="utf-8")
    write_between(page, "new", BEGIN, END)
    assert page.read_text(encoding="utf-8") == f"a\n{BEGIN}\nnew\n{END}\nb\n"
    with pytest.raises(SystemExit, match="statistics: begin"):
        write(page, "x")
