"""A run that is not finished: a scripted one, cut short after some of its dialogues."""

from __future__ import annotations

import shutil
from pathlib import Path

from harness.records.reader import RunFolder
from tests.support.disputes import small
from tests.support.run_folders import LEANING, LOPSIDED, MIDDLE, copies, deal, make_run, make_suite

SCENARIOS = 8


def whole_run(place: Path, **fields: object) -> RunFolder:
    """A scored run of eight scenarios in plan order; each leans in the second arm, some more than
    others."""
    place.mkdir(exist_ok=True)
    games = copies(small(place), SCENARIOS)
    played = [
        deal(game, arm, MIDDLE if arm == "plain" else (LOPSIDED, LEANING)[number % 4 == 0])
        for number, game in enumerate(games.values())
        for arm in ("plain", "lean")
    ]
    return make_run(place / "whole", make_suite(), games, played, **fields)


def cut_short(whole: RunFolder, place: Path, dialogues: int, *, scored: bool = False) -> Path:
    """A copy of a run after its first dialogues. Not scored unless ``scored``."""
    path = Path(shutil.copytree(whole.path, place))
    for name in ("transcripts.jsonl", "plan.jsonl"):
        lines = (path / name).read_bytes().splitlines(keepends=True)
        (path / name).write_bytes(b"".join(lines[:dialogues]))
    if not scored:
        (path / "scores.jsonl").unlink()
    return path


def go_on(path: Path, whole: RunFolder, dialogues: int) -> None:
    """Play a run on, up to so many dialogues: the plan first, as a run writes it."""
    for name in ("plan.jsonl", "transcripts.jsonl"):
        lines = (whole.path / name).read_bytes().splitlines(keepends=True)
        have = len((path / name).read_bytes().splitlines())
        with (path / name).open("ab") as file:
            file.write(b"".join(lines[have:dialogues]))
