"""The dialogues of several runs, read for a comparison of those who played them.

Runs are streamed once. A dialogue that several runs have in common, because one took it from
another, is one dialogue. So is one that several arms have in common.
"""

from __future__ import annotations

import hashlib
import math
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic_core import to_json

from harness.analysis.columns import LARGEST
from harness.analysis.comparison_measures import Column
from harness.analysis.regret import Probes, Regrets, probe_key
from harness.analysis.values import NOT_SCORED
from harness.evaluators.base import ROUNDING, SEATS
from harness.evaluators.case import Case, case_of
from harness.evaluators.course import Course, course_of
from harness.records.placement import SCRIPTED, placement_of
from harness.records.probe import PROBE, ProbeRecord
from harness.records.reader import RunFolder
from harness.records.spec import TalksSpec
from harness.records.transcript import Call, Transcript
from harness.suite.parts import SeatSpec
from harness.visible import shortened

Price = Callable[[Call, int | None], float | None]
"""US dollars of a call, of whose prompt so many tokens were cached; None where not known."""

REASON_LENGTH: Final = 120
_WHO_PLAYS: Final = frozenset({"kind", "model", "tactic", "source", "environ"})
"""Fields of a seat that say who plays it: what is compared."""
_TOLD: Final = frozenset({"brief", "home", "members", "settings"})
"""Fields of a seat that only somebody who is shown text has."""


@dataclass(frozen=True, slots=True)
class Player:
    """Who played a seat.

    Attributes:
        model: Address of a model, name of a delegation of the user's own, or ``scripted``.
        detail: What tells two of that name apart: the tactic of a script, the version of a
            delegation of the user's own. Empty for a model.
    """

    model: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """One dialogue.

    Attributes:
        run: Number of the run that it was read from, from 0.
        players: Seat -> who played it, all seats of the table.
        status: ``done``, ``void`` or ``failed``.
        deal: Whether it ended in one; None where it did not come to its end.
        void_by: The seat that made it void; empty where none did.
        course: What its seats had to answer; None where it was not looked at.
        same: What has to be the same for a pair to be one: part -> its value, hashable. A part
            that nobody at this table reads is left out.
    """

    id: str
    run: int
    scenario: str
    twin: str
    epoch: int
    arms: tuple[str, ...]
    players: Mapping[str, Player]
    status: str
    deal: bool | None
    void_by: str
    same: Mapping[str, Hashable]
    course: Course | None = None

    def others(self, seat: str) -> tuple[tuple[str, Player], ...]:
        """Who sat opposite, seat by seat."""
        return tuple((name, who) for name, who in self.players.items() if name != seat)


@dataclass
class Meetings:
    """Dialogues of several runs with the values of their measures.

    Attributes:
        runs: The runs, by number.
        names: What they are called, by number; no two alike.
        rows: The dialogues, each once.
        repeated: Dialogues that were read from more than one run, and are counted once.
        versions: Run and evaluator -> versions of it whose scores were read.
        broken: Whether some dialogue did not come to its end.
    """

    runs: Sequence[RunFolder]
    names: Sequence[str]
    rows: list[Meeting] = field(default_factory=list)
    repeated: int = 0
    versions: dict[tuple[int, str], set[int]] = field(default_factory=dict)
    broken: bool = False
    _columns: dict[tuple[str, str], array[float]] = field(default_factory=dict)
    _why: dict[tuple[str, str], dict[int, str]] = field(default_factory=dict)

    def add(self, meeting: Meeting, found: Mapping[tuple[str, str], float | str]) -> int:
        """Add a dialogue; its number.

        Args:
            found: (Column, seat) -> its value, or why there is none. What is absent was not scored.
        """
        row = len(self.rows)
        self.rows.append(meeting)
        for key, value in found.items():
            self.put(row, key, value)
        return row

    def put(self, row: int, key: tuple[str, str], value: float | str) -> None:
        """Enter a value, or why there is none."""
        if isinstance(value, str):
            self._why.setdefault(key, {})[row] = value
            return
        column = self._columns.setdefault(key, array("d"))
        if (lacking := row + 1 - len(column)) > 0:
            column.extend([math.nan] * lacking)
        column[row] = value

    def value(self, row: int, column: str, seat: str) -> float | None:
        """The value of a column for a seat of a dialogue."""
        found = self._columns.get((column, seat))
        if found is None or row >= len(found) or math.isnan(found[row]):
            return None
        return found[row]

    def why_missing(self, rows: Iterable[int], column: str, seat: str) -> dict[str, int]:
        """Reason -> dialogues among ``rows`` without a value, the most frequent first."""
        known = self._why.get((column, seat), {})
        reasons = Counter(
            known.get(row, NOT_SCORED) for row in rows if self.value(row, column, seat) is None
        )
        return dict(reasons.most_common())


