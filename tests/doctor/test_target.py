"""Which dialogue of a plan is tried, and in which seat: the one with the longest prompt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.disputes.scenario import Twin
from harness.doctor.target import Target, choose_target
from harness.errors import UsageError
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.orchestrator.tokens import briefing_of, longest_prompt, seat_tokens
from harness.prompting.talks import Prompts
from tests.support.disputes import write
from tests.support.runs import tiny_suite

ADDRESS = "openai/m@http://127.0.0.1:9/v1"
ONE, HALF = {"track": "1"}, {"track": "1.5"}
PROMPTS = Prompts()


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("dispute"))


def plan_of(scenario: Path, *roles: str, **changes: Any) -> Plan:
    """A plan in which these roles are the model's."""
    suite = tiny_suite(scenario, contrasts=None, **{"arms": {"half": HALF}, "epochs": 1, **changes})
    return make_plan(suite, Overrides(models=dict.fromkeys(roles, ADDRESS)), PROMPTS.hashes())


def of(plan: Plan) -> Target:
    return choose_target(plan, PROMPTS, ADDRESS)


@pytest.mark.kind("S1")
def test_the_seat_that_the_model_plays_is_the_one_that_is_tried(scenario: Path) -> None:
    one = of(plan_of(scenario, "unofficial"))
    assert (one.seat.seat, one.seat.model) == ("u", ADDRESS)
    assert (one.suite, one.arm, one.spec.seat("u")) == ("tiny", "half", one.seat)
    both = of(plan_of(scenario, "official", "unofficial"))
    assert both.longest >= one.longest
    assert both.tokens > one.tokens
    assert both.calls > one.calls


@pytest.mark.kind("S1")
@pytest.mark.parametrize("arms", [("one", "half"), ("half", "one")])
def test_the_longest_prompt_of_the_plan_is_found_whichever_comes_first(
    scenario: Path, arms: tuple[str, str]
) -> None:
    plan = plan_of(
        scenario,
        "unofficial",
        arms={arm: {"one": ONE, "half": HALF}[arm] for arm in arms},
        brief="words",
    )
    foreseen: dict[str, int] = {}
    for way in plan.ways():
        spec, seat = way.talks, way.talks.seat("u")
        briefing = briefing_of(spec, plan.scenarios["small"].twin(spec.twin), "u", PROMPTS)
        longest = longest_prompt(seat, spec, briefing)
        foreseen[way.arm] = max(longest, foreseen.get(way.arm, 0))
    assert foreseen["half"] < foreseen["one"], "there it consults its capital as well"
    found = of(plan)
    assert (found.arm, found.longest) == ("one", foreseen["one"])


def test_all_that_the_model_plays_in_the_dialogue_is_counted(scenario: Path) -> None:
    found = of(plan_of(scenario, "official", "unofficial", brief="words"))
    each = [
        seat_tokens(
            seat,
            found.spec,
            briefing_of(found.spec, found.scenario, seat.seat, PROMPTS),
            first=True,
        )
        for seat in found.spec.seats
    ]
    assert found.tokens == sum(one.prompt + one.completion for one in each)
    assert found.calls == sum(one.calls for one in each) == 2 * (2 * 4 + 1) + 2 * 2


def test_the_scenario_is_the_twin_that_is_played(scenario: Path) -> None:
    plan = plan_of(scenario, "unofficial", twins=["seats"])
    found = of(plan)
    assert found.spec.twin is Twin.SEATS
    assert found.scenario == plan.scenarios["small"].twin(Twin.SEATS)
    assert found.scenario != plan.scenarios["small"]


def test_a_model_that_plays_nothing_is_told_how_to_be_seated(scenario: Path) -> None:
    with pytest.raises(UsageError, match="no seat of 'tiny' is played by") as caught:
        of(plan_of(scenario))
    assert caught.value.fix == f"seat it: --model official={ADDRESS}"
