"""Tells failures of an agent's own code from those of an endpoint behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from harness.errors import ModelError
from harness.models import isolation, refusals
from harness.models.credentials import showable
from harness.models.failure import AttemptError, EndpointError, attempt_error
from harness.models.providers.agents.callbacks import Inside
from harness.models.tracing import BeyondLoopbackError
from harness.models.usercode import FIX, booked, secrets, shown, too_long

REFUSED: Final = frozenset({400, 422})
"""Statuses by which a server refuses the form of a request."""
NOT_SENT: Final = 402
"""Noted of a request that was stopped before any model was asked: nothing was charged."""
_FIXES: Final[dict[Any, str]] = {
    "timeout": "raise --timeout, which covers a whole answer of the runnable; or lower "
    "--max-connections",
    429: "lower --max-connections, raise --max-retries, or check the account's quota",
    401: "check the key that the runnable's model reads from the environment",
    403: "check the key that the runnable's model reads from the environment",
}
_ELSEWHERE: Final = "check the server, the base URL and the model that the runnable speaks to"
_TWO_SYSTEMS: Final = (
    "it asked its model with two system messages, its own and the briefing, and with the briefing "
    "in the first question; neither was taken"
)


class CodeError(AttemptError):
    """The agent itself failed, not an endpoint behind it: the same again would fail again."""

    passing = False
    fix = FIX


def attempt_failure(
    error: BaseException,
    inside: Inside,
    *,
    prompt: Sequence[str],
    file: str | None,
    seconds: float,
    merged: bool,
) -> AttemptError:
    """What made an attempt fail, in words that hold neither a key nor a prompt.

    Args:
        error: What was raised.
        inside: What happened in the attempt.
        prompt: The texts of the question: no stretch of them is shown.
        file: Source file of the user's; None where there is none.
        seconds: That an answer may take.
        merged: Whether the briefing stood in the first question.
    """
    if isinstance(error, CodeError):
        error.detail = showable(error.detail, keys=secrets(), prompt=prompt, length=600)
        return error
    if isinstance(error, isolation.TooLongError):
        return _late(error, inside, seconds)
    if any(base.__name__ == "GraphRecursionError" for base in type(error).__mro__):
        looping = CodeError("malformed")
        looping.detail = (
            f"it took all the steps allowed for one answer, {_many(inside.started, 'model call')} "
            "among them, and did not end"
        )
        looping.fix = (
            "let it end sooner, or give it more steps: agent.with_config(recursion_limit=...)"
        )
        return looping
    if (beyond := _cause(error, BeyondLoopbackError)) is not None:
        return CodeError("malformed", detail=str(beyond))
    failure = attempt_error(error)
    if failure.kind == "malformed":  # nothing that a connection or a server does
        return CodeError("malformed", detail=shown(error, file=file, prompt=prompt))
    body = getattr(error, "body", None)
    failure.detail = showable(refusals.error_text(body), keys=secrets(), prompt=prompt)
    failure.prompt = refusals.read_error(failure.status, body).of_prompt()
    if merged and failure.status in REFUSED and inside.systems > 0:
        failure.detail = "; ".join(filter(None, (failure.detail, _TWO_SYSTEMS)))
    return failure


def failure_of(ended: EndpointError, failed: AttemptError, name: str) -> ModelError:
    """What ends the dialogue, booked to the account it belongs to.

    Args:
        ended: What the endpoint says after the last attempt.
        failed: That attempt.
        name: The agent's, as it stands in the record.
    """
    where = f"delegation {name}"
    if isinstance(failed, CodeError):
        what = f"the agent failed: {failed.detail}"
        return booked(ModelError(what, where=where, fix=failed.fix))
    if failed.prompt:
        return booked(ModelError(ended.what, where=where, fix=ended.fix), "prompt")
    fix = _FIXES.get(failed.status or failed.kind, _ELSEWHERE)
    return booked(ModelError(ended.what, where=where, fix=fix), "endpoint")


def _late(error: isolation.TooLongError, inside: Inside, seconds: float) -> AttemptError:
    """A time-out. Worth another attempt only where nothing was answered in it: else it is the agent
    that takes its time, and would again."""
    if not inside.ended and not error.blocked:
        return AttemptError("timeout")
    late = CodeError("timeout")
    late.detail, late.fix = too_long("it", seconds, error.blocked)
    if inside.ended:
        late.detail += f", after {_many(inside.ended, 'answer')} of its model"
    return late


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _cause(error: BaseException, kind: type[Exception]) -> BaseException | None:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        if isinstance(current, kind):
            return current
        seen.add(id(current))
        current = current.__cause__ or current.__context__
    return None
