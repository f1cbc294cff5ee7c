"""What judges answered about a dialogue by rubric files, with the words that each answer rests on.

It is taken from the details of scores, which stand in a file of the run: nothing of it is taken for
granted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from harness.evaluators.scales import PREFIX
from harness.records.score import Score
from harness.report.tables import shown
from harness.visible import shortened

if TYPE_CHECKING:
    from rich.console import Console

NO_ANSWER: Final = "no answer"
QUOTE: Final = 300
"""Characters of a quote that are shown."""


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


def print_answers(scores: Iterable[Score], console: Console) -> None:
    """Print them: silent where there are none."""
    last = ("", "")
    for one in answers_in(scores):
        if (one.judge, one.evaluator) != last:
            last = one.judge, one.evaluator
            title = f"{one.evaluator}, by judge {one.judge}, uncalibrated"
            console.print()
            console.print(shown(title, "bold"), soft_wrap=True)
        console.print(shown(f"  {one.item}: {one.answer}"), soft_wrap=True)
        for at, text in one.quotes:
            console.print(shown(f"    [{at}] “{shortened(text, QUOTE)}”", "dim"), soft_wrap=True)
