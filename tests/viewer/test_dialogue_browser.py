"""Pages of a dialogue in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import pytest

from tests.support.browsers import opened, unreadable
from tests.support.disputes import small
from tests.support.hostile import hostile_run
from tests.support.prose_ledgers import judged_run
from tests.support.viewer import served as serving
from tests.viewer.test_dialogues import CANARY, secretive_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a viewer over a run with private words and one that attacks the page; their
    dialogues are in :data:`IDS`."""
    place = tmp_path_factory.mktemp("runs")
    IDS["one"] = list(secretive_run(place).index())
    IDS["judged"] = list(judged_run(place, "a/one", "b/two").index())
    IDS["hostile"] = list(hostile_run(place / "hostile", small(place)).index())
    with serving(place) as address:
        yield address


IDS: dict[str, list[str]] = {}
DESK = {"viewport": {"width": 1300, "height": 800}, "reduced_motion": "reduce"}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with opened(browser, **DESK) as page:
        yield page


def address(served: str, number: int = 0, run: str = "one", further: str = "") -> str:
    return f"{served}/runs/{run}/dialogues/{IDS[run][number]}{further}"


def focused(page: Page) -> str:
    found: str = page.evaluate("document.activeElement.id")
    return found


def test_keys_move_from_turn_to_turn(page: Page, served: str) -> None:
    page.goto(address(served))
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert focused(page) == "turn-2", "turn 1 is private"
    assert page.evaluate("location.hash") == "#turn-2"
    page.keyboard.press("k")
    assert focused(page) == "turn-0"
    page.keyboard.press("k")
    assert focused(page) == "turn-0", "there is none before"
    page.goto(address(served, further="#turn-3"))
    page.keyboard.press("j")
    assert focused(page) == "turn-4", "from where a link led"


def test_keys_go_to_other_pages_and_help(page: Page, served: str) -> None:
    page.goto(address(served, further="?sort=id"))
    way = "next" if page.locator("a[rel=next]").count() else "prev"
    other = page.get_attribute(f"a[rel={way}]", "href")
    page.keyboard.press(way[0])
    page.wait_for_url(lambda url: url == f"{served}{other}")
    page.goto(address(served))
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("s")
    assert "beside" not in page.url, "keys are typed into the open window"
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()
    page.keyboard.press("s")
    page.wait_for_url("**/beside/*")


def test_a_key_that_comes_before_a_closed_window_has_lost_the_focus_counts(
    page: Page, served: str
) -> None:
    page.goto(address(served))
    key = "new KeyboardEvent('keydown', {key: 's', bubbles: true, cancelable: true})"
    page.evaluate(f"document.querySelector('#keys button').dispatchEvent({key})")
    page.wait_for_url("**/beside/*")


def test_typing_is_left_alone(page: Page, served: str) -> None:
    page.goto(address(served))
    page.evaluate("document.querySelector('main').prepend(document.createElement('input'))")
    page.locator("main input").press_sequentially("jxs?")
    assert page.locator("main input").input_value() == "jxs?"
    assert page.evaluate("location.hash") == ""


def test_what_was_private_is_behind_a_switch_that_keeps_the_place(page: Page, served: str) -> None:
    page.goto(address(served, further="#turn-2"))
    assert CANARY not in page.content()
    page.keyboard.press("x")
    page.wait_for_url("**private=1#turn-2")
    assert CANARY in page.content()
    assert page.locator("#turn-1").is_visible()
    page.keyboard.press("x")
    page.wait_for_url(lambda url: "private" not in url)
    assert CANARY not in page.content()


def test_a_permalink_and_a_point_lead_to_their_turn(page: Page, served: str) -> None:
    page.goto(address(served))
    page.locator("#turn-3 .permalink").click()
    assert page.evaluate("location.hash") == "#turn-3"
    assert page.locator(".turn:target").get_attribute("id") == "turn-3"
    point = page.locator('svg.picture a[data-marks="turn-4"]').first
    point.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#turn-4"


def test_a_line_of_the_ledger_lights_its_words(page: Page, served: str) -> None:
    page.goto(address(served))
    line = page.locator('tr[data-gives="turn-3"]').first
    line.hover()
    assert "lit" in (page.get_attribute("#turn-3", "class") or "")
    page.mouse.move(0, 0)
    assert "lit" not in (page.get_attribute("#turn-3", "class") or "")
    line.locator("a").first.focus()
    assert "lit" in (page.get_attribute("#turn-3", "class") or "")
    assert page.locator('a.now[data-marks="turn-3"]').count() == 2, "one a picture"


def test_the_sides_stand_left_and_right_and_beside_them_the_offers(page: Page, served: str) -> None:
    page.goto(address(served))
    box = {one: page.locator(f"#turn-{one}").bounding_box() for one in (0, 2)}
    picture = page.locator("svg.picture").first.bounding_box()
    assert box[0] is not None
    assert box[2] is not None
    assert picture is not None
    assert box[0]["x"] + box[0]["width"] <= picture["x"]
    assert picture["x"] + picture["width"] <= box[2]["x"]
    assert box[0]["y"] <= box[2]["y"]


def test_turns_are_level_side_by_side(page: Page, served: str) -> None:
    page.goto(address(served, further=f"/beside/{IDS['one'][1]}"))
    left, right = (page.locator(f"#{one}-turn-0").bounding_box() for one in "ab")
    assert left is not None
    assert right is not None
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] <= right["x"]
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert focused(page) == "b-turn-0"


def test_hostile_words_do_nothing(page: Page, served: str) -> None:
    for number in range(len(IDS["hostile"])):
        page.goto(address(served, number, "hostile", "?private=1"))
        assert page.evaluate("window.pwned === undefined")
        assert page.evaluate("document.querySelectorAll('main img, main iframe, b b').length") == 0
    page.goto(address(served, 0, "hostile", f"/beside/{IDS['hostile'][1]}?private=1"))
    assert page.evaluate("window.pwned === undefined")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_phone_and_can_be_read_by_all(
    browser: Browser, served: str, scheme: Literal["light", "dark"]
) -> None:
    phone = {"width": 360, "height": 740}
    beside = address(served, further=f"/beside/{IDS['one'][1]}?private=1")
    checked = [address(served, further="?private=1"), beside]
    if scheme == "light":
        checked.append(address(served, further="/calls?private=1"))
    others = [address(served, further="/beside"), address(served, 1, "hostile", "?private=1")]
    with opened(browser, viewport=phone, color_scheme=scheme, reduced_motion="reduce") as page:
        for one in (*checked, *others):
            page.goto(one)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, one
            if one in checked:
                assert unreadable(page) == [], one


def test_words_that_a_judge_has_quoted_are_lit_with_their_line(page: Page, served: str) -> None:
    page.goto(address(served, run="judged"))
    quoted = page.locator("#turn-0 mark.judged", has_text="live with half")
    assert quoted.is_visible()
    plain = "rgba(0, 0, 0, 0)"
    colour = "one => getComputedStyle(one).backgroundColor"
    assert quoted.evaluate(colour) == plain
    page.hover('#ledger tr.in-words[data-gives="turn-0"] >> nth=0')
    assert quoted.evaluate(colour) != plain
    page.click('#ledger tr.in-words[data-gives="turn-1"] a')
    assert page.evaluate("location.hash") == "#turn-1"
    assert page.locator("#turn-1 mark.judged").evaluate(colour) != plain
    assert unreadable(page) == []
