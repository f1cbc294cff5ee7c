"""A finished dialogue as it goes to disk.

The process that played a dialogue writes it out; whoever keeps the record only appends bytes, so
that one driver keeps up with many workers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic_core import to_json

from harness.records.transcript import Status, Timing, Transcript, VoidReason


@dataclass(frozen=True, slots=True)
class Finished:
    """What the record and the progress display need of a finished dialogue, and no more.

    Attributes:
        id: Of the dialogue.
        status: Of its transcript.
        transcript, timing: Lines of ``transcripts.jsonl`` and ``timings.jsonl``, without newlines.
        messages: Hash of a text shown to a model -> its line of ``messages.jsonl``.
        calls: Model calls in the transcript.
        deal: Whether the talks ended in one.
        void: Kind of :class:`~harness.records.transcript.VoidReason`; None where there is a result.
        detail: Why there is none, for a person; empty where there is one.
    """

    id: str
    status: Status
    transcript: bytes
    timing: bytes
    messages: Mapping[str, bytes]
    calls: int = 0
    deal: bool = False
    void: str | None = None
    detail: str = ""

    @classmethod
    def of(
        cls, transcript: Transcript, timing: Timing, messages: Mapping[str, tuple[str, str]]
    ) -> Finished:
        """Write a dialogue out.

        Args:
            messages: Hash -> (role, content) of every text shown to a model.
        """
        talks = transcript.talks
        void: VoidReason | None = talks.void
        return cls(
            id=transcript.id,
            status=transcript.status,
            transcript=transcript.model_dump_json(by_alias=True).encode(),
            timing=timing.model_dump_json().encode(),
            messages={
                key: to_json({"hash": key, "role": role, "content": content})
                for key, (role, content) in messages.items()
            },
            calls=len(talks.calls),
            deal=talks.outcome.kind == "deal",
            void=None if void is None else void.kind,
            detail="" if void is None else void.detail,
        )

    @property
    def broken_off(self) -> bool:
        """Whether the run's own limit ended it."""
        return self.void == "budget"
