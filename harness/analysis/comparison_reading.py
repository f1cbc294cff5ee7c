"""Reads the dialogues of several runs for a comparison of those who played them.

Runs are streamed once. A dialogue that several runs have in common, because one took it from
another, is one dialogue. So is one that several arms have in common. Transcripts are read by
whatever process they are given to; what each says is put together here, in the order of the file.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from harness.analysis.columns import LARGEST
from harness.analysis.comparison_measures import Column
from harness.analysis.comparison_players import player_of, same_in
from harness.analysis.comparison_rows import Meeting, Meetings
from harness.analysis.costs import Price, costs_of
from harness.analysis.judge_known import JudgeKnown
from harness.analysis.regret import Probes, Regrets, probe_key
from harness.evaluators.base import ROUNDING, SEATS
from harness.evaluators.case import Case, case_of
from harness.evaluators.course import course_of
from harness.records.parsing import HEAD, Line
from harness.records.placement import placement_of
from harness.records.probe import PROBE, ProbeRecord
from harness.records.reader import RunFolder
from harness.records.score import Score
from harness.records.transcript import Call, Transcript
from harness.visible import shortened, visible_line

REASON_LENGTH: Final = 120


def no_price(call: Call, cached: int | None) -> float | None:
    """Of a call whose price is not known."""
    return None


_Times = dict[int, tuple[float, int | None]]
"""Call -> its seconds, and the cached tokens of its prompt."""
_Values = dict[tuple[str, str], float | str]
"""(Column, seat) -> its value, or why there is none."""
_Kept = TypeVar("_Kept", bound=Hashable)


class Said(NamedTuple):
    """What a dialogue says without an evaluator.

    Attributes:
        meeting: The dialogue.
        values: (Column, seat) -> its value, or why there is none.
        fingerprint: Of its record, where another run has one of the same id; else empty.
    """

    meeting: Meeting
    values: _Values
    fingerprint: bytes = b""


class Task(NamedTuple):
    """A line of the transcripts, with what is known of its dialogue from elsewhere.

    Attributes:
        times: Of its calls.
        shared: Another run has a dialogue of the same id.
    """

    line: Line
    times: _Times
    shared: bool


@dataclass(frozen=True)
class Wanted:
    """What is read of every dialogue.

    Attributes:
        names: Of the columns.
        price: What a call cost.
        courses: Whether to look at what seats had to answer.
    """

    names: frozenset[str]
    price: Price
    courses: bool


class Reading:
    """Reads dialogues of a run, in whatever process.

    Args:
        path: Of the run.
        number: Of the run.
    """

    def __init__(self, path: Path, number: int, wanted: Wanted) -> None:
        self._run, self._number, self._wanted = RunFolder(path), number, wanted
        self._regrets = Regrets() if "regret" in wanted.names else None
        self._probes = _probes_of(self._run) if self._regrets is not None else {}

    def __call__(self, tasks: Sequence[Task]) -> list[Said]:
        """What the dialogues of these lines say, in order.

        Raises:
            RecordError: A line is damaged.
        """
        return list(map(self._said, tasks))

    def _said(self, task: Task) -> Said:
        transcript = self._run.read_line(task.line)
        found = _made(transcript, self._wanted.names, task.times, self._wanted.price)
        case = case_of(transcript, self._run.info)
        if self._regrets is not None:
            for seat in SEATS:
                value, why = self._regrets.of(case, seat, self._probes)
                found["regret", seat] = shortened(why, REASON_LENGTH) if value is None else value
        return Said(
            _meeting(self._run, self._number, case, broken=self._wanted.courses),
            found,
            _fingerprint(transcript) if task.shared else b"",
        )


Make = Callable[..., Reading]
Spread = Callable[[Make, tuple[Any, ...], Iterable[Task], int], Iterator[list[Said]]]
"""Has readings, made by the first from the second, read the tasks of a run, in order; how many
dialogues the run has is the last."""


def here(
    make: Make, setup: tuple[Any, ...], tasks: Iterable[Task], dialogues: int
) -> Iterator[list[Said]]:
    """Read in this process."""
    work = make(*setup)
    for task in tasks:
        yield work([task])


def read_meetings(
    runs: Sequence[RunFolder],
    names: Sequence[str],
    columns: Sequence[Column],
    price: Price = no_price,
    over: Spread = here,
    known: Sequence[JudgeKnown] = (),
) -> Meetings:
    """The dialogues of runs, each once, with the values of ``columns``.

    Args:
        runs: Scored.
        names: What they are called.
        price: What a call cost.
        over: What the reading is spread over. Nothing depends on it but how long it takes.
        known: What is known of the judges of each run, where a column is by a judge.

    Raises:
        RecordError: A file of a run is damaged.
    """
    meetings = Meetings(runs, names, known)
    indices = [run.index() for run in runs]
    held = Counter(key for index in indices for key in index)
    # Courses take time, and only tell something where a dialogue broke off.
    broken = any(status != "done" for index in indices for _, status in index.values())
    wanted = Wanted(frozenset(column.name for column in columns), price, broken)
    shared = {key for key, number in held.items() if number > 1}
    seen: set[tuple[str, bytes]] = set()
    alike = Alike()
    for number, run in enumerate(runs):
        rows: dict[str, int] = {}
        tasks = _tasks(run, shared)
        setup = (run.path, number, wanted)
        for part in over(Reading, setup, tasks, run.info.dialogues):
            for said in part:
                # The same id is the same spec. Only the same record is the same dialogue: a model
                # that was asked twice may have said something else.
                key = said.meeting.id, said.fingerprint
                if said.fingerprint and key in seen:
                    meetings.repeated += 1
                    continue
                seen.update([key] if said.fingerprint else [])
                rows[said.meeting.id] = meetings.add(alike.meeting(said.meeting), said.values)
        _read_scores(meetings, number, run, columns, rows)
    return meetings


class Alike:
    """Keeps each value that many dialogues have once: a hundred thousand of them have few."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Any] = {}

    def _once(self, value: _Kept) -> _Kept:
        found: _Kept = self._known.setdefault(value, value)
        return found

    def meeting(self, meeting: Meeting) -> Meeting:
        """The same dialogue, of values that others have too."""
        parts = tuple((part, self._once(value)) for part, value in meeting.same.items())
        players = tuple((seat, self._once(who)) for seat, who in meeting.players.items())
        course = meeting.course
        if course is not None:
            course = replace(course, asked=self._once(course.asked))
        return replace(
            meeting,
            scenario=self._once(meeting.scenario),
            arms=self._once(meeting.arms),
            players=self._known.setdefault(("players", players), dict(players)),
            same=self._known.setdefault(("same", parts), dict(parts)),
            course=course,
        )


