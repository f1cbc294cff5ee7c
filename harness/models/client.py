"""A model on an OpenAI-compatible server, api.openai.com included."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from harness.errors import UsageError
from harness.models import wire
from harness.models.address import ModelAddress
from harness.models.credentials import UNSHOWN, key_for, showable
from harness.models.dialect import Dialect
from harness.models.failure import (
    AttemptError,
    EndpointError,
    attempt_error,
)
from harness.models.keys import holds_key, withheld
from harness.models.limits import ConnectionLimit
from harness.models.patience import seconds_asked
from harness.models.reply import ChatMessage, How, ModelReply
from harness.models.retry import Effort, Retrier, RetryPolicy, timed
from harness.models.transport import Answer, Body, Transport

PROBE_PATIENCE: Final = 10.0
"""Seconds that calls wait for the first to find out how a server gives structured replies."""

LOADING: Final = 503
"""What servers answer while they load a model; until the first answer it is taken for that."""

_Ask = Callable[[Dialect], Awaitable[ModelReply]]


class _RefusedError(Exception):
    """The server cannot do what was asked of it this way; ``following`` is what to try next."""

    def __init__(self, following: Dialect, failure: AttemptError) -> None:
        super().__init__(failure.kind)
        self.following = following
        self.failure = failure


class ChatClient:
    """Completes chats with one model at one address; any number of calls at once.

    Structured replies are asked for by JSON schema, else by tool call, else in words alone. What
    the server can do is found out by the first call and remembered; the calls that came at the
    same time wait for it. A server that accepts a schema and ignores it is not found out: its
    free text is the caller's to parse.

    Belongs to the event loop it is first used in. Close it with :meth:`aclose` or ``async with``.

    Args:
        address: Of an OpenAI-compatible server.
        limit: Shared by everything that talks to this endpoint.
        retry: What a failed request is worth.
        timeout: Seconds one request may take from being sent to its last byte.
        environ: Where the keys are; None for the process's environment.
        key: The variable that holds this endpoint's key; None for the usual one.
        dialect: What is tried first; None for what most servers take.
        notice: Told what is being waited for, in words; an empty text when that is over.

    Raises:
        ModelError: The key is missing, or ``TRACK15_LOOPBACK_ONLY`` forbids the address.
    """

    def __init__(
        self,
        address: ModelAddress,
        *,
        limit: ConnectionLimit | None = None,
        retry: RetryPolicy | None = None,
        timeout: float = 120.0,
        environ: Mapping[str, str] | None = None,
        key: str | None = None,
        dialect: Dialect | None = None,
        notice: Callable[[str], None] | None = None,
    ) -> None:
        if not address.speaks_openai:
            raise UsageError(f"{address} is not an OpenAI-compatible address")
        address.refuse_beyond_loopback(environ)
        self.address = address
        self.limit = limit or ConnectionLimit(16)
        self._environ = environ
        self._key = key_for(address, environ, variable=key)
        self._timeout = timeout
        self._policy = retry or RetryPolicy()
        self._retrier = Retrier(address, self._policy, self.limit.counters.retried, loading=timeout)
        self._notice = notice or (lambda _: None)
        self._answered = False
        self._transport: Transport | None = None
        self._dialect = dialect or Dialect.first(openai_itself=address.is_openai_itself)
        self._probing = False
        self._probed = asyncio.Event()

    async def __aenter__(self) -> ChatClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections; a later call opens new ones."""
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.aclose()

    async def complete(
        self,
        messages: Sequence[ChatMessage],
        *,
        schema: dict[str, Any] | None = None,
        schema_name: str = "reply",
        seed: int | None = None,
        temperature: float | None = None,
        max_tokens: int | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> ModelReply:
        """See :meth:`harness.models.chat.Chat.complete`."""
        self.address.refuse_beyond_loopback(self._environ)
        effort = Effort()

        async def ask(dialect: Dialect) -> ModelReply:
            how: How = "text" if schema is None else dialect.how

            def body() -> Body:
                # For each attempt anew: nobody holds it while the answer is awaited.
                content = wire.request_body(
                    self.address.model,
                    messages,
                    how=how,
                    schema=schema,
                    schema_name=schema_name,
                    seed=seed if dialect.seeded else None,
                    temperature=temperature,
                    max_tokens=max_tokens,
                    max_tokens_name=dialect.longest,
                    extra=extra,
                )
                return Body(content)

            async def attempt(effort: Effort) -> ModelReply:
                try:
                    async with self.limit.request(messages, max_tokens) as request:
                        reply = await self._send(body(), messages, dialect, how, effort)
                        return request.answered(reply)
                except AttemptError:
                    self._probed.set()  # the others need not wait for the retries
                    raise

            return await self._retrier.call(attempt, effort)

        try:
            reply = await (self._ask_best(ask) if schema is None else self._ask_structured(ask))
        except Exception:
            self.limit.counters.failed += 1
            raise
        self.limit.counters.answered(reply.usage)
        return reply.model_copy(update={"attempts": effort.attempts, "seconds": effort.seconds})

    @property
    def dialect(self) -> Dialect:
        """How the server is spoken to, as far as it is known."""
        return self._dialect

    async def models(self) -> tuple[str, ...] | None:
        """Names of the models that the server lists; None where it lists none.

        Raises:
            AttemptError: It cannot be reached.
        """
        answer = await self._request("GET", "/models")
        if answer.status != 200:
            return None
        with contextlib.suppress(AttemptError):
            listed = wire.read_json(answer.headers.get("content-type", ""), answer.content)
            names = wire.model_names(listed)
            return names and tuple(name for name in names if not holds_key(name))
        return None

    async def check(self) -> None:
        """See :meth:`harness.models.chat.Chat.check`.

        Asks for the list of models. A server that has none, or has trouble of its own, passes:
        only what no later call could survive is an error. One that has yet to load its model is
        waited for, as long as a request may take.
        """
        self.address.refuse_beyond_loopback(self._environ)
        try:
            answer = await self._loaded()
        except AttemptError as failure:
            if failure.kind != "malformed":
                raise EndpointError(self.address, failure, attempts=1) from None
            return
        refusal = self._failure(answer, ())
        if answer.status in (401, 403) or refusal.kind == "proxy":
            raise EndpointError(self.address, refusal, attempts=1)

    async def _loaded(self) -> Answer:
        """The list of models, once the server has more to say than that it is not ready."""
        effort, policy = Effort(), self._policy
        while True:
            with timed(effort):
                answer = await self._request("GET", "/models")
            left = self._timeout - effort.seconds
            if answer.status != LOADING or self._answered or left <= 0:
                break
            self._notice(self._loading_words())
            asked = seconds_asked(answer.headers, answer.status)
            wait = min(policy.waiting(effort.attempts, asked, left, 0.5), policy.loading_wait)
            effort.idle += wait
            await policy.sleep(wait)
        if effort.attempts > 1:
            self._notice("")
        self._answered = True  # or it was waited for, and 503 no longer means that
        return answer

    def _loading_words(self) -> str:
        return f"waiting for {self.address.safe_url} to load {self.address.model} (it answers 503)"

    async def _ask_structured(self, ask: _Ask) -> ModelReply:
        # Not a lock: were the server down, each waiting call would in turn spend all its retries.
        # If the first call fails without an answer, the others go ahead together.
        if self._probing:
            if not self._probed.is_set():
                # Not `wait_for`, which in Python 3.11 can lose a cancellation.
                with contextlib.suppress(TimeoutError):  # the first may hang: the others go ahead
                    async with asyncio.timeout(PROBE_PATIENCE):
                        await self._probed.wait()
            return await self._ask_best(ask)
        self._probing = True
        try:
            return await self._ask_best(ask)
        finally:
            self._probed.set()

    async def _ask_best(self, ask: _Ask) -> ModelReply:
        tried: set[Dialect] = set()
        while True:
            dialect = self._dialect
            tried.add(dialect)
            try:
                return await ask(dialect)
            except _RefusedError as refused:
                if self._dialect == dialect:  # else another call has learned more meanwhile
                    self._dialect = refused.following
                failure = refused.failure
            if self._dialect in tried:  # it takes back what it asked for
                raise EndpointError(self.address, failure, len(tried))

    async def _send(
        self,
        body: Body,
        messages: Sequence[ChatMessage],
        dialect: Dialect,
        how: How,
        effort: Effort,
    ) -> ModelReply:
        """One request. Raises ``AttemptError``, or :class:`_RefusedError` for ``dialect``."""
        with timed(effort):
            answer = await self._request("POST", "/chat/completions", body)
        if not self._answered and answer.status != LOADING:
            self._answered = True
            self._notice("")
        if not 200 <= answer.status < 300:
            failure = self._failure(answer, messages)
            if failure.loading:
                self._notice(self._loading_words())
            said = answer.content.decode(errors="replace")
            following = dialect.after(answer.status, said, how=how)
            if following is not None:
                raise _RefusedError(following, failure)
            raise failure
        media_type = answer.headers.get("content-type", "")
        if holds_key(answer.content, media_type):
            return withheld(wire.usage_in(answer.content), how)
        if answer.cut and wire.is_json(media_type):
            # The model's doing, not the server's: it is the caller who may ask again.
            return ModelReply(text="", finish_reason="length", how=how)
        payload = wire.read_json(media_type, answer.content)
        return wire.read_reply(payload, how=how)

    async def _request(self, method: str, path: str, body: Body | None = None) -> Answer:
        import httpx2

        if self._transport is None:
            self._transport = Transport(self.address, self._key, self.limit.max_connections)
        try:
            async with asyncio.timeout(self._timeout):
                return await self._transport.send(method, path, body)
        except (httpx2.HTTPError, OSError) as error:
            raise attempt_error(error).through(self._transport.proxy) from None

    def _failure(self, answer: Answer, messages: Sequence[ChatMessage]) -> AttemptError:
        said = answer.content.decode(errors="replace")
        prompt = [message["content"] for message in messages]
        words = "" if answer.cut else wire.error_words(said)
        detail = showable(words, keys=[self._key], prompt=prompt)
        if holds_key(said):
            detail = UNSHOWN
        return AttemptError(
            "status",
            status=answer.status,
            retry_after=seconds_asked(answer.headers, answer.status),
            detail=detail,
            prompt=wire.refuses_prompt(answer.status, said),
            loading=answer.status == LOADING and not self._answered,
        ).through(None if self._transport is None else self._transport.proxy)
