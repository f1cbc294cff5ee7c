"""The parts of Inspect that its logs are made of, imported when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.exchange.arrow import wanted

EXTRA = "inspect"


@dataclass(frozen=True)
class Inspect:
    """Its modules, by name: ``inspect_ai.log`` and so on."""

    log: Any
    model: Any
    event: Any
    scorer: Any


def inspect() -> Inspect:
    """Inspect, as it is installed.

    Raises:
        MissingExtraError: It is not.
    """
    log, model, event, scorer = (
        wanted(f"inspect_ai.{name}", EXTRA) for name in ("log", "model", "event", "scorer")
    )
    return Inspect(log, model, event, scorer)
