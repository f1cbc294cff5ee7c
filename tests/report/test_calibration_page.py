"""A calibration as a page: whole, offline, escaped, and readable."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from harness.analysis.judge_account import Account, account_of
from harness.analysis.judge_reads import Read, most_erred
from harness.analysis.judge_usable import RULE, verdicts_of
from harness.report.calibration_page import SHOWN, render
from harness.report.calibration_words import KINDS
from tests.records.test_calibration import calibration
from tests.support.browsers import browser as browser
from tests.support.browsers import opened
from tests.support.planted_judge import read_by, told

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HOSTILE = '<script>alert("1")</script>\u202e{{ 7 * 7 }}'


@cache
def reads() -> tuple[Read, ...]:
    return read_by("noisy", told("dev"))


@cache
def whole() -> Account:
    return account_of(reads())


def page(account: Account | None = None, model: str = "openai/x") -> str:
    account = account or whole()
    record = calibration(judge={"model": model}, transcripts=48)
    return render(record, account, verdicts_of(account, len(reads())))


def test_the_page_has_the_verdicts_the_rule_and_every_kind() -> None:
    text = page()
    assert RULE in text.replace("&#39;", "'")
    for words in KINDS.values():
        assert f'<th scope="row">{words}</th>' in text
    assert text.count("<svg") == 2 * (len(KINDS) + 1)
    assert "default-src 'none'" in text
    assert "<script" not in text
    assert not re.search(r'(src|href)="', text)
    assert text == page()


def test_a_figure_that_is_undefined_has_no_dot() -> None:
    bare = account_of([])
    assert "<circle" not in page(bare)
    assert "<circle" in page()


def test_dots_stand_at_their_figures() -> None:
    (drawn,) = re.findall(r'<svg[^>]*aria-label="Recall of all: [^>]*>.*?</svg>', page())
    places = {
        name: float(x) for name, x in re.findall(r'circle class="(\w+)" cx="([\d.]+)"', drawn)
    }
    for manner, x in places.items():
        value = whole().per_kind[manner]["recall"].value
        assert value is not None
        assert abs(6 + value * 208 - x) < 0.06
    assert places.keys() == {"plain", "devious"}


def test_transcripts_with_errors_are_named_so_that_they_can_be_read() -> None:
    erred = most_erred(reads())
    record = calibration(transcripts=48)
    text = render(record, whole(), verdicts_of(whole(), len(reads())), erred)
    assert all(one.record in text for one in erred[:SHOWN])
    assert f"{len(erred) - SHOWN} more." in text
    assert "Where it errs most" not in page()


def test_words_of_others_are_escaped() -> None:
    text = page(model=HOSTILE)
    assert "<script>alert" not in text
    assert "\u202e" not in text
    assert "{{ 7 * 7 }}" in text


def test_a_browser_shows_it_without_a_fault(browser: Browser) -> None:
    with opened(browser, viewport={"width": 420, "height": 800}) as shown:
        shown.set_content(page())
        assert shown.locator("h1").inner_text().startswith("openai/x read 48")
        assert shown.locator("svg").count() == 2 * (len(KINDS) + 1)
        assert shown.evaluate("document.documentElement.scrollWidth") <= 420
