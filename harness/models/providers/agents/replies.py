"""Reads the answer out of whatever an agent returned.

The wrappings that are listed below are understood. Anything else is a failure of the agent,
reported with what it returned. It is never counted as an empty answer of the model inside.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeGuard

from harness.models.failure import AttemptError
from harness.models.providers.langchain import message_reply, message_usage
from harness.models.providers.openai_compatible import wire
from harness.models.reply import ModelReply
from harness.models.usage import Usage

UNREAD: Final = "(the answer could not be read)"
"""Stands for a reply that the agent's own output parser could not read. Not the reply itself:
what the agent would not pass on must not become a move."""
TAKEN: Final = (
    "it must give text, a message of the model, a state with messages, or the reply object"
)
_SPEAKERS: Final = ("assistant", "ai", "model")


class NoReplyError(TypeError):
    """What an agent gave is no answer; the message says what it is."""


def read_result(
    result: object,
    sent: set[str] | frozenset[str] = frozenset(),
    fields: frozenset[str] = frozenset(),
) -> ModelReply:
    """What an agent gave, as facts. A message that was sent to it is not an answer.

    Taken are: text; a message of the model, also as ``{"role", "content"}``; messages, or a state
    with ``messages``, the last of which is one; a state with a ``structured_response``; what
    ``include_raw=True`` gives; the ``output`` of an AgentExecutor; a dict, dataclass or pydantic
    model that is itself the reply object, or a dict that holds one such; a whole completion of the
    chat-completions protocol.

    Args:
        sent: Ids of the messages it was given.
        fields: Of the reply object, where they are known.

    Raises:
        NoReplyError: It is none of these.
        TypeError, ValueError, RecursionError: It is no JSON.
    """
    if result is None:
        raise NoReplyError(f"it gave None; {TAKEN}")
    if isinstance(result, str):
        return ModelReply(text=str(result))
    if _is_message(result):
        return _answer([result], sent)
    value = _plain(result)
    if isinstance(value, Mapping) and not fields & value.keys():
        read = _unwrapped(value, sent, fields)
        if read is not None:
            return read
    if _are_messages(value):
        return _answer(value, sent)
    if _are_spoken(value):
        return _spoken(value)
    return ModelReply(text=_json(value))


def _unwrapped(
    value: Mapping[Any, Any], sent: set[str] | frozenset[str], fields: frozenset[str]
) -> ModelReply | None:
    """The answer in a dict that is not the reply object itself; None where it is no wrapping."""
    if value.get("__interrupt__"):
        raise NoReplyError("the graph waits for a person (interrupt()), and nobody is there")
    if value.get("structured_response") is not None:
        return ModelReply(text=_json(value["structured_response"]), usage=_spent(value, sent))
    if value.keys() >= {"raw", "parsed", "parsing_error"}:
        return _with_raw(value)
    messages = value.get("messages")
    if _are_messages(messages):
        return _answer(messages, sent)
    if _are_spoken(messages):
        return _spoken(messages)
    if isinstance(value.get("choices"), list):
        return _completion(value)
    if "role" in value and "content" in value:
        return _spoken([value])
    if "output" in value:
        return read_result(value["output"], sent, fields)
    inner = [found for one in value.values() if (found := _object_in(one, sent, fields))]
    return inner[0] if len(inner) == 1 else None


def _completion(value: Mapping[Any, Any]) -> ModelReply:
    """A completion of the chat-completions protocol, unopened."""
    try:
        return wire.read_reply(dict(value), how="text")
    except AttemptError as error:
        raise NoReplyError(f"it gave a completion that cannot be read: {error.detail}") from None


def _object_in(
    value: object, sent: set[str] | frozenset[str], fields: frozenset[str]
) -> ModelReply | None:
    """``value`` as an answer, if it is a message of the model's or holds the reply object."""
    if _is_message(value):
        mine = _kind(value) == "ai" and getattr(value, "id", None) not in sent
        return _answer([value], sent) if mine else None
    value = _plain(value)
    if isinstance(value, str) and fields:
        try:
            read = json.loads(value)
        except (ValueError, RecursionError):
            return None
        return ModelReply(text=value) if isinstance(read, dict) and fields & read.keys() else None
    if isinstance(value, Mapping) and fields & value.keys():
        return ModelReply(text=_json(value))
    return None


