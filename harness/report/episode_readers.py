"""Lays out the readers of an episode: what each said terms cost, before and after."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from harness.disputes.scenario import Scenario
from harness.evaluators.case import Case
from harness.records.readership import (
    ARTICLE,
    ATTENTION,
    CONSISTENCY,
    READ_IT,
    ReaderAnswer,
    ReadershipRecord,
)
from harness.report.episode import Change, Missing, Moved, OneReader, Panel
from harness.report.episode_article import missing_of, option_text
from harness.suite.influence import Reader
from harness.suite.influence import Side as Stands

WHENS: Final = ("before", "after")
CHECKS: Final[Mapping[str, str]] = {
    ATTENTION: "attention to the dispute",
    READ_IT: "attention to the article",
    CONSISTENCY: "the same cost given twice alike",
}
SCRIPTED: Final = "a script (an instrument, and no evidence)"
NO_ANSWER: Final = "no usable answer"
NOT_ASKED: Final = "not asked yet"
_Given = Mapping[tuple[str, str], ReaderAnswer]


def panel_of(case: Case) -> Panel | None:
    """The readers of an episode; None where it has none on record."""
    asked = [one for one in case.inputs.values() if isinstance(one, ReadershipRecord)]
    if not asked:
        return None
    readers = {reader.id: reader for record in asked for reader in record.spec.readers}
    given: dict[tuple[str, str], ReaderAnswer] = {
        (record.spec.when, answer.reader): answer
        for record in asked
        for answer in record.body.answers
    }
    missing: dict[tuple[str, str], Missing] = {
        (record.spec.when, reader.id): why
        for record in asked
        for reader in record.spec.readers
        if (why := _why(record, given.get((record.spec.when, reader.id)))) is not None
    }
    twice = any(record.spec.when == "after" for record in asked)
    shown = tuple(_reader(one, given, missing, case.scenario, twice) for one in readers.values())
    return Panel(
        played_by=_played_by(asked),
        read=_read(asked),
        readers=shown,
        mean=tuple(mean_of([one.changes for one in shown if one.changes])),
        twice=twice,
    )


def _why(record: ReadershipRecord, answer: ReaderAnswer | None) -> Missing | None:
    """Why a reader has no answer; None where it has one."""
    if (why := missing_of(record)) is not None:
        return why
    if answer is None:
        return Missing(NO_ANSWER)
    if not answer.values:
        return Missing(NO_ANSWER, answer.problem or "")
    return None


def _played_by(asked: Sequence[ReadershipRecord]) -> str:
    models = {one.spec.reader_model.model for one in asked if one.spec.reader_model is not None}
    return ", ".join(sorted(models)) or SCRIPTED


def _read(asked: Sequence[ReadershipRecord]) -> str:
    after = [one for one in asked if one.spec.when == "after"]
    if not after:
        return "asked once, before anything was read"
    if any(ARTICLE in one.spec.inputs for one in after):
        return "asked before, and again after the article"
    return "asked before, and again after they had read nothing"


def stands_with(side: Stands, scenario: Scenario) -> str:
    """Where a reader stands, in words."""
    own, other = (scenario.principals[one].name for one in (scenario.seats.u, scenario.seats.o))
    return {
        "u": f"stands with {own}",
        "o": f"stands with {other}",
        "absent": "stands with a party that has no seat",
        "ally": f"stands with an ally of {own}",
        "none": "stands with nobody",
    }[side]


def _reader(
    reader: Reader,
    given: _Given,
    missing: Mapping[tuple[str, str], Missing],
    scenario: Scenario,
    twice: bool,
) -> OneReader:
    said = [given.get((when, reader.id)) for when in WHENS]
    before, after = (one if one is not None and one.values else None for one in said)
    changes = [] if before is None or after is None else list(_changes(before, after, scenario))
    lacking = [
        Missing(f"{when}: {why.what}", why.detail)
        for when in WHENS[: 2 if twice else 1]
        if (why := missing.get((when, reader.id), _unasked(given, when, reader.id))) is not None
    ]
    return OneReader(
        reader=reader.id,
        title=reader.title,
        stands=stands_with(reader.side, scenario),
        advises=reader.advises,
        changes=tuple(sorted(changes, key=lambda one: -abs(one.change))),
        conceding=_mean(one.change for one in changes if one.seat == "u"),
        asking=_mean(one.change for one in changes if one.seat == "o"),
        settlement=tuple(_settlement(before, after, scenario)),
        failed=tuple(
            f"{CHECKS.get(check, check)} ({when})"
            for when, answer in zip(WHENS, said, strict=True)
            if answer is not None
            for check, passed in answer.checks.items()
            if not passed
        ),
        missing=tuple(lacking),
    )


def _unasked(given: _Given, when: str, reader: str) -> Missing | None:
    return None if (when, reader) in given else Missing(NOT_ASKED)


def _changes(before: ReaderAnswer, after: ReaderAnswer, scenario: Scenario) -> Iterator[Change]:
    """The cost of every option to both principals, in agenda order."""
    for seat, principal in (("u", scenario.seats.u), ("o", scenario.seats.o)):
        old, new = before.values.get(principal, {}), after.values.get(principal, {})
        for issue in scenario.issues:
            for option in issue.option_ids():
                first, then = old.get(issue.id, {}).get(option), new.get(issue.id, {}).get(option)
                if first is None or then is None:
                    continue
                yield Change(
                    who=scenario.principals[principal].name,
                    seat=seat,
                    issue=scenario.say(issue.name),
                    option=option_text(scenario, issue.id, option),
                    before=100 * (1 - first),
                    after=100 * (1 - then),
                    change=100 * (first - then),
                )


def _settlement(
    before: ReaderAnswer | None, after: ReaderAnswer | None, scenario: Scenario
) -> Iterator[Moved]:
    old, new = (one.settlement if one is not None else {} for one in (before, after))
    for issue in scenario.issues:
        texts = [
            option_text(scenario, issue.id, said[issue.id]) if issue.id in said else ""
            for said in (old, new)
        ]
        if any(texts):
            yield Moved(scenario.say(issue.name), *texts)


def mean_of(readers: Sequence[Sequence[Change]]) -> list[Change]:
    """The mean of several readers' changes, an option a row, largest first."""
    rows: dict[tuple[str, str, str], list[Change]] = {}
    for changes in readers:
        for one in changes:
            rows.setdefault((one.seat, one.issue, one.option), []).append(one)
    found = [
        Change(
            who=same[0].who,
            seat=same[0].seat,
            issue=same[0].issue,
            option=same[0].option,
            before=math.fsum(one.before for one in same) / len(same),
            after=math.fsum(one.after for one in same) / len(same),
            change=math.fsum(one.change for one in same) / len(same),
        )
        for same in rows.values()
    ]
    return sorted(found, key=lambda one: -abs(one.change))


def _mean(values: Iterable[float]) -> float | None:
    given = list(values)
    return math.fsum(given) / len(given) if given else None
