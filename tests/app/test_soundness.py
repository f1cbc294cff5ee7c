"""Every rule on a scenario: its figure by hand, and a scenario that breaks it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.app.soundness import Row, rows, worst
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from tests.support.disputes import SMALL, small, write


def looked_at(folder: Path, text: str = SMALL, *, played: bool = False) -> dict[str, Row]:
    """Rule -> its row, of a scenario that a person wrote."""
    (scenario,) = load_scenarios(str(write(folder, text)))
    return {row.name: row for row in rows(scenario, played=played)}


def changed(*pairs: tuple[str, str]) -> str:
    text = SMALL
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def test_the_figures_by_hand(tmp_path: Path) -> None:
    # Round 1: (u of b, u of a) are (0, 1), (.7, .6), (.15, .82), (.85, .42), (.3, .4) and (1, 0).
    found = looked_at(tmp_path, SMALL.partition("realities:")[0])
    assert found["size"].value == 6
    zone = found["zone of agreement"]
    assert zone.state == "warn"
    assert zone.value == pytest.approx(0.5)
    assert zone.fix == "raise a reservation to make agreement harder"
    assert found["deals without a red line"].value == 2, "the third gives the well away"
    assert found["balance"].value == pytest.approx(0.25), ".75 and 1 of the most"
    assert found["stereotypes"].value == pytest.approx(0.1)
    assert found["openings"].value == pytest.approx(1)
    assert (found["red lines"].state, found["red lines"].value) == ("good", 0)
    assert "first speaker" not in found, "no talks were played"


@pytest.mark.filterwarnings("error")
def test_a_side_that_can_gain_nothing_has_no_share_of_it(tmp_path: Path) -> None:
    # The one deal left, (.7, .6), is worth no more than no deal to either.
    (scenario,) = load_scenarios(str(write(tmp_path, SMALL.partition("realities:")[0])))
    held = {
        pid: one.model_copy(update={"reservation": reservation})
        for (pid, one), reservation in zip(scenario.principals.items(), (0.6, 0.7), strict=False)
    }
    bound = scenario.model_copy(update={"principals": {**scenario.principals, **held}})
    found = {row.name: row for row in rows(bound, played=False)}
    assert found["zone of agreement"].value == pytest.approx(1 / 6)
    assert (found["balance"].state, found["balance"].value) == ("warn", None)
    assert "can gain nothing by any possible deal, in round 1" in found["balance"].found
    assert found["balance"].fix == "lower the reservation of that side"


def test_it_helps_nobody_to_speak_first_or_it_is_told(tmp_path: Path) -> None:
    row = looked_at(tmp_path, played=True)["first speaker"]
    assert row.value is not None
    assert (row.state == "good") == (abs(row.value) <= 0.1)
    assert f"{row.value:+.3f}" in row.found


BREAKS: dict[str, tuple[tuple[tuple[str, str], ...], str, str]] = {
    "zone of agreement": (
        (("    reservation: 0.3\n", "    reservation: 0.99\n"),),
        "bad",
        "lower a reservation to make agreement easier",
    ),
    "red lines": (
        (("options: [yours], why", "options: [half], why"),),
        "warn",
        "move the red line to a worse option, or lower the value of well: half",
    ),
    "openings": (
        (("opening: {well: mine, fence: them}", "opening: {well: half, fence: us}"),),
        "warn",
        "let the opening ask for more",
    ),
    "stereotypes": (
        (("weights: {well: 0.5, fence: 0.5}", "weights: {well: 0.6, fence: 0.4}"),),
        "warn",
        "change the weights in 'stereotype'; change both sides by about as much",
    ),
    "names in texts": (
        (("name: Arden\n", "name: Kingdom of Arden\n"), ("Water is life.", "Arden is life.")),
        "warn",
        "write $a or $a_adj",
    ),
    "unused issues": (
        (
            ("$a and $b discuss the $a_adj well.", "$a and $b talk."),
            ("Good fences make good neighbours.", "We are here."),
        ),
        "warn",
        "say in the summary, a description or a talking point why the issue matters",
    ),
    "absent party heirs": (
        (("    reservation: 0.4\n", "    reservation: 0.0\n"),),
        "warn",
        "raise its reservation",
    ),
}


@pytest.mark.parametrize("rule", BREAKS)
def test_each_rule_can_be_broken_and_says_what_to_change(rule: str, tmp_path: Path) -> None:
    pairs, state, fix = BREAKS[rule]
    row = looked_at(tmp_path, changed(*pairs))[rule]
    assert (row.state, row.fix) == (state, fix), row


def test_without_a_zone_nothing_else_about_deals_is_told(tmp_path: Path) -> None:
    found = looked_at(tmp_path, changed(("    reservation: 0.3\n", "    reservation: 0.99\n")))
    assert not {"balance", "deals without a red line", "absent party heirs"} & found.keys()


def test_a_zone_within_red_lines_alone_is_no_zone(tmp_path: Path) -> None:
    own = "    red_lines:\n      - {issue: well, options: [half, mine], why: $b needs water.}\n"
    wide = changed(("options: [yours], why", "options: [half, yours], why"))
    wide = wide.replace(
        "    public:\n      opening: {well: yours",
        f"{own}    public:\n      opening: {{well: yours",
    )
    assert looked_at(tmp_path, wide)["deals without a red line"].state == "bad"


def test_an_option_that_nobody_would_take_is_told(tmp_path: Path) -> None:
    more = changed(
        (
            "      - {id: yours,",
            "      - {id: none_at_all, text: nobody draws}\n      - {id: yours,",
        )
    )
    more = more.replace("half: 0.7,", "half: 0.7, none_at_all: 0,")
    more = more.replace("half: 0.2,", "half: 0.2, none_at_all: 0,")
    more = more.replace("half: 0.4,", "half: 0.4, none_at_all: 0,")
    more = more.replace("half: 0.5,", "half: 0.5, none_at_all: 0,")
    more = more.replace("half: 1,", "half: 1, none_at_all: 0,")
    row = looked_at(tmp_path, more)["unused options"]
    assert (row.state, row.found, row.value) == ("warn", "well: none_at_all", 1)


def test_a_control_is_not_judged_by_its_zone(tmp_path: Path) -> None:
    found = {row.name: row for row in rows(load_scenarios("no-possible-deal")[0])}
    assert found["control"].found.startswith("no_zopa:")
    assert "zone of agreement" not in found
    assert all(row.state == "good" for row in found.values())


def test_a_row_is_json_and_says_what_to_do_where_something_is_wrong(tmp_path: Path) -> None:
    for row in rows(small(tmp_path), played=False):
        document: dict[str, Any] = row.as_json()
        assert set(document) == {"name", "state", "found", "aim", "fix", "value"}
        assert bool(row.fix) == (row.state != "good"), row


@given(st.lists(st.sampled_from(["good", "warn", "bad"])))
@example([])
@example(["warn", "bad", "good"])
def test_the_worst_of_states_is_one_of_them(states: list[Any]) -> None:
    found = worst(states)
    assert found in states or (found == "good" and not states)
    assert found == "bad" or "bad" not in states
    assert found != "good" or set(states) <= {"good"}


def test_every_shipped_story_passes_every_rule(tmp_path: Path) -> None:
    scenario: Scenario = load_scenarios("port")[0]
    assert [row for row in rows(scenario) if row.state != "good"] == []
