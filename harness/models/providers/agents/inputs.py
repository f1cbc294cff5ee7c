"""The input of an agent: its possible forms, and the order in which they are tried.

What a runnable declares about its input is often inferred, and wrong. So the declaration only
decides which form is tried first. An agent is never refused for it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from harness.models.request import ChatMessage
from harness.models.usercode import taken

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

Form = Literal["messages", "state"]
"""A list of messages, or a dict that holds them as ``messages``."""
WORDS: Final[Mapping[Form, str]] = {
    "messages": "a list of messages",
    "state": 'a dict with "messages"',
}
OFFERED: Final = ("seat", "seed", "settings", "thread_id")
"""What a factory may take; anything else a function requires is its input."""


def input_fields(runnable: Any) -> frozenset[str]:
    """Names of the fields of its input; empty where it takes one value, or does not say."""
    try:
        properties = runnable.get_input_jsonschema().get("properties")
    except Exception:  # noqa: BLE001 - a state that has no JSON Schema; a graph knows its channels
        properties = getattr(runnable, "channels", None)
    fields = frozenset(properties) if isinstance(properties, Mapping) else frozenset()
    return frozenset() if fields == {"root"} else fields


def forms(runnable: Any, fields: frozenset[str]) -> tuple[Form, ...]:
    """The forms its input may have, the likeliest first."""
    if is_message_graph(runnable, fields):
        return ("state",)
    return ("state", "messages") if fields else ("messages", "state")


def is_message_graph(runnable: Any, fields: frozenset[str]) -> bool:
    """Whether it is a graph over a state with messages. (One of the functional API takes what its
    function takes.)"""
    return hasattr(runnable, "channels") and "messages" in fields


def is_of_form(error: BaseException, form: Form) -> bool:
    """Whether an exception may come from a wrong form of the input rather than from what was said
    in it. A list has no keys, so a KeyError is nothing that a list brings about."""
    from pydantic import ValidationError

    wrong: tuple[type[BaseException], ...] = (TypeError, AttributeError, ValidationError)
    if form == "state":
        wrong = (*wrong, KeyError, ValueError)
    return isinstance(error, wrong)


def langchain_messages(messages: Sequence[ChatMessage], ids: Sequence[str]) -> list[BaseMessage]:
    """LangChain's form, each with an id, so that what was sent is told from what came back."""
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    kinds = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}
    return [
        kinds[message["role"]](content=message["content"], id=one)
        for message, one in zip(messages, ids, strict=True)
    ]


def without_system(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """The messages with the briefing at the head of the first question."""
    briefing = "\n\n".join(m["content"] for m in messages if m["role"] == "system")
    rest: list[ChatMessage] = [
        {"role": m["role"], "content": m["content"]} for m in messages if m["role"] != "system"
    ]
    if briefing and rest:
        rest[0]["content"] = f"{briefing}\n\n{rest[0]['content']}"
    return rest


def is_text_agent(value: object) -> bool:
    """Whether a function, or an object with ``__call__``, answers messages itself: it takes a
    ``messages``, or requires an argument that no factory is offered."""
    if not callable(value) or isinstance(value, type):
        return False
    try:
        parameters = list(inspect.signature(value).parameters.values())
    except (TypeError, ValueError):
        return False
    named = [p for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    required = [p.name for p in named if p.default is p.empty]
    return any(p.name == "messages" for p in named) or bool(set(required) - {*OFFERED})


def unfilled(agent: Callable[..., Any]) -> str | None:
    """What a function that answers messages requires and is not given, in words; None: nothing."""
    offered = dict.fromkeys(("thread_id", "temperature", "max_tokens", "seed"))
    given, named = text_arguments(agent, (), {}, offered)
    try:
        inspect.signature(agent).bind(*given, **named)
    except TypeError as error:
        return str(error)
    return None


def text_arguments(
    agent: Callable[..., Any],
    messages: Sequence[ChatMessage],
    schema: Mapping[str, Any],
    offered: Mapping[str, Any],
) -> tuple[list[Any], dict[str, Any]]:
    """How a function that answers is called: the messages, and the JSON Schema of the answer if it
    takes two arguments; settings and ``thread_id`` where it has parameters of these names."""
    copies = [dict(message) for message in messages]
    parameters = list(inspect.signature(agent).parameters.values())
    named = taken(agent, {"messages": copies, "schema": schema, **offered})
    if "messages" in named:
        return [], named
    places = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    free = [p for p in parameters if p.kind in places and p.name not in named]
    required = [p for p in free if p.default is p.empty]
    if len(required) > 1 and "schema" not in named:
        return [copies, schema], named
    return [copies], named
