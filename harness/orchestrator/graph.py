"""The graph of a plan: its stages, what each of them reads, and the ways through the graph.

A stage that several arms have in common is one stage: it has one id, and is played once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from harness.disputes.scenario import Twin
from harness.records.episodes import Episode
from harness.records.spec import StageSpec, TalksSpec


class Node:
    """One stage of an episode.

    Args:
        name: What the suite calls it.
        id: Of the stage, the hash of its spec.
        spec: What determines it; or what makes that, when it is first asked for. Most stages of a
            run that is resumed are passed over, and nobody asks.
        inputs: Of the spec, where that is yet to be made.
    """

    __slots__ = ("_spec", "id", "inputs", "name")

    def __init__(
        self,
        name: str,
        id: str,  # noqa: A002 - as in a record
        spec: StageSpec | Callable[[], StageSpec],
        inputs: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.id = id
        self._spec = spec
        if inputs is None:
            inputs = self.spec.inputs
        self.inputs = inputs
        """Name -> id of a stage that it reads."""

    @property
    def spec(self) -> StageSpec:
        """What determines it."""
        if not isinstance(self._spec, StageSpec):
            self._spec = self._spec()
        return self._spec

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Node):
            return NotImplemented
        return (self.name, self.id, self.spec) == (other.name, other.id, other.spec)

    def __hash__(self) -> int:
        return hash((self.name, self.id))

    def __repr__(self) -> str:
        return f"<stage {self.name} {self.id}>"


@dataclass(frozen=True, slots=True)
class Way:
    """One way through the graph: an arm, on a scenario, once.

    Attributes:
        nodes: Its stages, each after those that it reads.
        models: Role -> who plays it, in a plan of several line-ups; None in one of a single.
    """

    arm: str
    scenario: str
    twin: Twin
    epoch: int
    nodes: tuple[Node, ...]
    models: Mapping[str, str] | None = None

    @property
    def episode(self) -> Episode:
        """As it is written down."""
        return Episode(
            arm=self.arm,
            scenario=self.scenario,
            twin=self.twin,
            epoch=self.epoch,
            stages={node.name: node.id for node in self.nodes},
            models=None if self.models is None else dict(self.models),
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
        self._last: tuple[int, Node] | None = None

    def node(self, name: str, seed: int) -> Node:
        """The stage with this seed. Asked for it again and again, as arms that have it in common do
        one after the other, it is the same one."""
        if self._last is None or self._last[0] != seed:
            self._last = (seed, self._node(name, seed))
        return self._last[1]

    def _node(self, name: str, seed: int) -> Node:
        digest = self._before.copy()
        digest.update(str(seed).encode())
        digest.update(self._after)
        made = partial(self._with, seed)
        return Node(name, digest.hexdigest()[:16], made, self._spec.inputs)

    def _with(self, seed: int) -> TalksSpec:
        return self._spec.model_copy(update={"seed": seed})
