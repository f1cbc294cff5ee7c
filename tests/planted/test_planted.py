"""What is known of a planted transcript."""

from __future__ import annotations

from harness.planted.phrases import SPLITS
from harness.planted.planted import PERTURBATIONS
from harness.planted.sets import RUBRICS, planted


def test_each_has_its_own_name_and_place() -> None:
    for rubric in RUBRICS:
        for split in SPLITS:
            cells = [one.cell for one in planted(split, rubric=rubric)]
            assert len({cell.name for cell in cells}) == len(cells)
            assert {cell.split for cell in cells} == {split}
            places = {(cell.scenario, cell.place[0]) for cell in cells}
            assert len(places) == len(cells)
            assert all(0 <= number < of for number, of in (cell.place for cell in cells))


def test_a_transcript_says_by_which_rubric_it_is_known_and_how_it_is_told() -> None:
    for rubric in RUBRICS:
        told = list(planted("dev", PERTURBATIONS, limit=1, rubric=rubric))
        assert [one.perturbation for one in told] == list(PERTURBATIONS)
        assert {one.rubric for one in told} == {rubric}
