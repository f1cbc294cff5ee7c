"""Which seat opens a dialogue: balanced by design, since who speaks first has an effect of its own.

Principals take turns from epoch to epoch, and the same one opens in all arms and twins of an epoch.
So where twins exchange the chairs, both chairs open within each epoch, and a pair of seat twins is
the same talks with the chairs exchanged. An even number of epochs balances the principals too.
"""

from __future__ import annotations

from harness.disputes.scenario import Twin
from harness.suite.suite import Arm, Suite


def opener_of(arm: Arm, twin: Twin, epoch: int) -> str:
    """The seat that opens the first round.

    Args:
        epoch: From 1.
    """
    turn = (epoch - 1) % (2 + len(arm.also))
    if turn >= 2:
        return f"x{turn - 1}"
    return "o" if (turn == 0) != twin.swaps_seats else "u"


def unbalanced(suite: Suite, arms: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """The arms in which one of the two chairs opens more often than the other, in suite order.

    Args:
        arms: Of these only; all for None.
    """
    found = []
    for name in suite.arms if arms is None else arms:
        openers = [
            opener_of(suite.arms[name], twin, epoch)
            # After a whole turn of all delegations it begins anew.
            for epoch in range(1, suite.epochs % (2 + len(suite.arms[name].also)) + 1)
            for twin in suite.twins_of(name)
        ]
        if openers.count("o") != openers.count("u"):
            found.append(name)
    return tuple(found)
