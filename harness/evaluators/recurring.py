"""What follows from a package alone. Packages recur in the dialogues of a dispute: it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any, Final, Generic, TypeVar

KEPT: Final = 1 << 14
"""Packages of which it is kept: those that come first."""
T = TypeVar("T")


class ByPackage(Generic[T]):
    """A function of packages that works out the same of a package only once.

    It must be pure. What it gives is shared, so nobody may change it.
    """

    def __init__(self, issues: Iterable[str], function: Callable[[Mapping[str, str]], T]) -> None:
        """``issues``: all that the function looks at; at least one."""
        self._options = itemgetter(*issues)
        self._function = function
        self._known: dict[Any, T] = {}

    def of(self, package: Mapping[str, str]) -> T:
        """What follows from a package.

        Raises:
            KeyError: It leaves one of the issues out.
        """
        options = self._options(package)
        try:  # it recurs more often than not
            return self._known[options]
        except KeyError:
            pass
        found = self._function(package)
        if len(self._known) < KEPT:
            self._known[options] = found
        return found
