"""Who sits at the doctor's table: two turns are played, and a long dialogue without being asked."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from harness.delegations.base import Answer
from harness.disputes.scenario import Scenario
from harness.doctor.seats import (
    ENDLESS,
    Course,
    Guest,
    Host,
    MeasuredError,
    RehearsedChat,
    filler,
)
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.records.transcript import Action, Commitment, Debrief
from harness.view import View
from tests.support.chats import in_turn
from tests.support.exchanges import asked
from tests.support.puppets import Puppet, passing
from tests.support.views import PlayedTable, track


@pytest.fixture(scope="module")
def view(dispute: Scenario) -> View:
    """What seat u sees before anything is said."""
    return PlayedTable(track(dispute, "1.5"), dispute).view("u")


def test_filler_is_prose_of_the_length_that_is_asked_for() -> None:
    for length in (1, 84, 1000, 5000):
        assert len(filler(length)) == length
    assert filler(0) == filler(-3) == ""
    assert filler(5000).startswith("The delegations met again in the morning")


# --- the course ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hinted(Answer):
    """An answer with what a user of the run can do about it."""

    hint: str | None = None


def test_what_is_for_the_user_is_kept_apart_from_what_the_model_is_told() -> None:
    course = Course()
    told = course.heard(Hinted(problem="It was empty.", hint="Switch thinking off."))
    assert course.hint == "Switch thinking off."
    assert told == Hinted(problem="It was empty.")
    plain = Answer(problem="It was empty.")
    assert course.heard(plain) is plain
    assert course.hint is None


# --- the one who is tried --------------------------------------------------------------------


async def test_a_guest_plays_two_turns_and_leaves(view: View) -> None:
    puppet, course = Puppet(lambda view, complaint: Answer(move=passing())), Course()
    guest = Guest(puppet, course)
    for _ in range(2):
        assert (await guest.move(view, None)).move == passing()
    left = (await guest.move(view, None)).move
    assert left is not None
    assert left.action is Action.WALK_OUT
    assert (course.begun, len(puppet.views)) == (3, 2)


async def test_a_turn_that_is_asked_for_again_is_the_same_turn(view: View) -> None:
    puppet, course = Puppet(lambda view, complaint: Answer(problem="no", hint="a hint")), Course()
    guest = Guest(puppet, course)
    for complaint in (None, "first", "second"):
        assert await guest.move(view, complaint) == Answer(problem="no")
    assert puppet.complaints == ["first", "second"]
    assert (course.begun, course.hint) == (1, "a hint")


async def test_members_of_a_guest_are_heard_before_each_of_its_turns(view: View) -> None:
    puppet, course = Puppet(lambda view, complaint: Answer(move=passing())), Course()
    guest = Guest(puppet, course)
    for _ in range(2):
        assert (await guest.caucus(view, "lawyer", None)).words == "advice of lawyer"
        await guest.move(view, None)
    assert (await guest.caucus(view, "lawyer", None)).words == "There is nothing to add."
    assert len(puppet.views) == 4


class Silent(Puppet):
    """Has a hint for every question, and texts that it was shown."""

    async def caucus(self, view: View, member: str, complaint: str | None) -> Answer:
        return Answer(problem="no", hint="in caucus")

    async def debrief(self, view: View, complaint: str | None) -> Answer:
        return Answer(problem="no", hint="afterwards")

    def messages(self) -> dict[str, tuple[str, str]]:
        return {"a": ("user", "said")}


async def test_every_answer_of_a_guest_goes_through_its_course(view: View) -> None:
    course = Course()
    guest = Guest(Silent(lambda view, complaint: Answer()), course)
    assert await guest.caucus(view, "lawyer", None) == Answer(problem="no")
    assert course.hint == "in caucus"
    assert await guest.debrief(view, None) == Answer(problem="no")
    assert course.hint == "afterwards"
    assert guest.messages() == {"a": ("user", "said")}


# --- the others ------------------------------------------------------------------------------


async def test_a_host_listens_then_opens_then_leaves(view: View, dispute: Scenario) -> None:
    course = Course()
    host = Host(course)
    listening = (await host.move(view, None)).move
    assert listening == passing("We should like to hear you first.")
    course.begun = 1
    opening = (await host.move(view, None)).move
    assert opening is not None
    assert opening.action is Action.PROPOSE
    assert opening.package == {"well": "mine", "fence": "them"}, "its own"
    assert opening.commitment is Commitment.HYPOTHETICAL, "nobody could take it for a deal"
    course.begun = 2
    left = (await host.move(view, None)).move
    assert left is not None
    assert left.action is Action.WALK_OUT


async def test_a_host_of_a_long_dialogue_only_listens(view: View) -> None:
    host = Host(Course(ENDLESS, begun=40), "Much to say.")
    assert (await host.move(view, None)).move == passing("Much to say.")


async def test_a_host_has_nothing_to_say_in_private(view: View) -> None:
    host = Host(Course())
    assert (await host.caucus(view, "lawyer", None)).words == "Let us hear them first."
    assert (await host.debrief(view, None)).debrief == Debrief(problem="not asked")
    assert host.messages() == {}


# --- the rehearsal ---------------------------------------------------------------------------


def rehearsed(moves: int, padding: int = 0, *, measuring: bool = False) -> RehearsedChat:
    chat = in_turn("at last")
    return RehearsedChat(chat, moves=moves, padding=padding, measuring=measuring)


def parts(reply: ModelReply) -> tuple[str, str]:
    said = json.loads(reply.text)
    assert said["move"] == {"action": "pass", "position": None}
    return said["private_thoughts"], said["public_words"]


async def test_only_the_question_after_the_last_move_is_asked() -> None:
    chat = rehearsed(2)
    for given in (1, 2):
        reply = await chat.complete(asked(name="move"))
        assert (reply.attempts, reply.finish_reason, chat.given) == (0, "stop", given)
        assert parts(reply) == ("We wait. ", "We have nothing to add. ")
    assert (await chat.complete(asked(name="move"))).text == "at last"
    assert chat.given == 2


async def test_a_debrief_is_never_rehearsed_and_advice_always() -> None:
    chat = rehearsed(2)
    advice = await chat.complete(asked(name="caucus"))
    assert json.loads(advice.text) == {"advice": "Hold to what we said."}
    assert (advice.attempts, chat.given) == (0, 0)
    assert (await chat.complete(asked(name="debrief"))).text == "at last"


async def test_a_rehearsed_move_is_filled_up() -> None:
    bare = parts(await rehearsed(1).complete(asked()))
    full = parts(await rehearsed(1, 101).complete(asked()))
    added = [len(long) - len(short) for long, short in zip(full, bare, strict=True)]
    assert added == [50, 51]


async def test_the_longest_prompt_can_be_measured_without_being_sent() -> None:
    chat = rehearsed(0, measuring=True)
    with pytest.raises(MeasuredError) as reached:
        await chat.complete(Request([{"role": "user", "content": "x" * 77}], schema_name="move"))
    assert reached.value.size == 77
