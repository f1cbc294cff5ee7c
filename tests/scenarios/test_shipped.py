"""What every shipped scenario promises: a fair, possible and not too easy dispute.

Control scenarios and game families are only loaded here; their right answers have tests of their
own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.balance import STORIES
from harness.app.balance import belief
from harness.bargaining.frontier import Frontier
from harness.bargaining.solutions import solve, zopa
from harness.disputes.games.family import is_family
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario, Twin
from harness.files.catalogue import data_root
from harness.files.yamlfile import load_document
from tests.support.disputes import utilities

FILES = sorted((data_root("evals") / "scenarios").glob("*.yaml"))
pytestmark = pytest.mark.xdist_group("shipped")  # so that each file is read once
PRIVATE = {"sources", "general_knowledge", "author_notes", "name", "adjective", "schema_"}


@cache
def load(path: Path) -> tuple[Scenario, ...]:
    return tuple(load_scenarios(str(path)))


def is_case(path: Path) -> bool:
    """Whether the file is one hand-written dispute without a known right answer.

    It is asked of the text: each process that collects the tests would else read every dispute.
    """
    return not re.search(r"^(control|generate):", path.read_text(encoding="utf-8"), re.MULTILINE)


CASE_FILES = [path for path in FILES if is_case(path)]


def cases() -> list[Scenario]:
    return [load(path)[0] for path in CASE_FILES]


@pytest.fixture(params=CASE_FILES, ids=lambda path: str(path.stem))
def case(request: pytest.FixtureRequest) -> Scenario:
    (scenario,) = load(request.param)
    return scenario


def rounds(scenario: Scenario) -> range:
    """Every round with terms of its own, from 1."""
    return range(1, 2 + max((reality.after_round for reality in scenario.realities), default=0))


def table(scenario: Scenario) -> tuple[str, str]:
    return scenario.seats.o, scenario.seats.u


def absent(scenario: Scenario) -> list[str]:
    return [pid for pid, principal in scenario.principals.items() if not principal.at_table]


def values_and_limits(
    scenario: Scenario, round_: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """u ``(packages, 2)`` and r ``(2,)`` of the seated principals, official first."""
    seated = table(scenario)
    u = np.stack([utilities(scenario, pid, round_) for pid in seated], axis=1)
    r = np.array([scenario.terms(pid, round_).reservation for pid in seated])
    return u, r


def crossing_none(scenario: Scenario) -> NDArray[np.bool_]:
    """Which packages, in row-major order, cross no red line of a seated principal."""
    clean = np.ones(scenario.shape(), dtype=np.bool_)
    for pid in table(scenario):
        for line in scenario.principals[pid].red_lines:
            axis = scenario.issue_ids().index(line.issue)
            ids = scenario.issue(line.issue).option_ids()
            np.moveaxis(clean, axis, 0)[[ids.index(option) for option in line.options]] = False
    return clean.ravel()


def prose(value: Any) -> Iterator[str]:
    """Every text of a scenario that a model may be shown, without its sources and notes."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in PRIVATE:
                yield from prose(item)
    elif isinstance(value, list):
        for item in value:
            yield from prose(item)
    elif isinstance(value, str):
        yield value


def texts(scenario: Scenario) -> list[str]:
    document = scenario.model_dump(mode="json")
    # An issue's name is shown; a principal's name is filled in for its placeholder.
    return [*prose(document), *(issue.name for issue in scenario.issues)]


def exchanged(text: str, one: tuple[str, str], other: tuple[str, str]) -> str:
    """``text`` with the (name, adjective) of two principals exchanged, longest word first."""
    swap = dict(zip((*one, *other), (*other, *one), strict=True))
    longest_first = sorted(swap, key=len, reverse=True)
    pattern = re.compile("|".join(re.escape(word) for word in longest_first))
    return pattern.sub(lambda match: swap[match[0]], text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.stem))
def test_a_case_is_known_by_the_text_of_its_file(path: Path) -> None:
    data = load_document(path).data
    assert is_case(path) == (not is_family(data) and "control" not in data)
    if is_case(path):
        assert [scenario.id for scenario in load(path)] == [path.stem]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.stem))
