"""Records of an episode that do not go with the dispute of their run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from harness.errors import RecordError


@contextlib.contextmanager
def readable(what: str) -> Iterator[None]:
    """Hold that what is laid out in the block goes with the dispute of the run: a record of a
    stranger's may name options, parties or readers that there are none of.

    Raises:
        RecordError: It does not.
    """
    try:
        yield
    except (LookupError, ValueError, TypeError, AttributeError, StopIteration) as error:
        raise RecordError(
            f"a record of {what} does not go with the dispute that the run has: {error!r:.200}",
            fix="put back a copy of the file, or move it away and resume the run",
        ) from None
