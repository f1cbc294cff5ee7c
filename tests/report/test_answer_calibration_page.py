"""The page of a judge of questions: whole, offline, escaped, and readable."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from harness.analysis.answer_account import answer_account
from harness.analysis.answer_errors import AnswerTable, most_wrong
from harness.analysis.answer_usable import RULE, answer_verdicts
from harness.report.answer_calibration_page import _table
from harness.report.calibration_page import SHOWN, render
from tests.records.test_calibration import calibration
from tests.support.browsers import browser as browser
from tests.support.browsers import opened, unreadable
from tests.support.calibrated_answers import everything

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@cache
def page(model: str = "openai/x") -> str:
    reads = everything()
    account = answer_account(reads)
    record = calibration(judge={"model": model}, transcripts=40)
    return render(record, account, answer_verdicts(account, len(reads)), most_wrong(reads))


def test_the_page_has_the_rule_every_question_and_a_table_of_each() -> None:
    text = page()
    assert RULE in text.replace("&#39;", "'")
    assert text.count("<svg") == 2 * 4
    assert text.count("<caption>") == 2
    assert '<th scope="col" class="lost">no verdict</th>' in text
    assert "What it finds, kind by kind" not in text
    assert "<script" not in text
    assert not re.search(r'(src|href)="', text)


def test_transcripts_with_errors_are_named_with_how() -> None:
    erred = most_wrong(everything())
    assert len(erred) > SHOWN
    for one in erred[:SHOWN]:
        assert f"<td>{one.record}</td><td>{one.said}</td>" in page()


def test_a_cell_is_as_dark_as_its_share_of_the_true_answers() -> None:
    found = _table("threat", AnswerTable(("none", "some"), ((3, 1), (0, 0)), (0, 0)))
    first, second = found["rows"]
    assert [cell["share"] for cell in first["cells"]] == [75, 25, 0]
    assert [cell["right"] for cell in first["cells"]] == [True, False, False]
    assert [cell["share"] for cell in second["cells"]] == [0, 0, 0]


def test_words_of_others_are_escaped() -> None:
    text = page('<script>alert("1")</script>')
    assert "<script>alert" not in text


def test_a_browser_shows_it_without_a_fault(browser: Browser) -> None:
    with opened(browser, viewport={"width": 420, "height": 800}) as shown:
        shown.set_content(page())
        assert shown.locator("caption").all_inner_texts() == ["threat", "hurry"]
        assert shown.evaluate("document.documentElement.scrollWidth") <= 420
        assert unreadable(shown) == []
