"""Judging the finished records of a run from Python: what ``score --judge`` does."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Unpack

from harness.app.announcing import Takes
from harness.app.budgets import budget_of, spending_notes, spent
from harness.app.judging import judge_of
from harness.app.long_talks import questions_of
from harness.app.options import JudgeOptions, backend_of, checked
from harness.app.playing import OnProgress, refusal_notes, sit
from harness.app.runs import Notify, Run, load, to_write, unheard
from harness.app.waiting import wait_for
from harness.errors import UsageError, suggest
from harness.evaluators.scales import evaluator_name
from harness.judging.stage import TALKS_TOKENS
from harness.kinds import foreseen_of
from harness.models.limits.budget import Budget, cost
from harness.models.settings import EndpointSettings, PoolSettings
from harness.orchestrator.judging import SWAP, JudgingPlan, JudgingSession, plan_judging
from harness.orchestrator.session import Session
from harness.plans.named_rubrics import FLAG
from harness.plans.rubrics import RUBRICS
from harness.plans.swaps import SWAPS, WORDS, Swap
from harness.records.folder import LOG_DIR
from harness.records.judging import read_judgings
from harness.records.reader import RunFolder
from harness.stages.base import Foreseen
from harness.workers.progress import Progress

_BY_TOPIC: Final = " Talks that are too long for one question take more, at least one a topic."


def judge(
    run: Run = None,
    *,
    by: str,
    rubrics: str | Sequence[str] = (),
    swap: str | Sequence[str] = (),
    notify: Notify = unheard,
    progress: OnProgress | None = None,
    **options: Unpack[JudgeOptions],
) -> Progress:
    """Have a model judge the finished records of a run. The same call resumes what was interrupted,
    and asks for no judgement twice. Evaluators read the judgements when the run is scored next.

    Args:
        run: As for :func:`~harness.app.load`.
        by: The judge: an address, or a name of ``models.yaml``.
        rubrics: By name, or paths of rubric files; none for the one that the run has records for.
        swap: In which further forms each question is asked: ``labels``, ``order``. Each is one
            more judgement of every record.
        notify: Called with a sentence for everything that a user should know.
        progress: Called with the progress four times a second, and at the end.
        options: See :class:`~harness.app.options.JudgeOptions`.

    Returns:
        What this session did.

    Raises:
        Track15Error: There is no such run or rubric; the judge is unusable or does not answer; or
            the limit is reached before it is asked.
    """
    given = checked(options, JudgeOptions)
    log_dir = given.get("log_dir", LOG_DIR)
    named = (rubrics,) if isinstance(rubrics, str) else tuple(rubrics)

    def begun(folder: RunFolder) -> JudgingSession:
        return judging_session(folder, by, named, given, notify, swaps_named(swap))

    folder = load(run, log_dir=log_dir, notify=notify)
    session = begun(to_write(folder, Path(log_dir), notify, hold=begun))
    wait_for(lambda: sit(session, progress=progress, announce=announcement))
    for note in notes_after(session):
        notify(note)
    return session.progress


def judging_session(
    folder: RunFolder,
    by: str,
    rubrics: Sequence[str],
    options: Mapping[str, Any],
    notify: Notify,
    swaps: Sequence[Swap] = (),
    swapped: Container[str] | None = None,
) -> JudgingSession:
    """The session that has a run judged.

    Args:
        by: The judge.
        rubrics: By name.
        options: As :func:`~harness.app.options.checked` gives them.
        notify: Told what a user should know.
        swaps: In which further forms each question is asked.
        swapped: Ids of the records about which it is asked in these; None for all.

    Raises:
        Track15Error: As :func:`judge`.
    """
    who, wire = judge_of(by, options.get("models_file"), options)
    plan = plan_judging(folder, who, rubrics, swaps, swapped)
    _hold_names(plan.rubrics, [one.rubric for one in read_judgings(folder.path)])
    return JudgingSession(
        plan=plan,
        folder=folder.path,
        wire=wire,
        budget=_budget(plan, folder.path, wire, options),
        cache=Path(options["cache"]) if "cache" in options else None,
        backend=backend_of(options),
        retry_void=options.get("retry_void", False),
        allow_model_change=options.get("allow_model_change", False),
        notify=notify,
    )


def _hold_names(rubrics: Sequence[str], before: Sequence[str]) -> None:
    """Hold that no rubric takes the names of another one's measures, whose figures would be lost.

    Args:
        rubrics: By which a run is to be judged.
        before: By which it was.

    Raises:
        UsageError: The ids of two rubric files differ in signs alone.
    """
    taken: dict[str, str] = {}
    for one in (*before, *rubrics):
        first = one if one in RUBRICS else taken.setdefault(evaluator_name(one), one)
        if first != one:
            raise UsageError(
                f"the measures of the rubrics {first!r} and {one!r} would have the same names, "
                f"{evaluator_name(one)}",
                where=FLAG,
                fix=f"give {one!r} another id, which differs in more than signs",
            )


def swaps_named(named: str | Sequence[str]) -> tuple[Swap, ...]:
    """The forms of these names, each once, in one order.

    Args:
        named: Names; a text may hold several, parted by commas.

    Raises:
        UsageError: There is none of a name.
    """
    texts = (named,) if isinstance(named, str) else named
    names = {part.strip() for text in texts for part in text.split(",")} - {""}
    for name in sorted(names - {*SWAPS}):
        raise UsageError(
            f"nothing called {name!r} can be exchanged", where=SWAP, fix=suggest(name, SWAPS)
        )
    return tuple(one for one in SWAPS if one in names)


def _budget(
    plan: JudgingPlan, folder: Path, wire: PoolSettings, options: Mapping[str, Any]
) -> Budget | None:
    """What judging the run may spend. What its dialogues took is not counted."""
    limits = {"tokens": options.get("token_limit"), "usd": options.get("cost_limit")}
    ours = {one.id for one in plan.asked} | {one.judgement for one in read_judgings(folder)}
    return budget_of(
        plan, folder, wire, spent_by=lambda: spent(folder, wire.endpoints, ours), **limits
    )


def announcement(
    session: Session, played: Mapping[str, str], *, calibrated: Collection[str] = ()
) -> str | None:
    """The sentence before the first request; None where nothing is left to ask.

    Args:
        session: Of judgements.
        played: Status of each stage that is on record, by id.
        calibrated: Rubrics by which there is a calibration of the judge.
    """
    plan = session.plan
    assert isinstance(plan, JudgingPlan)
    settled = ("done",) if session.retry_void else ("done", "void")
    left = [one for one in plan.asked if played.get(one.id) not in settled]
    long = questions_of(plan, RunFolder(session.folder), left)
    whole, there = takes(plan, session.wire.endpoints, played, settled, long)
    if not whole.calls:
        return None
    records = len(plan.read)
    noun = "record" if records == 1 else "records"
    done = f" ({there:,} of {plan.dialogues:,} judgements are there already)" if there else ""
    by = _listed(plan.rubrics)
    forms = [WORDS[one] for one in plan.swaps]
    again = f" Each is judged once more {_listed(forms)}." if forms else ""
    if len(forms) > 1:
        again = f" Each is judged {len(forms)} times more: {_listed(forms)}."
    return (
        f"{plan.judge} judges {records:,} finished {noun} by {by}{done}.{again} "
        f"{whole}: repairs not counted.{_by_topic(long)} "
        f"{_uncalibrated(plan.rubrics, calibrated)}"
        "Ctrl-C keeps what is finished."
    )


def _uncalibrated(rubrics: Sequence[str], calibrated: Collection[str]) -> str:
    left = [one for one in rubrics if one not in calibrated]
    if not left:
        return ""
    by = "" if len(left) == len(rubrics) else f" by {_listed(left)}"
    return f"Its judgements{by} are uncalibrated. "


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _by_topic(long: Mapping[str, Sequence[int]] | None) -> str:
    """What is said of talks that take more than one question; nothing where none does."""
    if long is None:
        return _BY_TOPIC
    if not long:
        return ""
    noun = "judgement is" if len(long) == 1 else "judgements are"
    return f" {len(long):,} {noun} of talks too long for one question: one or more a topic."


def takes(
    plan: JudgingPlan,
    endpoints: Mapping[str, EndpointSettings],
    played: Mapping[str, str],
    settled: Sequence[str],
    long: Mapping[str, Sequence[int]] | None = None,
) -> tuple[Takes, int]:
    """What judgements that are not there yet take at most, and how many are there.

    Args:
        endpoints: Address -> its prices.
        played: Status of each stage that is on record, by id.
        settled: Statuses of those that are not asked for again.
        long: As :func:`~harness.app.long_talks.questions_of`; None where nobody has looked, and one
            question is counted for each.
    """
    left = [one for one in plan.asked if played.get(one.id) not in settled]
    calls = prompt = completion = 0
    known: dict[tuple[object, ...], Foreseen] = {}
    for one in left:
        place = plan.places[one.read]
        # Records of a kind are foreseen alike, and there may be a hundred thousand of them.
        key = (one.rubric, place.scenario, place.twin)
        if key not in known:
            spec = plan.specs.of(one.rubric, one.read, place, one.talks)
            known[key] = foreseen_of(spec)[plan.judge]
        questions = (long or {}).get(one.id, ())
        times = max(1, len(questions))
        calls += known[key].calls * times
        prompt += known[key].prompt * times
        if questions:  # what is read is known, and need not be foreseen
            prompt += sum(questions) // 3 - TALKS_TOKENS * times
        completion += known[key].completion * times
    usd = cost(endpoints.get(plan.judge, EndpointSettings()), prompt, completion)
    return Takes(calls, prompt, completion, usd), plan.dialogues - len(left)


def notes_after(session: Session) -> list[str]:
    """What a user should know of a run that has been judged."""
    progress = session.progress
    notes = [*refusal_notes(progress), *spending_notes(session.budget, progress)]
    missing = progress.planned - progress.finished
    if missing > 0 and progress.stopped is None:
        notes.append(
            f"{missing:,} of {progress.planned:,} judgements are missing; the same command asks "
            "for them again"
        )
    if progress.void:
        noun = "judgement is" if progress.void == 1 else "judgements are"
        notes.append(
            f"{progress.void:,} {noun} void: the judge refused, or gave no usable answer. "
            "That is no verdict; --retry-void asks again."
        )
    return notes
