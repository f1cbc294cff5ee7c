"""What is written out, and what stays: over all of Unicode, not a list of known attacks."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterator

import pytest

from harness.visible import shortened, visible, visible_json, visible_line

PRINTED_FORMATS = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
"""Format characters of Arabic, Syriac and Kaithi that have ink of their own."""


def every_character() -> Iterator[str]:
    return map(chr, range(sys.maxunicode + 1))


@pytest.mark.kind("X3")
def test_no_control_format_separator_or_half_character_stays() -> None:
    acting = [
        char
        for char in every_character()
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and ord(char) not in PRINTED_FORMATS
        and char not in "\n\t"
    ]
    assert len(acting) > 2_000
    for char in acting:
        assert visible(f"a{char}b").isascii(), hex(ord(char))
        assert visible(f"a{char}b") not in ("ab", f"a{char}b")


@pytest.mark.kind("X3")
def test_letters_digits_signs_and_spaces_stay() -> None:
    shown = [
        char
        for char in every_character()
        if unicodedata.category(char)[0] in "LNPSZ"
        and unicodedata.category(char) not in ("Zl", "Zp")
        and char not in "\u115f\u1160\u3164\uffa0"  # letters without ink
    ]
    text = "".join(shown)
    assert len(text) > 100_000
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b31m", "\\x9b31m"),
        ("safe\revil", "safe\\x0devil"),
        ("two\r\nlines\n\tand a tab", "two\nlines\n\tand a tab"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("a\u200bb\u200dc\ufeff", "a\\u200bb\\u200dc\\ufeff"),
        ("\U000e0041\U000e0042", "\\U000e0041\\U000e0042"),
        ("half \ud83d", "half \\ud83d"),
        ("❤️ 1\ufe0f⃣", "❤️ 1\ufe0f⃣"),
        ("a\ufe0f ❤\ufe0f\ufe0f", "a\\ufe0f ❤\ufe0f\\ufe0f"),
        ("שלום العربية हिन्दी 漢字", "שלום العربية हिन्दी 漢字"),
    ],
)
@pytest.mark.kind("X3")
def test_examples(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert visible(shown) == shown, "written out once, not twice"


@pytest.mark.kind("X3")
def test_a_line_stays_a_line() -> None:
    assert visible_line("a\nChecks: all hold\t\x1b") == "a\\nChecks: all hold\\t\\x1b"


@pytest.mark.kind("X3")
def test_json_stays_the_same_data() -> None:
    hidden = [char for char in every_character() if visible(f"a{char}") != f"a{char}"]
    # All halves in a row would be read as pairs; one stays a half.
    text = "".join(c for c in hidden if unicodedata.category(c) != "Cs") + "\ud800"
    document = {"words": text, text: [1]}
    written = visible_json(json.dumps(document, ensure_ascii=False, indent=1))
    assert json.loads(written) == document
    assert visible(written) == written


@pytest.mark.kind("F8")
@pytest.mark.parametrize(
    ("text", "length", "short"),
    [
        ("a\nb  c", 10, "a b c"),
        ("abcdefgh", 5, "abcd…"),
        ("You cannot reject now", 17, "You cannot…"),
        ("You cannot reject now", 18, "You cannot reject…"),
        ("You cannot, at all, reject", 12, "You cannot…"),
        ("no averyveryverylongword", 12, "no averyver…"),
    ],
)
def test_cut_between_words_with_an_ellipsis(text: str, length: int, short: str) -> None:
    assert shortened(text, length) == short
    assert len(short) <= length
