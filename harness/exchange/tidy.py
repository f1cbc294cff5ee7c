"""The rows of the exported tables, one dialogue at a time."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.analysis.costs import Price
from harness.analysis.query import Query
from harness.disputes.scenario import Terms
from harness.evaluators.base import SEATS
from harness.evaluators.case import Case, case_of
from harness.evaluators.ledger import Step, ledger
from harness.exchange.column import Column
from harness.exchange.corrected import corrected_figures
from harness.exchange.followed import measured_of_episodes
from harness.exchange.measured import as_kind, by_judge_in, measured
from harness.exchange.probed import Episode, answers_of, episodes_of
from harness.exchange.tables import COLUMNS, Table
from harness.exchange.took import Took
from harness.exchange.worded import WORDS, events_of
from harness.records.moves import SECOND
from harness.records.placement import models_of
from harness.records.reader import RunFolder
from harness.records.transcript import Action, Call, Transcript, Turn
from harness.report.rows import Row, dialogues

Record = dict[str, Any]
"""Name of a column -> a text, a number, yes or no; None where it is missing."""
_COMMITS: Final = frozenset({Action.PROPOSE, Action.ACCEPT})
"""What says how far it commits; the record writes the usual word for every other move."""
JOIN: Final = ";"
"""Between arms that share a dialogue."""


def unpriced(call: Call, cached: int | None) -> None:
    """Nobody has told a price."""


@dataclass(frozen=True)
class Chosen:
    """Which dialogues are exported, and how.

    Attributes:
        query: Only those of which it holds; None for all.
        by_arm: A row for each arm of a dialogue that arms share.
        public: Only what everyone at the table heard.
        price: What a call cost; left out, that is not known.
    """

    query: Query | None = None
    by_arm: bool = False
    public: bool = False
    price: Price = unpriced


def run_name(folder: RunFolder) -> str:
    """The name of the run's folder; bytes of it that are no text are escaped."""
    return folder.path.resolve().name.encode(errors="backslashreplace").decode()


def columns_of(table: Table, folder: RunFolder, *, public: bool = False) -> tuple[Column, ...]:
    """The columns of a table of a run.

    Args:
        table: The table.
        folder: The run.
        public: Only those that hold nothing private.

    Raises:
        RecordError: A file of the run is damaged.
    """
    if public:
        return tuple(column for column in COLUMNS[table] if not column.private)
    return COLUMNS[table] + (measured(folder) if table == "dialogues" else ())


def rows_of(table: Table, folder: RunFolder, chosen: Chosen = Chosen()) -> Iterator[Record]:
    """The rows of a table, in the order of the plan. One dialogue is held at a time.

    Those of :data:`~harness.exchange.tables.OF_WHOLE` are of all dialogues, whatever was chosen.
    A public export has the columns of :func:`columns_of`, and no turn that was private to a seat.

    Raises:
        RecordError: A file of the run is damaged.
    """
    if table == "probes":
        rows = _probes(folder, chosen)
    elif table == "episodes":
        rows = _episodes(folder, chosen)
    elif table == "corrected":
        rows = ({"run": run_name(folder), **row} for row in corrected_figures(folder))
    else:
        rows = _of_talks(table, folder, chosen)
    if not chosen.public:
        yield from rows
        return
    names = [column.name for column in columns_of(table, folder, public=True)]
    for row in rows:
        if table != "moves" or row["kind"] == "statement":
            yield {name: row[name] for name in names}


def _of_talks(table: Table, folder: RunFolder, chosen: Chosen) -> Iterator[Record]:
    made: Rows
    if table == "dialogues":
        made = _dialogue(columns_of(table, folder), Took(folder, chosen.price))
    elif table == "scores":
        made = _scores(folder)
    elif table == "words":
        made = _words(folder)
    else:
        made = _moves if table == "moves" else functools.partial(_concessions, public=chosen.public)
    for transcript, row in chosen_of(folder, chosen, whole=table == "dialogues"):
        case = case_of(transcript, folder.info)
        place: Record = {"run": run_name(folder), "lineup": folder.place(transcript.id).lineup}
        place |= {name: row[name] for name in _PLACED}
        arms = row["arm"] if isinstance(row["arm"], tuple) else ()
        for record in made(case, row):
            yield from _by_arm({**record, **place}, arms, chosen)


