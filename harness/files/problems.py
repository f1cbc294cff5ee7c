"""What is wrong in a document that a person wrote, and what to do about it.

pydantic says what it found; :func:`problems_of` puts it into words for the person who wrote the
file: where, what, and the fix that fits what was written there.

Kept by hand: no library turns a validation error into the fix for what stands in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ValidationError, ValidationInfo

from harness.errors import NAME_SHOWN, brief, closest

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a document: where (a path of keys and indices), what, and the fix."""

    path: KeyPath
    what: str
    fix: str = ""


class Problems(ValueError):  # noqa: N818 - many, and caught before anybody sees it
    """Raised inside a model's validator to report several problems at their own fields."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(p.what for p in self.problems))


WRITTEN: Final[Mapping[str, bool]] = {"written": True}
"""The context in which a file that a person wrote is validated. What only holds of such a file is
not asked of a record, which may be older than the question."""


def written(info: ValidationInfo) -> bool:
    """Whether a file that a person wrote is being validated."""
    return bool(info.context and info.context.get("written"))


NAME_PATTERN: Final = r"^[a-z][a-z0-9_]*$"
SLUG_PATTERN: Final = r"^[a-z0-9][a-z0-9._-]*$"
SEAT_PATTERN: Final = r"^[a-z][a-z0-9]*$"
WORD_PATTERN: Final = r"^[a-z]{1,20}$"

RULES: Final[Mapping[str, str]] = {
    NAME_PATTERN: "use lower-case letters, digits and '_', starting with a letter",
    SLUG_PATTERN: "use lower-case letters, digits, '-', '_' and '.', starting with a letter or "
    "digit",
    SEAT_PATTERN: "use lower-case letters and digits, starting with a letter",
    WORD_PATTERN: "write one word in lower-case letters",
}
"""What a pattern asks for, in words. A pattern without words here is shown as it is."""

_FIXES: Final[Mapping[str, str]] = {
    "string_type": "write text",
    "string_too_short": "write something here",
    "string_too_long": "write it shorter",
    "float_type": "write a number",
    "float_parsing": "write a number",
    "finite_number": "write an ordinary number",
    "int_type": "write a whole number",
    "int_parsing": "write a whole number",
    "int_parsing_size": "write a smaller number",
    "int_from_float": "write a whole number",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "dict_type": "write one 'name: value' a line, indented",
    "model_type": "write one 'name: value' a line, indented",
    "tuple_type": "write a list: one '- item' a line, or [one, two]",
    "list_type": "write a list: one '- item' a line, or [one, two]",
    "literal_error": "use one of the words listed",
    "enum": "use one of the words listed",
    "less_than_equal": "write a number in the range",
    "greater_than_equal": "write a number in the range",
    "too_long": "leave some out",
    "too_short": "add what is missing",
}
"""What to do about the errors pydantic reports by themselves."""

_LISTED = re.compile(r"'([^']*)'")


def problems_of(error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """What pydantic reported, in words for the person who wrote the file."""
    names = _field_names(model)
    problems: list[Problem] = []
    meant = _misspelt(error)
    found_misspelt = {(*at[:-1], field) for at, field in meant.items()}
    paths = [tuple(item["loc"]) for item in error.errors()]
    for item in error.errors():
        path = tuple(item["loc"])
        cause = item.get("ctx", {}).get("error")
        if isinstance(cause, Problems):
            problems.extend(Problem(path + p.path, p.what, p.fix) for p in cause.problems)
            continue
        match item["type"]:
            case "extra_forbidden":
                name = str(path[-1])
                close = (
                    [meant[path]]
                    if path in meant
                    else closest(name, (n for n in names if n != name))
                )
                fix = f"did you mean {close[0]!r}?" if close else "remove it"
                problems.append(Problem(path, f"unknown field {brief(name)}", fix))
            case "missing" if path in found_misspelt:
                continue  # it is there, misspelt: one problem, not two
            case "too_short" if any(
                len(one) > len(path) and one[: len(path)] == path for one in paths
            ):
                continue  # what is wrong in an item was not counted: one problem, not two
            case "missing":
                problems.append(
                    Problem(
                        path[:-1],
                        f"the field {path[-1]!r} is missing",
                        f"add '{path[-1]}:'",
                    )
                )
            case kind:
                if path and path[-1] == "[key]":  # pydantic's mark for the key of a mapping
                    path = path[:-1]
                given, context = item.get("input"), item.get("ctx", {})
                message = str(item["msg"]).removeprefix("Value error, ")
                if kind == "string_pattern_mismatch":
                    message = "not a usable name"
                if (shown := _shown(given)) is not None:
                    message += f" (got {shown})"
                problems.append(
                    Problem(path, message[:1].lower() + message[1:], _fix(kind, given, context))
                )
    return problems


def _misspelt(error: ValidationError) -> dict[KeyPath, str]:
    """Unknown field -> the missing field beside it that it is meant to be."""
    missing: dict[KeyPath, list[str]] = {}
    unknown: list[KeyPath] = []
    for item in error.errors():
        path = tuple(item["loc"])
        if item["type"] == "missing":
            missing.setdefault(path[:-1], []).append(str(path[-1]))
        elif item["type"] == "extra_forbidden":
            unknown.append(path)
    meant: dict[KeyPath, str] = {}
    for path in unknown:
        beside = missing.get(path[:-1], [])
        if close := closest(str(path[-1]), beside):
            meant[path] = close[0]
            beside.remove(close[0])
    return meant


def _shown(given: object) -> str | None:
    """What was written, where it is short enough to be shown."""
    if isinstance(given, bool):
        return str(given).lower()  # as it stands in the file
    if isinstance(given, int) and given.bit_length() > 4 * NAME_SHOWN:
        return None  # Python refuses to write out an integer of thousands of digits
    if isinstance(given, str | int | float) and len(shown := repr(given)) <= NAME_SHOWN:
        return shown
    return None


def _fix(kind: str, given: object, context: Mapping[str, Any]) -> str:
    """The fix for what stands there, not for the sort of error in general."""
    if kind == "string_pattern_mismatch":
        pattern = str(context.get("pattern", ""))
        return RULES.get(pattern, f"it must match {pattern}")
    plain = isinstance(given, bool | int | float)
    shown = _shown(given) if plain else None
    if kind in ("literal_error", "enum"):
        words = _LISTED.findall(str(context.get("expected", "")))
        if shown in words:
            return f'put it in quotes: "{shown}"'
        if isinstance(given, str) and (close := closest(given, words)):
            return f"did you mean {close[0]!r}?"
    if kind == "string_type" and shown is not None:
        return f'put it in quotes: "{shown}"'
    return _FIXES.get(kind, "")


def _field_names(model: type[BaseModel]) -> list[str]:
    schema = model.model_json_schema()
    blocks = [schema, *schema.get("$defs", {}).values()]
    return sorted({name for block in blocks for name in block.get("properties", {})})
