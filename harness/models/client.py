"""A model on an OpenAI-compatible server, api.openai.com included."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from harness.errors import UsageError
from harness.models import wire
from harness.models.address import ModelAddress
from harness.models.credentials import UNSHOWN, key_for, showable
from harness.models.dialect import Asked, Dialect, without_system
from harness.models.failure import (
    AttemptError,
    EndpointError,
    attempt_error,
)
from harness.models.keys import guarded, holds_key, stands_open, withheld
from harness.models.learned import CallInTheMaking, Learned, RefusedError
from harness.models.limits import ConnectionLimit
from harness.models.patience import seconds_asked
from harness.models.refusals import ServerError, broken_off, error_inside, read_error
from harness.models.reply import INVALID, ChatMessage, ModelReply
from harness.models.retry import Effort, Retrier, RetryPolicy, timed
from harness.models.transport import Answer, Body, Transport

PROBE_PATIENCE: Final = 10.0
"""Seconds that calls wait for the first to find out how a server gives structured replies."""

LOADING: Final = 503
"""What servers answer while they load a model; until the first answer it is taken for that."""

_Ask = Callable[[Dialect], Awaitable[ModelReply]]


class ChatClient:
    """Completes chats with one model at one address; any number of calls at once.

    Structured replies are asked for by JSON schema, else by tool call, else in words alone. What
    the server can do is found out by the first call and remembered; the calls that came at the
    same time wait for it. What it took once is not given up again: a later refusal of the same is
    about something else. A server that accepts a schema and ignores it is not found out: its free
    text is the caller's to parse.

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
        stands_open(address.model)  # every answer repeats it
        self._timeout = timeout
        self._policy = retry or RetryPolicy()
        self._retrier = Retrier(address, self._policy, self.limit.counters.retried, loading=timeout)
        self._notice = notice or (lambda _: None)
        self._answered = False
        self._transport: Transport | None = None
        first = dialect or Dialect.first(openai_itself=address.is_openai_itself)
        self._learned = Learned(first, self.limit.counters)
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
        asked = Asked(
            name=schema_name,
            structured=schema is not None,
            limited=max_tokens is not None,
            seeded=seed is not None,
            briefed=bool(messages) and messages[0]["role"] == "system",
            settings=frozenset({"temperature", *(extra or ())} - {"stream", "seed"}),
        )
        call = CallInTheMaking(messages, asked)

        async def ask(dialect: Dialect) -> ModelReply:
            def body() -> Body:
                # For each attempt anew: nobody holds it while the answer is awaited.
                content = wire.request_body(
                    self.address.model,
                    messages if dialect.system else without_system(messages),
                    how=call.how(dialect),
                    schema=schema,
                    schema_name=schema_name,
                    seed=seed if dialect.seeded else None,
                    temperature=temperature,
                    max_tokens=max_tokens,
                    max_tokens_name=dialect.longest,
                    stream=dialect.streamed,
                    extra=extra,
                )
                return Body(content)

            async def attempt(effort: Effort) -> ModelReply:
                try:
                    async with self.limit.request(messages, max_tokens) as request:
                        reply = await self._send(body(), call, dialect, effort)
                        return request.answered(reply)
                except AttemptError:
                    self._probed.set()  # the others need not wait for the retries
                    raise

            return await self._retrier.call(attempt, effort)

        try:
            reply = await (self._ask_structured if schema else self._ask_best)(ask, call)
        except Exception:
            self.limit.counters.failed += 1
            raise
        self.limit.counters.answered(reply.usage)
        return reply.model_copy(update={"attempts": effort.attempts, "seconds": effort.seconds})

    @property
    def dialect(self) -> Dialect:
        """How the server is spoken to, as far as it is known."""
        return self._learned.dialect

    @property
    def notes(self) -> tuple[str, ...]:
        """What the server was found not to take, with its reason, one sentence each."""
        return self._learned.notes

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
        waited for, as long as a request may take. A key that may not list the models (403) may
        still use one: a short question tells.
        """
        self.address.refuse_beyond_loopback(self._environ)
        try:
            answer = await self._loaded()
            if answer.status == 403:
                answer = await self._request("POST", "/chat/completions", self._greeting())
        except AttemptError as failure:
            if failure.kind != "malformed":
                raise EndpointError(self.address, failure, attempts=1) from None
            return
        said = "" if answer.cut else answer.content.decode(errors="replace")
        refusal = self._failure(answer, read_error(answer.status, said))
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
        if effort.attempts > 1:  # it was waited for, and 503 no longer means that
            self._notice("")
            self._answered = True
        return answer  # at once: some list their model before they have loaded it

    def _greeting(self) -> Body:
        words: list[ChatMessage] = [{"role": "user", "content": "Say yes."}]
        unset: dict[str, Any] = dict.fromkeys(("seed", "temperature", "max_tokens", "schema"))
        model = self.address.model
        return Body(wire.request_body(model, words, how="text", schema_name="", **unset))

    def _loading_words(self) -> str:
        return f"waiting for {self.address.safe_url} to load {self.address.model} (it answers 503)"

    async def _ask_structured(self, ask: _Ask, call: CallInTheMaking) -> ModelReply:
        # Not a lock: were the server down, each waiting call would in turn spend all its retries.
        # If the first call fails without an answer, the others go ahead together.
        if self._probing:
            if not self._probed.is_set():
                # Not `wait_for`, which in Python 3.11 can lose a cancellation.
                with contextlib.suppress(TimeoutError):  # the first may hang: the others go ahead
                    async with asyncio.timeout(PROBE_PATIENCE):
                        await self._probed.wait()
            return await self._ask_best(ask, call)
        self._probing = True
        try:
            return await self._ask_best(ask, call)
        finally:
            self._probed.set()

    async def _ask_best(self, ask: _Ask, call: CallInTheMaking) -> ModelReply:
        """Ask in the best way that is known; where that is refused, in the next, until one is
        taken. Where none is, the first refusal stands, and nothing has been learned."""
        start = dialect = self._learned.best(call)
        first: RefusedError | None = None
        while True:
            call.tried.append(dialect)
            call.fell = False
            try:
                reply = await ask(dialect)
                break
            except RefusedError as refused:
                first = first or refused
                error = refused.error
            except EndpointError as failed:
                if first is None and not self._learned.may_not_know(failed, dialect, call):
                    raise
                if first is not None and failed.status != 500:
                    raise
                call.fallen = failed if first is None else None
                error = ServerError(500, call.fallen.said if call.fallen else "")
            following = self._learned.following(dialect, error, call)
            if following is None and call.fallen is not None:
                call.fallen.attempts += len(call.tried) - 1
                raise call.fallen
            if following is None:
                assert first is not None
                last = self._learned.refused_for_good(first, call)
                raise EndpointError(self.address, last, len(call.tried))
            dialect = following
        if call.fallen is not None:
            # It may have come to itself in the meantime: then nothing is given up for that.
            with contextlib.suppress(RefusedError, EndpointError):
                reply, dialect = await ask(start), start
        self._learned.took(dialect, call, start=start)
        return reply

    async def _send(
        self, body: Body, call: CallInTheMaking, dialect: Dialect, effort: Effort
    ) -> ModelReply:
        """One request. Raises ``AttemptError``, or :class:`RefusedError` for ``dialect``."""
        how = call.how(dialect)
        with timed(effort):
            answer = await self._request("POST", "/chat/completions", body)
        if not self._answered and answer.status != LOADING:
            self._answered = True
            self._notice("")
        if not 200 <= answer.status < 300:
            said = "" if answer.cut else answer.content.decode(errors="replace")
            return self._unanswered(answer, read_error(answer.status, said), call, dialect)
        media_type = answer.headers.get("content-type", "")
        if holds_key(answer.content, media_type):
            return withheld(wire.usage_in(answer.content), how)
        if answer.cut and (wire.is_json(media_type) or wire.looks_json(answer.content)):
            # The model's doing, not the server's: it is the caller who may ask again.
            return ModelReply(text="", finish_reason="length", how=how)
        payload = wire.read_json(media_type, answer.content)
        error = error_inside(payload)
        if error is not None:
            return self._unanswered(answer, error, call, dialect)
        broken = broken_off(payload)
        if broken is not None:
            broken.detail = self._shown(broken.detail, call.messages)
            raise broken
        return guarded(wire.read_reply(payload, how=how))  # a key may come in pieces

    def _unanswered(
        self, answer: Answer, error: ServerError, call: CallInTheMaking, dialect: Dialect
    ) -> ModelReply:
        """Book an error: on the way of asking, the prompt, the model or the server."""
        if error.sample is not None:  # it took the request; what the model wrote was not fit
            sample = ModelReply(text=error.sample, finish_reason=INVALID, how=call.how(dialect))
            return guarded(sample)
        failure = self._failure(answer, error, call.messages)
        if failure.loading:
            self._notice(self._loading_words())
        error = replace(error, shown=failure.detail)
        raise self._learned.weighed(error, failure, dialect, call)

    async def _request(self, method: str, path: str, body: Body | None = None) -> Answer:
        import httpx2

        if self._transport is None:
            self._transport = Transport(self.address, self._key, self.limit.max_connections)
        try:
            async with asyncio.timeout(self._timeout):
                return await self._transport.send(method, path, body)
        except (httpx2.HTTPError, OSError) as error:
            failure = attempt_error(error)
            if failure.kind == "malformed":  # the library says what is wrong with the answer
                failure.detail = self._shown(" ".join(str(error).split())[:200], ())
            raise failure.through(self._transport.proxy) from None

    def _failure(
        self, answer: Answer, error: ServerError, messages: Sequence[ChatMessage] = ()
    ) -> AttemptError:
        failure = AttemptError(
            "malformed" if error.status is None else "status",
            status=error.status,
            retry_after=seconds_asked(answer.headers, error.status),
            detail=self._shown(error.message, messages),
            prompt=error.of_prompt(),
            loading=answer.status == LOADING and not self._answered,
        )
        if holds_key(answer.content):
            failure.detail = UNSHOWN
        else:
            failure.said = error.status is None and error.spoken
            failure.fix = error.advice()
        return failure.through(None if self._transport is None else self._transport.proxy)

    def _shown(self, words: str, messages: Sequence[ChatMessage]) -> str:
        prompt = [message["content"] for message in messages]
        return showable(words, keys=[self._key], prompt=prompt)
