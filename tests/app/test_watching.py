"""Somebody looks at a run while it is played."""

from __future__ import annotations

import threading
from pathlib import Path

from harness.app.watching import REST, Watching, so_far_of
from harness.records.reader import RunFolder
from tests.support.owned_time import NEVER
from tests.support.unfinished import cut_short, go_on, whole_run


def test_what_the_run_shows_is_told_as_it_comes(tmp_path: Path) -> None:
    whole = whole_run(tmp_path)
    path = cut_short(whole, tmp_path / "one", 4)
    watching = Watching(path)
    watching.look()
    assert watching.text.startswith("So far 1 of 8 scenarios are complete")
    go_on(path, whole, 16)
    watching.look()
    assert watching.text.startswith("So far, after 8 of 8 scenarios, lean is higher than plain")


def test_a_run_that_is_not_there_or_is_damaged_says_nothing(tmp_path: Path) -> None:
    watching = Watching(tmp_path / "none")
    watching.look()
    assert watching.text == ""
    path = cut_short(whole_run(tmp_path), tmp_path / "one", 4)
    damaged = Watching(path)
    damaged.look()
    assert damaged.text
    with (path / "plan.jsonl").open("ab") as file:
        file.write(b"{}\n")
    damaged.look()
    assert damaged.text == ""


def test_it_looks_in_a_thread_of_its_own_until_the_end(tmp_path: Path) -> None:
    looked = threading.Event()

    class Seen(Watching):
        def look(self) -> None:
            super().look()
            looked.set()

    path = cut_short(whole_run(tmp_path), tmp_path / "one", 16)
    watching = Seen(path, every_s=0.001)
    with watching.going_on():
        assert looked.wait(NEVER)
    assert "So far, after 8 of 8 scenarios" in watching.text
    assert watching.took_s > 0
    assert not [one for one in threading.enumerate() if one.name == "so far"]


def test_a_run_that_is_not_finished_is_told_once(tmp_path: Path) -> None:
    whole = whole_run(tmp_path)
    assert so_far_of(whole) == []
    (said,) = so_far_of(RunFolder(cut_short(whole, tmp_path / "one", 13)))
    assert said.startswith("So far, after 6 of 8 scenarios, nothing is shown")


def test_it_rests_for_many_times_as_long_as_it_looks() -> None:
    assert 1 / REST <= 0.025
