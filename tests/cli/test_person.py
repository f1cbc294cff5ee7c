"""A person at a terminal: every line is a move that it says, or no move."""

from __future__ import annotations

import asyncio
import io
import signal
from dataclasses import replace

import pytest

from harness.cli.desk import Desk
from harness.cli.person import TerminalPerson
from harness.delegations.person import DebriefForm, MoveForm, OnTable
from harness.errors import PersonLeftError
from harness.records.transcript import Action, Commitment, Debrief, Move
from harness.talks.rules import MAX_WORDS
from tests.cli.test_offer_form import FORM
from tests.support.seated import INTERRUPT, Typing, type_in

HALF = {"well": "half", "fence": "us"}
THEIRS = {"well": "yours", "fence": "us"}
MOVE = MoveForm(
    **{name: getattr(FORM, name) for name in FORM.__dataclass_fields__}
    | {"briefing": ("# The dispute\n\nA well.",), "standing_text": "On the table: o-1."},
    actions=frozenset(Action),
    standing=(
        OnTable("u-1", own=True, package=HALF, points=42.5, accept=False, reject=False),
        OnTable("o-1", own=False, package=THEIRS, points=0.0, accept=True, reject=True),
    ),
    commitments=((Commitment.HYPOTHETICAL, "for discussion only"), (Commitment.PERSONAL, "mine")),
    last=HALF,
    opening=None,
    consultations=2,
    alternatives=True,
    side_terms=True,
)
AFTER = DebriefForm(
    **{name: getattr(FORM, name) for name in FORM.__dataclass_fields__}, agreed=True
)


