"""Knows the keys in use, and looks for them in what servers send back.

A server may repeat the key it was sent: in its words, in a tool call, in a finish reason. What
holds one must reach no record, no prompt and no screen. So every reply is looked through before
anything is made of it, for the keys of all servers, not of its own alone.

A process knows the keys that were handed out in it. They stay in memory and are never written.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from typing import Final

from harness.models.reply import How, ModelReply
from harness.models.usage import Usage

SHORTEST: Final = 12
"""Characters of a key that is looked for. A shorter one would be found in words that only happen
to hold it."""
WITHHELD: Final = "withheld: it holds a key"
"""Stands for the finish reason of a reply that held a key: all that is kept of it."""

_FEWEST_SIGNS: Final = 5
_PLACEHOLDERS: Final = frozenset(
    re.findall(
        r"\w+",
        "a an any api change dummy empty ex example fake here is key local me my no none not "
        "needed null open placeholder proj required secret sk test token x xxx your",
    )
)
"""A key of these words alone is none: ``not-needed``, ``sk-no-key-required``, ``EMPTY``."""
_LETTERS: Final = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")
_NOISE: Final = bytes(i for i in range(256) if not chr(i).isalnum() or i >= 128)
_BREAKS: Final = (b"\\n", b"\\r", b"\\t", b"\\f", b"\\b")
_MARKS: Final = (b"\\u", b"%", b"&#")
_ESCAPE: Final = re.compile(
    rb"\\u(?P<code>[0-9a-fA-F]{4})"
    rb"|(?:%|&#x)(?P<hex>[2-7][0-9a-fA-F]);?|&#(?P<number>[0-9]{2,3});"
)
"""A character as JSON, and one of ASCII as URLs and HTML may write it."""

_in_use: set[str] = set()
_open: set[bytes] = set()
_needles: tuple[bytes, ...] = ()


def use_keys(keys: Iterable[str]) -> None:
    """Look for these keys too, from now on; values that are not real keys are ignored."""
    new = {key for key in keys if is_real(key)} - _in_use
    if new:
        _in_use.update(new)
        _look_for()


def stands_open(words: str) -> None:
    """Declare that ``words`` are public, such as a model's name. A value that occurs in them is not
    taken for a key, whatever the variable that holds it is called."""
    plain = words.encode("ascii", "ignore").translate(_LETTERS, _NOISE)
    if plain not in _open:
        _open.add(plain)
        _look_for()


def _look_for() -> None:
    global _needles
    found = dict.fromkeys(needle for key in sorted(_in_use) for needle in _looks_of(key))
    _needles = tuple(n for n in found if not any(n in words for words in _open))


def keys_in_use() -> frozenset[str]:
    """The real keys that were handed out in this process."""
    return frozenset(_in_use)


def is_real(key: str) -> bool:
    """Whether this is a key rather than what is written where none is needed."""
    words = re.split(r"[^a-z]+", key.lower())
    return (
        len(key) >= SHORTEST
        and len(set(key)) >= _FEWEST_SIGNS
        and (any(map(str.isdigit, key)) or not _PLACEHOLDERS.issuperset(filter(None, words)))
    )


def holds_key(*texts: str | bytes) -> bool:
    """Whether one of the texts holds a key in use, or most of one: as it is or in other letters,
    broken by anything that is no letter and no digit, escaped, or as base64 or hexadecimal."""
    return bool(_needles) and any(map(_held_by, texts))


def guarded(reply: ModelReply) -> ModelReply:
    """``reply``, or what is left of it where it holds a key."""
    inside = reply.inside.models if reply.inside is not None else ()
    texts = (reply.text, reply.finish_reason, reply.refusal, reply.reasoning, *inside)
    if holds_key(*filter(None, texts)):
        return withheld(reply.usage, reply.how)
    return reply


def withheld(usage: Usage, how: How) -> ModelReply:
    """What is left of a reply that held a key: what it took. It cannot be used."""
    return ModelReply(text="", finish_reason=WITHHELD, usage=usage, how=how)


def _held_by(text: str | bytes) -> bool:
    raw = text.encode("ascii", "ignore") if isinstance(text, str) else text
    plain = raw.translate(_LETTERS, _NOISE)
    if any(needle in plain for needle in _needles):
        return True
    meant = raw
    if b"\\" in raw:
        for escaped in _BREAKS:
            meant = meant.replace(escaped, b"")
    if any(mark in meant for mark in _MARKS):
        meant = _ESCAPE.sub(_character, meant)
    if meant == raw:
        return False
    plain = meant.translate(_LETTERS, _NOISE)
    return any(needle in plain for needle in _needles)


def _character(escape: re.Match[bytes]) -> bytes:
    written = escape["code"] or escape["hex"]
    code = int(written, 16) if written else int(escape["number"])
    return bytes([code]) if code < 128 else b""


def _looks_of(key: str) -> list[bytes]:
    """What a text is searched for, without all that is no letter and no digit."""
    raw = key.encode("ascii", "ignore")
    plain = raw.translate(_LETTERS, _NOISE)
    # Of a key made of words, as nobody gives out, a part may be what somebody says.
    most = max(SHORTEST, -(-3 * len(plain) // 4)) if any(map(str.isdigit, key)) else len(plain)
    looks = [plain[:most], plain[-most:], raw.hex().encode()]
    for before, skipped in ((0, 0), (1, 2), (2, 3)):  # wherever in the encoded text it stands
        kept = (before + len(raw)) * 8 // 6
        looks.append(base64.b64encode(b"\0" * before + raw)[skipped:kept])
    return [found for look in looks if len(found := look.translate(_LETTERS, _NOISE)) >= 8]
