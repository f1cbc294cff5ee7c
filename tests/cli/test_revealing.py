"""The truth after a sitting: what is written of a reading, and of none."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any, cast

import pytest

from harness.app.sitting import Revealed
from harness.cli.desk import Desk
from harness.cli.revealing import print_truth
from harness.report.reading import Afterwards, Line, Number, Reading

LINE = Line(
    turn=3,
    round=1,
    seat="u",
    who="Arden",
    kind="proposal",
    offer="u-2",
    issue="The well",
    was="all of it",
    now="half",
    cost=0.25,
    worth=0.5,
    answered="turn 4: accepts",
    commitment="",
    words="Then half, \x1b[2J let it be.",
    below=True,
    fell=True,
    crosses=("Arden",),
)
AFTER = Afterwards(
    who="Arden",
    seat="u",
    said="Boral gave more",
    truth="Arden gave more",
    blind=True,
    estimates=("Boral's value of no deal: 0.90, in truth 0.25",),
    words="",
    problem="",
    calls=(),
)
BARE: dict[str, Any] = dict.fromkeys(Reading.__dataclass_fields__, ())
READING = Reading(
    **BARE
    | {
        "ending": "Deal, in round 1",
        "reason": "As it was said.",
        "could": ("Arden: 0.20, no deal 0.30: worse off than without a deal.",),
        "ledger": (replace(LINE, kind="opening", issue="The opening"), LINE),
        "most": ("Arden gave most at turn 3.",),
        "numbers": (Number("skew", "+0.50", "of at most +0.50"), Number("gap", "—", "")),
        "afterwards": (replace(AFTER, seat="o", said="not mine"), AFTER),
    }
)


def said(
    reading: Reading, *, status: str = "done", left: bool = False, untold: tuple[str, ...] = ()
) -> str:
    desk = Desk(io.StringIO())
    truth = Revealed(reading, cast("Any", None), "u", status, left, untold)
    print_truth(desk, truth)
    assert isinstance(desk.out, io.StringIO)
    return desk.out.getvalue()


def test_who_gave_what_is_told_with_the_giver_s_words() -> None:
    text = said(READING)
    flat = " ".join(text.split())
    assert "Deal, in round 1. As it was said." in flat
    assert "turn 3: Arden (you); answered: turn 4: accepts" in flat
    assert "gave on The well: all of it -> half" in flat
    assert "cost 0.25 to Arden, worth 0.50 to the other side; below no deal from here on" in flat
    assert "crosses a red line of Arden" in flat
    assert "Then half, \\x1b[2J let it be." in flat, "words act on no terminal"
    assert "The opening" not in text, "an opening gives nothing"
    assert "skew: +0.50 (of at most +0.50)" in flat
    assert "gap: —" in flat


@pytest.mark.parametrize(("cost", "verb"), [(0.1, "gave"), (-0.1, "took back"), (0.0, "changed")])
def test_what_was_taken_back_is_not_given(cost: float, verb: str) -> None:
    text = said(replace(READING, ledger=(replace(LINE, cost=cost, seat="o", who="Boral"),)))
    assert f"  {verb} on The well" in text
    assert "(you)" not in text
    assert ("Then half" in text) == (cost > 0)


@pytest.mark.parametrize("blind", [True, False, None])
def test_one_s_own_blind_spot_is_told_where_there_is_an_answer(blind: bool | None) -> None:
    text = said(replace(READING, afterwards=(replace(AFTER, blind=blind),)))
    assert "You said: Boral gave more. In truth: Arden gave more." in text
    assert ("That is a blind spot" in text) == (blind is True)
    assert ("That is no blind spot" in text) == (blind is False)
    assert "not mine" not in said(READING)


def test_no_answer_is_told_as_none() -> None:
    text = said(replace(READING, afterwards=(replace(AFTER, problem="the person left"),)))
    assert "did not answer: the person left." in text
    assert "You said" not in text
    assert "What you noticed" not in said(replace(READING, afterwards=()))


def test_a_sitting_that_was_ended_has_no_numbers() -> None:
    text = said(replace(READING, ledger=(), afterwards=()), status="void", left=True)
    assert "You ended the sitting before the talks were over." in text
    assert "Nobody gave any ground." in text
    assert "As it was said." not in text, "it is said better above"
    assert "skew" not in text


def test_what_could_not_be_known_is_told() -> None:
    text = said(READING, untold=("To Boral no deal was worth 25.",))
    assert "What you could not know" in text
    assert "- To Boral no deal was worth 25." in text
    assert "could not know" not in said(READING)
