"""The delegations of a fork: what the record says up to a turn, and what is played from there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.asking.answer import MadeCall
from harness.delegations.base import Answer
from harness.delegations.fork import ForkChat, ForkSeat, Prefix, as_reply, prefix_replies
from harness.delegations.form import Form
from harness.delegations.replies import parse_move
from harness.disputes.scenario import Scenario
from harness.errors import UsageError
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.records.spec import TalksSpec
from harness.records.transcript import (
    Action,
    Call,
    CallTiming,
    Debrief,
    Move,
    Outcome,
    Repair,
    Talks,
    Transcript,
    Turn,
)
from harness.view import View
from tests.support.chats import FakeChat
from tests.support.disputes import small
from tests.support.puppets import Puppet, accepting, passing
from tests.support.views import PlayedTable, track


@pytest.fixture(scope="module")
def dispute(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(tmp_path_factory.mktemp("dispute"))


@pytest.fixture(scope="module")
def spec(dispute: Scenario) -> TalksSpec:
    """A model in seat u, a script in seat o."""
    plain = track(dispute, "1.5", seed=5)
    script = plain.seat("o").model_copy(update={"kind": "scripted", "model": None})
    return plain.model_copy(update={"seats": (script, plain.seat("u"))})


@pytest.fixture(scope="module")
def view(spec: TalksSpec, dispute: Scenario) -> View:
    return PlayedTable(spec, dispute).view("u")


REPAIRED = Repair(error="There is no JSON object in it.", call=1)
ADVICE, OPENED, HEARD, AGREED = range(4)
"""Turns of the record."""


@pytest.fixture(scope="module")
def record(spec: TalksSpec) -> Transcript:
    """Advice to u, a pass of u's that was asked again, a pass of o's, an acceptance of u's."""
    turns = (
        turn(ADVICE, kind="caucus", member="lawyer", words="Wait.", calls=(0,)),
        turn(OPENED, move=passing("We wait."), repairs=(REPAIRED,), calls=(1, 2)),
        turn(HEARD, seat="o", move=passing("So do we.")),
        turn(AGREED, move=accepting("o-1"), calls=(3,)),
    )
    calls = tuple(
        Call(index=index, seat="u", purpose="move", model=f"model-{index}", prompt=(), reply=text)
        for index, text in enumerate(("advice", "no object", "a pass", "an acceptance"))
    )
    body = Talks(order=("u", "o"), turns=turns, outcome=Outcome(kind="no_deal", round=1))
    return Transcript(id=spec.id, status="done", spec=spec, calls=calls, body=body)


def turn(index: int, **more: Any) -> Turn:
    values = {"seat": "u", "kind": "statement", **more}
    return Turn(index=index, round=1, step=1, **values)


# --- the turns that are kept -----------------------------------------------------------------


def test_turns_are_given_out_in_their_order(record: Transcript) -> None:
    prefix = Prefix(record, 3)
    turns = record.body.turns
    assert prefix.next("u", None, caucus=True) == turns[ADVICE]
    assert prefix.next("u", None) == turns[OPENED]
    first = prefix.counts
    assert prefix.next("u", REPAIRED.error) == turns[OPENED]
    assert (first, prefix.counts) == (False, True), "it had to be asked again"
    assert prefix.next("o", None) == turns[HEARD]
    assert prefix.counts
    for complaint in (None, "no", None):
        assert prefix.next("u", complaint) is None, "from here on it is played"


def test_repairs_are_skipped_where_nobody_is_asked(record: Transcript) -> None:
    prefix = Prefix(record, 3)
    prefix.next("u", None, caucus=True)
    prefix.next("u", None)
    prefix.skip_repairs()
    assert prefix.counts
    assert prefix.next("o", None) == record.body.turns[HEARD]


def test_a_turn_of_somebody_else_or_of_another_kind_cannot_be_kept(record: Transcript) -> None:
    for seat, caucus in (("o", True), ("u", False)):
        with pytest.raises(UsageError, match=f"it is now the turn of seat {seat}"):
            Prefix(record, 3).next(seat, None, caucus=caucus)


