"""A person at the table: sits down, and is shown the truth afterwards."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from harness.app.budgets import budget_of
from harness.app.measuring import measure
from harness.app.options import wire_of
from harness.app.runs import Notify, open_run, unheard
from harness.app.untold import untold_of
from harness.delegations.person import Leavable, Person
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Twin
from harness.errors import UsageError
from harness.evaluators.case import case_of
from harness.models.named import choose, load_models
from harness.orchestrator import replay
from harness.orchestrator.replay import Recording
from harness.orchestrator.session import Session
from harness.orchestrator.sitting import (
    ROLE_OF_SEAT,
    Sitting,
    plan_sitting,
    recorded_sitting,
    sitting_seats,
)
from harness.prompting.talks import Prompts
from harness.records.folder import LOG_DIR
from harness.records.placement import placement_of
from harness.records.reader import RunFolder
from harness.report.layout import read
from harness.suite.parts import ModelSettings, Protocol

if TYPE_CHECKING:
    from harness.delegations.base import Delegation
    from harness.incentives.profiles import BriefStyle
    from harness.incentives.tracks import TrackName
    from harness.records.spec import TalksSpec
    from harness.report.reading import Reading
    from harness.stages.base import ChatOf


@dataclass(frozen=True)
class SitDown:
    """What is typed to sit down.

    Attributes:
        scenario: Its name, or its file.
        seat: The person's.
        opponent: ``scripted``, or a model by its address or its name in ``models.yaml``.
        track: What both seats are driven by.
        brief: How the person is told of its interests, and a model opposite.
        twin: Which twin of the scenario.
        seed: Of all random choices; None to draw one.
        rounds, turns: Of the talks; None for what a suite has.
        settings: How the model opposite is sampled: temperature, effort, max_tokens.
        models_file: Models by name; None for ``models.yaml`` here.
        limits: Options of the connection, and ``token_limit`` and ``cost_limit`` of the sitting.
    """

    scenario: str
    seat: Literal["official", "unofficial"] = "unofficial"
    opponent: str = "scripted"
    track: TrackName = "1.5"
    brief: BriefStyle = "principal"
    twin: Twin = Twin.NONE
    seed: int | None = None
    rounds: int | None = None
    turns: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    models_file: Path | None = None
    limits: Mapping[str, Any] = field(default_factory=dict)


class Chairs:
    """Makes the delegations of a sitting, and lets the person leave.

    Args:
        person: Who sits in the person's seat.
        prompts: What is read at the table.
    """

    def __init__(self, person: Callable[[Callable[[], None]], Person], prompts: Prompts) -> None:
        self._leaving = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._person = person(self.leave)
        self._prompts = prompts

    def leave(self) -> None:
        """The person leaves while the other side is waited for. May be called from a handler of
        signals, and from another thread; once the talks are over, it changes nothing."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is waited for
                self._loop.call_soon_threadsafe(self._leaving.set)

    def seats(self, spec: TalksSpec, chat_of: ChatOf) -> Mapping[str, Delegation]:
        """The delegations of the dialogue."""
        self._loop = asyncio.get_running_loop()
        return sitting_seats(spec, chat_of, self._prompts, self._person, self._leavable)

    def _leavable(self, inner: Delegation, seat: str) -> Leavable:
        return Leavable(inner, self._leaving, seat)


