"""Where dialogues are played: in this process, in processes beside it, on a cluster.

The driver (:func:`harness.orchestrator.run.play_plan`) takes dialogues from the plan, hands them to
an executor and writes down what comes back; it alone writes. It cannot tell one executor from
another by what they play: the same spec gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType, TracebackType
from typing import Final, Protocol, Self

from harness.kinds import kind_of, read_record
from harness.records.finished import Finished, record_hash
from harness.records.spec import StageSpec
from harness.records.transcript import InputRead
from harness.stages.base import Bench
from harness.workers.progress import Progress

Lines = Mapping[str, bytes]
"""Name of an input -> its record, as it stands in its file."""
NOTHING: Final[Lines] = MappingProxyType({})


class Executor(Protocol):
    """Plays stages, each once; belongs to one event loop.

    Attributes:
        slots: Stages it can have in play at once, at least 1.
    """

    slots: int

    async def play(self, spec: StageSpec, inputs: Lines = NOTHING) -> Finished:
        """Play a stage to its end, on another worker if one is lost.

        Args:
            inputs: Name -> the record that it reads, as it stands in its file.

        Raises:
            Track15Error: The run cannot go on: a prompt cannot be rendered, workers cannot be
                started or end again and again. What a model or an endpoint does is no such error.
        """
        ...

    async def aclose(self) -> None:
        """End everything that was started. Stages in play are broken off."""
        ...


class LocalExecutor:
    """Plays in this process, many stages at once in its event loop.

    Args:
        bench: What stages are played with.
        progress: Counts unusable replies; calls are counted by the bench.
        slots: Stages in play at once, >= 1.
    """

    def __init__(self, bench: Bench, progress: Progress, *, slots: int) -> None:
        self.slots = slots
        self._bench = bench
        self._progress = progress

    async def play(self, spec: StageSpec, inputs: Lines = NOTHING) -> Finished:
        """See :class:`Executor`."""
        kind = kind_of(spec.kind)
        hashes = {name: record_hash(line) for name, line in inputs.items()}
        # Read anew for each stage: what a kind does to a record changes no other stage's.
        read = {name: read_record(line) for name, line in inputs.items()}
        played = await kind.play(spec, read, self._bench)
        record = played.record
        if inputs:
            noted = {name: InputRead(id=one.id, hash=hashes[name]) for name, one in read.items()}
            record = record.model_copy(update={"inputs": noted})
        self._progress.stage(record)
        return Finished.of(replace(played, record=record))

    async def aclose(self) -> None:
        """Nothing was started."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
