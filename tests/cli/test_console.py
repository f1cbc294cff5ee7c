"""The standard streams of the real command: pipes, full disks, closed streams, colours."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from harness.cli.console import console_on, dimensions
from harness.visible import GuardedStream
from tests.support.command import COMMAND, environment, track15

SMALL_RUN = ("run", "quickstart", "--scenario", "opening", "--epochs", "1")
COLOUR = re.compile(r"\x1b\[[0-9;]*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[0-9;]*m")


def test_a_run_whose_reader_has_left_is_kept_whole(tmp_path: Path) -> None:
    gone, output = os.pipe()
    os.close(gone)
    done = subprocess.run(
        [*COMMAND, *SMALL_RUN],
        cwd=tmp_path,
        env=environment(),
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(output)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert len(list(tmp_path.glob("transcripts/*/report.html"))) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [("--help",), ("list", "suites"), ("show", "--json")])
def test_an_output_that_is_full(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, *arguments],
            cwd=tmp_path,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "track15: the output cannot be written: No space left on device\n"


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_streams_that_the_shell_has_closed(tmp_path: Path, closed: str) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *COMMAND, *SMALL_RUN, "--no-report"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert ("instrument" in done.stdout) == closed.startswith("2")
    (run,) = tmp_path.glob("transcripts/*")
    lines = (run / "transcripts.jsonl").read_text().splitlines()
    assert all(line.startswith("{") for line in lines), "no word went into a file"


def test_an_output_without_the_minus_sign(tmp_path: Path) -> None:
    done = track15(*SMALL_RUN, cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert done.code == 0, done.err
    assert done.out.isascii()


def at_a_terminal(cwd: Path, *arguments: str, **env: str) -> str:
    """Everything the command writes to a terminal of its own."""
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=cwd,
        env=environment(TERM="xterm-256color", **env),
        stdin=its,
        stdout=its,
        stderr=its,
    )
    os.close(its)
    seen = b""
    while True:
        try:
            part = os.read(ours, 1 << 16)
        except OSError:  # how Linux ends a terminal that nobody holds open
            break
        if not part:
            break
        seen += part
    os.close(ours)
    assert process.wait() == 0, seen.decode()
    return seen.decode()


def test_colours_are_for_terminals_that_want_them(tmp_path: Path) -> None:
    coloured = at_a_terminal(tmp_path, *SMALL_RUN, "--no-report")
    assert "4/4 dialogues" in coloured
    assert "\x1b[" in coloured
    dialogue = ("show", "latest", "--arm", "track-1.5", "--json")
    key = track15(*dialogue, cwd=tmp_path).out[7:13]
    read = ("show", "latest", key)
    assert COLOUR.search(at_a_terminal(tmp_path, *read, "--no-pager"))
    assert COLOUR.search(at_a_terminal(tmp_path, *read, PAGER="cat")), "through the user's pager"
    assert not COLOUR.search(at_a_terminal(tmp_path, *read, NO_COLOR="1", PAGER="cat"))
    assert not COLOUR.search(at_a_terminal(tmp_path, *SMALL_RUN, "--no-report", NO_COLOR="1"))


@pytest.mark.kind("X3")
def test_what_comes_past_the_console_is_filtered_too() -> None:
    written = io.StringIO()
    guarded = GuardedStream(written)
    print("\x1b[31m\u202e\n\ttab", file=guarded)
    assert written.getvalue() == "\\u001b[31m\\u202e\n\ttab\n"


@pytest.mark.kind("F6")
@pytest.mark.kind("X3")
def test_a_console_shows_what_others_wrote_and_keeps_its_own_colours() -> None:
    from rich.table import Table
    from rich.text import Text

    written = io.StringIO()
    console = console_on(GuardedStream(written))
    console._force_terminal, console._color_system = True, console._detect_color_system()
    console.print(Text("a\x1b[2Jb", style="bold") + Text("\u202e!", style="red"))
    table = Table("\x1b[31mhead")
    table.add_row("\u2066cell \u200b")
    console.print(table)
    console.print("\x9b31m", markup=False)
    text = written.getvalue()
    assert "a\\x1b[2Jb" in text
    assert "\\u202e!" in text
    assert "\\x1b[31mhead" in text
    assert "\\u2066cell \\u200b" in text
    assert "\\x9b31m" in text
    assert set(re.findall(r"\x1b[^m]*m", text)) <= {"\x1b[1m", "\x1b[0m", "\x1b[31m", "\x1b[1;31m"}
    assert "\x1b[2J" not in text


@pytest.mark.kind("F8")
@pytest.mark.parametrize(
    ("environ", "columns"),
    [
        ({}, 100),
        ({"COLUMNS": "0"}, 80),
        ({"COLUMNS": "-5"}, 80),
        ({"COLUMNS": "wide"}, 80),
        ({"COLUMNS": "\u00b2"}, 80),
        ({"COLUMNS": ""}, 80),
        ({"COLUMNS": "7"}, 80),
        ({"COLUMNS": "99999999999"}, 80),
        ({"COLUMNS": "40"}, 40),
        ({"COLUMNS": "132"}, 132),
    ],
)
def test_a_width_that_cannot_be_used_counts_as_80(environ: dict[str, str], columns: int) -> None:
    assert dimensions(io.StringIO(), environ)[0] == columns


@pytest.mark.kind("F8")
@pytest.mark.parametrize("columns", ["0", "1", "junk", "\u00b2", ""])
def test_every_width_gives_the_output_of_80_columns(tmp_path: Path, columns: str) -> None:
    assert track15("show", cwd=tmp_path, COLUMNS=columns, LINES=columns).out == (
        track15("show", cwd=tmp_path, COLUMNS="80").out
    )
