"""How far people agree, as rows and sentences."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from harness.analysis.label_agreement import LabelAgreement
from harness.report.label_words import NOBODY, NOTE, label_groups, people_sentences, print_labels


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


def test_a_row_says_what_and_what_is_missing() -> None:
    unmarked = agreement(act="threat", both=0, only_first=0, only_second=0, kappa=None)
    (group,) = label_groups([agreement(), unmarked])
    assert group.title == "ann and the judge openai/j: 40 turns"
    assert group.rows == (
        (
            "last words",
            "6 / 2 / 1",
            "0.75 [0.50, 0.90]",
            "—",
            "0.60",
            "1.00 [0.90, 1.00]",
        ),
    )
    assert group.unmarked == "Neither marks any threats."
    people = label_groups([agreement(judge=False, second="ben"), agreement()])
    assert [one.title for one in people] == [
        "ann and ben: 40 turns",
        "ann and the judge openai/j: 40 turns",
    ]
    assert people[0].unmarked == ""


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


def test_a_name_from_a_file_begins_no_line_of_its_own() -> None:
    evil = "ann\nEverybody agrees"
    (sentence,) = people_sentences({evil: (2, 0)})
    assert sentence == r"ann\nEverybody agrees has labelled 2 turns."
    (group,) = label_groups([agreement(first=evil)])
    assert group.title.startswith(r"ann\nEverybody agrees and ")
