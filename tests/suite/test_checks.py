"""What is asked of a suite before it is played: comparisons that can be decided, texts that fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.disputes.scenario import Scenario
from harness.errors import InputError
from harness.suite import checks
from harness.suite.checks import (
    never_paired,
    problems_before_play,
    scenarios_listed_twice,
    undecidable,
    unknown_claims,
    unsound_texts,
    without_effect,
    without_link,
)
from harness.suite.contrasts import CLAIMS
from harness.suite.loading import load_suite
from harness.suite.suite import Suite
from tests.support.command import ROOT
from tests.support.disputes import small, write


def suite(arm: dict[str, Any] | None = None, **fields: Any) -> Suite:
    return Suite.model_validate(
        {
            "id": "mine",
            "title": "Mine",
            "question": "What?",
            "scenarios": ["ceasefire"],
            "arms": {"a": {"track": "1", **(arm or {})}, "b": {"track": "1.5"}},
            **fields,
        }
    )


def asking(*secondary: dict[str, Any], **primary: Any) -> dict[str, Any]:
    """Contrasts of arms a and b, the primary one changed."""
    whole = {"name": "p", "treatment": "a", "control": "b"}
    return {
        "primary": {**whole, **primary},
        "secondary": [{**whole, "name": "s", **one} for one in secondary],
    }


# --- claims --------------------------------------------------------------------------------------


def test_each_claim_may_be_asked_about_and_so_may_none() -> None:
    for claim in ("", *CLAIMS):
        assert not unknown_claims(suite(contrasts=asking(claim=claim)))


def test_a_claim_that_is_not_made_is_named() -> None:
    contrasts = asking({"claim": "hardball"}, claim="C99")
    found = [(problem.path, problem.what) for problem in unknown_claims(suite(contrasts=contrasts))]
    assert found == [
        (("contrasts", "primary", "claim"), "unknown claim 'C99'"),
        (("contrasts", "secondary", 0, "claim"), "unknown claim 'hardball'"),
    ]


def test_a_misspelt_claim_is_told_the_nearest() -> None:
    (problem,) = unknown_claims(suite(contrasts=asking(claim="C12x")))
    assert (problem.fix or "").startswith("did you mean 'C12'? The claims are C1 to C14")
    (problem,) = unknown_claims(suite(contrasts=asking(claim="hardball")))
    assert (problem.fix or "").startswith("The claims are C1 to C14, in docs/method.md")


# --- what can be decided -------------------------------------------------------------------------


def test_a_sound_suite_has_no_problem() -> None:
    check = {"name": "c", "arm": "a", "measure": "settlement.skew", "extreme": "lowest"}
    contrasts = asking({"control": None}, {"treatment": "b", "control": "a"})
    sound = suite({"twins": ["none", "seats"]}, contrasts=contrasts, checks=[check])
    assert problems_before_play(sound) == []


def test_an_arm_is_not_compared_with_itself() -> None:
    contrasts = asking({}, {"treatment": "b", "control": "b"}, control="a")
    first, second = undecidable(suite(contrasts=contrasts))
    assert first.path == ("contrasts", "primary", "control")
    assert first.what == "the arm 'a' is compared with itself"
    assert second.path == ("contrasts", "secondary", 1, "control")
    assert "'b'" in second.what


@pytest.mark.parametrize("extreme", ["lowest", "highest"])
def test_the_extreme_of_one_arm_decides_nothing(extreme: str) -> None:
    bounded = {"name": "c", "arm": "a", "measure": "settlement.skew", "max": 1}
    decided = {"name": "d", "arm": "a", "measure": "settlement.skew", "extreme": extreme}
    one = suite(arms={"a": {"track": "1"}}, checks=[bounded, decided])
    (problem,) = undecidable(one)
    assert problem.path == ("checks", 1, "extreme")
    assert problem.what == f"'a' is the only arm, and so the {extreme} of all"
    assert undecidable(suite(checks=[bounded, decided])) == []


def test_an_arm_plays_each_twin_once() -> None:
    (problem,) = undecidable(suite({"twins": ["none", "seats", "none"]}))
    assert (problem.path, problem.what) == (("arms", "a", "twins"), "a twin is named twice")


@pytest.mark.parametrize(
    ("own", "played", "paired"),
    [
        ({}, {"a": ["one"], "b": ["one", "two"]}, True),
        ({}, {"a": ["one"], "b": ["two"]}, False),
        ({}, {"a": [], "b": ["two"]}, False),
        ({"twins": ["seats"]}, {"a": ["one"], "b": ["one"]}, False),
        ({"twins": ["seats", "none"]}, {"a": ["one"], "b": ["one"]}, True),
    ],
)
def test_arms_are_compared_where_they_have_something_in_common(
    own: dict[str, Any], played: dict[str, list[str]], paired: bool
) -> None:
    found = never_paired(suite(own, contrasts=asking({"control": None})), played)
    assert [problem.path for problem in found] == ([] if paired else [("contrasts", "primary")])


def test_arms_without_anything_in_common_are_named() -> None:
    (problem,) = never_paired(suite(contrasts=asking()), {"a": ["one"], "b": ["two"]})
    assert problem.what == "'p' compares 'a' with 'b', but they have no scenario and twin in common"


# --- texts ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dispute(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(tmp_path_factory.mktemp("small"))


def texts(dispute: Scenario, made: Suite, **played: list[str]) -> list[tuple[Any, str]]:
    known = {key: dispute.model_copy(update={"id": key}) for key in ("small", "other")}
    found = unsound_texts(made, known, played or {"a": ["small"], "b": ["small"]})
    return [(problem.path, problem.what) for problem in found]


def test_what_a_player_is_told_must_fit_the_scenario(dispute: Scenario) -> None:
    ((path, what),) = texts(dispute, suite({"u": {"stance": "Help $nobody."}}))
    assert path == ("arms", "a", "u", "stance")
    assert "$nobody" in what
    assert what.endswith("(on scenario 'small')")
    assert texts(dispute, suite({"u": {"stance": "Help $b, $a."}})) == []


def test_only_the_scenarios_that_an_arm_plays_count(dispute: Scenario) -> None:
    told = suite({"u": {"stance": "Help $nobody."}})
    assert texts(dispute, told, a=[], b=["small"]) == []


def test_a_problem_is_said_once_and_with_the_first_scenario(dispute: Scenario) -> None:
    told = suite({"u": {"stance": "Help $nobody."}})
    ((_, what),) = texts(dispute, told, a=["other", "small"])
    assert what.endswith("(on scenario 'other')")


def test_a_heading_names_nobody_whose_name_is_exchanged(dispute: Scenario) -> None:
    over_one = suite({"title": "As Arden does", "twins": ["names"]})
    assert [path for path, _ in texts(dispute, over_one)] == [("arms", "a", "title")]
    over_all = suite(title="Arden and the well", twins=["none", "both"])
    assert [path for path, _ in texts(dispute, over_all)] == [("title",)]
    for twins in (["none"], ["none", "seats"]):
        assert texts(dispute, suite(title="Arden and the well", twins=twins)) == []


def test_the_heading_of_one_arm_is_not_that_of_another(dispute: Scenario) -> None:
    apart = suite({"title": "As Arden does", "twins": ["none"]}, twins=["names"])
    assert texts(dispute, apart) == [], "the arm that exchanges names is called something else"


def test_a_name_that_is_never_exchanged_may_stand_in_a_heading(dispute: Scenario) -> None:
    assert texts(dispute, suite(title="The heirs of Corin", twins=["names"])) == []


def test_a_heading_with_something_to_fill_in_is_refused_without_a_scenario() -> None:
    (problem,) = problems_before_play(suite(title="What $a wants"))
    assert problem.path == ("title",)


# --- lists of scenarios --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "twice"),
    [
        (["ceasefire", "opening"], []),
        (["ceasefire", "ceasefire"], [1]),
        (["no_deal", "opening", "no-deal"], [2]),
        (["neutral", "ceasefire", "neutral-03"], [2]),
        (["neutral-03", "neutral"], [1]),
        (["neutral-01", "neutral-02"], []),
        (["neutral-02", "neutral-002", "neutral-02"], [1, 2]),
        (["surrender", str(ROOT / "evals/scenarios/surrender.yaml")], [1]),
        (["no-such", "no-such"], []),
    ],
)
def test_a_scenario_is_listed_once_by_whatever_name(names: list[str], twice: list[int]) -> None:
    found = scenarios_listed_twice(suite(scenarios=names))
    assert [problem.path for problem in found] == [("scenarios", index) for index in twice]
    in_an_arm = scenarios_listed_twice(suite({"scenarios": names}))
    assert [p.path for p in in_an_arm] == [("arms", "a", "scenarios", index) for index in twice]


def test_a_scenario_listed_twice_is_shown_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "id: mine\ntitle: Mine\nquestion: What?\nscenarios:\n  - neutral\n  - opening\n"
        "  - neutral-03\narms:\n  a: {track: '1', scenarios: [fair, fair]}\n"
    )
    with pytest.raises(InputError) as error:
        load_suite(str(path))
    told = str(error.value)
    assert f"{path}:7: scenarios.2: 'neutral-03' names a scenario that 'neutral' has named" in told
    assert "keep one of the two" in told
    assert f"{path}:9: arms.a.scenarios.1: the scenario 'fair' is listed twice" in told


def test_paths_are_looked_for_beside_the_suite(tmp_path: Path) -> None:
    write(tmp_path)
    twice = suite(scenarios=["small.yaml", "./small.yaml"])
    (problem,) = scenarios_listed_twice(twice, tmp_path)
    assert problem.what == "'./small.yaml' names a scenario that 'small.yaml' has named"
    assert scenarios_listed_twice(twice, tmp_path / "elsewhere") == [], "loading says that"


def test_a_list_without_end_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "MAX_SCENARIOS", 2)
    assert scenarios_listed_twice(suite(scenarios=["ceasefire", "opening"])) == []
    (problem,) = scenarios_listed_twice(suite(scenarios=["ceasefire"] * 3))
    assert (problem.path, problem.what) == (
        ("scenarios",),
        "3 scenarios; at most 2 are played",
    )


def test_every_problem_is_found_at_once() -> None:
    unsound = suite(
        {"scenarios": ["fair", "fair"]},
        title="Of $a",
        contrasts=asking(claim="C99", control="a"),
    )
    paths = [problem.path for problem in problems_before_play(unsound)]
    assert paths == [
        ("contrasts", "primary", "claim"),
        ("contrasts", "primary", "control"),
        ("title",),
        ("arms", "a", "scenarios", 1),
    ]


# --- what follows talks --------------------------------------------------------------------------

WHOLE = {"article": "own", "byline": "official", "script": {"echo": 0}, "reading": True}


@pytest.mark.parametrize(
    ("arm", "path"),
    [
        ({"then": {"reading": True, "byline": "official"}}, ("then", "byline")),
        ({"then": {"script": {"echo": 0}}}, ("then", "script")),
        (
            {"then": {"later": {"readers": False, "persuadable": 0.2}}},
            ("then", "later", "persuadable"),
        ),
        (
            {"then": {"reading": True, "later": {"hand": False, "caution": 0.2}}},
            ("then", "later", "caution"),
        ),
        ({"also": [{"principal": "absent"}] * 2}, ("also", 1, "principal")),
    ],
)
def test_a_link_that_would_be_missing_in_silence_is_named(
    arm: dict[str, Any], path: tuple[str | int, ...]
) -> None:
    (found,) = problems_before_play(suite(arm))
    assert found.path == ("arms", "a", *path)
    assert found.fix


@pytest.mark.parametrize(
    "then",
    [
        {**WHOLE, "later": {"persuadable": 0, "caution": 0}},
        {"reading": True},
        {"later": {"readers": False, "hand": False}},
    ],
)
def test_links_that_are_there_or_off_are_sound(then: dict[str, Any]) -> None:
    assert not without_effect(suite({"then": then}))


def test_a_question_about_what_does_not_follow_has_no_answer() -> None:
    arms = {"chain": {"track": "1.5", "then": {"reading": True}}, "plain": {"track": "1"}}
    asked = {
        "primary": {
            "name": "readers",
            "measure": "readers.shift",
            "treatment": "chain",
            "control": "plain",
        },
        "secondary": [{"name": "later", "measure": "later.gain_u", "treatment": "chain"}],
    }
    checks = [{"name": "skew", "arm": "plain", "measure": "settlement.skew", "max": 1}]
    found = without_link(suite(arms=arms, contrasts=asked, checks=checks))
    assert [(one.path, one.what) for one in found] == [
        (
            ("contrasts", "primary", "control"),
            "'readers.shift' has no value in the arm 'plain', whatever is played",
        ),
        (
            ("contrasts", "secondary", 0, "treatment"),
            "'later.gain_u' has no value in the arm 'chain', whatever is played",
        ),
    ]
    assert "add 'then: {reading: true}'" in (found[0].fix or "")
