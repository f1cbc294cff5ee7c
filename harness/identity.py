"""Remembers what was worked out for an object, by which object it is and not by what it holds.

Scenarios and disputes are large, immutable and shared by all their dialogues: hashing or comparing
one costs more than most of what is derived from it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")


def once_per_object(function: Callable[[S], T], *, kept: int = 256) -> Callable[[S], T]:
    """``function``, which must be pure, called once for each object that is passed to it.

    The last ``kept`` objects are held, so that none of their identities can be given to another. A
    suite goes through its scenarios and twins in turn, epoch after epoch: fewer than it has would
    all be forgotten before they come again.
    The argument must never change. The result is shared by all who ask for it.
    """
    found: OrderedDict[int, tuple[S, T]] = OrderedDict()

    @wraps(function)
    def remembered(of: S) -> T:
        known = found.get(id(of))
        if known is not None:
            return known[1]
        result = function(of)
        found[id(of)] = (of, result)
        if len(found) > kept:
            found.popitem(last=False)
        return result

    return remembered
