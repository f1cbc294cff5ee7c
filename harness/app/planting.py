"""Planted transcripts as a run: an ordinary folder, whose records a judge reads like any others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from harness import __version__
from harness.planted.planted import Planted
from harness.records.declaration import declared_now
from harness.records.episodes import Episode
from harness.records.finished import Finished, Played
from harness.records.reader import RunFolder
from harness.records.run import RunInfo
from harness.records.spec import TALKS
from harness.records.transcript import Timing
from harness.records.writer import RunWriter
from harness.suite.suite import Arm, Suite

_TITLES: Final = {
    "as_written": "as written",
    "label": "the parties' names exchanged",
    "paraphrase": "in other words",
    "verbosity": "with talk that changes nothing",
    "order": "issues and parties in another order",
}


def plant(folder: Path, told: Sequence[Planted], digest: str, command: str) -> RunFolder:
    """Write planted transcripts into a run folder, each that is not there yet.

    Args:
        folder: Of the run; made where it is not there.
        told: What is planted, of one split.
        digest: Of all of it.
        command: What was typed.

    Raises:
        RecordError: The folder cannot be written, or holds something else.
    """
    created = datetime.now(UTC).isoformat(timespec="seconds")
    with RunWriter(folder, _info(told, digest, created, command)) as writer:
        finished = []
        for one in told:
            record = one.record
            writer.plan(
                Episode(
                    arm=one.perturbation,
                    scenario=record.spec.scenario,
                    twin=record.spec.twin,
                    epoch=_epoch(one),
                    stages={TALKS: record.id},
                )
            )
            if not writer.finished(record.id):
                timing = Timing(id=record.id, started=created, seconds=0.0)
                finished.append(Finished.of(Played(record, timing, {})))
        writer.append_all(finished)
    return RunFolder(folder)


def _epoch(one: Planted) -> int:
    """Number of a transcript among those of its dispute, from 1; copies follow one another."""
    number, of = one.cell.place
    return (one.repeat - 1) * of + number + 1


def _info(told: Sequence[Planted], digest: str, created: str, command: str) -> RunInfo:
    scenarios = {one.scenario.id: one.scenario for one in told}
    split = told[0].cell.split
    arms = dict.fromkeys(one.perturbation for one in told)
    suite = Suite(
        id=f"planted-{split}",
        title=f"Planted transcripts, split {split}",
        question="These talks were written, and not held: it is known what is said in them. They "
        "are there to be judged, and tell nothing of any delegation.",
        scenarios=tuple(scenarios),
        twins=tuple(dict.fromkeys(one.record.spec.twin for one in told)),
        epochs=max(map(_epoch, told)),
        arms={name: Arm(track=None, title=_TITLES[name]) for name in arms},
    )
    return RunInfo(
        version=__version__,
        created=created,
        command=command,
        plan=digest[:16],
        root=digest[:16],
        dialogues=len(told),
        suite=suite,
        scenarios=scenarios,
        declarations=(declared_now(suite, time=created, finished=len(told), dialogues=len(told)),),
    )
