"""How good a judge is, from its readings of transcripts whose truth is known: what it finds, where
it errs, and which way it leans. Every figure has a 95 % interval; its unit is the transcript."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from harness.analysis.agreeing import agreeing
from harness.analysis.agreement import Agreed, cohen_kappa, krippendorff_alpha
from harness.analysis.event_matching import ratio
from harness.analysis.judge_reads import Read
from harness.analysis.known_readings import first_of, repeated, usable
from harness.analysis.over_transcripts import change_of, mean_of
from harness.plans.prose_ledger import ACTS

Figures = Mapping[str, Agreed]
_Pair = tuple[Read, Read]


@dataclass(frozen=True)
class Account:
    """How good a judge is.

    Attributes:
        events: ``precision``, ``recall``, ``exact`` (of the hits, those with the right answer), and
            the same of each family, as ``recall.final``; ``commitment``, of the hits of which it is
            told, those with the right commitment; ``sensitivity.FAMILY`` and
            ``specificity.FAMILY`` of whether a party does such a thing at all.
        per_kind: Mark, as ``salami``, ``devious`` or ``salami/devious`` -> ``precision``,
            ``recall`` and ``false``, the share of transcripts with an event that is not there.
        agreement: ``kappa`` and ``alpha`` of whether a party does a thing on an issue in a
            transcript, ``alpha_counts`` of how many concessions it makes.
        bias: Leanings; see :func:`_bias`.
        stability: Of readings of the same words; empty where each was read once.
        read: Transcripts as they are written that have a usable first reading.
        unusable: Readings without a usable answer, of all.
        abstained: Entries of which the judge cannot tell.
        rejected: Entries that were thrown away.
    """

    events: Figures
    per_kind: Mapping[str, Figures]
    agreement: Figures
    bias: Figures
    stability: Figures
    read: int
    unusable: int
    abstained: int
    rejected: int


def account_of(reads: Sequence[Read]) -> Account:
    """The account of a judge.

    Args:
        reads: All its readings, told in whatever way.
    """
    base = list(first_of(reads).values())
    return Account(
        events=_events(base),
        per_kind=_per_kind(base),
        agreement=_agreement(base),
        bias=_bias(reads, base),
        stability=_stability(reads),
        read=len(base),
        unusable=len(reads) - len(usable(reads)),
        abstained=sum(len(one.unsure) for one in reads),
        rejected=sum(one.rejected for one in reads),
    )


# --- what is found -----------------------------------------------------------------------------


def precision(reads: Sequence[Read], family: str | None = None) -> Agreed:
    """The share of the listed events that are true."""
    counts = [one.counts(family) for one in reads]
    return ratio([(hits, hits + false) for hits, _, _, false in counts])


def recall(reads: Sequence[Read], family: str | None = None) -> Agreed:
    """The share of the true events that are listed. One that the judge abstained from counts in
    neither."""
    counts = [one.counts(family) for one in reads]
    return ratio([(hits, hits + missed) for hits, _, missed, _ in counts])


def _exact(reads: Sequence[Read], family: str | None = None) -> Agreed:
    counts = [one.counts(family) for one in reads]
    return ratio([(exact, hits) for hits, exact, _, _ in counts])


def _commitment(reads: Sequence[Read]) -> Agreed:
    parts = []
    for read in reads:
        told = [pair for pair in read.match.hits if pair[0].commitment]
        parts.append((sum(a.commitment == b.commitment for a, b in told), len(told)))
    return ratio(parts)


def _events(base: Sequence[Read]) -> Figures:
    found = {"precision": precision(base), "recall": recall(base), "exact": _exact(base)}
    found["commitment"] = _commitment(base)
    for family in ACTS:
        found[f"precision.{family}"] = precision(base, family)
        found[f"recall.{family}"] = recall(base, family)
        found[f"exact.{family}"] = _exact(base, family)
        found[f"sensitivity.{family}"] = _yes_no(base, family, yes=True)
        found[f"specificity.{family}"] = _yes_no(base, family, yes=False)
    return found


def _yes_no(base: Sequence[Read], family: str, *, yes: bool) -> Agreed:
    """Of the parties that do such a thing at all, or that do not, the share of which the judge says
    so."""

    def does(read: Read, party: str, events: Iterable[object]) -> bool:
        return any(one.by == party and one.family == family for one in events)  # type: ignore[attr-defined]

    parts = []
    for read in base:
        held = [party for party in read.parties if does(read, party, read.truth) is yes]
        right = [party for party in held if does(read, party, read.listed or ()) is yes]
        parts.append((len(right), len(held)))
    return ratio(parts)


def _per_kind(base: Sequence[Read]) -> Mapping[str, Figures]:
    """Of each kind, of each manner, and of both together."""
    marks: dict[str, list[Read]] = {}
    for read in base:
        kind, manner = read.marks.get("kind", ""), read.marks.get("manner", "")
        for mark in (kind, manner, f"{kind}/{manner}"):
            marks.setdefault(mark, []).append(read)
    return {
        mark: {
            "precision": precision(own),
            "recall": recall(own),
            "false": ratio([(int(one.counts()[3] > 0), 1) for one in own]),
        }
        for mark, own in marks.items()
    }


# --- agreement ---------------------------------------------------------------------------------


def _presence(read: Read, events: Iterable[object]) -> list[bool]:
    """Whether each party does each thing."""
    there = {(one.by, one.item) for one in events}  # type: ignore[attr-defined]
    return [(party, item) in there for party in sorted(read.parties) for item in sorted(read.items)]


def _agreement(base: Sequence[Read]) -> Figures:
    presence = [
        list(zip(_presence(read, read.truth), _presence(read, read.listed or ()), strict=True))
        for read in base
    ]
    counts = [
        [
            (
                float(sum(one.by == party and one.family == "concedes" for one in read.truth)),
                float(
                    sum(one.by == party and one.family == "concedes" for one in read.listed or ())
                ),
            )
            for party in read.parties
        ]
        for read in base
    ]
    return {
        "kappa": agreeing(presence, cohen_kappa),
        "alpha": agreeing(presence, krippendorff_alpha),
        "alpha_counts": agreeing(counts, lambda units: krippendorff_alpha(units, "interval")),
    }


# --- leanings ----------------------------------------------------------------------------------


def _bias(reads: Sequence[Read], base: Sequence[Read]) -> Figures:
    """Which way a judge leans; a figure that needs a telling which was not read is left out.

    ``label``: concessions too many that it finds of the party which goes by the name that the first
    party has as written, less those of the other, over both tellings. ``order``: the same of the
    party that is named first. ``speaker``: of the party that speaks first. ``early``: recall in the
    first half of the turns less that in the second. ``label_changes`` and ``order_changes``: share
    of transcripts on which another list is made. ``paraphrase_recall``, ``verbosity_recall`` and
    the same with ``precision``: how much lower they are (below 0) when it is told so.
    """
    by_name = {one.transcript: one for one in base}
    found = {"speaker": mean_of([_lean(one, one.opener) for one in base]), "early": _early(base)}
    for told in ("label", "order"):
        if pairs := _paired(by_name, reads, told):
            found[told] = lean(pairs, told)
            changes = [(int(one.places != two.places), 1) for one, two in pairs]
            found[f"{told}_changes"] = ratio(changes)
    for told in ("paraphrase", "verbosity"):
        pairs = _paired(by_name, reads, told)
        if pairs:
            for name, column in (("recall", 2), ("precision", 3)):
                found[f"{told}_{name}"] = change_of(
                    [(*_part(one, column), *_part(two, column)) for one, two in pairs]
                )
    return found


def lean(pairs: Sequence[_Pair], told: str) -> Agreed:
    """How many concessions too many, less those of the other, are found of the party that has a
    name, or that is named first; a mean over both tellings of each transcript.

    Args:
        pairs: Readings of the same transcript as written and told otherwise.
        told: ``label``, for the name that comes first in the alphabet, or ``order``.
    """
    key = _first_label if told == "label" else _first_named
    return mean_of([(_lean(one, key(one)) + _lean(two, key(two))) / 2 for one, two in pairs])


def _paired(base: Mapping[str, Read], reads: Sequence[Read], told: str) -> list[_Pair]:
    return [(base[name], other) for name, other in first_of(reads, told).items() if name in base]


def _lean(read: Read, party: str) -> float:
    """How many concessions too many are found of a party, less those of the other."""
    (other,) = (one for one in read.parties if one != party)
    return float(read.excess(party) - read.excess(other))


def _first_label(read: Read) -> str:
    """The party that goes by the name that comes first in the alphabet: the same name in both
    tellings."""
    return min(read.parties, key=lambda party: read.labels[party])


def _first_named(read: Read) -> str:
    return read.parties[0]


def _part(read: Read, column: int) -> tuple[int, int]:
    """Hits, of how many."""
    counts = read.counts()
    return counts[0], counts[0] + counts[column]


def _early(base: Sequence[Read]) -> Agreed:
    def part(read: Read) -> tuple[int, int, int, int]:
        found = {true for true, _ in read.match.hits}
        halves = [
            [one for one in read.known if (2 * one.at >= read.turns) is late]
            for late in (True, False)
        ]
        late, early = ((sum(one in found for one in half), len(half)) for half in halves)
        return (*late, *early)

    return change_of([part(read) for read in base])


# --- stability ---------------------------------------------------------------------------------


def _stability(reads: Sequence[Read]) -> Figures:
    """``same``: share of pairs of readings of the same words with the same list, answers included;
    ``alpha``: of all readings of the same words, as for agreement; ``overlap``: events in both
    lists of such a pair, of those in either."""
    several = repeated(reads)
    if not several:
        return {}
    same, overlap, units = [], [], []
    for own in several:
        pairs = [(one.places, two.places) for one, two in combinations(own, 2)]
        same.append((sum(one == two for one, two in pairs), len(pairs)))
        overlap.append(
            (sum(len(one & two) for one, two in pairs), sum(len(one | two) for one, two in pairs))
        )
        columns = [_presence(read, read.listed or ()) for read in own]
        units.append(list(zip(*columns, strict=True)))
    return {
        "same": ratio(same),
        "overlap": ratio(overlap),
        "alpha": agreeing(units, krippendorff_alpha),
    }
