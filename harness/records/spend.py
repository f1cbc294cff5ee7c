"""What the calls in a record took: every call that was paid for, kept or superseded.

Read without validating whole transcripts, since a run of 100,000 dialogues is resumed too.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from harness.errors import RecordError
from harness.files.jsonl import read_lines
from harness.records.folder import MESSAGES, TIMINGS, stage_files

_HEAD = re.compile(rb'^\{"id":"([0-9a-f]{16})"')


@dataclass(frozen=True)
class PaidCall:
    """One call of a record.

    Attributes:
        model: As it stands in the record.
        prompt, completion: Tokens as the server counted them; None where it did not.
        cached: Those of ``prompt`` that the server had cached; None where it did not say.
        prompt_length, reply_length: Characters, to estimate from what was not counted; 0 where
            both were.
    """

    model: str
    prompt: int | None
    completion: int | None
    cached: int | None = None
    prompt_length: int = 0
    reply_length: int = 0


def paid_calls(run: Path, stages: Container[str] | None = None) -> Iterator[PaidCall]:
    """Calls of a run folder, file by file: of finished stages, void ones, and those that were
    broken off and have been, or will be, played again; unusable replies and debriefs included.
    Nothing where there is no record yet.

    Args:
        stages: Only theirs; None for all.

    Raises:
        RecordError: A line is damaged.
    """
    files = list(stage_files(run))
    if not files:
        return
    timings = _timings(run, files)
    lengths: dict[str, int] | None = None
    for path in files:
        for number, (_, line) in enumerate(read_lines(path), start=1):
            head = _HEAD.match(line)
            if stages is not None and head is not None and head[1].decode() not in stages:
                continue
            try:
                document = from_json(line)
                timed = timings[document["id"]]
                timing = timed.popleft() if timed else {}
                for call in _calls(document):
                    attempts, cached = timing.get(call["index"], (1, None))
                    if attempts < 1:
                        continue  # answered from what had been paid for before
                    usage = call.get("usage") or {}
                    prompt, completion = usage.get("prompt"), usage.get("completion")
                    prompt_length = reply_length = 0
                    if prompt is None or completion is None:
                        if lengths is None:
                            lengths = _lengths(run)
                        prompt_length = sum(lengths.get(key, 0) for key in call["prompt"])
                        reply_length = len(call["reply"])
                    yield PaidCall(
                        call["model"], prompt, completion, cached, prompt_length, reply_length
                    )
            except (ValueError, KeyError, TypeError, AttributeError):
                raise RecordError("damaged line", where=f"{path}:{number}") from None


def _calls(document: Any) -> Iterator[Any]:
    """Of the stage on a line; version 1 had a list of stages on it, with talks alone in it."""
    for stage in document.get("stages", (document,)):
        yield from stage["calls"]


_Timed = dict[str, deque[dict[int, tuple[int, int | None]]]]


def _timings(run: Path, files: Iterable[Path]) -> _Timed:
    """Stage id -> attempts and cached tokens of the calls, for each of its lines in order.

    Timings are not brought to disk at once; what a crash has cost of them is taken as paid for. A
    complete run has dropped superseded records, but not their timings.
    """
    heads = (_HEAD.match(line) for path in files for _, line in read_lines(path))
    lines = Counter(head.group(1).decode() for head in heads if head is not None)
    found: _Timed = defaultdict(deque)
    for document in _documents(run / TIMINGS):
        calls = {c["call"]: (c["attempts"], c.get("cached_tokens")) for c in document["calls"]}
        kept = found[document["id"]]
        kept.append(calls)
        if len(kept) > lines[document["id"]]:
            kept.popleft()
    return found


def _lengths(run: Path) -> dict[str, int]:
    """Hash of a message -> its length in characters."""
    return {item["hash"]: len(item["content"]) for item in _documents(run / MESSAGES)}


def _documents(path: Path) -> Iterator[Any]:
    if not path.exists():
        return
    for number, (_, line) in enumerate(read_lines(path), start=1):
        try:
            document = from_json(line)
        except ValueError:
            raise RecordError("damaged line", where=f"{path}:{number}") from None
        yield document
