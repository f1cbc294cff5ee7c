"""How good a judge is at questions on scales, from its readings of transcripts whose answers are
known: how often it is right, where it errs, and which way it leans. Every figure has a 95 %
interval; its unit is the transcript, and both seats of a transcript are one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from harness.analysis.agreeing import agreeing
from harness.analysis.agreement import Agreed, cohen_kappa, krippendorff_alpha
from harness.analysis.answer_errors import AnswerTable, table_of
from harness.analysis.answer_leanings import FAR, bias_of, item_leanings, stability_of
from harness.analysis.answer_reads import AnswerRead, Asked, answered, known
from harness.analysis.event_matching import ratio
from harness.analysis.known_readings import first_of, usable
from harness.analysis.over_transcripts import mean_of

Figures = Mapping[str, Agreed]
MANNERS: Final = ("plain", "devious")
"""How what is planted may be told."""


@dataclass(frozen=True)
class AnswerAccount:
    """How good a judge is at questions.

    Attributes:
        items: Item -> its figures; see :func:`_item`. Of an item whose truth is not known there are
            none.
        tables: Item -> which answers were given where which were right, of the items with figures.
        per_kind: Manner, as ``devious`` -> ``right``, ``sensitivity`` and ``specificity`` over all
            items.
        agreement: The same over all items, with ``missing``.
        bias: Leanings over all items; see :func:`~harness.analysis.answer_leanings.bias_of`.
        stability: Of readings of the same words; empty where each was read once.
        read: Transcripts as they are written that have a usable first reading.
        unusable: Readings without a usable reply, of all.
        abstained: Questions without a verdict, of all usable readings.
        rejected: Quotes that were thrown away.
    """

    items: Mapping[str, Figures]
    tables: Mapping[str, AnswerTable]
    per_kind: Mapping[str, Figures]
    agreement: Figures
    bias: Figures
    stability: Figures
    read: int
    unusable: int
    abstained: int
    rejected: int


def answer_account(reads: Sequence[AnswerRead]) -> AnswerAccount:
    """The account of a judge.

    Args:
        reads: All its readings by one rubric, told in whatever way.
    """
    base, there = list(first_of(reads).values()), usable(reads)
    own = [read for read in base if read.asked]
    items = dict.fromkeys(one.item for read in there for one in read.asked or ())
    return AnswerAccount(
        items={item: _item(reads, own, item) for item in items},
        tables={item: table for item in items if (table := table_of(own, item)) is not None},
        per_kind={
            manner: _overall(told)
            for manner in MANNERS
            if (told := [read for read in own if read.marks.get("manner") == manner])
        },
        agreement={**_overall(own), "missing": _missing(own)},
        bias=bias_of(reads),
        stability=stability_of(reads),
        read=len(base),
        unusable=len(reads) - len(there),
        abstained=sum(one.given is None for read in there for one in read.asked or ()),
        rejected=sum(read.rejected for read in reads),
    )


def share(
    reads: Sequence[AnswerRead],
    item: str | None,
    of: Callable[[Asked], bool],
    so: Callable[[Asked], bool],
) -> Agreed:
    """Of the answered questions of a sort, the share of which something is so.

    Args:
        reads: One a transcript.
        item: As for :func:`~harness.analysis.answer_reads.known`.
        of: Whether a question counts.
        so: What is counted of those.
    """
    parts = []
    for read in reads:
        held = [one for one in answered(read, item) if of(one)]
        parts.append((sum(map(so, held)), len(held)))
    return ratio(parts)


def right(reads: Sequence[AnswerRead], item: str | None = None) -> Agreed:
    """The share of the answers that are right."""
    return share(reads, item, lambda one: True, _is_right)


def sensitivity(reads: Sequence[AnswerRead], item: str | None = None) -> Agreed:
    """Where something of the kind is there, the share of the answers that say so."""
    return share(reads, item, _there, lambda one: one.given != one.nothing)


def specificity(reads: Sequence[AnswerRead], item: str | None = None) -> Agreed:
    """Where nothing of the kind is there, the share of the answers that say so."""
    return share(reads, item, _absent, lambda one: one.given == one.nothing)


def kappa(reads: Sequence[AnswerRead], item: str) -> Agreed:
    """Cohen's kappa of the answers and the truth."""
    return agreeing(
        [[(one.truth, one.given) for one in answered(read, item)] for read in reads], cohen_kappa
    )


