"""Text files that begin with a head in YAML: ``---``, fields, ``---``, and then prose.

The head is read as every YAML file is, with the line of each field. The prose is text and nothing
else: it is neither rendered nor followed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.errors import InputError
from harness.files.yamlfile import Document, load_document, read_text

_LINE: Final = "---"
_FORM: Final = "begin the file with a line '---', then the fields, then '---' and the text"


@dataclass(frozen=True)
class Headed:
    """A file of that form.

    Attributes:
        head: Its fields, with their lines.
        body: What follows, without blank lines at its ends.
        line: On which ``body`` begins, from 1.
    """

    head: Document
    body: str
    line: int


def read_headed(path: Path) -> Headed:
    """Read a file of that form.

    Raises:
        InputError: It cannot be read, has no head, or the head is no YAML.
    """
    lines = read_text(path).removeprefix("\ufeff").split("\n")
    if lines[0].rstrip() != _LINE:
        raise InputError("the file has no head", where=f"{path}:1", fix=_FORM)
    ends = (number for number, line in enumerate(lines) if number and line.rstrip() == _LINE)
    end = next(ends, None)
    if end is None:
        raise InputError("the head has no end", where=f"{path}:1", fix=_FORM)
    head = "\n".join(lines[:end]) + "\n"
    if not any(line.strip() for line in lines[1:end]):
        raise InputError("the head is empty", where=f"{path}:2", fix="write at least 'id:'")
    document = load_document(path, head)
    rest = lines[end + 1 :]
    blank = next((n for n, line in enumerate(rest) if line.strip()), 0)
    return Headed(document, "\n".join(rest).strip(), end + 2 + blank)
