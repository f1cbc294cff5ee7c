"""A dialogue as a sample of Inspect: who said what, every call, every score.

Inspect knows two speakers. The unofficial delegation is its ``assistant``, since what is measured
is what that one gives away; every other one is a ``user``. Each message says in words and in its
metadata who spoke. Thoughts are reasoning. Who sits at the table is a ``system`` message. What
happens between turns is nobody's word, and a ``user`` message of the role ``record``: Inspect shows
all system messages at the top.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from harness.exchange.importing.inspect import HELD
from harness.exchange.inspect_events import events_of
from harness.exchange.inspect_material import (
    ROLES,
    Material,
    content,
    error_of,
    paragraphs,
    scores_in,
    terms,
    usage_of,
)
from harness.exchange.inspect_types import Inspect
from harness.records.spec import TalksSpec
from harness.records.transcript import Call
from harness.report.reading import Entry, Reading
from harness.report.rows import FIELDS


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
        input=paragraphs(f"{reading.title} (arm {', '.join(reading.arms)})", reading.summary),
        target="",
        messages=list(_messages(made_of, inspect)),
        output=inspect.model.ModelOutput.from_content("track15", _ending(reading)),
        scores=scores_in(made_of, inspect),
        metadata=_metadata(made_of),
        events=list(events_of(made_of, inspect)),
        model_usage=usage,
        role_usage=by_role,
        started_at=None if timing is None else timing.started,
        total_time=seconds,
        error=error_of(made_of, inspect),
        limit=_limit(made_of, inspect),
    )


def _metadata(made_of: Material) -> dict[str, Any]:
    """The fields of the dialogue's row, what drives each delegate, the answers afterwards, and the
    ledger."""
    fields: dict[str, Any] = {
        name: made_of.row.get(name) for name in FIELDS if name not in ("id", "epoch")
    }
    arms = fields["arm"]
    fields["arm"] = ";".join(arms) if isinstance(arms, tuple) else arms
    reading = made_of.reading
    fields[HELD] = dict(made_of.negotiation)
    if made_of.public:
        at_table = ("seat", "name", "role", "authority", "played_by")
        seated = [{n: getattr(one, n) for n in at_table} for one in reading.delegations]
        return {**fields, "title": reading.title, "delegations": seated}
    return {
        **fields,
        "title": reading.title,
        "most_given": list(reading.most),
        "delegations": [dict(vars(one)) for one in reading.delegations],
        "afterwards": [dict(vars(one)) for one in reading.afterwards],
        "ledger": [dict(vars(line)) for line in reading.ledger],
    }


def _limit(made_of: Material, inspect: Inspect) -> Any:
    """The limit that a void dialogue has passed; None where it is void by something else."""
    case, void = made_of.case, made_of.case.transcript.void
    if void is None or void.kind != "limit" or not isinstance(case.spec, TalksSpec):
        return None
    rules = case.spec.protocol
    tokens = " tokens" in void.detail
    limit = rules.token_limit if tokens else rules.time_limit
    if limit is None:
        return None
    kind = "token" if tokens else "time"
    reason = "" if made_of.public else void.detail
    return inspect.log.EvalSampleLimit(type=kind, limit=limit, reason=reason)


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

    opening = paragraphs(reading.title, reading.summary, f"At the table:\n{seats}")
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
    common: dict[str, Any] = {
        "id": f"{made_of.case.transcript.id}-turn-{entry.turn}",
        "content": content(made_of.reading, entry, inspect),
        "metadata": {
            "turn": entry.turn,
            "round": round_,
            "seat": seat,
            "speaker": entry.who,
            "role": ROLES.get(seat, seat),
            "action": entry.action,
            "offer": entry.offer or None,
            "private": entry.private,
            **({} if made_of.public else {"gave": [dict(vars(line)) for line in entry.given]}),
        },
    }
    if seat == "u":
        played = made_of.row["model_u"]
        return model.ChatMessageAssistant(model=played, source="generate", **common)
    return model.ChatMessageUser(**common)


def _ending(reading: Reading) -> str:
    return paragraphs(reading.ending, reading.reason, terms(reading.terms), *reading.most)


def _usages(calls: Sequence[Call], inspect: Inspect) -> tuple[dict[str, Any], dict[str, Any]]:
    """Model -> tokens, and role -> tokens; one with a call that was not counted is left out."""
    by_model, by_role = dict[str, Any](), dict[str, Any]()
    for call in calls:
        one = usage_of(call.usage, inspect)
        for found, name in ((by_model, call.model), (by_role, ROLES.get(call.seat, call.seat))):
            if name not in found:
                found[name] = one
            elif found[name] is not None:
                found[name] = None if one is None else found[name] + one
    return (
        {name: usage for name, usage in by_model.items() if usage is not None},
        {name: usage for name, usage in by_role.items() if usage is not None},
    )
