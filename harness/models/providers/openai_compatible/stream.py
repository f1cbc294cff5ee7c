"""A completion that came in pieces (server-sent events), put together again."""

from __future__ import annotations

import re
from typing import Any

from pydantic_core import from_json

_BEGINS = re.compile(rb"\s*(:|data:|event:|id:|retry:)")
_JOINED = ("content", "refusal", "reasoning_content", "reasoning", "thinking")


def is_stream(content: bytes) -> bool:
    """Whether a body is server-sent events rather than JSON."""
    return _BEGINS.match(content) is not None


def whole(content: bytes) -> Any:
    """The completion that the events of ``content`` add up to, in the form of one sent whole.

    An error that comes in place of a piece stands in it as ``error``.

    Raises:
        ValueError: A piece is no JSON, there is none, or the stream broke off: no choice gave its
            reason to finish and no end was marked.
    """
    choices: dict[int, dict[str, Any]] = {}
    made: dict[str, Any] = {}
    ended = False
    for line in content.splitlines():
        name, _, data = line.partition(b":")
        if name.strip() != b"data":
            continue  # a comment that keeps the connection open, or the name of an event
        if data.strip() == b"[DONE]":
            ended = True
            continue
        piece = from_json(data.strip())
        if not isinstance(piece, dict):
            raise ValueError("a piece is no object")
        if piece.get("error"):
            return piece
        if piece.get("usage"):
            made["usage"] = piece["usage"]
        for choice in _objects(piece.get("choices")):
            _add(choices, choice)
            ended |= bool(choice.get("finish_reason"))
            made["choices"] = [choices[index] for index in sorted(choices)]
    if not ended or "choices" not in made:
        raise ValueError("the stream broke off")
    return made


def _add(choices: dict[int, dict[str, Any]], piece: dict[str, Any]) -> None:
    index = piece.get("index")
    choice = choices.setdefault(
        index if isinstance(index, int) else 0, {"message": {"role": "assistant", "content": None}}
    )
    for name in ("finish_reason", "error"):
        if piece.get(name):
            choice[name] = piece[name]
    delta, message = piece.get("delta"), choice["message"]
    if not isinstance(delta, dict):
        return
    for name in _JOINED:
        if isinstance(delta.get(name), str):
            message[name] = (message.get(name) or "") + delta[name]
    for call in _objects(delta.get("tool_calls")):
        _add_call(message.setdefault("tool_calls", []), call)


def _add_call(calls: list[dict[str, Any]], piece: dict[str, Any]) -> None:
    index = piece.get("index")
    call = next((call for call in calls if call["index"] == index), None)
    if call is None:
        call = {"index": index, "function": {"name": "", "arguments": ""}}
        calls.append(call)
    function = piece.get("function")
    for name in ("name", "arguments"):
        if isinstance(function, dict) and isinstance(function.get(name), str):
            call["function"][name] += function[name]


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
