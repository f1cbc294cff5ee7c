"""Finds scenarios and suites by path or by name: the user's own files always come first.

A reference is resolved in this order, and the first hit wins:

1. a path to an existing file;
2. ``evals/<kind>/NAME.yaml`` under the current folder;
3. ``evals/<kind>/NAME.yaml`` of the checkout, or of the installed package.

``NAME`` is the name of the file or the ``id`` in it; ``-`` and ``_`` are the same. ``NAME-03`` is
the third instance of the game family ``NAME``.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from harness.errors import InputError

if TYPE_CHECKING:
    from harness.scenario import Scenario

DataKind = Literal["prompts", "evals", "transcripts"]
"""The folders of words, experiments and records that ship with the package."""
FileKind = Literal["scenarios", "suites"]
"""What a reference can name: the folders of ``evals/`` that hold one YAML file an item."""

_PACKAGE = Path(__file__).resolve().parent
_ID_LINE = re.compile(r"^id:[ \t]*['\"]?([A-Za-z0-9._-]+)", re.MULTILINE)
_INSTANCE = re.compile(r"(?P<family>.+)-(?P<number>\d{2,})")


def data_root(kind: DataKind) -> Path:
    """Folder of the shipped files of ``kind``: the checkout's own, else the package's copy."""
    checkout = _PACKAGE.parent
    if (checkout / "pyproject.toml").is_file():
        return checkout / kind
    return _PACKAGE / "_data" / kind


def list_files(kind: FileKind) -> list[Path]:
    """Every file that a name can find, by file name; a user's file hides a shipped namesake."""
    found: dict[str, Path] = {}
    for folder in (Path("evals") / kind, data_root("evals") / kind):
        for path in sorted(folder.glob("*.yaml")):
            found.setdefault(_key(path.stem), path)
    return [found[name] for name in sorted(found)]


def find(kind: FileKind, name: str) -> Path:
    """The file that ``name`` (a path, a file name or an id) refers to.

    Raises:
        InputError: There is none; close matches are named.
    """
    path = _locate(kind, name)
    if path is None:
        raise _unknown(kind, name)
    return path


def load_scenarios(ref: str) -> list[Scenario]:
    """The scenarios of a file: one, or every instance of a game family.

    Args:
        ref: As for :func:`find`, or the id of one instance of a family, as in ``neutral-03``.

    Raises:
        InputError: Nothing is called ``ref``, or the file is unsound.
    """
    return _load(*located(ref))


def located(ref: str) -> tuple[Path, int | None]:
    """The file of a scenario or game family, and the number of the instance if one is named.

    Args:
        ref: As for :func:`load_scenarios`.

    Raises:
        InputError: Nothing is called ``ref``. Whether the instance exists is not looked at.
    """
    path = _locate("scenarios", ref)
    if path is not None:
        return path, None
    if match := _INSTANCE.fullmatch(ref):
        path = _locate("scenarios", match["family"])
        if path is not None:
            return path, int(match["number"])
    raise _unknown("scenarios", ref)


def _load(path: Path, instance: int | None = None) -> list[Scenario]:
    from harness.games import GameFamily, is_family
    from harness.scenario import Scenario
    from harness.yamlfile import load_document, validate

    document = load_document(path)
    if not is_family(document.data):
        if instance is not None:
            raise InputError(
                f"this is one scenario, so it has no instance {instance:02d}",
                where=str(path),
                fix="name it without the number",
            )
        return [validate(document, Scenario)]
    family = validate(document, GameFamily)
    count = family.generate.instances
    if instance is not None and not 1 <= instance <= count:
        raise InputError(
            f"the game family {family.id!r} has no instance {instance:02d}",
            where=str(path),
            fix=f"it has {family.instance_id(1)} to {family.instance_id(count)}",
        )
    try:
        return family.scenarios() if instance is None else [family.scenario(instance)]
    except InputError as error:
        where = f"{path}:{document.line(('generate',))}"
        raise InputError(error.what, where=where, fix=error.fix) from None


def _locate(kind: FileKind, name: str) -> Path | None:
    if "\0" in name:
        return None
    try:
        path = Path(name).expanduser()
        if path.is_file():
            return path
    except (OSError, RuntimeError):  # a name too long for the file system; an unknown ~user
        return None
    if _is_path(name):
        return None
    files = list_files(kind)
    by_name = {_key(file.stem): file for file in files}
    if (hit := by_name.get(_key(name))) is not None:
        return hit
    return next((file for file in files if _key(_id_in(file)) == _key(name)), None)


def _is_path(name: str) -> bool:
    return "/" in name or "\\" in name or name.endswith((".yaml", ".yml"))


def _key(name: str) -> str:
    return name.replace("_", "-").lower()


def _id_in(path: Path) -> str:
    """The ``id:`` of a file without parsing it; the file name where there is none to be read."""
    try:
        match = _ID_LINE.search(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        match = None
    return match[1] if match else path.stem


def _unknown(kind: FileKind, name: str) -> InputError:
    noun = kind.removesuffix("s")
    if _is_path(name):
        what = "this is a folder, not a file" if Path(name).is_dir() else "no such file"
        return InputError(
            what, where=name, fix=f"check the path, or name a {noun}: 'track15 list'"
        )
    names = sorted({known for file in list_files(kind) for known in (file.stem, _id_in(file))})
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    if close:
        fix = f"did you mean {' or '.join(repr(match) for match in close)}?"
    elif names:
        fix = f"known: {', '.join(names)}; or give the path of a file"
    else:
        fix = f"give the path of a file; no {kind} are installed"
    return InputError(f"unknown {noun} {name!r}", fix=fix)
