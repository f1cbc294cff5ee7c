"""Pages of one dialogue."""

from __future__ import annotations

from pathlib import Path

from tests.support.viewer import client_of, small_run


def test_a_dialogue_has_a_page(tmp_path: Path) -> None:
    run = small_run(tmp_path)
    [dialogue, *_] = run.index()
    assert client_of(tmp_path).get(f"/runs/one/dialogues/{dialogue}").status_code == 200
