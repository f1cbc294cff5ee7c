"""Contrasts, their effects and the correction over secondary ones."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from harness.analysis.contrast import evaluate, evaluate_all
from harness.analysis.effect import Effect
from harness.analysis.observations import Observation
from harness.analysis.scale import scale_of
from harness.errors import UsageError
from harness.suite.contrasts import Contrast

SKEW = Contrast(name="main", measure="settlement.skew", treatment="t15", control="t1")
ALONE = Contrast(name="alone", measure="settlement.skew", treatment="t15")


def rows(differences: list[float], seeds: int = 2, level: float = 0.1) -> list[Observation]:
    """Arms ``t15`` and ``t1`` with these differences in scenarios s0, s1, ..."""
    return [
        Observation(f"s{s}", f"none/{k}", arm, level + 0.01 * k + shift)
        for s, difference in enumerate(differences)
        for k in range(seeds)
        for arm, shift in (("t15", difference), ("t1", 0.0))
    ]


def test_paired_effect_by_hand() -> None:
    effect = evaluate(SKEW, rows([0.1, 0.2, 0.3]))
    assert effect.estimate == pytest.approx(0.2)
    assert effect.sd == pytest.approx(0.1)
    # 4.30265 · .1 / √3 = .24842; t = 3.4641 on 2 df.
    assert effect.interval == pytest.approx((0.2 - 0.24842, 0.2 + 0.24842), abs=1e-5)
    assert effect.p_t == pytest.approx(0.0742, abs=1e-4)
    assert (effect.p_signflip, effect.min_p, effect.signflip_draws) == (0.25, 0.25, None)
    assert (effect.n_scenarios, effect.n_pairs) == (3, 6)
    assert effect.n_dialogues == {"t15": 6, "t1": 6}
    assert effect.pairing_correlation == pytest.approx(1.0)
    assert dict(effect.scenario_differences) == pytest.approx({"s0": 0.1, "s1": 0.2, "s2": 0.3})
    assert effect.holm_p is None
    assert effect.shown is False


def test_one_arm_against_zero() -> None:
    effect = evaluate(ALONE, rows([0.1, 0.2, 0.3], seeds=1))
    assert effect.estimate == pytest.approx(0.3)
    assert (effect.n_pairs, effect.n_dialogues) == (0, {"t15": 3})
    assert effect.pairing_correlation is None
    assert effect.shown is False, "three scenarios show nothing"
    assert evaluate(ALONE, rows([0.1, 0.2, 0.3] * 2, seeds=1)).shown is True


def lost_in_one_twin(rng: np.random.Generator, truth: float) -> list[Observation]:
    """Disputes that favour one side, so that twins cancel it; most values of one twin are lost."""
    found = []
    for s in range(16):
        favours, own = rng.normal(0.06, 0.05), rng.normal(truth, 0.04)
        for twin, sign in (("none", 1), ("seats", -1)):
            for epoch in (1, 2):
                value = float(own + sign * favours + rng.normal(0, 0.08))
                lost = twin == "seats" and rng.random() < 0.6
                place = (f"s{s:02}", f"{twin}/{epoch}", "t15")
                found.append(Observation(*place, None if lost else value, played=not lost))
    return found


def test_values_that_one_twin_lacks_make_no_effect_and_hide_none() -> None:
    rng = np.random.default_rng(0)

    def shown(truth: float) -> float:
        asked = [evaluate(ALONE, lost_in_one_twin(rng, truth), account=False) for _ in range(150)]
        return float(np.mean([bool(effect.shown) for effect in asked]))

    assert shown(0.0) <= 0.08, "of 150, with 5 % false ones; over all values there are, 35 %"
    assert shown(0.1) >= 0.8, "an effect is still found"


def test_the_interval_of_two_shares_is_of_the_pairs() -> None:
    """Both arms agree in one twin and never in the other, which the control has lost."""
    data = [
        Observation(f"s{s:02}", f"{twin}/1", arm, None if (arm, twin) == ("t1", "seats") else value)
        for s in range(14)
        for arm in ("t15", "t1")
        for twin, value in (("none", 1.0), ("seats", 0.0))
    ]
    effect = evaluate(SKEW, data, scale=scale_of("yes/no"))
    assert effect.estimate == 0
    assert effect.interval is not None
    assert effect.interval[0] < 0 < effect.interval[1], "over all values there are, -.75 to -.15"
    assert effect.shown is False
    complete = [row for row in data if row.pair == "none/1"]
    assert effect.interval == evaluate(SKEW, complete, scale=scale_of("yes/no")).interval


def test_a_share_against_zero_is_of_complete_twins() -> None:
    data = [
        Observation(f"s{s}", f"{twin}/1", "t15", value)
        for s in range(8)
        for twin, value in (("none", 1.0), ("seats", 0.0 if s < 6 else None))
    ]
    whole = evaluate(ALONE, data[:12], scale=scale_of("yes/no"))
    effect = evaluate(ALONE, data, scale=scale_of("yes/no"))
    assert (effect.estimate, effect.interval) == (whole.estimate, whole.interval) != (None, None)
    assert (effect.n_missing, effect.n_unpaired) == ({"t15": 2}, {"t15": 2})


def test_nothing_is_none_and_not_zero() -> None:
    effect = evaluate(SKEW, [])
    assert effect.estimate is None
    assert effect.interval is None
    assert (effect.p_t, effect.p_signflip, effect.min_p, effect.sd) == (None,) * 4
    assert effect.shown is None
    assert effect.n_dialogues == {"t15": 0, "t1": 0}


def test_one_scenario_has_an_estimate_only() -> None:
    effect = evaluate(SKEW, rows([0.2]))
    assert effect.estimate == pytest.approx(0.2)
    assert (effect.interval, effect.p_t, effect.sd, effect.shown) == (None,) * 4
    assert (effect.p_signflip, effect.min_p) == (1.0, 1.0)


def test_identical_arms_show_nothing() -> None:
    effect = evaluate(SKEW, rows([0.0] * 8))
    assert (effect.estimate, effect.interval, effect.sd) == (0.0, (0.0, 0.0), 0.0)
    assert (effect.p_t, effect.p_signflip, effect.shown) == (None, 1.0, False)


def test_many_scenarios_say_that_patterns_were_drawn() -> None:
    effect = evaluate(SKEW, rows([0.01 * k for k in range(21)], seeds=1))
    assert effect.signflip_draws == 100_000
    assert effect.min_p == pytest.approx(1 / 100_001)


def test_arm_against_itself_is_refused() -> None:
    same = Contrast(name="x", measure="settlement.skew", treatment="a", control="a")
    with pytest.raises(UsageError, match="itself"):
        evaluate(same, [])


def contrast(measure: str) -> Contrast:
    return Contrast(name=measure, measure=measure, treatment="t15", control="t1")


def test_secondary_contrasts_share_a_correction_and_the_primary_stands_alone() -> None:
    by_measure = {
        "settlement.skew": rows([0.1, 0.2, 0.3, 0.2, 0.1, 0.3]),
        "a.strong": rows([0.1, 0.2, 0.3, 0.2, 0.1, 0.3]),
        "a.weak": rows([0.1, -0.1, 0.2, -0.2, 0.1, 0.05]),
        "a.constant": rows([0.2] * 6),
    }
    names = ["a.weak", "a.strong", "a.absent", "a.constant"]
    primary, secondary = evaluate_all(SKEW, [contrast(n) for n in names], by_measure)
    assert primary == evaluate(SKEW, by_measure["settlement.skew"])
    weak, strong, absent, constant = secondary
    assert [e.contrast.name for e in secondary] == names
    assert primary.p_t == strong.p_t
    assert strong.p_t is not None
    # Three have a p: strong .0016, constant 2/64 by signs alone, weak well above, of four.
    assert strong.holm_p == pytest.approx(4 * strong.p_t)
    assert constant.p_t is None
    assert weak.p_t is not None
    assert constant.holm_p == pytest.approx(3 * 2 / 64)
    assert weak.holm_p == pytest.approx(min(1, 2 * weak.p_t))
    assert absent.holm_p is None
    assert (primary.shown, strong.shown, weak.shown, absent.shown) == (True, True, False, None)


def test_an_answer_that_comes_later_changes_no_other() -> None:
    strong = rows([0.1, 0.2, 0.3, 0.2, 0.1, 0.3])
    asked = [contrast("a.strong"), contrast("published.net_echo")]
    _, before = evaluate_all(SKEW, asked, {"a.strong": strong})
    judged = {"a.strong": strong, "published.net_echo": rows([0.1, -0.1, 0.2, -0.2, 0.1, 0.05])}
    _, after = evaluate_all(SKEW, asked, judged)
    assert before[0].holm_p is not None
    assert before[0] == after[0]
    assert (before[1].estimate, after[1].estimate is None) == (None, False)


def test_a_control_takes_no_place_among_the_questions_and_warns_uncorrected() -> None:
    borderline = rows([0.3, 0.1, 0.25, 0.02, 0.2, 0.005])
    control = contrast("a.control").model_copy(update={"expects": "nothing"})
    asked = [contrast("a.one"), control]
    _, (one, of_control) = evaluate_all(
        SKEW, asked, dict.fromkeys(["a.one", "a.control"], borderline)
    )
    assert one.p_t is not None
    assert one.holm_p == pytest.approx(one.p_t)
    assert (of_control.holm_p, of_control.shown) == (None, True)
    assert "a control: the suite expects no difference here" in of_control.sentence
    assert "a control" not in one.sentence


def test_correction_can_take_an_effect_away() -> None:
    borderline = rows([0.3, 0.1, 0.25, 0.02, 0.2, 0.005])
    names = ["a.one", "a.two", "a.three"]
    _, secondary = evaluate_all(
        SKEW, [contrast(n) for n in names], dict.fromkeys(names, borderline)
    )
    for effect in secondary:
        assert effect.p_t is not None
        assert effect.p_t < 0.05
        assert effect.holm_p == pytest.approx(3 * effect.p_t)
        assert effect.shown is False
        assert effect.sentence.startswith("No effect shown once all secondary comparisons")


def test_a_share_stays_between_no_and_yes() -> None:
    yes_no = scale_of("yes/no")
    sure = [
        Observation(f"s{s}", f"none/{k}", arm, value)
        for s in range(8)
        for k in range(2)
        for arm, value in (("t15", 1.0), ("t1", 0.0))
    ]
    against = evaluate(SKEW, sure, scale=yes_no)
    assert against.interval is not None
    assert 0 < against.interval[0] < against.interval[1] == 1
    assert against.shown is True
    assert "no width" not in against.sentence
    alone = evaluate(ALONE, sure, scale=yes_no)
    assert alone.interval is not None
    assert 0.5 < alone.interval[0] < alone.interval[1] == 1
    mixed = [
        Observation(row.scenario, row.pair, row.arm, 0.0) if row.scenario in ("s0", "s1") else row
        for row in sure
    ]
    free, held = evaluate(SKEW, mixed), evaluate(SKEW, mixed, scale=yes_no)
    assert free.interval is not None
    assert free.interval[1] > 1
    assert held.interval == (free.interval[0], 1.0)
    assert held.p_t == free.p_t


def test_goes_to_json_and_back() -> None:
    effect = evaluate(SKEW, rows([0.1, 0.2, 0.3]))
    text = effect.model_dump_json()
    assert Effect.model_validate_json(text) == effect
    data = json.loads(text)
    assert data["sentence"] == effect.sentence
    assert data["shown"] is False
    assert data["scenario_differences"][0][0] == "s0"


def test_import_is_light() -> None:
    code = "import sys, harness.analysis.contrast as _; print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_twin_that_a_run_was_cut_before_leaves_no_answer_against_zero() -> None:
    data = [Observation("s", f"none/{epoch}", "t15", 0.3) for epoch in (1, 2)]
    planned = {"t15": ("none", "seats")}
    assert evaluate(ALONE, data).estimate == pytest.approx(0.3), "of one twin alone all count"
    cut, _ = evaluate_all(ALONE, [], {ALONE.measure: data}, planned=planned)
    assert cut.estimate is None
    assert cut.n_unpaired == {"t15": 2}
    assert "no dialogue of t15 has a value together with its twin" in cut.sentence
    whole = [*data, *(Observation("s", f"seats/{epoch}", "t15", -0.1) for epoch in (1, 2))]
    found = evaluate(ALONE, whole, planned=planned)
    assert found.estimate == pytest.approx(0.1)
    control = [Observation(row.scenario, row.pair, "t1", 0.0) for row in data]
    paired = evaluate(SKEW, [*data, *control], planned=planned)
    assert paired.estimate == pytest.approx(0.3), "an arm has the same twins as its control"
