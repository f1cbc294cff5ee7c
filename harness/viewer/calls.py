"""Every call of a model behind a dialogue: what was new in its prompt, and what came back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from harness.errors import counted
from harness.records.transcript import Call, Repair, Transcript

NOT_KEPT: Final = "The text of this message is not in this run."


@dataclass(frozen=True)
class Message:
    """A message of a prompt.

    Attributes:
        role: Such as ``system``.
        text: Its words.
        key: Its hash.
        first: Number of the call of the same seat that had it first.
    """

    role: str
    text: str
    key: str
    first: int


@dataclass(frozen=True)
class Asked:
    """A call.

    Attributes:
        number: Of the call in its dialogue, from 0.
        seat: Who was asked; ``who`` is the principal that it speaks for.
        who: See ``seat``.
        member: Of the delegation; empty where it has one mind.
        purpose: What for, as the record has it.
        model: Address of the model.
        place: What came of it, such as ``turn 7``; in words.
        turn: Index of that turn; None where it made none.
        new: Messages that no earlier call of the same seat had.
        whole: The whole prompt.
        reasoning: What the model thought before it replied; empty where the record has none.
        reply: What came back, untouched.
        facts: Finish reason, tokens and the like, as (label, value).
        refusal: Why the server refused; empty where it did not.
        complaints: What was wrong with the reply.
    """

    number: int
    seat: str
    who: str
    member: str
    purpose: str
    model: str
    place: str
    turn: int | None
    new: tuple[Message, ...]
    whole: tuple[Message, ...]
    reasoning: str
    reply: str
    facts: tuple[tuple[str, str], ...]
    refusal: str
    complaints: tuple[str, ...]


@dataclass(frozen=True)
class Calls:
    """All calls of a dialogue.

    Attributes:
        asked: In their order.
        unheard: (place, what was wrong) of replies that no call of a model gave, as those of a
            delegation of the user's own.
    """

    asked: tuple[Asked, ...]
    unheard: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Part:
    """A part of the record that calls were made for."""

    place: str
    turn: int | None
    calls: tuple[int, ...]
    repairs: tuple[Repair, ...]


def keys_of(transcript: Transcript) -> set[str]:
    """Hashes of all messages of its prompts."""
    return {key for call in transcript.calls for key in call.prompt}


def calls_of(
    transcript: Transcript, texts: Mapping[str, tuple[str, str]], names: Mapping[str, str]
) -> Calls:
    """The calls of a dialogue, those among them that made no turn.

    Args:
        transcript: The dialogue.
        texts: Hash -> (role, text) of its messages; one that is missing is said to be.
        names: Seat -> its principal.
    """
    parts = list(_parts(transcript, names))
    places = {number: part for part in parts for number in part.calls}
    complaints: dict[int, list[str]] = defaultdict(list)
    unheard = []
    for part in parts:
        for repair in part.repairs:
            if repair.call is not None and 0 <= repair.call < len(transcript.calls):
                complaints[repair.call].append(repair.error)
            else:
                unheard.append((part.place, repair.error))
    first: dict[tuple[str, str], int] = {}
    asked = []
    for number, call in enumerate(transcript.calls):
        whole = []
        for key in call.prompt:
            role, text = texts.get(key, ("message", NOT_KEPT))
            whole.append(Message(role, text, key, first.setdefault((call.seat, key), number)))
        made = places.get(number)
        asked.append(
            Asked(
                number=number,
                seat=call.seat,
                who=names.get(call.seat, call.seat),
                member=call.member or "",
                purpose=call.purpose,
                model=call.model,
                place="no turn came of it" if made is None else made.place,
                turn=None if made is None else made.turn,
                new=tuple(message for message in whole if message.first == number),
                whole=tuple(whole),
                reasoning=call.reasoning or "",
                reply=call.reply,
                facts=tuple(_facts(call)),
                refusal=call.refusal or "",
                complaints=tuple(complaints[number]),
            )
        )
    return Calls(tuple(asked), tuple(unheard))


def _parts(transcript: Transcript, names: Mapping[str, str]) -> Iterable[_Part]:
    talks = transcript.body
    for turn in talks.turns:
        place = f"turn {turn.index}" + ("" if turn.kind == "statement" else f", {turn.kind}")
        yield _Part(place, turn.index, turn.calls, turn.repairs)
    for seat, debrief in talks.debriefs.items():
        place = f"asked afterwards: {names.get(seat, seat)}"
        yield _Part(place, None, debrief.calls, debrief.repairs)
    if transcript.void is not None:
        yield _Part("the turn that was not made", None, (), transcript.void.repairs)


def _facts(call: Call) -> Iterable[tuple[str, str]]:
    usage = call.usage
    if call.finish_reason:
        yield "finish reason", call.finish_reason
    if call.how:
        yield "by", call.how
    for label, count in (
        ("prompt", usage.prompt),
        ("completion", usage.completion),
        ("of it reasoning", usage.reasoning),
    ):
        if count is not None:
            yield label, counted(count, "token")
    if usage.prompt is None and usage.completion is None:
        yield "tokens", "the server did not say"
    if call.reasoning_cut is not None:
        yield "left out of its reasoning", counted(call.reasoning_cut, "character")
    if call.thinking is not None:
        yield "its reasoning", call.thinking
    if call.inside is not None:
        yield "inside the agent", _inside(call)


def _inside(call: Call) -> str:
    """What an agent of the user's own did for a reply."""
    use = call.inside
    assert use is not None
    said = counted(use.calls, "call")
    if use.models:
        said += f" of {', '.join(use.models)}"
    if use.uncounted:
        said += f", {use.uncounted} of them without a count of tokens"
    if use.ignored:
        said += f"; settings that none was made with: {', '.join(use.ignored)}"
    return said
