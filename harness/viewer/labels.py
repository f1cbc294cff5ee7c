"""Marks of a picture and their labels: each label beside its mark, where nothing else is.

Places are in the units of the picture, from its upper left corner.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

SIZE: Final = 11.0
"""Size of the text of a label."""
RADIUS: Final = 4.5
"""Of a mark."""
RING: Final = 10.0
"""Of the ring around a mark that falls below no deal."""
MOST: Final = 3
"""Turns that are written beside a mark that stands for several."""
_WIDE: Final = 0.62 * SIZE
"""Width of a character, on the safe side."""
_HIGH: Final = 0.8 * SIZE
"""Height of a figure."""
_GAP: Final = 3.0
"""Between a mark and its label."""

_Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True)
class Frame:
    """The place within a picture where values are drawn.

    Attributes:
        width, height: Of the whole picture.
        left, top, right, bottom: Of the place.
        low: The value at its left and lower edge; 1 is at the other ones.
    """

    width: float
    height: float
    left: float
    top: float
    right: float
    bottom: float
    low: float = 0.0

    def x(self, value: float) -> float:
        """The place of a value from left to right."""
        return self.left + self._share(value) * (self.right - self.left)

    def y(self, value: float) -> float:
        """The place of a value from the bottom up."""
        return self.bottom - self._share(value) * (self.bottom - self.top)

    def _share(self, value: float) -> float:
        return (value - self.low) / (1 - self.low)


@dataclass(frozen=True)
class Link:
    """The label of a mark: one turn, and the place that it leads to.

    Attributes:
        text: Such as ``7`` or ``A7``.
        href: Of the turn on the page.
        title: What was done in the turn and what it is worth, in a sentence.
        x, y: Where the text begins, on its base line.
        drawn: Whether there is room for the text.
    """

    text: str
    href: str
    title: str
    x: float = 0.0
    y: float = 0.0
    drawn: bool = False


@dataclass(frozen=True)
class Mark:
    """One place in a picture at which a seat put terms, or took them.

    Attributes:
        x, y: Of its centre.
        seat: Whose move it was.
        track: Which dialogue, from 0.
        kind: ``opening``, ``proposal``, ``position`` or ``acceptance``.
        below: Whether the terms are worth less to the seat's own principal than no agreement.
        fell: Whether this move brought them there.
        links: The turns that lie here, in their order; at least one.
    """

    x: float
    y: float
    seat: str
    track: int
    kind: str
    below: bool
    fell: bool
    links: tuple[Link, ...]


def labelled(marks: Sequence[Mark], frame: Frame) -> tuple[Mark, ...]:
    """``marks`` with their labels placed. One for which there is no room is not drawn; the mark
    itself still leads to its turn."""
    taken = [_box(m.x - _reach(m), m.y - _reach(m), 2 * _reach(m), 2 * _reach(m)) for m in marks]
    found = []
    for number, mark in enumerate(marks):
        links = mark.links[:MOST]
        width = sum(_width(link) for link in links) + _WIDE * (len(links) - 1)
        others = taken[:number] + taken[number + 1 :]
        for x, y in _around(mark, width):
            box = _box(x, y - _HIGH, width, _HIGH)
            if _inside(box, frame) and not any(_meet(box, other) for other in others):
                taken.append(box)
                links = tuple(_placed(links, x, y))
                break
        found.append(replace(mark, links=(*links, *mark.links[MOST:])))
    return tuple(found)


def _reach(mark: Mark) -> float:
    """How far a mark reaches from its centre: one that falls has a ring."""
    return RING if mark.fell else RADIUS


def _width(link: Link) -> float:
    return _WIDE * len(link.text)


def _placed(links: Sequence[Link], x: float, y: float) -> Iterator[Link]:
    for link in links:
        yield replace(link, x=round(x, 1), y=round(y, 1), drawn=True)
        x += _width(link) + _WIDE


def _around(mark: Mark, width: float) -> Iterator[tuple[float, float]]:
    """Where a label may begin, the best place first."""
    reach = _reach(mark)
    away, middle = reach + _GAP, mark.y + _HIGH / 2
    yield mark.x + away, middle
    yield mark.x - away - width, middle
    yield mark.x - width / 2, mark.y - away
    yield mark.x - width / 2, mark.y + away + _HIGH
    yield mark.x + reach, mark.y - reach
    yield mark.x + reach, mark.y + reach + _HIGH
    yield mark.x - reach - width, mark.y - reach
    yield mark.x - reach - width, mark.y + reach + _HIGH


def _box(x: float, y: float, width: float, height: float) -> _Box:
    return x, y, x + width, y + height


def _meet(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _inside(box: _Box, frame: Frame) -> bool:
    return frame.left <= box[0] and box[2] <= frame.width and box[1] >= 0 and box[3] <= frame.bottom
