"""What a server takes is found out by what it takes, and every failure has its account."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from harness.models.address import ModelAddress
from harness.models.failure import EndpointError
from harness.models.limits.retry import RetryPolicy
from harness.models.reply import INVALID
from harness.models.request import ChatMessage, Request
from tests.support import mock_server as mock
from tests.support.endpoints import OpenAIEndpoint, openai_endpoint
from tests.support.mock_server import Answer, Body, MockServer

SCHEMA: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}
OTHER: dict[str, Any] = {"type": "object", "properties": {}, "required": []}


def prompt(length: int = 10) -> list[ChatMessage]:
    return [{"role": "system", "content": "brief"}, {"role": "user", "content": "x" * length}]


@pytest.fixture
def client_of(
    address_of: Callable[[MockServer], ModelAddress], policy: RetryPolicy
) -> Callable[..., OpenAIEndpoint]:
    def build(server: MockServer, **options: Any) -> OpenAIEndpoint:
        return openai_endpoint(address_of(server), retry=policy, **options)

    return build


ClientOf = Callable[..., OpenAIEndpoint]


def ways(server: MockServer) -> list[str]:
    """How each request asked, with ``-`` where it had no system message."""
    return [
        ("schema" if "response_format" in body else "tool" if "tools" in body else "text")
        + ("" if body["messages"][0]["role"] == "system" else "-")
        for body in server.bodies
    ]


def failing(status: int, **error: Any) -> Answer:
    return mock.payload({"error": {"message": "no", **error}}, status=status)


# What changes the way of asking


@pytest.mark.kind("S3")
@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize("words", ["no", "Das geht so nicht.", ""])
@pytest.mark.parametrize(
    ("refused", "asked"),
    [
        (("response_format",), ["schema", "tool", "tool"]),
        (("response_format", "tools"), ["schema", "tool", "text", "text"]),
    ],
)
async def test_a_refusal_in_no_known_words_leads_to_the_next_way(
    client_of: ClientOf, status: int, words: str, refused: tuple[str, ...], asked: list[str]
) -> None:
    def script(body: Body) -> str | Answer:
        wrong = any(name in body for name in refused)
        return mock.error(status, words) if wrong else "{}"

    with MockServer(script) as server:
        async with client_of(server) as client:
            for _ in range(2):
                reply = await client.complete(Request(prompt(), schema=SCHEMA))
            assert ways(server) == asked
            assert reply.how == asked[-1]
            assert len(client.provider.notes) == len(refused)
            assert "JSON schema was refused" in client.provider.notes[0]
            assert words in client.provider.notes[0]


@pytest.mark.kind("S3")
@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("System role not supported", ["schema", "schema-", "schema-"]),
        ("Bad request", ["schema", "tool", "text", "text-", "schema-"]),
    ],
)
async def test_without_a_system_role_the_briefing_goes_into_the_first_message(
    client_of: ClientOf, words: str, asked: list[str]
) -> None:
    def script(body: Body) -> str | Answer:
        briefed = any(message["role"] == "system" for message in body["messages"])
        return mock.error(400, words) if briefed else "{}"

    with MockServer(script) as server:
        async with client_of(server) as client:
            for _ in range(2):
                await client.complete(Request(prompt(), schema=SCHEMA))
            (note,) = client.provider.notes
            assert note.startswith("the system role was refused, so the briefing is in the first ")
            assert note.endswith(words)
            assert not client.provider.dialect.system
    assert ways(server) == asked
    assert server.bodies[-1]["messages"] == [{"role": "user", "content": "brief\n\n" + "x" * 10}]


@pytest.mark.kind("S3")
async def test_a_template_that_fails_for_the_role_says_so_with_500(client_of: ClientOf) -> None:
    def script(body: Body) -> str | Answer:
        briefed = body["messages"][0]["role"] == "system"
        return mock.error(500, "System role not supported") if briefed else "{}"

    with MockServer(script) as server:
        async with client_of(server) as client:
            for _ in range(2):
                assert (await client.complete(Request(prompt(), schema=SCHEMA))).how == "schema"
    assert ways(server) == ["schema", "schema", "schema-", "schema-"], "once may be chance"


@pytest.mark.kind("S3")
async def test_where_every_way_is_refused_the_first_refusal_stands(client_of: ClientOf) -> None:
    def script(body: Body) -> Answer:
        return mock.error(400, "the first" if "response_format" in body else "another")

    with MockServer(script) as server:
        async with client_of(server) as client:
            before = client.provider.dialect
            with pytest.raises(EndpointError, match=r"answered 400.*: the first"):
                await client.complete(Request(prompt(), schema=SCHEMA))
            assert client.provider.dialect == before
            assert client.provider.notes == ()
    assert ways(server) == ["schema", "tool", "text", "text-"]


@pytest.mark.kind("S3")
async def test_a_setting_that_is_refused_by_its_name_is_an_error_at_once(
    client_of: ClientOf,
) -> None:
    with MockServer(lambda _: failing(400, param="temperature")) as server:
        async with client_of(server) as client:
            with pytest.raises(EndpointError, match="answered 400: no"):
                await client.complete(Request(prompt(), schema=SCHEMA, temperature=0.5))
    assert len(server.requests) == 1


@pytest.mark.kind("S3")
@pytest.mark.parametrize(
    "later",
    [
        mock.error(500, "EngineCore: xgrammar grammar matcher timed out for this request"),
        mock.error(400, "response_format: the grammar could not be compiled"),
        mock.error(501, "response_format"),
        mock.error(400, "System role not supported"),
        mock.error(422, "Unknown field: seed"),
    ],
)
async def test_what_was_taken_once_is_not_given_up(client_of: ClientOf, later: Answer) -> None:
    with MockServer("{}") as server:
        async with client_of(server) as client:
            before = client.provider.dialect
            await client.complete(Request(prompt(), schema=SCHEMA, seed=1))
            server.queue(later)
            reply = await client.complete(Request(prompt(), schema=SCHEMA, seed=2))
            assert (reply.how, reply.attempts) == ("schema", 2)
            assert client.provider.dialect == before
            assert client.provider.notes == ()
    assert ways(server) == ["schema"] * 3
    assert [body["seed"] for body in server.bodies] == [1, 2, 2]


@pytest.mark.kind("S3")
async def test_falling_over_a_grammar_once_is_chance(client_of: ClientOf) -> None:
    with MockServer("{}") as server:
        server.queue(mock.error(500, "the grammar matcher timed out"))
        async with client_of(server) as client:
            assert (await client.complete(Request(prompt(), schema=SCHEMA))).how == "schema"


@pytest.mark.kind("S3")
async def test_one_schema_may_be_refused_where_another_is_taken(client_of: ClientOf) -> None:
    def script(body: Body) -> str | Answer:
        asked = body.get("response_format", {}).get("json_schema", {})
        return mock.error(400, "too many states") if asked.get("name") == "big" else "{}"

    with MockServer(script) as server:
        async with client_of(server) as client:
            for name in ("small", "big", "big", "small"):
                await client.complete(Request(prompt(), schema=SCHEMA, schema_name=name))
            assert client.provider.dialect.how == "schema"
            instead = "so it is asked for by tool call: too many states"
            assert client.provider.notes == (f"JSON schema was refused for 'big', {instead}",)
    assert ways(server) == ["schema", "schema", "tool", "tool", "schema"]


@pytest.mark.kind("S3")
async def test_a_server_that_falls_over_tools_is_asked_in_words(client_of: ClientOf) -> None:
    def script(body: Body) -> str | Answer:
        if "response_format" in body:
            return mock.error(400, "no")
        return mock.error(500, "Internal Server Error") if "tools" in body else "{}"

    with MockServer(script) as server:
        async with client_of(server) as client:
            assert (await client.complete(Request(prompt(), schema=SCHEMA))).how == "text"
            assert client.provider.dialect.how == "text"


# Whose failure it is


@pytest.mark.kind("S4")
@pytest.mark.parametrize("sample", [{"failed_generation": '{"half'}, {}])
async def test_a_sample_that_the_server_will_not_pass_on_is_the_models(
    client_of: ClientOf, sample: dict[str, Any]
) -> None:
    with MockServer("{}") as server:
        server.queue(failing(400, code="json_validate_failed", **sample))
        async with client_of(server) as client:
            reply = await client.complete(Request(prompt(), schema=SCHEMA))
            assert (reply.finish_reason, reply.how) == (INVALID, "schema")
            assert reply.text == sample.get("failed_generation", "")
            assert (await client.complete(Request(prompt(), schema=SCHEMA))).how == "schema"
    assert len(server.requests) == 2


@pytest.mark.kind("S4")
@pytest.mark.parametrize(
    "choice",
    [
        {"finish_reason": "error", "error": {"code": 502, "message": "gone"}},
        {"finish_reason": "stop", "error": {"code": 502, "message": "gone"}},
        {"finish_reason": "error"},
    ],
)
async def test_a_provider_that_breaks_off_is_a_failed_attempt(
    client_of: ClientOf, choice: dict[str, Any]
) -> None:
    broken = {"choices": [{"message": {"content": "{}"}, **choice}]}
    with MockServer('{"a": 1}') as server:
        server.queue(mock.payload(broken))
        async with client_of(server) as client:
            reply = await client.complete(Request(prompt(), schema=SCHEMA))
            assert (reply.text, reply.attempts) == ('{"a": 1}', 2)
            server.queue(*[mock.payload(broken)] * 4)
            with pytest.raises(EndpointError, match="the provider broke off") as caught:
                await client.complete(Request(prompt(), schema=SCHEMA))
    assert not caught.value.final
    assert ("gone (502)" in str(caught.value)) is ("error" in choice)


@pytest.mark.kind("S4")
@pytest.mark.parametrize("words", ["Range of length is [1, 30720]", "", "输入过长: 30720"])
async def test_a_prompt_longer_than_any_that_was_taken_may_be_too_long(
    client_of: ClientOf, words: str
) -> None:
    def script(body: Body) -> str | Answer:
        return mock.error(400, words) if len(body["messages"][1]["content"]) > 99 else "{}"

    with MockServer(script) as server:
        async with client_of(server) as client:
            await client.complete(Request(prompt(99), schema=SCHEMA))
            with pytest.raises(EndpointError) as caught:
                await client.complete(Request(prompt(100), schema=SCHEMA))
            assert caught.value.final
            assert len(server.requests) == 2
            with pytest.raises(EndpointError) as caught:  # another schema: its way is looked for
                await client.complete(Request(prompt(100), schema=OTHER, schema_name="debrief"))
    assert caught.value.final


@pytest.mark.kind("S4")
async def test_a_refusal_that_is_not_about_length_is_tried_again_and_is_no_verdict(
    client_of: ClientOf,
) -> None:
    with MockServer("{}") as server:
        async with client_of(server) as client:
            await client.complete(Request(prompt(99), schema=SCHEMA))
            server.queue(*[mock.error(400, "Your credit balance is too low.")] * 3)
            with pytest.raises(EndpointError, match="credit balance") as caught:
                await client.complete(Request(prompt(100), schema=SCHEMA))
    assert not caught.value.final, "nobody else was answered either"
    assert len(server.requests) == 4


@pytest.mark.kind("S4")
async def test_a_prompt_refused_while_others_are_answered_is_the_matter(
    address_of: Callable[[MockServer], ModelAddress],
) -> None:
    def script(body: Body) -> str | Answer:
        return mock.error(400, "nein") if body["messages"][1]["content"] == "bad" else "{}"

    async def others(_: float) -> None:
        await client.complete(Request(prompt(), schema=SCHEMA))

    bad: list[ChatMessage] = [*prompt()[:1], {"role": "user", "content": "bad"}]
    policy = RetryPolicy(sleep=others)
    with MockServer(script) as server:
        async with openai_endpoint(address_of(server), retry=policy) as client:
            await client.complete(Request(prompt(), schema=SCHEMA))
            with pytest.raises(EndpointError, match="nein") as caught:
                await client.complete(Request(bad, schema=SCHEMA))
    assert caught.value.final


@pytest.mark.kind("S4")
async def test_a_prompt_that_is_too_long_is_not_tried_again_whatever_the_status(
    client_of: ClientOf,
) -> None:
    for status in (400, 413, 500):
        with MockServer(lambda _, s=status: mock.error(s, "exceeds the context size")) as server:
            async with client_of(server) as client:
                with pytest.raises(EndpointError) as caught:
                    await client.complete(Request(prompt(), schema=SCHEMA))
        assert (caught.value.final, len(server.requests)) == (True, 1)


# An error inside a 200


@pytest.mark.kind("S5")
@pytest.mark.parametrize(
    ("error", "said", "requests"),
    [
        ({"message": "No endpoints found", "code": 404}, "answered 404: No endpoints found", 1),
        ({"message": "bad key", "code": 401}, "answered 401: bad key", 1),
        ({"message": "slow", "code": 429}, r"answered 429 \(4 attempts\): slow", 4),
        ({"message": "ill", "code": "503"}, r"answered 503 \(4 attempts\): ill", 4),
        ("Unexpected endpoint or method. (POST /x)", "Unexpected endpoint or method", 7),
    ],
)
async def test_an_error_inside_a_200_is_that_error(
    client_of: ClientOf, error: object, said: str, requests: int
) -> None:
    answer = mock.payload({"error": error, "user_id": "u"})
    with MockServer(lambda _: answer) as server:
        async with client_of(server) as client:
            with pytest.raises(EndpointError, match=said):
                await client.complete(Request(prompt(), schema=SCHEMA))
    assert len(server.requests) == requests


@pytest.mark.kind("S5")
async def test_a_wait_asked_for_inside_a_200_is_waited(
    client_of: ClientOf, waits: list[float]
) -> None:
    limited = {"error": {"message": "slow", "code": 429}}
    with MockServer("{}") as server:
        server.queue(mock.payload(limited, headers={"Retry-After": "17"}))
        async with client_of(server) as client:
            await client.complete(Request(prompt(), schema=SCHEMA))
    assert 17 <= waits[0] <= 18


@pytest.mark.kind("S5")
async def test_a_refusal_inside_a_200_is_a_refusal(client_of: ClientOf) -> None:
    def script(body: Body) -> str | Answer:
        refused = {"error": {"message": "no response_format", "code": 400}}
        return mock.payload(refused) if "response_format" in body else "{}"

    with MockServer(script) as server:
        async with client_of(server) as client:
            assert (await client.complete(Request(prompt(), schema=SCHEMA))).how == "tool"


# Forms of answers


@pytest.mark.kind("S12")
async def test_a_completion_under_another_name_is_a_completion(client_of: ClientOf) -> None:
    body = mock.completion('{"a": 1}').body
    with MockServer(lambda _: Answer(body=body, content_type="text/plain")) as server:
        async with client_of(server) as client:
            assert (await client.complete(Request(prompt()))).text == '{"a": 1}'


@pytest.mark.kind("S14")
async def test_a_server_that_only_streams_is_asked_to(client_of: ClientOf) -> None:
    words = "This model only support stream mode, please enable the stream parameter"

    def script(body: Body) -> Answer:
        if not body.get("stream"):
            return mock.error(400, words)
        pieces = [
            {"choices": [{"delta": {"content": text}, "finish_reason": finish}]}
            for text, finish in (("{", None), ("}", "stop"))
        ]
        lines = "".join(f"data: {json.dumps(piece)}\n\n" for piece in pieces)
        return Answer(body=lines.encode(), content_type="text/event-stream")

    with MockServer(script) as server:
        async with client_of(server) as client:
            for _ in range(2):
                reply = await client.complete(Request(prompt(), schema=SCHEMA))
            assert (reply.text, reply.how) == ("{}", "schema")
            assert words in client.provider.notes[0]
    assert [bool(body.get("stream")) for body in server.bodies] == [False, True, True]


@pytest.mark.kind("S14")
async def test_a_server_that_wants_a_field_says_so_with_the_line_that_helps(
    client_of: ClientOf,
) -> None:
    words = "parameter.enable_thinking must be set to false"
    with MockServer(lambda _: mock.error(400, words)) as server:
        async with client_of(server) as client:
            with pytest.raises(EndpointError) as caught:
                await client.complete(Request(prompt(), schema=SCHEMA))
    assert words in str(caught.value)
    assert "extra: {enable_thinking: false}" in str(caught.value)


@pytest.mark.kind("S5")
async def test_an_error_in_a_200_is_never_called_a_wrong_base_url(client_of: ClientOf) -> None:
    for body, what in (
        ({"detail": "m is not deployed"}, "answered with an error .*: m is not deployed"),
        ({"error_code": 17}, 'not a chat completion .*: it has no .choices.: {"error_code": 17}'),
    ):
        with MockServer(lambda _, body=body: mock.payload(body)) as server:
            async with client_of(server) as client:
                with pytest.raises(EndpointError, match=what) as raised:
                    await client.complete(Request(prompt(), schema=SCHEMA))
        assert ("/v1" in (raised.value.fix or "")) == ("error_code" in body)


# A server that falls over what it does not know


@pytest.mark.kind("S3")
@pytest.mark.parametrize(
    "fall",
    [
        mock.error(500, "Jinja: roles must alternate"),
        mock.payload({"code": 20015, "msg": "不支持"}),
    ],
    ids=["500", "an error in a 200"],
)
@pytest.mark.parametrize(
    ("refused", "asked"),
    [
        (lambda body: "response_format" in body, ["schema"] * 4 + ["tool", "schema"]),
        (
            lambda body: body["messages"][0]["role"] == "system",
            ["schema"] * 4 + ["tool", "text", "text-", "schema"],
        ),
    ],
    ids=["schema", "system"],
)
async def test_a_server_that_never_answered_may_not_know_what_it_is_asked(
    client_of: ClientOf, fall: Answer, refused: Callable[[Body], bool], asked: list[str]
) -> None:
    with MockServer(lambda body: fall if refused(body) else "{}") as server:
        async with client_of(server) as client:
            reply = await client.complete(Request(prompt(), schema=SCHEMA))
            assert client.provider.notes
    assert reply.text == "{}"
    assert ways(server) == asked, "each other way once, then the first again"


@pytest.mark.kind("S3")
async def test_a_server_that_recovers_meanwhile_has_given_nothing_up(client_of: ClientOf) -> None:
    with MockServer("{}") as server:
        server.queue(*[mock.error(500, "CUDA error")] * 4)
        async with client_of(server) as client:
            for _ in range(2):
                await client.complete(Request(prompt(), schema=SCHEMA))
            assert client.provider.dialect.how == "schema"
            assert client.provider.notes == ()
    assert ways(server) == ["schema"] * 4 + ["tool", "schema", "schema"]


@pytest.mark.kind("S4")
async def test_a_server_that_is_ill_is_called_that(client_of: ClientOf) -> None:
    with MockServer(lambda _: mock.error(500, "CUDA error")) as server:
        async with client_of(server) as client:
            with pytest.raises(EndpointError, match=r"answered 500 .*: CUDA error") as raised:
                await client.complete(Request(prompt(), schema=SCHEMA))
            assert client.provider.notes == ()
    assert raised.value.attempts == len(server.requests) == 7
    assert not raised.value.final


# Statuses beside the usual ones


@pytest.mark.kind("S4")
@pytest.mark.parametrize("status", [423, 424, 425, 498])
async def test_what_a_server_took_before_is_asked_again_whatever_it_answers(
    client_of: ClientOf, status: int
) -> None:
    with MockServer("{}") as server:
        async with client_of(server) as client:
            await client.complete(Request(prompt(), schema=SCHEMA))
            server.queue(mock.error(status, "a worker starts anew"))
            await client.complete(Request(prompt(20), schema=SCHEMA))
    assert len(server.requests) == 3


@pytest.mark.kind("S4")
@pytest.mark.parametrize("status", [401, 402, 403, 404, 410, 451])
async def test_what_is_about_the_account_or_the_model_is_not(
    client_of: ClientOf, status: int
) -> None:
    with MockServer("{}") as server:
        async with client_of(server) as client:
            await client.complete(Request(prompt(), schema=SCHEMA))
            server.queue(mock.error(status, "no"))
            with pytest.raises(EndpointError) as raised:
                await client.complete(Request(prompt(20), schema=SCHEMA))
    assert "temperature" not in (raised.value.fix or "")
    assert len(server.requests) == 2


@pytest.mark.kind("S3")
@pytest.mark.parametrize("words", ["La graine n'est pas admise", "no", ""])
async def test_a_seed_that_is_refused_without_its_name_is_given_up_last(
    client_of: ClientOf, words: str
) -> None:
    def script(body: Body) -> str | Answer:
        return mock.error(400, words) if "seed" in body else "{}"

    with MockServer(script) as server:
        async with client_of(server) as client:
            for _ in range(2):
                await client.complete(Request(prompt(), schema=SCHEMA, seed=7))
            assert client.provider.notes[0].startswith("the seed was refused, and is left out")
            assert (len(client.provider.notes), client.provider.dialect.system) == (1, True)
    assert ways(server) == ["schema", "tool", "text", "text-", "text-", "schema"]
    assert "seed" not in server.bodies[-1]


@pytest.mark.kind("S3")
async def test_a_seed_that_is_refused_by_its_field_is_given_up_first(client_of: ClientOf) -> None:
    def script(body: Body) -> str | Answer:
        refused = {"error": {"message": "参数错误", "param": "seed"}}
        return mock.payload(refused, status=400) if "seed" in body else "{}"

    with MockServer(script) as server:
        async with client_of(server) as client:
            await client.complete(Request(prompt(), schema=SCHEMA, seed=7))
    assert ways(server) == ["schema", "schema"]


@pytest.mark.kind("S3")
async def test_a_server_may_fall_over_one_schema_of_two(client_of: ClientOf) -> None:
    def script(body: Body) -> str | Answer:
        name = body.get("response_format", {}).get("json_schema", {}).get("name")
        return mock.error(500, "internal error") if name == "debrief" else "{}"

    with MockServer(script) as server:
        async with client_of(server) as client:
            for name in ("move", "debrief", "move", "debrief"):
                await client.complete(Request(prompt(), schema=SCHEMA, schema_name=name))
            assert client.provider.dialect.how == "schema"
    assert ways(server) == ["schema"] * 5 + ["tool", "schema", "schema", "tool"]


# What cannot even be read


@pytest.mark.kind("S12")
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (mock.payload({"a": "b"}, headers={"content-encoding": "gzip"}), "content-encoding: gzip"),
        (mock.payload({}, headers={"x-long": "a" * 20_000}), "Got more than"),
    ],
    ids=["packed wrongly", "a header without end"],
)
async def test_what_the_library_cannot_read_is_said(
    client_of: ClientOf, answer: Answer, said: str
) -> None:
    with MockServer(lambda _: answer) as server:
        async with client_of(server) as client:
            with pytest.raises(EndpointError, match=said) as raised:
                await client.complete(Request(prompt(), schema=SCHEMA))
    assert raised.value.kind == "malformed"
    assert server.base_url not in str(raised.value).partition("at ")[0]


@pytest.mark.kind("S2")
async def test_a_key_that_may_not_list_the_models_may_use_one(client_of: ClientOf) -> None:
    def script(body: Body) -> str | Answer:
        return "yes" if "messages" in body else mock.error(403, "Missing scopes: model.read")

    with MockServer(script) as server:
        async with client_of(server) as client:
            await client.check()
    assert [request.path for request in server.requests] == ["/v1/models", "/v1/chat/completions"]
    with MockServer(lambda _: mock.error(403, "no such key")) as server:
        async with client_of(server) as client:
            with pytest.raises(EndpointError, match="403: no such key"):
                await client.check()
