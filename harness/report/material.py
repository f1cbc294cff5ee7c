"""What the page shows beyond the findings: settlements, concessions over the talks, and which
dialogues to print in full. One pass over transcripts; none is kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

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
_LIKE: Final = "settlement.skew"
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
    """See the module docstring. ``curves`` is keyed by arm and seat."""

    spaces: dict[Chairs, Space] = field(default_factory=dict)
    curves: dict[tuple[str, str], Curve] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()


def gather(folder: RunFolder, findings: Findings, truth: TrueValues) -> Material:
    """Read a run's transcripts once.

    Raises:
        RecordError: A file of the run is damaged.
    """
    material = Material()
    values = _values(folder, _LIKE)
    ended: dict[str, list[str]] = defaultdict(list)
    broken: dict[str, list[str]] = defaultdict(list)
    for transcript in folder.transcripts():
        own = placement_of(folder, transcript).arms
        found = ended if transcript.status == "done" else broken
        for arm in own:
            found[arm].append(transcript.id)
        if transcript.status != "done":
            continue
        for arm in own:
            _add_settlement(material, transcript, arm, truth)
            for seat in SEATS:
                _add_curve(material, transcript, (arm, seat), truth)
    arms = arms_by_interest(findings)
    material.examples = tuple(_examples(arms, ended, broken, values))[:MAX_DIALOGUES]
    return material


def arms_by_interest(findings: Findings) -> list[str]:
    """The arms of the primary contrast first, then the others as the suite lists them."""
    first = []
    if findings.primary is not None:
        contrast = findings.primary.contrast
        first = [arm for arm in (contrast.control, contrast.treatment) if arm is not None]
    return list(dict.fromkeys((*first, *(arm.arm for arm in findings.arms))))


def scores_of(folder: RunFolder, examples: Sequence[Example]) -> dict[str, dict[str, Score]]:
    """Dialogue -> evaluator -> score, of the dialogues that are printed."""
    wanted = {example.dialogue for example in examples}
    found: dict[str, dict[str, Score]] = {dialogue: {} for dialogue in wanted}
    for score in folder.scores():
        if score.id in wanted:
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
    for score in folder.scores():
        value = score.values.get(name)
        if score.evaluator == evaluator and value is not None and not isinstance(value, str):
            found[score.id] = float(value)
    return found


def _add_settlement(
    material: Material, transcript: Transcript, arm: str, truth: TrueValues
) -> None:
    spec, outcome = transcript.spec, transcript.body.outcome
    o, u = (
        truth.outcome(spec.scenario, spec.seat(seat).principal, outcome.round, outcome.package)
        for seat in SEATS
    )
    settlement = Settlement(round(o, 6), round(u, 6), outcome.package is not None, outcome.round)
    chairs = Chairs(spec.scenario, spec.twin.swaps_seats)
    seats = {seat.seat: seat.principal for seat in spec.seats}
    space = material.spaces.setdefault(chairs, Space(seats, spec.twin))
    space.settlements.setdefault(arm, {}).setdefault(settlement, []).append(transcript.id)


def _add_curve(
    material: Material, transcript: Transcript, key: tuple[str, str], truth: TrueValues
) -> None:
    """Add what a seat proposed in a dialogue to the curve of an arm and seat."""
    spec, (_, seat) = transcript.spec, key
    if not isinstance(spec, TalksSpec):
        return  # held elsewhere: nobody knows how many turns there were to be
    turns = spec.protocol.turns
    length = spec.protocol.rounds * turns
    if key not in material.curves:
        material.curves[key] = Curve(np.zeros(length), np.zeros(length))
    curve = material.curves[key]
    principal = spec.seat(seat).principal
    standing: list[tuple[int, float]] = []
    for turn in transcript.body.turns:
        package = turn.move.package if turn.move is not None else None
        if turn.seat != seat or turn.kind != "statement" or not turn.offer or package is None:
            continue
        position = (turn.round - 1) * turns + turn.step - 1
        if position < len(curve.total):
            value = truth.value(spec.scenario, principal, turn.round, package)
            standing.append((position, value))
            curve.reached = max(curve.reached, position + 1)
    ends = [position for position, _ in standing[1:]] + [len(curve.total)]
    for (position, value), end in zip(standing, ends, strict=False):
        curve.total[position:end] += value
        curve.n[position:end] += 1
    r = truth.reservation(spec.scenario, principal, 1)
    curve.reservation += (r - curve.reservation) / (curve.dialogues + 1)
    curve.dialogues += 1


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
