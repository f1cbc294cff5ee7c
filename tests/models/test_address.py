from __future__ import annotations

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from harness.errors import ModelError, UsageError
from harness.models.address import (
    ModelAddress,
    parse_address,
    parse_role,
    parse_roles,
)


@pytest.mark.parametrize(
    ("text", "provider", "model", "base_url"),
    [
        ("openai/gpt-x", "openai", "gpt-x", None),
        ("OpenAI/gpt-x", "openai", "gpt-x", None),
        ("openai/org/model:8b@http://h:8000/v1/", "openai", "org/model:8b", "http://h:8000/v1"),
        ("openai/m@HTTPS://Host.Example/V1", "openai", "m", "https://host.example/V1"),
        ("openai/m@http://[::1]:80/v1", "openai", "m", "http://[::1]:80/v1"),
        ("openai/@cf/meta/llama", "openai", "@cf/meta/llama", None),
        ("langchain/ollama:llama3.2:3b", "langchain", "ollama:llama3.2:3b", None),
        ("langchain/vertex:claude@20240620", "langchain", "vertex:claude@20240620", None),
        (" scripted ", "scripted", "", None),
    ],
)
def test_addresses_are_read(text: str, provider: str, model: str, base_url: str | None) -> None:
    address = parse_address(text)
    assert (address.provider, address.model, address.base_url) == (provider, model, base_url)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "PROVIDER/MODEL"),
        ("gpt-x", "PROVIDER/MODEL"),
        ("openai/", "PROVIDER/MODEL"),
        ("mistral/m", "unknown provider 'mistral'"),
        ("scripted/linear", "stands alone"),
        ("langchain/llama3", "PROVIDER:MODEL"),
        ("openai/a\tb", "no line breaks, tabs"),
        ("http://user:hunter2@h/v1", "before the base URL"),
        ("openai/m@user:hunter2@h:8000/v1", "starts with http"),
        ("openai/m@localhost:8000/v1", "starts with http"),
        ("openai/m@10.0.0.1/v1", "starts with http"),
        ("openai/m@ftp://h/v1", "URL"),
        ("openai/m@http://", "http://HOST"),
        ("openai/m@http://h:port", "malformed"),
        ("openai/m@http://h/v1?key=hunter2", "no query"),
        ("openai/m@http://h/v1#hunter2", "no query or fragment"),
        ("openai/m@http://h/v1?api-version=1&key=hunter2", "Azure's ?api-version="),
        ("langchain/openai:m@http://h/v1?api-version=1", "OPENAI_API_VERSION"),
        ("openai/m@http://user:hunter2@h/v1", "user name or password"),
        ("openai/m@http://user:hunter2@x@h/v1", "user name or password"),
    ],
)
def test_unusable_addresses_say_why_and_never_show_a_password(text: str, reason: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_address(text, flag="--judge")
    message = str(caught.value)
    assert reason in message
    assert message.startswith("--judge: ")
    assert "for example openai/" in message
    assert "hunter2" not in message


@pytest.mark.kind("S13")
@pytest.mark.parametrize(
    ("text", "model", "base_url"),
    [
        (
            "lmstudio/qwen2.5-7b-instruct@q4_k_m:2",
            "qwen2.5-7b-instruct@q4_k_m:2",
            "http://127.0.0.1:1234/v1",
        ),
        ("lmstudio/m@4bit:2", "m@4bit:2", "http://127.0.0.1:1234/v1"),
        ("openai/org/m@v1.5/chat@http://h/v1", "org/m@v1.5/chat", "http://h/v1"),
        ("openai/m@v1.5/chat", "m@v1.5/chat", None),
        ("openai/My Model Q4@http://h/v1", "My Model Q4", "http://h/v1"),
        ("openai/m @http://h/v1", "m", "http://h/v1"),
        ("openai/m@http://h:1/v1/chat/completions", "m", "http://h:1/v1"),
        ("openai/m@http://h:1/v1/chat/completions/", "m", "http://h:1/v1"),
        ("openai/m@http://h:1/v1/models", "m", "http://h:1/v1"),
        ("openai/m@http://h:1/serve/models", "m", "http://h:1/serve/models"),
        (
            "openai/m@https://r.openai.azure.com/openai/deployments/m?api-version=2024-10-21",
            "m",
            "https://r.openai.azure.com/openai/deployments/m?api-version=2024-10-21",
        ),
        (
            "openai/m@https://r.example/openai/deployments/m/chat/completions?api-version=preview",
            "m",
            "https://r.example/openai/deployments/m?api-version=preview",
        ),
    ],
)
def test_names_as_servers_and_people_write_them_are_taken(
    text: str, model: str, base_url: str | None
) -> None:
    address = parse_address(text)
    assert (address.model, address.base_url) == (model, base_url)
    assert parse_address(str(address)) == address
    assert "?" not in address.safe_url


@pytest.mark.kind("S13")
@pytest.mark.parametrize(
    ("text", "write"),
    [
        ("openai/m@localhost:8000/v1", "openai/m@http://localhost:8000/v1"),
        ("openai/m@localhost", "openai/m@http://localhost"),
        ("vllm/m@10.0.0.7:8000", "vllm/m@http://10.0.0.7:8000/v1"),
        ("vllm/m@gpu-box:8000", "vllm/m@http://gpu-box:8000/v1"),
        ("vlm/m", "vllm/m"),
        ("Ollamma/Qwen/Qwen3-8B", "ollama/Qwen/Qwen3-8B"),
        ("opnai/m@http://h/v1", "openai/m@http://h/v1"),
        ("openchat/m", "vllm/openchat/m, openai/openchat/m@BASE_URL"),
        ("vllm/m@[::1]:8000/v1", "vllm/m@http://[::1]:8000/v1"),
        ("http://127.0.0.1:9/v1/chat/completions", "openai/MODEL@http://127.0.0.1:9/v1"),
        ("Qwen/Qwen3-8B", "vllm/Qwen/Qwen3-8B, openai/Qwen/Qwen3-8B@BASE_URL"),
        ("Qwen/Qwen3-8B@http://h/v1", "openai/Qwen/Qwen3-8B@http://h/v1"),
    ],
)
def test_what_cannot_be_taken_is_told_as_it_must_be_written(text: str, write: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_address(text)
    assert caught.value.fix is not None
    assert f"write {write}" in caught.value.fix


def test_a_password_is_refused_without_the_parser_too() -> None:
    with pytest.raises(ValidationError) as caught:
        ModelAddress(provider="openai", model="m", base_url="http://user:hunter2@h/v1")
    assert "hunter2" not in str(caught.value)


def test_roles() -> None:
    assert parse_role("openai/m") == (None, parse_address("openai/m"))
    assert parse_role("Judge=openai/x=y") == ("judge", parse_address("openai/x=y"))
    with pytest.raises(UsageError, match=r"unknown role 'jury'.*known: official, unofficial"):
        parse_role("jury=openai/m")


def test_a_named_role_beats_the_one_for_all() -> None:
    chosen = parse_roles(["openai/a", "judge=openai/b"])
    assert {role: address.model for role, address in chosen.items()} == {
        "official": "a",
        "unofficial": "a",
        "judge": "b",
        "reader": "a",
        "author": "a",
    }
    assert parse_roles(["judge=openai/b"]) == {"judge": parse_address("openai/b")}
    assert parse_roles([]) == {}


def test_a_role_given_twice_is_an_error() -> None:
    with pytest.raises(UsageError, match="judge given twice"):
        parse_roles(["judge=openai/a", "judge=openai/b"])
    with pytest.raises(UsageError, match="all roles given twice"):
        parse_roles(["openai/a", "openai/b"])


_NAMES = st.text(string.ascii_letters + string.digits + "-._:/", min_size=1, max_size=20)
_HOSTS = st.from_regex(r"[a-z][a-z0-9-]{0,10}(\.[a-z]{2,5})?", fullmatch=True)
_PATHS = st.from_regex(r"(/[a-z0-9]{1,5}){0,3}", fullmatch=True)
_URLS = st.builds(
    lambda scheme, host, port, path: f"{scheme}://{host}{port}{path}",
    st.sampled_from(["http", "https"]),
    _HOSTS,
    st.integers(1, 65535).map(lambda port: f":{port}") | st.just(""),
    _PATHS,
)


@given(model=_NAMES.filter(lambda name: "://" not in name), base_url=st.none() | _URLS)
def test_an_address_reads_as_it_is_written(model: str, base_url: str | None) -> None:
    address = ModelAddress(provider="openai", model=model, base_url=base_url)
    assert parse_address(str(address)) == address


_BEGINNINGS = [
    "",
    "openai/",
    "vllm/",
    "ollama/",
    "lmstudio/",
    "langchain/openai:",
    "openai/m@http://",
]


@given(st.builds(str.__add__, st.sampled_from(_BEGINNINGS), st.text(max_size=60)))
@example("openai/m")
def test_any_text_is_an_address_or_a_usage_error(text: str) -> None:
    try:
        address = parse_address(text)
    except UsageError:
        return
    assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    ("url", "itself"),
    [
        (None, True),
        ("https://api.openai.com/v1", True),
        ("https://api.openai.com:443/v1", True),
        ("http://api.openai.com/v1", False),
        ("https://api.openai.com:8443/v1", False),
        ("https://api.openai.com.evil.example/v1", False),
        ("https://evil.example/api.openai.com", False),
        ("http://127.0.0.1:8000/v1", False),
    ],
)
def test_only_one_host_is_openai(url: str | None, itself: bool) -> None:
    assert ModelAddress(provider="openai", model="m", base_url=url).is_openai_itself is itself


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://127.1.2.3/v1", True),
        ("http://localhost/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://localhost./v1", True),
        ("http://0.0.0.0:8000/v1", True),
        ("http://[::]:8000/v1", True),
        ("http://[::ffff:127.0.0.1]:8000/v1", True),
        ("http://[::ffff:10.0.0.1]:8000/v1", False),
        ("http://localhost.evil.example/v1", False),
        ("http://127.0.0.1.evil.example/v1", False),
        ("http://10.0.0.1/v1", False),
        (None, False),
    ],
)
@pytest.mark.kind("S7")
def test_loopback_only_forbids_every_other_host(url: str | None, loopback: bool) -> None:
    address = ModelAddress(provider="openai", model="m", base_url=url)
    assert address.is_loopback is loopback
    address.refuse_beyond_loopback({})
    address.refuse_beyond_loopback({"TRACK15_LOOPBACK_ONLY": "0"})
    if loopback:
        address.refuse_beyond_loopback({"TRACK15_LOOPBACK_ONLY": "1"})
    else:
        with pytest.raises(ModelError, match="not on this machine"):
            address.refuse_beyond_loopback({"TRACK15_LOOPBACK_ONLY": "1"})


def test_loopback_only_forbids_what_langchain_would_choose() -> None:
    with pytest.raises(ModelError, match="TRACK15_LOOPBACK_ONLY"):
        parse_address("langchain/anthropic:m").refuse_beyond_loopback()
