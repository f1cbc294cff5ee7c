"""A person on a page: a question is answered once, by who names it, and whoever leaves makes no
move."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from harness.app.webperson import WebPerson
from harness.errors import PersonLeftError, UsageError
from harness.records.transcript import Action, Debrief, Move
from tests.cli.test_person import AFTER, MOVE

T = TypeVar("T")
PASS = Move(action=Action.PASS, words="Hm.")


def asked(person: WebPerson, question: Callable[[], Awaitable[T]], then: Callable[[], Any]) -> T:
    """What a question gives where ``then`` is done while it is open."""

    async def play() -> T:
        asking = asyncio.ensure_future(question())
        await asyncio.sleep(0)
        then()
        return await asking

    return asyncio.run(play())


def test_a_question_is_answered_once() -> None:
    person = WebPerson(lambda: None)
    counted: list[bool] = []

    def answer() -> None:
        assert person.now().state == "move"
        for number in (0, 2, 1, 1):
            counted.append(person.answer(number, PASS, {"words": "Hm."}))

    assert asked(person, lambda: person.move(MOVE), answer) == PASS
    assert counted == [False, False, True, False]
    now = person.now()
    assert (now.state, now.number, now.sent) == ("waiting", 1, PASS)
    assert now.briefing == MOVE.briefing


def test_what_the_table_cannot_use_comes_back_filled_in() -> None:
    person = WebPerson(lambda: None)
    asked(person, lambda: person.move(MOVE), lambda: person.answer(1, PASS, {"words": "Hm."}))
    again = replace(MOVE, complaint="No.", briefing=())
    seen: list[Any] = []

    def answer() -> None:
        seen.append(person.now())
        person.answer(2, PASS, {})

    asked(person, lambda: person.move(again), answer)
    asked(
        person,
        lambda: person.move(MOVE),
        lambda: (seen.append(person.now()), person.answer(3, PASS, {})),
    )
    assert seen[0].filled == {"words": "Hm."}
    assert seen[0].briefing == MOVE.briefing, "it can be read again"
    assert seen[1].filled == {}


def test_the_other_questions() -> None:
    person = WebPerson(lambda: None)
    said = Debrief(gave_more="equal")

    def advise() -> None:
        assert (person.now().state, person.now().title) == ("advise", "the lawyer")
        person.answer(1, "Wait.", {})

    assert asked(person, lambda: person.advise(MOVE, "the lawyer"), advise) == "Wait."
    assert asked(person, lambda: person.debrief(AFTER), lambda: person.answer(2, said, {})) == said


def test_whoever_leaves_while_it_is_asked_makes_no_move() -> None:
    left: list[str] = []
    person = WebPerson(lambda: left.append("left"))
    with pytest.raises(PersonLeftError):
        asked(person, lambda: person.move(MOVE), person.leave)
    assert left == [], "nobody else was waited for"
    assert not person.answer(1, PASS, {})
    with pytest.raises(PersonLeftError):
        asyncio.run(person.debrief(AFTER))


def test_whoever_leaves_while_the_other_is_waited_for_says_so() -> None:
    left: list[str] = []
    person = WebPerson(lambda: left.append("left"))
    person.leave()
    assert left == ["left"]


def test_a_question_that_nobody_waits_for_cannot_be_answered() -> None:
    person = WebPerson(lambda: None)

    async def play() -> None:
        asking = asyncio.ensure_future(person.move(MOVE))
        await asyncio.sleep(0)
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking

    asyncio.run(play())
    assert person.now().state == "waiting"
    assert not person.answer(1, PASS, {})


def test_an_answer_that_comes_as_the_question_ends_is_dropped() -> None:
    person = WebPerson(lambda: None)

    async def play() -> None:
        asking = asyncio.ensure_future(person.move(MOVE))
        await asyncio.sleep(0)
        assert person.answer(1, PASS, {})
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking
        await asyncio.sleep(0)

    asyncio.run(play())
    assert person.now().state == "waiting"


def test_the_end_is_news() -> None:
    person = WebPerson(lambda: None)
    person.fail(UsageError("no"))
    assert (person.now().state, person.now().number) == ("failed", 1)
