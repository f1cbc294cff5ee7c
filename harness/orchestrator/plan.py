"""The plan: which dialogues a suite means, in which order, and what they will cost.

Nothing is sent. The order is epoch, scenario, twin, arm, so that a run cut short by ``--limit`` or
Ctrl-C holds whole pairs of arms.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from harness.catalogue import load_scenarios
from harness.errors import InputError, UsageError, suggest
from harness.orchestrator.suite_file import SuiteFile as SuiteFile
from harness.orchestrator.suite_file import load_suite as load_suite
from harness.orchestrator.suite_file import load_suite_file as load_suite_file
from harness.records.spec import DialogueSpec, SeatSpec
from harness.scenario import Scenario, Twin
from harness.seeds import derive
from harness.suite import Contrast, Contrasts, Suite
from harness.suite_checks import never_paired, unsound_texts
from harness.yamlfile import Document, input_error

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
    limit: int | None = None
    models: Mapping[str, str] = field(default_factory=dict)
    """Model role (``official``, ``unofficial``) -> address. The ``official`` model takes the
    official seat of every arm and the ``unofficial`` model the other seat, so that arms differ by
    their incentives and never by who plays them."""
    sampling: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Role -> settings that come with its model's name (``models.yaml``)."""
    delegations: Mapping[str, UserDelegation] = field(default_factory=dict)
    """Role -> delegation of the user's own, in place of a model."""


MAX_DIALOGUES = 1_000_000
"""Dialogues of one run. Their ids are kept in memory, and counted before anything is played."""
SEAT_OF_ROLE = {"official": "o", "unofficial": "u"}


@dataclass(frozen=True)
class Plan:
    """A suite, resolved: what will be played.

    Attributes:
        suite: With the command line's changes applied.
        scenarios: Scenario id -> scenario as written.
        arms: Arm -> ids of the scenarios it is played on.
        models: Role -> address, or name of a delegation of the user's own.
        templates: Hash of every prompt template, when a model plays.
        delegations: Role -> delegation of the user's own.
        sampling: Role -> settings of its model that go before the suite's.
    """

    suite: Suite
    scenarios: dict[str, Scenario]
    arms: dict[str, tuple[str, ...]]
    models: dict[str, str]
    templates: dict[str, str]
    limit: int | None = None
    delegations: Mapping[str, UserDelegation] = field(default_factory=dict)
    sampling: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def specs(self) -> Iterator[DialogueSpec]:
        """Every dialogue in plan order."""
        return islice(self._all(self.suite.epochs), self.limit)

    def _all(self, epochs: int) -> Iterator[DialogueSpec]:
        suite = self.suite
        seats: dict[tuple[str, str, Twin], tuple[SeatSpec, ...]] = {}
        hashes = {key: scenario.digest() for key, scenario in self.scenarios.items()}
        for epoch in range(1, epochs + 1):
            for name in self.scenarios:
                for twin in Twin:
                    seed = derive(suite.seed, name, twin.value, epoch)
                    for arm, played in self.arms.items():
                        if name not in played or twin not in suite.twins_of(arm):
                            continue
                        key = (arm, name, twin)
                        if key not in seats:
                            seats[key] = self.seats(arm, self.scenarios[name].twin(twin))
                        yield DialogueSpec(
                            suite=suite.id,
                            arm=arm,
                            scenario=name,
                            scenario_hash=hashes[name],
                            twin=twin,
                            epoch=epoch,
                            seed=seed,
                            protocol=suite.protocol,
                            seats=seats[key],
                            templates=self.templates,
                        )

    def seats(self, arm: str, scenario: Scenario) -> tuple[SeatSpec, ...]:
        """Who sits where in an arm on a scenario (already the right twin), models included."""
        placed = []
        for spec in self.suite.seats(arm, scenario.seats.o, scenario.seats.u):
            # Further delegations are officials of their own principal.
            role = next((r for r, s in SEAT_OF_ROLE.items() if s == spec.seat), "official")
            model = self.models.get(role, "scripted")
            own = self.delegations.get(role)
            if model == "scripted":
                placed.append(spec)
            else:
                sampling = {} if own is not None else dict(self.sampling.get(role, {}))
                settings = spec.settings.model_copy(update=sampling)
                update: dict[str, object] = {
                    "kind": "model",
                    "model": model,
                    "tactic": None,
                    "settings": settings,
                }
                if own is not None:
                    read = dict(own.environ) or None
                    update |= {"kind": own.kind, "source": own.source, "environ": read}
                placed.append(spec.model_copy(update=update))
        return tuple(placed)

    @cached_property
    def ids(self) -> list[str]:
        """Ids of all dialogues, in plan order."""
        return [spec.id for spec in self.specs()]

    @cached_property
    def digest(self) -> str:
        """Hash of the ordered ids: what is played, all of it."""
        return hashlib.sha256("".join(self.ids).encode()).hexdigest()[:16]

    @cached_property
    def cut(self) -> int:
        """Dialogues of the suite that ``limit`` leaves out."""
        if self.limit is None:
            return 0
        twins = {arm: len(set(self.suite.twins_of(arm))) for arm in self.arms}
        cells = sum(len(set(played)) * twins[arm] for arm, played in self.arms.items())
        return self.suite.epochs * cells - len(self.ids)

    @property
    def cut_scenarios(self) -> tuple[str, ...]:
        """Scenarios of which ``limit`` leaves out every dialogue."""
        if not self.cut:
            return ()
        kept = {spec.scenario for spec in self.specs()}
        return tuple(name for name in self.scenarios if name not in kept)

    @cached_property
    def root(self) -> str:
        """Hash of the ids of the whole first epoch: what a run is of, however much of it is played.

        Epochs are outermost in the order, so plans with the same root begin alike: one of them
        goes on where a shorter one has ended.
        """
        ids = "".join(spec.id for spec in self._all(1))
        return hashlib.sha256(ids.encode()).hexdigest()[:16]

    @property
    def name(self) -> str:
        """Name of the run folder; the same for any number of epochs, and with any limit."""
        return f"{self.suite.id}-{self.root[:8]}"

    @property
    def former_name(self) -> str:
        """What the folder was called when epochs and the limit were part of its name."""
        return f"{self.suite.id}-{self.digest[:8]}"

    @property
    def addresses(self) -> tuple[str, ...]:
        """Models that will be spoken to; what the user's own delegations speak to is theirs."""
        spoken = {m for role, m in self.models.items() if role not in self.delegations}
        return tuple(sorted(spoken - {"scripted"}))

    @property
    def brought(self) -> dict[str, UserDelegation]:
        """Delegations of the user's own, by the name that stands in a spec."""
        return {own.name: own for own in self.delegations.values()}


