"""Paths as people read and type them."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.files.paths import shown_path


def test_a_path_below_the_current_folder_is_relative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown_path(tmp_path / "run" / "x") == "run/x"
    assert shown_path(Path("run")) == "run"
    assert shown_path(tmp_path.parent / "other") == str(tmp_path.parent / "other")