def test_every_shipped_file_loads_with_all_its_twins(path: Path) -> None:
    for scenario in load(path):
        for twin in Twin:
            document = scenario.twin(twin).model_dump(mode="json", by_alias=True)
            assert Scenario.model_validate(document) == scenario.twin(twin)


def test_ids_are_unique_and_the_cases_are_enough_for_an_exact_test() -> None:
    ids = [scenario.id for path in FILES for scenario in load(path)]
    assert len(set(ids)) == len(ids)
    assert len(cases()) >= 12  # a sign-flip test over 8 scenarios can just reach p < .01


def test_the_best_is_worth_one_and_the_worst_nothing_in_every_round(case: Scenario) -> None:
    for round_ in rounds(case):
        u, _ = values_and_limits(case, round_)
        assert u.max(axis=0) == pytest.approx([1, 1])
        assert u.min(axis=0) == pytest.approx([0, 0])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.stem))
def test_every_option_says_what_it_is(path: Path) -> None:
    """Two words at least: 'none', 'free' and 'stay' told nothing after thirty thousand letters."""
    for scenario in load(path):
        ids = [option for issue in scenario.issues for option in issue.option_ids()]
        assert len(set(ids)) == len(ids)
        assert all("_" in option for option in ids)


def test_no_option_is_called_by_the_letter_of_a_principal(case: Scenario) -> None:
    """A delegate reads names; who 'b' is in 'b_pays' it is never told."""
    for issue in case.issues:
        for option in issue.option_ids():
            assert not set(option.split("_")) & set(table(case)), option


def test_a_case_is_complete_and_small_enough_to_enumerate(case: Scenario) -> None:
    assert 6 <= len(case.issues) <= 8
    assert all(3 <= count <= 5 for count in case.shape())
    assert np.prod(case.shape()) <= 65_536
    assert absent(case)
    assert any(reality.after_round == 1 for reality in case.realities)
    assert case.sources or case.general_knowledge
    assert all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", source.date) for source in case.sources)
    assert case.author_notes
    for pid in table(case):
        assert 3 <= len(case.public(pid).talking_points) <= 5
        assert case.principals[pid].red_lines


def test_weights_sum_to_one_exactly(case: Scenario) -> None:
    for pid, principal in case.principals.items():
        assert sum(Decimal(str(weight)) for weight in principal.weights.values()) == 1
        if principal.public:
            believed = principal.public.stereotype.weights
            assert sum(Decimal(str(weight)) for weight in believed.values()) == 1, pid


def test_the_issues_are_partly_integrative(case: Scenario) -> None:
    one, other = (case.principals[pid].weights for pid in table(case))
    apart = sum(abs(one[issue] - other[issue]) for issue in case.issue_ids()) / 2
    assert 0.15 <= apart <= 0.5


def test_a_deal_is_possible_but_not_easy_in_every_round(case: Scenario) -> None:
    clean = crossing_none(case)
    for round_ in rounds(case):
        inside = zopa(*values_and_limits(case, round_))
        assert 0.02 <= inside.mean() <= 0.15
        assert (inside & clean).any()


def test_the_fair_point_gives_both_a_like_share_and_crosses_no_red_line(case: Scenario) -> None:
    clean = crossing_none(case)
    for round_ in rounds(case):
        u, r = values_and_limits(case, round_)
        row = solve(u, r).kalai_smorodinsky
        assert row is not None
        assert clean[row]
        share = (u[row] - r) / (u[zopa(u, r)].max(axis=0) - r)
        assert abs(share[0] - share[1]) <= 0.10
        assert share.min() >= 0.4


def test_the_frontier_is_long_and_the_fair_point_near_its_middle(case: Scenario) -> None:
    u, r = values_and_limits(case, 1)
    frontier = Frontier.of(u)
    row = solve(u, r).kalai_smorodinsky
    position = frontier.project(u[row])
    assert len(frontier.points) >= 20
    assert frontier.length > 1
    assert position is not None
    assert 0.3 <= position <= 0.7


def test_absent_principals_take_some_of_the_possible_deals_and_not_all(case: Scenario) -> None:
    for round_ in rounds(case):
        inside = zopa(*values_and_limits(case, round_))
        for_all = inside & crossing_none(case)
        for pid in absent(case):
            accepts = utilities(case, pid, round_) >= case.terms(pid, round_).reservation
            assert 0.05 <= accepts[inside].mean() <= 0.97, (pid, round_)
            for_all &= accepts
        assert for_all.any()  # C2: some deal could be signed by everybody who pays for it


