"""Which stage is played next: with nodes that nobody plays."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from harness.disputes.scenario import Twin
from harness.orchestrator.graph import Node, Way
from harness.orchestrator.ready import BREATH, NOTHING, Needs, Ready, ReadyStage
from harness.records.spec import StageSpec
from harness.records.transcript import Status

SERVER = "http://127.0.0.1:11434/v1"


class FakeSpec(StageSpec):
    """A spec that says what it reads, and nothing else."""

    kind: str = "fake"


def node(name: str, *reads: str, **named: str) -> Node:
    """A stage with its name for an id."""
    inputs = {**{key: key for key in reads}, **named}
    # As it is: a real id is a hash, which no reader of a test could tell from another.
    return Node(name, name, FakeSpec.model_construct(inputs=inputs))


def way(*nodes: Node, arm: str = "a") -> Way:
    return Way(arm, "scenario", Twin.NONE, 1, nodes)


def ready(*ways: Way, settled: Mapping[str, Status] | None = None, **more: Any) -> Ready:
    known = settled or {}
    return Ready(iter(ways), lambda one: known.get(one.id), **more)


async def taken(queue: Ready) -> str | None:
    """The next stage; fails where it would have to wait."""
    turn = await asyncio.wait_for(queue.next(), 1)
    return None if turn is None else turn.node.id


async def waits(queue: Ready) -> asyncio.Task[ReadyStage | None]:
    """A stage that is being waited for, and that is not there yet."""
    task = asyncio.ensure_future(queue.next())
    for _ in range(5):
        await asyncio.sleep(0)
    assert not task.done()
    return task


async def played(queue: Ready, status: Callable[[str], Status] = lambda _: "done") -> list[str]:
    """All stages in order, each over before the next is asked for."""
    order = []
    while (turn := await asyncio.wait_for(queue.next(), 1)) is not None:
        order.append(turn.node.id)
        queue.over(turn.node, status(turn.node.id))
    return order


# --- order ---------------------------------------------------------------------------------------


async def test_the_first_episode_is_finished_first() -> None:
    queue = ready(
        way(node("talks-1"), node("judge-1", "talks-1")),
        way(node("talks-2"), node("judge-2", "talks-2")),
    )
    assert await played(queue) == ["talks-1", "judge-1", "talks-2", "judge-2"]


async def test_what_is_passed_over_needs_no_spec() -> None:
    def unmade() -> StageSpec:
        raise AssertionError("nobody plays it")

    passed = way(Node("talks-1", "t1", unmade, {}), Node("judge-1", "j1", unmade, {"talks": "t1"}))
    queue = ready(passed, settled={"t1": "done", "j1": "void"})
    assert await played(queue) == []
    assert queue.passed == 2


@pytest.mark.parametrize(("ahead", "told"), [(1, 1), (2, 2), (9, 3)])
async def test_ways_that_are_drawn_together_are_told_before_a_stage_is_given_out(
    ahead: int, told: int
) -> None:
    ways = [way(node(f"talks-{n}"), node(f"judge-{n}", f"talks-{n}")) for n in (1, 2, 3)]
    drawn: list[Way] = []
    queue = ready(*ways, ahead=ahead, on_way=drawn.append)
    first = await queue.next()
    assert first is not None
    assert drawn == ways[:told]
    queue.over(first.node, "done")
    rest = [f"{what}-{n}" for n in (1, 2, 3) for what in ("talks", "judge")][1:]
    assert await played(queue) == rest, "the order is the same"
    assert drawn == ways


async def test_while_it_waits_later_ones_begin_and_it_goes_before_them_again() -> None:
    first, second = node("talks-1"), node("talks-2")
    queue = ready(way(first, node("judge-1", "talks-1")), way(second), way(node("talks-3")))
    assert [await taken(queue), await taken(queue)] == ["talks-1", "talks-2"]
    queue.over(first, "done")
    assert [await taken(queue), await taken(queue)] == ["judge-1", "talks-3"]


async def test_ways_are_drawn_only_when_they_are_needed() -> None:
    drawn: list[str] = []

    def ways() -> Iterator[Way]:
        for number in range(3):
            drawn.append(f"drawn {number}")
            yield way(node(f"{number}"))

    queue = Ready(ways(), lambda _: None, lambda one: drawn.append(f"told {one.nodes[0].id}"))
    assert drawn == []
    assert await taken(queue) == "0"
    assert drawn == ["drawn 0", "told 0"]


async def test_what_two_arms_share_is_given_out_once() -> None:
    shared = node("talks")
    queue = ready(
        way(shared, node("left", "talks"), arm="left"),
        way(shared, node("right", "talks"), arm="right"),
    )
    assert await taken(queue) == "talks"
    task = await waits(queue)
    queue.over(shared, "done")
    turn = await task
    assert turn is not None
    assert [turn.node.id, await taken(queue)] == ["left", "right"]


async def test_what_is_over_already_is_not_given_out_for_a_later_arm() -> None:
    shared = node("talks")
    queue = ready(way(shared, arm="left"), way(shared, node("after", "talks"), arm="right"))
    assert await played(queue) == ["talks", "after"]


# --- inputs --------------------------------------------------------------------------------------


async def test_a_stage_waits_for_everything_that_it_reads() -> None:
    one, two = node("one"), node("two")
    queue = ready(way(one, two, node("both", "one", "two")))
    assert [await taken(queue), await taken(queue)] == ["one", "two"]
    queue.over(one, "done")
    task = await waits(queue)
    queue.over(two, "done")
    turn = await task
    assert turn is not None
    assert (turn.node.id, turn.missing) == ("both", ())


@pytest.mark.parametrize("status", ["void", "failed"])
async def test_what_has_no_result_is_named_as_missing(status: Status) -> None:
    one, two = node("one"), node("two")
    queue = ready(way(one, two, node("quorum", first="one", second="two")))
    for each, its in ((one, status), (two, "done")):
        assert await taken(queue) == each.id
        queue.over(each, its)  # type: ignore[arg-type]
    turn = await queue.next()
    assert turn is not None
    # Whether that is enough is for the kind of the stage to say: it is given out.
    assert (turn.node.id, turn.missing) == ("quorum", ("first",))


async def test_a_chain_of_what_is_settled_is_passed_over() -> None:
    queue = ready(
        way(node("talks"), node("judge", "talks"), node("sum", "judge")),
        settled={"talks": "done", "judge": "void"},
    )
    turn = await queue.next()
    assert turn is not None
    assert (turn.node.id, turn.missing, queue.passed) == ("sum", ("judge",), 2)


async def test_it_is_asked_whether_a_stage_is_settled_when_its_inputs_are_over() -> None:
    asked: list[str] = []

    def settled(one: Node) -> Status | None:
        asked.append(one.id)
        return None

    talks = node("talks")
    queue = Ready(iter([way(talks, node("judge", "talks"))]), settled)
    await queue.next()
    assert asked == ["talks"]
    queue.over(talks, "done")
    assert asked == ["talks", "judge"]


# --- the end -------------------------------------------------------------------------------------


async def test_without_ways_there_is_nothing() -> None:
    assert await taken(ready()) is None


async def test_all_who_wait_are_told_when_nothing_will_come() -> None:
    only = node("only")
    queue = ready(way(only))
    assert await taken(queue) == "only"
    tasks = [await waits(queue), await waits(queue)]
    queue.over(only, "failed")
    assert await asyncio.gather(*tasks) == [None, None]


async def test_closing_ends_it_for_those_who_wait_and_for_what_is_ready() -> None:
    queue = ready(way(node("one"), node("two", "one")))
    assert await taken(queue) == "one"
    task = await waits(queue)
    queue.close()
    assert await task is None
    queue = ready(way(node("one"), node("two")))
    assert await taken(queue) == "one"
    queue.close()
    assert await taken(queue) is None


async def test_a_long_plan_that_is_resumed_lets_others_have_their_turn() -> None:
    many = 3 * BREATH
    ways = [way(node(f"{number}")) for number in range(many)]
    queue = Ready(iter(ways), lambda _: "done")
    seen: list[int] = []

    async def other() -> None:
        while True:
            seen.append(queue.passed)
            await asyncio.sleep(0)

    task = asyncio.ensure_future(other())
    assert await queue.next() is None
    task.cancel()
    assert queue.passed == many
    assert {BREATH, 2 * BREATH} <= set(seen)


# --- models of one server ------------------------------------------------------------------------


def needing(**models: str) -> Callable[[Node], Needs]:
    """Needs by the first word of a stage's name; ``talks="a b"`` needs both at once."""

    def needs(one: Node) -> Needs:
        words = models.get(one.id.partition("-")[0])
        return NOTHING if words is None else frozenset({(SERVER, frozenset(words.split()))})

    return needs


