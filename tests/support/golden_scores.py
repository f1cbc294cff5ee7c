"""What the scripted suites score, to the last digit, in a small table a suite.

    python -m tests.support.golden_scores          # say what differs from the tables that are kept
    python -m tests.support.golden_scores --write  # keep the tables of this state of the code

A table in ``tests/suites/golden`` has a row a measure and a column an arm. A cell is the number of
dialogues with a value, the exact sum of these values (``math.fsum``), and the first digits of a
SHA-256 over the value of every dialogue, or the reason why it has none, by scenario, twin and
epoch. So a cell that differs names the arm and the measure that changed. No id of a dialogue enters
it. The last rows hold the details that evaluators give beside their values.

Some slopes are computed by vector instructions, of which every processor has its own, and their
last digits are the processor's. So a sum of theirs may differ in these; to hold them to the last
digit too, write the tables anew on the machine that wrote them before, and look at what git says.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from harness.evaluators.registry import builtin
from harness.evaluators.scoring import scored
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import make_plan
from harness.records.folder import SCORES
from harness.records.reader import RunFolder
from harness.suite.loading import load_suite
from tests.support.runs import play

SUITES = ("track-contrast", "mechanisms", "controls")
KEPT = Path(__file__).parents[1] / "suites" / "golden"
EPOCHS = 1
DIGITS = 12
"""Hexadecimal digits of a hash that are kept."""
VECTORS = "concessions.reciprocity"
"""How the names of the measures begin whose last digits are the processor's."""

Table = dict[str, dict[str, str]]
"""Measure -> arm -> cell."""


def table_of(folder: RunFolder) -> Table:
    """The table of a run that scripted delegations played: of its first epoch, as if that were
    all."""
    found: dict[tuple[str, str], list[tuple[str, float | None]]] = defaultdict(list)
    for measure, arm, dialogue, value, why in _values(folder):
        known = value if isinstance(value, int | float) else None
        found[measure, arm].append((f"{dialogue} {value!r} {why}", known))
    table: Table = {}
    for (measure, arm), rows in found.items():
        table.setdefault(measure, {})[arm] = _cell(rows)
    return table


def _values(folder: RunFolder) -> Iterator[tuple[str, str, str, object, str]]:
    """(measure, arm, dialogue, value, why it is null) of everything that was scored. What is in the
    file of scores is not worked out again."""
    kept = (folder.path / SCORES).is_file()
    for score in folder.scores() if kept else scored(folder, builtin()):
        if score.epoch > EPOCHS:
            continue
        dialogue = f"{score.scenario} {score.twin} {score.epoch}"
        detail = json.dumps(score.detail, sort_keys=True)
        for arm in score.arms:
            for name, value in score.values.items():
                why = score.why_null.get(name, "")
                yield f"{score.evaluator}.{name}", arm, dialogue, value, why
            yield f"{score.evaluator} (detail)", arm, dialogue, detail, ""


def _cell(rows: list[tuple[str, float | None]]) -> str:
    known = [value for _, value in rows if value is not None]
    lines = "\n".join(sorted(line for line, _ in rows))
    digest = hashlib.sha256(lines.encode()).hexdigest()[:DIGITS]
    return f"{len(known)} {math.fsum(known)!r} {digest}"


def read(suite: str) -> Table:
    """The table that is kept."""
    with (KEPT / f"{suite}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row.pop("measure"): row for row in rows}


def write(suite: str, table: Table) -> None:
    """Keep a table."""
    arms = list(next(iter(table.values())))
    with (KEPT / f"{suite}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["measure", *arms], lineterminator="\n")
        writer.writeheader()
        for measure in sorted(table, key=lambda name: ("(detail)" in name, name)):
            writer.writerow({"measure": measure, **table[measure]})


def differences(kept: Table, table: Table) -> list[str]:
    """Every cell that is not what was kept, in words; new measures and arms too."""
    said = []
    for measure in dict.fromkeys((*kept, *table)):
        before, after = kept.get(measure, {}), table.get(measure, {})
        for arm in dict.fromkeys((*before, *after)):
            if not _same(measure, before.get(arm), after.get(arm)):
                said.append(f"{arm}, {measure}: was {before.get(arm)}, is {after.get(arm)}")
    return said


def _same(measure: str, before: str | None, after: str | None) -> bool:
    if before == after or before is None or after is None:
        return before == after
    (n, total, _), (new_n, new_total, _) = before.split(), after.split()
    near = math.isclose(float(total), float(new_total), rel_tol=1e-12, abs_tol=1e-12)
    return measure.startswith(VECTORS) and n == new_n and near


def main(arguments: list[str]) -> int:
    """Compare with the tables that are kept, or write them anew."""
    changed = 0
    for suite in SUITES:
        with tempfile.TemporaryDirectory() as place:
            run = Path(place) / "run"
            play(make_plan(load_suite(suite), Overrides(epochs=EPOCHS)), run, workers=1)
            table = table_of(RunFolder(run))
        if "--write" in arguments:
            write(suite, table)
            continue
        for line in differences(read(suite), table):
            changed += 1
            sys.stdout.write(f"{suite}: {line}\n")
    return 1 if changed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
