"""The dialogues of a run as a table: picked by a filter, sorted by any field or score."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from starlette.datastructures import QueryParams

from harness.analysis.query import parse
from harness.errors import UsageError, suggest
from harness.report.rows import short_names
from harness.viewer.entries import FIELDS
from harness.viewer.index import columns

PAGE: Final = 50
"""Dialogues a page."""
ENDINGS: Final = ("deal", "no_deal", "walk_out", "unknown", "void", "failed")
SIZE: Final = "~"
"""Before a name to sort by: the largest first, whichever its sign."""
DOWN: Final = "-"
"""Before a name to sort by: the largest first."""
MOST_CHOICES: Final = 500
"""Names that a list to choose from holds."""
USUAL: Final = ("settlement.skew", "settlement.gain_o", "settlement.gain_u")
"""Scores that the table shows, where there are any."""
MODELS: Final = ("model_o", "model_u")
"""Fields that say who played; shown where not all dialogues have the same."""
PRIVATE: Final = frozenset({"void_reason"})
"""Fields that may repeat what was private."""
MOST: Final = ("settlement.skew_most", "settlement.skew_least")
SKEW: Final = "settlement.skew"


@dataclass(frozen=True)
class Asked:
    """What an address asks of the table.

    Attributes:
        arm, scenario, ending, model: Only these dialogues; empty for all.
        filter: A query; empty for none.
        sort: A field or score, with :data:`DOWN` or :data:`SIZE` before it; empty for the most
            one-sided first, or the order of the run where it is not scored.
        show: A further field or score to show.
        page: From 1.
        private: Whether one of :data:`PRIVATE` is asked for, together with what was private.
    """

    arm: str = ""
    scenario: str = ""
    ending: str = ""
    model: str = ""
    filter: str = ""
    sort: str = ""
    show: str = ""
    page: int = 1
    private: bool = False

    @property
    def query(self) -> dict[str, str]:
        """What of it goes into an address, but for the page and what was private."""
        named = vars(self).items()
        return {name: value for name, value in named if value and isinstance(value, str)}


@dataclass(frozen=True)
class Row:
    """A dialogue in the table.

    Attributes:
        number: In the index.
        arms: Arms that it is of.
        fields: Name -> value; None is missing.
        scores: Likewise, of the scores that are shown and those that say how large they can be.
    """

    number: int
    arms: tuple[str, ...]
    fields: Mapping[str, str | int | float | None]
    scores: Mapping[str, float | str | None]

    @property
    def id(self) -> str:
        return str(self.fields["id"])

    @property
    def most(self) -> float | None:
        """The largest skew of the sign of its own that a deal could have had."""
        skew = self.scores.get(SKEW)
        if not isinstance(skew, float):
            return None
        most = self.scores.get(MOST[0] if skew >= 0 else MOST[1])
        return most if isinstance(most, float) else None


@dataclass(frozen=True)
class Listed:
    """A page of the table.

    Attributes:
        asked: What was asked, with the sort that was taken.
        rows: Dialogues of this page.
        total: Dialogues that fit.
        shown: Scores and fields that are shown beside the usual fields.
        problem: Why nothing is listed; empty where the question was understood.
        fix: What to write instead.
        held: Whether a field was asked for that is shown only with what was private.
    """

    asked: Asked
    rows: tuple[Row, ...] = ()
    total: int = 0
    shown: tuple[str, ...] = ()
    problem: str = ""
    fix: str = ""
    held: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))

    @property
    def first(self) -> int:
        """Number, from 1, of the first dialogue of this page."""
        return min(self.total, (self.asked.page - 1) * PAGE + 1)


@dataclass(frozen=True)
class Choices:
    """What can be chosen from.

    Attributes:
        fields: Names of fields.
        scores: Full names of scores.
        varied: Those of ``model_o`` and ``model_u`` that are not the same in all dialogues.
    """

    arms: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    scores: tuple[str, ...] = field(default=())
    varied: tuple[str, ...] = ()


def asked_of(params: QueryParams) -> Asked:
    """What the query string of an address asks."""
    names = [name for name in Asked.__annotations__ if name not in ("page", "private")]
    text = {name: params.get(name, "").strip() for name in names}
    # Tables that need nothing private are the same table, whoever looks at it.
    private = params.get("private") == "1" and _mentions_private(
        text["filter"], text["sort"], text["show"]
    )
    return Asked(**text, page=number_in(params), private=private)


def _mentions_private(*texts: str) -> bool:
    return any(name in text for text in texts for name in PRIVATE)


def number_in(params: QueryParams) -> int:
    """The page that an address asks for, from 1; the first where it is no number."""
    page = params.get("page", "")
    return max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) < 8 else 1


def choices(db: sqlite3.Connection) -> Choices:
    """What the dialogues of a run can be picked by."""

    def distinct(sql: str) -> list[str]:
        return [str(value) for (value,) in db.execute(f"{sql} LIMIT {MOST_CHOICES}")]

    sets = distinct("SELECT DISTINCT arms FROM dialogues")
    models = distinct("SELECT model_o FROM dialogues UNION SELECT model_u FROM dialogues")
    return Choices(
        arms=tuple(dict.fromkeys(arm for arms in sets for arm in json.loads(arms))),
        scenarios=tuple(distinct("SELECT DISTINCT scenario FROM dialogues ORDER BY scenario")),
        models=tuple(model for model in models if model != "None"),
        fields=("arm", *FIELDS),
        scores=tuple(columns(db)),
        varied=tuple(
            name
            for name in MODELS
            if len(distinct(f"SELECT DISTINCT {name} FROM dialogues")) > 1  # noqa: S608
        ),
    )


def expressions(db: sqlite3.Connection) -> dict[str, str]:
    """Full name of a field or a score -> the expression that holds it. A measure that the run was
    not scored by is missing, not unknown."""
    fields = {"arm": "d.arms", **{name: f"d.{name}" for name in FIELDS}}
    unscored = dict.fromkeys(short_names().values(), "NULL")
    return fields | unscored | {name: f"s.{column}" for name, column in columns(db).items()}


def names(full: Iterable[str]) -> dict[str, str]:
    """A name as it may be written -> the full name: a score goes by its short name too."""
    known = {name: name for name in full}
    return {short: name for short, name in short_names().items() if name in known} | known


def _names(asked: Asked, full: Iterable[str]) -> dict[str, str]:
    """:func:`names` that ``asked`` may ask for."""
    return names(name for name in full if asked.private or name not in PRIVATE)


def listed(
    db: sqlite3.Connection,
    asked: Asked,
    order_of: OrderOf | None = None,
) -> Listed:
    """A page of the table; with a problem where a name or the filter is not understood.

    Args:
        db: The index.
        asked: What the table is of.
        order_of: As :func:`ordered`, of whoever keeps the order for the next page.
    """
    order_of = order_of or ordered
    found = expressions(db)
    known = _names(asked, found)
    scored, written = columns(db), replace(asked, page=1, show="")
    if not asked.sort and SKEW in scored:
        asked = replace(asked, sort=f"{SIZE}{SKEW}")
    try:
        _where(asked, found, known)
        _order(asked.sort, found, known)
        more = () if not asked.show else (_known(asked.show, known, "show"),)
    except UsageError as error:
        held = not asked.private and _mentions_private(asked.filter, asked.sort, asked.show)
        if held:
            problem = (
                f"{', '.join(PRIVATE)} may repeat what was private, and is shown with it alone"
            )
            return Listed(asked, problem=problem, held=True)
        return Listed(asked, problem=f"{error.where}: {error.what}", fix=error.fix or "")
    numbers = order_of(db, written).numbers
    total = len(numbers)
    asked = replace(asked, page=min(asked.page, max(1, -(-total // PAGE))))
    here = numbers[(asked.page - 1) * PAGE : asked.page * PAGE]
    sorted_by = known[asked.sort.lstrip(SIZE + DOWN)] if asked.sort else ""
    usual = [name for name in USUAL if name in scored]
    shown = tuple(
        name
        for name in dict.fromkeys((*usual, *more, sorted_by))
        if name
        and name not in ("id", "arm", "scenario", "twin", "epoch", "ending", "turns", *MODELS)
    )
    return Listed(asked, tuple(rows(db, here, shown)), total, shown)


@dataclass(frozen=True)
class Order:
    """All dialogues of a table.

    Attributes:
        asked: What the table is of, with the sort that was taken.
        numbers: Of the dialogues in the index, in the order of the table.
    """

    asked: Asked
    numbers: Sequence[int]


OrderOf = Callable[[sqlite3.Connection, Asked], Order]
"""Gives the order of a whole table, as :func:`ordered` does."""


@dataclass(frozen=True)
class Around:
    """Where a dialogue stands in a table.

    Attributes:
        asked: What the table is of.
        number: Of the dialogue in it, from 1.
        total: Dialogues in it.
        before: Id of the one before; None of the first.
        after: Id of the next one; None of the last.
    """

    asked: Asked
    number: int
    total: int
    before: str | None
    after: str | None


def ordered(db: sqlite3.Connection, asked: Asked) -> Order:
    """The order of a whole table; empty where what is asked is not understood. It takes half a
    second for a hundred thousand dialogues: whoever turns pages keeps it."""
    found = expressions(db)
    known = _names(asked, found)
    if not asked.sort and SKEW in columns(db):
        asked = replace(asked, sort=f"{SIZE}{SKEW}")
    try:
        where, given = _where(asked, found, known)
        order = _order(asked.sort, found, known)
    except UsageError:
        return Order(asked, array("q"))
    joined = "LEFT JOIN scores s ON s.n = d.n" if "s." in where + order else ""
    sql = f"SELECT d.n FROM dialogues d {joined} WHERE {where} ORDER BY {order} d.n"  # noqa: S608
    return Order(asked, array("q", (number for (number,) in db.execute(sql, given))))


def around(db: sqlite3.Connection, order: Order, dialogue: str) -> Around | None:
    """Where a dialogue stands in a table; None where it does not."""
    row = db.execute("SELECT n FROM dialogues WHERE id = ?", (dialogue,)).fetchone()
    if row is None or row[0] not in order.numbers:
        return None
    at, total = order.numbers.index(row[0]), len(order.numbers)

    def at_place(place: int) -> str | None:
        if not 0 <= place < total:
            return None
        sql = "SELECT id FROM dialogues WHERE n = ?"
        found = db.execute(sql, (order.numbers[place],)).fetchone()
        return None if found is None else str(found[0])

    return Around(order.asked, at + 1, total, at_place(at - 1), at_place(at + 1))


def rows(db: sqlite3.Connection, numbers: Sequence[int], shown: Iterable[str]) -> list[Row]:
    """Dialogues by their numbers, in this order."""
    found = expressions(db)
    wanted = [name for name in dict.fromkeys((*shown, SKEW, *MOST)) if name in found]
    picked = ", ".join(found[name] for name in (*FIELDS, *wanted))
    sql = (
        f"SELECT d.n, d.arms, {picked} FROM dialogues d LEFT JOIN scores s ON s.n = d.n "  # noqa: S608
        f"WHERE d.n IN ({', '.join('?' * len(numbers))})"
    )
    made = {}
    for number, arms, *values in db.execute(sql, numbers):
        fields = dict(zip(FIELDS, values, strict=False))
        scores = dict(zip(wanted, values[len(FIELDS) :], strict=True))
        made[number] = Row(number, tuple(json.loads(arms)), fields, scores)
    return [made[number] for number in numbers if number in made]


def _where(
    asked: Asked, found: Mapping[str, str], known: Mapping[str, str]
) -> tuple[str, list[float | str]]:
    """The condition that an address asks for, and its parameters."""
    parts, given = ["1"], list[float | str]()
    if asked.arm:
        parts.append("EXISTS (SELECT 1 FROM json_each(d.arms) WHERE value = ?)")
        given.append(asked.arm)
    if asked.scenario:
        parts.append("d.scenario = ?")
        given.append(asked.scenario)
    if asked.ending:
        parts.append("d.ending = ?")
        given.append(asked.ending)
    if asked.model:
        parts.append("? IN (d.model_o, d.model_u)")
        given.append(asked.model)
    if asked.filter:
        sql, more = parse(asked.filter, known, where="filter").sql(found)
        parts.append(f"({sql})")
        given += more
    return " AND ".join(parts), given


def _order(sort: str, found: Mapping[str, str], known: Mapping[str, str]) -> str:
    """How the table is sorted, up to its own order; what is missing comes last."""
    if not sort:
        return ""
    expression = found[_known(sort.removeprefix(SIZE).removeprefix(DOWN), known, "sort")]
    if sort.startswith(SIZE):
        return f"{expression} IS NULL, abs({expression}) DESC,"
    return f"{expression} IS NULL, {expression} {'DESC' if sort.startswith(DOWN) else 'ASC'},"


def _known(name: str, known: Mapping[str, str], where: str) -> str:
    if name not in known:
        fix = suggest(name, known, n=2)
        raise UsageError(f"no field or score {name!r}", where=where, fix=fix)
    return known[name]
