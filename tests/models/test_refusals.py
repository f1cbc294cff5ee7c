"""What an error says is read from the server's own message, code and field; never from an echo."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.models.refusals import (
    ServerError,
    broken_off,
    error_inside,
    error_text,
    read_error,
)

FIELDS = """
    error message detail msg loc code type status param metadata raw choices finish_reason
    failed_generation innererror reasons
"""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(FIELDS.split()),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("error_body", "message"),
    [
        ({"message": "no"}, "no"),
        ({"error": {"message": "no"}}, "no"),
        ({"error": "no"}, "no"),
        ([{"error": {"message": "no"}}], "no"),
        ({"detail": [{"loc": ["body"], "msg": "a"}, {"msg": "b"}]}, "a; b"),
        ({"detail": [{"loc": ["body", "seed"], "msg": "not permitted"}]}, "seed: not permitted"),
        ({"message": {"detail": [{"loc": ["body", "seed"], "msg": "no"}]}}, "seed: no"),
        (
            {"error": {"message": "Provider returned error", "metadata": {"raw": "too fast"}}},
            "Provider returned error: too fast",
        ),
        (
            {"error": {"message": "x", "metadata": {"raw": '{"error": {"message": "y"}}'}}},
            "x: y",
        ),
        ("no", "no"),
        ("<html>no</html>", ""),
        ({"code": 7}, ""),
        (None, ""),
    ],
)
def test_error_messages_of_every_form(error_body: object, message: str) -> None:
    assert error_text(error_body) == message


@pytest.mark.kind("S3")
@pytest.mark.parametrize(
    "echo",
    [
        {"failed_generation": "response_format grammar: tools are not supported"},
        {"input": "response_format is not supported"},
        {"detail": [{"msg": "no", "input": "response_format, grammar, tools"}]},
        {"metadata": {"flagged_input": "our grammar and our tools"}},
        {"body": {"messages": [{"content": "the system role is not supported"}]}},
    ],
)
def test_an_echo_decides_nothing(echo: dict[str, Any]) -> None:
    said = read_error(400, json.dumps({"error": {"message": "Bad request", **echo}}))
    assert not any(said.names(feature) for feature in ("schema", "tool", "system", "stream"))


@pytest.mark.kind("S4")
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, {"message": "The input token count (4200) exceeds the maximum number of tokens"}),
        (400, {"message": "input length and `max_tokens` exceed context limit: 174167 + 64000"}),
        (400, {"message": 'BedrockException - {"message":"Input is too long for this model."}'}),
        (400, {"message": "prompt is too long: 210000 tokens > 200000 maximum"}),
        (400, {"message": "This model's maximum context length is 4096 tokens."}),
        (400, {"message": "no", "code": "context_length_exceeded"}),
        (400, {"message": "no", "type": "exceed_context_size_error"}),
        (400, {"message": "Range of input length should be [1, 30720]"}),
        (422, {"message": "`inputs` tokens + `max_new_tokens` must be <= 4097"}),
        (500, {"message": "the request exceeds the available context size."}),
        (413, {"message": "Payload Too Large"}),
        (413, {"message": "TPM: Limit 6000, Requested 8123", "code": "rate_limit_exceeded"}),
        (429, {"message": "TPM: Limit 6,000, Requested 8,123", "code": "rate_limit_exceeded"}),
        (400, {"message": "The response was filtered", "code": "content_filter"}),
        (400, {"message": "no", "innererror": {"code": "content_policy_violation"}}),
        (400, {"message": "Input data may be bad", "code": "data_inspection_failed"}),
        (403, {"message": "flagged", "metadata": {"reasons": ["violence"]}}),
    ],
)
def test_what_is_said_of_the_prompt(status: int, error: dict[str, Any]) -> None:
    assert read_error(status, json.dumps({"error": error})).of_prompt()


@pytest.mark.kind("S4")
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (429, {"message": "TPM: Limit 6000, Used 5900, Requested 812. Try again in 7s."}),
        (413, {"message": "TPM: Limit 6000, Requested 812", "code": "rate_limit_exceeded"}),
        (400, {"message": "Input should be less than or equal to 2", "param": "temperature"}),
        (400, {"message": "Your credit balance is too low to access the API."}),
        (400, {"message": "max_tokens is too large: 100000. At most 4096 completion tokens."}),
        (403, {"message": "this key may not use the model"}),
        (500, {"message": "out of memory"}),
        (500, {"message": "the content filter is not available"}),
        (401, {"message": "context length"}),
        (404, {"message": "The model `m` does not exist"}),
    ],
)
def test_what_is_not_said_of_the_prompt(status: int, error: dict[str, Any]) -> None:
    assert not read_error(status, json.dumps({"error": error})).of_prompt()


@pytest.mark.kind("S5")
@pytest.mark.parametrize(
    ("payload", "status", "message"),
    [
        ({"error": {"message": "slow", "code": 429}}, 429, "slow"),
        ({"error": {"message": "slow", "code": "429"}}, 429, "slow"),
        ({"error": "Unexpected endpoint"}, None, "Unexpected endpoint"),
        ({"error": {"message": "no", "code": "overloaded"}}, None, "no"),
        ({"error": {"message": "no", "code": 7}}, None, "no"),
        ({"object": "error", "message": "no such model", "code": 404}, 404, "no such model"),
        ({"detail": "m is not deployed"}, None, "m is not deployed"),
        ({"code": 1113, "msg": "账户余额不足", "success": False}, None, "账户余额不足"),
        ([{"error": {"code": 429, "message": "Resource exhausted"}}], 429, "Resource exhausted"),
    ],
)
def test_an_error_inside_a_200(payload: Any, status: int | None, message: str) -> None:
    found = error_inside(payload)
    assert found is not None
    assert (found.status, found.message) == (status, message)


@pytest.mark.kind("S5")
@pytest.mark.parametrize(
    "payload",
    [
        {"error_code": 17, "error_msg": "daily limit reached"},
        {"success": False, "errors": [{"code": 7009, "message": "Upstream unavailable"}]},
        {"choices": None, "base_resp": {"status_code": 1004, "status_msg": "login fail"}},
    ],
)
def test_what_is_no_completion_is_shown_as_it_stands(payload: dict[str, Any]) -> None:
    found = error_inside(payload)
    assert found is not None
    assert found.status is None
    assert json.dumps(payload) in found.message
    assert not found.spoken


@pytest.mark.parametrize("payload", [{"error": None, "choices": []}, {}, [], None, 3])
def test_no_error_is_none(payload: Any) -> None:
    assert error_inside(payload) is None


@pytest.mark.kind("S14")
@pytest.mark.parametrize(
    ("message", "line"),
    [
        (
            "parameter.enable_thinking must be set to false for calls like this",
            "extra: {enable_thinking: false}",
        ),
        ("bad request", "extra: in models.yaml"),
    ],
)
def test_a_field_that_the_server_wants_is_named(message: str, line: str) -> None:
    assert line in (ServerError(400, message).advice() or "")
    assert ServerError(400, message, param="temperature").advice() is None
    assert ServerError(503, message).advice() is None


def test_an_error_nested_without_end_is_read_all_the_same() -> None:
    body: Any = "no"
    for level in range(900):
        body = {"error": body} if level % 2 else {"message": body, "metadata": {"raw": "{}"}}
    assert read_error(400, json.dumps(body)).status == 400
    raw = json.dumps({"error": {"message": "x"}})
    for _ in range(12):  # an error that quotes an error that quotes an error
        raw = json.dumps({"error": {"message": "x", "metadata": {"raw": raw[:5000]}}})
    assert read_error(400, raw).message.startswith("x")


@given(st.none() | st.sampled_from([200, 400, 404, 413, 429, 500]), JSON)
def test_any_json_is_read_as_an_error(status: int | None, body: Any) -> None:
    for form in (body, json.dumps(body)):
        said = read_error(status, form)
        said.of_prompt()
        said.may_be_of_length()
        said.advice()
        assert isinstance(said.message, str)
    error_inside(body)
    broken_off(body)


@pytest.mark.kind("S4")
@pytest.mark.parametrize("word", ["insufficient_system_resource", "network_error", "abort", "busy"])
def test_nothing_at_all_with_a_reason_that_is_no_models_is_broken_off(word: str) -> None:
    message: dict[str, Any] = {"role": "assistant", "content": ""}
    choice = {"message": message, "finish_reason": word}
    found = broken_off({"choices": [choice]})
    assert found is not None
    assert found.passing
    assert word in found.detail
    for said in ({"content": "x"}, {"refusal": "no"}, {"tool_calls": [{}]}, {"reasoning": "hm"}):
        assert broken_off({"choices": [{**choice, "message": {**message, **said}}]}) is None


@pytest.mark.kind("S4")
@pytest.mark.parametrize(
    "word",
    [*("stop", "length", "content_filter", "tool_calls", "STOP", "eos_token", "end_turn"), None, 1],
)
def test_nothing_at_all_from_a_model_that_ended_is_its_own_doing(word: object) -> None:
    choice = {"message": {"role": "assistant", "content": ""}, "finish_reason": word}
    assert broken_off({"choices": [choice]}) is None


@pytest.mark.kind("S3")
def test_a_word_inside_another_names_nothing() -> None:
    said = ServerError(400, "upstream hiccup; malfunction of a multitool")
    assert not any(said.names(feature) for feature in ("schema", "tool", "system", "stream"))
    assert ServerError(400, "'stream' must be true: streaming only").names("stream")
    assert ServerError(400, "Unknown role 'system'").names("system")
