"""The hostile page and an ordinary one in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from harness import app
from harness.analysis.findings import find
from harness.records.transcript import VoidReason
from harness.report.page import write_report
from tests.support.browsers import opened, requested, unreadable
from tests.support.disputes import small
from tests.support.hostile import hostile_run
from tests.support.rubric_files import BOTH, ScaleJudge, judged_run, write
from tests.support.run_folders import (
    LEANING,
    LOPSIDED,
    MIDDLE,
    deal,
    dialogue,
    make_run,
    make_suite,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_hostile_text_runs_nothing_and_loads_nothing(browser: Browser, tmp_path: Path) -> None:
    run = hostile_run(tmp_path / "run", small(tmp_path))
    path = tmp_path / "report.html"
    write_report(run, find(run), path)
    with opened(browser) as page:
        requests = requested(page)
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        page.wait_for_timeout(200)
        assert page.evaluate("window.pwned === undefined")
        assert page.evaluate("document.querySelectorAll('script, img, iframe, b b').length") == 0
        handlers = "[...document.querySelectorAll('*')].filter(e => e.onerror || e.onload).length"
        assert page.evaluate(handlers) == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        assert requests == [path.as_uri()]


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


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with every kind of section that scripted talks can give."""
    folder = tmp_path_factory.mktemp("whole")
    scenario = small(folder)
    void = VoidReason(kind="reply", seat="u", detail="no usable reply in 4 attempts")
    talks = [("o", LOPSIDED), ("u", MIDDLE), ("o", LEANING), ("u", "accept")]
    played = [
        dialogue(scenario, "lean", talks, words="We can live with that."),
        deal(scenario, "plain", MIDDLE),
        dialogue(scenario, "lean", [("o", MIDDLE)], epoch=2, void=void),
    ]
    checks = [{"name": "it leans", "arm": "lean", "measure": "settlement.skew", "min": 0.9}]
    run = make_run(folder / "run", make_suite(checks=checks), {"small": scenario}, played)
    path = folder / "report.html"
    write_report(run, find(run), path)
    return path


@pytest.mark.parametrize(("scheme", "width"), [("light", 1100), ("dark", 360)])
def test_the_page_is_accessible_in_both_themes(
    browser: Browser, whole: Path, scheme: Literal["light", "dark"], width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.goto(whole.as_uri())
    # All but the long tables of measures: one table of them stands for the rest.
    closed = "details:not(.every details ~ details)"
    page.evaluate(f"document.querySelectorAll('{closed}').forEach(d => d.open = true)")
    # What lies inside a figure it cannot judge: see the test of its texts below.
    assert unreadable(page, context={"exclude": [["svg > *"]]}) == []
    page.close()


def test_text_of_figures_follows_the_theme(browser: Browser, whole: Path) -> None:
    """Axe does not look into pictures."""
    least = """() => {
        const lum = rgb => {
            const [r, g, b] = rgb.match(/[\\d.]+/g).map(Number).map(c => c / 255)
                .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const paper = lum(getComputedStyle(document.body).backgroundColor);
        const texts = [...document.querySelectorAll('svg text')];
        return [texts.length, Math.min(...texts.map(text => {
            const own = lum(getComputedStyle(text).fill);
            return (Math.max(own, paper) + 0.05) / (Math.min(own, paper) + 0.05);
        }))];
    }"""
    papers = set()
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.goto(whole.as_uri())
        count, contrast = page.evaluate(least)
        assert count > 50
        assert contrast >= 4.5, scheme
        papers.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        page.close()
    assert len(papers) == 2


def test_paper_is_white_whatever_the_screen(browser: Browser, whole: Path) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(whole.as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".roomy").first.is_visible()
    page.close()


def test_a_phone_shows_figures_it_can_read_and_cuts_no_table_silently(
    browser: Browser, whole: Path
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(whole.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert not page.locator(".roomy").first.is_visible()
    assert page.locator(".narrow").first.is_visible()
    sizes = """() => [...document.querySelectorAll('svg')].filter(svg => svg.checkVisibility())
        .flatMap(svg => [...svg.querySelectorAll('text')].map(text =>
            parseFloat(getComputedStyle(text).fontSize) * svg.getScreenCTM().a))"""
    assert min(page.evaluate(sizes)) >= 8.5
    cut = """() => [...document.querySelectorAll('main *')]
        .filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1
            && getComputedStyle(e).overflowX !== 'visible' && !e.closest('.scroll, thead'))
        .map(e => e.outerHTML.slice(0, 80))"""
    assert page.evaluate(cut) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    ledger = page.locator(".scroll:has(.ledger)").first
    assert ledger.evaluate("e => e.scrollWidth <= e.clientWidth"), "it is stacked"
    page.set_viewport_size({"width": 1100, "height": 800})
    assert page.locator(".roomy").first.is_visible()
    assert not page.locator(".narrow").first.is_visible()
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


def test_what_judges_said_unfolds_and_fits_its_window(browser: Browser, tmp_path: Path) -> None:
    rubric = str(write(tmp_path, BOTH, "both.md"))
    run = judged_run(tmp_path / "run", ScaleJudge(None), [rubric], swap="order").path
    written = app.report(run)
    with opened(browser, viewport={"width": 360, "height": 800}) as page:
        page.goto(written.absolute().as_uri())
        section = page.locator("#judged")
        line = section.get_by_text("better: the judge cannot tell").first
        assert not line.is_visible()
        section.locator("summary").first.click()
        assert line.is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert unreadable(page, context="#judged") == []
