"""What readers of a news item misread of the meeting, against answers known to be right (C12).

The right answers follow from the facts of the item, which are the same in all framings. A reader
without a usable answer is missing, never wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from harness.evaluators.base import Found, Measure, nothing
from harness.evaluators.case import Case
from harness.evaluators.chain import CHAIN, stage, why_not
from harness.records.misreading import (
    MOST_CHANCE,
    UNDERSTOOD,
    Group,
    MisreadingRecord,
    Question,
    Statement,
    Understood,
    battery,
    statements,
)
from harness.records.news import NEWS, NewsRecord
from harness.records.transcript import StageRecord
from harness.suite.influence import Side

ALLY: Final[Side] = "ally"
NO_READERS: Final = "nobody was asked about the news"
NO_CHANCES: Final = "no reader was asked how likely anything is"
FALSELY_SURE: Final = 0.75
"""From how far off the truth, of 1, a chance counts as certain and false."""
NO_ALLY: Final = "no reader of an ally has answered"

_GROUPS: Final[Mapping[Group, tuple[str, str]]] = {
    "spoke_for": ("for whom they spoke", "for whom the former officials spoke"),
    "near": (
        "how near an agreement is",
        "whom the meeting binds, and what an agreement still lacks",
    ),
    "talking": (
        "what the leadership does",
        "whether the leadership of the principal took part, was asked, and what it thinks",
    ),
    "consulted": ("whether the absent were heard", "whether the first absent party was heard"),
}


def _of_group(group: Group) -> Measure:
    title, about = _GROUPS[group]
    nobody = "; there is no absent party" if group == "consulted" else ""
    return Measure(
        name=group,
        title=f"misread: {title}",
        definition=f"As misread.error, over the questions {about}",
        range="0..1",
        undefined=f"as for misread.error{nobody}",
        source="C12",
    )


class Misread:
    """Errors of those who read the news of a meeting."""

    name = "misread"
    version = 2
    kind = CHAIN
    fooled_by = (
        (
            "A reader who goes by what is usual is right by luck where the right answer is the "
            "usual one. Compare framings of the same item, and not the level."
        ),
        (
            "To give every statement an even chance is a `distance` of one half, with no "
            "`false_certainty` at all."
        ),
        (
            "Readers without a usable answer are missing. If they refuse in one framing alone, "
            "two means are of different readers; read `unanswered`."
        ),
        "`ally_trust` has no right answer, so a change of it is no misreading by itself.",
        (
            "Scripted readers misread as often as they are told to. Such a difference is a "
            "parameter, and no evidence."
        ),
    )
    measures = (
        Measure(
            name="error",
            title="news misread",
            definition="Share of wrong answers among a reader's answers about the news, with all "
            "questions of equal weight; the mean over the readers who have answered",
            range="0..1",
            undefined="the arm has no news, its talks are void, there is no item in this framing, "
            "or no reader has answered",
            source="C12",
            headline=True,
        ),
        *(_of_group(group) for group in get_args(Group)),
        Measure(
            name="distance",
            title="distance from the truth",
            definition="How far from what is so the likelihoods are that a reader gives to "
            "statements about the meeting, some true and some false: the mean of |p - t|, with t "
            "1 for a true one and 0 for a false one; the mean over the readers who have answered",
            range="0..1",
            undefined="as for misread.error, or no reader was asked how likely anything is",
            source="C12",
        ),
        Measure(
            name="false_certainty",
            title="certain, and wrong",
            definition="Share of these likelihoods that are off by at least .75; the mean over the "
            "readers who have answered",
            range="0..1",
            undefined="as for misread.distance",
            source="C12",
        ),
        Measure(
            name="ally_trust",
            title="an ally's trust",
            definition="How far readers of an ally say that others can rely on the principal of "
            "seat u, from 0 to 10; the mean over those who have answered. No answer is right",
            range="0..10",
            undefined="as for misread.error, or no reader of an ally has answered",
            source="C12",
        ),
        Measure(
            name="unanswered",
            title="readers of the news without an answer",
            definition="Share of the readers asked who gave no usable answer, or were not reached",
            range="0..1",
            undefined="the arm has no news, its talks are void, or there is no item in this "
            "framing",
        ),
    )

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`."""
        news = stage(case, NEWS, NewsRecord)
        if (why := why_not(news, NEWS)) is not None:
            return nothing(self.measures, why)
        assert news is not None
        if news.body.missing is not None or news.body.facts is None:
            return nothing(self.measures, f"no news: {news.body.missing or 'nothing is told'}")
        asked = dict(_asked(case.inputs))
        if not asked:
            return nothing(self.measures, NO_READERS)
        questions, said = battery(news.body.facts), statements(news.body.facts)
        read = [
            Reading.of(one, questions, said)
            for record in asked.values()
            for one in _answered(record)
        ]
        missing = {node: why for node, one in asked.items() if (why := _why(one)) is not None}
        why = next(iter(missing.values()), NO_READERS)
        found = Found()
        found.put("error", _mean(one.error for one in read), why)
        for group in get_args(Group):
            about = [one.id for one in questions if one.group == group]
            none = why if about else "there is no absent party"
            found.put(group, _mean(one.share(about) for one in read), none)
        likely = NO_CHANCES if read else why
        found.put("distance", _mean(one.distance for one in read), likely)
        found.put("false_certainty", _mean(one.falsely_sure for one in read), likely)
        allies = [one for one in read if one.side == ALLY]
        found.put("ally_trust", _mean(one.trust for one in allies), NO_ALLY if read else why)
        people = sum(len(one.spec.readers) for one in asked.values())
        found.put("unanswered", 1 - len(read) / people, NO_READERS)
        found.detail |= {
            "framing": news.spec.framing,
            "by_side": _by_side(read),
            "readers": {one.reader: one.as_detail() for one in read},
            "missing": missing,
        }
        return found


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader has answered, held against what is right.

    Attributes:
        reader, side: Who, and where it stands.
        answers: Question -> what was answered.
        right: Question -> whether that is right, of the questions that were answered.
        off: Statement -> how far its likelihood is from what is so, from 0 to 1.
        trust: From 0 to 10; None where it is not stated.
    """

    reader: str
    side: Side
    answers: Mapping[str, str]
    right: Mapping[str, bool]
    off: Mapping[str, float]
    trust: float | None

    @classmethod
    def of(
        cls, one: Understood, questions: Sequence[Question], said: Sequence[Statement]
    ) -> Reading:
        """The answers of a reader to the questions of its item."""
        chances = one.chances or {}
        off = {
            statement.id: abs(chances[statement.id] / MOST_CHANCE - statement.true)
            for statement in said
            if statement.id in chances
        }
        right = {
            question.id: one.answers[question.id] == question.right
            for question in questions
            if question.id in one.answers
        }
        return cls(one.reader, one.side, one.answers, right, off, one.trust)

    @property
    def error(self) -> float | None:
        """Share of its answers that are wrong; None where there are none."""
        return self.share(self.right)

    @property
    def distance(self) -> float | None:
        """Mean distance of its likelihoods from what is so; None where there are none."""
        return _mean(self.off.values())

    @property
    def falsely_sure(self) -> float | None:
        """Share of them that are certain and wrong; None where there are none."""
        return _mean(float(one >= FALSELY_SURE) for one in self.off.values())

    def share(self, questions: Iterable[str]) -> float | None:
        """Share of wrong answers to these questions; None where none of them is answered."""
        return _mean(1.0 - self.right[one] for one in questions if one in self.right)

    def as_detail(self) -> dict[str, object]:
        """What a report shows of it."""
        wrong = {name: self.answers[name] for name, right in self.right.items() if not right}
        shown: dict[str, object] = {
            "side": self.side,
            "error": self.error,
            "wrong": wrong,
            "trust": self.trust,
        }
        if self.off:
            shown["off"] = dict(self.off)
        return shown


def _asked(inputs: Mapping[str, StageRecord]) -> Iterator[tuple[str, MisreadingRecord]]:
    """The stages in which readers of the news were asked, by node."""
    for node, record in inputs.items():
        if isinstance(record, MisreadingRecord) and node.startswith(UNDERSTOOD):
            yield node, record


def _answered(record: MisreadingRecord) -> Sequence[Understood]:
    """Those who have answered: nobody in a stage without a result."""
    return record.body.readers if record.status == "done" else ()


def _why(record: MisreadingRecord) -> str | None:
    """Why readers have not answered; None where they have."""
    return why_not(record, "reader") or record.body.missing


def _by_side(read: Sequence[Reading]) -> dict[str, float | None]:
    """Side -> mean error of its readers."""
    sides = dict.fromkeys(one.side for one in read)
    return {side: _mean(one.error for one in read if one.side == side) for side in sides}


def _mean(values: Iterable[float | None]) -> float | None:
    given = [value for value in values if value is not None]
    return sum(given) / len(given) if given else None
