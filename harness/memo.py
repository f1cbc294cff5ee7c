"""A cache keyed by the identity of an object, not by its content.

Scenarios and disputes are large, immutable and shared by all their dialogues: hashing or comparing
one costs more than most of what is derived from it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Generic, TypeVar
from weakref import ref

S = TypeVar("S")
T = TypeVar("T")


def once_per_object(function: Callable[[S], T], *, kept: int = 256) -> Callable[[S], T]:
    """A cached ``function``: it is called once for each object that is passed to it.

    The function must be pure, and its argument must never change. All callers share the result.

    The last ``kept`` objects stay alive, so that no other object can get the identity of one. A
    suite goes through its scenarios and twins in turn, epoch after epoch. With a smaller ``kept``
    every entry would be dropped just before it is needed again.
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


class Once(Generic[S, T]):
    """A property that is worked out once an object, and stands in it from then on.

    As ``functools.cached_property``, without the lock of Python 3.11, which takes longer than what
    is worked out. Two threads may both work it out: it must be pure.
    """

    def __init__(self, function: Callable[[S], T]) -> None:
        self._function, self.__doc__ = function, function.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, of: S, owner: type | None = None) -> T:
        # It stands in the object under the same name: next time nobody asks here.
        found = vars(of)[self._name] = self._function(of)
        return found


class while_alive(Generic[S, T]):  # noqa: N801 - a decorator
    """As :func:`once_per_object`, for as long as an object is in use elsewhere: none is kept alive
    for it, and there may be thousands."""

    def __init__(self, function: Callable[[S], T]) -> None:
        self._function = function
        self._found: dict[int, tuple[ref[S], T]] = {}

    def __call__(self, of: S) -> T:
        known = self._found.get(id(of))
        if known is not None:
            return known[1]
        result = self._function(of)
        self.know(of, result)
        return result

    def know(self, of: S, result: T) -> None:
        """Take ``result`` for what the function gives: it was found on another way."""
        key, found = id(of), self._found
        # The entry goes with the object, before another one can get its identity.
        found[key] = (ref(of, lambda _: found.pop(key, None)), result)
