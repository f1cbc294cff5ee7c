"""What served the models of a run: noted when a session begins, compared when the run resumes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import Field

from harness.errors import RecordError
from harness.models.identity import MOST_NAMES, Identity, Said

ALLOW: Final = "--allow-model-change"
"""The flag that lets a run go on with another model behind the same address."""
_WORDS: Final = {
    "model": "model",
    "weights": "weights",
    "digest": "digest of the weights",
    "quantization": "quantisation",
    "parameters": "number of parameters",
    "size": "size of the weights",
    "context_length": "context length",
    "server": "server",
    "version": "version of the server",
}


class Served(Identity):
    """What a server said that it serves, as a part of ``run.json``. None is what it did not tell.

    Attributes:
        since: When the first session began that it served (UTC, ISO 8601).
        replies: What replies said of who answered; left out where they said nothing.
    """

    since: str
    replies: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, exclude_if=lambda said: not said
    )


History = Mapping[str, tuple[Served, ...]]
"""Address -> what served it, one after the other; nearly always one."""


def joined(
    history: History, found: Mapping[str, Identity], now: str, *, run: Path, allow: bool
) -> dict[str, tuple[Served, ...]]:
    """The history of a run with what serves it now.

    Where one of both does not tell a field, it is taken for the same.

    Args:
        found: Address -> what serves it now.
        now: When this session began.
        run: The folder, for the error.
        allow: Go on where another model is served, and note it.

    Raises:
        RecordError: Another one is served, and that is not allowed.
    """
    after = dict(history)
    for address, identity in found.items():
        before = after.get(address, ())
        told = Served.model_validate({"since": now, **identity.told})
        if not before:
            after[address] = (told,)
            continue
        last = before[-1]
        differences = last.differences(identity)
        if not differences:
            after[address] = (*before[:-1], last.model_copy(update=identity.told))
        elif allow:
            after[address] = (*before, told)
        else:
            raise _other(address, differences, run)
    return after


def with_replies(history: History, said: Mapping[str, Said]) -> dict[str, tuple[Served, ...]]:
    """The history of a run with what replies said in its last session."""
    after = dict(history)
    for address, fields in said.items():
        if before := after.get(address, ()):
            last = before[-1]
            replies = {
                name: tuple(dict.fromkeys((*last.replies.get(name, ()), *fields.get(name, ()))))
                for name in (*last.replies, *fields)
            }
            kept = {name: names[:MOST_NAMES] for name, names in replies.items()}
            after[address] = (*before[:-1], last.model_copy(update={"replies": kept}))
    return after


def sentences(history: History) -> list[str]:
    """Who served a run, one sentence an address."""
    said = []
    for address, served in history.items():
        words = served[-1].words() if served else ""
        said.append(
            f"{address} served: {words}." if words else f"{address} did not report what it serves."
        )
    return said


def warnings(history: History) -> list[str]:
    """That an address was served by more than one model, as far as it can be seen."""
    said = []
    for address, served in history.items():
        if len(served) > 1:
            each = "; ".join(f"from {one.since}: {one.words() or 'not told'}" for one in served)
            said.append(
                f"More than one model served {address}, and all its dialogues are counted "
                f"together: {each}."
            )
        names = dict.fromkeys(n for one in served for n in one.replies.get("model", ()))
        if len(names) > 1:
            listed = ", ".join(names)
            said.append(f"Replies of {address} name more than one model: {listed}.")
        elif len(served) == 1 and _others(served[0], names):
            said.append(
                f"Replies of {address} name the model {', '.join(names)}; its server lists "
                f"{served[0].model}."
            )
    return said


def _others(served: Served, names: Mapping[str, None]) -> bool:
    """Whether replies name another model than the server lists. A name that only says more, as
    ``MODEL-2025-01-31`` does, is the same."""
    known = [name.casefold() for name in (served.model, served.weights) if name]
    return bool(known) and not all(
        any(name.casefold().startswith(one) or one.startswith(name.casefold()) for one in known)
        for name in names
    )


def _other(
    address: str, differences: Mapping[str, tuple[str | int, str | int]], run: Path
) -> RecordError:
    named = "; ".join(
        f"its {_WORDS[name]} was {before!r} in the run and is {now!r} now"
        for name, (before, now) in differences.items()
    )
    return RecordError(
        f"{address} serves another model than at the start of the run: {named}",
        where=str(run),
        fix="start the server as it was, or play a new run into another folder with --log-dir; "
        f"or go on with {ALLOW}: then the record and the report say so",
    )
