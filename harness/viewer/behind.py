"""The way from a number of the chain to the text behind it: the episodes of an arm by what was
measured of them, the worst first, each with the counterfactual beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from harness.analysis.chain_behind import low_first
from harness.analysis.chain_finding import LinkFinding
from harness.analysis.findings import Findings
from harness.analysis.query import in_quotes
from harness.records.episodes import SEATS, lineup_name
from harness.records.reader import RunFolder
from harness.report.chain_behind import TALKS, Leads
from harness.viewer import chains
from harness.viewer.listing import DOWN
from harness.viewer.pages import href

Values = Mapping[tuple[str, str, str], float]
"""(last stage, arm, line-up) -> value of a measure."""


def leads_in(run: str, findings: Findings, *, private: bool) -> Leads:
    """Where the numbers of a chain lead in the viewer: those of what follows the talks to the
    episodes of the arm, those of the talks to its dialogues.

    Args:
        run: Its name.
        findings: Of the run.
        private: Whether what was private stays shown on the way.
    """
    kept = {"private": "1" if private else None}

    def players(number: int) -> list[tuple[str, str]]:
        """The fields of dialogues that tell a line-up from the others, with who plays in it."""
        lineups = [one.models for one in findings.by_model]
        own = lineups[number] if lineups else {}
        return [
            (f"model_{SEATS[role]}", model)
            for role, model in own.items()
            if role in SEATS and any(one[role] != model for one in lineups)
        ]

    def lead(number: int, link: LinkFinding, side: int | None) -> str:
        models = findings.by_model[number].models if findings.by_model else {}
        measure = link.effect.contrast.measure
        arm = link.sides[side or 0].arm
        if link.link == TALKS:
            sort = measure if low_first(measure) else f"{DOWN}{measure}"
            own = {"arm": arm} if side is not None or len(link.sides) < 2 else {}
            same = [] if own else [_arms(link)]
            same += [f"{model_of} == {in_quotes(model)}" for model_of, model in players(number)]
            asked = {**own, "sort": sort, "filter": " and ".join(same), **kept}
            return href("runs", run, **asked) + "#dialogues"
        against = link.sides[1].arm if side is None and len(link.sides) > 1 else None
        told = {"arm": arm, "by": measure, "against": against}
        lineup = lineup_name(models) if models else None
        return href("runs", run, "episodes", **told, lineup=lineup, **kept)

    return lead


def _arms(link: LinkFinding) -> str:
    """A filter of dialogues: those of both arms of a link."""
    return f"arm in ({', '.join(side.arm for side in link.sides)})"


def values_of(folder: RunFolder, measure: str) -> Values:
    """A measure in every episode that has a value. It takes a pass over the scores: whoever turns
    pages keeps it."""
    evaluator, _, name = measure.partition(".")
    several = bool(folder.info.lineups)
    found: dict[tuple[str, str, str], float] = {}
    for score in folder.scores(evaluator=evaluator):
        value = score.values.get(name)
        if len(score.arms) == 1 and isinstance(value, bool | int | float):
            seats = {role: score.models.get(seat, "") for role, seat in SEATS.items()}
            found[score.id, score.arms[0], lineup_name(seats) if several else ""] = float(value)
    return found


@dataclass(frozen=True)
class Ranked:
    """An episode in the order of a measure.

    Attributes:
        number: In the index.
        value: Of the measure; None where it has none.
        against: Id of the last stage of the other arm's episode at the same place; None where none
            is asked for, or there is none.
        other: The measure there; None likewise, and where that has none.
    """

    number: int
    value: float | None
    against: str | None = None
    other: float | None = None

    @property
    def difference(self) -> float | None:
        """None where either has no value."""
        return None if self.value is None or self.other is None else self.value - self.other


def ranked(
    db: sqlite3.Connection, values: Values, measure: str, picked: chains.Picked, against: str = ""
) -> list[Ranked]:
    """The episodes of an arm, the worst first, equal ones and those without a value as planned.

    Args:
        db: The index.
        values: Of the measure.
        picked: Whose episodes. The counterfactual is looked for only where an arm is picked.
        against: The arm of the counterfactual, and the order is that of the difference then; empty
            for none.
    """
    others = {}
    if against and picked.arm:
        other = chains.Picked(against, picked.scenario, picked.lineup)
        others = {one.place: one for one in chains.places(db, other)}
    found = []
    for one in chains.places(db, picked):
        key = others.get(one.place)
        found.append(
            Ranked(
                one.number,
                values.get((one.last, one.arm, one.lineup)),
                None if key is None else key.last,
                None if key is None else values.get((key.last, against, key.lineup)),
            )
        )
    sign = 1 if low_first(measure) else -1

    def badness(one: Ranked) -> tuple[bool, float]:
        size = one.difference if others else one.value
        return size is None, 0.0 if size is None else sign * size

    return sorted(found, key=badness)
