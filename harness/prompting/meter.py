"""Counts what a rendering takes, so that it ends early and with one message.

One unit is about a character that is written or made; a step of the template is :data:`STEP`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any, Final

from jinja2 import TemplateError
from jinja2.runtime import LoopContext, Undefined

MOST: Final = 5_000_000
"""What a rendering may take: characters written or made, and :data:`STEP` for each step. A prompt
that tells of thousands of turns stays below it; it takes a second or two."""
STEP: Final = 10
LONGEST: Final = 1_000_000
"""Characters, or items, of one value."""
DIGITS: Final = 4_000
"""Bits of a whole number."""


class TooMuchError(TemplateError):
    """A template takes more than a rendering may."""


class _Here(threading.local):
    """What is left of the rendering in this thread."""

    left = MOST


class Meter:
    """Counts one rendering at a time in each thread."""

    def __init__(self) -> None:
        self._here = _Here()

    def start(self, most: int = MOST) -> None:
        """Begin to count anew."""
        self._here.left = most

    def weigh(self, value: Any) -> None:
        """Count what comparing ``value`` may take.

        Raises:
            TooMuchError: As :meth:`take`.
        """
        if isinstance(value, str):
            self.take(len(value))
        elif isinstance(value, list | tuple | dict):
            self.made(value)

    def take(self, amount: int) -> None:
        """Count ``amount``.

        Raises:
            TooMuchError: It is more than is left.
        """
        here = self._here
        here.left = left = here.left - amount
        if left < 0:
            raise TooMuchError(
                f"it writes, or goes through, more than {MOST:,} characters; "
                "look for a loop in a loop, or for text that is repeated"
            )

    def made(self, value: Any) -> Any:
        """Count a value that a template has made; lazy ones are gone through, and come back as
        lists.

        Raises:
            TooMuchError: As :meth:`take`; the value is too large.
        """
        if isinstance(value, str):
            self.size(len(value))
        elif isinstance(value, bool | float) or value is None or isinstance(value, Undefined):
            self.take(1)
        elif isinstance(value, int):
            if value.bit_length() > DIGITS:
                raise TooMuchError("a number in it has more than a thousand digits")
            self.take(1)
        elif isinstance(value, Mapping):
            self.take(STEP)
            for key, item in value.items():
                self.made(key)
                self.made(item)
        elif isinstance(value, list | tuple | set | frozenset):
            self.take(STEP)
            for item in value:
                self.made(item)
        elif isinstance(value, range):
            self.size(len(value))
        elif hasattr(value, "__next__") and not isinstance(value, LoopContext):
            return [self.made(item) for item in self._counted(value)]
        else:
            self.take(STEP)
        return value

    def _counted(self, lazy: Iterable[Any]) -> Iterable[Any]:
        for item in lazy:
            self.take(STEP)
            yield item

    def hold(self, size: int) -> None:
        """Hold, before it is made, that a value of ``size`` characters or items is small enough.

        Raises:
            TooMuchError: It is not.
        """
        if size > LONGEST:
            raise TooMuchError(f"a value in it would have {size:,} characters or items")

    def size(self, size: int) -> None:
        """Count a value of ``size`` characters or items.

        Raises:
            TooMuchError: As :meth:`take` and :meth:`hold`.
        """
        self.hold(size)
        self.take(size + 1)


def as_text(meter: Meter, value: Any) -> str:
    """``value`` as it is written; what has no text, an undefined variable, is an error."""
    if type(value) is str:
        return value
    return str(meter.made(value))


def joined(parts: list[str], between: str, meter: Meter) -> str:
    meter.size(sum(map(len, parts)) + len(between) * max(0, len(parts) - 1))
    return between.join(parts)
