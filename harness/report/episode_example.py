"""The episode that a report prints: the one that moved most, whichever way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from harness.analysis.findings import Findings
from harness.evaluators.chain import last_stage
from harness.records.episodes import Episode
from harness.records.reader import RunFolder
from harness.report.episode import EpisodeReading
from harness.report.episode_layout import lay_out
from harness.report.episode_private import without_private
from harness.report.episode_stages import alike, followed, goes_on, stages_of

MEASURES: Final[Mapping[str, str]] = {
    "readers.shift": "its readers moved most",
    "misread.distance": "its readers of news were farthest from the truth",
    "misread.error": "its news was misread most",
    "later.skew": "its later talks ended most one-sided",
    "publication.asks_gap": "its article is most lopsided",
}
"""Measure -> why an episode is printed: the first of these that the run has values of."""
FEW: Final = 6
"""Changes that are printed of each reader."""


@dataclass(frozen=True)
class Example:
    """An episode to print.

    Attributes:
        reading: It.
        why: Why this one.
    """

    reading: EpisodeReading
    why: str


def example_of(folder: RunFolder, findings: Findings) -> Example | None:
    """The episode that moved most in the arms that the suite's links are about, by size whatever
    the sign, the first of the plan among equals; None where nothing follows any talks, or nothing
    of it is measured.

    Raises:
        RecordError: A file of the run is damaged.
    """
    if not findings.links:
        return None
    arms = {link.sides[0].arm for link in findings.links if link.sides}
    chosen = _most_moved(folder, arms)
    if chosen is None:
        return None
    episode, why = chosen
    near = alike(episode, goes_on(folder.episodes()))
    reading = lay_out(stages_of(folder, episode), followed(folder, near))
    return Example(without_private(reading), why)


def _most_moved(folder: RunFolder, arms: set[str]) -> tuple[Episode, str] | None:
    values: dict[str, dict[tuple[str, str], float]] = {name: {} for name in MEASURES}
    for score in folder.scores(evaluators={name.split(".")[0] for name in MEASURES}):
        if len(score.arms) != 1 or score.arms[0] not in arms:
            continue
        for name, value in score.values.items():
            full = f"{score.evaluator}.{name}"
            if full in values and isinstance(value, float):
                values[full][score.id, score.arms[0]] = abs(value)
    for name, why in MEASURES.items():
        own = values[name]
        if own:
            most = max(own.values())
            for episode in goes_on(folder.episodes()):
                if own.get((last_stage(episode), episode.arm)) == most:
                    return episode, why
    return None
