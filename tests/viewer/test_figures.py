"""Figures without styles of their own."""

from __future__ import annotations

from markupsafe import Markup

from harness.viewer.figures import unstyled, without_styles

FIGURE = Markup(
    '<svg viewBox="0 0 1 1"><g style="fill: #1b1b1b; stroke: none">'
    '<text>a style="b"</text></g></svg>'
)


def test_a_style_becomes_attributes() -> None:
    text = unstyled(FIGURE)
    assert '<g fill="#1b1b1b" stroke="none">' in text
    assert ' style="fill' not in text
    assert 'a style="b"' in text, "what only reads like one stays"


def test_figures_are_found_wherever_they_stand() -> None:
    facts = without_styles({"one": FIGURE, "all": [("title", FIGURE)], "text": "style", "n": 1})
    assert facts["one"] == unstyled(FIGURE)
    assert facts["all"] == [("title", unstyled(FIGURE))]
    assert (facts["text"], facts["n"]) == ("style", 1)
    both = Markup('<div class="widths"><div class="roomy">{}</div></div>').format(FIGURE)
    assert 'style="fill' not in without_styles({"both": both})["both"]
    assert without_styles({"mark": Markup("<b>x</b>")}) == {"mark": Markup("<b>x</b>")}
