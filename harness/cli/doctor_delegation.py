"""``track15 doctor --delegation [ROLE=]TARGET``: tries a user's own agent before a run."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from harness.cli.console import echo_json, notes, results
from harness.report.tables import shown

if TYPE_CHECKING:
    from harness.doctor.agent_remarks import AgentCheck

_SIGNS = {"good": "ok", "warn": "!", "bad": "X"}


def examine_delegations(targets: tuple[str, ...], *, timeout: float, as_json: bool) -> int:
    """Play a little with each, and say what was found.

    Args:
        targets: ``TARGET`` or ``ROLE=TARGET``; without a role it takes the unofficial seat.
        timeout: Seconds one answer may take.
        as_json: Print one JSON array.

    Returns:
        The exit code: 0 where each of them could play, else 1.

    Raises:
        UsageError: One cannot be loaded, or its role is misspelt.
    """
    from harness.app.examining import check_agent, own_delegations

    checks = []
    for role, own in own_delegations(targets):
        with notes().status(shown(f"{own.name}: two dialogues are begun")):
            checks.append(asyncio.run(check_agent(own, role=role, seconds=timeout)))
    if as_json:
        echo_json(json.dumps([_document(c) for c in checks], indent=1, ensure_ascii=False))
    else:
        for check in checks:
            _print(check)
    return 0 if all(check.usable for check in checks) else 1


def _document(check: AgentCheck) -> dict[str, Any]:
    return {
        "delegation": check.name,
        "usable": check.usable,
        "steps": [asdict(step) for step in check.steps],
        "remarks": [asdict(remark) for remark in check.remarks],
    }


def _print(check: AgentCheck) -> None:
    console = results()

    def say(text: str) -> None:
        console.print(text, markup=False, soft_wrap=True)

    say(check.name)
    for step in check.steps:
        say(f"  {step.name}")
        for word, text in (("sent", step.sent), ("came", step.came), ("but", step.problem)):
            if text:
                say(f"    {word:<5}{text}")
    for remark in check.remarks:
        say(f"  {_SIGNS[remark.state]:<3}{remark.name}: {remark.said}")
        if remark.fix:
            say(f"     fix: {remark.fix}")
    say("It can play.\n" if check.usable else "It cannot play yet.\n")
