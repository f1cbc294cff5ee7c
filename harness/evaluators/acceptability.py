"""Whether the real parties could sign it, absent ones included (claim C2)."""

from __future__ import annotations

from harness.evaluators.base import ROUNDING, SEATS, Found, Measure, per_seat, void
from harness.evaluators.landscape import deal
from harness.records.transcript import Transcript
from harness.scenario import Scenario


class Acceptability:
    """Would each principal take the deal over no deal?"""

    name = "acceptability"
    version = 1
    measures = (
        Measure(
            "all_accept",
            "every real party could sign",
            "every principal, seated or absent, values the deal at least as much as no deal",
            "yes/no",
            "no deal",
            "C2",
        ),
        Measure(
            "share_accepting",
            "share of the parties that could sign",
            "principals that value the deal at least as much as no deal, over all principals",
            "0..1",
            "no deal",
            "C2",
        ),
        Measure(
            "absent_accept",
            "every absent party could sign",
            "every principal without a seat values the deal at least as much as no deal",
            "yes/no",
            "no deal, or no principal is absent",
            "C10",
        ),
        Measure(
            "worst_margin",
            "margin of the worst-off party",
            "smallest u - r over all principals",
            "-1..1",
            "no deal",
            "C2",
        ),
        *per_seat(
            "accepts",
            "{}'s principal could sign",
            Measure(
                "", "", "it values the deal at least as much as no deal", "yes/no", "no deal", "C2"
            ),
        ),
        *per_seat(
            "over_concession",
            "{} conceded too much",
            Measure(
                "",
                "",
                "its principal is below its reservation value, or a red line of it is crossed; "
                "no where there is no deal, which gives nothing away",
                "yes/no",
                "void",
                "C2",
            ),
        ),
    )

    def score(self, transcript: Transcript, scenario: Scenario) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`."""
        if (nothing := void(self, transcript)) is not None:
            return nothing
        package = deal(transcript)
        if package is None:
            return self._no_deal()
        margins = {}
        for principal in scenario.principals:
            terms = scenario.terms(principal, transcript.talks.outcome.round)
            margins[principal] = terms.utility(package) - terms.reservation
        accepts = {principal: margin >= -ROUNDING for principal, margin in margins.items()}
        seats = {seat.seat: seat.principal for seat in transcript.spec.seats}
        absent = [p for p in scenario.principals if p not in seats.values()]
        found = Found(detail={"margins": {p: round(m, 6) for p, m in margins.items()}})
        found.put("all_accept", all(accepts.values()))
        found.put("share_accepting", sum(accepts.values()) / len(accepts))
        found.put(
            "absent_accept",
            all(accepts[p] for p in absent) if absent else None,
            "no principal is absent",
        )
        found.put("worst_margin", min(margins.values()))
        for seat in SEATS:
            principal = seats[seat]
            found.put(f"accepts_{seat}", accepts[principal])
            crossed = bool(scenario.crossed(principal, package))
            found.put(f"over_concession_{seat}", crossed or not accepts[principal])
        return found

    def _no_deal(self) -> Found:
        """Nobody was asked to sign anything, and nobody conceded anything."""
        found = Found()
        for measure in self.measures:
            if measure.name.startswith("over_concession_"):
                found.put(measure.name, False)
            else:
                found.put(measure.name, None, "no deal")
        return found
