"""Plans of several line-ups: what of them is the same as without, and what is told apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.orchestrator.lineup import Lineup, in_common, placed_seats, taking_turns
from harness.orchestrator.overrides import Overrides, lineups_of
from harness.orchestrator.plan import Plan, make_plan
from harness.records.episodes import Episode
from tests.support.disputes import write
from tests.support.runs import run_info, tiny_suite

A, B = ("openai/a@http://127.0.0.1:9/v1", "openai/b@http://127.0.0.1:9/v1")
TWO = (Lineup({"unofficial": A}), Lineup({"unofficial": B}))


def planned(folder: Path, lineups: Any = (), **changes: Any) -> Plan:
    return make_plan(tiny_suite(write(folder)), Overrides(lineups=lineups, **changes))


def test_the_stages_of_a_line_up_are_those_of_a_run_of_it_alone(tmp_path: Path) -> None:
    alone = [planned(tmp_path, models=one.models) for one in TWO]
    both = planned(tmp_path, TWO)
    assert set(both.ids) == {key for plan in alone for key in plan.ids}
    assert both.dialogues == both.stage_count == len(both.ids) == 16
    assert both.root not in {plan.root for plan in alone}


def test_a_single_line_up_is_no_list(tmp_path: Path) -> None:
    one, plain = planned(tmp_path, TWO[:1]), planned(tmp_path, models={"unofficial": A})
    assert one.ids == plain.ids
    assert (one.root, one.digest, one.name) == (plain.root, plain.digest, plain.name)
    assert one.lineups == ()
    assert one.models == {"unofficial": A}
    line = next(plain.ways()).episode.model_dump_json()
    assert "models" not in line


def test_line_ups_stand_together_so_a_short_run_holds_whole_pairs_of_each(tmp_path: Path) -> None:
    ways = list(planned(tmp_path, TWO, limit=4).ways())
    assert [(w.arm, (w.models or {})["unofficial"]) for w in ways] == [
        ("one", A),
        ("half", A),
        ("one", B),
        ("half", B),
    ]
    assert len({way.talks.seed for way in ways}) == 1


def test_an_episode_says_who_plays(tmp_path: Path) -> None:
    episode = next(planned(tmp_path, TWO).ways()).episode
    assert episode.models == {"official": "scripted", "unofficial": A}
    assert episode.lineup == f"official=scripted, unofficial={A}"
    assert Episode.model_validate_json(episode.model_dump_json()) == episode


def test_scripts_against_scripts_are_played_once(tmp_path: Path) -> None:
    plan = planned(tmp_path, (*TWO, Lineup({})))
    scripted = [w for w in plan.ways() if all(s.kind == "scripted" for s in w.talks.seats)]
    assert [way.talks.id for way in scripted] == planned(tmp_path).ids


def test_everybody_who_plays_is_known(tmp_path: Path) -> None:
    plan = planned(tmp_path, TWO)
    assert plan.addresses == (A, B)
    assert plan.players == {"unofficial": (A, B)}
    assert plan.models == {}
    assert plan.plays_models
    same = planned(tmp_path, [Lineup({"official": A, **one.models}) for one in TWO])
    assert taking_turns(plan.lineups) == {A, B}
    assert taking_turns(()) == frozenset()
    assert same.models == in_common(same.lineups) == {"official": A}


def test_settings_of_a_flag_go_to_every_line_up(tmp_path: Path) -> None:
    cold = Lineup({"unofficial": A}, {"unofficial": {"temperature": 0.25, "max_tokens": 99}})
    first, second = lineups_of(Overrides(lineups=(cold, TWO[1]), temperature=0.5))
    assert first.sampling == {"unofficial": {"temperature": 0.5, "max_tokens": 99}}
    assert second.sampling == {"unofficial": {"temperature": 0.5}}
    plan = planned(tmp_path, (cold, TWO[1]))
    seats = placed_seats(plan.suite, plan.suite.arms["half"], "x", "y", plan.lineups[0], {})
    assert (seats[0].kind, seats[1].model) == ("scripted", A)
    assert seats[1].settings.temperature == 0.25


def test_the_record_of_one_line_up_is_as_before(tmp_path: Path) -> None:
    info = run_info(planned(tmp_path))
    assert "lineups" not in info.model_dump_json()
    several = info.model_copy(
        update={"models": {"official": A}, "lineups": ({"official": A, "unofficial": B},)}
    )
    assert several.players == {"official": (A,), "unofficial": (B,)}


def test_who_plays_both_seats_of_one_line_up_alone_takes_turns() -> None:
    found = (Lineup({"official": A, "unofficial": A}), Lineup({"official": A, "unofficial": B}))
    assert taking_turns(found) == {B}
