"""Learns what an endpoint accepts, and judges its refusals by that.

A feature that was accepted once is not given up: a later refusal must be about something else. The
server's words do not decide this. What decides is whether the same form, or a longer prompt, was
accepted before, and whether other calls are answered meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from harness.models.failure import AttemptError, EndpointError
from harness.models.providers.openai_compatible.dialect import Dialect
from harness.models.refusals import REFUSING, ServerError
from harness.models.request import Request

FINAL: Final = frozenset({401, 402, 403, 404, 407, 410, 413, 451})
"""Statuses that are about the account, the model, the way there or what may be said: asking again
does not help, whatever was taken before."""
ODD_REFUSALS: Final = 3
"""Times that one request is refused in a form that the server takes otherwise, until that is
believed."""


class RefusedError(Exception):
    """The server did not take what was asked of it in this way; another may be tried."""

    def __init__(self, error: ServerError, failure: AttemptError) -> None:
        super().__init__(failure.kind)
        self.error = error
        self.failure = failure


@dataclass
class CallInTheMaking:
    """One call while it is made.

    Attributes:
        request: What is asked.
        tried: Ways of asking that were tried for it.
        fell: Whether the server fell over the present way once.
        odd: Refusals of what the server had taken before.
        done: Calls that had been answered when the first of those came.
        fallen: The failure of a server that fell over every attempt in the first way, and has
            taken nothing yet. Other ways are then tried once each.
    """

    request: Request
    tried: list[Dialect] = field(default_factory=list)
    fell: bool = False
    odd: int = 0
    done: int = 0
    fallen: EndpointError | None = None


class Capabilities:
    """What is known of an endpoint.

    Args:
        first: What is tried first.

    Attributes:
        dialect: How it is spoken to.
    """

    def __init__(self, first: Dialect) -> None:
        self.dialect = first
        self._answered = 0  # calls
        self._apart: dict[str, Dialect] = {}  # for schemas that it takes in another way only
        self._taken: set[str] = set()
        self._longest = 0  # characters of the longest prompt that it has taken

    @property
    def notes(self) -> tuple[str, ...]:
        """What was given up, and why, one sentence each."""
        whys = [self.dialect.why, *(dialect.why for dialect in self._apart.values())]
        return tuple(dict.fromkeys(words for why in whys for words in why))

    def best(self, call: CallInTheMaking) -> Dialect:
        """The best way of asking that is known for a call."""
        return self._apart.get(call.request.schema_name, self.dialect)

    def following(
        self, dialect: Dialect, error: ServerError, call: CallInTheMaking
    ) -> Dialect | None:
        """What to try after a refusal; None where nothing is left."""
        return dialect.after(error, call.request, taken=self._taken, tried=call.tried)

    def took(self, dialect: Dialect, call: CallInTheMaking, *, start: Dialect) -> None:
        """Remember what was taken. What other calls have learned meanwhile stands."""
        self._answered += 1
        if dialect is not start:
            known = dialect.learned(start)
            if any(used.startswith(f"{start.how} ") for used in self._taken):
                self._apart[call.request.schema_name] = (
                    known  # it takes that way, but not this schema
                )
            elif self.dialect == start:
                self.dialect = known
        used = dialect.uses(call.request)
        if not used <= self._taken:
            self._taken |= used
        self._longest = max(self._longest, call.request.size)

    def weighed(
        self, error: ServerError, failure: AttemptError, dialect: Dialect, call: CallInTheMaking
    ) -> AttemptError | RefusedError:
        """Classify an error: a refusal of the way of asking, or ``failure`` with its account."""
        if failure.prompt:
            return failure
        if call.fallen is not None and error.status in (None, 500, *REFUSING):
            return RefusedError(error, failure)
        following = self.following(dialect, error, call)
        if following is None and len(call.tried) > 1 and error.status in REFUSING:
            return RefusedError(error, failure)  # the end of the search: the first refusal stands
        if following is not None and error.may_refuse(
            dialect.way(call.request), *dialect.given_up(following)
        ):
            if error.status != 500 or call.fell or len(call.tried) > 1:
                return RefusedError(error, failure)
            call.fell = True  # once may be chance
        self._odd(error, failure, dialect, call)
        return failure

    def may_not_know(self, failed: EndpointError, dialect: Dialect, call: CallInTheMaking) -> bool:
        """Whether a failure may mean that the server does not know what it was asked: it has never
        answered such a question, and spoke of an error without saying whose."""
        in_a_200 = failed.kind == "malformed" and failed.said != ""
        never = not dialect.uses(call.request) <= self._taken
        return never and not failed.final and (failed.status == 500 or in_a_200)

    def refused_for_good(self, refused: RefusedError, call: CallInTheMaking) -> AttemptError:
        """The failure of a call that the server took in no way."""
        failure = refused.failure
        failure.prompt = failure.prompt or self._too_long(refused.error, call)
        return failure

    def _odd(
        self, error: ServerError, failure: AttemptError, dialect: Dialect, call: CallInTheMaking
    ) -> None:
        """A server that took this form before may take it again. If it never does while it answers
        other calls, this prompt is the matter."""
        status = error.status or 0
        refusing = status in REFUSING
        if not (refusing or 400 <= status < 500) or status in FINAL:
            return
        if not dialect.uses(call.request) <= self._taken:
            return
        if refusing and self._too_long(error, call):
            failure.prompt = True
            return
        call.odd += 1
        call.done = self._answered if call.odd == 1 else call.done
        failure.again = call.odd < ODD_REFUSALS
        failure.prompt = refusing and not failure.again and self._answered > call.done

    def _too_long(self, error: ServerError, call: CallInTheMaking) -> bool:
        """Whether it is about the length of a prompt that is longer than any that was taken."""
        longer = call.request.size > self._longest > 0
        return longer and error.may_be_of_length()
