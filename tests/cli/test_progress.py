"""Where a run stands, in words."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest
from rich.console import Console

from harness.cli import progress as module
from harness.cli.progress import remaining, showing, summary
from harness.workers.progress import Progress
from tests.support.owned_time import NEVER


def progress(**fields: Any) -> Progress:
    return Progress(**{"planned": 10, **fields})


def test_before_anything_is_planned_it_gets_ready() -> None:
    assert summary(Progress(), 1.25) == "getting ready, 1.2 s"
    assert summary(Progress(waiting="m is loaded"), 3) == "getting ready, 3.0 s, m is loaded"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "0/10 dialogues, 5.0 s"),
        ({"done": 10}, "10/10 dialogues, 5.0 s"),
        ({"resumed": 10}, "10/10 dialogues, 10 from before, 5.0 s"),
        ({"done": 4, "void": 1}, "5/10 dialogues, 1 void, 5.0 s, about 5 s left"),
        (
            {"done": 6, "void": 4, "void_beside": 3},
            "10/10 dialogues, 1 void, 3 other stages void, 5.0 s",
        ),
        ({"done": 9, "void": 1, "void_beside": 1}, "10/10 dialogues, 1 other stage void, 5.0 s"),
        ({"done": 4, "failed": 1}, "4/10 dialogues, 1 failed, 5.0 s, about 5 s left"),
        ({"done": 5, "stopped": "spent"}, "5/10 dialogues, 5.0 s"),
        ({"waiting": "m is loaded"}, "0/10 dialogues, 5.0 s, m is loaded"),
    ],
)
def test_only_what_happened_is_told(fields: dict[str, Any], says: str) -> None:
    assert summary(progress(**fields), 5.0) == says


def test_calls_are_told_with_what_they_took() -> None:
    found = summary(progress(calls=1_234), 5.0)
    assert found.startswith("0/10 dialogues, 1,234 calls, ")


@pytest.mark.parametrize(
    ("seconds", "says"),
    [(10, "about 10 s left"), (120, "about 2 min left"), (7_200, "about 2.0 h left")],
)
def test_the_time_left_is_as_exact_as_it_can_be(seconds: float, says: str) -> None:
    assert summary(progress(done=5), seconds).endswith(says)


def test_what_was_resumed_tells_nothing_of_the_pace() -> None:
    assert remaining(progress(resumed=5), 5.0) is None
    assert remaining(progress(resumed=5, done=1), 5.0) == pytest.approx(20.0)
    assert remaining(progress(done=9, broken_off=1), 5.0) is None


@pytest.mark.parametrize(
    ("display", "planned", "says"),
    [
        ("plain", 10, "10/10 dialogues"),
        ("none", 10, ""),
        ("plain", 0, ""),
        ("auto", 10, "10/10 dialogues"),
    ],
)
def test_one_line_stands_at_the_end(
    display: str, planned: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with showing(Progress(planned=planned, done=planned), display, "tiny"):
        pass
    seen = capsys.readouterr()
    assert seen.out == ""
    assert seen.err.strip().startswith(says)
    assert bool(seen.err) == bool(says)


@pytest.mark.parametrize("said", ["", "So far, after 7 of 12 scenarios, nothing is shown."])
def test_what_the_run_shows_so_far_stands_under_where_it_stands(said: str) -> None:
    console = Console(width=80, file=io.StringIO())
    with console.capture() as caught:
        console.print(module._bar(progress(done=5), "A title", 5.0, said))
    lines = [line.strip() for line in caught.get().splitlines()]
    assert "A title" in lines[0]
    assert lines[2].startswith("5/10 dialogues")
    assert lines[3:] == ([said] if said else [])


def test_without_a_terminal_it_is_said_once_until_it_changes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "PLAIN_EVERY", 0.001)
    saying, asked = iter(["", "one", "one", "[b]two[/b]"]), threading.Event()

    def so_far() -> str:
        text = next(saying, "[b]two[/b]")
        if text == "[b]two[/b]":
            asked.set()
        return text

    with showing(progress(done=5), "plain", "", so_far):
        assert asked.wait(NEVER)
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if not line.startswith("5/10")][:2] == ["one", "[b]two[/b]"]
