"""Finds the one JSON object of a reply, or says why there is not exactly one."""

from __future__ import annotations

import json
import re
from typing import Any, Final, NoReturn

MAX_REPLY: Final = 200_000
"""Longest reply that is looked at, in characters."""

_REASONING = re.compile(r"\s*<think(?:ing)?>", re.IGNORECASE)
_END_OF_REASONING = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_FENCE = re.compile(r"```[ \t]*(?:json)?[ \t]*\r?\n\s*(?=\{)", re.IGNORECASE)
_FENCE_END = re.compile(r"\s*```")


class UnreadableError(ValueError):
    """A reply is not what it must be; the message says what to return."""


def only_object(text: str) -> dict[str, Any]:
    """The JSON object that a reply consists of.

    Taken are: the object alone; or one fenced block that holds it, with prose around the block.
    A leading block of reasoning (``<think>...</think>``) is passed over. Line breaks inside JSON
    strings are taken as they stand.

    Raises:
        UnreadableError: There is none, or there are several, or it is not strict JSON (a key given
            twice, ``NaN``, an unpaired surrogate, nesting without end).
    """
    if len(text) > MAX_REPLY:
        raise UnreadableError(f"The answer has {len(text)} characters; the limit is {MAX_REPLY}.")
    body = without_reasoning(text).strip()
    if _REASONING.match(body):
        raise UnreadableError("The reasoning does not end. Return the JSON object after it.")
    if body.startswith("{"):
        value, end = _decode(body, 0)
        if body[end:].strip():
            raise UnreadableError("There is text after the JSON object. Return the object alone.")
        return value
    return _fenced(body)


def without_reasoning(text: str) -> str:
    """``text`` without a leading block of reasoning; all of it where that is not closed.

    Reasoning is thinking, not speech: it is neither read nor shown to the model again.
    """
    if text.lstrip().startswith("{"):
        return text
    end = _END_OF_REASONING.search(text)
    return text[end.end() :] if end else text


def _fenced(body: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = []
    outside: list[str] = []
    position = 0
    while (fence := _FENCE.search(body, position)) is not None:
        outside.append(body[position : fence.start()])
        value, end = _decode(body, fence.end())
        closing = _FENCE_END.match(body, end)
        if closing is None:
            raise UnreadableError("The fenced block must hold one JSON object and nothing else.")
        found.append(value)
        position = closing.end()
    outside.append(body[position:])
    if not found and "{" in body:
        raise UnreadableError("There is text around the JSON object.")
    if not found:
        raise UnreadableError("There is no JSON object in the answer.")
    # Prose with braces may be a second answer: which of the two is meant is not for us to say.
    if any(value != found[0] for value in found) or "{" in "".join(outside):
        raise UnreadableError(
            "There is more than one JSON object in the answer. Return exactly one."
        )
    return found[0]


def _decode(text: str, start: int) -> tuple[dict[str, Any], int]:
    try:
        value, end = _DECODER.raw_decode(text, start)
        text.encode()
        if "\\u" in text:  # the other way for half a character to get in
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise UnreadableError(
            f"The JSON is broken: {error.msg.lower()} (character {error.pos - start + 1})."
        ) from None
    except UnicodeEncodeError:
        raise UnreadableError("The JSON holds half a character (an unpaired surrogate).") from None
    except RecursionError:
        raise UnreadableError("The JSON is nested too deeply.") from None
    except UnreadableError:
        raise
    except ValueError:
        raise UnreadableError("The JSON holds a number that is too long.") from None
    assert isinstance(value, dict)
    return value, end


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name in fields:
            raise UnreadableError(f"The key {name[:60]!r} is given twice.")
        fields[name] = value
    return fields


def _no_constant(name: str) -> NoReturn:
    raise UnreadableError(f"{name} is not a JSON number.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_no_key_twice, parse_constant=_no_constant, strict=False
)
