"""Figures as inline SVG: readable, linked, and the same bytes for the same data.

Text stays text (it can be searched, scaled and read aloud), nothing refers outside the page, and
whatever a user or a model wrote is escaped by an XML writer, never pasted.

Kept by hand: matplotlib draws, and this cleans its output. Libraries that write charts for the web
need a script in the page, and a report is one file that is read offline.
"""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree

from markupsafe import Markup

from harness.visible import shortened, visible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK: Final = "#1b1b1b"
MUTED: Final = "#5e5e5e"
RULE: Final = "#dcdcdc"
PAPER: Final = "#ffffff"
OFFICIAL: Final = "#b04a00"
"""Of the official seat, everywhere and of nothing else; told apart from :data:`OTHER` with any
common kind of colour blindness, and dark enough for text."""
OTHER: Final = "#005f9e"
"""Of the other seat, likewise."""
MID: Final = "#8a8a8a"
"""A grey that stands out from a light page and from a dark one."""
ZONE: Final = "#009e73"
"""Where a deal serves both; drawn so faintly that it fits either page."""
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X", "*")
"""Arms are told apart by these and by greys: colours are for the seats."""
TONES: Final = (MUTED, MID)
"""Greys of arms, in turn."""
_THEME: Final = {
    color: f"var(--{name}, {color})"
    for name, color in {
        "ink": INK,
        "muted": MUTED,
        "rule": RULE,
        "paper": PAPER,
        "o": OFFICIAL,
        "u": OTHER,
    }.items()
}
"""What is drawn in one of these takes the page's colour of that name, in its light theme and in its
dark one. Without a page it keeps its own."""
_COLOR: Final = re.compile("|".join(_THEME))

_SALT: Final = "track15"
_STYLE: Final = {
    "svg.fonttype": "none",
    "svg.hashsalt": _SALT,
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "font.family": "DejaVu Sans",  # measured with; the page's own font is narrower
    "font.size": 8.0,
    "axes.titlesize": 8.5,
    "axes.labelsize": 8.0,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "xtick.major.size": 3.0,
    "ytick.major.size": 3.0,
    "text.color": INK,
    "lines.linewidth": 1.4,
    "figure.constrained_layout.use": False,
}
_SVG: Final = "{http://www.w3.org/2000/svg}"
_XLINK: Final = "{http://www.w3.org/1999/xlink}"


@contextmanager
def figure(width: float, height: float) -> Iterator[Figure]:
    """An empty figure of ``width`` x ``height`` inches in the style of the report."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):  # type: ignore[arg-type]
        yield Figure(figsize=(width, height))


def printable(text: str) -> str:
    """Text with the characters written out that XML forbids, or that turn or hide other text."""
    return visible(text)


@lru_cache(maxsize=1 << 12)
def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Inches that one line takes at ``size`` points, in the font that figures are measured with.
    Figures write the same in a wide and in a narrow form, and measure it to cut it: it is kept."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    # The font has no sign that fills a square, as Chinese ones do; its W comes closest.
    known = "".join("W" if unicodedata.east_asian_width(char) in "WF" else char for char in text)
    with _signs_of_other_fonts():
        width: float = text_to_path.get_text_width_height_descent(known, font, ismath=False)[0]
    return width / 72


def fitted(text: str, size: float, inches: float, *, bold: bool = False) -> str:
    """:func:`printable` text in one line that takes at most ``inches``: cut between words, with an
    ellipsis. One character stays, however narrow the place."""
    length = len(text)
    while True:
        line = printable(shortened(text, length))
        width = width_of(line, size, bold=bold)
        if width <= inches or length <= 1:
            return line
        length = max(1, min(length - 1, int(length * inches / width) + 1))


@contextmanager
def _signs_of_other_fonts() -> Iterator[None]:
    """Silence about signs that the measuring font lacks: the reader's browser has the font."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font", UserWarning)
        yield


def inline(
    drawn: Figure, name: str, description: str, links: Mapping[str, str] | None = None
) -> Markup:
    """A figure as an ``svg`` element for an HTML page.

    Args:
        drawn: Made by :func:`figure`, still within its ``with``.
        name: Of the figure, unlike any other on the page; letters, digits and hyphens.
        description: What it shows, for readers who do not see it.
        links: Target of a link in it -> what the link is called.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    buffer = io.BytesIO()
    FigureCanvasSVG(drawn)
    # No date and no version of a library: the same data gives the same bytes.
    metadata = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with _signs_of_other_fonts():
        drawn.savefig(buffer, format="svg", metadata=metadata)
    root = ElementTree.fromstring(buffer.getvalue())  # noqa: S314 - our own drawing
    _clean(root, name)
    root.attrib.pop("width", None)
    root.attrib.pop("height", None)
    root.attrib.pop("version", None)
    root.set("role", "group" if links else "img")
    root.set("aria-label", printable(description))
    _call_links(root, links or {})
    text = ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)
    return Markup(text)  # noqa: S704 - written by an XML writer


def _call_links(root: ElementTree.Element, links: Mapping[str, str]) -> None:
    """Say what links are called. A mark that leads where a text or mark before it did is for the
    pointer alone: whoever goes by keyboard, or listens, meets each place once."""
    # A text says what it leads to, so it comes before the marks wherever it is drawn.
    every = sorted(root.iter("a"), key=lambda link: link.find("text") is None)
    met: set[str] = set()
    for link in every:
        href = link.get("href", "")
        if (label := links.get(href)) is None:
            continue
        title = ElementTree.Element("title")
        title.text = printable(label)
        link.insert(0, title)
        if href in met:
            link.set("tabindex", "-1")
            link.set("aria-hidden", "true")
        met.add(href)


def _clean(root: ElementTree.Element, name: str) -> None:
    """Drop what an inline figure does not need, and make ids unlike those of other figures."""
    for parent in root.iter():
        for child in [c for c in parent if c.tag == f"{_SVG}style"]:
            parent.remove(child)
    used: set[str] = set()
    for element in root.iter():
        for value in element.attrib.values():
            used.update(re.findall(r"#([\w-]+)", value))
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        attributes = dict(element.attrib)
        element.attrib.clear()
        for key, value in attributes.items():
            _set(element, key.removeprefix(_XLINK), value, name, used)


def _set(element: ElementTree.Element, key: str, value: str, name: str, used: set[str]) -> None:
    if key == "id":
        if value in used:
            element.set("id", f"{name}-{value}")
    elif element.tag == "a":
        if key == "href":
            element.set("href", value)
    elif element.tag == "use" and key == "href":
        element.set("href", f"#{name}-{value.removeprefix('#')}")
    elif key == "clip-path":
        element.set(key, value.replace("url(#", f"url(#{name}-"))
    elif key == "style":
        kept = [part for part in value.split("; ") if not part.startswith("font-family")]
        element.set(key, _COLOR.sub(lambda found: _THEME[found[0]], "; ".join(kept)))
    elif not (key == "transform" and value.startswith("rotate(-0 ")):
        element.set(key, value)
