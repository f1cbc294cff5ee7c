"""The pages in a real browser: from the runs to the words, at a desk and on a phone, light and
dark, with hostile names and words."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.browsers import opened, requested, unreadable
from tests.support.disputes import small
from tests.support.hostile import hostile_run
from tests.support.unfinished import cut_short, go_on, whole_run
from tests.support.viewer import served, small_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = ("/", "/runs/one", "/runs/one/search?q=well&private=1", "/search?q=well", "/help/method")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    place = tmp_path_factory.mktemp("runs")
    small_run(place)
    with served(place) as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with opened(browser) as page:
        yield page


def test_from_the_runs_to_the_words(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="A suite made by hand").click()
    page.wait_for_url("**/runs/one")
    worst = page.locator("#worst")
    assert "Take the whole of the well." in worst.inner_text()
    page.locator("select[name=arm]").select_option("lean")
    page.locator("input[name=filter]").fill("skew is not missing")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**filter=skew**")
    assert page.locator(".rows tbody tr").count() == 2
    page.locator(".rows thead").get_by_role("link", name="turns").click()
    page.wait_for_url("**sort=-turns**")
    assert page.locator(".rows tbody td:last-child").all_inner_texts() == ["4", "2"]
    page.get_by_label("Search in what was said").fill("whole")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/search?q=whole")
    assert page.locator("mark").first.inner_text() == "whole"
    page.locator(".hits a").first.click()
    page.wait_for_url("**/dialogues/**#turn-0")


def test_a_run_in_play_counts_on_without_being_loaded_again(page: Page, tmp_path: Path) -> None:
    (tmp_path / "aside").mkdir()
    whole = small_run(tmp_path / "aside").path
    path = Path(shutil.copytree(whole, tmp_path / "runs" / "one"))
    (path / "scores.jsonl").unlink()
    lines = (path / "transcripts.jsonl").read_bytes().splitlines(keepends=True)
    (path / "transcripts.jsonl").write_bytes(b"".join(lines[:2]))
    with served(tmp_path / "runs") as address:
        page.goto(f"{address}/runs/one")
        page.evaluate("window.same = true")
        played = page.locator('[data-count="played"]')
        assert played.inner_text() == "2"
        with (path / "transcripts.jsonl").open("ab") as file:
            file.write(b"".join(lines[2:]))
        page.locator('[data-count="played"]', has_text="5").wait_for()
        assert page.evaluate("window.same") is True
        shutil.copy(whole / "scores.jsonl", path / "scores.jsonl")
        page.locator(".news").wait_for(state="visible")
        page.goto("about:blank")


def test_what_a_run_in_play_shows_is_read_on(page: Page, tmp_path: Path) -> None:
    whole = whole_run(tmp_path / "aside")
    path = cut_short(whole, tmp_path / "runs" / "one", 4)
    with served(tmp_path / "runs") as address:
        page.goto(f"{address}/runs/one")
        page.evaluate("window.same = true")
        line = page.locator(".so-far")
        assert line.inner_text() == (
            "So far 1 of 8 scenarios are complete; nothing is said before 6 are."
        )
        go_on(path, whole, 13)
        page.locator(".so-far", has_text="So far, after 6 of 8 scenarios").wait_for()
        assert "interval that may be read at any time" in line.inner_text()
        assert unreadable(page, context=".live") == []
        go_on(path, whole, 16)
        line.wait_for(state="hidden")
        assert page.evaluate("window.same") is True
        page.goto("about:blank")


def test_hostile_names_and_words_are_text(browser: Browser, tmp_path: Path) -> None:
    hostile_run(tmp_path / "runs" / "a<b>'&?", small(tmp_path))
    with (
        served(tmp_path / "runs") as address,
        opened(browser, viewport={"width": 360, "height": 700}) as page,
    ):
        requests = requested(page)
        for path in (
            "/",
            "/runs/a%3Cb%3E'%26%3F",
            "/runs/a%3Cb%3E'%26%3F/search?q=window&private=1",
        ):
            page.goto(address + path)
            assert page.evaluate("window.pwned === undefined")
            assert page.evaluate("document.querySelectorAll('img, iframe, b b').length") == 0
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        assert all(url.startswith((address, "data:")) for url in requests)
        page.goto("about:blank")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_phone_and_are_accessible(browser: Browser, address: str, scheme: str) -> None:
    look = {"viewport": {"width": 360, "height": 700}, "color_scheme": scheme}
    with opened(browser, **look) as page:
        for path in PAGES:
            page.goto(address + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
            assert unreadable(page) == [], path


def test_the_theme_is_kept(page: Page, address: str) -> None:
    page.goto(address)
    dark = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(dark) == "rgb(255, 255, 255)"
    button = page.get_by_role("button", name="Theme: auto")
    button.click()
    page.get_by_role("button", name="Theme: light").click()
    page.get_by_role("button", name="Theme: dark").wait_for()
    assert page.evaluate(dark) != "rgb(255, 255, 255)"
    page.goto(f"{address}/runs/one")
    assert page.evaluate(dark) != "rgb(255, 255, 255)"
