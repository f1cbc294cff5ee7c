"""Keyword options of ``plan`` and ``run``, named like the flags of the command line.

A value out of range is refused before anything is played. An option that is left out, or None,
means the same as a flag that is not given.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from functools import cache
from os import PathLike, fspath
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypedDict, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from harness.delegations.plugins import load, parse_targets
from harness.errors import UsageError, suggest
from harness.models.address import ModelRole
from harness.models.lineups import lineups_of
from harness.models.named import Chosen, NamedModel, endpoints
from harness.models.settings import PoolSettings
from harness.orchestrator.lineup import Lineup
from harness.orchestrator.overrides import Overrides
from harness.workers.backend import Backend

_Count = Annotated[int, Field(ge=1)]
_Positive = Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]
_Place = str | PathLike[str]


class PlanOptions(TypedDict, total=False):
    """What is played.

    Attributes:
        models: Who plays: one address or name of ``models.yaml`` for both seats, a mapping from
            role (``official``, ``unofficial``) to such, or texts ``ROLE=ADDRESS``. Several of a
            seat, in a list or parted by commas, each play the whole suite. Left out, those of the
            suite play, or scripted delegations.
        matrix: Pair each model of one seat with each of the other.
        opponent: Who sits opposite those that are named, in every arm.
        models_file: Models by name; left out, ``models.yaml`` here.
        delegations: Role -> a delegation of one's own (``module:object``, ``file.py:object``, or
            the name of an installed one), or texts ``ROLE=TARGET``. Its code is executed.
        scenarios, arms: Play only these. A single name may be given as plain text.
        limit: Play at most this many dialogues.
        epochs: Repetitions of each scenario in each arm.
        seed: Of all random choices.
        turns: Turns per delegation per round.
        rounds: Rounds of talks.
        probe: Whether each delegate is asked in private, before any talks, what it would sign.
        dialogue_token_limit: Tokens after which a dialogue is void.
        dialogue_time_limit: Seconds of waiting for models after which a dialogue is void.
        temperature, effort, max_tokens: Of every model.
        prompts: Folder whose templates replace the shipped ones.
        evaluators: Also these: names, or ``file.py:Object``, whose code is executed.
    """

    models: str | Sequence[str] | Mapping[str, str | Sequence[str]]
    matrix: bool
    opponent: str | None
    models_file: _Place | None
    delegations: str | Sequence[str] | Mapping[str, str]
    scenarios: str | Sequence[str]
    arms: str | Sequence[str]
    limit: _Count | None
    epochs: Annotated[int, Field(ge=1, le=100_000)] | None
    seed: Annotated[int, Field(ge=0, le=2**53)] | None
    turns: Annotated[int, Field(ge=1, le=200)] | None
    rounds: Annotated[int, Field(ge=1, le=20)] | None
    probe: bool | None
    dialogue_token_limit: _Count | None
    dialogue_time_limit: Annotated[float, Field(gt=0, le=31_536_000, allow_inf_nan=False)] | None
    temperature: Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)] | None
    effort: str | None
    max_tokens: Annotated[int, Field(ge=64, le=200_000)] | None
    prompts: _Place | None
    evaluators: str | Sequence[str]


class WireOptions(TypedDict, total=False):
    """Where it is played, how hard endpoints are driven, and what may be spent.

    Attributes:
        log_dir: Folder that run folders are in; left out, ``transcripts``.
        max_connections: Concurrent requests to each endpoint.
        max_retries: Retries of a failed request.
        timeout: Time limit of one request, in seconds.
        adaptive: Whether an endpoint that shows trouble is sent fewer requests at once.
        requests_per_minute, tokens_per_minute: Of each endpoint.
        reasoning: Whether the record keeps what models thought before they replied, where their
            servers give it.
        token_limit: Token budget of the run, earlier sessions included.
        cost_limit: Budget of the run in US dollars, earlier sessions included.
        cache: File of replies that other runs use too.
        workers: Processes to play in; with ``ray``, actors.
        executor: ``local`` or ``ray``.
        ray_address: Of a running cluster.
        retry_void: Play dialogues that are void for a reply again.
        allow_model_change: Resume though a server serves another model than before.
    """

    log_dir: _Place
    max_connections: Annotated[int, Field(ge=1, le=10_000)]
    max_retries: Annotated[int, Field(ge=0, le=100)]
    timeout: Annotated[float, Field(ge=0.1, le=86_400, allow_inf_nan=False)]
    adaptive: bool
    reasoning: bool
    requests_per_minute: _Positive | None
    tokens_per_minute: _Positive | None
    token_limit: _Count | None
    cost_limit: _Positive | None
    cache: _Place | None
    workers: Annotated[int, Field(ge=1, le=1024)] | None
    executor: Literal["local", "ray"]
    ray_address: str | None
    retry_void: bool
    allow_model_change: bool


class RunOptions(PlanOptions, WireOptions, total=False):
    """What is played, where, how hard endpoints are driven, and what may be spent.

    Attributes:
        reuse: Take finished stages of other runs in ``log_dir`` instead of playing them.
        replay: A run that is played again from its record; no model is asked.
    """

    reuse: bool
    replay: str | None


class JudgeOptions(WireOptions, total=False):
    """How a judge is asked, and what may be spent on it. Its limits are of what judging the run
    takes, by whichever judge; what the dialogues took is not counted.

    Attributes:
        models_file: Models by name; left out, ``models.yaml`` here.
    """

    models_file: _Place | None


_TEXTS: Final = ("models", "delegations", "scenarios", "arms", "evaluators")
"""Options of which there may be several."""


@cache
def _model_of(options: type) -> type[BaseModel]:
    """What checks these options."""
    hints = get_type_hints(options, include_extras=True)
    fields: Any = {name: (hint, None) for name, hint in hints.items()}
    config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    return create_model(options.__name__, __config__=config, **fields)


def checked(options: Mapping[str, Any], kind: type) -> dict[str, Any]:
    """The given options, checked against ``kind``; those that take several values become tuples.

    Raises:
        UsageError: An option is unknown, or its value is not allowed.
    """
    model = _model_of(kind)
    for name in options.keys() - model.model_fields.keys():
        raise UsageError(
            f"unknown option {name!r}",
            where=name,
            fix=suggest(name, model.model_fields, see="docs/api.md"),
        )
    try:
        whole = model.model_validate(dict(options))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise UsageError(
            first["msg"], where=str(first["loc"][0]), fix="see docs/api.md for what it may be"
        ) from None
    given = {name: value for name in options if (value := getattr(whole, name)) is not None}
    return given | {name: role_texts(given[name]) for name in _TEXTS if name in given}


def role_texts(given: str | Sequence[str] | Mapping[str, str | Sequence[str]]) -> tuple[str, ...]:
    """``ROLE=WHO`` of each role, or ``WHO`` for all, as flags say it."""
    if isinstance(given, str):
        return (given,)
    if isinstance(given, Mapping):
        return tuple(f"{r}={who}" for r, several in given.items() for who in role_texts(several))
    return tuple(given)


def overrides(
    models: Sequence[str] = (),
    delegations: Sequence[str] = (),
    known: Mapping[str, NamedModel] | None = None,
    *,
    matrix: bool = False,
    opponent: str | None = None,
    **changes: Any,
) -> Overrides:
    """What the options change in a suite. Loads the delegations.

    Args:
        models, delegations: As :func:`role_texts` gives them.
        known: Models by name.
        matrix, opponent: As for :func:`~harness.models.lineups.lineups_of`.
        changes: Fields of :class:`Overrides`; the limits of a dialogue under their options' names.

    Raises:
        UsageError: A model address is malformed, a delegation cannot be loaded, or one role is
            given twice.
    """
    if changes.get("effort") is not None and not re.fullmatch("[a-z]{1,20}", changes["effort"]):
        raise UsageError("one word in small letters", where="--effort", fix="for example low")
    for name in ("token_limit", "time_limit"):
        if f"dialogue_{name}" in changes:
            changes[name] = changes.pop(f"dialogue_{name}")
    targets = parse_targets(tuple(delegations))
    chosen = lineups_of(models, known or {}, matrix=matrix, opponent=opponent, brought=targets)
    changes.update(as_changes(chosen))
    if not delegations:
        return Overrides(**changes)
    for text in models:
        role = text.partition("=")[0].strip().lower()
        if role in targets:
            raise UsageError(
                f"{role} is given a model and a delegation",
                where="--delegation",
                fix=f"leave out --model {role}=... or --delegation {role}=...",
            )
    own = {role: load(target) for role, target in targets.items()}
    names = {delegation.name for delegation in own.values()}
    if len(names) < len({(delegation.name, delegation.source) for delegation in own.values()}):
        raise UsageError(
            f"two files would have the same name in the record: {names.pop()!r}",
            where="--delegation",
            fix="rename one of the files",
        )
    return Overrides(delegations=own, **changes)


def as_changes(chosen: Sequence[Mapping[ModelRole, Chosen]]) -> dict[str, Any]:
    """Line-ups as fields of :class:`Overrides`."""
    lineups = [
        Lineup(
            models={role: one.address for role, one in by_role.items()},
            sampling={role: one.sampling for role, one in by_role.items()},
        )
        for by_role in chosen
    ]
    if len(lineups) > 1:
        return {"lineups": tuple(lineups)}
    return {"models": lineups[0].models, "sampling": lineups[0].sampling}


_CHANGES = (
    *("scenarios", "arms", "limit", "epochs", "seed", "turns", "rounds", "probe"),
    *("dialogue_token_limit", "dialogue_time_limit", "temperature", "effort", "max_tokens"),
)


def overrides_of(options: Mapping[str, Any], known: Mapping[str, NamedModel]) -> Overrides:
    """What :func:`checked` options change in a suite.

    Raises:
        UsageError: As :func:`overrides`.
    """
    return overrides(
        options.get("models", ()),
        options.get("delegations", ()),
        known,
        matrix=options.get("matrix", False),
        opponent=options.get("opponent"),
        **{name: options[name] for name in _CHANGES if name in options},
    )


def wire_of(
    options: Mapping[str, Any], known: Mapping[str, NamedModel] | None = None
) -> PoolSettings:
    """The connection settings of a run, with the settings of each model in ``known``."""
    own = PoolSettings.model_fields.keys() - {"endpoints"}
    given = {name: options[name] for name in own if name in options}
    return PoolSettings(endpoints=endpoints(known or {}), **given)


def backend_of(options: Mapping[str, Any]) -> Backend:
    """Where it is played.

    Raises:
        UsageError: The options do not go together.
        MissingExtraError: Ray is asked for and not installed.
    """
    backend = Backend(
        options.get("workers"), options.get("executor", "local"), options.get("ray_address")
    )
    if backend.ray_address is not None and backend.executor != "ray":
        raise UsageError(
            "it is for --executor ray", where="--ray-address", fix="add --executor ray"
        )
    if options.get("replay") is not None and not backend.here:
        raise UsageError(
            "a replay is played in one process",
            where="--replay",
            fix="leave out --workers and --executor",
        )
    if backend.executor == "ray":
        from harness.workers.ray import hold_installed

        hold_installed()
    return backend


def folder_option(options: Mapping[str, Any], name: str) -> Path | None:
    """A folder that must be there; None where the option is left out.

    Raises:
        UsageError: It is not.
    """
    if name not in options:
        return None
    path = Path(options[name])
    if not path.is_dir():
        raise UsageError(f"there is no folder {str(path)!r}", where=name, fix="check the path")
    return path


_FLAGS = {
    "models": "--model",
    "models_file": "--models",
    "delegations": "--delegation",
    "scenarios": "--scenario",
    "arms": "--arm",
    "evaluators": "--evaluator",
}


_WITH_NO: Final = ("adaptive", "probe", "reasoning")
"""Options whose flag is turned off by ``--no-``."""


def command_of(suite: _Place, options: Mapping[str, Any]) -> str:
    """What to type to resume a run with these :func:`checked` options."""
    words = ["track15", "run", fspath(suite)]
    for name, value in options.items():
        flag = _FLAGS.get(name, "--" + name.replace("_", "-"))
        if isinstance(value, bool):
            off = [f"--no-{name}"] if name in _WITH_NO else []
            words += [flag] if value else off
        else:
            texts = value if isinstance(value, tuple) else (value,)
            words += [word for text in texts for word in (flag, str(text))]
    return shlex.join(words)
