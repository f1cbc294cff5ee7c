"""Corrected intervals hold the truth where those of the judge alone do not; a null stays one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.correction import (
    APART,
    BEGIN,
    COUNTED,
    END,
    LABELLED,
    SCALED,
    YES_NO,
    World,
    main,
    row_of,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "validity.md"
COUNT = 150
LEAST = 0.9
"""Of 150 intervals of 95 %, fewer hold the truth once in a hundred times."""


def world(name: str, worlds: tuple[World, ...] = YES_NO) -> World:
    return next(one for one in worlds if one.name == name)


@pytest.mark.parametrize(
    ("name", "worlds"),
    [
        ("noisy", YES_NO),
        ("sees too much", YES_NO),
        ("overlooks, makes up", COUNTED),
        ("overlooks half, rare; 200 turns labelled", LABELLED),
        ("errs otherwise in one arm, no effect; 60 dialogues labelled", SCALED),
    ],
)
def test_the_interval_holds_the_truth_where_the_judges_own_does_not(
    name: str, worlds: tuple[World, ...]
) -> None:
    row = row_of(world(name, worlds), COUNT)
    assert row.mean_corrected >= LEAST
    assert row.corrected >= LEAST
    assert row.alone < LEAST
    assert row.none < 0.05


def test_no_effect_stays_none() -> None:
    row = row_of(world("noisy, no effect"), COUNT)
    assert row.shown < 0.12
    assert abs(row.bias) < 0.05


def test_a_judge_that_cannot_tell_mostly_gives_no_figure() -> None:
    row = row_of(world("hardly better than chance"), COUNT)
    assert row.none > 0.7
    assert row.mean_alone < LEAST


def test_a_judge_that_errs_otherwise_in_one_arm_needs_labels() -> None:
    """Known transcripts cannot tell; labels of the arms' own turns can."""
    differential = world("errs otherwise in one arm, no effect", COUNTED)
    by_known = row_of(differential, COUNT)
    by_labels = row_of(replace(differential, labels=200), COUNT)
    assert by_known.corrected < 0.5
    assert by_labels.corrected >= LEAST
    assert by_labels.shown < 0.1 < by_known.shown


@pytest.mark.parametrize("labels", [24, 60])
def test_a_judge_that_is_right_costs_width_and_never_coverage(labels: int) -> None:
    row = row_of(world(f"always right; {labels} dialogues labelled", SCALED), COUNT)
    assert min(row.mean_corrected, row.corrected) >= LEAST
    assert abs(row.bias) < 0.05
    assert row.none == 0


def test_errors_too_rare_to_be_seen_are_covered() -> None:
    row = row_of(world("takes none for most in one of ten; 24 dialogues labelled", SCALED), COUNT)
    assert min(row.mean_corrected, row.corrected) >= LEAST


def test_two_judges_make_no_effect_where_each_is_corrected_by_its_own() -> None:
    row = row_of(world("noisy; sees too much; no effect", APART), COUNT)
    assert row.corrected >= LEAST
    assert row.alone < 0.1
    assert row.shown < 0.1 < row.shown_alone
    assert abs(row.bias) < 0.05


def test_the_table_is_written_between_its_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["correction.py", "--count", "2", "--write", str(page)])
    main()
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\n2 runs a row")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert text.count("| noisy |") == 1


def test_the_page_has_a_row_for_every_world() -> None:
    shown = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    named = [row.split("|")[1].strip() for row in shown.splitlines() if row.startswith("| ")]
    worlds = [one.name for one in (*YES_NO, *COUNTED, *APART, *LABELLED, *SCALED)]
    assert [name for name in named if name != "judge"] == worlds
