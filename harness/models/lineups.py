"""Line-ups: which model takes which seat, where a run has several models of a seat.

``--model unofficial=A,B,C`` plays the suite once with each of them. What the flags
say is worked out here; a single model of each seat is one line-up.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import product
from typing import Final, Literal, get_args

from harness.errors import UsageError
from harness.models.address import ModelRole
from harness.models.named import Chosen, NamedModel, choose

SeatRole = Literal["official", "unofficial"]
SEATED: Final[tuple[SeatRole, ...]] = get_args(SeatRole)
"""The roles that sit at the table, of which there may be several models."""
MOST: Final = 100
"""Line-ups of one run."""

_ROLE = re.compile(r"\s*[A-Za-z_-]+\s*=")

_Everyone = ModelRole | None
_Named = dict[ModelRole, Chosen]


def lineups_of(
    texts: Iterable[str],
    known: Mapping[str, NamedModel],
    *,
    matrix: bool = False,
    opponent: str | None = None,
    brought: Collection[str] = (),
    flag: str = "--model",
) -> tuple[_Named, ...]:
    """The line-ups that flags ask for, each role -> who plays it; always at least one.

    A list in one seat is played against whoever is in the other. A list without a role is of models
    that each play both seats.

    Args:
        texts: ``[ROLE=]ADDRESS`` or ``[ROLE=]NAME``; a comma, or the flag again, adds a model.
        known: Models by name.
        matrix: Pair each model of one seat with each of the other.
        opponent: Who plays the seat that ``texts`` and ``brought`` leave open.
        brought: Roles that a delegation of the user's own plays.

    Raises:
        UsageError: As :func:`~harness.models.named.choose`; a model is named twice for a role; or
            the flags do not say which models meet.
    """
    found = _listed(texts, known, flag)
    if opponent is not None:
        _seat_opponent(found, opponent, known, brought)
    everyone = found.get(None, [])
    seats = {role: found.get(role, everyone) for role in SEATED if role not in brought}
    several = [role for role, models in seats.items() if len(models) > 1]
    if matrix and not several:
        raise UsageError(
            "there is one model of each seat, so nothing is to be paired",
            where="--matrix",
            fix=f"name several: {flag} official=A,B {flag} unofficial=C,D; or leave it out",
        )
    rest: _Named = {
        role: chosen[0]
        for role, chosen in _others(found, everyone)
        if chosen  # a list without a role is of those who sit at the table
    }
    open_to = {role: models for role, models in seats.items() if models}
    rows: Iterable[Sequence[Chosen]]
    if len(several) < 2 or matrix:
        rows = product(*open_to.values())
    elif not any(role in found for role in seats):
        rows = [(model,) * len(open_to) for model in everyone]
    else:
        raise UsageError(
            "both seats have several models, and it is not said which of them meet",
            where=flag,
            fix="add --matrix, which pairs each with each; or hold one fixed: --opponent MODEL",
        )
    lineups = [{**dict(zip(open_to, row, strict=True)), **rest} for row in rows]
    if len(lineups) > MOST:
        raise UsageError(
            f"that is {len(lineups)} line-ups; one run has at most {MOST}",
            where=flag,
            fix="name fewer models, or make several runs and compare them: track15 compare",
        )
    return tuple(lineups)


def one_by_one(texts: Iterable[str]) -> tuple[str, ...]:
    """The same flags with one model each."""
    return tuple(f"{prefix}{part}" for text in texts for prefix, part in _parts(text))


def _parts(text: str) -> list[tuple[str, str]]:
    """``ROLE=`` (or nothing) and a model, of each model in a list."""
    named = _ROLE.match(text)
    prefix, rest = (named[0], text[named.end() :]) if named else ("", text)
    return [(prefix, part) for part in rest.split(",")]


def _others(
    found: Mapping[_Everyone, list[Chosen]], everyone: list[Chosen]
) -> Iterable[tuple[ModelRole, list[Chosen]]]:
    """The roles that do not sit at the table, with their models."""
    for role in get_args(ModelRole):
        if role not in SEATED:
            yield role, found.get(role, everyone if len(everyone) == 1 else [])


def _seat_opponent(
    found: dict[_Everyone, list[Chosen]],
    opponent: str,
    known: Mapping[str, NamedModel],
    brought: Collection[str],
) -> None:
    """Give the seat that is left open to the opponent."""
    taken = [role for role in SEATED if role in found or role in brought]
    if len(taken) != 1 or None in found:
        what = (
            "both seats are taken" if len(taken) == 2 else "no seat is named that it sits opposite"
        )
        raise UsageError(
            what,
            where="--opponent",
            fix="name the seat of those who are compared: --model unofficial=A,B --opponent MODEL",
        )
    (other,) = (role for role in SEATED if role not in taken)
    named = _listed([f"{other}={opponent}"], known, "--opponent")[other]
    if len(named) > 1:
        raise UsageError(
            "an opponent is one, the same for all",
            where="--opponent",
            fix=f"for several of both seats: --model {other}=A,B with --matrix",
        )
    found[other] = named


def _listed(
    texts: Iterable[str], known: Mapping[str, NamedModel], flag: str
) -> dict[_Everyone, list[Chosen]]:
    """Role, or None for all -> its models, in the order in which they are named."""
    found: dict[_Everyone, list[Chosen]] = {}
    for text in texts:
        parts = _parts(text)
        for prefix, part in parts:
            try:
                chosen = choose([f"{prefix}{part}"], known, flag=flag)
            except UsageError as error:
                if len(parts) == 1:
                    raise
                comma = "a comma separates models; one with a comma in its name stands in "
                fix = f"{comma}models.yaml; {error.fix}"
                raise UsageError(error.what, where=error.where, fix=fix) from None
            role: _Everyone = next(iter(chosen)) if prefix else None
            _add(found, role, next(iter(chosen.values())), flag)
    return found


def _add(found: dict[_Everyone, list[Chosen]], role: _Everyone, who: Chosen, flag: str) -> None:
    models = found.setdefault(role, [])
    if any(other.address == who.address for other in models):
        raise UsageError(
            f"{who.address} given twice for {role or 'all roles'}",
            where=flag,
            fix="name it once; the same model with other settings is a run of its own, "
            "and track15 compare takes several",
        )
    models.append(who)
    if role is not None and role not in SEATED and len(models) > 1:
        raise UsageError(
            f"{role} given twice",
            where=flag,
            fix="several models are for official and unofficial; name one for every other role",
        )
