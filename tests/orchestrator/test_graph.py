"""The graph of a plan: a stage is what determines it, played once for all arms that have it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.disputes.scenario import Twin
from harness.orchestrator import plan as planning
from harness.orchestrator.estimate import estimate
from harness.orchestrator.graph import Node, SeedIds, Way, stages_of
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.orchestrator.plan_checks import MAX_DIALOGUES
from harness.prompting.talks import Prompts
from harness.records.episodes import places_of
from harness.records.folder import PLAN, TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.spec import TALKS, Fork, StageSpec, TalksSpec
from harness.suite.parts import Protocol
from tests.support.disputes import write
from tests.support.fleet import Fleet
from tests.support.runs import play, tiny_plan, tiny_suite

MODEL = "openai/x@http://127.0.0.1:9/v1"
SEATS = [
    {"seat": "o", "principal": "b", "role": "official", "profile": {}},
    {"seat": "u", "principal": "a", "role": "unofficial", "profile": {}},
]


def talks(**changes: Any) -> TalksSpec:
    fields = {
        "scenario": "small",
        "scenario_hash": "0" * 64,
        "twin": "none",
        "seed": 1,
        "protocol": {},
        "seats": SEATS,
    }
    return TalksSpec.model_validate({**fields, **changes})


# --- ids ------------------------------------------------------------------------------------------


SEEDS = st.integers(min_value=0, max_value=2**64)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    ['"seed":1,"protocol":', '","seed":1,"protocol":{', "\\", '\\"', "seed", "\x00\u2028"]
)
SPECS = st.builds(
    talks,
    scenario=TEXT,
    scenario_hash=TEXT,
    seed=SEEDS,
    twin=st.sampled_from(Twin),
    protocol=st.builds(
        Protocol,
        turns=st.integers(1, 200),
        time_limit=st.none() | st.floats(0.001, 1e6),
    ),
    inputs=st.dictionaries(
        st.sampled_from(["seed", "protocol", "earlier"]), st.just("0123456789abcdef")
    ),
    templates=st.dictionaries(TEXT, TEXT, max_size=3),
    fork=st.none() | st.builds(Fork, of=st.just("f" * 16), turn=st.just(3), seed=SEEDS),
    seats=st.lists(
        st.fixed_dictionaries(
            {
                "seat": st.sampled_from(["o", "u"]),
                "principal": st.sampled_from(["a", "b"]),
                "role": st.just("official"),
                "profile": st.fixed_dictionaries({"deal_reward": st.floats(0, 1)}),
                "model": st.none() | TEXT,
            }
        ),
        min_size=2,
        max_size=4,
    ),
)


@given(spec=SPECS, seeds=st.lists(SEEDS, min_size=1, max_size=4))
def test_an_id_by_seed_is_the_id_of_the_whole_spec(spec: TalksSpec, seeds: list[int]) -> None:
    ids = SeedIds(spec)
    for seed in (spec.seed, *seeds):
        node = ids.node(TALKS, seed)
        written = TalksSpec.model_validate({**spec.model_dump(by_alias=True), "seed": seed})
        assert node == Node(TALKS, written.id, written)
        assert node.id == node.spec.id


def test_a_spec_is_made_when_it_is_first_asked_for_and_once() -> None:
    made: list[Opening] = []

    def make() -> Opening:
        made.append(Opening(text="we begin", inputs={"talks": "a" * 16}))
        return made[-1]

    spec = Opening(text="we begin", inputs={"talks": "a" * 16})
    lazy = Node("opening", spec.id, make, {"talks": "a" * 16})
    assert (lazy.inputs, lazy.id, made) == (spec.inputs, spec.id, [])
    assert "opening" in repr(lazy)
    assert hash(lazy) == hash(Node("opening", spec.id, spec))
    assert not made
    assert lazy.spec is lazy.spec is made[0]
    assert len(made) == 1
    assert lazy == Node("opening", spec.id, spec)
    assert lazy != Node("opening", spec.id, Opening(text="we end"))
    assert lazy != spec.id
    assert Node("opening", spec.id, spec).inputs is spec.inputs


def test_every_planned_stage_has_the_id_of_its_spec(tmp_path: Path) -> None:
    models = {"official": MODEL, "unofficial": MODEL}
    prompts = Prompts().hashes()
    for plan in (
        tiny_plan(write(tmp_path)),
        make_plan(tiny_suite(write(tmp_path)), Overrides(models=models), prompts),
    ):
        nodes = list(plan.stages())
        assert len(nodes) == 8
        assert [node.id for node in nodes] == [node.spec.id for node in nodes] == plan.ids
        assert {node.name for node in nodes} == {TALKS}


# --- stages in common -----------------------------------------------------------------------------


class Opening(StageSpec):
    """A kind of stage that there is not."""

    kind: str = "opening"
    text: str = ""


def node(name: str, spec: StageSpec) -> Node:
    return Node(name, spec.id, spec)


def way(arm: str, *nodes: Node, epoch: int = 1) -> Way:
    return Way(arm, "small", Twin.NONE, epoch, nodes)


def test_a_stage_in_common_comes_once_where_the_first_way_comes_to_it() -> None:
    shared = node("opening", Opening(text="we begin"))
    one, two, three = (
        node(TALKS, talks(seed=seed, inputs={"opening": shared.id})) for seed in (1, 2, 3)
    )
    ways = [way("a", shared, one), way("b", shared, two), way("c", one), way("d", three, shared)]
    assert list(stages_of(iter(ways))) == [shared, one, two, three]
    places = places_of(way.episode for way in ways)
    assert list(places) == [shared.id, one.id, two.id, three.id]
    assert places[shared.id].arms == ("a", "b", "d")
    assert places[one.id].arms == ("a", "c")
    assert [way.talks for way in ways[:2]] == [one.spec, two.spec]


def test_stages_come_as_they_are_asked_for() -> None:
    drawn = 0

    def endless() -> Iterator[Way]:
        nonlocal drawn
        while True:
            drawn += 1
            yield way("a", node(TALKS, talks(seed=drawn)), epoch=drawn)

    stages = stages_of(endless())
    assert [next(stages).spec for _ in range(3)] == [talks(seed=seed) for seed in (1, 2, 3)]
    assert drawn == 3


def test_an_episode_names_every_stage_of_its_way() -> None:
    opening = node("opening", Opening())
    played = node(TALKS, talks())
    episode = way("a", opening, played, epoch=4).episode
    assert episode.stages == {"opening": opening.id, TALKS: played.id}
    assert (episode.arm, episode.scenario, episode.twin, episode.epoch) == (
        *("a", "small", Twin.NONE),
        4,
    )
    assert episode.pair == "none/4"


SAME: dict[str, dict[str, Any]] = {
    "a title": {"track": "1", "title": "The same again"},
    "a change to what it is": {"track": "1", "u": {"deal_reward": 0.0}},
    "a mechanism that it lacks taken away": {"track": "1", "without": ["prestige"]},
    "the twins of the suite": {"track": "1", "twins": ["none", "seats"]},
    "the tactic of the suite": {"track": "1", "tactic": "linear"},
    "both seats turned round": {"track": "1", "reversed": True},
}
"""Arms that are written otherwise than ``one`` and are played alike."""
OTHER: dict[str, dict[str, Any]] = {
    "another profile": {"track": "1", "u": {"deal_reward": 0.5}},
    "a mechanism": {"track": "1", "with": ["prestige"]},
    "another role": {"track": "1", "u": {"role": "envoy"}},
    "another tactic": {"track": "1", "tactic": "boulware"},
    "an adviser": {
        "track": "1",
        "u": {"members": [{"id": "lawyer", "title": "adviser", "remit": "the law"}]},
    },
    "other settings": {"track": "1", "u": {"settings": {"temperature": 0.5}}},
}


def with_arm(folder: Path, again: dict[str, Any], **changes: Any) -> Plan:
    """Arms ``one``, ``again`` and ``half``."""
    arms = {"one": {"track": "1"}, "again": again, "half": {"track": "1.5"}}
    return tiny_plan(write(folder), arms=arms, **changes)


@pytest.mark.parametrize("case", SAME)
def test_arms_that_are_played_alike_have_their_stages_in_common(tmp_path: Path, case: str) -> None:
    plan = with_arm(tmp_path, SAME[case])
    assert (plan.dialogues, plan.stage_count) == (12, 8)
    assert len(plan.ids) == len(set(plan.ids)) == 8
    by_arm = {arm: [w.talks.id for w in plan.ways() if w.arm == arm] for arm in plan.arms}
    assert by_arm["one"] == by_arm["again"]
    assert not set(by_arm["one"]) & set(by_arm["half"])
    assert plan.root != tiny_plan(write(tmp_path)).root, "an arm more is another run"


@pytest.mark.parametrize("case", OTHER)
def test_arms_that_differ_in_play_have_nothing_in_common(tmp_path: Path, case: str) -> None:
    plan = with_arm(tmp_path, OTHER[case])
    assert (plan.dialogues, plan.stage_count) == (12, 12)
    assert len(set(plan.ids)) == 12


def test_a_stage_in_common_is_played_once_and_counts_for_both_arms(tmp_path: Path) -> None:
    plan, run = with_arm(tmp_path, SAME["a title"]), tmp_path / "run"
    progress = play(plan, run)
    assert (progress.planned, progress.done, progress.resumed) == (8, 8, 0)
    assert len((run / TRANSCRIPTS).read_bytes().splitlines()) == 8
    folder = RunFolder(run)
    assert [transcript.id for transcript in folder.transcripts()] == plan.ids
    assert list(folder.episodes()) == [w.episode for w in plan.ways()]
    assert Counter(episode.arm for episode in folder.episodes()) == {
        "one": 4,
        "again": 4,
        "half": 4,
    }
    arms = Counter(folder.place(key).arms for key in plan.ids)
    assert arms == {("one", "again"): 4, ("half",): 4}
    assert folder.info.dialogues == 12
    before = {name: (run / name).read_bytes() for name in (PLAN, TRANSCRIPTS)}
    again = play(plan, run)
    assert (again.planned, again.done, again.resumed) == (8, 0, 8)
    assert {name: (run / name).read_bytes() for name in before} == before


def test_workers_are_sent_a_stage_in_common_once(tmp_path: Path) -> None:
    plan, fleet = with_arm(tmp_path, SAME["a title"]), Fleet()
    progress = fleet.run(plan, tmp_path / "run", workers=2, slots=2)
    assert (progress.planned, progress.done) == (8, 8)
    assert fleet.played() == Counter(plan.ids)


@pytest.mark.usefixtures("interrupted")
def test_a_run_that_is_cut_short_goes_on_with_stages_in_common(tmp_path: Path) -> None:
    plan, run = with_arm(tmp_path, SAME["a title"]), tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        play(plan, run, workers=1, limit=3)
    progress = play(plan, run)
    assert (progress.resumed, progress.done) == (3, 5)
    play(plan, tmp_path / "whole")
    for name in (PLAN, TRANSCRIPTS):
        assert (run / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


@pytest.mark.parametrize("limit", range(1, 13))
def test_a_limit_counts_dialogues_of_arms_and_not_stages(tmp_path: Path, limit: int) -> None:
    whole = with_arm(tmp_path, SAME["a title"])
    plan = make_plan(whole.suite, Overrides(limit=limit))
    ways = list(plan.ways())
    assert plan.dialogues == len(ways) == limit
    assert plan.cut == 12 - limit
    assert plan.stage_count == len(plan.ids) == len({w.talks.id for w in ways})
    assert plan.ids == whole.ids[: len(plan.ids)]


def test_what_both_arms_need_is_estimated_once(tmp_path: Path) -> None:
    models = {"official": MODEL, "unofficial": MODEL}
    alone = tiny_suite(write(tmp_path))
    arms = {"one": {"track": "1"}, "again": SAME["a title"], "half": {"track": "1.5"}}
    shared = tiny_suite(write(tmp_path), arms=arms)
    prompts = Prompts()
    two, three = (
        estimate(make_plan(suite, Overrides(models=models), prompts.hashes()), prompts)
        for suite in (alone, shared)
    )
    assert (two.dialogues, three.dialogues) == (8, 12)
    assert three.calls == two.calls > 0
    assert three.prompt_tokens == two.prompt_tokens


# --- a large plan ---------------------------------------------------------------------------------


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Seeds for which a stage was made."""
    found: list[int] = []

    class Counting(SeedIds):
        def node(self, name: str, seed: int) -> Node:
            found.append(seed)
            return super().node(name, seed)

    monkeypatch.setattr(planning, "SeedIds", Counting)
    return found


