"""Figures of the report as the viewer shows them: no style of their own, which its content policy
would refuse, so that they take the colours of the theme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from xml.etree import ElementTree

from markupsafe import Markup

_FIGURES: Final = ("<svg", '<div class="widths">')
"""How a figure starts: alone, or drawn for two widths."""


def unstyled(figure: Markup) -> Markup:
    """A figure with the same look, told by attributes in place of styles.

    Args:
        figure: Of :func:`~harness.report.svg.inline`, or of :mod:`harness.report.figures`.
    """
    root = ElementTree.fromstring(figure)  # noqa: S314 - our own drawing
    for element in root.iter():
        for part in element.attrib.pop("style", "").split(";"):
            name, colon, value = part.partition(":")
            if colon:
                element.set(name.strip(), value.strip())
    text = ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)
    return Markup(text)  # noqa: S704 - written by an XML writer


def without_styles(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a page with their figures :func:`unstyled`, wherever they stand."""
    return {name: _without(value) for name, value in facts.items()}


def _without(value: Any) -> Any:
    if isinstance(value, Markup):
        return unstyled(value) if value.startswith(_FIGURES) else value
    if isinstance(value, list | tuple) and type(value) in (list, tuple):
        return type(value)(_without(one) for one in value)
    return value
