"""Some hundreds of mutated inputs; ``benchmarks/fuzz.py`` tries thousands."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.fuzz import KINDS, attempt, campaign

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="bounds processor time by a signal")


@pytest.mark.kind("X8")
@pytest.mark.kind("X10")
def test_no_mutated_input_gives_a_traceback_hangs_or_leaves_its_folder(tmp_path: Path) -> None:
    outcome = campaign(240, 1, tmp_path.resolve())
    assert outcome.tried == dict.fromkeys(KINDS, 60)
    assert outcome.codes[0], "some are sound"
    assert outcome.codes[1], "some are no records"
    assert outcome.codes[2], "some cannot be used"
    assert not outcome.found, "\n".join(f"{f.number}: {f.line}\n{f.what}" for f in outcome.found)


def test_what_it_holds_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = tmp_path.resolve() / "in"
    at.mkdir()
    import harness.cli.list

    def outside(log_dir: Path) -> list[dict[str, str]]:
        (tmp_path / "outside").write_text("x")
        return []

    def raising(log_dir: Path) -> list[dict[str, str]]:
        raise KeyError("x")

    def leaving(log_dir: Path) -> list[dict[str, str]]:
        raise SystemExit(3)

    for doing, words in ((outside, "outside"), (raising, "KeyError"), (leaving, "SystemExit")):
        monkeypatch.setattr(harness.cli.list, "_runs", doing)
        assert words in attempt(["list", "runs"], at, 60)[2]
