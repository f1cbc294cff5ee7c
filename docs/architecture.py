"""Draws the house from its imports: rooms on their floors, and what each of them stands on.

The floors and wings are those that ``tests/test_structure.py`` holds the package to; the words of a
room are the first line of its ``__init__.py``. An arrow means "imports". One that follows from
others, because the way leads there already, is left out.

    python docs/architecture.py
"""

from __future__ import annotations

import ast
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.test_structure import FILES, FLOORS, HARNESS, MEASURING, PLAYING, imports, room  # noqa: E402

PICTURE: Final = ROOT / "docs" / "architecture.svg"
COLUMN: Final = 332
GAP: Final = 34
MARGIN: Final = 24
HEADER: Final = 74
TITLE: Final = 17
LINE: Final = 12
BETWEEN: Final = 34
"""Pixels between two floors, for arrows."""
WINGS: Final = {
    "playing": "Playing: asks models, leaves records",
    "hall": "The hall: what both stand on, and the door",
    "measuring": "Measuring: reads records, asks nobody",
}
COLOURS: Final = {"playing": "#0072B2", "hall": "#555555", "measuring": "#B34700"}
TINTS: Final = {"playing": "#eaf3fa", "hall": "#f4f4f4", "measuring": "#fbeee6"}


@dataclass
class Box:
    """A room, or the loose modules of a floor.

    Attributes:
        name: Of the room; the names of loose modules.
        members: What it stands for, as the imports name it.
        lines: What is written below the name.
    """

    name: str
    members: frozenset[str]
    wing: str
    floor: int
    lines: list[str]
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0

    @property
    def height(self) -> float:
        return 12 + TITLE * bool(self.name) + LINE * len(self.lines)


def wing_of(name: str) -> str:
    return "playing" if name in PLAYING else "measuring" if name in MEASURING else "hall"


def said_of(name: str) -> str:
    """The first sentence that a room says of itself."""
    words = ast.get_docstring(ast.parse((HARNESS / name / "__init__.py").read_text("utf-8"))) or ""
    return words.splitlines()[0].replace("``", "").rstrip(".")


def boxes() -> list[Box]:
    """Rooms one by one, loose modules by the floor, from the ground up."""
    found = []
    for floor, names in enumerate(FLOORS):
        rooms = sorted(name for name in names if (HARNESS / name).is_dir())
        found += [Box(n, frozenset({n}), wing_of(n), floor, [said_of(n)]) for n in rooms]
        if loose := sorted(names - set(rooms)):
            words = ", ".join(f"{name}.py" for name in loose)
            found.append(Box("", frozenset(loose), "hall", floor, [words]))
    return found


def place(found: list[Box]) -> float:
    """Put every box where it belongs; gives the height of the whole."""
    y = float(HEADER)
    for floor in reversed(range(len(FLOORS))):
        here = [box for box in found if box.floor == floor]
        for wing in WINGS:
            side = [box for box in here if box.wing == wing]
            for number, box in enumerate(side):
                box.width = (COLUMN - 14 * (len(side) - 1)) / len(side)
                left = MARGIN + list(WINGS).index(wing) * (COLUMN + GAP)
                box.x, box.y = left + number * (box.width + 14), y
                box.lines = textwrap.wrap(box.lines[0], int(box.width / 5.6))
        y += max(box.height for box in here) + BETWEEN
    return y


def arrows(found: list[Box]) -> list[tuple[Box, Box]]:
    """From a box to one that it imports, without those that follow from others."""
    of = {name: box for box in found for name in box.members}
    uses: dict[int, set[int]] = {id(box): set() for box in found}
    for path in FILES:
        for other in imports(path):
            if of[other] is not of[room(path)]:
                uses[id(of[room(path)])].add(id(of[other]))
    reach = {start: _reached(start, uses) for start in uses}

    def follows(start: int, end: int) -> bool:
        """Whether the way leads over a third box, in no circle with either."""
        return any(
            end in reach[over]
            for over in uses[start]
            if over != end and start not in reach[over] and over not in reach[end]
        )

    boxes_of = {id(box): box for box in found}
    return [
        (boxes_of[start], boxes_of[end])
        for start in uses
        for end in sorted(uses[start], key=lambda key: (boxes_of[key].floor, boxes_of[key].x))
        if not follows(start, end)
    ]


