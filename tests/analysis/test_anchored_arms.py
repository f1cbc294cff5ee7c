"""Readers of every arm, held against answers of people."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.analysis.anchored_arms import AnchoredArm, anchored_arms
from harness.analysis.human_anchor import Change, People
from harness.records.reader import RunFolder


def said(folder: RunFolder, change: float, scenarios: tuple[str, ...]) -> People:
    """People who say the same change of every option of seat u's principal."""
    return People(
        tuple(
            Change(
                scenario=name,
                party=folder.info.scenarios[name].seats.u,
                issue=issue.id,
                option=option.id,
                change=change,
            )
            for name in scenarios
            for issue in folder.info.scenarios[name].issues
            for option in issue.options
        ),
        missing=0,
    )


def found(chain_run: Path, change: float, *scenarios: str) -> dict[tuple[str, str], AnchoredArm]:
    folder = RunFolder(chain_run)
    rows = anchored_arms(folder, said(folder, change, scenarios))
    return {(one.arm, one.direction): one for one in rows}


def test_every_arm_that_asks_again_has_a_row_a_direction(chain_run: Path) -> None:
    rows = found(chain_run, 0.1, "supply")
    assert {arm for arm, _ in rows} == {"chain", "no-article", "no-hand", "unmoved"}
    assert {direction for _, direction in rows} == {"cheaper", "dearer"}


def test_what_people_said_corrects_what_the_readers_are_off_by(chain_run: Path) -> None:
    chain = found(chain_run, 0.1, "supply")["chain", "cheaper"]
    assert (chain.labelled, chain.unlabelled) == (1, 1)
    assert chain.uncorrected is not None
    assert chain.corrected is not None
    assert chain.interval is None, "one dispute with answers gives no interval"
    both = found(chain_run, 0.1, "supply", "nuclear")["chain", "cheaper"]
    assert both.corrected == pytest.approx(0.1), "people answered everywhere, and so they speak"
    assert both.people == pytest.approx(0.1)


def test_answers_about_the_other_side_correct_nothing(chain_run: Path) -> None:
    dearer = found(chain_run, 0.1, "supply")["chain", "dearer"]
    assert (dearer.corrected, dearer.answers) == (None, 0)
    nothing = found(chain_run, 0.1)["chain", "cheaper"]
    assert (nothing.corrected, nothing.labelled) == (None, 0)
