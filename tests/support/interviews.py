"""Two job interviews as the file of JobInterview has them, with values that are worked out by hand.

The value of a role depends on the firm. Recruiter: pay .4 (the less the better), role and firm
together .3, firm .1, place .2. Worker: pay .4 (the more the better), .3, .1, .2.
"""

from __future__ import annotations

import json
from typing import Any

Document = dict[str, Any]
_RECRUITER = {
    ("cook", "inn"): 1,
    ("cook", "bar"): 0,
    ("waiter", "inn"): 0.5,
    ("waiter", "bar"): 0.25,
}
_WORKER = {("cook", "inn"): 0.5, ("cook", "bar"): 1, ("waiter", "inn"): 1, ("waiter", "bar"): 0}


def _utility(
    together: dict[tuple[str, str], float], firms: Document, places: Document
) -> list[Any]:
    return [
        {"name": "Pay", "type": "INTEGER", "min": 1, "max": 5, "weight": 0.4},
        {
            "name": "Role",
            "type": "DISCRETE",
            "relatedTo": "Firm",
            "weight": 0.3,
            "options": [
                {"names": {"Role": role, "Firm": firm}, "weight": worth}
                for (role, firm), worth in together.items()
            ],
        },
        {"name": "Place", "type": "DISCRETE", "weight": 0.2, "options": _options(places)},
        {"name": "Firm", "type": "DISCRETE", "weight": 0.1, "options": _options(firms)},
    ]


def _options(values: Document) -> list[Document]:
    return [{"name": name, "weight": worth} for name, worth in values.items()]


def offer(pay: int, role: str, firm: str, place: str) -> Document:
    """Terms as the file has them."""
    return {"Pay": pay, "Role": role, "Firm": firm, "Place": place}


def interview(
    offers: list[tuple[str, Document]], accepted: int | None, *, name: int = 0
) -> Document:
    """A line of the file, as plain values.

    Args:
        offers: Who, and what, a minute apart.
        accepted: Which of them was accepted, from 0; None for none.
    """
    return {
        "id": name,
        "status": "completed",
        "utilities": {
            "worker": _utility(
                _WORKER, {"inn": 0, "bar": 1}, {"north": 0, "south": 1, "east": 0.5}
            ),
            "recruiter": _utility(
                _RECRUITER, {"inn": 1, "bar": 0}, {"north": 1, "south": 1, "east": 0}
            ),
        },
        "turns": [
            {"role": "worker", "text": "Which firm?", "t": "2020-01-01 10:00:30+09:00"},
            {"role": "recruiter", "text": "Any.", "t": "2020-01-01 09:59:00+09:00"},
        ],
        "offers": [
            {"role": who, "offer": dict(terms), "accepted": at == accepted, "t": _minute(at)}
            for at, (who, terms) in enumerate(offers)
        ],
    }


def _minute(number: int) -> str:
    return f"2020-01-01 10:{number:02}:00+09:00"


EVERY_STEP: list[tuple[str, Document]] = [
    ("recruiter", offer(1, "waiter", "bar", "north")),
    ("worker", offer(5, "cook", "bar", "south")),
    ("recruiter", offer(1, "cook", "inn", "north")),  # both gain by the pair: fortunate
    ("recruiter", offer(1, "cook", "inn", "south")),  # only the worker gains: nice
    ("recruiter", offer(1, "cook", "inn", "south")),  # silent
    ("recruiter", offer(1, "waiter", "inn", "south")),  # in the inn the worker's role: concession
    ("recruiter", offer(1, "waiter", "inn", "north")),  # the worker alone loses: unfortunate
    ("recruiter", offer(2, "cook", "bar", "north")),  # concession
    ("recruiter", offer(2, "waiter", "bar", "north")),  # in the bar the same change: selfish
    ("worker", offer(4, "cook", "bar", "south")),  # concession
]
"""Steps of the recruiter of every class. From cook to waiter is a concession in the inn and selfish
in the bar."""
STEPS = {
    "o": {"fortunate": 1, "nice": 1, "silent": 1, "concession": 2, "unfortunate": 1, "selfish": 1},
    "u": {"fortunate": 0, "nice": 0, "silent": 0, "concession": 1, "unfortunate": 0, "selfish": 0},
}
"""Their classes, by seat; the recruiter has the first one."""


def lines(*interviews: Document) -> str:
    """A file of them."""
    return "".join(json.dumps(one) + "\n" for one in interviews)
