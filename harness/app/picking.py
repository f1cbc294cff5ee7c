"""Finds the dialogues of a run that a list shows, without reading those that it does not.

Where a viewer has left an index that knows the run as it is now, that is asked. Else the lines are
read as plain JSON, which takes a sixth of the time of making records of them. Both find the same.
Whatever is shown is then read as a record, and held against the run.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final, NamedTuple, Protocol

from pydantic_core import to_json

from harness.analysis.query import Query, Value
from harness.errors import RecordError
from harness.files.jsonl import lines_of, read_lines, unreadable
from harness.files.regular import LARGEST, open_regular
from harness.records.folder import SCORES, TRANSCRIPTS
from harness.records.parsing import index_of, parse, read_at
from harness.records.placement import placement_of
from harness.records.reader import RunFolder
from harness.records.score import Score
from harness.records.score_lines import parse_score
from harness.records.score_places import ScoreLines
from harness.records.transcript import Transcript
from harness.report.rows import FIELDS, Row, is_value, names_in, names_with, row_of
from harness.viewer.entries import DamagedError, document_of, fields_of
from harness.viewer.index import columns
from harness.viewer.listing import expressions
from harness.viewer.lookup import look_up
from harness.viewer.ready import ready

_EVALUATOR: Final = b'"evaluator":'
_ESCAPES: Final = (b"\\u", b"\\/")
"""Ways in which JSON can write a letter that is no such letter in the file."""


@dataclass(frozen=True)
class Wish:
    """Which dialogues are wanted, and in which order.

    Attributes:
        arm, scenario, ending: Only these; None for all.
        query: Only what it holds of.
        key: Full name of what they are sorted by; empty for the order of the plan.
        down: The largest first.
        size: By the size of a number: the largest first, and what is no number is missing.
        text: Only those whose line may hold this text, whatever its case.
    """

    arm: str | None = None
    scenario: str | None = None
    ending: str | None = None
    query: Query | None = None
    key: str = ""
    down: bool = False
    size: bool = False
    text: str | None = None


class Picked(NamedTuple):
    """A dialogue that is wanted.

    Attributes:
        id: Its id.
        at: Where its line begins.
        valued: Whether it has what it is sorted by; those that have not come last.
    """

    id: str
    at: int
    valued: bool


class Picker(Protocol):
    """Finds dialogues of a run."""

    def names(self, *, thorough: bool) -> Mapping[str, str]:
        """As :func:`~harness.report.rows.names_in`; nearly all of them, unless ``thorough``."""

    def pick(self, wish: Wish) -> Iterator[Picked]:
        """The dialogues that are wanted, in order."""

    def read(self, picked: Picked, wanted: Collection[str]) -> tuple[Transcript, Row]:
        """A dialogue, and its row with these scores."""

    def ids(self) -> Collection[str]:
        """The ids of all dialogues."""


@contextlib.contextmanager
def picking(folder: RunFolder) -> Iterator[Picker]:
    """What finds dialogues of a run: its index where there is one, else its files.

    Raises:
        sqlite3.Error: The index turns out to be damaged: its files are asked instead.
    """
    index = None if folder.info.is_former else ready(folder)
    if index is None:
        yield FilePicker(folder)
        return
    with index.reading() as db:
        astray = db.execute("SELECT 1 FROM dialogues WHERE arms = '[]' LIMIT 1").fetchone()
        yield FilePicker(folder) if astray else IndexPicker(folder, db)


_FIT: Final = "SELECT d.id, d.at, {key} IS NOT NULL FROM dialogues d JOIN plan p ON p.id = d.id "
_ARMS: Final = "(SELECT group_concat(value, ', ') FROM json_each(d.arms))"


@dataclass(frozen=True)
class IndexPicker:
    """Finds dialogues by the index that a viewer has left."""

    folder: RunFolder
    db: sqlite3.Connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection to the index, which stays open."""
        yield self.db

    def names(self, *, thorough: bool) -> Mapping[str, str]:
        return names_with(columns(self.db))

    def pick(self, wish: Wish) -> Iterator[Picked]:
        sql, given = self._sql(wish)
        found = (Picked(key, at, bool(valued)) for key, at, valued in self.db.execute(sql, given))
        if wish.text is None:
            yield from found
            return
        with _transcripts(self.folder) as file:
            for one in found:
                file.seek(one.at)
                if may_hold(file.readline(LARGEST), wish.text):
                    yield one

    def _sql(self, wish: Wish) -> tuple[str, list[float | str]]:
        known = expressions(self.db)
        found = {name: known.get(name, "NULL") for name in self.names(thorough=True).values()}
        parts, given = ["1"], list[float | str]()
        for sql, value in (
            ("EXISTS (SELECT 1 FROM json_each(d.arms) WHERE value = ?)", wish.arm),
            ("d.scenario = ?", wish.scenario),
            ("d.ending = ?", wish.ending),
        ):
            if value is not None:
                parts.append(sql)
                given.append(value)
        if wish.query is not None:
            sql, more = wish.query.sql(found)
            parts.append(f"({sql})")
            given += more
        key = _ARMS if wish.key == "arm" else found[wish.key] if wish.key else "NULL"
        if wish.size:
            key = f"CASE WHEN typeof({key}) IN ('integer', 'real') THEN abs({key}) END"
        way = "DESC" if wish.down else "ASC"
        return (
            f"{_FIT.format(key=key)} LEFT JOIN scores s ON s.n = d.n "
            f"WHERE {' AND '.join(parts)} ORDER BY {key} IS NULL, {key} {way}, p.place"
        ), given

    def read(self, picked: Picked, wanted: Collection[str]) -> tuple[Transcript, Row]:
        found = look_up(self.folder, self, picked.id)
        evaluators = _evaluators(wanted)
        scores = {name: one for name, one in found.scores.items() if name in evaluators}
        return found.transcript, row_of(found.transcript, found.place, scores)

    def ids(self) -> Collection[str]:
        return [key for (key,) in self.db.execute("SELECT id FROM dialogues")]


