"""The page of a comparison in a real browser: phone and desktop, light and dark, hostile names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.analysis.comparison import compare
from harness.analysis.comparison_measures import COLUMNS, GAIN
from harness.report.compare_page import render
from tests.support.browsers import opened, requested, unreadable
from tests.support.meetings import empty, meet

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOSTILE = '<img src=x onerror="window.pwned=1">' + "long/" * 40


def test_it_fits_loads_nothing_runs_nothing_and_is_accessible(
    browser: Browser, tmp_path: Path
) -> None:
    meetings = empty("run-a", HOSTILE)
    for i in range(6):
        for arm in ("plain", "lean"):
            meet(meetings, HOSTILE, 0.2 + i / 100, scenario=f"s{i}", arms=(arm,))
            meet(meetings, "beta", 0.1, run=1, scenario=f"s{i}", arms=(arm,))
    path = tmp_path / "compare.html"
    path.write_text(render(compare(meetings, COLUMNS, (GAIN,), by="arm")))
    for width, scheme in ((360, "light"), (1200, "dark")):
        look = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
        with opened(browser, **look) as page:
            requests = requested(page)
            page.goto(path.as_uri())
            assert page.evaluate("window.pwned === undefined")
            assert page.evaluate("document.querySelectorAll('script, img').length") == 0
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert requests == [path.as_uri()]
            assert unreadable(page, impacts=None) == []
