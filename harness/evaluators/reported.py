"""What a source says of talks that were held elsewhere, beside what is measured here.

Corpora have points of their own, and often say what each side got. Here the outcome is worth what
the scenario says, on a scale from 0 to 1. These measures bring it back into the source's points and
hold it against what the source says. They are found of such talks alone.
"""

from __future__ import annotations

from typing import Final

from harness.evaluators.base import SEATS, Found, Measure, of_seats, per_seat, void
from harness.evaluators.case import Case
from harness.evaluators.landscape import outcome_values
from harness.records.spec import RECORDED, RecordedSeat, RecordedSpec

NO_POINTS: Final = "the source has no points of its own"
NOT_SAID: Final = "the source does not say what the outcome was worth"
NOT_RATED: Final = "the source gives no score of its own"
_CLOSE: Final = 1e-6
"""Points that differ by no more, over the larger of the two or 1, are the same."""
_NAMES: Final = of_seats("points", "gain_points", "said", "rated")


class Reported:
    """The outcome in the source's points, and what the source itself says of it."""

    name = "reported"
    kind = RECORDED
    version = 1
    fooled_by = (
        (
            "Points are on the source's own scale: their means say nothing across sources, nor "
            "across negotiations of one source whose scales differ."
        ),
        (
            "A difference of points compares values between persons. Two sides that may get "
            "different sums differ in points without a concession of anybody's."
        ),
        (
            "What the source says of itself is taken as it stands. A wrong figure there shows as a "
            "disagreement here, and does not say which of the two is wrong."
        ),
    )
    measures = (
        *per_seat(
            Measure(
                name="points",
                title="points of the {}'s principal",
                definition="Value of the outcome to the seat's principal in the source's own "
                "points. No deal counts as what the source says that it is worth",
                range="real",
                undefined=f"{NO_POINTS}, or void",
            )
        ),
        *per_seat(
            Measure(
                name="gain_points",
                title="gain of the {}'s principal in points",
                definition="The same, minus what no deal is worth: negative where the seat's "
                "principal is worse off than without a deal",
                range="real",
                undefined=f"{NO_POINTS}, or void",
            )
        ),
        Measure(
            name="points_gap",
            title="difference of points",
            definition="points_o - points_u: the points of the official seat's principal minus "
            "those of the other seat's",
            range="real, + to the official seat",
            undefined=f"{NO_POINTS}, the two have different units, or void",
        ),
        *per_seat(
            Measure(
                name="said",
                title="points of the {}'s principal as the source has them",
                definition="What the source itself says that the outcome was worth",
                range="real",
                undefined=f"{NOT_SAID}, or void",
                needs=(),
            )
        ),
        *per_seat(
            Measure(
                name="rated",
                title="the source's own score of the {}",
                definition="A score that the source gives the seat's side, on a scale of its own",
                range="as the source has it",
                undefined=f"{NOT_RATED}, or void",
                needs=(),
            )
        ),
        Measure(
            name="differs",
            title="points differ from the source's",
            definition="Whether the points found here differ from those that the source says, of "
            "any seat of which it says them",
            range="yes/no",
            undefined=f"{NOT_SAID}, {NO_POINTS}, or void",
        ),
    )

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`."""
        if (nothing := void(self, case)) is not None:
            return nothing
        found, spec = Found.of(self.measures), case.transcript.spec
        assert isinstance(spec, RecordedSpec)
        land, values, _ = outcome_values(case)
        column = {seat: at for at, seat in enumerate(land.seats)}
        points: dict[str, float] = {}
        differs: list[bool] = []
        for seat in SEATS:
            placed, at = spec.seat(seat), column[seat]
            own = _points(placed, float(values[at]))
            gain = None if own is None else own - (_points(placed, float(land.r[at])) or 0.0)
            entries = (
                (own, NO_POINTS),
                (gain, NO_POINTS),
                (placed.said, NOT_SAID),
                (placed.rated, NOT_RATED),
            )
            found.enter(_NAMES[seat], entries)
            if own is None:
                continue
            points[seat] = own
            if placed.said is not None:
                room = max(1.0, abs(own), abs(placed.said))
                differs.append(abs(own - placed.said) > _CLOSE * room)
        units = {seat.points.unit for seat in spec.seats if seat.points is not None}
        whole = len(points) == len(SEATS) and len(units) == 1
        found.put("points_gap", points["o"] - points["u"] if whole else None, _why_no_gap(units))
        found.put("differs", any(differs) if differs else None, NOT_SAID if points else NO_POINTS)
        return found


def _points(placed: RecordedSeat, value: float) -> float | None:
    """A value in [0, 1] in the points of a seat."""
    scale = placed.points
    return None if scale is None else scale.zero + value * (scale.one - scale.zero)


def _why_no_gap(units: set[str]) -> str:
    return "the two have different units" if len(units) > 1 else NO_POINTS
