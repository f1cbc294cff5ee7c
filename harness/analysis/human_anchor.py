"""How far readers are moved, held against answers of a few people.

Models that stand in for readers get the direction of a change of mind mostly right and its size
wrong. So their answers say sign and rank. A size is said only where people have answered the same
questions on some of the disputes: what the models are off by there corrects the mean everywhere.

That is the prediction-powered estimate of a mean (Angelopoulos, Bates, Fannjiang, Jordan and
Zrnic, Science 382, 2023, 669-674): with ``y`` what people said and ``f`` what the models said on n
disputes, and ``f'`` the models on the N others,

    theta = mean(f') + mean(y - f)      se^2 = var(f') / N + var(y - f) / n

A model that is off by the same everywhere, however far, leaves no bias; one that knows nothing
costs width and no more. The paper's interval is the normal one, for hundreds of answers. Of a few
disputes it is too short, so Student's distribution with Welch's degrees of freedom stands in its
place; with many the two are the same. As everywhere, the dispute is the unit: answers to the
options of one dispute are no independent evidence. The disputes on which people were asked must be
a random part of those that were played.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from harness.analysis.intervals import ALPHA, ClusterT, cluster_t, t_quantile
from harness.analysis.observations import ROUNDING, finite_vector
from harness.errors import InputError, UsageError
from harness.evaluators.readers import pairs_of
from harness.files.yamlfile import read_text
from harness.records.readership import ReadershipRecord

COLUMNS: Final = ("scenario", "issue", "option", "party", "before", "after")
"""Of a file of answers; ``reader`` and ``arm`` may stand beside them. Others are not read."""
READER: Final = "reader"
ARM: Final = "arm"
MOST: Final = 100.0
"""Largest cost that a person may give, as a reader may."""
FEWEST: Final = 2
"""Disputes with answers of people, and others, from which there is an interval."""
_MARK: Final = "\ufeff"
"""What spreadsheets write before the first line."""
Direction = Literal["cheaper", "dearer"]
DIRECTIONS: Final[Mapping[Direction, tuple[str, float]]] = {
    "cheaper": ("u", 1.0),
    "dearer": ("o", -1.0),
}
"""What claim C11 predicts -> the seat whose principal's values it is about, and their sign."""


@dataclass(frozen=True)
class Change:
    """How one answer to one question changed.

    Attributes:
        scenario: Id of the dispute.
        party: Principal whose loss was asked for.
        issue, option: What was asked about.
        change: Value after less before, in [-1, 1]: a cost that falls by 30 of 100 is +.3.
        reader: Id of the reader; of people, the id or the side of the readers that they stand for,
            empty for all of them.
        side: Where the reader stands; empty for people.
        arm: Of people, the arm whose readers they stand for; empty where nobody says.
    """

    scenario: str
    party: str
    issue: str
    option: str
    change: float
    reader: str = ""
    side: str = ""
    arm: str = ""

    @property
    def asked(self) -> tuple[str, str, str, str]:
        """The question."""
        return self.scenario, self.party, self.issue, self.option


@dataclass(frozen=True)
class People:
    """What people answered, as a file of theirs has it.

    Attributes:
        changes: One an answer.
        missing: Lines without an answer before, or after.
    """

    changes: tuple[Change, ...]
    missing: int


@dataclass(frozen=True)
class Powered:
    """A prediction-powered mean.

    Attributes:
        mean: The estimate.
        lo, hi: Its interval; None where one of the two parts is a single value.
        labelled: Values with a label, n.
        unlabelled: Values without one, N.
    """

    mean: float
    lo: float | None
    hi: float | None
    labelled: int
    unlabelled: int


@dataclass(frozen=True)
class Anchored:
    """A mean shift of readers, corrected by what people answered.

    Attributes:
        corrected: The prediction-powered estimate, over all questions; None where nobody has
            answered any that was asked of the models. Where people have answered every question it
            is their mean.
        uncorrected: The models alone, over all disputes; None for fewer than two disputes.
        people: People alone, over the disputes on which they answered; None for fewer than two.
        answers: Of people, that were used.
        unmatched: Of people, to what no model was asked.
    """

    corrected: Powered | None
    uncorrected: ClusterT | None
    people: ClusterT | None
    answers: int
    unmatched: int


