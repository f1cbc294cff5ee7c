"""What every test of a client needs: loopback only, no keys but made-up ones, no real waiting."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.models.address import ModelAddress
from harness.models.limits.retry import RetryPolicy
from tests.support.mock_server import MockServer

OPENAI_KEY = "sk-openai-0123456789abcdef"
OTHER_KEY = "other-key-0123456789abcdef"


@pytest.fixture(autouse=True)
def _loopback_and_made_up_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACK15_LOOPBACK_ONLY", "1")
    monkeypatch.setenv("OPENAI_API_KEY", OPENAI_KEY)
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", f"Authorization: Bearer {OPENAI_KEY}")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-made-up")
    monkeypatch.delenv("TRACK15_API_KEY", raising=False)
    # A proxy nobody answers at: a loopback server must be reached without it.
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    surroundings = ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
    for name in (*surroundings, *map(str.lower, surroundings), "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def waits() -> list[float]:
    """The waits that :func:`policy` was asked for."""
    return []


@pytest.fixture
def policy(waits: list[float]) -> RetryPolicy:
    """Three retries, without waiting."""

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    return RetryPolicy(retries=3, total_seconds=100, sleep=sleep)


@pytest.fixture
def address_of() -> Callable[[MockServer], ModelAddress]:
    """The address of the model ``m`` at a server."""
    return lambda server: ModelAddress(provider="openai", model="m", base_url=server.base_url)
