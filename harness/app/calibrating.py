"""How good a judge is: it reads planted transcripts, and is held against what is said in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Unpack

from harness.app.answered import Key, key_of
from harness.app.judgements import judging_session, notes_after, takes
from harness.app.judging import judge_of
from harness.app.options import JudgeOptions, checked
from harness.app.planted_rubrics import planted_rubric
from harness.app.planting import plant
from harness.app.playing import OnProgress, sit
from harness.app.runs import Notify, unheard
from harness.app.truthful import pairs_of
from harness.app.waiting import wait_for
from harness.errors import RecordError, UsageError, counted, suggest
from harness.files.jsonl import write_atomically
from harness.files.writing import hold_writable, write_out
from harness.models.identity import Identity
from harness.plans.prose_ledger import PROSE_LEDGER
from harness.plans.swaps import ORDER, WORDS, Swap
from harness.planted.phrases import SPLITS, Split
from harness.planted.planted import PERTURBATIONS, Perturbation, Planted
from harness.planted.sets import digest_of, planted
from harness.records.calibration import (
    Calibration,
    Figure,
    RubricRead,
    Usable,
    rubric_digest,
)
from harness.records.folder import LOG_DIR
from harness.records.judgement import JUDGEMENT, READ, JudgementRecord
from harness.records.reader import RunFolder

if TYPE_CHECKING:
    from harness.analysis.agreement import Agreed
    from harness.analysis.answer_account import AnswerAccount
    from harness.analysis.judge_account import Account
    from harness.analysis.judge_reads import Erred
    from harness.analysis.judge_usable import Verdict
    from harness.app.accounts import Accounted
    from harness.orchestrator.judging import JudgingPlan, JudgingSession
    from harness.orchestrator.session import Session

ROOM: Final = "calibration"
"""Folder of the log folder in which planted transcripts and calibrations are kept."""
RECORD: Final = "calibration.json"
PAGE: Final = "calibration.html"
ALL: Final = "all"
"""Stands for every perturbation."""
MOST_REPEATS: Final = 20
_NO_NAME: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Calibrating:
    """A judge that is about to read planted transcripts.

    Attributes:
        told: What it reads. By a rubric that asks questions, a transcript that is asked about in
            the reverse order too is there twice.
        digest: Of that.
        session: Has it judged.
        asks: Whether the rubric asks questions; else it makes a list.
    """

    told: tuple[Planted, ...]
    digest: str
    session: JudgingSession
    asks: bool = False

    def key(self, one: Planted) -> Key:
        """Where the judgement of a transcript is found."""
        return key_of(one) if self.asks else (one.record.id, False)

    @property
    def folder(self) -> Path:
        """The run folder."""
        return self.session.folder


@dataclass(frozen=True)
class Calibrated:
    """How good a judge is.

    Attributes:
        record: What is kept of it.
        account: The figures.
        verdicts: Criterion -> whether the judge may be used for it.
        folder: Of the run.
        erred: The transcripts on which it errs, the worst first: what to read.
    """

    record: Calibration
    account: Account | AnswerAccount
    verdicts: Mapping[str, Verdict]
    folder: Path
    erred: Sequence[Erred] = ()


def calibrate(
    by: str,
    *,
    rubric: str = PROSE_LEDGER,
    split: str = "test",
    perturb: Sequence[str] = (),
    repeats: int = 1,
    limit: int | None = None,
    record: Path | None = None,
    notify: Notify = unheard,
    progress: OnProgress | None = None,
    **options: Unpack[JudgeOptions],
) -> Calibrated:
    """Have a judge read planted transcripts, and find out how good it is. The same call resumes
    what was interrupted.

    Args:
        by: The judge: an address, or a name of ``models.yaml``.
        rubric: By name; one that planted transcripts hold the truth of.
        split: ``test``, or ``dev`` while a prompt or a judge is being chosen.
        perturb: How transcripts are told besides as written: names, or ``all``.
        repeats: How often those are read that are told as written, 1 to 20.
        limit: How many transcripts are taken at most; None for all.
        record: Where the calibration goes besides the folder of the run; None for nowhere.
        notify: Called with a sentence for everything that a user should know.
        progress: Called with the progress four times a second, and at the end.
        options: See :class:`~harness.app.options.JudgeOptions`.

    Raises:
        Track15Error: An argument is out of range; the judge is unusable or does not answer; the
            limit is reached before it is asked; or readings are missing in the end.
    """
    given = checked(options, JudgeOptions)
    begun = calibrating(by, rubric, split, perturb, repeats, limit, given, notify, record=record)
    wait_for(lambda: sit(begun.session, progress=progress, announce=announcement))
    for note in notes_after(begun.session):
        notify(note)
    found = calibrated(begun)
    keep(found)
    if record is not None:
        write_record(found, record)
    return found


def calibrating(
    by: str,
    rubric: str,
    split: str,
    perturb: Sequence[str],
    repeats: int,
    limit: int | None,
    options: Mapping[str, Any],
    notify: Notify,
    command: str = "",
    *,
    record: Path | None = None,
) -> Calibrating:
    """Plant the transcripts, and plan what a judge is asked. Arguments as for :func:`calibrate`.
    That the calibration can be written is held before a judge is paid.

    Args:
        options: As :func:`~harness.app.options.checked` gives them.
        command: What was typed.

    Raises:
        Track15Error: As :func:`calibrate`.
    """
    asked = planted_rubric(rubric)
    judge_of(by, options.get("models_file"), options, flag="MODEL")
    if not 1 <= repeats <= MOST_REPEATS:
        raise UsageError(
            f"transcripts are read 1 to {MOST_REPEATS} times, not {repeats}", where="--repeats"
        )
    if limit is not None and limit < 1:
        raise UsageError("at least one transcript is read", where="--limit")
    if record is not None:
        hold_writable(record)
    ways: tuple[Perturbation, ...] = ("as_written", *_perturbations(perturb))
    told = tuple(planted(_split(split), ways, repeats, limit, asked.id))
    asks = asked.of(told[0].scenario).listed is None
    if asks:
        told = _turned(told)
    digest = digest_of(told)
    log_dir = Path(options.get("log_dir", LOG_DIR))
    name = _NO_NAME.sub("-", by.lower()).strip("-")[:60] or "judge"
    by_rubric = "" if asked.id == PROSE_LEDGER else f"{asked.id}-"
    folder = log_dir / ROOM / f"{name}-{by_rubric}{split}-{digest[:8]}"
    turned = frozenset(one.record.id for one in told if asks and one.perturbation == ORDER)
    written = [one for one in told if not (asks and one.perturbation == ORDER)]
    run = plant(folder, written, digest, command or f"track15 calibrate {by}")
    swaps: tuple[Swap, ...] = ("order",) if turned else ()
    session = judging_session(run, by, (rubric,), options, notify, swaps, turned)
    return Calibrating(told, digest, session, asks)


def _turned(told: tuple[Planted, ...]) -> tuple[Planted, ...]:
    """Planted transcripts for a rubric that asks questions. In ``order`` a judge reads the very
    transcript as it is written, and only what it is asked stands in the reverse order."""
    first = {
        one.cell.name: one for one in told if one.perturbation == "as_written" and one.repeat == 1
    }
    return tuple(
        replace(first[one.cell.name], perturbation=ORDER) if one.perturbation == ORDER else one
        for one in told
    )


def _split(name: str) -> Split:
    for one in SPLITS:
        if one == name:
            return one
    raise UsageError(f"no split is called {name!r}", where="--split", fix=suggest(name, SPLITS))


def _perturbations(names: Sequence[str]) -> tuple[Perturbation, ...]:
    ways = PERTURBATIONS[1:]
    for name in names:
        if name != ALL and name not in ways:
            raise UsageError(
                f"no perturbation is called {name!r}",
                where="--perturb",
                fix=suggest(name, (*ways, ALL)),
            )
    return tuple(way for way in ways if way in names or ALL in names)


def announcement(session: Session, played: Mapping[str, str]) -> str | None:
    """The sentence before the first request; None where nothing is left to ask.

    Args:
        session: Of judgements.
        played: Status of each stage that is on record, by id.
    """
    plan: JudgingPlan = session.plan  # type: ignore[assignment]
    settled = ("done",) if session.retry_void else ("done", "void")
    whole, there = takes(plan, session.wire.endpoints, played, settled)
    if not whole.calls:
        return None
    done = f" ({there:,} of {plan.dialogues:,} are read already)" if there else ""
    told = len(plan.read)
    turned = plan.dialogues - told
    again = f" {turned:,} are read once more {WORDS[ORDER]}." if turned else ""
    return (
        f"{plan.judge} reads {counted(told, 'planted transcript')} by "
        f"{' and '.join(plan.rubrics)}{done}."
        f"{again} {whole}: repairs not counted. Ctrl-C keeps what is finished."
    )


def calibrated(begun: Calibrating) -> Calibrated:
    """What became of it.

    Raises:
        RecordError: Readings are missing.
    """
    from harness.app.accounts import account_of_answers, account_of_list

    # Read anew: what serves the judge was noted while it was asked.
    run, plan = RunFolder(begun.folder), begun.session.judging
    asked = {one.id for one in plan.asked}
    found = {
        (one.spec.inputs[READ], one.spec.variant is not None): one
        for one in run.records(JUDGEMENT, JudgementRecord)
        if one.id in asked
    }
    missing = [
        one for one in begun.told if begun.key(one) not in found or _failed(found[begun.key(one)])
    ]
    if missing:
        raise RecordError(
            f"{len(missing):,} of {len(begun.told):,} readings are missing: what is found of a "
            "part says nothing of the whole",
            where=str(begun.folder),
            fix="type the same command again: it asks for what is missing",
        )
    how = account_of_answers if begun.asks else account_of_list
    good = how(begun.told, found)
    record = _record(begun, run, found, good)
    return Calibrated(record, good.account, good.verdicts, begun.folder, good.erred)


def keep(found: Calibrated) -> None:
    """Write the calibration and its page into the folder of the run.

    Raises:
        RecordError: It cannot be written.
    """
    from harness.report.calibration_page import render

    write_atomically(found.folder / RECORD, iter([found.record.as_bytes()]))
    page = render(found.record, found.account, found.verdicts, found.erred)
    write_atomically(found.folder / PAGE, iter([page.encode()]))


def write_record(found: Calibrated, place: Path) -> None:
    """Write the calibration to a place of the user's own.

    Raises:
        UnwritableError: It cannot be written. It is in the folder of the run all the same.
    """
    write_out(place, found.record.as_bytes())


def _failed(judgement: JudgementRecord) -> bool:
    return judgement.status == "failed"


def _record(
    begun: Calibrating, run: RunFolder, found: Mapping[Key, JudgementRecord], good: Accounted
) -> Calibration:
    told, account = begun.told, good.account
    first = found[begun.key(told[0])].spec
    served = run.info.served.get(first.judge.model, ())
    usual = {read: one for (read, turned), one in found.items() if not turned}
    return Calibration(
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        judge=first.judge,
        served=Identity.model_validate(served[-1].told) if served else None,
        rubric=RubricRead(
            id=first.rubric.id,
            version=first.rubric.version,
            digest=rubric_digest(first, told[0].scenario.twin(told[0].record.spec.twin)),
        ),
        planted=begun.digest,
        split=told[0].cell.split,
        seeds=tuple(sorted({found[begun.key(one)].spec.seed for one in told}))[:1000],
        transcripts=len({one.cell.name for one in told}),
        abstained=account.abstained,
        unusable=account.unusable,
        events=_figures(good.events),
        items={name: _figures(own) for name, own in good.items.items()},
        per_kind={name: _figures(own) for name, own in account.per_kind.items()},
        agreement=_figures(account.agreement),
        bias=_figures(account.bias),
        stability=_figures(account.stability),
        pairs=pairs_of(told, usual, run.info),
        verdict={
            name: Usable(usable=one.usable, why=one.why) for name, one in good.verdicts.items()
        },
    )


def _figures(of: Mapping[str, Agreed]) -> dict[str, Figure]:
    return {
        name: Figure(value=one.value, low=one.low, high=one.high, n=one.n)
        for name, one in of.items()
    }
