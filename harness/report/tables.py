"""Tables at a terminal in which names stay whole, so that they can be typed again."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from harness.visible import visible, visible_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

GAP = 2
"""Columns between two columns of a table."""
WHOLE_NAME = 24
"""Characters of a name that stay together on the narrowest terminal."""
LEAST_PROSE = 12
"""Columns that prose gets at least; longer words are broken."""


def print_table(
    console: Console,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    names: Collection[int] = (0,),
    right: Collection[int] = (),
) -> None:
    """Print a table without lines. Text of users and models is never taken as markup.

    Args:
        headings: One a column; a newline breaks them.
        rows: Cells, one a column.
        names: Columns of names. They are never cut, and never broken within a word: one longer
            than :data:`WHOLE_NAME` and two fifths of the width goes on below, after a hyphen, dot
            or slash.
        right: Columns that are set to the right.
    """
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    most = max(WHOLE_NAME, console.width * 2 // 5)
    cells = [
        [
            _in_parts(visible_line(cell), most) if column in names else visible_line(cell)
            for column, cell in enumerate(row)
        ]
        for row in rows
    ]
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0))
    needed = 0
    for column, heading in enumerate(headings):
        texts = [heading, *(row[column] for row in cells)]
        # A name is broken at its ends of line only, prose between any two words.
        parts = [part for text in texts for part in (_lines if column in names else _words)(text)]
        least = max(map(cell_len, parts), default=0)
        if column not in names:
            least = min(least, LEAST_PROSE)
        needed += least + GAP
        table.add_column(
            Text(visible(heading)),
            justify="right" if column in right else "left",
            overflow="fold",
            no_wrap=column in names,
            min_width=least,
        )
    for row in cells:
        table.add_row(*map(Text, row))
    console.print(table, width=max(console.width, needed), crop=False)


def shown(text: str, style: str = "") -> Text:
    """Text of others for a console: what acts or hides is written out, nothing is markup."""
    from rich.text import Text

    return Text(visible(text), style=style)


def _lines(text: str) -> list[str]:
    return text.split("\n")


def _words(text: str) -> list[str]:
    return text.split() or [""]


def _in_parts(name: str, most: int) -> str:
    """A name in lines of at most ``most`` characters, broken after a sign where it has one."""
    if len(name) <= most:
        return name
    lines = [""]
    for part in re.findall(r"[^-_./@:, ]*[-_./@:, ]?", name):
        if lines[-1] and len(lines[-1] + part) > most:
            lines.append("")
        lines[-1] += part
    return "\n".join(line[i : i + most] for line in lines for i in range(0, len(line), most))