def _with_raw(value: Mapping[Any, Any]) -> ModelReply:
    """What ``with_structured_output(..., include_raw=True)`` gives."""
    raw, parsed = value["raw"], value["parsed"]
    facts = message_reply(raw) if _is_message(raw) and _kind(raw) == "ai" else ModelReply(text="")
    if parsed is not None:
        return facts.model_copy(update={"text": _json(parsed)})
    if facts.refusal is not None:
        return facts
    return facts.model_copy(update={"text": UNREAD})


def _answer(messages: Sequence[Any], sent: set[str] | frozenset[str]) -> ModelReply:
    """The last message, where the model gave it in answer to what was sent."""
    last = messages[-1]
    if last.id in sent:
        raise NoReplyError("it gave back the messages that it was sent, and no answer")
    if _kind(last) != "ai":
        raise NoReplyError(
            f"its last message is a {type(last).__name__}, not an answer of its model"
        )
    if asked := getattr(last, "tool_calls", None):
        names = ", ".join(str(call.get("name")) for call in asked[:4])
        raise NoReplyError(f"it ended with calls of tools that nobody has answered: {names}")
    # The text as it is: half a character is complained of, not replaced.
    return message_reply(last).model_copy(
        update={"usage": _summed(messages, sent), "text": str(last.text)}
    )


def _spoken(messages: Sequence[Mapping[Any, Any]]) -> ModelReply:
    """The last of messages in the form of the chat-completions protocol."""
    last = messages[-1]
    if last["role"] not in _SPEAKERS:
        raise NoReplyError(f"its last message is one of {str(last['role'])[:20]!r}, not an answer")
    if last.get("tool_calls"):
        raise NoReplyError("it ended with calls of tools that nobody has answered")
    content, refusal = last["content"], last.get("refusal")
    if not isinstance(content, list | str | None):
        raise NoReplyError(f"the content of its message is of type {type(content).__name__}")
    # Text as it is: half a character is complained of, not replaced. Of parts, those that speak.
    text = content if isinstance(content, str) else wire.text_of(content)
    said = refusal if isinstance(refusal, str) and refusal else None
    return ModelReply(text=text, refusal=said, reasoning=wire.reasoning(last))


def _spent(state: Mapping[Any, Any], sent: set[str] | frozenset[str]) -> Usage:
    messages = state.get("messages")
    return _summed(messages, sent) if _are_messages(messages) else Usage()


def _summed(messages: Sequence[Any], sent: set[str] | frozenset[str]) -> Usage:
    """Tokens of the new messages, where they say; None where none does."""
    total = Usage()
    for message in messages:
        if _kind(message) == "ai" and message.id not in sent:
            total = total.plus(message_usage(message))
    return total


def _is_message(value: object) -> bool:
    module = sys.modules.get("langchain_core.messages")
    return module is not None and isinstance(value, module.BaseMessage)


def _kind(message: Any) -> str:
    kind = str(message.type)
    return "ai" if kind == "AIMessageChunk" else kind


def _are_messages(value: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, list | tuple) and len(value) > 0 and all(map(_is_message, value))


def _are_spoken(value: object) -> TypeGuard[Sequence[Mapping[Any, Any]]]:
    return (
        isinstance(value, list | tuple)
        and len(value) > 0
        and all(isinstance(one, Mapping) and {"role", "content"} <= one.keys() for one in value)
    )


def _plain(value: object) -> object:
    """A dataclass or pydantic model as a dict; anything else as it is."""
    from pydantic import BaseModel

    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return value


def _json(value: object) -> str:
    value = _plain(value)
    if isinstance(value, Mapping):
        value = dict(value)
    if not isinstance(value, dict | list | tuple | int | float | str):
        raise NoReplyError(
            f"it gave a value of type {wire.writable(type(value).__name__)}; {TAKEN}"
        )
    # NaN stays: the parser complains of it to the one who wrote it.
    return json.dumps(value, ensure_ascii=False)
