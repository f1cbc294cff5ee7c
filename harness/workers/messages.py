"""What a driver and its workers say to each other: frames, each of a type, over any byte stream.

A frame is two lengths (bytes of the whole, bytes of the head; big-endian, 4 bytes each), a head in
JSON and raw parts behind it. Lines of the record travel as parts: they are passed on as they are,
never parsed or written out again. Nothing is pickled.

====================  ======================================================================
driver to worker
====================  ======================================================================
``setup``             Once, first: a :class:`~harness.workers.resources.Setup`, as part 0.
``play``              Play a stage: ``id``; its spec as part 0, then the records that it
                      reads, whose names are ``inputs``, then, where they are ``known``,
                      its replies so far.
``reply``             To a request: ``number``, ``value``.
``reached``           The run has spent what it may.
``stop``              Nothing more will come.
worker to driver
====================  ======================================================================
``finished``          A stage is over: fields of :class:`~harness.records.finished.Finished`,
                      ``counts``; the lines as parts.
``counts``            Calls and tokens since the last time.
``request``           Something only the driver can say: ``number``, ``name``, ``value``.
``note``              The same where no reply is waited for: ``name``, ``value``. Also what is
                      being waited for, and what servers were found not to take.
``error``             The run cannot go on: ``kind``, ``what``, ``where``, ``fix``.
====================  ======================================================================
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

from pydantic_core import from_json, to_json

import harness.errors
from harness.errors import Track15Error
from harness.records.finished import Finished

_LENGTHS: Final = struct.Struct(">II")


@dataclass(frozen=True, slots=True)
class Frame:
    """One message.

    Attributes:
        type: What it is; see the module's table.
        head: JSON values.
        parts: Bytes that are passed on as they are.
    """

    type: str
    head: Mapping[str, Any] = field(default_factory=dict)
    parts: tuple[bytes, ...] = ()

    def encode(self) -> bytes:
        """The frame as bytes; at most 4 GiB."""
        head = to_json({"type": self.type, "parts": list(map(len, self.parts)), **self.head})
        length = len(head) + sum(map(len, self.parts))
        return b"".join((_LENGTHS.pack(length, len(head)), head, *self.parts))

    @classmethod
    def decode(cls, data: bytes) -> Frame:
        """The frame that :meth:`encode` made bytes of."""
        _, head_length = _LENGTHS.unpack_from(data)
        at = _LENGTHS.size + head_length
        head = from_json(data[_LENGTHS.size : at])
        parts = []
        for length in head.pop("parts"):
            parts.append(data[at : at + length])
            at += length
        return cls(head.pop("type"), head, tuple(parts))


async def read_frame(stream: asyncio.StreamReader) -> Frame | None:
    """The next frame; None at the end of the stream, a torn frame included."""
    try:
        lengths = await stream.readexactly(_LENGTHS.size)
        return Frame.decode(lengths + await stream.readexactly(_LENGTHS.unpack(lengths)[0]))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


def read_frame_blocking(file: BinaryIO) -> Frame | None:
    """As :func:`read_frame`, for a thread."""
    lengths = file.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    length = _LENGTHS.unpack(lengths)[0]
    body = file.read(length)
    return Frame.decode(lengths + body) if len(body) == length else None


# --- what is carried -----------------------------------------------------------------------------


def of_finished(finished: Finished, counts: Mapping[str, float]) -> Frame:
    """A finished dialogue with what was counted since the last frame."""
    head = {
        "id": finished.id,
        "kind": finished.kind,
        "status": finished.status,
        "messages": list(finished.messages),
        "calls": finished.calls,
        "deal": finished.deal,
        "void": finished.void,
        "detail": finished.detail,
        "counts": counts,
    }
    parts = (finished.record, finished.timing, *finished.messages.values())
    return Frame("finished", head, parts)


def to_finished(frame: Frame) -> Finished:
    """The dialogue in a ``finished`` frame."""
    head, (record, timing, *lines) = frame.head, frame.parts
    return Finished(
        id=head["id"],
        kind=head["kind"],
        status=head["status"],
        record=record,
        timing=timing,
        messages=dict(zip(head["messages"], lines, strict=True)),
        calls=head["calls"],
        deal=head["deal"],
        void=head["void"],
        detail=head["detail"],
    )


def of_error(error: Track15Error) -> dict[str, str | None]:
    """An expected failure as JSON."""
    kind = next(c.__name__ for c in type(error).__mro__ if c.__name__ in _ERRORS)
    return {"kind": kind, "what": error.what, "where": error.where, "fix": error.fix}


def to_error(value: Mapping[str, str | None]) -> Track15Error:
    """The failure that :func:`of_error` made JSON of."""
    kind = _ERRORS[value["kind"] or "Track15Error"]
    return kind(value["what"] or "", where=value["where"], fix=value["fix"])


_ERRORS: Final[dict[str, type[Track15Error]]] = {
    name: getattr(harness.errors, name)
    for name in (
        "Track15Error",
        "UsageError",
        "InputError",
        "RecordError",
        "ModelError",
        "LimitReachedError",
    )
}
"""Those that are made of ``what``, ``where`` and ``fix`` alone; others go as what they are a kind
of."""
