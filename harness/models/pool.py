"""Every model of a run, each reached by one client that all its dialogues share."""

from __future__ import annotations

from collections.abc import Mapping

from harness.errors import UsageError
from harness.models.address import ModelAddress
from harness.models.chat import Chat
from harness.models.limits import ConnectionLimit, Counters
from harness.models.retry import RetryPolicy
from harness.models.settings import PoolSettings


class EndpointPool:
    """Hands out the one :class:`Chat` of each address, and closes them all.

    Args:
        settings: How hard they are driven.
        retry: What a failed request is worth, in place of what ``settings`` say.
        environ: Where the keys are; None for the process's environment.
    """

    def __init__(
        self,
        settings: PoolSettings | None = None,
        *,
        retry: RetryPolicy | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.settings = settings or PoolSettings()
        self._retry = retry or RetryPolicy(retries=self.settings.max_retries)
        self._environ = environ
        self._chats: dict[ModelAddress, Chat] = {}
        self._limits: dict[ModelAddress, ConnectionLimit] = {}

    async def __aenter__(self) -> EndpointPool:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def chat(self, address: ModelAddress) -> Chat:
        """The client for ``address``, always the same.

        Raises:
            ModelError: Its key is missing, or it may not be spoken to.
            MissingExtraError: It needs a package that is not installed.
            UsageError: It is ``scripted``, which has no client.
        """
        if address not in self._chats:
            own = self.settings.of(str(address))
            limit = ConnectionLimit(own.max_connections or self.settings.max_connections)
            self._chats[address] = self._build(address, limit)
            self._limits[address] = limit
        return self._chats[address]

    def counters(self, address: ModelAddress | None = None) -> Counters:
        """What was sent and received: to one address, or to all together."""
        if address is None:
            return sum((limit.counters for limit in self._limits.values()), Counters())
        return self._limits[address].counters if address in self._limits else Counters()

    async def aclose(self) -> None:
        """Close every connection."""
        chats = list(self._chats.values())
        self._chats.clear()
        for chat in chats:
            await chat.aclose()

    def _build(self, address: ModelAddress, limit: ConnectionLimit) -> Chat:
        if address.provider == "openai":
            from harness.models.client import ChatClient

            return ChatClient(
                address,
                limit=limit,
                retry=self._retry,
                timeout=self.settings.timeout,
                environ=self._environ,
            )
        if address.provider == "langchain":
            from harness.models.langchain import LangChainChat

            return LangChainChat(
                address,
                limit=limit,
                retry=self._retry,
                timeout=self.settings.timeout,
                environ=self._environ,
            )
        raise UsageError("a scripted delegation is played by its tactic, not by a model")
