"""What code of a user's kind raises is said to be that kind's, with file and line."""

from __future__ import annotations

import asyncio
import inspect
from typing import NoReturn

import pytest

from harness.errors import InputError, Track15Error
from harness.records.spec import TalksSpec
from harness.stages.base import Kind, Planning
from harness.stages.own_code import FIX, OwnCode, is_own
from harness.talks.stage import TalksKind
from tests.support.question import Question


class Mine(Kind[TalksSpec]):
    name = "mine"

    def stumbles(self, error: BaseException) -> NoReturn:
        raise error


KIND = Mine()


def line_of_the_mistake() -> int:
    return inspect.getsourcelines(Mine.stumbles)[1] + 1


@pytest.mark.parametrize("error", [ValueError("no such seat"), SystemExit(3)])
def test_what_it_raises_is_one_error_that_says_where(error: BaseException) -> None:
    with pytest.raises(Track15Error) as found, OwnCode(KIND, "stage 0f"):
        KIND.stumbles(error)
    said = "ValueError" if isinstance(error, ValueError) else "SystemExit"
    place = f"test_own_code.py:{line_of_the_mistake()}"
    words = f"the kind of stage 'mine' failed in its own code: {said} at {place}: "
    assert found.value.what.startswith(words)
    assert (found.value.where, found.value.fix, found.value.exit_code) == ("stage 0f", FIX, 1)
    assert found.value.__cause__ is error


def test_its_own_line_is_named_rather_than_that_of_a_library() -> None:
    class Reads(Mine):
        def reads(self) -> None:
            inspect.getsourcelines(1)  # type: ignore[arg-type]

    first = inspect.getsourcelines(Reads.reads)[1]
    with (
        pytest.raises(Track15Error, match=rf"TypeError at test_own_code\.py:{first + 1}: "),
        OwnCode(Reads(), "stage 0f"),
    ):
        Reads().reads()


def test_the_file_of_a_base_is_its_own_too() -> None:
    class Further(Question):
        pass

    with (
        pytest.raises(Track15Error, match=r"in its own code: KeyError at question\.py:\d+"),
        OwnCode(Further(), "a stage"),
    ):
        list(Further().next_stages("one", {}, Planning("tiny", {})))


def test_what_it_gave_may_be_what_fails() -> None:
    # What is raised at a line of ours.
    with (
        pytest.raises(Track15Error, match="failed over what its own code gave: AssertionError at"),
        OwnCode(Question(), "a stage"),
    ):
        raise AssertionError("that is no result")


@pytest.mark.parametrize("error", [InputError("no such template"), KeyboardInterrupt()])
def test_what_is_in_our_words_already_and_an_interrupt_pass(error: BaseException) -> None:
    with pytest.raises(type(error)) as found, OwnCode(KIND, "a stage"):
        KIND.stumbles(error)
    assert found.value is error


async def test_a_task_that_is_called_off_is_called_off() -> None:
    async def plays() -> None:
        with OwnCode(KIND, "a stage"):
            await asyncio.Event().wait()

    playing = asyncio.create_task(plays())
    await asyncio.sleep(0)
    playing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await playing


async def test_a_cancellation_that_nobody_asked_for_is_its_own_mistake() -> None:
    with (
        pytest.raises(Track15Error, match="CancelledError at test_own_code"),
        OwnCode(KIND, "a stage"),
    ):
        KIND.stumbles(asyncio.CancelledError())


def test_a_mistake_of_ours_stays_one() -> None:
    error = ValueError("ours")
    with pytest.raises(ValueError, match="ours") as found, OwnCode(TalksKind(), "a stage"):
        KIND.stumbles(error)
    assert found.value is error
    assert (is_own(TalksKind()), is_own(KIND)) == (False, True)
