"""Endpoints as a run builds them, with what a test wants otherwise."""

from __future__ import annotations

from typing import Any

from harness.models.address import ModelAddress
from harness.models.endpoint import Endpoint
from harness.models.limits.admission import ConnectionLimit
from harness.models.limits.retry import RetryPolicy
from harness.models.providers.agents.runnable import RunnableProvider
from harness.models.providers.langchain import LangChainProvider
from harness.models.providers.openai_compatible.client import OpenAIProvider

OpenAIEndpoint = Endpoint[OpenAIProvider]
LangChainEndpoint = Endpoint[LangChainProvider]
AgentEndpoint = Endpoint[RunnableProvider]


def openai_endpoint(
    address: ModelAddress,
    *,
    limit: ConnectionLimit | None = None,
    retry: RetryPolicy | None = None,
    timeout: float = 120.0,
    **options: Any,
) -> OpenAIEndpoint:
    """A model on an OpenAI-compatible server."""
    limit = limit or ConnectionLimit(16)
    most = limit.max_connections
    provider = OpenAIProvider(
        address, max_connections=most, retry=retry, timeout=timeout, **options
    )
    return Endpoint(address, provider, limit=limit, retry=retry, timeout=timeout)


def langchain_endpoint(
    address: ModelAddress,
    *,
    limit: ConnectionLimit | None = None,
    retry: RetryPolicy | None = None,
    timeout: float = 120.0,
    **options: Any,
) -> LangChainEndpoint:
    """A model that LangChain reaches."""
    limit = limit or ConnectionLimit(16)
    provider = LangChainProvider(address, max_connections=limit.max_connections, **options)
    return Endpoint(address, provider, limit=limit, retry=retry, timeout=timeout)


def agent_endpoint(
    agent: Any,
    *,
    name: str,
    limit: ConnectionLimit | None = None,
    retry: RetryPolicy | None = None,
    **options: Any,
) -> AgentEndpoint:
    """A runnable, a function or a factory of one of them."""
    limit = limit or ConnectionLimit(16)
    provider = RunnableProvider(
        agent, name=name, budget=limit.budget, prices=limit.prices, **options
    )
    return Endpoint(provider.address, provider, limit=limit, retry=retry, timeout=None)
