from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from harness.disputes.games.family import GameFamily, Generate, Kinds, is_family
from harness.disputes.games.payoffs import fits
from harness.disputes.scenario import Scenario, Twin
from harness.errors import InputError
from harness.files.yamlfile import load_model
from tests.support.disputes import acceptable, utilities, write

FAMILY = """\
schema: track15/games/1
id: trial
title: Trial game
generate:
  instances: 3
  seed: 7
  issues: 4
  options: 3
  kinds: {integrative: 2, distributive: 1, compatible: 1}
  zopa: wide
"""


def family(**changes: object) -> GameFamily:
    block: dict[str, object] = {
        "instances": 3,
        "seed": 7,
        "issues": 4,
        "options": 3,
        "kinds": {"integrative": 2, "distributive": 1, "compatible": 1},
        **changes,
    }
    return GameFamily(id="trial", title="Trial game", generate=Generate.model_validate(block))


def kinds_of(scenario: Scenario) -> dict[str, str]:
    """Kinds as written in the author's notes: 'Issues: site integrative, term compatible. ...'"""
    listed = scenario.author_notes.split("Issues: ")[1].split(".")[0]
    return dict(item.split() for item in listed.split(", "))


def test_a_family_file_loads(tmp_path: Path) -> None:
    loaded = load_model(write(tmp_path, FAMILY), GameFamily)
    scenarios = loaded.scenarios()
    assert [s.id for s in scenarios] == ["trial-01", "trial-02", "trial-03"]
    assert [s.title for s in scenarios] == ["Trial game 01", "Trial game 02", "Trial game 03"]
    assert scenarios == family().scenarios()
    assert scenarios[1] == loaded.scenario(2)


BAD = {
    "typo": ("seed: 7", "sede: 7", 6, "generate.sede", "did you mean 'seed'?"),
    "kinds do not sum": (
        "compatible: 1",
        "compatible: 2",
        9,
        "generate.kinds: the kinds sum to 5, but the game has 4 issues",
        "equal to 'issues'",
    ),
    "too many issues": ("issues: 4", "issues: 11", 7, "generate.issues", "a number in the range"),
    "too many options": ("options: 3", "options: 7", 8, "generate.options", "in the range"),
    "no such ZOPA": ("zopa: wide", "zopa: huge", 10, "generate.zopa", "one of the words listed"),
    "no instances": ("instances: 3", "instances: 0", 5, "generate.instances", "in the range"),
    "half an instance": ("instances: 3", "instances: 2.5", 5, "generate.instances", "whole"),
    "wrong schema": ("games/1", "games/9", 1, "schema", "did you mean 'track15/games/1'?"),
    "odd mirror": (
        "kinds: {integrative: 2, distributive: 1,",
        "symmetric: true\n  kinds: {integrative: 1, distributive: 2,",
        10,
        "generate.kinds.integrative",
        "one more or one less",
    ),
}


@pytest.mark.parametrize(("old", "new", "line", "what", "fix"), BAD.values(), ids=BAD)
def test_bad_family(tmp_path: Path, old: str, new: str, line: int, what: str, fix: str) -> None:
    path = write(tmp_path, FAMILY.replace(old, new))
    with pytest.raises(InputError) as caught:
        load_model(path, GameFamily)
    assert caught.value.where == f"{path}:{line}"
    assert what in caught.value.what
    assert fix in (caught.value.fix or "")


def test_too_many_packages(tmp_path: Path) -> None:
    text = FAMILY.replace("issues: 4", "issues: 10").replace("options: 3", "options: 4")
    path = write(tmp_path, text.replace("integrative: 2", "integrative: 8"))
    with pytest.raises(InputError, match="10 issues of 4 options make 1,048,576 packages"):
        load_model(path, GameFamily)


def test_an_impossible_family_says_so() -> None:
    wanted = {"issues": 2, "kinds": {"compatible": 2}, "zopa": "empty"}
    with pytest.raises(InputError, match="no game with a ZOPA that is empty") as caught:
        family(**wanted).scenarios()
    assert "kinds" in (caught.value.fix or "")


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        ({"generate": {}}, True),
        ({"schema": "track15/games/1"}, True),
        ({"schema": "track15/scenario/1", "issues": []}, False),
        ({"schema": None}, False),
        (["generate"], False),
        (None, False),
    ],
)
def test_telling_a_family_from_a_scenario(data: object, answer: bool) -> None:
    assert is_family(data) is answer


@st.composite
def settings_of_games(draw: st.DrawFn) -> dict[str, object]:
    symmetric = draw(st.booleans())
    integrative = draw(st.sampled_from((0, 2) if symmetric else (0, 1, 2, 3)))
    distributive = draw(st.integers(1, 3))
    compatible = draw(st.integers(0, 2))
    return {
        "instances": 1,
        "seed": draw(st.integers(0, 2**63 - 1)),
        "issues": integrative + distributive + compatible,
        "options": draw(st.integers(3, 4)),
        "kinds": {
            "integrative": integrative,
            "distributive": distributive,
            "compatible": compatible,
        },
        "zopa": draw(st.sampled_from(("wide", "narrow", "empty"))),
        "symmetric": symmetric,
        "realities": draw(st.booleans()),
    }


