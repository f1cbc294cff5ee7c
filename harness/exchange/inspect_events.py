"""The events of a sample of Inspect: calls of models, turns, the error, the scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from harness.exchange.inspect_material import (
    ROLES,
    Material,
    content,
    error_of,
    said,
    scores_in,
    usage_of,
)
from harness.exchange.inspect_types import Inspect
from harness.records.transcript import Call
from harness.report.reading import Entry

_STOPS: Final = {
    "stop": "stop",
    "length": "max_tokens",
    "content_filter": "content_filter",
    "tool_calls": "tool_calls",
}
"""Why a server ended a reply -> the same for Inspect."""


def events_of(made_of: Material, inspect: Inspect) -> Iterator[Any]:
    """Every call with its prompt, in order, each turn after the calls that made it, then the
    scores.

    Where no call is told, since scripts played or the export is public, each turn is a call without
    a prompt as well: ``messages_df`` reads nothing else, and fails on a log that has none.
    """
    transcript, event = made_of.case.transcript, inspect.event
    times = _times(made_of)
    at = times[0]
    calls = {call.index: call for call in transcript.calls}
    told = {} if made_of.public else calls
    turns = {turn.index: turn.calls for turn in transcript.body.turns}
    complaints = {
        repair.call: repair.error for repair in transcript.repairs() if repair.call is not None
    }
    made, shown = set[int](), dict[str, Any]()
    for round_ in made_of.reading.rounds:
        for entry in round_.entries:
            for number in turns.get(entry.turn, ()):
                if number in calls and number not in made:
                    made.add(number)
                    at = times[number + 1]
                    if number in told:
                        yield _call(made_of, calls[number], times, complaints, shown, inspect)
            if not told:
                yield _turn(made_of, entry, at, inspect)
            text = said(made_of.reading, entry)
            yield event.InfoEvent(timestamp=at, working_start=0, source="turn", data=text)
    for number, call in told.items():
        if number not in made:
            at = max(at, times[number + 1])
            yield _call(made_of, call, times, complaints, shown, inspect)
    if (error := error_of(made_of, inspect)) is not None:
        yield event.ErrorEvent(timestamp=at, working_start=0, error=error)
    for name, score in scores_in(made_of, inspect).items():
        yield event.ScoreEvent(timestamp=at, working_start=0, scorer=name, score=score, target="")


def _turn(made_of: Material, entry: Entry, at: datetime, inspect: Inspect) -> Any:
    """A turn as a call without a prompt. Its message has the id that it has in the sample."""
    model = inspect.model
    played = next(
        (one.played_by for one in made_of.reading.delegations if one.seat == entry.seat), "unknown"
    )
    name = str(made_of.row.get(f"model_{entry.seat}") or played)
    reply = model.ChatMessageAssistant(
        id=f"{made_of.case.transcript.id}-turn-{entry.turn}",
        content=content(made_of.reading, entry, inspect),
        model=name,
        source="generate",
    )
    choice = model.ChatCompletionChoice(message=reply, stop_reason="stop")
    return inspect.event.ModelEvent(
        timestamp=at,
        working_start=0,
        model=name,
        role=ROLES.get(entry.seat, entry.seat),
        input=[],
        tools=[],
        tool_choice="none",
        config=model.GenerateConfig(),
        output=model.ModelOutput(model=name, choices=[choice]),
        metadata={"turn": entry.turn, "seat": entry.seat, "call": None},
    )


def _times(made_of: Material) -> list[datetime]:
    """When the dialogue began, and when each call was answered, one after the other; all at its
    beginning, or that of the run, where no times are recorded."""
    timing = made_of.timing
    begun = _moment(made_of.created if timing is None else timing.started)
    seconds = {} if timing is None else {one.call: one.seconds for one in timing.calls}
    times = [begun]
    last = max((call.index for call in made_of.case.transcript.calls), default=-1)
    for number in range(last + 1):
        times.append(times[-1] + timedelta(seconds=seconds.get(number, 0.0)))
    return times


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _call(
    made_of: Material,
    call: Call,
    times: Sequence[datetime],
    complaints: Mapping[int, str],
    shown: dict[str, Any],
    inspect: Inspect,
) -> Any:
    """A call. ``shown`` keeps the messages of prompts: each call is shown those before it again."""
    model = inspect.model
    dialogue = made_of.case.transcript.id
    reply = model.ChatMessageAssistant(
        id=f"{dialogue}-call-{call.index}",
        content=call.reply,
        model=call.model,
        source="generate",
    )
    usage = usage_of(call.usage, inspect)
    stop = _STOPS.get(call.finish_reason or "", "unknown")
    choice = model.ChatCompletionChoice(message=reply, stop_reason=stop)
    timing = made_of.timing
    seconds = next(
        (one.seconds for one in (timing.calls if timing else ()) if one.call == call.index), None
    )
    told = {
        "call": call.index,
        "seat": call.seat,
        "purpose": call.purpose,
        "complaint": complaints.get(call.index),
        "refusal": call.refusal,
    }
    for key in call.prompt:
        if key not in shown:
            shown[key] = _shown(f"{dialogue}-{key}", made_of.texts.get(key), inspect)
    return inspect.event.ModelEvent(
        timestamp=times[call.index],
        completed=times[call.index + 1],
        working_start=0,
        working_time=seconds,
        model=call.model,
        role=ROLES.get(call.seat, call.seat),
        input=[shown[key] for key in call.prompt],
        tools=[],
        tool_choice="none",
        config=model.GenerateConfig(),
        output=model.ModelOutput(model=call.model, choices=[choice], usage=usage, time=seconds),
        metadata={name: value for name, value in told.items() if value is not None},
    )


def _shown(key: str, text: tuple[str, str] | None, inspect: Inspect) -> Any:
    """A message of a prompt; one that the run no longer has is named as such."""
    role, content = text or ("user", "(the run does not have this text)")
    model = inspect.model
    kinds = {"system": model.ChatMessageSystem, "assistant": model.ChatMessageAssistant}
    return kinds.get(role, model.ChatMessageUser)(id=key, content=content)
