"""Much to read is put to a judge topic by topic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.disputes.loading import load_scenarios
from harness.judging.passages import Passage
from harness.judging.topics import parts, words_of
from harness.plans.prose_ledger import prose_ledger_rubric

(CEASEFIRE,) = load_scenarios("ceasefire")
RUBRIC = prose_ledger_rubric(CEASEFIRE)
SAID = (
    "Good morning, and thank you for coming.",
    "Let us begin with sanctions: they must end.",
    "Not while you shell our towns.",
    "A cap of 160 thousand we might look at.",
    "That is noted.",
    "Then we are done here.",
)
PASSAGES = tuple(
    Passage(2 * number, ("Tarsenia", "Velmora")[number % 2], words)
    for number, words in enumerate(SAID)
)


def read(most: int) -> dict[str, list[int]]:
    """Topic -> the numbers of the passages that are read for it."""
    found: dict[str, list[int]] = {}
    for part in parts(RUBRIC.model_copy(update={"most": most}), PASSAGES):
        name = "" if part.topic is None else part.topic.id
        found.setdefault(name, []).extend(one.at for one in part.passages)
    return found


def test_what_is_not_long_is_put_in_one_question() -> None:
    assert read(10_000) == {"": [0, 2, 4, 6, 8, 10]}


def test_a_topic_is_read_where_it_comes_up_and_where_it_is_answered() -> None:
    assert read(200) == {
        "sanctions": [2, 4],
        "force_cap": [6, 8],
        "threats": [0, 2, 4, 6, 8, 10],  # they are made in any words
    }


def test_no_question_has_more_unless_one_passage_has() -> None:
    rubric = RUBRIC.model_copy(update={"most": 100})
    lengths = [sum(len(one.line) for one in part.passages) for part in parts(rubric, PASSAGES)]
    assert len(lengths) > 3
    assert max(lengths) <= 100
    alone = parts(rubric.model_copy(update={"most": 1}), PASSAGES)
    assert {len(part.passages) for part in alone} == {1}


@pytest.mark.parametrize(
    ("topic", "word", "touches"),
    [
        ("sanctions", "sancti", True),
        ("force_cap", "160", True),
        ("force_cap", "cap", True),  # a name's word may be as short
        ("force_cap", "forc", True),
        ("force_cap", "sold", False),  # soldiers: five letters of it at least
        ("alignment", "velm", False),  # who speaks is no topic
        ("alignment", "with", False),
    ],
)
def test_words_of_a_topic_begin_alike(topic: str, word: str, touches: bool) -> None:
    assert (word in words_of(RUBRIC)[topic]) is touches


def test_every_topic_of_a_dispute_has_words_of_its_own() -> None:
    found = words_of(RUBRIC)
    assert all(found[issue] for issue in CEASEFIRE.issue_ids())
    shared = [word for words in found.values() for word in words]
    assert max(map(shared.count, shared)) < len(found) / 2


@given(
    st.lists(st.sampled_from([*SAID, "x" * 300]), min_size=1, max_size=12),
    st.integers(1, 2000),
)
def test_what_is_read_for_a_topic_stands_in_order_and_once(words: list[str], most: int) -> None:
    passages = [Passage(number, "Velmora", one) for number, one in enumerate(words)]
    rubric = RUBRIC.model_copy(update={"most": most})
    found: dict[str, list[int]] = {}
    for part in parts(rubric, passages):
        name = "" if part.topic is None else part.topic.id
        found.setdefault(name, []).extend(one.at for one in part.passages)
    every = found.get("", found.get("threats"))
    assert every == list(range(len(words)))
    assert all(read == sorted(set(read)) for read in found.values())
