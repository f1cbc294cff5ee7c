"""The graph of a plan, counted: what is shared, what is read, and what it costs."""

from __future__ import annotations

from harness.disputes.scenario import Twin
from harness.orchestrator.graph import Node, Way
from harness.orchestrator.plan_graph import GraphCount, name_of
from harness.records.spec import StageSpec

TALKS = StageSpec(kind="talks")
ASKED = [StageSpec(kind="probe", version=n, inputs={"talks": TALKS.id}) for n in (1, 2)]


def way(arm: str, *nodes: tuple[str, StageSpec]) -> Way:
    return Way(arm, "s", Twin.NONE, 1, tuple(Node(name, spec.id, spec) for name, spec in nodes))


def test_what_arms_share_is_played_once_and_stands_in_every_episode() -> None:
    count = GraphCount()
    first = way("a", ("talks", TALKS), ("probe_o", ASKED[0]), ("probe_u", ASKED[1]))
    second = way("b", ("talks", TALKS), ("probe_o", ASKED[0]))
    count.add(first, {node.id for node in first.nodes})
    count.add(second, ())
    count.asked(first.nodes[1], 3)
    count.asked(first.nodes[2], 4)
    talks, probes = count.rows()
    assert (talks.name, talks.kind, talks.reads) == ("talks", "talks", ())
    assert (talks.stages, talks.episodes, talks.arms) == (1, 2, ("a", "b"))
    assert (probes.name, probes.reads, probes.stages, probes.episodes) == (
        "probe",
        ("talks",),
        2,
        3,
    )
    assert (talks.calls, probes.calls) == (0, 7)


def test_a_seat_or_a_reader_is_no_part_of_the_name() -> None:
    assert [name_of(Node(name, "0" * 16, TALKS)) for name in ("talks", "after_official")] == [
        "talks",
        "after",
    ]
