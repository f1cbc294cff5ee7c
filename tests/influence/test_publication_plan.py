"""What a scripted author advises."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.disputes.scenario import Package, Scenario
from harness.influence.publication_home import brought_home
from harness.influence.publication_plan import plan_of
from harness.records.spec import TalksSpec
from harness.records.transcript import Transcript
from tests.support.articles import TALK, talks
from tests.support.disputes import small
from tests.support.transcripts import Entry, make_spec

WELL, FENCE = ("mine", "half", "yours"), ("them", "us")
packages = st.fixed_dictionaries({"well": st.sampled_from(WELL), "fence": st.sampled_from(FENCE)})


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(Path(tmp_path_factory.mktemp("small")))


def spec_of(scenario: Scenario, seed: int = 1, **profile: float) -> TalksSpec:
    """Talks in which the author's seat is driven by a profile."""
    spec = make_spec(scenario)
    own = spec.seats[1].profile.model_copy(update=profile)
    seats = (spec.seats[0], spec.seats[1].model_copy(update={"profile": own}))
    return spec.model_copy(update={"seats": seats, "seed": seed})


def advised(scenario: Scenario, entries: list[Entry], **more: float) -> Package:
    spec = spec_of(scenario, int(more.pop("seed", 1)), **more)
    record: Transcript = talks(scenario, entries, spec=spec)
    return plan_of(brought_home(record, scenario, "u"), spec, scenario, 1)


def proposing(own: Package, other: Package) -> list[Entry]:
    return [("o", dict(other)), ("u", dict(own))]


def test_a_deal_is_advised_as_it_stands(scenario: Scenario) -> None:
    assert advised(scenario, list(TALK)) == {"well": "half", "fence": "us"}


def test_without_a_deal_it_is_the_middle_of_what_was_put_last(scenario: Scenario) -> None:
    entries: list[Entry] = [
        ("u", {"well": "mine", "fence": "them"}),
        ("o", {"well": "mine", "fence": "them"}),
        ("u", {"well": "mine", "fence": "them"}),
        ("o", {"well": "yours", "fence": "them"}),
    ]
    assert advised(scenario, entries) == {"well": "half", "fence": "them"}


def test_who_put_nothing_counts_with_its_public_opening(scenario: Scenario) -> None:
    silent: list[Entry] = [("u", {"well": "mine", "fence": "us"}), ("o", "pass")]
    # The opening of the other side is yours and us.
    assert advised(scenario, silent) == {"well": "half", "fence": "us"}


def test_halves_go_to_either_side_by_seed_where_the_author_would_sign_it(
    scenario: Scenario,
) -> None:
    entries = proposing({"well": "mine", "fence": "them"}, {"well": "mine", "fence": "us"})
    found = {advised(scenario, entries, seed=seed)["fence"] for seed in range(12)}
    assert found == {"them", "us"}


def test_what_its_own_stake_refuses_it_does_not_advise(scenario: Scenario) -> None:
    """a's values: half+us .42, half+them .82, with no deal worth .3; at a drive for a deal it takes
    what it refuses without."""
    entries = proposing({"well": "half", "fence": "them"}, {"well": "yours", "fence": "us"})
    stake = {advised(scenario, entries, seed=seed)["well"] for seed in range(12)}
    assert stake == {"half", "yours"}, "yours+them is worth .4, and half+us .42"
    low = proposing({"well": "yours", "fence": "them"}, {"well": "yours", "fence": "us"})
    assert advised(scenario, low)["fence"] == "them", "yours+us is worth 0"
    eager = {advised(scenario, low, seed=seed, deal_reward=0.9)["fence"] for seed in range(12)}
    assert eager == {"them", "us"}


@given(own=packages, other=packages, seed=st.integers(0, 50))
def test_it_lies_between_the_two_proposals(
    scenario: Scenario, own: Package, other: Package, seed: int
) -> None:
    found = advised(scenario, proposing(own, other), seed=seed, deal_reward=1.0)
    for issue, options in (("well", WELL), ("fence", FENCE)):
        ends = sorted((options.index(own[issue]), options.index(other[issue])))
        place = options.index(found[issue])
        assert ends[0] <= place <= ends[1]
        assert abs(2 * place - sum(ends)) <= 1, "as near the middle as there is an option"
