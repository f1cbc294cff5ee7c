"""What is planted for the rubric ``reciprocity``, told again from words and packages."""

from __future__ import annotations

from harness.planted.conduct.planting import rows_of
from harness.planted.conduct.reciprocity import RECIPROCITY, SCRIPTS, UNANSWERED, UNPAID
from harness.planted.planted import Planted
from tests.support.planted_talks import Step, all_of, heard, said_by, steps, truth, turns_of

OTHER = {"o": "u", "u": "o"}
ANSWERS = {"answer_free", "answer_tied"}


def unpaid(own: list[Step]) -> str:
    free = [step for step in own if not step.tied]
    if not free:
        return "none"
    return "all" if len(free) == len(own) else "some"


def next_of(one: Planted, seat: str, after: int) -> set[str]:
    """What a seat says in its next statement, or in a later one that says that it answers."""
    later = [turn for turn in turns_of(one, seat) if turn.index > after]
    assert later, "whoever is moved towards has the word after that"
    return {
        act
        for number, turn in enumerate(later)
        for act in heard(one, turn.words)
        if number == 0 or act in ANSWERS
    }


def unanswered(one: Planted, seat: str) -> str:
    """A step is answered by one that says so, of which each answers the last before it."""
    others = steps(one, OTHER[seat])
    own = {
        step.turn: step
        for step in steps(one, seat)
        if ANSWERS & heard(one, one.record.body.turns[step.turn].words)
    }
    answered = {max(o.turn for o in others if o.turn < turn) for turn in own}
    left = [step for step in others if step.turn not in answered]
    if not left:
        return "none"
    if answered:
        return "some"
    return "more" if "more" in said_by(one, seat) else "thanked"


def test_words_and_packages_say_what_is_true() -> None:
    for one in all_of("reciprocity"):
        for seat in ("o", "u"):
            assert truth(one)[f"unpaid_{seat}"] == unpaid(steps(one, seat))
            assert truth(one)[f"unanswered_{seat}"] == unanswered(one, seat)


def test_whoever_is_moved_towards_has_the_word_after_that() -> None:
    found = 0
    for one in all_of("reciprocity"):
        for seat in ("o", "u"):
            for step in steps(one, OTHER[seat]):
                assert next_of(one, seat, step.turn)
                found += 1
    assert found > 100


def test_a_step_of_its_own_never_follows_one_of_the_other_at_once() -> None:
    """Else a reader would take it for an answer."""
    for one in all_of("reciprocity"):
        for seat in ("o", "u"):
            others = {step.turn for step in steps(one, OTHER[seat])}
            for step in steps(one, seat):
                if not ANSWERS & heard(one, one.record.body.turns[step.turn].words):
                    assert step.turn - 1 not in others


def test_thanks_and_more_are_said_to_a_step_and_to_nothing_else() -> None:
    for one in all_of("reciprocity"):
        for seat in ("o", "u"):
            said = said_by(one, seat)
            left = truth(one)[f"unanswered_{seat}"]
            assert ("more" in said) == (left == "more")
            assert ("thanks" in said) == (left in ("some", "thanked"))


def test_a_row_is_true_of_its_script() -> None:
    table = "\n".join(answers for answers, _ in SCRIPTS)
    assert rows_of((UNPAID, UNANSWERED), table) == RECIPROCITY.rows
    assert len({(str(row.giver), str(row.taker)) for row in RECIPROCITY.rows}) == len(SCRIPTS)
