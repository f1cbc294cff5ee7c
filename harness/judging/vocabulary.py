"""Words as they are compared when a topic is looked for: which count, and which are of one root.

Two words are of one root where they begin alike, their ends left out: sanctions, sanctioned; hire,
hiring. A number is the same in words and in digits: sixteen hundred, 1,600.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from harness.judging.passages import plain

LEAST: Final = 4
"""Letters of a word that counts, at least."""
LEAST_OF_NAME: Final = 3
"""The same of the name of a topic, and of any word that is looked up: a cap is a cap."""
LEAST_NUMBER: Final = 10
"""Numbers below it stand everywhere, and do not count."""
_ENDING: Final = 4
"""Letters at the end of a word that may be others: inspections, inspectors."""
_ENDINGS: Final = re.compile(r"(?:ings?|ed|ers?|es|s|e)$")
_HUNDRED: Final = 100
_THOUSAND: Final = 1000
_AMID: Final = re.compile(r"[ -]?")
"""What may stand between the words of a number."""
_AND: Final = re.compile(r"\b(hundred|thousand) and\b")
_TOKENS: Final = re.compile(r"\d+(?:,\d{3})+(?!\d)|[^\W_]+")
_THOUSANDS: Final = re.compile(r"(\d{1,9})k")
_LONGEST_NUMBER: Final = 12
"""Digits; what has more is a word, and not worked out."""
_SMALL: Final = {
    word: number
    for number, word in enumerate(
        (
            *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
            *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"),
            *("seventeen", "eighteen", "nineteen"),
        )
    )
}
_TENS: Final = {
    word: 10 * number
    for number, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), start=2
    )
}
_TIMES: Final = {"hundred": _HUNDRED, "thousand": _THOUSAND, "million": _THOUSAND**2}
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
"""Words that tell no topic from another."""


def words(text: str, least: int = LEAST) -> Iterator[str]:
    """The words of a text that count, in their order; numbers as digits.

    Whole thousands come without their zeros as well, since people say them so.

    Args:
        least: Letters.
    """
    for token in _tokens(_AND.sub(r"\1", plain(text).replace("_", " "))):
        if isinstance(token, int):
            if token >= LEAST_NUMBER:
                yield str(token)
            if token >= LEAST_NUMBER * _THOUSAND and token % _THOUSAND == 0:
                yield str(token // _THOUSAND)
        elif len(token) >= least and token not in _COMMON:
            yield token


def root(word: str) -> str:
    """What all words of a family begin with."""
    if word.isdigit():
        return word
    stem = _stem(word)
    return stem if len(stem) < LEAST else word[: max(LEAST, len(word) - _ENDING)]


def roots(found: Iterable[str]) -> frozenset[str]:
    """The roots of words, one a family: none begins with another that has :data:`LEAST` letters."""
    all_of = {root(word) for word in found}
    return frozenset(
        one for one in all_of if not any(one[:n] in all_of for n in range(LEAST, len(one)))
    )


def rooted(word: str) -> Iterator[str]:
    """Every root that a word has, of whatever other words it may be the root."""
    yield word
    if not word.isdigit():
        yield from (word[:length] for length in range(LEAST, len(word)))
        if len(stem := _stem(word)) < LEAST:
            yield stem


def _stem(word: str) -> str:
    """A word without a usual ending, where enough of it is left."""
    stem = _ENDINGS.sub("", word)
    return stem if len(stem) >= LEAST_OF_NAME else word


@dataclass(frozen=True)
class _Number:
    """A number that is being read.

    Attributes:
        whole: The thousands and millions that are complete.
        rest: What is below them.
        spoken: Whether it began with a word: only then words may add to it, and not just times.
    """

    whole: int
    rest: int
    spoken: bool

    @property
    def value(self) -> int:
        """What it comes to."""
        return self.whole + self.rest

    def and_then(self, token: str) -> _Number | None:
        """The number with a further token; None where that is no part of it."""
        times, more = _TIMES.get(token), _SMALL.get(token, _TENS.get(token))
        if times == _HUNDRED:
            return replace(self, rest=self.rest * times) if 0 < self.rest < _HUNDRED else None
        if times is not None:
            whole = self.whole + self.rest * times
            return replace(self, whole=whole, rest=0) if 0 < self.rest < _THOUSAND else None
        if not more or not self.spoken or not self.value:
            return None
        last = self.rest % _HUNDRED
        fits = last == 0 or (more < LEAST_NUMBER and last >= 2 * LEAST_NUMBER and last % 10 == 0)
        return replace(self, rest=self.rest + more) if fits else None


def _tokens(text: str) -> Iterator[str | int]:
    """The words of a text, and its numbers, those in words read."""
    number: _Number | None = None
    end = 0
    for found in _TOKENS.finditer(text):
        token = found[0]
        # A comma ends a number: 1,200 metres, two stages.
        near = _AMID.fullmatch(text, end, found.start())
        end = found.end()
        if number is not None and near and (more := number.and_then(token)) is not None:
            number = more
            continue
        if number is not None:
            yield number.value
        number = _begun(token)
        if number is None:
            yield token
    if number is not None:
        yield number.value


def _begun(token: str) -> _Number | None:
    """The number that a token begins; None for a word."""
    digits = token.replace(",", "")
    if digits.isdecimal() and digits.isascii() and len(digits) <= _LONGEST_NUMBER:
        return _Number(0, int(digits), spoken=False)
    if thousands := _THOUSANDS.fullmatch(token):
        return _Number(int(thousands[1]) * _THOUSAND, 0, spoken=False)
    spoken = _SMALL.get(token, _TENS.get(token))
    return None if spoken is None else _Number(0, spoken, spoken=True)
