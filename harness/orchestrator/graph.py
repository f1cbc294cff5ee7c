"""The graph that a plan means: stages, what each of them reads, and the ways that lead through.

A stage that several arms have in common is one stage: it has one id, and is played once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from harness.disputes.scenario import Twin
from harness.records.episodes import Episode
from harness.records.spec import StageSpec, TalksSpec


@dataclass(frozen=True, slots=True)
class Node:
    """One stage of an episode.

    Attributes:
        name: What the suite calls it.
        id: Of the stage, the hash of its spec.
        spec: What determines it.
    """

    name: str
    id: str
    spec: StageSpec


@dataclass(frozen=True, slots=True)
class Way:
    """One way through the graph: an arm, on a scenario, once.

    Attributes:
        nodes: Its stages, each after those that it reads.
    """

    arm: str
    scenario: str
    twin: Twin
    epoch: int
    nodes: tuple[Node, ...]

    @property
    def episode(self) -> Episode:
        """As it is written down."""
        return Episode(
            arm=self.arm,
            scenario=self.scenario,
            twin=self.twin,
            epoch=self.epoch,
            stages={node.name: node.id for node in self.nodes},
        )

    @property
    def talks(self) -> TalksSpec:
        """What determines its (first) talks."""
        return next(node.spec for node in self.nodes if isinstance(node.spec, TalksSpec))


def stages_of(ways: Iterator[Way]) -> Iterator[Node]:
    """Every stage once, in the order in which the ways come to it."""
    seen: set[str] = set()
    for way in ways:
        for node in way.nodes:
            if node.id not in seen:
                seen.add(node.id)
                yield node


class SeedIds:
    """Ids of specs that differ in their seed alone, without writing each of them out again.

    Args:
        spec: Any of them.
    """

    def __init__(self, spec: TalksSpec) -> None:
        self._spec = spec
        text = spec.model_dump_json(by_alias=True)
        mark = f'"seed":{spec.seed},"protocol":'
        before, mark_found, after = text.partition(mark)
        assert mark_found
        self._before = hashlib.sha256(f'{before}"seed":'.encode())
        self._after = f',"protocol":{after}'.encode()

    def node(self, name: str, seed: int) -> Node:
        """The stage with this seed."""
        digest = self._before.copy()
        digest.update(str(seed).encode())
        digest.update(self._after)
        spec = self._spec.model_copy(update={"seed": seed})
        return Node(name, digest.hexdigest()[:16], spec)
