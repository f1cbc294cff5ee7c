"""The rows of the answers to probes: what each delegate would sign, asked before the talks."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any, Final

from harness.evaluators.case import Case, case_made_from
from harness.evaluators.probing import points_of
from harness.records.placement import PERSON, SCRIPTED, placement_of
from harness.records.probe import PROBE, ProbeRecord
from harness.records.reader import RunFolder
from harness.report.rows import Row

Episode = tuple[Any, ...]
"""Scenario, twin, epoch, line-up and arm."""
ROUND: Final = 1
"""Probes are asked before the talks: the realities are those of the first round."""


def episodes_of(row: Row, lineup: str) -> Iterator[Episode]:
    """The episodes that a dialogue belongs to, one an arm."""
    arms = row["arm"] if isinstance(row["arm"], tuple) else ()
    for arm in arms:
        yield row["scenario"], row["twin"], row["epoch"], lineup, arm


def answers_of(
    folder: RunFolder, episodes: Collection[Episode] | None
) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """A row an answer, with the arms that the probe belongs to.

    Args:
        folder: The run.
        episodes: Only probes of these; None for all.

    Raises:
        RecordError: A file of the run is damaged.
    """
    for record in folder.records(PROBE, ProbeRecord):
        place = placement_of(folder, record)
        where = (place.scenario, place.twin, place.epoch, place.lineup)
        arms = tuple(arm for arm in place.arms if episodes is None or (*where, arm) in episodes)
        if not arms:
            continue
        case = case_made_from(record, {}, folder.place(record.id), folder.info)
        for answer in _answers(case, record):
            yield (
                arms,
                {
                    "scenario": place.scenario,
                    "twin": place.twin,
                    "epoch": place.epoch,
                    "lineup": place.lineup or None,
                    **answer,
                },
            )


def _answers(case: Case, record: ProbeRecord) -> Iterator[dict[str, Any]]:
    asked = record.spec.asked
    terms = case.scenario.terms(asked.principal, ROUND)
    known = points_of(case) if record.status == "done" else [None] * len(record.body.answers)
    for number, (answer, point) in enumerate(zip(record.body.answers, known, strict=True), start=1):
        yield {
            "probe": record.id,
            "seat": asked.seat,
            "principal": asked.principal,
            "model": asked.model or (asked.kind if asked.kind in (SCRIPTED, PERSON) else None),
            "asked": number,
            "package": json.dumps(dict(answer.package), ensure_ascii=False),
            "signs": answer.signs,
            "why": answer.why,
            "problem": answer.problem,
            "believed": None if point is None else point.value,
            "expected": None if point is None else point.expected,
            "worth": terms.worth(answer.package),
            "no_deal": terms.reservation,
        }
