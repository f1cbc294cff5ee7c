"""What servers tell of themselves, in the forms in which they are known to tell it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import web

from harness.models.address import parse_address
from harness.models.endpoint import Endpoint
from harness.models.failure import AttemptError
from harness.models.identity import LONGEST, MOST_NAMES, Identity, Replies, identify
from harness.models.keys import use_keys
from harness.models.pool import _Installed
from harness.models.provider import Provider
from harness.models.reply import ModelReply
from harness.models.request import Request
from tests.support.endpoints import openai_endpoint
from tests.support.mock_server import Answer, MockServer, completion, error, hang, payload

HELLO = Request([{"role": "user", "content": "hello"}])


def listing(**entry: Any) -> dict[str, Any]:
    return {"object": "list", "data": [{"id": "m", "object": "model", "created": 1, **entry}]}


VLLM = listing(
    id="small",
    owned_by="vllm",
    root="/home/anna/models/Qwen3-8B-AWQ",
    parent=None,
    max_model_len=8096,
    permission=[{"id": "modelperm-7c4c5de9", "object": "model_permission"}],
)
LLAMACPP = listing(
    id="/home/anna/models/Llama-3.1-8B-Q4_K_M.gguf",
    owned_by="llamacpp",
    meta={
        "vocab_type": 2,
        "n_vocab": 128256,
        "n_ctx_train": 131072,
        "n_embd": 4096,
        "n_params": 8030261312,
        "size": 4912898304,
    },
)
PROPS = {
    "default_generation_settings": {"n_ctx": 4096},
    "total_slots": 4,
    "model_path": "/home/anna/models/Llama-3.1-8B-Q4_K_M.gguf",
    "chat_template": "...",
    "build_info": "b8681-5fc4f3c8c",
}
LISTED = Identity(
    model="Llama-3.1-8B-Q4_K_M.gguf",
    parameters=8030261312,
    size=4912898304,
    server="llama.cpp",
)
TAGS = {
    "models": [
        {"name": "other:latest", "digest": "ffff", "details": {"quantization_level": "Q8_0"}},
        {
            "name": "qwen3:latest",
            "size": 9608350245,
            "digest": "c6eb396dbd5992bbe3f5cdb947e8bbc0",
            "details": {
                "format": "gguf",
                "parameter_size": "8.0B",
                "quantization_level": "Q4_K_M",
            },
        },
    ]
}
STUDIO = {
    "object": "list",
    "data": [
        {
            "id": "qwen",
            "type": "llm",
            "quantization": "Q4_K_M",
            "state": "loaded",
            "max_context_length": 131072,
            "loaded_context_length": 8192,
        },
        {"id": "else", "quantization": "4bit", "state": "not-loaded", "max_context_length": 32768},
    ],
}


async def told(address: str, listed: object, page: object = None) -> tuple[Identity | None, str]:
    """The identity, and the page that was asked for."""
    asked: list[str] = []

    async def further(path: str) -> object:
        asked.append(path)
        return page

    found = await identify(parse_address(address), listed, further)
    return found, " ".join(asked)


async def test_vllm_tells_the_context_length_and_its_version() -> None:
    found, asked = await told("vllm/small", VLLM, {"version": "0.11.2"})
    assert asked == "/version"
    assert found == Identity(
        model="small",
        weights="Qwen3-8B-AWQ",
        context_length=8096,
        server="vLLM",
        version="0.11.2",
    )


async def test_sglang_tells_its_quantisation() -> None:
    listed = listing(id="org/m", owned_by="sglang", root="org/m", max_model_len=32768)
    page = {"version": "0.5.3", "quantization": "fp8", "api_key": "secret", "context_length": None}
    found, asked = await told("openai/org/m@http://127.0.0.1:30000/v1", listed, page)
    assert asked == "/get_server_info"
    assert found == Identity(
        model="org/m",
        weights="org/m",
        quantization="fp8",
        context_length=32768,
        server="SGLang",
        version="0.5.3",
    )


@pytest.mark.parametrize(
    ("more", "quantization"), [({}, "Q4_K_M"), ({"model_ftype": "Q4_K - Medium"}, "Q4_K - Medium")]
)
async def test_llamacpp_tells_the_file_and_what_a_request_has_of_the_context(
    more: dict[str, str], quantization: str
) -> None:
    found, asked = await told("llamacpp/any", LLAMACPP, {**PROPS, **more})
    assert asked == "/props"
    assert found == LISTED.model_copy(
        update={
            "weights": "Llama-3.1-8B-Q4_K_M.gguf",
            "quantization": quantization,
            "context_length": 4096,
            "version": "b8681-5fc4f3c8c",
        }
    )


async def test_ollama_tells_the_digest() -> None:
    listed = {"data": [{"id": "qwen3:latest", "owned_by": "library"}, {"id": "other:latest"}]}
    found, asked = await told("openai/qwen3@http://127.0.0.1:9/v1", listed, TAGS)
    assert asked == "/api/tags"
    assert found == Identity(
        model="qwen3:latest",
        digest="c6eb396dbd5992bbe3f5cdb947e8bbc0",
        quantization="Q4_K_M",
        size=9608350245,
        server="Ollama",
    )


@pytest.mark.parametrize(
    ("model", "context", "bits"), [("qwen", 8192, "Q4_K_M"), ("else", None, "4bit")]
)
async def test_lm_studio_tells_the_context_of_a_loaded_model_only(
    model: str, context: int | None, bits: str
) -> None:
    listed = {"data": [{"id": name, "owned_by": "organization_owner"} for name in ("qwen", "else")]}
    found, asked = await told(f"lmstudio/{model}", listed, STUDIO)
    assert asked == "/api/v0/models"
    assert found == Identity(
        model=model, quantization=bits, context_length=context, server="LM Studio"
    )


@pytest.mark.parametrize(
    ("entry", "context"),
    [
        ({"context_length": 200_000}, 200_000),
        ({"context_window": 131_072}, 131_072),
        ({"max_context_length": 32_768}, 32_768),
        ({"max_model_len": "many"}, None),
        ({"max_model_len": True}, None),
        ({"max_model_len": -1}, None),
        ({"max_model_len": 2**70}, None),
    ],
)
async def test_other_servers_are_asked_for_no_further_page(
    entry: dict[str, Any], context: int | None
) -> None:
    found, asked = await told("openai/m@https://api.example/v1", listing(owned_by="us", **entry))
    assert (found, asked) == (Identity(model="m", context_length=context), "")


async def test_openai_is_asked_nothing_more() -> None:
    found, asked = await told("openai/m", listing(owned_by="library"))
    assert (found, asked) == (Identity(model="m"), "")


@pytest.mark.parametrize("listed", [None, "no", 3, {}, {"data": None}, {"error": {"code": 404}}])
async def test_without_a_list_nothing_is_known(listed: object) -> None:
    assert await told("vllm/m", listed, {"version": "1"}) == (None, "")


@pytest.mark.parametrize(
    "page",
    [
        None,
        [],
        "b1",
        {},
        {"build_info": 3, "default_generation_settings": [], "model_path": None},
        {"default_generation_settings": {"n_ctx": "4096"}, "model_ftype": {}},
        {"model_path": ""},
    ],
)
async def test_a_page_in_another_form_takes_nothing_away(page: object) -> None:
    assert (await told("llamacpp/any", LLAMACPP, page))[0] == LISTED


@pytest.mark.parametrize("page", [{"models": None}, {"models": [3, {"name": "m"}]}, {"models": []}])
async def test_ollama_that_does_not_know_the_model_tells_nothing(page: object) -> None:
    listed = {"data": [{"id": "x", "owned_by": "library"}]}
    assert (await told("ollama/m", listed, page))[0] == Identity(model="x")


async def test_of_several_models_only_the_one_that_is_asked_is_meant() -> None:
    listed = {"data": [{"id": "a", "max_model_len": 1}, {"id": "b", "max_model_len": 2}, "c", None]}
    assert (await told("openai/b@http://127.0.0.1:9/v1", listed))[0] == Identity(
        model="b", context_length=2
    )
    assert (await told("openai/z@http://127.0.0.1:9/v1", listed))[0] == Identity()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Qwen/Qwen3-8B", "Qwen/Qwen3-8B"),
        ("/home/anna/Qwen3-8B/", "Qwen3-8B"),
        ("~/anna/m.gguf", "m.gguf"),
        ("../anna/m", "m"),
        ("C:\\Users\\anna\\m.gguf", "m.gguf"),
        ("C:/Users/m", "m"),
        ("\\\\host\\anna\\m", "m"),
        ("file:///home/anna/m", "m"),
        ("anna/m.gguf", "m.gguf"),
        ("users/anna/m", "m"),
        ("a\x1b[31m\nb", "a\\x1b[31m\\nb"),
        ("\ud800x", "?x"),
        ("  ", None),
        (["m"], None),
        ("m" * 1000, "m" * (LONGEST - 1) + "…"),
    ],
)
async def test_of_a_path_only_its_end_is_kept_and_nothing_that_acts_on_a_screen(
    said: object, kept: str | None
) -> None:
    found, _ = await told("openai/m@http://127.0.0.1:9/v1", listing(root=said))
    assert found == Identity(model="m", weights=kept)


async def test_a_key_is_never_kept() -> None:
    use_keys(["sk-97c1d0e5a4b8f2"])
    listed = listing(id="x sk-97c1d0e5a4b8f2", root="/m/sk-97c1d0e5a4b8f2")
    found, _ = await told("vllm/m", listed, {"version": "sk-97c1d0e5a4b8f2"})
    assert found == Identity()


def test_two_are_compared_where_both_tell() -> None:
    one = Identity(model="m", quantization="Q4_K_M", context_length=4096)
    other = Identity(model="m", quantization="Q8_0", version="2")
    assert one.differences(other) == {"quantization": ("Q4_K_M", "Q8_0")}
    assert one.differences(Identity()) == {}


def test_it_is_said_in_one_line() -> None:
    whole = Identity(
        model="m",
        weights="m",
        digest="0123456789abcdef",
        quantization="Q8_0",
        context_length=32768,
        server="Ollama",
        version="1",
    )
    assert whole.words() == "m, Q8_0, 0123456789ab, 32,768 tokens of context, Ollama 1"
    assert Identity(weights="w", version="1").words() == "w, 1"
    assert Identity().words() == ""


# --- over the wire -------------------------------------------------------------------------------


def serve(pages: dict[str, Any]) -> type[MockServer]:
    """A server that answers by path."""

    class Server(MockServer):
        async def _handle(self, request: web.Request) -> web.StreamResponse:
            found = pages.get(request.path)
            if found is not None:
                self.queue(found if isinstance(found, Answer) else payload(found))
            elif request.method == "GET":
                self.queue(error(404))
            return await super()._handle(request)

    return Server


def paths(server: MockServer) -> list[str]:
    return [request.path for request in server.requests]


async def test_it_costs_one_request_beyond_the_check() -> None:
    with serve({"/v1/models": LLAMACPP, "/props": PROPS})() as server:
        async with openai_endpoint(parse_address(f"openai/x@{server.base_url}")) as endpoint:
            await endpoint.check()
            found = await endpoint.identity()
    assert paths(server) == ["/v1/models", "/props"]
    assert (found.context_length, found.version) == (4096, "b8681-5fc4f3c8c")


async def test_it_can_be_asked_without_a_check() -> None:
    with serve({"/v1/models": VLLM, "/version": {"version": "2"}})() as server:
        async with openai_endpoint(parse_address(f"openai/small@{server.base_url}")) as endpoint:
            assert (await endpoint.identity()).version == "2"
    assert paths(server) == ["/v1/models", "/version"]


@pytest.mark.parametrize(
    "page",
    [error(401), error(404), error(500), Answer(body=b"<html>"), Answer(cut="drop"), hang()],
    ids=["401", "404", "500", "html", "drop", "hang"],
)
async def test_a_server_that_keeps_the_page_to_itself_fails_nothing(
    page: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.models.providers.openai_compatible.client.PATIENCE", 0.2)
    with serve({"/v1/models": LLAMACPP, "/props": page})() as server:
        async with openai_endpoint(parse_address(f"openai/x@{server.base_url}")) as endpoint:
            await endpoint.check()
            assert await endpoint.identity() == LISTED


async def test_a_server_without_a_list_is_asked_nothing_more() -> None:
    with serve({})() as server:
        async with openai_endpoint(parse_address(f"vllm/x@{server.base_url}")) as endpoint:
            await endpoint.check()
            assert await endpoint.identity() == Identity()
    assert paths(server) == ["/v1/models"]


async def test_a_server_that_cannot_be_reached_is_unknown() -> None:
    with MockServer() as server:
        address = parse_address(f"openai/x@{server.base_url}")
    async with openai_endpoint(address) as endpoint:
        assert await endpoint.identity() == Identity()


class Plain(Provider):
    async def send(self, request: Request) -> ModelReply:
        return ModelReply(text="yes")


class Failing(Plain):
    async def identity(self) -> Identity | None:
        raise AttemptError("refused")


@pytest.mark.parametrize("provider", [Plain(), Failing()])
async def test_a_provider_need_not_tell(provider: Provider) -> None:
    endpoint = Endpoint(parse_address("openai/x"), provider)
    assert await endpoint.identity() == Identity()
    assert provider.said == {}


class Installed(Plain):
    """A provider of another package, which says what it likes."""

    found: Any = None
    replies: Any = None

    async def identity(self) -> Identity | None:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found  # type: ignore[no-any-return]

    @property
    def said(self) -> Any:
        return self.replies


@pytest.mark.parametrize("found", [None, "m", {"model": "m"}, ZeroDivisionError(), OSError()])
async def test_an_installed_provider_that_tells_nothing_sound_is_unknown(found: object) -> None:
    inner = Installed()
    inner.found = found
    endpoint = Endpoint(parse_address("openai/x"), _Installed("theirs", inner))
    assert await endpoint.identity() == Identity()


async def test_what_an_installed_provider_tells_is_made_safe() -> None:
    use_keys(["sk-97c1d0e5a4b8f2"])
    inner = Installed()
    inner.found = Identity(
        model="/home/anna/m", server="sk-97c1d0e5a4b8f2", version="a\nb", context_length=-1, size=3
    )
    inner.replies = {"model": ["/home/anna/m", 3], "system_fingerprint": "fp", "more": ["x"]}
    provider = _Installed("theirs", inner)
    assert await provider.identity() == Identity(model="m", version="a\\nb", size=3)
    assert provider.said == {"model": ("m",)}
    inner.replies = None
    assert provider.said == {}


# --- what replies say ----------------------------------------------------------------------------


async def test_replies_say_who_answered() -> None:
    first = json.loads(completion("yes").body) | {"system_fingerprint": "fp_1"}
    second = first | {"model": "/home/anna/other.gguf", "system_fingerprint": None}
    with MockServer() as server:
        server.queue(payload(first), payload(first), payload(second))
        async with openai_endpoint(parse_address(f"openai/x@{server.base_url}")) as endpoint:
            assert endpoint.provider.said == {}
            for _ in range(3):
                await endpoint.complete(HELLO)
            assert endpoint.provider.said == {
                "model": ("mock", "other.gguf"),
                "system_fingerprint": ("fp_1",),
            }


def test_a_hundred_names_are_not_kept() -> None:
    replies = Replies()
    for number in range(100):
        replies.note({"model": f"m{number}"})
    replies.note(["no reply"])
    assert replies.said == {"model": tuple(f"m{number}" for number in range(MOST_NAMES))}
