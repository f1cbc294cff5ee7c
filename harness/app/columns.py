"""A run as data frames, or as plain columns, as ``pandas.DataFrame`` and its like take them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, overload

from harness.app.endings import worth_of
from harness.app.exporting import tidy_frames
from harness.app.runs import Notify, Run, load, unheard
from harness.errors import UsageError
from harness.exchange.arrow import Frames
from harness.exchange.tables import TABLES, Table
from harness.records.folder import LOG_DIR
from harness.records.placement import Placement, placement_of
from harness.records.reader import RunFolder
from harness.records.score import Score
from harness.records.transcript import Transcript
from harness.report.rows import tokens_of

Columns = dict[str, list[Any]]
"""Name of a column -> its values, one a row; all columns of a frame are equally long."""

_PLACE: Final = ("dialogue", "scenario", "twin", "epoch", "arms", "models")
DIALOGUES: Final = (
    *_PLACE,
    *("status", "outcome", "commitment", "round", "turns", "package", "worth"),
    *("void_kind", "void_seat", "void_reason"),
    *("repairs", "calls", "prompt_tokens", "completion_tokens"),
)
SCORES: Final = (*_PLACE, "evaluator", "version", "measure", "value", "why_null")


@overload
def frames(
    run: Run = ...,
    *,
    to: None = ...,
    log_dir: str | os.PathLike[str] = ...,
    notify: Notify = ...,
) -> dict[str, Columns]: ...


@overload
def frames(
    run: Run = ...,
    *,
    to: Frames,
    tables: Sequence[Table] = ...,
    by_arm: bool = ...,
    filter: str | None = ...,
    models_file: str | os.PathLike[str] | None = ...,
    log_dir: str | os.PathLike[str] = ...,
    notify: Notify = ...,
) -> dict[str, Any]: ...


def frames(
    run: Run = None,
    *,
    to: Frames | None = None,
    tables: Sequence[Table] = TABLES,
    by_arm: bool = False,
    filter: str | None = None,  # noqa: A002 - as the option is called
    models_file: str | os.PathLike[str] | None = None,
    log_dir: str | os.PathLike[str] = LOG_DIR,
    notify: Notify = unheard,
) -> dict[str, Any]:
    """The tables of a run: as data frames, or as plain columns, which need no further package.

    With ``to`` they are those of ``track15 export`` (docs/export.md): ``dialogues`` with a column
    for every score, ``moves``, ``concessions`` and ``scores``. What is missing is missing, never 0
    and never NaN: pandas has nullable types.

    Without it there are two. ``dialogues`` has a row a finished dialogue: where it stands in the
    run, how it ended (``outcome``, ``package``, ``worth`` by seat in [0, 1]), why it is void
    (``void_kind``, ``void_seat``, ``void_reason``; None elsewhere), unusable replies (``repairs``),
    and what it took. ``scores`` is long: a row a dialogue and measure (``evaluator.measure``), with
    ``value`` None where it is missing and ``why_null`` saying why. In both, ``arms`` is a tuple,
    since arms may share a dialogue, and ``models`` a dict, seat -> address or ``scripted``. Tokens
    are None where a server did not count, or where the calls of a seat are not on record.

    Args:
        run: As for :func:`~harness.app.load`.
        to: ``pandas`` or ``polars``; both come with the extra ``frames``.
        tables: Only these; with ``to``.
        by_arm: A row for each arm of a dialogue that arms share; with ``to``.
        filter: Only dialogues of which this holds, as ``track15 show --filter`` has it; with
            ``to``. Tables of the whole run are then left out.
        models_file: Models by name, with their prices; None for ``models.yaml`` here; with ``to``.
        log_dir: Folder that holds the run folders.
        notify: As for :func:`~harness.app.load`.

    Raises:
        UsageError: A name is unknown, an option needs ``to``, or a package is not installed.
        RecordError: There is no such run, or it is damaged.
    """
    others = by_arm or filter is not None or models_file is not None
    if to is None and (others or tuple(tables) != TABLES):
        raise UsageError(
            "tables, by_arm, filter and models_file are for data frames", fix='add to="pandas"'
        )
    folder = load(run, log_dir=log_dir, notify=notify)
    if to is not None:
        return tidy_frames(
            folder, to, tables=tables, by_arm=by_arm, filter=filter, models_file=models_file
        )
    dialogues: Columns = {name: [] for name in DIALOGUES}
    places: dict[str, Placement] = {}
    for transcript in folder.transcripts():
        place = places[transcript.id] = placement_of(folder, transcript)
        _add(dialogues, _dialogue(folder, transcript, place))
    scores: Columns = {name: [] for name in SCORES}
    for score in folder.scores():
        # A score without its dialogue is left out, as in findings.
        if (where := places.get(score.id)) is not None:
            for row in _measures(score, where):
                _add(scores, row)
    return {"dialogues": dialogues, "scores": scores}


def _add(columns: Columns, row: Mapping[str, Any]) -> None:
    for name, values in columns.items():
        values.append(row[name])


def _placed(dialogue: str, place: Placement) -> dict[str, Any]:
    return {
        "dialogue": dialogue,
        "scenario": place.scenario,
        "twin": place.twin,
        "epoch": place.epoch,
        "arms": place.arms,
        "models": dict(place.models),
    }


def _dialogue(folder: RunFolder, transcript: Transcript, place: Placement) -> dict[str, Any]:
    spec, talks, void = transcript.spec, transcript.body, transcript.void
    outcome = talks.outcome
    scenario = folder.info.scenario(spec.scenario, spec.twin)
    prompt, completion = tokens_of(transcript)
    return {
        **_placed(transcript.id, place),
        "status": transcript.status,
        "outcome": outcome.kind,
        "commitment": None if outcome.commitment is None else outcome.commitment.value,
        "round": outcome.round,
        "turns": sum(turn.kind == "statement" for turn in talks.turns),
        "package": None if outcome.package is None else dict(outcome.package),
        "worth": {s.seat: worth_of(transcript, scenario, s.principal) for s in spec.seats},
        "void_kind": None if void is None else void.kind,
        "void_seat": None if void is None else void.seat,
        "void_reason": None if void is None else void.detail,
        "repairs": sum(transcript.repairs_of(seat.seat) for seat in spec.seats),
        "calls": len(transcript.calls),
        "prompt_tokens": prompt,
        "completion_tokens": completion,
    }


def _measures(score: Score, place: Placement) -> Iterator[dict[str, Any]]:
    for name, value in score.values.items():
        yield {
            **_placed(score.id, place),
            "evaluator": score.evaluator,
            "version": score.version,
            "measure": f"{score.evaluator}.{name}",
            "value": value,
            "why_null": score.why_null.get(name),
        }
