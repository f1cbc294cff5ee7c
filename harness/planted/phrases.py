"""The words that planted transcripts are made of: phrases by act, and names for issues and options.

They stand in ``evals/calibration/``. Everything stands there twice, so that the same
transcript can be told in other words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from harness.disputes.scenario import Identifier, Part
from harness.files.catalogue import data_root
from harness.files.yamlfile import load_document, validate

Split = Literal["dev", "test"]
SPLITS: Final[tuple[Split, ...]] = ("dev", "test")
WORDINGS: Final = 2
"""How often everything is written."""
SLOTS: Final = frozenset(
    {"issue", "give", "want", "theirs", "other", "own", "back", "back_issue"}
    | {"Issue", "Give", "Want", "Theirs", "Other", "Own", "Back", "Back_issue"}
)
"""What may stand in braces in a phrase; with a capital, the same at the head of a sentence."""
_BRACKETS: Final = re.compile(r"\[([^\[\]]*)\]")
_SLOT: Final = re.compile(r"\{(\w+)\}")
_Text = Annotated[str, Field(min_length=1, max_length=600)]


class Phrase(Part):
    """What is said to do something, in two wordings.

    ``commitment`` and ``authorised`` are what the words say of themselves, as the prose ledger has
    it; None where that is what goes with the act.
    """

    say: _Text
    again: _Text
    commitment: Literal["conditional", "hypothetical", "personal"] | None = None
    authorised: Literal["claimed", "denied"] | None = None

    def wording(self, number: int) -> str:
        """The first wording (0) or the second (1)."""
        return (self.say, self.again)[number]


class IssueWords(Part):
    """What people who talk call an issue and each of its options, in two wordings."""

    called: tuple[_Text, _Text]
    options: dict[Identifier, tuple[_Text, _Text]]


class DisputeWords(Part):
    """The words of one dispute: ``says`` are reasons of a party, which move nothing."""

    split: Split
    issues: dict[Identifier, IssueWords] = Field(min_length=3, max_length=3)
    says: dict[Literal["a", "b"], tuple[_Text, _Text, _Text]]


class Phrases(Part):
    """The phrases of a split, by act."""

    acts: dict[Identifier, tuple[Phrase, ...]]


class Disputes(Part):
    """The words of the disputes that planted transcripts are about, by scenario."""

    disputes: dict[Identifier, DisputeWords]


def folder() -> Path:
    """Where the words lie."""
    return data_root("evals") / "calibration"


@cache
def phrases_of(split: Split) -> Mapping[str, tuple[Phrase, ...]]:
    """Act -> its phrases, in a split.

    Raises:
        InputError: The file is unsound.
    """
    return bank(f"phrases-{split}")


def bank(name: str) -> Mapping[str, tuple[Phrase, ...]]:
    """Act -> its phrases, in a file of :func:`folder`.

    Args:
        name: Of the file, without its ending.

    Raises:
        InputError: The file is unsound.
    """
    document = load_document(folder() / f"{name}.yaml")
    document.data = {"acts": document.data}
    return validate(document, Phrases).acts


@cache
def dispute_words() -> Mapping[str, DisputeWords]:
    """Scenario -> its words.

    Raises:
        InputError: The file is unsound.
    """
    document = load_document(folder() / "disputes.yaml")
    document.data = {"disputes": document.data}
    return validate(document, Disputes).disputes


def disputes_of(split: Split) -> tuple[str, ...]:
    """The scenarios of a split, in the order of the file."""
    return tuple(name for name, words in dispute_words().items() if words.split == split)


@dataclass(frozen=True)
class Told:
    """Words as they are said.

    Attributes:
        text: The words.
        condition: What in them makes the rest depend on something; empty for nothing.
    """

    text: str
    condition: str = ""


def told(text: str, slots: Mapping[str, str]) -> Told:
    """A phrase with its slots filled. Where what fills one has a comma and the sentence goes on,
    another closes it.

    Args:
        text: One wording.
        slots: Slot, in small letters -> what stands there.
    """

    def fill(found: re.Match[str]) -> str:
        name = found[1]
        words = slots[name.lower()]
        if ", " in words and text[found.end() : found.end() + 1] == " ":
            words += ","
        return words[:1].upper() + words[1:] if name[0].isupper() else words

    filled = _SLOT.sub(fill, text)
    marked = _BRACKETS.search(filled)
    return Told(_BRACKETS.sub(r"\1", filled), "" if marked is None else marked[1])


def slots_in(text: str) -> frozenset[str]:
    """The slots of a phrase, as they are written."""
    return frozenset(_SLOT.findall(text))
