"""The columns of scores: one a measure, of built-in evaluators and of the user's own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

from harness.analysis.label_pairs import definitions_in
from harness.analysis.query import Value
from harness.errors import RecordError
from harness.evaluators.base import Evaluator, Measure, kind_of
from harness.evaluators.judges import whose
from harness.evaluators.registry import builtin
from harness.exchange.column import Column, Kind
from harness.files.jsonl import read_lines
from harness.records.folder import SCORES
from harness.records.reader import RunFolder
from harness.records.score_lines import parse_score
from harness.records.spec import RECORDED, TALKS

_COUNTS: Final = ("0, 1,", "1, 2,")
"""How the range of a count begins."""
_NAMED: Final = re.compile(rb'"evaluator":"([^"\\]*)","version":(\d{1,9})[,}]')


def by_judge_in(folder: RunFolder) -> dict[str, str]:
    """``evaluator.measure`` -> what is known of the judge that gives it; measures that no judge
    gives are left out.

    Raises:
        RecordError: A file of the run is damaged.
    """
    told = ((name, whose(measure)) for name, measure in definitions_in(folder).items())
    return {name: said for name, said in told if said is not None}


def measured(folder: RunFolder) -> tuple[Column, ...]:
    """A column for every measure of dialogues: the built-in ones, then whatever else was found.

    A built-in evaluator has its columns even where the run was not scored, so that tables of
    several runs fit one another.

    Raises:
        RecordError: A line of the scores is damaged.
    """
    known = _of_talks()
    defined = {column.name: column for column in shipped()}
    elsewhere = {
        column.name: column
        for one in builtin()
        if kind_of(one) == RECORDED  # of talks held elsewhere: a column where there are any
        for column in (_defined(one, measure) for measure in one.measures)
    }
    found = _found(folder, {(one.name, one.version) for one in known})
    for name, kinds in found.items():
        column = defined.get(name) or elsewhere.get(name)
        if column is not None:
            kinds.add(column.kind)
        words = "found by an evaluator of the user's own" if column is None else column.words
        missing = "" if column is None else column.missing
        defined[name] = Column(name, _widest(kinds), words, missing, private=True)
    return tuple(defined.values())


def shipped() -> tuple[Column, ...]:
    """A column for every built-in measure of dialogues."""
    return tuple(_defined(one, measure) for one in _of_talks() for measure in one.measures)


def listed() -> str:
    """These columns as Markdown, as docs/export.md has them."""
    rows = "".join(
        f"| `{one.name}` | {one.kind} | {one.words} | {one.missing} |\n" for one in shipped()
    )
    return f"| column | holds | what, and its range | missing where |\n|---|---|---|---|\n{rows}"


def _of_talks() -> list[Evaluator]:
    return [one for one in builtin() if kind_of(one) == TALKS]


def _defined(evaluator: Evaluator, measure: Measure) -> Column:
    kind: Kind = "number"
    if measure.words:
        kind = "text"
    elif measure.range == "yes/no":
        kind = "boolean"
    elif measure.range.startswith(_COUNTS):
        kind = "integer"
    words = f"{measure.title}: {measure.range}"
    return Column(f"{evaluator.name}.{measure.name}", kind, words, measure.undefined, private=True)


def _found(folder: RunFolder, current: set[tuple[str, int]]) -> dict[str, set[Kind]]:
    """Full name -> kinds of its values, for scores of evaluators that are not ``current``."""
    others = {one.name for one in builtin() if kind_of(one) not in (TALKS, RECORDED)}
    found = dict[str, set[Kind]]()
    path = folder.path / SCORES
    for number, (_, line) in enumerate(read_lines(path), start=1):
        head = _NAMED.search(line)
        if head is not None and (head[1].decode(), int(head[2])) in current:
            continue
        score = parse_score(line, f"{path}:{number}", folder.path)
        if score.evaluator in others:
            continue  # it measures stages of another kind
        for name, value in score.values.items():
            kinds = found.setdefault(f"{score.evaluator}.{name}", set())
            if value is not None:
                kinds.add(_kind(value))
    return found


def _kind(value: float | bool | str) -> Kind:
    if isinstance(value, bool):
        return "boolean"
    return "text" if isinstance(value, str) else "number"


def _widest(kinds: set[Kind]) -> Kind:
    """What can hold all of them: yes and no, and counts, are numbers among numbers, and all are
    words among words."""
    if len(kinds) == 1:
        return next(iter(kinds))
    return "text" if "text" in kinds else "number"


def as_kind(value: Value, column: Column, where: str) -> Value:
    """A value as its column holds it.

    Args:
        value: Of a row.
        column: Where it belongs.
        where: Whose value it is, for the error.

    Raises:
        RecordError: The column cannot hold it.
    """
    if value is None:
        return None
    match column.kind:
        case "text" | "label":
            return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        case "boolean" if isinstance(value, bool):
            return value
        case "integer" if isinstance(value, int):
            return value
        case "integer" if isinstance(value, float) and value.is_integer():
            return int(value)
        case "number" if isinstance(value, int | float):
            return float(value)
    raise RecordError(
        f"{column.name} is no {column.kind} here: {json.dumps(value)[:40]}",
        where=where,
        fix="score the run again: track15 score RUN",
    )


def by_name(columns: tuple[Column, ...]) -> Mapping[str, Column]:
    """Name -> column."""
    return {column.name: column for column in columns}
