"""How long an answer may be waited for: what a server asks for, and what a dialogue has left."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Final, Self

_RESET: Final = re.compile(r"(?:x-|anthropic-)?ratelimit-(?:reset(?:-(\w+))?|(\w+)-reset)")
_DURATION: Final = re.compile(
    r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?"
)
_UNITS: Final = (86_400.0, 3600.0, 60.0, 1.0, 0.001)
_NUMBER: Final = re.compile(r"\d{1,15}(?:\.\d{1,9})?")
_EPOCH: Final = 1e9
"""A larger number of seconds is a moment: seconds since 1970, or thousandths of them."""


def seconds_asked(
    headers: object, status: int | None, *, now: datetime | None = None
) -> float | None:
    """Seconds that a refusing server asks to wait; None where it does not say.

    Read are ``retry-after-ms``, ``Retry-After`` and, of an answer 429, the moments at which its
    limits begin anew (``x-ratelimit-reset-*`` and its kin): of those that are used up the last, and
    where it does not say which are, the first.

    Args:
        headers: Of the answer, a mapping; upper and lower case are the same.
    """
    if not isinstance(headers, Mapping):
        return None
    said = {str(name).lower(): str(value) for name, value in headers.items()}
    exact = said.get("retry-after-ms", "").strip()
    if _NUMBER.fullmatch(exact):
        return float(exact) / 1000
    after = retry_after_seconds(said.get("retry-after"), now=now)
    return after if after is not None or status != 429 else _until_reset(said, now)


def retry_after_seconds(header: object, *, now: datetime | None = None) -> float | None:
    """Seconds from a ``Retry-After`` header: a number or an HTTP date (RFC 9110, 10.2.3).

    Never negative; None where it is absent or says neither.
    """
    if not isinstance(header, str) or not header.strip().isascii():
        return None
    text = header.strip()
    if text.replace(".", "", 1).isdigit():  # some give the moment in seconds since 1970
        return _moment(text, now) if _NUMBER.fullmatch(text) else float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return _until(moment, now)


def in_words(seconds: float) -> str:
    """``7 h 12 min``, ``3 min``, ``20 s``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours // 24} days"


def _until_reset(said: Mapping[str, str], now: datetime | None) -> float | None:
    waits, used_up = list[float](), list[float]()
    for name, value in said.items():
        match = _RESET.fullmatch(name)
        wait = None if match is None else _moment(value.strip(), now)
        if wait is None:
            continue
        waits.append(wait)
        left = said.get(name.replace("reset", "remaining"), "").strip()
        if _NUMBER.fullmatch(left) and float(left) == 0:
            used_up.append(wait)
    return max(used_up) if used_up else min(waits, default=None)


def _moment(text: str, now: datetime | None) -> float | None:
    """Seconds until a moment that is given as a duration, a number or a date."""
    if _NUMBER.fullmatch(text):
        number = float(text)
        while number >= _EPOCH * 1000:
            number /= 1000
        since = (now or datetime.now(UTC)).timestamp()
        return number if number < _EPOCH else max(0.0, number - since)
    match = _DURATION.fullmatch(text)
    if match is not None and any(match.groups()):
        parts = zip(match.groups(), _UNITS, strict=True)
        return sum(float(part) * unit for part, unit in parts if part)
    try:
        return _until(datetime.fromisoformat(text), now)
    except ValueError:
        return None


def _until(moment: datetime, now: datetime | None) -> float:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


class Countdown:
    """The seconds that one answer may take: an async context that ends with ``TimeoutError``.

    Everything in it counts, waits between attempts included; only what :func:`standing_still` wraps
    does not.

    Args:
        seconds: None for no end.
    """

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._timeout: asyncio.Timeout | None = None
        self._left = 0.0
        self._still = 0

    @property
    def expired(self) -> bool:
        """Whether it was this that ended what was in it."""
        return self._timeout is not None and self._timeout.expired()

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        if self._seconds is not None:
            self._timeout = await asyncio.timeout(self._seconds).__aenter__()
        self._before = _running.set(None if self._timeout is None else self)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _running.reset(self._before)
        if self._timeout is not None:
            await self._timeout.__aexit__(kind, error, traceback)

    @property
    def is_here(self) -> bool:
        """Whether it runs in this event loop; none but that may stop it."""
        return asyncio.get_running_loop() is self._loop

    def stop(self) -> None:
        """Stand still, until :meth:`go_on` was called as often."""
        assert self._timeout is not None  # else it is nobody's that runs
        self._still += 1
        when = self._timeout.when()
        if self._still == 1 and when is not None and not self.expired:
            self._left = when - asyncio.get_running_loop().time()
            self._timeout.reschedule(None)

    def go_on(self) -> None:
        """Run again, with what was left."""
        assert self._timeout is not None
        self._still -= 1
        if self._still == 0 and not self.expired:
            self._timeout.reschedule(asyncio.get_running_loop().time() + self._left)


_running: ContextVar[Countdown | None] = ContextVar("running", default=None)


@contextmanager
def standing_still() -> Iterator[None]:
    """Pause the countdowns of this event loop while the block runs.

    Time spent waiting in a queue must not count against an answer. A countdown of another event
    loop goes on: what a user's own code does there is one answer, with all its waiting.
    """
    countdown = _running.get()
    if countdown is None or not countdown.is_here:
        yield
        return
    countdown.stop()
    try:
        yield
    finally:
        countdown.go_on()
