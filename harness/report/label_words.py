"""How far people and judges agree on labelled turns, in words and as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from harness.analysis.agreement import LEAST_CLUSTERS
from harness.analysis.label_agreement import LabelAgreement
from harness.errors import counted
from harness.plans.prose_ledger import ACTS
from harness.report.tables import print_table, shown
from harness.report.wording import MISSING, plain
from harness.visible import visible_line

if TYPE_CHECKING:
    from rich.console import Console

HEADINGS: Final = (
    "marks",
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
    f"dialogues; none of fewer than {LEAST_CLUSTERS}."
)


def people_sentences(people: Mapping[str, tuple[int, int]]) -> list[str]:
    """Who labelled how much, a sentence each."""
    return [
        f"{visible_line(who)} has labelled {counted(turns - left, 'turn')}"
        + (f", and left out {left:,}" if left else "")
        + "."
        for who, (turns, left) in people.items()
    ]


class Group(NamedTuple):
    """Two readers of the same turns.

    Attributes:
        title: Who they are, and how many turns both have read.
        rows: One for each thing that one of them marks.
        unmarked: What neither marks, in a sentence; empty where there is nothing of the kind.
    """

    title: str
    rows: tuple[tuple[str, ...], ...]
    unmarked: str


def label_groups(agreements: Sequence[LabelAgreement]) -> list[Group]:
    """Every two readers, with what they mark."""
    by_pair: dict[tuple[str, str, bool], list[LabelAgreement]] = {}
    for one in agreements:
        by_pair.setdefault((one.first, one.second, one.judge), []).append(one)
    found = []
    for (first, second, judge), own in by_pair.items():
        none = [ACTS[one.act] for one in own if not one.both + one.only_first + one.only_second]
        turns = counted(own[0].turns, "turn")
        found.append(
            Group(
                title=visible_line(f"{first} and {'the judge ' if judge else ''}{second}: {turns}"),
                rows=tuple(_row(one) for one in own if ACTS[one.act] not in none),
                unmarked=f"Neither marks any {', '.join(none)}." if none else "",
            )
        )
    return found


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
    for group in label_groups(agreements):
        console.print()
        console.print(shown(group.title, "bold"))
        if group.rows:
            print_table(console, HEADINGS, group.rows, names=range(len(HEADINGS)))
        if group.unmarked:
            console.print(shown(group.unmarked, "dim"))
    console.print()
    console.print(shown(NOTE, style="dim"))


def _row(one: LabelAgreement) -> tuple[str, ...]:
    return (
        ACTS[one.act],
        f"{one.both:,} / {one.only_first:,} / {one.only_second:,}",
        _within(one.kappa, one.kappa_interval),
        _within(one.alpha, one.alpha_interval),
        _within(one.found, one.found_interval),
        _within(one.right, one.right_interval),
    )


def _within(value: float | None, ends: tuple[float, float] | None) -> str:
    if value is None:
        return MISSING
    return plain(value) + ("" if ends is None else f" [{plain(ends[0])}, {plain(ends[1])}]")
