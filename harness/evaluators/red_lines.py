"""Red lines: which were crossed by the deal, and which a side offered away itself (claim C10)."""

from __future__ import annotations

from harness.evaluators.base import SEATS, Found, Measure, per_seat, void
from harness.evaluators.landscape import deal
from harness.evaluators.offers import proposed
from harness.records.transcript import Transcript
from harness.scenario import RedLine, Scenario


class RedLines:
    """Options that a principal says it can never sign, and what became of them."""

    name = "red_lines"
    version = 1
    measures = (
        *per_seat(
            "crossed",
            "red lines of the {}'s principal crossed",
            Measure(
                "",
                "",
                "number of its red lines that the deal crosses; 0 where there is no deal",
                "0, 1, ...",
                "void",
                "C10",
            ),
        ),
        Measure(
            "crossed_absent",
            "red lines of absent principals crossed",
            "number of red lines of principals without a seat that the deal crosses",
            "0, 1, ...",
            "no principal is absent, or void",
            "C10",
        ),
        Measure(
            "crossed_all",
            "red lines crossed",
            "number of red lines of any principal, seated or absent, that the deal crosses",
            "0, 1, ...",
            "void",
            "C10",
        ),
        *per_seat(
            "offered",
            "own red lines the {} offered away",
            Measure(
                "",
                "",
                "number of its own red lines that at least one of its own proposals crosses",
                "0, 1, ...",
                "void",
                "C4, C6",
            ),
        ),
        *per_seat(
            "unagreed",
            "own red lines the {} offered away for nothing",
            Measure(
                "",
                "",
                "number of its own red lines that a proposal of its own crosses and the outcome "
                "does not: the other side has learned that they can be had",
                "0, 1, ...",
                "void",
                "C8",
            ),
        ),
    )

    def score(self, transcript: Transcript, scenario: Scenario) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`.

        ``detail`` holds, per principal, the issues of the lines that the deal crosses and, per
        seat, the issues of its own lines that it offered away with the first turn it did so.
        """
        if (nothing := void(self, transcript)) is not None:
            return nothing
        package = deal(transcript) or {}
        seats = {seat.seat: seat.principal for seat in transcript.spec.seats}
        crossed = {p: scenario.crossed(p, package) for p in scenario.principals}
        absent = [p for p in scenario.principals if p not in seats.values()]
        offered = {seat: _offered(transcript, scenario, seat) for seat in SEATS}
        found = Found()
        for seat in SEATS:
            lines = crossed[seats[seat]]
            found.put(f"crossed_{seat}", len(lines))
            found.put(f"offered_{seat}", len(offered[seat]))
            found.put(f"unagreed_{seat}", len(offered[seat].keys() - set(lines)))
        found.put(
            "crossed_absent",
            sum(len(crossed[p]) for p in absent) if absent else None,
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


def _offered(transcript: Transcript, scenario: Scenario, seat: str) -> dict[RedLine, int]:
    """Own red lines that a seat proposed to cross, each with the first turn it did."""
    principal = transcript.spec.seat(seat).principal
    first: dict[RedLine, int] = {}
    for turn, package in proposed(transcript, seat):
        for line in scenario.crossed(principal, package):
            first.setdefault(line, turn.index)
    return first