def read_meetings(
    runs: Sequence[RunFolder],
    names: Sequence[str],
    columns: Sequence[Column],
    price: Price = lambda call, cached: None,
) -> Meetings:
    """The dialogues of runs, each once, with the values of ``columns``.

    Args:
        runs: Scored.
        names: What they are called.
        price: What a call cost.

    Raises:
        RecordError: A file of a run is damaged.
    """
    meetings = Meetings(runs, names)
    indices = [run.index() for run in runs]
    held = Counter(key for index in indices for key in index)
    # Courses take time, and only tell something where a dialogue broke off.
    meetings.broken = any(s != "done" for index in indices for _, s in index.values())
    shared = {key for key, number in held.items() if number > 1}
    seen: dict[tuple[str, bytes], int] = {}
    for number, run in enumerate(runs):
        _read_run(meetings, number, run, columns, price, shared, seen)
    return meetings


def _read_run(
    meetings: Meetings,
    number: int,
    run: RunFolder,
    columns: Sequence[Column],
    price: Price,
    shared: Collection[str],
    seen: dict[tuple[str, bytes], int],
) -> None:
    names = {column.name for column in columns}
    regrets = Regrets() if "regret" in names else None
    probes = _probes_of(run) if regrets is not None else {}
    times = _times_of(run)
    rows: dict[str, int] = {}
    for transcript in run.transcripts():
        if transcript.id in shared:
            # The same id is the same spec. Only the same record is the same dialogue: a model that
            # was asked twice may have said something else.
            key = transcript.id, _fingerprint(transcript)
            if key in seen:
                meetings.repeated += 1
                continue
            seen[key] = number
        found = _made(transcript, names, times.get(transcript.id, {}), price)
        case = case_of(transcript, run.info)
        if regrets is not None:
            for seat in SEATS:
                value, why = regrets.of(case, seat, probes)
                found["regret", seat] = shortened(why, REASON_LENGTH) if value is None else value
        rows[transcript.id] = meetings.add(
            _meeting(run, number, case, broken=meetings.broken), found
        )
    wanted = _sources(columns)
    for score in run.scores():
        if (row := rows.get(score.id)) is None:
            continue
        for name, scored in score.values.items():
            for column, seat in wanted.get(f"{score.evaluator}.{name}", ()):
                meetings.versions.setdefault((number, score.evaluator), set()).add(score.version)
                if scored is None or isinstance(scored, str) or not abs(scored) <= LARGEST:
                    why = score.why_null.get(name, "undefined")
                    meetings.put(row, (column.name, seat), shortened(why, REASON_LENGTH))
                else:
                    meetings.put(row, (column.name, seat), column.seen(float(scored), seat))
                    _put_below(meetings, row, names, f"{score.evaluator}.{name}", float(scored))


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
        players[seat.seat] = Player(name, _detail(seat) if isinstance(seat, SeatSpec) else "")
    return Meeting(
        id=transcript.id,
        run=number,
        scenario=place.scenario or "",
        twin=place.twin or "",
        epoch=place.epoch or 0,
        arms=place.arms,
        players=players,
        status=transcript.status,
        deal=transcript.body.outcome.kind == "deal" if done else None,
        void_by=(void.seat or "") if void is not None and transcript.status == "void" else "",
        same=_same(transcript),
        course=course_of(case) if broken else None,
    )


