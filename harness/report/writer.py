"""What the parts of a dialogue share as it is laid out: names, terms, values, the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.disputes.scenario import Package, Scenario
from harness.evaluators.base import ROUNDING
from harness.evaluators.case import Case
from harness.evaluators.ledger import Step
from harness.report.own_stake import OwnStakes
from harness.report.reading import Line, Point, Term, Worth
from harness.report.wording import ACTIONS, COMMITMENTS


@dataclass
class Writer:
    """What the parts of one dialogue share."""

    case: Case
    steps: tuple[Step, ...]
    stakes: OwnStakes
    last: dict[str, Package] = field(default_factory=dict)

    @property
    def scenario(self) -> Scenario:
        return self.case.scenario

    def name(self, seat: str) -> str:
        """Of the principal that a seat speaks for; the seat itself where it is unknown."""
        principal = self.case.seats.get(seat)
        return self.scenario.principals[principal].name if principal else seat

    def terms(self, package: Mapping[str, str], before: Mapping[str, str] | None) -> list[Term]:
        """A complete or partial package in the order of the agenda."""
        crossing: dict[str, list[str]] = {}
        for principal in self.scenario.principals:
            for line in self.scenario.crossed(principal, package):
                name = self.scenario.principals[principal].name
                crossing.setdefault(line.issue, []).append(name)
        return [
            Term(
                issue=self.scenario.say(issue.name),
                text=self.option(issue.id, package[issue.id]),
                option=package[issue.id],
                changed=before is not None and before.get(issue.id) != package[issue.id],
                crosses=tuple(dict.fromkeys(crossing.get(issue.id, ()))),
                was=self._was(issue.id, package[issue.id], before),
            )
            for issue in self.scenario.issues
            if issue.id in package
        ]

    def _was(self, issue: str, option: str, before: Mapping[str, str] | None) -> str:
        """The option of the terms before, where it is another."""
        was = None if before is None else before.get(issue)
        return "" if was is None or was == option else self.option(issue, was)

    def option(self, issue: str, option: str) -> str:
        """An option in the scenario's words; its id where there is none such."""
        options = self.scenario.issue(issue).options
        found = next((o.text for o in options if o.id == option), None)
        return option if found is None else self.scenario.say(found)

    def worth(self, principal: str, seat: str, round_: int, package: Package | None) -> Worth:
        """What terms are worth to a principal under the realities of a round."""
        terms = self.scenario.terms(principal, round_)
        value = None if package is None else terms.utility(package)
        return Worth(
            who=self.scenario.principals[principal].name,
            seat=seat,
            value=value,
            no_deal=terms.reservation,
            below=value is not None and value < terms.reservation - ROUNDING,
        )

    def lines(self, turn: int) -> tuple[Line, ...]:
        """The ledger of a turn."""
        return tuple(line for step in self.steps if step.turn == turn for line in self.of(step))

    def of(self, step: Step) -> list[Line]:
        """A move as lines of the ledger, one an issue."""
        turns = self.case.talks.turns
        answered = ""
        if step.answer is not None:
            answered = f"turn {step.answer.turn}: {ACTIONS[step.answer.action]}"
        crossing: dict[str, list[str]] = {}
        for principal, issue in step.crossed:
            crossing.setdefault(issue, []).append(self.scenario.principals[principal].name)
        return [
            Line(
                turn=step.turn,
                round=step.round,
                seat=step.seat,
                who=self.name(step.seat),
                kind=step.kind,
                offer=step.offer or "",
                issue=self.scenario.say(self.scenario.issue(given.issue).name),
                was=self.option(given.issue, given.was),
                now=self.option(given.issue, given.now),
                cost=given.cost,
                worth=given.worth,
                answered=answered,
                commitment="" if step.commitment is None else COMMITMENTS[step.commitment],
                words=turns[step.turn].words if step.turn < len(turns) else "",
                below=step.below,
                fell=step.fell,
                crosses=tuple(crossing.get(given.issue, ())),
            )
            for given in step.given
        ]

    def point(self, step: Step) -> Point:
        """A move as a point of the trajectory."""
        values = {
            seat: self.scenario.terms(principal, step.round)
            for seat, principal in self.case.seats.items()
        }
        return Point(
            turn=step.turn,
            seat=step.seat,
            kind=step.kind,
            values=tuple((seat, terms.utility(step.package)) for seat, terms in values.items()),
            no_deal=tuple((seat, terms.reservation) for seat, terms in values.items()),
        )
