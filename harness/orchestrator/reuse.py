"""Takes finished stages of other runs into a run, instead of playing them again.

A stage is determined by its spec, whichever run it was played in, so its id is enough to find it.
Stages are taken only from the folder that the user's runs are written to. Only stages that scripts
and models alone have played are taken: a person, or a user's own code, may act otherwise the next
time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from harness.errors import RecordError, Track15Error
from harness.kinds import read_record
from harness.orchestrator.another_run import BREATH, AnotherRun
from harness.orchestrator.graph import Node
from harness.orchestrator.replay import REPLAY
from harness.records.activity import last_played
from harness.records.checking import contradiction
from harness.records.finished import Finished, record_hash
from harness.records.folder import RUN, file_of
from harness.records.later import LaterSpec
from harness.records.parsing import HEAD, damaged
from harness.records.run import RunInfo
from harness.records.spec import StageSpec, TalksSpec
from harness.records.transcript import (
    SCHEMA_VERSION,
    StageRecord,
    Talks,
    Timing,
    Transcript,
    status_of,
)
from harness.suite.parts import SeatSpec

_PLAYERS: Final = frozenset({"scripted", "model"})
"""Kinds of seats that do the same for the same spec."""


def same_service(other: RunInfo, own: RunInfo, models: Collection[str]) -> bool:
    """Whether models are the same in two runs, as far as the runs tell: they have the same
    addresses, and what has ever served them in the other run is what serves them here now.

    Args:
        other, own: The runs.
        models: Addresses.
    """
    known = [{model for played in run.players.values() for model in played} for run in (other, own)]
    if not set(models) <= known[0] & known[1]:
        return False
    return not any(
        before.differences(now)
        for model in models
        for now in own.served.get(model, ())[-1:]
        for before in other.served.get(model, ())
    )


def is_shareable(spec: StageSpec) -> bool:
    """Whether nobody but scripts and models has a part in a stage, as far as its spec tells."""
    return all(seat.kind in _PLAYERS for seat in _seats(spec))


def _seats(spec: object) -> tuple[SeatSpec, ...]:
    """Who sits at the table of a stage; nobody where it has none."""
    talks = spec.talks if isinstance(spec, LaterSpec) else spec
    return talks.seats if isinstance(talks, TalksSpec) else ()


class Reuse:
    """The finished stages of other runs that a plan has too.

    Args:
        log_dir: Folder that the run folders are in.
        own: Folder of the run in play; nothing is taken from it.
        info: What is known of the run in play. What is taken is held against it.
        addresses: Models that the plan speaks to: what anybody else has answered is not taken.
        retry_void: Take nothing that is void.
    """

    def __init__(
        self,
        log_dir: Path,
        own: Path,
        info: RunInfo,
        addresses: Iterable[str],
        *,
        retry_void: bool = False,
    ) -> None:
        self._log_dir = log_dir
        self._own = own
        self._info = info
        self._addresses = frozenset(addresses)
        # Void is a result. Were it asked for anew each time, a run that takes stages from others
        # would have fewer void ones than a run that plays them.
        self._statuses = ("done",) if retry_void else ("done", "void")
        self._runs: list[AnotherRun] = []
        self._taken: dict[str, int] = {}
        self._passed: dict[str, tuple[int, str]] = {}

    def look(self, nodes: Iterable[Node]) -> Iterator[None]:
        """Find what other runs have of these stages; the run that was played last is asked first.
        Yields now and then, so that others get a turn.

        Args:
            nodes: What is still to be played.
        """
        wanted: set[str] = set()
        files: dict[str, None] = {}
        for count, node in enumerate(nodes):
            if is_shareable(node.spec):
                wanted.add(node.id)
                files[file_of(node.spec.kind)] = None
            if count % BREATH == 0:
                yield
        for path in self._others() if wanted else ():
            try:
                run = AnotherRun(path)
                if run.info.is_former:
                    continue  # the id of a stage was another one then
                yield from run.look(wanted, files, self._statuses)
            except RecordError as error:
                self._pass_over(path, str(error.where), error.what)
                continue
            number, first = run.damaged
            if number:
                self._pass_over(path, first, "damaged line", number)
            if run:
                self._runs.append(run)

    def __contains__(self, stage: object) -> bool:
        return any(stage in run for run in self._runs)

    @property
    def has_some(self) -> bool:
        """Whether other runs have anything of the plan."""
        return bool(self._runs)

    def take(self, stage: str, inputs: Mapping[str, bytes]) -> Finished | None:
        """A stage as it goes into the record; None where no run has one that can be taken.

        Args:
            stage: Its id.
            inputs: Name -> the record that stands there for it to read, as it stands in its file.
        """
        for run in self._runs:
            if stage not in run:
                continue
            try:
                finished = self._take(run, stage, inputs)
            except RecordError as error:
                self._pass_over(run.path, str(error.where), error.what)
                continue
            self._taken[run.path.name] = self._taken.get(run.path.name, 0) + 1
            return finished
        return None

    def words(self) -> list[str]:
        """What was taken and what was passed over, a line each."""
        total = sum(self._taken.values())
        named = ", ".join(f"{name} ({count:,})" for name, count in self._taken.items())
        stages = f"{total:,} {'stage' if total == 1 else 'stages'}"
        lines = [f"Took {stages} from {named}." if total else "Took no stage from another run."]
        for name, (number, why) in self._passed.items():
            more = f" (and {number - 1:,} more)" if number > 1 else ""
            lines.append(f"Passed over in {name}: {why}{more}")
        return lines

    def _others(self) -> list[Path]:
        """Other runs below the folder, the last played first. A replay is a copy of another run,
        whose models nobody has asked."""
        own = self._own.resolve()
        found = (path.parent for path in self._log_dir.glob(f"*/{RUN}"))
        others = (path for path in found if path.resolve() != own)
        others = (path for path in others if not path.name.endswith(REPLAY))
        return sorted(others, key=lambda path: (last_played(path, ""), path.name), reverse=True)

    def _pass_over(self, run: Path, where: str, what: str, number: int = 1) -> None:
        before, first = self._passed.get(run.name, (0, f"{where}: {what}"))
        self._passed[run.name] = (before + number, first)

    def _take(self, run: AnotherRun, stage: str, inputs: Mapping[str, bytes]) -> Finished:
        """A stage of ``run``.

        Raises:
            RecordError: It is damaged, contradicts its run or this one, or is not the same.
        """
        found = run.record(stage)
        record = _read(found.line, found.where, run.info, self._info)
        models = {call.model for call in record.calls}
        models |= {seat.model for seat in _seats(record.spec) if seat.model is not None}
        if not models <= self._addresses or not same_service(run.info, self._info, models):
            raise RecordError("its models are served differently here", where=found.where)
        noted = {name: read.hash for name, read in record.inputs.items()}
        if noted != {name: record_hash(line) for name, line in inputs.items()}:
            raise RecordError("it read other stages than those here", where=found.where)
        timing = _unsent(run.timing(record), run.path.name)
        void = record.void
        return Finished(
            id=record.id,
            kind=record.kind,
            status=record.status,
            record=found.line,
            timing=timing.model_dump_json().encode(),
            messages=run.messages(record),
            calls=len(record.calls),
            deal=isinstance(record.body, Talks) and record.body.outcome.kind == "deal",
            void=None if void is None else void.kind,
            detail="" if void is None else void.detail,
        )


def _unsent(timing: Timing, run: str) -> Timing:
    """Timings of a stage for which nothing was sent in this run."""
    calls = tuple(replace(call, attempts=0) for call in timing.calls)
    return timing.model_copy(update={"calls": calls, "taken_from": run})


def _read(line: bytes, where: str, other: RunInfo, own: RunInfo) -> StageRecord:
    """A record, held against itself and both runs.

    Raises:
        RecordError: It is damaged, or contradicts one of them.
    """
    try:
        record = read_record(line)
    except (ValueError, KeyError, TypeError, Track15Error):
        raise damaged(where) from None
    why = _contradiction(record, line)
    if why is None and isinstance(record, Transcript):
        why = contradiction(record, other.scenarios) or contradiction(record, own.scenarios)
    if why is not None:
        raise damaged(where, why)
    return record


def _contradiction(record: StageRecord, line: bytes) -> str | None:
    """What contradicts what in a stage of whatever kind; None where it can be."""
    head, spec = HEAD.match(line), record.spec
    if record.schema_version != SCHEMA_VERSION:
        return f"it is of version {record.schema_version}"
    if head is None or (record.id.encode(), record.status.encode()) != head.groups():
        return "it states its id twice"
    if not isinstance(spec, StageSpec) or spec.id != record.id or spec.kind != record.kind:
        return "its id is not that of its spec"
    if record.status != status_of(record.void):
        return f"its status {record.status} does not go with how it ended"
    if [call.index for call in record.calls] != list(range(len(record.calls))):
        return "its calls are not numbered in their order"
    if any(spec.inputs.get(name) != read.id for name, read in record.inputs.items()):
        return "it read stages that its spec does not name"
    return None
