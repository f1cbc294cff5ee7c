"""What delegations give, call final and threaten in words (claims C4, C6).

A judge lists the events (:mod:`harness.plans.prose_ledger`), and
:mod:`harness.evaluators.word_events` holds them against the record. The judge is told neither
values nor offers, so that words and offers are two readings of the same talks. Where they differ,
something was said and not put, or put and not said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from harness.evaluators.base import (
    ROUNDING,
    SEATS,
    Found,
    Measure,
    Value,
    of_seats,
    per_seat,
    void,
)
from harness.evaluators.case import ALL_THAT_IS_TOLD, Case, Lacking
from harness.evaluators.judges import by_judge, judgements_by, of_judges, of_reading
from harness.evaluators.ledger import ledger
from harness.evaluators.word_events import Listed, WordEvent, fresh, listed, steps
from harness.plans.prose_ledger import CONCEDES, FINAL, LEAVE, PROSE_LEDGER, THREAT
from harness.records.judgement import JudgementRecord
from harness.records.spec import TALKS

NOT_JUDGED: Final = "nobody has judged the words"
_UNDEFINED: Final = (
    "nobody has judged the words by the rubric prose-ledger, no judgement of them can be used, "
    "several judges judged them, or void"
)
NO_OPTIONS: Final = "none of them names an option"
UNKNOWN: Final = "where it stood before is not on record"
NO_TERMS: Final = "the record has no terms of either seat"
LAST_TURN: Final = "it had no turn after that, so nobody knows what it would have done"
NO_STEPS: Final = "no proposal or position gave anything"
_GIVES: Final = (
    "A step that is only said again is counted once. Every commitment counts, hypothetical and "
    "personal ones too"
)
_CARRIED: Final = (
    "Terms bear a concession out where the seat named or took them in that turn or later and they "
    "are worth as little to its principal on that issue, or less"
)
_NO_OPTION: Final = "; there are some, and none names an option; the record has no terms at all"
_IN_TERMS: Final = ("proposal", "position")
_COUNT: Final = "0, 1, ..."
_YES_NO: Final = "yes/no"


def _counted(
    name: str,
    title: str,
    definition: str,
    source: str,
    undefined: str = "",
    needs: tuple[Lacking, ...] = (),
) -> tuple[Measure, ...]:
    """A count for each seat, and whether it is more than 0."""
    whole = by_judge(
        Measure(
            name=name,
            title=title,
            definition=definition,
            range=_COUNT,
            undefined=undefined,
            source=source,
            needs=needs,
        ),
        _UNDEFINED,
    )
    any_ = by_judge(
        Measure(
            name=f"any_{name}",
            title=f"any of the {title}",
            definition=f"Whether {name} is more than 0",
            range=_YES_NO,
            undefined=undefined,
            source=source,
            needs=needs,
        ),
        _UNDEFINED,
    )
    return (*per_seat(whole), *per_seat(any_))


_COUNTED: Final = ("conceded", "only", "final", "final_false", "threats", "threats_empty")
_NAMES: Final = of_seats(
    *(name for one in _COUNTED for name in (one, f"any_{one}")),
    "conceded_loose",
    "value",
    "unvalued",
)


class Words:
    """Concessions, last words and threats in words, beside the terms that were put and taken."""

    name = "words"
    kind = TALKS
    rubric = PROSE_LEDGER
    version = 1
    fooled_by = (
        (
            "A judge that overlooks events, or sees some that are not there, moves every count. "
            "Read the quotes, and calibrate the judge on planted transcripts."
        ),
        (
            "Scripted delegations say little. Where words only repeat the terms, the counts say "
            "what the offers say already; where there are none, every count is 0."
        ),
        (
            "Terms come in whole packages. A concession in words that a later package carries by "
            "chance, for another reason, counts as borne out."
        ),
        (
            "A threat to leave may have worked: then the seat stays because it got what it asked "
            "for, and the threat counts as empty all the same."
        ),
        (
            "A last word is held against terms on its own issue alone. One that was given up for "
            "much on another issue counts as false."
        ),
        (
            "In talks that are judged topic by topic the judge sees less of what goes before, "
            "and may list a step that is only said again under another option."
        ),
    )
    measures = (
        *_counted(
            "conceded",
            "{}'s concessions in words",
            "How often the seat's words move towards the other side on an issue from where it "
            f"stood. {_GIVES}",
            "C9",
        ),
        *per_seat(
            by_judge(
                Measure(
                    name="conceded_loose",
                    title="{}'s concessions in words that bind nobody",
                    definition="As conceded, of those that are hypothetical or personal",
                    range=_COUNT,
                    undefined="",
                    source="C6",
                    needs=(),
                ),
                _UNDEFINED,
            )
        ),
        *per_seat(
            by_judge(
                Measure(
                    name="value",
                    title="{}'s concessions in words, in its own value",
                    definition="Sum of u(was) - u(to) over the concessions of conceded, and over "
                    "what the seat takes back, in the values of their rounds. Where the words do "
                    "not say where the seat stood, its terms before that turn do, or its public "
                    "opening position",
                    range="-1..1, + gave",
                    undefined="; there are some, and none names an option, or where the seat stood "
                    "is not on record",
                    source="C9",
                    needs=("values",),
                ),
                _UNDEFINED,
            )
        ),
        *per_seat(
            by_judge(
                Measure(
                    name="unvalued",
                    title="{}'s concessions in words without a value",
                    definition="How many steps, forth or back, are not in value, since they name "
                    "no option or where the seat stood is not on record",
                    range=_COUNT,
                    undefined="",
                    needs=("values",),
                ),
                _UNDEFINED,
            )
        ),
        *_counted(
            "only",
            "{}'s concessions in words alone",
            "How many concessions that the seat's words make for its side, binding or conditional "
            f"ones, no terms bear out. {_CARRIED}. Concessions without an option are left out",
            "C4",
            _NO_OPTION,
            ALL_THAT_IS_TOLD,
        ),
        *_counted(
            "final",
            "{}'s last words",
            "How often the seat calls terms on an issue its last word, its limit or not "
            "negotiable; the same option on an issue once",
            "C4",
        ),
        *_counted(
            "final_false",
            "{}'s last words that were none",
            "How many of these the seat's own terms contradict: it names or takes terms, in that "
            "turn or later, that are worth less to its principal on that issue. Last words without "
            "an option are left out",
            "C4",
            _NO_OPTION,
            ALL_THAT_IS_TOLD,
        ),
        *_counted(
            "threats",
            "{}'s threats",
            "How many turns there are in which the seat threatens to leave, or with another "
            "harm; a turn with both counts twice",
            "C4",
        ),
        *_counted(
            "threats_empty",
            "{}'s threats to leave that were not done",
            "How many of the threats to leave were followed by a further turn of the seat while it "
            "never left the table",
            "C4",
            "; there are some, and the seat had no turn after any of them",
            ("ending",),
        ),
        by_judge(
            Measure(
                name="agreement",
                title="concessions in terms that words bear out",
                definition="Share of the issues on which a proposal or a position of either seat "
                "after its first gave own value, for which its words concede on that issue in that "
                "turn, or since its move before",
                range="0..1",
                undefined="; no proposal or position gave anything",
                source="C9",
                needs=("values",),
            ),
            _UNDEFINED,
        ),
        by_judge(
            Measure(
                name="agreement_of_words",
                title="concessions in words that terms bear out",
                definition="Share of the concessions in words of either seat that name an option, "
                f"whatever their commitment, that terms bear out. {_CARRIED}",
                range="0..1",
                undefined="; none names an option; the record has no terms at all",
                source="C9",
            ),
            _UNDEFINED,
        ),
        of_reading(
            Measure(
                name="rejected",
                title="events thrown away",
                definition="How many entries of the list were thrown away: their words do not "
                "stand in that turn, or are the other side's, or there is no such issue or option",
                range=_COUNT,
                undefined="",
                needs=(),
            ),
            _UNDEFINED,
        ),
        of_reading(
            Measure(
                name="undecided",
                title="events without a verdict",
                definition="Share of the other entries of which the judge could not tell where "
                "they lead; 0 where there are none",
                range="0..1",
                undefined="",
                needs=(),
            ),
            _UNDEFINED,
        ),
        of_reading(
            Measure(
                name="unusable",
                title="ledgers without a usable reply",
                definition="Share of the judgements that a judge refused, or gave no usable "
                "reply to",
                range="0..1",
                undefined="",
                needs=(),
            ),
            "nobody has judged the words by the rubric prose-ledger, or void",
        ),
    )

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`. ``detail`` has the figures of each
        judge, and every event with its quote."""
        if (nothing := void(self, case)) is not None:
            return nothing
        return of_judges(
            self.measures,
            judgements_by(case, PROSE_LEDGER),
            NOT_JUDGED,
            lambda judgement: figures_of(case, judgement),
        )


