"""What a person was told, beside the truth."""

from __future__ import annotations

import pytest
import yaml

from harness.app.untold import untold_of
from harness.disputes.scenario import Scenario
from harness.evaluators.case import Case
from harness.incentives.profiles import BriefStyle
from tests.support.sittings import CANARIES
from tests.support.transcripts import make_spec, make_transcript


def case(knowledge: float = 1.0, brief: BriefStyle = "principal", seed: int = 1) -> Case:
    """A dialogue without a move, in which seat u knows its principal so well."""
    scenario = Scenario.model_validate(yaml.safe_load(CANARIES))
    spec = make_spec(scenario)
    seats = tuple(
        seat.model_copy(
            update={
                "brief": brief,
                "profile": seat.profile.model_copy(update={"knowledge": knowledge}),
            }
        )
        for seat in spec.seats
    )
    spec = spec.model_copy(update={"seats": seats, "seed": seed})
    return Case(make_transcript(scenario, [("o", "pass")], spec=spec), scenario, spec)


def test_who_knows_is_told_the_truth() -> None:
    told, theirs, lines = untold_of(case(), "u")
    assert told == "You were told that no deal is worth 30 to Arden, and so it was."
    assert theirs == "To Boral no deal was worth 23.2."
    assert lines == 'Boral would never have signed: on The fence, "Boral mends it".'
    _, theirs, lines = untold_of(case(), "o")
    assert theirs == "To Arden no deal was worth 30."
    assert lines.startswith("Arden would never have signed: on The well,")


def test_who_guesses_is_told_the_truth_beside_its_guess() -> None:
    told = untold_of(case(knowledge=0.3), "u")[0]
    assert told.startswith("You were told that no deal is worth about ")
    assert told.endswith(" to Arden. In truth it was 30.")


def test_who_is_told_in_words_is_told_in_words() -> None:
    told = untold_of(case(brief="words"), "u")[0]
    assert told == "You were told that no deal is bad for Arden. In truth it was worth 30."


def test_no_red_line_is_told_as_none() -> None:
    found = case()
    free = found.scenario.model_copy(
        update={
            "principals": {
                key: principal.model_copy(update={"red_lines": ()})
                for key, principal in found.scenario.principals.items()
            }
        }
    )
    bare = Case(found.record, free, found.spec)
    assert untold_of(bare, "u")[2] == "Boral had no red line."


@pytest.mark.parametrize("seat", ["o", "u"])
def test_of_talks_that_were_held_elsewhere_no_guess_is_made(seat: str) -> None:
    found = case()
    elsewhere = Case(found.record, found.scenario)
    assert not any("You were told" in sentence for sentence in untold_of(elsewhere, seat))
