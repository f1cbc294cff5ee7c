"""Reads lines of talks whose specs differ in their seed alone, as those of most of a run do.

Such a spec is read once. What is found is the same as if each were read, and so is what is refused:
a line of any other form is left to :mod:`harness.records.parsing`, which reads all of it.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from harness.records.spec import TalksSpec, id_of
from harness.records.transcript import StageRecord, Talks, Transcript

RecordT = TypeVar("RecordT", bound=BaseModel)
KEPT: Final = 512
"""Specs that are kept. A suite has about as many as arms times scenarios times twins."""
_BEGINS: Final = re.compile(
    rb'\{"id":"[0-9a-f]{16}","schema_version":\d+,"status":"[a-z]+","kind":"talks"(?P<spec>,"spec":)'
    rb'(?P<before>\{"kind":"talks",[^{}]*"seed":)(?P<seed>0|[1-9]\d{0,18})(?=,)'
)
"""How a line begins, up to the seed of its spec."""
_ENDS: Final = b',"void":'
"""What follows the spec. It is part of no text: a quotation mark in one is escaped."""
_known: dict[tuple[bytes, bytes], TalksSpec] = {}
"""What stands before a seed, and what stands after it -> a spec of that form, with some seed."""


class _Rest(StageRecord):
    """A record of talks without its spec."""

    kind: Literal["talks"]
    spec: None = None
    body: Talks


def talks_in(line: bytes) -> Transcript | None:
    """The transcript that a line holds; None where it has to be read as a whole, and is perhaps
    none. The id of its spec is known from then on."""
    begins = _BEGINS.match(line)
    ends = -1 if begins is None else line.find(_ENDS, begins.end())
    if begins is None or ends < 0:
        return None
    written = line[begins.start("before") : ends]
    form = (begins["before"], line[begins.end() : ends])
    try:
        spec = _spec(written, form, int(begins["seed"]))
        rest = _Rest.model_validate_json(line[: begins.start("spec")] + line[ends:])
    except ValidationError:
        return None
    if spec is None or "spec" in rest.model_fields_set:  # it has two
        return None
    return _changed(Transcript, rest, "spec", spec)


def _spec(written: bytes, form: tuple[bytes, bytes], seed: int) -> TalksSpec | None:
    """The spec that is written so; None where it would be written otherwise here, so that its id is
    not that of these bytes.

    Raises:
        ValidationError: It is none.
    """
    known = _known.get(form)
    if known is None:
        spec = TalksSpec.model_validate_json(written)
        if spec.model_dump_json(by_alias=True).encode() != written:
            return None
        if len(_known) >= KEPT:
            _known.clear()
        _known[form] = spec
    else:
        spec = _changed(TalksSpec, known, "seed", seed)
    id_of.know(spec, sha256(written).hexdigest()[:16])
    return spec


def _changed(kind: type[RecordT], read: BaseModel, name: str, value: object) -> RecordT:
    """What was read, as a record of ``kind`` with another value in a field. It is made as one is
    unpickled: ``model_copy`` and ``model_construct`` take several times as long."""
    made = kind.__new__(kind)
    state = read.__getstate__()
    state["__dict__"] = {**state["__dict__"], name: value}
    state["__pydantic_fields_set__"] = state["__pydantic_fields_set__"] | {name}
    made.__setstate__(state)
    return made
