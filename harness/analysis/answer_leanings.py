"""Which way a judge leans that answers questions on scales, and whether it says the same again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Final

from harness.analysis.agreeing import agreeing
from harness.analysis.agreement import Agreed, krippendorff_alpha
from harness.analysis.answer_reads import AnswerRead, Asked, answered, known
from harness.analysis.event_matching import ratio
from harness.analysis.known_readings import first_of, repeated
from harness.analysis.over_transcripts import change_of, mean_of

FAR: Final = 1.0
"""How far one transcript may lie off where nearly all are alike, in whole scales: one, in one seat
and on one of its items."""
LEANINGS: Final = ("label", "order", "speaker", "seat")
"""Leanings of all items together and of each."""
_Pair = tuple[AnswerRead, AnswerRead]


def bias_of(reads: Sequence[AnswerRead]) -> Mapping[str, Agreed]:
    """Which way a judge leans; a figure that needs a telling which was not read is left out.

    Three are in places of the scale, and of the errors alone: the place that is given less the true
    one, of one party less that of the other, a mean over the items of a transcript. ``label``: of
    the party that goes by the name that comes first in the alphabet, over both tellings.
    ``speaker``: of the party that speaks first. ``seat``: of the official seat. A directed item
    counts towards the party that it runs to.

    ``order``: how much nearer to the end of the scale an answer lies that is listed first there,
    half of the way between both orders, as a share of the scale. ``label_changes`` and
    ``order_changes``: share of the questions that have another answer. ``paraphrase_right`` and
    ``verbosity_right``: how much lower (below 0) the share of right answers is when it is told so.
    """
    return _leanings(reads, None)


def item_leanings(reads: Sequence[AnswerRead], item: str) -> Mapping[str, Agreed]:
    """The same of one item, without the changes."""
    found = _leanings(reads, item)
    return {name: found[name] for name in LEANINGS if name in found}


def _leanings(reads: Sequence[AnswerRead], item: str | None) -> dict[str, Agreed]:
    base = first_of(reads)
    own = list(base.values())
    found = {
        "speaker": _mean([_leans(one, item, one.opener) for one in own], own, item),
        "seat": _mean([_leans(one, item, one.parties[0]) for one in own], own, item),
    }
    for told in ("label", "order"):
        if pairs := _paired(base, reads, told):
            if told == "label":
                found[told] = lean_to_name(pairs, item)
            else:
                found[told] = pull_to_first(pairs, item)
            found[f"{told}_changes"] = ratio([_changes(one, two, item) for one, two in pairs])
    for told in ("paraphrase", "verbosity"):
        if pairs := _paired(base, reads, told):
            parts = [(*_right(one, item), *_right(two, item)) for one, two in pairs]
            found[f"{told}_right"] = change_of(parts)
    return {name: one for name, one in found.items() if one.n}


def lean_to_name(pairs: Sequence[_Pair], item: str | None = None) -> Agreed:
    """How much further up the scale than is true the party of one name is put, less the other; a
    mean over both tellings of each transcript.

    Args:
        pairs: Readings of the same transcript as written and with names exchanged.
        item: On which; None for the mean over all.
    """

    def both(one: AnswerRead, two: AnswerRead) -> float | None:
        leans = [_leans(own, item, _first_label(own)) for own in (one, two)]
        there = [lean for lean in leans if lean is not None]
        return sum(there) / len(there) if len(there) == len(leans) else None

    return _mean([both(one, two) for one, two in pairs], [one for one, _ in pairs], item)


def pull_to_first(pairs: Sequence[_Pair], item: str | None = None) -> Agreed:
    """How far answers are drawn towards the one that is listed first, as a share of the scale.

    Args:
        pairs: Readings of the same transcript as written and with answers in the reverse order.
        item: On which; None for the mean over all questions.
    """

    def pull(one: AnswerRead, two: AnswerRead) -> float | None:
        found = [(_share(b) - _share(a)) / 2 for a, b in _same_questions(one, two, item)]
        return sum(found) / len(found) if found else None

    reads = [one for one, _ in pairs]
    return _mean([pull(one, two) for one, two in pairs], reads, item, whole=FAR)


def stability_of(reads: Sequence[AnswerRead]) -> Mapping[str, Agreed]:
    """Of readings of the same words: ``same``, the share of pairs of readings with the same answer
    to a question; ``alpha.ITEM``, Krippendorff's of the places of all readings (interval)."""
    several = repeated(reads)
    if not several:
        return {}
    same: list[tuple[int, int]] = []
    units: dict[str, list[list[tuple[float | None, ...]]]] = {}
    for own in several:
        alike = pairs = 0
        rows: dict[str, list[tuple[float | None, ...]]] = {}
        for key, asked in _by_question(own).items():
            answers = [one.given for one in asked]
            there = [one for one in answers if one is not None]
            alike += sum(one == two for one, two in combinations(there, 2))
            pairs += math.comb(len(there), 2)
            rows.setdefault(key[0], []).append(tuple(map(asked[0].place, answers)))
        same.append((alike, pairs))
        for item, places in rows.items():
            units.setdefault(item, []).append(places)
    alphas = {
        f"alpha.{item}": agreeing(own, lambda units: krippendorff_alpha(units, "interval"))
        for item, own in units.items()
    }
    return {"same": ratio(same), **alphas}


