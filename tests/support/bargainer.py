"""A mock server's script that plays by schema, by tool call and in words, with faults to choose.

    with MockServer(Bargainer(no_system)) as server:
        ...

A fault is ``fault(body, text) -> Answer | None``: what happens instead of the reply ``text``; None
for nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.support.debriefs import agreed_in, debrief_of
from tests.support.mock_server import Answer, Body, completion, error, payload, tool_call

Fault = Callable[[Body, str], "Answer | None"]


def length(body: Body) -> int:
    """Characters of a prompt."""
    return sum(len(message["content"]) for message in body["messages"])


def counted(body: Body, text: str) -> dict[str, Any]:
    """What a server that counts says of a call: a token is four characters."""
    return {"prompt_tokens": length(body) // 4, "completion_tokens": len(text) // 4}


class Bargainer:
    """Proposes the first option of every issue, for ever, so that no deal ends the talks."""

    def __init__(self, *faults: Fault) -> None:
        self._faults = faults
        self._schemas: dict[str, Any] = {}

    def __call__(self, body: Body) -> Answer:
        if "messages" not in body:
            return payload({"object": "list", "data": [{"id": "m"}, {"id": "other"}]})
        text = self._text(body)
        for fault in self._faults:
            if (answer := fault(body, text)) is not None:
                return answer
        if "tools" in body:
            return tool_call(body["tools"][0]["function"]["name"], text)
        return completion(text, usage=counted(body, text))

    def _text(self, body: Body) -> str:
        asked = body.get("response_format", {}).get("json_schema")
        if asked is None and "tools" in body:
            function = body["tools"][0]["function"]
            asked = {"name": function["name"], "schema": function["parameters"]}
        if asked is None:
            return self._in_words(body["messages"][-1]["content"], body)
        self._schemas[asked["name"]] = asked["schema"]
        return json.dumps(self._reply(asked["name"], asked["schema"], agreed_in(body["messages"])))

    def _in_words(self, question: str, body: Body) -> str:
        if '{"answer"' in question:
            return '{"answer": "yes"}'
        if "story" in question:
            return f"Story {body.get('seed')}."
        name = "debrief" if "gave_more" in question else "move"
        schema = self._schemas.get(name)
        return (
            "What do you mean?"
            if schema is None
            else json.dumps(self._reply(name, schema, agreed_in(body["messages"])))
        )

    def _reply(self, name: str, schema: dict[str, Any], agreed: bool) -> dict[str, Any]:
        fields = schema["properties"]
        if name == "caucus":
            return {"advice": "Hold to what we said."}
        if name == "debrief":
            return debrief_of(schema, agreed=agreed, words="We both moved.")
        package = fields["move"]["anyOf"][0]["properties"]["package"]["properties"]
        chosen = {issue: value["enum"][0] for issue, value in package.items()}
        return {
            "private_thoughts": "As instructed.",
            "move": {"action": "propose", "package": chosen, "commitment": "personal"},
            "public_words": "Let us settle this.",
        }


# --- faults ------------------------------------------------------------------------------------


def no_schema(body: Body, text: str) -> Answer | None:
    """Refuses response_format by its name."""
    return error(400, "unknown field: response_format") if "response_format" in body else None


def no_tools(body: Body, text: str) -> Answer | None:
    """Refuses tools by their name."""
    return error(400, "unknown field: tools") if "tools" in body else None


def large_schema(body: Body, text: str) -> Answer | None:
    """Takes a small schema, and refuses the one of a move in words that name no field."""
    if len(json.dumps(body.get("response_format", ""))) < 400:
        return None
    return error(400, "The constraint has too many states for serving.")


def no_system(body: Body, text: str) -> Answer | None:
    """A chat template without a system role."""
    if any(message["role"] == "system" for message in body["messages"]):
        return error(400, "System role not supported")
    return None


def no_temperature(body: Body, text: str) -> Answer | None:
    """Refuses a temperature."""
    if "temperature" not in body:
        return None
    return error(400, "Unsupported parameter: 'temperature' is not supported with this model.")


def short_by_default(body: Body, text: str) -> Answer | None:
    """Cuts a reply off unless it is told how long one may be."""
    if "max_tokens" in body or "max_completion_tokens" in body:
        return None
    usage = {**counted(body, text), "completion_tokens": 50}
    return completion(text[:200], finish_reason="length", usage=usage)


def all_thinking(body: Body, text: str) -> Answer | None:
    """Spends all that it may on thoughts."""
    spent = body.get("max_tokens", 512)
    details = {"reasoning_tokens": spent}
    usage = {"prompt_tokens": length(body) // 4, "completion_tokens": spent}
    usage_ = {**usage, "completion_tokens_details": details}
    return completion("", finish_reason="length", usage=usage_)


def answers_in_thoughts(body: Body, text: str) -> Answer | None:
    """Puts the answer where the thoughts belong."""
    message = {"role": "assistant", "content": None, "reasoning_content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return payload({"choices": [choice], "usage": counted(body, text)})


def breaks_off(body: Body, text: str) -> Answer | None:
    """The provider behind a router broke off."""
    message = {"role": "assistant", "content": ""}
    broken = {"code": 502, "message": "Provider disconnected"}
    choice = {"index": 0, "message": message, "finish_reason": "error", "error": broken}
    return payload({"choices": [choice], "usage": counted(body, text)})


def no_call(body: Body, text: str) -> Answer | None:
    """Takes tools, and answers in words that hold the JSON."""
    return completion(text, usage=counted(body, text)) if "tools" in body else None


def chatters(body: Body, text: str) -> Answer | None:
    """Takes everything, and says nothing that can be read."""
    return completion("What a day it was!", usage=counted(body, text))


def refuses_longer_than(tokens: int, status: int = 400, words: str = "no") -> Fault:
    """Refuses longer prompts, in words that say nothing."""

    def fault(body: Body, text: str) -> Answer | None:
        return error(status, words) if length(body) // 4 > tokens else None

    return fault


def reads_only(tokens: int) -> Fault:
    """Leaves out the beginning of a longer prompt, without a word."""

    def fault(body: Body, text: str) -> Answer | None:
        usage = counted(body, text)
        return completion(
            text, usage={**usage, "prompt_tokens": min(usage["prompt_tokens"], tokens)}
        )

    return fault


def full_after(tokens: int) -> Fault:
    """Takes a longer prompt, and has no room left for the reply to it."""

    def fault(body: Body, text: str) -> Answer | None:
        usage = counted(body, text)
        if usage["prompt_tokens"] <= tokens:
            return None
        return completion(
            text[:60], finish_reason="length", usage={**usage, "completion_tokens": 15}
        )

    return fault
