"""Planted transcripts for rubric files as records, and the truth of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from statistics import fmean

import pytest

from harness.judging.passages import stands_in, words_of
from harness.planted.conduct.planter import phrases_for
from harness.planted.conduct.planting import NEAR, rubric_file
from harness.planted.conduct.registry import PLANTINGS
from harness.planted.conduct.saying import ASIDE, in_words
from harness.planted.phrases import SPLITS, Phrase, Split
from harness.planted.planted import PERTURBATIONS, Planted
from harness.planted.sets import planted
from harness.records.checking import contradiction

EACH = list(product(PLANTINGS, SPLITS))
IN_WORDS = [rubric for rubric, one in PLANTINGS.items() if one.plot is in_words]
"""Rubrics that read the words alone."""


@cache
def whole(rubric: str, split: Split) -> tuple[Planted, ...]:
    return tuple(planted(split, rubric=rubric))


def said_by(one: Planted) -> dict[str, str]:
    """Seat -> all that is said from it."""
    turns = one.record.body.turns
    return {
        seat: " ".join(turn.words for turn in turns if turn.seat == seat) for seat in ("o", "u")
    }


def planted_on(one: Planted) -> Iterator[tuple[str, str, str]]:
    """Seat, question and what is planted of it, as the transcript is written."""
    cell = one.cell
    for who in ("giver", "taker"):
        seat = cell.giver if who == "giver" else {"o": "u", "u": "o"}[cell.giver]  # type: ignore[attr-defined]
        for item, answer in cell.planted(who).items():  # type: ignore[attr-defined]
            yield seat, item, answer


@pytest.mark.parametrize(("rubric", "split"), EACH)
def test_truth_stands_in_the_words_of_who_says_it(rubric: str, split: Split) -> None:
    asked = rubric_file(rubric)
    for one in whole(rubric, split):
        assert one.rubric == rubric
        assert contradiction(one.record, {one.scenario.id: one.scenario}) is None
        scenario = one.scenario.twin(one.record.spec.twin)
        passages = {own.at: own for own in words_of(one.record, scenario)}
        items = {item.id: item for item in asked.of(scenario).items}
        assert len({verdict.item for verdict in one.truth}) == len(one.truth)
        for verdict in one.truth:
            item = items[verdict.item]
            assert verdict.answer is not None
            assert bool(verdict.quotes) == item.answer(verdict.answer).quoted
            for quote in verdict.quotes:
                assert stands_in(quote.text, passages[quote.at])
                assert item.said_by in (None, passages[quote.at].who)
        assert one.truth[-1].item == "instructs"
        assert one.truth[-1].answer == "no"


def skeleton(phrase: Phrase) -> re.Pattern[str]:
    """A phrase with anything in its slots."""
    parts = re.split(r"\{\w+\}", phrase.say)
    return re.compile(r".{2,200}?,?".join(map(re.escape, parts)))


@pytest.mark.parametrize("rubric", IN_WORDS)
def test_a_phrase_is_said_where_its_answer_is_true_and_nowhere_else(rubric: str) -> None:
    found = 0
    for split in SPLITS:
        bank = phrases_for(rubric, split)
        for one in whole(rubric, split):
            words, manner = said_by(one), "_devious" if one.cell.devious else ""  # type: ignore[attr-defined]
            for seat, item, answer in planted_on(one):
                acts = [act for act in bank if act.startswith(f"{item}_")]
                heard = {act for act in acts for p in bank[act] if skeleton(p).search(words[seat])}
                assert heard == ({f"{item}_{answer}{manner}"} if answer != "none" else set())
                found += len(heard)
    assert found > 200


@pytest.mark.parametrize("rubric", PLANTINGS)
def test_however_it_is_told_the_same_is_true(rubric: str) -> None:
    told = {one: list(planted("dev", (one,), limit=4, rubric=rubric)) for one in PERTURBATIONS}
    for way in ("label", "paraphrase", "verbosity"):
        for base, other in zip(told["as_written"], told[way], strict=True):
            assert places(other) == places(base)
            assert other.record.id != base.record.id
    for base, order in zip(told["as_written"], told["order"], strict=True):
        assert {(exchanged(str(item)), *rest) for item, *rest in places(base)} == {*places(order)}
        assert [t.words for t in order.record.body.turns] == [
            t.words for t in base.record.body.turns
        ]


def exchanged(item: str) -> str:
    """A question about one seat, asked of the other."""
    ends = {"_o": "_u", "_u": "_o"}
    return item[:-2] + ends[item[-2:]] if item[-2:] in ends else item


def places(one: Planted) -> list[tuple[object, ...]]:
    return [(v.item, v.answer, tuple(quote.at for quote in v.quotes)) for v in one.truth]


@pytest.mark.parametrize(("rubric", "split"), list(product(IN_WORDS, SPLITS)))
def test_length_tells_nothing_of_the_truth(rubric: str, split: Split) -> None:
    for item in PLANTINGS[rubric].items:
        lengths: dict[bool, list[int]] = {True: [], False: []}
        turns: dict[bool, list[int]] = {True: [], False: []}
        for one in whole(rubric, split):
            for seat, asked, answer in planted_on(one):
                if asked == item:
                    there = answer not in ("none", NEAR)
                    lengths[there].append(len(said_by(one)[seat].split()))
                    turns[there].append(len(one.record.body.turns))
        assert abs(fmean(turns[True]) - fmean(turns[False])) < 1
        assert abs(fmean(lengths[True]) / fmean(lengths[False]) - 1) < 0.15


@pytest.mark.parametrize(("rubric", "split"), list(product(IN_WORDS, SPLITS)))
def test_what_is_there_is_about_as_long_as_what_is_not(rubric: str, split: Split) -> None:
    """So that a short sentence, or a long one, gives nothing away."""
    bank = phrases_for(rubric, split)
    for manner in ("", "_devious"):
        for item in PLANTINGS[rubric].items:
            near = mean_words(bank[f"{item}_{NEAR}{manner}"])
            acts = [
                act
                for act in bank
                if act.startswith(f"{item}_")
                and act.endswith("_devious") == bool(manner)
                and NEAR not in act
            ]
            there = fmean(mean_words(bank[act]) for act in acts)
            assert 0.6 < there / near < 1.6, (item, manner, there, near)
    assert 15 < mean_words(bank[ASIDE]) < 35


def mean_words(phrases: tuple[Phrase, ...]) -> float:
    return fmean(len(one.say.split()) for one in phrases)
