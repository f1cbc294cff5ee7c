"""Texts that are put before people or models, found by what a field is marked as.

A field of :class:`Said` text is told within a scenario: ``$a`` and ``$a_adj`` in it are filled in
with the names of the principals, which therefore never stand in it themselves. A :class:`Heading`
stands over a whole experiment, where there is nothing to fill in. A :class:`Note` is for whoever
reads the file. Every text of a file that people write is marked as one of them (a test holds this),
so what is checked can forget no field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, get_args, get_origin

from pydantic import BaseModel, StringConstraints

from harness.files.problems import KeyPath, Problem


class Mark:
    """What a text is for."""


class SaidMark(Mark):
    """Told within a scenario."""


class HeadingMark(Mark):
    """Stands over an experiment."""


class NoteMark(Mark):
    """For whoever reads the file, or a name that is said through its placeholder."""


_PLAIN = StringConstraints(strip_whitespace=True, min_length=1)
Said = Annotated[str, _PLAIN, SaidMark()]
Heading = Annotated[str, _PLAIN, HeadingMark()]
Note = Annotated[str, _PLAIN, NoteMark()]

PLACEHOLDER: Final = re.compile(r"\$(\{[^}]*\}|[A-Za-z_]\w*|.)?")
"""What stands after a dollar, as :class:`string.Template` reads it; nothing at the end of a line.
"""
_MEANT: Final = re.compile(r"\$(\{[^}]*\}|[A-Za-z_]\w*)")


def texts_of(part: BaseModel, mark: type[Mark]) -> Iterator[tuple[KeyPath, str]]:
    """Every text of ``part`` with ``mark``, however deep, and where it stands in the file."""
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        marked = any(isinstance(item, mark) for item in field.metadata)
        yield from _found(value, field.annotation, marked, (field.alias or name,), mark)


def _found(
    value: object, annotation: Any, marked: bool, at: KeyPath, mark: type[Mark]
) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, BaseModel):
        for path, text in texts_of(value, mark):
            yield (*at, *path), text
        return
    marked, inner = marked_in(annotation, marked, mark)
    if isinstance(value, str):
        if marked:
            yield at, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _found(item, inner[-1], False, (*at, key), mark)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _found(item, inner[0], False, (*at, index), mark)


def marked_in(annotation: Any, marked: bool, mark: type[Mark]) -> tuple[bool, tuple[Any, ...]]:
    """Whether an annotation has ``mark`` for a text that it allows, and what its containers hold.

    Returns:
        The mark, and the type arguments of the container: ``(item, ...)`` of a tuple, ``(key,
        value)`` of a dict; ``(None,)`` where it is none.
    """
    if get_origin(annotation) is Annotated:
        inner, *notes = get_args(annotation)
        marked = marked or any(isinstance(note, mark) for note in notes)
        return marked_in(inner, marked, mark)
    arguments = get_args(annotation)
    if get_origin(annotation) in (tuple, list, dict):
        return marked, arguments
    held: tuple[Any, ...] = (None,)
    for choice in arguments:  # of a union
        one, within = marked_in(choice, False, mark)
        marked = marked or one
        held = within if within != (None,) else held
    return marked, held


def unfilled(
    texts: Iterator[tuple[KeyPath, str]], names: Mapping[str, tuple[str, str]]
) -> Iterator[Problem]:
    """What is wrong with texts that are told within a scenario.

    Args:
        texts: As :func:`texts_of` finds them.
        names: Principal -> its name and its adjective, as they would be written out.
    """
    known = {name for pid in names for name in (pid, f"{pid}_adj")}
    placeholders = ", ".join(f"${name}" for name in sorted(known))
    for path, text in texts:
        for match in PLACEHOLDER.finditer(text):
            name = match.group(1) or ""
            if name.startswith("{"):
                name = name[1:-1] if name.endswith("}") else ""
            if name != "$" and name not in known:
                fix = f"use one of {placeholders}; write $$ for a dollar"
                what = f"unknown placeholder ${name[:40]}"
                if not (match.group(1) or "").strip():
                    what, fix = "a $ without a name", "write $$ for a dollar"
                yield Problem(path, what, fix)
        for pid, words in names.items():
            # A name written out would survive the name swap and tell the twins apart.
            for word in _written_out(text, words):
                fix = f"write ${pid} or ${pid}_adj, so that names can be swapped"
                yield Problem(path, f"{word!r} is written out", fix)


def unfilled_headings(texts: Iterator[tuple[KeyPath, str]]) -> Iterator[Problem]:
    """Placeholders in texts that stand over a whole experiment. A dollar before a sum is one."""
    for path, text in texts:
        for match in _MEANT.finditer(text):
            if match.start() and text[match.start() - 1] == "$":
                continue
            yield Problem(
                path,
                f"{match.group()[:40]} is filled in nowhere: this text is for all scenarios",
                "say it without a placeholder, as in 'the official side'",
            )


def names_in_headings(
    texts: Iterator[tuple[KeyPath, str]], names: Mapping[str, tuple[str, str]]
) -> Iterator[Problem]:
    """Names of principals written out over an experiment whose twins exchange them."""
    for path, text in texts:
        for words in names.values():
            for word in _written_out(text, words):
                yield Problem(
                    path,
                    f"{word!r} is written out, and the twins of the suite exchange the names",
                    "say who is meant in other words, as in 'the official side'",
                )


def _written_out(text: str, words: tuple[str, str]) -> list[str]:
    return [word for word in words if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)]
