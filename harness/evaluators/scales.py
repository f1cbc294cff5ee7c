"""What a rubric file comes to: the place of every answer on its scale.

The measures are those of the rubric that the judge was asked, which is in the record. So a rubric
of a user's own is measured like those that ship.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from harness.disputes.scenario import Scenario
from harness.evaluators.base import Found, Measure, nothing
from harness.evaluators.case import Case
from harness.evaluators.chain import CHAIN, why_not
from harness.evaluators.judges import by_judge, judgements_by, of_judges, of_reading
from harness.plans.rubric import INSTRUCTS, TO_JUDGE
from harness.plans.rubric_file import RubricFile
from harness.records.judgement import JudgedItem, JudgementRecord, Quote, Rubric, Verdict
from harness.records.publication import ARTICLE as WRITTEN
from harness.records.spec import TALKS

PREFIX: Final = "rubric_"
"""How evaluators of rubric files are called, so that none takes the name of another evaluator."""
PARTIES: Final[Mapping[str, str]] = {"o": "the official seat", "u": "the other seat"}
"""What the parties are called where a question is told of all scenarios. Questions say "the other
side" themselves."""
_WORD: Final = re.compile(r"[^\W_]+")
_TWO: Final = 2
_YES_NO: Final = "yes/no"
_IN_A_ROW: Final = 3
"""Words that two quotes must share in a row to be the same words."""
OTHER_VERSION: Final = "the rubric did not ask this when the record was judged"
_SEAT: Final[Mapping[str, str]] = {"_o": ", official seat", "_u": ", other seat"}
_UNDEFINED: Final = (
    "nobody has judged it by this rubric, no judgement of it can be used, or several judges "
    "judged it"
)
_SPEAKS: Final = Measure(
    name=INSTRUCTS,
    title="speaks to its judge",
    definition="Whether something that was read speaks to whoever evaluates it: 1 yes, 0 no. "
    "Answers that rest on those words alone are left out",
    range=_YES_NO,
    undefined="; or there is no verdict on it",
    needs=(),
)
_OF_READING: Final = (
    Measure(
        name="undecided",
        title="questions without a verdict",
        definition="Share of the rubric's questions on which there is no verdict: the judge "
        "abstained, none of its quotes occurs, or they are words to the judge",
        range="0..1",
        undefined="",
        needs=(),
    ),
    Measure(
        name="rejected",
        title="quotes thrown away",
        definition="Number of the judge's quotes that do not occur, or are words to the judge",
        range="0..",
        undefined="",
        needs=(),
    ),
)

OWN: Final = frozenset({INSTRUCTS, *(one.name for one in _OF_READING), "unusable"})
"""Measures of every such evaluator, which say how much of the judgements stands."""


def evaluator_name(rubric: str) -> str:
    """What the evaluator of a rubric is called."""
    return PREFIX + re.sub(r"[^a-z0-9]", "_", rubric)


