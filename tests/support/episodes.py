"""Episodes of the small run of chains, laid out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.records.episodes import Episode
from harness.records.reader import RunFolder
from harness.report.episode import EpisodeReading
from harness.report.episode_layout import lay_out
from harness.report.episode_stages import Stages, alike, followed, goes_on, stages_of
from harness.viewer.index import Index


def episode_of(folder: RunFolder, arm: str = "chain", scenario: str = "nuclear") -> Episode:
    """The episode of an arm."""
    return next(e for e in folder.episodes() if (e.arm, e.scenario) == (arm, scenario))


def stages(run: Path, arm: str = "chain") -> Stages:
    """Its stages."""
    folder = RunFolder(run)
    return stages_of(folder, episode_of(folder, arm))


def laid_out(run: Path, arm: str = "chain") -> EpisodeReading:
    """It laid out."""
    folder = RunFolder(run)
    episode = episode_of(folder, arm)
    near = alike(episode, goes_on(folder.episodes()))
    return lay_out(stages_of(folder, episode), followed(folder, near))


def indexed(run: Path) -> Path:
    """A run whose index is whole, so that no page waits for it."""
    Index(RunFolder(run)).complete()
    return run


def changed_run(
    run: Path, place: Path, file: str, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> Path:
    """A copy of a run in which every record of a file is what ``change`` makes of it."""
    copy = place / run.name
    shutil.copytree(run, copy)
    path = copy / file
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    written = (json.dumps(change(line), separators=(",", ":")) for line in lines)
    path.write_text("".join(f"{line}\n" for line in written), encoding="utf-8")
    return copy


def voided(detail: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Makes an article void for that reason."""

    def change(record: dict[str, Any]) -> dict[str, Any]:
        void = {"kind": "reply", "seat": None, "detail": detail, "repairs": []}
        return record | {"status": "void", "void": void, "body": {}}

    return change
