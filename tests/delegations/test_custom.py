from __future__ import annotations

import asyncio
import copy
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.bargaining.tactics import tactic_from
from harness.delegations.base import Answer, Delegation, MadeCall
from harness.delegations.custom import CustomDelegation
from harness.delegations.scripted import ScriptedDelegation
from harness.disputes.scenario import Scenario
from harness.errors import ModelError
from harness.records.transcript import Action, Call, Debrief, Move
from harness.suite.parts import ModelSettings
from harness.talks.table import Table
from tests.support.disputes import small
from tests.support.views import PlayedTable, track

KEY = "made-up-key-0123456789"
PASS = Move(action=Action.PASS, words="We wait.")


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(tmp_path_factory.mktemp("disputes"))


class Waits:
    """Passes; ``answer`` takes the place of its move."""

    def __init__(self, answer: Callable[[], Any] = lambda: Answer(move=PASS)) -> None:
        self.answer = answer
        self.views: list[Any] = []

    async def move(self, view: Any, complaint: str | None) -> Any:
        self.views.append(view)
        return self.answer()

    async def caucus(self, view: Any, member: str, complaint: str | None) -> Any:
        return Answer(words="Patience.")

    async def debrief(self, view: Any, complaint: str | None) -> Any:
        return Answer(debrief=Debrief(gave_more="equal", margin=0, words="Even."))

    def messages(self) -> Any:
        return {"abc": ("user", "text")}


def seated(factory: Callable[..., Any], seat: str = "u", **options: Any) -> CustomDelegation:
    settings = ModelSettings(temperature=0.5)
    return CustomDelegation(
        factory, seat=seat, seed=5, settings=settings, name="mine.py:Mine", file=__file__, **options
    )


def raises(error: BaseException) -> Callable[[], Any]:
    def answer() -> Any:
        raise error

    return answer


async def test_it_answers_for_its_seat(scenario: Scenario) -> None:
    inner = Waits()
    player: Delegation = seated(lambda: inner)
    view = PlayedTable(track(scenario, "1.5"), scenario).view("u")
    assert player.messages() == {}
    assert (await player.move(view, None)).move == PASS
    assert player.messages() == {"abc": ("user", "text")}
    assert (await player.caucus(view, "lawyer", None)).words == "Patience."
    debrief = (await player.debrief(view, "again")).debrief
    assert debrief is not None
    assert debrief.gave_more == "equal"
    shown = inner.views[0]
    assert shown.brief == view.brief
    # The dialogue's seed would tell it what chance gave to the others.
    assert shown.seed != view.seed


async def test_a_factory_gets_what_it_takes_once_a_dialogue(scenario: Scenario) -> None:
    made: list[tuple[str, int, float | None]] = []

    def factory(seat: str, *, seed: int, settings: ModelSettings) -> Waits:
        made.append((seat, seed, settings.temperature))
        return Waits()

    view = PlayedTable(track(scenario, "1.5"), scenario).view("u")
    for seat in ("u", "o", "u"):
        player = seated(factory, seat)
        await player.move(view, None)
        await player.move(view, None)
    assert [(seat, temperature) for seat, _, temperature in made] == [
        ("u", 0.5),
        ("o", 0.5),
        ("u", 0.5),
    ]
    seeds = [seed for _, seed, _ in made]
    assert seeds[0] == seeds[2]
    assert seeds[0] != seeds[1]
    assert 5 not in seeds


async def test_a_plain_method_is_taken_too(scenario: Scenario) -> None:
    class Plain(Waits):
        def move(self, view: Any, complaint: str | None) -> Any:
            return Answer(move=PASS)

    view = PlayedTable(track(scenario, "1.5"), scenario).view("u")
    assert (await seated(Plain).move(view, None)).move == PASS


def around_its_checks(**changes: object) -> Move:
    """A move with fields that were not checked."""
    move = copy.copy(PASS)
    for name, value in changes.items():
        object.__setattr__(move, name, value)
    return move


