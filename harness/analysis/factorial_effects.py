"""What a factorial of mechanisms shows, with its uncertainty: the scenario is the unit.

Every scenario is decomposed by itself (:func:`~harness.analysis.factorial.decompose`), over the
dialogues that have a value in every cell at the same place: scenario, twin, epoch and line-up. What
comes of the scenarios is averaged, with Student's t and the sign-flip test over them, as any other
comparison is. Decomposing is linear, so the mean of the parts is the part of the means, and Shapley
values add up to the whole in every scenario (Shapley 1953).

The Shapley values and the two-way terms are one family: p is corrected over all of them (Holm).
Main effects are of the same cells as Shapley values and stand beside them with their intervals,
without a verdict of their own. Where not every combination was played there are no Shapley values.
What remains is how much more an incentive does last of all than alone.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from harness.analysis.contrast import Estimated, estimated
from harness.analysis.factorial import Decomposition, decompose
from harness.analysis.holm import holm
from harness.analysis.observations import Observation
from harness.analysis.pairing import complete_places, mean_of
from harness.analysis.scale import UNKNOWN, Scale
from harness.analysis.verdict import is_shown

Kind = Literal["shapley", "main", "two_way", "total", "more"]
Cells = Mapping[frozenset[str], str]
"""Mechanisms that are on -> the arm."""
FAMILY: Final = frozenset({"shapley", "two_way", "more"})
"""Kinds of parts that share one Holm correction; the others take no verdict."""
ADDS_UP: Final = 1e-9
"""Most by which the shares may miss the whole: rounding."""


class Part(BaseModel):
    """One number of a factorial, in units of the measure. None is "cannot be computed", never 0.

    Attributes:
        kind: ``shapley``: the mechanism's share of the whole. ``main``: cells with it on minus
            those with it off. ``two_way``: how much more one of the two does with the other on than
            off. ``total``: all on minus none on. ``more``: how much more the mechanism does last of
            all in Track 1.5 than alone on Track 1.
        mechanisms: The one, or the two, that it is of; empty for the whole.
        estimate: Mean over scenarios, of the same weight; None without a scenario.
        interval: 95 % cluster t interval inside what the measure allows, not corrected; None for
            fewer than two scenarios, and of a yes/no measure where all scenarios are alike.
        p_t, p_signflip, min_p: As of an :class:`~harness.analysis.effect.Effect`.
        holm_p: Corrected p; None for what takes no verdict.
        shown: By the one rule of :func:`~harness.analysis.verdict.is_shown`; None without an
            interval, and for what takes no verdict.
        scenario_values: (scenario, value) behind ``estimate``, by name.
    """

    model_config = ConfigDict(frozen=True)

    kind: Kind
    mechanisms: tuple[str, ...]
    estimate: float | None
    interval: tuple[float, float] | None
    p_t: float | None
    p_signflip: float | None
    min_p: float | None
    holm_p: float | None = None
    shown: bool | None = None
    scenario_values: tuple[tuple[str, float], ...] = ()


class FactorialFinding(Decomposition):
    """A factorial with its uncertainty. The fields of a decomposition are of the scenarios' means,
    and None where not every combination of two mechanisms was played, or none has all values.

    Attributes:
        track: The track whose mechanisms are switched: added to ``1``, or left out of ``1.5``.
        switched: All mechanisms that the suite switches there; ``mechanisms`` are those of which
            every combination was played.
        played: Combinations of ``switched`` that have an arm, of 2^k.
        parts: What the scenarios show: the Shapley values, the main effects, the two-way terms and
            the whole; or, without a full factorial, ``more`` of each mechanism with arms for it.
        tests: Size of the family over which p is corrected.
        places: Sets of dialogues that ``parts`` is made of: one of each cell, at the same place.
        scenarios: Those that have such a set.
        without: Those that were played and have none.
        dialogues, lacking: Arm -> its dialogues, and those of them without a value.
    """

    track: str
    switched: tuple[str, ...]
    played: int
    parts: tuple[Part, ...] = ()
    tests: int = 0
    places: int = 0
    scenarios: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    dialogues: dict[str, int] = Field(default={})
    lacking: dict[str, int] = Field(default={})

    @property
    def full(self) -> bool:
        """Whether every combination of all mechanisms that are switched was played."""
        return self.mechanisms == self.switched

    @property
    def adds_up(self) -> bool | None:
        """Whether the Shapley values sum to the whole, up to rounding; None without them."""
        if self.shapley is None or self.total is None:
            return None
        return abs(math.fsum(self.shapley.values()) - self.total) <= ADDS_UP

    def of(self, kind: Kind) -> list[Part]:
        """The parts of a kind."""
        return [part for part in self.parts if part.kind == kind]


def largest_full(cells: Cells, order: Sequence[str]) -> tuple[str, ...]:
    """The most mechanisms of which every combination has an arm, with all others off; the first
    such in ``order``. Empty for fewer than two."""
    for size in range(len(order), 1, -1):
        for names in combinations(order, size):
            if all(frozenset(on) in cells for on in _subsets(names)):
                return names
    return ()


def _subsets(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for size in range(len(names) + 1):
        yield from combinations(names, size)


def full_factorial(
    finding: FactorialFinding, cells: Cells, rows: Iterable[Observation], scale: Scale = UNKNOWN
) -> FactorialFinding:
    """The finding with the parts of all combinations of its mechanisms.

    Args:
        finding: With its mechanisms, at least two.
        cells: An arm for each of their combinations; others are ignored.
        rows: Of the measure.
        scale: Of the measure; it bounds the intervals.
    """
    names = finding.mechanisms
    arms = {frozenset(on): cells[frozenset(on)] for on in _subsets(names)}
    scenarios, told = _scenario_means(list(arms.values()), rows)
    finding = finding.model_copy(update=told)
    if not scenarios:
        return finding
    split = {
        scenario: decompose({cell: means[arm] for cell, arm in arms.items()}, names)
        for scenario, means in scenarios.items()
    }
    overall = decompose(
        {cell: mean_of([means[arm] for means in scenarios.values()]) for cell, arm in arms.items()},
        names,
    )
    parts = [_part(kind, of, values, scale) for kind, of, values in _values(names, split)]
    same = overall.model_dump(exclude={"mechanisms", "missing", "interactions", "excluded"})
    update = {**same, "interactions": overall.interactions, "parts": tuple(parts)}
    return finding.model_copy(update=update)


def _values(
    names: Sequence[str], split: Mapping[str, Decomposition]
) -> Iterator[tuple[Kind, tuple[str, ...], dict[str, float]]]:
    """Kind, mechanisms, and scenario -> value of each part."""

    def known(value: dict[str, float] | None) -> dict[str, float]:
        assert value is not None  # every cell of every scenario has a mean
        return value

    for name in names:
        yield "shapley", (name,), {s: known(one.shapley)[name] for s, one in split.items()}
    for name in names:
        yield "main", (name,), {s: known(one.main)[name] for s, one in split.items()}
    for place, pair in enumerate(combinations(names, 2)):
        terms = {s: (one.interactions or ())[place].effect for s, one in split.items()}
        yield "two_way", pair, terms
    yield "total", (), {s: one.total for s, one in split.items() if one.total is not None}


def partial_factorial(
    finding: FactorialFinding,
    four: Mapping[str, tuple[str, str, str, str]],
    rows: Iterable[Observation],
    scale: Scale = UNKNOWN,
) -> FactorialFinding:
    """The finding with how much more each mechanism does last of all than alone.

    Args:
        finding: Without a full factorial.
        four: Mechanism -> the arms with nothing on, with it alone, with all but it, and with all.
        rows: Of the measure.
        scale: Of the measure; it bounds the intervals.
    """
    own, parts = list(rows), []
    for name, arms in four.items():
        scenarios, _ = _scenario_means(arms, own)
        none, alone, others, every = arms
        values = {
            scenario: (means[every] - means[others]) - (means[alone] - means[none])
            for scenario, means in scenarios.items()
        }
        parts.append(_part("more", (name,), values, scale))
    played = {arm for arms in four.values() for arm in arms}
    return finding.model_copy(
        update={"parts": tuple(parts), **_counted([row for row in own if row.arm in played])}
    )


def _scenario_means(
    arms: Sequence[str], rows: Iterable[Observation]
) -> tuple[dict[str, dict[str, float]], dict[str, object]]:
    """Scenario -> arm -> mean over the places that have a value in every arm; and what these were
    made of, as fields of a finding."""
    own = [row for row in rows if row.arm in arms]
    counting = complete_places(own, arms)
    values: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in sorted(counting, key=lambda row: (row.scenario, row.pair)):
        assert row.value is not None
        values[row.scenario][row.arm].append(row.value)
    means = {s: {arm: mean_of(found) for arm, found in of.items()} for s, of in values.items()}
    played = sorted({row.scenario for row in own})
    told: dict[str, object] = {
        **_counted(own),
        "excluded": len(own) - len(counting),
        "places": len(counting) // len(arms),
        "scenarios": tuple(means),
        "without": tuple(name for name in played if name not in means),
    }
    return means, told


def _counted(rows: Sequence[Observation]) -> dict[str, object]:
    dialogues: dict[str, int] = defaultdict(int)
    lacking: dict[str, int] = defaultdict(int)
    for row in rows:
        dialogues[row.arm] += 1
        lacking[row.arm] += row.value is None
    return {"dialogues": dict(dialogues), "lacking": dict(lacking)}


def _part(
    kind: Kind, mechanisms: tuple[str, ...], values: Mapping[str, float], scale: Scale
) -> Part:
    found = estimated([0.0 if abs(value) <= ADDS_UP else value for value in values.values()])
    return Part(
        kind=kind,
        mechanisms=mechanisms,
        estimate=found.estimate,
        interval=_interval(kind, found, scale),
        p_t=found.t.p if found.t else None,
        p_signflip=found.flip.p if found.flip else None,
        min_p=found.flip.min_p if found.flip else None,
        scenario_values=tuple(values.items()),
    )


def _interval(kind: Kind, found: Estimated, scale: Scale) -> tuple[float, float] | None:
    """Inside what the measure allows: a difference of differences can be twice its width."""
    if found.t is None or (scale.yes_no and found.t.sd == 0):
        return None
    if scale.width is None:
        return found.t.lo, found.t.hi
    most = scale.width * (2 if kind in ("two_way", "more") else 1)
    return max(found.t.lo, -most), min(found.t.hi, most)


def corrected(findings: Sequence[FactorialFinding]) -> list[FactorialFinding]:
    """The findings with the verdict on each part; p is corrected over all of them together."""
    family = [part for one in findings for part in one.parts if part.kind in FAMILY]
    known = [part.p_signflip if part.p_t is None else part.p_t for part in family]
    found = iter(holm(known, declared=len(family)))
    made = []
    for one in findings:
        parts = tuple(
            _judged(part, next(found)) if part.kind in FAMILY else part for part in one.parts
        )
        made.append(one.model_copy(update={"parts": parts, "tests": len(family)}))
    return made


def _judged(part: Part, holm_p: float | None) -> Part:
    shown = is_shown(part.interval, part.p_signflip, len(part.scenario_values), holm_p)
    return part.model_copy(update={"holm_p": holm_p, "shown": shown})
