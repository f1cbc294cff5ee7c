from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import RecordError
from harness.records.folder import MESSAGES, TIMINGS, TRANSCRIPTS
from harness.records.spend import PaidCall, paid_calls

A, B = "a" * 16, "b" * 16


def call(index: int, prompt: int | None = 10, completion: int | None = 5) -> dict[str, Any]:
    return {
        "index": index,
        "model": "m",
        "prompt": ["p1", "p2"],
        "reply": "r" * 40,
        "usage": {"prompt": prompt, "completion": completion},
    }


def transcript(key: str, *calls: dict[str, Any], kind: str = "talks") -> dict[str, Any]:
    return {"id": key, "schema_version": 2, "status": "done", "kind": kind, "calls": list(calls)}


def former(key: str, *calls: dict[str, Any]) -> dict[str, Any]:
    """As version 1 wrote it."""
    stages = [{"type": "talks", "calls": list(calls)}]
    return {"id": key, "schema_version": 1, "status": "done", "stages": stages}


def timing(key: str, *calls: tuple[int, int | None]) -> dict[str, Any]:
    made = [
        {"call": index, "attempts": attempts, "cached_tokens": cached}
        for index, (attempts, cached) in enumerate(calls)
    ]
    return {"id": key, "calls": made}


def write(path: Path, documents: list[dict[str, Any]]) -> None:
    lines = [json.dumps(document, separators=(",", ":")) for document in documents]
    path.write_text("".join(line + "\n" for line in lines))


def test_superseded_lines_were_paid_for_too(tmp_path: Path) -> None:
    write(tmp_path / TRANSCRIPTS, [transcript(A, call(0), call(1)), transcript(A, call(0))])
    write(tmp_path / TIMINGS, [timing(A, (1, 3), (2, None)), timing(A, (1, 7))])
    found = list(paid_calls(tmp_path))
    assert found == [PaidCall("m", 10, 5, 3), PaidCall("m", 10, 5, None), PaidCall("m", 10, 5, 7)]


def test_calls_of_version_1_count_the_same(tmp_path: Path) -> None:
    write(tmp_path / TRANSCRIPTS, [former(A, call(0), call(1)), former(A, call(0))])
    write(tmp_path / TIMINGS, [timing(A, (1, 3), (0, None)), timing(A, (1, 7))])
    assert list(paid_calls(tmp_path)) == [PaidCall("m", 10, 5, 3), PaidCall("m", 10, 5, 7)]


def test_every_kind_of_stage_counts_its_own_calls(tmp_path: Path) -> None:
    """Calls are numbered in each stage anew: call 0 of one may be paid for, and of another not."""
    write(tmp_path / TRANSCRIPTS, [transcript(A, call(0), call(1))])
    write(tmp_path / "other.jsonl", [transcript(B, call(0, prompt=20), kind="other")])
    write(tmp_path / TIMINGS, [timing(B, (1, 4)), timing(A, (0, None), (1, 6))])
    assert list(paid_calls(tmp_path)) == [PaidCall("m", 10, 5, 6), PaidCall("m", 20, 5, 4)]
    write(tmp_path / TIMINGS, [timing(A, (1, 3), (0, None)), timing(B, (0, None))])
    assert list(paid_calls(tmp_path)) == [PaidCall("m", 10, 5, 3)]


def test_superseded_lines_of_every_kind_were_paid_for(tmp_path: Path) -> None:
    write(tmp_path / TRANSCRIPTS, [transcript(A, call(0))])
    stages = [transcript(B, call(0), kind="other"), transcript(B, call(0), call(1), kind="other")]
    write(tmp_path / "other.jsonl", stages)
    timings = [timing(B, (1, 1)), timing(A, (1, 2)), timing(B, (0, None), (1, 4))]
    write(tmp_path / TIMINGS, timings)
    assert [paid.cached for paid in paid_calls(tmp_path)] == [2, 1, 4]


def test_a_run_that_has_no_transcripts_yet_has_spent_on_its_other_stages(tmp_path: Path) -> None:
    write(tmp_path / "other.jsonl", [transcript(B, call(0), kind="other")])
    write(tmp_path / TIMINGS, [timing(B, (1, 4))])
    write(tmp_path / "plan.jsonl", [{"arm": "one"}])
    assert list(paid_calls(tmp_path)) == [PaidCall("m", 10, 5, 4)]


def test_what_was_paid_for_before_is_not_counted_twice(tmp_path: Path) -> None:
    write(tmp_path / TRANSCRIPTS, [transcript(A, call(0)), transcript(A, call(0), call(1))])
    write(tmp_path / TIMINGS, [timing(A, (1, None)), timing(A, (0, None), (1, None))])
    assert len(list(paid_calls(tmp_path))) == 2


def test_timings_of_dropped_lines_are_passed_over(tmp_path: Path) -> None:
    """A complete run keeps the last line of a dialogue, and all its timings."""
    write(tmp_path / TRANSCRIPTS, [transcript(B, call(0)), transcript(A, call(0))])
    write(tmp_path / TIMINGS, [timing(A, (1, 1)), timing(B, (1, 2)), timing(A, (1, 3))])
    assert [item.cached for item in paid_calls(tmp_path)] == [2, 3]


def test_lost_timings_count_as_paid(tmp_path: Path) -> None:
    write(tmp_path / TRANSCRIPTS, [transcript(A, call(0))])
    assert list(paid_calls(tmp_path)) == [PaidCall("m", 10, 5)]


def test_what_was_not_counted_comes_with_its_length(tmp_path: Path) -> None:
    write(tmp_path / TRANSCRIPTS, [transcript(A, call(0, prompt=None), call(1))])
    texts = [{"hash": "p1", "role": "user", "content": "x" * 8}]
    texts += [{"hash": "p2", "role": "user", "content": "y" * 4}]
    write(tmp_path / MESSAGES, texts)
    first, second = paid_calls(tmp_path)
    assert (first.prompt, first.prompt_length, first.reply_length) == (None, 12, 40)
    assert (second.prompt_length, second.reply_length) == (0, 0)


def test_no_record_no_calls(tmp_path: Path) -> None:
    assert list(paid_calls(tmp_path)) == []


def test_a_torn_last_line_is_no_record_yet(tmp_path: Path) -> None:
    write(tmp_path / TRANSCRIPTS, [transcript(A, call(0))])
    with (tmp_path / TRANSCRIPTS).open("a") as file:
        file.write('{"id":"bbbb')
    assert len(list(paid_calls(tmp_path))) == 1


@pytest.mark.parametrize("name", [TRANSCRIPTS, "other.jsonl"])
@pytest.mark.parametrize(
    "line",
    [
        "not json",
        '{"id": "x"}',
        '{"id": "x", "calls": [5]}',
        '{"stages": [{"calls": [5]}]}',
        '{"id": "x", "stages": [{"calls": [5]}]}',
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, name: str, line: str) -> None:
    kind = "talks" if name == TRANSCRIPTS else "other"
    write(tmp_path / name, [transcript(A, call(0), kind=kind)])
    with (tmp_path / name).open("a") as file:
        file.write(line + "\n")
    with pytest.raises(RecordError, match=rf"{name}:2"):
        list(paid_calls(tmp_path))
