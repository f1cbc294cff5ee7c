"""A person plays in a real browser: with a script and without, on a phone, in two windows."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn

from harness.app.house import House
from harness.app.sitting import SitDown
from harness.viewer.app import make_app
from harness.viewer.play import Play
from harness.viewer.runs import Runs
from harness.viewer.server import listening
from tests.support.browsers import PATIENCE_MS
from tests.support.disputes import write
from tests.support.sittings import CANARIES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@contextlib.contextmanager
def served(place: Path) -> Iterator[tuple[str, House]]:
    """The address of a viewer in which people may sit down, and where they do."""
    path = write(place, CANARIES)
    house = House(SitDown(str(path), seed=4, rounds=1, turns=3), log_dir=place / "runs")
    vars(house)["_known"] = {"small": (str(path), "A small dispute")}
    opened = listening(None)
    port = opened.getsockname()[1]
    app = make_app(Runs(place / "runs"), port=port, more=Play(house).routes)
    config = uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}", house
    server.should_exit = True
    thread.join()
    opened.close()
    house.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, House]]:
    with served(tmp_path_factory.mktemp("sittings")) as found:
        yield found


def opened(browser: Browser, **options: object) -> Page:
    """A page that is where it was sent at once: it would else glide there, and on a busy machine
    it may be loaded anew on the way."""
    page = browser.new_page(reduced_motion="reduce", **options)  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE_MS)
    return page


def sit(page: Page, address: str) -> None:
    page.goto(f"{address}/play")
    page.get_by_role("button", name="Sit down").click()
    page.get_by_role("heading", name="Your turn").wait_for()


def put(page: Page, words: str) -> None:
    page.locator("#propose [name='propose.commitment'][value=personal]").check()
    page.locator("#propose-words").fill(words)
    page.get_by_role("button", name="Put it on the table").click()


def take(page: Page) -> None:
    offer = page.locator(".offer:not(.own)")
    offer.locator("summary", has_text="Accept").click()
    move = offer.locator("details").first
    move.locator("[value=personal]").check()
    move.locator("textarea").fill("Agreed.")
    move.get_by_role("button").click()


def answer(page: Page) -> None:
    form = page.locator("form.after")
    form.locator("[name=gave_more][value=o]").check()
    form.locator("[name=margin]").fill("3")
    form.locator("[name=favours][value=u]").check()
    form.locator("[name=signs][value=yes]").check()
    form.locator("[name='limit.o']").fill("40")
    form.locator("select").select_option("fence")
    form.get_by_role("button").click()


def serious(page: Page) -> list[object]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page).response["violations"]
    return [
        (one["id"], [node["html"][:200] for node in one["nodes"][:3]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def test_a_whole_sitting_on_a_phone_in_the_dark(browser: Browser, place: tuple[str, House]) -> None:
    page = opened(browser, viewport={"width": 360, "height": 700}, color_scheme="dark")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def fits(what: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, what
        assert serious(page) == [], what

    page.goto(f"{place[0]}/play")
    fits("sit down")
    sit(page, place[0])
    fits("the first turn")
    total = page.locator('[data-sum="first"]')
    for option, points in (("half", "about 24"), ("mine", "about 55")):
        page.locator(f'[name="first.well"][value="{option}"]').check()
        page.locator('[name="first.fence"][value="us"]').check()
        assert total.inner_text().startswith(f"{points} points by your table"), "live"
    put(page, "<b>Ours</b>\u202e.")
    page.locator(".offer:not(.own)").wait_for()
    assert page.locator(".turn.u .said").inner_text() == "<b>Ours</b>\\u202e."
    fits("the second turn")
    take(page)
    page.get_by_role("heading", name="The talks are over").wait_for()
    fits("the closing questions")
    assert "CANARY" not in page.content()
    answer(page)
    page.get_by_role("heading", name="In truth").wait_for()
    fits("the truth")
    assert "You were told that no deal is worth about 40 to Arden. In truth it was 30." in (
        page.locator("#untold").inner_text()
    )
    page.get_by_role("link", name="Read the whole dialogue").click()
    page.wait_for_url("**/dialogues/**")
    assert complaints == []
    page.close()


def test_a_sitting_without_a_script(browser: Browser, place: tuple[str, House]) -> None:
    page = opened(browser, java_script_enabled=False)
    sit(page, place[0])
    page.locator('[name="first.well"][value="mine"]').check()
    page.locator('[name="first.fence"][value="us"]').check()
    page.get_by_role("button", name="Work out the points").click()
    page.locator('[data-sum="first"]', has_text="about 55 points").wait_for()
    put(page, "Ours.")
    page.locator(".offer:not(.own)").wait_for()
    take(page)
    page.get_by_role("heading", name="The talks are over").wait_for()
    page.close()


def test_a_page_that_waits_comes_back_without_a_script(
    browser: Browser, place: tuple[str, House], monkeypatch: pytest.MonkeyPatch
) -> None:
    from playwright.sync_api import expect

    page = opened(browser, java_script_enabled=False, viewport={"width": 360, "height": 400})
    sit(page, place[0])
    held = place[1].sittings()[-1]
    with monkeypatch.context() as patch:
        patch.setattr(held, "now", lambda now=held.now: replace(now(), state="waiting"))
        page.goto(f"{page.url.partition('#')[0]}#now")  # where the answer to a form leads
        page.reload()
        # At the foot of the page, and only then may it go on.
        expect(page.get_by_text("Waiting for the other side")).to_be_in_viewport(
            timeout=PATIENCE_MS
        )
    turn = page.get_by_role("heading", name="Your turn")
    # Who was at the foot of the page is still there, once the page has been scrolled back to it.
    expect(turn).to_be_in_viewport(timeout=PATIENCE_MS)
    assert not page.url.endswith("#now"), "it was loaded anew"
    page.close()


def test_two_windows_and_the_way_back_make_one_move(
    browser: Browser, place: tuple[str, House]
) -> None:
    page = opened(browser)
    sit(page, place[0])
    other = opened(browser)
    other.goto(page.url)
    put(page, "From the first window.")
    page.locator(".turn.u .said", has_text="From the first window.").wait_for()
    other.locator("#news", has_text="moved on, in another window").wait_for()
    put(other, "From the second window.")
    other.get_by_text("Nothing was said or done with it.").wait_for()
    other.get_by_role("link", name="Back to the table").click()
    other.locator(".turn.u .said", has_text="From the first window.").wait_for()
    assert other.get_by_text("From the second window.").count() == 0
    other.close()
    page.close()


def test_the_keyboard_alone_will_do(browser: Browser, place: tuple[str, House]) -> None:
    page = opened(browser, color_scheme="light")
    sit(page, place[0])
    assert serious(page) == []
    page.locator('[name="first.well"][value="mine"]').focus()
    page.keyboard.press("ArrowDown")
    assert page.locator('[name="first.well"][value="half"]').is_checked()
    page.locator(".second summary").click()
    page.locator('[name="second.well"][value="yours"]').check()
    assert page.locator("[name=either]").is_checked(), "whoever chooses one means it"
    page.locator("[name=either]").uncheck()
    page.locator('[name="second.well"][value="mine"]').focus()
    page.keyboard.press("Space")
    page.locator("[name=either]").uncheck()
    page.locator("#propose-words").focus()
    page.keyboard.type("By keys.")
    place = page.url
    page.locator('[name="first.well"][value="mine"]').focus()
    page.keyboard.press("Enter")
    page.locator("summary", has_text="Speak without").click()
    page.get_by_role("button", name="Say it, and pass").press("Enter")
    assert page.evaluate("document.activeElement.id") == "pass-words", "it is asked for"
    assert page.locator("#propose-words").input_value() == "By keys."
    assert page.url == place, "Enter in a field sends nothing, nor does a move that lacks its words"
    page.locator("#propose [name='propose.commitment'][value=personal]").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Put it on the table").focus()
    page.keyboard.press("Enter")
    page.locator(".turn.u .said", has_text="By keys.").wait_for()
    page.close()


def test_a_viewer_that_has_ended_is_told_of(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser)
    with served(tmp_path) as (address, _):
        sit(page, address)
        assert page.locator("#news").is_hidden()
    page.locator("#news", has_text="The viewer does not answer.").wait_for()
    page.close()
