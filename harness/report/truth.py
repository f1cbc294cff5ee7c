"""True values of packages to principals, remembered: a report asks for the same ones again."""

from __future__ import annotations

from collections.abc import Mapping

from harness.disputes.scenario import Package, Terms
from harness.evaluators.recurring import ByPackage
from harness.records.run import RunInfo


class TrueValues:
    """u_P and r_P of a run's scenarios, in [0, 1]. Twins share payoffs, so they need no twin."""

    def __init__(self, info: RunInfo) -> None:
        self._info = info
        self._terms: dict[tuple[str, str, int], Terms] = {}
        self._worths: dict[tuple[str, str, int], ByPackage[float]] = {}

    def value(
        self, scenario: str, principal: str, round_: int, package: Mapping[str, str]
    ) -> float:
        """u_P of a complete package under the realities of ``round_``."""
        key = (scenario, principal, round_)
        if (worths := self._worths.get(key)) is None:
            terms = self._at(*key)
            worths = self._worths[key] = ByPackage(terms.weights, terms.utility)
        return worths.of(package)

    def reservation(self, scenario: str, principal: str, round_: int) -> float:
        """r_P under the realities of ``round_``."""
        return self._at(scenario, principal, round_).reservation

    def outcome(self, scenario: str, principal: str, round_: int, package: Package | None) -> float:
        """Value at which an ending counts: no deal at the value of no deal."""
        if package is None:
            return self.reservation(scenario, principal, round_)
        return self.value(scenario, principal, round_, package)

    def _at(self, scenario: str, principal: str, round_: int) -> Terms:
        key = (scenario, principal, round_)
        if key not in self._terms:
            self._terms[key] = self._info.scenarios[scenario].terms(principal, round_)
        return self._terms[key]
