"""Forks a recorded dialogue from a turn, under a changed profile, model or seed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import yaml
from pydantic import ValidationError

from harness.bargaining.tactics import tactic_from
from harness.delegations.base import Delegation
from harness.delegations.fork import ForkChat, ForkSeat, Prefix, prefix_replies
from harness.delegations.seating import seat_delegations
from harness.errors import RecordError, Track15Error, UsageError, closest
from harness.incentives.profiles import IncentiveProfile, Internalised
from harness.orchestrator.graph import Node, Way
from harness.orchestrator.plan import SEAT_OF_ROLE, Plan
from harness.records.episodes import Place
from harness.records.run import RunInfo
from harness.records.spec import TALKS, Fork, TalksSpec
from harness.records.transcript import Transcript
from harness.seeds import derive
from harness.suite.parts import ModelSettings, SeatSpec
from harness.suite.suite import Arm, Suite

if TYPE_CHECKING:
    from harness.delegations.replay import Timings
    from harness.models.chat import Chat
    from harness.prompting.talks import Prompts

FLAG: Final = "--set"


@dataclass(frozen=True)
class Change:
    """One ``PATH=VALUE``: ``u.profile.deal_reward=0`` is seat ``u``, field ``profile``, ..."""

    text: str
    seat: str
    path: tuple[str, ...]
    value: object


@dataclass(frozen=True)
class Player:
    """Who plays a seat from the fork on: a model, or a script where ``address`` is scripted.

    Attributes:
        address: As in a spec.
        sampling: Settings that come with the model's name.
    """

    address: str
    sampling: Mapping[str, object] = field(default_factory=dict)


def settable(seat: SeatSpec) -> list[str]:
    """Paths that can be set in a seat."""
    profile = [name for name in IncentiveProfile.model_fields if name != "internalised"]
    profile += [f"internalised.{kind}" for kind in Internalised.model_fields]
    paths = ["role", "authority", *(f"profile.{name}" for name in profile)]
    if seat.kind == "scripted":
        paths.append("tactic")
    else:
        paths += ["brief"] if seat.brief is not None else []
        paths += [f"settings.{name}" for name in ModelSettings.model_fields if name != "extra"]
    return [f"{seat.seat}.{path}" for path in paths]


def parse_change(text: str, seats: Sequence[SeatSpec]) -> Change:
    """Read ``PATH=VALUE``; the value is a YAML scalar, or for a tactic a mapping.

    Raises:
        UsageError: It has another form, the value is no YAML, or the path cannot be set; lists
            what can be.
    """
    path, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not path:
        raise UsageError(
            f"{text!r} is not PATH=VALUE",
            where=FLAG,
            fix=f"for example {FLAG} u.profile.deal_reward=0",
        )
    known = [name for seat in seats for name in settable(seat)]
    if path not in known:
        close = closest(path, known)
        hint = f"did you mean {close[0]}? " if close else ""
        raise UsageError(
            f"{path!r} cannot be set", where=FLAG, fix=f"{hint}Can be set: {', '.join(known)}"
        )
    try:
        read = yaml.safe_load(value)
    except yaml.YAMLError:
        raise UsageError(f"{value!r} is not a value in YAML", where=f"{FLAG} {path}") from None
    seat, *fields = path.split(".")
    return Change(f"{path}={value}", seat, tuple(fields), read)


def _changed(seat: SeatSpec, change: Change) -> SeatSpec:
    """A seat with one change.

    Raises:
        UsageError: The value is out of its range or of another kind.
    """
    document = seat.model_dump(mode="json")
    part: dict[str, Any] = document
    for name in change.path[:-1]:
        part = part[name]
    part[change.path[-1]] = change.value
    where = f"{FLAG} {change.text}"
    try:
        made = SeatSpec.model_validate(document)
        if change.path == ("tactic",):
            if made.tactic is None:
                raise UsageError("a scripted delegation has a tactic")
            tactic_from(made.tactic)
    except ValidationError as error:
        raise UsageError(str(error.errors()[0]["msg"]), where=where) from None
    except Track15Error as error:
        raise UsageError(error.what, where=where, fix=error.fix) from None
    return made


def role_of(seat: str) -> str:
    """The role whose model plays a seat; further delegations are officials."""
    return next((role for role, its in SEAT_OF_ROLE.items() if its == seat), "official")


def _seated(seat: SeatSpec, player: Player | None) -> SeatSpec:
    """A seat with the one who plays it from now on.

    Raises:
        UsageError: It is a delegation of the user's own, whose past cannot be given to it.
    """
    if player is None:
        if seat.kind in ("custom", "runnable", "person"):
            raise UsageError(
                f"seat {seat.seat} was played by {seat.model}, a delegation of your own, which "
                "cannot start in the middle of talks"
                if seat.kind != "person"
                else f"seat {seat.seat} was played by a person, who is not here now",
                fix=f"let a model or a script go on for it: --model {role_of(seat.seat)}=scripted",
            )
        return seat
    if player.address == "scripted":
        update: dict[str, object] = {
            "kind": "scripted",
            "model": None,
            "source": None,
            "brief": None,
            "sitting": None,
        }
        return seat.model_copy(update={**update, "tactic": seat.tactic or "linear"})
    settings = seat.settings.model_copy(update=dict(player.sampling))
    update = {"kind": "model", "model": player.address, "tactic": None, "source": None}
    update["sitting"] = None
    if seat.authority is not None:  # else it is of older rules, which had one style
        update["brief"] = seat.brief or Suite.model_fields["brief"].default
    return seat.model_copy(update={**update, "settings": settings})


@dataclass(frozen=True)
class ForkPlan(Plan):
    """A plan of forks, each a repetition of the same one. A fork is of all arms that its dialogue
    is of: it is played once, and each of them goes on from it.

    Attributes:
        forks: Their specs.
    """

    forks: tuple[TalksSpec, ...] = ()

    def ways(self) -> Iterator[Way]:
        """Every fork, one after the other, in each of its arms."""
        for epoch, spec in enumerate(self.forks, start=1):
            for arm in self.arms:
                talks = Node(TALKS, spec.id, spec)
                yield self._way(arm, spec.scenario, spec.twin, epoch, talks)

    @property
    def dialogues(self) -> int:
        """How many forks there are; each counts in all of its arms."""
        return len(self.forks) * len(self.arms)

    @property
    def stage_count(self) -> int:
        """No fork is the same as another."""
        return sum(1 for _ in self.stages())

    @cached_property
    def root(self) -> str:
        """Hash of the ids of all forks, and of what follows them."""
        _, *further = self.arms
        ids = "".join([*self.ids, *further])
        return hashlib.sha256(ids.encode()).hexdigest()[:16]

    @property
    def name(self) -> str:
        """Name of the run folder."""
        return f"fork-{self.root[:8]}"


def played_here(transcript: Transcript) -> TalksSpec:
    """The spec of a dialogue that was played by this program.

    Raises:
        UsageError: It was recorded elsewhere, so nobody knows how it would go on.
    """
    if not isinstance(transcript.spec, TalksSpec):
        raise UsageError(
            f"dialogue {transcript.id} was not played here, so it cannot go on here",
            fix="fork a dialogue that track15 has played",
        )
    return transcript.spec


def fork_seats(
    spec: TalksSpec, changes: Sequence[str], players: Mapping[str, Player]
) -> tuple[SeatSpec, ...]:
    """Who sits where in a fork.

    Args:
        spec: Of the record.
        changes: ``PATH=VALUE`` each.
        players: Seat -> who plays it now; seats that are left out keep theirs.

    Raises:
        UsageError: A change cannot be made.
    """
    seats = {seat.seat: _seated(seat, players.get(seat.seat)) for seat in spec.seats}
    for text in changes:
        change = parse_change(text, list(seats.values()))
        seats[change.seat] = _changed(seats[change.seat], change)
    return tuple(seats.values())


def make_forks(
    info: RunInfo,
    transcript: Transcript,
    place: Place,
    turn: int,
    seats: tuple[SeatSpec, ...],
    *,
    changes: Sequence[str] = (),
    seed: int | None = None,
    epochs: int = 1,
    templates: Mapping[str, str] | None = None,
) -> ForkPlan:
    """Plan the forks of a dialogue.

    Args:
        info: Of the run that the dialogue is in.
        place: Where it stands in that run.
        turn: Index of the first turn that is played anew, from 0.
        seats: As :func:`fork_seats` gives them.
        changes: What is different, as typed, for the record.
        seed: Of the fork. Left out, the first repetition draws as the record did; further ones
            draw by seeds derived from the dialogue's.
        epochs: Repetitions, >= 1.
        templates: Hash of every prompt template, where a model plays.

    Raises:
        UsageError: The dialogue has no such turn.
        RecordError: The run's suite does not have its arm.
    """
    spec, last = played_here(transcript), len(transcript.body.turns)
    if not 0 <= turn <= last:
        raise UsageError(
            f"dialogue {transcript.id} has no turn {turn}",
            where="--turn",
            fix=f"its turns are numbered 0 to {last - 1}; at {last} only what came after the "
            "talks is asked again",
        )
    forks = []
    for epoch in range(1, epochs + 1):
        drawn = seed
        if epoch > 1:
            drawn = derive(spec.seed if seed is None else seed, "fork", epoch)
        fork = Fork(of=transcript.id, turn=turn, changes=tuple(changes), seed=drawn)
        update = {"seats": seats, "fork": fork, "templates": templates or {}}
        forks.append(spec.model_copy(update=update))
    arms = {name: _forked_arm(info, transcript.id, name) for name in place.arms}
    different = [*changes, *([] if seed is None else [f"seed {seed}"])]
    suite = info.suite.model_copy(
        update={
            "title": f"{transcript.id} forked at turn {turn}",
            "question": f"What if, from turn {turn} of dialogue {transcript.id} on: "
            f"{', '.join(different) or 'the same again'}?",
            "arms": arms,
            "scenarios": (spec.scenario,),
            "twins": (spec.twin,),
            "epochs": epochs,
            "contrasts": None,
            "checks": (),
        }
    )
    seated = {role_of(seat.seat): seat.model for seat in reversed(seats) if seat.model}
    # Only who is asked in what follows the talks.
    others = {r: m for r, m in info.models.items() if r not in SEAT_OF_ROLE and info.later_kinds}
    models = {**others, **seated}
    return ForkPlan(
        suite=suite,
        scenarios={spec.scenario: info.scenarios[spec.scenario]},
        arms=dict.fromkeys(arms, (spec.scenario,)),
        models=models,
        templates=dict(templates or {}),
        later_kinds=info.later_kinds,
        forks=tuple(forks),
    )


def _forked_arm(info: RunInfo, dialogue: str, name: str) -> Arm:
    """An arm of a run, as forks of a dialogue of it are of.

    Raises:
        RecordError: The run's suite does not have it.
    """
    arm = info.suite.arms.get(name)
    if arm is None:
        raise RecordError(
            f"dialogue {dialogue} is of an arm that the run's suite does not have, {name!r}",
            where="run.json",
            fix="fork another dialogue, or put back the run.json that the run was made with",
        )
    return arm.model_copy(update={"title": f"{arm.title or name}, forked", "scenarios": None})


def forked_seats(
    spec: TalksSpec,
    transcript: Transcript,
    chat_of: Callable[[str], Chat],
    prompts: Prompts | None,
    *,
    timings: Timings,
) -> dict[str, Delegation]:
    """Fresh delegations for one fork, by seat.

    Args:
        spec: Of the fork.
        transcript: What it forks off.
        chat_of: Address -> the model that plays on.
        prompts: What models read; may be None when every seat is scripted.
        timings: Of the record's calls.
    """
    assert spec.fork is not None
    prefix, seed = Prefix(transcript, spec.fork.turn), spec.fork.seed
    seated: dict[str, Delegation] = {}
    for seat in spec.seats:
        chat = None
        drawn = spec.seed if seed is None else seed
        alone = spec.model_copy(update={"seats": (seat,)})
        if seat.model is None:
            scripted = alone.model_copy(update={"seed": drawn})
            inner = seat_delegations(scripted, chat_of, None)[seat.seat]
        else:
            replies = prefix_replies(prefix, seat.seat, timings)
            chat = ForkChat(chat_of(seat.model), replies, seed)
            made = {seat.model: chat}
            inner = seat_delegations(alone, made.__getitem__, prompts)[seat.seat]
        seated[seat.seat] = ForkSeat(seat.seat, inner, prefix, chat, seed)
    return seated
