"""A small language that picks dialogues: ``skew > .2 and arm == "track-1.5"``.

=================================  ===============================================================
``skew > .2``                      compares a field or a score with a number or a word
``ending == void``                 a word needs quotes only where it holds spaces or such signs
``.1 < skew <= .3``                a range
``gain_u < gain_o``                compares two of them; beside ``==`` a word is always a word
``model_u ~ "qwen"``               contains, whatever the case of the letters A to Z
``model_u == "a ""b"" c"``         a quotation mark within a text is written twice
``scenario in (ceasefire, supply)``  is one of them; ``not in`` is none of them
``ambiguous``                      is yes; as ``ambiguous == yes``
``skew is missing``                has no value; ``is not missing`` has one
``and``, ``or``, ``not``, ``( )``  as usual; ``not`` binds closest, then ``and``
=================================  ===============================================================

A missing value is unknown, as in SQL: no comparison with it is true, and neither is its ``not``.
``== none`` is ``is missing``, or the word none. A number and a word are never equal and have no
order. A field of several words, such as the arms that share a dialogue, is equal to each of them.

Nothing is evaluated by Python. A text is parsed into comparisons, and :meth:`Query.holds` and
:meth:`Query.sql` say the same of a row.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from harness.analysis.query_parts import (
    ORDER,
    Compare,
    Join,
    Missing,
    Name,
    Not,
    OneOf,
    Part,
    Term,
    holds,
    names_of,
    sql_of,
)
from harness.analysis.query_parts import Value as Value
from harness.errors import UsageError, brief, suggest

MOST_LENGTH: Final = 2000
"""Characters of a query."""
MOST_DEPTH: Final = 32
"""Brackets and ``not`` inside one another."""
SEVERAL: Final = frozenset({"arm"})
"""Fields of several words."""

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<sign><=|>=|==|!=|<|>|~|\(|\)|,)"
    r"""|(?P<quoted>"(?:[^"]|"")*"|'(?:[^']|'')*')"""
    r"|(?P<word>[\w.+\-\u2212/:@#%*]+)"
    r"|(?P<other>\S))"
)
_NUMBER: Final = re.compile(r"[+\-]?(\d+(\.\d*)?|\.\d+)([eE][+\-]?\d+)?", re.ASCII)
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_COMPARISONS: Final = frozenset({*_TURNED, "~"})
_ABSENT: Final = frozenset({"missing", "none"})
_TRUTH: Final = {"yes": True, "true": True, "no": False, "false": False}
_KEYWORDS: Final = frozenset({"and", "or", "not", "in", "is"})
_OTHERWISE: Final = {
    "=": "write == for 'is equal to'",
    "&": "write: and",
    "|": "write: or",
    "!": "write: not",
    '"': "close the quotation mark",
    "'": "close the quotation mark",
}


@dataclass(frozen=True)
class Query:
    """A parsed query.

    Attributes:
        text: As it was written.
        names: The names that it asks for, each once, in the order in which they stand.
    """

    text: str
    names: tuple[str, ...]
    _part: Part

    def holds(self, row: Mapping[str, Value]) -> bool:
        """Whether a row is meant. A name that the row lacks is missing."""
        return holds(self._part, row) is True

    def sql(
        self, columns: Mapping[str, str], *, several: Collection[str] = SEVERAL
    ) -> tuple[str, list[float | str]]:
        """The same as a condition of SQLite, with ``?`` for each parameter.

        Args:
            columns: Name -> the SQL expression that holds its value: NULL where it is missing, 1
                and 0 of yes and no.
            several: Names whose column holds a JSON array of words.

        Raises:
            KeyError: A name has no column.
        """
        given: list[float | str] = []
        return sql_of(self._part, columns, several, given), given


def parse(
    text: str, names: Mapping[str, str] | None = None, *, where: str = "--filter", see: str = ""
) -> Query:
    """Read a query.

    Args:
        text: See the table above.
        names: A name as it may be written -> the name that rows have it under. None takes every
            name as it stands.
        where: What an error says it was found at.
        see: What shows all names, for the fix of one that is unknown.

    Raises:
        UsageError: It is no query, or a name is unknown.
    """
    if len(text) > MOST_LENGTH:
        raise UsageError(f"a filter has at most {MOST_LENGTH} characters", where=where)
    parser = _Parser(text, names, where, see)
    part = parser.query()
    return Query(text, tuple(dict.fromkeys(names_of(part))), part)


def in_quotes(text: str) -> str:
    """A text as a query has it, whatever signs it holds."""
    return '"' + text.replace('"', '""') + '"'


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        """It as a keyword; empty of a text in quotes."""
        return self.text.lower() if self.kind == "word" else ""


