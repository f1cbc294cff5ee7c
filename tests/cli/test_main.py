"""The command itself: help, versions, unknown words, and what it does not load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness import __version__
from tests.support.command import COMMAND, environment, track15


def test_help_names_every_command(tmp_path: Path) -> None:
    shown = track15("--help", cwd=tmp_path)
    assert shown.code == 0
    for name in ("run", "plan", "list", "show", "score", "report"):
        assert f"\n  {name} " in shown.out
        own = track15(name, "--help", cwd=tmp_path)
        assert own.code == 0
        assert f"track15 {name}" in own.out


def test_version(tmp_path: Path) -> None:
    assert __version__ in track15("--version", cwd=tmp_path).out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["rnu"], ["'rnu'", "Did you mean 'run'"]),
        (["run"], ["Missing argument"]),
        (["run", "quikstart"], ["unknown suite 'quikstart'", "did you mean 'quickstart'"]),
        (["run", "quickstart", "--epochs", "0"], ["--epochs"]),
        (["run", "quickstart", "--modle", "x"], ["--modle", "--model"]),
        (["run", "quickstart", "--model", "opnai/x"], ["unknown provider 'opnai'", "for example"]),
        (
            ["run", "quickstart", "--model", "offical=openai/x"],
            ["unknown role 'offical'", "write official=openai/x"],
        ),
        (["run", "quickstart", "--arm", "track-3"], ["no arm 'track-3'", "track-1.5"]),
        (["run", "quickstart", "--scenario", "ceasfire"], ["did you mean 'ceasefire'"]),
        (["run", "quickstart", "--prompts", "nowhere"], ["nowhere"]),
        (["run", "nowhere/suite.yaml"], ["nowhere/suite.yaml", "no such file"]),
        (["doctor", "--json"], ["No model is named"]),
        (["list", "suits"], ["suits"]),
        (["plan", "quickstart", "--model", "openai/x@ftp://h"], ["http://"]),
    ],
)
def test_wrong_usage_is_one_clear_message(
    tmp_path: Path, arguments: list[str], words: list[str]
) -> None:
    track15(*arguments, cwd=tmp_path).fails(2, *words)
    assert list(tmp_path.iterdir()) == [], "nothing is written"


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys, harness.cli.main as m\n"
        "try: m.main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'openai', 'langchain', 'numpy', 'pydantic', 'rich', 'scipy', 'matplotlib'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.strip() == "[]"


def test_a_reader_that_leaves_early_is_no_failure(tmp_path: Path) -> None:
    listing = subprocess.Popen(
        [*COMMAND, "list", "measures"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert listing.stdout is not None
    assert listing.stderr is not None
    listing.stdout.readline()
    listing.stdout.close()
    errors = listing.stderr.read()
    listing.stderr.close()
    assert listing.wait() == 0
    assert errors == b""
