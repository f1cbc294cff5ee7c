"""A provider is one method; limits, time, retries, counting and keys stand once around it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from harness.errors import LimitReachedError
from harness.models import keys
from harness.models.address import parse_address
from harness.models.endpoint import Endpoint
from harness.models.failure import AttemptError, EndpointError
from harness.models.keys import WITHHELD, use_keys
from harness.models.limits.admission import ConnectionLimit
from harness.models.limits.retry import RetryPolicy
from harness.models.provider import Ask, Provider
from harness.models.reply import ModelReply
from harness.models.request import ChatMessage, Request
from harness.models.usage import Usage
from tests.support import virtual_time

ADDRESS = parse_address("openai/m@http://127.0.0.1:8000/v1")
MESSAGES: list[ChatMessage] = [{"role": "user", "content": "hello"}]
ASK = Request(MESSAGES, seed=7)


class Scripted(Provider):
    """Does one thing after another, the last for ever: raises an error, or gives a reply."""

    def __init__(self, *answers: ModelReply | BaseException) -> None:
        self.answers = list(answers)
        self.asked: list[Request] = []
        self.now = self.most = 0
        self.closed = False

    async def send(self, request: Request) -> ModelReply:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        self.now -= 1
        if isinstance(answer, BaseException):
            raise answer
        return answer

    async def aclose(self) -> None:
        self.closed = True


REPLY = ModelReply(text="yes", usage=Usage(prompt=5, completion=2))


async def test_one_method_is_a_provider(policy: RetryPolicy) -> None:
    provider = Scripted(REPLY)
    async with Endpoint(ADDRESS, provider, retry=policy) as endpoint:
        await endpoint.check()
        reply = await endpoint.complete(ASK)
        counters = endpoint.limit.counters
    assert provider.asked == [ASK]
    assert (reply.text, reply.attempts) == ("yes", 1)
    assert (counters.done, counters.prompt_tokens, counters.completion_tokens) == (1, 5, 2)
    assert provider.closed


async def test_a_failure_that_may_pass_is_sent_again_and_counted(
    policy: RetryPolicy, waits: list[float]
) -> None:
    busy = AttemptError("status", status=429, retry_after=9)
    endpoint = Endpoint(ADDRESS, Scripted(busy, AttemptError("connection"), REPLY), retry=policy)
    reply = await endpoint.complete(ASK)
    counters = endpoint.limit.counters
    assert reply.attempts == 3
    assert reply.seconds == pytest.approx(sum(waits), abs=0.5)
    assert 9 <= waits[0] <= 10
    assert (counters.done, counters.failed, counters.retries, counters.lost) == (1, 0, 2, 1)


@pytest.mark.parametrize(
    ("failure", "attempts"),
    [(AttemptError("status", status=401), 1), (AttemptError("status", status=500), 4)],
)
async def test_a_failure_in_the_end_names_the_endpoint(
    policy: RetryPolicy, failure: AttemptError, attempts: int
) -> None:
    endpoint = Endpoint(ADDRESS, Scripted(failure), retry=policy)
    with pytest.raises(EndpointError, match=f"answered {failure.status}") as caught:
        await endpoint.complete(ASK)
    assert (caught.value.attempts, endpoint.limit.counters.failed) == (attempts, 1)
    assert caught.value.where == "model m at http://127.0.0.1:8000/v1"
    assert caught.value.__context__ is None, "no chain leads to a request"


async def test_no_more_requests_at_once_than_the_limit_allows() -> None:
    provider = Scripted(REPLY)
    endpoint = Endpoint(ADDRESS, provider, limit=ConnectionLimit(2))
    await asyncio.gather(*(endpoint.complete(ASK) for _ in range(9)))
    assert (provider.most, endpoint.limit.counters.done) == (2, 9)


class Silent(Provider):
    async def send(self, request: Request) -> ModelReply:
        await asyncio.Event().wait()
        raise AssertionError("it never answers")


def test_a_request_may_take_its_time_and_no_longer() -> None:
    async def main() -> float:
        endpoint = Endpoint(ADDRESS, Silent(), retry=RetryPolicy(retries=0), timeout=30.0)
        with pytest.raises(EndpointError, match="no answer in time") as caught:
            await endpoint.complete(ASK)
        assert (caught.value.kind, caught.value.attempts) == ("timeout", 1)
        assert (endpoint.limit.counters.in_flight, endpoint.limit.counters.lost) == (0, 1)
        return virtual_time.now()

    assert virtual_time.run(main()) == pytest.approx(30.0)


async def test_a_reply_that_holds_a_key_is_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, empty in (("_in_use", set()), ("_needles", ()), ("_open", set())):
        monkeypatch.setattr(keys, name, empty)
    key = "sk-Live_0a1B2c3D4e5F6g7H"
    use_keys([key])
    endpoint = Endpoint(ADDRESS, Scripted(REPLY.model_copy(update={"text": f"It is {key}."})))
    reply = await endpoint.complete(ASK)
    assert (reply.text, reply.finish_reason, reply.usage) == ("", WITHHELD, REPLY.usage)


class Unreachable(Provider):
    def __init__(self, error: Exception) -> None:
        self.error = error

    async def check(self) -> None:
        raise self.error


async def test_a_check_that_fails_is_an_error_of_the_endpoint() -> None:
    with pytest.raises(EndpointError, match="connection refused") as caught:
        await Endpoint(ADDRESS, Unreachable(AttemptError("refused"))).check()
    assert caught.value.attempts == 1


@pytest.mark.parametrize("error", [LimitReachedError("spent"), ZeroDivisionError()])
async def test_what_is_no_failure_of_an_attempt_passes_through(
    policy: RetryPolicy, error: Exception
) -> None:
    provider = Scripted(error)
    endpoint = Endpoint(ADDRESS, provider, retry=policy)
    with pytest.raises(type(error)):
        await endpoint.complete(ASK)
    assert (len(provider.asked), endpoint.limit.counters.failed) == (1, 1)


class Twice(Provider):
    """Asks in one way and, where that fails, in another."""

    async def answer(self, request: Request, ask: Ask) -> ModelReply:
        def way(works: bool) -> Callable[[object], object]:
            async def send(_: object) -> ModelReply:
                if not works:
                    raise AttemptError("status", status=400)
                return REPLY

            return send

        try:
            return await ask(way(False))  # type: ignore[arg-type]
        except EndpointError:
            return await ask(way(True))  # type: ignore[arg-type]


async def test_a_provider_may_ask_several_times_for_one_reply(policy: RetryPolicy) -> None:
    endpoint = Endpoint(ADDRESS, Twice(), retry=policy)
    assert (await endpoint.complete(ASK)).attempts == 2
    assert (endpoint.limit.counters.done, endpoint.limit.counters.failed) == (1, 0)
