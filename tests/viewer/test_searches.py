"""The pages that search."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from harness.viewer import searches
from tests.support.viewer import client_of, small_run


def test_a_hit_leads_to_its_turn(client: TestClient) -> None:
    text = client.get("/runs/one/search?q=whole").text
    assert "<mark>whole</mark>" in text
    assert '#turn-2">' in text
    assert "private=1#" not in text


def test_a_private_hit_leads_to_what_was_private(client: TestClient) -> None:
    assert "<mark>" not in client.get("/runs/one/search?q=pasture").text
    text = client.get("/runs/one/search?q=pasture&private=1").text
    assert "<mark>pasture</mark>" in text
    assert "?private=1#afterwards" in text


def test_what_is_not_found_is_said(client: TestClient) -> None:
    assert "No message holds &lt;b&gt;" in client.get("/runs/one/search?q=<b>").text
    assert "No message holds zebra" in client.get("/search?q=zebra").text


def test_nothing_is_searched_before_something_is_asked(client: TestClient) -> None:
    for address in ("/search", "/runs/one/search"):
        text = client.get(address).text
        assert "No message" not in text
        assert "<mark>" not in text


def test_all_runs_are_searched(tmp_path: Path) -> None:
    small_run(tmp_path, "one")
    small_run(tmp_path, "two")
    broken = small_run(tmp_path, "three")
    (broken.path / "run.json").write_text("{}")
    text = client_of(tmp_path).get("/search?q=well").text
    assert "/runs/one/search?q=well" in text
    assert "/runs/two/search?q=well" in text
    assert "damaged" in text


def test_runs_that_take_too_long_are_named(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searches, "LOOK_S", -1.0)
    text = client.get("/search?q=well").text
    assert "Not searched yet" in text
    assert "/runs/one/search?q=well" in text


def test_many_hits_have_pages(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "PAGE", 4)
    monkeypatch.setattr("harness.viewer.searching.PAGE", 4)
    assert 'rel="next"' in client.get("/runs/one/search?q=well").text
    assert 'rel="prev"' in client.get("/runs/one/search?q=well&page=2").text