def alpha(reads: Sequence[AnswerRead], item: str) -> Agreed:
    """Krippendorff's alpha (interval) of the places of the answers and of the truth."""
    return agreeing(_places(reads, item), lambda units: krippendorff_alpha(units, "interval"))


def error(reads: Sequence[AnswerRead], item: str) -> Agreed:
    """How far up the scale the answers are from the truth, on average over transcripts; below 0 for
    down. In units of the measure."""
    means, far = [], FAR
    for read in reads:
        errors = [one.error for one in answered(read, item) if one.error is not None]
        if errors:
            means.append(sum(errors) / len(errors))
            far = FAR * answered(read, item)[0].width
    return mean_of(means, far)


def _item(reads: Sequence[AnswerRead], base: Sequence[AnswerRead], item: str) -> Figures:
    """Figures of one item; empty where its truth is not known.

    ``right``, and of it ``right.plain`` and ``right.devious``; ``sensitivity`` and ``specificity``
    of whether there is anything of the kind at all; ``direction``, of a directed item, of those who
    give more by the truth and by the answer the share that are the same; ``kappa``; ``alpha`` of
    the places (interval) and ``alpha_ordinal``; ``error``; ``missing``, the share of the questions
    without a verdict, and of it ``missing.there`` and ``missing.not``, where something of the kind
    is there and where not. Leanings are those of
    :func:`~harness.analysis.answer_leanings.item_leanings`.
    """
    own = [read for read in base if known(read, item)]
    if not own:
        return {}
    found = {"right": right(own, item)}
    for manner in MANNERS:
        if told := [read for read in own if read.marks.get("manner") == manner]:
            found[f"right.{manner}"] = right(told, item)
    found["sensitivity"] = sensitivity(own, item)
    found["specificity"] = specificity(own, item)
    if known(own[0], item)[0].directed:
        found["direction"] = share(own, item, _both_ways, _same_way)
    found["kappa"] = kappa(own, item)
    found["alpha"] = alpha(own, item)
    found["alpha_ordinal"] = agreeing(
        _places(own, item), lambda units: krippendorff_alpha(units, "ordinal")
    )
    found["error"] = error(own, item)
    found["missing"] = _missing(own, item)
    found["missing.there"] = _missing(own, item, _there)
    found["missing.not"] = _missing(own, item, _absent)
    return {**found, **item_leanings(reads, item)}


def _overall(base: Sequence[AnswerRead]) -> dict[str, Agreed]:
    return {
        "right": right(base),
        "sensitivity": sensitivity(base),
        "specificity": specificity(base),
    }


def _missing(
    base: Sequence[AnswerRead],
    item: str | None = None,
    of: Callable[[Asked], bool] = lambda one: True,
) -> Agreed:
    """Of the questions whose answer is known, the share without a verdict."""
    parts = []
    for read in base:
        held = [one for one in known(read, item) if of(one)]
        parts.append((sum(one.given is None for one in held), len(held)))
    return ratio(parts)


def _places(reads: Sequence[AnswerRead], item: str) -> list[list[tuple[float, float]]]:
    """For each transcript, the places of the truth and of the answer, question by question."""
    found = []
    for read in reads:
        pairs = [(one.place(one.truth), one.place(one.given)) for one in answered(read, item)]
        found.append([(true, given) for true, given in pairs if true is not None is not given])
    return found


def _is_right(one: Asked) -> bool:
    return one.given == one.truth


def _there(one: Asked) -> bool:
    return one.truth != one.nothing


def _absent(one: Asked) -> bool:
    return one.truth == one.nothing


def _both_ways(one: Asked) -> bool:
    return one.truth != one.nothing and one.given != one.nothing


def _same_way(one: Asked) -> bool:
    true, given = one.place(one.truth), one.place(one.given)
    return true is not None and given is not None and true * given > 0
