"""How far people and judges agree on labelled turns, in words and as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from harness.analysis.label_agreement import ACTS, LabelAgreement
from harness.report.tables import print_table, shown
from harness.report.wording import MISSING, counted, plain

if TYPE_CHECKING:
    from rich.console import Console

HEADINGS: Final = (
    "who",
    "marks",
    "turns",
    "both / first\n/ second",
    "kappa",
    "alpha",
    "of the first's,\nthe second's too",
    "and the other\nway round",
)
NOBODY: Final = "No two have read the same turns, so there is no agreement to show."
NOTE: Final = (
    "kappa (Cohen) and alpha (Krippendorff, nominal) of the turns that were drawn, in which a "
    "judge found something more often than elsewhere: 1 is full agreement, 0 that of chance. The "
    "last two are of marks with their issue, weighted back to all turns. 95% intervals over "
    "dialogues; none of fewer than five."
)


def people_sentences(people: Mapping[str, tuple[int, int]]) -> list[str]:
    """Who labelled how much, a sentence each."""
    return [
        f"{who} has labelled {counted(turns - left, 'turn')}"
        + (f", and left out {left:,}" if left else "")
        + "."
        for who, (turns, left) in people.items()
    ]


def label_rows(agreements: Sequence[LabelAgreement]) -> list[tuple[str, ...]]:
    """One row for two readers and one thing that is marked."""
    return [
        (
            f"{one.first} - {'the judge ' if one.judge else ''}{one.second}",
            ACTS[one.act],
            f"{one.turns:,}",
            f"{one.both:,} / {one.only_first:,} / {one.only_second:,}",
            _within(one.kappa, one.kappa_interval),
            _within(one.alpha, one.alpha_interval),
            _within(one.found, one.found_interval),
            _within(one.right, one.right_interval),
        )
        for one in agreements
    ]


def print_labels(
    people: Mapping[str, tuple[int, int]],
    agreements: Sequence[LabelAgreement],
    console: Console,
) -> None:
    """Print who labelled how much, and how far they agree."""
    for sentence in people_sentences(people):
        console.print(shown(sentence))
    if not agreements:
        console.print(shown(NOBODY))
        return
    console.print()
    print_table(console, HEADINGS, label_rows(agreements), names=(2, 3, 4, 5, 6, 7), right=(2,))
    console.print()
    console.print(shown(NOTE, style="dim"))


def _within(value: float | None, ends: tuple[float, float] | None) -> str:
    if value is None:
        return MISSING
    return plain(value) + ("" if ends is None else f" [{plain(ends[0])}, {plain(ends[1])}]")
