"""Do the evaluators find in published corpora what is known of them? A table of docs/validity.md.

    TRACK15_CORPORA=FOLDER python benchmarks/corpora.py --write docs/validity.md

The corpora are no part of this program: fetch them from their owners. Each is imported and scored
as by ``track15 import`` and ``track15 score``.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import statistics
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.validity import write_between
from harness.app.importing import import_file
from harness.evaluators.base import Evaluator
from harness.evaluators.case import case_of
from harness.evaluators.concessions import Concessions
from harness.evaluators.reported import Reported
from harness.evaluators.settlement import Settlement

BEGIN, END = "<!-- corpora: begin -->", "<!-- corpora: end -->"
VARIABLE: Final = "TRACK15_CORPORA"
CASINO: Final = "casino/casino_all_1030.json"
INTERVIEWS: Final = "jobinterview/parsed.jsonl"
MARKET: Final = "srbench"
CLASSES: Final = ("concession", "selfish", "unfortunate", "silent", "fortunate", "nice")
_NEAR: Final = 1e-9
_PROSELF: Final = {"proself-prosocial": 1, "prosocial-proself": -1}


@dataclass(frozen=True)
class Figure:
    """A figure of a corpus.

    Attributes:
        corpus: Whose it is.
        what: What it is of.
        published: What is known of it from elsewhere; a dash where nothing is.
        found: What the evaluators find.
    """

    corpus: str
    what: str
    published: str
    found: str


def _scored(kind: str, files: Sequence[Path], *by: Evaluator) -> list[dict[str, Any]]:
    """A row a negotiation: its arm, who spoke first, and what evaluators find of it."""
    with tempfile.TemporaryDirectory() as place:
        folder = import_file(kind, files, log_dir=Path(place)).folder
        rows = []
        for record in folder.transcripts():
            case = case_of(record, folder.info)
            order = record.body.order
            row: dict[str, Any] = {
                "arm": folder.place(record.id).arm,
                "first": order[0] if order else None,
            }
            for evaluator in by:
                score = evaluator.score(case)
                row |= score.values | score.detail
            rows.append(row)
        return rows


def _share(parts: Sequence[bool]) -> float:
    return sum(parts) / len(parts)


def _short(number: float, form: str) -> str:
    """A number without the 0 before its point."""
    return re.sub(r"(?<!\d)0\.", ".", f"{number:{form}}").replace("-", "−")


def casino(rows: Sequence[dict[str, Any]]) -> Iterator[Figure]:
    """Figures of the campsite negotiations."""
    deals = [row for row in rows if row["agreement"]]
    left = [row for row in rows if row["agreement"] is False]
    kept = {(row["points_o"], row["points_u"]) for row in left}
    points = statistics.mean(row[f"points_{seat}"] for row in rows for seat in "ou")
    frontier = _share([row["frontier_distance"] <= _NEAR for row in deals])
    joint = _share([math.isclose(row["efficiency"], 1) for row in deals])
    mixed = [_PROSELF[row["arm"]] * row["points_gap"] for row in deals if row["arm"] in _PROSELF]
    error = statistics.stdev(mixed) / math.sqrt(len(mixed))
    first = statistics.mean(row["points_gap"] * (1 if row["first"] == "o" else -1) for row in rows)
    for what, published, found in (
        ("deals, walk-outs", "1005, 25", f"{len(deals)}, {len(left)}"),
        (
            "points of a side that walks out",
            "5",
            ", ".join(sorted({f"{p:.0f}" for pair in kept for p in pair})),
        ),
        (
            "negotiations in which points differ from the corpus's",
            "0",
            f"{sum(bool(row['differs']) for row in rows)}",
        ),
        ("mean points a side", "18.637", f"{points:.3f}"),
        ("deals on the Pareto frontier", ".6736", _short(frontier, ".4f")),
        ("deals with the largest joint value", ".3940", _short(joint, ".4f")),
        (
            "proself less prosocial in mixed pairs (SE, pairs)",
            "+.83 (.23, 517)",
            f"{_short(statistics.mean(mixed), '+.2f')} ({_short(error, '.2f')}, {len(mixed)})",
        ),
        ("first speaker less second, points", "+.013", _short(first, "+.3f")),
    ):
        yield Figure("CaSiNo", what, published, found)


def interviews(rows: Sequence[dict[str, Any]]) -> Iterator[Figure]:
    """Figures of the job interviews."""
    worth = {seat: statistics.mean(row[f"u_{seat}"] for row in rows) for seat in "ou"}
    frontier = _share([row["frontier_distance"] <= _NEAR for row in rows])
    steps = {seat: Counter[str]() for seat in "ou"}
    for row in rows:
        for seat, counted in steps.items():
            counted.update(row[f"steps_{seat}"]["1e-09"])
    of = {seat: ", ".join(str(steps[seat][name]) for name in CLASSES) for seat in "ou"}
    names = ", ".join(CLASSES)
    for what, published, found in (
        ("negotiations", "109", str(len(rows))),
        ("value to the recruiter", ".702", _short(worth["o"], ".3f")),
        ("value to the worker", ".678", _short(worth["u"], ".3f")),
        ("deals on the Pareto frontier", ".128", _short(frontier, ".3f")),
        (f"steps of the recruiter: {names}", "52, 6, 5, 3, 2, 0", of["o"]),
        (f"steps of the worker: {names}", "26, 4, 4, 0, 2, 0", of["u"]),
    ):
        yield Figure("JobInterview", what, published, found)


def market(rows: Sequence[dict[str, Any]]) -> Iterator[Figure]:
    """What the score of the marketplace hides: the source's own beside the signed one."""
    deals = [row for row in rows if row["agreement"]]
    worst = min(deals, key=lambda row: float(row["gain_share_o"]))
    void = [row for row in rows if row["agreement"] is None]
    below = [row for row in deals if min(row["gain_o"], row["gain_u"]) < -_NEAR]
    for what, published, found in (
        ("deals that leave a side worse off than none", "—", f"{len(below)} of {len(deals)}"),
        (
            "the buyer's share in the worst of them",
            f"{worst['rated_o']:.0f}",
            _short(worst["gain_share_o"], ".0f"),
        ),
        ("negotiations that broke down: void here", "—", f"{len(void)} of {len(rows)}"),
    ):
        yield Figure("social-reasoning-bench", what, published, found)


