"""Records which environment variables a user's code reads while it is loaded.

They are settings of that code, such as the model that it asks. So they are part of what determines
a dialogue, like the address of a model.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final, cast

from harness.models.isolation import LIBRARIES
from harness.models.keys import holds_key, use_keys
from harness.models.usercode import is_secret_name, secrets

MOST: Final = 40
"""Variables; code that reads more looks through the environment rather than for a setting."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9][\w .:/+,%@=-]{0,119}")
_SIGNED_IN: Final = re.compile(r"://[^/]*@")
_RANDOM: Final = re.compile(
    r"(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{16,}|[A-Za-z0-9]{24,}"
    r"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
    re.ASCII,
)
"""What keys are made of and names are not: so many letters and digits in a row, or a UUID."""


@contextmanager
def noticed() -> Iterator[dict[str, str]]:
    """Variable -> value, as :func:`recorded`, of what the user's code reads inside the block.

    What its libraries read is left out, and so are keys.
    """
    found: dict[str, str] = {}
    looked_through: set[tuple[str, int]] = set()
    plain = type(os.environ)

    class Noticing(plain):  # type: ignore[misc, valid-type]
        def __getitem__(self, name: str) -> str:
            value = cast(str, super().__getitem__(name))
            at = _reader(sys._getframe(1))
            if at is not None and at not in looked_through and not is_secret_name(name):
                found[name] = recorded(value)
            return value

        def __iter__(self) -> Iterator[str]:
            at = _reader(sys._getframe(1))
            if at is not None:
                looked_through.add(at)
            return cast("Iterator[str]", super().__iter__())

    environ: Any = os.environ
    environ.__class__ = Noticing
    try:
        yield found
    finally:
        environ.__class__ = plain
        if len(found) > MOST:
            found.clear()


def recorded(value: str) -> str:
    """A value as the record holds it: a plain word or an address as it is, else a hash.

    So folders of this machine, passwords and keys stay out, whatever their variables are called.
    """
    use_keys(secrets())
    secret = _SIGNED_IN.search(value) or _RANDOM.search(value) or holds_key(value)
    if _PLAIN.fullmatch(value) and not secret:
        return value
    return "sha256:" + hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _reader(frame: FrameType | None) -> tuple[str, int] | None:
    """File and line that read a variable, if that is the user's code: past ``os.getenv`` and the
    like, which are in two modules of the standard library."""
    while frame is not None and frame.f_globals.get("__name__") in ("os", "collections.abc"):
        frame = frame.f_back
    if frame is None or frame.f_code.co_filename.startswith(LIBRARIES):
        return None
    return frame.f_code.co_filename, frame.f_lineno
