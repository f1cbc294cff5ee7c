"""What determines each judgement of a run: its rubric for a scenario, and in which form it is
asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from harness.plans.rubrics import RunRubric
from harness.plans.swaps import Swap, rubric_swapped
from harness.prompting.judging import templates_of
from harness.records.judgement import (
    JUDGEMENT,
    READ,
    TALKS_READ,
    Judge,
    JudgementSpec,
    Rubric,
    Variant,
)
from harness.seeds import derive

if TYPE_CHECKING:
    from harness.disputes.scenario import Scenario, Twin
    from harness.records.episodes import Place


class Asked(NamedTuple):
    """One judgement of a plan: its id, the record that is read, the rubric by name, the talks that
    are read beside it, where some are, and what is exchanged, where something is."""

    id: str
    read: str
    rubric: str
    talks: str | None = None
    swap: Swap | None = None

    @property
    def inputs(self) -> dict[str, str]:
        """Name -> id of what is read."""
        return _inputs(self.read, self.talks)


def _inputs(read: str, talks: str | None) -> dict[str, str]:
    return {READ: read} if talks is None else {READ: read, TALKS_READ: talks}


class Specs:
    """Makes what determines judgements.

    Args:
        judge: Who judges.
        scenarios: Of the run, by id, as written.
        rubrics: By name.
    """

    def __init__(
        self, judge: Judge, scenarios: Mapping[str, Scenario], rubrics: Mapping[str, RunRubric]
    ) -> None:
        self.judge = judge
        self._scenarios = scenarios
        self._rubrics = rubrics
        self._asks: dict[
            tuple[str, str, Twin, Swap | None], tuple[Rubric, str, dict[str, str]]
        ] = {}

    def of(
        self,
        rubric: str,
        read: str,
        place: Place,
        talks: str | None = None,
        swap: Swap | None = None,
    ) -> JudgementSpec:
        """The judgement of a record that stands there.

        Args:
            talks: Id of the talks that are read beside it.
            swap: What is exchanged; None for nothing.
        """
        key = (rubric, place.scenario, place.twin, swap)
        if key not in self._asks:  # the same for many records
            scenario = self._scenarios[place.scenario]
            twin, of = scenario.twin(place.twin), self._rubrics[rubric].of
            made = of(twin) if swap is None else rubric_swapped(of, twin, swap)
            self._asks[key] = made, scenario.digest(), templates_of(made)
        asks, digest, templates = self._asks[key]
        variant = None
        if swap is not None:
            variant = Variant(swapped=swap, of=self.of(rubric, read, place, talks).id)
        return JudgementSpec(
            inputs=_inputs(read, talks),
            scenario=place.scenario,
            scenario_hash=digest,
            twin=place.twin,
            judge=self.judge,
            rubric=asks,
            variant=variant,
            seed=derive(0, JUDGEMENT, rubric, read),
            templates=templates,
        )
