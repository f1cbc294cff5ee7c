"""The documents that ship with the package, as pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from posixpath import join, normpath
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from harness.files.catalogue import data_root
from harness.viewer.pages import href, page

FIRST: Final = ("tutorial", "suites", "scenarios", "models", "delegations", "method", "record")
"""Documents that are listed first, where there are any."""
KINDS: Final = (".md", ".svg")
MEASURES: Final = "measures"
"""Folder of the pages of the evaluators."""
_TITLE: Final = re.compile(r"^# (.+)$", re.MULTILINE)
_DOCUMENT: Final = re.compile(r"((?:measures/)?[a-z0-9_-]+)\.md(#[\w-]*)?")
_NO_SLUG: Final = re.compile(r"[^\w\- ]")


def contents(request: Request) -> HTMLResponse:
    """All documents but those in a folder, which one of these lists."""
    found = {name: path for name, path in _documents().items() if "/" not in name}
    titles = {name: _title(path) for name, path in found.items() if path.suffix == ".md"}
    order = {name: place for place, name in enumerate(FIRST)}
    listed = sorted(titles.items(), key=lambda item: (order.get(item[0], len(order)), item[0]))
    return page(request, "contents.html.j2", documents=listed)


def document(request: Request) -> Response:
    """A document, or a picture in one. Its name is looked up among those that ship."""
    name = request.path_params["page"]
    path = _documents().get(name)
    if path is None:
        raise HTTPException(404)
    if path.suffix == ".svg":
        return FileResponse(path, media_type="image/svg+xml")
    text = path.read_text(encoding="utf-8")
    made = rendered(text, folder=name.rpartition("/")[0])
    return page(request, "document.html.j2", title=_title(path), text=made)


def rendered(text: str, *, folder: str = "") -> Markup:
    """Markdown as HTML. HTML in it is text; headings have the ids that a forge gives them; links to
    other documents lead to their pages.

    Args:
        text: The document.
        folder: Where it lies among the documents; empty for the top.
    """
    parser = _parser()
    tokens = parser.parse(text)
    _prepare(tokens, folder)
    made: str = parser.renderer.render(tokens, parser.options, {})
    # What is wider than the window scrolls in its own box, which the keyboard reaches.
    wide = made.replace("<table>", '<div class="scroll" tabindex="0"><table>')
    wide = wide.replace("</table>", "</table></div>").replace("<pre>", '<pre tabindex="0">')
    return Markup(wide)  # noqa: S704 - html is off


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _documents() -> dict[str, Path]:
    """Name in an address -> file; ``measures/NAME`` for the page of an evaluator."""
    folder = data_root("docs")
    paths = sorted(path for kind in KINDS for path in folder.glob(f"*{kind}"))
    found = {path.stem if path.suffix == ".md" else path.name: path for path in paths}
    inner = sorted((folder / MEASURES).glob("*.md"))
    return found | {f"{MEASURES}/{path.stem}": path for path in inner}


def _title(path: Path) -> str:
    found = _TITLE.search(path.read_text(encoding="utf-8"))
    return found.group(1).replace("`", "") if found else path.stem


def _prepare(tokens: Sequence[Token], folder: str) -> None:
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", slug(tokens[place + 1].content))
        for inner in token.children or ():
            if inner.type == "link_open":
                inner.attrSet("href", _target(str(inner.attrGet("href") or ""), folder))
            elif inner.type == "image":
                inner.attrSet("src", href("help", Path(str(inner.attrGet("src") or "")).name))


def _target(link: str, folder: str) -> str:
    """Where a link of a document leads here: to a page of ours, to the outside, or to all documents
    where it leads to none that ships."""
    if link.startswith(("#", "https://")):
        return link
    found = _DOCUMENT.fullmatch(normpath(join(folder, link)))
    if found is None:
        return href("help")
    return href("help", *found.group(1).split("/")) + (found.group(2) or "")


def slug(heading: str) -> str:
    """The id of a heading, as forges make it."""
    return _NO_SLUG.sub("", heading.lower()).strip().replace(" ", "-")


routes: Final[list[BaseRoute]] = [
    Route("/help", contents),
    Route("/help/{page:path}", document),
]
