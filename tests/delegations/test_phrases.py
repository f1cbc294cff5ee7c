"""The words of a script: the move in sentences, nothing more."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from harness.delegations import phrases
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from harness.incentives.profiles import IncentiveProfile, Role
from harness.talks.barrier import public_dispute
from harness.view import View
from tests.support.disputes import small
from tests.support.views import PlayedTable, dialogue, seat_spec


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def view_as(scenario: Scenario, role: Role) -> View:
    seats = [seat_spec(scenario, s, role, IncentiveProfile()) for s in ("o", "u")]
    return PlayedTable(dialogue(scenario, seats), scenario).view("u")


def wordings(view: View, package: dict[str, str], last: dict[str, str] | None) -> set[str]:
    return {
        phrases.proposing(view, package, last, np.random.default_rng(seed)) for seed in range(40)
    }


@pytest.mark.parametrize("role", Role)
def test_an_opening_sets_out_every_term_in_the_right_capacity(
    scenario: Scenario, role: Role
) -> None:
    view = view_as(scenario, role)
    said = wordings(view, {"well": "mine", "fence": "them"}, None)
    assert len(said) > 3, "several wordings"
    for words in said:
        assert "the well: Arden draws all of it." in words
        assert "the fence: Boral mends it." in words
        speaks_for_state = any(p in words for p in ("behalf of Arden", "government", "For Arden"))
        assert speaks_for_state == (role is Role.OFFICIAL)


def test_only_what_changed_is_spelled_out(scenario: Scenario) -> None:
    view = view_as(scenario, Role.OFFICIAL)
    opening = {"well": "mine", "fence": "them"}
    for words in wordings(view, {"well": "half", "fence": "them"}, opening):
        assert "each draws half." in words
        assert "mends" not in words
    for words in wordings(view, opening, opening):
        assert "draws" not in words
        assert "mends" not in words


def test_an_acceptance_names_the_offer() -> None:
    for seed in range(10):
        assert "o-3" in phrases.accepting("o-3", np.random.default_rng(seed))
        assert phrases.passing(np.random.default_rng(seed)).endswith(".")


def test_the_same_seed_says_the_same(scenario: Scenario) -> None:
    view = view_as(scenario, Role.ENVOY)
    package = {"well": "half", "fence": "us"}
    first, second = (
        phrases.proposing(view, package, None, np.random.default_rng(7)) for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize("name", ["ceasefire", "supply", "neutral-01"])
def test_words_hold_no_number_that_is_not_in_the_terms(name: str) -> None:
    """No hint of a value: digits come from the option texts alone."""
    (scenario,) = load_scenarios(name)
    dispute = public_dispute(scenario)
    for indices in product(*(range(len(issue.options)) for issue in dispute.issues[:2])):
        package = {i.id: i.options[k].id for i, k in zip(dispute.issues, indices, strict=False)}
        words = phrases.clauses(dispute, package)
        terms = " ".join(
            f"{i.name} {dispute.clause(i.id, package[i.id])}"
            for i in dispute.issues
            if i.id in package
        )
        assert sorted(c for c in words if c.isdigit()) == sorted(c for c in terms if c.isdigit())
        assert words.count("On ") >= len(package)
