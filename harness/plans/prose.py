"""A plan in prose: Markdown, plain text or HTML, as the plain text of its paragraphs.

Markup is taken away, so that words which a reader sees together can be quoted together. What a page
holds beside its text - scripts, styles, comments - is no part of it.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Final, NamedTuple

from harness.errors import InputError
from harness.files.yamlfile import read_text

MARKDOWN: Final = (".md", ".markdown")
HTML: Final = (".html", ".htm")
TEXT: Final = (".txt", ".text")
PROSE: Final = (*MARKDOWN, *HTML, *TEXT)
"""Endings of files that are read as prose."""
_BLOCKS: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    ]
)
_UNSEEN: Final = frozenset({"head", "script", "style", "template", "noscript"})
LONGEST_HEADING: Final = 200
"""Characters of a heading; more are a paragraph, whatever it is marked as."""
_HEADINGS: Final = ("h1", "h2")
_BLANKS: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r" *\n[ \n]*")


class Prose(NamedTuple):
    """A plan in prose.

    Attributes:
        text: Its paragraphs, apart by an empty line; the heading is the first of them.
        heading: What it is headed by; None of plain text, and where it begins with something else.
    """

    text: str
    heading: str | None


def read_prose(path: Path) -> Prose:
    """A plan in prose, and its own heading.

    Raises:
        InputError: The file cannot be read, is of another kind, or holds no text.
    """
    kind = path.suffix.lower()
    if kind not in PROSE:
        raise InputError(
            "a plan is YAML or, in prose, Markdown, plain text or HTML, not "
            f"{kind or 'of no kind'}",
            where=str(path),
            fix="save it as .md, .txt or .html, or write its options as .yaml",
        )
    text, heading = read_text(path), None
    if kind not in TEXT:
        reader = _read(_rendered(text) if kind in MARKDOWN else text)
        text, heading = reader.text, reader.heading
    if not text.strip():
        raise InputError("the plan holds no text", where=str(path), fix="write the plan into it")
    return Prose(text.strip(), heading)


def from_html(text: str) -> str:
    """What a reader sees of HTML, paragraph by paragraph."""
    return _read(text).text


def from_markdown(text: str) -> str:
    """What a reader sees of Markdown, paragraph by paragraph."""
    return from_html(_rendered(text))


def _rendered(text: str) -> str:
    from markdown_it import MarkdownIt

    # HTML within Markdown is shown as it is typed there, and not read.
    rendered: str = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return rendered


def _read(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader


class _Reader(HTMLParser):
    """Gathers the text between tags.

    Attributes:
        heading: The heading that the text begins with; None where it begins with something else.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._unseen: list[str] = []
        self._heading_from: int | None = None
        self.heading: str | None = None

    @property
    def text(self) -> str:
        words = _BLANKS.sub(" ", "".join(self._parts))
        return _LINES.sub("\n\n", words).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen.append(tag)
        elif tag in _BLOCKS:
            if tag in _HEADINGS and not "".join(self._parts).strip():
                self._heading_from = len(self._parts)
            self._parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._unseen and tag == self._unseen[-1]:
            self._unseen.pop()
        elif tag in _BLOCKS:
            if tag in _HEADINGS and self._heading_from is not None and self.heading is None:
                words = "".join(self._parts[self._heading_from :])
                words = " ".join(words.split())
                self.heading = words if 0 < len(words) <= LONGEST_HEADING else None
            self._parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._parts.append(data.replace("\n", " "))
