"""The primary question line-up by line-up: never a mean over models."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.analysis.by_model import by_model, label_of
from harness.analysis.holm import holm
from harness.analysis.proceedings import Dialogue, Proceedings, Went
from harness.analysis.values import Values, _read_dialogues
from harness.records.episodes import lineup_name
from harness.records.run import RunInfo
from harness.records.score import Score
from tests.support.disputes import write
from tests.support.runs import run_info, tiny_plan

LINEUPS = ({"official": "scripted", "unofficial": "a"}, {"official": "scripted", "unofficial": "b"})
SKEW = "settlement.skew"
SCENARIOS = [f"s{number}" for number in range(8)]


def info(folder: Path) -> RunInfo:
    return run_info(tiny_plan(write(folder))).model_copy(
        update={"lineups": LINEUPS, "dialogues": 32}
    )


def values(gains: tuple[float, float]) -> Values:
    """A run in which ``half`` is above ``one`` by a number of its own for each line-up."""
    found = Values(proceedings={"one": Proceedings(), "half": Proceedings()})
    went, scores = [], []
    for models, gain in zip(LINEUPS, gains, strict=True):
        name = lineup_name(models)
        for number, scenario in enumerate(SCENARIOS):
            for arm in ("one", "half"):
                key = f"{models['unofficial']}-{scenario}-{arm}"
                placed = Dialogue((arm,), scenario, f"none/1/{name}", True, True, name)
                went.append(Went(key, placed, "done", "deal", None, (), (), (), ("model",)))
                value = 0.01 * number + (gain + 0.001 * number if arm == "half" else 0.0)
                scores.append((key, value))
    _read_dialogues(found, went)
    for key, value in scores:
        score = Score(
            id=key,
            evaluator="settlement",
            version=1,
            values={"skew": value},
            why_null={},
            detail={},
        )
        found.add_score(score, {SKEW})
    return found


def test_two_models_with_opposite_effects_are_never_averaged(tmp_path: Path) -> None:
    run = values((0.3, -0.3))
    first, second = by_model(info(tmp_path), run, {})
    assert first.primary is not None
    assert second.primary is not None
    assert first.primary.estimate == pytest.approx(0.3035)
    assert second.primary.estimate == pytest.approx(-0.2965)
    assert first.primary.shown
    assert second.primary.shown
    assert (first.label, second.label) == ("unofficial a", "unofficial b")
    assert first.line.startswith("unofficial a: Deals: one 8 of 8, half 8 of 8. ")
    assert first.account.planned == 16


def test_p_is_corrected_over_the_line_ups(tmp_path: Path) -> None:
    found = by_model(info(tmp_path), values((0.3, 0.0)), {})
    effects = [one.primary for one in found if one.primary is not None]
    assert [effect.holm_p for effect in effects] == holm([effect.p_t for effect in effects])
    assert effects[0].holm_p == pytest.approx(2 * (effects[0].p_t or 0))


def test_a_line_up_without_any_dialogue_says_so(tmp_path: Path) -> None:
    found = by_model(info(tmp_path), Values(), {})
    assert [one.line for one in found] == [
        f"unofficial {name}: Nothing can be said: no dialogue is finished." for name in "ab"
    ]


def test_a_run_of_one_line_up_has_none(tmp_path: Path) -> None:
    assert by_model(run_info(tiny_plan(write(tmp_path))), Values(), {}) == ()


def test_who_plays_in_all_is_no_part_of_a_label() -> None:
    both = ({"official": "x", "unofficial": "a"}, {"official": "y", "unofficial": "a"})
    assert [label_of(one, both) for one in both] == ["official x", "official y"]
