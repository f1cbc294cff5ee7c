"""Asking, complaining and giving up; of judges here, since it knows nothing of seats and moves."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic_core import to_json

from harness.asking.answer import MadeCall
from harness.asking.asking import Asked, Asker, GivenUpError, Respondent, tries_left
from harness.asking.meter import Meter
from harness.errors import Account, LimitReachedError, ModelError
from harness.models import keys
from harness.models.keys import WITHHELD
from harness.records.transcript import Call, Turn, Usage, VoidReason
from tests.support import virtual_time

KEY = "key-0a1B2c3D4e5F6g7H"


@dataclass(frozen=True)
class Verdict:
    """An answer that is no move."""

    grade: int | None = None
    quotes: tuple[str, ...] = ()
    problem: str | None = None
    hint: str | None = None
    calls: Sequence[MadeCall] = ()


def call(
    prompt_tokens: int | None = 10,
    *,
    name: str = "judge",
    messages: int = 2,
    seconds: float = 1.0,
    reply: str = "5",
    model: str = "m",
) -> MadeCall:
    made = Call(
        index=-1,
        seat=name,
        purpose="move",
        model=model,
        prompt=tuple(f"m{number}" for number in range(messages)),
        reply=reply,
        usage=Usage(prompt=prompt_tokens, completion=1),
    )
    return MadeCall(call=made, seconds=seconds, attempts=2, cached_tokens=7)


class Judge:
    """Gives these answers in turn, the last one again and again; what is an error it raises.

    Attributes:
        heard: What it was told of its last answer, each time it was asked.
    """

    def __init__(self, *answers: Verdict | BaseException) -> None:
        self._answers = list(answers)
        self.heard: list[str | None] = []

    async def __call__(self, complaint: str | None) -> Verdict:
        self.heard.append(complaint)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer


def shown() -> Mapping[str, tuple[str, str]]:
    return {"m0": ("system", "Judge."), "m1": ("user", f"Use {KEY}.")}


def asker(*names: str, repairs: int = 2, own_code: bool = False, **limits: Any) -> Asker:
    respondents = [
        Respondent(name, repairs, shown, own_code=own_code) for name in names or ["judge"]
    ]
    return Asker(respondents, Meter("judgement", **limits), "judge")


def grade_problem(verdict: Verdict) -> str | None:
    return None if verdict.grade in range(1, 6) else f"{verdict.grade} is no grade of 1 to 5."


def ask(
    who: Asker, judge: Callable[[str | None], Awaitable[Verdict]], name: str = "judge"
) -> Asked[Verdict]:
    return asyncio.run(who.ask(name, judge, grade_problem))


def given_up(who: Asker, judge: Callable[[str | None], Awaitable[Verdict]]) -> VoidReason:
    """The reason for which asking gave up."""
    with pytest.raises(GivenUpError) as caught:
        ask(who, judge)
    return caught.value.reason


# --- complaints and attempts ----------------------------------------------------------------


def test_a_usable_answer_is_given_as_it_is() -> None:
    judge, answer = Judge(Verdict(grade=3)), Verdict(grade=3)
    asked = ask(asker(), judge)
    assert asked.answer == answer
    assert (asked.effort.repairs, asked.effort.calls) == ((), ())
    assert judge.heard == [None]


def test_an_unusable_answer_is_asked_again_with_the_exact_complaint() -> None:
    judge = Judge(Verdict(problem="It is no JSON."), Verdict(grade=9), Verdict(grade=5))
    asked = ask(asker(), judge)
    assert judge.heard == [None, "It is no JSON.", "9 is no grade of 1 to 5."]
    assert [repair.error for repair in asked.effort.repairs] == judge.heard[1:]
    assert asked.answer.grade == 5


def test_what_the_answer_says_of_itself_comes_first() -> None:
    reason = given_up(asker(repairs=0), Judge(Verdict(grade=9, problem="It was cut off.")))
    assert [repair.error for repair in reason.repairs] == ["It was cut off."]


@pytest.mark.parametrize("repairs", [0, 1, 3])
def test_when_the_attempts_are_used_up_the_reason_is_the_reply(repairs: int) -> None:
    judge = Judge(Verdict(grade=9, calls=[call()]))
    reason = given_up(asker(repairs=repairs), judge)
    assert (reason.kind, reason.seat) == ("reply", "judge")
    assert len(judge.heard) == len(reason.repairs) == repairs + 1
    assert [repair.call for repair in reason.repairs] == list(range(repairs + 1))
    attempts = f"no usable reply in {repairs + 1} attempts; the last: 9 is no grade of 1 to 5."
    assert reason.detail == attempts


def test_the_reason_names_what_can_be_done_about_the_last_answer() -> None:
    cut_off = Verdict(problem="It was cut off.", hint="raise --max-tokens")
    reason = given_up(asker(repairs=1), Judge(Verdict(grade=9), cut_off))
    assert reason.detail.endswith("the last: It was cut off. - raise --max-tokens")


# --- what cannot be asked -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("account", "name", "fixable"),
    [
        ("endpoint", "judge", True),
        ("delegation", "judge", True),
        ("prompt", "judge", False),
        ("limit", None, False),
    ],
)
def test_a_failure_is_booked_where_it_says(
    account: Account, name: str | None, fixable: bool
) -> None:
    failure = ModelError("it broke", where="http://m", fix="start it")
    failure.account = account
    judge = Judge(Verdict(grade=9), failure)
    reason = given_up(asker(), judge)
    assert (reason.kind, reason.seat) == (account, name)
    assert [repair.error for repair in reason.repairs] == ["9 is no grade of 1 to 5."]
    assert len(judge.heard) == 2, "a failure is not asked again"
    said = "http://m: it broke\n  fix: start it"
    assert reason.detail == (said if fixable else "it broke")


def test_a_run_that_may_spend_no_more_is_the_budget_and_nobodys() -> None:
    reason = given_up(asker(), Judge(LimitReachedError("the run has spent it all")))
    assert (reason.kind, reason.seat, reason.detail) == ("budget", None, "the run has spent it all")


@pytest.mark.parametrize("error", [ValueError("a mistake"), asyncio.CancelledError()])
def test_what_is_no_failure_of_a_respondent_is_not_hidden(error: BaseException) -> None:
    with pytest.raises(type(error)):
        ask(asker(), Judge(error))


def test_a_prompt_that_was_cut_is_no_answer_and_its_call_is_kept() -> None:
    who = asker(own_code=False)
    for messages in (2, 4):
        ask(who, Judge(Verdict(grade=1, calls=[call(2048, messages=messages)])))
    reason = given_up(who, Judge(Verdict(grade=1, calls=[call(2048, messages=6)])))
    assert (reason.kind, reason.seat) == ("prompt", "judge")
    assert "its context of 2,048 tokens" in reason.detail
    assert [kept.index for kept in who.calls] == [0, 1, 2]
    [warning] = who.warnings
    assert warning.startswith("the server of judge judge counted 2,048 tokens")


# --- limits ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "detail"),
    [
        ({"token_limit": 22}, "the judgement took 22 tokens; it may take 22"),
        ({"time_limit": 2.0}, "the judgement took 2.0 s of its models; it may take 2"),
    ],
)
def test_a_stage_that_took_what_it_may_asks_no_more(limit: dict[str, float], detail: str) -> None:
    who = asker("first", "judge", **limit)
    ask(who, Judge(Verdict(grade=1, calls=[call(name="first")])), "first")
    judge = Judge(Verdict(grade=9, calls=[call()]))
    reason = given_up(who, judge)
    assert (reason.kind, reason.seat, reason.detail) == ("limit", None, detail)
    assert len(judge.heard) == 1, "unusable answers count, and whoever gave them"
    assert [repair.call for repair in reason.repairs] == [1]


def test_what_no_server_counted_is_estimated_by_the_texts_shown() -> None:
    who = asker(token_limit=1000)
    ask(who, Judge(Verdict(grade=1, calls=[call(None)])))
    characters = sum(len(text) for _, text in shown().values())
    assert who.meter.tokens == math.ceil(characters / 4) + 1


def in_virtual_time(who: Asker, wait: float) -> tuple[str, float]:
    """Why asking a judge that waits gave up, if it did, and the seconds it took."""

    async def slow(complaint: str | None) -> Verdict:
        await asyncio.sleep(wait)
        return Verdict(grade=1)

    async def main() -> tuple[str, float]:
        try:
            await who.ask("judge", slow, grade_problem)
        except GivenUpError as failure:
            return f"{failure.reason.kind}: {failure.reason.detail}", virtual_time.now()
        return "answered", virtual_time.now()

    return virtual_time.run(main())


def test_an_answer_that_does_not_come_ends_with_the_limit() -> None:
    detail, seconds = in_virtual_time(asker(time_limit=5.0), 3600)
    assert detail.startswith("limit: an answer was not there when the judgement had taken the 5 s")
    assert seconds == 5


@pytest.mark.parametrize("limit", [None, 3601.0])
def test_one_that_comes_before_is_waited_for(limit: float | None) -> None:
    assert in_virtual_time(asker(time_limit=limit), 3600) == ("answered", 3600)


def test_a_time_out_of_its_own_is_not_taken_for_the_limit() -> None:
    with pytest.raises(TimeoutError):
        ask(asker(time_limit=5.0), Judge(TimeoutError()))


# --- keeping --------------------------------------------------------------------------------


def test_calls_are_numbered_over_the_stage_and_timed() -> None:
    seen: list[MadeCall] = []
    who = asker("first", "second")
    who.on_call = seen.append
    unusable = Verdict(grade=9, calls=[call(name="first"), call(name="first", seconds=0.12345678)])
    usable = Verdict(grade=1, calls=[call(name="first")])
    asked = ask(who, Judge(unusable, usable), "first")
    other = ask(who, Judge(Verdict(grade=1, calls=[call(name="second")])), "second")
    assert (asked.effort.calls, other.effort.calls) == ((0, 1, 2), (3,))
    assert [repair.call for repair in asked.effort.repairs] == [1], "the call that gave it"
    assert [kept.index for kept in who.calls] == [0, 1, 2, 3]
    assert [kept.seat for kept in who.calls] == ["first"] * 3 + ["second"]
    assert [timing.call for timing in who.timings] == [0, 1, 2, 3]
    assert [timing.seconds for timing in who.timings] == [1.0, 0.123457, 1.0, 1.0]
    assert {(timing.attempts, timing.cached_tokens) for timing in who.timings} == {(2, 7)}
    assert len(seen) == 4


def test_calls_of_an_answer_that_was_never_usable_are_kept() -> None:
    who = asker(repairs=1)
    given_up(who, Judge(Verdict(grade=9, calls=[call()])))
    assert len(who.calls) == len(who.timings) == 2


def test_a_count_that_counts_nothing_is_not_kept() -> None:
    who = asker()
    ask(who, Judge(Verdict(grade=1, calls=[call(0)])))
    assert who.calls[0].usage == Usage(prompt=None, completion=1)


def test_what_it_took_is_noted_in_a_record() -> None:
    asked = ask(asker(), Judge(Verdict(grade=9), Verdict(grade=1, calls=[call()])))
    turn = Turn(index=0, round=1, step=1, seat="o", kind="statement", words="Well.")
    noted = asked.effort.noted_in(turn)
    assert (noted.repairs, noted.calls) == (asked.effort.repairs, (0,))
    assert (noted.words, turn.calls) == ("Well.", ())


# --- keys -----------------------------------------------------------------------------------


@pytest.fixture
def _own_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_in_use", set())
    monkeypatch.setattr(keys, "_needles", ())
    monkeypatch.setenv("SOMEBODYS_API_KEY", KEY)


@pytest.mark.usefixtures("_own_keys")
@pytest.mark.parametrize(
    "answer",
    [
        Verdict(grade=1, quotes=("fine", f"it says {KEY}")),
        Verdict(problem=f"it said {KEY}"),
        Verdict(problem="it was cut off", hint=f"try {KEY}"),
    ],
)
def test_an_answer_of_the_users_own_code_that_holds_a_key_is_asked_again(answer: Verdict) -> None:
    judge = Judge(answer, Verdict(grade=1))
    asked = ask(asker(own_code=True), judge)
    assert asked.answer == Verdict(grade=1)
    [repair] = asked.effort.repairs
    assert "held a secret key" in repair.error
    assert judge.heard == [None, repair.error]


@pytest.mark.usefixtures("_own_keys")
def test_the_reason_for_giving_up_holds_no_key() -> None:
    leaky = Verdict(problem=f"it said {KEY}", hint=f"try {KEY}", calls=[call(reply=KEY)])
    who = asker(own_code=True)
    assert KEY not in to_json(given_up(who, Judge(leaky))).decode()
    failed = given_up(who, Judge(ModelError("refused", where="m", fix=f"try {KEY}")))
    assert "holds a key" in failed.detail
    assert KEY not in failed.detail


@pytest.mark.usefixtures("_own_keys")
def test_calls_and_texts_of_the_users_own_code_are_kept_without_keys() -> None:
    who = asker(own_code=True)
    answer = Verdict(grade=1, calls=[call(reply=f"I am {KEY}"), call(model=KEY), call()])
    assert ask(who, Judge(answer)).answer.grade == 1
    held, named, fine = who.calls
    assert (held.reply, held.finish_reason, held.model) == ("", WITHHELD, "m")
    assert "withheld" in named.model
    assert (fine.reply, fine.finish_reason) == ("5", None)
    messages = who.messages()
    assert messages["m0"] == ("system", "Judge.")
    assert KEY not in messages["m1"][1]


@pytest.mark.usefixtures("_own_keys")
def test_what_others_say_is_searched_where_it_is_made_and_not_here() -> None:
    keys.use_keys([KEY])
    answer = Verdict(grade=1, quotes=(KEY,))
    who = asker()
    assert ask(who, Judge(answer)).answer is answer
    assert who.messages() == shown()


@pytest.mark.parametrize("repairs", range(4))
def test_the_tries_that_are_left_are_those_that_are_taken(repairs: int) -> None:
    """What a respondent is told with each complaint holds: so often is it asked again."""
    told: list[int | None] = []

    async def ask(complaint: str | None) -> Verdict:
        if complaint is not None:
            told.append(tries_left(repairs, len(told) + 1))
        return Verdict(problem="No grade.")

    asker = Asker([Respondent("judge", repairs, dict)], Meter("trial"), "judge")
    with pytest.raises(GivenUpError, match=f"in {repairs + 1} attempts"):
        asyncio.run(asker.ask("judge", ask, lambda _: None))
    assert told == list(range(repairs, 0, -1))
    assert tries_left(repairs, repairs + 1) is None