def _detail(seat: SeatSpec) -> str:
    if seat.kind == "scripted":
        tactic = seat.tactic or "no tactic named"
        return tactic if isinstance(tactic, str) else to_json(tactic).decode()
    return (seat.source or "")[:12]


def _same(transcript: Transcript) -> dict[str, Hashable]:
    """What has to be the same in dialogues that are compared, part by part."""
    spec = transcript.spec
    found: dict[str, Hashable] = {"scenario": spec.scenario_hash}
    if not isinstance(spec, TalksSpec):
        return found
    found["rules of talks"] = spec.version
    found["protocol"] = spec.protocol.model_dump_json()
    found["seed"] = spec.seed
    found["who opens"] = spec.opener
    # What is changed from there on is who plays, or stands in the seats.
    fork = None if spec.fork is None else spec.fork.model_dump(mode="json", exclude={"changes"})
    found["where it forks off"] = None if fork is None else _canonical(fork)
    for seat in spec.seats:
        document = seat.model_dump(mode="json", exclude=set(_WHO_PLAYS | _TOLD))
        found[f"profile of seat {seat.seat}"] = _canonical(document)
        if seat.kind != "scripted":
            told = seat.model_dump(mode="json", include=set(_TOLD))
            found[f"briefing of seat {seat.seat}"] = _canonical(told)
    if any(seat.kind != "scripted" for seat in spec.seats):
        found["prompts"] = _canonical(spec.templates)
    return found


def _canonical(document: Mapping[str, Any]) -> str:
    return to_json(dict(sorted(document.items()))).decode()


def _fingerprint(transcript: Transcript) -> bytes:
    return hashlib.blake2b(transcript.model_dump_json().encode(), digest_size=16).digest()


_Times = dict[str, dict[int, tuple[float, int | None]]]


def _times_of(run: RunFolder) -> _Times:
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
    times: Mapping[int, tuple[float, int | None]],
    price: Price,
) -> dict[tuple[str, str], float | str]:
    """What a dialogue says without an evaluator: who made it void, and what it took."""
    found: dict[tuple[str, str], float | str] = {}
    void = transcript.void
    played = {seat.seat: seat.kind for seat in transcript.spec.seats}
    for seat in SEATS:
        if transcript.status == "failed":
            found["void", seat] = "failed: it is played again when the run is resumed"
        else:
            found["void", seat] = float(void is not None and void.seat == seat)
        calls = [call for call in transcript.calls if call.seat == seat]
        if played.get(seat) == SCRIPTED:
            why = "a script asks no model"
            found.update({(cost, seat): why for cost in ("tokens", "usd", "seconds")})
            continue
        took = {
            "tokens": [_tokens(call) for call in calls],
            "usd": [price(call, times.get(call.index, (0.0, None))[1]) for call in calls],
            "seconds": [times[c.index][0] if c.index in times else None for c in calls],
        }
        for cost, parts in took.items():
            # A model that was never asked took nothing; calls of the user's own code are not seen.
            unseen = not calls and played.get(seat) != "model"
            found[cost, seat] = "its calls are not recorded" if unseen else _sum(cost, parts)
    if transcript.status != "done":
        for seat in SEATS:
            found["below", seat] = f"{transcript.status}: no result"
    return {key: value for key, value in found.items() if key[0] in names}


_UNKNOWN_COST: Final = {
    "tokens": "the server did not count a call",
    "usd": "the price of the model is not known",
    "seconds": "the time of a call was not kept",
}


def _tokens(call: Call) -> float | None:
    usage = call.usage
    if usage.prompt is None or usage.completion is None:
        return None
    return float(usage.prompt + usage.completion)


def _sum(cost: str, parts: Sequence[float | None]) -> float | str:
    """The sum, or why it is not known."""
    known = [part for part in parts if part is not None]
    return math.fsum(known) if len(known) == len(parts) else _UNKNOWN_COST[cost]


def cells(meeting: Meeting) -> Iterator[tuple[str, str, int, str]]:
    """Where a dialogue stands: scenario, twin, epoch and arm, once for each arm."""
    for arm in meeting.arms:
        yield meeting.scenario, meeting.twin, meeting.epoch, arm
