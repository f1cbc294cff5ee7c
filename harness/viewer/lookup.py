"""One dialogue of a run, found through the index: in a large run its file is not gone through."""

from __future__ import annotations

import json
import sqlite3
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from pydantic import ValidationError

from harness.errors import RecordError
from harness.files.jsonl import unreadable
from harness.files.regular import LARGEST, open_regular
from harness.records.folder import SCORES, TRANSCRIPTS
from harness.records.parsing import read_at
from harness.records.placement import Placement, models_of
from harness.records.reader import RunFolder
from harness.records.score import Score, merged
from harness.records.transcript import Transcript

MOST_SCORES: Final = 1000
"""Lines of scores that are read of one dialogue."""


class Readable(Protocol):
    """An index that can be read."""

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """A connection to read one state of it from."""


class UnknownDialogueError(RecordError):
    """No dialogue has that id."""


@dataclass(frozen=True)
class Found:
    """A dialogue and what is known of it.

    Attributes:
        transcript: Its record.
        scores: Evaluator -> what it found; empty where the run is not scored.
        place: Where it stands in its run.
    """

    transcript: Transcript
    scores: dict[str, Score]
    place: Placement


def look_up(folder: RunFolder, index: Readable, dialogue: str) -> Found:
    """A dialogue by its id.

    Raises:
        UnknownDialogueError: There is none of that id.
        RecordError: A line is damaged.
    """
    with index.reading() as db:
        row = db.execute(
            "SELECT d.at, d.arms, d.scenario, d.twin, d.epoch, s.at FROM dialogues d "
            "LEFT JOIN scores s ON s.n = d.n WHERE d.id = ?",
            (dialogue,),
        ).fetchone()
        arms = [] if row is None else db.execute("SELECT value FROM json_each(?)", row[1:2])
        named = tuple(str(arm) for (arm,) in arms)
    if row is None:
        raise UnknownDialogueError(f"no dialogue {dialogue!r}", where=str(folder.path))
    path = folder.path / TRANSCRIPTS
    try:
        with open_regular(path) as file:
            transcript = read_at(file, path, row[0], folder.info)
    except OSError as error:
        raise unreadable(path, error) from None
    if transcript.id != dialogue:  # the file has been written anew since
        raise UnknownDialogueError(f"no dialogue {dialogue!r}", where=str(folder.path))
    place = Placement(
        scenario=row[2], twin=row[3], epoch=row[4], arms=named, models=models_of(transcript)
    )
    starts = [int(start) for start in (row[5] or "").split()]
    return Found(transcript, _scores(folder, dialogue, starts), place)


@dataclass(frozen=True)
class Sibling:
    """A dialogue on the same scenario, twin and epoch as another.

    Attributes:
        dialogue: Its id.
        arms: Arms that it is of.
        models: Addresses of the models that played it; ``scripted`` where none did.
    """

    dialogue: str
    arms: tuple[str, ...]
    models: tuple[str, ...]


def siblings(index: Readable, place: Placement) -> list[Sibling]:
    """The dialogues of a run on the scenario, twin and epoch of a place, one that stands there
    among them: those that a comparison would pair."""
    with index.reading() as db:
        found = db.execute(
            "SELECT id, arms, model_o, model_u FROM dialogues "
            "WHERE scenario = ? AND twin = ? AND epoch = ? ORDER BY n",
            (place.scenario, place.twin, place.epoch),
        ).fetchall()
    return [
        Sibling(
            str(dialogue),
            tuple(str(arm) for arm in json.loads(arms)),
            tuple(dict.fromkeys(str(model) for model in models if model is not None)),
        )
        for dialogue, arms, *models in found
    ]


def _scores(folder: RunFolder, dialogue: str, starts: list[int]) -> dict[str, Score]:
    """As :meth:`harness.records.score_places.ScoreLines.of`, without going through the file."""
    found = list[Score]()
    if not starts:
        return {}
    path = folder.path / SCORES
    try:
        with open_regular(path) as file:
            for start in starts:
                file.seek(start)
                for _ in range(MOST_SCORES):
                    line = file.readline(LARGEST)
                    own = line.startswith(b'{"id":"' + dialogue.encode() + b'"')
                    if not own or not line.endswith(b"\n"):
                        break  # another dialogue, or a line that is still being written
                    found.append(Score.model_validate_json(line))
    except OSError as error:
        raise unreadable(path, error) from None
    except ValidationError:
        raise RecordError(
            "damaged line: it is no score",
            where=str(path),
            fix=f"delete the file, then score the run again: track15 score {folder.path}",
        ) from None
    return merged(found)
