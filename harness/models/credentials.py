"""Keys: which one may go where, and keeping them out of everything that is shown or written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import Final

from harness.errors import ModelError
from harness.models.address import ModelAddress
from harness.models.keys import holds_key, keys_in_use, use_keys
from harness.visible import writable

OPENAI_KEY: Final = "OPENAI_API_KEY"
OTHER_KEY: Final = "TRACK15_API_KEY"
NO_KEY: Final = "not-needed"
"""Sent to servers that want none, because the protocol has no way to leave it out."""
UNSHOWN: Final = "its message is not shown, because it holds a key"

_LOOKS_SECRET = re.compile(r"\b(sk-|Bearer\s+)[^\s'\"]+", re.IGNORECASE)
_LONGEST_ECHO = 16
"""A server's message that repeats this many characters of a prompt in a row is not shown."""
_LONGEST_KEY_ECHO = 8


def key_variable(address: ModelAddress) -> str:
    """The environment variable whose key is for ``address``."""
    return OPENAI_KEY if address.is_openai_itself else OTHER_KEY


def key_for(
    address: ModelAddress,
    environ: Mapping[str, str] | None = None,
    *,
    variable: str | None = None,
) -> str:
    """The key to send to ``address``.

    ``OPENAI_API_KEY`` goes to api.openai.com and nowhere else; every other server gets
    ``TRACK15_API_KEY``, or :data:`NO_KEY`. From now on it is looked for in all that comes back
    (:mod:`harness.models.keys`).

    Args:
        variable: Environment variable to take it from instead.

    Raises:
        ModelError: The key is missing, cannot be sent in a header, or is OpenAI's and the address
            is not. The key is never shown.
    """
    named, variable = variable, variable or key_variable(address)
    if variable == OPENAI_KEY and not address.is_openai_itself:
        raise ModelError(
            f"{OPENAI_KEY} is sent only to OpenAI's own host",
            where=address.safe_url,
            fix="put this server's key in a variable of its own and name it in models.yaml",
        )
    key = (os.environ if environ is None else environ).get(variable, "").strip()
    if not key and variable == OTHER_KEY:
        return NO_KEY
    if not key and named is not None:
        raise ModelError(
            f"{named} is not set",
            where=address.safe_url,
            fix=f"export {named}=..., or leave 'key' out of models.yaml if none is needed",
        )
    if not key:
        raise ModelError(
            f"{OPENAI_KEY} is not set",
            where=address.safe_url,
            fix=f"export {OPENAI_KEY}=..., or name another server: openai/MODEL@BASE_URL",
        )
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ModelError(
            f"the key in {variable} has a space, a control or a non-ASCII character",
            where=address.safe_url,
            fix=f"copy the key into {variable} again",
        )
    use_keys([key])
    return key


def showable(text: str, *, keys: Iterable[str], prompt: Iterable[str], length: int = 200) -> str:
    """What a server said, cut to ``length`` characters and fit to be shown and written.

    Empty where it repeats a key, one of ``keys`` or any in use, or a stretch of the prompt: better
    no detail than a leak.
    """
    text = writable(text)
    if holds_key(text):
        return ""
    said = _LOOKS_SECRET.sub("[key]", " ".join(text.split()))[:length].strip()
    prompts = [" ".join(part.split()) for part in prompt]
    known = {*keys, *keys_in_use()} - {NO_KEY}
    if any(_echoes(said, key, _LONGEST_KEY_ECHO) for key in known):
        return ""
    return "" if any(_echoes(said, part, _LONGEST_ECHO) for part in prompts) else said


def _echoes(said: str, secret: str, length: int) -> bool:
    length = min(length, len(secret))
    return length > 0 and any(
        said[start : start + length] in secret for start in range(len(said) - length + 1)
    )
