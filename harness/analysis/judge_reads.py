"""What a judge made of transcripts whose truth is known, transcript by transcript."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from harness.analysis.event_matching import Event, Matched, matched
from harness.analysis.known_readings import first_of


@dataclass(frozen=True)
class Read:
    """One reading of one transcript.

    Attributes:
        transcript: Its name; that of the same talks told otherwise, or read again, too.
        scenario: The dispute.
        marks: What it is, as ``{"kind": "salami", "manner": "devious"}``.
        told: How it is told.
        repeat: Which reading of the same words, from 1.
        turns: How many turns it has.
        parties: Ids of the two parties, in the order in which they are named to the reader.
        labels: Party -> the name that it goes by.
        opener: Party that speaks first.
        truth: What is said.
        listed: What the judge found; None where it gave no usable answer.
        unsure: Events of which it said that it cannot tell; their answers are empty.
        rejected: Entries that were thrown away, since their words do not stand there or they name
            what there is not.
        items: Everything that an event may be of.
        record: Id of the record that was read.
    """

    transcript: str
    scenario: str
    marks: Mapping[str, str]
    told: str
    repeat: int
    turns: int
    parties: tuple[str, str]
    labels: Mapping[str, str]
    opener: str
    truth: tuple[Event, ...]
    listed: tuple[Event, ...] | None
    unsure: tuple[Event, ...] = ()
    rejected: int = 0
    items: tuple[str, ...] = field(default=(), repr=False)
    record: str = ""

    @property
    def usable(self) -> bool:
        """Whether there is a list."""
        return self.listed is not None

    @cached_property
    def known(self) -> tuple[Event, ...]:
        """The true events that the judge did not abstain from."""
        places = {(one.at, one.by, one.item) for one in self.unsure}
        listed = {(one.at, one.by, one.item) for one in self.listed or ()}
        return tuple(
            one
            for one in self.truth
            if (place := (one.at, one.by, one.item)) not in places or place in listed
        )

    @cached_property
    def match(self) -> Matched:
        """How the list stands to the truth; raises a ValueError where there is no list."""
        if self.listed is None:
            raise ValueError(f"the judge gave no usable answer on {self.transcript}")
        return matched(self.known, self.listed)

    def counts(self, family: str | None = None) -> tuple[int, int, int, int]:
        """Hits, exact hits, missed and false events.

        Args:
            family: Of events that count; None for all.
        """
        match = self.match
        hits = [pair for pair in match.hits if family in (None, pair[0].family)]
        return (
            len(hits),
            sum(true.answer == one.answer for true, one in hits),
            sum(family in (None, one.family) for one in match.missed),
            sum(family in (None, one.family) for one in match.false),
        )

    def excess(self, party: str, family: str = "concedes") -> int:
        """How many more events of a party are listed than there are."""
        listed, known = self.listed or (), self.known
        return sum(one.by == party and one.family == family for one in listed) - sum(
            one.by == party and one.family == family for one in known
        )

    @cached_property
    def places(self) -> frozenset[Event]:
        """What is listed, without the order."""
        return frozenset(self.listed or ())


@dataclass(frozen=True)
class Erred:
    """A transcript on which a judge errs.

    Attributes:
        record: Its id.
        transcript: Its name.
        missed, false: How many events of it are overlooked, and made up.
    """

    record: str
    transcript: str
    missed: int
    false: int

    @property
    def said(self) -> str:
        """How it errs, in words."""
        return f"{self.missed} overlooked, {self.false} made up"


def most_erred(reads: Iterable[Read]) -> list[Erred]:
    """The transcripts as they are written on which the first reading errs, the worst first."""
    found = []
    for one in first_of(reads).values():
        _, _, missed, false = one.counts()
        if missed or false:
            found.append(Erred(one.record, one.transcript, missed, false))
    return sorted(found, key=lambda one: (-one.missed - one.false, one.transcript))
