"""A calibration is read as data, and says in what it does not fit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import InputError
from harness.models.identity import Identity
from harness.records.calibration import (
    MOST_BYTES,
    SCHEMA,
    Calibration,
    Pair,
    read_calibration,
    rubric_digest,
)
from harness.records.judgement import Judge
from harness.suite.parts import ModelSettings
from tests.support.judging import of_text

DIGEST = "0" * 64
JUDGE = Judge(model="openai/judge@http://127.0.0.1:1/v1")


def calibration(**changes: Any) -> Calibration:
    fields: dict[str, Any] = {
        "made": "2026-01-01T00:00:00Z",
        "judge": JUDGE,
        "served": {"model": "judge", "version": "1"},
        "rubric": {"id": "prose-ledger", "version": 1, "digest": DIGEST},
        "planted": DIGEST,
        "split": "test",
        "seeds": [0],
        "transcripts": 2,
        "pairs": {
            "words.conceded_o": [
                {"transcript": "a", "truth": 2, "judged": 1},
                {"transcript": "b", "truth": 0, "judged": None, "marks": {"kind": "none"}},
            ]
        },
        "verdict": {"events": {"usable": "unclear", "why": "too few"}},
    }
    return Calibration.model_validate(fields | changes)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    path.write_bytes(calibration().as_bytes())
    assert read_calibration(path) == calibration()
    held = json.loads(path.read_bytes())
    assert held["schema"] == SCHEMA
    first, second = held["pairs"]["words.conceded_o"]
    assert "marks" not in first
    assert "weight" not in first
    assert second["judged"] is None


@given(
    st.lists(
        st.builds(
            Pair,
            transcript=st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True),
            truth=st.none() | st.floats(-1e6, 1e6),
            judged=st.none() | st.floats(-1e6, 1e6),
            weight=st.floats(0.5, 50),
        ),
        max_size=5,
    )
)
def test_every_pair_comes_back(pairs: list[Pair]) -> None:
    one = calibration(pairs={"words.final_o": tuple(pairs)})
    assert Calibration.model_validate_json(one.as_bytes()) == one


def test_it_says_in_what_it_does_not_fit() -> None:
    one = calibration()
    there = Identity(model="judge", version="1")
    assert one.misfits(JUDGE, there, "prose-ledger", DIGEST) == []
    assert one.misfits(JUDGE, None, "prose-ledger", None) == []
    other = Judge(model="openai/other@http://127.0.0.1:1/v1")
    warmer = Judge(model=JUDGE.model, settings=ModelSettings(temperature=0.9))
    assert "and 'openai/other" in one.misfits(other, there, "prose-ledger", DIGEST)[0]
    assert "other settings" in one.misfits(warmer, there, "prose-ledger", DIGEST)[0]
    (served,) = one.misfits(JUDGE, Identity(version="2"), "prose-ledger", DIGEST)
    assert served == "the judge's version was '1' and is '2'"
    assert "'firmness' was asked" in one.misfits(JUDGE, there, "firmness", DIGEST)[0]
    assert "other words" in one.misfits(JUDGE, there, "prose-ledger", "1" * 64)[0]


def test_the_digest_of_a_rubric_is_of_its_words_and_not_of_the_dispute() -> None:
    one = of_text("A text of some words.")
    renamed = one.rubric.items[0].model_copy(update={"id": "another.name"})
    elsewhere = one.model_copy(
        update={"rubric": one.rubric.model_copy(update={"items": (renamed,)})}
    )
    later = one.model_copy(update={"rubric": one.rubric.model_copy(update={"version": 9})})
    asked = one.model_copy(update={"templates": {**one.templates, "judging/x.md": "0"}})
    assert rubric_digest(one) == rubric_digest(elsewhere)
    assert len({rubric_digest(each) for each in (one, later, asked)}) == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "it is not JSON"),
        (b"[]", "the file:"),
        (b"\xff\xfe", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b'{"schema": "track15/calibration/9"}', "schema:"),
    ],
)
def test_what_is_no_calibration_gives_one_clear_error(
    content: bytes, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "calibration.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read_calibration(path)
    assert said in error.value.what
    assert error.value.where == str(path)
    assert "track15 calibrate" in (error.value.fix or "")


def test_numbers_that_are_none_and_names_that_are_none_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    whole = json.loads(calibration().as_bytes())
    for pairs in (
        {"words.conceded_o": [{"transcript": "a", "truth": "\x1b[31m", "judged": 1}]},
        {"words.conceded_o": [{"transcript": "a", "truth": 1, "judged": 1, "weight": 0}]},
        {"words.conceded_o": [{"transcript": "a", "truth": 1e300, "judged": 1}]},
        {"\x1b]0;x": []},
    ):
        path.write_text(json.dumps(whole | {"pairs": pairs}), encoding="utf-8")
        with pytest.raises(InputError) as error:
            read_calibration(path)
        assert error.value.what.isprintable()
        assert "pairs" in error.value.what


def test_a_file_that_is_absent_or_too_large_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_calibration(tmp_path / "none.json")
    with pytest.raises(InputError, match="cannot be read"):
        read_calibration(tmp_path)
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(MOST_BYTES + 2)
    with pytest.raises(InputError, match="larger than"):
        read_calibration(large)
