"""A dialogue's time limit bounds everything that its models are waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from harness.delegations.base import Answer
from harness.delegations.language_model import LanguageModelDelegation
from harness.disputes.scenario import Scenario
from harness.models.address import parse_address
from harness.models.limits.retry import RetryPolicy
from harness.prompting.talks import Prompts
from harness.records.transcript import Debrief, Transcript
from harness.suite.parts import ModelSettings, Protocol
from harness.talks.table import Table
from harness.view import View
from tests.support import mock_server as mock
from tests.support import virtual_time
from tests.support.disputes import small
from tests.support.endpoints import openai_endpoint
from tests.support.mock_server import MockServer
from tests.support.puppets import Puppet, passing, scripted
from tests.support.views import track


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


class Slow(Puppet):
    """Waits before it answers."""

    def __init__(self, wait: Callable[[], Awaitable[object]], *, debriefs: bool = False) -> None:
        super().__init__(lambda view, complaint: Answer(move=passing()))
        self._wait = wait
        self._debriefs = debriefs

    async def move(self, view: View, complaint: str | None) -> Answer:
        if not self._debriefs:
            await self._wait()
        return await super().move(view, complaint)

    async def debrief(self, view: View, complaint: str | None) -> Answer:
        if self._debriefs:
            await self._wait()
        return Answer(debrief=Debrief(gave_more="equal", margin=0.0))


def played(scenario: Scenario, u: Puppet, limit: float | None) -> tuple[Transcript, float]:
    """What was played, and the virtual seconds it took."""
    spec = track(scenario, "1", protocol=Protocol(rounds=1, turns=2, time_limit=limit))

    async def main() -> tuple[Transcript, float]:
        talks = await Table(spec, scenario, {"o": scripted([]), "u": u}).play()
        return talks.record, virtual_time.now()

    return virtual_time.run(main())


@pytest.mark.kind("X4")
def test_an_answer_that_does_not_come_ends_with_the_limit(scenario: Scenario) -> None:
    transcript, seconds = played(scenario, Slow(lambda: asyncio.sleep(3600)), 5.0)
    void = transcript.void
    assert void is not None
    assert (transcript.status, void.kind, void.seat) == ("void", "limit", None)
    assert "the 5 s of its models that it may take" in void.detail
    assert seconds == 5


def test_without_a_limit_it_is_waited_for(scenario: Scenario) -> None:
    transcript, seconds = played(scenario, Slow(lambda: asyncio.sleep(3600)), None)
    assert (transcript.status, seconds) == ("done", 7200)


@pytest.mark.kind("X4")
def test_in_the_debrief_the_talks_stand(scenario: Scenario) -> None:
    u = Slow(lambda: asyncio.sleep(3600), debriefs=True)
    transcript, seconds = played(scenario, u, 5.0)
    assert (transcript.status, seconds) == ("done", 5)
    assert "it may take" in (transcript.body.debriefs["u"].problem or "")


@pytest.mark.kind("X4")
def test_a_time_out_of_its_own_is_not_taken_for_the_limit(scenario: Scenario) -> None:
    async def late() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        played(scenario, Slow(late), 5.0)


@pytest.mark.kind("X4")
@pytest.mark.parametrize("answer", [mock.hang(), mock.error(429, retry_after="60")])
def test_a_server_that_hangs_or_only_refuses_cannot_pass_the_limit(
    scenario: Scenario, answer: mock.Answer
) -> None:
    """Real time, since there is a socket: what must not pass is the minutes of the retries."""
    spec = track(scenario, "1", protocol=Protocol(rounds=1, turns=2, time_limit=0.2))

    async def main() -> Transcript:
        with MockServer(lambda _: answer) as server:
            address = parse_address(f"openai/m@{server.base_url}")
            async with openai_endpoint(address, retry=RetryPolicy(retries=100)) as chat:
                u = LanguageModelDelegation(
                    seat="u",
                    chat=chat,
                    prompts=Prompts(),
                    settings=ModelSettings(),
                    seed=1,
                    model_name="openai/m",
                )
                async with asyncio.timeout(60):
                    talks = await Table(spec, scenario, {"o": scripted([]), "u": u}).play()
                assert chat.limit.counters.in_flight == chat.limit.counters.waiting == 0
                return talks.record

    transcript = asyncio.run(main())
    void = transcript.void
    assert void is not None
    assert (transcript.status, void.kind, void.seat) == ("void", "limit", None)
