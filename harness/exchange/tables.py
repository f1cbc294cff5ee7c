"""The tables that a run is exported as: their columns, types and words.

The one list of them: writers, frames and docs/export.md follow it, and tests hold them to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, get_args

from harness.exchange.column import Column, Kind, flag, label, number, text, whole
from harness.exchange.public import WITHHELD
from harness.report.rows import FIELDS

Table = Literal[
    "dialogues", "moves", "concessions", "scores", "probes", "episodes", "words", "corrected"
]
TABLES: Final[tuple[Table, ...]] = get_args(Table)
PRIVATE: Final[frozenset[Table]] = frozenset({"scores", "probes", "episodes", "words", "corrected"})
"""Tables of which nothing was heard at the table."""
OF_WHOLE: Final[frozenset[Table]] = frozenset({"corrected"})
"""Tables of figures of a whole run, of which no dialogues can be chosen."""


NOT_TOLD: Final = "a log from elsewhere does not tell"
_PLACE: Final = (
    label("run", "name of the run's folder; with `id` it joins the tables, also of several runs"),
    text("id", "id of the dialogue: `track15 show RUN ID`"),
    label(
        "arm",
        "name of the arm; arms that share the dialogue are joined by `;`, and have a row each with "
        "`--by-arm`",
    ),
    label("scenario", "the dispute"),
    label("twin", "`none`, `names`, `seats` or `both`"),
    whole("epoch", "number of the repetition, from 1"),
    label(
        "lineup",
        "who takes which seat, by name, where models take turns in a seat; dialogues of arms are "
        "paired by scenario, twin, epoch and this",
        "each seat has one player in the whole run",
    ),
    label("model_o", "who played the official seat: a model's address, or `scripted`", NOT_TOLD),
    label("model_u", "the same of the other seat", NOT_TOLD),
)
_WORTH: Final = "u of its principal, in [0, 1]"
_BY: Final = {"o": "the official seat", "u": "the other seat"}
_UNASKED: Final = "a script played, or a user's own code of which no call was seen"


def _took(seat: str) -> tuple[Column, ...]:
    """What the models of a seat took."""
    by = _BY[seat]
    return (
        whole(f"calls_{seat}", f"calls of models by {by}", _UNASKED),
        whole(
            f"prompt_tokens_{seat}", f"tokens of their prompts, by {by}", f"{_UNASKED}; not counted"
        ),
        whole(
            f"completion_tokens_{seat}",
            f"tokens of their replies, by {by}",
            f"{_UNASKED}; not counted",
        ),
        number(
            f"seconds_{seat}",
            f"seconds in which {by} waited for its models, retries included",
            f"{_UNASKED}; the time of a call was not kept",
            private=False,
        ),
        number(
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
    text("started", "when it was begun: UTC, ISO 8601", "not recorded"),
    number("seconds", "seconds from its beginning to its end", "not recorded", private=False),
    number(
        "dollars",
        "US dollars of all its calls, by the prices of `models.yaml`",
        f"no model was asked; {_UNASKED}; a price or a count is not known",
        private=False,
    ),
    *_took("o"),
    *_took("u"),
    text("package", "terms of the deal, JSON: issue to option", "no deal"),
    number("worth_o", f"what the ending is worth to the official seat: {_WORTH}", "void or failed"),
    number("worth_u", "the same to the other seat", "void or failed"),
    number("no_deal_o", f"what no agreement was worth to the official seat then: {_WORTH}"),
    number("no_deal_u", "the same to the other seat"),
)
_NO_TERMS: Final = "the turn names no whole package"
_MOVES: Final = (
    *_PLACE,
    whole("turn", "number of the turn, from 0: `turn 7` everywhere"),
    whole("round", "from 1"),
    whole("step", "turn of this delegation in this round, from 1"),
    label("seat", "`o` the official seat, `u` the other; further delegations follow"),
    label("principal", "for whom the seat speaks"),
    label("model", "who played the seat: a model's address, or `scripted`", NOT_TOLD),
    label("kind", "`statement` is public; `caucus` and `consultation` are private to the seat"),
    label("action", "`propose`, `accept`, `reject`, `pass`, `walk_out` or `consult`", "a caucus"),
    text("offer", "id of the offer that the turn puts, takes or rejects", "none"),
    label("commitment", "`binding`, `ad_referendum`, `hypothetical` or `personal`", "a caucus"),
    text(
        "package",
        "whole terms that the turn puts, or takes by accepting, JSON: issue to option",
        "it names no whole terms",
    ),
    text("or_package", "a second package that may be had instead, JSON", "none"),
    text(
        "position",
        "terms that it names beside a rejection or a pass, JSON; may be partial",
        "none",
    ),
    text("side_terms", "what goes with a proposal in words", "nothing"),
    number(
        "worth_o",
        f"what `package` is worth to the official seat: {_WORTH} in that round",
        _NO_TERMS,
    ),
    number("worth_u", "the same to the other seat", _NO_TERMS),
    number("no_deal_o", f"what no agreement is worth to the official seat: {_WORTH} in that round"),
    number("no_deal_u", "the same to the other seat"),
    text("words", "what was said"),
    text("thoughts", "what was thought; private to the seat", private=True),
    whole("repairs", "replies that were asked again in this turn", private=True),
)
_CONCESSIONS: Final = (
    *_PLACE,
    whole("turn", "number of the turn; of a deal taken on no turn, the number of turns"),
    whole("round", "from 1"),
    label("seat", "who gave"),
    label("principal", "for whom"),
    label("model", "who played the seat: a model's address, or `scripted`", NOT_TOLD),
    label(
        "kind",
        "`opening` is held against the seat's public opening position; `proposal`, `position` and "
        "`acceptance` against its own move before",
    ),
    text("offer", "id of the proposal that it put or took", "a position"),
    label("commitment", "how far the move committed", NOT_TOLD),
    label("issue", "id of the issue that changed"),
    label("was", "id of the option before"),
    label("now", "id of the option that the move names"),
    number("cost", "what this takes from the giver's principal, in [-1, 1]; below 0, taken back"),
    number("worth", "what it brings the principal across the table, in [-1, 1]"),
    number("own", f"what the move as a whole is worth to the giver: {_WORTH}"),
    number("own_before", "the same of the terms before it"),
    number("other", f"what the move as a whole is worth across the table: {_WORTH}"),
    number("no_deal", f"what no agreement is worth to the giver: {_WORTH}"),
    flag("below", "whether the terms are worth less to the giver than no agreement"),
    flag("fell", "whether this move brought them there"),
    text(
        "crosses",
        "principals whose red line on this issue the move crosses, joined by `;`",
        "it crosses none",
        private=True,
    ),
    whole("answer_turn", "turn in which the other side next spoke", "it did not"),
    label("answer", "what it did then", "it did not speak"),
    text("words", "what the giver said in that turn", "the deal was taken on no turn"),
)
_SCORES: Final = (
    *_PLACE,
    label("evaluator", "who measured"),
    whole("version", "of the evaluator"),
    label("measure", "`evaluator.measure`: `track15 list measures` has unit, range and definition"),
    number("value", "the value; 1 for yes and 0 for no", "see `word` and `why_null`"),
    text("word", "the value, where it is a word", "it is a number, or there is none"),
    text("why_null", "why there is no value", "there is one"),
    text(
        "by_judge",
        "what is known of the judge that gives it: `uncalibrated`, or `uncorrected` where the "
        "table `corrected` has corrected figures",
        "no judge gives it, or it counts what became of a judge's reading",
    ),
)
_EPISODES: Final = (
    *(one for one in _PLACE if one.name not in ("id", "arm", "model_o", "model_u")),
    label("arm", "name of the arm: an episode is of one, whatever it shares with others"),
    text("id", "id of the talks that it begins with, which several arms may share", "it has none"),
    text("stages", "JSON: name of each of its stages to the id in the run's files"),
    *_SCORES[len(_PLACE) :],
)
_PROBES: Final = (
    *(one for one in _PLACE if one.name not in ("id", "model_o", "model_u")),
    text("probe", "id of the probe; one that arms share is one probe"),
    label("seat", "who was asked"),
    label("principal", "for whom it speaks"),
    label("model", "who played the seat: a model's address, or `scripted`", NOT_TOLD),
    whole("asked", "number of the package in the order in which they were put, from 1"),
    text("package", "the package, JSON: issue to option"),
    flag("signs", "whether it would sign", "no usable answer: see `problem`"),
    text("why", "its reason in words; empty where it gave none"),
    text("problem", "why there is no usable answer", "there is one"),
    number(
        "believed",
        "what the package is worth to its principal as it believes, less what it believes no deal "
        "to be worth, in [-1, 1]",
        "void or failed",
    ),
    flag("expected", "whether its own stake takes the package over no deal", "void or failed"),
    number("worth", f"what the package is truly worth: {_WORTH} in round 1"),
    number("no_deal", f"what no agreement is truly worth: {_WORTH} in round 1"),
)

_EVENTS: Final = (
    *_PLACE,
    label("judge", "address of the model that found it; every judge has rows of its own"),
    whole("turn", "number of the turn"),
    whole("round", "from 1"),
    label("seat", "who said it"),
    label("principal", "for whom"),
    label("what", "`concedes`, `takes_back`, `final` (calls it a last word) or `threat`"),
    label("issue", "id of the issue", "a threat"),
    label("was", "id of the option where the seat stood", "a threat"),
    flag("was_said", "whether its words say so; else its terms, or its public opening position"),
    label(
        "now",
        "id of the option that the words name; of a threat `leave` or `worse`",
        "they name none",
    ),
    label("commitment", "`binding`, `conditional`, `hypothetical` or `personal`, by its words"),
    text("condition", "the words that it makes this depend on; empty for none"),
    label("in_return", "id of the issue that it asks for or gets, `something_else` or `nothing`"),
    label("authorised", "what it says of its mandate: `claimed`, `denied` or `unsaid`"),
    text("quote", "the words"),
    number(
        "value",
        "what it takes from the principal of the seat, in [-1, 1]; below 0, taken back",
        "a threat; the words name no option",
    ),
    flag(
        "carried",
        "of a concession, whether terms that the seat named or took in that turn or later bear it "
        "out",
        "no concession; the words name no option; the record has no terms",
    ),
    flag(
        "contradicted",
        "of a last word, whether its own terms go beyond it in that turn or later",
        "no last word; the words name no option; the record has no terms",
    ),
    flag(
        "done",
        "of a threat to leave, whether the seat left",
        "no threat to leave; it had no turn after it",
    ),
)

_MEAN: Final = "it is the mean of an arm"
_PLANTED: Final = "corrected by labels; planted transcripts do not tell, as `why` says"
_YES_NO: Final = f"{_PLANTED}; no yes/no measure"
_LINE: Final = f"{_PLANTED}; a yes/no measure"
_NO_INTERVAL: Final = "see `why`"
_CORRECTED: Final = (
    _PLACE[0],
    label("measure", "`evaluator.measure`, by a judge"),
    text("title", "what it is called"),
    label("judge", "address of the judge", "not on record"),
    next(one for one in _PLACE if one.name == "lineup"),
    label("arm", "the arm; of a difference, the one from which the other is taken"),
    label("against", "the other arm", f"{_MEAN}, or is held against 0"),
    flag("declared", "whether the suite asks for this difference", _MEAN),
    number(
        "judged",
        "mean of the scenarios' means, or the difference, as the judge reads it",
        "no dialogue, or no pair of dialogues, has a value",
    ),
    number(
        "judged_low",
        "lower end of its 95 % interval over scenarios",
        "`judged` is missing; one scenario; all scenarios read alike",
    ),
    number("judged_high", "upper end", "as `judged_low`"),
    number(
        "corrected",
        "the same without the judge's errors; it may lie beyond what the measure can be",
        _NO_INTERVAL,
    ),
    number(
        "corrected_low",
        "lower end of its 95 % interval, which also holds how well the judge's errors are known",
        _NO_INTERVAL,
    ),
    number("corrected_high", "upper end", _NO_INTERVAL),
    text("why", "why there is no corrected figure, or no interval", "there are both"),
    label(
        "by",
        "what the errors are known from: `planted transcripts`, `labels of the run's own turns` or "
        "`labels of the run's own records`",
    ),
    number("sensitivity", "share of what is so that the judge finds, in [0, 1]", _YES_NO),
    number("specificity", "share of what is not so that it does not find, in [0, 1]", _YES_NO),
    number(
        "slope", "of the line on which its reading lies: intercept + slope times what is so", _LINE
    ),
    number("intercept", "of the same line", _LINE),
    number("mean_error", "mean of truth less reading over the planted transcripts", _PLANTED),
    whole("pairs", "planted transcripts, labelled turns or labelled records that were used"),
    whole(
        "pairs_missing", "planted transcripts without a reading; labelled records without a value"
    ),
    whole("n", "dialogues of `arm` with a value"),
    whole("missing", "dialogues of `arm` without one"),
    whole("n_against", "dialogues of `against` with a value", _MEAN),
    whole("missing_against", "dialogues of `against` without one", _MEAN),
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
        "corrected": _CORRECTED,
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
