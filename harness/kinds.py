"""The registry of the kinds of stages. A new kind is one line here."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import from_json

from harness.errors import UsageError, suggest
from harness.influence.later import LaterKind
from harness.influence.misreading import MisreadingKind
from harness.influence.news import NewsKind
from harness.influence.publication import PublicationKind
from harness.influence.readership import ReadershipKind
from harness.judging.stage import JudgementKind
from harness.plugins import ExtensionPoint, absolute, load
from harness.probing.stage import ProbeKind
from harness.records.folder import is_taken, kind_in
from harness.records.parsing import parse
from harness.records.spec import RECORDED, StageSpec
from harness.records.transcript import StageRecord
from harness.stages.base import Foreseen, Kind, ScenarioOf
from harness.stages.own_code import OwnCode, is_own
from harness.talks.stage import TalksKind

if TYPE_CHECKING:
    from harness.view import View

POINT: Final = ExtensionPoint("kind of stage", "track15.stages", "--kind")
"""Where kinds of one's own come from."""
_TARGETS: dict[str, str] = {}
"""Name of a kind -> what another process loads to have it."""
_BUILT_IN: Final[tuple[Kind[Any], ...]] = (
    TalksKind(),
    ProbeKind(),
    PublicationKind(),
    NewsKind(),
    ReadershipKind(),
    MisreadingKind(),
    LaterKind(),
    JudgementKind(),
)
_KINDS: dict[str, Kind[Any]] = {kind.name: kind for kind in _BUILT_IN}


def register(kind: Kind[Any]) -> None:
    """Add a kind, or put another in the place of one of the same name. It is known to this process
    alone: what workers are to know as well, :func:`load_kind` loads.

    Raises:
        UsageError: Its file in a run would be one that holds something else.
    """
    if is_taken(kind.name) or not re.fullmatch(r"[a-z][a-z_]{0,30}", kind.name):
        raise UsageError(f"no kind of stage can be called {kind.name!r}", fix="rename it")
    if _KINDS.get(kind.name) is not kind:
        _TARGETS.pop(kind.name, None)
    _KINDS[kind.name] = kind


def load_kind(target: str) -> Kind[Any]:
    """Load and register a user's own kind of stage. This executes its code.

    Args:
        target: ``path/to/file.py:Object`` or ``module:object``.

    Raises:
        UsageError: It cannot be loaded, or is no kind.
    """
    before = dict(_KINDS)
    kind = load(target, POINT).value
    if not isinstance(kind, Kind):
        raise UsageError(
            f"an object of type {type(kind).__name__} is no kind of stage",
            where=target,
            fix="make it an instance of a subclass of harness.stages.base.Kind",
        )
    register(kind)
    # What the file itself registers, it registers wherever it is loaded.
    new = (name for name, one in _KINDS.items() if before.get(name) is not one)
    _TARGETS.update(dict.fromkeys((*new, kind.name), absolute(target)))
    return kind


def brought() -> tuple[str, ...]:
    """The targets that :func:`load_kind` has loaded, for another process to load as well."""
    return tuple(dict.fromkeys(_TARGETS.values()))


def hold_loadable(names: Iterable[str]) -> None:
    """Hold that another process can have the kinds of these names.

    Raises:
        UsageError: There is none of a name, or it is known to this process alone.
    """
    for name in names:
        kind = kind_of(name)
        if is_own(kind) and name not in _TARGETS:
            raise UsageError(
                f"the kind of stage {name!r} is known to this process alone: no worker can load it",
                where="register(...)",
                fix=f"type instead: load_kind({_target(kind)!r})",
            )


def _target(kind: Kind[Any]) -> str:
    """What may be typed to load a kind that was registered; without its folder."""
    module = sys.modules.get(type(kind).__module__)
    file = getattr(module, "__file__", None)
    names = [name for name, one in vars(module).items() if one is kind] if module else []
    return f"{PurePath(file).name if file else 'file.py'}:{names[0] if names else 'KIND'}"


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
        found = kind.foreseen(spec).items()
        return {at: Foreseen(one.calls, one.prompt, one.completion) for at, one in found}


def view_of(spec: StageSpec, scenarios: ScenarioOf) -> View | None:
    """What a delegate sees whose briefing stands before every question of a stage; None for none.

    Raises:
        UsageError: Of its kind there is none here.
        Track15Error: The kind is a user's, and failed in its own code.
    """
    kind = kind_of(spec.kind)
    with OwnCode(kind, "the briefing that it reads"):
        return kind.view(spec, scenarios)


def read_spec(text: bytes) -> StageSpec:
    """Read a spec from its JSON.

    Raises:
        UsageError: Its kind is not registered here.
        ValueError: It is not a spec.
    """
    spec: StageSpec = kind_of(from_json(text)["kind"]).spec.model_validate_json(text)
    return spec


def read_record(line: bytes) -> StageRecord:
    """Read a record from a line of a run in play.

    Raises:
        UsageError: Its kind is not registered here.
        RecordError: It is no dialogue, though it says so.
        ValueError: It is not a record.
    """
    name = kind_in(line) or from_json(line).get("kind", RECORDED)
    if name == RECORDED:  # or of version 1, which named no kind: nobody plays such talks here
        return parse(line, "a dialogue of the run")
    return kind_of(name).record.model_validate_json(line)