@dataclass
class FilePicker:
    """Finds dialogues by reading the files of the run."""

    folder: RunFolder
    _scores: dict[str, Row] = field(default_factory=dict)
    _lines: ScoreLines | None = None

    def names(self, *, thorough: bool) -> Mapping[str, str]:
        return names_in(self.folder) if thorough else names_with(self._first())

    def _first(self) -> Iterator[str]:
        """What the scores of the first dialogue hold, as far as its lines stand together."""
        first, path = "", self.folder.path / SCORES
        for number, (_, line) in enumerate(read_lines(path), start=1):
            score = parse_score(line, f"{path}:{number}", self.folder.path)
            if first not in ("", score.id):
                return
            first = score.id
            yield from (f"{score.evaluator}.{name}" for name in score.values)

    def pick(self, wish: Wish) -> Iterator[Picked]:
        self._hold({wish.key, *(wish.query.names if wish.query is not None else ())})
        with _transcripts(self.folder) as file:
            last = index_of(file, self.folder.path / TRANSCRIPTS)
            order = self._order()
            fitting = self._fitting(wish, file, {at for at, _ in last.values()})
            if not wish.key and _is_in_order(last, order):
                yield from (one for one, _ in fitting)
                return
            found = sorted(fitting, key=lambda pair: order[pair[0].id])
        valued = [(value, one) for one, value in found if value is not None]
        # What is equal stays as it is, either way; numbers come before words.
        valued.sort(key=lambda pair: (isinstance(pair[0], str), pair[0]), reverse=wish.down)
        yield from (one for _, one in valued)
        yield from (one for one, value in found if value is None)

    def _order(self) -> dict[str, int]:
        """Id -> its place in the plan.

        Raises:
            RecordError: The plan is none of this run; or first, where a line is damaged, that.
        """
        try:
            return {key: place for place, key in enumerate(self.folder.places())}
        except RecordError:
            for transcript in self.folder.transcripts():  # the first of them says what is wrong
                placement_of(self.folder, transcript)
            raise

    def _fitting(
        self, wish: Wish, file: BinaryIO, last: Collection[int]
    ) -> Iterator[tuple[Picked, float | str | None]]:
        """The dialogues that fit, and what each is sorted by, in the order of the file.

        Args:
            wish: What is wanted.
            file: The transcripts.
            last: Where the lines begin that no later one takes the place of.
        """
        path = self.folder.path / TRANSCRIPTS
        for number, (at, line) in enumerate(lines_of(file, path), start=1):
            if at not in last:
                continue
            row = self._row(line, f"{path}:{number}")
            if _fits(row, wish) and (wish.text is None or may_hold(line, wish.text)):
                value = comparable(row.get(wish.key), size=wish.size) if wish.key else None
                yield Picked(str(row["id"]), at, value is not None), value

    def _row(self, line: bytes, where: str) -> Row:
        """The row of a dialogue, with those scores that are held.

        Raises:
            RecordError: The line is damaged, or the plan has not got it as it is.
        """
        row: Row
        try:
            fields = fields_of(document_of(line)[0])
            key = str(fields["id"])
            place = self.folder.place(key)
            here = (place.scenario, place.twin.value)
            if (fields["scenario"], fields["twin"]) == here:
                row = {**fields, "arm": place.arms, "epoch": place.epoch}
                return row | self._scores.get(key, {})
        except DamagedError:
            pass
        transcript = parse(line, where, self.folder.info)  # says what is wrong with it
        place_ = placement_of(self.folder, transcript)
        return row_of(transcript, place_, {}) | self._scores.get(transcript.id, {})

    def read(self, picked: Picked, wanted: Collection[str]) -> tuple[Transcript, Row]:
        path = self.folder.path / TRANSCRIPTS
        with _transcripts(self.folder) as file:
            transcript = read_at(file, path, picked.at, self.folder.info)
        evaluators, scores = _evaluators(wanted), dict[str, Score]()
        if evaluators:
            self._lines = self._lines or self.folder.score_lines()
            scores = self._lines.of(transcript.id, evaluators)
        return transcript, row_of(transcript, placement_of(self.folder, transcript), scores)

    def _hold(self, names: Collection[str]) -> None:
        """Hold these scores of every dialogue, and no others: they are many.

        Raises:
            RecordError: A line of their evaluators is no score.
        """
        self._scores = {}
        signs = [_EVALUATOR + to_json(evaluator) for evaluator in _evaluators(names)]
        path = self.folder.path / SCORES
        for number, (_, line) in enumerate(read_lines(path) if signs else (), start=1):
            if _EVALUATOR + b'"' in line and not any(sign in line for sign in signs):
                continue
            score = parse_score(line, f"{path}:{number}", self.folder.path)
            for name, value in score.values.items():
                if (full := f"{score.evaluator}.{name}") in names:
                    known = self._scores.setdefault(score.id, {})
                    known[full] = value if is_value(value) else None

    def ids(self) -> Collection[str]:
        return self.folder.index()


