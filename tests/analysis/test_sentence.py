"""What an effect says of itself."""

from __future__ import annotations

import pytest

from harness.analysis.contrast import answered, evaluate
from harness.analysis.effect import Effect
from harness.analysis.observations import Observation
from harness.analysis.sentence import number, p_value, sentence
from harness.suite.suite import Contrast

PAIR = Contrast(name="main", measure="settlement.skew", treatment="t15", control="t1")
ALONE = Contrast(name="alone", measure="process.turns", treatment="t15")
TITLES = {"process.turns": "the number of turns", "other": "never said"}


def rows(differences: list[float], seeds: int = 1) -> list[Observation]:
    return [
        Observation(f"s{s}", f"none/{k}", arm, value)
        for s, difference in enumerate(differences)
        for k in range(seeds)
        for arm, value in (("t15", difference), ("t1", 0.0))
    ]


def say(differences: list[float], contrast: Contrast = PAIR) -> str:
    return evaluate(contrast, rows(differences), TITLES).sentence


def test_effect_and_direction() -> None:
    up = [0.1, 0.2, 0.3, 0.2, 0.1, 0.3]
    # Mean .2, SD .08944; 2.5706 · .08944 / √6 = .0939.
    assert say(up) == (
        "t15 is higher than t1 on settlement.skew by 0.200"
        " (95% interval 0.106 to 0.294; 6 scenarios, 6 pairs of dialogues)."
    )
    assert say([-d for d in up]) == (
        "t15 is lower than t1 on settlement.skew by 0.200"
        " (95% interval −0.294 to −0.106; 6 scenarios, 6 pairs of dialogues)."
    )
    assert say(up, ALONE) == (
        "t15 averages 0.200 on the number of turns, above zero"
        " (95% interval 0.106 to 0.294; 6 scenarios, 6 dialogues)."
    )
    assert "averages −0.200 on the number of turns, below zero" in say([-d for d in up], ALONE)


def test_no_effect_shown() -> None:
    # Mean .025, SD √.02175; 2.5706 · .14748 / √6 = .1548.
    assert say([0.1, -0.1, 0.2, -0.2, 0.1, 0.05]) == (
        "No effect shown: t15 is higher than t1 on settlement.skew by 0.025, but the 95% interval,"
        " −0.130 to 0.180, includes zero (6 scenarios, 6 pairs of dialogues)."
    )
    text = say([0.0] * 6)
    assert text.startswith(
        "No effect shown: t15 and t1 average the same on settlement.skew, and the 95% interval"
    )
    assert "every scenario gave the same value" in text


@pytest.mark.parametrize(("scenarios", "least"), [(2, "0.5"), (3, "0.25"), (5, "0.0625")])
def test_few_scenarios_cannot_rule_out_chance(scenarios: int, least: str) -> None:
    text = say([0.20 + 0.001 * k for k in range(scenarios)])
    assert text.startswith("t15 is higher than t1")
    assert f"with only {scenarios} scenarios the sign-flip test cannot rule out chance" in text
    assert f"smallest possible p is {least};" in text


def test_six_scenarios_can() -> None:
    assert "rule out chance" not in say([0.20 + 0.001 * k for k in range(6)])


def test_the_two_tests_may_disagree() -> None:
    # Seven scenarios on one side and an outlier: t finds nothing, the signs alone do.
    wide = say([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 3.0])
    assert wide.startswith("No effect shown")
    assert "the sign-flip test alone would have found one (p = 0.008)" in wide
    narrow = evaluate(PAIR, rows([0.2, 0.21, 0.22, 0.19, 0.2, 0.18])).model_copy(
        update={"p_signflip": 0.0625}
    )
    assert "which assumes less, does not confirm it (p = 0.062)" in sentence(narrow)


def test_correction() -> None:
    effect = evaluate(PAIR, rows([0.1, 0.2, 0.3, 0.2, 0.1, 0.3]))
    kept = answered(effect, holm_p=0.012).sentence
    assert kept.startswith("t15 is higher than t1")
    assert "corrected p = 0.012" in kept
    lost = answered(effect, holm_p=0.12).sentence
    assert lost.startswith(
        "No effect shown once all secondary comparisons are weighed together: t15 is higher"
    )
    assert "corrected p = 0.120" in lost


def test_what_is_left_out_is_said() -> None:
    data = rows([0.1, 0.2, 0.3, 0.2, 0.1, 0.3], seeds=2)
    gone = data[0]
    data[0] = Observation(gone.scenario, gone.pair, gone.arm, None)
    text = evaluate(PAIR, data).sentence
    assert text.endswith("; 2 of 24 dialogues are left out for want of a value or a counterpart.")
    text = evaluate(ALONE, data).sentence
    assert text.endswith("; 1 of 12 dialogues is left out for want of a value.")


def why(data: list[Observation], contrast: Contrast = PAIR) -> str:
    effect: Effect = evaluate(contrast, data, TITLES)
    assert effect.estimate is None
    subject, reason = effect.sentence.split(" cannot be computed because ")
    assert subject in (
        "The difference between t15 and t1 on settlement.skew",
        "The mean of t15 on the number of turns",
    )
    return reason


def test_why_nothing_can_be_computed() -> None:
    assert why([]) == "there is no dialogue of t15."
    assert why([], ALONE) == "there is no dialogue of t15."
    t15 = [Observation("s", "1", "t15", 0.1), Observation("s", "2", "t15", 0.2)]
    assert why(t15) == "there is no dialogue of t1."
    void = Observation("s", "1", "t1", None)
    assert why([*t15, void]) == "the only dialogue of t1 lacks a value."
    voids = [void, Observation("s", "2", "t1", None)]
    assert why([*t15, *voids]) == "each of the 2 dialogues of t1 lacks a value."
    apart = Observation("s", "3", "t1", 0.0)
    assert why([*t15, apart]) == ("no dialogue of one has a counterpart with a value in the other.")


def test_one_scenario() -> None:
    assert say([0.2]) == (
        "t15 is higher than t1 on settlement.skew by 0.200 in the only scenario with a value;"
        " whether this holds beyond it cannot be computed because that takes at least two"
        " scenarios."
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.000"), (0.12345, "0.123"), (-0.5, "−0.500"), (18.637, "18.637"), (-4e-5, "−4.0e-05")],
)
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


def test_titles_stand_in_for_names() -> None:
    titles = {"settlement.skew": "frontier skew", "t15": "Track 1.5", "t1": "Track 1", "x": "y"}
    effect = evaluate(PAIR, rows([0.1, 0.2, 0.3, 0.2, 0.1, 0.3]), titles)
    assert effect.sentence.startswith("Track 1.5 is higher than Track 1 on frontier skew by 0.200")
    assert "x" not in effect.titles
    assert evaluate(PAIR, [], titles).sentence == (
        "The difference between Track 1.5 and Track 1 on frontier skew cannot be computed because"
        " there is no dialogue of Track 1.5."
    )


def test_p_values() -> None:
    assert p_value(0.0312) == "p = 0.031"
    assert p_value(0.0004) == "p < 0.001"
    assert p_value(1.0) == "p = 1.000"
