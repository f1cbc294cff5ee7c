"""The chat-completions protocol: what is sent, and how what comes back is read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic_core import from_json, to_json

from harness.identity import once_per_object
from harness.models.failure import AttemptError
from harness.models.reply import ChatMessage, How, ModelReply, TokenUsage, counted

METHODS: Final[tuple[How, ...]] = ("schema", "tool", "text")
"""Ways to ask for JSON, best first; each server is asked for the best it does not refuse."""

_REFUSING_STATUSES: Final = frozenset({400, 404, 422, 500, 501})
_NAMES_OF: Final[dict[How, tuple[str, ...]]] = {
    "schema": (
        "response_format",
        "json_schema",
        "json schema",
        "structured output",
        "structured_output",
        "grammar",
        "guided",
    ),
    "tool": ("tool", "function"),
    "text": (),
}
_NOT_KNOWN: Final = (
    "not supported",
    "unsupported",
    "not implemented",
    "unrecognized",
    "unknown field",
    "extra inputs",
    "extra_forbidden",
)
_OTHER_SETTINGS: Final = ("temperature", "seed", "max_tokens", "max_completion_tokens", "context")


def request_body(
    model: str,
    messages: Sequence[ChatMessage],
    *,
    how: How,
    schema: dict[str, Any] | None,
    schema_name: str,
    seed: int | None,
    temperature: float | None,
    max_tokens: int | None,
    max_tokens_name: str = "max_tokens",
    extra: Mapping[str, object] | None = None,
) -> bytes:
    """The JSON body of a request; settings that are None are left to the server.

    ``schema`` must never change: it is written out once for each object that it is.
    """
    settings = {"seed": seed, "temperature": temperature, max_tokens_name: max_tokens}
    body: dict[str, Any] = {**(extra or {}), "model": model, "messages": list(messages)}
    body |= {name: value for name, value in settings.items() if value is not None}
    if schema is None or how == "text":
        return to_json(body)
    # Writing out the schema takes as long as all the rest, and it is the same call after call.
    called, described = to_json(schema_name), _encoded(schema)
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


def refuses(how: How, status: int | None, said: str) -> bool:
    """Whether an error says that the server cannot do ``how``, rather than that the call is bad.

    ``said`` is the body of the error. A server that names the feature means it; one that only
    says "unsupported" does unless it names another setting. 500 counts only if it names the
    feature: some servers fall over a schema instead of refusing it.
    """
    if how == "text" or status not in _REFUSING_STATUSES:
        return False
    words = said.lower()
    if any(name in words for name in _NAMES_OF[how]):
        return True
    if status == 500 or any(setting in words for setting in _OTHER_SETTINGS):
        return False
    return status == 501 or any(phrase in words for phrase in _NOT_KNOWN)


_PROMPT_REFUSED = (
    "context_length",
    "context length",
    "context size",
    "context window",
    "maximum context",
    "exceed_context",
    "prompt is too long",
    "content_filter",
    "content management policy",
    "content_policy_violation",
)
"""How OpenAI, Azure, vLLM, llama.cpp, SGLang and LM Studio say that a prompt is too long, or that
their filter will not have it."""


def refuses_prompt(status: int | None, said: str) -> bool:
    """Whether a server that works says that it will not take this prompt, now or later."""
    if status == 413:
        return True
    return status in (400, 422) and any(words in said.lower() for words in _PROMPT_REFUSED)


def is_json(content_type: str) -> bool:
    """Whether a content type names JSON, or a format based on it."""
    return "json" in content_type.split(";")[0].lower()


def read_json(content_type: str, content: bytes) -> Any:
    """The JSON value of a response.

    Raises:
        AttemptError: Of kind ``malformed``, saying what came instead.
    """
    if not is_json(content_type):
        named = content_type.split(";")[0].strip().lower()[:60]
        raise AttemptError("malformed", detail=f"it is {named or 'of no media type'}")
    try:
        return from_json(content)
    except ValueError:
        pass  # the standard library also takes half a character (an unpaired surrogate)
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise AttemptError("malformed", detail="it is not complete JSON") from error


def read_reply(payload: Any, *, how: How) -> ModelReply:
    """The first choice of a completion, as facts: cut off, refused and empty are not failures.

    Raises:
        AttemptError: Of kind ``malformed``, if it is no completion at all.
    """
    if not isinstance(payload, dict) or not isinstance(payload.get("choices"), list):
        raise AttemptError("malformed", detail="it has no 'choices'")
    usage = _usage(payload.get("usage"))
    if not payload["choices"]:
        return ModelReply(text="", usage=counted(usage, said=False), how="text")
    choice = payload["choices"][0]
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(message, dict):
        raise AttemptError("malformed", detail="its first choice has no 'message'")
    called = _tool_arguments(message.get("tool_calls")) if how == "tool" else None
    text = _text(message.get("content")) if called is None else called
    return ModelReply(
        text=text,
        finish_reason=_word(choice.get("finish_reason")),
        usage=counted(usage, said=bool(text)),
        refusal=_word(message.get("refusal")),
        how="text" if how == "tool" and called is None else how,
    )


def usage_in(content: bytes) -> TokenUsage:
    """What a completion says that it took, whatever else it holds; nothing where it is none."""
    try:
        payload = from_json(content)
    except ValueError:
        return TokenUsage()
    return counted(_usage(payload.get("usage") if isinstance(payload, dict) else None), said=True)


def model_names(payload: Any) -> tuple[str, ...] | None:
    """The names in a list of models; None where it is no such list."""
    entries = payload.get("data") if isinstance(payload, dict) else None
    if not isinstance(entries, list):
        return None
    names = (entry.get("id") for entry in entries if isinstance(entry, dict))
    return tuple(writable(name) for name in names if isinstance(name, str))


def writable(text: str) -> str:
    """``text`` with lone surrogates, which JSON can carry and UTF-8 cannot, replaced by ``?``."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text


