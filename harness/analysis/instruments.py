"""Who of those that write and read after talks are scripts, in a run in which models play others.

A script moves as far as its parameters say, whatever the words of a model are: beside talks of
models its figures would look like evidence about them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from harness.suite.suite import Suite

_OWN_FILE: Final = re.compile(r"\.py:\w+\Z")
INSTRUMENT: Final = "Scripted delegations: an instrument check, not evidence about models."
WRITES: Final = "Its articles are written by a script: what their words do is set, and no evidence."
READS: Final = (
    "Its readers are scripts: how far they move is set, whatever the words are. What they make of "
    "what they read, and what follows from that in later talks, is no evidence about models."
)
ASKED: Final = "Those who read are models, and what they say is of them."


def scripted_roles(suite: Suite, players: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The roles after talks, ``author`` and ``reader``, in which a script takes part.

    Args:
        suite: What the arms have after their talks.
        players: Role -> everybody who plays it; a role that is not named is a script's, and
            articles are written by whoever plays ``unofficial``.
    """
    writes = any(one.then is not None and one.then.article for one in suite.arms.values())
    there = {"author": writes, "reader": _reads(suite)}
    plays = {
        "author": players.get("author") or players.get("unofficial", ()),
        "reader": players.get("reader", ()),
    }
    return tuple(role for role, names in plays.items() if there[role] and _has_script(names))


def after_talks(suite: Suite, players: Mapping[str, tuple[str, ...]], *, instrument: bool) -> str:
    """What has to be said of scripts that write and read, in a run in which models take part; empty
    where there is nothing to say.

    Args:
        suite, players: As for :func:`scripted_roles`.
        instrument: Whether every delegation is a script.
    """
    found = scripted_roles(suite, players)
    asked = _reads(suite) and "reader" not in found
    if instrument:
        said = [ASKED, *[WRITES] * ("author" in found)] if asked else []
    else:
        said = [*[WRITES] * ("author" in found), *[READS] * ("reader" in found)]
    return " ".join(said)


def _reads(suite: Suite) -> bool:
    """Whether anybody reads after talks."""
    then = [arm.then for arm in suite.arms.values() if arm.then is not None]
    return any(one.reading or one.news is not None for one in then)


def _has_script(names: tuple[str, ...]) -> bool:
    return not names or not all(map(_is_model, names))


def _is_model(name: str) -> bool:
    """Whether a name is the address of a model. In the place of a delegation of the user's own,
    which is asked for moves alone, a script writes and reads."""
    provider, slash, model = name.partition("/")
    own = _OWN_FILE.search(model) is not None
    return bool(slash) and provider.replace("-", "").replace("_", "").isalnum() and not own
