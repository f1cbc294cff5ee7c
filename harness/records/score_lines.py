"""The lines of ``scores.jsonl``: how a score is written, and how scores are read again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

from pydantic import ValidationError
from pydantic_core import to_json

from harness.errors import RecordError
from harness.files.jsonl import read_lines, unreadable
from harness.files.regular import open_regular
from harness.records.checking import score_contradiction
from harness.records.score import Score

_HEAD: Final = re.compile(rb'^\{"id":"([0-9a-f]{1,64})"')
_KEY: Final = b'"evaluator":'


def score_line(score: Score | bytes) -> bytes:
    """A score as it is written, with its newline; what is written already stays as it is."""
    return score if isinstance(score, bytes) else score.model_dump_json().encode() + b"\n"


def read_scores(
    path: Path,
    run: Path,
    evaluators: Collection[str] | None = None,
    dialogues: Collection[str] | None = None,
) -> Iterator[Score]:
    """What evaluators found, in the order of the file.

    Args:
        path: Of the file.
        run: Folder of the run, for errors.
        evaluators: Only what these found. Lines that are plainly others' are not looked into.
        dialogues: Only what was found in these; likewise.

    Raises:
        RecordError: A line is damaged.
    """
    named = None if evaluators is None else [_KEY + to_json(name) for name in evaluators]
    for number, (_, line) in enumerate(read_lines(path), start=1):
        if named is not None and _KEY + b'"' in line and not any(key in line for key in named):
            continue
        head = None if dialogues is None else _HEAD.match(line)
        if head is not None and dialogues is not None and head.group(1).decode() not in dialogues:
            continue
        score = parse_score(line, f"{path}:{number}", run)
        of_them = dialogues is None or score.id in dialogues
        if of_them and (evaluators is None or score.evaluator in evaluators):
            yield score


def read_scores_at(path: Path, run: Path, places: Iterable[tuple[int, int]]) -> Iterator[Score]:
    """The scores that stand at byte offsets of the file, in as many bytes; otherwise as
    :func:`read_scores`. A place where no line begins or ends is damaged."""
    try:
        with open_regular(path) as file:
            for offset, length in places:
                file.seek(offset)
                for line in file.read(length).splitlines():
                    yield parse_score(line, str(path), run)
    except OSError as error:
        raise unreadable(path, error) from None


def parse_score(line: bytes, where: str, run: Path) -> Score:
    """A line of ``scores.jsonl``.

    Raises:
        RecordError: It is no score, or contradicts itself.
    """
    try:
        score = Score.model_validate_json(line)
        why = score_contradiction(score)
    except ValidationError:
        why = "it is no score"
    if why is not None:
        raise RecordError(
            f"damaged line: {why}",
            where=where,
            fix=f"delete the file, then score the run again: track15 score {run}",
        ) from None
    return score
