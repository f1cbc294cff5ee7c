"""What all pages have in common: nothing that others wrote acts in them."""

from __future__ import annotations

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from harness.report.templating import environment


def test_words_are_escaped_and_what_hides_is_written_out() -> None:
    page = environment().from_string("{{ words }}|{{ drawn }}")
    text = page.render(words="<b>\u202e", drawn=Markup("<svg/>"))
    assert text.startswith("&lt;b&gt;")
    assert "\u202e" not in text
    assert text.endswith("|<svg/>")


def test_a_name_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ missing }}").render()
