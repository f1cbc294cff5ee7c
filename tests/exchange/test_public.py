"""Exports without what was private: nothing of it is left, in any format or table."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from harness import app
from harness.evaluators.case import case_of
from harness.exchange.inspect_log import eval_chunks
from harness.exchange.public import public_reading, public_row
from harness.exchange.tables import COLUMNS, PRIVATE, TABLES, Table
from harness.exchange.tidy import Chosen, columns_of, rows_of
from harness.records.placement import placement_of
from harness.records.reader import RunFolder
from harness.report.layout import read
from harness.report.reading import Reading
from harness.report.rows import row_of, rows
from tests.support.exported import SECRET

# In one process: Inspect and pandas take seconds to import, and are imported when they are used.
pytestmark = pytest.mark.xdist_group("exchange")
PUBLIC = Chosen(public=True)
KINDS = ("briefing", "caucus", "complaint", "debrief", "raw reply", "reason", "thought")
"""What :data:`SECRET` stands in."""
TRUE = ("worth", "cost", "no_deal", "below", "fell", "crosses", "own", "why_null", "skew")
"""Names of what follows from true values."""


def log_of(folder: RunFolder, *, public: bool) -> str:
    """All texts of the log of Inspect."""
    data = b"".join(eval_chunks(folder, Chosen(public=public)))
    with zipfile.ZipFile(io.BytesIO(data)) as log:
        return "\n".join(log.read(name).decode() for name in log.namelist())


def exported(folder: RunFolder, to: str, place: Path, *, public: bool) -> str:
    """All texts of all tables."""
    import pyarrow.parquet as pq

    app.export(folder, to=to, table="all", out=place, public=public)
    if to != "parquet":
        return "\n".join(path.read_text() for path in sorted(place.iterdir()))
    return "\n".join(
        json.dumps(pq.read_table(path).to_pylist()) for path in sorted(place.iterdir())
    )


@pytest.mark.parametrize("to", ["csv", "jsonl", "parquet"])
def test_no_table_holds_what_was_private(secret: RunFolder, tmp_path: Path, to: str) -> None:
    whole = exported(secret, to, tmp_path / "whole", public=False)
    for kind in ("caucus", "thought", "reason"):  # tables have no more of them
        assert f"{SECRET} in a {kind}" in whole
    public = exported(secret, to, tmp_path / "public", public=True)
    assert SECRET not in public
    assert "We take it." in public
    names = {path.stem for path in (tmp_path / "public").iterdir()}
    assert names == set(TABLES) - PRIVATE


def test_no_log_of_inspect_holds_what_was_private(secret: RunFolder) -> None:
    whole = log_of(secret, public=False)
    for kind in KINDS:
        assert f"{SECRET} in a {kind}" in whole, kind
    public = log_of(secret, public=True)
    assert SECRET not in public
    assert "We take it." in public
    assert not [name for name in (*TRUE, "profile", "ledger") if f'"{name}"' in public]


@pytest.mark.parametrize("table", sorted(set(TABLES) - PRIVATE))
def test_no_column_follows_from_true_values(secret: RunFolder, table: Table) -> None:
    names = {column.name for column in columns_of(table, secret, public=True)}
    assert not {name for name in names if name.startswith(TRUE) or "." in name}
    found = list(rows_of(table, secret, PUBLIC))
    assert found
    assert all(row.keys() == names for row in found)
    assert len(names) < len(COLUMNS[table])


def test_turns_and_issues_say_nothing_by_their_order(secret: RunFolder) -> None:
    moves = [(row["turn"], row["kind"]) for row in rows_of("moves", secret, PUBLIC)]
    assert moves == [(0, "statement"), (2, "statement"), (0, "statement")]
    issues: dict[Any, list[str]] = {}
    for row in rows_of("concessions", secret, PUBLIC):
        issues.setdefault((row["id"], row["turn"]), []).append(row["issue"])
    assert max(map(len, issues.values())) > 1
    assert all(names == sorted(names) for names in issues.values())


def test_the_fields_of_a_dialogue_are_left_without_scores_and_words(secret: RunFolder) -> None:
    *_, void = rows(secret)
    assert "settlement.skew" in void
    left = public_row(void)
    assert (left["ending"], left["void_kind"], left["void_seat"]) == ("void", "reply", "u")
    assert not [name for name in left if "." in name or name == "void_reason"]


def test_a_dialogue_is_left_with_what_was_heard(secret: RunFolder) -> None:
    first = next(secret.transcripts())
    case, place = case_of(first, secret.info), placement_of(secret, first)
    scores = secret.score_lines().of(first.id)
    assert row_of(first, place, scores)["settlement.skew"] is not None
    whole = read(case, scores, place)
    left = public_reading(whole)
    assert isinstance(left, Reading)
    entries = [entry for round_ in left.rounds for entry in round_.entries]
    assert [entry.turn for entry in entries] == [0, 2]
    assert not any(entry.worths or entry.given or entry.thoughts for entry in entries)
    assert left.ending == whole.ending
    assert [term.option for term in left.terms] == [term.option for term in whole.terms]
    emptied = (left.ledger, left.trajectory, left.worths, left.numbers, left.most, left.afterwards)
    assert not any(emptied)
    assert left.summary == ""
    assert SECRET not in repr(left)
