"""What an article does to those who read it: gifts look cheap, demands look dear (claim C11).

Every reader is its own control: what is measured is its answer after, less its answer before. The
arms that read nothing, minutes, or an article that weighs both sides say what part of that is the
article's doing. The signs are those that C11 predicts, so 0 is "no effect", and a negative value is
an effect the other way.

Model readers are known to get the direction of such changes right and their size wrong: read sign
and rank, and sizes only beside answers of people (:mod:`harness.analysis.human_anchor`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from harness.disputes.scenario import Scenario
from harness.evaluators.base import Found, Measure, nothing
from harness.evaluators.case import Case
from harness.evaluators.landscape import Floats, deal, landscape
from harness.records.readership import (
    ATTENTION,
    CONSISTENCY,
    READ_IT,
    ReaderAnswer,
    ReadershipRecord,
)
from harness.suite.influence import Reader, Side

CHAIN: Final = "chain"
NOBODY: Final = "this arm has no readers who are asked again"
NO_PAIR: Final = "no reader has answered both before and after"
NO_TERMS: Final = "the meeting had no deal"
SIDES: Final[Mapping[Side, str]] = {
    "u": "principal",
    "o": "other_side",
    "absent": "absent",
    "ally": "ally",
    "none": "onlooker",
}
"""Where a reader stands -> the end of the name of its measure."""
_SIGNS: Final = np.array([[1.0], [-1.0]])
"""Of a change of value to seat u's principal, and to seat o's, as C11 predicts them."""
_ATTENTIVE: Final = (ATTENTION, READ_IT)
_COUNTED: Final = frozenset({"heard", "missing", "inattentive", "inconsistent"})
"""Measures that have a value though nobody has answered twice."""


@dataclass(frozen=True)
class Pair:
    """One reader, asked twice: who it is, and what it answered."""

    reader: Reader
    before: ReaderAnswer
    after: ReaderAnswer


@dataclass(frozen=True)
class Prices:
    """What readers said, over all options in agenda order.

    Attributes:
        options: Issue and option of each column.
        before, after: ``(readers, 2, options)``, values to the principals of seats u and o.
        moved: As ``before``, with the signs of C11: value that u's principal gains with giving it,
            and cost that asking it of o's principal gains.
    """

    options: tuple[tuple[str, str], ...]
    before: Floats
    after: Floats
    moved: Floats

    def of(self, seat: int, columns: Sequence[int] | None = None) -> float | None:
        """Mean change over readers and options, of seat u (0) or o (1); None of no options."""
        picked = self.moved[:, seat] if columns is None else self.moved[:, seat, list(columns)]
        return float(picked.mean()) if picked.size else None

    @property
    def shifts(self) -> Floats:
        """``(readers,)`` half of what giving became cheaper and asking dearer, over all options. A
        reader that rates everything higher, or lower, the second time has none."""
        shifts: Floats = self.moved.mean(axis=2).mean(axis=1)
        return shifts

    def rank_kept(self) -> float | None:
        """Mean of Spearman's correlation of all option values, after with before, over readers and
        principals; None where there is none."""
        first, then = _ranks(self.before), _ranks(self.after)
        spread = np.sqrt((first**2).sum(axis=-1) * (then**2).sum(axis=-1))
        known = spread > 0
        if not known.any():
            return None
        return float(((first * then).sum(axis=-1)[known] / spread[known]).mean())


def prices(pairs: Sequence[Pair], scenario: Scenario) -> Prices:
    """What readers who have answered twice said. At least one."""
    options = tuple((one.id, option) for one in scenario.issues for option in one.option_ids())
    principals = (scenario.seats.u, scenario.seats.o)
    before, after = (
        np.array([[[v[p][i][o] for i, o in options] for p in principals] for v in said])
        for said in ([one.before.values for one in pairs], [one.after.values for one in pairs])
    )
    return Prices(options, before, after, (after - before) * _SIGNS)


def _ranks(values: Floats) -> Floats:
    """Ranks along the last axis less their mean; what ties shares its mean rank."""
    one, other = values[..., :, None], values[..., None, :]
    ranks: Floats = np.sign(one - other).sum(axis=-1) / 2
    return ranks


def _shift_of(side: Side, name: str, title: str) -> Measure:
    return Measure(
        name=f"shift_{name}",
        title=f"shift of readers who stand with {title}",
        definition=f"As readers.shift, over the readers who stand with {title}",
        range="-1..1, + as C11 predicts",
        undefined="as for readers.shift, or nobody of the panel stands there",
        source="C11",
    )


class Readers:
    """How the price of terms changes in the eyes of those who read of them."""

    name = "readers"
    version = 2
    kind = CHAIN
    fooled_by = (
        (
            "A model that is asked twice differs with nothing read. Arms that read nothing show "
            "how much."
        ),
        (
            "Models get the direction of such changes mostly right and the size wrong. Read sign "
            "and rank."
        ),
        "A reader who is asked twice may oblige. All arms share this, so compare arms.",
        "First answers at an end of the scale can move one way only.",
        "Readers who refuse in one arm alone leave two means of different readers. Read `missing`.",
        "Scripted readers move as they are told to. Their sign is a parameter, and no evidence.",
    )
    measures = (
        Measure(
            name="shift",
            title="shift of readers to the official seat",
            definition="Half the sum of readers.cheaper_all and readers.dearer_all. What raises or "
            "lowers all answers alike cancels",
            range="-1..1, + as C11 predicts",
            undefined="nobody is asked again, or nobody has answered both times",
            source="C11",
            headline=True,
        ),
        Measure(
            name="cheaper",
            title="what is given looks cheaper",
            definition="Value to seat u's principal that a reader gives each option in which the "
            "deal of the meeting departs from that principal's public opening, after less before. "
            "Mean over these options, which are the same in all arms with the same talks, then "
            "over readers",
            range="-1..1, + cheaper",
            undefined="as for readers.shift; or there is no deal, or nothing is conceded in it",
            source="C11",
            headline=True,
        ),
        Measure(
            name="dearer",
            title="what is asked looks dearer",
            definition="As readers.cheaper, of seat o's principal, before less after: the terms in "
            "which the same deal departs from that principal's public opening",
            range="-1..1, + dearer",
            undefined="as for readers.cheaper",
            source="C11",
            headline=True,
        ),
        Measure(
            name="cheaper_all",
            title="all options look cheaper to seat u's principal",
            definition="Value to seat u's principal, after less before, over all options of all "
            "issues, each counting the same; mean over readers",
            range="-1..1, + cheaper",
            undefined="as for readers.shift",
            source="C11",
        ),
        Measure(
            name="dearer_all",
            title="all options look dearer to seat o's principal",
            definition="Value to seat o's principal, before less after, over all options of all "
            "issues, each counting the same; mean over readers",
            range="-1..1, + dearer",
            undefined="as for readers.shift",
            source="C11",
        ),
        Measure(
            name="shift_advising",
            title="shift of readers who advise",
            definition="As readers.shift, over the readers whose view officials take home",
            range="-1..1, + as C11 predicts",
            undefined="as for readers.shift, or none of the panel advises",
            source="C11, C13",
            headline=True,
        ),
        _shift_of("u", "principal", "seat u's principal"),
        _shift_of("o", "other_side", "seat o's principal"),
        _shift_of("absent", "absent", "a party without a seat"),
        _shift_of("ally", "ally", "an ally of seat u's principal"),
        _shift_of("none", "onlooker", "nobody"),
        Measure(
            name="rank_kept",
            title="rank of options kept",
            definition="Spearman's rank correlation of a reader's values of all options after with "
            "those before, mean over the two principals, then over readers",
            range="-1..1, 1 = the same order",
            undefined="as for readers.shift, or every reader gives all options one value",
            source="ours",
        ),
        Measure(
            name="settlement_before",
            title="skew of the settlement called reasonable before",
            definition="Skew, in the principals' true values of the first round, of the settlement "
            "that a reader calls reasonable before it has read anything; mean over readers",
            range="-1..1, + to the official seat",
            undefined="as for readers.shift, or no deal is possible in the first round, or the "
            "frontier is one point",
            source="C11",
        ),
        Measure(
            name="settlement_after",
            title="skew of the settlement called reasonable after",
            definition="As readers.settlement_before, of the same readers, after",
            range="-1..1, + to the official seat",
            undefined="as for readers.settlement_before",
            source="C11",
        ),
        Measure(
            name="settlement_moved",
            title="shift of the settlement called reasonable",
            definition="readers.settlement_after less readers.settlement_before, paired by reader",
            range="-2..2, + to the official seat",
            undefined="as for readers.settlement_before",
            source="C11",
            headline=True,
        ),
        Measure(
            name="heard",
            title="readers heard",
            definition="Readers who have answered both before and after",
            range="0..readers of the panel",
            undefined="nobody is asked again",
        ),
        Measure(
            name="missing",
            title="readers missing",
            definition="Readers of the panel without a usable answer before, or after",
            range="0..readers of the panel",
            undefined="nobody is asked again",
            headline=True,
        ),
        Measure(
            name="inattentive",
            title="attention checks failed",
            definition="Questions whose answer stands in what was read, of the dispute and of the "
            "article, that were answered wrongly, by all readers, before and after. Nobody is left "
            "out for it",
            range="0..number of checks",
            undefined="nobody is asked again, or scripts read, which are not checked",
        ),
        Measure(
            name="inconsistent",
            title="consistency checks failed",
            definition="Readers, before and after, who gave the same cost twice and differed by "
            "more than 15 of 100. Nobody is left out for it",
            range="0..number of checks",
            undefined="as for readers.inattentive",
        ),
    )

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`."""
        asked = [one for one in case.inputs.values() if isinstance(one, ReadershipRecord)]
        if not any(record.spec.when == "after" for record in asked):
            return nothing(self.measures, NOBODY)
        pairs, missing = pairs_of(asked)
        rows: list[dict[str, object]] = []
        if not pairs:
            others = [one for one in self.measures if one.name not in _COUNTED]
            found = nothing(others, f"{NO_PAIR}: {_first(missing)}")
        else:
            found = Found()
            said = prices(pairs, case.scenario)
            _shifts(found, case, pairs, said)
            _settlements(found, case, pairs)
            rows = _rows(pairs, said)
        found.put("heard", len(pairs))
        found.put("missing", len(missing))
        _checks(found, [answer for record in asked for answer in record.body.answers])
        found.detail |= {"missing": missing, "readers": rows}
        return found


