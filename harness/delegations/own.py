"""Gives a user's own code a fresh copy of its view for each question.

The code may change what it is given: a beginner's counter-offer edits the package that it answers.
It then changes only its copy. The record, the other seats and its own next view stay as they are.
"""

from __future__ import annotations

import dataclasses
import pickle
from typing import Any, TypeVar

from harness.records.transcript import Turn
from harness.view import View

T = TypeVar("T")


class OwnViews:
    """Copies the views of one seat. Parts that stay the same are written out once: a copy costs
    what it takes to read them again, in proportion to the length of the talks so far."""

    def __init__(self) -> None:
        self._written: dict[str, tuple[Any, bytes]] = {}
        self._turns: list[tuple[Turn, bytes]] = []

    def __call__(self, view: View) -> View:
        """A view that equals ``view`` and shares no mutable part with it."""
        lasting = {
            name: self._copy(name, getattr(view, name))
            for name in ("dispute", "brief", "protocol", "chairs", "events")
        }
        shown = dataclasses.replace(
            view,
            **lasting,
            history=(),
            standing=_copied(view.standing),
            order=tuple(view.order),
            settled=dict(view.settled),
        )
        return dataclasses.replace(shown, history=self._history(view.history))

    def _copy(self, name: str, part: Any) -> Any:
        known = self._written.get(name)
        if known is None or known[0] is not part:
            known = self._written[name] = (part, pickle.dumps(part, pickle.HIGHEST_PROTOCOL))
        return pickle.loads(known[1])  # noqa: S301 - written a moment ago, by this process

    def _history(self, turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
        for index, turn in enumerate(turns):
            if index == len(self._turns):
                self._turns.append((turn, b""))
            if self._turns[index][0] is not turn or not self._turns[index][1]:
                self._turns[index] = (turn, pickle.dumps(turn, pickle.HIGHEST_PROTOCOL))
        return tuple(
            pickle.loads(written)  # noqa: S301 - as above
            for _, written in self._turns[: len(turns)]
        )


def _copied(part: T) -> T:
    copy: T = pickle.loads(pickle.dumps(part, pickle.HIGHEST_PROTOCOL))  # noqa: S301 - as above
    return copy