def test_what_is_refused_only_now_cannot_be_kept(record: Transcript) -> None:
    prefix = Prefix(record, 3)
    prefix.next("u", None, caucus=True)
    with pytest.raises(UsageError, match="changes: no such offer") as caught:
        prefix.next("u", "no such offer")
    assert str(caught.value).startswith("turn 0 of the record cannot be kept")
    assert caught.value.fix == "fork at --turn 0"


def test_what_is_no_longer_refused_cannot_be_kept(record: Transcript) -> None:
    prefix = Prefix(record, 3)
    prefix.next("u", None, caucus=True)
    prefix.next("u", None)
    with pytest.raises(UsageError, match="what was refused then is allowed now") as caught:
        prefix.next("o", None)
    assert caught.value.fix == "fork at --turn 1 or before"


def test_replies_are_those_of_models_alone(record: Transcript, spec: TalksSpec) -> None:
    prefix = Prefix(record, 3)
    _, opened, heard, _ = record.body.turns
    assert prefix.replies(opened) == record.calls[1:3]
    assert prefix.replies(heard) == ()
    for kind, count in (("runnable", 2), ("custom", 0), ("scripted", 0)):
        seat = spec.seat("u").model_copy(update={"kind": kind})
        other = spec.model_copy(update={"seats": (spec.seat("o"), seat)})
        kept = Prefix(record.model_copy(update={"spec": other}), 3)
        assert len(kept.replies(opened)) == count


def test_the_reply_that_is_asked_for_now(record: Transcript) -> None:
    prefix = Prefix(record, 3)
    prefix.next("u", None, caucus=True)
    opened = prefix.next("u", None)
    assert opened is not None
    assert prefix.reply(opened) == record.calls[1]
    prefix.next("u", REPAIRED.error)
    assert prefix.reply(opened) == record.calls[2]
    heard = prefix.next("o", None)
    assert heard is not None
    assert prefix.reply(heard) is None


def test_the_turns_of_one_seat(record: Transcript) -> None:
    advice, opened, heard, _ = record.body.turns
    assert Prefix(record, 3).of("u") == (advice, opened)
    assert Prefix(record, 3).of("o") == (heard,)
    assert Prefix(record, 0).of("u") == ()


# --- replies ---------------------------------------------------------------------------------


def test_a_seat_reads_its_recorded_replies_and_the_moves_of_a_script(record: Transcript) -> None:
    prefix = Prefix(record, 4)
    timings = {1: CallTiming(call=1, seconds=2.5, attempts=3)}
    replies = prefix_replies(prefix, "u", timings)
    assert [reply.text for reply in replies] == [call.reply for call in record.calls]
    assert [reply.seconds for reply in replies] == [0.0, 2.5, 0.0, 0.0]
    (scripted,) = prefix_replies(prefix, "o", {})
    assert scripted.text == as_reply(record.body.turns[HEARD])
    assert {reply.attempts for reply in (*replies, scripted)} == {0}, "nothing is sent for them"


def test_every_kind_of_move_can_be_written_as_a_reply() -> None:
    package = {"well": "half", "fence": "us"}
    moves = [
        Move(action=Action.PROPOSE, package=package, words="w", thoughts="t"),
        Move(action=Action.CONSULT, package=package, thoughts="t"),
        Move(action=Action.ACCEPT, offer="o-1", words="w"),
        Move(action=Action.REJECT, offer="o-1", words="w", position={"well": "half"}),
        Move(action=Action.PASS, words="w"),
        Move(action=Action.WALK_OUT, words="w"),
        Move(
            action=Action.PROPOSE,
            package=package,
            or_package={**package, "well": "mine"},
            side_terms="By spring.",
            agreed={"fence": "us"},
            words="w",
        ),
        Move(action=Action.ACCEPT, offer="u-1b", words="w"),
    ]
    form = Form(
        seat="u",
        others=("o",),
        issues={"well": ("mine", "half"), "fence": ("us", "them")},
        offers=4,
        may_consult=True,
        sketches=True,
        side_terms=True,
        alternatives=True,
        settling=True,
    )
    for move in moves:
        assert parse_move(as_reply(turn(0, move=move)), form) == move


