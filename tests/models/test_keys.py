"""Keys in what comes back: found however they are dressed, and nothing of it is kept."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableLambda

from harness.asking.usable import unfinished
from harness.models import keys
from harness.models.address import ModelAddress, parse_address
from harness.models.credentials import key_for, showable
from harness.models.failure import EndpointError
from harness.models.keys import WITHHELD, guarded, holds_key, is_real, use_keys
from harness.models.limits.retry import RetryPolicy
from harness.models.reply import KEPT_OF_REASONING, AgentUse, ModelReply
from harness.models.request import ChatMessage, Request
from tests.models.conftest import OPENAI_KEY, OTHER_KEY
from tests.support import mock_server as mock
from tests.support.endpoints import agent_endpoint, openai_endpoint
from tests.support.mock_server import Answer, MockServer

MESSAGES: list[ChatMessage] = [{"role": "user", "content": "hello"}]
SCHEMA: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}
KEY = "sk-Live_0a1B2c3D4e5F6g7H"


@pytest.fixture(autouse=True)
def _own_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers ends with it."""
    monkeypatch.setattr(keys, "_in_use", set())
    monkeypatch.setattr(keys, "_needles", ())
    monkeypatch.setattr(keys, "_open", set())
    use_keys([KEY])


DRESSES: dict[str, Callable[[str], str]] = {
    "as it is": lambda key: f"My key is {key}.",
    "in capitals": str.upper,
    "in two lines": lambda key: f"{key[:9]}\n   {key[9:]}",
    "spelt": lambda key: " ".join(key),
    "in JSON": lambda key: json.dumps({"key": key}),
    "in JSON in JSON": lambda key: json.dumps(json.dumps({"key": f"{key[:5]}\n{key[5:]}"})),
    "escaped": lambda key: "".join(f"\\u{ord(c):04x}" for c in key),
    "escaped twice": lambda key: json.dumps("".join(f"\\u{ord(c):04x}" for c in key)),
    "in a URL": lambda key: "".join(f"%{ord(c):02X}" for c in key),
    "in HTML": lambda key: "".join(f"&#x{ord(c):x};" for c in key),
    "base64": lambda key: base64.b64encode(key.encode()).decode(),
    "base64 in a header": lambda key: base64.b64encode(f"Bearer {key}".encode()).decode(),
    "base64, shifted": lambda key: base64.b64encode(f"{{{key}}}".encode()).decode(),
    "hexadecimal": lambda key: key.encode().hex(),
    "cut off": lambda key: f"{key[:20]}...",
    "without its head": lambda key: f"...{key[5:]}",
    "zero width": lambda key: "\u200b".join(key),
    "zero width, escaped": lambda key: json.dumps("\u200b".join(key)),
    "form feeds, escaped twice": lambda key: json.dumps(json.dumps("\f".join(key))),
}


@pytest.mark.kind("X5")
@pytest.mark.parametrize("dress", DRESSES)
def test_a_key_is_found_however_it_is_dressed(dress: str) -> None:
    text = DRESSES[dress](KEY)
    assert holds_key(text)
    assert holds_key(text.encode())
    assert holds_key("before", f"A long answer. {text} And more.")
    assert showable(text, keys=(), prompt=()) == ""


@given(st.text(max_size=300))
def test_other_words_hold_none(text: str) -> None:
    assert not holds_key(text)


@pytest.mark.kind("X5")
@pytest.mark.parametrize(
    ("key", "real"),
    [
        (KEY, True),
        ("0123456789ab", True),
        ("correct-horse-battery", True),
        ("none", False),
        ("not-needed", False),
        ("EMPTY", False),
        ("sk-no-key-required", False),
        ("your-api-key-here", False),
        ("xxxxxxxxxxxxxxxx", False),
        ("0000000000000000", False),
        ("sk-12345678", False),
        ("", False),
    ],
)
def test_what_is_written_where_none_is_needed_is_no_key(key: str, real: bool) -> None:
    assert is_real(key) is real
    keys._in_use.clear()
    keys._needles = ()
    use_keys([key])
    assert holds_key(f"The key: {key}.") is real


def test_a_key_of_words_is_found_as_a_whole_only() -> None:
    use_keys(["correct-horse-battery"])
    assert not holds_key("It is correct: horse and bat are what we said.")
    assert holds_key("correct horse battery")


def test_what_is_left_of_a_reply_is_what_it_took() -> None:
    reply = ModelReply(text="fine", refusal=f"No: {KEY}")
    left = guarded(reply)
    assert KEY not in left.model_dump_json()
    assert "secret key" in (unfinished(left) or "")
    fine = ModelReply(text="fine", reasoning="They will sign.")
    assert guarded(fine) is fine


