"""The scores of one dialogue, found in a file of many."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.records.score import Score
from harness.records.score_lines import parse_score
from harness.records.score_places import ScoreLines


def line(dialogue: str, evaluator: str, **more: object) -> bytes:
    score = Score.model_validate(
        {"id": dialogue, "evaluator": evaluator, "version": 1, "values": {"x": 1.0}, **more}
    )
    return score.model_dump_json().encode() + b"\n"


def lines(folder: Path, *written: bytes) -> ScoreLines:
    path = folder / "scores.jsonl"
    path.write_bytes(b"".join(written))
    return ScoreLines(path)


def test_each_dialogue_has_its_own(tmp_path: Path) -> None:
    found = lines(tmp_path, line("a", "one"), line("a", "two"), line("b", "one"))
    assert len(found) == 2
    assert found.first() == "a"
    assert {name: score.id for name, score in found.of("a").items()} == {"one": "a", "two": "a"}
    assert list(found.of("b")) == ["one"]
    assert found.of("c") == {}


def test_they_may_stand_in_several_places(tmp_path: Path) -> None:
    """What evaluators of the user's own had found is kept before what is found anew."""
    found = lines(
        tmp_path, line("a", "mine"), line("b", "mine"), line("a", "one"), line("b", "one")
    )
    assert list(found.of("a")) == ["mine", "one"]
    assert list(found.of("b")) == ["mine", "one"]


def test_the_lines_of_one_evaluator_count_together(tmp_path: Path) -> None:
    found = lines(
        tmp_path, line("a", "one", values={"x": 1.0, "y": None}), line("a", "one", values={"y": 2})
    )
    assert found.of("a")["one"].values == {"x": 1.0, "y": 2.0}
    assert [score.values for score in found.all_of("a")] == [{"x": 1.0, "y": None}, {"y": 2.0}]


def test_only_some_evaluators_are_read(tmp_path: Path) -> None:
    damaged = b'{"id":"a","evaluator":"two","version":1,"values":"none"}\n'
    found = lines(tmp_path, line("a", "one"), damaged, line("a", "three"))
    assert list(found.of("a", {"one", "three"})) == ["one", "three"]
    assert found.of("a", set()) == {}
    with pytest.raises(RecordError, match="it is no score") as error:
        found.of("a")
    assert error.value.where == f"{tmp_path / 'scores.jsonl'}:2"


def test_a_seat_that_is_called_like_a_field_hides_no_score(tmp_path: Path) -> None:
    models = {"evaluator": "openai/m"}
    assert list(lines(tmp_path, line("a", "one", models=models)).of("a", {"one"})) == ["one"]


def test_no_file_has_no_scores(tmp_path: Path) -> None:
    found = ScoreLines(tmp_path / "scores.jsonl")
    assert len(found) == 0
    assert found.first() is None
    assert found.of("a") == {}


def test_a_torn_last_line_does_not_count(tmp_path: Path) -> None:
    found = lines(tmp_path, line("a", "one"), line("a", "two")[:-20])
    assert list(found.of("a")) == ["one"]


def test_a_line_that_somebody_laid_out_anew_counts(tmp_path: Path) -> None:
    spaced = b'{ "version": 1, "evaluator": "one", "values": {"x": 1}, "id": "a" }\n'
    assert list(lines(tmp_path, spaced, line("b", "one")).of("a", {"one"})) == ["one"]


def test_a_line_that_is_none_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(RecordError) as error:
        lines(tmp_path, line("a", "one"), b"{}\n")
    assert error.value.where == f"{tmp_path / 'scores.jsonl'}:2"
    assert f"track15 score {tmp_path}" in str(error.value.fix)
    with pytest.raises(RecordError, match="damaged line"):
        parse_score(b"[]", "here", tmp_path)
