"""Which incentive does the work, on run folders whose every number is known by hand."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from harness.analysis.findings import find
from harness.analysis.mechanisms import factorial_of
from harness.analysis.observations import Observation
from harness.disputes.scenario import Scenario
from tests.support.disputes import small
from tests.support.run_folders import MIDDLE, copies, deal, dialogue, make_run, make_suite, score
from tests.support.transcripts import Entry

SKEW = "settlement.skew"


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def test_mechanisms_alone_and_last(tmp_path: Path, scenario: Scenario) -> None:
    arms = {
        "none": {"track": "1"},
        "only-prestige": {"track": "1", "with": ["prestige"]},
        "without-prestige": {"track": "1.5", "without": ["prestige"]},
        "all": {"track": "1.5"},
        "changed": {"track": "1", "with": ["hardball"], "u": {"knowledge": 0.1}},
    }
    primary = {"name": "all", "treatment": "all", "control": "none"}
    declared = {"name": "prestige first", "treatment": "only-prestige", "control": "none"}
    suite = make_suite(arms=arms, contrasts={"primary": primary, "secondary": [declared]})
    means = {
        "none": 0.0, "only-prestige": 0.1, "without-prestige": 0.2, "all": 0.5, "changed": 0.9
    }  # fmt: skip
    games = copies(scenario, 2)
    walk_out: list[Entry] = [("o", "walk_out")]
    played = {
        (g, arm): dialogue(games[g], arm, walk_out)
        if (g, arm) in (("game-1", "none"), ("game-2", "none"), ("game-1", "without-prestige"))
        else deal(games[g], arm, MIDDLE)
        for g, arm in product(games, arms)
    }
    scores = [score(found, SKEW, means[arm]) for (_, arm), found in played.items()]
    findings = find(make_run(tmp_path / "run", suite, games, played.values(), scores))
    assert [m.mechanism for m in findings.mechanisms] == ["prestige"]
    prestige = findings.mechanisms[0]
    assert prestige.alone is not None
    assert prestige.last is not None
    assert prestige.alone.estimate == pytest.approx(0.1)
    assert prestige.last.estimate == pytest.approx(0.3)
    assert prestige.alone is findings.secondary[0]
    assert prestige.alone_agreement is not None
    assert prestige.last_agreement is not None
    assert prestige.alone_agreement.estimate == 1
    assert prestige.last_agreement.estimate == pytest.approx(0.5)
    assert findings.factorial is None


def test_a_full_factorial_is_decomposed(tmp_path: Path, scenario: Scenario) -> None:
    arms = {
        "none": {"track": "1"},
        "p": {"track": "1", "with": ["prestige"]},
        "h": {"track": "1", "with": ["hardball"]},
        "ph": {"track": "1", "with": ["prestige", "hardball"]},
    }
    means = {"none": 0.0, "p": 0.1, "h": 0.2, "ph": 0.5}
    suite = make_suite(arms=arms, contrasts=None)
    played = {arm: deal(scenario, arm, MIDDLE) for arm in arms}
    scores = [score(played[arm], SKEW, mean) for arm, mean in means.items()]
    run = make_run(tmp_path / "run", suite, {"small": scenario}, played.values(), scores)
    factorial = find(run).factorial
    assert factorial is not None
    assert factorial.shapley == {"prestige": pytest.approx(0.2), "hardball": pytest.approx(0.3)}
    assert factorial.total == pytest.approx(0.5)


FOUR = {
    "none": {"track": "1"},
    "p": {"track": "1", "with": ["prestige"]},
    "h": {"track": "1", "with": ["hardball"]},
    "ph": {"track": "1", "with": ["prestige", "hardball"]},
}


def cells(lost: int) -> list[Observation]:
    """Six scenarios that favour a side by .3, in twins; no mechanism does anything. With both on,
    ``lost`` scenarios lack a value in one twin."""
    return [
        Observation(f"s{s}", f"{twin}/1", arm, None if gone else favours)
        for arm in FOUR
        for s in range(6)
        for twin, favours in (("none", 0.3), ("seats", -0.3))
        for gone in (arm == "ph" and twin == "seats" and s < lost,)
    ]


def test_a_factorial_is_of_what_has_a_value_in_every_cell() -> None:
    suite = make_suite(arms=FOUR, contrasts=None)
    whole, some = factorial_of(suite, cells(0)), factorial_of(suite, cells(4))
    assert whole is not None
    assert some is not None
    assert (whole.total, whole.excluded, some.excluded) == (0, 0, 16)
    assert "excluded" not in whole.model_dump()
    assert some.total == pytest.approx(0), "over all values there are, .2"
    assert some.shapley == pytest.approx({"prestige": 0, "hardball": 0})
    none = factorial_of(suite, [row for row in cells(0) if row.arm != "p"])
    assert none is not None
    assert (none.parts, none.shapley, none.total) == ((), None, None)
    assert none.without == ("s0", "s1", "s2", "s3", "s4", "s5")
