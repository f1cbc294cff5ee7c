"""Upper bounds of what a seat's calls take, against prompts that are counted one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.disputes.scenario import Scenario
from harness.models.usage import CHARACTERS_PER_TOKEN, REPLY_TOKENS
from harness.orchestrator.tokens import (
    Briefing,
    Later,
    Tokens,
    briefing_of,
    longest_prompt,
    seat_tokens,
)
from harness.probing.stage import QUESTION_TOKENS, probe_of, view_of
from harness.prompting.talks import Prompts
from harness.records.spec import TalksSpec
from harness.suite.parts import Member, Protocol
from tests.support.disputes import small
from tests.support.views import PlayedTable, track

BRIEFING = Briefing(standing=1_000, own=100)
LAWYER = Member(id="lawyer", title="Legal adviser", remit="What words bind.")


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def spec_of(scenario: Scenario, members: tuple[Member, ...] = (), **rules: Any) -> TalksSpec:
    rules = {"rounds": 2, "turns": 3, "consultations": 0, "debrief": False, **rules}
    spec = track(scenario, "1", protocol=Protocol(**rules), members={"o": members})
    plain = tuple(
        seat.model_copy(
            update={"profile": seat.profile.model_copy(update={"consults_capital": False})}
        )
        for seat in spec.seats
    )
    return spec.model_copy(update={"seats": plain})


def prompts_of(calls: int) -> list[int]:
    """Lengths of the prompts of a thread: each has the replies of both seats more."""
    return [1_100 + 2 * REPLY_TOKENS * before for before in range(calls)]


def test_every_prompt_of_a_thread_is_counted(scenario: Scenario) -> None:
    spec, sent = spec_of(scenario), prompts_of(6)
    first = seat_tokens(spec.seats[0], spec, BRIEFING, first=True)
    assert (first.calls, first.prompt, first.completion) == (6, sum(sent), 6 * REPLY_TOKENS)
    assert first.within == sum(sent[:-1]), "each prompt begins with the one before"
    assert first.across == first.within
    later = seat_tokens(spec.seats[0], spec, BRIEFING, first=False)
    assert later.across == first.within + 1_000
    assert longest_prompt(spec.seats[0], spec, BRIEFING) == sent[-1]


def test_a_debrief_a_capital_and_a_member_take_more(scenario: Scenario) -> None:
    plain = seat_tokens(spec_of(scenario).seats[0], spec_of(scenario), BRIEFING, first=True)
    debriefed = spec_of(scenario, debrief=True)
    assert seat_tokens(debriefed.seats[0], debriefed, BRIEFING, first=True).calls == 7
    asks = spec_of(scenario, consultations=2)
    seat = asks.seats[0]
    seat = seat.model_copy(
        update={"profile": seat.profile.model_copy(update={"consults_capital": True})}
    )
    in_words = seat.model_copy(update={"brief": "words"})
    assert seat_tokens(in_words, asks, BRIEFING, first=True).calls == 6 + 2 * 2
    assert seat_tokens(seat, asks, BRIEFING, first=True).calls == 6, "its brief has the answers"
    former = asks.model_copy(update={"version": 1})
    assert seat_tokens(seat, former, BRIEFING, first=True).calls == 6 + 2 * 2
    advised = spec_of(scenario, members=(LAWYER,))
    assert seat_tokens(advised.seats[0], advised, BRIEFING, first=True) == plain + plain


def test_tokens_add_up() -> None:
    assert Tokens(1, 2, 3, 4, 5) + Tokens(10, 20, 30, 40, 50) == Tokens(11, 22, 33, 44, 55)


@pytest.mark.parametrize(
    ("cached", "usd"),
    [(None, 1_000 * 2.0 + 50 * 8.0), (0.5, 400 * 2.0 + 600 * 0.5 + 50 * 8.0)],
)
def test_what_tokens_cost(cached: float | None, usd: float) -> None:
    tokens = Tokens(calls=3, prompt=1_000, completion=50, within=500, across=600)
    assert tokens.cost(2.0, cached, 8.0) == pytest.approx(usd / 1e6)


def test_a_briefing_is_as_long_as_what_is_read(scenario: Scenario) -> None:
    spec, prompts = track(scenario, "1"), Prompts()
    view = PlayedTable(spec, scenario).view("o")
    found = briefing_of(spec, scenario, "o", prompts)
    assert found.standing == round(len(prompts.system(view)) / CHARACTERS_PER_TOKEN) > 100
    assert found.own == round(len(prompts.opening(view)) / CHARACTERS_PER_TOKEN) > 0
    assert briefing_of(spec, scenario, "o", None) == Briefing(0, 0)


def test_a_briefing_before_every_question_is_counted(scenario: Scenario) -> None:
    prompts = Prompts()
    talks = track(scenario, "1.5")
    spec = probe_of(talks, talks.seat("u"))
    view = view_of(spec, scenario)
    read = round(len(prompts.system(view) + prompts.opening(view)) / CHARACTERS_PER_TOKEN)
    ((model, tokens),) = Later(lambda *_: scenario, prompts).tokens(spec)
    assert model == spec.asked.model
    assert (tokens.calls, tokens.prompt) == (9, 9 * (read + QUESTION_TOKENS))
    assert tokens.within == tokens.across == 8 * read
    ((_, blind),) = Later(lambda *_: scenario, None).tokens(spec)
    assert blind.prompt == 9 * QUESTION_TOKENS
    assert list(Later(lambda *_: scenario, prompts).tokens(talks)) == []
