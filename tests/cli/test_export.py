"""``track15 export``, through the real command."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from harness.app.exporting import ALL
from harness.app.exporting import FORMATS as KNOWN
from harness.cli.export import FORMATS, TABLES
from harness.exchange.tables import TABLES as KNOWN_TABLES
from tests.records.test_golden import KEPT
from tests.support.command import track15
from tests.support.inprocess import typed

# In one process: Inspect and pandas take seconds to import, and are imported when they are used.
pytestmark = pytest.mark.xdist_group("exchange")


def test_the_choices_are_those_that_there_are() -> None:
    assert FORMATS == KNOWN
    assert (*KNOWN_TABLES, ALL) == TABLES


def test_a_table_on_the_output_and_the_rest_beside_it(tmp_path: Path) -> None:
    done = track15("export", KEPT, "--to", "csv", "--table", "concessions", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(done.out, newline="")))
    assert {row["run"] for row in rows} == {KEPT.name}
    assert any(float(row["cost"]) > 0 and row["words"] for row in rows)
    log = typed("export", KEPT, "--to", "inspect", "--out", "it.eval", cwd=tmp_path)
    assert (log.code, log.out) == (0, "")
    assert "Written: it.eval" in log.err
    assert (tmp_path / "it.eval").read_bytes().startswith(b"PK")


def test_what_was_private_is_left_out_where_it_is_asked_for(tmp_path: Path) -> None:
    found = {}
    for options in ((), ("--public",)):
        done = typed("export", KEPT, "--to", "jsonl", "--table", "moves", *options, cwd=tmp_path)
        assert (done.code, done.err) == (0, "")
        found[options] = [json.loads(line) for line in done.out.splitlines()]
    assert {row["kind"] for row in found[()]} > {"statement"}
    assert {row["kind"] for row in found["--public",]} == {"statement"}
    assert any(row["thoughts"] for row in found[()])
    assert not [row for row in found["--public",] if row.keys() & {"thoughts", "worth_o"}]
    refused = typed("export", KEPT, "--to", "csv", "--table", "scores", "--public", cwd=tmp_path)
    assert (refused.code, refused.out) == (2, "")
    assert "leave out --public" in refused.err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "--to"),
        (("--to", "parquet", "--out", "-"), "cannot go to the standard output"),
        (("--to", "jsonl", "--filter", "skw > 1"), "did you mean 'skew'"),
    ],
)
def test_a_mistake_is_told_in_one_error(
    tmp_path: Path, options: tuple[str, ...], says: str
) -> None:
    done = typed("export", KEPT, *options, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert "Traceback" not in done.err


def test_a_folder_takes_all_tables(tmp_path: Path) -> None:
    out = tmp_path / "tables"
    out.mkdir()
    done = typed("export", KEPT, "--to", "jsonl", "--table", "all", "--out", out, cwd=tmp_path)
    assert done.code == 0
    lines = (out / "dialogues.jsonl").read_text().splitlines()
    assert {json.loads(line)["ending"] for line in lines} >= {"deal", "void", "failed"}
