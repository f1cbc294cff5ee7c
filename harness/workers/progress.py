"""Where a run stands: counted as it goes, read by the progress display at its own rate."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields

from harness.delegations.base import MadeCall
from harness.models.identity import Said
from harness.records.finished import Finished
from harness.records.spec import TALKS
from harness.records.transcript import StageRecord
from harness.workers.spending import Spending

Counts = dict[str, float]
"""Name of a sum -> its value."""


@dataclass
class Progress:
    """Sums over a run. ``planned`` and ``resumed`` are set when it starts."""

    planned: int = 0
    stages: bool = False
    """Whether other stages than talks are counted too."""
    resumed: int = 0
    done: int = 0
    void: int = 0
    void_beside: int = 0
    """Of ``void``, stages that are no talks, such as probes of void talks."""
    failed: int = 0
    deals: int = 0
    taken: int = 0
    """Stages that were taken from other runs, of whatever status. Their calls are not counted."""
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    in_play: int = 0
    broken_off: int = 0
    """Dialogues that the run's own limit ended; like failed ones they are played on resuming."""
    stopped: str | None = None
    """Why no further dialogue is begun; None while nothing stops the run."""
    waiting: str = ""
    """What all wait for, such as a model that is being loaded; empty while they need not."""
    refusals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Address -> what workers found its server not to take, one sentence each."""
    replies: dict[str, Said] = field(default_factory=dict)
    """Address -> what its replies said of who answered."""
    by_model: dict[str, int] = field(default_factory=dict)
    """Address -> its talks that need no more playing, where several models take turns in a seat."""
    spending: Spending = field(default_factory=Spending)
    called: str = ""
    """What is counted, in the plural, where that is neither talks nor stages in general."""

    @property
    def finished(self) -> int:
        """Dialogues that need no more playing, those of earlier sessions included."""
        return self.resumed + self.done + self.void + self.taken

    @property
    def noun(self) -> str:
        """What is counted, in the plural."""
        return self.called or ("stages" if self.stages else "dialogues")

    def wait(self, what: str) -> None:
        """Note what is being waited for; an empty text when that is over."""
        self.waiting = what

    def refused(self, found: Mapping[str, Sequence[str]]) -> None:
        """Note what servers were found not to take."""
        for address, whys in found.items():
            known = self.refusals.get(address, ())
            self.refusals[address] = tuple(dict.fromkeys((*known, *whys)))

    def said(self, found: Mapping[str, Said]) -> None:
        """Note what replies said of who answered."""
        for address, fields_ in found.items():
            known = self.replies.get(address, {})
            self.replies[address] = {
                name: tuple(dict.fromkeys((*known.get(name, ()), *fields_.get(name, ()))))
                for name in (*known, *fields_)
            }

    def count_talks(self, models: Collection[str | None]) -> None:
        """Count talks that need no more playing for those of ``models`` that take turns."""
        for model in self.by_model.keys() & models:
            self.by_model[model] += 1

    def call(self, made: MadeCall) -> None:
        """Count a model call."""
        self.calls += 1
        self.prompt_tokens += made.call.usage.prompt or 0
        self.completion_tokens += made.call.usage.completion or 0
        self.spending.call(made)

    def stage(self, record: StageRecord) -> None:
        """Count the unusable replies of a finished stage."""
        self.spending.stage(record)

    def dialogue(self, finished: Finished) -> None:
        """Count a finished dialogue."""
        if finished.broken_off:
            self.broken_off += 1
            self.stopped = finished.detail or "the run has reached its budget"
            return
        match finished.status:
            case "done":
                self.done += 1
                self.deals += finished.deal
            case "void":
                self.void += 1
                self.void_beside += finished.kind != TALKS
            case "failed":
                self.failed += 1

    def take(self, finished: Finished) -> None:
        """Count a stage that was taken from another run."""
        self.taken += 1
        self.deals += finished.deal

    # --- of another process ------------------------------------------------------------------

    def counts(self) -> Counts:
        """The sums over calls and stages, for another process to add to its own."""
        sums = {name: float(getattr(self, name)) for name in _CALLS}
        spent = {f"spending.{name}": float(getattr(self.spending, name)) for name in _SPENDING}
        return {**sums, **spent}

    def add(self, counts: Mapping[str, float]) -> None:
        """Add sums of another process; what is not known here is left out."""
        for name in _CALLS:
            _raise(self, name, counts.get(name, 0))
        for name in _SPENDING:
            _raise(self.spending, name, counts.get(f"spending.{name}", 0))


def _raise(holder: object, name: str, by: float) -> None:
    now = getattr(holder, name)
    setattr(holder, name, now + type(now)(by))


_CALLS = ("calls", "prompt_tokens", "completion_tokens")
_SPENDING = tuple(part.name for part in fields(Spending) if part.type in ("int", "float"))