class _Parser:
    """Recursive descent, one method a rule."""

    def __init__(self, text: str, names: Mapping[str, str] | None, where: str, see: str) -> None:
        self._where, self._see = where, see
        self._known = names
        self._tokens = self._split(text)
        self._next = 0
        self._depth = 0

    def _split(self, text: str) -> list[_Token]:
        found, at, end = list[_Token](), 0, len(text.rstrip())
        while at < end:
            match = _TOKEN.match(text, at)
            assert match is not None, "every character but a space is a token"
            kind = str(match.lastgroup)
            token = _Token(kind, match.group(kind), match.start(kind))
            if kind == "other":
                fix = _OTHERWISE.get(token.text, 'put a word that holds such a sign in "quotes"')
                raise self._error(f"{token.text!r} is no sign of a filter", token.at, fix)
            found.append(token)
            at = match.end()
        found.append(_Token("end", "", end))
        return found

    def query(self) -> Part:
        if self._peek.kind == "end":
            raise self._error("the filter is empty", 0, "write one, such as: skew > .2")
        part = self._any()
        if self._peek.kind != "end":
            raise self._unexpected("'and', 'or' or the end")
        return part

    @property
    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        self._next += token.kind != "end"
        return token

    def _took(self, *words: str) -> bool:
        """Whether these signs or keywords come next; they are taken then."""
        coming = self._tokens[self._next : self._next + len(words)]
        if [t.text if t.kind == "sign" else t.word for t in coming] != list(words):
            return False
        self._next += len(words)
        return True

    def _any(self) -> Part:
        return self._joined("or", lambda: self._joined("and", self._negated))

    def _joined(self, word: str, part: Callable[[], Part]) -> Part:
        parts = [part()]
        while self._took(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Join(word, tuple(parts))

    def _negated(self) -> Part:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise self._error("too many brackets inside one another", self._peek.at, "use fewer")
        if self._took("not"):
            part: Part = Not(self._negated())
        elif self._took("("):
            part = self._any()
            if not self._took(")"):
                raise self._unexpected("')'")
        else:
            part = self._comparison()
        self._depth -= 1
        return part

    def _comparison(self) -> Part:
        token = self._peek
        if token.kind == "quoted" or (token.kind == "word" and _number(token.text) is not None):
            return self._range()
        name = self._name()
        if self._took("is", "not"):
            return Not(self._missing(name))
        if self._took("is"):
            return self._missing(name)
        if self._took("not", "in"):
            return Not(OneOf(name, self._values()))
        if self._took("in"):
            return OneOf(name, self._values())
        if self._peek.text not in _COMPARISONS or self._peek.kind != "sign":
            return Compare(name, "==", 1.0)
        return self._compared(name, self._take().text)

    def _missing(self, name: str) -> Missing:
        if self._take().word not in _ABSENT:
            self._next -= 1
            raise self._unexpected("'missing'")
        return Missing(name)

    def _compared(self, name: str, sign: str) -> Part:
        """What follows a sign."""
        token = self._peek
        if sign in ("==", "!=") and token.word in _ABSENT:
            self._take()
            absent: Part = Missing(name)
            if token.word == "none":
                absent = Join("or", (absent, Compare(name, "==", token.text)))
            return absent if sign == "==" else Not(absent)
        other = self._term() if sign in ORDER else self._literal()
        if sign == "~" and not isinstance(other, str):
            fix = 'put it in quotes: ~ "7"'
            raise self._error("'~' looks for a text", token.at, fix)
        return Compare(name, sign, other)

    def _range(self) -> Part:
        """``.1 < skew <= .3``, or the first half of it."""
        low = self._literal()
        token = self._take()
        if token.text not in _TURNED:
            self._next -= token.kind != "end"
            raise self._unexpected("a comparison such as '<'")
        name = self._name()
        part = Compare(name, _TURNED[token.text], low)
        if self._peek.kind != "sign" or self._peek.text not in _TURNED:
            return part
        return Join("and", (part, self._compared(name, self._take().text)))

    def _name(self) -> str:
        token = self._peek
        if token.kind != "word" or token.word in _KEYWORDS:
            raise self._unexpected("a field or a score")
        self._take()
        if self._known is None:
            return token.text
        if (found := self._known.get(token.text)) is None:
            fix = suggest(token.text, self._known, see=self._see, n=2)
            raise self._error(f"no field or score {brief(token.text)}", token.at, fix)
        return found

    def _values(self) -> tuple[float | str, ...]:
        if not self._took("("):
            raise self._unexpected("'(' and a list")
        found = [self._literal()]
        while self._took(","):
            found.append(self._literal())
        if not self._took(")"):
            raise self._unexpected("',' or ')'")
        return tuple(found)

    def _term(self) -> Term:
        """What a name is held against in an order: another one, where there is one of that name."""
        token = self._peek
        if token.kind == "word" and self._known is not None and token.text in self._known:
            return Name(self._known[self._take().text])
        return self._literal()

    def _literal(self) -> float | str:
        token = self._take()
        if token.kind == "quoted":
            if "\0" in token.text:
                raise self._error("a text holds no NUL", token.at, "leave it out")
            mark = token.text[0]
            return token.text[1:-1].replace(mark * 2, mark)
        if token.kind != "word" or token.word in _KEYWORDS:
            self._next -= token.kind != "end"
            raise self._unexpected("a number or a word")
        if token.word in _TRUTH:
            return float(_TRUTH[token.word])
        number = _number(token.text)
        if number is not None and math.isinf(number):
            raise self._error(f"{token.text} is too large", token.at, "write a smaller number")
        return token.text if number is None else number

    def _unexpected(self, expected: str) -> UsageError:
        token = self._peek
        found = "the filter ends" if token.kind == "end" else f"there is {brief(token.text)}"
        return self._error(
            f"{found} where {expected} should be", token.at, "such as: skew > .2 and ending == deal"
        )

    def _error(self, what: str, at: int, fix: str) -> UsageError:
        return UsageError(what, where=f"{self._where}, character {at + 1}", fix=fix)


def _number(text: str) -> float | None:
    """A word as a number, also with the minus that tables print."""
    plain = text.replace("\N{MINUS SIGN}", "-")
    return float(plain) if _NUMBER.fullmatch(plain) else None
