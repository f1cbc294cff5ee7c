"""Kind -> how its stages are planned and played. A new kind is one line here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic_core import from_json

from harness.errors import UsageError, suggest
from harness.plugins import ExtensionPoint, absolute, load
from harness.records.folder import is_taken
from harness.records.spec import StageSpec
from harness.records.transcript import StageRecord
from harness.stages.base import Foreseen, Kind
from harness.stages.own_code import OwnCode
from harness.talks.stage import TalksKind

POINT: Final = ExtensionPoint("kind of stage", "track15.stages", "--kind")
"""Where kinds of one's own come from."""
_TARGETS: dict[str, None] = {}
_KINDS: dict[str, Kind[Any]] = {kind.name: kind for kind in (TalksKind(),)}


def register(kind: Kind[Any]) -> None:
    """Add a kind, or put another in the place of one of the same name.

    Raises:
        UsageError: Its file in a run would be one that holds something else.
    """
    if is_taken(kind.name) or not re.fullmatch(r"[a-z][a-z_]{0,30}", kind.name):
        raise UsageError(f"no kind of stage can be called {kind.name!r}", fix="rename it")
    _KINDS[kind.name] = kind


def load_kind(target: str) -> Kind[Any]:
    """Load and register a kind of one's own. This executes its code.

    Args:
        target: ``path/to/file.py:Object`` or ``module:object``.

    Raises:
        UsageError: It cannot be loaded, or is no kind.
    """
    kind = load(target, POINT).value
    if not isinstance(kind, Kind):
        raise UsageError(
            f"an object of type {type(kind).__name__} is no kind of stage",
            where=target,
            fix="make it an instance of a subclass of harness.stages.base.Kind",
        )
    register(kind)
    _TARGETS[absolute(target)] = None
    return kind


def brought() -> tuple[str, ...]:
    """What was loaded by :func:`load_kind`, for another process to load as well."""
    return tuple(_TARGETS)


def kind_of(name: str) -> Kind[Any]:
    """The kind of that name.

    Raises:
        UsageError: There is none.
    """
    if name not in _KINDS:
        raise UsageError(f"no kind of stage is called {name!r}", fix=suggest(name, _KINDS))
    return _KINDS[name]


def foreseen_of(spec: StageSpec) -> Mapping[str, Foreseen]:
    """Address of a model -> what a stage takes of it at most.

    Raises:
        UsageError: Of its kind there is none here.
        Track15Error: The kind is a user's, and failed in its own code.
    """
    kind = kind_of(spec.kind)
    with OwnCode(kind, "what it foresees"):
        return kind.foreseen(spec)


def read_spec(text: bytes) -> StageSpec:
    """The spec that was written out.

    Raises:
        UsageError: Of its kind there is none here.
        ValueError: It is none.
    """
    spec: StageSpec = kind_of(from_json(text)["kind"]).spec.model_validate_json(text)
    return spec


def read_record(line: bytes) -> StageRecord:
    """The record that stands in a line of a run in play.

    Raises:
        UsageError: Of its kind there is none here.
        ValueError: It is none.
    """
    return kind_of(from_json(line)["kind"]).record.model_validate_json(line)
