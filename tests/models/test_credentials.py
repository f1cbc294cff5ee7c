from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import ModelError
from harness.models.address import parse_address
from harness.models.credentials import NO_KEY, key_for, showable

BOTH = {"OPENAI_API_KEY": "sk-secret", "TRACK15_API_KEY": "other"}


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("openai/m", "sk-secret"),
        ("openai/m@https://api.openai.com/v1", "sk-secret"),
        ("openai/m@http://api.openai.com/v1", "other"),
        ("openai/m@http://127.0.0.1:1/v1", "other"),
        ("langchain/openai:m", "sk-secret"),
        ("langchain/openai:m@http://127.0.0.1:1/v1", "other"),
        ("langchain/anthropic:m", "other"),
    ],
)
def test_each_host_gets_its_own_key(address: str, key: str) -> None:
    assert key_for(parse_address(address), BOTH) == key


def test_a_server_that_wants_no_key_gets_none() -> None:
    elsewhere = parse_address("openai/m@http://127.0.0.1:1/v1")
    assert key_for(elsewhere, {"OPENAI_API_KEY": "sk-secret"}) == NO_KEY


def test_a_missing_key_names_its_variable() -> None:
    with pytest.raises(ModelError, match="OPENAI_API_KEY is not set"):
        key_for(parse_address("openai/m"), {"TRACK15_API_KEY": "other", "OPENAI_API_KEY": " "})


@pytest.mark.parametrize("key", ["sk-se cret", "sk-secrét", "sk-sec\nret"])
def test_a_key_no_header_can_carry_is_refused_unseen(key: str) -> None:
    with pytest.raises(ModelError, match="OPENAI_API_KEY") as caught:
        key_for(parse_address("openai/m"), {"OPENAI_API_KEY": key})
    assert "sec" not in str(caught.value)


def test_what_a_server_says_is_shown_without_secrets() -> None:
    def shown(text: str) -> str:
        return showable(text, keys=["other-key-123456"], prompt=["You are the chief negotiator."])

    assert shown(" too\n many tokens ") == "too many tokens"
    assert shown("wrong key sk-abc123 given") == "wrong key [key] given"
    assert shown("you sent Bearer xyz") == "you sent [key]"
    assert shown("wrong key other-key-123456") == ""
    assert shown("wrong key ...key-1234...") == ""
    assert shown("bad message: are the chief negotiator") == ""
    assert len(shown("x" * 1000)) == 200


@given(
    st.text(min_size=8, max_size=40).filter(lambda key: key != NO_KEY),
    st.text(max_size=60),
    st.text(max_size=60),
)
def test_a_key_is_never_shown(key: str, before: str, after: str) -> None:
    assert key not in showable(before + key + after, keys=[key], prompt=[])
