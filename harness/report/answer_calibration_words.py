"""How good a judge is at questions on scales, at the terminal: item by item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from harness.analysis.answer_account import AnswerAccount
from harness.analysis.answer_errors import AnswerTable
from harness.report.calibration_figures import cell, of
from harness.report.tables import print_table, shown

if TYPE_CHECKING:
    from rich.console import Console

    from harness.analysis.agreement import Agreed

COLUMNS: Final[Mapping[str, str]] = {
    "right": "right",
    "right.plain": "in plain talk",
    "right.devious": "in devious talk",
    "sensitivity": "sees what is there",
    "specificity": "sees nothing where nothing is",
}
"""Figure of an item -> what it is of: shares of the answers."""
AGREEMENT: Final[Mapping[str, str]] = {
    "alpha": "alpha (interval)",
    "alpha_ordinal": "alpha (ordinal)",
    "kappa": "kappa",
    "error": "too far up the scale",
    "missing": "without a verdict",
}
"""Other figures of an item: Krippendorff's alpha of the places, Cohen's kappa of the answers."""
LEANINGS: Final[Mapping[str, str]] = {
    "label": "too far up the scale for the party of one name, less the other",
    "order": "drawn towards the answer that is listed first, as a share of the scale",
    "speaker": "too far up for the party that speaks first, less the other",
    "seat": "too far up for the official seat, less the other",
    "label_changes": "share of answers that change when names are exchanged",
    "order_changes": "share of answers that change with the order of questions and answers",
    "paraphrase_right": "share of right answers in other words, less that as written",
    "verbosity_right": "the same with talk that changes nothing",
}
"""Leaning -> what it is of."""
SIGNED: Final = frozenset(LEANINGS) - {"label_changes", "order_changes"} | {"error"}
"""Figures that may be on either side of 0."""
DIRECTED: Final = (
    "On a scale from one party to the other, up is towards the official seat, and a lean counts "
    "as one to the party that it favours."
)
MISSING_HEAD: Final = "no verdict"


def answer_counts(account: AnswerAccount) -> str:
    """What is missing, in a sentence."""
    return (
        f"{account.read:,} with a usable first reading as written; {account.unusable:,} readings "
        f"unusable, {account.abstained:,} questions without a verdict, {account.rejected:,} quotes "
        "thrown away. What is missing is neither right nor wrong, and never the mildest answer."
    )


def print_answers(account: AnswerAccount, console: Console) -> None:
    """Print the figures of each item, which answers are taken for which, leanings and stability."""
    print_table(console, ["question", *COLUMNS.values()], rows(account, COLUMNS), names=(0,))
    console.print()
    print_table(console, ["question", *AGREEMENT.values()], rows(account, AGREEMENT), names=(0,))
    console.print()
    for item, table in account.tables.items():
        headings, lines = confusion(table)
        print_table(
            console,
            [f"{item}: right \\ given", *headings],
            lines,
            names=(0,),
            right=range(1, len(headings) + 1),
        )
        console.print()
    print_table(console, ["leaning, stability", ""], others(account), names=(1,))
    if any("direction" in own for own in account.items.values()):
        console.print(shown(DIRECTED))


def rows(account: AnswerAccount, columns: Mapping[str, str]) -> list[list[str]]:
    """A row for all questions, and one for each whose answers are known."""
    whole: dict[str, Agreed] = {**account.agreement}
    for manner, own in account.per_kind.items():
        whole[f"right.{manner}"] = own["right"]
    named = {"all": whole, **{item: own for item, own in account.items.items() if own}}
    return [
        [item, *(cell(own.get(name), signed=name in SIGNED) for name in columns)]
        for item, own in named.items()
        if any(name in own for name in columns)
    ]


def confusion(table: AnswerTable) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of which answers were given (columns) where which were right (rows)."""
    names = [answer.replace("_", " ") for answer in table.answers]
    return [*names, MISSING_HEAD], [
        [true, *map(str, row), str(missing)]
        for true, row, missing in zip(names, table.counts, table.missing, strict=True)
    ]


def others(account: AnswerAccount) -> list[list[str]]:
    """A row for each leaning, and for how far readings of the same words are the same."""
    stable = {"same": "share of readings of the same words with the same answer"}
    for name in account.stability:
        if name != "same":
            item = name.partition(".")[2]
            stable[name] = f"alpha (interval) of such readings: {item}"
    directed = {
        f"direction.{item}": f"right party, where both say that one gives more: {item}"
        for item, own in account.items.items()
        if "direction" in own
    }
    ways = {f"direction.{item}": own.get("direction") for item, own in account.items.items()}
    return [
        *of({name: one for name, one in ways.items() if one is not None}, directed),
        *of(account.bias, LEANINGS, SIGNED),
        *of(account.stability, stable),
    ]
