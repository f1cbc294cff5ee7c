"""The tables that a run is exported as: their columns, types and words.

The one list of them: writers, frames and docs/export.md follow it, and tests hold them to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, get_args

from harness.report.rows import FIELDS

Kind = Literal["text", "integer", "number", "boolean"]
"""What a column holds. JSON within a ``text`` is said in its words."""
Table = Literal["dialogues", "moves", "concessions", "scores"]
TABLES: Final[tuple[Table, ...]] = get_args(Table)


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: As it is written.
        kind: What it holds where it is not missing.
        words: What that means.
    """

    name: str
    kind: Kind
    words: str


def _text(name: str, words: str) -> Column:
    return Column(name, "text", words)


def _whole(name: str, words: str) -> Column:
    return Column(name, "integer", words)


def _number(name: str, words: str) -> Column:
    return Column(name, "number", words)


def _flag(name: str, words: str) -> Column:
    return Column(name, "boolean", words)


_WHOLE: Final = frozenset(
    {"epoch", "round", "turns", "repairs", "calls", "prompt_tokens", "completion_tokens"}
)
_RUN: Final = _text("run", "name of the run's folder")
_ARM: Final = _text(
    "arm",
    "name of the arm; arms that share the dialogue are joined by `;`, and have a row each with "
    "`--by-arm`",
)
_PLACE: Final = (
    _RUN,
    _text("id", "id of the dialogue: `track15 show RUN ID`"),
    _ARM,
    _text("scenario", "the dispute"),
    _text("twin", "`none`, `names`, `seats` or `both`"),
    _whole("epoch", "number of the repetition, from 1"),
)
_WORTH: Final = "u of its principal, in [0, 1]"

_DIALOGUES: Final = (
    _RUN,
    *(
        _ARM if name == "arm" else Column(name, "integer" if name in _WHOLE else "text", words)
        for name, words in FIELDS.items()
    ),
    _text("package", "terms of the deal, JSON: issue to option"),
    _number(
        "worth_o", f"what the ending is worth to the official seat: {_WORTH}; not of a void one"
    ),
    _number("worth_u", "the same to the other seat"),
    _number("no_deal_o", f"what no agreement was worth to the official seat then: {_WORTH}"),
    _number("no_deal_u", "the same to the other seat"),
)
_MOVES: Final = (
    *_PLACE,
    _whole("turn", "number of the turn, from 0: `turn 7` everywhere"),
    _whole("round", "from 1"),
    _whole("step", "turn of this delegation in this round, from 1"),
    _text("seat", "`o` the official seat, `u` the other; further delegations follow"),
    _text("principal", "for whom the seat speaks"),
    _text("model", "who played the seat: a model's address, or `scripted`"),
    _text("kind", "`statement` is public; `caucus` and `consultation` are private to the seat"),
    _text("action", "`propose`, `accept`, `reject`, `pass`, `walk_out` or `consult`"),
    _text("offer", "id of the offer that the turn puts, takes or rejects"),
    _text("commitment", "`binding`, `ad_referendum`, `hypothetical` or `personal`"),
    _text(
        "package", "whole terms that the turn puts, or takes by accepting, JSON: issue to option"
    ),
    _text("or_package", "a second package that may be had instead, JSON"),
    _text("position", "terms that it names beside a rejection or a pass, JSON; may be partial"),
    _text("side_terms", "what goes with a proposal in words"),
    _number("worth_o", f"what `package` is worth to the official seat: {_WORTH} in that round"),
    _number("worth_u", "the same to the other seat"),
    _number(
        "no_deal_o", f"what no agreement is worth to the official seat: {_WORTH} in that round"
    ),
    _number("no_deal_u", "the same to the other seat"),
    _text("words", "what was said"),
    _text("thoughts", "what was thought; private to the seat"),
    _whole("repairs", "replies that were asked again in this turn"),
)
_CONCESSIONS: Final = (
    *_PLACE,
    _whole("turn", "number of the turn; of a deal taken on no turn, the number of turns"),
    _whole("round", "from 1"),
    _text("seat", "who gave"),
    _text("principal", "for whom"),
    _text("model", "who played the seat: a model's address, or `scripted`"),
    _text(
        "kind",
        "`opening` is held against the seat's public opening position; `proposal`, `position` and "
        "`acceptance` against its own move before",
    ),
    _text("offer", "id of the proposal that it put or took"),
    _text("commitment", "how far the move committed"),
    _text("issue", "id of the issue that changed"),
    _text("was", "id of the option before"),
    _text("now", "id of the option that the move names"),
    _number("cost", "what this takes from the giver's principal, in [-1, 1]; below 0, taken back"),
    _number("worth", "what it brings the principal across the table, in [-1, 1]"),
    _number("own", f"what the move as a whole is worth to the giver: {_WORTH}"),
    _number("own_before", "the same of the terms before it"),
    _number("other", f"what the move as a whole is worth across the table: {_WORTH}"),
    _number("no_deal", f"what no agreement is worth to the giver: {_WORTH}"),
    _flag("below", "whether the terms are worth less to the giver than no agreement"),
    _flag("fell", "whether this move brought them there"),
    _text("crosses", "principals whose red line on this issue the move crosses, joined by `;`"),
    _whole("answer_turn", "turn in which the other side next spoke"),
    _text("answer", "what it did then"),
    _text("words", "what the giver said in that turn"),
)
_SCORES: Final = (
    *_PLACE,
    _text("model_o", "who played the official seat"),
    _text("model_u", "who played the other seat"),
    _text("evaluator", "who measured"),
    _whole("version", "of the evaluator"),
    _text("measure", "`evaluator.measure`: `track15 list measures`"),
    _number("value", "the value; 1 for yes and 0 for no"),
    _text("word", "the value, where it is a word"),
    _text("why_null", "why there is no value"),
)

COLUMNS: Final[Mapping[Table, tuple[Column, ...]]] = MappingProxyType(
    {
        "dialogues": _DIALOGUES,
        "moves": _MOVES,
        "concessions": _CONCESSIONS,
        "scores": _SCORES,
    }
)
"""Table -> its columns. That of dialogues goes on with a column for every measure."""


def described() -> str:
    """The columns as Markdown, as docs/export.md has them."""
    parts = []
    for table, columns in COLUMNS.items():
        rows = "\n".join(f"| `{one.name}` | {one.kind} | {one.words} |" for one in columns)
        parts.append(f"### `{table}`\n\n| column | holds | what |\n|---|---|---|\n{rows}\n")
    return "\n".join(parts)
