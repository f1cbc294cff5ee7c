"""One row a dialogue: where it stands, who played, how it ended, what it took, and every score.

A row has the names of :data:`FIELDS`, and each score under its full name, ``evaluator.measure``.
What is missing is None, or not there; it is never 0.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from harness.analysis.query import Value
from harness.errors import RecordError
from harness.evaluators.base import Measure, kind_of
from harness.evaluators.registry import builtin
from harness.records.placement import PERSON, SCRIPTED, Placement, placement_of
from harness.records.reader import RunFolder
from harness.records.score import Score
from harness.records.spec import TALKS
from harness.records.transcript import Transcript
from harness.report.wording import MISSING, plain, signed

Row = dict[str, Value]
"""Name -> value."""

FIELDS: Final[Mapping[str, str]] = {
    "id": "its id",
    "arm": "its arms: talks that arms share have several",
    "scenario": "the dispute",
    "twin": "none, names, seats or both",
    "epoch": "number of the repetition, from 1",
    "model_o": "who played the official seat: a model's address, or scripted",
    "model_u": "the same of the other seat",
    "ending": "deal, no_deal, walk_out, void or failed; unknown of talks held elsewhere",
    "commitment": "of a deal: binding, ad_referendum, hypothetical or personal",
    "round": "in which it ended, from 1",
    "turns": "statements at the table",
    "void_kind": "why it is void or failed: reply, prompt, limit, endpoint, delegation, budget",
    "void_seat": "the seat that it is void by",
    "void_reason": "the same in words",
    "repairs": "replies that could not be used",
    "calls": "calls of models",
    "prompt_tokens": "as the servers counted them; missing where one did not, or where the calls "
    "of a seat are not on record",
    "completion_tokens": "the same of the replies",
}
"""Name of a field -> what it holds."""

SEEN: Final = frozenset({SCRIPTED, PERSON, "model"})
"""Kinds of seats whose calls of models are all on record; what others ask is their own."""
_PREFERRED: Final = {
    "skew": "settlement.skew",
    "agreement": "settlement.agreement",
    "gap": "concessions.gap",
}
"""Which of several measures of one name the short name means."""


def short_names() -> dict[str, str]:
    """Short name -> full name of a score: the last part of it, where no other built-in measure of a
    dialogue and no field is called so; and :data:`_PREFERRED`."""
    found: dict[str, list[str]] = {}
    for full in _measures():
        found.setdefault(full.partition(".")[2], []).append(full)
    unique = {name: full[0] for name, full in found.items() if len(full) == 1}
    return {name: full for name, full in (unique | _PREFERRED).items() if name not in FIELDS}


def names_in(folder: RunFolder) -> dict[str, str]:
    """Name as it may be written -> name in a row: fields, scores by their full and short names, and
    what evaluators of the user's own have found in this run.

    Raises:
        RecordError: A file of the run is damaged.
    """
    lines = folder.score_lines()
    first = lines.first()
    return names_with(() if first is None else _scores_in(lines.of(first)))


def names_with(found: Iterable[str]) -> dict[str, str]:
    """As :func:`names_in`, where ``found`` is what evaluators of whatever kind have found."""
    names = {name: name for name in (*FIELDS, *_measures())} | short_names()
    return names | {name: name for name in found}


def rows(folder: RunFolder, wanted: Collection[str] | None = None) -> Iterator[Row]:
    """The row of every finished dialogue, in the order of the plan.

    Args:
        folder: The run.
        wanted: Names in rows; scores of other evaluators are not read. None for all.

    Raises:
        RecordError: A file of the run is damaged.
    """
    for _, row in dialogues(folder, wanted):
        yield row


def dialogues(
    folder: RunFolder,
    wanted: Collection[str] | None = None,
    ids: Sequence[str] | None = None,
) -> Iterator[tuple[Transcript, Row]]:
    """As :func:`rows`, each with its dialogue. One is held at a time.

    Args:
        folder: The run.
        wanted: As for :func:`rows`.
        ids: Only these dialogues, in this order.

    Raises:
        RecordError: A file of the run is damaged, or has no such dialogue.
    """
    evaluators = _evaluators(wanted)
    lines = None if evaluators == set() else folder.score_lines()
    found = _in_plan_order(folder) if ids is None else folder.read(ids)
    for transcript in found:
        scores = {} if lines is None else lines.of(transcript.id, evaluators)
        yield transcript, row_of(transcript, placement_of(folder, transcript), scores)


def row_of(transcript: Transcript, place: Placement, scores: Mapping[str, Score]) -> Row:
    """The row of one dialogue.

    Args:
        transcript: The dialogue.
        place: Where it stands in its run.
        scores: Evaluator -> what it found.
    """
    talks, void = transcript.body, transcript.void
    outcome = talks.outcome
    prompt, completion = tokens_of(transcript)
    return {
        "id": transcript.id,
        "arm": place.arms,
        "scenario": place.scenario,
        "twin": place.twin,
        "epoch": place.epoch,
        "model_o": place.models.get("o"),
        "model_u": place.models.get("u"),
        "ending": outcome.kind if transcript.status == "done" else transcript.status,
        "commitment": None if outcome.commitment is None else outcome.commitment.value,
        "round": outcome.round,
        "turns": sum(turn.kind == "statement" for turn in talks.turns),
        "void_kind": None if void is None else void.kind,
        "void_seat": None if void is None else void.seat,
        "void_reason": None if void is None else void.detail,
        "repairs": sum(1 for _ in transcript.repairs()),
        "calls": len(transcript.calls),
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        **_scores_in(scores),
    }


def tokens_of(transcript: Transcript) -> tuple[int | None, int | None]:
    """Tokens of the prompts and of the replies of a dialogue. None where a server did not count
    one, or where somebody spoke whose calls are not on record; 0 where nobody asked a model."""
    seen = {call.seat for call in transcript.calls}
    if any(seat.kind not in SEEN and seat.seat not in seen for seat in transcript.spec.seats):
        return None, None
    usages = [call.usage for call in transcript.calls]
    return _sum([one.prompt for one in usages]), _sum([one.completion for one in usages])


def written(name: str, value: Value, measures: Mapping[str, Measure]) -> str:
    """A value of a row as people read it; the dash where it is missing.

    Args:
        name: Its name in rows.
        value: The value.
        measures: Full name -> definition, as far as one is known.
    """
    if value is None:
        return MISSING
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value.replace("_", " ") if name in ("ending", "commitment") else value
    counts = name in FIELDS
    if not counts and (measure := measures.get(name)) is not None:
        counts = measure.range.startswith(("0, 1,", "1, 2,"))
        if measure.range.startswith("-") or "+" in measure.range:
            return signed(value)
    return f"{value:,.0f}" if counts else plain(value)


def _measures() -> list[str]:
    """Full names of what built-in evaluators find in dialogues."""
    return [
        f"{evaluator.name}.{measure.name}"
        for evaluator in builtin()
        if kind_of(evaluator) == TALKS
        for measure in evaluator.measures
    ]


def _scores_in(scores: Mapping[str, Score]) -> Row:
    """Every score; what an evaluator of the user's own found and is no number is missing."""
    return {
        f"{score.evaluator}.{name}": value if is_value(value) else None
        for score in scores.values()
        for name, value in score.values.items()
    }


def is_value(value: Value) -> bool:
    """Whether something found is a value: a number that is none is missing."""
    return not isinstance(value, float) or math.isfinite(value)


def _evaluators(wanted: Collection[str] | None) -> set[str] | None:
    """Whose scores are wanted; None for all."""
    if wanted is None:
        return None
    return {name.partition(".")[0] for name in wanted if name not in FIELDS}


def _in_plan_order(folder: RunFolder) -> Iterator[Transcript]:
    """Every finished dialogue; a run that is in play has its file in the order of the finish."""
    try:
        places = folder.places()
    except RecordError:
        return folder.transcripts()  # says what is wrong where it is read
    index = folder.index()
    planned = [key for key in places if key in index]
    if planned == sorted(index, key=lambda key: index[key][0]):
        return folder.transcripts()
    placed = set(planned)
    return folder.read([*planned, *(key for key in index if key not in placed)])


def _sum(counts: Sequence[int | None]) -> int | None:
    """None where one of them is not known."""
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None
