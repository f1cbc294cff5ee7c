"""Finds scenarios, suites, plans and rubrics by path or by name: the user's own files always come
first.

A reference is resolved in this order, and the first hit wins:

1. in a suite, a path from the folder of the suite's file;
2. a path to an existing file;
3. ``evals/<kind>/NAME.yaml`` under the current folder;
4. ``evals/<kind>/NAME.yaml`` of the checkout, or of the installed package.

``NAME`` is the name of the file or the ``id`` in it; ``-`` and ``_`` are the same. ``NAME-03`` is
the third instance of the game family ``NAME``. Rubrics are Markdown: ``NAME.md``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from harness.errors import InputError, closest
from harness.files.filetypes import refused_folder
from harness.files.regular import read_regular

DataKind = Literal["prompts", "evals", "transcripts", "docs"]
"""The folders of words, experiments, records and documents that ship with the package."""
FileKind = Literal["scenarios", "suites", "plans", "rubrics"]
"""What a reference can name: the folders of ``evals/`` that hold one file an item."""

_PACKAGE = Path(__file__).resolve().parents[1]
_ID_LINE = re.compile(r"^id:[ \t]*['\"]?([A-Za-z0-9._-]+)", re.MULTILINE)
_YAML = ("*.yaml",)
_PATTERNS: Final[Mapping[FileKind, tuple[str, ...]]] = {
    "plans": (*_YAML, "*.md", "*.txt", "*.html"),
    "rubrics": ("*.md",),
}
"""How files end. Plans are written in prose too, and are called by their whole names then."""
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
        for pattern in _PATTERNS.get(kind, _YAML):
            for path in sorted(folder.glob(pattern)):
                found.setdefault(_key(_name_of(kind, path)), path)
    return [found[name] for name in sorted(found)]


def _name_of(kind: FileKind, path: Path) -> str:
    """What a file is called by: its name, without the ending where it is the usual one."""
    usual = ".md" if kind == "rubrics" else ".yaml"
    return path.stem if path.suffix == usual else path.name


def find(kind: FileKind, name: str) -> Path:
    """The file that ``name`` (a path, a file name or an id) refers to.

    Raises:
        InputError: There is none; close matches are named.
    """
    path = _locate(kind, name)
    if path is None:
        raise _unknown(kind, name)
    return path


def located(ref: str, folder: Path | None = None) -> tuple[Path, int | None]:
    """The file of a scenario or game family, and the number of the instance if one is named.

    Args:
        ref: As for :func:`harness.disputes.loading.load_scenarios`.
        folder: As for :func:`harness.disputes.loading.load_scenarios`.

    Raises:
        InputError: Nothing is called ``ref``. Whether the instance exists is not looked at.
    """
    path = _locate("scenarios", ref, folder)
    if path is not None:
        return path, None
    if match := _INSTANCE.fullmatch(ref):
        path = _locate("scenarios", match["family"], folder)
        if path is not None:
            return path, int(match["number"])
    raise _unknown("scenarios", ref, folder)


def beside(name: str, folder: Path | None) -> Path | None:
    """The file that ``name`` is from ``folder``, the folder of the file that names it; None where
    there is none."""
    if folder is None or "\0" in name:
        return None
    try:
        path = folder / name
        return path if path.is_file() else None
    except OSError:  # a name too long for the file system
        return None


def _locate(kind: FileKind, name: str, folder: Path | None = None) -> Path | None:
    if "\0" in name:
        return None
    if (path := beside(name, folder)) is not None:
        return path
    try:
        path = Path(name).expanduser()
        if path.is_file():
            return path
    except (OSError, RuntimeError):  # a name too long for the file system; an unknown ~user
        return None
    if _is_path(kind, name):
        return None
    files = list_files(kind)
    by_name = {_key(_name_of(kind, file)): file for file in files}
    if (hit := by_name.get(_key(name))) is not None:
        return hit
    return next((file for file in files if _key(_id_in(kind, file)) == _key(name)), None)


def _is_path(kind: FileKind, name: str) -> bool:
    ends = (".md", ".markdown") if kind == "rubrics" else (".yaml", ".yml")
    return "/" in name or "\\" in name or name.endswith(ends)


def _key(name: str) -> str:
    return name.replace("_", "-").lower()


def _id_in(kind: FileKind, path: Path) -> str:
    """The ``id:`` of a file without parsing it; the file name where there is none to be read."""
    try:
        match = _ID_LINE.search(read_regular(path).decode("utf-8", errors="replace"))
    except OSError:
        match = None
    return match[1] if match else _name_of(kind, path)


def _unknown(kind: FileKind, name: str, folder: Path | None = None) -> InputError:
    noun = kind.removesuffix("s")
    refused = (
        None
        if kind in ("plans", "rubrics")
        else refused_folder(name, "suite" if noun == "suite" else "scenario")
    )
    if refused is not None and (_is_path(kind, name) or (Path(name) / "run.json").exists()):
        return refused
    if _is_path(kind, name):
        what = "no such file"
        if folder is not None and not Path(name).is_absolute():
            what += f", neither in {str(folder)!r} nor here"
        listed = f"track15 list {kind}" if kind in ("plans", "rubrics") else "track15 list"
        return InputError(what, where=name, fix=f"check the path, or name a {noun}: '{listed}'")
    files = list_files(kind)
    # The file and the id in it are one scenario, and may be one name.
    ids = {
        _key(known): known for file in files for known in (_name_of(kind, file), _id_in(kind, file))
    }
    names = sorted(ids.values())
    close = closest(name, names, 3)
    if close:
        fix = f"did you mean {' or '.join(repr(match) for match in close)}?"
    elif names:
        fix = f"known: {', '.join(names)}; or give the path of a file"
    else:
        fix = f"give the path of a file; no {kind} are installed"
    return InputError(f"unknown {noun} {name!r}", fix=fix)