_PLACED: Final = ("id", "scenario", "twin", "epoch", "model_o", "model_u")


def _by_arm(record: Record, arms: Sequence[str], chosen: Chosen) -> Iterator[Record]:
    """A row with its arms, or one for each of them."""
    for arm in arms if chosen.by_arm else (JOIN.join(arms),):
        yield {**record, "lineup": record["lineup"] or None, "arm": arm or None}


def _episodes(folder: RunFolder, chosen: Chosen) -> Iterator[Record]:
    """What was measured of the episodes that the chosen dialogues belong to."""
    for record in measured_of_episodes(folder, _belonging(folder, chosen)):
        yield {"run": run_name(folder), **record}


def _belonging(folder: RunFolder, chosen: Chosen) -> set[Episode] | None:
    """The episodes that the chosen dialogues belong to; None for all."""
    if chosen.query is None:
        return None
    return {
        episode
        for transcript, row in chosen_of(folder, chosen, whole=False)
        for episode in episodes_of(row, folder.place(transcript.id).lineup)
    }


def _probes(folder: RunFolder, chosen: Chosen) -> Iterator[Record]:
    """Those of the episodes that the chosen dialogues belong to."""
    episodes = _belonging(folder, chosen)
    for arms, record in answers_of(folder, episodes):
        yield from _by_arm({"run": run_name(folder), **record}, arms, chosen)


def chosen_of(
    folder: RunFolder, chosen: Chosen, *, whole: bool
) -> Iterator[tuple[Transcript, Row]]:
    """The dialogues that are exported, each with its row.

    Args:
        folder: The run.
        chosen: Which.
        whole: With every score; else with those that ``chosen`` asks about.
    """
    asked = () if chosen.query is None else chosen.query.names
    for transcript, row in dialogues(folder, None if whole else asked):
        if chosen.query is None or chosen.query.holds(row):
            yield transcript, row


Rows = Callable[[Case, Row], Iterator[Record]]


def _dialogue(columns: tuple[Column, ...], took: Took) -> Rows:
    def made(case: Case, row: Row) -> Iterator[Record]:
        talks = case.talks.outcome
        where = f"dialogue {case.transcript.id}"
        record: Record = {
            column.name: None
            if column.name == "arm"
            else as_kind(row.get(column.name), column, where)
            for column in columns
        }
        record |= took.of(case.transcript)
        record["package"] = _json(talks.package)
        for seat in SEATS:
            terms = _terms(case, seat, talks.round)
            void = talks.agreed is None
            record[f"no_deal_{seat}"] = None if terms is None else terms.reservation
            record[f"worth_{seat}"] = None if terms is None or void else terms.worth(talks.package)
        yield record

    return made


def _moves(case: Case, _: Row) -> Iterator[Record]:
    put = dict[str, Mapping[str, str]]()
    for turn in case.talks.turns:
        move = turn.move
        package: Mapping[str, str] | None = None if move is None else move.package
        if move is not None and turn.offer and move.package is not None:
            put[turn.offer] = move.package
            if move.or_package is not None:
                put[turn.offer + SECOND] = move.or_package
        if move is not None and move.action is Action.ACCEPT and package is None:
            package = put.get(move.offer or "")
        yield {
            "turn": turn.index,
            "round": turn.round,
            "step": turn.step,
            "seat": turn.seat,
            "principal": case.seats.get(turn.seat),
            "model": _model(case, turn.seat),
            "kind": turn.kind,
            **_move(turn),
            "package": _json(package),
            **_worths(case, turn.round, package),
            "words": turn.words,
            "thoughts": turn.thoughts,
            "repairs": len(turn.repairs),
        }


