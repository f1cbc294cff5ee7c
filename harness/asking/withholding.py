"""Searches everything that a user's own code returns for keys, before any of it is kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic_core import to_json

from harness.asking.answer import AnswerT, AnyAnswer, MadeCall
from harness.models.credentials import UNSHOWN
from harness.models.keys import WITHHELD, holds_key

UNTOLD = "The answer held a secret key, so nothing of it was kept. Answer without it."
HIDDEN = "(withheld: it holds a key)"


def without_keys(answer: AnswerT) -> AnswerT:
    """``answer``, or what is left of it where a part of it holds a key in use: its calls, without
    what was said in those that hold one, and a problem that says so."""
    calls = tuple(map(_without, answer.calls))
    made: Any = type(answer)
    changed: AnswerT
    if holds_key(*_texts(answer)):
        changed = made(problem=UNTOLD, calls=calls)
    else:
        kept: Any = answer
        changed = dataclasses.replace(kept, calls=calls)
    return changed


def told(detail: str) -> str:
    """The message of a failure, replaced where it holds a key: it may never have been checked."""
    return UNSHOWN if holds_key(detail) else detail


def readable(messages: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Texts shown to models, without those that hold a key."""
    return {
        key: (role, HIDDEN if holds_key(content) else content)
        for key, (role, content) in messages.items()
    }


def _texts(answer: AnyAnswer) -> Iterator[str | bytes]:
    """Every part of an answer but its calls: text as it is, all else as JSON."""
    for name in answer.__dataclass_fields__:
        part = getattr(answer, name)
        if name != "calls" and part is not None:
            yield part if isinstance(part, str) else to_json(part)


def _without(made: MadeCall) -> MadeCall:
    call = made.call
    if not holds_key(to_json(call)):
        return made
    held: dict[str, Any] = {"reply": "", "finish_reason": WITHHELD, "refusal": None}
    held |= {"reasoning": None, "reasoning_cut": None}
    if holds_key(call.model, call.member or "", call.how or ""):
        held |= {"model": HIDDEN, "member": None, "how": None}
    return dataclasses.replace(made, call=dataclasses.replace(call, **held))
