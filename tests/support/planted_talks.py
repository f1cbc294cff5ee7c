"""What can be told of planted talks without knowing how they were planted: which phrases are said,
and who moves how far in the packages that are put."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from harness.planted.conduct.planter import phrases_for
from harness.planted.phrases import SPLITS, Phrase, Split
from harness.planted.planted import Planted
from harness.planted.sets import planted
from harness.records.transcript import Action, Commitment, Turn


@cache
def whole(rubric: str, split: Split) -> tuple[Planted, ...]:
    """All transcripts of a set as they are written."""
    return tuple(planted(split, rubric=rubric))


def all_of(rubric: str) -> Iterator[Planted]:
    """The transcripts of both splits."""
    for split in SPLITS:
        yield from whole(rubric, split)


@cache
def skeletons(rubric: str, split: Split) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Act and phrase, with anything in its slots, for the acts of a rubric and its talk."""
    found = phrases_for(rubric, split)
    return tuple((act, skeleton(one)) for act, own in found.items() for one in own)


def skeleton(phrase: Phrase) -> re.Pattern[str]:
    """A phrase with anything in its slots."""
    parts = re.split(r"\{\w+\}", phrase.say)
    return re.compile(r".{2,200}?,?".join(map(re.escape, parts)))


def heard(one: Planted, words: str) -> set[str]:
    """Acts whose phrases are said in some words, whether plain or devious."""
    return set(_heard(one.rubric, one.cell.split, words))


@cache
def _heard(rubric: str, split: Split, words: str) -> frozenset[str]:
    found = skeletons(rubric, split)
    return frozenset(act.removesuffix("_devious") for act, phrase in found if phrase.search(words))


def said_by(one: Planted, seat: str) -> set[str]:
    """Acts whose phrases are said from a seat."""
    return {act for turn in turns_of(one, seat) for act in heard(one, turn.words)}


def turns_of(one: Planted, seat: str) -> list[Turn]:
    """The turns of a seat."""
    return [turn for turn in one.record.body.turns if turn.seat == seat]


def truth(one: Planted) -> dict[str, str | None]:
    """Question -> the answer that is true."""
    return {verdict.item: verdict.answer for verdict in one.truth}


@dataclass(frozen=True)
class Step:
    """A move of a delegation to terms that are worse for it than what it put before.

    Attributes:
        turn: Index of the turn.
        issue: On which it moves.
        put: The option that it puts.
        rungs: How many options further down its own order that is.
        tied: Whether the words make it depend on something.
    """

    turn: int
    issue: str
    put: str
    rungs: int
    tied: bool


def steps(one: Planted, seat: str) -> list[Step]:
    """The steps of a seat, told from what it puts and accepts."""
    party = next(own.principal for own in one.record.spec.seats if own.seat == seat)
    values = one.scenario.twin(one.record.spec.twin).terms(party).values
    found: list[Step] = []
    before: dict[str, str] = {}
    for turn in turns_of(one, seat):
        if turn.move is None:
            continue
        package = turn.move.package
        if turn.move.action is Action.ACCEPT:
            package = next(
                t.move.package for t in one.record.body.turns if t.offer == turn.move.offer
            )  # type: ignore[union-attr]
        if package is None:
            continue
        for issue, put in package.items():
            order = sorted(values[issue], key=lambda option: -values[issue][option])
            rungs = order.index(put) - order.index(before.get(issue, put))
            assert rungs >= 0, "nobody takes a step back"
            if rungs:
                tied = turn.move.commitment is Commitment.AD_REFERENDUM
                found.append(Step(turn.index, issue, put, rungs, tied))
        before = dict(package)
    return found
