"""The hostile page and an ordinary one in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.analysis.findings import find
from harness.report.page import write_report
from tests.support.disputes import small
from tests.support.hostile import hostile_run
from tests.support.run_folders import LEANING, LOPSIDED, MIDDLE, deal, make_run, make_suite

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("there is no Chromium on this machine: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def test_hostile_text_runs_nothing_and_loads_nothing(browser: Browser, tmp_path: Path) -> None:
    run = hostile_run(tmp_path / "run", small(tmp_path))
    path = tmp_path / "report.html"
    write_report(run, find(run), path)
    page = browser.new_page()
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.wait_for_timeout(200)
    assert page.evaluate("window.pwned === undefined")
    assert page.evaluate("document.querySelectorAll('script, img, iframe, b b').length") == 0
    handlers = "[...document.querySelectorAll('*')].filter(e => e.onerror || e.onload).length"
    assert page.evaluate(handlers) == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert requests == [path.as_uri()]
    assert complaints == []
    page.close()


@pytest.mark.parametrize("width", [360, 1200])
def test_no_page_is_wider_than_its_window(browser: Browser, tmp_path: Path, width: int) -> None:
    scenario = small(tmp_path)
    packages = {"plain": MIDDLE, "lean": LOPSIDED}
    played = [deal(scenario, arm, package) for arm, package in packages.items()]
    played.append(deal(scenario, "lean", LEANING, epoch=2))
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, played)
    path = tmp_path / "report.html"
    write_report(run, find(run), path)
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_a_settlement_leads_to_its_dialogue(browser: Browser, tmp_path: Path) -> None:
    scenario = small(tmp_path)
    played = [deal(scenario, "lean", LOPSIDED), deal(scenario, "plain", MIDDLE)]
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, played)
    path = tmp_path / "report.html"
    write_report(run, find(run), path)
    page = browser.new_page()
    page.goto(path.as_uri())
    page.locator("#spaces svg a").first.click()
    assert page.evaluate("location.hash").startswith("#dialogue-")
    page.close()
