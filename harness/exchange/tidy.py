"""The rows of the exported tables, one dialogue at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from harness.analysis.query import Query
from harness.disputes.scenario import Terms
from harness.evaluators.base import SEATS
from harness.evaluators.case import Case, case_of
from harness.evaluators.ledger import Step, ledger
from harness.exchange.measured import as_kind, measured
from harness.exchange.tables import COLUMNS, Column, Table
from harness.records.moves import SECOND
from harness.records.placement import PERSON, SCRIPTED
from harness.records.reader import RunFolder
from harness.records.transcript import Action, Transcript, Turn
from harness.report.rows import Row, dialogues

Record = dict[str, Any]
"""Name of a column -> a text, a number, yes or no; None where it is missing."""
_COMMITS: Final = frozenset({Action.PROPOSE, Action.ACCEPT})
"""What says how far it commits; the record writes the usual word for every other move."""
JOIN: Final = ";"
"""Between arms that share a dialogue."""


@dataclass(frozen=True)
class Chosen:
    """Which dialogues are exported, and how.

    Attributes:
        query: Only those of which it holds; None for all.
        by_arm: A row for each arm of a dialogue that arms share.
    """

    query: Query | None = None
    by_arm: bool = False


def columns_of(table: Table, folder: RunFolder) -> tuple[Column, ...]:
    """The columns of a table of a run.

    Raises:
        RecordError: A file of the run is damaged.
    """
    return COLUMNS[table] + (measured(folder) if table == "dialogues" else ())


def rows_of(table: Table, folder: RunFolder, chosen: Chosen = Chosen()) -> Iterator[Record]:
    """The rows of a table, in the order of the plan. One dialogue is held at a time.

    Raises:
        RecordError: A file of the run is damaged.
    """
    made = {
        "dialogues": _dialogue(columns_of(table, folder)) if table == "dialogues" else None,
        "moves": _moves,
        "concessions": _concessions,
        "scores": _scores(folder) if table == "scores" else None,
    }[table]
    assert made is not None
    for transcript, row in chosen_of(folder, chosen, whole=table == "dialogues"):
        case = case_of(transcript, folder.info)
        arms = row["arm"] if isinstance(row["arm"], tuple) else ()
        names = arms if chosen.by_arm else (JOIN.join(arms),)
        place: Record = {"run": folder.path.resolve().name}
        place |= {name: row[name] for name in ("id", "scenario", "twin", "epoch")}
        for record in made(case, row):
            for arm in names:
                yield {**record, **place, "arm": arm or None}


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


def _dialogue(columns: tuple[Column, ...]) -> Rows:
    def made(case: Case, row: Row) -> Iterator[Record]:
        talks = case.talks.outcome
        where = f"dialogue {case.transcript.id}"
        record: Record = {
            column.name: None
            if column.name == "arm"
            else as_kind(row.get(column.name), column, where)
            for column in columns
        }
        record["package"] = _json(talks.package)
        for seat in SEATS:
            terms = _terms(case, seat, talks.round)
            void = talks.kind == "void"
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
        "commitment": move.commitment.value if move.action in _COMMITS else None,
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
    """What counts for the principal of a seat; None where nobody sits in it."""
    principal = case.seats.get(seat)
    return None if principal is None else case.scenario.terms(principal, round_)


def _concessions(case: Case, _: Row) -> Iterator[Record]:
    turns = case.talks.turns
    for step in ledger(case):
        words = turns[step.turn].words if step.turn < len(turns) else None
        yield from _given(case, step, words)


def _given(case: Case, step: Step, words: str | None) -> Iterator[Record]:
    for given in step.given:
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
    lines = folder.score_lines()

    def made(case: Case, row: Row) -> Iterator[Record]:
        for score in lines.of(case.transcript.id).values():
            for name, value in score.values.items():
                word = value if isinstance(value, str) else None
                yield {
                    "model_o": row["model_o"],
                    "model_u": row["model_u"],
                    "evaluator": score.evaluator,
                    "version": score.version,
                    "measure": f"{score.evaluator}.{name}",
                    "value": None if value is None or isinstance(value, str) else float(value),
                    "word": word,
                    "why_null": score.why_null.get(name),
                }

    return made


def _model(case: Case, seat: str) -> str | None:
    """Who played a seat; None where it is not told."""
    spec = next((one for one in case.transcript.spec.seats if one.seat == seat), None)
    if spec is None:
        return None
    return spec.model or (spec.kind if spec.kind in (SCRIPTED, PERSON) else None)


def _json(package: Mapping[str, str] | None) -> str | None:
    return None if package is None else json.dumps(dict(package), ensure_ascii=False)


def is_scored(folder: RunFolder) -> bool:
    """Whether any dialogue of the run has a score."""
    return folder.score_lines().first() is not None
