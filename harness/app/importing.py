"""Other people's negotiations as a run: an ordinary folder, which everything here can read."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shlex
import shutil
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from harness import __version__
from harness.app.runs import Notify, unheard
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario, Twin
from harness.errors import InputError, UsageError
from harness.exchange.importing.agenda import Agenda, agenda_of
from harness.exchange.importing.base import BadNegotiationError, Imported, Together, problem
from harness.exchange.importing.files import words_of
from harness.exchange.importing.negotiation import Negotiation
from harness.exchange.importing.record import record_of
from harness.exchange.importing.registry import importer_of
from harness.files.advice import cannot
from harness.files.writing import write_whole
from harness.records.checking import contradiction
from harness.records.declaration import declared_now
from harness.records.episodes import Episode
from harness.records.folder import LOG_DIR, PLAN, RUN, TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.run import RunInfo
from harness.records.spec import TALKS
from harness.records.transcript import Transcript
from harness.suite.suite import Arm, Suite

MOST: Final = 100_000
"""Negotiations of one import."""
MOST_BYTES: Final = 1 << 30
"""Of all records together: they are held until the run is written."""
ARM: Final = "imported"
"""Arm of those that name none."""
SHOWN: Final = 10
"""Problems that are told one by one."""
SOURCES: Final = 3
"""Sources that are named."""
KEPT: Final = 1_000
"""Problems that are kept; more are counted."""
_NO_SLUG: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class ImportResult:
    """What an import has made.

    Attributes:
        folder: The run, for reading.
        read: Negotiations that are in it.
        scenarios: Different scenarios among them.
        repeats: Negotiations that stood in the file once more, and were not read again.
        refused: Negotiations that cannot be used.
        problems: Where and why, in order; at most :data:`KEPT`.
        there: Whether the run was there already.
    """

    folder: RunFolder
    read: int
    scenarios: int
    repeats: int
    refused: int
    problems: tuple[str, ...]
    there: bool


@dataclass
class _Gathered:
    """What has been read so far."""

    scenarios: dict[str, Scenario] = field(default_factory=dict)
    arms: dict[str, None] = field(default_factory=dict)
    epochs: Counter[tuple[str, Twin]] = field(default_factory=Counter)
    lines: list[bytes] = field(default_factory=list)
    plan: list[bytes] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    sources: dict[str, None] = field(default_factory=dict)
    size: int = 0
    repeats: int = 0
    refused: int = 0
    problems: list[str] = field(default_factory=list)

    def refuse(self, where: str, why: str) -> None:
        """Count one that cannot be used."""
        self.refused += 1
        if len(self.problems) < KEPT:
            self.problems.append(f"{where}: {why}")

    def take(self, negotiation: Negotiation, agenda: Agenda, record: Transcript) -> None:
        """Take one that can."""
        if record.id in self.seen:
            self.repeats += 1
            return
        self.seen.add(record.id)
        spec, arm = record.spec, negotiation.arm or ARM
        self.scenarios.setdefault(spec.scenario, agenda.scenario)
        self.arms.setdefault(arm)
        if negotiation.source:
            self.sources.setdefault(negotiation.source)
        # Counted over all arms: no two have anything in common that would make them a pair.
        where = (spec.scenario, spec.twin)
        self.epochs[where] += 1
        episode = Episode(
            arm=arm,
            scenario=spec.scenario,
            twin=spec.twin,
            epoch=self.epochs[where],
            stages={TALKS: record.id},
        )
        line = record.model_dump_json(by_alias=True).encode()
        self.size += len(line)
        if self.size > MOST_BYTES:
            raise InputError(
                f"the negotiations are more than {MOST_BYTES >> 20} MB together",
                fix="split the file, or read the first ones only with --limit",
            )
        self.lines.append(line)
        self.plan.append(episode.model_dump_json().encode())


def import_file(
    format: str,  # noqa: A002 - as the argument is called
    files: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    log_dir: str | os.PathLike[str] = LOG_DIR,
    name: str | None = None,
    limit: int | None = None,
    scenario: str | None = None,
    strict: bool = False,
    command: str = "",
    notify: Notify = unheard,
) -> ImportResult:
    """Read other people's negotiations into a run folder. Nothing of the file is executed, and
    nobody is asked.

    Args:
        format: As ``track15 import`` names it.
        files: Where they stand: a file, or several.
        log_dir: Folder that run folders are in.
        name: How the run is called; None for the name of the first file.
        limit: Only so many, the first that can be used.
        scenario: Name or file of the scenario of those that name none and have no issues.
        strict: Refuse the files where a negotiation in them cannot be used.
        command: What was typed, for the record.
        notify: Told what is left out.

    Returns:
        The run, and what was left out. The same files again give the same run.

    Raises:
        UsageError: There is no such format, or an option does not fit.
        InputError: The file cannot be read, is of another format, or holds nothing that can be
            used; or ``strict``.
        RecordError: The folder cannot be written.
    """
    importer = importer_of(format)
    paths = [Path(one) for one in ([files] if isinstance(files, str | os.PathLike) else files)]
    if not paths:
        raise UsageError("no file is named", fix="name one or more")
    base = slug(name if name is not None else paths[0].stem, explicit=name is not None)
    default = None if scenario is None else _one(scenario)
    found = _Gathered()
    if isinstance(importer, Together):
        read = importer.read_together(paths)
    else:
        read = chain.from_iterable(map(importer.read, paths))
    for one in _up_to(read, found, limit):
        _take(one, found, importer.name, default)
    if strict and found.refused:
        raise InputError(
            f"{_counted(found.refused)} cannot be used; nothing was written",
            where=found.problems[0],
            fix="mend the file, or leave out --strict: the rest is imported, and these are counted",
        )
    if not found.lines:
        raise InputError(
            "the file holds no negotiation that can be used",
            where=found.problems[0] if found.problems else str(paths[0]),
            fix=f"check that it is {importer.title}; docs/import.md says what each format is",
        )
    command = command or shlex.join(["track15", "import", format, *map(str, paths)])
    info = _info(found, base, importer.title, command)
    folder = Path(log_dir) / f"import-{base}-{info.plan[:8]}"
    there = (folder / RUN).is_file()
    if not there:
        _write(folder, info, found)
    for why in found.problems[:SHOWN]:
        notify(f"left out: {why}")
    if found.refused > SHOWN:
        notify(f"left out: {found.refused - SHOWN:,} more")
    if limit is None and len(found.lines) == MOST:
        notify(f"no more than {MOST:,} negotiations are read; split the file for the rest")
    return ImportResult(
        folder=RunFolder(folder),
        read=len(found.lines),
        scenarios=len(found.scenarios),
        repeats=found.repeats,
        refused=found.refused,
        problems=tuple(found.problems),
        there=there,
    )


def slug(text: str, *, explicit: bool = False) -> str:
    """A name as folders and suites have it.

    Raises:
        UsageError: ``explicit``, and nothing of it can stand in a name.
    """
    name = _NO_SLUG.sub("-", text.lower()).strip("-")[:40].strip("-")
    if not name and explicit:
        raise UsageError(
            f"{text!r} is no name for a run", where="--name", fix="use letters, digits and '-'"
        )
    return name or "file"


def _up_to(read: Iterator[Imported], found: _Gathered, limit: int | None) -> Iterator[Imported]:
    """What is read, until there are as many as are wanted."""
    most = MOST if limit is None else min(limit, MOST)
    for one in read:
        yield one
        if len(found.lines) >= most:
            return


def _take(one: Imported, found: _Gathered, base: str, default: Scenario | None) -> None:
    """Take what was read, or count it.

    Args:
        base: How the ids of scenarios begin: the same in every run of a format, so that runs of
            the same negotiations can be compared.
        default: Scenario of those that have none.
    """
    if one.repeats:
        found.repeats += 1
        return
    negotiation = one.negotiation
    if negotiation is None:
        found.refuse(one.where, one.problem)
        return
    if default is not None and negotiation.scenario is None and negotiation.issues is None:
        negotiation = negotiation.model_copy(update={"scenario": default})
    try:
        agenda = agenda_of(negotiation, _one, base)
        record = record_of(negotiation, agenda)
        _hold(agenda, record, found)
    except ValidationError as error:  # what the scenario itself finds wrong
        found.refuse(one.where, words_of(error))
        return
    except BadNegotiationError as error:
        found.refuse(one.where, problem(one.where, str(error)).problem)
        return
    except InputError as error:
        found.refuse(one.where, f"{error.what}; {error.fix}" if error.fix else error.what)
        return
    found.take(negotiation, agenda, record)


def _hold(agenda: Agenda, record: Transcript, found: _Gathered) -> None:
    """Hold a record against itself and its scenario, as every reader of the run will.

    Raises:
        BadNegotiationError: It contradicts itself.
    """
    known = found.scenarios.get(agenda.scenario.id, agenda.scenario)
    if known != agenda.scenario:
        raise BadNegotiationError(
            f"another scenario in the file is called {agenda.scenario.id!r} too; rename one"
        )
    why = contradiction(record, {known.id: known})
    if why is not None:
        raise BadNegotiationError(why)


def _one(name: str) -> Scenario:
    """A scenario by name or file.

    Raises:
        InputError: There is none, or there are several.
    """
    found = load_scenarios(name, played=False)
    if len(found) > 1:
        raise InputError(
            f"{name!r} is a family of {len(found)} games",
            fix=f"name one of them, such as {found[0].id!r}",
        )
    return found[0]


def _info(found: _Gathered, base: str, title: str, command: str) -> RunInfo:
    content = hashlib.sha256(b"\n".join([*found.plan, *found.lines])).hexdigest()[:16]
    o, u = _called(found.scenarios, "o"), _called(found.scenarios, "u")
    suite = Suite(
        id=f"import-{base}",
        title=f"Imported: {title}",
        question="These talks were held elsewhere, and nothing was asked of them before. What "
        f"tables call the official seat is {o}; the other seat is {u}.{_from(found.sources)}",
        scenarios=tuple(found.scenarios),
        twins=tuple(dict.fromkeys(twin for _, twin in found.epochs)),
        epochs=max(found.epochs.values()),
        arms={arm: Arm(track=None) for arm in found.arms},
    )
    created = datetime.now(UTC).isoformat(timespec="seconds")
    number = len(found.lines)
    return RunInfo(
        version=__version__,
        created=created,
        command=command,
        plan=content,
        root=content,
        dialogues=number,
        suite=suite,
        scenarios=found.scenarios,
        declarations=(declared_now(suite, time=created, finished=number, dialogues=number),),
    )


def _from(sources: Collection[str]) -> str:
    """Where they come from, in a sentence; nothing where that is not told."""
    if not sources:
        return ""
    more = f" and {len(sources) - SOURCES:,} more" if len(sources) > SOURCES else ""
    return f" They come from: {'; '.join(islice(sources, SOURCES))}{more}."


def _called(scenarios: dict[str, Scenario], seat: str) -> str:
    """Who sits in a seat, in words: one name where it is the same in all scenarios."""
    names = {
        scenario.principals[getattr(scenario.seats, seat)].name for scenario in scenarios.values()
    }
    if len(names) == 1:
        return f"“{names.pop()}”"
    return "the party that stands first" if seat == "o" else "the party that stands second"


def _write(folder: Path, info: RunInfo, found: _Gathered) -> None:
    """Write the run whole, or nothing of it.

    Raises:
        RecordError: It cannot be written.
    """
    beside = folder.parent / f".track15-{secrets.token_hex(12)}.part"
    try:
        # A folder within a folder: nobody takes what is half there for a run.
        made = beside / folder.name
        made.mkdir(parents=True)
        for name, lines in ((TRANSCRIPTS, found.lines), (PLAN, found.plan)):
            write_whole(made / name, (line + b"\n" for line in lines))
        write_whole(made / RUN, [info.model_dump_json(by_alias=True, indent=1).encode() + b"\n"])
        made.replace(folder)
    except OSError as error:
        raise cannot("written", folder, error) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _counted(number: int) -> str:
    return "one negotiation" if number == 1 else f"{number:,} negotiations"
