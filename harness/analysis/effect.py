"""The answer to a contrast, in numbers and in words."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from harness.analysis.missing import MissingValues
from harness.suite.contrasts import Contrast

OF_EPISODES: Final = frozenset({"publication", "published", "misread", "readers", "later"})
"""Evaluators of what follows talks: they count episodes, which may share their talks."""


class Effect(BaseModel):
    """The answer to a contrast. None is "cannot be computed", never 0.

    Attributes:
        contrast: The question, as the suite declares it.
        titles: What :attr:`sentence` calls the measure and the arms; their names where absent.
        estimate: Mean over scenarios, in units of the measure; None without a scenario.
        interval: 95 % cluster t interval inside what the measure allows, not corrected for other
            contrasts; of a share against 0, and of yes/no values that are the same in every
            scenario, that of :func:`~harness.analysis.intervals.share_interval`. None for fewer
            than two scenarios.
        sd: SD between scenarios; None for fewer than two.
        p_t: Cluster t test of 0; None as ``interval``, and where ``sd`` is 0.
        p_signflip: Sign-flip test of 0; None without a scenario.
        signflip_draws: Random patterns it was estimated from; None where exact.
        min_p: Smallest ``p_signflip`` that this many scenarios can give.
        holm_p: Corrected p among the secondary contrasts; None for a primary one, and for a
            control, which is no hypothesis. Of ``p_t``, the test that the interval inverts: with 8
            scenarios and 7 contrasts a corrected sign-flip p could never fall below .05. Of
            ``p_signflip`` where ``p_t`` is None.
        n_scenarios: Scenarios that ``estimate`` averages.
        n_pairs: Pairs compared; 0 against 0.
        n_dialogues: Arm -> dialogues, with or without a value.
        n_missing: Arm -> dialogues without a value.
        n_unpaired: Arm -> dialogues with a value but no counterpart with one; against 0 that is a
            twin of the same arm.
        pairing_correlation: See :class:`~harness.analysis.pairing.Differences`.
        scenario_differences: (scenario, difference or mean) behind ``estimate``, by name.
        missing: What has no value, by arm and scenario, and what it would take to tip the answer.
        unheard: Arm -> share in [0, 1] of its readers without an answer, in the episodes that have
            a value; empty where all have answered, or nobody reads.
        carried_by: Of a shown effect, the one scenario without which less than half of it is left,
            and the mean of the others; None where there is none.
        shown: By the one rule of :func:`~harness.analysis.verdict.is_shown`; None without an
            interval.
        sentence: The answer in plain English, with what weakens it.
        lineup: Whom it is of, in a run in which several line-ups take turns; else empty.
    """

    model_config = ConfigDict(frozen=True)

    contrast: Contrast
    titles: dict[str, str] = {}
    estimate: float | None
    interval: tuple[float, float] | None
    sd: float | None
    p_t: float | None
    p_signflip: float | None
    signflip_draws: int | None
    min_p: float | None
    holm_p: float | None = None
    n_scenarios: int
    n_pairs: int
    n_dialogues: dict[str, int]
    n_missing: dict[str, int]
    n_unpaired: dict[str, int]
    pairing_correlation: float | None
    scenario_differences: tuple[tuple[str, float], ...]
    missing: MissingValues | None = None
    unheard: dict[str, float] = Field(default={}, exclude_if=lambda shares: not shares)
    carried_by: tuple[str, float] | None = None
    shown: bool | None = None
    sentence: str = ""
    lineup: str = Field(default="", exclude_if=lambda name: not name)

    @property
    def unit(self) -> str:
        """What its measure is counted in: ``dialogue``, or ``episode`` where it is about what
        follows the talks. Several episodes may go on from the very same dialogue."""
        evaluator = self.contrast.measure.split(".", 1)[0]
        return "episode" if evaluator in OF_EPISODES else "dialogue"

    @property
    def called(self) -> str:
        """The name of the question, and of whom it is asked where that is said."""
        return f"{self.contrast.name}, {self.lineup}" if self.lineup else self.contrast.name
