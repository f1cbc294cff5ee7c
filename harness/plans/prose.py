"""A plan in prose: Markdown, plain text or HTML, as the plain text of its paragraphs.

Markup is taken away, so that words which a reader sees together can be quoted together. What a page
holds beside its text - scripts, styles, comments - is no part of it.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

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
_BLANKS: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r" *\n[ \n]*")


def read_prose(path: Path) -> str:
    """The text of a plan, its paragraphs apart by an empty line.

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
    text = read_text(path)
    if kind in MARKDOWN:
        text = from_markdown(text)
    elif kind in HTML:
        text = from_html(text)
    if not text.strip():
        raise InputError("the plan holds no text", where=str(path), fix="write the plan into it")
    return text.strip()


def from_html(text: str) -> str:
    """What a reader sees of HTML, paragraph by paragraph."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.text


def from_markdown(text: str) -> str:
    """What a reader sees of Markdown, paragraph by paragraph."""
    return from_html(_rendered(text))


def _rendered(text: str) -> str:
    from markdown_it import MarkdownIt

    # HTML within Markdown is shown as it is typed there, and not read.
    rendered: str = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return rendered


class _Reader(HTMLParser):
    """Gathers the text between tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._unseen: list[str] = []

    @property
    def text(self) -> str:
        words = _BLANKS.sub(" ", "".join(self._parts))
        return _LINES.sub("\n\n", words).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen.append(tag)
        elif tag in _BLOCKS:
            self._parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._unseen and tag == self._unseen[-1]:
            self._unseen.pop()
        elif tag in _BLOCKS:
            self._parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._parts.append(data.replace("\n", " "))
