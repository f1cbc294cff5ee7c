"""Turns what was played into findings of a checkup, each with what to change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from harness.doctor.checkup import HOW, Checkup
from harness.doctor.counting import Counts
from harness.doctor.listening import Exchange
from harness.doctor.talks import Heard
from harness.doctor.target import Target
from harness.errors import counted
from harness.models.address import ModelAddress, parse_address
from harness.models.presets import PRESETS
from harness.models.providers.openai_compatible.dialect import (
    NEW_NAME,
    OLD_NAME,
    SYSTEM,
    TITLES,
    WHOLE,
    Dialect,
)
from harness.models.reply import How, ModelReply
from harness.models.usage import CHARACTERS_PER_TOKEN
from harness.records.transcript import Debrief, Repair, Talks, Turn

MOVES: Final = ("first move", "second move", "third move")
GUIDED: Final = (
    "start the server with guided decoding or a grammar, if it has one: then fewer replies must "
    "be asked again"
)
_ENDINGS: Final = ("stop", "end_turn", "eos", "eos_token", "tool_calls")
"""Words by which servers say that a reply is whole."""
_WITHOUT: Final = (
    (
        SYSTEM,
        "system role",
        "a chat template with a system role may hold the model to its briefing better",
    ),
    (
        WHOLE,
        "streaming",
        "nothing to do: a run does the same, and whole answers cost slightly less",
    ),
    ((OLD_NAME, NEW_NAME), "longest reply", ""),
)
"""How the sentences of :attr:`Dialect.why` begin, the row they go into, and what to do about it."""
_DIRECTLY: Final = "if the server speaks OpenAI's protocol, name it openai/MODEL@BASE_URL"
_ANOTHER_MODEL: Final = (
    "try another model, or a server that holds the model to the form (guided decoding, a grammar)"
)
_PARSER: Final = "start the server with a reasoning parser that fits the model, or without one"
_THINKING: Final = (
    "allow longer replies (--max-tokens), less reasoning (--effort low), or switch reasoning "
    "off: in "
    "models.yaml, extra: {chat_template_kwargs: {enable_thinking: false}} for most open models"
)


def moves_in(target: Target, talks: Sequence[Heard]) -> int:
    """How many moves of the model could be read."""
    return len(_moves(target, talks))


def _moves(target: Target, talks: Sequence[Heard]) -> list[Turn]:
    turns = [turn for heard in talks for turn in heard.talks.body.turns]
    own = [turn for turn in turns if turn.seat == target.seat.seat and turn.calls]
    return [turn for turn in own if turn.kind != "caucus"]


def moves(checkup: Checkup, target: Target, talks: Sequence[Heard]) -> None:
    """The moves and the debrief that could be read; what could not is not said here."""
    for name, turn in zip(MOVES, _moves(target, talks), strict=False):
        _row(checkup, name, _move(turn), turn.repairs)
    debriefs = [heard.talks.body.debriefs.get(target.seat.seat) for heard in talks]
    debrief = next((d for d in debriefs if d is not None), None)
    if debrief is None:
        return
    if debrief.problem is None:
        _row(
            checkup, "debrief", "its private answers after the talks could be read", debrief.repairs
        )
    else:
        said = f"missing. A run would keep the talks without it: {debrief.problem}"
        checkup.add("debrief", "warn", said, _debrief_fix(checkup, target, talks, debrief))


def _debrief_fix(checkup: Checkup, target: Target, talks: Sequence[Heard], debrief: Debrief) -> str:
    """What to do about a debrief that is missing: by what became of its last question."""
    asked = [
        one for heard in talks for one in heard.exchanges if one.request.schema_name == "debrief"
    ]
    if not asked:
        return ""
    if asked[-1].error is not None:
        return asked[-1].error.fix or ""
    if len(debrief.repairs) < len(asked):  # the last reply was not even read: its prompt was cut
        return more_context(parse_address(checkup.address), target)
    return talks[-1].hint or why_unreadable(asked[-1].reply)


def _move(turn: Turn) -> str:
    action = "" if turn.move is None else turn.move.action.value.replace("_", " ")
    return f"read: {action}"


def _row(checkup: Checkup, name: str, said: str, repairs: Sequence[Repair]) -> None:
    if not repairs:
        checkup.add(name, "good", said)
        return
    checkup.add(
        name,
        "warn",
        f"{said}, after it had to be asked again {times(len(repairs))}: {repairs[0].error}",
        "try a lower --temperature, or another model" if checkup.how == "schema" else GUIDED,
    )


def times(count: int) -> str:
    """How often: ``once``, ``2 times``."""
    return "once" if count == 1 else f"{count:,} times"


def count_read(checkup: Checkup, talks: Sequence[Heard]) -> None:
    """The way of asking that gave most readable replies, and how many it gave."""
    asked = [
        heard.talks.calls[calls[-1]].how for heard in talks for calls in _read(heard.talks.body)
    ]
    reads: list[How] = [way for way in HOW if way in asked for _ in range(asked.count(way))]
    if reads:
        how = max(set(reads), key=reads.count)
        checkup.how, checkup.read = how, reads.count(how)


def ways(checkup: Checkup, dialect: Dialect | None, notes: Sequence[str] = ()) -> None:
    """By which way a run asks, and what it does in place of what was refused.

    Args:
        dialect: What the client settled on; None for a client that has none.
        notes: What the server was found not to take, one sentence each.
    """
    how = checkup.how
    if how is None:
        return
    best = how if dialect is None else dialect.how
    forms = [note for note in notes if note.startswith(tuple(TITLES.values()))]
    because = f": {'; '.join(forms)}" if forms else ""
    if best == "schema" == how and forms:
        checkup.add("replies", "warn", f"{HOW[how]}, but not all{because}", GUIDED)
    elif best == "schema" == how:
        checkup.add("replies", "good", HOW[how])
    elif best == how:
        fix = _DIRECTLY if dialect is None else GUIDED
        checkup.add("replies", "warn", f"{HOW[how]}, not by JSON schema{because}", fix)
    else:
        said = f"asked for {HOW[best]}, answered {HOW[how]}; the answer could be read"
        checkup.add("replies", "warn", f"{said}{because}", GUIDED)
    for begins, name, change in _WITHOUT:
        for note in notes:
            if note.startswith(begins):
                checkup.add(name, "warn" if change else "good", note, change)


def _read(talks: Talks) -> list[tuple[int, ...]]:
    """The calls of everything that could be read, each ending with the one that was."""
    turns = [turn.calls for turn in talks.turns if turn.calls]
    debriefs = [d.calls for d in talks.debriefs.values() if d.problem is None and d.calls]
    return turns + debriefs


def failed_at(target: Target, talks: Sequence[Heard]) -> str:
    """The name of the answer that is missing from talks of which the last are void."""
    asked = talks[-1].exchanges
    if asked and asked[-1].request.schema_name == "caucus":
        return "advice in caucus"
    return MOVES[min(moves_in(target, talks), len(MOVES) - 1)]


def cut_off(replies: Sequence[ModelReply]) -> bool:
    """Whether the last reply, and most, ended because there was no more room for it."""
    cut = [reply.cut_off for reply in replies]
    return bool(cut) and cut[-1] and 2 * sum(cut) > len(cut)


def why_unreadable(last: ModelReply | None) -> str:
    """What to do about replies that cannot be read and were not cut off."""
    if last is not None and last.withheld:
        return (
            f"a content filter ended it with {last.finish_reason!r}: use a model or server "
            "without one"
        )
    if last is None or last.text.strip() or last.refusal:
        return _ANOTHER_MODEL
    if (last.finish_reason or "stop").lower() not in _ENDINGS:
        return f"the server ended its answer with {last.finish_reason!r}: look at its own log"
    return f"the answer may be in the reasoning field: {_PARSER}, {_THINKING}"


def why_cut(
    address: ModelAddress, target: Target, given: int | None, roomy: Exchange | None
) -> str:
    """What to do about replies that are cut off.

    Args:
        given: The longest reply that was allowed; None for the server's own.
        roomy: The same question with more room, if it was asked.
    """
    if roomy is None or roomy.reply is None:
        return "raise --max-tokens" if given else "give --max-tokens 2000"
    reply, room = roomy.reply, roomy.request.max_tokens or 0
    if not reply.cut_off:
        return f"--max-tokens {room} helps: with it the same reply was not cut off"
    used = reply.usage.completion
    thinks = reply.usage.reasoning or reply.thinking
    if not thinks and used is not None and used < room:
        noun = "token" if used == 1 else "tokens"
        return f"the context is full after {used:,} {noun}: {more_context(address, target)}"
    if thinks or not reply.text.strip():
        return f"the model reasons, and {room:,} tokens were not enough either: {_THINKING}"
    return f"{room:,} tokens were not enough either: try another model, or {_THINKING}"


def more_context(address: ModelAddress, target: Target, per_character: float | None = None) -> str:
    """How to make room for the longest prompt and its reply."""
    tokens = foreseen(target, per_character) + (target.seat.settings.max_tokens or 1000)
    needed = -(-tokens // 1000) * 1000
    preset = PRESETS.get(address.provider)
    flag = "--max-model-len of vLLM, -c of llama.cpp, OLLAMA_CONTEXT_LENGTH of Ollama"
    named = f"{flag}, ..." if preset is None else preset.context
    return (
        f"give the server a context of {needed:,} tokens or more ({named}); or lower --turns or "
        "--rounds"
    )


def foreseen(target: Target, per_character: float | None) -> int:
    """Tokens of the longest prompt, by the server's own measure where there is one."""
    if per_character is None:
        return target.longest
    return round(target.longest * CHARACTERS_PER_TOKEN * per_character)


