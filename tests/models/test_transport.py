from __future__ import annotations

import json

import httpx2
import openai
import pytest

from harness.models import transport
from harness.models.address import parse_address
from harness.models.client import ChatClient
from harness.models.failure import EndpointError
from harness.models.reply import ChatMessage
from harness.models.retry import RetryPolicy
from tests.models.conftest import OPENAI_KEY
from tests.support import mock_server as mock
from tests.support.mock_server import MockServer

MESSAGES: list[ChatMessage] = [{"role": "user", "content": "hello"}]


async def test_openai_itself_gets_its_key_and_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network: a transport in memory stands for api.openai.com."""
    monkeypatch.delenv("TRACK15_LOOPBACK_ONLY")
    monkeypatch.delenv("OPENAI_CUSTOM_HEADERS")
    monkeypatch.setenv("TRACK15_API_KEY", "for-another-server")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://192.0.2.1/v1")
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        made = mock.completion("hello")
        return httpx2.Response(200, content=made.body, headers={"Content-Type": made.content_type})

    monkeypatch.setattr(
        transport,
        "open_http_client",
        lambda *_, **__: httpx2.AsyncClient(transport=httpx2.MockTransport(answer)),
    )
    async with ChatClient(parse_address("openai/m")) as client:
        assert (await client.complete(MESSAGES, max_tokens=64)).text == "hello"
    [request] = seen
    assert str(request.url) == "https://api.openai.com/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {OPENAI_KEY}"
    assert json.loads(request.content)["max_completion_tokens"] == 64


@pytest.fixture
def _no_aiohttp(monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing:
        def __init__(self, **_: object) -> None:
            raise RuntimeError("To use the aiohttp client you must have installed ...")

    monkeypatch.setattr(openai, "DefaultAioHttpClient", Missing)


@pytest.mark.usefixtures("_no_aiohttp")
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (mock.reset(), "connection"),
        (mock.drop(), "connection"),
        (mock.hang(), "timeout"),
        (mock.error(503), "status"),
    ],
)
async def test_without_aiohttp_everything_works_alike(
    policy: RetryPolicy, fault: mock.Answer, kind: str
) -> None:
    with MockServer("hello") as server:
        address = parse_address(f"openai/m@{server.base_url}")
        async with ChatClient(address, retry=policy, timeout=0.2) as client:
            reply = await client.complete(MESSAGES)
            assert reply.text == "hello"
            server.queue(*[fault] * 4)
            with pytest.raises(EndpointError) as caught:
                await client.complete(MESSAGES)
    assert (caught.value.kind, caught.value.attempts) == (kind, 4)
    assert OPENAI_KEY not in repr([request.headers for request in server.requests])


@pytest.mark.usefixtures("_no_aiohttp")
async def test_without_aiohttp_nobody_listens(policy: RetryPolicy) -> None:
    async with ChatClient(parse_address("openai/m@http://127.0.0.1:9"), retry=policy) as client:
        with pytest.raises(EndpointError, match="is the server running at") as caught:
            await client.complete(MESSAGES)
    assert caught.value.kind == "refused"
