"""Who is compared: a model at other settings is somebody else, and what confounds is no pair."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic_core import to_json

from harness.analysis.comparison import compare
from harness.analysis.comparison_measures import GAIN
from harness.analysis.comparison_mismatches import mismatches
from harness.analysis.comparison_players import (
    MOST_NAMED,
    Player,
    apart,
    confounded,
    player_of,
    sampling_of,
    settles,
    table_of,
)
from harness.analysis.comparison_rows import Meetings
from harness.errors import UsageError
from harness.suite.parts import ModelSettings, SeatSpec
from tests.support.disputes import small
from tests.support.meetings import SCRIPT, empty, meet
from tests.support.run_folders import MIDDLE, deal, make_suite

ONE = (GAIN,)


def at(model: str, **settings: object) -> Player:
    """A model with settings, as it is read from a seat."""
    seat = _seat().model_copy(
        update={"kind": "model", "model": model, "settings": ModelSettings(**settings)}
    )
    return player_of(seat, model, make_suite())


def _seat() -> SeatSpec:
    return SeatSpec.model_validate(
        {"seat": "u", "principal": "b", "role": "envoy", "profile": {}, "tactic": "linear"}
    )


def told(meetings: Meetings, who: Player, gain: float, *, scenario: str, run: int) -> None:
    same = {"settings of seat u": to_json(sampling_of(who)).decode()}
    meet(meetings, who, gain, scenario=scenario, run=run, same=same)


def played(*players: Player) -> Meetings:
    """Each in a run of its own, on six scenarios, against the same script."""
    meetings = empty(*(f"run-{number}" for number in range(len(players))))
    for number, who in enumerate(players):
        for i in range(6):
            gain = 0.1 * number + 0.01 * i * (number + 1)
            told(meetings, who, gain, scenario=f"s{i}", run=number)
    return meetings


def test_levels_of_effort_of_one_model_are_compared_by_name() -> None:
    found = compare(played(at("qwen", effort="low"), at("qwen", effort="high")), ONE, ONE)
    assert {entry.label for entry in found.whole.of("u")} == {
        "qwen (effort low)",
        "qwen (effort high)",
    }
    (difference,) = found.whole.differences
    assert difference.effect.n_pairs == 6
    assert not found.mismatches
    assert "qwen (effort high) is above qwen (effort low) by" in " ".join(found.answer)


def test_two_models_at_other_settings_are_refused_and_paired_where_loose() -> None:
    meetings = played(at("qwen", temperature=0.2), at("gpt", temperature=0.7))
    with pytest.raises(UsageError) as no:
        compare(meetings, ONE, ONE)
    assert "settings of seat u" in no.value.what
    loose = compare(meetings, ONE, ONE, loose=True)
    assert loose.marked
    assert len(loose.whole.differences) == 1


def test_of_three_the_one_pair_that_differs_in_both_is_left_out_and_named() -> None:
    meetings = played(at("qwen"), at("qwen", effort="high"), at("gpt"))
    found = compare(meetings, ONE, ONE)
    labels = {entry.id: entry.label for entry in found.whole.entries}
    compared = {frozenset((labels[d.one], labels[d.other])) for d in found.whole.differences}
    low = "qwen (effort not set)"
    assert compared == {frozenset((low, "qwen (effort high)")), frozenset((low, "gpt"))}
    (left,) = found.unpaired
    assert {labels[left.one], labels[left.other]} == {"qwen (effort high)", "gpt"}
    assert left.why == (
        "who plays and how it is sampled both differ (effort high against effort not set)"
    )
    assert any(note.startswith("qwen (effort high) and gpt are not comp") for note in found.notes)
    assert found.as_json()["not_compared"] == [
        {"one": left.one, "other": left.other, "why": left.why}
    ]


def test_a_counterpart_at_other_settings_is_no_fixed_counterpart() -> None:
    meetings = empty("a", "b")
    for run, (who, effort) in enumerate((("qwen", "low"), ("llama", "high"))):
        counterpart = at("gpt", effort=effort)
        same = {"settings of seat o": effort, "settings of seat u": ""}
        meet(meetings, at(who), 0.1, o=counterpart, run=run, same=same)
    (found,) = mismatches(meetings)
    assert found.part == "settings of seat o"


def test_a_model_that_plays_itself_at_two_settings_is_compared() -> None:
    low, high = at("qwen", effort="low"), at("qwen", effort="high")
    assert settles(table_of({"o": low, "u": low}), table_of({"o": high, "u": high}))
    assert not settles(table_of({"o": low, "u": SCRIPT}), table_of({"o": high, "u": at("gpt")}))
    meetings = empty("a", "b")
    for i in range(6):
        for run, who in enumerate((low, high)):
            same = {f"settings of seat {seat}": str(run) for seat in "ou"}
            meet(meetings, who, 0.1 * run, o=who, run=run, scenario=f"s{i}", same=same)
    assert mismatches(meetings) == ()
    found = compare(meetings, ONE, ONE)
    assert {one.itself for one in found.whole.differences} == {True}


def test_a_script_is_not_sampled() -> None:
    assert player_of(_seat(), "scripted", make_suite()) == Player("scripted", "linear")
    assert not confounded(SCRIPT, at("qwen", temperature=0.5))
    assert not confounded(at("qwen", effort="low"), at("qwen", effort="high"))


def test_settings_that_arms_set_say_nothing_of_who_plays(tmp_path: Path) -> None:
    suite = make_suite()
    arms = dict(suite.arms)
    change = arms["plain"].u.model_copy(update={"settings": ModelSettings(temperature=1)})
    arms["plain"] = arms["plain"].model_copy(update={"u": change})
    seat = deal(small(tmp_path), "plain", MIDDLE).spec.seats[1]
    seat = seat.model_copy(update={"kind": "model", "settings": ModelSettings(temperature=1)})
    assert player_of(seat, "qwen", suite.model_copy(update={"arms": arms})).settings == ""
    assert player_of(seat, "qwen", suite).settings == '{"settings":{"temperature":1.0}}'
    # Then two runs that differ in it differ in more than who played.
    meetings = empty("a", "b")
    for run in (0, 1):
        meet(meetings, Player("qwen"), 0.1, run=run, same={"settings of seat u": str(run)})
    assert [one.part for one in mismatches(meetings)] == ["settings of seat u"]


def test_a_label_names_what_differs_of_all_that_is_set_and_read() -> None:
    many = {f"field_{i}": i for i in range(6)}
    one = at("qwen", temperature=0.2, extra=many)
    other = at("qwen", temperature=0.2)
    assert apart(one, [other]) == "field_0 0, field_1 1, field_2 2, field_3 3, 2 more"
    assert apart(one, [one]) == ""
    agents = [
        player_of(
            _seat().model_copy(update={"kind": "custom", "environ": {"MODEL": name}}),
            "mine.py:agent",
            make_suite(),
        )
        for name in ("small", "large")
    ]
    assert [apart(agent, agents) for agent in agents] == ["MODEL small", "MODEL large"]
    assert MOST_NAMED == 4