def _tasks(run: RunFolder, shared: Collection[str]) -> Iterator[Task]:
    times = _times_of(run)
    for line in run.lines():
        head = HEAD.match(line.text)
        name = "" if head is None else head.group(1).decode()
        yield Task(line, times.get(name, {}), name in shared)


def _read_scores(
    meetings: Meetings,
    number: int,
    run: RunFolder,
    columns: Sequence[Column],
    rows: Mapping[str, int],
) -> None:
    """Enter the scores of a run whose dialogues stand in ``rows``."""
    names = {column.name for column in columns}
    wanted = _sources(columns)
    judged = {
        one.split(".", 1)[0]
        for column in columns
        if column.by_judge
        for one in column.sources or ()
    }
    for score in run.scores():
        if (row := rows.get(score.id)) is None:
            continue
        if score.evaluator in judged:
            _read_judges(meetings.judges.setdefault((number, score.evaluator), {}), score)
        for name, scored in score.values.items():
            for column, seat in wanted.get(f"{score.evaluator}.{name}", ()):
                meetings.versions.setdefault((number, score.evaluator), set()).add(score.version)
                if scored is None or isinstance(scored, str) or not abs(scored) <= LARGEST:
                    why = score.why_null.get(name, "undefined")
                    meetings.put(row, (column.name, seat), shortened(why, REASON_LENGTH))
                else:
                    meetings.put(row, (column.name, seat), column.seen(float(scored), seat))
                    _put_below(meetings, row, names, f"{score.evaluator}.{name}", float(scored))


