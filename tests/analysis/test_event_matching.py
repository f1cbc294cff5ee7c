"""Events that a judge lists, against those that are there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.event_matching import Event, matched, ratio

GIVES = Event(3, "a", "concedes.land", "fund")


def test_an_event_is_matched_by_turn_party_and_item() -> None:
    other = Event(3, "a", "concedes.land", "titles", "personal")
    found = matched([GIVES], [other])
    assert found.hits == ((GIVES, other),)
    assert found.exact == 0
    for wrong in (
        Event(4, "a", "concedes.land", "fund"),
        Event(3, "b", "concedes.land", "fund"),
        Event(3, "a", "final.land", "fund"),
    ):
        found = matched([GIVES], [wrong])
        assert (found.hits, found.missed, found.false) == ((), (GIVES,), (wrong,))


def test_the_right_answer_is_preferred_and_each_is_used_once() -> None:
    wrong = Event(3, "a", "concedes.land", "titles")
    found = matched([GIVES], [wrong, GIVES])
    assert (found.exact, found.false) == (1, (wrong,))
    found = matched([GIVES, wrong], [GIVES])
    assert (len(found.hits), found.missed) == (1, (wrong,))


events = st.lists(
    st.builds(
        Event,
        st.integers(0, 2),
        st.sampled_from("ab"),
        st.sampled_from(["concedes.x", "final.x"]),
        st.sampled_from("pq"),
    ),
    max_size=8,
)


@given(events, events)
def test_everything_is_a_hit_or_missed_and_a_hit_or_false(
    truth: list[Event], listed: list[Event]
) -> None:
    found = matched(truth, listed)
    assert len(found.hits) + len(found.missed) == len(truth)
    assert len(found.hits) + len(found.false) == len(listed)
    assert found.exact <= len(found.hits)
    assert matched(truth, truth).exact == len(truth)


def test_a_share_has_an_interval_inside_of_its_range_and_never_without_a_width() -> None:
    all_ = ratio([(2, 2)] * 20)
    assert (all_.value, all_.high, all_.n) == (1.0, 1.0, 40)
    assert all_.low is not None
    assert 0.7 < all_.low < 0.9, "as of 20 transcripts, not of 40 events"
    assert ratio([]) == ratio([(0, 0)])
    assert ratio([]).value is None
    assert ratio([(1, 2)]).low is None


def test_events_that_are_found_together_are_worth_less() -> None:
    together = ratio([(4, 4), (0, 4)] * 10)
    apart = ratio([(2, 4)] * 20)
    assert (together.value, apart.value) == (0.5, 0.5)
    assert together.low is not None
    assert apart.low is not None
    mixed = ratio([(2, 4), (3, 4), (1, 4), (2, 4)] * 5)
    assert mixed.low is not None
    assert together.low < mixed.low
    assert together.low == pytest.approx(apart.low), "where nothing varies it is the transcripts"


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=30))
def test_a_share_lies_in_its_interval(parts: list[tuple[int, int]]) -> None:
    found = ratio([(min(some, of), of) for some, of in parts])
    if found.value is not None and found.low is not None and found.high is not None:
        assert 0 <= found.low <= found.value <= found.high <= 1
        assert found.low < found.high
