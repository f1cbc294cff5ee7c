"""What a new round changes in a delegate's values: told as news, beside what it was before."""

from __future__ import annotations

from typing import Any, Final

from harness.prompting.points import worth, worth_by
from harness.prompting.ranks import moved
from harness.view import Brief, View

Facts = dict[str, Any]

_COMPARED: Final = ("enough", "short", "always", "last", "middle")


def changes(view: View, before: Brief) -> Facts:
    """What is not as it was under the brief ``before``.

    Returns:
        ``no_deal`` and ``threshold``: what they were, and ``leaving``, whether either has changed;
        ``moved``: how leaving has changed, in words, None where not, and ``grade``, whether the
        word for it is another one; ``compared``, whether what makes up for it has changed;
        ``rows``: the rows of the table that changed; ``ranked``: the same in words, all of them
        where their order changed (``order``).
    """
    now, old = worth(view), worth_by(before, view.dispute, view.rules)
    told = ("no_deal", "threshold") if view.brief.style == "own" else ("no_deal",)
    rows = zip(now["rows"], old["rows"], strict=True)
    was = {row["id"]: row for row in old["ranked"]}
    order = [row["id"] for row in now["ranked"]] != list(was)
    alike = [row["alike"] for row in now["ranked"]] != [row["alike"] for row in old["ranked"]]
    return {
        "no_deal": old["no_deal"],
        "threshold": old["threshold"],
        "leaving": any(now[name] != old[name] for name in told),
        "grade": now["leaving"] != old["leaving"],
        "compared": any(now.get(name) != old.get(name) for name in _COMPARED),
        "moved": moved(before.belief.reservation, view.brief.belief.reservation),
        "rows": [row for row, former in rows if row != former],
        "order": order or alike,
        "ranked": [row for row in now["ranked"] if order or alike or row != was[row["id"]]],
    }
