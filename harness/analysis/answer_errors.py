"""Which answers a judge takes for which, and on which transcripts it errs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.analysis.answer_reads import AnswerRead, known
from harness.analysis.judge_reads import Erred
from harness.analysis.known_readings import first_of


@dataclass(frozen=True)
class AnswerTable:
    """How often each answer to a question was given where each was right.

    Attributes:
        answers: Ids, in the order of the scale: rows are true answers, columns those given.
        counts: ``(answers, answers)``, both seats together.
        missing: ``(answers,)``, questions without a verdict where each answer was right.
    """

    answers: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    missing: tuple[int, ...]


def table_of(reads: Iterable[AnswerRead], item: str) -> AnswerTable | None:
    """The table of an item; None where its truth is not known.

    Args:
        reads: One a transcript.
        item: As the rubric has it of each seat alike.
    """
    asked = [one for read in reads for one in known(read, item)]
    if not asked:
        return None
    answers = asked[0].answers
    pairs = [(one.truth, one.given) for one in asked]
    return AnswerTable(
        answers=answers,
        counts=tuple(tuple(pairs.count((true, given)) for given in answers) for true in answers),
        missing=tuple(pairs.count((true, None)) for true in answers),
    )


@dataclass(frozen=True)
class ErredAnswers(Erred):
    """A transcript on which a judge errs that answers questions.

    Attributes:
        missed, false: How many answers are too far down the scale, and too far up.
        missing: Questions without a verdict.
    """

    missing: int = 0

    @property
    def said(self) -> str:
        """See :attr:`~harness.analysis.judge_reads.Erred.said`."""
        parts = {"too low": self.missed, "too high": self.false, "without a verdict": self.missing}
        return ", ".join(f"{count} {words}" for words, count in parts.items() if count)


def most_wrong(reads: Sequence[AnswerRead]) -> list[ErredAnswers]:
    """The transcripts as they are written on which the first reading errs or gives no verdict, the
    worst first: by the number of such answers, then by how far they lie off."""
    found = []
    for one in first_of(reads).values():
        asked = known(one)
        errors = [own.error for own in asked if own.error]
        missing = sum(own.given is None for own in asked)
        if errors or missing:
            low = sum(error < 0 for error in errors)
            far = sum(map(abs, errors))
            erred = ErredAnswers(one.record, one.transcript, low, len(errors) - low, missing)
            found.append((-len(errors) - missing, -far, erred.transcript, erred))
    return [erred for *_, erred in sorted(found, key=lambda entry: entry[:3])]