@given(settings_of_games())
@settings(max_examples=60, deadline=None)
def test_every_generated_game_is_sound(wanted: dict[str, object]) -> None:
    made = GameFamily(id="g", title="G", generate=Generate.model_validate(wanted))
    try:
        scenario = made.scenario(1)
    except InputError:
        assert made.generate.issues < 4, "only small games can be impossible"
        reject()
    assert scenario == made.scenario(1), "the same settings give the same game"
    # A frozen, validated model was built; validating what it wrote again must change nothing.
    assert Scenario.model_validate_json(scenario.model_dump_json(by_alias=True)) == scenario
    for pid in ("a", "b"):
        u = utilities(scenario, pid)
        assert u.min() >= 0
        assert u.max() <= 1 + 1e-9
        weights = scenario.principals[pid].weights
        assert sum(round(w * 1000) for w in weights.values()) == 1000
        opening = scenario.public(pid).opening
        assert scenario.terms(pid).utility(opening) == pytest.approx(1)
        (line,) = scenario.principals[pid].red_lines
        assert [scenario.principals[pid].values[line.issue][o] for o in line.options] == [0]
    agreed = acceptable(scenario)
    zopa = made.generate.zopa
    assert fits(zopa, int(agreed.sum()), agreed.size)
    packages = [scenario.package(index) for index in np.ndindex(scenario.shape())]
    clear = [not (scenario.crossed("a", p) or scenario.crossed("b", p)) for p in packages]
    assert (agreed & np.array(clear)).any() == (zopa != "empty")
    if zopa == "empty":
        assert not acceptable(scenario, round_=2).any(), "no reality opens what is closed"
        assert scenario.control == "no_zopa"
    elif made.generate.realities:
        assert acceptable(scenario, round_=2)[agreed].all(), "the reality moves towards agreement"
    for issue, kind in kinds_of(scenario).items():
        a, b = (list(scenario.principals[pid].values[issue].values()) for pid in "ab")
        assert (np.argsort(a) == np.argsort(b)).all() == (kind == "compatible")
        assert (np.argsort(a) == np.argsort(b)[::-1]).all() == (kind != "compatible")


@given(settings_of_games())
@settings(max_examples=25, deadline=None)
def test_a_symmetric_game_is_its_own_mirror_image(wanted: dict[str, object]) -> None:
    made = GameFamily(
        id="g",
        title="G",
        generate=Generate.model_validate(
            {**wanted, "symmetric": True, "issues": 5, "options": 3}
            | {"kinds": {"integrative": 2, "distributive": 2, "compatible": 1}}
        ),
    )
    scenario = made.scenario(1)
    a, b = scenario.principals["a"], scenario.principals["b"]
    kinds = kinds_of(scenario)
    first, second = (issue for issue, kind in kinds.items() if kind == "integrative")
    partner = {first: second, second: first}

    def mirrored(values: dict[str, dict[str, float]]) -> dict[str, list[float]]:
        return {
            issue: list(values[partner.get(issue, issue)].values())[
                :: 1 if kind == "compatible" else -1
            ]
            for issue, kind in kinds.items()
        }

    assert a.reservation == b.reservation
    assert b.weights == {i: a.weights[partner.get(i, i)] for i in kinds}
    assert b.costs == {i: a.costs[partner.get(i, i)] for i in kinds}
    assert {i: list(v.values()) for i, v in b.values.items()} == mirrored(a.values)
    one, two = scenario.public("a").stereotype, scenario.public("b").stereotype
    assert one.reservation == two.reservation
    assert two.weights == {i: one.weights[partner.get(i, i)] for i in kinds}
    assert {i: list(v.values()) for i, v in two.values.items()} == mirrored(one.values)
    assert [partner.get(r.issue, r.issue) for r in a.red_lines] == [r.issue for r in b.red_lines]
    for reality in scenario.realities:
        assert reality.changes["a"] == reality.changes["b"]


def test_seeds_and_numbers_give_different_games() -> None:
    games = [*family().scenarios(), *family(seed=8).scenarios()]
    for one, two in itertools.combinations(games, 2):
        assert one.principals["a"].weights != two.principals["a"].weights


def test_integrative_issues_are_worth_trading() -> None:
    wanted = {"integrative": 3, "distributive": 2, "compatible": 1}
    for scenario in family(instances=6, issues=6, kinds=wanted).scenarios():
        chosen = [i for i, kind in kinds_of(scenario).items() if kind == "integrative"]
        pairs = [[scenario.principals[pid].weights[i] for pid in "ab"] for i in chosen]
        assert sum(map(max, pairs)) >= 2 * sum(map(min, pairs)) - 1e-9


@pytest.mark.parametrize(
    ("settings", "low", "high"),
    [
        ({}, -0.01, 0.01),
        ({"exaggeration": 1, "hardness": 1.5}, 0.05, 0.08),
        ({"exaggeration": 1, "hardness": 0.75}, -0.07, -0.04),
    ],
)
def test_how_hard_the_public_thinks_the_sides_is_a_setting(
    settings: dict[str, float], low: float, high: float
) -> None:
    wanted = {"integrative": 3, "distributive": 2, "compatible": 1}
    spreads, steps = [], []
    for scenario in family(instances=6, issues=6, options=4, kinds=wanted, **settings).scenarios():
        for pid in "ab":
            truth, image = scenario.principals[pid], scenario.public(pid).stereotype
            assert image.weights != truth.weights
            spreads.append(
                np.std(list(truth.weights.values())) - np.std(list(image.weights.values()))
            )
            steps += [
                np.mean(list(truth.values[i].values())) - np.mean(list(values.values()))
                for i, values in image.values.items()
            ]
    assert np.mean(spreads) > 0, "public weights are flatter"
    assert low < np.mean(steps) < high


def test_the_words_are_the_same_for_both_sides() -> None:
    for scenario in family(instances=4).scenarios():
        a, b = scenario.principals["a"], scenario.principals["b"]
        assert a.description.replace("$a", "$b") == b.description
        assert scenario.twin(Twin.NAMES).twin(Twin.NAMES) == scenario


def test_kinds_are_listed_as_counted() -> None:
    assert Kinds(integrative=1, compatible=2).listed() == [
        "integrative",
        "compatible",
        "compatible",
    ]
