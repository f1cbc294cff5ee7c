from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.models.address import parse_address
from harness.models.failure import (
    AttemptError,
    EndpointError,
    Kind,
    attempt_error,
)
from harness.models.limits.deadlines import retry_after_seconds

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
LOCAL = parse_address("openai/m@http://127.0.0.1:8000/v1")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        (" 0.5 ", 0.5),
        ("Thu, 01 Jan 2026 12:00:30 GMT", 30.0),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0.0),
        ("Thu, 01 Jan 2026 12:00:30", 30.0),
        (str(int(NOW.timestamp()) + 9), 9.0),  # the moment, in seconds since 1970
        ("1000000000", 0.0),
        ("-3", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("٣", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header, now=NOW) == seconds


@given(st.text(max_size=40))
def test_any_retry_after_is_seconds_or_nothing(header: str) -> None:
    seconds = retry_after_seconds(header, now=NOW)
    assert seconds is None or seconds >= 0


@given(st.integers(0, 10**7))
def test_retry_after_dates_count_from_now(seconds: int) -> None:
    from email.utils import format_datetime

    header = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert retry_after_seconds(header, now=NOW) == seconds


class APIConnectionError(Exception):
    """Named like those of the SDKs."""


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (ConnectionRefusedError(), "refused"),
        (TimeoutError(), "timeout"),
        (socket.gaierror(), "unknown host"),
        (ssl.SSLCertVerificationError(), "tls"),
        (ssl.SSLEOFError(), "connection"),
        (ConnectionResetError(), "connection"),
        (None, "connection"),
    ],
)
def test_connection_failures_are_known_by_their_cause(cause: Exception | None, kind: Kind) -> None:
    error = APIConnectionError("Request timed out.")
    error.__cause__ = cause
    assert attempt_error(error).kind == kind


def test_a_chain_that_bites_its_tail_ends() -> None:
    one, two = ValueError(), ValueError()
    one.__cause__, two.__cause__ = two, one
    assert attempt_error(one).kind == "malformed"


@pytest.mark.parametrize(
    ("status", "passing"),
    [(s, True) for s in (408, 409, 429, 500, 502, 503, 529)]
    + [(s, False) for s in (301, 307, 400, 401, 403, 404, 413, 422)],
)
def test_which_statuses_pass(status: int, passing: bool) -> None:
    assert AttemptError("status", status=status).passing is passing


@pytest.mark.parametrize(
    ("failure", "fix"),
    [
        (AttemptError("status", status=401), "TRACK15_API_KEY"),
        (AttemptError("status", status=403), "TRACK15_API_KEY"),
        (AttemptError("status", status=404), "http://127.0.0.1:8000/v1/models"),
        (AttemptError("status", status=408), "--timeout"),
        (AttemptError("status", status=429), "--max-connections"),
        (AttemptError("status", status=307), "redirects"),
        (AttemptError("status", status=400), "settings"),
        (AttemptError("status", status=503), "server's own log"),
        (AttemptError("timeout"), "--timeout"),
        (AttemptError("refused"), "running at http://127.0.0.1:8000/v1?"),
        (AttemptError("unknown host"), "host name"),
        (AttemptError("tls"), "certificate"),
        (AttemptError("connection"), "log"),
        (AttemptError("malformed"), "/v1"),
    ],
)
def test_every_failure_says_how_to_mend_it(failure: AttemptError, fix: str) -> None:
    error = EndpointError(LOCAL, failure, 3)
    assert error.fix is not None
    assert fix in error.fix
    assert "model m at http://127.0.0.1:8000/v1" in str(error)
    assert "3 attempts" in str(error)
    assert (error.attempts, error.status, error.kind) == (3, failure.status, failure.kind)


def test_the_variable_named_is_the_one_that_was_sent() -> None:
    unauthorised = AttemptError("status", status=401)
    assert "OPENAI_API_KEY" in str(EndpointError(parse_address("openai/m"), unauthorised, 1))
    langchain = EndpointError(parse_address("langchain/groq:m"), unauthorised, 1)
    assert "LangChain's groq provider" in str(langchain)
