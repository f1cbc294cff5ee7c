"""The plan of a run: which stages an arm leads through, and where a stage then stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from harness.disputes.scenario import Twin
from harness.errors import RecordError
from harness.records.episodes import Episode, places_of, talks_of
from harness.records.reader import RunFolder
from tests.support.disputes import write
from tests.support.runs import play, tiny_plan

BRIEF, BRANCHED = "b" * 16, "c" * 16


def episode(arm: str, epoch: int = 1, **stages: str) -> Episode:
    return Episode(arm=arm, scenario="small", twin=Twin.SEATS, epoch=epoch, stages=stages)


def test_a_stage_stands_where_its_episode_does() -> None:
    places = places_of([episode("one", 1, talks="1" * 16), episode("one", 2, talks="2" * 16)])
    assert list(places) == ["1" * 16, "2" * 16]
    place = places["2" * 16]
    assert (place.name, place.scenario, place.twin, place.epoch) == ("talks", "small", "seats", 2)
    assert (place.arm, place.arms, place.pair) == ("one", ("one",), "seats/2")
    assert place.pair == episode("other", 2).pair, "arms are compared within it"


def test_a_stage_that_two_arms_share_stands_once_and_in_both() -> None:
    plan = [
        episode("one", brief=BRIEF, talks="1" * 16),
        episode("half", brief=BRIEF, talks="2" * 16),
        episode("whole", brief=BRANCHED, talks="3" * 16),
    ]
    places = places_of(plan)
    assert len(places) == 5
    assert (places[BRIEF].name, places[BRIEF].arms) == ("brief", ("one", "half"))
    assert places[BRIEF].arm == "one", "the first one in the plan"
    own = [places[key].arms for key in ("1" * 16, "2" * 16, BRANCHED, "3" * 16)]
    assert own == [("one",), ("half",), ("whole",), ("whole",)]


def test_an_arm_that_comes_to_a_stage_again_is_named_once() -> None:
    plan = [episode(arm, epoch, brief=BRIEF) for epoch in (1, 2, 3) for arm in ("one", "half")]
    assert places_of(plan)[BRIEF].arms == ("one", "half")


def test_stages_of_the_same_arms_hold_the_same_names() -> None:
    """A run may have a million of them."""
    plan = [
        episode(arm, epoch, brief=f"{epoch:016x}") for epoch in (1, 2, 3) for arm in ("one", "half")
    ]
    kept = {id(place.arms) for place in places_of(plan).values()}
    assert len(kept) == 1


def test_an_episode_says_which_stage_its_talks_are() -> None:
    assert talks_of(episode("one", brief=BRIEF, talks="1" * 16)) == "1" * 16
    assert talks_of(episode("one", brief=BRIEF)) is None


def test_an_episode_is_a_line_and_keeps_the_order_of_its_stages() -> None:
    written = episode("one", talks="1" * 16, brief=BRIEF)
    line = written.model_dump_json()
    assert Episode.model_validate_json(line) == written
    assert list(Episode.model_validate_json(line).stages) == ["talks", "brief"]


@pytest.mark.parametrize(
    "fields", [{"epoch": 0}, {"stages": {"talks": "../../etc"}}, {"twin": "other"}]
)
def test_what_no_plan_says_is_no_episode(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Episode.model_validate({**episode("one", talks="1" * 16).model_dump(), **fields})


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    play(tiny_plan(write(tmp_path)), tmp_path / "run")
    return RunFolder(tmp_path / "run")


def test_a_run_says_where_each_of_its_dialogues_stands(run: RunFolder, tmp_path: Path) -> None:
    plan = tiny_plan(write(tmp_path))
    assert list(run.episodes()) == [way.episode for way in plan.ways()]
    for way in plan.ways():
        place = run.place(way.talks.id)
        assert (place.name, place.arms) == ("talks", (way.arm,))
        assert (place.scenario, place.twin, place.epoch) == (way.scenario, way.twin, way.epoch)
    assert list(run.places()) == plan.ids


def test_a_dialogue_that_the_plan_lacks_is_named(run: RunFolder) -> None:
    with pytest.raises(RecordError, match=r"plan does not have the dialogue 0{16}") as found:
        run.place("0" * 16)
    assert found.value.where == str(run.path / "plan.jsonl")


@pytest.mark.kind("X8")
@pytest.mark.parametrize(
    "line",
    [b"", b"null", b"{}", b'"x"', b"[" * 100_000, b"\xff\xfe", b'{"arm":"one","stages":{}}'],
)
def test_a_line_that_is_no_episode_is_named(run: RunFolder, line: bytes) -> None:
    path = run.path / "plan.jsonl"
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([*lines[:2], line, *lines[2:]]) + b"\n")
    with pytest.raises(RecordError, match="no episode of a plan") as found:
        list(run.episodes())
    assert found.value.where == f"{path}:3"
    assert "move the file away" in str(found.value)
