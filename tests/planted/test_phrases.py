"""The words of planted transcripts: complete, in two wordings, and apart in the two splits."""

from __future__ import annotations

import pytest

from harness.disputes.loading import load_scenarios
from harness.planted.phrases import (
    SLOTS,
    SPLITS,
    Told,
    dispute_words,
    disputes_of,
    phrases_of,
    slots_in,
    told,
)


def every_text(split: str) -> set[str]:
    bank = phrases_of(split)  # type: ignore[arg-type]
    return {text for own in bank.values() for one in own for text in (one.say, one.again)}


def test_the_two_splits_have_the_same_acts_and_no_phrase_or_dispute_in_common() -> None:
    assert phrases_of("dev").keys() == phrases_of("test").keys()
    assert not every_text("dev") & every_text("test")
    assert not set(disputes_of("dev")) & set(disputes_of("test"))
    assert (len(disputes_of("dev")), len(disputes_of("test"))) == (4, 8)


@pytest.mark.parametrize("split", SPLITS)
def test_both_wordings_of_a_phrase_say_the_same_things(split: str) -> None:
    for act, phrases in phrases_of(split).items():  # type: ignore[arg-type]
        for one in phrases:
            first, second = ({s.lower() for s in slots_in(t)} for t in (one.say, one.again))
            assert first <= {slot.lower() for slot in SLOTS}
            assert {"give", "back", "back_issue"} & first == {"give", "back", "back_issue"} & second
            assert one.say != one.again
            assert ("[" in one.say) == ("[" in one.again) == act.startswith("conditional")


def test_every_option_of_an_issue_has_words_in_the_order_of_the_scenario() -> None:
    for name, words in dispute_words().items():
        (scenario,) = load_scenarios(name)
        for issue, own in words.issues.items():
            assert tuple(own.options) == scenario.issue(issue).option_ids()
            texts = [text for pair in own.options.values() for text in pair]
            assert len(set(texts)) == len(texts), "each option has words of its own"


def test_a_phrase_is_filled_and_its_condition_found() -> None:
    slots = {"other": "Tollmark", "give": "a pause, with coffee", "back": "peace"}
    assert told("[If {other} accepts {back}], we take {give}.", slots) == Told(
        "If Tollmark accepts peace, we take a pause, with coffee.", "If Tollmark accepts peace"
    )
    assert told("{Give} is ours.", slots) == Told("A pause, with coffee, is ours.")