@pytest.mark.kind("X5")
async def test_a_key_where_reasoning_is_cut_is_found(policy: RetryPolicy) -> None:
    """Cut first, the halves of the key would pass."""
    use_keys([KEY])
    for beginning in (11_990, KEPT_OF_REASONING + 1_000):
        thought = "a " * (beginning // 2) + KEY + " b" * KEPT_OF_REASONING
        message = AIMessage("fine", additional_kwargs={"reasoning_content": thought})
        agent = RunnableLambda(lambda _, message=message: message)
        reply = await agent_endpoint(agent, name="a").complete(Request(MESSAGES))
        assert (reply.text, reply.finish_reason, reply.reasoning) == ("", WITHHELD, None)


def _completion(where: str, said: str) -> Answer:
    message: dict[str, Any] = {"role": "assistant", "content": "{}"}
    choice: dict[str, Any] = {"index": 0, "message": message, "finish_reason": "stop"}
    body: dict[str, Any] = {"model": "m", "choices": [choice], "usage": mock.USAGE}
    match where:
        case "content" | "refusal" | "reasoning_content":
            message[where] = said
        case "finish_reason":
            choice["finish_reason"] = said
        case "model":
            body["model"] = said
        case "tool arguments":
            function = {"name": "reply", "arguments": json.dumps({"a": said})}
            message["tool_calls"] = [{"id": "c", "type": "function", "function": function}]
        case "content type":
            return Answer(body=json.dumps(body).encode(), content_type=f"text/{said}")
    return mock.payload(body)


PLACES = ("content", "refusal", "reasoning_content", "finish_reason", "model")
PLACES += ("tool arguments", "content type")


@pytest.mark.kind("X5")
@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("key", [OTHER_KEY, OPENAI_KEY])
async def test_a_reply_that_holds_any_key_in_use_is_unusable(
    where: str, key: str, policy: RetryPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key of the other seat's server as well as this one's."""
    monkeypatch.setenv("TRACK15_API_KEY", OTHER_KEY)
    key_for(parse_address("openai/m"))
    with MockServer(lambda _: _completion(where, key)) as server:
        address = ModelAddress(provider="openai", model="m", base_url=server.base_url)
        async with openai_endpoint(address, retry=policy) as client:
            reply = await client.complete(Request(MESSAGES, schema=SCHEMA))
    assert (reply.text, reply.finish_reason, reply.refusal) == ("", WITHHELD, None)
    assert reply.usage.prompt == mock.USAGE["prompt_tokens"]
    assert reply.attempts == 1
    assert "secret key" in (unfinished(reply) or "")
    assert key not in reply.model_dump_json()


@pytest.mark.kind("X5")
async def test_a_key_in_the_parts_of_an_answer_is_found(
    policy: RetryPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACK15_API_KEY", OTHER_KEY)
    key_for(parse_address("openai/m"))
    parts = [{"type": "text", "text": part} for part in (OTHER_KEY[:9], OTHER_KEY[9:])]
    choice = {"message": {"content": parts}, "finish_reason": "stop"}
    with MockServer(lambda _: mock.payload({"choices": [choice]})) as server:
        address = ModelAddress(provider="openai", model="m", base_url=server.base_url)
        async with openai_endpoint(address, retry=policy) as client:
            reply = await client.complete(Request(MESSAGES))
    assert (reply.text, reply.finish_reason) == ("", WITHHELD)


@pytest.mark.kind("X5")
async def test_what_an_agent_gives_is_looked_through_in_every_form() -> None:
    def text(messages: Any) -> str:
        return f"My key is {KEY}."

    def message(messages: Any) -> dict[str, str]:
        return {"role": "assistant", "content": KEY}

    for agent in (text, message, RunnableLambda(text)):
        reply = await agent_endpoint(agent, name="a").complete(Request(MESSAGES))
        assert (reply.text, reply.finish_reason) == ("", WITHHELD)


@pytest.mark.kind("X5")
def test_a_model_inside_that_is_called_by_a_key_is_not_named() -> None:
    left = guarded(ModelReply(text="fine", inside=AgentUse(calls=1, models=(KEY,))))
    assert KEY not in left.model_dump_json()


@pytest.mark.kind("X5")
@pytest.mark.kind("S14")
async def test_the_line_that_helps_holds_no_key(
    policy: RetryPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "Live0a1B2c3D4e5F6g7H"
    monkeypatch.setenv("TRACK15_API_KEY", key)
    with MockServer(lambda _: mock.error(400, f"api_token must be {key}")) as server:
        address = ModelAddress(provider="openai", model="m", base_url=server.base_url)
        async with openai_endpoint(address, retry=policy) as client:
            with pytest.raises(EndpointError) as caught:
                await client.complete(Request(MESSAGES))
            assert not holds_key(str(caught.value), *client.provider.notes)


@pytest.mark.kind("X5")
@pytest.mark.parametrize("before", [True, False])
async def test_a_models_own_name_is_no_key(before: bool, policy: RetryPolicy) -> None:
    """``TOKENIZER_MODEL`` has a name that tells of a key, and every answer repeats its value."""
    name = "Qwen/Qwen2.5-7B-Instruct"
    if before:
        use_keys([name])
    choice = {"message": {"content": "fine"}, "finish_reason": "stop"}
    with MockServer(lambda _: mock.payload({"model": name, "choices": [choice]})) as server:
        address = ModelAddress(provider="openai", model=name, base_url=server.base_url)
        async with openai_endpoint(address, retry=policy) as client:
            use_keys([name])
            assert (await client.complete(Request(MESSAGES))).text == "fine"
    assert holds_key(KEY)


@pytest.mark.kind("X5")
async def test_the_words_of_an_error_are_not_shown(
    policy: RetryPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACK15_API_KEY", OTHER_KEY)
    spelt = " ".join(OTHER_KEY)
    with MockServer(lambda _: mock.error(400, f"no such key: {spelt}")) as server:
        address = ModelAddress(provider="openai", model="m", base_url=server.base_url)
        async with openai_endpoint(address, retry=policy) as client:
            with pytest.raises(EndpointError, match="not shown, because it holds a key") as caught:
                await client.complete(Request(MESSAGES))
    assert spelt not in str(caught.value)


@pytest.mark.kind("X5")
async def test_no_model_is_called_by_a_key(
    policy: RetryPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACK15_API_KEY", OTHER_KEY)
    listed = mock.payload({"data": [{"id": "m"}, {"id": OTHER_KEY}]})
    with MockServer(lambda _: listed) as server:
        address = ModelAddress(provider="openai", model="m", base_url=server.base_url)
        async with openai_endpoint(address, retry=policy) as client:
            assert await client.provider.models() == ("m",)
