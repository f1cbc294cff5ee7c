"""Builds the set-up that is sent to the processes that play a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.kinds import brought
from harness.models.settings import PoolSettings
from harness.orchestrator.plan import Plan
from harness.plugins import absolute
from harness.workers.replies import ReplyFiles
from harness.workers.resources import Brought, Setup, edited_texts

if TYPE_CHECKING:
    from harness.delegations.plugins import UserDelegation


def setup_of(
    plan: Plan,
    wire: PoolSettings,
    *,
    prompts: Path | None = None,
    keeping: ReplyFiles | None = None,
    budgeted: bool = False,
) -> Setup:
    """The set-up of a process that plays ``plan``.

    Args:
        prompts: The user's folder of templates.
        budgeted: Whether the run has a limit on what it spends.
    """
    return Setup(
        folder=str(Path.cwd()),
        scenarios=plan.scenarios,
        addresses=plan.addresses,
        delegations=tuple(map(_brought, plan.brought.values())),
        wire=wire,
        templates=plan.templates,
        prompts=None if prompts is None else str(prompts.resolve()),
        edited={} if prompts is None else edited_texts(prompts),
        keeping=keeping,
        budgeted=budgeted,
        kinds=brought(),
    )


def _brought(own: UserDelegation) -> Brought:
    return Brought(
        name=own.name,
        kind=own.kind,
        source=own.source,
        target=absolute(own.target),
        environ=dict(own.environ),
    )
