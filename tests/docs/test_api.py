"""``docs/api.md``: its examples run, and it names what there is."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from harness import app
from harness.app.columns import DIALOGUES, SCORES
from harness.app.options import RunOptions

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def test_its_examples_run_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    blocks = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert len(blocks) == 4
    for block in blocks:
        exec(compile(block, "docs/api.md", "exec"), names)  # noqa: S102 - a page of ours
    assert names["page"].is_file()
    assert names["skew"]
    said = capsys.readouterr().out
    assert names["run"].findings.answer in said
    assert "8 of 8" in said
    assert asyncio.run(names["cell"]()) == names["run"].findings.answer


def test_it_names_every_function_and_column() -> None:
    for name in ("run", "arun", "plan", "score", "judge", "report", "load", "frames"):
        assert f"`{name}(" in TEXT, name
        assert callable(getattr(app, name))
    for column in {*DIALOGUES, *SCORES}:
        assert f"`{column}`" in TEXT, column


def test_the_options_it_names_are_there() -> None:
    named = {"models", "scenarios", "arms", "evaluators", "delegations", "models_file"}
    assert named <= RunOptions.__annotations__.keys()
    for name in named:
        assert f"`{name}`" in TEXT, name
