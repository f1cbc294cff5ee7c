"""Chromium over the pages of a test: :func:`browser` is a fixture of every test file.

It lives as long as the tests of one file. A session's would keep the event loop of Playwright
running, and in that no other test of the process could start a loop of its own.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE_MS: Final = 30_000
"""Milliseconds until a page counts as hanging."""
SERIOUS: Final = ("serious", "critical")
"""Impacts of what axe finds that keep somebody from reading a page."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a window. A machine without one skips the test."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("there is no Chromium on this machine: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@contextlib.contextmanager
def opened(browser: Browser, **look: Any) -> Iterator[Page]:
    """A page on which nothing may have gone wrong until the end of the block: no message on its
    console, no error of a script, no window of a dialog.

    Args:
        look: Of :meth:`Browser.new_page`, such as ``color_scheme``.
    """
    page = browser.new_page(**look)
    page.set_default_timeout(PATIENCE_MS)
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    try:
        yield page
    finally:
        page.close()
    assert wrong == []


def requested(page: Page) -> list[str]:
    """The addresses that a page asks for from now on, in their order."""
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    return seen


def unreadable(page: Page, impacts: tuple[str, ...] | None = SERIOUS, **run: Any) -> list[Any]:
    """What axe finds on a page: rules, each with the first elements that break it.

    Args:
        impacts: Only findings of these; None: all.
        run: Of the ``run`` of axe, such as ``context``.
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    return [
        (one["id"], [node["html"][:200] for node in one["nodes"][:3]])
        for one in axe.run(page, **run).response["violations"]
        if impacts is None or one["impact"] in impacts
    ]
