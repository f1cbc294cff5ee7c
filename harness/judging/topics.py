"""Much to read, in parts: for each topic of a placed list, the passages that touch it.

A passage touches a topic where a word of it stands there: of what is asked, of an answer, or of
their ids. The passage behind it belongs to it too, since it may answer without naming the matter
again. Every passage keeps the number that it has in the whole.

Words that most topics share, and the names of those who speak, tell no topic from another, and do
not count. A topic of which nothing is said has no part.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from harness.judging.passages import Passage, plain
from harness.records.judgement import JudgedTopic, Rubric

LEAST: Final = 4
"""Letters of a word that counts, at least; numbers of two digits and more count."""
LEAST_OF_NAME: Final = 3
"""The same of the name of a topic, and of any word that is looked up: a cap is a cap."""
ENDING: Final = 3
"""Letters at the end of a word that may be others: sanctions, sanctioned."""
_WORDS: Final = re.compile(r"[^\W_]+")
_COMMON: Final = frozenset(
    [
        "000",
        "about",
        "after",
        "again",
        "against",
        "all",
        "also",
        "and",
        "another",
        "answer",
        "any",
        "are",
        "back",
        "before",
        "between",
        "both",
        "but",
        "call",
        "calls",
        "can",
        "cannot",
        "could",
        "did",
        "does",
        "each",
        "else",
        "even",
        "every",
        "first",
        "for",
        "from",
        "get",
        "given",
        "gives",
        "goes",
        "got",
        "had",
        "has",
        "have",
        "here",
        "how",
        "into",
        "its",
        "itself",
        "keep",
        "keeps",
        "last",
        "left",
        "less",
        "let",
        "made",
        "make",
        "makes",
        "may",
        "more",
        "most",
        "moves",
        "much",
        "must",
        "need",
        "none",
        "nor",
        "not",
        "nothing",
        "now",
        "off",
        "only",
        "open",
        "other",
        "others",
        "our",
        "out",
        "over",
        "own",
        "party",
        "per",
        "same",
        "says",
        "shall",
        "side",
        "some",
        "something",
        "stand",
        "stands",
        "stay",
        "stays",
        "such",
        "take",
        "taken",
        "takes",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "threatens",
        "time",
        "towards",
        "under",
        "until",
        "upon",
        "use",
        "very",
        "via",
        "was",
        "were",
        "what",
        "when",
        "where",
        "whether",
        "which",
        "while",
        "who",
        "why",
        "will",
        "with",
        "within",
        "without",
        "word",
        "would",
        "year",
        "years",
        "yes",
    ]
)


@dataclass(frozen=True)
class Part:
    """What is put to a judge in one question.

    Attributes:
        topic: What is asked for; None for the whole list.
        passages: What is read.
    """

    topic: JudgedTopic | None
    passages: tuple[Passage, ...]


def parts(rubric: Rubric, passages: Sequence[Passage]) -> tuple[Part, ...]:
    """The questions in which a record is put to a judge.

    Args:
        rubric: What is asked.
        passages: All that is read, which is not nothing.

    Returns:
        One with the whole, or, where that has more than ``rubric.most`` characters, topic by topic
        those that touch it, in as many parts as it takes for none to have more. A passage that has
        more by itself is a part by itself.
    """
    if rubric.most is None or _length(passages) <= rubric.most:
        return (Part(None, tuple(passages)),)
    words = words_of(rubric)
    return tuple(
        Part(topic, part)
        for topic in rubric.topics
        for part in _cut(_touching(topic, words[topic.id], passages), rubric.most)
    )


def words_of(rubric: Rubric) -> dict[str, frozenset[str]]:
    """Id of a topic -> the beginnings of words that touch it."""
    names = {
        word
        for field in rubric.fields
        if field.speaker
        for answer in field.answers
        for word in _words(answer.text, LEAST_OF_NAME)
    }
    found = {topic.id: frozenset(_said_of(rubric, topic) - names) for topic in rubric.topics}
    often = Counter(word for words in found.values() for word in words)
    limit = max(2, len(found) / 2)
    return {
        topic: frozenset(map(_beginning, (one for one in words if often[one] < limit)))
        for topic, words in found.items()
    }


def _said_of(rubric: Rubric, topic: JudgedTopic) -> set[str]:
    """The words of a topic and of the answers of its items."""
    answers = [one for item in rubric.items if item.id in topic.items for one in item.answers]
    texts = [text for one in answers for text in (one.id, one.text)]
    named = {word for text in (topic.id, topic.name) for word in _words(text, LEAST_OF_NAME)}
    return named.union(*(_words(text) for text in texts))


def _words(text: str, least: int = LEAST) -> Iterator[str]:
    """Those that count.

    Args:
        least: Letters.
    """
    for word in _WORDS.findall(plain(text).replace("_", " ")):
        if word not in _COMMON and (len(word) >= least or (word.isdigit() and len(word) > 1)):
            yield word


def _beginning(word: str) -> str:
    return word if word.isdigit() else word[: max(LEAST, len(word) - ENDING)]


def _touching(
    topic: JudgedTopic, beginnings: frozenset[str], passages: Sequence[Passage]
) -> tuple[Passage, ...]:
    if topic.anywhere:
        return tuple(passages)
    touched = {
        number
        for number, passage in enumerate(passages)
        if any(_touches(word, beginnings) for word in _words(passage.text, LEAST_OF_NAME))
    }
    behind = {number + 1 for number in touched}
    return tuple(one for number, one in enumerate(passages) if number in touched | behind)


def _touches(word: str, beginnings: frozenset[str]) -> bool:
    return word in beginnings or (
        not word.isdigit()
        and any(word[:length] in beginnings for length in range(LEAST, len(word)))
    )


def _cut(passages: Sequence[Passage], most: int) -> Iterator[tuple[Passage, ...]]:
    """Passages in a row, as many at a time as have no more characters than that together."""
    part: list[Passage] = []
    for passage in passages:
        if part and _length([*part, passage]) > most:
            yield tuple(part)
            part = []
        part.append(passage)
    if part:
        yield tuple(part)


def _length(passages: Sequence[Passage]) -> int:
    return sum(len(passage.line) for passage in passages)
