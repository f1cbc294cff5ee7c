"""How far people agree, as rows and sentences."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from harness.analysis.label_agreement import LabelAgreement
from harness.report.label_words import NOBODY, NOTE, label_rows, people_sentences, print_labels


def agreement(**fields: Any) -> LabelAgreement:
    known: dict[str, Any] = {
        "first": "ann",
        "second": "openai/j",
        "judge": True,
        "act": "final",
        "turns": 40,
        "both": 6,
        "only_first": 2,
        "only_second": 1,
        "kappa": 0.75,
        "kappa_interval": (0.5, 0.9),
        "alpha": None,
        "alpha_interval": None,
        "found": 0.6,
        "found_interval": None,
        "right": 1.0,
        "right_interval": (0.9, 1.0),
    }
    return LabelAgreement(**(known | fields))


def test_a_row_says_who_and_what_and_what_is_missing() -> None:
    (row,) = label_rows([agreement()])
    assert row == (
        "ann - the judge openai/j",
        "last words",
        "40",
        "6 / 2 / 1",
        "0.75 [0.50, 0.90]",
        "—",
        "0.60",
        "1.00 [0.90, 1.00]",
    )
    assert label_rows([agreement(judge=False, second="ben")])[0][0] == "ann - ben"


def test_who_labelled_how_much() -> None:
    assert people_sentences({"ann": (40, 3), "ben": (1, 0)}) == [
        "ann has labelled 37 turns, and left out 3.",
        "ben has labelled 1 turn.",
    ]


def test_names_are_shown_as_they_are() -> None:
    console = Console(record=True, width=200)
    print_labels({"[red]ann": (2, 0)}, [agreement(first="[red]ann")], console)
    said = console.export_text()
    assert "[red]ann has labelled 2 turns." in said
    assert NOTE[:40] in said


def test_one_person_alone_agrees_with_nobody() -> None:
    console = Console(record=True, width=200)
    print_labels({"ann": (2, 0)}, [], console)
    assert NOBODY in console.export_text()
