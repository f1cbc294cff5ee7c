"""Issues that are agreed on and set aside: by all, visibly, and until somebody reopens them."""

from __future__ import annotations

from harness.asking.faults import in_words
from harness.records.transcript import Action, Move
from harness.talks.settling import Settling

SEATS = ("o", "u")


def objection(settling: Settling, move: Move, seat: str, seats: tuple[str, ...]) -> str | None:
    return in_words(settling.objections(move, seat, seats))


HALF = {"well": "half", "fence": "us"}
OTHER = {"well": "half", "fence": "them"}


def propose(package: dict[str, str], **more: dict[str, str]) -> Move:
    return Move(action=Action.PROPOSE, package=package, words="So.", **more)


def say(**more: dict[str, str]) -> Move:
    return Move(action=Action.PASS, words="So.", **more)


def after(*moves: tuple[str, Move]) -> Settling:
    settling = Settling()
    for seat, move in moves:
        assert objection(settling, move, seat, SEATS) is None, move
        settling.note(move, seat, SEATS)
    return settling


def test_an_issue_is_settled_when_all_have_named_the_option() -> None:
    named = ("o", propose(HALF)), ("u", propose(OTHER, agreed={"well": "half"}))
    assert after(*named).settled == {}, "one has named it"
    assert after(*named, ("o", say(agreed={"well": "half"}))).settled == {"well": "half"}


def test_only_what_stands_in_the_latest_proposals_of_all_can_be_named() -> None:
    fence = say(agreed={"fence": "us"})
    nothing = objection(after(("o", propose(HALF))), fence, "o", SEATS) or ""
    assert "'fence' cannot be agreed as 'us'" in nothing
    assert "that of u does not" in nothing
    apart = after(("o", propose(HALF)), ("u", propose(OTHER)))
    assert "your own does not" in (objection(apart, fence, "u", SEATS) or "")
    either = propose(HALF, or_package={"well": "mine", "fence": "us"})
    open_ = after(("o", either), ("u", propose(OTHER)))
    said = objection(open_, say(agreed={"well": "half"}), "u", SEATS) or ""
    assert "that of o does not" in said, "an either-or leaves the issue open"
    both = say(agreed={"well": "half"}, position={"well": "mine"})
    assert "at once" in (objection(apart, both, "o", SEATS) or "")


def test_a_name_lapses_when_its_speaker_moves_away() -> None:
    settling = after(
        ("o", propose(HALF)),
        ("u", propose(OTHER, agreed={"well": "half"})),
        ("u", propose({"well": "mine", "fence": "us"})),
        ("u", propose(HALF)),
        ("o", say(agreed={"well": "half"})),
    )
    assert settling.settled == {}
    settling.note(say(agreed={"well": "half"}), "u", SEATS)
    assert settling.settled == {"well": "half"}


def test_what_is_agreed_is_kept_until_somebody_reopens_it() -> None:
    settling = after(
        ("o", propose(HALF)),
        ("u", propose(OTHER, agreed={"well": "half"})),
        ("o", say(agreed={"well": "half"})),
    )
    away = propose({"well": "mine", "fence": "us"})
    said = objection(settling, away, "u", SEATS) or ""
    assert "'well' is agreed ('half'), so a package must keep it" in said
    second = propose(HALF, or_package={"well": "mine", "fence": "us"})
    assert objection(settling, second, "u", SEATS) == said
    assert objection(settling, propose(OTHER), "o", SEATS) is None
    consult = Move(action=Action.CONSULT, package={"well": "mine", "fence": "us"})
    assert objection(settling, consult, "u", SEATS) is None, "asking home is private"
    settling.note(say(position={"well": "half"}), "u", SEATS)
    assert settling.settled == {"well": "half"}, "the same option reopens nothing"
    settling.note(say(position={"well": "mine"}), "u", SEATS)
    assert (settling.settled, settling.named) == ({}, {})
    assert objection(settling, away, "u", SEATS) is None