@dataclass(frozen=True)
class Scales:
    """The evaluator of one rubric file.

    Attributes:
        rubric: Its id.
        version: Of the rubric.
        measures: One for each question and seat, and how much of the judgements stands.
        kind: Of the records that it reads.
    """

    fooled_by: ClassVar[tuple[str, ...]] = (
        "A judge may follow names, or the order of answers: `--swap` asks with either exchanged.",
        "A judge may believe what a delegation says of itself, or to its judge.",
    )
    rubric: str
    version: int
    measures: tuple[Measure, ...]
    kind: str

    @property
    def name(self) -> str:
        """See :class:`~harness.evaluators.base.Evaluator`."""
        return evaluator_name(self.rubric)

    @property
    def asked(self) -> tuple[str, ...]:
        """The questions, by the name of their measure."""
        return tuple(one.name for one in self.measures if one.name not in OWN)

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`. Of several judges ``detail`` has each
        one's figures, and no figure of theirs is averaged."""
        if self.kind == CHAIN and (why := why_not(case.inputs.get(WRITTEN), "article")):
            return nothing(self.measures, why)
        return of_judges(
            self.measures,
            judgements_by(case, self.rubric),
            f"nobody has judged it by this rubric: track15 score RUN --judge MODEL "
            f"--rubric {self.rubric}",
            self._figures,
        )

    def _figures(self, record: JudgementRecord) -> Found:
        """What the verdicts of a judge come to, with the quotes that they rest on."""
        verdicts = verdicts_of(record)
        items = {item.id: item for item in record.spec.rubric.items}
        found = Found()
        for name in self.asked:
            item, verdict = items.get(name), verdicts.get(name)
            if item is None or verdict is None or item.scale is None:
                found.put(name, None, OTHER_VERSION)
                continue
            found.put(name, _value_of(item, verdict.answer), _why(verdict))
        instructs = verdicts.get(INSTRUCTS)
        answer = None if instructs is None else instructs.answer
        said = None if answer is None else answer == "yes"
        found.put(INSTRUCTS, said, OTHER_VERSION if instructs is None else _why(instructs))
        missing = {name: _why(one) for name, one in verdicts.items() if one.answer is None}
        found.put("undecided", len(missing) / len(verdicts) if verdicts else 0.0)
        found.put("rejected", float(sum(len(one.rejected) for one in verdicts.values())))
        found.detail["answers"] = {
            name: {
                "answer": one.answer,
                "quotes": [{"at": quote.at, "text": quote.text} for quote in one.quotes],
            }
            for name, one in verdicts.items()
        }
        found.detail["undecided"] = missing
        return found


def verdicts_of(record: JudgementRecord) -> dict[str, Verdict]:
    """Item -> verdict of a judgement, without those that rest on nothing but words to the judge.

    What counts are the words and not their passage: whoever speaks to the judge in a statement
    would else take all that he says in it out of the record.
    """
    found = {one.item: one for one in record.body.verdicts}
    speaks = found.get(INSTRUCTS)
    if speaks is None or speaks.answer != "yes":
        return found
    return {
        item: one if one is speaks else _without(one, speaks.quotes) for item, one in found.items()
    }


def _without(verdict: Verdict, to_judge: Sequence[Quote]) -> Verdict:
    """A verdict without the quotes that share words with some; without its answer where it has lost
    all of them."""
    kept = tuple(one for one in verdict.quotes if not any(_share(one, words) for words in to_judge))
    if len(kept) == len(verdict.quotes):
        return verdict
    taken = tuple(one.text for one in verdict.quotes if one not in kept)
    rejected = (*verdict.rejected, *taken)
    if kept or verdict.answer is None:
        return replace(verdict, quotes=kept, rejected=rejected)
    return Verdict(item=verdict.item, rejected=rejected, problem=TO_JUDGE)


def _share(one: Quote, other: Quote) -> bool:
    """Whether two quotes of a passage have words in common: some in a row, or all of one."""
    if one.at != other.at:
        return False
    first, second = (_WORD.findall(quote.text.casefold()) for quote in (one, other))
    length = min(_IN_A_ROW, len(first), len(second))
    runs = [
        {tuple(words[n : n + length]) for n in range(len(words) - length + 1)}
        for words in (first, second)
    ]
    return bool(runs[0] & runs[1])


def place_of(item: JudgedItem, answer: str | None) -> float | None:
    """The place of an answer on the scale of its item: from 0 to 1, or from -1 to 1 where the scale
    runs from one party to the other; None without an answer.

    Args:
        item: With its answers in the order in which the rubric has them.
    """
    ids = [one.id for one in item.answers]
    if answer is None or answer not in ids:
        return None
    share = ids.index(answer) / (len(ids) - 1)
    return 2 * share - 1 if item.scale == "direction" else share


def _value_of(item: JudgedItem, answer: str | None) -> float | bool | None:
    """What an answer is worth: its place, or of two answers whether it is the last."""
    place = place_of(item, answer)
    return place if place is None or _range_of(item) != _YES_NO else place > 0


def _why(verdict: Verdict) -> str:
    if verdict.answer is not None:
        return "the answer is none of this question's"  # where it has no place
    return verdict.problem or "no verdict"


def scales_of(rubric: Rubric, scenario: Scenario, kind: str = TALKS) -> Scales | None:
    """The evaluator of a rubric as a judge was asked it; None where no question has a scale.

    Args:
        scenario: In the twin that was judged: its names stand for the parties of every scenario.
        kind: Of the records that it reads.
    """
    names = {
        scenario.principals[party].name: PARTIES[seat]
        for seat, party in (("o", scenario.seats.o), ("u", scenario.seats.u))
    }
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
    return _scales(
        rubric.id,
        rubric.version,
        rubric.items,
        kind,
        lambda text: pattern.sub(lambda name: names[name[0]], text),
    )


def scales_in(file: RubricFile) -> Scales:
    """The evaluator of a rubric file."""
    kind = TALKS if file.head.for_ == "talks" else CHAIN
    items = tuple(file.asked(PARTIES))
    found = _scales(file.head.id, file.head.version, items, kind, str)
    assert found is not None
    return found


def _scales(
    rubric: str, version: int, items: Sequence[JudgedItem], kind: str, told: Callable[[str], str]
) -> Scales | None:
    measures = tuple(_measures(rubric, items, told))
    if not measures:
        return None
    said = tuple(replace(by_judge(one, _UNDEFINED), needs=()) for one in (*measures, _SPEAKS))
    counted = tuple(of_reading(one, _UNDEFINED) for one in _OF_READING)
    unusable = Measure(
        name="unusable",
        title="judgements without a usable reply",
        definition="Share of the judgements by this rubric, of all judges, in which the judge "
        "refused or gave no usable answer",
        range="0..1",
        undefined="nobody has judged it by this rubric",
        needs=(),
    )
    return Scales(rubric, version, (*said, *counted, unusable), kind)


def _range_of(item: JudgedItem) -> str:
    """What values the places of its answers can have. Of two answers one is so or it is not, and
    a mean of their places is a share."""
    if item.scale == "direction":
        return "-1..1"
    return _YES_NO if len(item.answers) == _TWO else "0..1"


def _measures(
    rubric: str, items: Sequence[JudgedItem], told: Callable[[str], str]
) -> Iterator[Measure]:
    for item in items:
        if item.scale is None:
            continue
        steps = "; ".join(
            f"{place_of(item, one.id):.2g} {told(one.text).rstrip('.')}" for one in item.answers
        )
        seat = next((words for end, words in _SEAT.items() if item.id.endswith(end)), "")
        name = (item.id[:-2] if seat else item.id).replace("_", " ")
        yield Measure(
            name=item.id,
            title=f"{rubric}: {name}{seat}",
            definition=f"{told(item.question)} {steps}",
            range=_range_of(item),
            undefined="; or the judge abstained, or none of its quotes counts",
            needs=(),
        )
