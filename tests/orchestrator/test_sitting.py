"""A sitting is a run of one dialogue, and no other sitting is the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.delegations.person import Leavable, PersonDelegation
from harness.delegations.scripted import ScriptedDelegation
from harness.delegations.seating import seat_delegations
from harness.disputes.scenario import Scenario, Twin
from harness.errors import RecordError, UsageError
from harness.incentives.profiles import Authority
from harness.orchestrator.fork import fork_seats
from harness.orchestrator.reuse import is_shareable
from harness.orchestrator.sitting import (
    Sitting,
    plan_sitting,
    recorded_sitting,
    sitting_seats,
)
from harness.prompting.talks import Prompts
from harness.records.reader import RunFolder
from harness.records.writer import RunWriter
from harness.stages.base import no_chats
from harness.suite.parts import Protocol
from tests.support.disputes import small
from tests.support.runs import play, run_info, tiny_plan

MODEL = "openai/fake@http://127.0.0.1:9/v1"


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


@pytest.fixture(scope="module")
def prompts() -> Prompts:
    return Prompts()


def test_two_sittings_are_two_records(scenario: Scenario, prompts: Prompts) -> None:
    one, two = (plan_sitting(Sitting(scenario, seed=3), prompts) for _ in range(2))
    assert one.spec.id != two.spec.id
    assert one.name != two.name
    assert one.name.startswith("play-")
    same = {"seats": two.spec.seats}
    assert one.spec.model_copy(update=same) == two.spec, "all that is drawn is drawn alike"
    drawn = {plan_sitting(Sitting(scenario), prompts).spec.seed for _ in range(3)}
    assert len(drawn) == 3


def test_the_person_sits_where_asked_and_the_other_seat_is_the_track_s(
    scenario: Scenario, prompts: Prompts
) -> None:
    plan = plan_sitting(Sitting(scenario, seat="official", brief="words"), prompts)
    own, other = plan.spec.seat("o"), plan.spec.seat("u")
    assert (own.kind, own.brief, own.model, own.tactic) == ("person", "words", None, None)
    assert own.authority is Authority.FULL
    assert own.how == "a person"
    (arm,) = plan.suite.arms
    assert other == plan.suite.seats(arm, scenario.seats.o, scenario.seats.u)[1]
    assert plan.models == {"official": "person"}
    assert plan.addresses == ()
    assert not plan.plays_models
    assert (plan.dialogues, plan.stage_count) == (1, 1)
    assert [node.id for node in plan.stages()] == [plan.spec.id]


def test_seats_of_others_are_written_as_before(scenario: Scenario, prompts: Prompts) -> None:
    own, other = (plan_sitting(Sitting(scenario), prompts).spec.seat(seat) for seat in ("u", "o"))
    assert own.sitting
    assert own.sitting in own.model_dump_json()
    assert "sitting" not in other.model_dump_json(), "so that old ids are what they were"


def test_a_model_opposite_is_told_as_the_person_is(scenario: Scenario, prompts: Prompts) -> None:
    plan = plan_sitting(Sitting(scenario, opponent=MODEL, brief="own"), prompts)
    other = plan.spec.seat("o")
    assert (other.kind, other.model, other.brief) == ("model", MODEL, "own")
    assert plan.addresses == (MODEL,)
    assert plan.plays_models
    assert plan.spec.templates == prompts.hashes()


def test_twin_rounds_and_track_are_as_asked(scenario: Scenario, prompts: Prompts) -> None:
    rules = Protocol(rounds=1, turns=2)
    sitting = Sitting(scenario, track="backchannel", twin=Twin.SEATS, protocol=rules, seed=1)
    plan = plan_sitting(sitting, prompts)
    assert plan.spec.twin is Twin.SEATS
    assert plan.spec.seat("u").principal == scenario.seats.o
    assert plan.spec.protocol == rules.resolved()
    assert [way.arm for way in plan.ways()] == ["backchannel"]
    openers = {plan_sitting(Sitting(scenario, seed=n), prompts).spec.opener for n in (1, 2)}
    assert openers == {"o", "u"}


def test_the_seats_are_the_person_and_a_script_that_may_be_left(
    scenario: Scenario, prompts: Prompts
) -> None:
    plan = plan_sitting(Sitting(scenario), prompts)
    left: list[str] = []

    def leavable(inner: object, seat: str) -> Leavable:
        assert isinstance(inner, ScriptedDelegation)
        left.append(seat)
        return Leavable(inner, None, seat)  # type: ignore[arg-type] - nobody waits

    nobody = object()
    seats = sitting_seats(plan.spec, no_chats, prompts, nobody, leavable)  # type: ignore[arg-type]
    assert isinstance(seats["u"], PersonDelegation)
    assert isinstance(seats["o"], Leavable)
    assert left == ["u"]


def test_nobody_else_plays_a_person_s_seat(scenario: Scenario, prompts: Prompts) -> None:
    spec = plan_sitting(Sitting(scenario), prompts).spec
    with pytest.raises(UsageError, match="a person played seat u"):
        seat_delegations(spec, no_chats, prompts)
    assert not is_shareable(spec), "and no other run takes what a person said"
    with pytest.raises(UsageError, match="played by a person"):
        fork_seats(spec, (), {})


def test_a_run_without_a_person_is_no_sitting(tmp_path: Path, scenario: Scenario) -> None:
    assert scenario.id == "small"
    plan = tiny_plan(tmp_path / "small.yaml", epochs=1)
    with RunWriter(tmp_path / "run", run_info(plan)):
        pass
    with pytest.raises(RecordError, match="left no dialogue"):
        recorded_sitting(RunFolder(tmp_path / "run"))
    play(plan, tmp_path / "run")
    with pytest.raises(UsageError, match="no person sat in this run"):
        recorded_sitting(RunFolder(tmp_path / "run"))
