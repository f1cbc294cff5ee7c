"""Which counts of tokens are believed, and when they show that a prompt was cut."""

from __future__ import annotations

from harness.doctor.counting import SMALLEST_CONTEXT, Count, Counts
from tests.support.exchanges import refused, replied


def counts(*pairs: tuple[int, int] | tuple[int, int, int]) -> Counts:
    """Of prompts with these sizes, tokens and tokens that were cached on top."""
    return Counts.of(replied(size=s, prompt=t, cached=sum(c)) for s, t, *c in pairs)


# --- what is counted -------------------------------------------------------------------------


def test_answers_that_were_counted_are_sorted_by_their_prompts() -> None:
    found = Counts.of([replied(size=900, prompt=225, cached=5), replied(size=400, prompt=100)])
    assert found.counts == (Count(400, 100, 100), Count(900, 225, 230))
    assert found.complete


def test_what_was_not_answered_is_not_missed() -> None:
    assert Counts.of([replied(prompt=100), refused()]).complete
    assert not Counts.of([refused()]).complete
    assert not Counts.of([]).complete


def test_no_tokens_for_a_text_are_no_count() -> None:
    for nothing in (None, 0):
        found = Counts.of([replied(size=500, prompt=nothing), replied(prompt=100)])
        assert found.counts == (Count(400, 100, 100),)
        assert not found.complete


# --- counts that stand still -----------------------------------------------------------------


def test_a_count_is_stuck_where_three_longer_prompts_count_alike() -> None:
    assert counts((400, 7), (800, 7), (1200, 7)).stuck == 7
    assert counts((400, 7), (800, 7), (800, 7)).stuck is None, "two lengths"
    assert counts((400, 7), (800, 7), (1200, 8)).stuck is None
    assert counts((400, 7), (800, 7, 1), (1200, 7, 2)).stuck is None, "more came from the cache"
    assert counts((400, 7), (800, 6, 1), (1200, 5, 2)).stuck == 7, "the cache's are read too"


def test_a_count_that_is_too_small_for_any_context_is_made_up() -> None:
    for stuck, made_up in ((SMALLEST_CONTEXT - 1, True), (SMALLEST_CONTEXT, False)):
        found = counts((4000, stuck), (8000, stuck), (12_000, stuck))
        assert found.made_up is made_up
    assert not counts((400, 7)).made_up


def test_tokens_a_character_are_those_of_the_shortest_prompt() -> None:
    assert counts((1000, 200), (3000, 700)).per_character == 0.2
    assert Counts.of([]).per_character is None
    assert counts((400, 7), (800, 7), (1200, 7)).per_character is None


# --- prompts that were cut -------------------------------------------------------------------


def test_a_prompt_of_which_less_was_read_than_promised_was_cut() -> None:
    assert counts((4000, 1000), (8000, 1399)).cut() == (1399, 2000)
    assert counts((4000, 1000), (8000, 1400)).cut() is None, "seven tenths: a tokenizer may do that"
    assert counts((4000, 1000), (8000, 1000, 400)).cut() is None, "the cache's are read too"


def test_all_prompts_may_have_been_cut() -> None:
    assert counts((4000, 300), (8000, 300), (12_000, 300)).cut() == (300, 3000)


def test_a_count_that_is_none_cuts_nothing() -> None:
    assert Counts.of([]).cut() is None
    assert counts((400, 7), (800, 7), (12_000, 7)).cut() is None, "made up"
    assert counts((400, 100), (8000, SMALLEST_CONTEXT - 1)).cut() is None
    assert counts((400, 100), (8000, SMALLEST_CONTEXT)).cut() == (SMALLEST_CONTEXT, 2000)
