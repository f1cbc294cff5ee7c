"""The chat-completions protocol: what is sent, and how what comes back is read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import from_json, to_json

from harness.memo import once_per_object
from harness.models.failure import AttemptError
from harness.models.providers.openai_compatible.stream import is_stream, whole
from harness.models.reply import How, ModelReply, Thinking
from harness.models.request import Request
from harness.models.usage import MOST_TOKENS, Usage, counted
from harness.visible import writable as writable

if TYPE_CHECKING:
    from harness.models.providers.openai_compatible.transport import Answer

METHODS: Final[tuple[How, ...]] = ("schema", "tool", "text")
"""Ways to ask for JSON, best first; each server is asked for the best it does not refuse."""
_EMPTY: Final = ("schema", "")
_REASONING: Final = (
    "reasoning_content",  # DeepSeek, vLLM, SGLang, llama.cpp, LM Studio
    "reasoning",  # OpenRouter, Ollama, newer vLLM
    "thinking",  # Ollama's own protocol, Anthropic's blocks
    "reasoning_details",  # OpenRouter, in parts
    "thinking_blocks",  # LiteLLM
)
"""Fields of a message that hold thinking."""
_THOUGHT_TYPE: Final = re.compile("think|thought|reason")
_DEEPEST: Final = 6
MOST_ANSWERS: Final = 8
"""Choices, or tool calls, that are looked at: more than one cannot be used in any case."""


def request_body(
    model: str,
    request: Request,
    *,
    how: How,
    max_tokens_name: str = "max_tokens",
    stream: bool = False,
) -> bytes:
    """The JSON body of a request; settings that are None are left to the server.

    Its schema must never change: it is written out once for each object that it is.
    """
    schema = request.schema
    settings = {
        "seed": request.seed,
        "temperature": request.temperature,
        max_tokens_name: request.max_tokens,
    }
    body: dict[str, Any] = {**(request.extra or {}), "model": model}
    body["messages"] = list(request.messages)
    body |= {name: value for name, value in settings.items() if value is not None}
    if stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    if schema is None or how == "text":
        return to_json(body)
    # Writing out the schema takes as long as all the rest, and it is the same call after call.
    called, described = to_json(request.schema_name), _encoded(schema)
    if how == "schema":
        body.pop("response_format", None)
        asking = (
            b'"response_format":{"type":"json_schema","json_schema":'
            b'{"name":%b,"strict":true,"schema":%b}}' % (called, described)
        )
    else:
        body.pop("tools", None)
        body.pop("tool_choice", None)
        asking = (
            b'"tools":[{"type":"function","function":{"name":%b,'
            b'"description":"Give the reply through this function.","parameters":%b}}],'
            b'"tool_choice":{"type":"function","function":{"name":%b}}'
            % (called, described, called)
        )
    return b"%b,%b}" % (to_json(body)[:-1], asking)


@once_per_object
def _encoded(schema: dict[str, Any]) -> bytes:
    return to_json(schema)


def is_json(content_type: str) -> bool:
    """Whether a content type names JSON, or a format based on it."""
    return "json" in content_type.split(";")[0].lower()


def looks_json(content: bytes) -> bool:
    """Whether a body that was cut off began as JSON or as a stream of it."""
    return content.lstrip()[:1] == b"{" or is_stream(content)


def read_json(content_type: str, content: bytes) -> Any:
    """The JSON value of a response, whatever it is called; of a stream, what it adds up to.

    Raises:
        AttemptError: Of kind ``malformed``, saying what came instead.
    """
    if not content.strip():
        raise AttemptError("malformed", detail="it is empty")
    try:
        return whole(content) if is_stream(content) else from_json(content)
    except ValueError:
        pass
    try:  # the standard library also takes half a character (an unpaired surrogate)
        return json.loads(content)
    except UnicodeDecodeError:
        raise AttemptError("malformed", detail="its text is not UTF-8, as JSON must be") from None
    except (ValueError, RecursionError):
        pass
    if is_stream(content):
        raise AttemptError("malformed", detail="its stream broke off")
    if is_json(content_type):
        raise AttemptError("malformed", detail="it is not complete JSON")
    named = content_type.split(";")[0].strip().lower()[:60]
    raise AttemptError("malformed", detail=f"it is {named or 'of no media type'}")


def page(answer: Answer) -> Any:
    """The JSON of a page of a server; None where it is an error, too long, or no JSON."""
    if answer.status != 200 or answer.cut:
        return None
    try:
        return read_json(answer.headers.get("content-type", ""), answer.content)
    except AttemptError:
        return None


def read_reply(payload: Any, *, how: How) -> ModelReply:
    """The choice of a completion, as facts: cut off, refused and empty are not failures.

    More answers than one, be they choices or tool calls, are all in the text: it is not for us to
    say which of them is meant.

    Raises:
        AttemptError: Of kind ``malformed``, if it is no completion at all.
    """
    if not isinstance(payload, dict) or not isinstance(payload.get("choices"), list):
        raise AttemptError("malformed", detail="it has no 'choices'")
    usage = _usage(payload.get("usage"))
    if not payload["choices"]:
        return ModelReply(text="", usage=counted(usage, said=False), how="text")
    said = [_said(choice, how) for choice in payload["choices"][:MOST_ANSWERS]]
    choice, message = payload["choices"][0], payload["choices"][0]["message"]
    text = "\n".join(filter(None, (words for words, _ in said)))
    usage = counted(usage, said=bool(text))
    finish = _word(choice.get("finish_reason"))
    return ModelReply(
        text=text,
        finish_reason=finish,
        usage=usage,
        refusal=_word(message.get("refusal")),
        how=said[0][1],
        thinking=None if text.strip() else thinking(message, usage),
        reasoning=reasoning(message),
    )


def usage_in(content: bytes) -> Usage:
    """What a completion says that it took, whatever else it holds; nothing where it is none."""
    try:
        payload = from_json(content)
    except ValueError:
        return Usage()
    return counted(_usage(payload.get("usage") if isinstance(payload, dict) else None), said=True)


def model_names(payload: Any) -> tuple[str, ...] | None:
    """The names in a list of models, in an object or bare; None where it is no such list."""
    entries = payload.get("data") if isinstance(payload, dict) else payload
    if not isinstance(entries, list):
        return None
    names = (entry.get("id") for entry in entries if isinstance(entry, dict))
    return tuple(writable(name) for name in names if isinstance(name, str))


def text_of(content: object) -> str:
    """What the content of a message says, in parts or whole; empty where it says nothing."""
    return _text(content)


def _said(choice: object, how: How) -> tuple[str, How]:
    """The text of a choice and what made it."""
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(message, dict):
        raise AttemptError("malformed", detail="its first choice has no 'message'")
    text = _text(message.get("content"))
    # Some gateways turn a schema into a tool, and hand the call back in place of any text.
    called = _tool_arguments(_calls(message)) if how == "tool" or (how, text) == _EMPTY else None
    if called is None:
        return text, "text" if how == "tool" else how
    if how == "schema":
        return called, "tool"
    # Prose beside a call announces it. An object beside it may be another answer.
    return (f"{text}\n{called}" if "{" in text else called), how


def _calls(message: Mapping[str, Any]) -> object:
    """The tool calls of a message; the one function call of the older form of the protocol."""
    older = message.get("function_call")
    return message.get("tool_calls") or ([{"function": older}] if older else None)


def _text(content: object) -> str:
    if isinstance(content, dict):  # JSON that a gateway has read already
        return writable(json.dumps(content, ensure_ascii=False))
    if isinstance(content, list):  # some servers answer in parts
        return writable("".join(map(_part, content)))
    return writable(content) if isinstance(content, str) else ""


def _part(part: object) -> str:
    """The text of a part that is speech; thinking and images are not."""
    if isinstance(part, str):
        return part
    spoken = isinstance(part, dict) and part.get("type") in (None, "text", "output_text")
    text = part.get("text") if spoken and isinstance(part, dict) else None
    return text if isinstance(text, str) else ""


def _tool_arguments(calls: object) -> str | None:
    """The arguments of a call; of several calls, those of all."""
    if not isinstance(calls, list) or not calls:
        return None
    found = [_arguments(call) for call in calls[:MOST_ANSWERS]]
    if len(found) == 1:
        return found[0]
    rest = (
        json.dumps(call, ensure_ascii=False) if arguments is None else arguments
        for call, arguments in zip(calls, found, strict=False)
    )
    return writable("\n".join(rest))


def _arguments(call: object) -> str | None:
    function = call.get("function") if isinstance(call, dict) else None
    arguments = function.get("arguments") if isinstance(function, dict) else None
    if isinstance(arguments, dict | list):  # Ollama's older versions
        arguments = json.dumps(arguments, ensure_ascii=False)
    return writable(arguments) if isinstance(arguments, str) else None


def thinking(message: Mapping[str, Any], usage: Usage) -> Thinking | None:
    """Where the answer of a message without one went: to thinking, as far as can be seen."""
    thought = _thought(message).rstrip().removesuffix("```").rstrip()
    if "{" in thought and thought.endswith("}"):
        return "holds the answer"
    return "is all there is" if thought or usage.reasoning else None


def reasoning(message: Mapping[str, Any]) -> str | None:
    """What a message says of the model's reasoning, for the record; None where it says nothing.

    Several fields of one message repeat each other, so the first that holds words is taken.
    Otherwise it is those parts of the content whose type says that they are thinking. Encrypted
    thinking, signatures and whatever is spoken are left out.
    """
    for name in _REASONING:
        if words := _reasons(message.get(name)):
            return words
    content = message.get("content")
    parts = content if isinstance(content, list) else []
    thought = (part for part in parts if isinstance(part, Mapping) and _is_thought(part))
    return _reasons(list(thought)) or None


def _is_thought(part: Mapping[str, Any]) -> bool:
    kind = part.get("type")
    return isinstance(kind, str) and _THOUGHT_TYPE.search(kind) is not None


def _reasons(value: object) -> str:
    """The words of a field that holds thinking, its parts in paragraphs of their own."""
    return writable("\n\n".join(_reasons_in(value)).strip())


def _reasons_in(value: object, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        if value.strip():
            yield value.strip()
    elif isinstance(value, list) and depth < _DEEPEST:
        for part in value:
            yield from _reasons_in(part, depth + 1)
    elif isinstance(value, Mapping) and depth < _DEEPEST:
        # One of them: what a part says twice is the same.
        names = (*_REASONING, "summary", "text", "content")
        yield from next((w for n in names if (w := [*_reasons_in(value.get(n), depth + 1)])), [])


def _thought(value: object, depth: int = 0) -> str:
    """What a message holds under the names that servers give to thinking, in parts or whole."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and depth < 5:
        return "".join(_thought(part, depth + 1) for part in value if not isinstance(part, str))
    if isinstance(value, Mapping) and depth < 5:
        names = ["reasoning_content", "reasoning", "thinking", "summary"]
        if depth or isinstance(value.get("content"), list):  # else what is said, not thought
            names += ["text", "content"]
        return "".join(_thought(value.get(name), depth + 1) for name in names)
    return ""


def _word(value: object) -> str | None:
    return writable(value) if isinstance(value, str) and value else None


def _usage(usage: object) -> Usage:
    if not isinstance(usage, dict):
        return Usage()
    details = usage.get("prompt_tokens_details")
    thought = usage.get("completion_tokens_details")
    return Usage(
        prompt=count(usage.get("prompt_tokens")),
        completion=count(usage.get("completion_tokens")),
        cached=count(details.get("cached_tokens")) if isinstance(details, dict) else None,
        reasoning=count(thought.get("reasoning_tokens")) if isinstance(thought, dict) else None,
    )


def count(value: object) -> int | None:
    """A number of tokens, or None for anything that is not one, or is more than a call can take."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= MOST_TOKENS else None