def session_of_sitting(
    down: SitDown,
    person: Callable[[Callable[[], None]], Person],
    *,
    log_dir: Path = LOG_DIR,
    command: str = "",
    notify: Notify = unheard,
) -> Session:
    """The session that plays a sitting, into a run folder of its own.

    Args:
        person: Makes the person, given what to call when it leaves while it is not asked.
        log_dir: Folder that the run folder goes into.
        command: What was typed, for the record.
        notify: Told what a user should know.

    Raises:
        Track15Error: The scenario cannot be used; or the model's address, its price or a limit.
    """
    scenarios = load_scenarios(down.scenario)
    if len(scenarios) != 1:
        names = ", ".join(scenario.id for scenario in scenarios[:8])
        raise UsageError(
            f"{down.scenario!r} are {len(scenarios)} scenarios, and one is played at a time",
            where="SCENARIO",
            fix=f"name one: {names}",
        )
    known = load_models(down.models_file)
    settings = dict(down.settings)
    opponent = "scripted"
    if down.opponent.strip().lower() != "scripted":
        named = choose([down.opponent], known, flag="--opponent")
        if len(named) == 1:  # a model that no role is named for may play each of them
            raise UsageError(
                f"{down.opponent!r} names a role, and an opponent has the seat that is left",
                where="--opponent",
                fix=f"name the model alone: --opponent {down.opponent.partition('=')[2].strip()}",
            )
        chosen = next(iter(named.values()))
        opponent = chosen.address
        settings = {**chosen.sampling, **settings}
    rules = {name: n for name in ("rounds", "turns") if (n := getattr(down, name)) is not None}
    prompts = Prompts()
    plan = plan_sitting(
        Sitting(
            scenario=scenarios[0],
            seat=down.seat,
            opponent=opponent,
            track=down.track,
            brief=down.brief,
            twin=down.twin,
            seed=down.seed,
            protocol=Protocol(**rules),
            settings=ModelSettings.model_validate(settings),
        ),
        prompts,
    )
    folder = log_dir / plan.name
    wire = wire_of(down.limits, known)
    limits = {"tokens": down.limits.get("token_limit"), "usd": down.limits.get("cost_limit")}
    return Session(
        plan=plan,
        folder=folder,
        command=command,
        wire=wire,
        prompts=prompts,
        budget=budget_of(plan, folder, wire, **limits),
        seats=Chairs(person, prompts).seats,
        notify=notify,
    )


def session_of_replay(
    run: str, *, log_dir: Path = LOG_DIR, command: str = "", notify: Notify = unheard
) -> Session:
    """The session that plays a sitting again from its record: nobody is asked anything.

    Raises:
        UsageError: The run is no sitting.
        RecordError: There is no such run, or it is damaged.
    """
    recording = Recording(open_run(run, log_dir, notify))
    plan, _ = recorded_sitting(recording.folder)
    return Session(
        plan=plan,
        folder=replay.folder_of(log_dir, plan),
        command=command,
        prompts=Prompts(),
        recording=recording,
        notify=notify,
    )


@dataclass(frozen=True)
class Revealed:
    """What a sitting was, in truth.

    Attributes:
        reading: The dialogue with everything that is known of it.
        folder: Its run.
        seat: The person's.
        status: Of the dialogue: ``done``, ``void`` or ``failed``.
        left: Whether the person ended the sitting before the talks were over.
        untold: What it was told beside what was so, and what the other side kept to itself, in a
            sentence each.
    """

    reading: Reading
    folder: RunFolder
    seat: str
    status: str
    left: bool
    untold: tuple[str, ...] = ()

    @property
    def role(self) -> str:
        """The person's seat, as it was asked for."""
        return ROLE_OF_SEAT[self.seat]


def reveal(path: Path, notify: Notify = unheard) -> Revealed:
    """Score a sitting as any run is scored, and read it with nothing left out.

    Raises:
        RecordError: The run is damaged, or holds no sitting.
    """
    folder = RunFolder(path)
    _, transcript = recorded_sitting(folder)
    measure(folder, page=False, notify=notify)
    scores = {score.evaluator: score for score in folder.scores() if score.id == transcript.id}
    seat = next(one.seat for one in transcript.spec.seats if one.kind == "person")
    case = case_of(transcript, folder.info)
    return Revealed(
        reading=read(case, scores, placement_of(folder, transcript)),
        folder=folder,
        seat=seat,
        status=transcript.status,
        left=transcript.void is not None and transcript.void.kind == "person",
        untold=untold_of(case, seat),
    )
