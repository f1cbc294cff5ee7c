"""What the page shows beyond the findings: settlements, concessions over the talks, and which
dialogues to print in full. One pass over transcripts; none is kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from harness.analysis.findings import Findings
from harness.disputes.scenario import Twin
from harness.records.placement import placement_of
from harness.records.reader import RunFolder
from harness.records.score import Score
from harness.records.spec import TalksSpec
from harness.records.transcript import Transcript
from harness.report.curves import Adding, Ints, Puts
from harness.report.curves import Curve as Curve
from harness.report.curves import Put as Put
from harness.report.truth import TrueValues

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


def course_of(transcript: Transcript, arms: tuple[str, ...], truth: TrueValues) -> Course:
    """The course of a dialogue that belongs to ``arms``."""
    if transcript.status != "done":
        return Course(transcript.id, arms, None, ())
    if transcript.body.outcome.agreed is None or not transcript.valued:
        return Course(transcript.id, (), None, ())  # nobody told where they ended: in no figure
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
        self._curves: dict[tuple[str, str], Adding] = {}
        self._ended: dict[str, list[str]] = defaultdict(list)
        self._broken: dict[str, list[str]] = defaultdict(list)

    def add(self, course: Course) -> None:
        """Add a dialogue."""
        for own in self._lists(course):
            own.append(course.dialogue)
        for arm in course.arms:
            for put in course.put:
                self._curve(arm, put.seat, put.length).add(put)

    def add_all(
        self, dialogues: Sequence[str], alike: Sequence[Course], of_each: Ints, puts: Puts
    ) -> None:
        """Add many dialogues: the same as one after another.

        Args:
            dialogues: Their ids, in the order of the file.
            alike: Courses that some of them have but for id and proposals, in the order of their
                first.
            of_each: Which of ``alike`` each dialogue has.
            puts: What was proposed in them.

        Raises:
            ValueError: A curve has no length.
        """
        lists = [self._lists(course) for course in alike]
        for dialogue, which in zip(dialogues, of_each.tolist(), strict=True):
            for own in lists[which]:
                own.append(dialogue)
        whose = of_each[puts.dialogue] * len(puts.seats) + puts.seat
        places = defaultdict[tuple[str, str], list[int]](list)
        for one in np.unique(whose).tolist():
            course, number = divmod(one, len(puts.seats))
            seat = puts.seats[number][0]
            for arm in alike[course].arms:
                places[arm, seat].append(one)
        for (arm, seat), own in places.items():
            chosen = np.flatnonzero(np.isin(whose, own))
            length = puts.seats[puts.seat[chosen[0]]][1]
            self._curve(arm, seat, length).add_all(puts.only(chosen))

    def _lists(self, course: Course) -> list[list[str]]:
        """The lists that a dialogue of this course stands in."""
        found = self._broken if course.settled is None else self._ended
        lists = [found[arm] for arm in course.arms]
        if course.settled is not None:
            lists += [_settlements(self._material, course.settled, arm) for arm in course.arms]
        return lists

    def _curve(self, arm: str, seat: str, length: int) -> Adding:
        if (arm, seat) not in self._curves:
            self._curves[arm, seat] = Adding(length)
        return self._curves[arm, seat]

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


def _settlements(material: Material, settled: Settled, arm: str) -> list[str]:
    """The dialogues of an arm that settled so, as far as they were added."""
    chairs, seats, twin, settlement = settled
    space = material.spaces.get(chairs)
    if space is None:
        space = material.spaces[chairs] = Space(seats, twin)
    return space.settlements.setdefault(arm, {}).setdefault(settlement, [])


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
