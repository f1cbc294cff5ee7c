"""The way to the text in a real browser: from a run to an article, and on to later talks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.records.reader import RunFolder
from tests.support.browsers import opened, unreadable
from tests.support.episodes import changed_run, episode_of, indexed
from tests.support.hostile import ATTACK
from tests.support.viewer import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def hostile(record: dict[str, object]) -> dict[str, object]:
    """An article that attacks the page, beside its own text."""
    body = record["body"]
    assert isinstance(body, dict)
    return record | {"body": body | {"title": ATTACK, "text": f"{body['text']}\n\n{ATTACK}"}}


def test_from_a_run_to_the_words_and_on(chain_run: Path, tmp_path: Path, browser: Browser) -> None:
    copy = indexed(changed_run(chain_run, tmp_path, "publication.jsonl", hostile))
    stages = episode_of(RunFolder(copy)).stages
    with served(tmp_path) as address, opened(browser) as page:
        page.goto(f"{address}/runs/{copy.name}/episodes")
        page.get_by_label("arm").select_option("chain")
        page.get_by_role("button", name="Show").click()
        page.get_by_role("link", name=stages["later"]).click()
        page.locator(".links").get_by_role("link", name="The readers").click()
        assert page.url.endswith("#readers")
        page.get_by_role("link", name="official", exact=True).click()
        page.locator("#reader-official summary").click()
        assert page.locator("#reader-official .changes tbody tr").count() > 10
        assert page.locator("mark").count() > 0
        assert page.evaluate("window.pwned") is None
        assert unreadable(page) == []
        page.locator("#private").click()
        page.wait_for_url("**private=1**")
        assert "is taken to care about" in page.locator("#later").inner_text()
        page.locator(".outcomes .own a").click()
        page.wait_for_url(f"**/dialogues/{stages['later']}**")
        assert page.locator("#papers").count() == 1
        page.get_by_role("link", name="chain", exact=True).first.click()
        page.wait_for_url("**/episodes/chain/**")
        page.set_viewport_size({"width": 390, "height": 800})
        page.emulate_media(color_scheme="dark")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert unreadable(page) == []
