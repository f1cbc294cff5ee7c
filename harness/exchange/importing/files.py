"""Reads files that strangers made: bounded, told apart from what they are not, never executed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from harness.errors import InputError
from harness.exchange.importing.base import BadNegotiationError, Imported, problem
from harness.exchange.importing.negotiation import Negotiation
from harness.files.advice import advice, reason
from harness.files.problems import problems_of
from harness.files.regular import LARGEST, open_regular, read_regular

LONGEST_LINE: Final = 16 << 20
"""Bytes of one line."""
_HEAD: Final = 1024
_BOM: Final = b"\xef\xbb\xbf"


def text_of(path: Path, what: str) -> str:
    """The text of a file that is read whole.

    Args:
        what: What it should be, for the error: "a file of CaSiNo".

    Raises:
        InputError: It cannot be read, is too large, or is no text.
    """
    try:
        content = read_regular(path)
    except OSError as error:
        raise _unreadable(path, error) from None
    _hold_text(content[:_HEAD], path, what)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(
            "the file is no UTF-8 text", where=f"{path}:{line}", fix=f"name {what}"
        ) from None


def document_of(path: Path, what: str) -> Any:
    """The JSON document that a file holds. Arguments and errors as :func:`text_of`."""
    text = text_of(path, what)
    try:
        return from_json(text)
    except ValueError:
        try:  # the standard library says where
            json.loads(text)
        except json.JSONDecodeError as error:
            at, why = f"{path}:{error.lineno}", error.msg
        except RecursionError:
            at, why = str(path), "it is nested too deeply"
        else:
            at, why = str(path), "it is nested too deeply, or a number is too long"
        raise InputError(f"the file is no JSON: {why}", where=at, fix=f"name {what}") from None


def lines_of_text(path: Path, what: str) -> Iterator[tuple[str, str | None]]:
    """The lines of a file as ``FILE:LINE`` and text, streaming; blank ones are left out. None for a
    line that is no text, or longer than any negotiation.

    Raises:
        InputError: As :func:`text_of`.
    """
    try:
        with open_regular(path) as file:
            head = file.peek(_HEAD)[:_HEAD] if hasattr(file, "peek") else b""
            _hold_text(head, path, what)
            number = 0
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                where = f"{path}:{number}"
                if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
                    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                        pass
                    yield where, None
                    continue
                if number == 1:
                    line = line.removeprefix(_BOM)
                if not line.strip():
                    continue
                try:
                    yield where, line.decode()
                except UnicodeDecodeError:
                    yield where, None
    except OSError as error:
        raise _unreadable(path, error) from None


def json_lines(path: Path, what: str) -> Iterator[tuple[str, Any] | Imported]:
    """The JSON value of every line of a file, with ``FILE:LINE``; a problem for a line that is
    none. Arguments and errors as :func:`text_of`."""
    for where, line in lines_of_text(path, what):
        if line is None:
            yield problem(where, f"no UTF-8 text, or longer than {LONGEST_LINE >> 20} MB")
            continue
        try:
            yield where, from_json(line)
        except ValueError as error:
            yield problem(where, f"no JSON: {error}")


def negotiation_of(given: object, where: str) -> Imported:
    """A negotiation from plain values; a problem where they are none."""
    if not isinstance(given, dict):
        return problem(where, "a negotiation is one JSON object, and this is none")
    try:
        return Imported(where, Negotiation.model_validate(given))
    except BadNegotiationError as error:
        return problem(where, str(error))
    except ValidationError as error:
        return problem(where, words_of(error))
    except RecursionError:
        return problem(where, "it is nested too deeply")


def words_of(error: ValidationError, model: type[BaseModel] = Negotiation) -> str:
    """What pydantic found, in words: the first problem, where it stands, and how to mend it.

    Args:
        model: What was validated.
    """
    found = problems_of(error, model)
    first = found[0]
    path = ".".join(str(step) for step in first.path[:8])
    at = f"{path[:80]}: " if path else ""
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"{at}{first.what}; {first.fix}{more}" if first.fix else f"{at}{first.what}"


def _hold_text(head: bytes, path: Path, what: str) -> None:
    """Hold that a file begins like text, and not like a page of the web.

    Raises:
        InputError: It does not.
    """
    begins = head.removeprefix(_BOM).lstrip().lower()
    if not begins and len(head) < _HEAD:
        raise InputError("the file is empty", where=str(path), fix=f"name {what}")
    if begins.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise InputError(
            "this is a web page, not the data itself",
            where=str(path),
            fix=f"download the file again, from its 'raw' link, and name {what}",
        )
    if b"\0" in head or begins.startswith((b"pk\x03\x04", b"\x1f\x8b", b"%pdf")):
        raise InputError(
            "this is no text file", where=str(path), fix=f"unpack it if it is packed; name {what}"
        )


def _unreadable(path: Path, error: OSError) -> InputError:
    fix = advice(error, reading=True)
    if isinstance(error, FileNotFoundError):
        fix = "check the path"
    elif isinstance(error, IsADirectoryError):
        fix = "name a file in it"
    elif "larger" in reason(error):
        fix = f"split it: at most {LARGEST >> 20} MB are read whole"
    return InputError(f"cannot be read: {reason(error)}", where=str(path), fix=fix)