def test_advice_is_written_as_it_is() -> None:
    said = as_reply(turn(0, kind="caucus", words="Höre zu."))
    assert said == '{"advice": "Höre zu."}'
    thought = as_reply(turn(0, move=Move(action=Action.PASS, thoughts="für uns")))
    assert json.loads(thought)["move"] == {"action": "pass", "position": None}
    assert "für uns" in thought


# --- the chat --------------------------------------------------------------------------------

QUESTION = Request([{"role": "user", "content": "Speak."}], seed=3)


def forked(*texts: str, seed: int | None = None) -> tuple[ForkChat, FakeChat]:
    chat = FakeChat(lambda asked: f"seed {asked.seed}")
    return ForkChat(chat, [ModelReply(text=text) for text in texts], seed), chat


async def test_a_model_is_asked_only_once_it_is_live() -> None:
    chat, model = forked("first", "second")
    assert [(await chat.complete(QUESTION)).text for _ in range(2)] == ["first", "second"]
    assert model.asked == []
    chat.live = True
    assert (await chat.complete(QUESTION)).text == "seed 3"
    assert model.asked == [QUESTION]


async def test_a_fork_with_a_seed_draws_otherwise() -> None:
    drawn = []
    for seed in (1, 2, 1):
        chat, model = forked(seed=seed)
        chat.live = True
        await chat.complete(QUESTION)
        (asked,) = model.asked
        assert asked.messages is QUESTION.messages
        drawn.append(asked.seed)
    assert drawn[0] == drawn[2]
    assert len({3, *drawn}) == 3
    assert all(seed is not None and 0 <= seed < 2**31 for seed in drawn)


async def test_where_no_seed_was_sent_none_is() -> None:
    chat, model = forked(seed=1)
    chat.live = True
    await chat.complete(Request(QUESTION.messages))
    assert model.asked[0].seed is None


class Open(FakeChat):
    closed = False

    async def aclose(self) -> None:
        self.closed = True


async def test_the_models_chat_stays_open() -> None:
    inner = Open(lambda _: "said")
    await ForkChat(inner, [], None).aclose()
    assert not inner.closed


# --- the seats -------------------------------------------------------------------------------


def made(reply: str, model: str = "new") -> MadeCall:
    """A call as the delegation that plays on notes it."""
    call = Call(index=-1, seat="u", purpose="move", model=model, prompt=("a",), reply=reply)
    return MadeCall(call, seconds=0.0, attempts=0)


def seated(
    record: Transcript, turns: int, answers: list[Answer], *, seed: int | None = None
) -> tuple[ForkSeat, Puppet]:
    """Seat u, whose model reads these answers in turn."""
    left = iter(answers)
    puppet = Puppet(lambda view, complaint: next(left))
    prefix = Prefix(record, turns)
    prefix.next("u", None, caucus=True)  # the advice is over
    return ForkSeat("u", puppet, prefix, forked()[0], seed), puppet


async def test_a_model_says_again_what_it_said_and_then_plays_on(
    record: Transcript, view: View
) -> None:
    answers = [
        Answer(problem=REPAIRED.error, calls=(made("no object"),)),
        Answer(move=passing("We wait."), calls=(made("a pass"),)),
        Answer(move=passing("Something new."), calls=(made("new"),)),
    ]
    seat, puppet = seated(record, 2, answers, seed=9)
    first = await seat.move(view, None)
    assert (first.problem, [one.call.model for one in first.calls]) == (
        REPAIRED.error,
        ["model-1"],
    ), "by whom it was said then"
    second = await seat.move(view, REPAIRED.error)
    assert (second.move, [one.call.model for one in second.calls]) == (
        passing("We wait."),
        ["model-2"],
    )
    assert seat.chat is not None
    live = seat.chat.live
    assert await seat.move(view, None) == answers[2]
    assert (live, seat.chat.live) == (False, True)
    assert puppet.views == [view] * 3, "the seed of a model's fork goes to its chat"
    assert puppet.complaints == [REPAIRED.error]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(problem="No offer o-7."), "No offer o-7."),
        (Answer(move=passing("Other words.")), "its reply is read as another move"),
        (Answer(words="advice"), "its reply is read as another move"),
    ],
)
async def test_a_reply_that_is_read_otherwise_now_cannot_be_kept(
    record: Transcript, view: View, answer: Answer, why: str
) -> None:
    seat, _ = seated(record, 2, [Answer(problem=REPAIRED.error), answer])
    await seat.move(view, None)
    with pytest.raises(UsageError, match=f"under these changes: {why}"):
        await seat.move(view, REPAIRED.error)


