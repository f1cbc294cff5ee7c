"""What a score that knows no loss hides: the outcomes of an imported run, with their sign.

track15 import srbench FILE... --name srbench
track15 score import-srbench
python docs/examples/clamped.py import-srbench
"""

from __future__ import annotations

import sys
from typing import Any

from harness import app
from harness.records.reader import RunFolder


def rows(folder: RunFolder) -> list[dict[str, Any]]:
    """A row a negotiation, in the order of the run: what the official seat's side gained in money
    and in shares of what there was to gain, and what the source scored it."""
    found: dict[str, dict[str, Any]] = {
        one.id: {
            "called": getattr(one.spec, "called", None),
            "arm": folder.place(one.id).arm,
            "ending": one.body.outcome.kind,
            "rated": one.spec.seat("o").rated if one.spec.kind == "recorded" else None,
        }
        for one in folder.transcripts()
    }
    for score in folder.scores(evaluators=("settlement", "reported")):
        found[score.id] |= score.values
    return list(found.values())


def main(run: str) -> None:
    """Print the table, and how many deals leave a side worse off than none."""
    table = rows(app.load(run))
    print("negotiation  arm               ending    gain   signed share  source's score")
    for row in table:
        gain, share, rated = (row.get(n) for n in ("gain_points_o", "gain_share_o", "rated"))
        cells = (_number(gain, "+8.2f"), _number(share, "+14.3f"), _number(rated, "16.3f"))
        print(f"{row['called']:<11}  {row['arm']:<16}  {row['ending']:<8}", *cells)
    deals = [row for row in table if row["ending"] == "deal"]
    worse = [row for row in deals if min(row[f"gain_{s}"] for s in "ou") < 0]
    void = [row for row in table if row["ending"] == "void"]
    print(f"\nDeals worse than no deal for a side: {len(worse)} of {len(deals)}.")
    rated = [row for row in void if row["rated"] is not None]
    print(f"Void here, and scored by the source: {len(rated)} of {len(table)}.")


def _number(value: float | None, form: str) -> str:
    missing = "-".rjust(int(form.strip("+").split(".")[0]))
    return missing if value is None else f"{value:{form}}"


if __name__ == "__main__":
    main(sys.argv[1])
