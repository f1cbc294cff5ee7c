"""Every text that a dialogue holds, and where it stands in it: what a search looks through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.records.transcript import Debrief, Repair, Transcript, Turn


@dataclass(frozen=True)
class Text:
    """One text.

    Attributes:
        where: What it is, in words, such as "turn 4, thoughts".
        text: As it was written.
        seat: Whose it is; empty where nobody's.
        turn: Index of its turn; None outside of the turns.
        call: Number of the call that it came with; None of every other text.
        private: Whether not all at the table heard it.
    """

    where: str
    text: str
    seat: str
    turn: int | None
    call: int | None
    private: bool


def texts_of(transcript: Transcript, *, private: bool = True) -> Iterator[Text]:
    """The texts of a dialogue, turn by turn; then what was said afterwards, and why there is no
    result; then, call by call, the reasoning and the raw reply. Reasoning that stands in the reply
    is found in both. Empty texts are left out. What models were shown is not part of it: most of it
    is the same in every dialogue.

    Args:
        transcript: The dialogue.
        private: Also what not all at the table heard.
    """
    found = (text for text in _all(transcript) if text.text)
    yield from found if private else (text for text in found if not text.private)


def _all(transcript: Transcript) -> Iterator[Text]:
    talks = transcript.body
    for turn in talks.turns:
        yield from _of_turn(turn)
    for seat, debrief in talks.debriefs.items():
        yield from _of_debrief(seat, debrief)
    if transcript.void is not None:
        seat = transcript.void.seat or ""
        yield Text("why it has no result", transcript.void.detail, seat, None, None, True)
        yield from _unusable("the turn not made", transcript.void.repairs, seat, None)
    for call in transcript.calls:
        where = f"call {call.index}"
        thought = call.reasoning or ""
        yield Text(f"{where}, reasoning", thought, call.seat, None, call.index, True)
        yield Text(f"{where}, raw reply", call.reply, call.seat, None, call.index, True)
        refusal = call.refusal or ""
        yield Text(f"{where}, refusal", refusal, call.seat, None, call.index, True)


def _of_turn(turn: Turn) -> Iterator[Text]:
    where, seat, private = f"turn {turn.index}", turn.seat, turn.kind != "statement"
    what = "words" if turn.kind == "statement" else turn.kind
    yield Text(f"{where}, {what}", turn.words, seat, turn.index, None, private)
    if turn.move is not None:
        side = turn.move.side_terms or ""
        yield Text(f"{where}, side terms", side, seat, turn.index, None, private)
    yield Text(f"{where}, thoughts", turn.thoughts, seat, turn.index, None, True)
    yield from _unusable(where, turn.repairs, seat, turn.index)


def _unusable(
    where: str, repairs: tuple[Repair, ...], seat: str, turn: int | None
) -> Iterator[Text]:
    for repair in repairs:
        yield Text(f"{where}, what was wrong with a reply", repair.error, seat, turn, None, True)


def _of_debrief(seat: str, debrief: Debrief) -> Iterator[Text]:
    where = f"afterwards, {seat}"
    yield Text(where, debrief.words, seat, None, None, True)
    for other, learned in debrief.learned.items():
        yield Text(f"{where}, learned of {other}", learned, seat, None, None, True)
    yield Text(where, debrief.problem or "", seat, None, None, True)
    yield from _unusable(where, debrief.repairs, seat, None)