async def test_advice_of_a_model_is_kept_too(record: Transcript, view: View) -> None:
    class Advising(Puppet):
        async def caucus(self, view: View, member: str, complaint: str | None) -> Answer:
            return Answer(words="Wait.", calls=(made("advice"),))

    inner = Advising(lambda view, complaint: Answer())
    chat, _ = forked()
    seat = ForkSeat("u", inner, Prefix(record, 1), chat)
    kept, live = await seat.caucus(view, "lawyer", None), chat.live
    assert (kept.words, kept.calls[0].call.model) == ("Wait.", "model-0")
    new = await seat.caucus(view, "lawyer", None)
    assert new.calls[0].call.model == "new"
    assert (live, chat.live) == (False, True)
    other = ForkSeat("u", inner, Prefix(record, 1), forked()[0])
    with pytest.raises(UsageError, match="it is now general who is heard"):
        await other.caucus(view, "general", None)


async def test_a_model_keeps_what_a_script_had_said(record: Transcript, view: View) -> None:
    """Its own reading of the move is not held against it: a script may say more than a reply."""
    inner = Puppet(lambda view, complaint: Answer(move=passing("read otherwise")))
    prefix = Prefix(record, 3)
    prefix.next("u", None, caucus=True)
    prefix.next("u", None)
    prefix.skip_repairs()
    seat = ForkSeat("o", inner, prefix, forked()[0])
    assert await seat.move(view, None) == Answer(move=passing("So do we."))
    assert len(inner.views) == 1, "it has read it into its thread"


async def test_a_script_says_what_is_recorded_without_being_asked(
    record: Transcript, view: View
) -> None:
    inner = Puppet(lambda view, complaint: Answer(move=passing("Something new.")))
    seat = ForkSeat("u", inner, Prefix(record, 2), seed=9)
    assert await seat.caucus(view, "lawyer", None) == Answer(words="Wait.")
    assert await seat.move(view, None) == Answer(move=passing("We wait."))
    assert inner.views == []
    assert (await seat.move(view, None)).move == passing("Something new.")
    assert [seen.seed for seen in inner.views] == [9]
    same = ForkSeat("u", inner, Prefix(record, 0))
    await same.caucus(view, "lawyer", None)
    assert inner.views[-1] is view, "without a seed it draws as the record did"


async def test_a_debrief_is_always_asked_for_anew(record: Transcript, view: View) -> None:
    inner = Puppet(lambda view, complaint: Answer())
    seat = ForkSeat("u", inner, Prefix(record, 0), forked()[0])
    assert (await seat.debrief(view, None)).debrief == Debrief(gave_more="equal", margin=0.0)
    assert seat.chat is not None
    assert seat.chat.live
    with pytest.raises(UsageError, match="the talks are over before it"):
        await ForkSeat("o", inner, Prefix(ended(record), 1)).debrief(view, None)


def ended(record: Transcript) -> Transcript:
    """Talks that began with a turn of seat o."""
    turns = (record.body.turns[HEARD],)
    return record.model_copy(update={"body": record.body.model_copy(update={"turns": turns})})


def test_its_texts_are_those_that_were_shown(record: Transcript) -> None:
    class Shown(Puppet):
        def messages(self) -> dict[str, tuple[str, str]]:
            return {"a": ("user", "said")}

    seat = ForkSeat("u", Shown(lambda view, complaint: Answer()), Prefix(record, 0))
    assert seat.messages() == {"a": ("user", "said")}
