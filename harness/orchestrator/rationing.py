"""Limits how many dialogues are in play when the run has a budget: depth before breadth.

A dialogue that the limit breaks off has cost tokens and shows nothing. So a dialogue begins only
while the rest of the budget is enough for it and for all that are in play. Where it is never
enough, one dialogue is played at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from harness.models.limits.budget import NOTHING, Budget, Spend
from harness.models.settings import EndpointSettings
from harness.orchestrator.plan import Plan
from harness.orchestrator.tokens import Briefing, Later, Tokens, briefing_of, seat_tokens
from harness.records.spec import StageSpec, TalksSpec
from harness.stages.base import twins_of

if TYPE_CHECKING:
    from harness.prompting.talks import Prompts

Bound = Callable[[StageSpec], Spend]
"""The most that a stage is expected to take."""


def bound_of(
    plan: Plan, prompts: Prompts | None, endpoints: Mapping[str, EndpointSettings]
) -> Bound:
    """What the dialogues of a plan take where every turn is used and nothing is asked again.

    Args:
        prompts: What models read; None where none plays.
        endpoints: Address -> its prices.
    """
    briefings: dict[tuple[str, str, str], Briefing] = {}
    later = Later(twins_of(plan.scenarios), prompts)

    def bound(spec: StageSpec) -> Spend:
        total = NOTHING
        if not isinstance(spec, TalksSpec):
            for model, taken in later.tokens(spec):
                total = total.plus(_spend(taken, model))
            return total
        for seat in spec.seats:
            if seat.kind not in ("model", "runnable"):
                continue
            key = (spec.scenario, spec.twin.value, seat.model_dump_json())
            if key not in briefings:
                twin = plan.scenarios[spec.scenario].twin(spec.twin)
                briefings[key] = briefing_of(spec, twin, seat.seat, prompts)
            taken = seat_tokens(seat, spec, briefings[key], first=True)
            total = total.plus(_spend(taken, seat.model or ""))
        return total

    def _spend(taken: Tokens, model: str) -> Spend:
        own = endpoints.get(model, EndpointSettings())
        usd = taken.cost(own.prompt_price or 0.0, None, own.completion_price or 0.0)
        return Spend(taken.prompt + taken.completion, usd)

    return bound


class Rationing:
    """Lets dialogues begin. Belongs to one event loop.

    Args:
        budget: Of the run.
        bound: What a dialogue takes at most. When some are finished it is what they took on
            average, where that is less.
    """

    def __init__(self, budget: Budget, bound: Bound) -> None:
        self._budget = budget
        self._bound = bound
        self._before = budget.spent
        self._finished = 0
        self._in_play: dict[str, tuple[Spend, bool]] = {}
        self._changed = asyncio.Condition()

    async def begin(self, spec: StageSpec) -> None:
        """Wait until a dialogue may begin; at once where none is in play, or the limit is reached
        and will say so itself."""
        bound, alike = self._bound(spec), isinstance(spec, TalksSpec)
        async with self._changed:
            await self._changed.wait_for(lambda: self._may_begin(bound, alike))
            self._in_play[spec.id] = (bound, alike)

    async def end(self, spec: StageSpec, *, finished: bool) -> None:
        """A dialogue is over.

        Args:
            finished: Whether it was played to an end, so that it tells what others will take.
        """
        async with self._changed:
            self._in_play.pop(spec.id, None)
            # What follows talks is spent for them.
            self._finished += finished and isinstance(spec, TalksSpec)
            self._changed.notify_all()

    def _may_begin(self, bound: Spend, alike: bool) -> bool:
        budget = self._budget
        if not self._in_play or budget.reached:
            return True
        needed = budget.spent
        for one, talks in (*self._in_play.values(), (bound, alike)):
            needed = needed.plus(self._expected(one) if talks else one)
        return (budget.tokens is None or needed.tokens <= budget.tokens) and (
            budget.usd is None or needed.usd <= budget.usd
        )

    def _expected(self, bound: Spend) -> Spend:
        """What a dialogue will take: no more than its bound, and than what this session has spent
        for each dialogue that is finished, those in play included."""
        if not self._finished:
            return bound
        spent = self._budget.spent.minus(self._before)
        return Spend(
            min(bound.tokens, -(-spent.tokens // self._finished)),
            min(bound.usd, spent.usd / self._finished),
        )
