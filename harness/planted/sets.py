"""Sets of planted transcripts: which are told, how often, and how they are written to a file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic_core import to_json

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from harness.plans.prose_ledger import PROSE_LEDGER
from harness.planted.cells import Cell
from harness.planted.conduct.cells import ConductCell
from harness.planted.conduct.planter import planter_for
from harness.planted.conduct.registry import PLANTINGS
from harness.planted.ledger import LEDGER
from harness.planted.phrases import Split
from harness.planted.planted import Perturbation, Planted, PlantedCell
from harness.planted.planter import OfCell, Planter
from harness.planted.telling import tell
from harness.records.judgement import Verdict

RUBRICS: Final = (PROSE_LEDGER, *PLANTINGS)
"""The rubrics of which planted transcripts hold the truth."""
_VERDICTS: Final[TypeAdapter[tuple[Verdict, ...]]] = TypeAdapter(tuple[Verdict, ...])


def planted(
    split: Split,
    perturbations: Sequence[Perturbation] = ("as_written",),
    repeats: int = 1,
    limit: int | None = None,
    rubric: str = PROSE_LEDGER,
) -> Iterator[Planted]:
    """Planted transcripts, telling by telling and copy by copy.

    Args:
        split: Of which disputes and phrases they are.
        perturbations: How each is told.
        repeats: How many copies there are of each that is told as it is written; the others have
            one.
        limit: How many transcripts are taken at most; each is told in every way. They are taken
            from all kinds in turn. None for all.
        rubric: Id of the rubric by which their truth is known; one of :data:`RUBRICS`.
    """
    if rubric not in RUBRICS:
        raise ValueError(f"no transcripts are planted for the rubric {rubric!r}")
    if rubric == PROSE_LEDGER:
        yield from _told(LEDGER, in_turn(split)[:limit], perturbations, repeats)
    else:
        planter = planter_for(PLANTINGS[rubric])
        chosen = rows_in_turn(planter.cells(split))[:limit]
        yield from _told(planter, chosen, perturbations, repeats)


def _told(
    planter: Planter[OfCell],
    cells: Sequence[OfCell],
    perturbations: Sequence[Perturbation],
    repeats: int,
) -> Iterator[Planted]:
    for perturbation in perturbations:
        copies = repeats if perturbation == "as_written" else 1
        for repeat in range(1, copies + 1):
            for cell in cells:
                yield tell(planter, cell, scenario_of(cell), perturbation, repeat)


def rows_in_turn(cells: Sequence[ConductCell]) -> tuple[ConductCell, ...]:
    """Transcripts for a rubric file in an order whose every part has all rows, and the giver in
    either seat, about equally often."""
    each = max(cell.copy for cell in cells) + 1
    return tuple(sorted(cells, key=lambda one: ((one.number + one.copy) % each, one.number)))


@cache
def in_turn(split: Split) -> tuple[Cell, ...]:
    """The transcripts of the prose ledger in an order whose every part has all kinds in either
    manner, and the giver in either seat, about equally often."""
    whole = LEDGER.cells(split)
    each = max(cell.number for cell in whole) + 1
    kinds = list(dict.fromkeys(cell.kind for cell in whole))

    def place(cell: Cell) -> tuple[int, int, int]:
        kind = kinds.index(cell.kind)
        return ((cell.number + kind + cell.devious) % each, (kind // 2 + cell.devious) % 2, kind)

    return tuple(sorted(whole, key=place))


def scenario_of(cell: PlantedCell) -> Scenario:
    """The dispute of a transcript, as written.

    Raises:
        InputError: Its file is unsound.
    """
    return _shipped(cell.scenario)


@cache
def _shipped(name: str) -> Scenario:
    (found,) = load_scenarios(name)
    return found


def line_of(one: Planted) -> bytes:
    """A planted transcript as a line of the file of its split, without the newline."""
    cell = one.cell
    fields: dict[str, Any] = {
        "name": cell.name,
        "split": cell.split,
        **cell.facts,
        "truth": _VERDICTS.dump_python(one.truth, mode="json"),
        "record": one.record.model_dump(mode="json", by_alias=True),
    }
    return to_json(fields)


def file_of(split: Split, rubric: str = PROSE_LEDGER) -> bytes:
    """The whole file of a split and rubric in ``evals/calibration/``: every transcript as it is
    written."""
    return b"".join(line_of(one) + b"\n" for one in planted(split, rubric=rubric))


def file_name(split: Split, rubric: str = PROSE_LEDGER) -> str:
    """What that file is called."""
    return f"{split}.jsonl" if rubric == PROSE_LEDGER else f"conduct-{rubric}-{split}.jsonl"


def digest_of(told: Sequence[Planted]) -> str:
    """SHA-256 of planted transcripts, their truth included, in whatever order."""
    whole = hashlib.sha256()
    for line in sorted(
        hashlib.sha256(line_of(one) + f"{one.perturbation}/{one.repeat}".encode()).digest()
        for one in told
    ):
        whole.update(line)
    return whole.hexdigest()
