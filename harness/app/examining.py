"""The Python side of ``doctor``: tries a model, or a user's own delegation, before a run."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.app.options import overrides
from harness.app.planning import prepare
from harness.app.runs import Notify, unheard
from harness.delegations.plugins import FLAG, ROLES, UserDelegation, load
from harness.doctor.agent import check_agent as check_agent
from harness.doctor.checkup import Checkup
from harness.doctor.target import choose_target
from harness.doctor.visit import examine as visit
from harness.errors import UsageError, brief, closest
from harness.models.address import parse_address
from harness.models.lineups import one_by_one
from harness.models.named import choose, endpoints, load_models
from harness.models.presets import PRESETS as PRESETS
from harness.models.settings import EndpointSettings
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import SEAT_OF_ROLE


@dataclass(frozen=True)
class Subject:
    """A model that is tried.

    Attributes:
        address: Of the model.
        changes: To the suite: they seat it.
        settings: What is particular to the address.
    """

    address: str
    changes: Overrides
    settings: EndpointSettings


def subjects(models: Sequence[str], models_file: Path | None, **changes: Any) -> list[Subject]:
    """The models to try, each in the seats it is named for.

    A model that is named twice is listed once. Without any name, all of ``models.yaml`` are tried.

    Args:
        models: ``[ROLE=]ADDRESS`` or a name each.
        models_file: Models by name; None for ``models.yaml`` here.
        changes: As for :func:`~harness.app.options.overrides`.

    Raises:
        UsageError: A model address is malformed.
    """
    known = load_models(models_file)
    changed = overrides((), known=known, **changes)
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for text in one_by_one(models) or tuple(known):
        chosen = choose([text], known)
        for role, one in chosen.items():
            key = f"{one.address} {json.dumps(one.sampling, sort_keys=True)}"
            roles = found.setdefault(key, (one.address, {}))[1]
            if role in SEAT_OF_ROLE:
                roles[role] = one.sampling
    settings = endpoints(known)
    tried = []
    for address, roles in found.values():
        # A judge or a reader sits in neither seat: its model is tried in both.
        seated = roles or {role: {} for role in SEAT_OF_ROLE}
        seats = replace(changed, models=dict.fromkeys(seated, address), sampling=seated)
        tried.append(Subject(address, seats, settings.get(address, EndpointSettings())))
    return tried


async def examine(
    subject: Subject,
    suite: str,
    *,
    begun: Callable[[Checkup], None],
    prompts: Path | None = None,
    patience: float = 120.0,
    load: int = 0,
    on_step: Callable[[str], None] = unheard,
    notify: Notify = unheard,
) -> None:
    """Play two turns and a debrief of a suite with a model.

    Args:
        subject: The model, as :func:`subjects` gives it.
        suite: Name of a suite, or its file.
        begun: Called with the checkup at the start; the checkup is filled step by step.
        prompts: Folder whose templates replace the shipped ones.
        patience: Time limit of one request, in seconds.
        load: Also try up to so many requests at once.
        on_step: Told what is tried next.
        notify: Called with every option that has no effect on this plan.

    Raises:
        Track15Error: Suite, scenario or prompt is unusable, or no model would play.
    """
    plan, texts = prepare(suite, subject.changes, prompts, notify=notify)
    if texts is None:
        raise UsageError("a scripted delegation asks no model", where="--model")
    played = choose_target(plan, texts, subject.address)
    begun(checkup := Checkup(subject.address))
    await visit(
        checkup,
        parse_address(subject.address),
        played,
        subject.settings,
        patience=patience,
        load=load,
        on_step=on_step,
    )


def own_delegations(targets: Sequence[str]) -> list[tuple[str, UserDelegation]]:
    """Role and delegation of each ``[ROLE=]TARGET``; without a role it takes the unofficial seat.

    Raises:
        UsageError: One cannot be loaded, or its role is misspelt.
    """
    chosen = []
    for text in targets:
        role, _, target = (part.strip() for part in text.partition("="))
        if not target or role not in ROLES:
            if target and (close := closest(role, ROLES)):  # else it is a path with "=" in it
                raise UsageError(
                    f"unknown role {brief(role)}",
                    where=FLAG,
                    fix=f"write {close[0]}={target}",
                )
            role, target = "unofficial", text
        chosen.append((role, load(target)))
    return chosen
