"""What terms are worth to the delegates themselves, beside what they are to their principals."""

from __future__ import annotations

from collections.abc import Callable

from harness.disputes.scenario import Package
from harness.evaluators.case import Case
from harness.incentives.belief import believe
from harness.incentives.stake import Stake, stake
from harness.report.reading import Held


class OwnStakes:
    """V of the delegates of one dialogue, by round; nothing where no profile is known."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._known: dict[tuple[str, int], Stake] = {}

    def of(self, package: Package, round_: int, name: Callable[[str], str]) -> tuple[Held, ...]:
        """What a complete package is worth to each delegate, by what it believes in that round.

        Args:
            package: The terms.
            round_: From 1.
            name: What a seat is called.
        """
        if self._case.spec is None:
            return ()
        scenario, found = self._case.scenario, []
        indices = scenario.indices(package)
        for seat in self._case.seats:
            one = self._stake(seat, round_)
            found.append(Held(name(seat), seat, one.of(indices), one.no_deal))
        return tuple(found)

    def _stake(self, seat: str, round_: int) -> Stake:
        if (seat, round_) not in self._known:
            case, spec = self._case, self._case.spec
            profile = case.profile(seat)
            assert spec is not None
            assert profile is not None
            principal = case.seats[seat]
            belief = believe(case.scenario, principal, round_, profile, spec.seed)
            one = stake(case.scenario, principal, belief, profile, former=spec.version == 1)
            self._known[seat, round_] = one
        return self._known[seat, round_]
