"""Whether a judge may be used: by one rule, and unclear where it cannot be told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.analysis.agreement import Agreed
from harness.analysis.event_matching import Event
from harness.analysis.judge_account import Account, account_of
from harness.analysis.judge_usable import RULE, shown, verdicts_of
from tests.support.judge_reads import read

A, B = Event(1, "a", "concedes.x", "p"), Event(4, "b", "concedes.y", "q")
GOOD = account_of([read(f"t{n}", truth=(A, B), listed=(A, B)) for n in range(30)])


def of(value: float | None, low: float | None, high: float | None, n: int = 60) -> Agreed:
    return Agreed(value, low, high, n)


def with_events(**figures: Agreed) -> Account:
    named = {name.replace("__", "."): one for name, one in figures.items()}
    return replace(GOOD, events={**GOOD.events, **named})


@pytest.mark.parametrize(
    ("recall", "precision", "usable"),
    [
        (of(0.9, 0.8, 0.95), of(0.9, 0.8, 0.95), "yes"),
        (of(0.9, 0.8, 0.95), of(0.8, 0.69, 0.9), "unclear"),
        (of(0.5, 0.4, 0.6), of(0.9, 0.8, 0.95), "no"),
        (of(0.9, 0.8, 0.95), of(0.5, 0.4, 0.69), "no"),
        (of(1.0, 0.8, 1.0, 14), of(1.0, 0.8, 1.0), "unclear"),
        (of(1.0, None, None), of(1.0, None, None), "unclear"),
        (of(None, None, None, 0), of(None, None, None, 0), "unclear"),
        (of(0.0, 0.0, 0.1), of(None, None, None, 0), "no"),
    ],
)
def test_events_of_a_sort(recall: Agreed, precision: Agreed, usable: str) -> None:
    account = with_events(recall__concedes=recall, precision__concedes=precision)
    assert verdicts_of(account, 30)["concessions"].usable == usable


@pytest.mark.parametrize(
    ("lean", "usable"),
    [
        (of(0.05, -0.1, 0.2), "yes"),
        (of(0.4, 0.3, 0.5), "no"),
        (of(-0.4, -0.5, -0.3), "no"),
        (of(0.2, 0.1, 0.3), "unclear"),
        (of(0.0, None, None), "yes"),
        (of(1.0, None, None), "no"),
        (of(0.0, None, None, 3), "unclear"),
    ],
)
def test_leanings(lean: Agreed, usable: str) -> None:
    account = replace(GOOD, bias={**GOOD.bias, "label": lean})
    assert verdicts_of(account, 30)["names"].usable == usable


def test_what_was_not_read_is_unclear_and_says_how_to_have_it_read() -> None:
    found = verdicts_of(GOOD, 30)
    assert (found["names"].usable, found["stability"].usable) == ("unclear", "unclear")
    assert "--perturb label" in found["names"].why
    assert "--repeats 2" in found["stability"].why
    assert found["retractions"].usable == "unclear"
    assert "0 retractions" in found["retractions"].why


def test_readings_without_an_answer() -> None:
    assert verdicts_of(replace(GOOD, unusable=1), 30)["answers"].usable == "yes"
    assert verdicts_of(replace(GOOD, unusable=2), 30)["answers"].usable == "no"
    assert verdicts_of(GOOD, 0)["answers"].usable == "unclear"


def test_figures_in_words_have_their_interval_and_number() -> None:
    assert shown(of(0.5, 0.4, 0.6)) == "0.50 (0.40 to 0.60, n 60)"
    assert shown(of(0.5, None, None), signed=True) == "+0.50 (no interval, n 60)"
    assert shown(of(-0.001, -0.5, 0.5), signed=True) == "+0.00 (−0.50 to +0.50, n 60)"
    assert shown(of(None, None, None)) == "undefined"
    assert "0.7" in RULE
