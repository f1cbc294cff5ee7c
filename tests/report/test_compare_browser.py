"""The page of a comparison in a real browser: phone and desktop, light and dark, hostile names."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.analysis.comparison import compare
from harness.analysis.comparison_measures import COLUMNS, GAIN
from harness.report.compare_page import render
from tests.support.meetings import empty, meet

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOSTILE = '<img src=x onerror="window.pwned=1">' + "long/" * 40


def test_it_fits_loads_nothing_runs_nothing_and_is_accessible(tmp_path: Path) -> None:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("there is no Chromium on this machine: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    meetings = empty("run-a", HOSTILE)
    for i in range(6):
        for arm in ("plain", "lean"):
            meet(meetings, HOSTILE, 0.2 + i / 100, scenario=f"s{i}", arms=(arm,))
            meet(meetings, "beta", 0.1, run=1, scenario=f"s{i}", arms=(arm,))
    path = tmp_path / "compare.html"
    path.write_text(render(compare(meetings, COLUMNS, (GAIN,), by="arm")))
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for width, scheme in ((360, "light"), (1200, "dark")):
            context = browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme=scheme
            )
            page = context.new_page()
            requests: list[str] = []
            page.on("request", lambda request, seen=requests: seen.append(request.url))
            page.goto(path.as_uri())
            assert page.evaluate("window.pwned === undefined")
            assert page.evaluate("document.querySelectorAll('script, img').length") == 0
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert requests == [path.as_uri()]
            found_wrong = axe.run(page).response["violations"]
            assert [one["id"] for one in found_wrong] == []
        browser.close()
