"""The dialect of an OpenAI-compatible server: learned from its refusals, and remembered.

Servers agree on the protocol only in outline. They differ in how a structured reply is asked for,
in the name of the limit on a reply's length, and in whether they accept a seed, a system role or a
request without streaming. No documentation of the server can be consulted at run time.

What a server says in a refusal only orders what is tried next. What it accepts is remembered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from harness.models.providers.openai_compatible import wire
from harness.models.refusals import ServerError
from harness.models.reply import How
from harness.models.request import Request

OLD_NAME: Final = "max_tokens"
NEW_NAME: Final = "max_completion_tokens"
TITLES: Final[dict[How, str]] = {"schema": "JSON schema", "tool": "tool call", "text": "words"}
SEED: Final = "the seed"
SYSTEM: Final = "the system role"
WHOLE: Final = "an answer in one piece"
"""What may be refused, as the sentences of :attr:`Dialect.why` begin."""
_INSTEAD: Final[dict[How, str]] = {"tool": "by tool call", "text": "in words"}
LONGEST_REASON: Final = 160
"""Characters of a server's reason that are shown."""


@dataclass(frozen=True)
class Dialect:
    """How a server is spoken to.

    Attributes:
        how: The best way of asking for JSON that it takes.
        longest: What it calls the longest reply.
        seeded: Whether it takes a seed.
        system: Whether it takes a system role; else the briefing goes into the first user message.
        streamed: Whether the answer is asked for in pieces.
        why: What was given up, and the server's reason, one sentence each.
    """

    how: How = wire.METHODS[0]
    longest: str = OLD_NAME
    seeded: bool = True
    system: bool = True
    streamed: bool = False
    why: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def first(cls, *, openai_itself: bool) -> Dialect:
        """What is tried first. OpenAI's reasoning models refuse the old name of the longest reply;
        other servers may not know the new one."""
        return cls(longest=NEW_NAME if openai_itself else OLD_NAME)

    def way(self, request: Request) -> How:
        """How its reply is asked for."""
        return "text" if request.schema is None else self.how

    def uses(self, request: Request) -> frozenset[str]:
        """The features that a request makes use of: what it shows the server to take."""
        used = {f"{self.way(request)} {request.schema_name}"}
        if request.max_tokens is not None:
            used.add(self.longest)
        if request.seed is not None and self.seeded:
            used.add("seed")
        if request.briefed and self.system:
            used.add("system")
        if not self.streamed:
            used.add("whole")
        return frozenset(used)

    def given_up(self, following: Dialect) -> tuple[str, ...]:
        """What ``following`` does without, beside the way of asking."""
        roles = ("system",) if self.system and not following.system else ()
        return (*roles, "stream") if following.streamed and not self.streamed else roles

    def after(
        self,
        error: ServerError,
        request: Request,
        *,
        taken: Collection[str] = (),
        tried: Collection[Dialect] = (),
    ) -> Dialect | None:
        """What to try after a refusal; None where nothing is left, or the error is about what
        nobody may change.

        Args:
            error: What the server said.
            request: What was asked of it.
            taken: Features that it has taken before: they are not given up.
            tried: What was tried for this call already.
        """
        if error.param.split(".")[0] in _settings(request):
            return None
        untried = (d for d in self._guesses(error, request, taken) if d not in tried)
        return next(untried, None)

    def _guesses(
        self, error: ServerError, request: Request, taken: Collection[str]
    ) -> Iterator[Dialect]:
        """What may be meant, the likeliest first."""
        reason = error.message if error.shown is None else error.shown
        said = f": {shortened(reason)}" if reason else f" ({error.status})"

        def giving_up(what: str, **changes: object) -> Dialect:
            return replace(self, why=(*self.why, f"{what}{said}"), **changes)  # type: ignore[arg-type]

        # A setting is given up only by its name: without it the talks would be others.
        limited = request.max_tokens is not None
        if limited and self.longest not in taken and error.does_not_know(self.longest):
            other = NEW_NAME if self.longest == OLD_NAME else OLD_NAME
            yield giving_up(f"{self.longest} was refused, {other} is sent", longest=other)
        seedless = giving_up(f"{SEED} was refused, and is left out", seeded=False)
        may_drop = request.seed is not None and self.seeded and "seed" not in taken
        if may_drop and (error.does_not_know("seed") or error.param.split(".")[-1] == "seed"):
            yield seedless
        merged = giving_up(
            f"{SYSTEM} was refused, so the briefing is in the first message of the user",
            system=False,
        )
        may_merge = request.briefed and self.system and "system" not in taken
        if may_merge and error.names("system"):
            yield merged
        if not self.streamed and "whole" not in taken and error.names("stream"):
            yield giving_up(f"{WHOLE} was refused, so it is asked for in pieces", streamed=True)
        how, structured = self.way(request), request.schema is not None
        if how != "text" and f"{how} {request.schema_name}" not in taken:
            following = wire.METHODS[wire.METHODS.index(how) + 1]
            instead = f"so it is asked for {_INSTEAD[following]}"
            yield giving_up(
                f"{TITLES[how]} was refused for {request.schema_name!r}, {instead}", how=following
            )
        elif may_merge and structured:
            yield merged  # not the way of asking, then: perhaps the role
        if may_drop and structured:
            yield seedless  # the last that the talks can do without

    def learned(self, start: Dialect) -> Dialect:
        """What is known after this was taken and ``start`` was not.

        Where the system role or the seed was given up in the end, it may have been the matter all
        along: what was given up before is to be tried again without it.
        """
        if start.seeded and self.why and self.why[-1].startswith(SEED):
            return replace(self, how=start.how, system=start.system, why=self.why[-1:])
        if start.system and not self.system and self.how != start.how:
            kept = [words for words in self.why if not words.startswith(tuple(TITLES.values()))]
            return replace(self, how=start.how, why=tuple(kept))
        return self


def _settings(request: Request) -> frozenset[str]:
    """Names of the settings that must not be changed: the temperature, further fields."""
    return frozenset({"temperature", *(request.extra or ())} - {"stream", "seed"})


def shortened(reason: str) -> str:
    """The beginning of a server's reason, to the end of a word, with a sign that there is more."""
    if len(reason) <= LONGEST_REASON:
        return reason
    whole = reason[:LONGEST_REASON]
    return f"{whole.rpartition(' ')[0] or whole} …"