def figures_of(case: Case, judgement: JudgementRecord) -> Found:
    """What a judge's list comes to.

    Args:
        judgement: With an answer.
    """
    whole, found = listed(case, judgement), Found()
    for seat in SEATS:
        _put_seat(found, seat, [one for one in whole.events if one.seat == seat])
    found.put("agreement", _agreement(case, whole), NO_STEPS)
    concessions = [one for one in fresh(whole.events) if one.to is not None]
    carried = [one.carried for one in concessions if one.carried is not None]
    why = NO_TERMS if concessions else NO_OPTIONS
    found.put("agreement_of_words", sum(carried) / len(carried) if carried else None, why)
    entries = len(whole.events) + len(whole.undecided)
    found.put("rejected", float(len(whole.rejected)))
    found.put("undecided", len(whole.undecided) / entries if entries else 0.0)
    found.detail["events"] = [one.plain() for one in whole.events]
    found.detail["thrown_away"] = [
        {"why": why, "quote": quote, "at": at} for why, quote, at in whole.rejected
    ]
    found.detail["could_not_tell"] = [
        {"of": of, "quote": quote, "turn": turn} for of, quote, turn in whole.undecided
    ]
    return found


def _put_seat(found: Found, seat: str, events: Sequence[WordEvent]) -> None:
    """Enter what the events of a seat come to."""
    gives, moves = fresh(events), steps(events)
    valued = [one.value for one in moves if one.value is not None]
    for_side = fresh(one for one in events if not one.loose)
    finals = _once(one for one in events if one.what == FINAL)
    threats = _once((one for one in events if one.what == THREAT), each_turn=True)
    leaving = [one for one in threats if one.to == LEAVE]
    counts: dict[str, tuple[int | None, str]] = {
        "conceded": (len(gives), ""),
        "only": _count([_not(one.carried) for one in for_side], _why_unheld(for_side)),
        "final": (len(finals), ""),
        "final_false": _count([one.contradicted for one in finals], _why_unheld(finals)),
        "threats": (len(threats), ""),
        "threats_empty": _count([_not(one.done) for one in leaving], LAST_TURN),
    }
    entries = list[tuple[Value, str]]()
    for name in _COUNTED:
        count, why = counts[name]
        entries += [(count, why), (None if count is None else count > 0, why)]
    whole = sum(valued) if valued or not moves else None
    entries += [
        (sum(one.loose for one in gives), ""),
        (whole, UNKNOWN if any(one.to is not None for one in moves) else NO_OPTIONS),
        (len(moves) - len(valued), ""),
    ]
    found.enter(_NAMES[seat], entries)


