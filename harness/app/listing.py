"""The dialogues of a run as a list: chosen by a filter or a text, sorted by a field or score."""

from __future__ import annotations

import shlex
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from harness.analysis.query import Query, parse
from harness.app.picking import FilePicker, Picker, Wish, picking
from harness.errors import RecordError, UsageError, suggest
from harness.files.paths import shown_path
from harness.records.reader import RunFolder
from harness.records.transcript import Transcript
from harness.report.rows import FIELDS as FIELDS
from harness.report.rows import Row
from harness.report.rows import written as written
from harness.report.texts import Text, texts_of

LEAST_START: Final = 6
"""Characters of an id in the command that is offered, or more where another id starts alike."""
USUAL_LIMIT: Final = 50
"""Rows, where no number is named."""
AskedT = TypeVar("AskedT")
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
        self.names = self._asking(lambda picker: picker.names(thorough=False))
        try:
            self._understand()
        except UsageError:
            self.names = self._asking(lambda picker: picker.names(thorough=True))
            self._understand()

    def _understand(self) -> None:
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

    def _asking(self, ask: Callable[[Picker], AskedT]) -> AskedT:
        """Ask the index that a viewer has left; the files of the run where there is none."""
        try:
            with picking(self.folder) as picker:
                return ask(picker)
        except sqlite3.Error:  # it was damaged, or thrown away meanwhile
            return ask(FilePicker(self.folder))

    def ids(self) -> Collection[str]:
        """The ids of all dialogues of the run.

        Raises:
            RecordError: A line is damaged.
        """
        return self._asking(lambda picker: picker.ids())

    def chosen(self, columns: Sequence[str]) -> tuple[list[Listed], bool]:
        """The dialogues to show, and whether more fit.

        Args:
            columns: What is shown of them.

        Raises:
            RecordError: None fits, none has the score that is asked for, or a file is damaged.
        """
        wanted = {self.names[name] for name in columns}
        if self.query is not None:
            wanted |= set(self.query.names)
        if key := self._wish.key:
            wanted.add(key)
        return self._asking(lambda picker: self._chosen(picker, wanted))

    @property
    def _wish(self) -> Wish:
        """What is asked, as dialogues are picked by it."""
        asked, worst = self.asked, self.asked.worst is not None
        key = asked.by if worst else asked.sort.removeprefix("-")
        return Wish(
            arm=asked.arm,
            scenario=asked.scenario,
            ending=asked.outcome,
            query=self.query,
            key=self.names[key] if key else "",
            down=worst or asked.sort.startswith("-"),
            size=worst,
            text=asked.grep,
        )

    def _chosen(self, picker: Picker, wanted: Collection[str]) -> tuple[list[Listed], bool]:
        worst, found = self.asked.worst, list[Listed]()
        limit = self.asked.limit if worst is None else worst
        for picked in picker.pick(self._wish):
            without = worst is not None and not picked.valued  # so are all that follow
            if len(found) > limit or (without and found):
                break
            transcript, row = picker.read(picked, wanted)
            texts = list[Text]()
            if self.asked.grep is not None:
                texts = found_in(transcript, self.asked.grep, private=not self.asked.public)
                if not texts:
                    continue
            if without:
                raise self._nothing_worst()
            found.append(Listed(transcript, row, tuple(texts)))
        return found[:limit], worst is None and len(found) > limit

    def _nothing_worst(self) -> RecordError:
        return RecordError(
            f"no dialogue that fits has a value of {self.names[self.asked.by]}",
            where=str(self.folder.path),
            fix=f"score the run: {scoring(self.folder)}; or name another with --by",
        )


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
    places = [folder.place(key) for key in folder.index()]
    arms = {arm for place in places for arm in place.arms}
    scenarios = {place.scenario for place in places}
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
