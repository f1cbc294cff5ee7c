"""A dialogue without what was private: what may be shown before somebody asks for more."""

from __future__ import annotations

from dataclasses import replace

from harness.report.reading import Entry, Reading


def without_private(reading: Reading) -> Reading:
    """``reading`` with only what everyone at the table heard, and what was measured.

    Left out are turns that one delegation alone heard, thoughts, briefs and what drives a delegate,
    its own stakes, what leaderships answered, replies that were asked again, why there is no
    result (which may repeat such a reply), answers afterwards, the calls behind it all, and what a
    model thought before it replied.
    """
    finished = bool(reading.worths) or not reading.valued
    return replace(
        reading,
        delegations=tuple(replace(who, brief="", profile=()) for who in reading.delegations),
        rounds=tuple(
            replace(
                round_, entries=tuple(_public(one) for one in round_.entries if not one.private)
            )
            for round_ in reading.rounds
        ),
        reason=reading.reason if finished else "",
        # Of a dialogue without a result, why they are missing is the same reason.
        numbers=reading.numbers
        if finished
        else tuple(replace(n, note="") for n in reading.numbers),
        could=tuple(said for said in reading.could if said not in reading.approval),
        approval=(),
        afterwards=(),
        lost=(),
        lost_calls=(),
    )


def _public(entry: Entry) -> Entry:
    return replace(entry, thoughts="", held=(), capital="", repairs=(), calls=(), reasoning=())