def _reached(start: int, uses: dict[int, set[int]]) -> set[int]:
    seen: set[int] = set()
    coming = [start]
    while coming:
        coming += (new := uses[coming.pop()] - seen)
        seen |= new
    return seen


def arrow(source: Box, target: Box, out: float, into: float) -> str:
    """A line from the lower edge of one box to the upper edge of another.

    Args:
        out, into: Share of the width where it leaves, and where it arrives.
    """
    if source.floor == target.floor:
        right = source.x < target.x
        start = source.x + source.width * right
        end = target.x + target.width * (not right) + (-4 if right else 4)
        y = source.y + 14 + 10 * right
        line = f"M{start:.0f} {y:.0f} L{end:.0f} {y:.0f}"
    else:
        x, y = source.x + source.width * out, source.y + source.height
        to_x, to_y = target.x + target.width * into, target.y - 4
        bend = min(40.0, (to_y - y) / 2)
        line = (
            f"M{x:.0f} {y:.0f} C{x:.0f} {y + bend:.0f} {to_x:.0f} {to_y - bend:.0f} "
            f"{to_x:.0f} {to_y:.0f}"
        )
    return (
        f'<path d="{line}" fill="none" stroke="{COLOURS[source.wing]}" stroke-width="1.3" '
        f'stroke-opacity="0.75" marker-end="url(#{source.wing})"/>'
    )


def drawn(box: Box) -> str:
    """A box with its words."""
    colour = COLOURS[box.wing]
    dash = "" if box.name else ' stroke-dasharray="3 3"'
    frame = (
        f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{box.width:.0f}" '
        f'height="{box.height:.0f}" rx="5" fill="{TINTS[box.wing]}" stroke="{colour}"{dash}/>'
    )
    parts, y = [frame], box.y + 6
    if box.name:
        y += TITLE
        look = f'font-size="13" font-weight="bold" fill="{colour}"'
        parts.append(written(box.x + 9, y - 4, look, f"{box.name}/"))
    for line in box.lines:
        y += LINE
        parts.append(written(box.x + 9, y - 2, 'font-size="10" fill="#222222"', line))
    return "\n".join(parts)


def written(x: float, y: float, look: str, words: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" {look}>{escape(words)}</text>'


def shares(lines: list[tuple[Box, Box]], end: int) -> dict[tuple[int, int], float]:
    """Arrow -> share of the width of a box where it leaves (``end`` 0) or arrives (1): from left to
    right as the boxes at the other end stand, so that few arrows cross."""
    found: dict[tuple[int, int], float] = {}
    for box in {id(pair[end]): pair[end] for pair in lines}.values():
        own = [pair for pair in lines if pair[end] is box and pair[0].floor != pair[1].floor]
        own.sort(key=lambda pair: pair[1 - end].x + pair[1 - end].width / 2)
        for number, (source, target) in enumerate(own, start=1):
            found[id(source), id(target)] = number / (len(own) + 1)
    return found


def picture() -> str:
    """The house as SVG; the same bytes for the same code."""
    found = boxes()
    height = place(found)
    width = 2 * MARGIN + 3 * COLUMN + 2 * GAP
    lines = arrows(found)
    out, into = shares(lines, 0), shares(lines, 1)
    paths = []
    for source, target in lines:
        key = (id(source), id(target))
        paths.append(arrow(source, target, out.get(key, 0.5), into.get(key, 0.5)))
    heads = [
        f'<marker id="{wing}" viewBox="0 0 6 6" refX="5" refY="3" markerWidth="6" '
        f'markerHeight="6" orient="auto"><path d="M0 0 L6 3 L0 6 z" fill="{colour}"/></marker>'
        for wing, colour in COLOURS.items()
    ]
    columns = [
        written(
            MARGIN + number * (COLUMN + GAP),
            56,
            f'font-size="13" fill="{COLOURS[wing]}"',
            WINGS[wing],
        )
        for number, wing in enumerate(WINGS)
    ]
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" '
        f'width="{width}" height="{height:.0f}" font-family="DejaVu Sans, Verdana, sans-serif">'
    )
    title = 'font-size="17" font-weight="bold"'
    parts = [
        opening,
        "<title>The rooms of harness/ and what they import</title>",
        "<defs>",
        *heads,
        "</defs>",
        f'<rect width="{width}" height="{height:.0f}" fill="#ffffff"/>',
        written(MARGIN, 28, title, "harness/: an arrow means “imports”"),
        *columns,
        *paths,
        *map(drawn, found),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
