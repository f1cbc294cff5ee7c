"""Why a server did not answer: read from its own message, code and field, never from an echo.

An error may repeat what was sent, or hold what the model wrote (``failed_generation``, ``input``).
Those words are not the server's own judgement, so they are not read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from harness.models.failure import SETTINGS, AttemptError

REFUSING: Final = frozenset({400, 405, 415, 422, 501})
"""Statuses that say: not in this way."""
_DOUBTFUL: Final = frozenset({404, 500})
"""Statuses that mostly mean something else; they count where the message names the feature."""
_PROMPT_STATUSES: Final = frozenset({400, 403, 413, 422, 500})
_WORDS_OF: Final[dict[str, tuple[str, ...]]] = {
    "schema": (
        "response_format",
        "json_schema",
        "json schema",
        "structured output",
        "structured_output",
        "grammar",
        "guided",
        "requested parameters",
    ),
    "tool": ("tool", "function", "requested parameters"),
    "system": ("system role", "system message", "system prompt", "system instruction", "system'"),
    "stream": ("stream",),
}
_UNKNOWN: Final = re.compile(
    r"un(supported|recognized|known|expected|available)|not (supported|permitted|allowed|"
    r"implemented)|does not support|extra (inputs|fields)|extra_forbidden"
)
_TOO_LONG: Final = re.compile(
    r"\b(prompt|inputs?)\b.{0,80}?(too (long|large|many)|(length|tokens?|size)\b.{0,60}?"
    r"(exceed|max|limit|must be <|more than|longer|\d{4}))"
    r"|\brequest\b.{0,40}?too (long|large)"
    r"|(exceed|longer than|greater than|maximum).{0,60}?\b(context|prompt|input (length|tokens))"
    r"|context.{0,3}(length|window|size|limit)|exceed_context",
    re.DOTALL,
)
_OF_SIZE: Final = re.compile(r"token|context|length|(?<!no )long|large|size|input|prompt|\d{4}")
"""A message that may be about a prompt's length; it decides only beside the prompt's place."""
_FILTERED: Final = re.compile(
    r"content.?(filter|polic|management)|data_inspection|moderation|inappropriate content"
)
_OVER_RATE: Final = re.compile(r"limit:?\s*([\d,]+).{0,80}?requested:?\s*([\d,]+)", re.DOTALL)
_WANTS: Final = re.compile(
    r"\b([a-z]+(?:_[a-z]+)+)\W{1,3}(?:must|should|needs to) be (?:set to )?(\w+)"
)
_CODES: Final = ("code", "type", "status")
DEEPEST: Final = 8
"""Levels of an error that are looked into."""
_ENDS: Final = re.compile(
    r"stop|end|eos|done|complete|tool|function|call|format|invalid|length|max|filter|safety|"
    r"prohibited|block|refus|guardrail|recitation|sensitive|context"
)
"""In the reasons for which a model's own words end. With any other, an empty reply is a failure."""
_AS_IT_STANDS: Final = 300
"""Characters of a body that are shown where no message is found in it."""
_LONG: Final = 4000
"""Characters of a message that are looked at."""


@dataclass(frozen=True)
class ServerError:
    """An error as the server gave it.

    Attributes:
        status: HTTP status, or the code inside a 200; None where there is neither.
        message: Its message, as it is.
        codes: Its machine-readable words (code, type, status), in lower case.
        param: The field of the request that it names, if it names one; else empty.
        sample: What the model had written, where the server took the request and then would not
            pass on the reply; None elsewhere. For the record, never for a decision.
        shown: The message as it may be shown, without keys and prompts; None where it is as it is.
        spoken: Whether the message is one that the server wrote as such.
    """

    status: int | None
    message: str
    codes: tuple[str, ...] = ()
    param: str = ""
    sample: str | None = None
    shown: str | None = None
    spoken: bool = True

    @property
    def words(self) -> str:
        """Message, field and codes in lower case: what decisions may read."""
        return " ".join((self.message[:_LONG], self.param, *self.codes)).lower()

    def names(self, feature: str) -> bool:
        """Whether it names ``schema``, ``tool``, ``system`` or ``stream``."""
        return any(re.search(rf"\b{word}", self.words) for word in _WORDS_OF.get(feature, ()))

    def does_not_know(self, field: str) -> bool:
        """Whether it says that a field of the request is unknown or not supported."""
        return field in self.words and _UNKNOWN.search(self.words) is not None

    def may_refuse(self, *features: str) -> bool:
        """Whether it may mean that the server lacks one of ``features``, rather than that the
        server is broken."""
        if self.status in REFUSING:
            return True
        return self.status in _DOUBTFUL and any(map(self.names, features))

    def of_prompt(self) -> bool:
        """Whether it says by itself that this prompt is not taken, now or later."""
        if self.status == 429 or "rate_limit_exceeded" in self.codes:
            # One request that is larger than all that a minute allows: no wait will help.
            found = _OVER_RATE.search(self.words)
            asks = found is None and self.status == 413
            return asks or (found is not None and _number(found[2]) > _number(found[1]))
        if self.status == 413:
            return True
        if self.status not in _PROMPT_STATUSES:
            return False
        if self.status == 403:
            return "moderation" in self.codes
        if self.param and not re.search(r"message|prompt|input|token|content", self.param.lower()):
            return False
        if _TOO_LONG.search(self.words):
            return True
        return self.status != 500 and _FILTERED.search(self.words) is not None

    def advice(self) -> str | None:
        """What to do about a request that is wrong, where the status alone does not tell."""
        if self.status not in SETTINGS or self.param:
            return None
        wants = _WANTS.search(self.message[:_LONG])
        if wants:
            line = f"extra: {{{wants[1]}: {wants[2].lower()}}}"
            return f"write {line} beside the model in models.yaml (docs/models.md)"
        return (
            "check the model's settings (temperature, max_tokens) against what the server "
            "accepts; set a field that only this server knows with extra: in models.yaml "
            "(docs/models.md)"
        )

    def may_be_of_length(self) -> bool:
        """Whether it can be about a prompt's length, where the prompt is longer than any before."""
        return self.status in REFUSING and (
            not self.message or _OF_SIZE.search(self.words) is not None
        )


