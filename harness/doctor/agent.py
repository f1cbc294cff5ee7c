"""``doctor --delegation``: tries a user's agent in two short dialogues, and reports on it.

The two dialogues alternate: a move in each, a repair, then both debriefs at once. Each briefing
holds a private word of its own. If the word of one dialogue turns up in the other, the agent shares
state that it should not share.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import to_json

from harness.asking.withholding import readable, told, without_keys
from harness.delegations.base import Answer, Delegation
from harness.delegations.seating import seat_delegations
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from harness.doctor.agent_remarks import AgentCheck, Step, judge
from harness.errors import Track15Error
from harness.models import isolation
from harness.models.keys import use_keys
from harness.models.usercode import FIX, secrets
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import SEAT_OF_ROLE, make_plan
from harness.prompting.talks import Prompts
from harness.records.spec import TalksSpec
from harness.suite.loading import load_suite
from harness.suite.parts import ModelSettings
from harness.talks.barrier import Barrier
from harness.talks.rules import TableState, objection

if TYPE_CHECKING:
    from harness.delegations.plugins import UserDelegation
    from harness.models.chat import Chat
    from harness.models.endpoint import Endpoint
    from harness.models.providers.agents.runnable import RunnableProvider

SUITE: Final = "quickstart"
SCENARIO: Final = "opening"
SHOWN: Final = 300
"""Characters of what was sent and of what came back that are shown."""
BEAT: Final = 0.5
"""Seconds after which a loop that does not answer counts as blocked."""
OFFERED: Final = ModelSettings(temperature=0.5, max_tokens=4000)
"""Settings that are offered, to see whether they are used."""


@dataclass
class _Table:
    """One of the two dialogues."""

    name: str
    canary: str
    spec: TalksSpec
    scenario: Scenario
    seat: str
    player: Delegation
    barrier: Barrier
    state: TableState

    def view(self) -> Any:
        return self.barrier.view(self.state, self.seat, ())


async def check_agent(
    own: UserDelegation, *, role: str = "unofficial", seconds: float = 60.0
) -> AgentCheck:
    """Try the delegation ``own`` in two short dialogues.

    Args:
        role: The seat it takes.
        seconds: That one answer may take.
    """
    found = AgentCheck(own.name)
    use_keys(secrets())  # it may read some of them
    prompts: dict[str, list[str]] = {}
    chat = _chat(own, seconds, prompts)
    tables = [_table(own, role, index, chat, seconds) for index in range(2)]
    one, other = tables
    blocks = _Beats()
    watching = asyncio.create_task(blocks.watch())
    try:
        if await _move(found, one) and await _move(found, other):
            await _again(found, one)
            await asyncio.gather(_debrief(found, one), _debrief(found, other))
    finally:
        watching.cancel()
    judge(found, own, tables, chat, prompts, blocks.longest)
    return found


# --- the two dialogues ---------------------------------------------------------------------------


def _chat(
    own: UserDelegation, seconds: float, prompts: dict[str, list[str]]
) -> Endpoint[RunnableProvider] | None:
    if own.kind != "runnable":
        return None
    from harness.models.endpoint import Endpoint
    from harness.models.limits.retry import RetryPolicy
    from harness.models.providers.agents.runnable import RunnableProvider

    def watch(thread_id: str, text: str) -> None:
        prompts.setdefault(thread_id, []).append(text)

    agent = RunnableProvider(own.value, name=own.name, file=own.file, timeout=seconds, watch=watch)
    return Endpoint(agent.address, agent, retry=RetryPolicy(retries=0), timeout=None)


def _table(
    own: UserDelegation,
    role: str,
    index: int,
    chat: Endpoint[RunnableProvider] | None,
    seconds: float,
) -> _Table:
    prompts = None if chat is None else Prompts()
    overrides = Overrides(delegations={role: own}, scenarios=(SCENARIO,))
    plan = make_plan(load_suite(SUITE), overrides, prompts.hashes() if prompts else None)
    plain = next(way.talks for way in plan.ways() if way.arm != "track-1")
    seat = SEAT_OF_ROLE[role]
    canary = f"Canary-{'AB'[index]}-{plain.seed % 10**6}"
    (scenario,) = load_scenarios(SCENARIO)
    scenario = _with_canary(scenario.twin(plain.twin), plain.seat(seat).principal, canary)
    seats = tuple(
        s.model_copy(update={"settings": OFFERED}) if s.seat == seat else s for s in plain.seats
    )
    spec = plain.model_copy(update={"seats": seats, "seed": plain.seed + index})

    def chat_of(_: str) -> Chat:
        assert chat is not None
        return chat

    brought = {own.name: own}
    player = seat_delegations(spec, chat_of, prompts, brought=brought, timeout=seconds)[seat]
    state = TableState(
        scenario=scenario,
        protocol=spec.protocol,
        order=tuple(s.seat for s in spec.seats),
        may_consult={s.seat: s.profile.consults_capital for s in spec.seats},
        authority={s.seat: s.authority for s in spec.seats},
    )
    state.open_round(1)
    name = f"dialogue {index + 1}"
    return _Table(name, canary, spec, scenario, seat, player, Barrier(spec, scenario), state)


def _with_canary(scenario: Scenario, principal: str, canary: str) -> Scenario:
    """The scenario with a private word in the reasons for the principal's red lines."""
    own = scenario.principals[principal]
    lines = tuple(
        line.model_copy(update={"why": f"{line.why} ({canary})"}) for line in own.red_lines
    )
    changed = own.model_copy(update={"red_lines": lines})
    return scenario.model_copy(update={"principals": {**scenario.principals, principal: changed}})


