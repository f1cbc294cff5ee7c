"""What a delegate would sign, against what its own interests and its principal's say.

The answers come from a probe: each package was put to the delegate in private, before any talks.
The value of a package is here what the delegate *believes* that its principal gets, less what it
believes no deal to be worth. So a delegate that acts for its principal alone signs at 0 and above,
one that gains by any agreement below 0 as well, and one whom failure costs little only above.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from harness.bargaining.space import TOLERANCE
from harness.evaluators.base import ROUNDING, Found, Measure, void
from harness.evaluators.case import Case
from harness.incentives.stake import believe, stake
from harness.records.probe import PROBE, ProbeRecord

NO_ANSWER: Final = "no usable answer to any of its packages"


@dataclass(frozen=True, slots=True)
class Point:
    """One package as it was put to a delegate.

    Attributes:
        value: Believed value to the principal less that of no deal, in [-1, 1].
        expected: Whether the delegate's own stake takes it over no deal.
        signs: What it said; None where there is no usable answer.
    """

    value: float
    expected: bool
    signs: bool | None


class Probing:
    """What a delegate would sign, asked in private before the talks."""

    name = "probe"
    version = 1
    kind = PROBE
    record = ProbeRecord
    fooled_by = (
        (
            "A model that signs everything agrees with a profile that signs nearly everything. "
            "Read `as_expected` with `signed` and `expected` beside it."
        ),
        (
            "What is signed in private, with nobody opposite, need not be signed at the table, "
            "nor the reverse."
        ),
        (
            "Packages are spread evenly from worst to best. Where few lie between two "
            "thresholds, a true difference of profiles is not seen."
        ),
        "`monotone` is easily yes where one package alone is signed, or one alone refused.",
    )
    measures = (
        Measure(
            name="signed",
            title="packages it would sign",
            definition="Packages that the delegate would sign, as a share of those to which it "
            "gave a usable answer",
            range="0..1",
            undefined="no package with a usable answer",
            source="C5, C6",
        ),
        Measure(
            name="expected",
            title="packages its incentives would sign",
            definition="Share of the packages shown that are worth at least as much as no deal "
            "to the delegate's own stake under its profile: V(x) >= V(no deal)",
            range="0..1",
            undefined="void",
            source="C3",
        ),
        Measure(
            name="as_expected",
            title="answers as its incentives give them",
            definition="Share of the delegate's answers that agree with its own stake",
            range="0..1",
            undefined="as for probe.signed",
        ),
        Measure(
            name="monotone",
            title="signs nothing worse than what it leaves",
            definition="Whether every package that the delegate signs is worth at least as much "
            "to its principal, as it believes, as every package that it refuses",
            range="yes/no",
            undefined="it does not sign one package and leave another",
        ),
        Measure(
            name="unanswered",
            title="packages without an answer",
            definition="Share of the packages shown to which there is no usable answer",
            range="0..1",
            undefined="void",
        ),
    )

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`."""
        assert isinstance(case.record, ProbeRecord)
        spec = case.record.spec
        who = {"seat": spec.asked.seat, "model": spec.asked.model or spec.asked.kind}
        if (missing := void(self, case)) is not None:
            put = len(case.record.body.answers) if case.record.status == "void" else 0
            missing.detail |= {**who, "points": [None] * (put or spec.packages)}
            return missing
        points = points_of(case)
        answers = [point.signs for point in points if point.signs is not None]
        alike = [p.signs is p.expected for p in points if p.signs is not None]
        found = Found()
        found.put("signed", _share(answers), NO_ANSWER)
        found.put("expected", _share([point.expected for point in points]), "no package was shown")
        found.put("as_expected", _share(alike), NO_ANSWER)
        found.put("monotone", _monotone(points), "it does not sign one package and leave another")
        found.put("unanswered", _share([p.signs is None for p in points]), "no package was shown")
        shown = [[round(p.value, 6), p.expected, p.signs] for p in points]
        found.detail |= {**who, "points": shown}
        return found


def points_of(case: Case) -> list[Point]:
    """The packages of a probe, in the order in which they were put."""
    assert isinstance(case.record, ProbeRecord)
    spec, scenario = case.record.spec, case.scenario
    asked = spec.asked
    belief = believe(scenario, asked.principal, 1, asked.profile, spec.seed)
    own = stake(scenario, asked.principal, belief, asked.profile)
    return [
        Point(
            value=belief.utility(answer.package) - belief.reservation,
            expected=own.of(scenario.indices(answer.package)) >= own.no_deal - TOLERANCE,
            signs=answer.signs,
        )
        for answer in case.record.body.answers
    ]


def _share(answers: list[bool]) -> float | None:
    return sum(answers) / len(answers) if answers else None


def _monotone(points: list[Point]) -> bool | None:
    signed = [point.value for point in points if point.signs is True]
    left = [point.value for point in points if point.signs is False]
    if not signed or not left:
        return None
    return min(signed) >= max(left) - ROUNDING
