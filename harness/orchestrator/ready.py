"""Which stage of a plan is played next.

The first way through the graph that has something to play goes first, so that a run cut short holds
whole episodes; a stage waits until those that it reads are over. Nothing here plays or writes.

Where servers load one model at a time, the stages of one model can come before those of another
instead: then a run cut short holds few whole episodes, and models are changed as rarely as can be.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from harness.orchestrator.graph import Node, Way
from harness.records.transcript import Status

BREATH: Final = 500
"""Stages that are passed over before others get a turn of the event loop: those of a long run that
is resumed are many."""


Needs = frozenset[tuple[str, frozenset[str]]]
"""Servers that load one model at a time, each with the models of it that a stage asks."""
NOTHING: Final[Needs] = frozenset()


@dataclass(frozen=True, slots=True, order=True)
class ReadyStage:
    """A stage that can be played.

    Attributes:
        order: Where it stands in the plan.
        node: The stage.
        missing: Names of its inputs that have no result.
    """

    order: int
    node: Node = field(compare=False)
    missing: tuple[str, ...] = field(default=(), compare=False)


class Ready:
    """The stages of a plan, in the order in which they can be played. Belongs to one event loop.

    Args:
        ways: Of the plan, in its order.
        settled: What is known of a stage whose inputs are over: its status where it needs no
            playing, None where it does.
        on_way: Told of every way before a stage of it is given out.
        needs: What a stage needs loaded. One that needs another model of a server than the present
            one waits until no stage is left, or in play, that needs the present one. By this a
            whole plan is drawn before the first model is changed.
        ahead: Ways that are drawn at once, at least 1: what is told of them costs less together.
        on_record: Stages that have a result and are in no way: others read them.
    """

    def __init__(
        self,
        ways: Iterator[Way],
        settled: Callable[[Node], Status | None],
        on_way: Callable[[Way], None] = lambda _: None,
        needs: Callable[[Node], Needs] = lambda _: NOTHING,
        ahead: int = 1,
        on_record: Iterable[str] = (),
    ) -> None:
        self._ways = ways
        self._settled = settled
        self._on_way = on_way
        self._ahead = ahead
        self._orders = 0
        self._needs = needs
        self._stages: dict[Needs, list[ReadyStage]] = {}
        self._loaded: dict[str, frozenset[str]] = {}
        self._using: Counter[str] = Counter()
        self._over: dict[str, Status] = dict.fromkeys(on_record, "done")
        self._open: set[str] = set()
        self._waiting: dict[str, tuple[int, Node, set[str]]] = {}
        self._readers: dict[str, list[str]] = {}
        self._in_play = 0
        self._closed = False
        self._changed = asyncio.Event()
        self.passed = 0
        """Stages that needed no playing."""

    async def next(self) -> ReadyStage | None:
        """The next stage to play; None when there will be none.

        Whoever takes one says when it is :meth:`over`.
        """
        drawn = 0
        while not self._closed:
            if (stage := self._take(self._fits)) is not None:
                return stage
            if ways := tuple(islice(self._ways, self._ahead)):
                for way in ways:
                    self._on_way(way)
                    for node in way.nodes:
                        self._add(node)
                drawn += len(ways)
                if drawn >= BREATH:
                    drawn = 0
                    await asyncio.sleep(0)
                continue
            if (stage := self._take(self._can_load)) is not None:
                return stage
            if not self._in_play:
                if self._give_up():
                    continue
                self.close()
                break
            self._changed.clear()
            await self._changed.wait()
        return None

    def over(self, node: Node, status: Status) -> None:
        """A stage was played."""
        self._in_play -= 1
        self._using.subtract(server for server, _ in self._needs(node))
        self._end(node.id, status)
        self._changed.set()

    def _give_up(self) -> bool:
        """Take for failed what nobody plans and stages wait for; whether there was any."""
        unknown = {key for *_, awaited in self._waiting.values() for key in awaited}
        unknown -= self._open
        for key in unknown:
            self._end(key, "failed")
        return bool(unknown)

    def close(self) -> None:
        """Give nothing out any more."""
        self._closed = True
        self._changed.set()

    def _take(self, may: Callable[[Needs], bool]) -> ReadyStage | None:
        """The first stage whose needs ``may`` be met; what it needs is loaded from now on."""
        first = min(
            (needs for needs in self._stages if may(needs)),
            key=lambda needs: self._stages[needs][0],
            default=None,
        )
        if first is None:
            return None
        stages = self._stages[first]
        stage = heapq.heappop(stages)
        if not stages:
            del self._stages[first]
        for server, models in first:
            if not models <= self._loaded.get(server, frozenset()):
                self._loaded[server] = models
            self._using[server] += 1
        self._in_play += 1
        return stage

    def _fits(self, needs: Needs) -> bool:
        """Whether no server has to load anything in the place of something else."""
        return all(models <= self._loaded.get(server, models) for server, models in needs)

    def _can_load(self, needs: Needs) -> bool:
        """Whether nobody needs what would have to make room."""
        return all(
            models <= self._loaded.get(server, models) or not self._using[server]
            for server, models in needs
        )

    def _add(self, node: Node) -> None:
        if node.id in self._open or node.id in self._over:
            return  # another way has it too
        self._open.add(node.id)
        self._orders += 1
        awaited = {key for key in node.inputs.values() if key not in self._over}
        if not awaited:
            self._arrive(self._orders, node)
            return
        self._waiting[node.id] = (self._orders, node, awaited)
        for key in awaited:
            self._readers.setdefault(key, []).append(node.id)

    def _arrive(self, order: int, node: Node) -> None:
        """Everything that a stage reads is over."""
        missing = tuple(name for name, key in node.inputs.items() if self._over[key] != "done")
        status = self._settled(node)
        if status is None:
            stages = self._stages.setdefault(self._needs(node), [])
            heapq.heappush(stages, ReadyStage(order, node, missing))
        else:
            self.passed += 1
            self._end(node.id, status)

    def _end(self, stage: str, status: Status) -> None:
        self._open.discard(stage)
        self._over[stage] = status
        for reader in self._readers.pop(stage, ()):
            order, node, awaited = self._waiting[reader]
            awaited.discard(stage)
            if not awaited:
                del self._waiting[reader]
                self._arrive(order, node)