def judged(count: int) -> list[Way]:
    return [way(node(f"talks-{i}"), node(f"judge-{i}", f"talks-{i}")) for i in range(count)]


async def test_all_talks_come_before_the_judge_of_the_same_server() -> None:
    queue = ready(*judged(3), needs=needing(talks="player", judge="judge"))
    assert await played(queue) == [
        *("talks-0", "talks-1", "talks-2"),
        *("judge-0", "judge-1", "judge-2"),
    ]


async def test_a_model_is_not_changed_while_it_is_in_play() -> None:
    queue = ready(*judged(2), needs=needing(talks="player", judge="judge"))
    first, second = await queue.next(), await queue.next()
    assert first is not None
    assert second is not None
    queue.over(first.node, "done")
    task = await waits(queue)
    queue.over(second.node, "done")
    turn = await task
    assert turn is not None
    assert (turn.node.id, await taken(queue)) == ("judge-0", "judge-1")


async def test_what_asks_no_shared_server_waits_for_nobody() -> None:
    queue = ready(*judged(2), needs=needing(talks="player"))
    assert await played(queue) == ["talks-0", "judge-0", "talks-1", "judge-1"]


async def test_what_is_loaded_beside_another_model_needs_no_change() -> None:
    queue = ready(*judged(2), needs=needing(talks="a b", judge="b"))
    assert await played(queue) == ["talks-0", "judge-0", "talks-1", "judge-1"]


