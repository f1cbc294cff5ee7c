"""Exports: where they go, whole or not at all, and what is refused."""

from __future__ import annotations

import errno
import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness import app
from harness.app import exporting
from harness.app.exporting import FORMATS, export
from harness.errors import InputError, RecordError, UsageError
from harness.exchange import inspect_log, tidy
from harness.exchange.tables import TABLES
from harness.files.writing import STDOUT
from harness.records.folder import TRANSCRIPTS
from harness.records.reader import RunFolder
from tests.support.exported import MODEL, secret_run, small_run

# In one process: Inspect and pandas take seconds to import, and are imported when they are used.
pytestmark = pytest.mark.xdist_group("exchange")


@pytest.fixture
def run(here: Path) -> RunFolder:
    return small_run(here)


@pytest.mark.parametrize("to", ["jsonl", "csv", "parquet"])
def test_all_tables_go_to_a_folder(run: RunFolder, to: str) -> None:
    place = export(run, to=to, table="all")
    assert place == Path("run-tables")
    assert sorted(path.name for path in place.iterdir()) == sorted(f"{t}.{to}" for t in TABLES)


@pytest.mark.parametrize(
    ("to", "name"), [("parquet", "run.dialogues.parquet"), ("inspect", "run.eval")]
)
def test_what_is_no_text_has_a_name_after_the_run(run: RunFolder, to: str, name: str) -> None:
    assert export(run, to=to) == Path(name)
    assert Path(name).stat().st_size > 0


def test_text_goes_to_the_output(run: RunFolder, capsysbinary: Any) -> None:
    assert export(run, to="jsonl") == STDOUT
    lines = capsysbinary.readouterr().out.splitlines()
    assert [json.loads(line)["ending"] for line in lines] == ["deal", "no_deal", "void"]


def test_a_filter_and_arms_reach_the_rows(run: RunFolder, here: Path) -> None:
    out = here / "x.jsonl"
    assert export(run, to="jsonl", out=out, by_arm=True, filter="ending == deal") == out
    arms = [json.loads(line)["arm"] for line in out.read_text().splitlines()]
    assert arms == ["lean", "plain"]


