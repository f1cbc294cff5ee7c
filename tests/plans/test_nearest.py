"""The nearest package that all could sign, against a search by hand."""

from __future__ import annotations

from itertools import product

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from harness.disputes.scenario import Scenario
from harness.plans.ground import ground
from harness.plans.nearest import nearest
from tests.support.disputes import SMALL as TEXT

SMALL = Scenario.model_validate(yaml.safe_load(TEXT))
SHAPE = {issue.id: issue.option_ids() for issue in SMALL.issues}
PLANS = st.fixed_dictionaries(
    {}, optional={issue: st.sampled_from(options) for issue, options in SHAPE.items()}
)


def signable(scenario: Scenario, package: dict[str, str]) -> bool:
    terms = [scenario.terms(party) for party in scenario.principals]
    return all(one.utility(package) >= one.reservation - 1e-12 for one in terms)


def clean(scenario: Scenario, package: dict[str, str]) -> bool:
    return not any(scenario.crossed(party, package) for party in scenario.principals)


@given(PLANS)
@example({})
@example({"well": "yours", "fence": "them"})
def test_no_package_is_nearer(plan: dict[str, str]) -> None:
    every = [dict(zip(SHAPE, way, strict=True)) for way in product(*SHAPE.values())]
    could = [one for one in every if signable(SMALL, one) and clean(SMALL, one)]
    found = nearest(ground(SMALL), plan)
    assert found is not None
    assert found.clean
    assert found.package in could

    def far(package: dict[str, str]) -> tuple[int, int]:
        steps = [
            abs(SHAPE[issue].index(option) - SHAPE[issue].index(package[issue]))
            for issue, option in plan.items()
        ]
        return sum(step > 0 for step in steps), sum(steps)

    assert far(found.package) == min(map(far, could))
    assert set(found.changed) == {i for i, option in plan.items() if found.package[i] != option}
    for party, value in found.values.items():
        assert abs(value - SMALL.terms(party).utility(found.package)) < 1e-9


def test_where_every_signable_package_crosses_a_red_line_it_says_so(small: Scenario) -> None:
    line = small.principals["a"].red_lines[0]
    wide = line.model_copy(update={"options": SHAPE["well"]})
    a = small.principals["a"].model_copy(update={"red_lines": (wide,)})
    drawn = small.model_copy(update={"principals": {**small.principals, "a": a}})
    found = nearest(ground(drawn), {"well": "half"})
    assert found is not None
    assert not found.clean
    assert signable(drawn, found.package)
