"""The dialogues of a run as a list: chosen by a filter or a text, sorted by a field or score."""

from __future__ import annotations

import heapq
import itertools
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from harness.analysis.query import Query, Value, parse
from harness.errors import RecordError, UsageError, suggest
from harness.files.paths import shown_path
from harness.records.placement import placement_of
from harness.records.reader import RunFolder
from harness.records.transcript import Transcript
from harness.report.rows import FIELDS as FIELDS
from harness.report.rows import Row, dialogues, names_in
from harness.report.rows import written as written
from harness.report.texts import Text, texts_of

LEAST_START: Final = 6
"""Characters of an id in the command that is offered, or more where another id starts alike."""
USUAL_LIMIT: Final = 50
"""Rows, where no number is named."""
SEE: Final = "track15 list measures; fields: track15 show --help"


@dataclass(frozen=True)
class Asked:
    """What is asked of a list.

    Attributes:
        arm: Only this arm.
        scenario: Only this scenario.
        outcome: Only this ending.
        filter: Only what the query holds of (:mod:`harness.analysis.query`).
        grep: Only dialogues that hold this text, whatever its case.
        public: Search only what all at the table heard.
        columns: Names to show; empty for the usual ones.
        sort: Name to sort by, with ``-`` before it for the largest first; empty for the plan's
            order.
        worst: So many with the largest size of ``by``; None for a list.
        by: The score that says what is worst.
        limit: Most rows.
    """

    arm: str | None = None
    scenario: str | None = None
    outcome: str | None = None
    filter: str | None = None
    grep: str | None = None
    public: bool = False
    columns: tuple[str, ...] = ()
    sort: str = ""
    worst: int | None = None
    by: str = "skew"
    limit: int = USUAL_LIMIT


@dataclass(frozen=True)
class Listed:
    """One dialogue of a list, and where in it the searched text was found."""

    transcript: Transcript
    row: Row
    found: tuple[Text, ...] = ()


@dataclass
class Listing:
    """A list in the making: what is asked, with names that are known in this run.

    Raises:
        UsageError: A name is unknown, or the filter is none.
    """

    folder: RunFolder
    asked: Asked
    names: Mapping[str, str] = field(init=False)
    query: Query | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.names = names_in(self.folder)
        if self.asked.filter is not None:
            self.query = parse(self.asked.filter, self.names, see=SEE)
        for name in self.asked.columns:
            self._known(name, "--columns")
        if self.asked.sort:
            self._known(self.asked.sort.removeprefix("-"), "--sort")
        self._known(self.asked.by, "--by")

    def _known(self, name: str, where: str) -> str:
        if name not in self.names:
            fix = suggest(name, self.names, see=SEE, n=2)
            raise UsageError(f"no field or score {name!r}", where=where, fix=fix)
        return self.names[name]

    def chosen(self, columns: Sequence[str]) -> tuple[list[Listed], bool]:
        """The dialogues to show, and whether more fit.

        Args:
            columns: What is shown of them.

        Raises:
            RecordError: None fits, none has the score that is asked for, or a file is damaged.
        """
        asked = self.asked
        wanted = {self.names[name] for name in columns}
        if self.query is not None:
            wanted |= set(self.query.names)
        if asked.worst is None and not asked.sort:
            fitting = self._fitting(wanted)
            # An iterator cannot count to every number that can be typed.
            found = list(itertools.islice(fitting, min(asked.limit, sys.maxsize - 1) + 1))
            return found[: asked.limit], len(found) > asked.limit
        ids, more = self._ordered(wanted)
        return list(self._fitting(wanted, ids)), more

    def _fitting(self, wanted: set[str], ids: Sequence[str] | None = None) -> Iterator[Listed]:
        for transcript, row in dialogues(self.folder, wanted, ids):
            if not self._fits(row):
                continue
            if self.asked.grep is None:
                yield Listed(transcript, row)
            elif found := found_in(transcript, self.asked.grep, private=not self.asked.public):
                yield Listed(transcript, row, tuple(found))

    def _fits(self, row: Row) -> bool:
        asked, arms = self.asked, row["arm"]
        if asked.arm is not None and not (isinstance(arms, tuple) and asked.arm in arms):
            return False
        if asked.scenario is not None and row["scenario"] != asked.scenario:
            return False
        if asked.outcome is not None and row["ending"] != asked.outcome:
            return False
        return self.query is None or self.query.holds(row)

    def _ordered(self, wanted: set[str]) -> tuple[list[str], bool]:
        """Ids in the order that is asked for, and whether more fit: only as many as are shown are
        held. What has no value stands last, whichever way the others go."""
        asked, count, valued = self.asked, 0, 0
        limit = asked.limit if asked.worst is None else asked.worst
        name = asked.by if asked.worst is not None else asked.sort.removeprefix("-")
        key = self._known(name, "--sort")
        down = asked.worst is not None or asked.sort.startswith("-")
        without = list[str]()

        def keys() -> Iterator[tuple[bool, float | str, int, str]]:
            nonlocal count, valued
            for one in self._fitting(wanted | {key}):
                count += 1
                value = _comparable(one.row.get(key), size=asked.worst is not None)
                if value is not None:
                    valued += 1
                    order = -count if down else count  # what is equal stays in the plan's order
                    yield isinstance(value, str), value, order, one.transcript.id
                elif len(without) < limit:
                    without.append(one.transcript.id)

        best = heapq.nlargest(limit, keys()) if down else heapq.nsmallest(limit, keys())
        if asked.worst is not None:
            if count and not valued:
                raise RecordError(
                    f"no matching dialogue has a value of {key}",
                    where=str(self.folder.path),
                    fix=f"score the run: {scoring(self.folder)}; or name another with --by",
                )
            return [dialogue for *_, dialogue in best], False
        return [*(d for *_, d in best), *without][:limit], count > limit


