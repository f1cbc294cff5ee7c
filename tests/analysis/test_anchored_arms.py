"""Readers of every arm, held against answers of people."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.analysis.anchored_arms import AnchoredArm, anchored_arms, arms_answered
from harness.analysis.human_anchor import Change, People
from harness.errors import UsageError
from harness.records.reader import RunFolder


def said(
    folder: RunFolder, change: float, scenarios: tuple[str, ...], arm: str = "chain"
) -> People:
    """People who say the same change of every option of seat u's principal."""
    return People(
        tuple(
            Change(
                scenario=name,
                party=folder.info.scenarios[name].seats.u,
                issue=issue.id,
                option=option.id,
                change=change,
                arm=arm,
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


def test_what_people_made_of_an_article_corrects_no_arm_that_read_another_or_none(
    chain_run: Path,
) -> None:
    """They answered after the article of ``chain``; its control would be given their change."""
    rows = found(chain_run, 0.1, "supply", "nuclear")
    assert rows["chain", "cheaper"].corrected == pytest.approx(0.1)
    assert rows["no-hand", "cheaper"].corrected == pytest.approx(0.1), "it has the same article"
    nothing = rows["no-article", "cheaper"]
    assert (nothing.corrected, nothing.people, nothing.answers) == (None, None, 0)
    assert nothing.uncorrected == 0


def test_answers_that_do_not_say_what_was_read_are_refused_where_that_differs(
    chain_run: Path,
) -> None:
    folder = RunFolder(chain_run)
    with pytest.raises(UsageError, match="do not say what they had read"):
        anchored_arms(folder, said(folder, 0.1, ("supply",), arm=""))
    with pytest.raises(UsageError, match="'track-1', which asks no reader again"):
        anchored_arms(folder, said(folder, 0.1, ("supply",), arm="track-1"))
    suite = folder.info.suite
    alike = suite.model_copy(update={"arms": {n: suite.arms[n] for n in ("chain", "no-hand")}})
    people = said(folder, 0.1, ("supply",), arm="")
    everywhere = arms_answered(alike, people)
    assert everywhere == {arm: list(people.changes) for arm in ("chain", "no-hand")}
