"""A finished stage as it goes to disk.

The process that played a stage writes it out; whoever keeps the record only appends bytes, so that
one driver keeps up with many workers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic_core import to_json

from harness.records.transcript import StageRecord, Status, Talks, Timing


def record_hash(line: bytes) -> str:
    """What a stage that has read a record says of it: first 16 hexadecimal digits of the SHA-256 of
    its line, without the newline."""
    return hashlib.sha256(line).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Played:
    """A stage that was played.

    Attributes:
        record: What was said and done.
        timing: How long it took.
        messages: Hash -> (role, content) of every text shown to a model.
    """

    record: StageRecord
    timing: Timing
    messages: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Finished:
    """What the record and the progress display need of a finished stage, and no more.

    Attributes:
        id: Of the stage.
        kind: Of the stage.
        status: Of its record.
        record, timing: Its line in the file of its kind and in ``timings.jsonl``, without newlines.
        messages: Hash of a text shown to a model -> its line of ``messages.jsonl``.
        calls: Model calls in the record.
        deal: Whether it ended in one; always False of what is no talks.
        void: Kind of :class:`~harness.records.transcript.VoidReason`; None where there is a result.
        detail: Why there is none, for a person; empty where there is one.
    """

    id: str
    kind: str
    status: Status
    record: bytes
    timing: bytes
    messages: Mapping[str, bytes]
    calls: int = 0
    deal: bool = False
    void: str | None = None
    detail: str = ""

    @classmethod
    def of(cls, played: Played) -> Finished:
        """Write a stage out."""
        record, void = played.record, played.record.void
        return cls(
            id=record.id,
            kind=record.kind,
            status=record.status,
            record=record.model_dump_json(by_alias=True).encode(),
            timing=played.timing.model_dump_json().encode(),
            messages={
                key: to_json({"hash": key, "role": role, "content": content})
                for key, (role, content) in played.messages.items()
            },
            calls=len(record.calls),
            deal=isinstance(record.body, Talks) and record.body.outcome.kind == "deal",
            void=None if void is None else void.kind,
            detail="" if void is None else void.detail,
        )

    @property
    def broken_off(self) -> bool:
        """Whether the run's own limit ended it."""
        return self.void == "budget"
