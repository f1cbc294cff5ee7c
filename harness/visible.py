"""Makes text from outside safe to show: control and invisible characters are escaped.

Titles, names, models' words, servers' errors and files can hold characters that no reader sees and
that a terminal obeys, or that turn, hide or forge the text beside them. :func:`visible` writes each
of them as an escape (``\\x1b``, ``\\u202e``); every letter of every script stays as it is. Newlines
and tabs stay too. The same is done at the terminal and on the page.
"""

from __future__ import annotations

import io
import re
import unicodedata
from typing import Any, Final, TextIO

_HIDDEN: Final = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 (save tab and newline), DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # direction marks, embeddings, isolates
    "\u00ad\u034f\u180e\u200b-\u200d\u2060-\u2065\ufeff"  # no width
    "\u2028\u2029"  # line and paragraph separators
    "\u115f\u1160\u17b4\u17b5\u3164\uffa0"  # letters without ink
    "\u180b-\u180d\u180f\ufe00-\ufe0f"  # variation selectors; more of them below, with the tags
    "\ud800-\udfff"  # halves of a pair
    "\ufff0-\ufffb\ufffe\uffff"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"  # tags, and all that is reserved to be invisible
    "]"
)
_EMOJI_STYLE: Final = frozenset("\ufe0e\ufe0f")


def visible(text: str) -> str:
    """``text`` with every character that acts or hides written as Python writes it.

    Letters, digits, signs, newlines and tabs stay. ``\\r\\n`` is read as a newline. One emoji or
    text style selector right behind a symbol stays, since it shows.
    """
    return _HIDDEN.sub(_written, text.replace("\r\n", "\n"))


def visible_line(text: str) -> str:
    """As :func:`visible`, in one line: newlines and tabs are written out too."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def visible_json(text: str) -> str:
    """A JSON document with the same characters written as JSON writes them: the same data."""
    return _HIDDEN.sub(_written_in_json, text)


def writable(text: str) -> str:
    """``text`` with lone surrogates, which JSON can carry and UTF-8 cannot, replaced by ``?``."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text


def shortened(text: str, length: int) -> str:
    """One line of at most ``length`` characters: cut between words, with an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    if not line[length - 1].isspace():
        words = cut.rpartition(" ")[0]
        cut = words if len(words) > length // 2 else cut  # a single long word is cut all the same
    return cut.rstrip(" ,;:") + "…"


class GuardedStream(io.TextIOBase):
    """A text stream that writes out what would act on a terminal.

    What comes here may be JSON, so it is written out as JSON does it.
    """

    def __init__(self, inner: TextIO) -> None:
        self.inner = inner

    def write(self, text: str) -> int:
        self.inner.write(visible_json(text))
        return len(text)

    def flush(self) -> None:
        if not self.inner.closed:
            self.inner.flush()

    def fileno(self) -> int:
        return self.inner.fileno()

    def isatty(self) -> bool:
        return self.inner.isatty()

    def writable(self) -> bool:
        return True

    def __getattribute__(self, name: str) -> Any:
        # io.TextIOBase has these as attributes of its own, so __getattr__ would not be asked.
        if name in ("encoding", "errors", "newlines"):
            return getattr(self.inner, name)
        return super().__getattribute__(name)

    def __getattr__(self, name: str) -> Any:
        # Where the encoding is ASCII, click would write past this stream into its buffer.
        if name == "buffer" and "ascii" in self.inner.encoding.replace("-", "").lower():
            raise AttributeError(name)
        return getattr(self.inner, name)


def _written(match: re.Match[str]) -> str:
    char = match.group()
    if char in _EMOJI_STYLE and _is_symbol(match.string[: match.start()][-1:]):
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _written_in_json(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", errors="surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))


def _is_symbol(char: str) -> bool:
    """Whether a character can be an emoji: a sign, not a letter."""
    return bool(char) and (char in "#*0123456789" or unicodedata.category(char)[0] in "SP")
