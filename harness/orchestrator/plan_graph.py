"""The graph of a plan, counted: which stages there are, what they read, and how far arms share
them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from harness.orchestrator.graph import Node, Way


@dataclass(frozen=True)
class GraphRow:
    """The stages of one name.

    Attributes:
        name: What the suite calls them, without the seat or the reader that is asked.
        kind: Of the stages.
        reads: Names of the stages that some of them read.
        stages: How many are played.
        episodes: How many ways lead through one, every one that each way has; more than ``stages``
            where arms share them.
        calls: Of models, at most.
        arms: Those that have any.
    """

    name: str
    kind: str
    reads: tuple[str, ...]
    stages: int
    episodes: int
    calls: int
    arms: tuple[str, ...]


def name_of(node: Node) -> str:
    """What stages of the same place in an episode have in common: ``probe`` of ``probe_o``."""
    return node.name.split("_", 1)[0]


class GraphCount:
    """The graph under way."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}
        self._reads: dict[str, dict[str, None]] = {}
        self._arms: dict[str, dict[str, None]] = {}
        self._stages: Counter[str] = Counter()
        self._episodes: Counter[str] = Counter()
        self._calls: Counter[str] = Counter()

    def add(self, way: Way, fresh: Collection[str]) -> None:
        """Count a way.

        Args:
            fresh: Ids of its stages that no earlier way leads through.
        """
        names = {node.id: name_of(node) for node in way.nodes}
        for node in way.nodes:
            name = names[node.id]
            self._arms.setdefault(name, {})[way.arm] = None
            self._episodes[name] += 1
            if node.id in fresh:
                self._kinds.setdefault(name, node.spec.kind)
                self._stages[name] += 1
                reads = self._reads.setdefault(name, {})
                reads.update({names[key]: None for key in node.inputs.values() if key in names})

    def asked(self, node: Node, calls: int) -> None:
        """Count calls of a stage."""
        self._calls[name_of(node)] += calls

    def rows(self) -> tuple[GraphRow, ...]:
        """What was counted, each stage after those that it reads."""
        return tuple(
            GraphRow(
                name=name,
                kind=kind,
                reads=tuple(self._reads[name]),
                stages=self._stages[name],
                episodes=self._episodes[name],
                calls=self._calls[name],
                arms=tuple(self._arms[name]),
            )
            for name, kind in self._kinds.items()
        )
