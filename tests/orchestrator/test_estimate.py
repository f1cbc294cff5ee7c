"""What a plan takes at most, in calls, tokens, money and words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.models.settings import EndpointSettings
from harness.orchestrator.estimate import estimate
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.prompting.talks import Prompts
from tests.support.disputes import write
from tests.support.runs import tiny_suite

MODEL = "openai/m@http://127.0.0.1:9/v1"
OTHER = "openai/n@http://127.0.0.1:9/v1"
PRICES = EndpointSettings(prompt_price=1.0, completion_price=4.0)


def plan_of(folder: Path, models: dict[str, str] | None = None, **changes: object) -> Plan:
    return make_plan(tiny_suite(write(folder), **changes), Overrides(models=models or {}))


def test_scripts_ask_nobody(tmp_path: Path) -> None:
    found = estimate(plan_of(tmp_path), None)
    assert (found.dialogues, found.calls, found.prompt_tokens) == (8, 0, 0)
    assert (found.cost, found.cached_within, found.longest_prompt) == (None, None, None)
    assert found.sentences() == [
        "8 dialogues on 1 scenario.",
        "Scripted delegations play: no model calls. Name a model with --model to plan for it.",
    ]


def test_arms_are_counted_apart_and_add_up(tmp_path: Path) -> None:
    found = estimate(plan_of(tmp_path, {"unofficial": MODEL}), Prompts())
    assert [(arm.arm, arm.track, arm.scenarios, arm.dialogues) for arm in found.arms] == [
        ("one", "1", 1, 4),
        ("half", "1.5", 1, 4),
    ]
    assert sum(arm.calls for arm in found.arms) == found.calls > 0
    assert found.models == {"unofficial": MODEL}


def test_what_arms_share_is_paid_once(tmp_path: Path) -> None:
    models = {"official": MODEL, "unofficial": MODEL}
    two = {"one": {"track": "1"}, "again": {"track": "1"}}
    shared = estimate(plan_of(tmp_path, models, arms=two, contrasts=None), Prompts())
    alone = estimate(
        plan_of(tmp_path, models, arms={"one": {"track": "1"}}, contrasts=None), Prompts()
    )
    assert (shared.dialogues, alone.dialogues) == (8, 4)
    assert shared.calls == alone.calls
    assert shared.prompt_tokens == alone.prompt_tokens


def test_dollars_are_told_where_every_price_is(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, {"official": MODEL, "unofficial": OTHER})
    found = estimate(plan, Prompts(), {MODEL: PRICES, OTHER: PRICES})
    assert found.cost == pytest.approx(
        (found.prompt_tokens * 1.0 + found.completion_tokens * 4.0) / 1e6
    )
    assert found.unpriced == ()
    assert any(line.startswith("At most $") for line in found.sentences())
    partly = estimate(plan, Prompts(), {MODEL: PRICES})
    assert (partly.cost, partly.unpriced) == (None, (OTHER,))
    assert f"No price is known for {OTHER} (see models.yaml)." in partly.sentences()


def test_a_prefix_cache_makes_it_cheaper(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, {"unofficial": MODEL})
    cached = PRICES.model_copy(update={"cached_price": 0.1})
    full = estimate(plan, Prompts(), {MODEL: PRICES})
    reduced = estimate(plan, Prompts(), {MODEL: cached})
    assert full.cost is not None
    assert reduced.cost is not None
    assert full.cached_across is not None
    assert reduced.cost == pytest.approx(
        full.cost - full.cached_across * full.prompt_tokens * 0.9 / 1e6
    )
    assert full.cached_within is not None
    assert 0 < full.cached_within < full.cached_across < 1


def test_one_call_is_one_call(tmp_path: Path) -> None:
    found = estimate(plan_of(tmp_path, {"unofficial": MODEL}), Prompts())
    (one,) = (line for line in replace(found, calls=1).sentences() if "model call" in line)
    assert one.startswith("At most 1 model call (")
    (many,) = (line for line in found.sentences() if "model call" in line)
    assert many.startswith(f"At most {found.calls:,} model calls (")


def test_a_limit_counts_what_it_leaves(tmp_path: Path) -> None:
    found = estimate(replace(plan_of(tmp_path, {"unofficial": MODEL}), limit=3), Prompts())
    assert (found.dialogues, [arm.dialogues for arm in found.arms]) == (3, [2, 1])
    assert (found.compared, found.per_scenario) == (1, 1)


def test_nothing_is_compared_without_a_contrast(tmp_path: Path) -> None:
    found = estimate(plan_of(tmp_path, contrasts=None), None)
    assert (found.compared, found.per_scenario) == (0, 0)


def test_a_longer_protocol_has_a_longer_prompt(tmp_path: Path) -> None:
    models = {"unofficial": MODEL}
    short = estimate(plan_of(tmp_path, models, protocol={"rounds": 1, "turns": 2}), Prompts())
    long = estimate(plan_of(tmp_path, models, protocol={"rounds": 1, "turns": 20}), Prompts())
    assert short.longest_prompt is not None
    assert long.longest_prompt is not None
    assert short.longest_prompt < long.longest_prompt
    assert any(f"{long.longest_prompt:,} tokens" in line for line in long.sentences())
    assert long.as_json()["longest_prompt"] == long.longest_prompt
