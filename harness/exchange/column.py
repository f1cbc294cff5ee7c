"""One column of an exported table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "label", "integer", "number", "boolean"]
"""What a column holds. A ``label`` is a text out of few: data frames have it as a categorical. JSON
within a ``text`` is said in its words."""


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: As it is written.
        kind: What it holds where it is not missing.
        words: What that means, with its unit and range.
        missing: Where it is missing; empty where it never is.
        private: Whether it was not heard at the table, or follows from what was not.
    """

    name: str
    kind: Kind
    words: str
    missing: str = ""
    private: bool = False


def text(name: str, words: str, missing: str = "", *, private: bool = False) -> Column:
    """A column of texts."""
    return Column(name, "text", words, missing, private)


def label(name: str, words: str, missing: str = "") -> Column:
    """A column of texts out of few."""
    return Column(name, "label", words, missing)


def whole(name: str, words: str, missing: str = "", *, private: bool = False) -> Column:
    """A column of whole numbers."""
    return Column(name, "integer", words, missing, private)


def number(name: str, words: str, missing: str = "", *, private: bool = True) -> Column:
    """A column of numbers; private unless it says otherwise."""
    return Column(name, "number", words, missing, private)


def flag(name: str, words: str, missing: str = "") -> Column:
    """A column of yes and no, which is private."""
    return Column(name, "boolean", words, missing, private=True)
