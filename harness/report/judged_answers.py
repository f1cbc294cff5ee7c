"""What judges answered about a dialogue by rubric files, with the words that each answer rests on.

It is taken from the details of scores, which stand in a file of the run: nothing of it is taken for
granted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from harness.evaluators.base import Measure
from harness.evaluators.judges import whose
from harness.evaluators.scales import PREFIX
from harness.records.score import Score
from harness.report.tables import shown
from harness.visible import shortened

if TYPE_CHECKING:
    from rich.console import Console

NO_ANSWER: Final = "no answer"
QUOTE: Final = 300
"""Characters of a quote that are shown."""
UNCALIBRATED: Final = "uncalibrated"
UNCORRECTED: Final = "uncorrected"
"""What is known of a judge, as :func:`~harness.evaluators.judges.whose` has it."""
NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True)
class Answer:
    """The answer to one question.

    Attributes:
        judge: Its address.
        evaluator: Of the rubric.
        item: The question.
        answer: The answer, or that there is none and why.
        quotes: Number of a turn, or of a paragraph of an article, and the words.
    """

    judge: str
    evaluator: str
    item: str
    answer: str
    quotes: tuple[tuple[int, str], ...]


def answers_in(scores: Iterable[Score]) -> Iterator[Answer]:
    """What every judge answered, rubric by rubric.

    Args:
        scores: Of one dialogue.
    """
    for score in scores:
        if not score.evaluator.startswith(PREFIX):
            continue
        for judge in _dicts(score.detail.get("judges")):
            answers, undecided = judge.get("answers"), judge.get("undecided")
            why = undecided if isinstance(undecided, dict) else {}
            for item, one in (answers if isinstance(answers, dict) else {}).items():
                if isinstance(one, dict):
                    yield _answer(str(judge.get("judge", "")), score.evaluator, item, one, why)


def _answer(
    judge: str, evaluator: str, item: str, one: dict[str, Any], why: dict[str, Any]
) -> Answer:
    found = one.get("answer")
    said = str(found) if found is not None else f"{NO_ANSWER}: {why.get(item, 'no verdict')}"
    quotes = tuple(
        (quote["at"], str(quote.get("text", "")))
        for quote in _dicts(one.get("quotes"))
        if isinstance(quote.get("at"), int)
    )
    return Answer(judge, evaluator, item, said, quotes)


def _dicts(found: object) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def print_answers(
    scores: Iterable[Score],
    console: Console,
    definitions: Mapping[str, Measure] = NOTHING,
    known: Mapping[str, Collection[str]] = NOTHING,
) -> None:
    """Print them: silent where there are none. What is not known of a judge is said of all its
    answers at once, or of those that it holds for.

    Args:
        scores: Of one dialogue.
        definitions: ``evaluator.measure`` -> what it is, in the run.
        known: ``evaluator.measure`` -> judges to whose answers a calibration fits.
    """
    by_judge: dict[tuple[str, str], list[Answer]] = {}
    for one in answers_in(scores):
        by_judge.setdefault((one.evaluator, one.judge), []).append(one)
    for (evaluator, judge), answers in by_judge.items():
        left = [one for one in answers if not _errors_known(one, definitions, known)]
        said = UNCALIBRATED if len(left) == len(answers) else UNCORRECTED
        console.print()
        title = f"{evaluator}, by judge {judge}, {said}"
        console.print(shown(title, "bold"), soft_wrap=True)
        for one in answers:
            mark = f" ({UNCALIBRATED})" if one in left and said != UNCALIBRATED else ""
            console.print(shown(f"  {one.item}: {one.answer}{mark}"), soft_wrap=True)
            for at, text in one.quotes:
                quote = f"    [{at}] “{shortened(text, QUOTE)}”"
                console.print(shown(quote, "dim"), soft_wrap=True)


def _errors_known(
    one: Answer, definitions: Mapping[str, Measure], known: Mapping[str, Collection[str]]
) -> bool:
    measure = f"{one.evaluator}.{one.item}"
    definition = definitions.get(measure)
    corrected = definition is not None and whose(definition) == UNCORRECTED
    return corrected or one.judge in known.get(measure, ())