class Seat:
    """A terminal person whose lines a test types."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self.desk = Desk(io.StringIO())
        self.calls: list[str] = []
        self.person = TerminalPerson(self.desk, lambda: self.calls.append("left"))
        self.typing = Typing([])

    def move(self, *lines: str, form: MoveForm = MOVE) -> Move:
        self.typing = type_in(self._patch, *lines)
        move = asyncio.run(self.person.move(form))
        assert self.typing.left == "", "every line was read"
        return move

    def debrief(self, *lines: str, form: DebriefForm = AFTER) -> Debrief:
        type_in(self._patch, *lines)
        return asyncio.run(self.person.debrief(form))

    @property
    def said(self) -> str:
        assert isinstance(self.desk.out, io.StringIO)
        return " ".join(self.desk.out.getvalue().split())


@pytest.fixture
def seat(monkeypatch: pytest.MonkeyPatch) -> Seat:
    return Seat(monkeypatch)


def test_a_proposal(seat: Seat) -> None:
    move = seat.move("propose", "1", "", "no", "", "2", "Ours.")
    assert move == Move(
        action=Action.PROPOSE,
        package={"well": "mine", "fence": "us"},
        commitment=Commitment.PERSONAL,
        words="Ours.",
    )
    assert "The dispute" in seat.said
    assert "On the table: o-1." in seat.said


def test_a_proposal_with_all_that_may_go_with_it(seat: Seat) -> None:
    move = seat.move(
        *("propose o-1", "keep", "yes", "2", "keep", "They bring a bucket.", "1", "Either.")
    )
    assert move.package == THEIRS
    assert move.or_package == HALF
    assert move.side_terms == "They bring a bucket."
    assert move.commitment is Commitment.HYPOTHETICAL


def test_the_same_package_twice_is_one(seat: Seat) -> None:
    move = seat.move("propose", "keep", "yes", "keep", "", "1", "Half.")
    assert (move.package, move.or_package) == (HALF, None)
    assert "there is no second package" in seat.said


def test_what_is_not_played_with_is_not_asked(seat: Seat) -> None:
    plain = replace(
        MOVE,
        alternatives=False,
        side_terms=False,
        commitments=MOVE.commitments[1:],
        last=None,
        standing=(),
        opening=THEIRS,
    )
    move = seat.move("propose", "keep", "Plain.", form=plain)
    assert move.package == THEIRS, "it starts from the public opening"
    assert move.commitment is Commitment.PERSONAL
    blank = replace(plain, opening=None, standing=MOVE.standing[1:])
    assert seat.move("propose", "keep", "Plain.", form=blank).package == THEIRS


def test_an_acceptance(seat: Seat) -> None:
    move = seat.move("accept", "1", "Done.")
    assert (move.action, move.offer) == (Action.ACCEPT, "o-1")
    assert "well is yours (red line)" in seat.said
    assert seat.move("Accept  O-1", "", "Done.").commitment is Commitment.HYPOTHETICAL, "as before"


def test_a_rejection_with_and_without_a_position(seat: Seat) -> None:
    assert seat.move("reject o-1", "no", "Never.").position is None
    move = seat.move("reject", "yes", "1", "", "Never.")
    assert (move.offer, move.position) == ("o-1", {"well": "mine"})


def test_a_pass_and_a_consultation(seat: Seat) -> None:
    assert seat.move("pass", "", "Hm.") == Move(action=Action.PASS, words="Hm.")
    move = seat.move("consult", "keep", "")
    assert (move.action, move.package, move.words) == (Action.CONSULT, HALF, "")
    assert seat.move("consult", "keep", "no", "pass", "", "Hm.").action is Action.PASS


def test_leaving_the_table_is_asked_twice(seat: Seat) -> None:
    move = seat.move("walk out", "no", "walk out", "", "yes", "Enough.")
    assert (move.action, move.words) == (Action.WALK_OUT, "Enough.")
    assert "You stay." in seat.said
    assert "(yes/no)" in seat.said, "Enter means nothing here"


@pytest.mark.parametrize(
    "line",
    [
        *("", "acept o-1", "accept u-1", "accept o-9", "propose o-9", "reject u-1", "pass o-1"),
        *("walk", "walk out now", "yes", "1", "proposes", "accepting", "\x1b[A", "o-1", "quit"),
    ],
)
def test_a_slip_is_no_move(seat: Seat, line: str) -> None:
    move = seat.move(line, "pass", "", "Meant.")
    assert move == Move(action=Action.PASS, words="Meant.")
    assert "\x1b" not in seat.said


def test_what_is_not_open_now_is_said(seat: Seat) -> None:
    closed = replace(MOVE, actions=frozenset({Action.PASS, Action.PROPOSE}))
    assert seat.move("accept o-1", "consult", "pass", "", "So.", form=closed).words == "So."
    assert "You cannot accept now. You may: propose, pass." in seat.said


def test_back_drops_what_was_begun(seat: Seat) -> None:
    move = seat.move(
        *("propose", "1", "back", "accept", "back", "walk out", "back", "pass", "", "back"),
        *("pass", "", "At last."),
    )
    assert move == Move(action=Action.PASS, words="At last.")
    assert seat.said.count("Nothing was said or done.") == 4


def test_help_is_had_at_any_time(seat: Seat) -> None:
    move = seat.move(
        "help", "propose", "?", "values", "offers", "keep", "brief", "no", "", "1", "x"
    )
    assert move.package == HALF
    assert seat.said.count("What you can type on your turn") == 2
    assert seat.said.count("A well.") == 2
    assert seat.said.count("On the table: o-1.") == 2


def test_why_the_table_refused_is_told(seat: Seat) -> None:
    again = replace(MOVE, complaint="It was too long.", news="not to be told twice")
    seat.move("pass", "", "Short.", form=again)
    assert "That could not be used, and nothing of it reached anyone. It was too" in seat.said
    assert "not to be told twice" not in seat.said
    seat.move("pass", "", "x" * (MAX_WORDS + 1), "Short.")
    assert f"the most is {MAX_WORDS}" in seat.said


def test_words_have_to_be_said(seat: Seat) -> None:
    assert seat.move("pass", "", "", "There.").words == "There."
    assert "Say at the table what you mean to say" in seat.said


def test_the_end_of_what_is_typed_is_leaving(seat: Seat) -> None:
    with pytest.raises(PersonLeftError):
        seat.move("propose", "1")
    assert not seat.desk.interrupted


def test_ctrl_c_at_a_prompt_is_leaving(seat: Seat) -> None:
    before = signal.getsignal(signal.SIGINT)
    with seat.person.listening(), pytest.raises(PersonLeftError):
        seat.move("propose", INTERRUPT)
    assert seat.desk.interrupted
    assert not seat.calls, "nobody else was waited for"
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_while_the_other_side_is_waited_for_is_leaving_too(seat: Seat) -> None:
    with seat.person.listening():
        signal.raise_signal(signal.SIGINT)
        assert seat.calls == ["left"]
        with pytest.raises(PersonLeftError):
            seat.move("pass")
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_a_debrief_of_a_deal(seat: Seat) -> None:
    said = seat.debrief("1", "7", "3", "no", "40", "fence", "They need the fence.", "I saw it.")
    assert said == Debrief(
        gave_more="u",
        margin=7.0,
        favours="equal",
        own_could_sign=False,
        reservations={"o": 0.4},
        top_issues={"o": "fence"},
        learned={"o": "They need the fence."},
        words="I saw it.",
    )


def test_a_debrief_without_a_deal(seat: Seat) -> None:
    lines = ("x", "3", "101", "0", "2", "", "")
    said = seat.debrief(*lines, form=replace(AFTER, agreed=False))
    assert said == Debrief(
        gave_more="equal",
        margin=0.0,
        reservations={"o": 0.0},
        top_issues={"o": "fence"},
        learned={"o": "nothing"},
    )
    assert "favour" not in seat.said


def test_back_in_a_debrief_begins_it_again(seat: Seat) -> None:
    said = seat.debrief("1", "back", "2", "1", "1", "yes", "5", "1", "", "")
    assert (said.gave_more, said.margin, said.favours) == ("o", 1.0, "u")


def test_advice_is_a_line(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "", "back", "Wait for rain.")
    assert asyncio.run(seat.person.advise(MOVE, "an aide")) == "Wait for rain."
    assert "There is nothing to go back to." in seat.said
