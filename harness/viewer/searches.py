"""Pages that search in all that was said: in one run, or in all of them."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

from harness.errors import Track15Error
from harness.viewer.listing import number_in
from harness.viewer.pages import page
from harness.viewer.runs import Runs
from harness.viewer.searching import MOST_LENGTH, PAGE, Hits, search
from harness.viewer.sidecar import unusable

FEW: Final = 5
"""Messages of each run that are shown where all are searched."""
LOOK_S: Final = 3.0
"""How long all runs are searched; those after that are named."""


@dataclass(frozen=True)
class InRun:
    """What was found in a run.

    Attributes:
        run: Its name.
        title: Of its suite.
        hits: The first messages.
        problem: Why it could not be searched.
    """

    run: str
    title: str
    hits: Hits
    problem: str = ""


def in_run(request: Request) -> HTMLResponse:
    """Search in one run."""
    source: Runs = request.app.state.runs
    name = request.path_params["run"]
    text, private, number = _asked(request)
    folder, index = source.folder(name), source.index(name)
    progress = index.refresh()
    hits = search(index, text, private=private, page=number)
    return page(
        request,
        "search.html.j2",
        run=name,
        info=folder.info,
        q=text,
        private=private,
        hits=hits,
        number=number,
        pages=max(1, -(-hits.total // PAGE)),
        progress=progress,
    )


def everywhere(request: Request) -> HTMLResponse:
    """Search in all runs."""
    source: Runs = request.app.state.runs
    text, private, _ = _asked(request)
    found, left = [], list[str]()
    end = time.monotonic() + LOOK_S
    for name in source.names() if text else ():
        if time.monotonic() > end:
            left.append(name)
            continue
        one = _searched(source, name, text, private=private)
        if one.hits.total or one.problem:
            found.append(one)
    return page(
        request, "searches.html.j2", q=text, private=private, found=found, left=left, few=FEW
    )


def _searched(source: Runs, name: str, text: str, *, private: bool) -> InRun:
    try:
        folder, index = source.folder(name), source.index(name)
        index.refresh(wait_s=0.2)
        hits = search(index, text, private=private)
    except Track15Error as error:
        return InRun(name, name, Hits(), error.what)
    except sqlite3.Error as error:
        source.mend(error)
        return InRun(name, name, Hits(), unusable(error)[0])
    return InRun(name, folder.info.suite.title, hits)


def _asked(request: Request) -> tuple[str, bool, int]:
    """What is looked for, whether in private words too, and which page of it."""
    params = request.query_params
    text = params.get("q", "")[:MOST_LENGTH].strip()
    return text, params.get("private") == "1", number_in(params)


routes: Final[list[BaseRoute]] = [
    Route("/search", everywhere),
    Route("/runs/{run}/search", in_run),
]
