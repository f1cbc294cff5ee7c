"""Tables at a terminal in which names stay whole, so that they can be typed again."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterable, Sequence
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
    whole: Collection[int] = (),
) -> None:
    """Print a table without lines. Text of users and models is never taken as markup.

    Args:
        headings: One a column; a newline breaks them.
        rows: Cells, one a column.
        names: Columns of names and numbers. They are never cut, and never broken within a word: a
            name longer than :data:`WHOLE_NAME` that finds no room goes on below, after a hyphen,
            dot or slash. The other columns hold prose and share what is left.
        right: Columns that are set to the right.
        whole: Columns whose cells are kept on one line at any width, so that they can be copied.
    """
    from rich.table import Table
    from rich.text import Text

    columns = [[visible_line(row[i]) for row in rows] for i in range(len(headings))]
    heads = [visible(heading) for heading in headings]
    natural = [_widest([head, *texts], "\n") for head, texts in zip(heads, columns, strict=True)]
    roomy = sum(natural) + GAP * len(natural) <= console.width
    least = []
    for i, (head, texts) in enumerate(zip(heads, columns, strict=True)):
        cells, most = (
            (_widest(texts, "\n"), WHOLE_NAME) if i in names else (_widest(texts), LEAST_PROSE)
        )
        if i in whole:
            cells = most = _widest(texts, "\n")
        least.append(max(min(cells, most), min(_widest([head]), most)))
    for i, head in enumerate(heads):
        if i in names and i not in whole and not roomy:
            others = sum(least) - least[i] + GAP * len(columns)
            most = max(WHOLE_NAME, console.width - others)
            columns[i] = [_in_parts(text, most) for text in columns[i]]
            least[i] = max(_widest(columns[i], "\n"), _widest([head]))
            heads[i] = "\n".join(
                part for line in head.split("\n") for part in textwrap.wrap(line, least[i]) or [""]
            )
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0))
    for i, head in enumerate(heads):
        table.add_column(
            Text(head),
            justify="right" if i in right else "left",
            overflow="fold",
            no_wrap=i in names or i in whole,
            min_width=least[i],
        )
    for row in zip(*columns, strict=True):
        table.add_row(*map(Text, row))
    needed = sum(least) + GAP * len(least)
    if needed > console.width:
        table.width = needed
    console.print(table, crop=False)


def shown(text: str, style: str = "") -> Text:
    """Text of others for a console: what acts or hides is written out, nothing is markup."""
    from rich.text import Text

    return Text(visible(text), style=style)


def shown_line(text: str, style: str = "") -> Text:
    """As :func:`shown`, of a sentence in which names of others stand: none of them begins a line of
    its own."""
    from rich.text import Text

    return Text(visible_line(text), style=style)


def _widest(texts: Iterable[str], between: str | None = None) -> int:
    """Columns of the longest part of ``texts``: of the longest word, or line."""
    from rich.cells import cell_len

    return max((cell_len(part) for text in texts for part in text.split(between)), default=0)


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
