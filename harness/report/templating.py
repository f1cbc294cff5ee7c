"""What renders pages that are one file: Jinja over this folder's templates, all escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from harness.report.svg import printable

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES: Final = Path(__file__).parent / "templates"


@cache
def environment() -> Environment:
    """The environment of all pages. Its templates are compiled once: that takes a tenth of a
    second."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )


def _finalize(value: object) -> object:
    """What could hide or turn other text is written out in plain text; markup is left alone."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return printable(value)
    return value
