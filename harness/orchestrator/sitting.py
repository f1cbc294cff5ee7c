"""Plans a sitting: one dialogue in which a person has a seat.

A sitting is a run like any other, of one dialogue. Each is its own: what is drawn at random for it
stands in the person's seat, so that no two have the same id, and none is resumed or taken for
another.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

from harness.delegations.base import Delegation
from harness.delegations.person import Leavable, Person, PersonDelegation
from harness.delegations.seating import seat_delegations
from harness.disputes.scenario import Scenario, Twin
from harness.errors import RecordError, UsageError
from harness.incentives.profiles import BriefStyle
from harness.incentives.tracks import TRACKS, TrackName
from harness.models.chat import Chat
from harness.orchestrator.graph import Node, Way
from harness.orchestrator.openers import opener_of
from harness.orchestrator.plan import SEAT_OF_ROLE, Plan
from harness.prompting.talks import Prompts
from harness.records.placement import PERSON, SCRIPTED
from harness.records.reader import RunFolder
from harness.records.spec import TALKS, TalksSpec
from harness.records.transcript import Transcript
from harness.suite.parts import ModelSettings, Protocol, SeatSpec
from harness.suite.suite import Arm, Suite

ROLE_OF_SEAT: Final = {seat: role for role, seat in SEAT_OF_ROLE.items()}
NAME: Final = "play"
"""Id of the suite of a sitting, and start of the name of its folder."""
_DRAWS: Final = 2**53


@dataclass(frozen=True)
class SittingPlan(Plan):
    """The plan of one sitting.

    Attributes:
        talks: Its dialogue.
    """

    talks: TalksSpec | None = None

    @property
    def spec(self) -> TalksSpec:
        """The dialogue."""
        assert self.talks is not None
        return self.talks

    def ways(self) -> Iterator[Way]:
        """The one way."""
        (arm,) = self.arms
        node = Node(TALKS, self.spec.id, self.spec)
        yield Way(arm, self.spec.scenario, self.spec.twin, 1, (node,))

    @property
    def addresses(self) -> tuple[str, ...]:
        """The model opposite, where there is one."""
        return tuple(sorted({*self.models.values()} - {PERSON, SCRIPTED}))

    @property
    def plays_models(self) -> bool:
        """Whether a model sits opposite."""
        return bool(self.addresses)

    @property
    def dialogues(self) -> int:
        """One."""
        return 1

    @property
    def stage_count(self) -> int:
        """One."""
        return 1

    @cached_property
    def root(self) -> str:
        """Hash of the dialogue's id, which no other sitting has."""
        return hashlib.sha256(f"{NAME}/{self.spec.id}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Sitting:
    """What a person sits down to.

    Attributes:
        scenario: The scenario as written.
        seat: The person's seat: ``official`` or ``unofficial``.
        opponent: ``scripted``, or the address of a model.
        track: What both seats are driven by.
        brief: How the person, and a model opposite, are told of their interests.
        twin: Which twin of the scenario.
        seed: Of all random choices; None to draw one.
        protocol: Rounds and turns.
        settings: How the model opposite is sampled.
    """

    scenario: Scenario
    seat: Literal["official", "unofficial"] = "unofficial"
    opponent: str = "scripted"
    track: TrackName = "1.5"
    brief: BriefStyle = "principal"
    twin: Twin = Twin.NONE
    seed: int | None = None
    protocol: Protocol = field(default_factory=Protocol)
    settings: ModelSettings = field(default_factory=ModelSettings)


def plan_sitting(sitting: Sitting, prompts: Prompts) -> SittingPlan:
    """The plan of a sitting; another one each time that it is asked for.

    Args:
        prompts: What the person reads, and a model opposite.
    """
    seed = secrets.randbelow(_DRAWS) if sitting.seed is None else sitting.seed
    scenario = sitting.scenario
    arm = f"track-{sitting.track}" if sitting.track[0].isdigit() else sitting.track
    suite = Suite(
        id=NAME,
        title=f"A person at the table: {scenario.say(scenario.title)}",
        question=(
            "What does a person in a seat give away, and how much of it does the person notice?"
        ),
        scenarios=(scenario.id,),
        twins=(sitting.twin,),
        seed=seed,
        protocol=sitting.protocol,
        brief=sitting.brief,
        settings=sitting.settings,
        arms={arm: Arm(track=sitting.track, title=TRACKS[sitting.track].title)},
    )
    other = next(role for role in SEAT_OF_ROLE if role != sitting.seat)
    models = {} if sitting.opponent == "scripted" else {other: sitting.opponent}
    whole = SittingPlan(
        suite=suite,
        scenarios={scenario.id: scenario},
        arms={arm: (scenario.id,)},
        models=models,
        templates=prompts.hashes(),
    )
    own, nonce = SEAT_OF_ROLE[sitting.seat], secrets.token_hex(8)
    seats = tuple(
        _taken(seat, sitting.brief, nonce) if seat.seat == own else seat
        for seat in whole.seats(arm, scenario.twin(sitting.twin))
    )
    talks = TalksSpec(
        scenario=scenario.id,
        scenario_hash=scenario.digest(),
        twin=sitting.twin,
        seed=seed,
        protocol=sitting.protocol.resolved(),
        seats=seats,
        opener=opener_of(suite.arms[arm], sitting.twin, 1 + seed % 2),
        templates=dict(whole.templates),
    )
    return SittingPlan(
        suite=suite,
        scenarios=whole.scenarios,
        arms=whole.arms,
        models={**models, sitting.seat: PERSON},
        templates=whole.templates,
        talks=talks,
    )


def _taken(seat: SeatSpec, brief: BriefStyle, nonce: str) -> SeatSpec:
    """A seat with a person in it."""
    update = {"kind": "person", "tactic": None, "brief": brief, "sitting": nonce}
    return seat.model_copy(update=update)


def recorded_sitting(folder: RunFolder) -> tuple[SittingPlan, Transcript]:
    """The plan of a sitting that was held, from its record.

    Raises:
        UsageError: The run is no sitting.
        RecordError: It is damaged, or the sitting is not over.
    """
    info = folder.info
    transcript = next(iter(folder.transcripts()), None)
    if transcript is None:
        raise RecordError("the sitting has left no dialogue", where=str(folder.path))
    spec = transcript.spec
    if not isinstance(spec, TalksSpec) or not any(s.kind == "person" for s in spec.seats):
        raise UsageError(
            "no person sat in this run",
            where=str(folder.path),
            fix="to replay a suite's run: track15 run SUITE --replay RUN",
        )
    plan = SittingPlan(
        suite=info.suite,
        scenarios=info.scenarios,
        arms=dict.fromkeys(info.suite.arms, (spec.scenario,)),
        models=info.models,
        templates=info.templates,
        talks=spec,
    )
    return plan, transcript


def sitting_seats(
    spec: TalksSpec,
    chat_of: Callable[[str], Chat],
    prompts: Prompts,
    person: Person,
    leave_with: Callable[[Delegation, str], Leavable],
) -> Mapping[str, Delegation]:
    """The delegations of a sitting, by seat.

    Args:
        chat_of: Address -> the model.
        person: Who sits in the person's seat.
        leave_with: Makes a delegation one that is not waited for once the person, in the seat that
            is named, has left.
    """
    seated: dict[str, Delegation] = {}
    own = next(seat.seat for seat in spec.seats if seat.kind == "person")
    for seat in spec.seats:
        if seat.seat == own:
            seated[own] = PersonDelegation(person, prompts)
            continue
        alone = spec.model_copy(update={"seats": (seat,)})
        inner = seat_delegations(alone, chat_of, prompts)[seat.seat]
        seated[seat.seat] = leave_with(inner, own)
    return seated
