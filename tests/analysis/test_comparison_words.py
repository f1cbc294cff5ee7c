"""What a comparison says beside its figures."""

from __future__ import annotations

import pytest

from harness.analysis.comparison import compare
from harness.analysis.comparison_measures import BY_NAME, GAIN
from harness.analysis.comparison_mismatches import LISTED, Mismatch
from harness.analysis.comparison_players import Player
from harness.analysis.comparison_rows import Meetings
from harness.analysis.comparison_words import refusal
from harness.records.served import Served
from tests.support.meetings import empty, meet, other_question, stub_run, two_models

ONE = (GAIN,)


def test_agreement_and_regret_stand_beside_the_gain() -> None:
    meetings = empty("a", "b")
    for i in range(6):
        meet(meetings, "alpha", {"gain": 0.2 + i / 100, "regret": 0.25}, scenario=f"s{i}")
        meet(meetings, "beta", {"gain": 0.1, "regret": 0.3}, run=1, scenario=f"s{i}")
    columns = (GAIN, BY_NAME["regret"])
    said = " ".join(compare(meetings, columns, columns).answer)
    assert (
        "alpha gets most for its principal: +0.225 over no deal (deals 6 of 6, regret 0.250)"
        in said
    )


def test_models_that_only_played_themselves_are_told_how_to_be_compared() -> None:
    meetings = empty("a", "b")
    for i in range(6):
        meet(meetings, "alpha", 0.2 + i / 100, o="alpha", scenario=f"s{i}")
        meet(meetings, "beta", 0.1, o="beta", run=1, scenario=f"s{i}")
    found = compare(meetings, ONE, ONE)
    assert "Each played both seats, so this is two pairs of delegations." in " ".join(found.answer)
    assert any("the counterpart changed with them" in note for note in found.notes)


def test_entries_that_never_met_the_same_counterpart_are_named() -> None:
    meetings = empty("a", "b")
    meet(meetings, "alpha", 0.2, o="soft")
    meet(meetings, "beta", 0.1, o="hard", run=1)
    found = compare(meetings, ONE, ONE)
    (note,) = [note for note in found.notes if "have no pair in the other seat" in note]
    assert note.startswith("alpha and beta have no pair")
    assert "--model official=ONE --model unofficial=EACH" in note
    assert "alpha has no pair of dialogues with another, so none is compared." in " ".join(
        found.answer
    )


def test_where_nothing_is_shown_neither_players_nor_incentives_are_called_larger() -> None:
    meetings = empty("a", "b")
    for i in range(6):
        for arm in ("plain", "lean"):
            shift = 0.01 if (i % 2) == (arm == "lean") else -0.01
            meet(meetings, "alpha", 0.1 + shift, scenario=f"s{i}", arms=(arm,))
            meet(meetings, "beta", 0.1, run=1, scenario=f"s{i}", arms=(arm,))
    said = " ".join(compare(meetings, ONE, ONE).answer)
    assert "Neither that nor a difference between delegations is shown." in said


def test_incentives_that_change_more_are_said_to() -> None:
    meetings = empty("a", "b")
    for i in range(6):
        for arm, shift in (("plain", 0.0), ("lean", -0.3 - i / 100)):
            meet(meetings, "alpha", 0.12 + shift, scenario=f"s{i}", arms=(arm,))
            meet(meetings, "beta", 0.1 + shift, run=1, scenario=f"s{i}", arms=(arm,))
    said = " ".join(compare(meetings, ONE, ONE).answer)
    assert (
        "Incentives change it more than who plays does: at most 0.020 between delegations, 0.325 "
        "by incentives."
    ) in said


def test_each_effect_of_incentives_is_of_the_arms_that_its_run_compares() -> None:
    meetings = other_question("a", "b")
    for i in range(6):
        for arm, shift in (("plain", 0.0), ("lean", -0.3 - i / 100)):
            meet(meetings, "alpha", 0.12 + shift, scenario=f"s{i}", arms=(arm,))
            meet(meetings, "beta", 0.1 + shift, run=1, scenario=f"s{i}", arms=(arm,))
    said = " ".join(compare(meetings, ONE, ONE).answer)
    assert (
        "Within each delegation of the other seat, incentives change its principal's gain by "
        "−0.325 with alpha (lean against plain, shown) and 0.325 with beta (plain against lean, "
        "shown)."
    ) in said.replace("+", "")


def test_repeated_and_missing_dialogues_and_servers_are_noted() -> None:
    one = Served(since="2026-01-01", model="alpha")
    other = Served(since="2026-02-01", model="omega")
    runs = [stub_run(dialogues=5, played=3, served={"vllm/alpha": [one, other]}), stub_run()]
    meetings = Meetings(runs, ["a", "b"], repeated=2)
    meet(meetings, "vllm/alpha", 0.1)
    meet(meetings, "vllm/beta", 0.1, run=1)
    notes = compare(meetings, ONE, ONE).notes
    assert "2 dialogues are in more than one run, and are counted once." in notes
    assert "a: 2 of 5 dialogues are missing." in notes
    assert any(note.startswith("a: More than one model served vllm/alpha") for note in notes)


@pytest.mark.parametrize(("count", "more"), [(1, None), (LISTED + 2, "and 2 more")])
def test_a_refusal_lists_so_many_and_counts_the_rest(count: int, more: str | None) -> None:
    found = [Mismatch("protocol", "", f"turns is {i} in a and 9 in b", 1) for i in range(count)]
    said = str(refusal(found, (), ["a", "b"]))
    assert said.startswith("a, b: these runs differ in more than who played:")
    assert said.count("to see it: ") == min(count, LISTED)
    assert (more is None) or more in said


def test_of_many_entries_the_leader_is_held_against_the_first_few() -> None:
    meetings = two_models([(0.2 + i / 100, 0.1) for i in range(6)])
    for i in range(6):
        for model in ("c", "d", "e", "f"):
            meet(meetings, model, 0.05, scenario=f"s{i:02}")
    said = compare(meetings, ONE, ONE).answer
    assert sum(sentence.startswith("openai/alpha is above ") for sentence in said) == 4


def test_a_column_without_any_value_says_why() -> None:
    found = compare(two_models([(0.2, 0.1)]), (GAIN, BY_NAME["regret"], BY_NAME["usd"]), ONE)
    cure = "it was not scored. To score a run again: track15 score RUN."
    assert [note for note in found.notes if note.startswith("No dialogue has a value")] == [
        f"No dialogue has a value of regret: {cure}",
        f"No dialogue has a value of dollars: {cure}",
    ]
    scripts = empty("a")
    meet(scripts, Player("scripted", "linear"), 0.1)
    assert not any(
        "dollars" in note for note in compare(scripts, (GAIN, BY_NAME["usd"]), ONE).notes
    )


def test_voids_that_may_be_a_selection_are_said_beside_the_difference() -> None:
    meetings = two_models([(0.2 + i / 100, 0.1) for i in range(6)])
    for i in range(6):
        for epoch in (2, 3):
            place = {"scenario": f"s{i:02}", "epoch": epoch}
            meet(meetings, "openai/alpha", None, status="void", void_by="u", **place)
            meet(meetings, "openai/beta", 0.1, run=1, **place)
    said = " ".join(compare(meetings, ONE, ONE).answer)
    assert "openai/alpha is above openai/beta by 0.125" in said
    assert "unevenly across arms (openai/alpha 67%, openai/beta 0%" in said
    assert "so the rest may be a selection" in said