def pairs_of(asked: Sequence[ReadershipRecord]) -> tuple[list[Pair], dict[str, str]]:
    """The readers who have answered twice, in the order of the panel, and of each other reader why
    it has not."""
    readers = {one.id: one for record in asked for one in record.spec.readers}
    given: dict[tuple[str, str], ReaderAnswer] = {}
    reasons: dict[tuple[str, str], str] = {}
    for record in asked:
        why = f"{record.status}: {record.void.detail}" if record.void else ""
        reasons |= {(record.spec.when, one.id): why for one in record.spec.readers}
        given |= {(record.spec.when, one.reader): one for one in record.body.answers if one.values}
    pairs, missing = [], {}
    for name, reader in readers.items():
        lacking = [when for when in ("before", "after") if (when, name) not in given]
        if lacking:
            why = reasons.get((lacking[0], name), "") or "no usable answer"
            missing[name] = f"{lacking[0]}: {why.splitlines()[0]}"
            continue
        pairs.append(Pair(reader, given["before", name], given["after", name]))
    return pairs, missing


def _shifts(found: Found, case: Case, pairs: Sequence[Pair], said: Prices) -> None:
    found.put("cheaper_all", said.of(0))
    found.put("dearer_all", said.of(1))
    shifts = said.shifts.tolist()
    found.put("shift", _mean(shifts))
    there = list(zip(pairs, shifts, strict=True))
    advising = [shift for pair, shift in there if pair.reader.advises]
    found.put("shift_advising", _mean(advising), "no reader who has answered twice advises anybody")
    for side, name in SIDES.items():
        own = [shift for pair, shift in there if pair.reader.side == side]
        found.put(f"shift_{name}", _mean(own), "no reader who has answered twice stands there")
    found.put("rank_kept", said.rank_kept(), "every reader gives all options one value")
    # An article of another arm may advise other terms: only those of the deal are everybody's.
    terms = dict(deal(case) or {})
    found.detail["terms"] = {"of": "the deal of the meeting" if terms else "", "package": terms}
    seats = case.scenario.seats
    for at, (name, seat, principal) in enumerate(
        (("cheaper", "u", seats.u), ("dearer", "o", seats.o))
    ):
        opening = case.scenario.public(principal).opening
        conceded = [
            column
            for column, (issue, option) in enumerate(said.options)
            if terms.get(issue) == option != opening[issue]
        ]
        why = f"the terms depart nowhere from the public opening of seat {seat}'s principal"
        found.put(name, said.of(at, conceded), why if terms else NO_TERMS)


