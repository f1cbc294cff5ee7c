"""The rubric files for which transcripts are planted, and their phrases."""

from __future__ import annotations

import pytest

from harness.planted.conduct.planter import phrases_for
from harness.planted.conduct.planting import rubric_file
from harness.planted.conduct.registry import PLANTINGS
from harness.planted.phrases import SLOTS, SPLITS, Phrase, bank, phrases_of, slots_in

LEAST = {"dev": 2, "test": 3}


def own_phrases(rubric: str, split: str) -> dict[str, tuple[Phrase, ...]]:
    return dict(bank(f"conduct-{rubric}-{split}"))


@pytest.mark.parametrize("rubric", PLANTINGS)
def test_what_is_planted_is_an_answer_of_the_rubric(rubric: str) -> None:
    planting = PLANTINGS[rubric]
    asked = {one.id: {step.id for step in one.scale} for one in rubric_file(rubric).head.items}
    assert planting.rubric == rubric
    assert set(planting.items) <= asked.keys()
    for row in planting.rows:
        for side in filter(None, (row.giver, row.taker)):
            assert tuple(side) == planting.items
            for item, planted in side.items():
                assert planting.answer(item, planted) in asked[item]


@pytest.mark.parametrize("rubric", PLANTINGS)
def test_all_phrases_are_said_twice_and_the_splits_have_none_in_common(rubric: str) -> None:
    texts: dict[str, set[str]] = {}
    for split in SPLITS:
        phrases = [one for own in phrases_for(rubric, split).values() for one in own]
        for one in phrases:
            first, second = (slots_in(text) for text in (one.say, one.again))
            assert first | second <= SLOTS
            assert one.say != one.again
            assert {s.lower() for s in first} >= {"give"} & {s.lower() for s in second}
        texts[split] = {text for one in phrases for text in (one.say, one.again)}
        assert len(texts[split]) == 2 * len(phrases)
    assert not texts["dev"] & texts["test"]
    assert own_phrases(rubric, "dev").keys() == own_phrases(rubric, "test").keys()


@pytest.mark.parametrize("rubric", PLANTINGS)
def test_every_act_has_phrases_enough(rubric: str) -> None:
    for split in SPLITS:
        assert not own_phrases(rubric, split).keys() & bank(f"conduct-talk-{split}").keys()
        for act, phrases in own_phrases(rubric, split).items():
            assert len(phrases) >= LEAST[split], act


def test_the_talk_is_none_of_the_prose_ledger() -> None:
    for split in SPLITS:
        ours = {one.say for own in bank(f"conduct-talk-{split}").values() for one in own}
        theirs = {one.say for own in phrases_of(split).values() for one in own}
        # how a demand is put is no secret of either
        assert len(ours & theirs) <= 1
