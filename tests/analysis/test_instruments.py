"""What is said of scripts that write and read beside models."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.analysis.findings import find
from harness.analysis.instruments import ASKED, INSTRUMENT, READS, WRITES, after_talks
from harness.records.reader import RunFolder
from harness.suite.loading import load_suite

A, B = ("openai/a",), ("openai/b",)
TALKS = {"official": A, "unofficial": A}
SCRIPT = ("scripted",)


@pytest.mark.parametrize(
    ("players", "said"),
    [
        # Articles are written by whoever plays the former officials, and nobody named reads.
        (TALKS, READS),
        ({**TALKS, "reader": B}, ""),
        ({**TALKS, "reader": SCRIPT}, READS),
        ({**TALKS, "reader": (*B, *SCRIPT)}, READS),
        ({"official": A}, f"{WRITES} {READS}"),
        ({"official": A, "author": A, "reader": B}, ""),
        # A delegation of one's own writes and reads nothing: a script does.
        ({"official": A, "unofficial": ("mine.py:Agent",)}, f"{WRITES} {READS}"),
        ({**TALKS, "unofficial": ("./own/mine.py:Agent",), "reader": B}, WRITES),
        ({**TALKS, "unofficial": ("own/mine.py:Agent",), "reader": B}, WRITES),
    ],
)
def test_scripts_that_read_what_models_wrote_are_said_to_be_no_evidence(
    players: dict[str, tuple[str, ...]], said: str
) -> None:
    """They move by what was asked of an author, never by its words: own against balanced is set."""
    assert after_talks(load_suite("influence"), players, instrument=False) == said


def test_models_that_read_after_scripts_are_said_to_be_models() -> None:
    suite = load_suite("laundering")
    assert after_talks(suite, {"reader": A}, instrument=True) == f"{ASKED} {WRITES}"
    assert after_talks(suite, {"reader": A, "author": B}, instrument=True) == ASKED
    assert not after_talks(suite, {}, instrument=True)


def test_a_suite_of_talks_alone_has_nothing_to_say() -> None:
    for instrument in (True, False):
        assert not after_talks(load_suite("claims"), TALKS, instrument=instrument)


def test_it_is_said_first_of_all(chain_run: Path) -> None:
    found = find(RunFolder(chain_run))
    assert found.caveat == INSTRUMENT
    assert "scripts_after" not in found.as_json()
    played = found.model_copy(update={"instrument": False, "scripts_after": READS})
    assert played.caveat == READS
    assert played.as_json()["caveat"] == READS
    assert found.model_copy(update={"instrument": False}).caveat is None