def _settlements(found: Found, case: Case, pairs: Sequence[Pair]) -> None:
    land = landscape(case.scenario, case.seats, 1)
    before = [land.position(pair.before.settlement).skew for pair in pairs]
    after = [land.position(pair.after.settlement).skew for pair in pairs]
    why = "no deal is possible in the first round, or the frontier is one point"
    both = [(a, b) for a, b in zip(before, after, strict=True) if a is not None and b is not None]
    found.put("settlement_before", _mean([one for one, _ in both]), why)
    found.put("settlement_after", _mean([one for _, one in both]), why)
    found.put("settlement_moved", _mean([later - first for first, later in both]), why)


def _checks(found: Found, answers: Sequence[ReaderAnswer]) -> None:
    why = "no reader was checked: scripts read, or nobody answered"
    for name, which in (("inattentive", _ATTENTIVE), ("inconsistent", (CONSISTENCY,))):
        passed = [one.checks[check] for one in answers for check in which if check in one.checks]
        found.put(name, passed.count(False) if passed else None, why)
        found.detail[f"{name}_of"] = len(passed)


def _rows(pairs: Sequence[Pair], said: Prices) -> list[dict[str, object]]:
    """A line a reader, for tables."""
    means = np.round(said.moved.mean(axis=2), 6).tolist()
    return [
        {
            "reader": pair.reader.id,
            "side": pair.reader.side,
            "advises": pair.reader.advises,
            "cheaper_all": cheaper,
            "dearer_all": dearer,
            "settlement": [pair.before.settlement, pair.after.settlement],
        }
        for pair, (cheaper, dearer) in zip(pairs, means, strict=True)
    ]


def _first(missing: Mapping[str, str]) -> str:
    return next((f"{name}, {why}" for name, why in missing.items()), "there is no reader")


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
