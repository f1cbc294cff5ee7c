"""The verdict on a plan: a form for the fair plan, for the one-sided, and for what is not known."""

from __future__ import annotations

import pytest
import yaml

from harness.disputes.scenario import Scenario
from harness.plans.assessment import Assessment, Range, assess
from harness.plans.ground import ground
from harness.report.plan_words import favours, in_points, listed, nearest_terms, verdict
from tests.support.disputes import SMALL as TEXT

SMALL = Scenario.model_validate(yaml.safe_load(TEXT))


def of(**plan: str) -> Assessment:
    return assess(ground(SMALL), plan)


def said(found: Assessment) -> str:
    return " ".join(verdict(found))


def test_a_one_sided_plan() -> None:
    text = said(of(well="yours", fence="us"))
    assert "asks Boral to give up 0 of its 100 points and Arden 100." in text
    assert "So Arden makes 100% of the concessions." in text
    assert "It crosses 1 red line of Arden (The well), and none of Boral." in text
    assert "It favours Boral: skew +" in text
    assert "; none that both would sign is so one-sided: deals that both would sign go from" in text
    assert (
        "Arden (worth 0 to it, and no deal 30) and Corin (worth 10 to it, and no deal 40)" in text
    )
    assert text.count("would oppose it.") == 1


def test_a_plan_at_the_fair_point_favours_neither() -> None:
    found = of(well="mine", fence="us")
    assert found.skew == Range(0.0, 0.0)
    # The gains are .45 of .6 and .3 of .3: by their shares it favours Arden, and by its place on
    # the frontier nobody. No side is clearly favoured by one measure and disfavoured by the other.
    assert favours(found) == 0
    assert "It favours neither Boral nor Arden (skew 0.00, where + is towards Boral)." in said(
        found
    )


def test_a_signable_plan_stands_as_it_is() -> None:
    found = of(well="half", fence="us")
    assert "All could sign it as it stands." in said(found)
    assert nearest_terms(found) == []
    assert "It crosses no red line of anybody." in said(found)


def test_what_is_open_is_a_range_and_no_guess() -> None:
    found = of(fence="us")
    text = said(found)
    assert "It settles 1 of 2 issues and says nothing of The well." in text
    assert "Whom it favours depends on what is open: skew from" in text
    assert "It crosses no red line of anybody so far." in text
    assert "Arden (worth 0 to 60 to it, and no deal 30)" in text
    assert "would decide by what is left open." in text
    assert "All could sign it, if the other issues are settled as listed below." in text
    assert nearest_terms(found) == [("The well", "each draws half")]


def test_who_gains_in_any_case_and_still_decides_is_told_why() -> None:
    a = SMALL.principals["a"].model_copy(update={"reservation": 0.0})
    open_ = SMALL.model_copy(update={"principals": {**SMALL.principals, "a": a}})
    text = said(assess(ground(open_), {"fence": "them"}))
    assert "and no deal 0; its red line on The well is open)" in text


def test_a_plan_that_asks_nothing() -> None:
    alike = {"well": "mine", "fence": "them"}
    public = SMALL.principals["b"].public
    assert public is not None
    b = SMALL.principals["b"].model_copy(
        update={"public": public.model_copy(update={"opening": alike})}
    )
    same = SMALL.model_copy(update={"principals": {**SMALL.principals, "b": b}})
    assert "So it asks nothing of either." in said(assess(ground(same), alike))


def test_without_a_possible_deal_nobody_is_said_to_be_favoured() -> None:
    greedy = SMALL.principals["a"].model_copy(update={"reservation": 0.99})
    none = SMALL.model_copy(update={"principals": {**SMALL.principals, "a": greedy}})
    found = assess(ground(none), {"well": "half"})
    assert favours(found) is None
    assert "Whom it favours is not said: no deal is possible" in said(found)
    assert "No package exists that every real party could sign." in said(found)


@pytest.mark.parametrize(
    ("skew", "gap", "side"),
    [
        (Range(0.2, 0.2), Range(0.5, 0.5), 1),
        (Range(-0.2, -0.2), Range(-0.5, -0.5), -1),
        (Range(0.2, 0.2), Range(-0.5, -0.5), None),
        (Range(0.2, 0.2), Range(0.0, 0.0), 1),
        (Range(-0.005, 0.005), Range(-0.5, 0.5), 0),
        (Range(-0.2, 0.2), Range(0.5, 0.5), None),
        (Range(0.1, 0.2), Range(-0.5, 0.5), None),
        (Range(0.2, 0.2), None, 1),
        (None, Range(0.5, 0.5), None),
    ],
)
def test_whom_a_plan_favours(skew: Range | None, gap: Range | None, side: int | None) -> None:
    from dataclasses import replace

    assert favours(replace(of(well="half"), skew=skew, gap=gap)) == side


def test_lists_and_ranges_in_words() -> None:
    assert listed(["A"]) == "A"
    assert listed(["A", "B"]) == "A and B"
    assert listed(["A", "B", "C"]) == "A, B and C"
    assert in_points(Range(0.31, 0.31)) == "31"
    assert in_points(Range(-0.07, 0.65)) == "−7 to 65"
