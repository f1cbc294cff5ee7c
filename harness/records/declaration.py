"""What a run was to find out, and when that was declared: kept in ``run.json``, never overwritten.

A comparison that is chosen when its result is known shows nothing. So each set of questions is kept
with its time and with the number of dialogues that had finished by then. The record is its owner's
own: who edits ``run.json`` by hand, or plays the same dialogues into two folders, is not found out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from pydantic import Field
from pydantic_core import to_json

from harness.records.transcript import Record
from harness.suite.contrasts import Check, Contrasts
from harness.suite.suite import Suite


def _later(description: str) -> Any:
    return Field(default=None, exclude_if=lambda value: value is None, description=description)


class Declaration(Record):
    """The comparisons and checks of a run, as they were declared at one time."""

    hash: str = Field(pattern=r"^[0-9a-f]{16}$", description="Of the comparisons and checks.")
    time: str | None = _later("When they were declared; left out where an older version played.")
    finished: int | None = Field(
        default=None,
        ge=0,
        exclude_if=lambda value: value is None,
        description="Dialogues that had a result by then, void ones included.",
    )
    dialogues: int = Field(ge=0, description="Dialogues that were planned by then.")
    contrasts: Contrasts | None = _later("The comparisons; left out where there was none.")
    checks: tuple[Check, ...] = Field(default=(), exclude_if=lambda checks: not checks)

    def asks(self, suite: Suite) -> bool:
        """Whether these are the questions of a suite."""
        return self.contrasts == suite.contrasts and self.checks == suite.checks


def hash_of(contrasts: Contrasts | None, checks: Sequence[Check]) -> str:
    """16 hexadecimal digits that tell questions apart."""
    asked = {
        "contrasts": None if contrasts is None else contrasts.model_dump(mode="json"),
        "checks": [check.model_dump(mode="json") for check in checks],
    }
    return hashlib.sha256(to_json(asked)).hexdigest()[:16]


def declared_now(
    suite: Suite, *, time: str | None, finished: int | None, dialogues: int
) -> Declaration:
    """The questions of a suite, declared now.

    Args:
        time: None, as ``finished``, where nobody knows.
    """
    return Declaration(
        hash=hash_of(suite.contrasts, suite.checks),
        time=time,
        finished=finished,
        dialogues=dialogues,
        contrasts=suite.contrasts,
        checks=suite.checks,
    )
