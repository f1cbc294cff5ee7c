"""Much to read, in parts: for each topic of a placed list, the passages that touch it.

A topic has the words of its name, and those of the answers of its items. A passage touches it

- where a word of its name stands there;
- where words of its answers do that weigh enough together; or
- where they weigh at least a quarter of what those of any other topic weigh there, and that is not
  next to nothing.

A word weighs the more, the fewer passages of this record it stands in and the fewer topics have
it: an everyday word of an answer stands everywhere, and weighs next to nothing. The passage behind
one that touches a topic for one of the first two reasons belongs to it too, since it may answer
without naming the matter again. Every passage keeps the number that it has in the whole.

A topic of which nothing is said has no part. One of which too much is said for one question has
several: each after the first has the last passages on it before as well, as what was read before,
so that it is seen where each side stood. The last of each side in which the topic weighs much come
first: there it said its terms, and did not just name the matter.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from harness.judging.passages import Passage
from harness.judging.vocabulary import LEAST_OF_NAME, rooted, roots, words
from harness.records.judgement import JudgedTopic, Rubric

ENOUGH: Final = math.log(50)
"""The weight of a word of one topic alone that stands in one passage of fifty."""
LITTLE: Final = math.log(1.5)
"""The weight of a word of one topic alone that stands in two passages of three."""
OF_THE_MOST: Final = 1 / 4
"""Of what the topic weighs that weighs most in a passage."""
BEFORE: Final = 1 / 4
"""Of what may be read in one question, what was read before has no more than that."""


@dataclass(frozen=True)
class Part:
    """What is put to a judge in one question.

    Attributes:
        topic: What is asked for; None for the whole list.
        passages: What is read.
        before: What was read before, in a question on the same topic, and is shown again.
    """

    topic: JudgedTopic | None
    passages: tuple[Passage, ...]
    before: tuple[Passage, ...] = ()

    @property
    def length(self) -> int:
        """Characters of all that is read."""
        return _length((*self.before, *self.passages))


@dataclass(frozen=True)
class Words:
    """The roots of the words of a topic; see :func:`~harness.judging.vocabulary.root`.

    Attributes:
        name: Of its id and name.
        answers: Of the answers of its items, and none of the others.
    """

    name: frozenset[str]
    answers: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Both."""
        return self.name | self.answers


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
    touched = _touched(rubric, passages)
    return tuple(
        Part(topic, part, before)
        for topic in rubric.topics
        for before, part in _cut(touched[topic.id], rubric.most)
    )


def touching(rubric: Rubric, passages: Sequence[Passage]) -> dict[str, tuple[Passage, ...]]:
    """Id of a topic -> the passages that are read for it, in their order.

    Args:
        rubric: With topics.
        passages: All that there is to read.
    """
    return {
        topic: tuple(one for one, _ in found) for topic, found in _touched(rubric, passages).items()
    }


def words_of(rubric: Rubric) -> dict[str, Words]:
    """Id of a topic -> its words. The names of those who speak tell no topic from another."""
    speakers = {
        word
        for field in rubric.fields
        if field.speaker
        for answer in field.answers
        for word in words(answer.text, LEAST_OF_NAME)
    }
    found = {}
    for topic in rubric.topics:
        name = {word for text in (topic.id, topic.name) for word in words(text, LEAST_OF_NAME)}
        said = {
            word
            for item in rubric.items
            if item.id in topic.items
            for answer in item.answers
            for text in (answer.id, answer.text)
            for word in words(text)
        }
        of_name = roots(name - speakers)
        found[topic.id] = Words(of_name, roots((name | said) - speakers) - of_name)
    return found


_Touched = dict[str, tuple[tuple[Passage, float], ...]]
"""Id of a topic -> the passages that are read for it, and what it weighs in each; 0 in one that is
only behind another. All weigh the same where the topic is said anywhere."""


