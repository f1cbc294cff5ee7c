"""How many tokens a seat's calls take, and how much of its prompts a prefix cache can serve.

Prompts only grow: each prompt of a dialogue begins with the one before it, and the standing
briefing is the same in all dialogues of an arm, scenario, twin and seat. A server that keeps what
it has read (most do) has to read only the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.disputes.scenario import Scenario
from harness.kinds import foreseen_of, view_of
from harness.models.usage import CHARACTERS_PER_TOKEN, REPLY_TOKENS
from harness.records.spec import StageSpec, TalksSpec
from harness.stages.base import ScenarioOf
from harness.suite.parts import SeatSpec
from harness.talks.barrier import Barrier
from harness.talks.foreseen import calls_of_lead, growth, threads
from harness.talks.rules import TableState

if TYPE_CHECKING:
    from harness.prompting.talks import Prompts


@dataclass(frozen=True)
class Tokens:
    """Estimated tokens of calls.

    Attributes:
        calls: Model calls.
        prompt: Tokens of all prompts.
        completion: Tokens of all replies.
        within: Of ``prompt``, what the same dialogue had sent before.
        across: Of ``prompt``, what was sent before in the same dialogue or in another one.
    """

    calls: int = 0
    prompt: int = 0
    completion: int = 0
    within: int = 0
    across: int = 0

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(
            self.calls + other.calls,
            self.prompt + other.prompt,
            self.completion + other.completion,
            self.within + other.within,
            self.across + other.across,
        )

    def cost(self, prompt: float, cached: float | None, completion: float) -> float:
        """US dollars at prices for a million tokens; the prefix cache works where it has a price
        of its own."""
        served = 0 if cached is None else self.across
        read = (self.prompt - served) * prompt + served * (cached or 0.0)
        return (read + self.completion * completion) / 1e6


@dataclass(frozen=True)
class Briefing:
    """Length in tokens of what a model reads before anything is said.

    Attributes:
        standing: The same in all dialogues of an arm, scenario, twin and seat.
        own: The rest: the dialogue's own.
    """

    standing: int
    own: int


def seat_tokens(seat: SeatSpec, spec: TalksSpec, briefing: Briefing, *, first: bool) -> Tokens:
    """Upper bound of one seat's calls in one dialogue: all turns used, nothing asked again.

    Args:
        first: Whether no other dialogue has sent the same standing briefing before.
    """
    more = growth(spec)
    calls = threads(seat, spec)
    return sum((_thread(count, briefing, more, first=first) for count in calls), Tokens())


def longest_prompt(seat: SeatSpec, spec: TalksSpec, briefing: Briefing) -> int:
    """Tokens of the last prompt of a seat's longest thread, its lead's: all turns used, nothing
    asked again."""
    return _last_prompt(calls_of_lead(seat, spec), briefing, growth(spec))


def _last_prompt(calls: int, briefing: Briefing, growth: int) -> int:
    return briefing.standing + briefing.own + growth * (calls - 1)


def _thread(calls: int, briefing: Briefing, growth: int, *, first: bool) -> Tokens:
    start = briefing.standing + briefing.own
    prompt = calls * start + growth * (calls * (calls - 1) // 2)
    last = _last_prompt(calls, briefing, growth)
    within = prompt - last
    across = within + (0 if first else min(briefing.standing, last))
    return Tokens(calls, prompt, calls * REPLY_TOKENS, within, across)


def briefing_of(
    spec: TalksSpec, scenario: Scenario, seat: str, prompts: Prompts | None
) -> Briefing:
    """The briefing of a seat; nothing where no prompts are read."""
    if prompts is None:
        return Briefing(0, 0)

    order = tuple(s.seat for s in spec.seats)
    consult = {s.seat: s.profile.consults_capital for s in spec.seats}
    state = TableState(scenario, spec.protocol, order, consult)
    state.open_round(1)
    view = Barrier(spec, scenario).view(state, seat, ())
    return Briefing(
        round(len(prompts.system(view)) / CHARACTERS_PER_TOKEN),
        round(len(prompts.opening(view)) / CHARACTERS_PER_TOKEN),
    )


class Later:
    """What the stages of a plan take that are no talks.

    Args:
        scenarios: Id and twin -> the scenario.
        prompts: What models read at the table; None where none plays.
    """

    def __init__(self, scenarios: ScenarioOf, prompts: Prompts | None) -> None:
        self._scenarios = scenarios
        self._prompts = prompts
        self._known: dict[str, int] = {}

    def tokens(self, spec: StageSpec) -> Iterator[tuple[str, Tokens]]:
        """Upper bound of a stage's calls, nothing asked again: address of a model, and tokens."""
        for model, seen in foreseen_of(spec).items():
            briefing = self._briefing(spec) if seen.calls else 0
            again = briefing * max(0, seen.calls - 1)
            prompt = seen.prompt + briefing * seen.calls
            yield model, Tokens(seen.calls, prompt, seen.completion, again, again)

    def _briefing(self, spec: StageSpec) -> int:
        """Tokens of the briefing before each question. Stages that differ in their seed alone have
        briefings of nearly the same length, and one of them is rendered."""
        if self._prompts is None:
            return 0
        same = {"seed": 0} if "seed" in type(spec).model_fields else {}
        key = spec.model_copy(update=same).id
        if key not in self._known:
            view, prompts = view_of(spec, self._scenarios), self._prompts
            read = "" if view is None else prompts.system(view) + prompts.opening(view)
            self._known[key] = round(len(read) / CHARACTERS_PER_TOKEN)
        return self._known[key]