def _read_judges(found: dict[str, None], score: Score) -> None:
    """Enter whose reading a score is. It stands in a file of the run, so nothing of it is taken for
    granted."""
    judges = score.detail.get("judges")
    for one in judges if isinstance(judges, list) else ():
        if isinstance(one, dict) and isinstance(name := one.get("judge"), str):
            found[shortened(visible_line(name), REASON_LENGTH)] = None


def _sources(columns: Sequence[Column]) -> dict[str, list[tuple[Column, str]]]:
    """``evaluator.measure`` -> the columns, and their seats, that are read from it."""
    found: dict[str, list[tuple[Column, str]]] = {}
    for column in columns:
        for seat in SEATS:
            if (source := column.source(seat)) is not None:
                found.setdefault(source, []).append((column, seat))
    return found


def _put_below(
    meetings: Meetings, row: int, names: Collection[str], source: str, value: float
) -> None:
    """Whether a dialogue ended in a deal below no deal, which its gain says."""
    if "below" not in names or not source.startswith("settlement.gain_"):
        return
    seat = source.removeprefix("settlement.gain_")
    if seat in SEATS:
        below = bool(meetings.rows[row].deal) and value < -ROUNDING
        meetings.put(row, ("below", seat), float(below))


def _meeting(run: RunFolder, number: int, case: Case, *, broken: bool) -> Meeting:
    transcript = case.transcript
    place = placement_of(run, transcript)
    void = transcript.void
    done = transcript.status == "done"
    players = {}
    for seat in transcript.spec.seats:
        name = place.models.get(seat.seat, seat.how)
        players[seat.seat] = player_of(seat, name, run.info.suite)
    return Meeting(
        id=transcript.id,
        run=number,
        scenario=place.scenario or "",
        twin=place.twin or "",
        epoch=place.epoch or 0,
        arms=place.arms,
        players=players,
        status=transcript.status,
        deal=transcript.body.outcome.agreed if done else None,
        void_by=(void.seat or "") if void is not None and transcript.status == "void" else "",
        same=same_in(transcript.spec),
        course=course_of(case) if broken else None,
    )


def _fingerprint(transcript: Transcript) -> bytes:
    return hashlib.blake2b(transcript.model_dump_json().encode(), digest_size=16).digest()


def _times_of(run: RunFolder) -> dict[str, _Times]:
    """Dialogue -> call -> its seconds and the cached tokens of its prompt; the last time it was
    played."""
    return {
        timing.id: {one.call: (one.seconds, one.cached_tokens) for one in timing.calls}
        for timing in run.timings()
        if timing.calls
    }


def _probes_of(run: RunFolder) -> Probes:
    found = {}
    for probe in run.records(PROBE, ProbeRecord):
        spec = probe.spec
        found[probe_key(spec.scenario, spec.twin.value, spec.seed, spec.asked)] = probe
    return found


def _made(
    transcript: Transcript,
    names: Collection[str],
    times: _Times,
    price: Price,
) -> _Values:
    """What a dialogue says without an evaluator: who made it void, and what it took."""
    found: _Values = {}
    void = transcript.void
    for seat in SEATS:
        if transcript.status == "failed":
            found["void", seat] = "failed: it is played again when the run is resumed"
        else:
            found["void", seat] = float(void is not None and void.seat == seat)
        for cost, amount in costs_of(transcript, seat, times, price).items():
            found[cost, seat] = amount
    if transcript.status != "done":
        for seat in SEATS:
            found["below", seat] = f"{transcript.status}: no result"
    return {key: value for key, value in found.items() if key[0] in names}
