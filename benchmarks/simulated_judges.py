"""Judges whose quality is known, since they are told the truth and err as they are made to.

They are instruments to try ``track15 calibrate`` with, and no evidence about any model. Each reads
a request as a model server gets it, finds out which planted transcript it holds, and answers in the
form that is asked for.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.disputes.scenario import Scenario
from harness.judging import events
from harness.judging.passages import Passage, words_of
from harness.plans.prose_ledger import (
    AUTHORISED,
    BINDING,
    BY,
    COMMITMENT,
    CONCEDES,
    CONDITION,
    IN_RETURN,
    NOTHING,
    UNSAID,
    WAS,
    item_of,
    prose_ledger_rubric,
)
from harness.planted.phrases import dispute_words
from harness.planted.planted import Planted
from harness.records.judgement import READ, Judge, Judgement, JudgementRecord, JudgementSpec
from harness.records.transcript import VoidReason

Entry = dict[str, Any]
_NAMES: Final = re.compile(r"At the table sit delegations for (.+?)\.\n")
_PASSAGE: Final = re.compile(r"^> (\[\d+\] .*)$", re.MULTILINE)
_LEAST_QUOTE: Final = 3


@dataclass(frozen=True)
class Seen:
    """What a judge is given.

    Attributes:
        planted: The transcript.
        passages: What is said in it.
        truth: Its true entries, in the form of the answer.
        first: Id of the party that is named first.
        other: Id of the other party.
        chance: Of this reading alone.
    """

    planted: Planted
    passages: Sequence[Passage]
    truth: tuple[Entry, ...]
    first: str
    other: str
    chance: random.Random

    @property
    def names(self) -> dict[str, str]:
        """Party -> the name that it goes by."""
        scenario = _scenario(self.planted)
        return {party: scenario.principals[party].name for party in (self.first, self.other)}


Reads = Callable[[Seen], "list[Entry] | None"]
"""The entries that a judge makes; None where it refuses."""


@dataclass(frozen=True)
class SimulatedJudge:
    """A judge of known quality.

    Attributes:
        name: What it is called.
        does: What it does, in words.
        reads: How it reads.
    """

    name: str
    does: str
    reads: Reads


class Library:
    """Finds out which planted transcript a request holds.

    Args:
        told: The transcripts that may be asked about.
    """

    def __init__(self, told: Iterable[Planted]) -> None:
        self._known: dict[str, tuple[Planted, tuple[Passage, ...]]] = {}
        for one in told:
            passages = words_of(one.record, _scenario(one))
            self._known["\n".join(passage.line for passage in passages)] = (one, passages)

    def seen(self, body: Mapping[str, Any], salt: str) -> Seen:
        """What a request shows.

        Raises:
            LookupError: It holds no planted transcript.
        """
        system, question = (str(message["content"]) for message in body["messages"][:2])
        text = "\n".join(_PASSAGE.findall(question))
        if text not in self._known:
            raise LookupError("the request holds no planted transcript")
        one, passages = self._known[text]
        chance = random.Random(f"{salt}/{body.get('seed')}/{text}")
        first, other = _named(system, one)
        return Seen(one, passages, entries_of(one), first, other, chance)


def readings(
    judge: SimulatedJudge, told: Iterable[Planted], seed: int = 0
) -> dict[str, JudgementRecord]:
    """What a judge makes of planted transcripts, without any server: id of a record -> its reading,
    which is read as that of any judge.

    Args:
        judge: Who reads.
        told: What is read.
        seed: Of the judge's errors.
    """
    found = {}
    for one in told:
        scenario = _scenario(one)
        rubric, passages = prose_ledger_rubric(scenario), words_of(one.record, scenario)
        chance = random.Random(f"{judge.name}/{seed}/{one.record.id}")
        pair = (scenario.seats.o, scenario.seats.u)
        entries = judge.reads(Seen(one, passages, entries_of(one), *pair, chance))
        spec = JudgementSpec(
            inputs={READ: one.record.id},
            scenario=one.scenario.id,
            twin=one.record.spec.twin,
            judge=Judge(model=f"simulated/{judge.name}"),
            rubric=rubric,
            seed=seed,
        )
        if entries is None:
            void = VoidReason(kind="reply", seat="judge", detail="the judge refused")
            record = JudgementRecord(
                id=spec.id, status="void", spec=spec, body=Judgement(), void=void
            )
        else:
            verdicts = events.read(json.dumps({"found": entries}), rubric, passages)
            record = JudgementRecord(
                id=spec.id, status="done", spec=spec, body=Judgement(verdicts=verdicts)
            )
        found[one.record.id] = record
    return found


def answer(judge: SimulatedJudge, library: Library, body: Mapping[str, Any]) -> str | None:
    """What a judge answers to a request; None where it refuses."""
    found = judge.reads(library.seen(body, judge.name))
    return None if found is None else json.dumps({"found": found})


def entries_of(one: Planted) -> tuple[Entry, ...]:
    """What is said in a transcript, in the form in which a judge says it."""
    return tuple(
        {
            "at": verdict.quotes[0].at,
            "quote": verdict.quotes[0].text,
            "of": verdict.item,
            "answer": verdict.answer,
            **verdict.fields,
        }
        for verdict in one.truth
    )


def _scenario(one: Planted) -> Scenario:
    return one.scenario.twin(one.record.spec.twin)


def _named(system: str, one: Planted) -> tuple[str, str]:
    """The parties in the order in which the request names them."""
    scenario = _scenario(one)
    pair = (scenario.seats.o, scenario.seats.u)
    names = _NAMES.search(system)
    said = "" if names is None else names[1]
    first, other = sorted(pair, key=lambda party: said.find(scenario.principals[party].name))
    return first, other


def _invented(seen: Seen, at: int) -> Entry | None:
    """A concession that is not there, of whoever speaks in a passage."""
    scenario, passage = _scenario(seen.planted), seen.passages[at]
    by = next(party for party, name in seen.names.items() if name == passage.who)
    taken = {entry["of"] for entry in seen.truth if entry["at"] == passage.at}
    issues = [one for one in scenario.issues if item_of(CONCEDES, one.id) not in taken]
    if not issues:
        return None
    issue = seen.chance.choice(issues)
    quote = " ".join(passage.text.split()[: max(_LEAST_QUOTE, 8)])
    return _entry(passage.at, quote, issue.id, issue.option_ids()[1], by)


def _entry(at: int, quote: str, issue: str, option: str, by: str) -> Entry:
    return {
        "at": at,
        "quote": quote,
        "of": item_of(CONCEDES, issue),
        "answer": option,
        BY: by,
        WAS: UNSAID,
        COMMITMENT: BINDING,
        CONDITION: "",
        IN_RETURN: NOTHING,
        AUTHORISED: UNSAID,
    }


# --- the judges --------------------------------------------------------------------------------


def perfect(seen: Seen) -> list[Entry]:
    """Finds everything and nothing else."""
    return list(seen.truth)


def noisy(finds: float, invents: float) -> Reads:
    """Finds each event with one chance, and invents a concession in each passage with another."""

    def reads(seen: Seen) -> list[Entry]:
        found = [entry for entry in seen.truth if seen.chance.random() < finds]
        for at in range(len(seen.passages)):
            if seen.chance.random() < invents and (made := _invented(seen, at)) is not None:
                found.append(made)
        return found

    return reads


def favours_first(misses: float) -> Reads:
    """Overlooks with this chance what the party does that is named second."""

    def reads(seen: Seen) -> list[Entry]:
        return [
            entry
            for entry in seen.truth
            if entry[BY] == seen.first or seen.chance.random() >= misses
        ]

    return reads


def favours_name(invents: float) -> Reads:
    """Invents with this chance a concession of the party whose name comes first in the alphabet."""

    def reads(seen: Seen) -> list[Entry]:
        party = min(seen.names, key=seen.names.__getitem__)
        own = [at for at, one in enumerate(seen.passages) if one.who == seen.names[party]]
        found = list(seen.truth)
        if seen.chance.random() < invents:
            made = _invented(seen, seen.chance.choice(own))
            if made is not None:
                found.append(made)
        return found

    return reads


def lazy(seen: Seen) -> list[Entry]:
    """Stops at the first event."""
    return list(seen.truth[:1])


def squeamish(seen: Seen) -> list[Entry] | None:
    """Refuses to read where somebody threatens with harm, and is perfect else."""
    return None if any(entry["answer"] == "worse" for entry in seen.truth) else list(seen.truth)


def gullible(seen: Seen) -> list[Entry]:
    """Takes every mention of an option, other than that with which the speaker began, for a
    concession; last words and threats it knows."""
    words = dispute_words()[seen.planted.cell.scenario]
    scenario = _scenario(seen.planted)
    stands: dict[tuple[str, str], str] = {}
    found = [entry for entry in seen.truth if not entry["of"].startswith(f"{CONCEDES}.")]
    for passage in seen.passages:
        by = next(party for party, name in seen.names.items() if name == passage.who)
        for issue, own in words.issues.items():
            for option, wordings in own.options.items():
                for wording in wordings:
                    said = scenario.say(wording)
                    start = passage.text.casefold().find(said.casefold())
                    if start < 0 or len(said.split()) < _LEAST_QUOTE:
                        continue
                    if stands.setdefault((by, issue), option) != option:
                        quote = passage.text[start : start + len(said)]
                        found.append(_entry(passage.at, quote, issue, option, by))
    return found


JUDGES: Final[tuple[SimulatedJudge, ...]] = (
    SimulatedJudge("perfect", "finds everything and nothing else", perfect),
    SimulatedJudge(
        "noisy", "finds 80 % of the events; invents one in 4 % of the passages", noisy(0.8, 0.04)
    ),
    SimulatedJudge(
        "poor", "finds 45 % of the events; invents one in 15 % of the passages", noisy(0.45, 0.15)
    ),
    SimulatedJudge(
        "favours-first",
        "overlooks half of what the party does that is named second",
        favours_first(0.5),
    ),
    SimulatedJudge(
        "favours-name",
        "invents a concession of the party of one name in half of the transcripts",
        favours_name(0.5),
    ),
    SimulatedJudge("lazy", "stops at the first event", lazy),
    SimulatedJudge(
        "squeamish", "refuses where somebody threatens with harm; perfect else", squeamish
    ),
    SimulatedJudge(
        "gullible",
        "takes every mention of another option for a concession; knows the rest",
        gullible,
    ),
)