CALL = Call(index=0, seat="u", purpose="move", model="m", prompt=("abc",), reply="x")


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (raises(ValueError(f"secret {KEY}")), "move raised ValueError at test_custom.py:"),
        (raises(asyncio.CancelledError()), "move raised CancelledError"),
        (raises(SystemExit(2)), "move raised SystemExit"),
        (raises(TimeoutError()), "move raised TimeoutError"),
        (raises(ModelError(f"down: {KEY}")), "Mine: its endpoint failed\n"),
        (raises(ModelError("down", fix="start it")), "Mine: down\n  fix: start it"),
        (lambda: None, "move gave a NoneType, not a harness.delegations.base.Answer"),
        (lambda: PASS, "move gave a Move, not"),
        (lambda: "accept", "move gave a str, not"),
        (lambda: Answer(move={"action": "accept"}), "gave a move of type dict"),  # type: ignore[arg-type]
        (lambda: Answer(move=around_its_checks(action="conquer")), "whose 'action' is unsound"),
        (lambda: Answer(move=around_its_checks(words=3)), "whose 'words' is unsound"),
        (lambda: Answer(move=object.__new__(Move)), "gave a move without 'action'"),
        (lambda: Answer(move=Move(action=Action.PASS, words="\ud800")), "cannot be written down"),
        (lambda: Answer(problem="\ud800"), "gave problem with half a character"),
        (lambda: Answer(words=b"x"), "gave words of type bytes"),  # type: ignore[arg-type]
        (lambda: Answer(move=PASS, calls=(CALL,)), "a call of type Call"),  # type: ignore[arg-type]
        (
            lambda: Answer(move=PASS, calls=(MadeCall(CALL, None, 1),)),  # type: ignore[arg-type]
            "whose 'seconds' is unsound",
        ),
        (lambda: Answer(move=PASS, calls=3), "move raised TypeError"),  # type: ignore[arg-type]
    ],
)
async def test_what_is_no_answer_fails_and_is_never_a_move(
    scenario: Scenario,
    monkeypatch: pytest.MonkeyPatch,
    answer: Callable[[], Any],
    complaint: str,
) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    view = PlayedTable(track(scenario, "1.5"), scenario).view("u")
    with pytest.raises(ModelError) as caught:
        await seated(lambda: Waits(answer)).move(view, None)
    assert complaint in f"{caught.value}\n"
    assert caught.value.where == "delegation mine.py:Mine"
    assert KEY not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "messages", [None, {"abc": "text"}, {"abc": ("user", 3)}, {1: ("user", "text")}]
)
async def test_unsound_messages_fail(scenario: Scenario, messages: object) -> None:
    class Odd(Waits):
        def messages(self) -> Any:
            return messages

    view = PlayedTable(track(scenario, "1.5"), scenario).view("u")
    with pytest.raises(ModelError, match="messages"):
        await seated(Odd).move(view, None)


async def test_a_final_refusal_stays_final(scenario: Scenario) -> None:
    error = ModelError("too long")
    error.final = True
    view = PlayedTable(track(scenario, "1.5"), scenario).view("u")
    with pytest.raises(ModelError) as caught:
        await seated(lambda: Waits(raises(error))).move(view, None)
    assert caught.value.final


async def test_calls_are_booked_to_its_own_seat(scenario: Scenario) -> None:
    made = MadeCall(replace(CALL, seat="o"), 0.5, 2, cached_tokens=3)
    view = PlayedTable(track(scenario, "1.5"), scenario).view("u")
    answer = await seated(lambda: Waits(lambda: Answer(move=PASS, calls=[made]))).move(view, None)
    (call,) = answer.calls
    assert (call.call.seat, call.seconds, call.attempts, call.cached_tokens) == ("u", 0.5, 2, 3)


async def test_a_hanging_delegation_is_cut_off(scenario: Scenario) -> None:
    class Hangs(Waits):
        async def move(self, view: Any, complaint: str | None) -> Any:
            await asyncio.Event().wait()

    view = PlayedTable(track(scenario, "1.5"), scenario).view("u")
    with pytest.raises(ModelError, match=r"move gave no answer in 0\.01 s"):
        await seated(Hangs, timeout=0.01).move(view, None)


async def test_ctrl_c_and_cancelling_pass(scenario: Scenario) -> None:
    begun = threading.Event()

    class Hangs(Waits):
        async def move(self, view: Any, complaint: str | None) -> Any:
            begun.set()
            await asyncio.Event().wait()

    view = PlayedTable(track(scenario, "1.5"), scenario).view("u")
    task = asyncio.create_task(seated(Hangs).move(view, None))
    assert await asyncio.to_thread(begun.wait, 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(KeyboardInterrupt):
        await seated(lambda: Waits(raises(KeyboardInterrupt()))).move(view, None)


def broken_factory() -> Any:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("factory", "status", "detail"),
    [
        (broken_factory, "failed", "raised ZeroDivisionError at test_custom.py"),
        (lambda: Waits(raises(KeyError("x"))), "failed", "raised KeyError"),
        (lambda: Waits(lambda: Answer()), "void", "The answer holds no move."),
        (lambda: Waits(lambda: Answer(problem="no idea")), "void", "no idea"),
        (lambda: Waits(lambda: Answer(move=Move(action=Action.ACCEPT, offer="o-9"))), "void", ""),
        (
            lambda: Waits(lambda: Answer(move=Move(action=Action.PROPOSE, package={"well": "x"}))),
            "void",
            "",
        ),
    ],
)
async def test_a_dialogue_ends_with_a_reason_and_without_its_move(
    scenario: Scenario, factory: Callable[..., Any], status: str, detail: str, tmp_path: Path
) -> None:
    spec = track(scenario, "1.5")
    delegations: dict[str, Delegation] = {
        "o": ScriptedDelegation("o", tactic_from("linear", seed=1)),
        "u": seated(factory),
    }
    record = (await Table(spec, scenario, delegations).play()).record
    assert record.status == status
    assert record.void is not None
    assert record.void.seat == "u"
    assert detail in record.void.detail
    assert not [turn for turn in record.body.turns if turn.seat == "u"]
    record.model_dump_json()


async def test_a_mistake_after_the_talks_leaves_an_answer_missing(scenario: Scenario) -> None:
    class Silent(Waits):
        async def debrief(self, view: Any, complaint: str | None) -> Any:
            raise ValueError

    delegations: dict[str, Delegation] = {"o": seated(Waits, "o"), "u": seated(Silent)}
    record = (await Table(track(scenario, "1.5"), scenario, delegations).play()).record
    talks = record.body
    assert record.status == "done"
    assert "debrief raised ValueError" in (talks.debriefs["u"].problem or "")
    assert talks.debriefs["o"].gave_more == "equal"
