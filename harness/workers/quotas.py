"""Limits of endpoints, split between workers so that the shares add up to no more than the whole.

A share that is not needed is not lent to another worker: an endpoint may be asked a little less
than it allows, never more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from harness.errors import counted
from harness.models.settings import EndpointSettings, PoolSettings

LEAST_TOKENS: Final = 10_000
"""Tokens a minute of the smallest share: one request of any length may begin in an idle minute, so
that with shares smaller than a request the workers together would pass the limit."""


def most_workers(settings: PoolSettings, players: Sequence[str]) -> tuple[int | None, str]:
    """How many workers the endpoints leave room for, each with at least one connection, one request
    and :data:`LEAST_TOKENS` tokens a minute; and what says so. None for any number.

    Args:
        players: Addresses, and names of runnables.
    """
    found: list[tuple[int, str]] = []
    for name in players:
        own = resolved(settings, name)
        assert own.max_connections is not None
        most = own.max_connections
        found.append((most, f"{name} takes {counted(most, 'request')} at once"))
        if own.requests_per_minute is not None:
            most = max(1, int(own.requests_per_minute))
            found.append((most, f"{name} takes {own.requests_per_minute:,g} requests a minute"))
        if own.tokens_per_minute is not None:
            most = max(1, int(own.tokens_per_minute / LEAST_TOKENS))
            found.append((most, f"{name} takes {own.tokens_per_minute:,g} tokens a minute"))
    return min(found, default=(None, ""), key=lambda pair: pair[0] or 0)


def split(settings: PoolSettings, players: Sequence[str], workers: int) -> list[PoolSettings]:
    """One share for each worker.

    Args:
        players: Addresses, and names of runnables; none of their connections is less than
            ``workers`` (:func:`most_workers`).
    """
    return [_share(settings, players, workers, index) for index in range(workers)]


def slots(settings: PoolSettings, players: Sequence[str]) -> int:
    """Dialogues to have in play at once, at least 1. A dialogue waits for one endpoint at a time:
    as many as all endpoints together take keep every one of them busy.

    Args:
        players: Addresses, and names of runnables; none where only scripts play.
    """
    asked = [resolved(settings, name).max_connections or 1 for name in players]
    return sum(asked) or settings.max_connections


def resolved(settings: PoolSettings, name: str) -> EndpointSettings:
    """What holds for an endpoint, the run's settings included."""
    own = settings.of(name)
    return own.model_copy(
        update={
            "max_connections": own.max_connections or settings.max_connections,
            "requests_per_minute": own.requests_per_minute or settings.requests_per_minute,
            "tokens_per_minute": own.tokens_per_minute or settings.tokens_per_minute,
        }
    )


def _share(
    settings: PoolSettings, players: Sequence[str], workers: int, index: int
) -> PoolSettings:
    endpoints = dict(settings.endpoints)
    for name in players:
        whole = resolved(settings, name)
        assert whole.max_connections is not None
        requests, tokens = whole.requests_per_minute, whole.tokens_per_minute
        endpoints[name] = whole.model_copy(
            update={
                "max_connections": _part(whole.max_connections, workers, index),
                "requests_per_minute": None if requests is None else requests / workers,
                "tokens_per_minute": None if tokens is None else tokens / workers,
            }
        )
    return settings.model_copy(
        update={
            "max_connections": max(1, _part(settings.max_connections, workers, index)),
            # Those of the players stand at the players.
            "requests_per_minute": None,
            "tokens_per_minute": None,
            "endpoints": endpoints,
        }
    )


def _part(whole: int, workers: int, index: int) -> int:
    """The ``index``-th of as equal parts as can be."""
    each, rest = divmod(whole, workers)
    return each + (index < rest)
