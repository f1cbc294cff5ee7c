"""Whose failure it was: the agent's own, or that of an endpoint behind it; and what to do."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from harness.errors import ModelError
from harness.models.address import parse_address
from harness.models.failure import AttemptError, EndpointError
from harness.models.isolation import TooLongError
from harness.models.providers.agents.failures import CodeError, attempt_failure, failure_of
from harness.models.tracing import BeyondLoopbackError
from harness.models.usercode import FIX

KEY = "made-up-key-0123456789"
PROMPT = ["Our reservation value is 0.42.", "Speak."]
NAME = "agent.py:agent"


def failure(
    error: BaseException,
    *,
    started: int = 0,
    ended: int = 0,
    systems: int = 0,
    merged: bool = False,
    file: str | None = None,
) -> AttemptError:
    """What an exception is taken for, after so many model calls."""
    inside: Any = SimpleNamespace(started=started, ended=ended, systems=systems)
    return attempt_failure(error, inside, prompt=PROMPT, file=file, seconds=60, merged=merged)


class StatusError(Exception):
    """What an SDK raises where a server answers with a status."""

    def __init__(self, status: int, message: str = "") -> None:
        super().__init__(f"{status}: {message}")
        self.status_code = status
        self.body = {"error": {"message": message}}


# --- the agent's own -------------------------------------------------------------------------


def test_a_mistake_is_shown_with_its_line_and_not_tried_again() -> None:
    with pytest.raises(KeyError) as caught:
        raise KeyError("missing")
    found = failure(caught.value, file=__file__)
    assert isinstance(found, CodeError)
    assert not found.passing
    assert found.detail.startswith("KeyError at test_failures.py:")
    assert found.fix == FIX


def test_neither_key_nor_prompt_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_API_KEY", KEY)
    for secret in (KEY, PROMPT[0]):
        assert failure(ValueError(f"it is {secret}")).detail == "ValueError"
        assert failure(CodeError("malformed", detail=f"it is {secret}")).detail == ""
        assert failure(StatusError(400, f"it is {secret}")).detail == ""


def test_what_is_known_to_be_its_own_stays_what_it_was() -> None:
    error = CodeError("malformed", detail="it gave None; " + "x" * 700)
    assert failure(error) is error
    assert error.detail.startswith("it gave None; xx")
    assert len(error.detail) == 600


class GraphRecursionError(RecursionError):
    """As LangGraph calls it."""


class OwnRecursionError(GraphRecursionError):
    pass


@pytest.mark.kind("G4")
@pytest.mark.parametrize("error", [GraphRecursionError("limit"), OwnRecursionError("limit")])
def test_a_loop_without_an_end_is_told_as_one(error: Exception) -> None:
    for started, calls in ((1, "1 model call"), (25, "25 model calls")):
        found = failure(error, started=started)
        assert isinstance(found, CodeError)
        assert found.detail == (
            f"it took all the steps allowed for one answer, {calls} among them, and did not end"
        )
        assert "recursion_limit" in (found.fix or "")
    assert "recursion_limit" not in str(failure(RecursionError("deep")).fix)


def test_reaching_for_another_machine_is_its_own_failure() -> None:
    beyond = BeyondLoopbackError("TRACK15_LOOPBACK_ONLY is set, and 10.0.0.1 is not here")
    wrapped, shadowed, circle = (RuntimeError(name) for name in ("caused", "while", "circle"))
    wrapped.__cause__ = OSError("no way")
    wrapped.__cause__.__cause__ = beyond
    shadowed.__context__ = beyond
    for error in (beyond, wrapped, shadowed):
        found = failure(error)
        assert isinstance(found, CodeError)
        assert found.detail == str(beyond)
    circle.__context__ = OSError("again")
    circle.__context__.__context__ = circle
    assert failure(circle).detail == "RuntimeError: circle"


# --- time-outs -------------------------------------------------------------------------------


def test_an_answer_that_never_began_may_come_another_time() -> None:
    found = failure(TooLongError(""), started=1)
    assert not isinstance(found, CodeError)
    assert (found.kind, found.passing) == ("timeout", True)


@pytest.mark.kind("G4")
@pytest.mark.parametrize(
    ("ended", "blocked", "said"),
    [
        (1, "", "it gave no answer in 60 s, after 1 answer of its model"),
        (3, "", "it gave no answer in 60 s, after 3 answers of its model"),
        (
            0,
            "agent.py:7",
            "it gave no answer in 60 s: agent.py:7 blocks the event loop of all delegations",
        ),
    ],
)
def test_an_agent_that_takes_its_time_would_take_it_again(
    ended: int, blocked: str, said: str
) -> None:
    found = failure(TooLongError(blocked), ended=ended)
    assert isinstance(found, CodeError)
    assert (found.kind, found.passing, found.detail) == ("timeout", False, said)
    assert ("with await" in (found.fix or "")) is bool(blocked)


# --- an endpoint behind it -------------------------------------------------------------------


def test_a_status_is_the_endpoints_with_what_it_said() -> None:
    found = failure(StatusError(429, "slow down"))
    assert not isinstance(found, CodeError)
    assert (found.kind, found.status, found.detail) == ("status", 429, "slow down")
    assert (found.passing, found.prompt) == (True, False)
    assert failure(ConnectionRefusedError()).kind == "refused"


def test_a_prompt_that_is_too_long_is_never_taken() -> None:
    found = failure(StatusError(400, "maximum context length is 10"))
    assert (found.prompt, found.passing) == (True, False)


@pytest.mark.kind("G12")
def test_a_refusal_of_both_forms_of_the_briefing_names_both() -> None:
    said = failure(StatusError(400, "no"), systems=1, merged=True).detail
    assert said.startswith("no; it asked its model with two system messages")
    assert failure(StatusError(422), systems=1, merged=True).detail.startswith("it asked its model")
    for error, systems, merged in (
        (StatusError(400, "no"), 1, False),
        (StatusError(400, "no"), 0, True),
        (StatusError(429, "no"), 1, True),
    ):
        assert failure(error, systems=systems, merged=merged).detail == "no"


# --- what ends the dialogue ------------------------------------------------------------------


def ending(failed: AttemptError) -> ModelError:
    address = parse_address("langchain/runnable:agent")
    return failure_of(EndpointError(address, failed, 1), failed, NAME)


def test_a_failure_of_its_own_goes_to_its_own_account() -> None:
    failed = CodeError("malformed", detail="KeyError at agent.py:3")
    error = ending(failed)
    assert error.what == "the agent failed: KeyError at agent.py:3"
    assert (error.where, error.fix) == (f"delegation {NAME}", FIX)
    assert error.account == "delegation"
    failed.fix = "let it end sooner"
    assert ending(failed).fix == "let it end sooner"


@pytest.mark.parametrize(
    ("failed", "fix"),
    [
        (AttemptError("timeout"), "raise --timeout, which covers a whole answer"),
        (AttemptError("status", status=429), "lower --max-connections"),
        (AttemptError("status", status=401), "check the key that the runnable's model reads"),
        (AttemptError("status", status=403), "check the key that the runnable's model reads"),
        (AttemptError("status", status=500), "check the server, the base URL and the model"),
        (AttemptError("refused"), "check the server, the base URL and the model"),
    ],
)
def test_a_failure_of_the_endpoint_goes_to_the_endpoints_account(
    failed: AttemptError, fix: str
) -> None:
    error = ending(failed)
    assert error.where == f"delegation {NAME}"
    assert error.account == "endpoint"
    assert (error.fix or "").startswith(fix)


def test_a_prompt_that_is_refused_goes_to_the_prompts_account() -> None:
    error = ending(AttemptError("status", status=400, detail="too long", prompt=True))
    assert error.account == "prompt"
    assert error.what == "the server answered 400: too long"
    assert "serve the model with a longer context" in (error.fix or "")
