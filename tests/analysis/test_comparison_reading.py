"""Reading runs for a comparison: each dialogue once, its values, its costs, who played it."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.analysis.comparison_measures import COLUMNS, Column
from harness.analysis.comparison_mismatches import mismatches
from harness.analysis.comparison_players import Player
from harness.analysis.comparison_reading import Make, Said, Task, read_meetings
from harness.analysis.comparison_rows import Meetings, cells
from harness.analysis.judge_known import JudgeKnown
from harness.disputes.scenario import Scenario
from harness.records.episodes import Episode
from harness.records.finished import Finished, Played
from harness.records.reader import RunFolder
from harness.records.spec import Fork
from harness.records.transcript import Call, CallTiming, Timing, Usage, VoidReason
from harness.records.writer import RunWriter
from tests.support import disputes
from tests.support.run_folders import (
    LOPSIDED,
    MIDDLE,
    Placed,
    deal,
    dialogue,
    make_run,
    make_suite,
    score,
)


@pytest.fixture(name="small")
def _small(tmp_path: Path) -> Scenario:
    return disputes.small(tmp_path)


def run_of(path: Path, scenario: Scenario, *transcripts: Placed) -> RunFolder:
    return make_run(path, make_suite(), {"small": scenario}, transcripts)


def with_model(placed: Placed, arm: str, model: str, **more: Any) -> Placed:
    """The same dialogue with a model in seat u, and so with another id."""
    seats = tuple(
        seat.model_copy(update={"kind": "model", "model": model}) if seat.seat == "u" else seat
        for seat in placed.spec.seats
    )
    spec = placed.spec.model_copy(update={"seats": seats})
    changed = placed.model_copy(update={"spec": spec, "id": spec.id, **more})
    return Placed.of(changed, arm)


def values(found: Meetings, row: int, seat: str) -> dict[str, float | None]:
    return {column.name: found.value(row, column.name, seat) for column in COLUMNS}


def test_a_dialogue_has_its_values_from_both_seats(tmp_path: Path, small: Scenario) -> None:
    run = run_of(tmp_path / "a", small, deal(small, "plain", LOPSIDED))
    found = read_meetings([run], ["a"], COLUMNS)
    (meeting,) = found.rows
    assert (meeting.scenario, meeting.twin, meeting.epoch, meeting.arms) == (
        *("small", "none", 1),
        ("plain",),
    )
    assert list(cells(meeting)) == [("small", "none", 1, "plain")]
    assert meeting.course is None, "nothing broke off"
    assert found.versions[0, "settlement"] == {2}
    assert meeting.players == {seat: Player("scripted", "no tactic named") for seat in "ou"}
    o, u = values(found, 0, "o"), values(found, 0, "u")
    assert (o["gain"], u["gain"]) == (pytest.approx(0.75), pytest.approx(-0.3))
    assert o["skew"] == -(u["skew"] or 0) > 0
    assert (o["below"], u["below"]) == (0, 1)
    assert (o["red_lines"], u["red_lines"]) == (0, 1)
    assert u["regret"] == pytest.approx(0.6)
    assert (u["deals"], u["void"], u["repairs"]) == (1, 0, 0)
    assert u["tokens"] is None
    assert found.why_missing([0], "tokens", "u") == {"a script asks no model": 1}


def test_whose_reading_a_score_is_is_read_as_far_as_it_is_one(
    tmp_path: Path, small: Scenario
) -> None:
    talks = deal(small, "plain", LOPSIDED)
    scores = [
        score(talks, "words.final_u", 2.0).model_copy(update={"detail": {"judges": judges}})
        for judges in ([{"judge": "openai/x\x1b[31m"}, {"judge": 7}, "no"], "openai/y")
    ]
    words = Column(
        "words.final", "t", "D", sources=("words.final_o", "words.final_u"), by_judge=True
    )
    known = JudgeKnown(judges={"words.final_u": "openai/x"})
    for told, named in zip(scores, (["openai/x\\x1b[31m"], []), strict=True):
        run = make_run(tmp_path / str(len(named)), make_suite(), {"small": small}, [talks], [told])
        found = read_meetings([run], ["a"], (words,), known=[known])
        assert list(found.judges[0, "words"]) == named
        assert found.value(0, "words.final", "u") == 2
        assert found.known_in(0) == known
        assert read_meetings([run], ["a"], COLUMNS).judges == {}


def test_no_deal_is_not_below_no_deal(tmp_path: Path, small: Scenario) -> None:
    run = run_of(tmp_path / "a", small, dialogue(small, "plain", [("o", "walk_out")]))
    u = values(read_meetings([run], ["a"], COLUMNS), 0, "u")
    assert (u["gain"], u["deals"], u["below"]) == (0, 0, 0)


def test_a_void_dialogue_has_no_values_and_names_who_made_it_so(
    tmp_path: Path, small: Scenario
) -> None:
    void = VoidReason(kind="reply", seat="u", detail="no JSON")
    run = run_of(tmp_path / "a", small, dialogue(small, "plain", [], void=void))
    found = read_meetings([run], ["a"], COLUMNS)
    assert (found.rows[0].status, found.rows[0].deal, found.rows[0].void_by) == ("void", None, "u")
    assert found.rows[0].course is not None
    u, o = values(found, 0, "u"), values(found, 0, "o")
    assert (u["void"], o["void"]) == (1, 0)
    assert u["gain"] is u["below"] is u["regret"] is None
    assert found.why_missing([0], "gain", "u") == {"void: no JSON": 1}
    assert found.why_missing([0], "below", "u") == {"void: no result": 1}


def test_a_failed_dialogue_is_nobodys_void(tmp_path: Path, small: Scenario) -> None:
    failed = VoidReason(kind="endpoint", seat="u", detail="down")
    run = run_of(tmp_path / "a", small, dialogue(small, "plain", [], void=failed))
    found = read_meetings([run], ["a"], COLUMNS)
    assert found.rows[0].status == "failed"
    assert found.rows[0].void_by == ""
    assert values(found, 0, "u")["void"] is None


def test_costs_are_those_of_the_seats_own_calls(tmp_path: Path, small: Scenario) -> None:
    def call(index: int, seat: str, prompt: int | None) -> Call:
        usage = Usage(prompt=prompt, completion=5)
        return Call(
            index=index,
            seat=seat,
            purpose="move",
            model="openai/x",
            prompt=(),
            reply="{}",
            usage=usage,
        )

    calls = (call(0, "u", 10), call(1, "u", 20))
    known = with_model(deal(small, "plain", MIDDLE), "plain", "openai/x", calls=calls)
    lost = with_model(deal(small, "lean", MIDDLE), "lean", "openai/x", calls=(call(0, "u", None),))
    run = run_of(tmp_path / "a", small, known, lost)
    with RunWriter(tmp_path / "b", run.info) as writer:
        for placed in (known, lost):
            timing = Timing(
                id=placed.id,
                started="2020-01-01T00:00:00",
                seconds=9.0,
                calls=tuple(
                    CallTiming(call=one.index, seconds=1.5, attempts=1, cached_tokens=4)
                    for one in placed.calls
                ),
            )
            writer.plan(placed.episode)
            writer.append(Finished.of(Played(placed, timing, {})))
    timed = RunFolder(tmp_path / "b")
    asked: list[int | None] = []

    def price(call: Call, cached: int | None) -> float:
        asked.append(cached)
        return 0.25

    found = read_meetings([timed], ["b"], COLUMNS, price)
    u = values(found, 0, "u")
    assert (u["tokens"], u["usd"], u["seconds"]) == (40, 0.5, 3)
    assert asked == [4, 4, 4]
    assert found.rows[0].players["u"] == Player("openai/x", "", '{"settings":{}}')
    assert found.value(1, "tokens", "u") is None
    assert found.why_missing([1], "tokens", "u") == {"the server did not count a call": 1}
    assert found.why_missing([0], "gain", "u") == {"it was not scored": 1}


def test_without_a_price_there_are_no_dollars(tmp_path: Path, small: Scenario) -> None:
    placed = with_model(deal(small, "plain", MIDDLE), "plain", "openai/x")
    found = read_meetings([run_of(tmp_path / "a", small, placed)], ["a"], COLUMNS)
    assert found.value(0, "usd", "u") == 0  # it was never asked, so it cost nothing
    assert found.value(0, "tokens", "u") == 0


def test_a_dialogue_that_two_runs_have_is_read_once(tmp_path: Path, small: Scenario) -> None:
    placed, other = deal(small, "plain", MIDDLE), deal(small, "lean", MIDDLE)
    one = run_of(tmp_path / "a", small, placed)
    two = run_of(tmp_path / "b", small, placed, other)
    found = read_meetings([one, two], ["a", "b"], COLUMNS)
    assert [(meeting.id, meeting.run) for meeting in found.rows] == [(placed.id, 0), (other.id, 1)]
    assert found.repeated == 1


def test_the_same_spec_played_twice_is_two_dialogues(tmp_path: Path, small: Scenario) -> None:
    first = deal(small, "plain", MIDDLE)
    again = Placed.of(
        dialogue(small, "plain", [("o", "walk_out")]).model_copy(
            update={"spec": first.spec, "id": first.id}
        ),
        "plain",
    )
    one, two = run_of(tmp_path / "a", small, first), run_of(tmp_path / "b", small, again)
    found = read_meetings([one, two], ["a", "b"], COLUMNS)
    assert [(m.id, m.deal) for m in found.rows] == [(first.id, True), (first.id, False)]
    assert found.repeated == 0


def test_what_has_to_be_the_same_is_what_is_played_and_not_who_plays(
    tmp_path: Path, small: Scenario
) -> None:
    script = deal(small, "plain", MIDDLE)
    model = with_model(script, "plain", "openai/x")
    run = run_of(tmp_path / "a", small, script)
    other = run_of(tmp_path / "b", small, model)
    (one, two) = read_meetings([run, other], ["a", "b"], COLUMNS).rows
    shared = one.same.keys() & two.same.keys()
    assert {part: one.same[part] for part in shared} == {part: two.same[part] for part in shared}
    assert {"scenario", "protocol", "seed", "profile of seat u"} <= shared
    assert two.same.keys() - shared == {"briefing of seat u", "settings of seat u", "prompts"}


def test_a_fork_is_no_pair_of_what_it_forked_off(tmp_path: Path, small: Scenario) -> None:
    whole = deal(small, "plain", MIDDLE)
    spec = whole.spec.model_copy(update={"fork": Fork(of=whole.id, turn=1, changes=("model",))})
    forked = Placed.of(whole.model_copy(update={"spec": spec, "id": spec.id}), "plain")
    runs = [
        run_of(tmp_path / name, small, placed) for name, placed in (("a", whole), ("b", forked))
    ]
    (found,) = mismatches(read_meetings(runs, ["a", "b"], COLUMNS))
    assert found.part == "where it forks off"
    assert found.detail.startswith("not set in a and {")


def test_a_plan_puts_a_dialogue_into_several_arms(tmp_path: Path, small: Scenario) -> None:
    placed = deal(small, "plain", MIDDLE)
    run = run_of(tmp_path / "a", small, placed)
    with RunWriter(tmp_path / "b", run.info) as writer:
        for arm in ("plain", "lean"):
            shared: Episode = placed.episode.model_copy(update={"arm": arm})
            writer.plan(shared)
        timing = Timing(id=placed.id, started="2020-01-01T00:00:00", seconds=0.0)
        writer.append(Finished.of(Played(placed, timing, {})))
    (meeting,) = read_meetings([RunFolder(tmp_path / "b")], ["b"], COLUMNS).rows
    assert meeting.arms == ("plain", "lean")


def test_whatever_reads_the_lines_the_dialogues_are_the_same(
    tmp_path: Path, small: Scenario
) -> None:
    played = [deal(small, arm, MIDDLE) for arm in ("plain", "lean")]
    runs = [run_of(tmp_path / name, small, *played) for name in "ab"]
    given: list[tuple[int, int]] = []

    def elsewhere(
        make: Make, setup: tuple[Any, ...], tasks: Iterable[Task], dialogues: int
    ) -> Iterator[list[Said]]:
        read = pickle.loads(pickle.dumps((make, setup)))  # noqa: S301 - our own
        work, whole = read[0](*read[1]), list(tasks)
        given.append((len(whole), dialogues))
        yield pickle.loads(pickle.dumps(work(pickle.loads(pickle.dumps(whole)))))  # noqa: S301

    here = read_meetings(runs, ["a", "b"], COLUMNS)
    there = read_meetings(runs, ["a", "b"], COLUMNS, over=elsewhere)
    assert given == [(2, 2), (2, 2)]
    assert here.rows == there.rows
    assert (here.repeated, len(here.rows)) == (there.repeated, 2) == (2, 2)
    assert [values(here, row, "u") for row in (0, 1)] == [values(there, row, "u") for row in (0, 1)]


def test_what_many_dialogues_have_is_kept_once(tmp_path: Path, small: Scenario) -> None:
    played = [deal(small, arm, MIDDLE) for arm in ("plain", "lean")]
    lost = VoidReason(kind="reply", seat="u", detail="no JSON")
    void = dialogue(small, "plain", [], epoch=2, void=lost)
    run = run_of(tmp_path / "a", small, *played, void)
    one, other, broken = read_meetings([run], ["a"], COLUMNS).rows
    assert one.scenario is other.scenario
    assert one.players is other.players is broken.players
    assert one.same["protocol"] is other.same["protocol"]
    assert one.course is not None
    assert other.course is not None
    assert one.course.asked is other.course.asked
