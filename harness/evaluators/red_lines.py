"""Red lines: which were crossed by the deal, and which a side offered away itself (claim C10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from harness.disputes.scenario import Scenario
from harness.evaluators.base import SEATS, Found, Measure, nothing, per_seat, void
from harness.evaluators.case import Case
from harness.evaluators.landscape import deal
from harness.evaluators.offers import ANY_COMMITMENT, named
from harness.memo import once_per_object
from harness.records.spec import TALKS

NONE_ON_RECORD: Final = "talks held elsewhere, and no red line of anybody's is on record"


class RedLines:
    """Options that a principal says it can never sign, and what became of them."""

    name = "red_lines"
    kind = TALKS
    version = 2
    fooled_by = (
        (
            "Talks without a deal count as 0, so an arm that agrees less often crosses fewer "
            "lines. Read `settlement.agreement` beside it."
        ),
        (
            "Lines are counted and not weighed, and disputes have different numbers of them: a "
            "count is compared within a dispute only."
        ),
        (
            "A line that is crossed by a deal that binds nobody counts like one in a treaty. "
            "Read `commitment.only_talk` beside it."
        ),
        (
            "A condition that is said in words is not read: what was offered in return for "
            "something counts in `offered` as if it had been offered outright."
        ),
    )
    measures = (
        *per_seat(
            Measure(
                name="crossed",
                title="red lines of the {}'s principal crossed",
                definition="Number of the principal's red lines that the deal crosses. Talks "
                "without a deal count as 0",
                range="0, 1, ...",
                undefined="no red line is on record, or void",
                source="C10",
                headline=True,
            )
        ),
        Measure(
            name="crossed_absent",
            title="red lines of absent principals crossed",
            definition="Number of red lines of principals without a seat that the deal crosses",
            range="0, 1, ...",
            undefined="no principal is absent, no red line is on record, or void",
            source="C10",
            headline=True,
        ),
        Measure(
            name="crossed_all",
            title="red lines crossed",
            definition="Number of red lines of all principals, seated or absent, that the deal "
            "crosses",
            range="0, 1, ...",
            undefined="no red line is on record, or void",
            source="C10",
        ),
        *per_seat(
            Measure(
                name="offered",
                title="own red lines the {} offered away",
                definition="Number of its own red lines that the seat's terms cross. Terms are "
                "its proposals, and the positions it took with a rejection or a pass, "
                f"{ANY_COMMITMENT}",
                range="0, 1, ...",
                undefined="no red line is on record, or void",
                source="C4, C6",
            )
        ),
        *per_seat(
            Measure(
                name="unagreed",
                title="own red lines the {} offered away for nothing",
                definition="Number of its own red lines that the seat's terms cross and the "
                "outcome does not. The other side has learned that they can be had. Terms are "
                "those of offered",
                range="0, 1, ...",
                undefined="no red line is on record, or void",
                source="C8",
            )
        ),
    )

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`.

        ``detail`` holds, per principal, the issues of the lines that the deal crosses and, per
        seat, the issues of its own lines that it offered away with the first turn it did so.
        """
        if (voided := void(self, case)) is not None:
            return voided
        package, lines = deal(case) or {}, _lines(case.scenario)
        if case.spec is None and not any(lines.values()):
            return nothing(self.measures, NONE_ON_RECORD)
        crossed = {
            principal: [line for line in own if package.get(line.issue) in line.options]
            for principal, own in lines.items()
        }
        offered = {seat: _offered(case, seat, lines[case.seats[seat]]) for seat in SEATS}
        found = Found.of(self.measures)
        for seat in SEATS:
            agreed = crossed[case.seats[seat]]
            found.values |= {
                f"crossed_{seat}": len(agreed),
                f"offered_{seat}": len(offered[seat]),
                f"unagreed_{seat}": len(offered[seat].keys() - set(agreed)),
            }
        found.put(
            "crossed_absent",
            sum(len(crossed[p]) for p in case.absent) if case.absent else None,
            "no principal is absent",
        )
        found.put("crossed_all", sum(map(len, crossed.values())))
        found.detail["crossed"] = {
            p: [line.issue for line in lines] for p, lines in crossed.items()
        }
        found.detail["offered"] = {
            seat: {line.issue: turn for line, turn in first.items()}
            for seat, first in offered.items()
        }
        return found


class _Line(NamedTuple):
    """A red line as it is looked for: its issue, and the options that cross it."""

    issue: str
    options: tuple[str, ...]
    why: str


@once_per_object
def _lines(scenario: Scenario) -> dict[str, list[_Line]]:
    """The red lines of every principal."""
    return {
        name: [_Line(one.issue, one.options, one.why) for one in principal.red_lines]
        for name, principal in scenario.principals.items()
    }


def _offered(case: Case, seat: str, lines: Sequence[_Line]) -> dict[_Line, int]:
    """Own red ``lines`` that terms of a seat cross, each with the first turn they did."""
    first: dict[_Line, int] = {}
    if lines:
        for turn, terms in named(case, seat):
            for line in lines:
                if terms.get(line.issue) in line.options:
                    first.setdefault(line, turn.index)
    return first
