"""The plan: which dialogues a suite means, in which order, and what they will cost.

Nothing is sent. The order is epoch, scenario, twin, arm, so that a run cut short by ``--limit`` or
Ctrl-C holds whole pairs of arms.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from harness.disputes.scenario import Scenario, Twin
from harness.errors import InputError, UsageError
from harness.files.yamlfile import Document
from harness.kinds import kind_of
from harness.orchestrator.following import later_kinds, plannings, roles_of
from harness.orchestrator.graph import Node, SeedIds, Way, stages_of
from harness.orchestrator.lineup import SEAT_OF_ROLE as SEAT_OF_ROLE
from harness.orchestrator.lineup import Lineup, in_common, placed_seats
from harness.orchestrator.named_scenarios import named_scenarios
from harness.orchestrator.openers import opener_of
from harness.orchestrator.overrides import Overrides, lineups_of, overridden
from harness.orchestrator.plan_checks import (
    MAX_DIALOGUES,
    hold_seatable,
    hold_size,
    hold_sound,
)
from harness.records.spec import TALKS, TalksSpec
from harness.seeds import derive
from harness.stages.base import Planning
from harness.stages.own_code import OwnCode
from harness.suite.absent import with_absent
from harness.suite.parts import SeatSpec
from harness.suite.suite import Suite

if TYPE_CHECKING:
    from harness.delegations.plugins import UserDelegation


FOLLOWED = 1_000
"""Dialogues whose following stages tell what follows all."""
COUNTED = 20_000
"""Dialogues of a plan up to which stages that follow talks are counted one by one."""


@dataclass(frozen=True)
class Plan:
    """A suite, resolved: what will be played.

    Attributes:
        suite: With the command line's changes applied.
        scenarios: Scenario id -> scenario as written.
        arms: Arm -> ids of the scenarios it is played on.
        models: Role -> address, or name of a delegation of the user's own; of several line-ups,
            the roles that the same one plays in all of them.
        templates: Hash of every prompt template, when a model plays.
        delegations: Role -> delegation of the user's own.
        sampling: Role -> settings of its model that go before the suite's.
        later_kinds: Kinds of stages that follow the talks of every way, in their order.
        lineups: Who plays, where several take turns in a seat: each plays the whole suite. Empty
            where there is one line-up.
        as_played: What a way becomes in a replay; None where none is.
    """

    suite: Suite
    scenarios: dict[str, Scenario]
    arms: dict[str, tuple[str, ...]]
    models: dict[str, str]
    templates: dict[str, str]
    limit: int | None = None
    delegations: Mapping[str, UserDelegation] = field(default_factory=dict)
    sampling: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    later_kinds: tuple[str, ...] = ()
    lineups: tuple[Lineup, ...] = ()
    as_played: Callable[[Way], Way] | None = None

    @cached_property
    def played_by(self) -> tuple[Lineup, ...]:
        """Every line-up; at least one."""
        return self.lineups or (Lineup(self.models, self.sampling),)

    @property
    def players(self) -> dict[str, tuple[str, ...]]:
        """Role -> everybody who plays it, in the order of the line-ups; without scripts where
        nobody else does."""
        roles = dict.fromkeys(role for lineup in self.played_by for role in lineup.models)
        return {
            role: tuple(dict.fromkeys(one.models.get(role, "scripted") for one in self.played_by))
            for role in roles
        }

    def ways(self) -> Iterator[Way]:
        """Every way through the graph, in plan order."""
        # No plan has more ways than a run may have; an iterator cannot count to every number.
        most = None if self.limit is None else min(self.limit, MAX_DIALOGUES)
        ways = islice(self._all(self.suite.epochs), most)
        return ways if self.as_played is None else map(self.as_played, ways)

    def stages(self) -> Iterator[Node]:
        """Every stage once, in plan order."""
        return stages_of(self.ways())

    def _all(self, epochs: int) -> Iterator[Way]:
        suite = self.suite
        known: dict[tuple[int, str, str, Twin, str], SeedIds] = {}
        alike: dict[str, SeedIds] = {}
        twins = {arm: frozenset(suite.twins_of(arm)) for arm in self.arms}
        cells = [
            (name, twin, [a for a in self.arms if name in self.arms[a] and twin in twins[a]])
            for name in self.scenarios
            for twin in Twin
        ]
        for epoch in range(1, epochs + 1):
            for name, twin, arms in cells:
                # Without the twin: twins share their random streams, as arms and line-ups do.
                seed = derive(suite.seed, name, epoch)
                for number, arm in product(range(len(self.played_by)), arms):
                    opener = opener_of(suite.arms[arm], twin, epoch)
                    key = (number, arm, name, twin, opener)
                    if key not in known:
                        talks = self._talks(number, arm, name, twin, seed, opener)
                        known[key] = alike.setdefault(talks.id, SeedIds(talks))
                    first = known[key].node(TALKS, seed)
                    yield self._way(arm, name, twin, epoch, first, number)

    def _talks(
        self, lineup: int, arm: str, scenario: str, twin: Twin, seed: int, opener: str
    ) -> TalksSpec:
        seats = self.seats(arm, self.scenarios[scenario].twin(twin), self.played_by[lineup])
        return TalksSpec(
            scenario=scenario,
            scenario_hash=self.scenarios[scenario].digest(),
            twin=twin,
            seed=seed,
            protocol=self.suite.protocol.resolved(),
            seats=seats,
            # A scenario may have nobody for a further seat whose turn it would be.
            opener=opener if opener in {seat.seat for seat in seats} else "o",
            templates=self.templates,
        )

    def _way(
        self, arm: str, scenario: str, twin: Twin, epoch: int, talks: Node, lineup: int = 0
    ) -> Way:
        """The way that begins with these talks, and goes on with what follows them."""
        nodes = [talks]
        planning = self._planned(arm, twin, epoch, lineup)
        for kind in map(kind_of, self.later_kinds):
            before = {node.name: node.spec for node in nodes}
            with OwnCode(kind, f"what follows the talks of arm {arm!r}"):
                for name, spec in kind.next_stages(arm, before, planning):
                    if name in before or any(name == node.name for node in nodes):
                        raise UsageError(
                            f"two stages of an episode are called {name!r}",
                            where=f"kind {kind.name}",
                            fix="let the kind give each a name of its own",
                        )
                    nodes.append(Node(name, spec.id, spec))
        models = self.lineups[lineup].seated if self.lineups else None
        return Way(arm, scenario, twin, epoch, tuple(nodes), models)

    def _planned(self, arm: str, twin: Twin, epoch: int, lineup: int) -> Planning:
        """What is known when the stages of an arm in an epoch are planned. Where more than two sit
        at its talks they take more turns to open: its later talks open as those of other arms do.
        """
        known, later = self._planning[lineup], self.suite.later_arm(arm)
        if later is None or not self.suite.arms[arm].also:
            return known
        opens = {"opener": opener_of(later, twin, epoch)}
        return replace(
            known, later=lambda talks, of: known.later(talks, of).model_copy(update=opens)
        )

    @cached_property
    def _planning(self) -> tuple[Planning, ...]:
        """What is known when stages are planned, line-up by line-up."""
        return tuple(plannings(self.suite, self.scenarios, self.played_by, self.delegations))

    def seats(
        self, arm: str, scenario: Scenario, lineup: Lineup | None = None
    ) -> tuple[SeatSpec, ...]:
        """Who sits where in an arm on a scenario (already the right twin), models included; those
        of the first line-up where none is given."""
        written = self.suite.arms[arm]
        homes = {"o": written.o.home, "u": written.u.home}
        # No script reads where it comes from: arms of scripts share their talks, unless something
        # follows that says it.
        told = written.then is not None
        placed = self._seats(arm, scenario.seats.o, scenario.seats.u, lineup or self.played_by[0])
        return tuple(
            seat.model_copy(update={"home": scenario.home_of(seat.principal)})
            if homes.get(seat.seat) and (told or seat.brief is not None)
            else seat
            for seat in with_absent(placed, scenario)
        )

    def _seats(self, arm: str, o: str, u: str, lineup: Lineup) -> tuple[SeatSpec, ...]:
        return placed_seats(self.suite, self.suite.arms[arm], o, u, lineup, self.delegations)

    @cached_property
    def dialogues(self) -> int:
        """How many ways there are; stages that arms have in common count for each."""
        whole = self.suite.epochs * self._cells
        return whole if self.limit is None else min(whole, self.limit)

    @cached_property
    def stage_count(self) -> int:
        """How many stages there are; those that arms have in common count once."""
        if self.later_kinds and self.dialogues <= COUNTED:
            return sum(1 for _ in self.stages())
        whole, rest = divmod(self.dialogues, self._cells)

        def of(dialogues: int) -> int:
            return sum(1 for _ in stages_of(islice(self._all(1), dialogues)))

        # Every epoch has its own seeds, and so its own stages: counting one epoch is enough.
        return whole * of(self._cells) + of(rest)

    @property
    def cut(self) -> int:
        """Dialogues of the suite that ``limit`` leaves out."""
        return self.suite.epochs * self._cells - self.dialogues

    @property
    def _cells(self) -> int:
        """Dialogues of an epoch."""
        twins = {arm: len(set(self.suite.twins_of(arm))) for arm in self.arms}
        once = sum(len(set(played)) * twins[arm] for arm, played in self.arms.items())
        return once * len(self.played_by)

    @property
    def cut_scenarios(self) -> tuple[str, ...]:
        """Scenarios of which ``limit`` leaves out every dialogue."""
        if not self.cut:
            return ()
        kept = {way.scenario for way in islice(self._all(1), self.limit)}
        return tuple(name for name in self.scenarios if name not in kept)

    @property
    def ids(self) -> list[str]:
        """Ids of all stages, in plan order; a plan may have a million."""
        return [node.id for node in self.stages()]

    @cached_property
    def _following(self) -> list[str]:
        """What follows the talks of the first dialogues: their models, settings and templates are
        in its ids."""
        ways = islice(self._all(1), FOLLOWED) if self.later_kinds else ()
        return [node.id for way in ways for node in way.nodes[1:]]

    @cached_property
    def root(self) -> str:
        """Hash of everything that determines what an epoch plays: what a run is of, however much
        of it is played.

        Epochs are outermost in the order, so plans with the same root begin alike: one of them
        goes on where a shorter one has ended.
        """
        suite = self.suite
        arms = {
            arm: {
                "scenarios": played,
                "twins": [twin.value for twin in suite.twins_of(arm)],
                "seats": self._seated(arm),
                **{
                    f"{seat}_home": True
                    for seat in ("o", "u")
                    if getattr(suite.arms[arm], seat).home
                },
            }
            for arm, played in self.arms.items()
        }
        whole = {
            "seed": suite.seed,
            "protocol": suite.protocol.resolved().model_dump(mode="json"),
            "arms": arms,
            "scenarios": {key: scenario.digest() for key, scenario in self.scenarios.items()},
            "templates": self.templates,
            "rules": TalksSpec.model_fields["version"].default,
            "then": self._following,
        }
        return hashlib.sha256(to_json(whole)).hexdigest()[:16]

    def _seated(self, arm: str) -> list[Any]:
        """The seats of an arm as they are hashed; of several line-ups, those of each."""
        seated = [
            [seat.model_dump(mode="json") for seat in self._seats(arm, "o", "u", lineup)]
            for lineup in self.played_by
        ]
        return seated if self.lineups else seated[0]

    @property
    def digest(self) -> str:
        """Hash of what is played, all of it."""
        whole = f"{self.root}/{self.suite.epochs}/{self.limit or ''}"
        return hashlib.sha256(whole.encode()).hexdigest()[:16]

    @property
    def name(self) -> str:
        """Name of the run folder; the same for any number of epochs, and with any limit."""
        return f"{self.suite.id}-{self.root[:8]}"

    @property
    def addresses(self) -> tuple[str, ...]:
        """Models that will be spoken to; what the user's own delegations speak to is theirs."""
        spoken = {
            model
            for role, models in self.players.items()
            if role not in self.delegations
            for model in models
        }
        return tuple(sorted(spoken - {"scripted"}))

    @property
    def plays_models(self) -> bool:
        """Whether anybody but scripts plays."""
        return any(set(models) - {"scripted"} for models in self.players.values())

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
    suite = overridden(suite, overrides)
    loaded: dict[str, list[Scenario]] = {}

    def scenarios(refs: Sequence[str]) -> list[Scenario]:
        for ref in refs:
            if ref not in loaded:
                loaded[ref] = named_scenarios(ref, None if overrides.scenarios else file)
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
                hold_seatable(name, extra.principal, scenario)
    played = {arm: tuple(s.id for s in group) for arm, group in by_arm.items()}
    # Contrasts that --arm has dropped would shift the lines of the others.
    hold_sound(suite, found, played, None if overrides.arms else file)
    hold_size(suite, played, overrides.limit, len(overrides.lineups) or 1)
    lineups = lineups_of(overrides, roles_of(suite))
    return Plan(
        suite=suite,
        scenarios=found,
        arms=played,
        models=in_common(lineups),
        templates=dict(templates or {}),
        limit=overrides.limit,
        later_kinds=later_kinds(suite),
        delegations=dict(overrides.delegations),
        sampling=lineups[0].sampling if len(lineups) == 1 else {},
        lineups=lineups if len(lineups) > 1 else (),
    )