CELLS = 10


def large(folder: Path, **changes: Any) -> Plan:
    """Five arms, two twins, 100,000 epochs: as many dialogues as a run may have."""
    tactics = ("linear", "boulware", "conceder", "tit-for-tat")
    arms: dict[str, Any] = {f"arm-{n}": {"track": "1", "tactic": t} for n, t in enumerate(tactics)}
    arms["half"] = {"track": "1.5"}
    primary = {"name": "half", "treatment": "half", "control": "arm-0"}
    more = {"arms": arms, "contrasts": {"primary": primary}, **changes}
    return tiny_plan(write(folder), epochs=100_000, **more)


def test_the_first_way_of_a_million_is_there_at_once(tmp_path: Path, drawn: list[int]) -> None:
    plan = large(tmp_path)
    assert not drawn
    assert plan.dialogues == MAX_DIALOGUES
    assert plan.name == f"tiny-{plan.root[:8]}"
    assert len(plan.digest) == 16
    assert (plan.cut, plan.cut_scenarios) == (0, ())
    assert not drawn, "none of these is counted from ids"
    first = next(plan.ways())
    assert (first.arm, first.twin, first.epoch) == ("arm-0", Twin.NONE, 1)
    assert next(plan.stages()).id == first.talks.id
    assert len(drawn) == 2


