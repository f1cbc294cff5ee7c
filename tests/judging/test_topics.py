"""Much to read is put to a judge topic by topic."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.disputes.loading import load_scenarios
from harness.judging.passages import Passage
from harness.judging.topics import BEFORE, Part, parts, touching, words_of
from harness.plans.prose_ledger import THREATS, prose_ledger_rubric

(CEASEFIRE,) = load_scenarios("ceasefire")
RUBRIC = prose_ledger_rubric(CEASEFIRE)
WHO = ("Tarsenia", "Velmora")
SAID = (
    "Good morning, and thank you for coming.",
    "Let us begin with sanctions: they must go.",
    "Not while you shell our towns.",
    "A cap of 160 thousand we might look at.",
    "That is noted.",
    "Then we are done here.",
)
EVERYDAY = "Nobody else may become wide awake, said the kind people who follow each other."
"""Words that answers of the ceasefire have, and everybody else too."""


def passages_of(*said: str) -> tuple[Passage, ...]:
    return tuple(Passage(2 * number, WHO[number % 2], words) for number, words in enumerate(said))


PASSAGES = passages_of(*SAID)


def cut(most: int, passages: tuple[Passage, ...] = PASSAGES) -> tuple[Part, ...]:
    return parts(RUBRIC.model_copy(update={"most": most}), passages)


def read(most: int, passages: tuple[Passage, ...] = PASSAGES) -> dict[str, list[int]]:
    """Topic -> the numbers of the passages that are read for it."""
    found: dict[str, list[int]] = {}
    for part in cut(most, passages):
        name = "" if part.topic is None else part.topic.id
        found.setdefault(name, []).extend(one.at for one in part.passages)
    return found


def of(topic: str, *said: str) -> list[int]:
    """Which of these passages are read for a topic, by their place."""
    return [one.at // 2 for one in touching(RUBRIC, passages_of(*said))[topic]]


def test_what_is_not_long_is_put_in_one_question() -> None:
    assert read(10_000) == {"": [0, 2, 4, 6, 8, 10]}


def test_a_topic_is_read_where_it_comes_up_and_where_it_is_answered() -> None:
    assert read(200) == {
        "sanctions": [2, 4],
        "force_cap": [6, 8],
        "threats": [0, 2, 4, 6, 8, 10],  # they are made in any words
    }


def test_an_everyday_word_of_an_answer_brings_nothing_in() -> None:
    said = [f"{EVERYDAY} {'Sanctions go.' if at == 7 else ''}" for at in range(30)]
    assert of("sanctions", *said) == [7, 8]
    found = {topic: len(own) for topic, own in touching(RUBRIC, passages_of(*said)).items()}
    assert found == dict.fromkeys(CEASEFIRE.issue_ids(), 0) | {"sanctions": 2, THREATS: 30}


def test_a_word_that_is_rare_in_the_talks_brings_its_passage_in() -> None:
    silence = ["Let us have a rest."] * 59
    assert of("sanctions", "They go to arbitration.", *silence) == [0, 1]


def test_a_word_that_several_topics_have_tells_less() -> None:
    """Its passage is read for all of them, and the one behind it for none."""
    silence = ["Let us have a rest."] * 59
    for topic in ("alignment", "language"):
        assert of(topic, "The economic one.", *silence) == [0]
    assert of("language", "The minority.", *silence) == [0, 1]


def test_a_word_of_the_name_does_however_often_it_is_said() -> None:
    assert of("peninsula", *["The peninsula, then."] * 40) == list(range(40))


def test_a_number_in_words_is_that_of_an_answer() -> None:
    silence = ["Let us have a rest."] * 59
    assert of("force_cap", "A hundred and sixty thousand of them.", *silence) == []
    assert of("force_cap", "One hundred and sixty thousand of them.", *silence) == [0, 1]


def test_where_little_is_said_of_any_topic_little_is_enough() -> None:
    """Of a passage that names one topic in many words, a word of another is not enough."""
    much = "Schools and courts follow the minority-rights standard, an official language."
    little = "About heavy ones."
    said = [much, little, "Rest.", "Heavy rain.", "A heavy rain."]
    assert of("force_cap", *said) == [1, 3, 4]
    assert of("force_cap", f"{much} {little}", *said[2:]) == [2, 3]


def test_no_question_has_more_unless_one_passage_has() -> None:
    lengths = [part.length for part in cut(100)]
    assert len(lengths) > 3
    assert max(lengths) <= 100
    alone = cut(1)
    assert {(len(part.passages), len(part.before)) for part in alone} == {(1, 0)}


@pytest.mark.parametrize(
    ("topic", "root", "of_name"),
    [
        ("sanctions", "sanct", True),
        ("force_cap", "cap", True),  # a name's word may be short
        ("force_cap", "forc", True),
        ("force_cap", "160000", False),
        ("force_cap", "sold", False),
    ],
)
def test_a_topic_has_the_words_of_its_name_and_of_its_answers(
    topic: str, root: str, of_name: bool
) -> None:
    found = words_of(RUBRIC)[topic]
    assert (root in found.name, root in found.answers) == (of_name, not of_name)


@pytest.mark.parametrize("root", ["velm", "tars", "the"])
def test_who_speaks_is_no_topic(root: str) -> None:
    assert all(root not in found.all for found in words_of(RUBRIC).values())


def test_every_topic_of_a_dispute_has_words_of_its_own() -> None:
    found = words_of(RUBRIC)
    assert all(found[issue].name for issue in CEASEFIRE.issue_ids())
    for issue in CEASEFIRE.issue_ids():
        others = [own.all for topic, own in found.items() if topic != issue]
        assert found[issue].all - frozenset[str]().union(*others)


def test_a_later_part_sees_where_each_side_stood() -> None:
    """The last passages of either side, and none that only stands behind one on the topic."""
    said = [f"On sanctions, number {at}." if at % 3 else "Well." for at in range(30)]
    most = 400
    own = [
        one for one in cut(most, passages_of(*said)) if one.topic and one.topic.id == "sanctions"
    ]
    assert len(own) > 1
    assert own[0].before == ()
    for earlier, later in pairwise(own):
        assert later.before
        assert {one.who for one in later.before} == set(WHO)
        assert all("sanctions" in one.text for one in later.before)
        told = [one for one in earlier.passages if "sanctions" in one.text]
        assert set(later.before) <= {*told, *earlier.before}
        assert told[-1] in later.before
        assert sum(len(one.line) for one in later.before) <= most * BEFORE


def test_where_a_side_said_its_terms_comes_before_where_it_only_named_the_matter() -> None:
    terms = "Sanctions are lifted in phases as the treaty is carried out; claims to arbitration."
    said = [terms, "Sanctions?", *["On sanctions: no."] * 40]
    own = [one for one in cut(600, passages_of(*said)) if one.topic and one.topic.id == "sanctions"]
    assert len(own) > 2
    for later in own[1:]:
        assert 0 in [one.at for one in later.before], "the last that it said of its terms"
        assert {one.who for one in later.before} == set(WHO)


@given(
    st.lists(st.sampled_from([*SAID, "x" * 300, EVERYDAY]), min_size=1, max_size=12),
    st.integers(1, 2000),
)
def test_what_is_read_for_a_topic_stands_in_order_and_once(words: list[str], most: int) -> None:
    passages = tuple(Passage(number, WHO[number // 2 % 2], one) for number, one in enumerate(words))
    found = read(most, passages)
    every = found.get("", found.get("threats"))
    assert every == list(range(len(words)))
    assert all(read == sorted(set(read)) for read in found.values())
    seen: dict[str, list[Passage]] = {}
    for part in cut(most, passages):
        assert part.length <= most or (len(part.passages), part.before) == (1, ())
        earlier = seen.setdefault("" if part.topic is None else part.topic.id, [])
        assert set(part.before) <= set(earlier)
        assert list(part.before) == sorted(part.before, key=lambda one: one.at)
        earlier += part.passages


@given(st.permutations(SAID), st.integers(0, 5))
def test_a_passage_that_names_a_topic_is_read_for_it_and_so_is_the_next(
    words: list[str], at: int
) -> None:
    said = [*words[:at], "As to the peninsula.", *words[at:]]
    assert of("peninsula", *said) == [at, at + 1]


@given(st.lists(st.sampled_from([*SAID, EVERYDAY]), min_size=1, max_size=12), st.integers(1, 4))
def test_the_same_talks_are_narrowed_alike_whoever_speaks(words: list[str], times: int) -> None:
    one = [passage.at for passage in touching(RUBRIC, passages_of(*words))["sanctions"]]
    same = tuple(Passage(2 * at, WHO[0], text * times) for at, text in enumerate(words))
    assert [passage.at for passage in touching(RUBRIC, same)["sanctions"]] == one