async def test_another_model_beside_the_present_one_is_a_change() -> None:
    queue = ready(*judged(2), needs=needing(talks="a", judge="a b"))
    assert await played(queue) == ["talks-0", "talks-1", "judge-0", "judge-1"]


async def test_servers_are_changed_each_for_itself() -> None:
    other = "http://127.0.0.1:1234/v1"

    def needs(one: Node) -> Needs:
        where, _, model = one.id.partition("-")
        return frozenset({({"left": SERVER, "right": other}[where], frozenset({model}))})

    queue = ready(
        way(node("left-a")),
        way(node("right-a")),
        way(node("left-b")),
        way(node("right-b")),
        needs=needs,
    )
    first, second = await queue.next(), await queue.next()
    assert first is not None
    assert second is not None
    assert (first.node.id, second.node.id) == ("left-a", "right-a")
    queue.over(second.node, "done")
    assert await taken(queue) == "right-b"
    queue.over(first.node, "done")
    assert await taken(queue) == "left-b"


async def test_the_present_model_goes_on_with_what_becomes_ready_for_it() -> None:
    ways = [
        way(node(f"talks-{i}"), node(f"judge-{i}", f"talks-{i}"), node(f"again-{i}", f"judge-{i}"))
        for i in range(2)
    ]
    queue = ready(*ways, needs=needing(talks="player", judge="judge", again="player"))
    assert await played(queue) == [
        *("talks-0", "talks-1"),
        *("judge-0", "judge-1"),
        *("again-0", "again-1"),
    ]


async def test_closing_ends_what_waits_for_a_model() -> None:
    queue = ready(*judged(1), way(node("talks-1")), needs=needing(talks="player", judge="judge"))
    first = await queue.next()
    assert first is not None
    assert await taken(queue) == "talks-1"
    queue.over(first.node, "done")
    task = await waits(queue)
    queue.close()
    assert await task is None


async def test_what_nobody_plans_is_missing_and_holds_nobody_up() -> None:
    queue = ready(way(node("a"), node("b", "never"), node("c", "b")))
    missing = {}
    while (turn := await asyncio.wait_for(queue.next(), 1)) is not None:
        missing[turn.node.id] = turn.missing
        queue.over(turn.node, "failed" if turn.missing else "done")
    assert missing == {"a": (), "b": ("never",), "c": ("b",)}
