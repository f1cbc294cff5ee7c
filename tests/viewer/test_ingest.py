"""Pieces of the files: bounded, and nothing of a line taken for granted."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.viewer import ingest
from harness.viewer.index import columns
from harness.viewer.sidecar import Sidecar


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with Sidecar(tmp_path).adding() as found:
        yield found


def episode(arm: str, stage: str) -> bytes:
    place = {"arm": arm, "scenario": "s", "twin": "none", "epoch": 1, "stages": {"talks": stage}}
    return json.dumps(place).encode() + b"\n"


def score(dialogue: str, **values: object) -> bytes:
    return json.dumps({"id": dialogue, "evaluator": "e", "values": values}).encode() + b"\n"


def known(db: sqlite3.Connection, *ids: str) -> None:
    for key in ids:
        db.execute("INSERT INTO dialogues (at, arms, id) VALUES (0, '[]', ?)", (key,))


def test_a_piece_ends_at_a_whole_line(db: sqlite3.Connection) -> None:
    lines = episode("a", "1" * 16), episode("b", "1" * 16)
    file = io.BytesIO(b"".join(lines) + b'{"torn')
    first = ingest.add_plan(db, file, 0, 1)
    assert first == ingest.Piece(len(lines[0]), 0, ended=False)
    second = ingest.add_plan(db, file, first.end, 1)
    assert not second.ended
    last = ingest.add_plan(db, file, second.end, 1)
    assert last == ingest.Piece(second.end, 0, ended=True)


def test_arms_that_share_a_stage_are_all_named(db: sqlite3.Connection) -> None:
    known(db, "1" * 16)
    ingest.add_plan(db, io.BytesIO(episode("a", "1" * 16) + episode("b", "1" * 16)), 0)
    assert db.execute("SELECT arms FROM plan").fetchone() == ('["a", "b"]',)
    assert db.execute("SELECT arms FROM dialogues").fetchone() == ('["a", "b"]',)


@pytest.mark.parametrize(
    "changed",
    [
        *({"epoch": 10**30}, {"epoch": [1]}, {"scenario": {"a": 1}}, {"arm": [[]]}, {"arm": None}),
        *({"stages": [1]}, {"stages": {"talks": {}}}, {"stages": {"talks": 10**30}}, {"twin": []}),
    ],
)
def test_an_episode_of_odd_values_is_counted_as_damaged(
    db: sqlite3.Connection, changed: dict[str, object]
) -> None:
    odd = json.dumps(json.loads(episode("a", "1" * 16)) | changed).encode() + b"\n"
    piece = ingest.add_plan(db, io.BytesIO(odd + episode("a", "2" * 16)), 0)
    assert (piece.damaged, piece.ended) == (1, True)
    assert "2" * 16 in {key for (key,) in db.execute("SELECT id FROM plan")}


@pytest.mark.parametrize("odd", ["9" * 400, "-" + "9" * 4000, "1e999", "NaN", "-Infinity"])
def test_a_score_that_no_number_can_hold_is_missing(db: sqlite3.Connection, odd: str) -> None:
    known(db, "x")
    line = score("x", a=1, b=2.5).replace(b'"a": 1', f'"a": {odd}'.encode())
    assert ingest.add_scores(db, io.BytesIO(line), 0).damaged == 0
    found = columns(db)
    assert found == {"e.a": "c0", "e.b": "c1"}
    assert db.execute("SELECT c0, c1 FROM scores").fetchone() == (None, 2.5)


def test_scores_are_columns_and_truth_is_a_number(db: sqlite3.Connection) -> None:
    known(db, "x", "y")
    lines = score("x", skew=0.5, deal=True) + score("y", skew=None, word="w") + score("z", skew=1)
    ingest.add_scores(db, io.BytesIO(lines), 0)
    names = columns(db)
    assert set(names) == {"e.skew", "e.deal", "e.word"}
    picked = ", ".join(names[name] for name in ("e.skew", "e.deal", "e.word"))
    found = db.execute(f"SELECT {picked} FROM scores ORDER BY n").fetchall()  # noqa: S608
    assert found == [(0.5, 1, None), (None, None, "w")]


def test_scores_of_one_dialogue_may_stand_apart(db: sqlite3.Connection) -> None:
    known(db, "x", "y")
    lines = [score("x", a=1.0), score("y", a=2.0), score("x", b=3.0)]
    ingest.add_scores(db, io.BytesIO(b"".join(lines)), 0)
    names = columns(db)
    row = db.execute(f"SELECT {names['e.a']}, {names['e.b']}, at FROM scores WHERE n = 1")  # noqa: S608
    assert row.fetchone() == (1.0, 3.0, f"0 {len(lines[0] + lines[1])}")


def test_the_plan_is_kept_in_its_order(db: sqlite3.Connection) -> None:
    """A stage that several arms share stands where the first of them has it."""
    two = (
        json.dumps(
            {
                "arm": "b",
                "scenario": "s",
                "twin": "none",
                "epoch": 1,
                "stages": {"talks": "b" * 16, "later": "a" * 16},
            }
        ).encode()
        + b"\n"
    )
    lines = episode("a", "c" * 16) + two + episode("b", "c" * 16)
    ingest.add_plan(db, io.BytesIO(lines), 0)
    found = [key[0] for (key,) in db.execute("SELECT id FROM plan ORDER BY place")]
    assert found == ["c", "b", "a"]


@pytest.mark.parametrize("line", [b"[]\n", b"{\n", b'{"id":"x","evaluator":"e","values":[]}\n'])
def test_what_is_no_score_is_damaged(db: sqlite3.Connection, line: bytes) -> None:
    assert ingest.add_scores(db, io.BytesIO(line), 0).damaged == 1


def test_a_number_beyond_all_numbers_is_missing(db: sqlite3.Connection) -> None:
    known(db, "x")
    line = b'{"id":"x","evaluator":"e","values":{"a":Infinity,"b":{}}}\n'
    assert ingest.add_scores(db, io.BytesIO(line), 0).damaged == 1
    ingest.add_scores(db, io.BytesIO(line.replace(b',"b":{}', b"")), 0)
    (value,) = db.execute(f"SELECT {columns(db)['e.a']} FROM scores").fetchone()  # noqa: S608
    assert value is None


def test_more_measures_than_columns_are_left_out(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "MOST_MEASURES", 2)
    known(db, "x")
    ingest.add_scores(db, io.BytesIO(score("x", a=1, b=2, c=3)), 0)
    assert set(columns(db)) == {"e.a", "e.b"}


def test_scores_of_what_is_no_dialogue_make_no_column(db: sqlite3.Connection) -> None:
    known(db, "1" * 16)
    lines = score("1" * 16, skew=0.5) + score("2" * 16, shift=0.1)
    piece = ingest.add_scores(db, io.BytesIO(lines), 0)
    assert (piece.damaged, piece.ended) == (0, True)
    assert list(columns(db)) == ["e.skew"]
