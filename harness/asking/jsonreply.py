"""Finds the one JSON object of a reply, or says why there is not exactly one."""

from __future__ import annotations

import json
import re
from typing import Any, Final, NoReturn

MAX_REPLY: Final = 200_000
"""Longest reply that is looked at, in characters."""

MOST_MARKERS: Final = 40
"""Markers before the object that are passed over."""
_BLANK = "\ufeff\u200b\u2060 \t\r\n"
"""What may stand around a reply without being part of it: a byte order mark, for one."""
_NAME = r"[\w:.▁-]{1,40}"
_THOUGHT = re.compile(r"think|thought|reason|reflect|analys|scratch|ponder", re.IGNORECASE)
_ANSWER = re.compile(r"(final_?)?(answer|response|output|result|reply|json)", re.IGNORECASE)
_TAG = re.compile(
    rf"<[|｜](?P<token>[^<>|｜{{}}]{{1,40}})[|｜]>"  # a token of a chat format
    rf"|<(?P<close>/?)(?P<tag>{_NAME})>"
    rf"|\[(?P<close2>/?)(?P<tag2>[A-Z_]{{2,40}})\]"
    rf"|◁(?P<close3>/?)(?P<tag3>{_NAME})▷"
)
"""A marker of a chat format. They differ from model to model; what they have in common is that
thinking is closed before the answer begins, by a marker of its own."""
_FINAL = re.compile(r"<\|channel\|>\s*final\b[^{]{0,60}?<\|message\|>")
_CHANNEL = "<|channel|>"
_TURN = ("s", "bos", "start_of_turn", "assistant", "inst")
_ROLE = re.compile(r"^\s*(?:assistant|model)\s*(?=\{|```|<|$)")
_NO_THOUGHT = frozenset(("assistant", "model", "analysis", "commentary", "final", "json"))
"""Names of speakers, channels and forms that stand between markers."""
_OPEN = "<think>"
_SIGNS = ("<", "[/", "◁")
"""One of them stands in every reply that has a marker which closes thinking."""
_FENCE = re.compile(r"(?P<mark>```|~~~)(?:[ \t]*[\w.+-]{1,20})?\s*(?=\{)")
"""The beginning of a fenced block, whatever language it names: what is in it must be JSON. Two runs
of blanks must not stand side by side in the pattern: a long run could be shared between them in as
many ways as it is long, and all would be tried."""
_FENCE_END = {mark: re.compile(rf"\s*{mark}") for mark in ("```", "~~~")}


class UnreadableError(ValueError):
    """A reply is not what it must be; the message says what to return."""


def only_object(text: str) -> dict[str, Any]:
    """The JSON object that a reply consists of.

    Accepted are the object, or one fenced block that holds it, with prose around either. Prose with
    braces might hold another object, so beside a reply's object there may be none. An object in a
    list, in quotes or between markers is none that was said for itself. Thinking that is closed
    before the object begins is skipped, and so are chat-template markers around it. Line breaks
    inside JSON strings are kept.

    Raises:
        UnreadableError: There is none, or there are several, or it is not strict JSON (a key given
            twice, ``NaN``, an unpaired surrogate, nesting without end).
    """
    if len(text) > MAX_REPLY:
        raise UnreadableError(f"The answer has {len(text)} characters; the limit is {MAX_REPLY}.")
    body, open_ = _spoken(text)
    if open_:
        raise UnreadableError("The reasoning does not end. Return the JSON object after it.")
    if not body.startswith("{") and _FENCE.search(body):
        return _fenced(body)
    return _bare(body)


def without_reasoning(text: str) -> str:
    """``text`` without the thinking before it; unchanged where the thinking is not closed.

    Reasoning is thinking, not speech: it is neither read nor shown to the model again.
    """
    body, open_ = _spoken(text)
    return text if open_ or body == text.strip(_BLANK) else body


def thoughts_before(text: str) -> str | None:
    """The thinking that :func:`without_reasoning` leaves out, or that does not end; None where the
    reply is all answer. The marker before it and the one behind it are not part of it."""
    whole = text.strip(_BLANK)
    body, open_ = _spoken(whole)
    thought = whole if open_ else whole[: len(whole) - len(body)]
    if not _words_in(thought):
        return None
    tags = list(_TAG.finditer(thought))
    end = tags[-1].start() if tags and tags[-1].end() == len(thought.rstrip(_BLANK)) else None
    start = tags[0].end() if tags and tags[0].start() == 0 else 0
    return thought[start:end].strip(_BLANK) or None


def without_thoughts(text: str) -> str:
    """``text`` for those who may not keep what a model thought: the answer alone. Of thinking that
    does not end, its beginning is left, so that the reply is still seen to hold nothing else."""
    return _OPEN if _spoken(text)[1] else without_reasoning(text)


def _words_in(thought: str) -> bool:
    """Whether anything stands there but markers and the names that stand between them."""
    return any(word not in _NO_THOUGHT for word in _TAG.sub(" ", thought).split())