def _touched(rubric: Rubric, passages: Sequence[Passage]) -> _Touched:
    found, weighed = words_of(rubric), [one.id for one in rubric.topics if not one.anywhere]
    every = frozenset[str]().union(*(found[topic].all for topic in weighed))
    stand = [_standing(passage, every) for passage in passages]
    weights = _weights((found[topic].all for topic in weighed), stand)
    touched: dict[str, dict[int, float]] = {topic: {} for topic in weighed}
    behind: dict[str, set[int]] = {topic: set() for topic in weighed}
    for number, there in enumerate(stand):
        totals = {topic: _total(there & found[topic].all, weights) for topic in weighed}
        least = max(totals.values(), default=0.0) * OF_THE_MOST
        for topic, total in totals.items():
            if total >= ENOUGH or there & found[topic].name:
                touched[topic][number] = total
                behind[topic].add(number + 1)
            elif total > LITTLE and total >= least:
                touched[topic][number] = total
    read = {topic: behind[topic] | touched[topic].keys() for topic in weighed}
    return {
        topic.id: tuple(
            (passage, 1.0 if topic.anywhere else touched[topic.id].get(number, 0.0))
            for number, passage in enumerate(passages)
            if topic.anywhere or number in read[topic.id]
        )
        for topic in rubric.topics
    }


def _standing(passage: Passage, every: frozenset[str]) -> frozenset[str]:
    """Those roots that words of a passage have."""
    said = set(words(passage.text, LEAST_OF_NAME))
    return frozenset(one for word in said for one in rooted(word) if one in every)


def _weights(
    topics: Iterable[frozenset[str]], stand: Sequence[frozenset[str]]
) -> Mapping[str, float]:
    """What each root weighs, more than 0.

    Args:
        topics: The roots of each.
        stand: Those that stand in each passage.
    """
    shared = Counter(one for topic in topics for one in topic)
    often = Counter(one for there in stand for one in there)
    of = len(stand) + 1
    return {one: math.log(of / times) / math.sqrt(shared[one]) for one, times in often.items()}


def _total(there: Iterable[str], weights: Mapping[str, float]) -> float:
    # In one order, since floats add up to something else in another.
    return sum(weights[one] for one in sorted(there))


def _cut(
    touched: Sequence[tuple[Passage, float]], most: int
) -> Iterator[tuple[tuple[Passage, ...], tuple[Passage, ...]]]:
    """Passages in a row, as many at a time as have no more characters than that together with what
    was read before, and that first."""
    at = 0
    while at < len(touched):
        first = touched[at][0]
        room = most - len(first.line)
        before = _read_before(touched[:at], min(room, int(most * BEFORE)))
        room -= _length(before)
        part = [first]
        for passage, _ in touched[at + 1 :]:
            room -= len(passage.line)
            if room < 0:
                break
            part.append(passage)
        yield before, tuple(part)
        at += len(part)


def _read_before(read: Sequence[tuple[Passage, float]], room: int) -> tuple[Passage, ...]:
    """The last passages that touch a topic themselves, as many of each who speaks, in their order.

    Of each the last comes first in which the topic weighs half as much as it ever does in the words
    of the same, then the last of the others, then the last but one of the former.

    Args:
        read: Before, on the topic, and what it weighs there.
        room: Characters.
    """
    heaviest: dict[str, float] = {}
    for passage, weight in read:
        heaviest[passage.who] = max(weight, heaviest.get(passage.who, 0.0))
    newest: Counter[tuple[str, bool]] = Counter()
    turns = []
    for passage, weight in reversed(read):
        if weight:
            light = 2 * weight < heaviest[passage.who]
            newest[passage.who, light] += 1
            turns.append((newest[passage.who, light], light, passage))
    turns.sort(key=lambda turn: turn[:2])
    chosen: list[Passage] = []
    for *_, passage in turns:
        if len(passage.line) > room:
            break
        room -= len(passage.line)
        chosen.append(passage)
    return tuple(sorted(chosen, key=lambda passage: passage.at))


def _length(passages: Iterable[Passage]) -> int:
    return sum(len(passage.line) for passage in passages)
