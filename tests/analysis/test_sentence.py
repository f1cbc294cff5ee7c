"""What an effect says of itself."""

from __future__ import annotations

import pytest

from harness.analysis.account import Account, ArmAccount
from harness.analysis.contrast import answered, evaluate
from harness.analysis.effect import Effect
from harness.analysis.observations import Observation
from harness.analysis.sentence import answer, sentence
from harness.suite.contrasts import Contrast

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
def test_few_scenarios_show_nothing(scenarios: int, least: str) -> None:
    text = say([0.20 + 0.001 * k for k in range(scenarios)])
    assert text.startswith("Nothing can be shown with fewer than 6 scenarios: t15 is higher than")
    assert text.endswith(f"; the exact sign-flip test gives at least p = {least} there.")


def test_six_scenarios_can() -> None:
    assert say([0.20 + 0.001 * k for k in range(6)]).startswith("t15 is higher than t1")


def test_the_two_tests_may_disagree() -> None:
    # Seven scenarios on one side and an outlier: t finds nothing, the signs alone do.
    wide = say([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 3.0])
    assert wide.startswith("No effect shown")
    assert "the exact sign-flip test alone would have found one (p = 0.008)" in wide
    # One of eight is against the others: 2.365 · SE < mean, and 14 of 256 patterns are as extreme.
    vetoed = evaluate(PAIR, rows([0.3, 0.1, 0.25, 0.02, 0.2, -0.01]))
    assert vetoed.shown is False
    assert vetoed.sentence.startswith("No effect shown: t15 is higher than t1")
    assert (
        "excludes zero, but the exact sign-flip test does not confirm it (p = 0.062; 6 scenarios"
    ) in vetoed.sentence


def test_of_many_scenarios_random_patterns_are_named() -> None:
    effect = evaluate(PAIR, rows([0.1, 0.2, 0.3] * 7)).model_copy(update={"p_signflip": 0.051})
    assert (
        "the sign-flip test (Monte Carlo, 100,000 patterns) does not confirm it (p = 0.051)"
    ) in sentence(effect)


def test_one_scenario_may_carry_it() -> None:
    shown = evaluate(PAIR, rows([0.2, 0.05, 0.06, 0.04, 0.05, 0.07]))
    assert shown.shown is True
    assert "carries" not in shown.sentence
    carried = shown.model_copy(update={"carried_by": ("s0", 0.02)})
    assert "; one scenario carries it: without s0 the mean is 0.020." in sentence(carried)


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
    assert text.endswith(
        "; 2 of 24 dialogues are excluded: no value, or no counterpart with a value"
        " (without a value: t15 1 of 12, t1 0 of 12)."
    )
    text = evaluate(ALONE, data).sentence
    assert text.endswith("; 1 of 12 dialogues is excluded: no value.")


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


def test_titles_stand_in_for_names() -> None:
    titles = {"settlement.skew": "frontier skew", "t15": "Track 1.5", "t1": "Track 1", "x": "y"}
    effect = evaluate(PAIR, rows([0.1, 0.2, 0.3, 0.2, 0.1, 0.3]), titles)
    assert effect.sentence.startswith("Track 1.5 is higher than Track 1 on frontier skew by 0.200")
    assert "x" not in effect.titles
    assert evaluate(PAIR, [], titles).sentence == (
        "The difference between Track 1.5 and Track 1 on frontier skew cannot be computed because"
        " there is no dialogue of Track 1.5."
    )


def test_what_follows_talks_is_counted_in_episodes() -> None:
    later = PAIR.model_copy(update={"measure": "later.gain_u"})
    assert "(95% interval 0.106 to 0.294; 6 scenarios, 6 pairs of episodes)" in say(
        [0.1, 0.2, 0.3, 0.2, 0.1, 0.3], later
    )
    assert evaluate(later, [], {}).sentence.endswith("because there is no episode of t15.")


def test_talks_without_a_deal_say_nothing_of_the_talks_after_them() -> None:
    arm = ArmAccount(
        finished=6,
        done=6,
        no_agreement=6,
        walk_outs=0,
        void=0,
        void_kinds={},
        failed=0,
        failed_kinds={},
    )
    account = Account(
        planned=6, played=6, missing=0, cut_by_limit=0, cut_scenarios=(), arms={"t15": arm}
    )
    of_talks = evaluate(PAIR, rows([0.0] * 6))
    assert answer(account, of_talks).endswith("cannot tell the arms apart.")
    later = evaluate(PAIR.model_copy(update={"measure": "later.gain_u"}), rows([0.0] * 6))
    assert answer(account, later).endswith(later.sentence)


def test_twins_without_a_value_are_said_to_be_the_reason() -> None:
    asked = Contrast(name="alone", measure="settlement.skew", treatment="t15")
    data = [
        Observation(f"s{s}", f"{twin}/1", "t15", value)
        for s in range(8)
        for twin, value in (("none", 0.2 + 0.01 * s), ("seats", 0.1 if s < 6 else None))
    ]
    said = evaluate(asked, data).sentence
    assert "(95% interval" in said
    assert "; 6 scenarios, 12 dialogues)" in said
    assert (
        "; 4 of 16 dialogues are excluded: no value, or none of the twin that cancels what the "
        "scenario itself favours (without a value: t15 2 of 16)"
    ) in said
    assert evaluate(asked, data[12:]).sentence == (
        "The mean of t15 on settlement.skew cannot be computed because no dialogue of t15 has a "
        "value together with its twin."
    )
    alone = evaluate(asked, [row for row in data if row.pair == "none/1"])
    assert "excluded" not in alone.sentence, "where no twins are played all values count"
