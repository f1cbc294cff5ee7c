"""The episodes of a run in its index: those in which something follows the talks."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from pydantic import ValidationError

from harness.errors import RecordError
from harness.files.jsonl import unreadable
from harness.files.regular import LARGEST, open_regular
from harness.records.episodes import Episode
from harness.records.folder import PLAN
from harness.records.later import LATER
from harness.records.probe import PROBE
from harness.records.spec import TALKS

TABLES: Final = {
    "episodes": "CREATE TABLE episodes (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, "
    "arm TEXT NOT NULL, scenario TEXT, twin TEXT, epoch INTEGER, talks TEXT NOT NULL, "
    "later TEXT NOT NULL, last TEXT NOT NULL, stages TEXT NOT NULL)",
    "episodes_arm": "CREATE INDEX episodes_arm ON episodes (arm)",
    "episodes_place": "CREATE INDEX episodes_place ON episodes (scenario, twin, epoch)",
    "episodes_talks": "CREATE INDEX episodes_talks ON episodes (talks)",
    "episodes_later": "CREATE INDEX episodes_later ON episodes (later)",
    "episodes_last": "CREATE INDEX episodes_last ON episodes (last)",
}
"""Of the index, and what is looked for in them."""
PAGE: Final = 100
"""Episodes a page."""
MOST_CHOICES: Final = 500
"""Arms, and scenarios, that a list can be picked by."""
MOST_ALIKE: Final = 200
"""Episodes on one scenario, twin and epoch that are compared."""
_COLUMNS: Final = "n, at, arm, scenario, twin, epoch, talks, later, last, stages"


@dataclass(frozen=True)
class Row:
    """An episode in the index.

    Attributes:
        number: In the index; grows along the plan.
        at: Where its line of the plan begins.
        arm, scenario, twin, epoch: Of the episode.
        talks: Id of its talks; empty where it has none.
        later: Id of its later talks; likewise.
        last: Id of its last stage.
        stages: Names of its stages.
    """

    number: int
    at: int
    arm: str
    scenario: str
    twin: str
    epoch: int
    talks: str
    later: str
    last: str
    stages: tuple[str, ...]


@dataclass(frozen=True)
class Listed:
    """A page of a list of episodes, and how many there are in all."""

    rows: tuple[Row, ...]
    total: int


@dataclass(frozen=True)
class Choices:
    """What episodes can be picked by."""

    arms: tuple[str, ...]
    scenarios: tuple[str, ...]


def add_episode(db: sqlite3.Connection, at: int, episode: dict[str, Any]) -> None:
    """Note an episode that goes on after its talks; any other is none here.

    Args:
        at: Where its line begins.
        episode: The line, as plain values.

    Raises:
        KeyError: It is none; or, of a value that no column takes, as SQLite has it.
    """
    stages = episode["stages"]
    if all(name == TALKS or name.startswith(f"{PROBE}_") for name in stages):
        return
    db.execute(
        "INSERT INTO episodes (at, arm, scenario, twin, epoch, talks, later, last, stages) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            at,
            episode["arm"],
            episode["scenario"],
            episode["twin"],
            episode["epoch"],
            stages.get(TALKS, ""),
            stages.get(LATER, ""),
            next(reversed(stages.values())),
            json.dumps(list(stages)),
        ),
    )


def listed(db: sqlite3.Connection, *, arm: str = "", scenario: str = "", page: int = 1) -> Listed:
    """A page of the episodes, in the order of the plan.

    Args:
        arm, scenario: Only these; empty for all.
        page: From 1.
    """
    where = "(? = '' OR arm = ?) AND (? = '' OR scenario = ?)"
    given = (arm, arm, scenario, scenario)
    total = db.execute(f"SELECT count(*) FROM episodes WHERE {where}", given).fetchone()[0]  # noqa: S608
    found = db.execute(
        f"SELECT {_COLUMNS} FROM episodes WHERE {where} ORDER BY n LIMIT ? OFFSET ?",  # noqa: S608
        (*given, PAGE, (page - 1) * PAGE),
    )
    return Listed(tuple(map(_row, found)), int(total))


def choices(db: sqlite3.Connection) -> Choices:
    """What the episodes of a run can be picked by."""

    def distinct(column: str) -> tuple[str, ...]:
        sql = f"SELECT {column} FROM episodes GROUP BY {column} ORDER BY min(n) LIMIT ?"  # noqa: S608
        return tuple(str(value) for (value,) in db.execute(sql, (MOST_CHOICES,)))

    return Choices(distinct("arm"), distinct("scenario"))


def find(db: sqlite3.Connection, arm: str, stage: str) -> Row | None:
    """The first episode of an arm that ends with a stage, or whose talks are that stage."""
    for column in ("last", "talks"):
        sql = f"SELECT {_COLUMNS} FROM episodes WHERE {column} = ? AND arm = ? ORDER BY n LIMIT 1"  # noqa: S608
        found = db.execute(sql, (stage, arm)).fetchone()
        if found is not None:
            return _row(found)
    return None


def alike(db: sqlite3.Connection, one: Row) -> list[Row]:
    """The episodes on the scenario, twin and epoch of one, that one among them."""
    sql = (
        f"SELECT {_COLUMNS} FROM episodes WHERE scenario = ? AND twin = ? AND epoch = ? "  # noqa: S608
        "ORDER BY n LIMIT ?"
    )
    return [
        _row(found) for found in db.execute(sql, (one.scenario, one.twin, one.epoch, MOST_ALIKE))
    ]


def around(db: sqlite3.Connection, one: Row) -> tuple[Row | None, Row | None]:
    """The episodes of its arm before and after one, in the order of the plan."""
    found = []
    for sign, way in (("<", "DESC"), (">", "ASC")):
        sql = (
            f"SELECT {_COLUMNS} FROM episodes WHERE arm = ? AND n {sign} ? "  # noqa: S608
            f"ORDER BY n {way} LIMIT 1"
        )
        row = db.execute(sql, (one.arm, one.number)).fetchone()
        found.append(None if row is None else _row(row))
    return found[0], found[1]


def through(db: sqlite3.Connection, stage: str) -> list[Row]:
    """The first episode of each arm that has this stage for its talks, or its later talks."""
    found: dict[str, Row] = {}
    for column in ("talks", "later"):
        sql = f"SELECT {_COLUMNS} FROM episodes WHERE {column} = ? ORDER BY n LIMIT ?"  # noqa: S608
        for row in map(_row, db.execute(sql, (stage, MOST_ALIKE))):
            found.setdefault(row.arm, row)
    return list(found.values())


def _row(values: Sequence[Any]) -> Row:
    number, at, arm, scenario, twin, epoch, talks, later, last, stages = values
    names = tuple(str(name) for name in json.loads(stages))
    return Row(number, at, arm, scenario, twin, epoch, talks, later, last, names)


def read_episodes(run: Path, rows: Sequence[Row]) -> list[Episode]:
    """The lines of the plan of these episodes.

    Raises:
        RecordError: The plan cannot be read, or has changed since it was indexed.
    """
    path = run / PLAN
    try:
        with open_regular(path) as file:
            return [_line(file, path, row.at) for row in rows]
    except OSError as error:
        raise unreadable(path, error) from None


def _line(file: BinaryIO, path: Path, at: int) -> Episode:
    file.seek(at)
    try:
        return Episode.model_validate_json(file.readline(LARGEST))
    except ValidationError:
        fix = "load the page again"
        raise RecordError("the plan has changed", where=str(path), fix=fix) from None