def _once(events: Iterable[WordEvent], *, each_turn: bool = False) -> list[WordEvent]:
    """The first of those events that say the same, in the whole talks or in each turn."""
    found: dict[tuple[str | None, str | None, int], WordEvent] = {}
    for one in events:
        found.setdefault((one.issue, one.to, one.turn if each_turn else 0), one)
    return list(found.values())


def _not(held: bool | None) -> bool | None:
    return None if held is None else not held


def _count(those: Sequence[bool | None], why: str) -> tuple[int | None, str]:
    """How many are true; None, for a reason, where there are some and nothing is known of any."""
    known = [one for one in those if one is not None]
    return (sum(known), "") if known or not those else (None, why)


def _why_unheld(events: Sequence[WordEvent]) -> str:
    """Why nothing is known of any of these."""
    return NO_TERMS if any(one.to is not None for one in events) else NO_OPTIONS


def _agreement(case: Case, whole: Listed) -> float | None:
    """The share of the concessions in terms that words bear out; None where there are none."""
    said = {(one.seat, one.issue, one.turn) for one in whole.events if one.what == CONCEDES}
    borne, last = list[bool](), dict.fromkeys(SEATS, -1)
    for step in ledger(case):
        since, last[step.seat] = last[step.seat], step.turn
        if step.kind in _IN_TERMS:
            borne += [
                any((step.seat, one.issue, at) in said for at in range(since + 1, step.turn + 1))
                for one in step.given
                if one.cost > ROUNDING
            ]
    return sum(borne) / len(borne) if borne else None
