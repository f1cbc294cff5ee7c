"""Rendering: what strangers wrote is text, and an address is a name and no more."""

from __future__ import annotations

from urllib.parse import unquote

import jinja2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.viewer.pages import environment, href


def rendered(source: str, **facts: object) -> str:
    return environment().from_string(source).render(**facts)


def test_words_are_escaped_and_what_hides_is_written_out() -> None:
    shown = rendered("{{ words }}", words="<script>\u202e\x1b[0m")
    assert shown == "&lt;script&gt;\\u202e\\x1b[0m"


def test_what_a_template_is_not_told_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        rendered("{{ missing }}")


@given(st.text(min_size=1))
@example("../../etc/passwd")
@example("a b?c#d%2e")
def test_a_name_in_an_address_is_one_part_of_it(name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError:
        return
    address = href("runs", name)
    assert address.count("/") == 2
    assert unquote(address.removeprefix("/runs/")) == name


def test_what_is_not_asked_is_left_out_of_an_address() -> None:
    assert href("search", q="", page=None) == "/search"
    assert href("search", arm=("a", "b&c")) == "/search?arm=a&arm=b%26c"
