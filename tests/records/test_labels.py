"""Labels of people: one a line, the last of a turn counts, and a stranger's file is data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from harness.errors import RecordError
from harness.records.folder import LABELS
from harness.records.judgement import Quote, Rubric, Verdict
from harness.records.labels import Label, add_labels, asked_digest, read_labels

TALKS = "0123456789abcdef"


def label(turn: int = 3, who: str = "ann", **changes: Any) -> Label:
    fields: dict[str, Any] = {
        "record": TALKS,
        "rubric": "prose-ledger",
        "version": 1,
        "who": who,
        "at": [turn],
        "sampled": {turn: 0.25},
    }
    return Label.model_validate(fields | changes)


FOUND = (Verdict(item="threat", answer="leave", quotes=(Quote(text="we go", at=3),)),)


def test_what_is_added_is_read_and_the_last_answer_counts(tmp_path: Path) -> None:
    assert read_labels(tmp_path) == []
    add_labels(tmp_path, [label(), label(4), label(who="ben")])
    add_labels(tmp_path, [label(verdicts=FOUND)])
    found = read_labels(tmp_path)
    assert [(one.who, one.turn, len(one.verdicts)) for one in found] == [
        ("ann", 3, 1),
        ("ann", 4, 0),
        ("ben", 3, 0),
    ]
    assert found[0].chance == 0.25
    lines = (tmp_path / LABELS).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 4
    assert "skipped" not in json.loads(lines[0])


@given(st.integers(0, 500), st.floats(0.001, 1), st.booleans())
def test_every_label_comes_back(turn: int, chance: float, skipped: bool) -> None:
    one = label(turn, sampled={turn: chance}, skipped=skipped)
    assert Label.model_validate_json(one.model_dump_json()) == one


@pytest.mark.parametrize(
    "changes",
    [
        {"who": ""},
        {"who": "x" * 61},
        {"sampled": {4: 0.5}},
        {"sampled": {3: 0}},
        {"sampled": {3: 1e-300}},
        {"sampled": {3: 1.5}},
        {"at": [3, 4], "sampled": {3: 1, 4: 1}},
        {"skipped": True, "verdicts": FOUND},
        {"verdicts": [{"item": "threat", "quotes": [{"text": "x", "at": 9}]}]},
        {"record": "../../etc"},
    ],
)
def test_what_is_no_label_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        label(**changes)


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    add_labels(tmp_path, [label()])
    with (tmp_path / LABELS).open("a", encoding="utf-8") as file:
        file.write('{"who": "\\u001b[31m"}\n')
    with pytest.raises(RecordError) as error:
        read_labels(tmp_path)
    assert error.value.where == f"{tmp_path / LABELS}:2"
    assert "\x1b" not in str(error.value)


def test_too_many_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.records.labels.MOST_LABELS", 1)
    add_labels(tmp_path, [label(), label(4)])
    with pytest.raises(RecordError, match="more than 1 labels"):
        read_labels(tmp_path)
    monkeypatch.undo()
    monkeypatch.setattr("harness.records.labels.MOST_PEOPLE", 1)
    assert len(read_labels(tmp_path)) == 2
    add_labels(tmp_path, [label(who="ben")])
    with pytest.raises(RecordError, match="more than 1 people"):
        read_labels(tmp_path)


ANSWERS = (
    Verdict(item="loud_o", answer="some"),
    Verdict(item="loud_u", problem="the person cannot tell"),
)


def whole(who: str = "ann", **changes: Any) -> Label:
    kept = {"chance": 0.5, "digest": "0" * 64, "places": {"loud_o": 0.5}}
    fields = {"rubric": "mine", "at": [], "sampled": {}, "verdicts": ANSWERS, "whole": kept}
    return label(who=who, **(fields | changes))


def test_answers_about_a_whole_record_stand_beside_labels_of_its_turns(tmp_path: Path) -> None:
    add_labels(tmp_path, [label(), whole(verdicts=ANSWERS[:1]), whole("ben")])
    add_labels(tmp_path, [whole()])
    turn, first, second = read_labels(tmp_path)
    assert (turn.whole, turn.turn) == (None, 3)
    assert (first.who, len(first.verdicts), first.chance) == ("ann", 2, 0.5)
    assert second.items["loud_o"].answer == "some"
    assert second.items["loud_u"].answer is None
    lines = (tmp_path / LABELS).read_text(encoding="utf-8").splitlines()
    assert "whole" not in json.loads(lines[0]), "a label of a turn is written as ever"
    assert len(lines) == 4


@pytest.mark.parametrize(
    "changes",
    [
        {"whole": None},
        {"at": [3], "sampled": {3: 0.5}},
        {"sampled": {3: 0.5}},
        {"skipped": True},
        {"verdicts": [ANSWERS[0], ANSWERS[0]]},
        {"verdicts": [{"item": "x", "answer": "y", "quotes": [{"text": "z", "at": 0}]}]},
        {"verdicts": [{"item": "x", "answer": "y", "rejected": ["z"]}]},
        {"verdicts": [{"item": "x", "answer": "y", "fields": {"by": "z"}}]},
        {"verdicts": [{"item": "x" * 121, "answer": "y"}]},
        {"verdicts": [{"item": "x", "answer": "y" * 121}]},
        {"verdicts": [{"item": "x", "problem": "y" * 121}]},
        {"verdicts": [{"item": f"x{n}", "answer": "y"} for n in range(201)]},
        {"whole": {"chance": 0, "digest": "0" * 64}},
        {"whole": {"chance": 0.5, "digest": "../x"}},
        {"whole": {"chance": 0.5, "digest": "0" * 64, "places": {"loud_o": 7}}},
        {"whole": {"chance": 0.5, "digest": "0" * 64, "places": {"LOUD": 1}}},
    ],
)
def test_what_is_no_label_of_a_record_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        whole(**changes)


def test_nobody_finds_so_much_in_a_turn() -> None:
    many = [Verdict(item=f"threat{n}", answer="leave") for n in range(41)]
    with pytest.raises(ValidationError, match="more than 40"):
        label(verdicts=many)
    assert len(whole(verdicts=many).items) == 41


def test_a_word_makes_another_digest() -> None:
    made = Rubric.model_validate(
        {
            "id": "mine",
            "about": "Look.",
            "items": [
                {
                    "id": "loud",
                    "question": "Is it?",
                    "answers": [{"id": "no", "text": "no"}, {"id": "yes", "text": "yes"}],
                }
            ],
        }
    )
    other = made.model_copy(update={"about": "Look!"})
    assert asked_digest(made) == asked_digest(made.model_copy())
    assert asked_digest(made) != asked_digest(other)
