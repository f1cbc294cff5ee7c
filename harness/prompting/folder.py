"""Reads a folder of prompt templates: regular files of the folder itself, of a size that is read.

Whatever a template says is sent to a model's server, so a link that leads out of the folder is
refused: it would send a file that nobody named.
"""

from __future__ import annotations

import stat
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from harness.errors import InputError, closest

SUFFIX: Final = ".md.j2"
LARGEST: Final = 100_000
"""Bytes of a template; the largest that ships has a tenth of it."""
_ENDINGS: Final = (SUFFIX, ".j2.md", ".md.jinja2", ".md.jinja", ".jinja2", ".jinja", ".j2", ".md")
"""Endings under which somebody may have meant to save a template."""


def read_templates(folder: Path) -> dict[str, tuple[Path, str]]:
    """Name -> file and text of every template in ``folder``, by name.

    Raises:
        InputError: A template is not UTF-8 text, is too large, or lies outside the folder.
    """
    return {
        path.name.removesuffix(SUFFIX): (path, _read(path, folder))
        for path in sorted(folder.glob(f"*{SUFFIX}"))
    }


def _read(path: Path, folder: Path) -> str:
    where = str(path)
    try:
        target = path.resolve(strict=True)
        if not target.is_relative_to(folder.resolve(strict=True)):
            raise InputError(
                "this template is a link that leads out of the folder",
                where=where,
                fix="copy the file into the folder: what a template says is sent to the model",
            )
        if not stat.S_ISREG(target.stat().st_mode):
            raise InputError("this template is not a regular file", where=where, fix="remove it")
        with target.open("rb") as file:
            raw = file.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise InputError(
                f"this template is larger than {LARGEST:,} bytes", where=where, fix="shorten it"
            )
        return raw.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except (OSError, RuntimeError, UnicodeDecodeError) as error:
        raise InputError(
            "this template cannot be read as UTF-8 text",
            where=where,
            fix="save it as UTF-8, where you may read it",
        ) from error


def hold_names(folder: Path, known: Collection[str]) -> None:
    """Check that ``folder`` has at least one known template, and none with a misspelt name.

    Args:
        known: Names of the templates that are used.

    Raises:
        InputError: The folder has no known template, or a name is misspelt.
    """
    names = sorted(path.name for path in folder.iterdir() if not path.is_dir())
    used = {f"{name}{SUFFIX}" for name in known}
    for name in names:
        ending = next((end for end in _ENDINGS if name.lower().endswith(end)), None)
        if name in used or ending is None:
            continue
        stem = name[: -len(ending)]
        meant = [one for one in known if _key(one) == _key(stem)]
        if meant:
            raise misspelt(folder / name, meant[0])
    if not used & set(names):
        guesses = {name: closest(name.removesuffix(SUFFIX), known) for name in names}
        for name, close in guesses.items():
            if name.endswith(SUFFIX) and close:
                raise misspelt(folder / name, close[0])
        raise InputError(
            "no prompt template is in this folder",
            where=str(folder),
            fix=f"a template is called NAME{SUFFIX}; NAME is one of {', '.join(known)}",
        )


def _key(stem: str) -> str:
    return stem.lower().replace("_", "-")


def misspelt(path: Path, meant: str) -> InputError:
    """The error for a file that is meant to be the template ``meant``."""
    return InputError(
        f"{path.name} is no template, and nothing includes it",
        where=str(path),
        fix=f"did you mean {meant}{SUFFIX}?",
    )


def refuse_unused(
    root: Path,
    sources: Mapping[str, tuple[Path, str]],
    included: Collection[str | None],
    known: Collection[str],
) -> None:
    """Refuse templates of ``root`` that are used neither by their name nor by being included.

    Args:
        sources: Name -> file and text, shipped ones too.
        included: File names that templates include.
        known: Names of the templates that are used by themselves.

    Raises:
        InputError: One would change nothing.
    """
    for name, (path, _) in sources.items():
        if path.parent != root or name in known or f"{name}{SUFFIX}" in included:
            continue
        if close := closest(name, known):
            raise misspelt(path, close[0])
        raise InputError(
            f"{path.name} is no template, and nothing includes it",
            where=str(path),
            fix=f"templates are called {', '.join(known)}; remove or include it",
        )
