"""The ground of a dispute: values of all parties, completions, red lines, and the middle."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from harness.disputes.scenario import Change, Reality, Scenario, Twin
from harness.plans.ground import ground


def packages(scenario: Scenario) -> list[dict[str, str]]:
    options = [issue.option_ids() for issue in scenario.issues]
    return [dict(zip(scenario.issue_ids(), chosen, strict=True)) for chosen in product(*options)]


def test_every_package_is_valued_by_every_party(small: Scenario) -> None:
    found = ground(small)
    assert found.parties == ("b", "a", "heirs")
    for row, package in enumerate(packages(small)):
        values = [small.terms(party).utility(package) for party in found.parties]
        assert found.u[row].tolist() == pytest.approx(values)
        crossed = [bool(small.crossed(party, package)) for party in found.parties]
        assert found.crossing[row].tolist() == crossed
    assert ground(small) is found


def test_completions_are_the_packages_that_agree_with_a_plan(small: Scenario) -> None:
    found, every = ground(small), packages(small)
    for plan in ({}, {"well": "half"}, {"fence": "us"}, {"well": "yours", "fence": "them"}):
        rows = found.completions(plan)
        agree = [n for n, one in enumerate(every) if plan.items() <= one.items()]
        assert rows.tolist() == agree


def test_shares_do_not_depend_on_anybodys_scale(small: Scenario) -> None:
    found = ground(small)
    rows = np.flatnonzero(found.signable)
    shares = found.shares(rows)
    assert shares.max(axis=0).tolist() == pytest.approx([1.0] * 3)
    gains = found.u[rows] - found.r
    assert shares * found.span == pytest.approx(gains)


def test_without_a_deal_that_both_would_sign_there_is_no_middle(small: Scenario) -> None:
    greedy = small.principals["a"].model_copy(update={"reservation": 0.99})
    none = small.model_copy(update={"principals": {**small.principals, "a": greedy}})
    found = ground(none)
    assert (found.middle, found.zone_skew) == (None, None)
    assert found.skew_range(found.completions({})) is None


def test_a_round_has_its_own_values(small: Scenario) -> None:
    reality = Reality(
        id="drought",
        after_round=1,
        text="The well runs low.",
        changes={"a": Change(reservation=0.1)},
    )
    changed = small.model_copy(update={"realities": (reality,)})
    assert ground(changed, 1).r[1] == pytest.approx(0.3)
    assert ground(changed, 2).r[1] == pytest.approx(0.1)


def test_exchanged_chairs_negate_the_skew(small: Scenario) -> None:
    one, other = ground(small), ground(small.twin(Twin.SEATS))
    for row in range(len(one.u)):
        there, back = one.skew_range(np.array([row])), other.skew_range(np.array([row]))
        assert there is not None
        assert back is not None
        assert there[0] == pytest.approx(-back[0])