def test_red_lines_are_worth_little_to_their_owner(case: Scenario) -> None:
    for pid, principal in case.principals.items():
        for line in principal.red_lines:
            for option in line.options:
                assert principal.values[line.issue][option] <= 0.35, (pid, line.issue)


def test_openings_are_near_best_and_keep_their_own_red_lines(case: Scenario) -> None:
    for pid in table(case):
        opening = case.public(pid).opening
        assert case.terms(pid).utility(opening) >= 0.85
        assert not case.crossed(pid, opening)


def test_stereotypes_are_off_and_do_not_lean_to_a_side(case: Scenario) -> None:
    for pid in table(case):
        truth, believed = case.principals[pid], case.public(pid).stereotype
        assert 0.03 <= abs(believed.reservation - truth.reservation) <= 0.1
        off = sum(abs(believed.weights[issue] - truth.weights[issue]) for issue in truth.weights)
        assert 0.1 <= off / 2 <= 0.3
        assert believed.values


def test_both_sides_are_given_as_much_to_say(case: Scenario) -> None:
    one, other = (case.principals[pid] for pid in table(case))
    assert len(case.public(case.seats.o).talking_points) == len(
        case.public(case.seats.u).talking_points
    )
    assert len(one.red_lines) == len(other.red_lines)
    lengths = sorted(len(side.description.split()) for side in (one, other))
    assert lengths[1] <= 1.3 * lengths[0]


@pytest.mark.parametrize("seat", ["o", "u"])
def test_as_many_principals_are_thought_firmer_as_weaker_than_they_are(seat: str) -> None:
    errors = []
    for case in cases():
        pid = getattr(case.seats, seat)
        errors.append(case.public(pid).stereotype.reservation - case.principals[pid].reservation)
    assert abs(sum(np.sign(errors))) <= 1
    assert abs(float(np.mean(errors))) <= 0.01


def test_the_public_leans_to_no_side_over_all_disputes() -> None:
    """Ignorance must not be a help, or a harm, by the hand of whoever wrote the disputes."""
    for seat in ("o", "u"):
        harder = [belief(case, seat).harder for case in cases()]
        assert abs(sum(harder)) / len(harder) <= 0.02
        assert min(harder) < -0.03 < 0.03 < max(harder), "but it is wrong about each"


def test_the_table_of_balance_has_every_dispute() -> None:
    assert sorted(STORIES) == sorted(case.id for case in cases())


def test_neither_letter_has_the_official_seat_throughout() -> None:
    official = [case.seats.o for case in cases()]
    assert abs(official.count("a") - official.count("b")) <= 1


def test_no_name_is_written_out_anywhere_a_model_could_read_it(case: Scenario) -> None:
    for text in texts(case):
        for pid in table(case):
            principal = case.principals[pid]
            for word in (principal.name, principal.adjective):
                assert word.split()[0].lower() not in text.lower()


def test_the_name_twin_differs_by_the_exchange_of_names_alone(case: Scenario) -> None:
    one, other = ((case.principals[p].name, case.principals[p].adjective) for p in table(case))
    twin = case.twin(Twin.NAMES)
    for text in texts(case):
        assert twin.say(text) == exchanged(case.say(text), one, other)
    for pid in case.principals:
        assert twin.terms(pid) == case.terms(pid)
    assert twin.twin(Twin.NAMES) == case


def test_the_mediated_reunification_plan_passes_with_one_community_only() -> None:
    (island,) = load_scenarios(str(data_root("evals") / "scenarios" / "reunification.yaml"))
    plan = {
        "territory": "territory_28_percent",
        "council": "council_six_three",
        "guarantees": "guarantees_stay",
        "troops": "symbolic_troops",
        "property": "third_property_back",
        "residence": "residence_capped",
        "newcomers": "newcomers_by_list",
    }
    larger, smaller = island.terms("a"), island.terms("b")
    assert larger.utility(plan) < larger.reservation
    assert smaller.utility(plan) > smaller.reservation
