"""One unit of work: talks now; publication, readers and later talks will join it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from harness.delegations.base import Delegation, MadeCall
from harness.records.spec import DialogueSpec
from harness.records.transcript import NOT_FINISHED, Status, Timing, Transcript
from harness.scenario import Scenario
from harness.talks.table import Table


@dataclass(frozen=True)
class Episode:
    """A finished episode, ready to be written down."""

    transcript: Transcript
    timing: Timing
    messages: dict[str, tuple[str, str]]


async def play_episode(
    spec: DialogueSpec,
    scenario: Scenario,
    delegations: Mapping[str, Delegation],
    on_call: Callable[[MadeCall], None] | None = None,
) -> Episode:
    """Play every stage of one episode.

    Args:
        spec: What determines it.
        scenario: The scenario as the spec's twin.
        delegations: Seat -> delegation, fresh for this episode.
        on_call: Called after every model call.
    """
    played = await Table(spec, scenario, delegations, on_call).play()
    void = played.stage.void
    status: Status = "done"
    if void is not None:
        status = "failed" if void.kind in NOT_FINISHED else "void"
    transcript = Transcript(id=played.timing.id, status=status, spec=spec, stages=(played.stage,))
    return Episode(transcript, played.timing, played.messages)