def _comparable(value: Value, *, size: bool) -> float | str | None:
    """What a row is sorted by: its value, or the size of it; None where it has none."""
    if size:
        return None if value is None or isinstance(value, str | tuple) else abs(float(value))
    return ", ".join(value) if isinstance(value, tuple) else value


def found_in(transcript: Transcript, text: str, *, private: bool) -> list[Text]:
    """Where a dialogue holds a text. A raw reply counts only where what was made of it lacks the
    text.

    Args:
        transcript: The dialogue.
        text: Whatever its case.
        private: Also in what not all at the table heard.
    """
    wanted = text.casefold()
    found = [one for one in texts_of(transcript, private=private) if wanted in one.text.casefold()]
    turns = {one.turn for one in found if one.turn is not None}
    made = {n for turn in transcript.body.turns if turn.index in turns for n in turn.calls}
    if any(one.turn is None and one.call is None for one in found):
        made |= {n for debrief in transcript.body.debriefs.values() for n in debrief.calls}
    return [one for one in found if one.call not in made]


def nothing(folder: RunFolder, arm: str | None, scenario: str | None) -> RecordError:
    """Why no dialogue is listed: the run has none, a name is unknown, or nothing fits."""
    arms: set[str] = set()
    scenarios: set[str] = set()
    for transcript in folder.transcripts():
        place = placement_of(folder, transcript)
        arms.update(place.arms)
        scenarios.add(place.scenario or "")
    where = str(folder.path)
    if not arms:
        return RecordError(
            "this run has no dialogue yet",
            where=where,
            fix="play it, or name another: track15 list runs",
        )
    for kind, name, known in (("arm", arm, arms), ("scenario", scenario, scenarios)):
        if name is not None and name not in known:
            return RecordError(
                f"no dialogue of the {kind} {name!r}",
                where=where,
                fix=f"its {kind}s: {', '.join(sorted(known))}",
            )
    return RecordError("no dialogue fits", where=where, fix="loosen the filters")


def scoring(folder: RunFolder) -> str:
    """The command that scores a run."""
    return f"track15 score {shlex.quote(shown_path(folder.path))}"


def start(key: str, keys: Iterable[str]) -> str:
    """The start of an id that no other of ``keys`` has."""
    others = [other for other in keys if other != key]
    for length in range(LEAST_START, len(key)):
        if not any(other.startswith(key[:length]) for other in others):
            return key[:length]
    return key
