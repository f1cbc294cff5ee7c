"""The rubric files for which transcripts are planted, and their phrases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.planted.conduct.cells import conduct_cells
from harness.planted.conduct.planter import phrases_for
from harness.planted.conduct.planting import NEAR, rubric_file
from harness.planted.conduct.registry import PLANTINGS
from harness.planted.phrases import SLOTS, SPLITS, Phrase, bank, phrases_of, slots_in

ROOT = Path(__file__).parents[3]
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
        # what meets a step of the other side is asked about there
        spared = {"listen", "hold"} if rubric == "reciprocity" else set()
        talk = bank(f"conduct-talk-{split}").keys()
        assert own_phrases(rubric, split).keys() & talk == spared
        for act, phrases in own_phrases(rubric, split).items():
            assert len(phrases) >= LEAST[split], act


def test_the_talk_is_none_of_the_prose_ledger() -> None:
    for split in SPLITS:
        ours = {one.say for own in bank(f"conduct-talk-{split}").values() for one in own}
        theirs = {one.say for own in phrases_of(split).values() for one in own}
        # how a demand is put is no secret of either
        assert len(ours & theirs) <= 1


@pytest.mark.parametrize("rubric", PLANTINGS)
def test_reasons_for_terms_stand_only_where_terms_are_not_asked_about(rubric: str) -> None:
    for split in SPLITS:
        plain = bank(f"conduct-terms-{split}").keys()
        assert plain == {"reason"}
        terms = rubric_file(rubric).head.reads == "terms"
        source = bank(f"conduct-{'terms' if terms else 'talk'}-{split}")
        assert phrases_for(rubric, split)["reason"] == source["reason"]
        assert len(bank(f"conduct-terms-{split}")["reason"]) >= LEAST[split]


@pytest.mark.parametrize("rubric", PLANTINGS)
def test_nothing_is_there_often_and_half_the_time_something_is_near(rubric: str) -> None:
    planting = PLANTINGS[rubric]
    sides = [side for row in planting.rows for side in (row.giver, row.taker) if side]
    for item in planting.items:
        nothing = [
            side[item]
            for side in sides
            if planting.answer(item, side[item]) == planting.nothing(item)
        ]
        assert len(nothing) >= len(sides) / 3
        if rubric_file(rubric).head.reads == "words":
            assert nothing.count(NEAR) == len(nothing) / 2


def test_the_docs_say_which_answers_are_known_and_how_many_transcripts_there_are() -> None:
    text = (ROOT / "docs" / "calibrate.md").read_text(encoding="utf-8")
    section = text.partition("### What is planted for rubrics that ask questions")[2]
    section = section.partition("\n### ")[0]
    table = [line.split("|") for line in section.splitlines() if line.startswith("| `")]
    told = {cells[1].strip(" `"): tuple(re.findall("`(\\w+)`", cells[2])) for cells in table}
    assert told == {name: one.items for name, one in PLANTINGS.items()}
    counts = {len(conduct_cells(one, "test")) for one in PLANTINGS.values()}
    counts |= {len(conduct_cells(one, "dev")) for one in PLANTINGS.values()}
    assert {int(found) for found in re.findall(r"(\d+) (?:transcripts )?in `", section)} == counts
