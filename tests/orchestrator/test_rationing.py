"""Under a limit of the run, what is begun is finished: depth before breadth."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harness.delegations.base import Answer
from harness.delegations.seating import seat_delegations
from harness.errors import LimitReachedError
from harness.models.limits.budget import Budget, Spend
from harness.models.settings import EndpointSettings
from harness.orchestrator.plan import Plan
from harness.orchestrator.rationing import Rationing, bound_of
from harness.orchestrator.run import play_plan
from harness.prompting.talks import Prompts
from harness.records.reader import RunFolder
from harness.records.spec import TalksSpec
from harness.records.transcript import Transcript
from harness.records.writer import RunWriter
from harness.workers.executor import LocalExecutor
from harness.workers.progress import Progress
from tests.support import virtual_time
from tests.support.disputes import write
from tests.support.runs import bench_of, no_model, run_info, tiny_plan

A_CALL = 100


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return tiny_plan(write(tmp_path))


class Paying:
    """Delegations each of whose moves takes :data:`A_CALL` tokens and a second."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.paid: Counter[str] = Counter()

    def __call__(self, spec: TalksSpec) -> Any:
        seated = seat_delegations(spec, no_model, None)
        for delegation in seated.values():
            delegation.move = self._costly(spec, delegation.move)  # type: ignore[method-assign]
        return seated

    def _costly(self, spec: TalksSpec, move: Any) -> Any:
        async def costly(view: Any, complaint: Any) -> Answer:
            await self._budget.begin(Spend(A_CALL))
            await asyncio.sleep(1)
            self._budget.settle(Spend(A_CALL), Spend(A_CALL))
            self.paid[spec.id] += A_CALL
            answer: Answer = await move(view, complaint)
            return answer

        return costly


def played(
    plan: Plan, folder: Path, limit: int | None, bound: int | None
) -> tuple[list[Transcript], Paying, Progress]:
    """Play with as many at once as there are dialogues; without ``bound`` nothing is rationed."""
    budget, progress = Budget(tokens=limit), Progress()
    paying = Paying(budget)

    async def main() -> None:
        rationing = None if bound is None else Rationing(budget, lambda _: Spend(bound))
        executor = LocalExecutor(
            bench_of(plan.scenarios, paying, progress), progress, slots=len(plan.ids)
        )
        with RunWriter(folder, run_info(plan)) as writer:
            await play_plan(plan, writer, executor, progress, rationing=rationing)

    virtual_time.run(main())
    return list(RunFolder(folder).transcripts()), paying, progress


@pytest.mark.kind("X6")
def test_as_many_dialogues_are_finished_as_the_limit_allows(plan: Plan, tmp_path: Path) -> None:
    _, paying, _ = played(plan, tmp_path / "all", None, None)
    costs = sorted(paying.paid.values())
    assert len(costs) == len(plan.ids) > 4
    limit = sum(costs) // 2
    found = {}
    for name, bound in (("breadth", None), ("depth", 2 * costs[-1])):
        transcripts, paying, progress = played(plan, tmp_path / name, limit, bound)
        found[name] = len(transcripts)
        assert {t.status for t in transcripts} <= {"done"}, "without calls none is kept"
        assert progress.stopped is not None
        assert f"of its {limit:,} tokens" in progress.stopped
        wasted = paying.paid.total() - sum(paying.paid[t.id] for t in transcripts)
        if name == "depth":
            assert wasted <= costs[-1], "what is broken off is one dialogue at the most"
    assert found["depth"] > found["breadth"]
    assert found["depth"] * costs[-1] >= limit - 2 * costs[-1]


@pytest.mark.kind("X6")
def test_a_limit_below_one_dialogue_plays_one_at_a_time(plan: Plan, tmp_path: Path) -> None:
    transcripts, paying, _ = played(plan, tmp_path / "run", 2 * A_CALL, 10**9)
    assert transcripts == []
    assert len(paying.paid) == 1
    assert paying.paid.total() == 2 * A_CALL


def test_what_is_finished_tells_what_others_take(plan: Plan) -> None:
    async def main() -> list[int]:
        budget = Budget(tokens=1000)
        rationing = Rationing(budget, lambda _: Spend(600))
        specs = [way.talks for way in plan.ways()]
        begun = []

        async def begin(number: int) -> None:
            await rationing.begin(specs[number])
            begun.append(number)

        tasks = [asyncio.create_task(begin(number)) for number in range(4)]
        await asyncio.sleep(1)
        assert begun == [0], "two might take more than there is"
        await budget.begin(Spend(100))
        budget.settle(Spend(100), Spend(100))
        await rationing.end(specs[0], finished=True)
        await asyncio.gather(*tasks)
        return begun

    assert sorted(virtual_time.run(main())) == [0, 1, 2, 3]


def test_when_the_limit_is_reached_nobody_waits(plan: Plan) -> None:
    async def main() -> None:
        budget = Budget(tokens=100, spent=Spend(100))
        rationing = Rationing(budget, lambda _: Spend(600))
        for spec in (way.talks for way in plan.ways()):
            await rationing.begin(spec)
        with pytest.raises(LimitReachedError):
            await budget.begin(Spend(1))

    virtual_time.run(main())


def test_the_bound_is_that_of_the_plan(plan: Plan) -> None:
    spec = next(iter(way.talks for way in plan.ways()))
    assert bound_of(plan, None, {})(spec) == Spend(0, 0.0), "scripts ask nobody"
    seats = tuple(s.model_copy(update={"kind": "model", "model": "openai/m"}) for s in spec.seats)
    priced = {"openai/m": EndpointSettings(prompt_price=1.0, completion_price=2.0)}
    bound = bound_of(plan, Prompts(), priced)(spec.model_copy(update={"seats": seats}))
    assert bound.tokens > 1000
    assert bound.tokens < bound.usd * 1e6 < 2 * bound.tokens
