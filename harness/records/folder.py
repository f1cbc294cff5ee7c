"""What the files of a run folder are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from harness.files.regular import read_head
from harness.records.spec import RECORDED, TALKS

LOG_DIR: Final = Path("transcripts")
"""Folder that run folders are in, where none is named."""
RUN: Final = "run.json"
PLAN: Final = "plan.jsonl"
JUDGING: Final = "judging.jsonl"
TRANSCRIPTS: Final = "transcripts.jsonl"
MESSAGES: Final = "messages.jsonl"
TIMINGS: Final = "timings.jsonl"
SCORES: Final = "scores.jsonl"
LABELS: Final = "labels.jsonl"
"""What people found in turns that a judge has read."""
CALIBRATION: Final = "calibration-{}.json"
"""How good the judge is that has judged the run by a rubric, of the rubric's name."""
DIGEST: Final = "digest.jsonl"
"""What findings and pages need of a large run, worked out from its other files; never needed."""

_DIALOGUES: Final = frozenset({TALKS, RECORDED})
_OTHERS: Final = frozenset({PLAN, JUDGING, MESSAGES, TIMINGS, SCORES, DIGEST, LABELS})
_LONGEST_HEAD: Final = 200
_HEAD: Final = re.compile(
    rb'^\{"id":"[0-9a-f]{16}","schema_version":\d{1,6},"status":"[a-z]+","kind":"([a-z_]{1,31})"'
)
_KIND: Final = re.compile(r"[a-z][a-z_]{0,30}")


def file_of(kind: str) -> str:
    """The file that holds the stages of a kind, one a line. Dialogues have one file, whether they
    were played or recorded elsewhere."""
    return TRANSCRIPTS if kind in _DIALOGUES else f"{kind}.jsonl"


def is_taken(kind: str) -> bool:
    """Whether the file of a kind would be one that holds something else."""
    name = file_of(kind)
    return name in _OTHERS or (name == TRANSCRIPTS and kind not in _DIALOGUES)


def stage_files(run: Path) -> Iterator[Path]:
    """The files of a run that hold stages, of whatever kind; transcripts first.

    What else somebody has put into the folder - notes, a copy of a file - is none of them: a file
    of stages is named by their kind, and begins with one.
    """
    if (run / TRANSCRIPTS).exists():
        yield run / TRANSCRIPTS
    for path in sorted(run.glob("*.jsonl")):
        if path.name not in _OTHERS and path.name != TRANSCRIPTS and _begins_with_a_stage(path):
            yield path


def kind_in(line: bytes) -> str | None:
    """The kind of the record in a line, read from how it begins; None where it begins otherwise."""
    head = _HEAD.match(line)
    return None if head is None else head.group(1).decode()


def _begins_with_a_stage(path: Path) -> bool:
    try:
        return kind_in(read_head(path, _LONGEST_HEAD)) == path.stem
    except OSError:
        return bool(_KIND.fullmatch(path.stem))  # whoever reads it says what is wrong
