"""``docs/export.md`` and the notebook: what they show runs, on a run that was just played."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from harness import app
from harness.exchange.formats import guarded
from tests.support.inprocess import typed

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "export.md").read_text(encoding="utf-8")
NOTEBOOK = DOCS / "examples" / "figure.ipynb"


# In one process: Inspect and pandas take seconds to import, and are imported when they are used.
pytestmark = pytest.mark.xdist_group("exchange")


def test_its_examples_run_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    app.run("quickstart", scenarios="opening", epochs=1)
    shown = re.findall(r"^\$ track15 (export .*)$", PAGE, re.MULTILINE)
    assert len(shown) == 7
    for line in shown:
        assert typed(*shlex.split(line), cwd=tmp_path).code == 0, line
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 7
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, "docs/export.md", "exec"), names)  # noqa: S102 - a page of ours
    # What DuckDB sums up is what the frames hold, and Inspect has the same scores.
    given = names["tables"]["concessions"].drop_duplicates(["id", "turn", "seat", "issue"])
    given = given[given["kind"] != "opening"]
    ended = names["dialogues"].drop_duplicates("id").set_index("id")
    deals = given[given["id"].map(ended["ending"]) == "deal"]
    assert sum(row[3] for row in names["given"].fetchall()) == pytest.approx(deals["cost"].sum())
    assert names["worst"].fetchall()[0][5] == given["cost"].max()
    assert sorted(names["parts"]["id"]) == sorted(names["samples"]["id"])
    for text in ("=1", "'=1", "''\t", "\uff0dx", "'quoted'", "plain", ""):
        assert names["as_said"](guarded(text)) == text
    public = {path.name for path in (tmp_path / "public").iterdir()}
    assert public == {"dialogues.parquet", "moves.parquet", "concessions.parquet"}
    scores = names["samples"].set_index("id")["skew"]
    assert scores.to_dict() == pytest.approx(ended["settlement.skew"].to_dict())


def test_the_notebook_runs_from_the_run_to_the_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert notebook["nbformat"] == 4
    names: dict[str, Any] = {}
    code = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    assert "epochs=4" in code[0]
    for cell in (code[0].replace("epochs=4", "epochs=1"), *code[1:]):
        exec(compile(cell, NOTEBOOK.name, "exec"), names)  # noqa: S102 - a notebook of ours
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")
    assert names["costliest"]["words"] in capsys.readouterr().out
    names["plt"].close("all")


def test_the_notebook_keeps_no_outputs() -> None:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
