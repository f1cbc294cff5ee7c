"""The scores of one dialogue out of a file of many, found by where they stand."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Final

from harness.files.jsonl import read_lines
from harness.files.regular import open_regular
from harness.records.score import Score, merged
from harness.records.score_lines import parse_score

_ID: Final = re.compile(rb'^\{"id":"([^"\\]*)"')
_EVALUATOR: Final = re.compile(rb'"evaluator":"([^"\\]*)","version":\d')


class ScoreLines:
    """Where the scores of each dialogue stand in a ``scores.jsonl``.

    The lines of a dialogue stand together, so that one place a dialogue is nearly always all that
    is held. A file that is not there holds no scores.

    Args:
        path: The file.

    Raises:
        RecordError: It cannot be read, or a line is no score.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._starts: dict[str, list[tuple[int, int]]] = {}
        last = None
        for number, (offset, line) in enumerate(read_lines(path), start=1):
            dialogue = self._id(line, number)
            if dialogue != last:
                self._starts.setdefault(dialogue, []).append((offset, number))
                last = dialogue

    def __len__(self) -> int:
        """Dialogues that have a score."""
        return len(self._starts)

    def first(self) -> str | None:
        """The dialogue whose scores stand first; None where there are none."""
        return next(iter(self._starts), None)

    def of(self, dialogue: str, evaluators: Collection[str] | None = None) -> dict[str, Score]:
        """The scores of a dialogue: evaluator -> what it found, in all of its lines together.

        Args:
            dialogue: Its id; one without scores has none.
            evaluators: Only these; None for all.

        Raises:
            RecordError: A line is damaged.
        """
        return merged(self.all_of(dialogue, evaluators))

    def all_of(self, dialogue: str, evaluators: Collection[str] | None = None) -> list[Score]:
        """The scores of a dialogue, line by line; otherwise as :meth:`of`."""
        found = list[Score]()
        starts = self._starts.get(dialogue)
        if not starts:
            return found
        with open_regular(self._path) as file:
            for offset, first in starts:
                file.seek(offset)
                for number, line in enumerate(file, start=first):
                    if not line.endswith(b"\n") or self._id(line, number) != dialogue:
                        break  # another dialogue, or a torn last line
                    head = _EVALUATOR.search(line)
                    if evaluators is not None and head and head[1].decode() not in evaluators:
                        continue
                    score = parse_score(line, f"{self._path}:{number}", self._path.parent)
                    if evaluators is None or score.evaluator in evaluators:
                        found.append(score)
        return found

    def _id(self, line: bytes, number: int) -> str:
        """Of which dialogue a line is."""
        head = _ID.match(line)
        if head is not None:
            return head[1].decode("utf-8", "replace")
        return parse_score(line, f"{self._path}:{number}", self._path.parent).id
