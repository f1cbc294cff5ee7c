"""What an importer gives, and how long a problem may be."""

from __future__ import annotations

from harness.exchange.importing.base import PROBLEM_SHOWN, Together, problem
from harness.exchange.importing.jsonl import JsonLines
from harness.exchange.importing.srbench import SocialReasoningBench


def test_a_problem_is_one_short_line() -> None:
    found = problem("f.jsonl:3", "a\nb   c")
    assert (found.where, found.problem, found.negotiation) == ("f.jsonl:3", "a b c", None)
    assert len(problem("f", "x" * 1000).problem) == PROBLEM_SHOWN


def test_only_some_formats_are_read_together() -> None:
    assert isinstance(SocialReasoningBench(), Together)
    assert not isinstance(JsonLines(), Together)
