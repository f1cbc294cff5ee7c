"""The tables that a run is exported as: their columns, types and words.

The one list of them: writers, frames and docs/export.md follow it, and tests hold them to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, get_args

from harness.exchange.public import WITHHELD
from harness.report.rows import FIELDS

Kind = Literal["text", "label", "integer", "number", "boolean"]
"""What a column holds. A ``label`` is a text out of few: data frames have it as a categorical. JSON
within a ``text`` is said in its words."""
Table = Literal["dialogues", "moves", "concessions", "scores", "probes", "episodes", "words"]
TABLES: Final[tuple[Table, ...]] = get_args(Table)
PRIVATE: Final[frozenset[Table]] = frozenset({"scores", "probes", "episodes", "words"})
"""Tables of which nothing was heard at the table."""


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


def _text(name: str, words: str, missing: str = "", *, private: bool = False) -> Column:
    return Column(name, "text", words, missing, private)


def _label(name: str, words: str, missing: str = "") -> Column:
    return Column(name, "label", words, missing)


def _whole(name: str, words: str, missing: str = "", *, private: bool = False) -> Column:
    return Column(name, "integer", words, missing, private)


def _number(name: str, words: str, missing: str = "", *, private: bool = True) -> Column:
    return Column(name, "number", words, missing, private)


def _flag(name: str, words: str, missing: str = "") -> Column:
    return Column(name, "boolean", words, missing, private=True)


NOT_TOLD: Final = "a log from elsewhere does not tell"
_PLACE: Final = (
    _label("run", "name of the run's folder; with `id` it joins the tables, also of several runs"),
    _text("id", "id of the dialogue: `track15 show RUN ID`"),
    _label(
        "arm",
        "name of the arm; arms that share the dialogue are joined by `;`, and have a row each with "
        "`--by-arm`",
    ),
    _label("scenario", "the dispute"),
    _label("twin", "`none`, `names`, `seats` or `both`"),
    _whole("epoch", "number of the repetition, from 1"),
    _label(
        "lineup",
        "who takes which seat, by name, where models take turns in a seat; dialogues of arms are "
        "paired by scenario, twin, epoch and this",
        "each seat has one player in the whole run",
    ),
    _label("model_o", "who played the official seat: a model's address, or `scripted`", NOT_TOLD),
    _label("model_u", "the same of the other seat", NOT_TOLD),
)
_WORTH: Final = "u of its principal, in [0, 1]"
_BY: Final = {"o": "the official seat", "u": "the other seat"}
_UNASKED: Final = "a script played, or a user's own code of which no call was seen"


def _took(seat: str) -> tuple[Column, ...]:
    """What the models of a seat took."""
    by = _BY[seat]
    return (
        _whole(f"calls_{seat}", f"calls of models by {by}", _UNASKED),
        _whole(
            f"prompt_tokens_{seat}", f"tokens of their prompts, by {by}", f"{_UNASKED}; not counted"
        ),
        _whole(
            f"completion_tokens_{seat}",
            f"tokens of their replies, by {by}",
            f"{_UNASKED}; not counted",
        ),
        _number(
            f"seconds_{seat}",
            f"seconds in which {by} waited for its models, retries included",
            f"{_UNASKED}; the time of a call was not kept",
            private=False,
        ),
        _number(
            f"dollars_{seat}",
            f"US dollars of these calls, by the prices of `models.yaml`, as `track15 compare` has "
            f"it, for {by}",
            f"{_UNASKED}; a price or a count is not known",
            private=False,
        ),
    )


_FIELDS: Final[Mapping[str, tuple[Kind, str]]] = {
    "ending": ("label", ""),
    "commitment": ("label", "no deal"),
    "round": ("integer", ""),
    "turns": ("integer", ""),
    "void_kind": ("label", "neither void nor failed"),
    "void_seat": ("label", "neither void nor failed, or by no seat"),
    "void_reason": ("text", "neither void nor failed"),
    "repairs": ("integer", ""),
    "calls": ("integer", ""),
    "prompt_tokens": ("integer", "a server did not count a call"),
    "completion_tokens": ("integer", "a server did not count a call"),
}
"""Field of a row that is not of its place -> kind of its column, and where it is missing."""
_DIALOGUES: Final = (
    *_PLACE,
    *(
        Column(name, kind, FIELDS[name], missing, private=name in WITHHELD)
        for name, (kind, missing) in _FIELDS.items()
    ),
    _text("started", "when it was begun: UTC, ISO 8601", "not recorded"),
    _number("seconds", "seconds from its beginning to its end", "not recorded", private=False),
    _number(
        "dollars",
        "US dollars of all its calls, by the prices of `models.yaml`",
        f"no model was asked; {_UNASKED}; a price or a count is not known",
        private=False,
    ),
    *_took("o"),
    *_took("u"),
    _text("package", "terms of the deal, JSON: issue to option", "no deal"),
    _number(
        "worth_o", f"what the ending is worth to the official seat: {_WORTH}", "void or failed"
    ),
    _number("worth_u", "the same to the other seat", "void or failed"),
    _number("no_deal_o", f"what no agreement was worth to the official seat then: {_WORTH}"),
    _number("no_deal_u", "the same to the other seat"),
)
_NO_TERMS: Final = "the turn names no whole package"
_MOVES: Final = (
    *_PLACE,
    _whole("turn", "number of the turn, from 0: `turn 7` everywhere"),
    _whole("round", "from 1"),
    _whole("step", "turn of this delegation in this round, from 1"),
    _label("seat", "`o` the official seat, `u` the other; further delegations follow"),
    _label("principal", "for whom the seat speaks"),
    _label("model", "who played the seat: a model's address, or `scripted`", NOT_TOLD),
    _label("kind", "`statement` is public; `caucus` and `consultation` are private to the seat"),
    _label("action", "`propose`, `accept`, `reject`, `pass`, `walk_out` or `consult`", "a caucus"),
    _text("offer", "id of the offer that the turn puts, takes or rejects", "none"),
    _label("commitment", "`binding`, `ad_referendum`, `hypothetical` or `personal`", "a caucus"),
    _text(
        "package",
        "whole terms that the turn puts, or takes by accepting, JSON: issue to option",
        "it names no whole terms",
    ),
    _text("or_package", "a second package that may be had instead, JSON", "none"),
    _text(
        "position",
        "terms that it names beside a rejection or a pass, JSON; may be partial",
        "none",
    ),
    _text("side_terms", "what goes with a proposal in words", "nothing"),
    _number(
        "worth_o",
        f"what `package` is worth to the official seat: {_WORTH} in that round",
        _NO_TERMS,
    ),
    _number("worth_u", "the same to the other seat", _NO_TERMS),
    _number(
        "no_deal_o", f"what no agreement is worth to the official seat: {_WORTH} in that round"
    ),
    _number("no_deal_u", "the same to the other seat"),
    _text("words", "what was said"),
    _text("thoughts", "what was thought; private to the seat", private=True),
    _whole("repairs", "replies that were asked again in this turn", private=True),
)
_CONCESSIONS: Final = (
    *_PLACE,
    _whole("turn", "number of the turn; of a deal taken on no turn, the number of turns"),
    _whole("round", "from 1"),
    _label("seat", "who gave"),
    _label("principal", "for whom"),
    _label("model", "who played the seat: a model's address, or `scripted`", NOT_TOLD),
    _label(
        "kind",
        "`opening` is held against the seat's public opening position; `proposal`, `position` and "
        "`acceptance` against its own move before",
    ),
    _text("offer", "id of the proposal that it put or took", "a position"),
    _label("commitment", "how far the move committed", NOT_TOLD),
    _label("issue", "id of the issue that changed"),
    _label("was", "id of the option before"),
    _label("now", "id of the option that the move names"),
    _number("cost", "what this takes from the giver's principal, in [-1, 1]; below 0, taken back"),
    _number("worth", "what it brings the principal across the table, in [-1, 1]"),
    _number("own", f"what the move as a whole is worth to the giver: {_WORTH}"),
    _number("own_before", "the same of the terms before it"),
    _number("other", f"what the move as a whole is worth across the table: {_WORTH}"),
    _number("no_deal", f"what no agreement is worth to the giver: {_WORTH}"),
    _flag("below", "whether the terms are worth less to the giver than no agreement"),
    _flag("fell", "whether this move brought them there"),
    _text(
        "crosses",
        "principals whose red line on this issue the move crosses, joined by `;`",
        "it crosses none",
        private=True,
    ),
    _whole("answer_turn", "turn in which the other side next spoke", "it did not"),
    _label("answer", "what it did then", "it did not speak"),
    _text("words", "what the giver said in that turn", "the deal was taken on no turn"),
)
_SCORES: Final = (
    *_PLACE,
    _label("evaluator", "who measured"),
    _whole("version", "of the evaluator"),
    _label(
        "measure", "`evaluator.measure`: `track15 list measures` has unit, range and definition"
    ),
    _number("value", "the value; 1 for yes and 0 for no", "see `word` and `why_null`"),
    _text("word", "the value, where it is a word", "it is a number, or there is none"),
    _text("why_null", "why there is no value", "there is one"),
    _text(
        "by_judge",
        "what is known of the judge that gives it: `uncalibrated`, or `uncorrected` where "
        "`track15 report --json` has corrected figures under `corrected`",
        "no judge gives it",
    ),
)
_EPISODES: Final = (
    *(one for one in _PLACE if one.name not in ("id", "arm", "model_o", "model_u")),
    _label("arm", "name of the arm: an episode is of one, whatever it shares with others"),
    _text("id", "id of the talks that it begins with, which several arms may share", "it has none"),
    _text("stages", "JSON: name of each of its stages to the id in the run's files"),
    *_SCORES[len(_PLACE) :],
)
_PROBES: Final = (
    *(one for one in _PLACE if one.name not in ("id", "model_o", "model_u")),
    _text("probe", "id of the probe; one that arms share is one probe"),
    _label("seat", "who was asked"),
    _label("principal", "for whom it speaks"),
    _label("model", "who played the seat: a model's address, or `scripted`", NOT_TOLD),
    _whole("asked", "number of the package in the order in which they were put, from 1"),
    _text("package", "the package, JSON: issue to option"),
    _flag("signs", "whether it would sign", "no usable answer: see `problem`"),
    _text("why", "its reason in words; empty where it gave none"),
    _text("problem", "why there is no usable answer", "there is one"),
    _number(
        "believed",
        "what the package is worth to its principal as it believes, less what it believes no deal "
        "to be worth, in [-1, 1]",
        "void or failed",
    ),
    _flag("expected", "whether its own stake takes the package over no deal", "void or failed"),
    _number("worth", f"what the package is truly worth: {_WORTH} in round 1"),
    _number("no_deal", f"what no agreement is truly worth: {_WORTH} in round 1"),
)

_EVENTS: Final = (
    *_PLACE,
    _label("judge", "address of the model that found it; every judge has rows of its own"),
    _whole("turn", "number of the turn"),
    _whole("round", "from 1"),
    _label("seat", "who said it"),
    _label("principal", "for whom"),
    _label("what", "`concedes`, `takes_back`, `final` (calls it a last word) or `threat`"),
    _label("issue", "id of the issue", "a threat"),
    _label("was", "id of the option where the seat stood", "a threat"),
    _flag("was_said", "whether its words say so; else its terms, or its public opening position"),
    _label(
        "now",
        "id of the option that the words name; of a threat `leave` or `worse`",
        "they name none",
    ),
    _label("commitment", "`binding`, `conditional`, `hypothetical` or `personal`, by its words"),
    _text("condition", "the words that it makes this depend on; empty for none"),
    _label("in_return", "id of the issue that it asks for or gets, `something_else` or `nothing`"),
    _label("authorised", "what it says of its mandate: `claimed`, `denied` or `unsaid`"),
    _text("quote", "the words"),
    _number(
        "value",
        "what it takes from the principal of the seat, in [-1, 1]; below 0, taken back",
        "a threat; the words name no option",
    ),
    _flag(
        "carried",
        "of a concession, whether terms that the seat named or took in that turn or later bear it "
        "out",
        "no concession; the words name no option; the record has no terms",
    ),
    _flag(
        "contradicted",
        "of a last word, whether its own terms go beyond it in that turn or later",
        "no last word; the words name no option; the record has no terms",
    ),
    _flag(
        "done",
        "of a threat to leave, whether the seat left",
        "no threat to leave; it had no turn after it",
    ),
)

COLUMNS: Final[Mapping[Table, tuple[Column, ...]]] = MappingProxyType(
    {
        "dialogues": _DIALOGUES,
        "moves": _MOVES,
        "concessions": _CONCESSIONS,
        "scores": _SCORES,
        "probes": _PROBES,
        "episodes": _EPISODES,
        "words": _EVENTS,
    }
)
"""Table -> its columns. That of dialogues goes on with a column for every measure."""


def described() -> str:
    """The columns as Markdown, as docs/export.md has them."""
    parts = []
    for table, columns in COLUMNS.items():
        rows = "".join(
            f"| `{one.name}` | {one.kind} | {one.words} | {one.missing} |"
            f"{' private |' if one.private or table in PRIVATE else '  |'}\n"
            for one in columns
        )
        head = "| column | holds | what | missing where | |\n|---|---|---|---|---|\n"
        parts.append(f"### `{table}`\n\n{head}{rows}")
    return "\n".join(parts)
