"""Parts of an episode that know something of themselves."""

from __future__ import annotations

from harness.report.episode import Later, Missing, Moved, Outcome, Paragraph, Piece
from harness.report.reading import Worth


def test_no_deal_is_a_gain_of_nothing_and_who_has_no_seat_has_no_gain() -> None:
    worths = (
        Worth("Aria", "o", None, 0.4, below=False),
        Worth("Boria", "u", 0.5, 0.6, below=True),
        Worth("Coria", "", 0.5, 0.6, below=True),
    )
    one = Outcome("a", ("chain",), True, "", "", worths, None, ())
    assert [(who, seat, round(gain, 3)) for who, seat, gain in one.gains] == [
        ("Aria", "o", 0.0),
        ("Boria", "u", -0.1),
    ]
    assert Later((one,), ()).own is one
    assert Later((), ()).own is None


def test_what_was_not_asked_has_not_moved() -> None:
    assert Moved("well", "half", "mine").changed
    assert not Moved("well", "half", "half").changed
    assert not Moved("well", "", "half").changed


def test_parts_say_their_words() -> None:
    assert Paragraph(0, (Piece("one ", strong=True), Piece("two")), ()).text == "one two"
    assert Missing("void").line == "void"
    assert Missing("void", "why").line == "void: why"
