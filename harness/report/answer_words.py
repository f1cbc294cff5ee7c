"""How far people and judges agree on questions about whole records, in words and as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from harness.analysis.agreement import LEAST_CLUSTERS
from harness.analysis.answer_agreement import AnswerAgreement, AnswersBy, Differing
from harness.report.tables import print_table, shown
from harness.report.wording import MISSING, counted, plain, signed
from harness.visible import visible_line

if TYPE_CHECKING:
    from rich.console import Console

HEADINGS: Final = (
    "question",
    "answered\nby both",
    "the\nsame",
    "left\nopen",
    "kappa",
    "alpha",
    "the second's\nless the first's",
)
NOBODY: Final = "No two have answered about the same records, so there is no agreement to show."
NOTE: Final = (
    "A question about each seat counts once for each. kappa (Cohen) is of the answers, alpha "
    "(Krippendorff, interval) of their places on the scale; where they have none it is nominal. 1 "
    "is full agreement, 0 that of chance. Where all answers are the same there is none: that is no "
    "agreement beyond chance. The last column is in units of the scale. 95% intervals over "
    f"scenarios; none of fewer than {LEAST_CLUSTERS}."
)


LISTED: Final = 12
"""Questions on which people differ that a terminal shows."""


class AnswerGroup(NamedTuple):
    """Two readers of the same records.

    Attributes:
        title: Who they are, and by what they judged.
        rows: One a question.
    """

    title: str
    rows: tuple[tuple[str, ...], ...]


def answer_sentences(people: Sequence[AnswersBy]) -> list[str]:
    """Who answered how much, a sentence each."""
    return [
        f"{visible_line(one.who)} has answered {counted(one.answers, 'question')} about "
        f"{counted(one.records, 'record')} by {one.rubric}"
        + (f", and left {one.missing:,} open" if one.missing else "")
        + "."
        for one in people
    ]


def answer_groups(agreements: Sequence[AnswerAgreement]) -> list[AnswerGroup]:
    """Every two readers of a rubric, with its questions."""
    by_pair: dict[tuple[str, str, str, bool], list[AnswerAgreement]] = {}
    for one in agreements:
        by_pair.setdefault((one.rubric, one.first, one.second, one.judge), []).append(one)
    return [
        AnswerGroup(
            title=visible_line(f"{first} and {'the judge ' if judge else ''}{second}, by {rubric}"),
            rows=tuple(map(_row, own)),
        )
        for (rubric, first, second, judge), own in by_pair.items()
    ]


def print_answers(
    people: Sequence[AnswersBy], agreements: Sequence[AnswerAgreement], console: Console
) -> None:
    """Print who answered how much, and how far they agree."""
    for sentence in answer_sentences(people):
        console.print(shown(sentence))
    if not agreements:
        console.print(shown(NOBODY))
        return
    for group in answer_groups(agreements):
        console.print()
        console.print(shown(group.title, "bold"))
        print_table(console, HEADINGS, group.rows, names=range(len(HEADINGS)))
    console.print()
    console.print(shown(NOTE, style="dim"))


def print_differing(found: Sequence[Differing], run: str, console: Console) -> None:
    """Print on which questions people differ, the farthest apart first: silent where on none.

    Args:
        run: Its folder, for the command that shows a record.
    """
    if not found:
        return
    console.print()
    console.print(shown(f"People differ on {counted(len(found), 'answer')}", "bold"))
    rows = [
        (one.record, one.item, ", ".join(f"{who}: {said}" for who, said in one.answers.items()))
        for one in found[:LISTED]
    ]
    print_table(console, ("record", "question", "answers"), rows, names=(0, 1, 2))
    left = len(found) - len(rows)
    more = f" {left:,} more are in --json." if left else ""
    said = (
        f"The farthest apart come first.{more} Read one with: track15 show {run} {found[0].record}"
    )
    console.print(shown(said, style="dim"))


def _row(one: AnswerAgreement) -> tuple[str, ...]:
    return (
        one.item.replace("_", " "),
        f"{one.answers:,}",
        f"{one.same:,}",
        f"{one.missing:,}",
        _within(one.kappa, one.kappa_interval),
        _within(one.alpha, one.alpha_interval),
        MISSING if one.off is None else signed(one.off),
    )


def _within(value: float | None, ends: tuple[float, float] | None) -> str:
    if value is None:
        return MISSING
    return plain(value) + ("" if ends is None else f" [{plain(ends[0])}, {plain(ends[1])}]")
