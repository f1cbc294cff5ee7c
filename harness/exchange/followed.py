"""The rows of what was measured of whole episodes: articles, readers, news, and later talks."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from harness.evaluators.base import kind_of
from harness.evaluators.chain import CHAIN, follows, last_stage
from harness.evaluators.registry import builtin
from harness.exchange.measured import by_judge_in
from harness.exchange.probed import Episode as Place
from harness.records.episodes import Episode
from harness.records.reader import RunFolder
from harness.records.spec import TALKS


def measured_of_episodes(
    folder: RunFolder, places: Collection[Place] | None
) -> Iterator[dict[str, Any]]:
    """A row an episode and measure, in the order of the scores. One that was not played to its end
    was not scored, and has none.

    Args:
        folder: The run.
        places: Only episodes of these; None for all.

    Raises:
        RecordError: A file of the run is damaged.
    """
    known = {
        (last_stage(one), one.arm): one
        for one in folder.episodes()
        if follows(one) and (places is None or _place(one) in places)
    }
    if not known:
        return
    others = {one.name for one in builtin() if kind_of(one) != CHAIN}
    judges = by_judge_in(folder)
    for score in folder.scores():
        key = (score.id, score.arms[0]) if len(score.arms) == 1 else None
        if key not in known or score.evaluator in others:
            continue
        episode = known[key]
        stages = json.dumps(dict(episode.stages))
        for name, value in score.values.items():
            word = value if isinstance(value, str) else None
            yield {
                "id": episode.stages.get(TALKS),
                "arm": episode.arm,
                "scenario": episode.scenario,
                "twin": episode.twin.value,
                "epoch": episode.epoch,
                "lineup": episode.lineup or None,
                "stages": stages,
                "evaluator": score.evaluator,
                "version": score.version,
                "measure": f"{score.evaluator}.{name}",
                "value": None if value is None or word is not None else float(value),
                "word": word,
                "why_null": score.why_null.get(name),
                "by_judge": judges.get(f"{score.evaluator}.{name}"),
            }


def _place(one: Episode) -> Place:
    return one.scenario, one.twin.value, one.epoch, one.lineup, one.arm
