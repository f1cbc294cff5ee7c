"""``view``: the real command serves, says where, and ends with Ctrl-C."""

from __future__ import annotations

import signal
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from harness.cli.view import _has_browser
from harness.viewer.server import listening
from tests.support.command import started, track15
from tests.support.viewer import small_run


def test_it_serves_until_it_is_interrupted(tmp_path: Path) -> None:
    dialogue = next(iter(small_run(tmp_path).index()))
    with started("view", tmp_path, "--no-open", "--rebuild", cwd=tmp_path) as process:
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{address}runs/one") as answer:  # noqa: S310 - loopback
            assert "A suite made by hand" in answer.read().decode()
        page = f"{address}runs/one/dialogues/{dialogue}"
        with urllib.request.urlopen(page) as answer:  # noqa: S310 - loopback
            assert "A fair share of the well." in answer.read().decode()
        forged = urllib.request.Request(address, headers={"Host": "evil.example"})  # noqa: S310
        with pytest.raises(urllib.error.HTTPError, match="421"):
            urllib.request.urlopen(forged)  # noqa: S310
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert out == ""
        assert err.strip() == "Press Ctrl-C to end."
    assert (tmp_path / "one" / ".viewer.sqlite").is_file()


def test_a_port_in_use_is_one_error(tmp_path: Path) -> None:
    small_run(tmp_path)
    with listening(None) as taken:
        port = taken.getsockname()[1]
        track15("view", tmp_path, "--port", str(port), cwd=tmp_path).fails(
            2, f"port {port}", "fix:"
        )


def test_a_folder_without_runs_is_one_error(tmp_path: Path) -> None:
    track15("view", tmp_path, cwd=tmp_path).fails(1, "no run in this folder", "fix:")


def test_a_browser_is_opened_only_where_somebody_sits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not _has_browser()
    monkeypatch.setenv("DISPLAY", ":0")
    assert _has_browser()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False, raising=False)
    assert not _has_browser()
