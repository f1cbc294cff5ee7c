"""A model on an OpenAI-compatible server, api.openai.com included."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from harness.errors import UsageError
from harness.models import wire
from harness.models.address import ModelAddress
from harness.models.credentials import key_for, showable
from harness.models.failure import EndpointError, attempt_error
from harness.models.limits import ConnectionLimit
from harness.models.reply import ChatMessage, How, ModelReply
from harness.models.retry import Effort, Retrier, RetryPolicy, timed

if TYPE_CHECKING:
    import openai


_Ask = Callable[[How], Awaitable[ModelReply]]


class _RefusedError(Exception):
    """The server cannot do what was asked of it this way."""


class ChatClient:
    """Completes chats with one model at one address; any number of calls at once.

    Structured replies are asked for by JSON schema, else by tool call, else in words alone. What
    the server can do is found out by the first call and remembered; the calls that came at the
    same time wait for it. A server that accepts a schema and ignores it is not found out: its
    free text is the caller's to parse.

    Belongs to the event loop it is first used in. Close it with :meth:`aclose` or ``async with``.

    Args:
        address: Of provider ``openai``.
        limit: Shared by everything that talks to this endpoint.
        retry: What a failed request is worth.
        timeout: Seconds one request may take from being sent to its last byte.
        environ: Where the keys are; None for the process's environment.

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
    ) -> None:
        if address.provider != "openai":
            raise UsageError(f"{address} is not an OpenAI-compatible address")
        address.refuse_beyond_loopback(environ)
        self.address = address
        self.limit = limit or ConnectionLimit(16)
        self._environ = environ
        self._key = key_for(address, environ)
        self._timeout = timeout
        self._retrier = Retrier(address, retry or RetryPolicy(), self.limit.counters.retried)
        self._sdk: openai.AsyncOpenAI | None = None
        self._best: How = wire.METHODS[0]
        self._probing = False
        self._probed = asyncio.Event()

    async def __aenter__(self) -> ChatClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections; a later call opens new ones."""
        sdk, self._sdk = self._sdk, None
        if sdk is not None:
            await sdk.close()

    async def complete(
        self,
        messages: Sequence[ChatMessage],
        *,
        schema: dict[str, Any] | None = None,
        schema_name: str = "reply",
        seed: int | None = None,
        temperature: float | None = None,
        max_tokens: int | None = None,
    ) -> ModelReply:
        """See :meth:`harness.models.chat.Chat.complete`."""
        self.address.refuse_beyond_loopback(self._environ)
        effort = Effort()

        async def ask(how: How) -> ModelReply:
            body = wire.request_body(
                self.address.model,
                messages,
                how=how,
                schema=schema,
                schema_name=schema_name,
                seed=seed,
                temperature=temperature,
                max_tokens=max_tokens,
                # OpenAI's reasoning models refuse the old name; other servers may not know the new.
                max_tokens_name="max_completion_tokens"
                if self.address.is_openai_itself
                else "max_tokens",
            )

            async def attempt(effort: Effort) -> ModelReply:
                return await self._send(body, how, effort)

            return await self._retrier.call(attempt, effort)

        try:
            reply = await (ask("text") if schema is None else self._ask_structured(ask))
        except Exception:
            self.limit.counters.failed += 1
            raise
        self.limit.counters.answered(reply.usage)
        return reply.model_copy(update={"attempts": effort.attempts, "seconds": effort.seconds})

    async def check(self) -> None:
        """See :meth:`harness.models.chat.Chat.check`.

        Asks for the list of models. A server that has none, or has trouble of its own, passes:
        only what no later call could survive is an error.
        """
        import httpx2
        import openai

        self.address.refuse_beyond_loopback(self._environ)
        try:
            async with asyncio.timeout(self._timeout):
                await self._open().get(
                    "/models", cast_to=httpx2.Response, options={"follow_redirects": False}
                )
        except openai.APIStatusError as error:
            if error.status_code in (401, 403):
                raise EndpointError(self.address, attempt_error(error), attempts=1) from None
        except (openai.APIError, httpx2.HTTPError, OSError) as error:
            failure = attempt_error(error)
            if failure.kind in ("refused", "unknown host", "tls", "timeout", "connection"):
                raise EndpointError(self.address, failure, attempts=1) from None

    async def _ask_structured(self, ask: _Ask) -> ModelReply:
        # Not a lock: were the server down, each waiting call would in turn spend all its retries.
        # If the first call fails without an answer, the others go ahead together.
        if self._probing:
            await self._probed.wait()
            return await self._ask_best(ask)
        self._probing = True
        try:
            return await self._ask_best(ask)
        finally:
            self._probed.set()

    async def _ask_best(self, ask: _Ask) -> ModelReply:
        while True:
            how = self._best
            try:
                return await ask(how)
            except _RefusedError:
                following = wire.METHODS[wire.METHODS.index(how) + 1]
                # Another call may have learned more meanwhile.
                self._best = max(self._best, following, key=wire.METHODS.index)

    async def _send(self, body: dict[str, Any], how: How, effort: Effort) -> ModelReply:
        """One request. Raises ``AttemptError``, or :class:`_RefusedError` for ``how``."""
        import httpx2
        import openai

        async with self.limit.slot():
            with timed(effort):
                try:
                    async with asyncio.timeout(self._timeout):
                        response = await self._open().post(
                            "/chat/completions",
                            cast_to=httpx2.Response,
                            body=body,
                            options={"follow_redirects": False},
                        )
                except openai.APIStatusError as error:
                    raise self._failure(error, body, how) from None
                except (openai.APIError, httpx2.HTTPError, OSError) as error:
                    raise attempt_error(error) from None
        payload = wire.read_json(response.headers.get("content-type", ""), response.content)
        return wire.read_reply(payload, how=how)

    def _failure(self, error: openai.APIStatusError, body: dict[str, Any], how: How) -> Exception:
        said = error.response.text
        if wire.refuses(how, error.status_code, said):
            return _RefusedError()
        prompt = [str(message["content"]) for message in body["messages"]]
        detail = showable(wire.error_text(error.body), keys=[self._key], prompt=prompt)
        failure = attempt_error(error, detail=detail)
        failure.prompt = wire.refuses_prompt(error.status_code, said)
        return failure

    def _open(self) -> openai.AsyncOpenAI:
        if self._sdk is None:
            from harness.models.transport import open_sdk_client

            self._sdk = open_sdk_client(self.address, self._key, self.limit.max_connections)
        return self._sdk