def ppi_mean(
    labels: ArrayLike, predictions: ArrayLike, others: ArrayLike, *, level: float = 1 - ALPHA
) -> Powered:
    """The prediction-powered mean.

    Args:
        labels: ``(n,)``, n >= 1, true values.
        predictions: ``(n,)``, what was predicted of the same.
        others: ``(N,)``, what was predicted where there is no label. With N = 0 the labels speak
            for themselves.
        level: Coverage, in (0, 1).

    Raises:
        UsageError: Values that are not finite, of unequal number, or none.
    """
    y = finite_vector(labels, "the labels")
    f = finite_vector(predictions, "the predictions")
    rest = finite_vector(others, "the other predictions")
    if len(y) != len(f):
        raise UsageError(f"{len(f)} predictions cannot be held against {len(y)} labels")
    if not len(y):
        raise UsageError("nothing can be corrected without a label")
    parts = [y - f, rest] if len(rest) else [y]
    mean = math.fsum(float(part.mean()) for part in parts)
    lo, hi = _interval(mean, parts, level)
    return Powered(mean, lo, hi, len(y), len(rest))


def anchored(
    models: Iterable[Change],
    people: Iterable[Change],
    seats: Mapping[str, Mapping[str, str]],
    direction: Direction,
    *,
    level: float = 1 - ALPHA,
) -> Anchored:
    """The mean shift of readers in one direction of claim C11, over options and then disputes.

    Each answer of people is held against the mean of the models on the same question, of the
    readers that they stand for. What the models are off by there corrects them on the questions of
    the same dispute that no person was asked.

    Args:
        models: What model readers changed, in all epochs.
        people: What people changed.
        seats: Scenario -> seat -> its principal, as it was played.
        direction: What C11 predicts, counted positive.
    """
    seat, sign = DIRECTIONS[direction]
    wanted = _about(seats, seat)
    asked = [one for one in models if wanted(one)]
    by_question: dict[tuple[str, str, str, str], list[Change]] = {}
    for one in asked:
        by_question.setdefault(one.asked, []).append(one)
    matched: dict[str, list[tuple[float, float]]] = {}
    answers = unmatched = 0
    for said in filter(wanted, people):
        there = [one for one in by_question.get(said.asked, ()) if _stands_for(said, one)]
        if not there:
            unmatched += 1
            continue
        answers += 1
        mean = math.fsum(one.change for one in there) / len(there)
        matched.setdefault(said.scenario, []).append((sign * said.change, sign * mean))
    pairs = {name: np.mean(found, axis=0).tolist() for name, found in matched.items()}
    own = {name: sign * mean for name, mean in _means(asked).items()}
    corrected = None
    if pairs:
        others = [mean for name, mean in own.items() if name not in pairs]
        predicted = [own[name] for name in pairs]
        right = [own[name] + y - f for name, (y, f) in pairs.items()]
        corrected = ppi_mean(right, predicted, others, level=level)
    return Anchored(
        corrected=corrected,
        uncorrected=cluster_t(list(own.values()), level=level) if own else None,
        people=cluster_t([y for y, _ in pairs.values()], level=level) if pairs else None,
        answers=answers,
        unmatched=unmatched,
    )


def changes_of(asked: Sequence[ReadershipRecord]) -> list[Change]:
    """What the readers of an episode changed, of those who have answered before and after.

    A twin with exchanged chairs is another dispute: :func:`anchored` takes the changes of one twin.
    """
    pairs, _ = pairs_of(asked)
    scenario = asked[0].spec.scenario if asked else ""
    return [
        Change(
            scenario=scenario,
            party=party,
            issue=issue,
            option=option,
            change=pair.after.values[party][issue][option] - value,
            reader=pair.reader.id,
            side=pair.reader.side,
        )
        for pair in pairs
        for party, issues in pair.before.values.items()
        for issue, options in issues.items()
        for option, value in options.items()
    ]


