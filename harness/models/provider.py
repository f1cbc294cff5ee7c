"""How a model is reached: what the author of a provider writes.

A provider sends a :class:`~harness.models.request.Request` and gives back a
:class:`~harness.models.reply.ModelReply`. Everything else stands once around it, in
:class:`~harness.models.endpoint.Endpoint`: how many requests go out at once and how many a minute,
what the run may spend, the time a request may take, retries, counting, and looking through replies
for keys. So this is a whole provider::

    class Echo(Provider):
        async def send(self, request: Request) -> ModelReply:
            said = request.messages[-1]["content"]
            return ModelReply(text=said, finish_reason="stop", usage=Usage(completion=len(said)))
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from harness.models.identity import Identity, Said
from harness.models.reply import ModelReply
from harness.models.request import Request

if TYPE_CHECKING:
    from harness.models.limits.admission import Slot

Send = Callable[["Slot"], Awaitable[ModelReply]]
"""Sends one request in the place that it was given among those of its endpoint."""
Ask = Callable[[Send], Awaitable[ModelReply]]
"""Sends within the limits, again and again while that is worth it; raises ``EndpointError``."""


class Provider:
    """A way to one model. A subclass writes :meth:`send`, and the rest where it has need of it.

    It takes its key from the environment and sends it nowhere else. Many calls run at once.
    """

    async def send(self, request: Request) -> ModelReply:
        """Send one request, once, and read what comes back.

        A refusal, an empty reply and one that was cut off are facts, and so are replies. What the
        server did not count is None in ``usage``. ``attempts`` and ``seconds`` are filled in
        around this. It is cancelled when it has taken the time that a request may take.

        Raises:
            AttemptError: There is no reply. Its kind and status say whether the same request is
                sent again; :func:`~harness.models.failure.attempt_error` reads both from what an
                SDK or an HTTP library raised. Its ``detail`` is shown: it may hold neither a key
                nor a prompt.
            ModelError: No request can be sent at all.
        """
        raise NotImplementedError

    async def answer(self, request: Request, ask: Ask) -> ModelReply:
        """All of one call. Most providers leave this as it is.

        It is for one that may have to ask in several ways until one is taken, or that books by
        itself what a request took: ``ask`` may be called several times, and hands out the slot.

        Args:
            ask: Has a function send the request, with limits, retries and counting.
        """
        return await ask(lambda _: self.send(request))

    async def check(self) -> None:
        """Find out before anything is played whether the model is there and the key is taken; at
        no cost, and tried once. Without this, that shows at the first call.

        Raises:
            AttemptError, ModelError: No call can be made.
        """

    async def identity(self) -> Identity | None:
        """What the server says that it serves, for the record; None where it does not tell. Asked
        after :meth:`check`, at no cost.

        Raises:
            AttemptError, ModelError: It cannot be found out; that stops nothing.
        """
        return None

    async def aclose(self) -> None:
        """Close the connections."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What the server was found not to take, with its reason, one sentence each."""
        return ()

    @property
    def said(self) -> Said:
        """What the replies so far said of who answered."""
        return {}
