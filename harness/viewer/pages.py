"""Renders the viewer's pages. Every word that a user, a model or a file wrote is escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from harness import __version__
from harness.report import wording
from harness.report.templating import TEMPLATES as SECTIONS
from harness.visible import visible

TEMPLATES: Final = Path(__file__).parent / "templates"
STATIC: Final = Path(__file__).parent / "static"


def page(request: Request, template: str, *, status: int = 200, **facts: object) -> HTMLResponse:
    """A page.

    Args:
        request: What is answered; templates know it as ``request``.
        template: Name of a file in ``templates``, such as ``runs.html.j2``.
        status: Of the answer.
        facts: What the template is told. One that it names and is not told is an error.
    """
    text = environment().get_template(template).render(request=request, **facts)
    return HTMLResponse(text.encode("utf-8", errors="replace"), status)


def href(*parts: str, **query: object) -> str:
    """An address within the viewer: each part quoted, so that no name can be more than a name.

    >>> href("runs", "a/b?", q="x y", page=None)
    '/runs/a%2Fb%3F?q=x+y'
    """
    path = "/" + "/".join(quote(part, safe="") for part in parts)
    told = {name: value for name, value in query.items() if value not in (None, "", ())}
    return f"{path}?{urlencode(told, doseq=True)}" if told else path


@cache
def environment() -> Environment:
    """What renders pages, with the sections of the report; its templates are compiled once."""
    made = Environment(
        loader=FileSystemLoader([TEMPLATES, SECTIONS]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    made.globals.update(href=href, version=__version__, w=wording)
    return made


def _finalize(value: object) -> object:
    """What could hide or turn other text is written out; markup of ours is left alone."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value
