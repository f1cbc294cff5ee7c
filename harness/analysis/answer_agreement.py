"""How far people who answered the same questions about the same records agree, with one another and
with the judge.

A question that is asked about each seat counts once for each. What a reader leaves open is no
answer: it is counted, and no agreement is made of it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from pydantic import BaseModel, ConfigDict

from harness.analysis.agreeing import agreeing
from harness.analysis.agreement import Agreed, cohen_kappa, krippendorff_alpha

Interval = tuple[float, float]
_SEAT: Final = re.compile(r"(?P<what>.+?)_(?P<seat>[ou])(?:_[0-9]+)?")


@dataclass(frozen=True)
class Answer:
    """An answer to a question.

    Attributes:
        id: Of the answer.
        place: On the scale of the question, in [-1, 1]; None where it has none.
    """

    id: str
    place: float | None


@dataclass(frozen=True)
class RecordReading:
    """What one reader answered about one record.

    Attributes:
        who: The person, or the address of the judge.
        rubric: By its id.
        digest: Of the words in which the questions were asked: readers of others are not compared.
        record: Its id.
        scenario: Of the record.
        answers: Item -> the answer; None where the reader left it open.
        judge: Whether the reader is a judge.
    """

    who: str
    rubric: str
    digest: str
    record: str
    scenario: str
    answers: Mapping[str, Answer | None]
    judge: bool = False


class AnswerAgreement(BaseModel):
    """How far two readers agree on one question.

    Attributes:
        rubric: By its id.
        first, second: The readers; of a person and a judge, the person first.
        judge: Whether the second is a judge.
        item: The question, as the rubric has it of each seat alike.
        answers: Times that both answered it.
        missing: Times that it was put to both, and one of them left it open.
        same: Of ``answers``, those that are the same.
        kappa, kappa_interval: Cohen's, of the answers, with its 95 % interval over scenarios; None
            where it is undefined, or the interval cannot be told.
        alpha, alpha_interval: Krippendorff's: of the places on the scale, which lie evenly apart;
            nominal where the answers have none.
        off: Mean place of the second less that of the first, in units of the scale; None without.
    """

    model_config = ConfigDict(frozen=True)

    rubric: str
    first: str
    second: str
    judge: bool
    item: str
    answers: int
    missing: int
    same: int
    kappa: float | None
    kappa_interval: Interval | None
    alpha: float | None
    alpha_interval: Interval | None
    off: float | None


class Differing(BaseModel):
    """A question about one record that people answer otherwise than one another.

    Attributes:
        rubric: By its id.
        record: Its id.
        item: The question, of the seat that it is about.
        answers: Who -> the answer, of all who gave one.
        apart: The largest distance of their places, in units of the scale; None without places.
    """

    model_config = ConfigDict(frozen=True)

    rubric: str
    record: str
    item: str
    answers: dict[str, str]
    apart: float | None


class AnswersBy(BaseModel):
    """What one person answered by one rubric.

    Attributes:
        who: The person.
        rubric: By its id.
        records: About which something was answered or left open.
        answers: Given.
        missing: Questions that were left open.
    """

    model_config = ConfigDict(frozen=True)

    who: str
    rubric: str
    records: int
    answers: int
    missing: int


def split_seat(item: str) -> tuple[str, str]:
    """What an item asks, and the seat that it asks about, ``o`` or ``u``; empty for none."""
    found = _SEAT.fullmatch(item)
    return (found["what"], found["seat"]) if found else (item, "")


def answer_agreements(readings: Sequence[RecordReading]) -> tuple[AnswerAgreement, ...]:
    """Every two people, and every person with every judge, rubric by rubric; two judges are not
    compared."""
    found = []
    for rubric in dict.fromkeys(one.rubric for one in readings):
        by_reader: dict[tuple[bool, str], dict[tuple[str, str], RecordReading]] = {}
        for one in readings:
            if one.rubric == rubric:
                by_reader.setdefault((one.judge, one.who), {})[one.record, one.digest] = one
        for first, second in combinations(sorted(by_reader), 2):
            if first[0]:
                continue
            common = sorted(by_reader[first].keys() & by_reader[second].keys())
            pairs = [(by_reader[first][key], by_reader[second][key]) for key in common]
            found += _agreements(pairs)
    return tuple(found)


def differing(readings: Sequence[RecordReading]) -> tuple[Differing, ...]:
    """Where people differ, the farthest apart first; what judges answered is no part of it."""
    by_question: dict[tuple[str, str, str, str], dict[str, Answer]] = {}
    for one in readings:
        for item, answer in one.answers.items() if not one.judge else ():
            if answer is not None:
                key = (one.rubric, one.digest, one.record, item)
                by_question.setdefault(key, {})[one.who] = answer
    found = []
    for (rubric, _, record, item), told in by_question.items():
        if len({one.id for one in told.values()}) < 2:
            continue
        places = [one.place for one in told.values() if one.place is not None]
        apart = max(places) - min(places) if len(places) == len(told) else None
        answers = {who: one.id for who, one in told.items()}
        found.append(
            Differing(rubric=rubric, record=record, item=item, answers=answers, apart=apart)
        )
    return tuple(sorted(found, key=lambda one: -(one.apart or 0.0)))


def _agreements(pairs: Sequence[tuple[RecordReading, RecordReading]]) -> list[AnswerAgreement]:
    """Of two readers, question by question."""
    both: dict[str, dict[str, list[tuple[Answer, Answer]]]] = {}
    missing: dict[str, int] = {}
    for one, other in pairs:
        for item in (name for name in one.answers if name in other.answers):
            what, _ = split_seat(item)
            a, b = one.answers[item], other.answers[item]
            missing.setdefault(what, 0)
            if a is None or b is None:
                missing[what] += 1
            else:
                both.setdefault(what, {}).setdefault(one.scenario, []).append((a, b))
    first, second = pairs[0] if pairs else (None, None)
    if first is None or second is None:
        return []
    return [
        _agreement(first, second, what, list(both.get(what, {}).values()), left)
        for what, left in missing.items()
    ]


def _agreement(
    first: RecordReading,
    second: RecordReading,
    item: str,
    clusters: Sequence[Sequence[tuple[Answer, Answer]]],
    missing: int,
) -> AnswerAgreement:
    told = [pair for cluster in clusters for pair in cluster]
    names = [[(one.id, other.id) for one, other in cluster] for cluster in clusters]
    kappa = agreeing(names, cohen_kappa)
    placed = [
        [
            (one.place, other.place)
            for one, other in cluster
            if one.place is not None and other.place is not None
        ]
        for cluster in clusters
    ]
    apart = [other - one for cluster in placed for one, other in cluster]
    if told and len(apart) == len(told):
        alpha = agreeing(placed, lambda units: krippendorff_alpha(units, "interval"))
    else:
        apart = []
        ids = sorted({name for cluster in names for pair in cluster for name in pair})
        number = {name: float(at) for at, name in enumerate(ids)}
        alpha = agreeing(
            [[(number[a], number[b]) for a, b in cluster] for cluster in names],
            krippendorff_alpha,
        )
    return AnswerAgreement(
        rubric=first.rubric,
        first=first.who,
        second=second.who,
        judge=second.judge,
        item=item,
        answers=len(told),
        missing=missing,
        same=sum(one.id == other.id for one, other in told),
        kappa=kappa.value,
        kappa_interval=_ends(kappa),
        alpha=alpha.value,
        alpha_interval=_ends(alpha),
        off=math.fsum(apart) / len(apart) if apart else None,
    )


def _ends(found: Agreed) -> Interval | None:
    return None if found.low is None or found.high is None else (found.low, found.high)
