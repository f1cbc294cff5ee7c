"""Recognises the kind of a file by its fields, so that a mix-up gets one clear error.

A scenario that is read as a suite would give a dozen errors, and following their fixes would
destroy the file.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from harness.errors import InputError

Kind = Literal["suite", "scenario", "games", "models", "run"]


class _Words(NamedTuple):
    """What a kind of file is called, the fields that show it, and how it is used."""

    called: str
    fields: tuple[str, ...]
    use: str


KINDS: Final[Mapping[Kind, _Words]] = {
    "run": _Words("the plan of a run", ("plan", "suite"), "read the run with: track15 show {}"),
    "suite": _Words("a suite", ("arms",), "play it with: track15 run {}"),
    "scenario": _Words(
        "a scenario", ("principals", "issues"), "play it with: track15 run quickstart --scenario {}"
    ),
    "games": _Words(
        "a family of games", ("generate",), "play it with: track15 run quickstart --scenario {}"
    ),
    "models": _Words(
        "a list of models", ("models",), "name it with: track15 run quickstart --models {}"
    ),
}
_SUFFIXES: Final[Mapping[str, tuple[str, str]]] = {
    ".py": ("Python", "name an object in it: --delegation ROLE={}:OBJECT, or --evaluator"),
    ".jsonl": ("a file of a run", "name the run's folder: track15 show FOLDER"),
    ".j2": ("a prompt template", "name its folder: --prompts FOLDER"),
    ".html": ("a report", "open it in a browser"),
}


def kind_of(data: object) -> Kind | None:
    """What the data of a file describe; None where nothing shows it."""
    if not isinstance(data, Mapping):
        return None
    for kind, words in KINDS.items():
        if str(data.get("schema", "")).startswith(f"track15/{kind}/"):
            return kind
        if all(name in data for name in words.fields):
            return kind
    return None


def hold_kind(data: Any, path: Path, *wanted: Kind) -> None:
    """Refuse a file that is recognisably of another kind than ``wanted``.

    A file of no recognisable kind passes: validation says what it lacks.

    Raises:
        InputError: The file is of another kind; names the kind, and how such a file is used.
    """
    kind = kind_of(data)
    if kind is None or kind in wanted:
        return
    subject = path.parent if kind == "run" else path
    raise InputError(
        f"this is {KINDS[kind].called}, not {KINDS[wanted[0]].called}",
        where=str(path),
        fix=KINDS[kind].use.format(shlex.quote(str(subject))),
    )


def hold_suffix(path: Path, wanted: Kind) -> None:
    """Refuse a file whose name shows that it is not YAML.

    Raises:
        InputError: Its name shows that.
    """
    if path.suffix in _SUFFIXES:
        called, use = _SUFFIXES[path.suffix]
        raise InputError(
            f"this is {called}, not {KINDS[wanted].called}",
            where=str(path),
            fix=use.format(shlex.quote(str(path))),
        )


def refused_folder(name: str, wanted: Kind) -> InputError | None:
    """The error for a folder given in the place of a file; None where ``name`` is no folder."""
    path = Path(name)
    try:
        if not path.is_dir():
            return None
        run = (path / "run.json").is_file()
    except OSError:
        return None
    if run:
        return InputError(
            f"this is the folder of a run, not {KINDS[wanted].called}",
            where=name,
            fix=f"read it with: track15 show {shlex.quote(name)}",
        )
    noun = "a suite" if wanted == "suite" else "a scenario"
    return InputError(
        "this is a folder, not a file",
        where=name,
        fix=f"check the path, or name {noun}: 'track15 list'",
    )
