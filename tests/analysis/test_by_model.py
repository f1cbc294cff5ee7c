"""The primary question line-up by line-up: never a mean over models."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.analysis.by_model import by_model, label_of, shortened_labels, together
from harness.analysis.holm import holm
from harness.analysis.proceedings import Dialogue, Proceedings, Went
from harness.analysis.values import Values
from harness.evaluators.course import Asked, Course
from harness.records.episodes import lineup_name
from harness.records.run import RunInfo
from harness.records.score import Score
from harness.suite.suite import Suite
from tests.support.disputes import small, write
from tests.support.run_folders import make_suite
from tests.support.runs import run_info, tiny_plan

LINEUPS = ({"official": "scripted", "unofficial": "a"}, {"official": "scripted", "unofficial": "b"})
SKEW = "settlement.skew"
LEVELS = ["one", "mid", "half"]
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
    found.add_talks([*went, *further])
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
    first, second = by_model(info(tmp_path), values((0.0, 0.0), further), {}, courses)
    assert "voids follow how the talks went" not in first.line
    assert "voids follow how the talks went: seat u of half broke off 16" in second.line


def test_p_is_corrected_over_the_line_ups(tmp_path: Path) -> None:
    found = by_model(info(tmp_path), values((0.3, 0.0)), {})
    effects = [one.primary for one in found if one.primary is not None]
    assert [effect.holm_p for effect in effects] == holm([effect.p_t for effect in effects])
    assert effects[0].holm_p == pytest.approx(2 * (effects[0].p_t or 0))


def asked(**more: Any) -> Suite:
    """Two secondary questions, a check that holds on average alone, and a dose."""
    contrast = {"treatment": "half", "control": "one"}
    return make_suite(
        arms={
            "one": {"track": "1"},
            "mid": {"track": "1", "u": {"deal_reward": 0.1}},
            "half": {"track": "1", "u": {"deal_reward": 0.3}},
        },
        contrasts={
            "primary": {"name": "first", **contrast},
            "secondary": [{"name": "second", **contrast}, {"name": "third", **contrast}],
        },
        checks=[{"name": "near", "arm": "half", "measure": SKEW, "min": -0.1, "max": 0.1}],
        doses=[{"name": "reward", "seat": "u", "field": "deal_reward", "arms": LEVELS}],
        **more,
    )


def test_every_question_is_answered_for_each_and_corrected_over_all(tmp_path: Path) -> None:
    known = dict.fromkeys(SCENARIOS, small(tmp_path))
    run = info(tmp_path).model_copy(update={"suite": asked(), "scenarios": known})
    found = by_model(run, values((0.3, -0.3)), {})
    assert [one.short for one in found] == ["unofficial a", "unofficial b"]
    effects = [effect for one in found for effect in one.secondary]
    assert [effect.called for effect in effects[:2]] == [
        "second, unofficial a",
        "third, unofficial a",
    ]
    assert [effect.holm_p for effect in effects] == holm([effect.p_t for effect in effects])
    assert [effect.lineup for effect in effects] == ["unofficial a"] * 2 + ["unofficial b"] * 2
    assert all(effect.shown for effect in effects)
    checks = [one.checks[0] for one in found]
    assert [check.held for check in checks] == [False, False], "on average it holds"
    assert checks[0].called == "near, unofficial a"
    (curve,) = found[1].doses
    means = [point.mean for point in curve.response(SKEW).points]
    assert (curve.called, means[1]) == ("reward, unofficial b", None), "nobody played it"
    assert (means[2] or 0) - (means[0] or 0) == pytest.approx(-0.2965)
    parts = [one.two_part for one in found if one.two_part is not None]
    differences = [part.difference() for part in parts]
    assert [d.parts["skew"].estimate for d in differences if d is not None] == (
        pytest.approx([0.3035, -0.2965])
    )

    listed = together(found)
    assert [effect.called for effect in listed["secondary"]] == [
        "second, unofficial a",
        "second, unofficial b",
        "third, unofficial a",
        "third, unofficial b",
    ]
    assert [check.lineup for check in listed["checks"]] == ["unofficial a", "unofficial b"]
    assert together(()) == {}


def test_every_line_up_has_a_chain_of_its_own(tmp_path: Path) -> None:
    contrast = {"treatment": "half", "control": "one"}
    later = {"name": "later", "measure": "later.skew", **contrast}
    suite = make_suite(
        arms={"one": {"track": "1"}, "half": {"track": "1", "u": {"deal_reward": 0.3}}},
        contrasts={"primary": {"name": "first", **contrast}, "secondary": [later]},
    )
    known = dict.fromkeys(SCENARIOS, small(tmp_path))
    run = info(tmp_path).model_copy(update={"suite": suite, "scenarios": known})
    found = by_model(run, values((0.3, -0.3)), {})
    assert [[link.link for link in one.links] for one in found] == [["talks", "later"]] * 2
    talks = [one.links[0] for one in found]
    assert [link.effect.estimate for link in talks] == pytest.approx([0.3035, -0.2965])
    means = [side.value.mean for link in talks for side in link.sides]
    assert means == pytest.approx([0.3385, 0.035, -0.2615, 0.035]), "nothing is pooled"
    assert [one.id for one in talks[0].sides[0].worst] == ["a-s7-half", "a-s6-half", "a-s5-half"]
    assert {one.id[0] for one in talks[1].apart} == {"b"}
    assert found[0].links[1].effect.estimate is None
    assert [one.chain_parts for one in found] == [None, None], "the four cells are not played"
    alone = by_model(info(tmp_path), values((0.3, -0.3)), {})
    assert "links" not in alone[0].model_dump(), "a suite about talks alone has no chain"


def test_why_a_line_up_lacks_values_is_its_own(tmp_path: Path) -> None:
    run = values((0.3, 0.3))
    (key,) = [name for name in run.dialogues if name == "a-s0-half"]
    other = "settlement.gain_u"
    for dialogue in run.dialogues:
        why = {} if dialogue != key else {"gain_u": "broken"}
        value = None if why else 0.5
        score = Score(
            id=dialogue,
            evaluator="settlement",
            version=1,
            values={"gain_u": value},
            why_null=why,
            detail={},
        )
        run.add_score(score, {other})
    own = [run.of_lineup(lineup_name(models)) for models in LINEUPS]
    assert [part.summary(other, "half").why_missing for part in own] == [{"broken": 1}, {}]
    assert [len(part.dialogues) for part in own] == [16, 16]
    assert [part.summary(other, "half").n for part in own] == [7, 8]


def test_labels_leave_out_places_where_none_is_lost() -> None:
    near = ({"official": "x@h", "unofficial": "a@h"}, {"official": "x@h", "unofficial": "b@h"})
    assert shortened_labels(near) == ["unofficial a", "unofficial b"]
    same = ({"unofficial": "a@one"}, {"unofficial": "a@two"})
    assert shortened_labels(same) == ["unofficial a@one", "unofficial a@two"]


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