def make_plan(
    suite: Suite,
    overrides: Overrides,
    templates: Mapping[str, str] | None = None,
    file: Document | None = None,
) -> Plan:
    """Resolve a suite.

    Args:
        suite: As written.
        overrides: What the command line changes in it.
        templates: Hash of every prompt template, when a model plays.
        file: Where the suite stands: its paths start there, and errors name its lines.

    Raises:
        InputError: A scenario cannot be loaded; a text of the suite does not fit one; arms that
            are compared have nothing in common; or there would be too much to play.
        UsageError: An override names what the suite does not have.
    """
    suite = _override(suite, overrides)
    loaded: dict[str, list[Scenario]] = {}

    def scenarios(refs: Sequence[str]) -> list[Scenario]:
        for ref in refs:
            if ref not in loaded:
                loaded[ref] = _scenarios(ref, None if overrides.scenarios else file)
        return [scenario for ref in refs for scenario in loaded[ref]]

    by_arm = {arm: scenarios(suite.scenarios_of(arm)) for arm in suite.arms}
    found: dict[str, Scenario] = {}
    for scenario in (s for group in by_arm.values() for s in group):
        if found.setdefault(scenario.id, scenario) != scenario:
            raise InputError(
                f"two different scenarios have the id {scenario.id!r}", fix="rename one of them"
            )
    for name, arm in suite.arms.items():
        for extra in arm.also:
            for scenario in by_arm[name]:
                _check_extra(name, extra.principal, scenario)
    played = {arm: tuple(s.id for s in group) for arm, group in by_arm.items()}
    # Contrasts that --arm has dropped would shift the lines of the others.
    _hold_sound(suite, found, played, None if overrides.arms else file)
    _hold_size(suite, played, overrides.limit)
    players = {**overrides.models, **{r: own.name for r, own in overrides.delegations.items()}}
    models = {role: players[role] for role in SEAT_OF_ROLE if role in players}
    return Plan(
        suite=suite,
        scenarios=found,
        arms=played,
        models=models,
        templates=dict(templates or {}),
        limit=overrides.limit,
        delegations=dict(overrides.delegations),
        sampling={
            role: {**overrides.sampling.get(role, {}), **_sampling(overrides)} for role in models
        },
    )