def error_words(said: str) -> str:
    """The message in the body of an error, whatever its form."""
    try:
        return error_text(json.loads(said))
    except (ValueError, RecursionError):
        return error_text(said)


def error_text(body: object) -> str:
    """The message in an error body of OpenAI's form, FastAPI's form, or plain text."""
    if isinstance(body, dict):
        for key in ("error", "message", "detail", "msg"):
            if body.get(key):
                return error_text(body[key])
        return ""
    if isinstance(body, list):
        return "; ".join(filter(None, map(error_text, body[:3])))
    text = body.strip() if isinstance(body, str) else ""
    return "" if text.startswith("<") else text  # a proxy's HTML page helps nobody


def _text(content: object) -> str:
    if isinstance(content, list):  # some servers answer in parts
        parts = (part.get("text") for part in content if isinstance(part, dict))
        return writable("".join(part for part in parts if isinstance(part, str)))
    return writable(content) if isinstance(content, str) else ""


def _tool_arguments(calls: object) -> str | None:
    if not isinstance(calls, list) or not calls or not isinstance(calls[0], dict):
        return None
    function = calls[0].get("function")
    arguments = function.get("arguments") if isinstance(function, dict) else None
    if isinstance(arguments, dict):  # Ollama's older versions
        arguments = json.dumps(arguments, ensure_ascii=False)
    return writable(arguments) if isinstance(arguments, str) else None


def _word(value: object) -> str | None:
    return writable(value) if isinstance(value, str) and value else None


def _usage(usage: object) -> TokenUsage:
    if not isinstance(usage, dict):
        return TokenUsage()
    details = usage.get("prompt_tokens_details")
    thinking = usage.get("completion_tokens_details")
    return TokenUsage(
        prompt_tokens=count(usage.get("prompt_tokens")),
        completion_tokens=count(usage.get("completion_tokens")),
        cached_tokens=count(details.get("cached_tokens")) if isinstance(details, dict) else None,
        reasoning_tokens=count(thinking.get("reasoning_tokens"))
        if isinstance(thinking, dict)
        else None,
    )


def count(value: object) -> int | None:
    """A number of tokens, or None for anything that is not one."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