def figures(root: Path) -> Iterator[Figure]:
    """All figures of the corpora in a folder.

    Raises:
        SystemExit: A corpus is not there.
    """
    for name in (CASINO, INTERVIEWS, MARKET):
        if not (root / name).exists():
            raise SystemExit(
                f"{root / name}: no such file. Fetch the corpora from their owners, and name their "
                f"folder by {VARIABLE}."
            )
    yield from casino(_scored("casino", [root / CASINO], Settlement(), Reported()))
    yield from interviews(_scored("jobinterview", [root / INTERVIEWS], Settlement(), Concessions()))
    files = sorted((root / MARKET).glob("*.json"))
    yield from market(_scored("srbench", files, Settlement(), Reported()))


def table(root: Path) -> str:
    """The table in Markdown."""
    lines = ["| corpus | figure | published, or by the source | found |", "|---|---|---|---|"]
    for one in figures(root):
        lines.append(f"| {one.corpus} | {one.what} | {one.published} | {one.found} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table, or write it into a page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", type=Path, help="Page whose table is written anew.")
    given = parser.parse_args()
    root = os.environ.get(VARIABLE)
    if not root:
        parser.error(f"{VARIABLE} does not name the folder of the corpora")
    text = table(Path(root))
    if given.write is None:
        print(text)
    else:
        write_between(given.write, text, BEGIN, END)


if __name__ == "__main__":
    main()