def test_how_many_stages_a_million_dialogues_have_is_known_from_an_epoch(
    tmp_path: Path, drawn: list[int]
) -> None:
    assert large(tmp_path).stage_count == MAX_DIALOGUES
    assert len(drawn) <= CELLS


def test_so_it_is_where_arms_have_stages_in_common(tmp_path: Path, drawn: list[int]) -> None:
    arms = {"one": {"track": "1"}, "again": SAME["a title"], "half": {"track": "1.5"}}
    plan = tiny_plan(write(tmp_path), arms=arms, epochs=1_000)
    assert (plan.dialogues, plan.stage_count) == (6_000, 4_000)
    assert len(drawn) <= 2 * 6, "an epoch tells, and what a limit leaves of the last one"


@pytest.mark.usefixtures("interrupted")
def test_a_million_dialogues_begin_at_once(tmp_path: Path, drawn: list[int]) -> None:
    run = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        play(large(tmp_path), run, workers=2, limit=3)
    assert len(drawn) <= CELLS + 3 + 2 + 2, "an epoch to count, and what was begun"
    folder = RunFolder(run)
    assert len(folder.index()) >= 3
    assert {transcript.id for transcript in folder.transcripts()} <= set(folder.places())
    assert len((run / PLAN).read_bytes().splitlines()) <= 3 + 2 + 2


def test_arms_that_have_talks_in_common_have_the_same_object(tmp_path: Path) -> None:
    """So that its spec and its id are made once."""
    plan = with_arm(tmp_path, SAME["a title"])
    talks: dict[str, Node] = {}
    for way in plan.ways():
        node = talks.setdefault(way.nodes[0].id, way.nodes[0])
        assert node is way.nodes[0]
        assert node.spec.id == node.id
    assert len(talks) == 8
