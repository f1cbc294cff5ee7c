"""Keeps keys out of what a delegation of the user's own gives: the table looks at all of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from harness.delegations.base import Answer, MadeCall
from harness.models.credentials import UNSHOWN
from harness.models.keys import WITHHELD, holds_key

UNTOLD = "The answer held a secret key, so nothing of it was kept. Answer without it."
HIDDEN = "(withheld: it holds a key)"


def without_keys(answer: Answer) -> Answer:
    """``answer``, or what is left of it where a part of it holds a key in use: its calls, without
    what was said in those that hold one."""
    calls = tuple(map(_without, answer.calls))
    if not holds_key(*_texts(answer)):
        return dataclasses.replace(answer, calls=calls)
    return Answer(problem=UNTOLD, calls=calls)


def told(detail: str) -> str:
    """What is said of a failure, or that it holds a key: whoever raised it may not have looked."""
    return UNSHOWN if holds_key(detail) else detail


def readable(messages: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Texts shown to models, without those that hold a key."""
    return {
        key: (role, HIDDEN if holds_key(content) else content)
        for key, (role, content) in messages.items()
    }


def _texts(answer: Answer) -> Iterator[str]:
    for part in (answer.move, answer.debrief):
        if part is not None:
            yield part.model_dump_json()
    yield from filter(None, (answer.words, answer.problem))


def _without(made: MadeCall) -> MadeCall:
    call = made.call
    if not holds_key(call.model_dump_json()):
        return made
    held = {"reply": "", "finish_reason": WITHHELD, "refusal": None}
    if holds_key(call.model, call.member or "", call.how or ""):
        held |= {"model": HIDDEN, "member": None, "how": None}
    return dataclasses.replace(made, call=call.model_copy(update=held))