def _spoken(text: str) -> tuple[str, bool]:
    """What a reply says, and whether that is thinking which does not end.

    Goes forward from marker to marker until an object begins, so that a marker inside the object's
    own strings is never taken for one.
    """
    body = text.strip(_BLANK)
    if body.startswith("{") and not any(sign in body for sign in _SIGNS):
        return body, False
    for _ in range(MOST_MARKERS):
        start = _end_of_object(body) if body.startswith("{") else 0
        final = None if body.startswith("{") else _FINAL.search(body)
        leading = None if body.startswith("{") else _TAG.match(body)
        if final is not None:
            body = body[final.end() :]
        elif leading is not None and _is_passed_over(leading):
            body = _ROLE.sub("", body[leading.end() :], count=1)
        else:
            closed = _close_of(leading, body) if leading else _close_of_thought(body, start)
            if closed is None:
                return body, not body.startswith("{") and _is_open(leading, body)
            body = body[closed:]
        body = body.strip(_BLANK)
    return body, True


def _is_passed_over(tag: re.Match[str]) -> bool:
    """Whether a marker before the answer says nothing of what follows: what it closes is behind,
    or it begins a turn or an answer."""
    name, closing = _named(tag)
    of_format = tag["token"] is not None and name != "channel" and not _THOUGHT.search(name)
    return closing or of_format or name in _TURN or _ANSWER.fullmatch(name) is not None


def _is_open(leading: re.Match[str] | None, body: str) -> bool:
    """Whether thinking began that nothing closes."""
    if leading is not None and leading["tag2"] is None:  # else as in "[NOTE]"
        return True
    named = map(_named, _TAG.finditer(body))
    closings = [closing for name, closing in named if _THOUGHT.search(name)]
    return _CHANNEL in body or not all(closings[-1:])


def _named(tag: re.Match[str]) -> tuple[str, bool]:
    """The name in a marker, and whether it closes something."""
    token = tag["token"]
    if token is not None:
        opened = re.sub(r"^/|^end[_▁ ]?(of[_▁ ]?)?|[_▁ ]?end$", "", token.strip(), flags=re.I)
        name = re.sub(r"^(begin|start)[_▁ ]?(of[_▁ ]?)?", "", opened, flags=re.I)
        return name.lower(), opened != token.strip()
    name = tag["tag"] or tag["tag2"] or tag["tag3"]
    return name.lower(), bool(tag["close"] or tag["close2"] or tag["close3"])


def _close_of(leading: re.Match[str], body: str) -> int | None:
    """Where the first marker ends that closes what ``leading`` opens."""
    opened = _named(leading)[0]
    for tag in _TAG.finditer(body, leading.end()):
        if _named(tag) == (opened, True):
            return tag.end()
    return None


def _close_of_thought(body: str, start: int) -> int | None:
    """Where the first marker that closes thinking ends, whether its beginning is there or not.
    None where an object stands before that beginning: it was said, and what follows is another."""
    for tag in _TAG.finditer(body, start):
        name, closing = _named(tag)
        if not _THOUGHT.search(name):
            continue
        if closing:
            return tag.end()
        if "{" in body[: tag.start()]:
            return None
    return None


def _without_markers(text: str) -> str:
    """What is left of the end of a reply without the markers that end a turn."""
    return _TAG.sub("", text).strip(_BLANK)


def _end_of_object(body: str) -> int:
    """Where the object that ``body`` begins with ends; 0 where it is none."""
    try:
        return _decode(body, 0)[1]
    except UnreadableError:
        return 0


def _bare(body: str) -> dict[str, Any]:
    """The object that begins with the first brace. What stands around it must leave no doubt that
    it is the answer, and the only one. Decodes once, so hostile text takes no longer."""
    start = body.find("{")
    if start < 0:
        raise UnreadableError("There is no JSON object in the answer.")
    before = body[:start]
    try:
        value, end = _decode(body, start)
    except UnreadableError as error:
        where = " It begins at the first brace of the answer, after the text." if before else ""
        raise UnreadableError(f"{error}{where}") from None
    after = body[end:]
    if "{" in after or "}" in before or "}" in after:
        raise UnreadableError(
            "There is more than one JSON object in the answer, or text with braces around it. "
            "Return exactly one object."
        )
    if any(mark in before for mark in _FENCE_END):
        raise UnreadableError("The fenced block must hold one JSON object and nothing else.")
    if doubt := _doubt(before, after):
        raise UnreadableError(f"{doubt} Return the object alone.")
    return value


def _doubt(before: str, after: str) -> str | None:
    """Why the text around an object may mean that it is not the answer; None where it cannot."""
    if any(not _is_passed_over(tag) for tag in _TAG.finditer(before)):
        return "There are markers before the JSON object, as around something else than an answer."
    if _TAG.search(after) and _without_markers(after):
        return "There are markers and text after the JSON object."
    if before.count("[") > before.count("]"):
        return "The JSON object stands inside a list or brackets."
    if before.endswith(('"', "'")):
        return "The JSON object stands inside quotes."
    return None


def _fenced(body: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = []
    outside: list[str] = []
    position = 0
    while (fence := _FENCE.search(body, position)) is not None:
        outside.append(body[position : fence.start()])
        value, end = _decode(body, fence.end())
        closing = _FENCE_END[fence["mark"]].match(body, end)
        if closing is None:
            raise UnreadableError("The fenced block must hold one JSON object and nothing else.")
        found.append(value)
        position = closing.end()
    outside.append(body[position:])
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