def _scenarios(ref: str, file: Document | None) -> list[Scenario]:
    """The scenarios called ``ref``; what the command line names starts where it was typed.

    Raises:
        InputError: They cannot be loaded; with the line of a suite that names them.
    """
    if file is None:
        return load_scenarios(ref)
    try:
        return load_scenarios(ref, file.path.parent)
    except InputError as error:
        if error.where is None:
            error.where = f"{file.path}:{file.line(_named_at(ref, file.data))}: scenarios"
        raise


def _named_at(ref: str, suite: dict[str, Any]) -> tuple[str | int, ...]:
    """Where in a suite's file a scenario is named."""
    places: list[tuple[tuple[str, ...], Any]] = [(("scenarios",), suite.get("scenarios"))]
    for arm, given in suite.get("arms", {}).items():
        places.append((("arms", arm, "scenarios"), given.get("scenarios")))
    for path, refs in places:
        if refs and ref in refs:
            return (*path, refs.index(ref))
    return ("scenarios",)


def _hold_size(suite: Suite, played: Mapping[str, Sequence[str]], limit: int | None) -> None:
    """Hold that the plan has no more dialogues than a run can."""
    epoch = sum(len(set(ids)) * len(set(suite.twins_of(arm))) for arm, ids in played.items())
    total = epoch * suite.epochs
    if epoch <= MAX_DIALOGUES and min(total, limit or total) <= MAX_DIALOGUES:
        return
    raise InputError(
        f"the suite means {total:,} dialogues; one run has at most {MAX_DIALOGUES:,}",
        where=f"suite {suite.id}",
        fix="ask for fewer with --epochs, --limit, --arm or --scenario"
        if epoch <= MAX_DIALOGUES
        else "split the suite",
    )


def _hold_sound(
    suite: Suite,
    scenarios: Mapping[str, Scenario],
    played: Mapping[str, Sequence[str]],
    file: Document | None,
) -> None:
    """Hold that nothing is asked that no outcome could answer, and that every text fits."""
    found = [*unsound_texts(suite, scenarios, played), *never_paired(suite, played)]
    if found and file is not None:
        raise input_error(file, found)
    if found:
        where = ".".join(str(part) for part in found[0].path)
        raise InputError(found[0].what, where=where, fix=found[0].fix)


def _check_extra(arm: str, principal: str, scenario: Scenario) -> None:
    if principal in (scenario.seats.o, scenario.seats.u):
        raise InputError(
            f"arm {arm!r} seats {principal!r} twice on scenario {scenario.id!r}",
            fix="'also' is for principals that are not in seat o or u",
        )
    if principal not in scenario.table_principals():
        known = ", ".join(scenario.table_principals())
        raise InputError(
            f"arm {arm!r} seats {principal!r}, who cannot sit at the table of {scenario.id!r}",
            fix=f"principals with at_table: true: {known}",
        )


def _sampling(overrides: Overrides) -> dict[str, object]:
    """Settings of models given by flags; they go before all others."""
    names = ("temperature", "max_tokens", "effort")
    return {name: v for name in names if (v := getattr(overrides, name)) is not None}


def _override(suite: Suite, overrides: Overrides) -> Suite:
    update: dict[str, object] = {}
    if overrides.epochs is not None:
        update["epochs"] = overrides.epochs
    if overrides.seed is not None:
        update["seed"] = overrides.seed
    rules = ("turns", "rounds", "token_limit", "time_limit")
    protocol = {k: v for k in rules if (v := getattr(overrides, k)) is not None}
    if protocol:
        update["protocol"] = suite.protocol.model_copy(update=protocol)
    if sampling := _sampling(overrides):
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
