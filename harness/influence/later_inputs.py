"""What leads into later real talks, read from the records of what came before: what those who
advise one side made of what they read, and what an earlier meeting gave away.

Of a reader only its answers are read. Of the meeting only what was said at its table is: moves, and
how it ended, never a thought, a brief or a value.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from harness.disputes.scenario import Package, Scenario
from harness.incentives.hand import Hand, estimate
from harness.incentives.shift import Shift, Values, shift_of
from harness.records.later import LaterSpec
from harness.records.moves import SECOND
from harness.records.transcript import Action, StageRecord, Transcript

BEFORE: Final = "before"
AFTER: Final = "after"
"""What a scripted panel's stages are called; those of one reader are ``before_ID``."""
ByPrincipal = Mapping[str, Values]
"""Principal -> what a reader says each option is worth to it."""


@dataclass(frozen=True)
class Heard:
    """What reaches a delegation from those who advise it.

    Attributes:
        pairs: Reader -> what it said before, and after; those who answered twice, as they advise.
        unheard: The others.
    """

    pairs: Mapping[str, tuple[ByPrincipal, ByPrincipal]] = field(default_factory=dict)
    unheard: tuple[str, ...] = ()

    def shift(self, principal: str, persuadable: float) -> Shift:
        """What they change in a belief about ``principal`` that follows them so far."""
        both = [(old[principal], new[principal]) for old, new in self.pairs.values()]
        return shift_of(both, persuadable)


@dataclass(frozen=True)
class Put:
    """What one side put and accepted at a table, and how that ended.

    Attributes:
        proposed: Its packages in order, the second of two after the first.
        accepted: Packages of others that it accepted.
        seconds: Indices, in ``proposed``, of packages that stood beside the one before.
    """

    proposed: tuple[Package, ...]
    accepted: tuple[Package, ...]
    seconds: frozenset[int] = frozenset()


def nodes_of(reader: str, there: Collection[str]) -> tuple[str, str] | None:
    """The names of the two stages in which a reader answers; None where it is not asked twice.

    Args:
        there: Names of the stages that there are.
    """
    found = [
        next((name for name in (f"{when}_{reader}", when) if name in there), None)
        for when in (BEFORE, AFTER)
    ]
    before, after = found
    return None if before is None or after is None else (before, after)


def can_be_heard(spec: LaterSpec, missing: Collection[str]) -> int:
    """How many advising readers may have answered twice, where ``missing`` have no result."""
    nodes = (nodes_of(reader, spec.inputs) for reader in spec.advising or ())
    return sum(found is not None and not set(found) & set(missing) for found in nodes)


def heard(spec: LaterSpec, inputs: Mapping[str, StageRecord]) -> Heard:
    """Those advising readers that have answered before and after. One that has not, or not for
    every option of both principals, is no opinion: it is named among the unheard."""
    principals = [spec.talks.seat(seat).principal for seat in ("o", "u")]
    pairs, unheard = {}, []
    for reader in spec.advising or ():
        nodes = nodes_of(reader, spec.inputs)
        said = [_answer(inputs.get(name), reader, principals) for name in nodes or ()]
        before, after = said if len(said) == 2 else (None, None)
        if before is None or after is None or not _alike(before, after, principals):
            unheard.append(reader)
        else:
            pairs[reader] = (before, after)
    return Heard(pairs, tuple(unheard))


def _answer(
    record: StageRecord | None, reader: str, principals: Collection[str]
) -> ByPrincipal | None:
    """What a reader said of these principals; None where it has no answer."""
    for answer in () if record is None else record.body.answers:
        if answer.reader == reader and answer.values and set(principals) <= answer.values.keys():
            values: ByPrincipal = answer.values
            return values
    return None


def _alike(before: ByPrincipal, after: ByPrincipal, principals: Collection[str]) -> bool:
    """Whether both speak of the same options."""

    def options(said: ByPrincipal) -> list[dict[str, set[str]]]:
        return [{issue: set(values) for issue, values in said[p].items()} for p in principals]

    return options(before) == options(after)


def put_by(meeting: Transcript, principal: str) -> Put:
    """What was put and accepted for a principal at a meeting, as everybody at its table heard."""
    seats = {seat.seat for seat in meeting.spec.seats if seat.principal == principal}
    packages: dict[str, Package] = {}
    proposed: list[Package] = []
    accepted: list[Package] = []
    seconds: list[int] = []
    for turn in meeting.body.turns:
        move = turn.move
        if turn.kind != "statement" or move is None:
            continue
        if move.action is Action.PROPOSE and turn.offer is not None:
            named = {turn.offer: move.package, f"{turn.offer}{SECOND}": move.or_package}
            new = {name: package for name, package in named.items() if package is not None}
            packages |= new
            if turn.seat in seats:
                if len(new) > 1:
                    seconds.append(len(proposed) + 1)
                proposed += new.values()
        elif move.action is Action.ACCEPT and turn.seat in seats and move.offer in packages:
            accepted.append(packages[move.offer])
    return Put(tuple(proposed), tuple(accepted), frozenset(seconds))


def hand_of(meeting: Transcript, scenario: Scenario, principal: str) -> Hand | None:
    """What a meeting gave away of a principal; None where nothing was put or accepted for it."""
    put = put_by(meeting, principal)
    return estimate(scenario, principal, put.proposed, put.accepted)
