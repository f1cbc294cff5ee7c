"""Who is answered: pages of this viewer, and nobody who only knows its port."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from harness.viewer.guard import HEADERS, Guard


def _answer(_: Request) -> PlainTextResponse:
    return PlainTextResponse("here")


def client(port: int = 4000) -> TestClient:
    app = Starlette(
        routes=[Route("/", _answer, methods=["GET", "POST"])],
        middleware=[Middleware(Guard, port=port)],
    )
    return TestClient(app, base_url=f"http://127.0.0.1:{port}")


@pytest.mark.parametrize(
    "host", ["127.0.0.1:4000", "localhost:4000", "LOCALHOST:4000", "[::1]:4000"]
)
def test_loopback_is_answered(host: str) -> None:
    assert client().get("/", headers={"host": host}).text == "here"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:4000", "127.0.0.1", "127.0.0.1:4001", "localhost.evil:4000", ""],
)
def test_another_host_is_refused(host: str) -> None:
    answer = client().get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "here" not in answer.text
    assert set(map(str.lower, HEADERS)) <= set(answer.headers)


def test_at_port_80_the_name_alone_will_do() -> None:
    assert client(80).get("/", headers={"host": "localhost"}).status_code == 200


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:4000", 200),
        ("http://localhost:4000", 200),
        ("http://evil.example", 403),
        ("https://127.0.0.1:4000", 403),
        ("null", 403),
        (None, 403),
    ],
)
def test_what_changes_something_comes_from_a_page_of_ours(origin: str | None, status: int) -> None:
    headers = {} if origin is None else {"origin": origin}
    assert client().post("/", headers=headers).status_code == status
