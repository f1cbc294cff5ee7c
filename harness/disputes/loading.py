"""Loads scenarios by name or path: one, or every instance of a family of games."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Final

from harness.disputes.games.family import GameFamily, is_family
from harness.disputes.scenario import Scenario
from harness.errors import InputError
from harness.files.catalogue import located
from harness.files.filetypes import hold_kind, hold_suffix
from harness.files.yamlfile import load_document, read_text, validate

KEPT: Final = 128
"""Files and instances whose scenarios are kept, the last ones used."""

_Key = tuple[Path, int | None, str, bool]
_known: OrderedDict[_Key, tuple[Scenario, ...]] = OrderedDict()


def load_scenarios(ref: str, folder: Path | None = None, *, played: bool = True) -> list[Scenario]:
    """The scenarios of a file: one, or every instance of a game family.

    Args:
        ref: As for :func:`harness.files.catalogue.find`, or the id of one instance of a family, as
            in ``neutral-03``.
        folder: Of the file that names it, where one does: its paths start there.
        played: Whether it is about to be played. For talks that are over, less is asked of it: its
            principals need no public face, and may value issues together.

    Raises:
        InputError: Nothing is called ``ref``, or the file is unsound.
    """
    return _load(*located(ref, folder), played=played)


def _load(path: Path, instance: int | None = None, *, played: bool = True) -> list[Scenario]:
    """A scenario never changes, so a text that was read before gives the same ones: reading and
    checking one takes a tenth of a second, and what is worked out for each once is theirs."""
    hold_suffix(path, "scenario")
    text = read_text(path)
    key = (path, instance, text, played)
    found = _known.pop(key, None)
    if found is None:
        found = tuple(_read(path, text, instance, played=played))
    _known[key] = found  # the last one used stands last
    if len(_known) > KEPT:
        _known.popitem(last=False)
    return list(found)


def _read(path: Path, text: str, instance: int | None, *, played: bool) -> list[Scenario]:
    document = load_document(path, text)
    hold_kind(document.data, path, "scenario", "games")
    if not is_family(document.data):
        if instance is not None:
            raise InputError(
                f"this is one scenario, so it has no instance {instance:02d}",
                where=str(path),
                fix="name it without the number",
            )
        return [validate(document, Scenario, played=played)]
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