# --- asking --------------------------------------------------------------------------------------


async def _move(found: AgentCheck, table: _Table) -> bool:
    """A move, asked again as a run would; every complaint is a step."""
    complaint: str | None = None
    for attempt in range(1 + table.spec.protocol.repairs):
        name = f"{table.name}, move" + (f" (asked again {attempt})" if attempt else "")
        ask = partial(table.player.move, table.view(), complaint)
        answer = await _step(found, name, table, ask)
        if answer is None:
            return False
        complaint = answer.problem or _objection(answer, table)
        _settle(found, complaint)
        if complaint is None:
            return True
    return False


async def _again(found: AgentCheck, table: _Table) -> None:
    """A repair: the form of a complaint, whatever came before. It is asked for once, so nothing
    is said of tries that are left."""
    view = table.view()
    once = view.protocol.model_copy(update={"repairs": 0})
    view = replace(view, protocol=once)
    complaint = "This is a trial of a complaint. Give your last answer again, in the same form."
    name = f"{table.name}, repair"
    answer = await _step(found, name, table, lambda: table.player.move(view, complaint))
    if answer is not None:
        _settle(found, answer.problem or _objection(answer, table))


async def _debrief(found: AgentCheck, table: _Table) -> None:
    name = f"{table.name}, debrief"
    answer = await _step(found, name, table, lambda: table.player.debrief(table.view(), None))
    if answer is not None:
        missing = None if answer.debrief is not None else "The answer holds no debrief."
        _settle(found, answer.problem or missing, name)


async def _step(
    found: AgentCheck, name: str, table: _Table, ask: Callable[[], Awaitable[Answer]]
) -> Answer | None:
    try:
        answer = without_keys(await ask())
    except Track15Error as error:
        what = told(f"{error.where}: {error.what}" if error.where else error.what)
        fix = "correct it, and type the same command again" if error.fix == FIX else error.fix
        found.steps.append(Step(name, "", "", what, fix and told(fix)))
        return None
    came = _came(answer)
    found.heard[table.name] = found.heard.get(table.name, "") + came
    found.steps.append(Step(name, _sent(table, answer), _short(came)))
    found.uses += [made.call.inside for made in answer.calls if made.call.inside is not None]
    return answer


def _settle(found: AgentCheck, problem: str | None, name: str | None = None) -> None:
    at = next(i for i in reversed(range(len(found.steps))) if name in (None, found.steps[i].name))
    step = found.steps[at]
    found.steps[at] = Step(step.name, step.sent, step.came, problem)


def _objection(answer: Answer, table: _Table) -> str | None:
    if answer.move is None:
        return "The answer holds no move."
    return objection(answer.move, table.state, table.seat)


def _sent(table: _Table, answer: Answer) -> str:
    if not answer.calls:
        return f"a view of seat {table.seat}"
    texts = readable(table.player.messages())
    thread = [texts[key] for key in answer.calls[-1].call.prompt if key in texts]
    size = sum(len(content) for _, content in thread)
    last = _short(thread[-1][1]) if thread else ""
    return f"{len(thread)} messages, {size:,} characters; the last: {last}"


def _came(answer: Answer) -> str:
    if answer.calls:
        return answer.calls[-1].call.reply
    given = answer.move or answer.debrief or answer.words or answer.problem
    return given if isinstance(given, str) else to_json(given, exclude_none=True).decode()


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN else f"{flat[:SHOWN]} ..."


# --- the loop -------------------------------------------------------------------------------------


class _Beats:
    """Checks again and again whether the agents' event loop still responds."""

    def __init__(self) -> None:
        self.longest: tuple[float, str] = (0.0, "")

    async def watch(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            began, at = loop.time(), ""
            beat = asyncio.ensure_future(isolation.beat())
            while not (await asyncio.wait({beat}, timeout=BEAT))[0]:
                at = isolation.place_of_block() or at
            took = loop.time() - began
            if at and took > self.longest[0]:
                self.longest = (took, at)
            await asyncio.sleep(BEAT / 10)