def read_error(status: int | None, body: object) -> ServerError:
    """The error in a body: JSON of OpenAI's, FastAPI's or Google's form, or plain text.

    Args:
        status: HTTP status, or None for the code that the body holds.
        body: The body as text, or as the value that it is.
    """
    value = _value(body) if isinstance(body, str) else body
    parts = list(_parts(value))
    codes = [
        str(part[name]).lower()
        for part in parts
        for name in _CODES
        if isinstance(part.get(name), str | int)
    ]
    if status is None:
        status = next((int(code) for code in codes if re.fullmatch("[45][0-9][0-9]", code)), None)
    if any(part.get("reasons") or part.get("flagged_input") for part in parts):
        codes.append("moderation")
    samples = (part.get("failed_generation") for part in parts)
    sample = next((text for text in samples if isinstance(text, str)), None)
    if sample is None and "json_validate_failed" in codes:
        sample = ""
    fields = (part.get("param") or _field(part) for part in parts)
    param = next((name for name in fields if isinstance(name, str) and name), "")
    return ServerError(status, error_text(value), tuple(codes), param, sample)


def error_inside(payload: Any) -> ServerError | None:
    """The error in a body that came with a status of success; None where there is none.

    An object that has no choices is none of a completion, whatever it is called: what it says is
    shown as it stands where no message is found in it.
    """
    if isinstance(payload, list) and len(payload) == 1:
        payload = payload[0]
    if not isinstance(payload, dict) or not payload:
        return None
    if not payload.get("error") and isinstance(payload.get("choices"), list):
        return None
    error = read_error(None, payload)
    if error.message:
        return error
    stands = json.dumps(payload, ensure_ascii=False)[:_AS_IT_STANDS]
    return replace(error, message=f"it has no 'choices': {stands}", spoken=False)


def broken_off(payload: Any) -> AttemptError | None:
    """The failure of a provider that took a request and broke off; None where it did not.

    It broke off where it says so, and where a reply that holds nothing at all ended for a reason
    that is none of a model's.
    """
    choices = payload.get("choices") if isinstance(payload, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict):
        return None
    finish = choice.get("finish_reason")
    word = finish.lower() if isinstance(finish, str) else "stop"
    named = bool(choice.get("error")) or word == "error"
    if not named and (_ENDS.search(word) or not _says_nothing(choice)):
        return None
    said = read_error(None, {"error": choice.get("error")})
    code = f" ({said.status})" if said.status else ""
    words = said.message or f"it gave no answer and ended with {finish!r}"
    return AttemptError("connection", detail=f"the provider broke off: {words}{code}")


def _says_nothing(choice: dict[str, Any]) -> bool:
    """Whether a choice holds no text, no call, no refusal and no thinking."""
    message = choice.get("message")
    if not isinstance(message, dict):
        return True
    return not any(value for name, value in message.items() if name != "role")


def error_text(body: object, depth: int = 0) -> str:
    """The message in an error body of OpenAI's form, FastAPI's form, or plain text."""
    if depth > DEEPEST:
        return ""
    if isinstance(body, dict):
        for key in ("error", "message", "detail", "msg"):
            if body.get(key):
                text = error_text(body[key], depth + 1)
                return _with_source(text, body[key], _field(body), depth)
        return ""
    if isinstance(body, list):
        return "; ".join(filter(None, (error_text(part, depth + 1) for part in body[:3])))
    text = body.strip() if isinstance(body, str) else ""
    return "" if text.startswith("<") else text  # a proxy's HTML page helps nobody


def _with_source(text: str, error: object, field: str, depth: int) -> str:
    """A message with the field it is about, and with what a provider behind the server said."""
    if isinstance(error, dict) and isinstance(error.get("metadata"), dict):
        raw = error["metadata"].get("raw")
        behind = error_text(_value(raw), depth + 1) if isinstance(raw, str) else ""
        if behind:
            text = f"{text}: {behind}"
    return f"{field}: {text}" if field and text else text


def _parts(value: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The objects of an error that the server itself speaks in, outermost first."""
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        yield value
        for name in ("error", "message", "detail", "metadata", "innererror", "inner_error"):
            yield from _parts(value.get(name), depth + 1)
    elif isinstance(value, list):
        for item in value[:3]:
            yield from _parts(item, depth + 1)


def _field(part: dict[str, Any]) -> str:
    """The field of the request that FastAPI's form points at."""
    place = part.get("loc")
    names = [name for name in place if isinstance(name, str)] if isinstance(place, list) else []
    return ".".join(name for name in names if name != "body")


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _number(text: str) -> int:
    return int(text.replace(",", "") or 0)
