"""A model on an OpenAI-compatible server, api.openai.com included."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from tenacity import AsyncRetrying, RetryCallState, retry_if_result

from harness.errors import UsageError
from harness.models.address import ModelAddress
from harness.models.credentials import UNSHOWN, key_for, showable
from harness.models.failure import AttemptError, EndpointError, attempt_error
from harness.models.identity import PATIENCE, Identity, Replies, Said, identify
from harness.models.keys import holds_key, stands_open, withheld
from harness.models.limits.deadlines import seconds_asked
from harness.models.limits.retry import Effort, RetryPolicy, timed
from harness.models.provider import Ask, Provider
from harness.models.providers.openai_compatible import wire
from harness.models.providers.openai_compatible.capabilities import (
    CallInTheMaking,
    Capabilities,
    RefusedError,
)
from harness.models.providers.openai_compatible.dialect import Dialect
from harness.models.providers.openai_compatible.transport import Answer, Body, Transport
from harness.models.refusals import ServerError, broken_off, error_inside, read_error
from harness.models.reply import INVALID, ModelReply
from harness.models.request import Request

PROBE_PATIENCE: Final = 10.0
"""Seconds that calls wait for the first to find out how a server gives structured replies."""

LOADING: Final = 503
"""What servers answer while they load a model; until the first answer it is taken for that."""

_AskIn = Callable[[Dialect], Awaitable[ModelReply]]


class OpenAIProvider(Provider):
    """One model at an address that speaks OpenAI's protocol.

    Structured replies are asked for by JSON schema, else by tool call, else in words alone. What
    the server can do is found out by the first call and remembered; the calls that came at the
    same time wait for it. What it took once is not given up again: a later refusal of the same is
    about something else. A server that accepts a schema and ignores it is not found out: its free
    text is the caller's to parse.

    Belongs to the event loop it is first used in.

    Args:
        address: Of an OpenAI-compatible server.
        max_connections: Requests at once.
        retry: How long to wait for a server that has yet to load its model.
        timeout: Seconds that looking for the server may take, and each request for it.
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
        max_connections: int = 16,
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
        self._address = address
        self._max_connections = max_connections
        self._environ = environ
        self._key = key_for(address, environ, variable=key)
        stands_open(address.model)  # every answer repeats it
        self._timeout = timeout
        self._policy = retry or RetryPolicy()
        self._notice = notice or (lambda _: None)
        self._answered = False
        self._listed: Answer | None = None
        self._replies = Replies()
        self._transport: Transport | None = None
        first = dialect or Dialect.first(openai_itself=address.is_openai_itself)
        self._learned = Capabilities(first)
        self._probing = False
        self._probed = asyncio.Event()

    async def aclose(self) -> None:
        """Close the connections; a later call opens new ones."""
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.aclose()

    async def send(self, request: Request) -> ModelReply:
        """See :class:`Provider`. Asks in the best way that is known, and in no other."""
        call = CallInTheMaking(request)
        try:
            return await self._send(call, self._learned.best(call))
        except RefusedError as refused:
            failure = refused.failure
        raise failure

    async def answer(self, request: Request, ask: Ask) -> ModelReply:
        """See :class:`Provider`. Asks in other ways where one is refused."""
        self._address.refuse_beyond_loopback(self._environ)
        call = CallInTheMaking(request)

        async def ask_in(dialect: Dialect) -> ModelReply:
            async def send(_: object) -> ModelReply:
                try:
                    return await self._send(call, dialect)
                except RefusedError:
                    raise
                except BaseException:  # a time-out comes as a cancellation
                    self._probed.set()  # the others need not wait for the retries
                    raise

            return await ask(send)

        return await (self._ask_structured if request.schema else self._ask_best)(ask_in, call)

    @property
    def dialect(self) -> Dialect:
        """How the server is spoken to, as far as it is known."""
        return self._learned.dialect

    @property
    def notes(self) -> tuple[str, ...]:
        """What the server was found not to take, with its reason, one sentence each."""
        return self._learned.notes

    @property
    def said(self) -> Said:
        """See :attr:`Provider.said`."""
        return self._replies.said

    async def identity(self) -> Identity | None:
        """See :meth:`Provider.identity`. Asks once more at most than :meth:`check` has asked."""
        listed, self._listed = self._listed or await self._look("GET", "/models"), None

        async def further(path: str) -> object:
            with contextlib.suppress(AttemptError, TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    return wire.page(await self._look("GET", path, root=True))
            return None

        return await identify(self._address, wire.page(listed), further)

    async def models(self) -> tuple[str, ...] | None:
        """Names of the models that the server lists; None where it lists none.

        Raises:
            AttemptError: It cannot be reached.
        """
        names = wire.model_names(wire.page(await self._look("GET", "/models")))
        return names and tuple(name for name in names if not holds_key(name))

    async def check(self) -> None:
        """See :meth:`Provider.check`.

        Asks for the list of models. A server that has none, or has trouble of its own, passes:
        only what no later call could survive is an error. One that has yet to load its model is
        waited for, as long as a request may take. A key that may not list the models (403) may
        still use one: a short question tells.
        """
        self._address.refuse_beyond_loopback(self._environ)
        try:
            answer = self._listed = await self._loaded()
            if answer.status == 403:
                answer = await self._look("POST", "/chat/completions", self._greeting())
        except AttemptError as failure:
            if failure.kind != "malformed":
                raise
            return
        said = "" if answer.cut else answer.content.decode(errors="replace")
        refusal = self._failure(answer, read_error(answer.status, said))
        if answer.status in (401, 403) or refusal.kind == "proxy":
            raise refusal

    async def _loaded(self) -> Answer:
        """The list of models, once the server has more to say than that it is not ready."""
        effort, policy = Effort(), self._policy

        async def look() -> Answer:
            with timed(effort):
                return await self._look("GET", "/models")

        def wait(state: RetryCallState) -> float:
            answer = _outcome(state)
            asked, left = (
                seconds_asked(answer.headers, answer.status),
                self._timeout - effort.seconds,
            )
            return min(policy.waiting(state.attempt_number, asked, left, 0.5), policy.loading_wait)

        def say(state: RetryCallState) -> None:
            self._notice(self._loading_words())
            effort.idle += state.upcoming_sleep

        retrying = AsyncRetrying(
            retry=retry_if_result(lambda answer: answer.status == LOADING and not self._answered),
            stop=lambda _: effort.seconds >= self._timeout,
            wait=wait,
            before_sleep=say,
            sleep=policy.sleep,
            retry_error_callback=_outcome,
        )
        answer: Answer = await retrying(look)
        if effort.attempts > 1:  # it was waited for, and 503 no longer means that
            self._notice("")
            self._answered = True
        return answer  # at once: some list their model before they have loaded it

    def _greeting(self) -> Body:
        words = Request([{"role": "user", "content": "Say yes."}])
        return Body(wire.request_body(self._address.model, words, how="text"))

    def _loading_words(self) -> str:
        return (
            f"waiting for {self._address.safe_url} to load {self._address.model} (it answers 503)"
        )

    async def _ask_structured(self, ask_in: _AskIn, call: CallInTheMaking) -> ModelReply:
        # Not a lock: were the server down, each waiting call would in turn spend all its retries.
        # If the first call fails without an answer, the others go ahead together.
        if self._probing:
            if not self._probed.is_set():
                # Not `wait_for`, which in Python 3.11 can lose a cancellation.
                with contextlib.suppress(TimeoutError):  # the first may hang: the others go ahead
                    async with asyncio.timeout(PROBE_PATIENCE):
                        await self._probed.wait()
            return await self._ask_best(ask_in, call)
        self._probing = True
        try:
            return await self._ask_best(ask_in, call)
        finally:
            self._probed.set()

    async def _ask_best(self, ask_in: _AskIn, call: CallInTheMaking) -> ModelReply:
        """Ask in the best way that is known; where that is refused, in the next, until one is
        taken. Where none is, the first refusal stands, and nothing has been learned."""
        start = dialect = self._learned.best(call)
        first: RefusedError | None = None
        while True:
            call.tried.append(dialect)
            call.fell = False
            try:
                reply = await ask_in(dialect)
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
                raise EndpointError(self._address, last, len(call.tried))
            dialect = following
        if call.fallen is not None:
            # It may have come to itself in the meantime: then nothing is given up for that.
            with contextlib.suppress(RefusedError, EndpointError):
                reply, dialect = await ask_in(start), start
        self._learned.took(dialect, call, start=start)
        return reply

    async def _send(self, call: CallInTheMaking, dialect: Dialect) -> ModelReply:
        """One request. Raises ``AttemptError``, or :class:`RefusedError` for ``dialect``."""
        how = dialect.way(call.request)
        # Nobody holds the body while the answer is awaited: it is made for each attempt anew.
        answer = await self._request("POST", "/chat/completions", self._body(call.request, dialect))
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
            broken.detail = self._shown(broken.detail, call.request)
            raise broken
        self._replies.note(payload)
        return wire.read_reply(payload, how=how)

    def _body(self, request: Request, dialect: Dialect) -> Body:
        """What is sent, as the server is spoken to."""
        if not dialect.system:
            request = request.without_system()
        if not dialect.seeded and request.seed is not None:
            request = replace(request, seed=None)
        content = wire.request_body(
            self._address.model,
            request,
            how=dialect.way(request),
            max_tokens_name=dialect.longest,
            stream=dialect.streamed,
        )
        return Body(content)

    def _unanswered(
        self, answer: Answer, error: ServerError, call: CallInTheMaking, dialect: Dialect
    ) -> ModelReply:
        """Book an error: on the way of asking, the prompt, the model or the server."""
        if error.sample is not None:  # it took the request; what the model wrote was not fit
            how = dialect.way(call.request)
            return ModelReply(text=error.sample, finish_reason=INVALID, how=how)
        failure = self._failure(answer, error, call.request)
        if failure.loading:
            self._notice(self._loading_words())
        error = replace(error, shown=failure.detail)
        raise self._learned.weighed(error, failure, dialect, call)

    async def _look(
        self, method: str, path: str, body: Body | None = None, *, root: bool = False
    ) -> Answer:
        """A request outside any call, which nobody else keeps the time of."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._request(method, path, body, root=root)
        except TimeoutError:
            late = AttemptError("timeout")
        raise late.through(None if self._transport is None else self._transport.proxy)

    async def _request(
        self, method: str, path: str, body: Body | None = None, *, root: bool = False
    ) -> Answer:
        import httpx2

        if self._transport is None:
            self._transport = Transport(self._address, self._key, self._max_connections)
        try:
            if root:
                return await self._transport.page(path)
            return await self._transport.send(method, path, body)
        except (httpx2.HTTPError, OSError) as error:
            failure = attempt_error(error)
            if failure.kind == "malformed":  # the library says what is wrong with the answer
                failure.detail = self._shown(" ".join(str(error).split())[:200])
            raise failure.through(self._transport.proxy) from None

    def _failure(
        self, answer: Answer, error: ServerError, request: Request | None = None
    ) -> AttemptError:
        failure = AttemptError(
            "malformed" if error.status is None else "status",
            status=error.status,
            retry_after=seconds_asked(answer.headers, error.status),
            detail=self._shown(error.message, request),
            prompt=error.of_prompt(),
            loading=answer.status == LOADING and not self._answered,
        )
        if holds_key(answer.content):
            failure.detail = UNSHOWN
        else:
            failure.said = error.status is None and error.spoken
            failure.fix = error.advice()
        return failure.through(None if self._transport is None else self._transport.proxy)

    def _shown(self, words: str, request: Request | None = None) -> str:
        prompt = [] if request is None else request.texts
        return showable(words, keys=[self._key], prompt=prompt)


def _outcome(state: RetryCallState) -> Answer:
    """The last answer of a server that is asked again and again."""
    assert state.outcome is not None
    answer: Answer = state.outcome.result()
    return answer
