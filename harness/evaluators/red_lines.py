"""Red lines: which were crossed by the deal, and which a side offered away itself (claim C10)."""

from __future__ import annotations

from harness.evaluators.base import Found, Measure, void
from harness.records.transcript import Transcript
from harness.scenario import Scenario


class RedLines:
    """Options that a principal says it can never sign, and what became of them."""

    name = "red_lines"
    version = 1
    measures = (
        Measure(
            "crossed_o",
            "red lines of the official seat's principal crossed",
            "number of its red lines that the deal crosses; 0 where there is no deal",
            "0, 1, ...",
            "void",
            "C10",
        ),
        Measure(
            "crossed_u",
            "red lines of the other seat's principal crossed",
            "number of its red lines that the deal crosses; 0 where there is no deal",
            "0, 1, ...",
            "void",
            "C10",
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
            "offered_o",
            "own red lines the official seat offered away",
            "number of its own red lines that at least one of its own proposals crosses",
            "0, 1, ...",
            "void",
            "C4",
        ),
        Measure(
            "offered_u",
            "own red lines the other seat offered away",
            "number of its own red lines that at least one of its own proposals crosses",
            "0, 1, ...",
            "void",
            "C6",
        ),
    )

    def score(self, transcript: Transcript, scenario: Scenario) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`."""
        if (nothing := void(self, transcript)) is not None:
            return nothing
        talks = transcript.talks
        package = talks.outcome.package or {}
        seats = {seat.seat: seat.principal for seat in transcript.spec.seats}
        crossed = {
            principal: [line.issue for line in scenario.crossed(principal, package)]
            for principal in scenario.principals
        }
        absent = [p for p in scenario.principals if p not in seats.values()]
        offered = {seat: _offered(transcript, scenario, seat) for seat in ("o", "u")}
        found = Found(detail={"crossed": crossed, "offered": offered})
        found.put("crossed_o", len(crossed[seats["o"]]))
        found.put("crossed_u", len(crossed[seats["u"]]))
        found.put(
            "crossed_absent",
            sum(len(crossed[p]) for p in absent) if absent else None,
            "no principal is absent",
        )
        found.put("offered_o", len(offered["o"]))
        found.put("offered_u", len(offered["u"]))
        return found


def _offered(transcript: Transcript, scenario: Scenario, seat: str) -> dict[str, int]:
    """Issue of each own red line that a seat proposed to cross -> the first turn it did."""
    principal = transcript.spec.seat(seat).principal
    first: dict[str, int] = {}
    for turn in transcript.talks.turns:
        if turn.seat != seat or turn.kind != "statement" or turn.move is None:
            continue
        for line in scenario.crossed(principal, turn.move.package or {}):
            first.setdefault(line.issue, turn.index)
    return first
