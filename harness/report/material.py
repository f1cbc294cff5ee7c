"""What the page shows beyond the findings: settlements, concessions over the talks, and which
dialogues to print in full. One pass over transcripts; none is kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.analysis.findings import Findings
from harness.disputes.scenario import Twin
from harness.records.placement import placement_of
from harness.records.reader import RunFolder
from harness.records.score import Score
from harness.records.spec import TalksSpec
from harness.records.transcript import Transcript
from harness.report.truth import TrueValues

Floats = NDArray[np.float64]

SEATS: Final = ("o", "u")
MAX_DIALOGUES: Final = 40
"""Dialogues printed in full; a page must stay small enough to send."""
LIKE: Final = "settlement.skew"
"""The measure that says which dialogue is typical and which lopsided."""


@dataclass(frozen=True, order=True)
class Chairs:
    """Who sits where: a scenario, and whether its principals have exchanged chairs. Talks in the
    same chairs share one space of packages."""

    scenario: str
    exchanged: bool


@dataclass(frozen=True)
class Settlement:
    """Where talks ended, in true values; no deal stands at the values of no deal."""

    u_o: float
    u_u: float
    agreed: bool
    round: int


@dataclass
class Space:
    """The settlements in one pair of chairs: arm -> settlement -> ids of the dialogues, first ones
    first. ``seats`` says who acts for whom; ``twin`` is that of one of them."""

    seats: Mapping[str, str]
    twin: Twin
    settlements: dict[str, dict[Settlement, list[str]]] = field(default_factory=dict)

    def round(self) -> int:
        """The round in which most talks ended: its realities are the ones to draw."""
        rounds: Counter[int] = Counter()
        for found in self.settlements.values():
            for settlement, ids in found.items():
                rounds[settlement.round] += len(ids)
        return min(rounds, key=lambda round_: (-rounds[round_], round_)) if rounds else 1


@dataclass
class Curve:
    """Own value that a seat proposed, turn by turn, summed over dialogues.

    ``total`` and ``n`` have one entry a turn of a delegation, all rounds in a row. A seat that
    makes no new proposal stands by its last one, also after the talks have ended, so that early
    deals do not drop out of the mean.
    """

    total: Floats
    n: Floats
    reached: int = 0
    reservation: float = 0.0
    dialogues: int = 0

    def mean(self, length: int) -> Floats:
        """``(length,)`` means; NaN where no dialogue had a proposal yet."""
        known = np.where(self.n > 0, self.n, np.nan)[:length]
        means: Floats = self.total[:length] / known
        return means


@dataclass(frozen=True)
class Example:
    """A dialogue to print in full, and why this one."""

    dialogue: str
    arm: str
    why: str
    epoch: int = 1


@dataclass
class Material:
    """See the module docstring. ``curves`` is keyed by arm and seat; ``scored`` says at which byte
    the scores of an example begin, and how many bytes they take, where that is known."""

    spaces: dict[Chairs, Space] = field(default_factory=dict)
    curves: dict[tuple[str, str], Curve] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    scored: dict[str, tuple[int, int]] = field(default_factory=dict)


class Course(NamedTuple):
    """The course of a dialogue, as figures draw it. It is small, and goes from one process to
    another.

    Attributes:
        dialogue: Id.
        arms: That it belongs to.
        settled: Where it ended; None where it did not come to its end.
        put: Who proposed what, likewise; empty where nobody knows how many turns there were to be.
    """

    dialogue: str
    arms: tuple[str, ...]
    settled: Settled | None
    put: tuple[Put, ...]


class Settled(NamedTuple):
    """Where talks ended, and at which table."""

    chairs: Chairs
    seats: Mapping[str, str]
    twin: Twin
    settlement: Settlement


class Put(NamedTuple):
    """What a seat proposed: ``values`` are (turn of the delegation, from 0, and its own value);
    ``length`` is how many such turns there are at most; ``reservation`` its value of no deal."""

    seat: str
    length: int
    values: tuple[tuple[int, float], ...]
    reservation: float


def course_of(transcript: Transcript, arms: tuple[str, ...], truth: TrueValues) -> Course:
    """The course of a dialogue that belongs to ``arms``."""
    if transcript.status != "done":
        return Course(transcript.id, arms, None, ())
    settled, spec = _settled(transcript, truth), transcript.spec
    if not isinstance(spec, TalksSpec):  # held elsewhere
        return Course(transcript.id, arms, settled, ())
    put = tuple(_put(transcript, spec, seat, truth) for seat in SEATS)
    return Course(transcript.id, arms, settled, put)


class Gathering:
    """Material under way: what the courses of the dialogues add up to, in the order of the file.

    Attributes:
        liked: Dialogue -> value of the measure that says which are typical and which lopsided;
            None where that is to be read from the scores.
        scored: Dialogue -> where its scores begin, in bytes, and how many they take; empty where
            that is not known.
    """

    def __init__(self) -> None:
        self.liked: Mapping[str, float] | None = None
        self.scored: Mapping[str, tuple[int, int]] = {}
        self._material = Material()
        self._curves: dict[tuple[str, str], _Adding] = {}
        self._ended: dict[str, list[str]] = defaultdict(list)
        self._broken: dict[str, list[str]] = defaultdict(list)

    def add(self, course: Course) -> None:
        """Add a dialogue."""
        found = self._broken if course.settled is None else self._ended
        for arm in course.arms:
            found[arm].append(course.dialogue)
            if course.settled is not None:
                _add_settlement(self._material, course.settled, arm, course.dialogue)
            for put in course.put:
                key = (arm, put.seat)
                if key not in self._curves:
                    self._curves[key] = _Adding(put.length)
                self._curves[key].add(put)

    def material(self, folder: RunFolder, findings: Findings) -> Material:
        """All of it, once every dialogue was added.

        Raises:
            RecordError: The scores of the run are damaged.
        """
        values = _values(folder, LIKE) if self.liked is None else self.liked
        arms = arms_by_interest(findings)
        examples = tuple(_examples(arms, self._ended, self._broken, values))
        self._material.examples = examples[:MAX_DIALOGUES]
        self._material.scored = {
            example.dialogue: self.scored[example.dialogue]
            for example in self._material.examples
            if example.dialogue in self.scored
        }
        self._material.curves = {key: adding.curve() for key, adding in self._curves.items()}
        return self._material


def gather(folder: RunFolder, findings: Findings, truth: TrueValues) -> Material:
    """Read a run's transcripts once.

    Raises:
        RecordError: A file of the run is damaged.
    """
    gathering = Gathering()
    for transcript in folder.transcripts():
        arms = placement_of(folder, transcript).arms
        gathering.add(course_of(transcript, arms, truth))
    return gathering.material(folder, findings)


def arms_by_interest(findings: Findings) -> list[str]:
    """The arms of the primary contrast first, then the others as the suite lists them."""
    first = []
    if findings.primary is not None:
        contrast = findings.primary.contrast
        first = [arm for arm in (contrast.control, contrast.treatment) if arm is not None]
    return list(dict.fromkeys((*first, *(arm.arm for arm in findings.arms))))


def scores_of(folder: RunFolder, material: Material) -> dict[str, dict[str, Score]]:
    """Dialogue -> evaluator -> score, of the dialogues that are printed."""
    wanted = {example.dialogue for example in material.examples}
    found: dict[str, dict[str, Score]] = {dialogue: {} for dialogue in wanted}
    places = [material.scored[one] for one in wanted if one in material.scored]
    whole = len(places) == len(wanted)
    for score in folder.scores_at(places) if whole else folder.scores(dialogues=wanted):
        found[score.id][score.evaluator] = score
    return found


def read_examples(folder: RunFolder, examples: Sequence[Example]) -> Iterator[Transcript]:
    """The transcripts of ``examples``, in their order.

    Raises:
        RecordError: A line is damaged.
    """
    if examples:
        yield from folder.read([example.dialogue for example in examples])


def _values(folder: RunFolder, measure: str) -> dict[str, float]:
    """Dialogue -> value; those without one are left out."""
    evaluator, name = measure.split(".", 1)
    found = {}
    for score in folder.scores(evaluator=evaluator):
        value = score.values.get(name)
        if value is not None and not isinstance(value, str):
            found[score.id] = float(value)
    return found


def _settled(transcript: Transcript, truth: TrueValues) -> Settled:
    spec, outcome = transcript.spec, transcript.body.outcome
    o, u = (
        truth.outcome(spec.scenario, spec.seat(seat).principal, outcome.round, outcome.package)
        for seat in SEATS
    )
    return Settled(
        Chairs(spec.scenario, spec.twin.swaps_seats),
        {seat.seat: seat.principal for seat in spec.seats},
        spec.twin,
        Settlement(round(o, 6), round(u, 6), outcome.package is not None, outcome.round),
    )


def _put(transcript: Transcript, spec: TalksSpec, seat: str, truth: TrueValues) -> Put:
    turns = spec.protocol.turns
    length = spec.protocol.rounds * turns
    principal = spec.seat(seat).principal
    values = []
    for turn in transcript.body.turns:
        package = turn.move.package if turn.move is not None else None
        if turn.seat != seat or turn.kind != "statement" or not turn.offer or package is None:
            continue
        position = (turn.round - 1) * turns + turn.step - 1
        values.append((position, truth.value(spec.scenario, principal, turn.round, package)))
    return Put(seat, length, tuple(values), truth.reservation(spec.scenario, principal, 1))


def _add_settlement(material: Material, settled: Settled, arm: str, dialogue: str) -> None:
    chairs, seats, twin, settlement = settled
    space = material.spaces.get(chairs)
    if space is None:
        space = material.spaces[chairs] = Space(seats, twin)
    space.settlements.setdefault(arm, {}).setdefault(settlement, []).append(dialogue)


class _Adding:
    """A curve under way: lists, since numpy takes longer for the few turns of a dialogue.

    Raises:
        ValueError: It has no length.
    """

    def __init__(self, length: int) -> None:
        if length < 0:
            raise ValueError(f"a curve of {length} turns")
        self._total, self._n = [0.0] * length, [0.0] * length
        self._reached = self._dialogues = 0
        self._reservation = 0.0

    def add(self, put: Put) -> None:
        """Add what a seat proposed in a dialogue."""
        total, n = self._total, self._n
        standing = [(position, value) for position, value in put.values if position < len(total)]
        ends = [position for position, _ in standing[1:]] + [len(total)]
        for (position, value), end in zip(standing, ends, strict=False):
            self._reached = max(self._reached, position + 1)
            for turn in range(position, end):
                total[turn] += value
                n[turn] += 1
        self._reservation += (put.reservation - self._reservation) / (self._dialogues + 1)
        self._dialogues += 1

    def curve(self) -> Curve:
        """What was added up."""
        total, n = np.array(self._total), np.array(self._n)
        return Curve(total, n, self._reached, self._reservation, self._dialogues)


def _examples(
    arms: Sequence[str],
    ended: Mapping[str, Sequence[str]],
    broken: Mapping[str, Sequence[str]],
    values: Mapping[str, float],
) -> Iterator[Example]:
    """Per arm the most lopsided dialogue, then its typical one, then a void one: a bounded page
    holds the extreme of every arm before the second dialogue of any."""
    typical: dict[str, str] = {}
    extreme: dict[str, str] = {}
    for arm in arms:
        ranked = sorted((i for i in ended.get(arm, ()) if i in values), key=lambda i: values[i])
        if ranked:
            extreme[arm] = ranked[-1]
            typical[arm] = ranked[(len(ranked) - 1) // 2]
        elif ended.get(arm):
            typical[arm] = ended[arm][0]
    chosen: set[str] = set()
    wanted = [(arm, extreme.get(arm), "the most lopsided to the official seat") for arm in arms]
    wanted += [(arm, typical.get(arm), "a typical one: the median of its arm") for arm in arms]
    wanted += [(arm, next(iter(broken.get(arm, ())), None), "void") for arm in arms]
    for arm, dialogue, why in wanted:
        if dialogue is not None and dialogue not in chosen:
            chosen.add(dialogue)
            yield Example(dialogue, arm, why)
