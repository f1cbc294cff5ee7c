from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from harness.disputes.joint import best_of
from harness.disputes.scenario import Scenario, Terms, Twin
from harness.errors import InputError, UsageError
from harness.files.yamlfile import load_model
from harness.incentives.profiles import IncentiveProfile
from harness.incentives.stake import believe, stake, true_utilities
from tests.support.disputes import SMALL, write
from tests.support.joint import plain, together

Document = dict[str, Any]
WORTH = st.integers(0, 4).map(lambda n: n / 4)


def joined() -> Document:
    return together(plain(), 0.5).model_dump(mode="json", by_alias=True)


def pair_of(document: Document) -> Document:
    (pair,) = document["principals"]["a"]["joint"]
    assert isinstance(pair, dict)
    return pair


def twice(document: Document) -> None:
    principal = document["principals"]["a"]
    first, second = pair_of(document)["issues"]
    table = pair_of(document)["values"]
    turned = {two: {one: table[one][two] for one in table} for two in table["mine"]}
    other = {"issues": [second, first], "weight": 0.25, "values": turned}
    principal["joint"] = [{**pair_of(document), "weight": 0.25}, other]


BAD: dict[str, tuple[Callable[[Document], object], str]] = {
    "an unknown issue": (
        lambda d: pair_of(d).update(issues=["wel", "fence"]),
        "unknown issue 'wel'",
    ),
    "one issue": (
        lambda d: pair_of(d).update(issues=["well", "well"]),
        "'well' stands in it twice",
    ),
    "a pair twice": (twice, "fence and well are a pair already"),
    "an unknown option": (
        lambda d: pair_of(d)["values"].update(your=pair_of(d)["values"].pop("yours")),
        "unknown option of 'well' 'your'",
    ),
    "an option left out": (
        lambda d: pair_of(d)["values"]["half"].pop("us"),
        "option of 'fence' us missing",
    ),
    "a table that never reaches 1": (
        lambda d: pair_of(d)["values"]["mine"].update(them=0.9),
        "values run from 0 to 0.9",
    ),
    "weights of more than 1": (
        lambda d: pair_of(d).update(weight=0.75),
        "the weights, those of 'joint' among them, sum to 1.25, not 1",
    ),
    "values without a weight": (
        lambda d: d["principals"]["a"]["weights"].pop("fence"),
        "unknown issue 'fence'",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_fit_is_named(name: str) -> None:
    document = joined()
    breaks, message = BAD[name]
    breaks(document)
    with pytest.raises(ValidationError) as caught:
        Scenario.model_validate(document)
    assert message in str(caught.value)
    Scenario.model_validate(joined())  # and without the fault there is none


def test_the_public_must_have_values_of_what_is_only_valued_together() -> None:
    document = together(plain()).model_dump(mode="json", by_alias=True)
    del document["principals"]["b"]["public"]["stereotype"]["values"]["fence"]
    with pytest.raises(
        ValueError, match="issue fence missing: its values are not known one by one"
    ):
        Scenario.model_validate(document)


def test_weights_that_a_reality_brings_sum_to_1_with_those_of_the_pairs() -> None:
    document = joined()
    change = {"id": "rain", "after_round": 1, "text": "It rains."}
    document["realities"] = [{**change, "changes": {"a": {"weights": {"well": 0.1, "fence": 0.4}}}}]
    changed = Scenario.model_validate(document).terms("a", 2)
    assert sum(changed.weights.values()) + changed.joint[0].weight == pytest.approx(1)
    document["realities"][0]["changes"]["a"]["weights"] = {"well": 0.6, "fence": 0.4}
    with pytest.raises(ValueError, match=r"sum to 1\.5, not 1"):
        Scenario.model_validate(document)


def test_it_is_refused_where_it_would_be_played_with_line_and_fix(tmp_path: Path) -> None:
    path = write(tmp_path, yaml.safe_dump(joined(), sort_keys=False))
    line = path.read_text(encoding="utf-8").splitlines().index("    joint:") + 1
    with pytest.raises(
        InputError, match="joint values are for talks that were held elsewhere"
    ) as e:
        load_model(path, Scenario)
    assert str(e.value).startswith(f"{path}:{line}: ")
    assert "leave 'joint' out" in str(e.value)


@pytest.mark.parametrize("knowledge", [0.5, 1.0])
def test_no_delegate_can_be_made_for_one_that_values_issues_together(knowledge: float) -> None:
    scenario, profile = together(plain(), 0.5), IncentiveProfile(knowledge=knowledge)
    with pytest.raises(UsageError, match="together"):
        stake(scenario, "a", believe(scenario, "a", 1, profile, 1), profile)
    stake(plain(), "a", believe(plain(), "a", 1, profile, 1), profile)


def test_without_joint_values_nothing_is_written_of_them(tmp_path: Path) -> None:
    old = load_model(write(tmp_path, SMALL), Scenario)
    assert "joint" not in old.model_dump_json(by_alias=True)
    assert old.digest() == "77abab249412d3e4"
    new = together(plain())
    assert new.digest() != plain().digest()
    assert Scenario.model_validate_json(new.model_dump_json(by_alias=True)) == new


def test_twins_keep_what_is_valued_together() -> None:
    scenario = together(plain(), 0.5)
    for twin in Twin:
        played = scenario.twin(twin)
        assert played.terms("a").joint == scenario.terms("a").joint
        assert played.terms("a").utility({"well": "half", "fence": "us"}) == pytest.approx(0.42)


@st.composite
def tables(draw: st.DrawFn) -> Scenario:
    """A dispute in which ``a`` values its issues in any way together, and maybe alone too."""
    document = plain().model_dump(mode="json", by_alias=True)
    rows = {one: {two: draw(WORTH) for two in ("them", "us")} for one in ("mine", "half", "yours")}
    rows["mine"]["them"], rows["yours"]["us"] = 1, 0
    weight = draw(st.sampled_from([0.25, 0.5, 1]))
    owner = document["principals"]["a"]
    owner["joint"] = [{"issues": ["well", "fence"], "weight": weight, "values": rows}]
    owner["weights"] = {"well": (1 - weight) * 0.6, "fence": (1 - weight) * 0.4}
    owner["values"]["fence"] = draw(st.sampled_from([{"them": 1, "us": 0}, {"them": 0, "us": 1}]))
    return Scenario.model_validate(document)


@given(scenario=tables())
def test_values_of_all_packages_are_those_of_each(scenario: Scenario) -> None:
    terms = scenario.terms("a")
    each = [terms.utility(scenario.package(one)) for one in product(range(3), range(2))]
    assert true_utilities(scenario, terms) == pytest.approx(each, abs=1e-12)
    assert 0 <= min(each) <= max(each) <= 1 + 1e-12


@given(scenario=tables(), was=st.integers(0, 5), now=st.integers(0, 5))
def test_gains_of_issues_sum_to_that_of_the_package(scenario: Scenario, was: int, now: int) -> None:
    terms = scenario.terms("a")
    before, after = (scenario.package(divmod(n, 2)) for n in (was, now))
    gains = terms.gains(before, after)
    assert set(gains) == {issue for issue in before if before[issue] != after[issue]}
    whole = terms.utility(after) - terms.utility(before)
    assert sum(gains.values()) == pytest.approx(whole, abs=1e-12)
    back = terms.gains(after, before)
    assert back == pytest.approx({issue: -gain for issue, gain in gains.items()}, abs=1e-12)


@given(scenario=tables())
def test_the_best_package_is_the_best_of_all(scenario: Scenario) -> None:
    principal, terms = scenario.principals["a"], scenario.terms("a")
    alone = {i: max(own, key=own.__getitem__) for i, own in principal.values.items()}
    best = best_of(principal, alone, {i.id: i.option_ids() for i in scenario.issues})
    assert terms.utility(best) == pytest.approx(true_utilities(scenario, terms).max(), abs=1e-12)


def test_one_without_a_public_face_opens_with_its_best_package() -> None:
    scenario = together(plain())
    assert scenario.public("heirs").opening == {"well": "half", "fence": "us"}


def test_terms_without_pairs_have_the_gains_of_their_issues() -> None:
    terms = Terms(
        weights={"x": 0.75, "y": 0.25},
        values={"x": {"a": 1, "b": 0}, "y": {"c": 1, "d": 0}},
        reservation=0,
    )
    assert terms.gains({"x": "a", "y": "c"}, {"x": "b", "y": "c"}) == {"x": -0.75}
    assert terms.gains({"x": "b", "y": "d"}, {"x": "b", "y": "d"}) == {}


@given(scenario=tables(), was=st.integers(0, 5), now=st.integers(0, 5))
def test_parts_beside_the_same_terms_differ_by_the_gain(
    scenario: Scenario, was: int, now: int
) -> None:
    terms, before = scenario.terms("a"), scenario.package(divmod(was, 2))
    after = {**before, "well": scenario.package(divmod(now, 2))["well"]}
    parts = [terms.part("well", package["well"], before) for package in (before, after)]
    assert None not in parts
    gain = terms.gains(before, after).get("well", 0.0)
    assert (parts[1] or 0) - (parts[0] or 0) == pytest.approx(gain, abs=1e-12)
    assert terms.part("well", "half", {}) is None, "it depends on the fence"
    assert plain().terms("a").part("well", "half", {}) == pytest.approx(0.42)
