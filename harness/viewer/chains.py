"""The episodes of a run in its index: those in which something follows the talks."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from pydantic import ValidationError

from harness.errors import RecordError
from harness.files.jsonl import unreadable
from harness.files.regular import LARGEST, open_regular
from harness.records.episodes import Episode, lineup_name
from harness.records.folder import PLAN
from harness.records.later import LATER
from harness.records.probe import PROBE
from harness.records.spec import TALKS

TABLES: Final = {
    "episodes": "CREATE TABLE episodes (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, "
    "arm TEXT NOT NULL, scenario TEXT, twin TEXT, epoch INTEGER, talks TEXT NOT NULL, "
    "later TEXT NOT NULL, last TEXT NOT NULL, stages TEXT NOT NULL, lineup TEXT NOT NULL)",
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
_COLUMNS: Final = "n, at, arm, scenario, twin, epoch, talks, later, last, stages, lineup"


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
        lineup: Who plays, in a run of several line-ups; else empty.
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
    lineup: str = ""


@dataclass(frozen=True)
class Listed:
    """A page of a list of episodes, and how many there are in all."""

    rows: tuple[Row, ...]
    total: int


@dataclass(frozen=True)
class Picked:
    """Which episodes a list is of; empty for all.

    Attributes:
        arm, scenario, lineup: Only these.
    """

    arm: str = ""
    scenario: str = ""
    lineup: str = ""


_ALL: Final = Picked()


@dataclass(frozen=True)
class Place:
    """Where an episode stands.

    Attributes:
        number: In the index.
        arm: Of the episode.
        last: Id of its last stage.
        place: Scenario, twin, epoch and line-up: what the episodes of other arms have in common
            with it.
    """

    number: int
    arm: str
    last: str
    place: tuple[object, ...]

    @property
    def lineup(self) -> str:
        return str(self.place[-1])


@dataclass(frozen=True)
class Choices:
    """What episodes can be picked by."""

    arms: tuple[str, ...]
    scenarios: tuple[str, ...]
    lineups: tuple[str, ...] = ()


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
        "INSERT INTO episodes (at, arm, scenario, twin, epoch, talks, later, last, stages, lineup) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
            lineup_name(models) if (models := episode.get("models")) else "",
        ),
    )


_PICKED: Final = "(? = '' OR arm = ?) AND (? = '' OR scenario = ?) AND (? = '' OR lineup = ?)"


def _given(picked: Picked) -> tuple[str, ...]:
    each = (picked.arm, picked.scenario, picked.lineup)
    return tuple(value for value in each for _ in range(2))


def listed(db: sqlite3.Connection, picked: Picked = _ALL, *, page: int = 1) -> Listed:
    """A page of the episodes, in the order of the plan.

    Args:
        page: From 1.
    """
    given = _given(picked)
    sql = f"SELECT count(*) FROM episodes WHERE {_PICKED}"  # noqa: S608 - names of ours
    total = db.execute(sql, given).fetchone()[0]
    found = db.execute(
        f"SELECT {_COLUMNS} FROM episodes WHERE {_PICKED} ORDER BY n LIMIT ? OFFSET ?",  # noqa: S608
        (*given, PAGE, (page - 1) * PAGE),
    )
    return Listed(tuple(map(_row, found)), int(total))


def places(db: sqlite3.Connection, picked: Picked) -> Iterator[Place]:
    """Where the episodes stand and what they are told by, in the order of the plan."""
    what = "n, arm, last, scenario, twin, epoch, lineup"
    sql = f"SELECT {what} FROM episodes WHERE {_PICKED} ORDER BY n"  # noqa: S608 - names of ours
    for number, arm, last, *place in db.execute(sql, _given(picked)):
        yield Place(number, str(arm), str(last), tuple(place))


def numbered(db: sqlite3.Connection, numbers: Sequence[int]) -> list[Row]:
    """The episodes with these numbers, in their order."""
    sql = f"SELECT {_COLUMNS} FROM episodes WHERE n = ?"  # noqa: S608
    found = (db.execute(sql, (number,)).fetchone() for number in numbers)
    return [_row(values) for values in found if values is not None]


def choices(db: sqlite3.Connection) -> Choices:
    """What the episodes of a run can be picked by."""

    def distinct(column: str) -> tuple[str, ...]:
        sql = f"SELECT {column} FROM episodes GROUP BY {column} ORDER BY min(n) LIMIT ?"  # noqa: S608
        return tuple(str(value) for (value,) in db.execute(sql, (MOST_CHOICES,)))

    lineups = tuple(name for name in distinct("lineup") if name)
    return Choices(distinct("arm"), distinct("scenario"), lineups)


def find(db: sqlite3.Connection, arm: str, stage: str, lineup: str = "") -> Row | None:
    """The first episode of an arm that ends with a stage, or whose talks are that stage.

    Args:
        lineup: Only of this one, since line-ups share what none of their models plays; empty for
            any.
    """
    for column in ("last", "talks"):
        sql = (
            f"SELECT {_COLUMNS} FROM episodes WHERE {column} = ? AND arm = ? "  # noqa: S608
            "AND (? = '' OR lineup = ?) ORDER BY n LIMIT 1"
        )
        found = db.execute(sql, (stage, arm, lineup, lineup)).fetchone()
        if found is not None:
            return _row(found)
    return None


def alike(db: sqlite3.Connection, one: Row) -> list[Row]:
    """The episodes on the scenario, twin and epoch of one, of its line-up, that one among them."""
    sql = (
        f"SELECT {_COLUMNS} FROM episodes WHERE scenario = ? AND twin = ? AND epoch = ? "  # noqa: S608
        "AND lineup = ? ORDER BY n LIMIT ?"
    )
    given = (one.scenario, one.twin, one.epoch, one.lineup, MOST_ALIKE)
    return [_row(found) for found in db.execute(sql, given)]


def around(db: sqlite3.Connection, one: Row) -> tuple[Row | None, Row | None]:
    """The episodes of its arm and line-up before and after one, in the order of the plan."""
    found = []
    for sign, way in (("<", "DESC"), (">", "ASC")):
        sql = (
            f"SELECT {_COLUMNS} FROM episodes WHERE arm = ? AND lineup = ? AND n {sign} ? "  # noqa: S608
            f"ORDER BY n {way} LIMIT 1"
        )
        row = db.execute(sql, (one.arm, one.lineup, one.number)).fetchone()
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
    number, at, arm, scenario, twin, epoch, talks, later, last, stages, lineup = values
    names = tuple(str(name) for name in json.loads(stages))
    return Row(number, at, arm, scenario, twin, epoch, talks, later, last, names, lineup)


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
