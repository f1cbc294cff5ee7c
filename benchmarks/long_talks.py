"""How much of long talks a judge reads for each issue, and whether all it should find is there.

    python benchmarks/long_talks.py
    python benchmarks/long_talks.py --told paraphrase

The planted transcripts of a dispute are joined to one long record, whose events are known. Each of
them is about three issues and names these all the way through, so that no topic of those could be
read in a small part of it. No model is asked.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from harness.judging.passages import Passage, words_of
from harness.judging.topics import parts, touching
from harness.plans.prose_ledger import THREATS, event_of, prose_ledger_rubric
from harness.planted.phrases import SPLITS
from harness.planted.planted import PERTURBATIONS, Perturbation, Planted
from harness.planted.sets import planted
from harness.records.judgement import Rubric

HEADINGS: Final = (
    *("dispute", "passages", "characters", "read for an issue", "disputed", "not disputed"),
    *("events", "not read", "questions"),
)


@dataclass(frozen=True)
class Joined:
    """Planted transcripts of one dispute as one record.

    Attributes:
        name: Id of the dispute.
        rubric: The prose ledger.
        passages: What is said, numbered from 0.
        events: The topic of each event that is there, and the number of its passage.
    """

    name: str
    rubric: Rubric
    passages: tuple[Passage, ...]
    events: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Narrowed:
    """What is read of a joined record, topic by topic.

    Attributes:
        joined: The record.
        shares: Issue -> the part of all characters that is read for it, in [0, 1].
        missed: Events whose passage is not read for their topic.
        questions: How many it takes.
    """

    joined: Joined
    shares: dict[str, float]
    missed: tuple[tuple[str, int], ...]
    questions: int

    @property
    def row(self) -> tuple[str, ...]:
        """Under :data:`HEADINGS`."""
        one = self.joined
        disputed = {topic for topic, _ in one.events}
        return (
            one.name,
            str(len(one.passages)),
            f"{_characters(one.passages):,}",
            _mean(self.shares.values()),
            _mean(share for issue, share in self.shares.items() if issue in disputed),
            _mean(share for issue, share in self.shares.items() if issue not in disputed),
            str(len(one.events)),
            str(len(self.missed)),
            str(self.questions),
        )


def joined(told: Perturbation = "as_written") -> Iterator[Joined]:
    """The planted transcripts of every dispute, one after another.

    Args:
        told: How each is told.
    """
    by_dispute: dict[str, list[Planted]] = {}
    for split in SPLITS:
        for one in planted(split, (told,)):
            by_dispute.setdefault(one.record.spec.scenario, []).append(one)
    for name, transcripts in by_dispute.items():
        yield _joined(name, transcripts)


def narrowed(record: Joined) -> Narrowed:
    """What is read of it."""
    read = touching(record.rubric, record.passages)
    whole = _characters(record.passages)
    return Narrowed(
        record,
        {topic: _characters(own) / whole for topic, own in read.items() if topic != THREATS},
        tuple(
            (topic, at)
            for topic, at in record.events
            if all(passage.at != at for passage in read[topic])
        ),
        len(parts(record.rubric, record.passages)),
    )


def table(found: Sequence[Narrowed]) -> Iterator[str]:
    """The lines of the table in Markdown, and what it comes to."""
    yield f"| {' | '.join(HEADINGS)} |"
    yield "|" + "---|" * len(HEADINGS)
    for one in found:
        yield f"| {' | '.join(one.row)} |"
    events = sum(len(one.joined.events) for one in found)
    missed = sum(len(one.missed) for one in found)
    shares = _mean(share for one in found for share in one.shares.values())
    yield ""
    yield f"{events - missed} of {events} events stand in what is read for their topic."
    yield f"For an issue {shares} of the text is read, in the mean."


def _joined(name: str, transcripts: Sequence[Planted]) -> Joined:
    scenario = transcripts[0].scenario.twin(transcripts[0].record.spec.twin)
    passages: list[Passage] = []
    events = []
    for one in transcripts:
        first = len(passages)
        places = {}
        for passage in words_of(one.record, scenario):
            places[passage.at] = first + len(places)
            passages.append(replace(passage, at=places[passage.at]))
        events += [
            (event_of(event.item)[1] or THREATS, places[quote.at])
            for event in one.truth
            for quote in event.quotes
        ]
    return Joined(name, prose_ledger_rubric(scenario), tuple(passages), tuple(events))


def _characters(passages: Sequence[Passage]) -> int:
    return sum(len(passage.line) for passage in passages)


def _mean(shares: Iterable[float]) -> str:
    """In hundredths; a dash where there are none."""
    every = list(shares)
    return f"{100 * sum(every) / len(every):.0f} %" if every else "-"


def main() -> None:
    """Join the transcripts and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--told", choices=PERTURBATIONS, default="as_written", help="how each is told"
    )
    told = parser.parse_args().told
    for line in table([narrowed(one) for one in joined(told)]):
        print(line)


if __name__ == "__main__":
    main()
