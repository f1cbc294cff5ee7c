"""Figures of a report read back from their SVG: what stands where, and on which scale."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_KNOWN = "−—–…←→●━•◇\u2003"
"""Beyond ASCII, what the font has of what the figures write themselves."""
_VARIABLE = re.compile(r"var\(--\w+, (#\w+)\)")
"""A colour that the page gives, and the one without a page."""
_NUMBER = re.compile(r"-?[\d.]+(?:e-?\d+)?")
_MARK = 15.0
"""What is closed, smaller than this, and about as wide as high is a mark."""
_TICKS = {"M 0 0  L 0 3  ": "x", "M 0 0  L -3 0  ": "y"}


@dataclass(frozen=True)
class Word:
    """A text: where it starts, ends or has its middle, in the units of the view box."""

    text: str
    x: float
    y: float
    anchor: str
    size: float
    bold: bool
    turned: bool
    color: str

    def box(self) -> Floats:
        """``(2, 2)``: the corners of what it covers, in the font that figures are measured with."""
        font = FontProperties(size=self.size, weight="bold" if self.bold else "normal")
        known = "".join(char for char in self.text if char.isascii() or char in _KNOWN)
        width, height, descent = text_to_path.get_text_width_height_descent(
            known, font, ismath=False
        )
        width += self.size * (len(self.text) - len(known))  # as wide as high, in another font
        start = {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        low, high = np.array([-start, descent - height]), np.array([width - start, descent])
        if self.turned:  # by a quarter, to be read from below
            low, high = np.array([low[1], -high[0]]), np.array([high[1], -low[0]])
        corners: Floats = np.array([low, high]) + np.array([self.x, self.y])
        return corners


@dataclass(frozen=True)
class Line:
    """A path that is drawn: its corners, its paint, and what it may not leave."""

    points: Floats
    style: dict[str, str]
    clip: Floats | None

    @property
    def dashed(self) -> bool:
        return "stroke-dasharray" in self.style


@dataclass(frozen=True)
class Mark:
    """A marker: where, its outline around that place, its paint, and where it leads."""

    x: float
    y: float
    d: str
    style: dict[str, str]
    link: str | None
    clip: Floats | None

    @classmethod
    def whole(cls, d: str, style: dict[str, str], link: str | None, clip: Floats | None) -> Mark:
        """One that is drawn where it stands, in the middle of its outline."""
        x, y = (corners(d).min(axis=0) + corners(d).max(axis=0)) / 2
        places = (f"{n:.6f}" for n in (corners(d) - (x, y)).ravel())
        return cls(x, y, _NUMBER.sub(lambda _: next(places), d), style, link, clip)

    @property
    def shape(self) -> frozenset[tuple[float, ...]]:
        """The corners of its outline, however large it is drawn."""
        return frozenset(map(tuple, ((corners(self.d) / self.size).round(1) + 0.0).tolist()))

    @property
    def hollow(self) -> bool:
        return self.style.get("fill-opacity") == "0" or self.style.get("fill") == "none"

    @property
    def size(self) -> float:
        return float(np.ptp(corners(self.d), axis=0).max())


def corners(d: str) -> Floats:
    """``(n, 2)`` points of a path, those that only bend it included."""
    return np.array([float(number) for number in _NUMBER.findall(d)]).reshape(-1, 2)


def style_of(element: ElementTree.Element) -> dict[str, str]:
    """Its paint, in the colours that it has without a page."""
    style = _VARIABLE.sub(r"\1", element.get("style", ""))
    parts = (part.split(": ", 1) for part in style.split("; ") if part)
    return dict(parts)


class Drawing:
    """An ``svg`` element.

    Attributes:
        label: Its text alternative.
        view: ``(2, 2)`` corners of the view box.
        words, lines, marks: In the order in which they are drawn. Ticks are no marks.
    """

    def __init__(self, svg: str) -> None:
        self.root = ElementTree.fromstring(svg)  # noqa: S314 - our own drawing
        self.label = self.root.get("aria-label", "")
        self.view = np.array(self.root.get("viewBox", "").split(), dtype=float).reshape(2, 2)
        self.words: list[Word] = []
        self.lines: list[Line] = []
        self.marks: list[Mark] = []
        self.ticks: dict[str, list[tuple[float, str]]] = {"x": [], "y": []}
        self._shapes = {e.get("id"): e.get("d", "") for e in self.root.iter("path")}
        self._clips = {
            e.get("id"): np.array([float(rect.get(k, "")) for k in ("x", "y", "width", "height")])
            for e in self.root.iter("clipPath")
            for rect in e
        }
        self._tick: tuple[str, float] | None = None
        self._read(self.root, None, None)

    def _read(self, parent: ElementTree.Element, link: str | None, clip: Floats | None) -> None:
        for element in parent:
            tag, inner, within = element.tag, link, self._clip(element, clip)
            if tag == "defs":
                continue
            if tag == "a":
                inner = element.get("href")
            elif tag == "text":
                self._word(element)
            elif tag == "path":
                self._path(element, link, within)
            elif tag == "use":
                self._mark(element, link, within)
            self._read(element, inner, within)

    def _clip(self, element: ElementTree.Element, outer: Floats | None) -> Floats | None:
        name = element.get("clip-path", "").removeprefix("url(#").removesuffix(")")
        if not name:
            return outer
        x, y, width, height = self._clips[name]
        return np.array([[x, y], [x + width, y + height]])

    def _path(self, element: ElementTree.Element, link: str | None, clip: Floats | None) -> None:
        d, style = element.get("d", ""), style_of(element)
        points = corners(d)
        if len(points) == 1 or style == {"fill": "none"}:
            return  # nothing shows
        short, long = sorted(np.ptp(points, axis=0))
        if d.strip().endswith("z") and 0.8 * long < short < _MARK:
            self.marks.append(Mark.whole(d, style, link, clip))
        else:
            self.lines.append(Line(points, style, clip))

    def _word(self, element: ElementTree.Element) -> None:
        style, moved = style_of(element), element.get("transform", "")
        x, y = element.get("x", ""), element.get("y", "")
        if moved.startswith("translate("):  # a line of several
            x, y = moved.removeprefix("translate(").removesuffix(")").split()
        word = Word(
            element.text or "",
            float(x),
            float(y),
            style.get("text-anchor", "start"),
            float(style["font-size"].removesuffix("px")),
            style.get("font-weight") == "700",
            moved.startswith("rotate(-90 "),
            style.get("fill", ""),
        )
        self.words.append(word)
        if self._tick is not None:
            axis, at = self._tick
            self.ticks[axis].append((at, word.text))
            self._tick = None

    def _mark(self, element: ElementTree.Element, link: str | None, clip: Floats | None) -> None:
        shape = self._shapes[element.get("href", "").removeprefix("#")]
        x, y = float(element.get("x", "")), float(element.get("y", ""))
        if (axis := _TICKS.get(shape)) is not None:
            self._tick = (axis, x if axis == "x" else y)
        else:
            self.marks.append(Mark(x, y, shape, style_of(element), link, clip))

    def said(self) -> list[str]:
        """The texts, in the order in which they are drawn."""
        return [word.text for word in self.words]

    def word(self, text: str) -> Word:
        """The one text that is this."""
        (found,) = (word for word in self.words if word.text == text)
        return found

    def values(self, points: Floats) -> Floats:
        """``(n, 2)`` places in the view box as what the numbers at the ticks make of them."""
        return np.column_stack([self._read_off(axis, points[:, i]) for i, axis in enumerate("xy")])

    def x(self, at: float) -> float:
        """A place along the x axis as its ticks number it."""
        return float(self._read_off("x", np.array([at]))[0])

    def _read_off(self, axis: str, places: Floats) -> Floats:
        numbered = [(at, float(text.replace("−", "-"))) for at, text in self.ticks[axis]]
        at, numbers = np.array(numbered).T
        slope, start = np.polyfit(at, numbers, 1)
        assert np.allclose(slope * at + start, numbers), "the ticks are evenly spaced"
        return np.asarray(slope * places + start)

    def painted(self, color: str) -> list[Line]:
        """Lines of a colour."""
        return [line for line in self.lines if line.style.get("stroke") == color.lower()]

    def spilt(self) -> list[str]:
        """What reaches out of the view box, or is cut off where it leaves its axes."""
        found = [word.text for word in self.words if not _within(word.box(), self.view)]
        for line in self.lines:
            bounds = self.view if line.clip is None else line.clip
            if not _within(line.points, bounds):
                found.append(f"line {line.points.tolist()}")
        for mark in self.marks:
            at = np.array([[mark.x, mark.y]])
            cut = mark.clip is not None and not _within(at, mark.clip)
            if cut or not _within(corners(mark.d) + at, self.view):
                found.append(f"mark at {mark.x}, {mark.y}")
        return found


def _within(points: Floats, bounds: Floats) -> bool:
    return bool((points >= bounds[0] - 0.5).all() and (points <= bounds[1] + 0.5).all())


def overlapping(words: list[Word]) -> Iterator[tuple[str, str]]:
    """Pairs of texts that cover one another."""
    for number, one in enumerate(words):
        for other in words[number + 1 :]:
            (low, high), (from_, to) = one.box(), other.box()
            if (low < to).all() and (from_ < high).all():
                yield one.text, other.text