def _fits(row: Row, wish: Wish) -> bool:
    arms = row["arm"]
    if wish.arm is not None and not (isinstance(arms, tuple) and wish.arm in arms):
        return False
    if wish.scenario is not None and row["scenario"] != wish.scenario:
        return False
    if wish.ending is not None and row["ending"] != wish.ending:
        return False
    return wish.query is None or wish.query.holds(row)


def _is_in_order(last: Mapping[str, tuple[int, object]], order: Mapping[str, int]) -> bool:
    """Whether the file has the dialogues in the order of the plan; what the plan has not got is an
    error wherever it stands."""
    places = [order[key] for key in sorted(last, key=lambda key: last[key][0]) if key in order]
    return all(one < other for one, other in itertools.pairwise(places))


def comparable(value: Value, *, size: bool) -> float | str | None:
    """What a row is sorted by: its value, or the size of it; None where it has none."""
    if size:
        return None if value is None or isinstance(value, str | tuple) else abs(float(value))
    return ", ".join(value) if isinstance(value, tuple) else value


def may_hold(line: bytes, text: str) -> bool:
    """Whether a line of JSON may hold a text, whatever its case, as a part of one of its texts.
    False is certain.

    Args:
        line: As it stands in the file.
        text: Not as JSON writes it.
    """
    if any(escape in line for escape in _ESCAPES):
        return True
    wanted = json.dumps(text, ensure_ascii=False)[1:-1].casefold()
    if line.isascii():
        return wanted.isascii() and wanted.encode() in line.lower()
    return wanted in line.decode("utf-8", "replace").casefold()


def _evaluators(wanted: Iterable[str]) -> set[str]:
    return {name.partition(".")[0] for name in wanted if name and name not in FIELDS}


@contextlib.contextmanager
def _transcripts(folder: RunFolder) -> Iterator[BinaryIO]:
    """The file of the dialogues.

    Raises:
        RecordError: It cannot be read.
    """
    path = folder.path / TRANSCRIPTS
    try:
        file: BinaryIO = open_regular(path)
    except FileNotFoundError:
        file = io.BytesIO()
    except OSError as error:
        raise unreadable(path, error) from None
    with file:
        yield file
