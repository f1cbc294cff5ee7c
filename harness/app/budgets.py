"""What a run may spend, and has spent in earlier sessions."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Mapping
from pathlib import Path

from harness.errors import LimitReachedError, UsageError, be, counted
from harness.models.limits.budget import NOTHING, Budget, Spend, cost
from harness.models.replies.journal import CALLS, Journal
from harness.models.settings import EndpointSettings, PoolSettings
from harness.models.usage import CHARACTERS_PER_TOKEN
from harness.orchestrator.plan import Plan
from harness.records.spend import PaidCall, paid_calls
from harness.workers.progress import Progress


def budget_of(
    plan: Plan,
    folder: Path,
    wire: PoolSettings,
    *,
    tokens: int | None,
    usd: float | None,
    spent_by: Callable[[], Spend] | None = None,
) -> Budget | None:
    """The budget of a run, including what its record has spent already; None without a limit.

    Args:
        spent_by: Says what counts as spent; None for all that the record holds.

    Raises:
        UsageError: There is a limit, and the plan has a model without a price, or a delegation
            whose calls cannot be counted.
        RecordError: The record is damaged.
    """
    if tokens is None and usd is None:
        return None
    flag = "--token-limit" if usd is None else "--cost-limit"
    for name, own in plan.brought.items():
        if own.kind != "runnable":
            raise UsageError(
                f"model calls inside {name} cannot be counted",
                where=flag,
                fix="leave the limit out, or set a limit at the servers of its models",
            )
    players = [*plan.addresses, *plan.brought]
    unpriced = [name for name in players if not wire.of(name).priced]
    if usd is not None and unpriced:
        raise UsageError(
            f"the price of {unpriced[0]} is not known",
            where="--cost-limit",
            fix=_entry(unpriced[0], brought=unpriced[0] in plan.brought),
        )
    before = spent(folder, wire.endpoints) if spent_by is None else spent_by()
    return Budget(tokens=tokens, usd=usd, spent=before)


def refuse_reached(
    budget: Budget | None,
    plan: Plan,
    played: Mapping[str, str],
    *,
    retry_void: bool,
    called: str = "",
) -> None:
    """Refuse to start if dialogues are left to play but the limit is already reached.

    Args:
        called: What is played is called, in the plural, where it is no dialogues or stages.

    Raises:
        LimitReachedError: It is.
    """
    if budget is None or not budget.reached:
        return
    settled = ("done",) if retry_void else ("done", "void")
    finished = sum(played.get(node.id) in settled for node in plan.stages())
    if finished < plan.stage_count:
        counted = Progress(plan.stage_count, stages=bool(plan.later_kinds), resumed=finished)
        counted.called = called
        raise LimitReachedError(_words(budget, counted))


def spending_notes(budget: Budget | None, progress: Progress) -> list[str]:
    """Notes on requests that were only estimated, and on a limit that stopped the run."""
    if budget is None:
        return []
    notes = []
    if budget.estimated:
        notes.append(
            f"{counted(budget.estimated, 'request')} {be(budget.estimated)} counted by an "
            "estimate, because the server did not report tokens or did not answer."
        )
    if progress.stopped is not None:
        notes.append(_words(budget, progress))
    return notes


def _words(budget: Budget, progress: Progress) -> str:
    tokens, usd = budget.spent
    over_tokens = budget.tokens is not None and tokens >= budget.tokens
    flag = "--token-limit" if over_tokens else "--cost-limit"
    spent = f"{tokens:,} tokens" + ("" if budget.usd is None else f" and ${usd:,.4f}")
    limit = f"{budget.tokens:,}" if over_tokens else f"${budget.usd:,}"
    return (
        f"Stopped at {flag} {limit}: {spent} spent, {progress.finished:,} of "
        f"{progress.planned:,} {progress.noun} finished and kept. To go on, type the same command "
        f"with a higher {flag}."
    )


def _entry(name: str, *, brought: bool) -> str:
    """What to write for a model without a price."""
    if brought:
        return "leave --cost-limit out; --token-limit counts what the runnable reports"
    return (
        "add it to models.yaml, in US dollars for a million tokens:\n"
        "    schema: track15/models/1\n"
        "    models:\n"
        "      NAME:\n"
        f"        address: {name}\n"
        "        price: {prompt: 0.50, completion: 1.50}  # 0 for a server of your own"
    )


def spent(
    folder: Path,
    endpoints: Mapping[str, EndpointSettings],
    stages: Container[str] | None = None,
) -> Spend:
    """What the record and the replies of unfinished dialogues took; by length where no server
    counted.

    Args:
        endpoints: Address -> its prices.
        stages: Only theirs; None for all.

    Raises:
        RecordError: The record is damaged.
    """
    calls = list(paid_calls(folder, stages))
    if (folder / CALLS).exists():
        journal = Journal(folder)
        for stage, model, reply in journal.paid():
            if stages is not None and stage not in stages:
                continue
            usage = reply.usage
            counts = (usage.prompt, usage.completion, usage.cached)
            calls.append(PaidCall(model, *counts, reply_length=len(reply.text)))
        journal.leave()
    total, unknown = NOTHING, EndpointSettings()
    for call in calls:
        prompt, completion = call.prompt, call.completion
        if prompt is None:
            prompt = math.ceil(call.prompt_length / CHARACTERS_PER_TOKEN)
        if completion is None:
            completion = math.ceil(call.reply_length / CHARACTERS_PER_TOKEN)
        usd = cost(endpoints.get(call.model, unknown), prompt, completion, call.cached)
        total = total.plus(Spend(prompt + completion, usd or 0.0))
    return total
