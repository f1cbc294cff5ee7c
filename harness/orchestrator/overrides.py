"""What the command line changes in a suite."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.errors import UsageError, suggest
from harness.orchestrator.lineup import SEAT_OF_ROLE, Lineup
from harness.suite.contrasts import Contrast, Contrasts
from harness.suite.suite import Suite

if TYPE_CHECKING:
    from harness.delegations.plugins import UserDelegation


@dataclass(frozen=True)
class Overrides:
    """What the command line changes in a suite. None and empty leave it as written."""

    scenarios: Sequence[str] = ()
    arms: Sequence[str] = ()
    epochs: int | None = None
    seed: int | None = None
    turns: int | None = None
    rounds: int | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    effort: str | None = None
    token_limit: int | None = None
    """Of one dialogue, as is ``time_limit``."""
    time_limit: float | None = None
    probe: bool | None = None
    limit: int | None = None
    models: Mapping[str, str] = field(default_factory=dict)
    """Model role (``official``, ``unofficial``) -> address. The ``official`` model takes the
    official seat of every arm and the ``unofficial`` model the other seat, so that arms differ by
    their incentives and never by who plays them."""
    sampling: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Role -> settings that come with its model's name (``models.yaml``)."""
    lineups: Sequence[Lineup] = ()
    """Several line-ups, in place of ``models`` and ``sampling``; each plays the whole suite."""
    delegations: Mapping[str, UserDelegation] = field(default_factory=dict)
    """Role -> delegation of the user's own, in place of a model."""

    @property
    def players(self) -> tuple[tuple[str, str], ...]:
        """(Role, address) of every model that is named, each once."""
        named = self.lineups or (Lineup(self.models),)
        return tuple(dict.fromkeys(pair for one in named for pair in one.models.items()))


def sampling_of(overrides: Overrides) -> dict[str, object]:
    """Settings of models given by flags; they go before all others."""
    names = ("temperature", "max_tokens", "effort")
    return {name: v for name in names if (v := getattr(overrides, name)) is not None}


def lineups_of(
    overrides: Overrides, roles: Collection[str] = tuple(SEAT_OF_ROLE)
) -> tuple[Lineup, ...]:
    """Who plays, line-up by line-up, with the settings of flags; at least one.

    Args:
        roles: Those that the suite has a part for.
    """
    own = {role: one.name for role, one in overrides.delegations.items()}
    found = []
    for lineup in overrides.lineups or (Lineup(overrides.models, overrides.sampling),):
        players = {**lineup.models, **own}
        models = {role: players[role] for role in roles if role in players}
        flags = sampling_of(overrides)
        sampling = {role: {**lineup.sampling.get(role, {}), **flags} for role in models}
        found.append(Lineup(models, sampling))
    return tuple(found)


def overridden(suite: Suite, overrides: Overrides) -> Suite:
    """The suite with the changes made.

    Raises:
        UsageError: It has no such arm.
    """
    update: dict[str, object] = {}
    if overrides.epochs is not None:
        update["epochs"] = overrides.epochs
    if overrides.seed is not None:
        update["seed"] = overrides.seed
    if overrides.probe is not None:
        update["probe"] = overrides.probe
    rules = ("turns", "rounds", "token_limit", "time_limit")
    protocol = {k: v for k in rules if (v := getattr(overrides, k)) is not None}
    if protocol:
        update["protocol"] = suite.protocol.model_copy(update=protocol)
    if sampling := sampling_of(overrides):
        update["settings"] = suite.settings.model_copy(update=sampling)
    arms = dict(suite.arms)
    if overrides.arms:
        unknown = [arm for arm in overrides.arms if arm not in arms]
        if unknown:
            raise UsageError(
                f"the suite {suite.id!r} has no arm {unknown[0]!r}",
                where="--arm",
                fix=suggest(unknown[0], arms),
            )
        arms = {name: arm for name, arm in arms.items() if name in overrides.arms}
        update["contrasts"] = suite.contrasts and _kept(suite.contrasts, set(arms))
        update["checks"] = tuple(c for c in suite.checks if c.arm in arms)
        update["doses"] = tuple(d for d in suite.doses if arms.keys() >= set(d.arms))
    if overrides.scenarios:
        update["scenarios"] = tuple(overrides.scenarios)
        arms = {name: arm.model_copy(update={"scenarios": None}) for name, arm in arms.items()}
    if arms != suite.arms:
        update["arms"] = arms
    return suite.model_copy(update=update) if update else suite


def _kept(contrasts: Contrasts, arms: set[str]) -> Contrasts | None:
    """The contrasts that the remaining arms allow; none when the primary is not among them."""

    def possible(contrast: Contrast) -> bool:
        return {contrast.treatment, contrast.control} <= {*arms, None}

    if not possible(contrasts.primary):
        return None
    secondary = tuple(c for c in contrasts.secondary if possible(c))
    return contrasts.model_copy(update={"secondary": secondary})
