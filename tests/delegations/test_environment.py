"""What stands in a record of the settings that code of the user's reads from the environment."""

from __future__ import annotations

import pytest

from harness.delegations.environment import recorded
from harness.models import keys

KEY = "correct-horse-battery"


@pytest.fixture(autouse=True)
def _own_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_in_use", set())
    monkeypatch.setattr(keys, "_needles", ())
    monkeypatch.setenv("SOMEBODYS_API_KEY", KEY)


@pytest.mark.kind("G2")
@pytest.mark.parametrize(
    "value",
    [
        "gpt-4o-mini-2024-07-18",
        "Qwen/Qwen2.5-7B-Instruct",
        "meta-llama/Llama-3.1-405B-Instruct-Turbo",
        "http://127.0.0.1:8000/v1",
        "0.7",
        "true",
    ],
)
def test_a_setting_stands_as_it_is(value: str) -> None:
    assert recorded(value) == value


@pytest.mark.kind("G2")
@pytest.mark.kind("X5")
@pytest.mark.parametrize(
    "value",
    [
        "sk-proj-0a1B2c3D4e5F6g7H8i9J0k1L",
        "ghp_0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R",
        "0123456789abcdef0123456789abcdef",
        "0b7c1e52-3c5f-4f0e-9d3a-6f1f2f7a9b10",
        "Bearer 0a1B2c3D4e5F6g7H",
        f"Bearer {KEY}",
        "https://user:word@host/v1",
        "https://host/v1/0a1B2c3D4e5F6g7H8i9J",
        "/home/somebody/agent",
    ],
)
def test_what_looks_like_a_key_stands_as_a_hash_whatever_the_variable_is_called(value: str) -> None:
    assert recorded(value).startswith("sha256:")
