"""What the files of a run folder are called."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from harness.records.spec import RECORDED, TALKS

LOG_DIR: Final = Path("transcripts")
"""Folder that run folders are in, where none is named."""
RUN: Final = "run.json"
PLAN: Final = "plan.jsonl"
TRANSCRIPTS: Final = "transcripts.jsonl"
MESSAGES: Final = "messages.jsonl"
TIMINGS: Final = "timings.jsonl"
SCORES: Final = "scores.jsonl"

_DIALOGUES: Final = frozenset({TALKS, RECORDED})
_OTHERS: Final = frozenset({PLAN, MESSAGES, TIMINGS, SCORES})


def file_of(kind: str) -> str:
    """The file that holds the stages of a kind, one a line. Dialogues have one file, whether they
    were played or recorded elsewhere."""
    return TRANSCRIPTS if kind in _DIALOGUES else f"{kind}.jsonl"


def is_taken(kind: str) -> bool:
    """Whether the file of a kind would be one that holds something else."""
    return file_of(kind) in _OTHERS


def stage_files(run: Path) -> Iterator[Path]:
    """The files of a run that hold stages, of whatever kind; transcripts first."""
    if (run / TRANSCRIPTS).exists():
        yield run / TRANSCRIPTS
    for path in sorted(run.glob("*.jsonl")):
        if path.name not in _OTHERS and path.name != TRANSCRIPTS:
            yield path