def _move(turn: Turn) -> Record:
    move = turn.move
    if move is None:
        names = ("action", "commitment", "or_package", "position", "side_terms")
        return {**dict.fromkeys(names), "offer": turn.offer}
    return {
        "action": move.action.value,
        "offer": turn.offer or move.offer,
        "commitment": move.word.value if move.commitment and move.action in _COMMITS else None,
        "or_package": _json(move.or_package),
        "position": _json(move.position),
        "side_terms": move.side_terms,
    }


def _worths(case: Case, round_: int, package: Mapping[str, str] | None) -> Record:
    found: Record = {}
    for seat in SEATS:
        terms = _terms(case, seat, round_)
        known = terms is not None and package is not None
        found[f"worth_{seat}"] = terms.worth(package) if known and terms is not None else None
        found[f"no_deal_{seat}"] = None if terms is None else terms.reservation
    return found


def _terms(case: Case, seat: str, round_: int) -> Terms | None:
    """What counts for the principal of a seat; None where nobody sits in it, or nobody told."""
    principal = None if "values" in case.lacking else case.seats.get(seat)
    return None if principal is None else case.scenario.terms(principal, round_)


def _concessions(case: Case, _: Row, *, public: bool) -> Iterator[Record]:
    turns = case.talks.turns
    for step in ledger(case):
        words = turns[step.turn].words if step.turn < len(turns) else None
        yield from _given(case, step, words, public=public)


def _given(case: Case, step: Step, words: str | None, *, public: bool) -> Iterator[Record]:
    # The costliest stands first, and costs are private.
    issues = sorted(step.given, key=lambda given: given.issue) if public else step.given
    for given in issues:
        crosses = [principal for principal, issue in step.crossed if issue == given.issue]
        yield {
            "turn": step.turn,
            "round": step.round,
            "seat": step.seat,
            "principal": case.seats[step.seat],
            "model": _model(case, step.seat),
            "kind": step.kind,
            "offer": step.offer,
            "commitment": None if step.commitment is None else step.commitment.value,
            "issue": given.issue,
            "was": given.was,
            "now": given.now,
            "cost": given.cost,
            "worth": given.worth,
            "own": step.own,
            "own_before": step.before,
            "other": step.other,
            "no_deal": step.no_deal,
            "below": step.below,
            "fell": step.fell,
            "crosses": JOIN.join(crosses) or None,
            "answer_turn": None if step.answer is None else step.answer.turn,
            "answer": None if step.answer is None else step.answer.action.value,
            "words": words,
        }


def _scores(folder: RunFolder) -> Rows:
    lines, judges = folder.score_lines(), by_judge_in(folder)

    def made(case: Case, _: Row) -> Iterator[Record]:
        for score in lines.of(case.transcript.id).values():
            for name, value in score.values.items():
                word = value if isinstance(value, str) else None
                yield {
                    "evaluator": score.evaluator,
                    "version": score.version,
                    "measure": f"{score.evaluator}.{name}",
                    "value": None if value is None or isinstance(value, str) else float(value),
                    "word": word,
                    "why_null": score.why_null.get(name),
                    "by_judge": judges.get(f"{score.evaluator}.{name}"),
                }

    return made


def _words(folder: RunFolder) -> Rows:
    lines = folder.score_lines()

    def made(case: Case, _: Row) -> Iterator[Record]:
        score = lines.of(case.transcript.id).get(WORDS)
        yield from () if score is None else events_of(case, score)

    return made


def _model(case: Case, seat: str) -> str | None:
    """Who played a seat; None where it is not told."""
    return models_of(case.transcript).get(seat)


def _json(package: Mapping[str, str] | None) -> str | None:
    return None if package is None else json.dumps(dict(package), ensure_ascii=False)


def is_scored(folder: RunFolder) -> bool:
    """Whether any dialogue of the run has a score."""
    return folder.score_lines().first() is not None
