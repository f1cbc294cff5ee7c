"""The answer in two parts. An arm that signs nothing is never called without effect."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.analysis.findings import Findings, find
from harness.analysis.headline import headline
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
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
    score,
)

SKEW = "settlement.skew"


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def left(scenario: Scenario, arm: str, epoch: int = 1) -> Placed:
    return dialogue(scenario, arm, [("o", "walk_out")], epoch=epoch)


def asked(measure: str, **more: str) -> dict[str, object]:
    primary = {"name": "x", "measure": measure, "treatment": "lean", "control": "plain", **more}
    return {"primary": primary}


def hardball(path: Path, scenario: Scenario, measure: str = SKEW) -> Findings:
    """Seven games. Plain signs the fair package; lean signs once, and walks out of the rest."""
    games = copies(scenario, 7)
    played = [deal(game, "plain", MIDDLE) for game in games.values()]
    played += [left(game, "lean") for name, game in games.items() if name != "game-7"]
    played.append(deal(games["game-7"], "lean", LEANING))
    return find(make_run(path, make_suite(contrasts=asked(measure)), games, played))


def test_hardball_is_a_fall_in_agreement_and_never_no_effect(
    tmp_path: Path, scenario: Scenario
) -> None:
    """Its mean skew is that of no deal, and would say that nothing happened."""
    findings = hardball(tmp_path / "run", scenario)
    first, terms, *rest = findings.answer_in_parts
    assert first == (
        "Agreement is lower in lean (1 of 7 talks ended in a deal) than in plain (7 of 7), by "
        "85.7 percentage points (95% interval −100.0 to −50.8)."
    )
    assert terms.startswith("Terms of all talks, no deal at its own value: ")
    assert "no effect" not in findings.answer.lower()
    assert any(text.startswith("No deal is not neutral: ") for text in rest)
    (given,) = [text for text in rest if text.startswith("Terms given a deal: ")]
    assert given == (
        "Terms given a deal: higher in lean by 0.155 (in the only scenario with a value; 1 pair in "
        "which both ended in one, a selection by the outcome)."
    )


def test_without_any_deal_in_an_arm_no_terms_are_compared(
    tmp_path: Path, scenario: Scenario
) -> None:
    games = copies(scenario, 2)
    played = [deal(game, "plain", MIDDLE) for game in games.values()]
    played += [left(game, "lean") for game in games.values()]
    answer = find(make_run(tmp_path / "run", make_suite(), games, played)).answer
    assert answer.startswith("Agreement is lower in lean (0 of 2 ")
    assert "no pair of talks ended in a deal in both arms" in answer


def test_the_size_is_said_against_what_is_possible(tmp_path: Path, scenario: Scenario) -> None:
    games = copies(scenario, 2)
    for package, said, gains in (
        (LEANING, "is 0.155 of at most 0.155, the largest", ("15.0 more (0.20", "18.0 less (0.24")),
        (LOPSIDED, "is 2.9 times 0.155, the largest", ("30.0 more (0.40", "60.0 less (0.80")),
    ):
        played = [deal(game, "plain", MIDDLE) for game in games.values()]
        played += [deal(game, "lean", package) for game in games.values()]
        run = make_run(tmp_path / f"{package['well']}", make_suite(), games, played)
        same = (
            "Agreement is the same: 2 of 2 talks of lean and 2 of 2 talks of plain ended in a deal."
        )
        first, _, size, value, distance = find(run).answer_in_parts
        assert first == same
        assert said in size
        assert distance == "Distance to the frontier: 0.000 in lean, 0.000 in plain."
        assert value == (
            f"In points of value, of 100: {gains[0]} of the surplus) for the official side's "
            f"principal and {gains[1]} of the surplus) for the other's."
        )


def test_signs_that_disagree_are_said(tmp_path: Path) -> None:
    (game,) = load_scenarios("neutral-narrow-04")
    package = game.package((3, 2, 3, 2, 0, 3))
    played = [deal(game, "plain", package), deal(game, "lean", package)]
    values = {"plain": (0.0, 0.2), "lean": (0.05, -0.3)}
    scores = [
        score(talks, measure, value)
        for talks in played
        for measure, value in zip(
            (SKEW, "settlement.normalised_gap"), values[talks.arm], strict=True
        )
    ]
    answer = find(make_run(tmp_path / "run", make_suite(), {game.id: game}, played, scores)).answer
    assert (
        "The signs disagree: by normalised gains, which depend on nobody's scale of values, lean "
        "is lower than plain by 0.500."
    ) in answer
    assert (
        "The signs disagree in lean: skew 0.050, difference of normalised gains −0.300."
    ) in answer
    assert "disagree in plain" not in answer


def test_another_measure_of_terms_has_its_two_parts_and_no_size_in_skew(
    tmp_path: Path, scenario: Scenario
) -> None:
    answer = hardball(tmp_path / "run", scenario, "settlement.gain_u").answer
    assert answer.startswith("Agreement is lower in lean ")
    assert "Terms given a deal: lower in lean by 0.180" in answer
    assert "difference in skew" not in answer


@pytest.mark.parametrize("measure", ["settlement.agreement", "process.turns"])
def test_what_is_no_measure_of_terms_stands_alone(
    tmp_path: Path, scenario: Scenario, measure: str
) -> None:
    findings = hardball(tmp_path / "run", scenario, measure)
    assert findings.primary is not None
    assert findings.answer_in_parts == (findings.primary.sentence,)


def test_an_arm_against_zero_says_its_own_agreement(tmp_path: Path, scenario: Scenario) -> None:
    suite = make_suite(contrasts={"primary": {"name": "alone", "treatment": "lean"}})
    played = [deal(scenario, "lean", MIDDLE), left(scenario, "lean", epoch=2)]
    first, terms, *_ = find(
        make_run(tmp_path / "run", suite, {"small": scenario}, played)
    ).answer_in_parts
    assert first == "Agreement: 1 of 2 talks of lean ended in a deal."
    assert terms.startswith("Terms of all talks, no deal at its own value: lean averages ")


def test_findings_without_parts_have_the_plain_answer(tmp_path: Path, scenario: Scenario) -> None:
    findings = hardball(tmp_path / "run", scenario)
    assert findings.primary is not None
    (text,) = headline(findings.account, findings.primary, None)
    assert findings.primary.sentence in text
    assert text.startswith("Terms") is False
