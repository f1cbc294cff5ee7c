"""How dialogues went, whatever was said: what is kept of a transcript, and counted of an arm."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from harness.records.placement import Placement
from harness.records.transcript import Status, Transcript
from harness.visible import shortened

REASON_LENGTH: Final = 160
"""Characters of a reason that are kept; a model's refusal can be pages long."""
REASONS_KEPT: Final = 100
"""Different reasons that are counted by name for each measure and arm."""
OTHER: Final = "other"
"""What the rest are counted as."""
NOBODY: Final = "nobody"
"""In place of a seat, where a dialogue is void by nobody's doing."""
_NUMBERS: Final = re.compile(r"[\d,.]+")


@dataclass(slots=True, unsafe_hash=True)
class Dialogue:
    """What is kept of a dialogue. Arms that have it in common each count it. Nobody changes one: it
    is not frozen because that takes several times as long to make.

    Attributes:
        pair: What it has in common with its counterparts in other arms, which the same line-up
            plays.
        deal: Whether it ended in a deal; None where it did not come to its end.
        lineup: Who plays, by name, where several take turns in a seat; else empty.
    """

    arms: tuple[str, ...]
    scenario: str
    pair: str
    played: bool = True
    deal: bool | None = None
    lineup: str = ""


class Went(NamedTuple):
    """What is kept of a transcript. It is small, and goes from one process to another.

    Attributes:
        id: Of the dialogue.
        dialogue: Where it stands.
        status: Whether it came to its end.
        ending: Kind of its outcome.
        void: Kind, seat and detail of the reason why it has no result, where one is recorded.
        warnings: What makes the talks doubtful, in words.
        repairs: Seat -> unusable replies, of the seats that gave any.
        unanswered: Seats that gave no usable answer afterwards.
        players: Kinds of delegation at the table.
    """

    id: str
    dialogue: Dialogue
    status: Status
    ending: str
    void: tuple[str, str | None, str] | None
    warnings: tuple[str, ...]
    repairs: tuple[tuple[str, int], ...]
    unanswered: tuple[str, ...]
    players: tuple[str, ...]


def went_of(transcript: Transcript, place: Placement) -> Went:
    """What is kept of a transcript that stands at ``place``."""
    talks, void, seats = transcript.body, transcript.void, transcript.spec.seats
    done = transcript.status == "done"
    asked_again = [(seat.seat, transcript.repairs_of(seat.seat)) for seat in seats]
    return Went(
        id=transcript.id,
        dialogue=Dialogue(
            arms=place.arms,
            scenario=place.scenario or "",
            pair=place.pair,
            played=done,
            deal=talks.outcome.agreed if done else None,
            lineup=place.lineup,
        ),
        status=transcript.status,
        ending=talks.outcome.kind,
        void=None if void is None else (void.kind, void.seat, void.detail),
        warnings=talks.warnings,
        repairs=tuple([one for one in asked_again if one[1]]),
        unanswered=tuple(
            [s for s, debrief in talks.debriefs.items() if debrief.problem is not None]
        ),
        players=tuple([seat.kind for seat in seats]),
    )


@dataclass
class Proceedings:
    """What happened in an arm whatever the evaluators say; seats without an event are absent."""

    done: int = 0
    void: int = 0
    failed: int = 0
    endings: Counter[str] = field(default_factory=Counter)
    void_by_seat: Counter[str] = field(default_factory=Counter)
    void_reasons: Counter[str] = field(default_factory=Counter)
    void_kinds: Counter[str] = field(default_factory=Counter)
    failed_kinds: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    repairs_by_seat: Counter[str] = field(default_factory=Counter)
    unanswered_debriefs: Counter[str] = field(default_factory=Counter)

    @property
    def dialogues(self) -> int:
        return self.done + self.void + self.failed

    def add(self, went: Went, times: int = 1) -> None:
        """Count a dialogue, or so many that went alike."""
        if went.status == "done":
            self.done += times
            self.endings[went.ending] += times
        else:
            if went.status == "void":
                self.void += times
            else:
                self.failed += times
            if went.void is not None:
                kind, seat, detail = went.void
                kinds = self.void_kinds if went.status == "void" else self.failed_kinds
                kinds[kind] += times
                if went.status == "void":
                    self.void_by_seat[seat or NOBODY] += times
                count_reason(self.void_reasons, detail, times)
        for warning in went.warnings:
            known = _alike(self.warnings, shortened(warning, REASON_LENGTH))
            count_reason(self.warnings, known, times)
        for seat, number in went.repairs:
            self.repairs_by_seat[seat] += number * times
        for seat in went.unanswered:
            self.unanswered_debriefs[seat] += times


def _alike(known: Counter[str], text: str) -> str:
    """The first of the known texts that differs from ``text`` in numbers only, else ``text``."""
    shape = _shape(text)
    return next((one for one in known if _shape(one) == shape), text)


@lru_cache(maxsize=4096)
def _shape(text: str) -> str:
    return _NUMBERS.sub("", text)


def count_reason(reasons: Counter[str], text: str, times: int = 1) -> None:
    """Count a reason by its first line; what comes after :data:`REASONS_KEPT` as :data:`OTHER`."""
    reason = first_line(text)
    reasons[reason if reason in reasons or len(reasons) < REASONS_KEPT else OTHER] += times


@lru_cache(maxsize=1024)
def first_line(text: str) -> str:
    """A reason as it is counted; the same of what this gives."""
    lines = text.strip().splitlines()
    return shortened(lines[0], REASON_LENGTH) if lines else "no reason given"
