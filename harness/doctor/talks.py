"""The two dialogues that are played: one of two turns, and one as long as a dialogue can get.

Both go through the table, the delegation and the client of a run; only the other seats are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from harness.delegations.seating import seat_delegations
from harness.doctor.listening import Exchange, HeardChat
from harness.doctor.seats import (
    ENDLESS,
    Course,
    Guest,
    Host,
    MeasuredError,
    RehearsedChat,
    filler,
)
from harness.doctor.target import Target
from harness.models.chat import Chat
from harness.models.usage import CHARACTERS_PER_TOKEN
from harness.records.spec import TalksSpec
from harness.records.transcript import Transcript
from harness.seeds import derive
from harness.talks.rules import MAX_WORDS
from harness.talks.table import Table

_ROOM: Final = 200
"""Characters of a statement that are not padding."""


@dataclass(frozen=True)
class Heard:
    """A dialogue, and what its model was really asked.

    Attributes:
        talks: As they would stand in a record.
        exchanges: The calls that were sent.
        hint: What can be done about the last answer, if that could not be used and it is known.
    """

    talks: Transcript
    exchanges: tuple[Exchange, ...]
    hint: str | None = None


async def two_turns(target: Target, chat: HeardChat, *, again: bool = False) -> Heard:
    """Play two turns of the seat and its debrief. What fails is in the record, as in a run.

    Args:
        again: Play with another seed, where the model left after the first turn.
    """
    seed = derive(target.spec.seed, "again") if again else target.spec.seed
    spec = target.spec.model_copy(update={"seed": seed})
    return await _play(target, spec, chat, chat, Course())


async def longest_prompt(target: Target, chat: HeardChat) -> Heard | None:
    """Send the longest prompt that the plan foresees: the question after talks that took every
    turn. None where there is no longer one than the first."""
    protocol = target.spec.protocol
    moves = protocol.rounds * protocol.turns - (0 if protocol.debrief else 1)
    if moves < 1:
        return None
    # What was said before is ours: it is no reason to stop. And one question is enough.
    free = {"token_limit": None, "time_limit": None, "repairs": 0}
    protocol = protocol.model_copy(update=free)
    spec = target.spec.model_copy(update={"protocol": protocol})
    shortest = await _rehearse(target, spec, chat, moves, padding=0, measuring=True)
    assert isinstance(shortest, int)
    wanted = int(target.longest * CHARACTERS_PER_TOKEN) - shortest
    # For each move a statement of the model's own and one of every other seat.
    padding = max(0, min(wanted // (len(spec.seats) * moves), MAX_WORDS - _ROOM))
    heard = await _rehearse(target, spec, chat, moves, padding=padding, measuring=False)
    assert isinstance(heard, Heard)
    return heard


async def _rehearse(
    target: Target, spec: TalksSpec, chat: HeardChat, moves: int, *, padding: int, measuring: bool
) -> Heard | int:
    rehearsed = RehearsedChat(chat, moves=moves, padding=padding, measuring=measuring)
    try:
        return await _play(target, spec, chat, rehearsed, Course(ENDLESS), padding)
    except MeasuredError as reached:
        return reached.size


async def _play(
    target: Target, spec: TalksSpec, heard: HeardChat, chat: Chat, course: Course, padding: int = 0
) -> Heard:
    seat, before = target.seat.seat, len(heard.exchanges)
    guest = seat_delegations(spec, lambda _: chat, target.prompts)[seat]
    host = Host(course, f"We should like to hear you first. {filler(padding)}".strip())
    seats = {s.seat: Guest(guest, course) if s.seat == seat else host for s in spec.seats}
    played = await Table(spec, target.scenario, seats).play()
    return Heard(played.record, tuple(heard.exchanges[before:]), course.hint)
