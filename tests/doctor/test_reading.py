"""What was played, as rows of a checkup: what was read, how, and what to change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.doctor import reading
from harness.doctor.checkup import Checkup, Finding
from harness.doctor.counting import Counts
from harness.doctor.listening import Exchange
from harness.doctor.talks import Heard
from harness.doctor.target import Target
from harness.models.address import parse_address
from harness.models.providers.openai_compatible.dialect import Dialect
from harness.models.reply import How, ModelReply
from harness.records.transcript import (
    Action,
    Call,
    Debrief,
    Move,
    Outcome,
    Repair,
    Talks,
    Transcript,
    Turn,
)
from harness.suite.parts import ModelSettings
from tests.support.exchanges import refused, replied

ADDRESS = parse_address("openai/m@http://127.0.0.1:9/v1")


def turn(seat: str = "u", action: Action = Action.PASS, **more: Any) -> Turn:
    """A public turn that a model made."""
    values = {"kind": "statement", "move": Move(action=action), "calls": (0,), **more}
    return Turn(index=0, round=1, step=1, seat=seat, **values)


def heard(
    tried: Target,
    *turns: Turn,
    debrief: Debrief | None = None,
    exchanges: tuple[Exchange, ...] = (),
    hint: str | None = None,
    ways: tuple[How, ...] = ("schema",),
) -> Heard:
    """Talks of these turns; ``ways`` are those of their calls, by number."""
    calls = tuple(
        Call(index=index, seat="u", purpose="move", model="m", prompt=(), reply="", how=way)
        for index, way in enumerate(ways)
    )
    body = Talks(
        order=("o", "u"),
        turns=turns,
        debriefs={} if debrief is None else {"u": debrief},
        outcome=Outcome(kind="no_deal", round=1),
    )
    spec = tried.spec
    record = Transcript(id=spec.id, status="done", spec=spec, calls=calls, body=body)
    return Heard(record, exchanges, hint)


def sampled(tried: Target, **settings: Any) -> Target:
    """The same with other settings of the model."""
    settled = ModelSettings(**settings)
    return replace(tried, seat=tried.seat.model_copy(update={"settings": settled}))


def rows(checkup: Checkup) -> list[tuple[str, str, str]]:
    return [(row.name, row.state, row.said) for row in checkup.findings]


# --- moves and debriefs ----------------------------------------------------------------------


def test_only_what_the_model_said_in_public_is_a_move(tried: Target) -> None:
    talks = heard(
        tried,
        turn("o"),
        turn(),
        turn(calls=()),
        turn(kind="caucus", member="lawyer", move=None, words="Wait."),
        turn(kind="consultation", action=Action.CONSULT),
    )
    assert reading.moves_in(tried, [talks]) == 2
    assert reading.moves_in(tried, [talks, talks]) == 4
    assert reading.moves_in(tried, []) == 0


def test_each_move_is_a_row(tried: Target) -> None:
    checkup = Checkup("openai/m")
    turns = [turn(action=Action.WALK_OUT), turn(), turn(action=Action.ACCEPT), turn()]
    reading.moves(checkup, tried, [heard(tried, turns[0]), heard(tried, *turns[1:])])
    assert rows(checkup) == [
        ("first move", "good", "read: walk out"),
        ("second move", "good", "read: pass"),
        ("third move", "good", "read: accept"),
    ]
    assert {row.change for row in checkup.findings} == {""}


def test_what_had_to_be_asked_again_is_a_warning(tried: Target) -> None:
    repair = Repair(error="There is no JSON object in it.")
    talks = heard(tried, turn(repairs=(repair,)), turn(repairs=(repair, Repair(error="other"))))
    for how, change in (("text", reading.GUIDED), ("schema", "try a lower --temperature")):
        checkup = Checkup("openai/m", how=how)  # type: ignore[arg-type]
        reading.moves(checkup, tried, [talks])
        assert rows(checkup) == [
            (
                "first move",
                "warn",
                f"read: pass, after it had to be asked again once: {repair.error}",
            ),
            (
                "second move",
                "warn",
                f"read: pass, after it had to be asked again 2 times: {repair.error}",
            ),
        ]
        assert all(row.change.startswith(change) for row in checkup.findings)


def test_a_debrief_that_was_read_is_a_row(tried: Target) -> None:
    checkup = Checkup("openai/m")
    read = Debrief(gave_more="equal", margin=0.0, repairs=(Repair(error="no object"),))
    reading.moves(checkup, tried, [heard(tried), heard(tried, debrief=read)])
    assert rows(checkup) == [
        (
            "debrief",
            "warn",
            (
                "its private answers after the talks could be read, after it had to be asked "
                "again once: no object"
            ),
        )
    ]


MISSING = Debrief(problem="no answer", repairs=(Repair(error="first"),))


@pytest.mark.parametrize(
    ("exchanges", "hint", "change"),
    [
        ((), None, ""),
        ((replied(name="move"),), None, ""),
        ((replied(name="debrief"), refused(name="debrief")), None, "check the model's settings"),
        ((replied("What?", name="debrief"),), "switch thinking off", "switch thinking off"),
        ((replied("What?", name="debrief"),), None, "try another model"),
        ((replied(name="debrief"), replied(name="debrief")), "a hint", "give the server a context"),
    ],
    ids=["not asked", "only moves", "refused", "hinted", "not read", "cut"],
)
def test_a_debrief_that_is_missing_is_explained_by_its_last_question(
    tried: Target, exchanges: tuple[Exchange, ...], hint: str | None, change: str
) -> None:
    checkup = Checkup(str(ADDRESS))
    talks = heard(tried, debrief=MISSING, exchanges=exchanges, hint=hint)
    reading.moves(checkup, tried, [talks])
    (found,) = checkup.findings
    assert (found.name, found.state) == ("debrief", "warn")
    assert found.said == "missing. A run would keep the talks without it: no answer"
    assert found.change.startswith(change)
    assert bool(found.change) is bool(change)


def test_how_often_is_said_in_words() -> None:
    assert [reading.times(count) for count in (1, 2, 1200)] == ["once", "2 times", "1,200 times"]


# --- ways of replying ------------------------------------------------------------------------


def test_the_way_by_which_most_was_read_is_counted(tried: Target) -> None:
    checkup = Checkup("openai/m")
    talks = heard(
        tried,
        turn(calls=(0, 1)),  # the second was read
        turn("o", calls=()),
        turn(calls=(2,)),
        debrief=Debrief(gave_more="equal", calls=(3,)),
        ways=("schema", "text", "tool", "text"),
    )
    reading.count_read(checkup, [talks])
    assert (checkup.how, checkup.read) == ("text", 2)


def test_a_debrief_that_is_missing_was_read_in_no_way(tried: Target) -> None:
    checkup = Checkup("openai/m")
    void = Debrief(problem="no answer", calls=(1, 2))
    talks = heard(tried, turn(calls=(0,)), debrief=void, ways=("tool", "text", "text"))
    reading.count_read(checkup, [talks])
    assert (checkup.how, checkup.read) == ("tool", 1)
    unread = Checkup("openai/m")
    reading.count_read(unread, [heard(tried, debrief=void)])
    assert (unread.how, unread.read) == (None, 0)


def replies_row(how: How, dialect: Dialect | None, *notes: str) -> Finding:
    checkup = Checkup("openai/m", how=how)
    reading.ways(checkup, dialect, notes)
    return next(row for row in checkup.findings if row.name == "replies")


def test_how_replies_came_is_said_and_what_would_be_better() -> None:
    form = "JSON schema was refused for 'debrief', so it is asked for by tool call: no"
    role = "the system role was refused, so the briefing is in the first message of the user: no"
    assert replies_row("schema", Dialect()) == Finding("replies", "good", "by JSON schema")
    assert replies_row("schema", Dialect(), form, role) == Finding(
        "replies", "warn", f"by JSON schema, but not all: {form}", reading.GUIDED
    )
    assert replies_row("tool", Dialect(how="tool"), form) == Finding(
        "replies", "warn", f"by tool call, not by JSON schema: {form}", reading.GUIDED
    )
    assert replies_row("text", Dialect(how="tool")) == Finding(
        "replies",
        "warn",
        "asked for by tool call, answered in words; the answer could be read",
        reading.GUIDED,
    )
    plain = replies_row("text", None)
    assert plain.said == "in words, not by JSON schema"
    assert "openai/MODEL@BASE_URL" in plain.change, "this client has no other way"


@pytest.mark.parametrize(
    ("note", "name", "state"),
    [
        ("the system role was refused: no", "system role", "warn"),
        ("an answer in one piece was refused: no", "streaming", "warn"),
        ("max_tokens was refused, max_completion_tokens is sent: no", "longest reply", "good"),
        ("max_completion_tokens was refused, max_tokens is sent: no", "longest reply", "good"),
    ],
)
def test_what_a_run_does_without_is_a_row(note: str, name: str, state: str) -> None:
    checkup = Checkup("openai/m", how="schema")
    reading.ways(checkup, Dialect(), [note, "the seed was refused, and is left out: no"])
    replies, row = checkup.findings
    assert replies.state == "good"
    assert (row.name, row.state, row.said) == (name, state, note)
    assert bool(row.change) is (state == "warn")


def test_nothing_is_said_of_ways_where_nothing_was_read() -> None:
    checkup = Checkup("openai/m")
    reading.ways(checkup, Dialect(), ["the system role was refused: no"])
    assert checkup.findings == []


# --- what could not be had -------------------------------------------------------------------


def test_what_failed_is_named(tried: Target) -> None:
    none, two, three = (heard(tried, *[turn()] * count) for count in (0, 2, 3))
    assert reading.failed_at(tried, [none]) == "first move"
    assert reading.failed_at(tried, [two]) == "third move"
    assert reading.failed_at(tried, [two, none]) == "third move"
    assert reading.failed_at(tried, [three, three]) == "third move", "there is no fourth"
    asked = (replied(name="move"), refused(name="caucus"))
    assert reading.failed_at(tried, [heard(tried, exchanges=asked)]) == "advice in caucus"
    assert reading.failed_at(tried, [heard(tried, exchanges=asked[:1])]) == "first move"


CUT, WHOLE = ModelReply(text="{", finish_reason="length"), ModelReply(text="{}")


@pytest.mark.parametrize(
    ("replies", "cut"),
    [
        ([], False),
        ([CUT], True),
        ([WHOLE, CUT], False),
        ([WHOLE, CUT, CUT], True),
        ([CUT, CUT, WHOLE], False),
    ],
    ids=["none", "one", "half", "most", "not the last"],
)
def test_replies_are_cut_off_where_the_last_and_most_were(
    replies: list[ModelReply], cut: bool
) -> None:
    assert reading.cut_off(replies) is cut


@pytest.mark.parametrize(
    ("last", "change"),
    [
        (None, "try another model"),
        (ModelReply(text="What a day!"), "try another model"),
        (ModelReply(text="", refusal="I will not."), "try another model"),
        (
            ModelReply(text="half", finish_reason="content_filter"),
            "a content filter ended it with 'content_filter'",
        ),
        (
            ModelReply(text=" ", finish_reason="error"),
            "the server ended its answer with 'error': look at its own log",
        ),
        (ModelReply(text="\n", finish_reason="STOP"), "the answer may be in the reasoning field"),
        (ModelReply(text=""), "the answer may be in the reasoning field"),
    ],
)
def test_why_a_reply_cannot_be_read(last: ModelReply | None, change: str) -> None:
    assert reading.why_unreadable(last).startswith(change)


# --- what was cut off ------------------------------------------------------------------------


def roomy(text: str = "", *, finish: str = "length", room: int = 2000, **counts: Any) -> Exchange:
    """The same question, asked with more room."""
    made = replied(text, finish_reason=finish, **counts)
    return replace(made, request=replace(made.request, max_tokens=room))


@pytest.mark.parametrize(
    ("given", "asked", "change"),
    [
        (None, None, "give --max-tokens 2000"),
        (500, refused(), "raise --max-tokens"),
        (None, roomy("{}", finish="stop"), "--max-tokens 2000 helps: "),
        (None, roomy("{", completion=150), "the context is full after 150 tokens: give the server"),
        (None, roomy("{", completion=1), "the context is full after 1 token: give the server"),
        (None, roomy("{", completion=2000), "2,000 tokens were not enough either: try another"),
        (None, roomy("{"), "2,000 tokens were not enough either: try another"),
        (
            None,
            roomy("", completion=2000),
            "the model reasons, and 2,000 tokens were not enough either",
        ),
        (
            None,
            roomy("{", completion=150, reasoning=150),
            "the model reasons, and 2,000 tokens were not enough either: allow longer replies",
        ),
        (
            None,
            roomy("", completion=150, thinking="is all there is"),
            "the model reasons, and 2,000 tokens were not enough either: allow longer replies",
        ),
    ],
)
def test_why_replies_are_cut_off(
    tried: Target, given: int | None, asked: Exchange | None, change: str
) -> None:
    assert reading.why_cut(ADDRESS, tried, given, asked).startswith(change)


def test_how_much_context_is_needed(tried: Target) -> None:
    """2,000 tokens of the prompt, and 1,000 of the reply or as many as it may have."""
    said = reading.more_context(ADDRESS, tried)
    assert said.startswith("give the server a context of 3,000 tokens or more (--max-model-len")
    assert said.endswith("or lower --turns or --rounds")
    assert "of 4,000 tokens" in reading.more_context(ADDRESS, sampled(tried, max_tokens=1001))
    assert "of 9,000 tokens" in reading.more_context(ADDRESS, tried, 1.0), "8,000 characters"
    ollama = reading.more_context(parse_address("ollama/m"), tried)
    assert "(OLLAMA_CONTEXT_LENGTH of ollama serve)" in ollama


def test_tokens_are_foreseen_by_the_servers_own_measure(tried: Target) -> None:
    assert reading.foreseen(tried, None) == 2000
    assert reading.foreseen(tried, 0.3) == 2400


# --- tokens and time -------------------------------------------------------------------------


def used(tried: Target, *exchanges: Exchange) -> tuple[Checkup, Finding]:
    """The checkup, and its row on usage."""
    checkup = Checkup("openai/m")
    reading.usage(checkup, tried, Counts.of(exchanges), exchanges)
    assert [row.name for row in checkup.findings][:1] == ["usage"]
    return checkup, checkup.findings[0]


def test_tokens_that_are_counted(tried: Target) -> None:
    counts: dict[str, Any] = {"prompt": 125, "completion": 30}
    checkup, row = used(tried, replied(size=400, **counts), refused())
    assert (row.state, row.said, row.change) == ("good", "tokens are counted", "")
    assert checkup.dialogue_tokens == 11_250, "9,000 where a token is 3.2 characters, not 4"
    thought = replied(size=400, reasoning=20, **counts)
    _, row = used(tried, replied(size=400, **counts), thought, replied(size=400, **counts))
    assert row.said == "tokens are counted; the model reasons (20 of 30)"


def test_tokens_that_are_not_counted(tried: Target) -> None:
    counted = replied(prompt=100, completion=30)
    for given, said in (
        ([counted, replied(completion=30)], "some answers came without a count of tokens"),
        ([counted, replied(prompt=100)], "some answers came without a count of tokens"),
        ([replied(completion=30)], "the server does not count tokens"),
        ([], "the server does not count tokens"),
    ):
        checkup, row = used(tried, *given)
        assert (row.state, row.said) == ("warn", said)
        assert "limits use estimates" in row.change
        assert checkup.dialogue_tokens == 9000


def test_tokens_that_are_made_up(tried: Target) -> None:
    sizes = (400, 800, 1200)
    _, row = used(tried, *[replied(size=s, prompt=11, completion=30) for s in sizes])
    assert (row.state, row.said) == (
        "warn",
        "11 tokens for prompts of every length, so it does not count",
    )
    assert "--token-limit" in row.change


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        ((0.0, 0.1), "under 0.1 s a reply: 7 calls, one dialogue, take 1 s on their own"),
        ((0.1, 0.1), "0.1 s a reply: 7 calls, one dialogue, take 1 s on their own"),
        ((2.0, 3.0), "2.5 s a reply: 7 calls, one dialogue, take 18 s on their own"),
        ((17.0, 17.0), "17.0 s a reply: 7 calls, one dialogue, take 119 s on their own"),
        ((20.0, 40.0), "30.0 s a reply: 7 calls, one dialogue, take 4 min on their own"),
    ],
)
def test_how_long_a_dialogue_takes(tried: Target, seconds: tuple[float, ...], said: str) -> None:
    checkup, _ = used(tried, *[replied(seconds=one) for one in seconds], refused())
    assert checkup.findings[1] == Finding("speed", "good", said)


def test_nothing_is_said_of_time_where_nothing_was_answered(tried: Target) -> None:
    checkup, _ = used(tried, refused())
    assert len(checkup.findings) == 1
