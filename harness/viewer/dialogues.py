"""Pages of one dialogue."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

from harness.viewer.pages import page


def dialogue(request: Request) -> HTMLResponse:
    """A dialogue of a run."""
    return page(
        request,
        "dialogue.html.j2",
        run=request.path_params["run"],
        dialogue=request.path_params["dialogue"],
    )


routes: Final[list[BaseRoute]] = [Route("/runs/{run}/dialogues/{dialogue}", dialogue)]