def usage(checkup: Checkup, target: Target, counts: Counts, exchanges: Sequence[Exchange]) -> None:
    """Whether tokens are counted, and what a dialogue takes."""
    scale = CHARACTERS_PER_TOKEN * (counts.per_character or 1 / CHARACTERS_PER_TOKEN)
    checkup.dialogue_tokens = round(target.tokens * scale)
    replies = [one.reply for one in exchanges if one.reply is not None]
    thinking = [reply for reply in replies if reply.usage.reasoning]
    if not counts.complete or any(reply.usage.completion is None for reply in replies):
        checkup.add(
            "usage",
            "warn",
            "some answers came without a count of tokens"
            if counts.counts
            else "the server does not count tokens",
            (
                "token and cost limits use estimates; check whether the server has a flag for "
                "counting"
            ),
        )
    elif counts.made_up:
        checkup.add(
            "usage",
            "warn",
            f"{counts.stuck:,} tokens for prompts of every length, so it does not count",
            "do not rely on --token-limit or --cost-limit here; check the server's settings",
        )
    else:
        said = "tokens are counted"
        if thinking:
            one = thinking[-1].usage
            said += f"; the model reasons ({one.reasoning} of {one.completion})"
        checkup.add("usage", "good", said)
    seconds = [reply.seconds for reply in replies]
    if seconds:
        each = sum(seconds) / len(seconds)
        whole = each * target.calls
        alone = f"{max(whole, 1):,.0f} s" if whole < 120 else f"{whole / 60:,.0f} min"
        one_reply = f"{each:.1f} s" if each >= 0.1 else "under 0.1 s"
        calls = counted(target.calls, "call")
        said = f"{one_reply} a reply: {calls}, one dialogue, take {alone} on their own"
        checkup.add("speed", "good", said)
