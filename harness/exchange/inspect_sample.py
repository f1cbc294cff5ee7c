"""A dialogue as a sample of Inspect: who said what, every call, every score.

Inspect knows two speakers. The unofficial delegation is its ``assistant``, since what is measured
is what that one gives away; every other one is a ``user``. Each message says in words and in its
metadata who spoke. Thoughts are reasoning. Who sits at the table is a ``system`` message. What
happens between turns is nobody's word, and a ``user`` message of the role ``record``: Inspect shows
all system messages at the top.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from harness.evaluators.case import Case
from harness.exchange.inspect_types import Inspect
from harness.records.score import Score
from harness.records.spec import TalksSpec
from harness.records.transcript import Call, Timing, Transcript, Usage
from harness.report.reading import Entry, Reading, Term
from harness.report.rows import FIELDS, Row

ROLES: Final = {"o": "official", "u": "unofficial"}
"""Seat -> the role under which its model is named on the command line."""
_STOPS: Final = {
    "stop": "stop",
    "length": "max_tokens",
    "content_filter": "content_filter",
    "tool_calls": "tool_calls",
}
"""Why a server ended a reply -> the same for Inspect."""
Texts = Mapping[str, tuple[str, str]]
"""Hash of a message -> role and content."""


@dataclass(frozen=True)
class Material:
    """What a sample is made of.

    Attributes:
        case: The dialogue.
        row: Its fields.
        reading: The same laid out.
        scores: Evaluator -> what it found.
        texts: What models were shown.
        timing: When and how long; None where that is not recorded.
        created: When the run was made, ISO 8601.
    """

    case: Case
    row: Row
    reading: Reading
    scores: Mapping[str, Score]
    texts: Texts
    timing: Timing | None
    created: str


def sample_of(made_of: Material, inspect: Inspect) -> Any:
    """The sample of one dialogue. Its id is the dialogue's, its epoch the repetition.

    A void or failed dialogue is a sample with an error, which says why. Tokens are told only where
    the server counted those of every call, since Inspect has no sign for what is missing.
    """
    transcript, reading, row = made_of.case.transcript, made_of.reading, made_of.row
    usage, by_role = _usages(transcript.calls, inspect)
    timing = made_of.timing
    seconds = None if timing is None else timing.seconds
    return inspect.log.EvalSample(
        id=transcript.id,
        epoch=row["epoch"] or 1,
        uuid=transcript.id,
        input=f"{reading.title} (arm {', '.join(reading.arms)})\n\n{reading.summary}",
        target="",
        messages=list(_messages(made_of, inspect)),
        output=inspect.model.ModelOutput.from_content("track15", _ending(reading)),
        scores=_scores(made_of, inspect),
        metadata=_metadata(made_of),
        events=list(_events(made_of, inspect)),
        model_usage=usage,
        role_usage=by_role,
        started_at=None if timing is None else timing.started,
        total_time=seconds,
        error=_error(transcript, inspect),
        limit=_limit(made_of.case, inspect),
    )


def _metadata(made_of: Material) -> dict[str, Any]:
    """The fields of the dialogue's row, what drives each delegate, the answers afterwards, and the
    ledger."""
    fields = {name: made_of.row.get(name) for name in FIELDS if name not in ("id", "epoch")}
    arms = fields["arm"]
    fields["arm"] = ";".join(arms) if isinstance(arms, tuple) else arms
    reading = made_of.reading
    return {
        **fields,
        "title": reading.title,
        "most_given": list(reading.most),
        "delegations": [asdict(one) for one in reading.delegations],
        "afterwards": [asdict(one) for one in reading.afterwards],
        "ledger": [asdict(line) for line in reading.ledger],
    }


def _scores(made_of: Material, inspect: Inspect) -> dict[str, Any]:
    """Evaluator -> its measures as one score, with why any of them is missing. The ending in words
    is the answer, which Inspect lists beside the scores."""
    found = {}
    for name, score in made_of.scores.items():
        why = [f"{measure} is missing: {reason}" for measure, reason in score.why_null.items()]
        found[name] = inspect.scorer.Score(
            value=dict(score.values),
            answer=made_of.reading.ending,
            explanation="; ".join(why) or None,
            metadata={
                "version": score.version,
                "why_null": score.why_null,
                "detail": score.detail,
            },
        )
    return found


def _error(transcript: Transcript, inspect: Inspect) -> Any:
    """Why a dialogue has no result; None where it has one."""
    void = transcript.void
    if void is None:
        return None
    seat = f", seat {void.seat}" if void.seat else ""
    message = f"{transcript.status} ({void.kind}{seat}): {void.detail}"
    return inspect.log.EvalError(message=message, traceback="", traceback_ansi="")


def _limit(case: Case, inspect: Inspect) -> Any:
    """The limit that a void dialogue has passed; None where it is void by something else."""
    void = case.transcript.void
    if void is None or void.kind != "limit" or not isinstance(case.spec, TalksSpec):
        return None
    rules = case.spec.protocol
    tokens = " tokens" in void.detail
    limit = rules.token_limit if tokens else rules.time_limit
    if limit is None:
        return None
    kind = "token" if tokens else "time"
    return inspect.log.EvalSampleLimit(type=kind, limit=limit, reason=void.detail)


def _messages(made_of: Material, inspect: Inspect) -> Iterator[Any]:
    """The talks as everybody at the table could have heard them, and what stayed private, marked.

    Turns have their number of ``track15 show``.
    """
    reading, dialogue = made_of.reading, made_of.case.transcript.id
    seats = "\n".join(
        f"- {one.name} (seat {one.seat}): {one.role}"
        + (f", {one.authority}" if one.authority else "")
        + f"; played by {one.played_by}"
        for one in reading.delegations
    )

    def record(name: str, text: str) -> Any:
        told = {"speaker": "the record", "role": "record", "private": False}
        key = f"{dialogue}-{name}"
        return inspect.model.ChatMessageUser(id=key, content=text, metadata=told)

    opening = f"{reading.title}\n\n{reading.summary}\n\nAt the table:\n{seats}"
    yield inspect.model.ChatMessageSystem(id=f"{dialogue}-start", content=opening)
    for round_ in reading.rounds:
        if round_.realities:
            text = f"Before round {round_.number}: " + " ".join(round_.realities)
            yield record(f"round-{round_.number}", text)
        for entry in round_.entries:
            yield _message(made_of, entry, round_.number, inspect)
    yield record("end", _ending(reading))


def _message(made_of: Material, entry: Entry, round_: int, inspect: Inspect) -> Any:
    model, seat = inspect.model, entry.seat
    text = _said(made_of.reading, entry)
    parts: Any = text
    if entry.thoughts:
        thought = model.ContentReasoning(reasoning=entry.thoughts)
        parts = [thought, model.ContentText(text=text)]
    common: dict[str, Any] = {
        "id": f"{made_of.case.transcript.id}-turn-{entry.turn}",
        "content": parts,
        "metadata": {
            "turn": entry.turn,
            "round": round_,
            "seat": seat,
            "speaker": entry.who,
            "role": ROLES.get(seat, seat),
            "action": entry.action,
            "offer": entry.offer or None,
            "private": entry.private,
            "gave": [asdict(line) for line in entry.given],
        },
    }
    if seat == "u":
        played = made_of.row["model_u"]
        return model.ChatMessageAssistant(model=played, source="generate", **common)
    return model.ChatMessageUser(**common)


def _said(reading: Reading, entry: Entry) -> str:
    role = next((one.role for one in reading.delegations if one.seat == entry.seat), entry.seat)
    heard = ", in private" if entry.private else ""
    parts = [f"{entry.who} ({role}), turn {entry.turn}{heard}: {entry.what}", entry.words]
    if entry.terms:
        parts.append(_terms(entry.terms))
    parts += [entry.besides, entry.capital]
    return "\n\n".join(part for part in parts if part)


def _terms(terms: Sequence[Term]) -> str:
    return "\n".join(
        f"- {term.issue}: {term.text}" + (f" (before: {term.was})" if term.was else "")
        for term in terms
    )


def _ending(reading: Reading) -> str:
    parts = [reading.ending, reading.reason, _terms(reading.terms), *reading.most]
    return "\n\n".join(part for part in parts if part)


def _events(made_of: Material, inspect: Inspect) -> Iterator[Any]:
    """Every call with its prompt, in order, each turn after the calls that made it, then the
    scores."""
    transcript, event = made_of.case.transcript, inspect.event
    times = _times(made_of)
    at = times[0]
    calls = {call.index: call for call in transcript.calls}
    turns = {turn.index: turn.calls for turn in transcript.body.turns}
    complaints = {
        repair.call: repair.error for repair in transcript.repairs() if repair.call is not None
    }
    made = set[int]()
    for round_ in made_of.reading.rounds:
        for entry in round_.entries:
            for number in turns.get(entry.turn, ()):
                if number in calls and number not in made:
                    made.add(number)
                    at = times[number + 1]
                    yield _model_event(made_of, calls[number], times, complaints, inspect)
            said = _said(made_of.reading, entry)
            yield event.InfoEvent(timestamp=at, working_start=0, source="turn", data=said)
    for number, call in calls.items():
        if number not in made:
            at = max(at, times[number + 1])
            yield _model_event(made_of, call, times, complaints, inspect)
    if (error := _error(transcript, inspect)) is not None:
        yield event.ErrorEvent(timestamp=at, working_start=0, error=error)
    for name, score in _scores(made_of, inspect).items():
        yield event.ScoreEvent(timestamp=at, working_start=0, scorer=name, score=score, target="")


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


def _model_event(
    made_of: Material,
    call: Call,
    times: Sequence[datetime],
    complaints: Mapping[int, str],
    inspect: Inspect,
) -> Any:
    model = inspect.model
    dialogue = made_of.case.transcript.id
    reply = model.ChatMessageAssistant(
        id=f"{dialogue}-call-{call.index}",
        content=call.reply,
        model=call.model,
        source="generate",
    )
    usage = _usage(call.usage, inspect)
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
    return inspect.event.ModelEvent(
        timestamp=times[call.index],
        completed=times[call.index + 1],
        working_start=0,
        working_time=seconds,
        model=call.model,
        role=ROLES.get(call.seat, call.seat),
        input=[_shown(f"{dialogue}-{key}", made_of.texts.get(key), inspect) for key in call.prompt],
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


def _usage(usage: Usage, inspect: Inspect) -> Any:
    """Tokens of a call; None where the server did not count both."""
    if usage.prompt is None or usage.completion is None:
        return None
    return inspect.model.ModelUsage(
        input_tokens=usage.prompt,
        output_tokens=usage.completion,
        total_tokens=usage.prompt + usage.completion,
        reasoning_tokens=usage.reasoning,
    )


def _usages(calls: Sequence[Call], inspect: Inspect) -> tuple[dict[str, Any], dict[str, Any]]:
    """Model -> tokens, and role -> tokens; one with a call that was not counted is left out."""
    by_model, by_role = dict[str, Any](), dict[str, Any]()
    for call in calls:
        one = _usage(call.usage, inspect)
        for found, name in ((by_model, call.model), (by_role, ROLES.get(call.seat, call.seat))):
            if name not in found:
                found[name] = one
            elif found[name] is not None:
                found[name] = None if one is None else found[name] + one
    return (
        {name: usage for name, usage in by_model.items() if usage is not None},
        {name: usage for name, usage in by_role.items() if usage is not None},
    )
