"""How many questions talks take that are too long for one, before a judge is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from harness.judging.passages import words_of
from harness.judging.topics import parts
from harness.orchestrator.judgement_specs import Asked
from harness.orchestrator.judging import JudgingPlan
from harness.records.reader import RunFolder

MOST_LOOKED_AT: Final = 1_000
"""Records that are read for it: more take longer than anybody waits for a forecast."""


def questions_of(
    plan: JudgingPlan, folder: RunFolder, asked: Sequence[Asked]
) -> dict[str, tuple[int, ...]] | None:
    """Id of a judgement that is asked for topic by topic -> the characters of words in each of its
    questions. None where nobody can tell without reading too much.

    Args:
        plan: Of the judgements.
        folder: The run.
        asked: Those that are left.

    Raises:
        RecordError: A record of the run is damaged.
    """
    by_record: dict[str, list[Asked]] = {}
    for one in asked:
        spec = plan.specs.of(one.rubric, one.read, plan.places[one.read], one.talks)
        if spec.rubric.topics:
            by_record.setdefault(one.read, []).append(one)
    if len(by_record) > MOST_LOOKED_AT:
        return None
    found = {}
    for record in folder.read(list(by_record)):
        place = plan.places[record.id]
        passages = words_of(record, plan.scenarios[place.scenario].twin(place.twin))
        for one in by_record[record.id]:
            spec = plan.specs.of(one.rubric, one.read, place, one.talks)
            cut = parts(spec.rubric, passages)
            if len(cut) > 1:
                found[one.id] = tuple(part.length for part in cut)
    return found
