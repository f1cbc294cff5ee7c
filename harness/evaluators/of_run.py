"""Which evaluators measure a run, those of the rubrics among them by which it was judged or about
which its suite asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from harness.errors import Track15Error
from harness.evaluators.base import Evaluator, rubric_of
from harness.evaluators.chain import CHAIN
from harness.evaluators.choosing import Chosen, choose
from harness.evaluators.scales import PREFIX, Scales, scales_in, scales_of
from harness.plans.named_rubrics import read_own, rubric_files
from harness.records.judgement import READ, JudgementRecord
from harness.records.judging import read_judgings
from harness.records.publication import PUBLICATION
from harness.records.reader import RunFolder
from harness.records.spec import TALKS
from harness.suite.suite import Suite

_MOST: Final = 100
"""Rubrics of one run that are measured. Nobody asks by more; a stranger's file might say so."""


def choose_for(folder: RunFolder, named: Sequence[str] = ()) -> Chosen:
    """As :func:`~harness.evaluators.choosing.choose`, for a run that is there.

    An evaluator that only reads judgements by one rubric is left out where nobody has judged the
    run by it, and neither the suite nor the user asks for it: it would be null in every dialogue.

    Args:
        named: By the user.

    Raises:
        UsageError: As ``choose``.
        RecordError: A judgement of the run is damaged.
    """
    suite = folder.info.suite
    chosen = choose(suite.evaluators, named, scales_of_run(folder))
    wanted = {*_asked_about(suite), *(suite.evaluators or ()), *named}
    judged = {one.rubric for one in read_judgings(folder.path)}
    kept = [
        one
        for one in chosen.evaluators
        if (rubric := rubric_of(one)) is None or rubric in judged or one.name in wanted
    ]
    return replace(chosen, evaluators=tuple(kept))


def choose_alone(folder: RunFolder, named: Sequence[str]) -> tuple[Evaluator, ...]:
    """Those that the user names, for a run that is there, and no others.

    Raises:
        UsageError: As ``choose``.
        RecordError: A judgement of the run is damaged.
    """
    known = {one.name: one for one in scales_of_run(folder)}
    more = [one for name, one in known.items() if name in named]
    return choose(named, named, more).evaluators


def scales_of_run(folder: RunFolder) -> tuple[Scales, ...]:
    """The evaluators of the rubric files by which a run was judged, as the judge was asked last,
    and of those about which its suite asks.

    Raises:
        RecordError: A judgement is damaged.
    """
    found = {one.rubric: one for one in _judged(folder)}
    for one in scales_asked(folder.info.suite):
        found.setdefault(one.rubric, one)
    by_name = {one.name: one for one in found.values()}
    return tuple(by_name.values())


def _judged(folder: RunFolder) -> Iterator[Scales]:
    last: dict[str, list[str]] = {}
    for one in read_judgings(folder.path):
        if one.swap is None:
            last.setdefault(one.rubric, []).append(one.judgement)
    for judgements in list(last.values())[:_MOST]:
        for key in reversed(judgements):
            if not folder.stage_index.has((key,)):
                continue
            record, _ = folder.stage(key)
            if isinstance(record, JudgementRecord) and (made := _made(record, folder)) is not None:
                yield made
            break


def _made(record: JudgementRecord, folder: RunFolder) -> Scales | None:
    spec = record.spec
    if spec.scenario is None or spec.twin is None or spec.scenario not in folder.info.scenarios:
        return None
    read = folder.stage_index.line(spec.inputs[READ])[0].stem if READ in spec.inputs else ""
    kind = CHAIN if read == PUBLICATION else TALKS
    return scales_of(spec.rubric, folder.info.scenario(spec.scenario, spec.twin), kind)


def scales_asked(suite: Suite) -> tuple[Scales, ...]:
    """The evaluators of the rubric files about whose measures a suite asks, as far as the files are
    here."""
    return scales_named(name for name in _asked_about(suite) if name.startswith(PREFIX))


def _asked_about(suite: Suite) -> set[str]:
    """Names of the evaluators about whose measures a suite asks."""
    asked = [one.measure for one in suite.contrasts.all()] if suite.contrasts is not None else []
    asked += [one.measure for one in suite.checks]
    return {name.split(".", 1)[0] for name in asked}


def scales_named(names: Iterable[str]) -> tuple[Scales, ...]:
    """The evaluators of these names whose rubric files are here."""
    wanted = set(names)
    return tuple(one for one in scales_here() if one.name in wanted) if wanted else ()


def scales_here() -> Iterator[Scales]:
    """The evaluators of all rubric files that a name can find. A file that is wrong has none."""
    for path in rubric_files():
        try:
            file = read_own(path)
        except Track15Error:
            continue
        yield scales_in(file)