def _by_question(reads: Sequence[AnswerRead]) -> dict[tuple[str, str], list[Asked]]:
    """What several readings have of each question whose answer is known. Where nobody planted
    anything all may give the same answer, and then nothing tells whether they ever differ."""
    found: dict[tuple[str, str], list[Asked]] = {}
    for read in reads:
        for one in known(read):
            found.setdefault((one.item, one.seat), []).append(one)
    return found


def _paired(base: Mapping[str, AnswerRead], reads: Sequence[AnswerRead], told: str) -> list[_Pair]:
    return [(base[name], other) for name, other in first_of(reads, told).items() if name in base]


def _leans(read: AnswerRead, item: str | None, party: str) -> float | None:
    """How much too far up the scale a party is put, less the other; a mean over the items that tell
    of both, None where none does."""
    seat = "o" if party == read.parties[0] else "u"
    found = []
    items: dict[str, list[Asked]] = {}
    for one in answered(read, item):
        items.setdefault(one.item, []).append(one)
    for own in items.values():
        errors = {one.seat: one.error for one in own if one.error is not None}
        if own[0].directed:  # from the other seat to the official one
            found += [one if seat == "o" else -one for one in errors.values()]
        elif errors.keys() == {"o", "u"}:
            found.append(errors[seat] - errors["u" if seat == "o" else "o"])
    return sum(found) / len(found) if found else None


def _first_label(read: AnswerRead) -> str:
    """The party that goes by the name that comes first in the alphabet: the same name in both
    tellings."""
    return min(read.parties, key=lambda party: read.labels[party])


def _same_questions(
    one: AnswerRead, two: AnswerRead, item: str | None
) -> list[tuple[Asked, Asked]]:
    """The questions that have an answer in both."""
    return [
        (asked[0], asked[1])
        for key, asked in _by_question([one, two]).items()
        if item in (None, key[0])
        and len(asked) == len((one, two))
        and all(own.given is not None for own in asked)
    ]


def _changes(one: AnswerRead, two: AnswerRead, item: str | None) -> tuple[int, int]:
    both = _same_questions(one, two, item)
    return sum(a.given != b.given for a, b in both), len(both)


def _right(read: AnswerRead, item: str | None) -> tuple[int, int]:
    own = answered(read, item)
    return sum(one.given == one.truth for one in own), len(own)


def _share(one: Asked) -> float:
    """The place of an answer as a share of the scale from its first answer to its last."""
    assert one.given is not None
    return one.answers.index(one.given) / (len(one.answers) - 1)


def _mean(
    values: Sequence[float | None],
    reads: Sequence[AnswerRead],
    item: str | None,
    *,
    whole: float | None = None,
) -> Agreed:
    """A mean over transcripts of what is a mean over the items of each.

    Args:
        whole: A whole scale in units of the values; None for places, of which a directed scale has
            twice as many as another.
    """
    asked = [known(one, item) for one in reads]
    items = max((len({one.item for one in own}) for own in asked), default=1)
    if whole is None:
        whole = FAR * max((one.width for own in asked for one in own), default=1.0)
    return mean_of([one for one in values if one is not None], whole / max(1, items))
