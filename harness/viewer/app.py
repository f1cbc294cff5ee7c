"""The viewer as a web application: which address shows what."""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Sequence
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from harness.errors import Track15Error
from harness.viewer import dialogues, episodes, helping, overview, searches
from harness.viewer.guard import Guard
from harness.viewer.lookup import UnknownDialogueError
from harness.viewer.pages import STATIC, environment, page
from harness.viewer.runs import Runs, UnknownRunError
from harness.viewer.sidecar import unusable

PREPARED: Final = (
    "base.html.j2",
    "run.html.j2",
    "runs.html.j2",
    "sections.html.j2",
    "dialogue.html.j2",
    "_turns.html.j2",
    "_pictures.html.j2",
    "episode.html.j2",
    "episode_parts.html.j2",
)
"""Templates that are compiled before the first page is asked for."""


def make_app(source: Runs, *, port: int, more: Sequence[BaseRoute] = ()) -> Starlette:
    """The application. It holds ``source`` as ``request.app.state.runs``.

    Args:
        source: The runs that it shows.
        port: That it is served at: requests that name another are refused.
        more: Further routes, for pages that play; every page leads to them, where there are any.
    """
    app = Starlette(
        routes=[
            *overview.routes,
            *searches.routes,
            *helping.routes,
            *dialogues.routes,
            *episodes.routes,
            *more,
            Mount("/static", StaticFiles(directory=STATIC), name="static"),
        ],
        middleware=[Middleware(Guard, port=port)],
        exception_handlers={
            HTTPException: _refused,
            Track15Error: _failed,
            sqlite3.DatabaseError: _unindexed,
        },
    )
    app.state.runs = source
    app.state.plays = bool(more)
    return app


def prepare() -> None:
    """Load what pages need later on: templates, and the libraries that draw figures."""
    for name in PREPARED:
        environment().get_template(name)
    for library in ("matplotlib.figure", "matplotlib.backends.backend_svg", "scipy.stats"):
        importlib.import_module(library)


def _refused(request: Request, error: Exception) -> HTMLResponse:
    """The page for what is not there, or may not be done."""
    assert isinstance(error, HTTPException)
    what = "There is no such page." if error.status_code == 404 else error.detail
    return page(request, "error.html.j2", status=error.status_code, what=what, where="", fix="")


def _failed(request: Request, error: Exception) -> HTMLResponse:
    """The page for a record that cannot be read: what, where and how to fix it."""
    assert isinstance(error, Track15Error)
    return page(
        request,
        "error.html.j2",
        status=404 if isinstance(error, UnknownRunError | UnknownDialogueError) else 500,
        what=error.what,
        where=error.where or "",
        fix=error.fix or "",
    )


def _unindexed(request: Request, error: Exception) -> HTMLResponse:
    """The page for an index that cannot be used. A damaged one is built anew with the next page."""
    assert isinstance(error, sqlite3.DatabaseError)
    source: Runs = request.app.state.runs
    source.mend(error)
    what, fix = unusable(error)
    return page(request, "error.html.j2", status=503, what=what, where=str(error), fix=fix)
