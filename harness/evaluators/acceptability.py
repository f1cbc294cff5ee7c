"""Whether the real parties could sign it, absent ones included (claim C2)."""

from __future__ import annotations

from harness.evaluators.base import ROUNDING, SEATS, Found, Measure, per_seat, rounded, void
from harness.evaluators.case import Case
from harness.evaluators.landscape import deal
from harness.records.spec import TALKS


class Acceptability:
    """Would each principal take the deal over no deal?"""

    name = "acceptability"
    kind = TALKS
    version = 2
    fooled_by = (
        (
            "`all_accept`, `share_accepting`, `worst_margin` and `accepts_o` are of deals alone: "
            "an arm that rarely agrees looks good by them."
        ),
        (
            "`signable` counts no deal as no. A difference may be all agreement and no terms, so "
            "read `settlement.agreement` beside it."
        ),
        (
            "Where no package is good enough for all, to leave without a deal is right, and "
            "`signable` is no all the same. Read `settlement.over_agreement` there."
        ),
        (
            "`signable` asks for value alone: a deal that crosses a red line can be signable by "
            "it. `over_concession_o` counts both."
        ),
        (
            "What an absent party values is the scenario's assumption, and nobody at the table "
            "argued for it."
        ),
    )
    measures = (
        Measure(
            name="signable",
            title="ended in a deal that every real party could sign",
            definition="Whether the talks ended in a deal that every principal, seated or "
            "absent, values at least as much as no deal. Talks without a deal count as no: "
            "leaving them out would select on the outcome",
            range="yes/no",
            undefined="void",
            source="C2",
            headline=True,
        ),
        Measure(
            name="all_accept",
            title="every real party could sign, given a deal",
            definition="Whether every principal, seated or absent, values the deal at least as "
            "much as no deal. Only talks that ended in a deal count, so this selects on the "
            "outcome",
            range="yes/no",
            undefined="no deal",
            source="C2",
            headline=True,
        ),
        Measure(
            name="share_accepting",
            title="share of the parties that could sign",
            definition="Principals that value the deal at least as much as no deal, as a share "
            "of all principals",
            range="0..1",
            undefined="no deal",
            source="C2",
        ),
        Measure(
            name="absent_accept",
            title="every absent party could sign",
            definition="Whether every principal without a seat values the deal at least as much "
            "as no deal",
            range="yes/no",
            undefined="no deal, or no principal is absent",
            source="C10",
            headline=True,
        ),
        Measure(
            name="worst_margin",
            title="margin of the worst-off party",
            definition="Smallest u - r over all principals: the value of the deal minus the "
            "value of no deal",
            range="-1..1",
            undefined="no deal",
            source="C2",
        ),
        *per_seat(
            Measure(
                name="accepts",
                title="{}'s principal could sign",
                definition="Whether the seat's principal values the deal at least as much as no "
                "deal",
                range="yes/no",
                undefined="no deal",
                source="C2",
            )
        ),
        *per_seat(
            Measure(
                name="over_concession",
                title="{} conceded too much",
                definition="Whether the seat's principal ends below its value of no deal, or the "
                "deal crosses one of its red lines. Talks without a deal count as no: nothing "
                "was given away",
                range="yes/no",
                undefined="void",
                source="C2",
                headline=True,
            )
        ),
    )

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`."""
        if (nothing := void(self, case)) is not None:
            return nothing
        package = deal(case)
        if package is None:
            return self._no_deal()
        scenario, margins = case.scenario, {}
        for principal in scenario.principals:
            terms = case.terms(principal, case.talks.outcome.round)
            margins[principal] = terms.utility(package) - terms.reservation
        accepts = {principal: margin >= -ROUNDING for principal, margin in margins.items()}
        found = Found.of(self.measures)
        found.detail["margins"] = {p: rounded(m) for p, m in margins.items()}
        found.put("signable", all(accepts.values()))
        found.put("all_accept", all(accepts.values()))
        found.put("share_accepting", sum(accepts.values()) / len(accepts))
        found.put(
            "absent_accept",
            all(accepts[p] for p in case.absent) if case.absent else None,
            "no principal is absent",
        )
        found.put("worst_margin", min(margins.values()))
        for seat in SEATS:
            principal = case.seats[seat]
            found.put(f"accepts_{seat}", accepts[principal])
            crossed = bool(scenario.crossed(principal, package))
            found.put(f"over_concession_{seat}", crossed or not accepts[principal])
        return found

    def _no_deal(self) -> Found:
        """Nobody was asked to sign anything, nobody could, and nobody conceded anything."""
        found = Found.of(self.measures)
        for measure in self.measures:
            if measure.name == "signable" or measure.name.startswith("over_concession_"):
                found.put(measure.name, False)
            else:
                found.put(measure.name, None, "no deal")
        return found
