"""The application: every answer is sealed, and names from addresses are only looked up."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from harness.viewer.guard import CONTENT_POLICY
from tests.support.viewer import PORT, client_of, small_run

PAGES = (
    "/",
    "/runs/one",
    "/search",
    "/help",
    "/runs/one/state",
    "/static/viewer.css",
    "/static/viewer.js",
    "/nowhere",
)


@pytest.mark.parametrize("address", PAGES)
def test_every_answer_is_sealed(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.headers["content-security-policy"] == CONTENT_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "no-store" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "address", ["/", "/runs/one", "/runs/one/search?q=well", "/search?q=well", "/help/method"]
)
def test_no_page_holds_a_style_or_a_script(client: TestClient, address: str) -> None:
    text = client.get(address).text
    assert " style=" not in text
    assert "<style" not in text
    assert text.count("<script") == text.count("<script src=") >= 2


@pytest.mark.parametrize(
    "address",
    ["/runs/none", "/runs/%2e%2e", "/runs/..%2fone", "/runs/%2e%2e%2f%2e%2e", "/runs/one%00"],
)
def test_what_is_not_a_run_is_not_found(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_static_files_are_those_of_the_package_alone(client: TestClient) -> None:
    assert client.get("/static/viewer.css").status_code == 200
    assert client.get("/static/%2e%2e/app.py").status_code == 404
    assert client.get("/static/..%2fapp.py").status_code == 404


def test_a_damaged_run_is_a_page_that_says_so(tmp_path: Path) -> None:
    run = small_run(tmp_path)
    (run.path / "run.json").write_text("{}")
    answer = client_of(tmp_path).get("/runs/one")
    assert answer.status_code == 500
    assert "damaged" in answer.text


def test_a_run_alone_is_shown_as_well(tmp_path: Path) -> None:
    run = small_run(tmp_path)
    answer = client_of(run.path).get("/")
    assert answer.status_code == 200
    assert "/runs/one" in answer.text


def test_a_damaged_index_is_built_anew(tmp_path: Path) -> None:
    run = small_run(tmp_path)
    client = client_of(tmp_path)
    assert client.get("/runs/one").status_code == 200
    sidecar = run.path / ".viewer.sqlite"
    for path in run.path.glob(".viewer.sqlite*"):
        path.unlink()
    sidecar.write_bytes(b"SQLite format 3\0" + b"\xff" * 8000)
    answers = [client.get("/runs/one") for _ in range(2)]
    assert answers[1].status_code == 200
    assert "5 dialogues" in answers[1].text


def test_the_port_is_the_tests_own(client: TestClient) -> None:
    assert str(client.base_url) == f"http://127.0.0.1:{PORT}"
