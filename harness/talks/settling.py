"""Issues that the delegations have agreed on and set aside, one round long.

A delegation names an issue with the option that stands in the latest packages of all. When each has
named the same option, the issue is settled: later packages must keep it. Anybody may reopen it, by
asking for another option in a position; that costs a turn and is heard by all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from harness.disputes.scenario import Package
from harness.records.transcript import Action, Move


@dataclass
class Settling:
    """What has been named and settled in the round in play.

    Attributes:
        settled: Issue -> the option that all have agreed on.
        named: Issue -> seat -> the option that it takes as agreed.
        latest: Seat -> the packages of its latest proposal, two where it put an alternative.
    """

    settled: dict[str, str] = field(default_factory=dict)
    named: dict[str, dict[str, str]] = field(default_factory=dict)
    latest: dict[str, tuple[Package, ...]] = field(default_factory=dict)

    def objections(self, move: Move, seat: str, seats: Sequence[str]) -> Iterator[str]:
        """Why ``move`` of ``seat`` does not fit what is or would be agreed; nothing when it does.
        Its packages and positions are sound."""
        for package in _packages(move):
            for issue, option in self.settled.items():
                if package[issue] != option:
                    yield (
                        f"{issue!r} is agreed ({option!r}), so a package must keep it. To reopen "
                        "it, ask for another option in the position of a 'reject' or 'pass' first."
                    )
        for issue, option in (move.agreed or {}).items():
            if move.position is not None and move.position.get(issue, option) != option:
                yield f"You take {issue!r} as agreed and ask for another option of it at once."
            for other in seats:
                put = _packages(move) if other == seat else ()
                put = put or self.latest.get(other, ())
                if not put or any(package[issue] != option for package in put):
                    whose = "your own" if other == seat else f"that of {other}"
                    yield (
                        f"{issue!r} cannot be agreed as {option!r}: the latest proposal of every "
                        f"delegation must hold that option, and {whose} does not."
                    )

    def note(self, move: Move, seat: str, seats: Iterable[str]) -> None:
        """Take down what a move that was made says of it."""
        put = _packages(move)
        if put:
            self.latest[seat] = put
            for issue, by in self.named.items():
                if any(package[issue] != by.get(seat) for package in put):
                    by.pop(seat, None)
        for issue, option in (move.position or {}).items():
            if self.settled.get(issue, option) != option:
                del self.settled[issue]
                self.named.pop(issue, None)
        for issue, option in (move.agreed or {}).items():
            by = self.named.setdefault(issue, {})
            by[seat] = option
            if all(by.get(other) == option for other in seats):
                self.settled[issue] = option


def _packages(move: Move) -> tuple[Package, ...]:
    """The packages that a move proposes."""
    if move.action is not Action.PROPOSE or move.package is None:
        return ()
    return (move.package,) if move.or_package is None else (move.package, move.or_package)
