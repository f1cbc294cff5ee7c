"""The sentences of a scripted author."""

from __future__ import annotations

import string

from harness.influence import publication_phrases as phrases
from harness.seeds import stream

FILLED = {"own", "other", "who", "whom", "clause", "point", "why", "apart", "mine", "theirs"}
FILLED |= {"summary"}


def test_every_sentence_asks_for_what_it_is_given_and_ends() -> None:
    patterns = {
        name: value if isinstance(value, tuple) else (value,)
        for name, value in vars(phrases).items()
        if name.isupper() and not name.startswith("_")
    }
    assert len(patterns) > 15
    for name, sentences in patterns.items():
        for sentence in sentences:
            fields = {field for _, field, _, _ in string.Formatter().parse(sentence) if field}
            assert fields <= FILLED, (name, sentence)
            if "TITLE" not in name:
                assert sentence.endswith((".", '"', "{clause}", "{summary}")), (name, sentence)


def test_no_null_sentence_launders() -> None:
    """What a script says at parameters of 0 dismisses nothing and takes nobody's side."""
    plain = (*phrases.RED_LINES, *phrases.ASKS_ONE, *phrases.ASKS_BOTH, *phrases.ADVICE)
    for sentence in (*plain, *phrases.OPENINGS, *phrases.CLOSINGS):
        assert not {"realistic", "accept", "right", "met"} & set(sentence.strip(".").split())


def test_numbers_and_ends_are_said_in_words() -> None:
    assert (phrases.steps(1), phrases.steps(3), phrases.number(12)) == (
        "one step",
        "three steps",
        "12",
    )
    assert (phrases.ended("none "), phrases.ended("none.")) == ("none.", "none.")


def test_each_is_drawn_in_turn() -> None:
    rng = stream(1, "x")
    assert {phrases.pick(phrases.ECHOES, rng) for _ in range(60)} == set(phrases.ECHOES)