@pytest.mark.parametrize("to", FORMATS)
def test_what_fails_leaves_the_old_file_and_nothing_else(
    run: RunFolder, here: Path, to: str
) -> None:
    text = (run.path / TRANSCRIPTS).read_bytes()
    lines = text.splitlines(keepends=True)
    damaged = lines[-1].replace(b'"u"', b'"nobody"')
    (run.path / TRANSCRIPTS).write_bytes(b"".join(lines[:-1]) + damaged)
    out = here / "out.eval"
    out.write_text("old")
    before = sorted(here.iterdir())
    with pytest.raises(RecordError):
        export(RunFolder(run.path), to=to, out=out)
    assert out.read_text() == "old"
    assert sorted(here.iterdir()) == before
    table = None if to in ("inspect", "talks") else "all"
    with pytest.raises(RecordError):
        export(RunFolder(run.path), to=to, table=table, out=here / "folder")
    assert sorted(here.iterdir()) == before


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "no space left")])
@pytest.mark.parametrize("to", FORMATS)
def test_what_is_broken_off_leaves_no_half_file(
    run: RunFolder, here: Path, to: str, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = tidy.dialogues

    def broken_off(*args: Any, **more: Any) -> Iterator[Any]:
        yield from itertools.islice(rows(*args, **more), 1)
        raise error

    monkeypatch.setattr(tidy, "dialogues", broken_off)
    before = sorted(here.iterdir())
    expected = RecordError if isinstance(error, OSError) else KeyboardInterrupt
    for out, table in (
        ("out.eval", None),
        ("folder", None if to in ("inspect", "talks") else "all"),
    ):
        with pytest.raises(expected):
            export(run, to=to, table=table, out=here / out)
        assert sorted(here.iterdir()) == before


def test_a_large_run_is_a_folder_of_logs(
    run: RunFolder, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspect_log, "PART", 2)
    assert export(run, to="inspect") == Path("run-inspect")
    names = ["run-0001.eval", "run-0002.eval"]
    assert sorted(path.name for path in Path("run-inspect").iterdir()) == names
    (here / "run-inspect" / "other-0001.eval").write_text("of another run")
    assert export(run, to="inspect", out="run-inspect") == Path("run-inspect")
    old = (here / "run-inspect" / names[0]).read_bytes()
    with pytest.raises(UsageError, match=r"such as run-0002\.eval") as caught:
        export(run, to="inspect", out="run-inspect", filter="ending == deal")
    assert caught.value.where == "--out"
    assert (here / "run-inspect" / names[0]).read_bytes() == old
    assert sorted(path.name for path in Path("run-inspect").iterdir()) == [
        "other-0001.eval",
        *names,
    ]


def test_one_log_of_many_dialogues_is_told_what_it_takes(
    run: RunFolder, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MANY", 2)
    said: list[str] = []
    export(run, to="inspect", out="x.eval", notify=said.append)
    assert ["--out x" in one for one in said] == [True]
    said.clear()
    export(run, to="inspect", out="x.eval", filter="ending == deal", notify=said.append)
    export(run, to="inspect", out="x", notify=said.append)
    assert not said


def test_dollars_are_by_the_prices_of_the_models_file(here: Path) -> None:
    folder = secret_run(here)
    (here / "prices.yaml").write_text(
        f"schema: track15/models/1\nmodels:\n  quiet:\n    address: {MODEL}\n"
        "    price: {prompt: 1000000, completion: 2000000}\n"
    )
    out = here / "x.jsonl"
    for options, dollars in (({}, None), ({"models_file": "prices.yaml"}, 30 + 2 * 3)):
        export(folder, to="jsonl", out=out, **options)
        first = json.loads(out.read_text().splitlines()[0])
        assert first["dollars"] == first["dollars_u"] == dollars
        assert first["dollars_o"] is None


def test_a_models_file_is_read_where_there_are_dollars_or_it_is_named(here: Path) -> None:
    folder = secret_run(here)
    (here / "models.yaml").write_text("models: wrong")
    for options in ({"to": "inspect"}, {"to": "csv", "table": "moves"}):
        out = here / "x.eval"
        assert export(folder, out=out, **options) == out
        with pytest.raises(InputError, match=r"models\.yaml"):
            export(folder, out=out, models_file="models.yaml", **options)
    for table in (None, "dialogues", "all"):
        with pytest.raises(InputError, match=r"models\.yaml"):
            export(folder, to="csv", table=table, out=here / "y")


def test_a_public_export_needs_no_scores(run: RunFolder, here: Path) -> None:
    run.write_scores([])
    said: list[str] = []
    export(RunFolder(run.path), to="csv", out=here / "x.csv", public=True, notify=said.append)
    assert not said


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"to": "xlsx"}, "unknown 'xlsx'"),
        ({"to": "csv", "table": "turns"}, "unknown 'turns'"),
        ({"to": "inspect", "table": "moves"}, "one sample a dialogue"),
        ({"to": "inspect", "by_arm": True}, "one sample a dialogue"),
        ({"to": "parquet", "out": "-"}, "cannot go to the standard output"),
        ({"to": "csv", "table": "all", "out": "-"}, "several tables cannot go"),
        ({"to": "csv", "table": "all", "out": "file"}, "is no folder"),
        ({"to": "csv", "filter": "skw > 1"}, "skw"),
        ({"to": "csv", "table": "scores", "public": True}, "heard at the table"),
        ({"to": "csv", "table": "probes", "public": True}, "heard at the table"),
        ({"to": "inspect", "out": "file"}, "is no folder"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    run: RunFolder, here: Path, options: dict[str, Any], says: str
) -> None:
    (here / "file").write_text("old")
    before = sorted(here.iterdir())
    with pytest.raises(UsageError, match=says) as caught:
        export(run, **options)
    assert caught.value.fix
    assert sorted(here.iterdir()) == before


def test_a_run_without_scores_is_told_how_to_get_them(run: RunFolder, here: Path) -> None:
    run.write_scores([])
    said: list[str] = []
    export(RunFolder(run.path), to="csv", out=here / "x.csv", notify=said.append)
    assert [f"track15 score {os.path.relpath(run.path)}" in one for one in said] == [True]


def test_nothing_of_a_strangers_run_is_executed(run: RunFolder, here: Path) -> None:
    (here / "theirs.py").write_text("raise SystemExit('executed')")
    info = json.loads((run.path / "run.json").read_text())
    info["suite"]["evaluators"] = [f"{here / 'theirs.py'}:Mine", "settlement"]
    (run.path / "run.json").write_text(json.dumps(info))
    for to in FORMATS:
        assert export(run.path, to=to, out=here / to).stat().st_size > 0


def test_frames_are_the_exported_tables(run: RunFolder) -> None:
    import pandas as pd
    import polars as pl

    pandas = app.frames(run, to="pandas")
    assert list(pandas) == list(TABLES)
    assert isinstance(pandas["moves"], pd.DataFrame)
    assert {str(pandas[name]["run"].dtype) for name in TABLES} == {"category"}
    polars = app.frames(run, to="polars", tables=["dialogues"], by_arm=True, filter="skew > .2")
    assert isinstance(polars["dialogues"], pl.DataFrame)
    assert polars["dialogues"]["arm"].to_list() == ["lean", "plain"]
    assert polars.keys() == {"dialogues"}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"to": "excel"}, "unknown 'excel'"),
        ({"to": "pandas", "tables": ["turns"]}, "unknown 'turns'"),
        ({"by_arm": True}, "for data frames"),
        ({"models_file": "models.yaml"}, "for data frames"),
    ],
)
def test_frames_that_cannot_be_are_refused(
    run: RunFolder, options: dict[str, Any], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        app.frames(run, **options)