def read_people(path: Path) -> People:
    """Answers of people, from a CSV file with a line an answer and the columns :data:`COLUMNS`.

    ``before`` and ``after`` are costs from 0 to 100, as readers give them; a line with an empty one
    is missing, and counted. ``reader``, where it stands there, names the reader of the panel, or
    the side, that the person stands for, and ``arm`` the arm of the suite.

    Raises:
        InputError: It cannot be read, or a line is wrong; names the line.
    """
    rows = csv.DictReader(io.StringIO(read_text(path).removeprefix(_MARK), newline=""), strict=True)
    changes: list[Change] = []
    missing = 0
    try:
        lacking = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
        if lacking:
            raise InputError(
                f"the file of answers has no column {lacking[0]!r}",
                where=f"{path}:1",
                fix=f"its first line must name {', '.join(COLUMNS)}; "
                f"{READER} and {ARM} may stand beside it",
            )
        for row in rows:
            where = f"{path}:{rows.line_num}"
            before, after = (_cost(row, name, where) for name in ("before", "after"))
            if before is None or after is None:
                missing += 1
                continue
            scenario, issue, option, party = (_named(row, name, where) for name in COLUMNS[:4])
            changes.append(
                Change(
                    scenario=scenario,
                    party=party,
                    issue=issue,
                    option=option,
                    change=(before - after) / MOST,
                    reader=(row.get(READER) or "").strip(),
                    arm=(row.get(ARM) or "").strip(),
                )
            )
    except csv.Error as error:
        raise InputError(
            f"this is no line of a CSV file: {error}",
            where=f"{path}:{rows.line_num + 1}",
            fix="save it as comma-separated values",
        ) from error
    return People(tuple(changes), missing)


def _interval(
    mean: float, parts: Sequence[np.ndarray], level: float
) -> tuple[float | None, float | None]:
    """Welch's interval of a sum of means of independent samples."""
    if any(len(part) < FEWEST for part in parts):
        return None, None
    spreads = [(float(part.var(ddof=1)) / len(part), len(part) - 1) for part in parts]
    total = math.fsum(spread for spread, _ in spreads)
    if math.sqrt(total) <= ROUNDING * max(1.0, abs(mean)):
        return mean, mean
    free = total**2 / math.fsum(spread**2 / df for spread, df in spreads)
    half = t_quantile((1 + level) / 2, max(1, math.floor(free + ROUNDING))) * math.sqrt(total)
    return mean - half, mean + half


def _about(seats: Mapping[str, Mapping[str, str]], seat: str) -> Callable[[Change], bool]:
    return lambda one: seats.get(one.scenario, {}).get(seat) == one.party


def _stands_for(person: Change, model: Change) -> bool:
    return person.reader in ("", model.reader, model.side)


def _means(changes: Iterable[Change]) -> dict[str, float]:
    """Scenario -> mean change."""
    found: dict[str, list[float]] = {}
    for one in changes:
        found.setdefault(one.scenario, []).append(one.change)
    return {name: math.fsum(values) / len(values) for name, values in found.items()}


def _named(row: Mapping[str, str | None], name: str, where: str) -> str:
    value = (row[name] or "").strip()
    if not value:
        raise InputError(f"no {name} is named", where=where, fix=f"fill in the column {name!r}")
    return value


def _cost(row: Mapping[str, str | None], name: str, where: str) -> float | None:
    value = (row[name] or "").strip()
    if not value:
        return None
    try:
        cost = float(value)
    except ValueError:
        cost = math.nan
    if not 0 <= cost <= MOST:
        raise InputError(
            f"{name} is {value[:40]!r}, and no cost from 0 to {MOST:g}",
            where=where,
            fix="give what the person said; leave it empty where nothing was said",
        )
    return cost
