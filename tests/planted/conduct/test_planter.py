"""Planted transcripts for rubric files as records, and the truth of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from statistics import fmean

import pytest

from harness.judging.passages import stands_in, words_of
from harness.planted.conduct.cells import conduct_cells
from harness.planted.conduct.planter import phrases_for, truth_of
from harness.planted.conduct.planting import NEAR, Planting, rows_of, rubric_file
from harness.planted.conduct.registry import PLANTINGS
from harness.planted.conduct.saying import ASIDE, in_words
from harness.planted.kinds import Act, Who
from harness.planted.phrases import SPLITS, Phrase, Split, Told
from harness.planted.planted import PERTURBATIONS, Planted
from harness.planted.planter import Said
from harness.planted.sets import planted
from harness.planted.staging import Line
from harness.records.checking import contradiction
from harness.records.judgement import Quote

EACH = list(product(PLANTINGS, SPLITS))
IN_WORDS = [rubric for rubric in PLANTINGS if rubric_file(rubric).head.reads == "words"]
"""Rubrics that read the words alone."""
IN_TERMS = [rubric for rubric in PLANTINGS if rubric not in IN_WORDS]


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


def literal(phrase: Phrase) -> str:
    """The longest part of a phrase that is the same whatever fills its slots."""
    return max(re.split(r"\{\w+\}", phrase.say), key=len)


@pytest.mark.parametrize("rubric", IN_WORDS)
def test_phrases_can_be_told_apart(rubric: str) -> None:
    for split in SPLITS:
        parts = [literal(one) for own in phrases_for(rubric, split).values() for one in own]
        assert len(set(parts)) == len(parts)
        asked = [p for act, own in phrases_for(rubric, split).items() if "_" in act for p in own]
        assert min(len(literal(one).split()) for one in asked) >= 3


@pytest.mark.parametrize("rubric", IN_WORDS)
def test_a_phrase_is_said_where_its_answer_is_true_and_nowhere_else(rubric: str) -> None:
    found = 0
    for split in SPLITS:
        bank = phrases_for(rubric, split)
        for one in whole(rubric, split):
            words, manner = said_by(one), "_devious" if one.cell.devious else ""  # type: ignore[attr-defined]
            for seat, item, answer in planted_on(one):
                acts = [act for act in bank if act.startswith(f"{item}_")]
                heard = {act for act in acts for p in bank[act] if literal(p) in words[seat]}
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
        assert {exchanged(rubric, place) for place in places(base)} == {*places(order)}
        assert [t.words for t in order.record.body.turns] == [
            t.words for t in base.record.body.turns
        ]


Place = tuple[str, str | None, tuple[int, ...]]


def exchanged(rubric: str, place: Place) -> Place:
    """A question about one seat, asked of the other, and an answer that runs the other way."""
    item, answer, at = place
    ends = {"_o": "_u", "_u": "_o"}
    asked = next((one for one in rubric_file(rubric).head.items if one.id == item), None)
    if asked is not None and asked.directed:
        scale = [step.id for step in asked.scale]
        return item, scale[-1 - scale.index(str(answer))], at
    return item[:-2] + ends[item[-2:]] if item[-2:] in ends else item, answer, at


def places(one: Planted) -> list[Place]:
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
        assert abs(fmean(turns[True]) - fmean(turns[False])) < 0.5
        assert abs(fmean(lengths[True]) / fmean(lengths[False]) - 1) < 0.15


@pytest.mark.parametrize("rubric", IN_TERMS)
def test_length_tells_little_of_what_is_done(rubric: str) -> None:
    """Whoever does more has more to say, so that the bounds are wider than where all is words."""
    talks: dict[tuple[str, str | None], list[tuple[int, int]]] = {}
    for one in whole(rubric, "test"):
        turns = one.record.body.turns
        for verdict in one.truth[:-1]:
            seats = verdict.item[-1] if verdict.item[-2:] in ("_o", "_u") else "ou"
            words = sum(len(turn.words.split()) for turn in turns if turn.seat in seats)
            own = talks.setdefault((verdict.item.removesuffix(f"_{seats}"), verdict.answer), [])
            own.append((len(turns), words))
    assert len(talks) >= 5
    for item in {item for item, _ in talks}:
        of_item = [own for (which, _), own in talks.items() if which == item]
        turns_of = [fmean(count for count, _ in own) for own in of_item]
        words_of_item = [fmean(words for _, words in own) for own in of_item]
        assert max(turns_of) - min(turns_of) < 2.2, item
        assert max(words_of_item) / min(words_of_item) < 1.25, item


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


def test_of_a_dialogue_the_scale_is_turned_with_the_seats() -> None:
    rows = rows_of(("ground", "draft"), "first_more first_only |\n near both |")
    planting = Planting("one-sidedness", rows, in_words)
    line = Line(None, act=Act("concede", "x", shows=("ground", "draft")))
    said = [
        Said("giver", Line(None), Told("We are here."), 0),
        Said("taker", line, Told("We take less."), 3),
    ]
    parties: dict[Who, str] = {"giver": "a", "taker": "b"}
    seats: list[dict[Who, str]] = [
        {"giver": "o", "taker": "u"},
        {"giver": "u", "taker": "o"},
    ]
    first, nothing = conduct_cells(planting, "dev")[::2]
    found = [truth_of(planting, first, said, parties, own) for own in seats]
    quotes = (Quote(text="We take less.", at=3),)
    assert [[(v.item, v.answer) for v in own] for own in found] == [
        [("ground", "first_more"), ("draft", "first_only"), ("instructs", "no")],
        [("ground", "second_more"), ("draft", "second_only"), ("instructs", "no")],
    ]
    assert found[0][0].quotes == found[1][1].quotes == quotes
    for own in seats:
        of_nothing = truth_of(planting, nothing, said, parties, own)
        assert [(v.item, v.answer, v.quotes) for v in of_nothing[:2]] == [
            ("ground", "neither", ()),
            ("draft", "both", ()),
        ]
