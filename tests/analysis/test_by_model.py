"""The primary question line-up by line-up: never a mean over models."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.analysis.by_model import by_model, label_of
from harness.analysis.holm import holm
from harness.analysis.proceedings import Dialogue, Proceedings, Went
from harness.analysis.scale import UNKNOWN
from harness.analysis.values import Values, _read_dialogues
from harness.evaluators.course import Asked, Course
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


def values(gains: tuple[float, float], further: Sequence[Went] = ()) -> Values:
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
    _read_dialogues(found, [*went, *further])
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
    first, second = by_model(info(tmp_path), run, {}, {}, {})
    assert first.primary is not None
    assert second.primary is not None
    assert first.primary.estimate == pytest.approx(0.3035)
    assert second.primary.estimate == pytest.approx(-0.2965)
    assert first.primary.shown
    assert second.primary.shown
    assert (first.label, second.label) == ("unofficial a", "unofficial b")
    assert first.line.startswith("unofficial a: Deals: one 8 of 8, half 8 of 8. ")
    assert first.account.planned == 16


def test_where_the_voids_of_a_line_up_broke_off_is_looked_at_in_its_own_answer(
    tmp_path: Path,
) -> None:
    further, courses = list[Went](), dict[tuple[str, str, str], Course]()
    lean = lineup_name(LINEUPS[1])
    for number, scenario in enumerate(SCENARIOS * 4):
        pair, low = f"none/{2 + number}/{lean}", number // 8 % 2 == 0
        placed = Dialogue(("half",), scenario, pair, not low, None if low else True, lean)
        void = ("reply", "u", "no JSON") if low else None
        went = ("void", "void", void) if low else ("done", "deal", void)
        further.append(Went(f"b-{number}", placed, *went, (), (), (), ("model",)))
        asked = (Asked("u", "b", 1, 1),)
        courses[scenario, pair, "half"] = Course(asked, (-0.5 if low else 0.5,), broke_off=low)
    first, second = by_model(info(tmp_path), values((0.0, 0.0), further), {}, {}, courses)
    assert "voids follow how the talks went" not in first.line
    assert "voids follow how the talks went: seat u of half broke off 16" in second.line


def test_p_is_corrected_over_the_line_ups(tmp_path: Path) -> None:
    found = by_model(info(tmp_path), values((0.3, 0.0)), {}, {SKEW: UNKNOWN}, {})
    effects = [one.primary for one in found if one.primary is not None]
    assert [effect.holm_p for effect in effects] == holm([effect.p_t for effect in effects])
    assert effects[0].holm_p == pytest.approx(2 * (effects[0].p_t or 0))


def test_a_line_up_without_any_dialogue_says_so(tmp_path: Path) -> None:
    found = by_model(info(tmp_path), Values(), {}, {}, {})
    assert [one.line for one in found] == [
        f"unofficial {name}: Nothing can be said: no dialogue is finished." for name in "ab"
    ]


def test_a_run_of_one_line_up_has_none(tmp_path: Path) -> None:
    assert by_model(run_info(tiny_plan(write(tmp_path))), Values(), {}, {}, {}) == ()


def test_who_plays_in_all_is_no_part_of_a_label() -> None:
    both = ({"official": "x", "unofficial": "a"}, {"official": "y", "unofficial": "a"})
    assert [label_of(one, both) for one in both] == ["official x", "official y"]
