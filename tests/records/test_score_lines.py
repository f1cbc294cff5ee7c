"""How scores are written and read again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.records.score import Score
from harness.records.score_lines import read_scores, read_scores_at, score_line

FIRST, SECOND = "0123456789abcdef", "fedcba9876543210"


def one(dialogue: str, evaluator: str) -> Score:
    detail: dict[str, object] = {"evaluator": "lean"}  # a detail may say what it likes
    return Score(id=dialogue, evaluator=evaluator, version=1, values={"x": 1.0}, detail=detail)


ALL = [one(dialogue, name) for dialogue in (FIRST, SECOND) for name in ("lean", "süß", 'a"b')]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "scores.jsonl"
    path.write_bytes(b"".join(map(score_line, ALL)))
    return path


def test_scores_are_read_as_they_were_written(file: Path, tmp_path: Path) -> None:
    assert list(read_scores(file, tmp_path)) == ALL
    assert score_line(score_line(ALL[0])) == score_line(ALL[0])


@pytest.mark.parametrize("name", ["lean", "süß", 'a"b', "nobody"])
def test_those_of_one_evaluator_are_no_others(file: Path, tmp_path: Path, name: str) -> None:
    wanted = [score for score in ALL if score.evaluator == name]
    assert list(read_scores(file, tmp_path, (name,))) == wanted
    only = [score for score in wanted if score.id == SECOND]
    assert list(read_scores(file, tmp_path, [name], {SECOND})) == only


def test_those_of_several_evaluators_are_read_in_one_go(file: Path, tmp_path: Path) -> None:
    named = {score.evaluator for score in ALL[:2]}
    wanted = [score for score in ALL if score.evaluator in named]
    assert list(read_scores(file, tmp_path, named)) == wanted
    assert list(read_scores(file, tmp_path, ())) == []


def test_scores_are_read_where_they_stand(file: Path, tmp_path: Path) -> None:
    lengths = [len(score_line(score)) for score in ALL]
    second = (sum(lengths[:3]), sum(lengths[3:]))
    assert list(read_scores_at(file, tmp_path, [second, (0, lengths[0])])) == [*ALL[3:], ALL[0]]
    with pytest.raises(RecordError, match="damaged line"):
        list(read_scores_at(file, tmp_path, [(1, lengths[0])]))
    with pytest.raises(RecordError, match="cannot be read"):
        list(read_scores_at(tmp_path / "gone.jsonl", tmp_path, [second]))


def test_lines_that_others_have_written_are_read_the_same(file: Path, tmp_path: Path) -> None:
    """Other programs put spaces after a colon, escape letters, and order keys as they like."""
    lines = [
        json.dumps(json.loads(line), sort_keys=True) for line in file.read_bytes().splitlines()
    ]
    file.write_text("\n".join(lines) + "\n")
    assert list(read_scores(file, tmp_path, {"süß"})) == [ALL[1], ALL[4]]
    assert list(read_scores(file, tmp_path, None, {FIRST})) == ALL[:3]


def test_a_damaged_line_is_named_with_its_mend(file: Path, tmp_path: Path) -> None:
    with file.open("ab") as more:
        more.write(b'{"id":"0123456789abcdef","evaluator":"lean"}\n')
    with pytest.raises(RecordError, match=r"scores\.jsonl:7: damaged line") as error:
        list(read_scores(file, tmp_path, {"lean"}, {FIRST}))
    assert f"track15 score {tmp_path}" in str(error.value)
