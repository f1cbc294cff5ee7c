"""Agreement and terms, each of them known by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from harness.analysis.families import ALL, STORIES
from harness.analysis.findings import find
from harness.analysis.twopart import SELECTION, TwoPart
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario, Twin
from harness.records.transcript import VoidReason
from tests.support.disputes import small
from tests.support.run_folders import (
    LEANING,
    LOPSIDED,
    MIDDLE,
    Placed,
    copies,
    deal,
    dialogue,
    make_run,
    make_suite,
)

NO_DEAL = -0.2033
"""The skew at which no deal enters in the small dispute: (.25, .3) projects .286 along the second
leg of its frontier, (.234 + .286) / 1.507 of its length; the fair point lies at .549."""


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def parts_of(path: Path, games: dict[str, Scenario], played: Iterable[Placed]) -> TwoPart:
    found = find(make_run(path, make_suite(), games, played)).two_part
    assert found is not None
    return found


def left(scenario: Scenario, arm: str, epoch: int = 1, **more: Twin) -> Placed:
    return dialogue(scenario, arm, [("u", "walk_out")], epoch=epoch, **more)


def test_agreement_and_terms_are_apart(tmp_path: Path, scenario: Scenario) -> None:
    """The arm lean signs half as often, and worse: over all its skew is nearly that of plain."""
    games = copies(scenario, 2)
    played = [deal(g, "plain", MIDDLE, epoch=e) for g in games.values() for e in (1, 2)]
    played += [deal(g, "lean", LEANING, epoch=1) for g in games.values()]
    played += [left(g, "lean", epoch=2) for g in games.values()]
    parts = parts_of(tmp_path / "run", games, played)
    lean, plain = parts.arm("lean"), parts.arm("plain")
    assert lean is not None
    assert plain is not None
    assert (lean.deals, lean.done, plain.deals, plain.done) == (2, 4, 4, 4)
    means = {name: part.mean for name, part in lean.parts.items()}
    leaning = means["skew_given_deal"]
    assert leaning == pytest.approx(0.1555, abs=1e-3)
    assert means["agreement"] == 0.5
    assert means["skew_of_no_deals"] == pytest.approx(NO_DEAL / 2, abs=1e-3)
    assert means["skew"] == pytest.approx(leaning / 2 + means["skew_of_no_deals"])
    assert means["gain_o"] == pytest.approx(0.6 / 2)
    assert means["gain_u"] == pytest.approx(0.12 / 2)
    assert means["normalised_gap"] == pytest.approx((1 - 0.4) / 2)
    assert means["surplus"] == pytest.approx(0.75)
    assert (lean.parts["skew_given_deal"].n, lean.parts["skew_given_deal"].missing) == (2, 2)
    difference = parts.difference()
    assert difference is not None
    estimates = {name: part.estimate for name, part in difference.parts.items()}
    assert estimates["agreement"] == pytest.approx(-0.5)
    assert estimates["skew_given_deal"] == pytest.approx(leaning)
    assert difference.parts["skew_given_deal"].n_pairs == 2
    assert difference.parts["skew"].n_pairs == 4
    assert estimates["primary_given_deal"] == estimates["skew_given_deal"]
    assert "surplus" not in estimates
    assert parts.notes[0] == SELECTION


def test_talks_without_an_end_count_nowhere(tmp_path: Path, scenario: Scenario) -> None:
    void = VoidReason(kind="reply", seat="u", detail="nothing usable")
    played = [deal(scenario, "lean", MIDDLE), deal(scenario, "plain", MIDDLE)]
    played.append(dialogue(scenario, "lean", [("o", MIDDLE)], epoch=2, void=void))
    parts = parts_of(tmp_path / "run", {"small": scenario}, played)
    lean = parts.arm("lean")
    assert lean is not None
    assert (lean.deals, lean.done) == (1, 1)
    agreement = lean.parts["agreement"]
    assert (agreement.mean, agreement.n, agreement.missing) == (1.0, 1, 1)
    assert parts.notes == ()


def test_an_arm_without_a_deal_has_no_terms_of_deals(tmp_path: Path, scenario: Scenario) -> None:
    played = [left(scenario, "lean"), deal(scenario, "plain", MIDDLE)]
    parts = parts_of(tmp_path / "run", {"small": scenario}, played)
    lean, difference = parts.arm("lean"), parts.difference()
    assert lean is not None
    assert difference is not None
    assert lean.parts["skew_given_deal"].mean is None
    assert lean.parts["agreement"].mean == 0
    assert difference.parts["skew_given_deal"].estimate is None
    assert difference.parts["agreement"].estimate == -1
    assert difference.parts["skew"].estimate == pytest.approx(NO_DEAL, abs=1e-3)


def test_that_no_deal_is_not_neutral_is_said_where_no_twin_cancels_it(
    tmp_path: Path, scenario: Scenario
) -> None:
    played = [left(scenario, "lean"), deal(scenario, "plain", MIDDLE)]
    games = {"small": scenario}
    (_, said) = parts_of(tmp_path / "alone", games, played).notes
    assert said.startswith("No deal is not neutral: talks without a deal add −0.203 to the skew ")
    assert "of lean" in said
    played += [left(scenario, "lean", twin=Twin.SEATS)]
    played += [deal(scenario, "plain", MIDDLE, twin=Twin.SEATS)]
    both = parts_of(tmp_path / "both", games, played)
    assert both.notes == (SELECTION,)
    lean = both.arm("lean")
    assert lean is not None
    assert lean.parts["skew_of_no_deals"].mean == pytest.approx(0)


def test_effects_are_shown_by_kind_of_scenario(tmp_path: Path, scenario: Scenario) -> None:
    (game,) = load_scenarios("neutral-narrow-04")
    games = {"small": scenario, game.id: game}
    first = game.package((0,) * len(game.issues))
    played = [deal(scenario, "lean", LOPSIDED), deal(scenario, "plain", MIDDLE)]
    played += [deal(game, arm, first) for arm in ("lean", "plain")]
    parts = parts_of(tmp_path / "run", games, played)
    assert [family.name for family in parts.families] == [ALL, STORIES, "neutral-narrow"]
    assert [(arm.family, arm.arm) for arm in parts.arms] == [
        (family, arm) for family in (ALL, STORIES, "neutral-narrow") for arm in ("plain", "lean")
    ]
    by_family = [parts.difference(name) for name in (STORIES, "neutral-narrow", ALL)]
    skews = [None if one is None else one.parts["skew"].estimate for one in by_family]
    assert skews[0] == pytest.approx(0.4514, abs=1e-3)
    assert skews[1] == 0
    assert skews[2] == pytest.approx(0.4514 / 2, abs=1e-3)
    document = json.loads(parts.model_dump_json())
    assert document["differences"][1]["parts"]["skew"]["estimate"] == skews[0]


def test_an_arm_that_was_not_played_on_a_kind_has_no_row_of_it(
    tmp_path: Path, scenario: Scenario
) -> None:
    (game,) = load_scenarios("neutral-narrow-04")
    first = game.package((0,) * len(game.issues))
    played = [deal(scenario, "lean", LOPSIDED), deal(game, "plain", first)]
    parts = parts_of(tmp_path / "run", {"small": scenario, game.id: game}, played)
    assert parts.arm("plain", STORIES) is None
    assert parts.arm("lean", STORIES) is not None
    assert parts.arm("lean", "neutral-narrow") is None
    assert [arm.arm for arm in parts.of_family(ALL)] == ["plain", "lean"]


def test_signs_that_disagree_are_told_of_arms_and_of_their_difference(tmp_path: Path) -> None:
    """Package 3811 gives the other side nearly all, and reads towards the official seat."""
    (game,) = load_scenarios("neutral-narrow-04")
    count = [len(issue.options) for issue in game.issues]
    package = game.package(_digits(3811, count))
    played = [deal(game, "lean", package), left(game, "plain")]
    played += [deal(game, "lean", package, epoch=2), deal(game, "plain", package, epoch=2)]
    parts = parts_of(tmp_path / "run", {game.id: game}, played)
    lean = parts.arm("lean")
    assert lean is not None
    assert lean.parts["skew"].mean == pytest.approx(0.088, abs=1e-3)
    assert lean.parts["normalised_gap"].mean == pytest.approx(-0.198, abs=1e-3)
    assert lean.signs_disagree is True


def _digits(row: int, bases: list[int]) -> tuple[int, ...]:
    """The package in a row: option numbers, the last issue running fastest."""
    found = []
    for base in reversed(bases):
        row, digit = divmod(row, base)
        found.append(digit)
    return tuple(reversed(found))


def test_without_scores_agreement_is_still_known(tmp_path: Path, scenario: Scenario) -> None:
    """What ended in a deal is read from the record, whatever was measured of it."""
    played = [deal(scenario, "lean", MIDDLE), left(scenario, "plain")]
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, played, [])
    parts = find(run).two_part
    assert parts is not None
    lean, plain = parts.arm("lean"), parts.arm("plain")
    assert lean is not None
    assert plain is not None
    assert (lean.parts["agreement"].mean, plain.parts["agreement"].mean) == (1, 0)
    assert lean.parts["skew"].mean is None
    assert lean.signs_disagree is None
    assert parts.notes == (SELECTION,)


def test_where_nothing_is_compared_there_is_no_difference(
    tmp_path: Path, scenario: Scenario
) -> None:
    suite = make_suite(contrasts={"primary": {"name": "alone", "treatment": "lean"}})
    run = make_run(tmp_path / "a", suite, {"small": scenario}, [deal(scenario, "lean", MIDDLE)])
    alone = find(run).two_part
    assert alone is not None
    assert alone.differences == ()
    assert alone.difference() is None
