"""Judgements outside any run: a plan in prose is put to a judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.app.announcing import rounded
from harness.app.options import wire_of
from harness.app.runs import Notify
from harness.disputes.scenario import Scenario
from harness.errors import ModelError, UsageError
from harness.files.paths import shown_path
from harness.judging.held import fits
from harness.judging.passages import of_text
from harness.judging.stage import JudgementKind
from harness.models.address import parse_address
from harness.models.named import choose, load_models
from harness.models.pool import EndpointPool
from harness.models.settings import PoolSettings
from harness.plans.direction import ROOM, plan_reading, second_look
from harness.plans.rubric import PlanReading, by_item, rubric_of
from harness.prompting.judging import judging_prompts
from harness.records.judged_texts import JudgedTexts
from harness.records.judgement import MOST_TEXT, Judge, JudgementRecord, JudgementSpec, Rubric
from harness.stages.base import Bench
from harness.suite.parts import ModelSettings

FLAG: Final = "--judge"
_SEED: Final = 0
_ROLE: Final = "judge"
MOST_PLAN: Final = MOST_TEXT - ROOM
"""Characters of a plan: what was quoted from it is read below it."""
_FIRST: Final = "Reading the plan"
_MORE: Final = " Where it quotes words, a second call asks in which direction they point."
_SECOND: Final = "The direction of the quoted words"
_FIX: Final = (
    "try another model, or one that keeps to a JSON schema: track15 doctor says whether it does"
)
_FIX_ON_RECORD: Final = f"{_FIX};\n  or ask the same one once more: --retry-void"


def judge_of(
    named: str, models_file: Path | None, wire: Mapping[str, Any], flag: str = FLAG
) -> tuple[Judge, PoolSettings]:
    """The judge of that address or name, and how its server is driven.

    Args:
        named: The address or name.
        models_file: Models by name; None for ``models.yaml`` here.
        wire: Options of the connection.
        flag: Where it was named, for messages.

    Raises:
        UsageError: It is unusable.
    """
    known = load_models(models_file)
    chosen = choose([f"{_ROLE}={named}"], known, flag=flag)[_ROLE]
    if chosen.address == "scripted":
        raise UsageError(
            "a script judges nothing", where=flag, fix="name a model: PROVIDER/MODEL[@BASE_URL]"
        )
    settings = ModelSettings().model_copy(update=dict(chosen.sampling))
    return Judge(model=chosen.address, settings=settings), wire_of(wire, known)


@dataclass(frozen=True)
class PlanJudged:
    """A plan in prose as a judge read it.

    Attributes:
        reading: What it found.
        records: Its judgements: of the plan, and of the direction of the words that it quoted; one
            where there was nothing to ask again.
        judge: Address of the model.
    """

    reading: PlanReading
    records: tuple[JudgementRecord, ...]
    judge: str


@dataclass(frozen=True)
class PlanAsked:
    """What a judge is asked to read.

    Attributes:
        text: Of the plan.
        title: Of the plan.
        scenario: The dispute that it is for.
        judge: Address or name of the model.
        models_file: Models by name; None for ``models.yaml`` here.
        record: File in which its judgements are kept and looked up; None for none.
        retry_void: Ask again where a judgement on record is void.
    """

    text: str
    title: str
    scenario: Scenario
    judge: str
    models_file: Path | None = None
    record: Path | None = None
    retry_void: bool = False


async def plan_judged(plan: PlanAsked, notify: Notify, wire: Mapping[str, Any]) -> PlanJudged:
    """Have a judge read a plan in prose: what it says, and in which direction the words point that
    rest under it. What is on record is not asked again.

    Args:
        plan: With its judge.
        notify: Told what the calls may take before they are made, and what was on record.
        wire: Options of the connection.

    Raises:
        UsageError: The judge is unusable, or the text is too long.
        RecordError: The record cannot be read or written.
        ModelError: The judge could not be asked, or gave no usable answer, now or on record.
    """
    if len(plan.text) > MOST_PLAN:
        raise UsageError(
            f"the plan has {len(plan.text):,} characters; a judge is given {MOST_PLAN:,} at most",
            where="PLAN",
            fix="cut what is not part of the plan",
        )
    who, settings = judge_of(plan.judge, plan.models_file, wire)
    kept = None if plan.record is None else JudgedTexts(plan.record)
    asking = _Asking(who, settings, plan, kept, notify)
    first = await asking.judgement(rubric_of(plan.scenario), plan.text, _FIRST, _MORE)
    passages = len(of_text(plan.text))
    look = second_look(plan.scenario, by_item(first.body), passages)
    if look is None:
        found = plan_reading(plan.scenario, plan.title, first.body, None)
        return PlanJudged(found, (first,), who.model)
    second = await asking.judgement(look.rubric, look.read(plan.text), _SECOND)
    found = plan_reading(plan.scenario, plan.title, first.body, second.body)
    return PlanJudged(found, (first, second), who.model)


@dataclass(frozen=True)
class _Asking:
    """Puts questions on a plan to a judge, those aside that are on record."""

    judge: Judge
    settings: PoolSettings
    plan: PlanAsked
    kept: JudgedTexts | None
    notify: Notify

    async def judgement(
        self, rubric: Rubric, text: str, what: str, follows: str = ""
    ) -> JudgementRecord:
        """One judgement, which has a result.

        Args:
            what: It is of, as the sentence before it begins.
            follows: What may be asked after it.
        """
        spec = JudgementSpec(
            text=text,
            judge=self.judge,
            rubric=rubric,
            seed=_SEED,
            templates=judging_prompts().hashes(),
        )
        record = None if self.kept is None else self.kept.find(spec.id, fits)
        if record is not None and (record.status == "done" or not self.plan.retry_void):
            assert self.kept is not None
            self.notify(f"{what}: on record in {shown_path(self.kept.path)}, and not asked again.")
        else:
            record = await self._ask(spec, what, follows)
            if self.kept is not None and record.status != "failed":
                self.kept.keep(record)
        if record.void is not None:
            raise ModelError(
                f"the judge gave no usable answer: {record.void.detail}",
                where=self.judge.model,
                fix=_FIX if record.status == "failed" or self.kept is None else _FIX_ON_RECORD,
            )
        return record

    @property
    def _where(self) -> str:
        if self.kept is None:
            return ""
        return f" The answer is kept in {shown_path(self.kept.path)}, with the text of the plan."

    async def _ask(self, spec: JudgementSpec, what: str, follows: str) -> JudgementRecord:
        kind, model = JudgementKind(), spec.judge.model
        takes = kind.foreseen(spec)[model]
        self.notify(
            f"{what}: {model} is asked in one call, about {rounded(takes.prompt)} prompt and "
            f"{rounded(takes.completion)} reply tokens; {spec.repairs} more calls at most where "
            f"its answer is out of form.{follows}{self._where}"
        )
        async with EndpointPool(self.settings) as pool:
            chat = pool.chat(parse_address(model, flag=FLAG))
            await chat.check()
            bench = Bench(
                scenario=lambda *_: self.plan.scenario,
                seats=lambda _: {},
                chats=lambda _: lambda _: chat,
            )
            played = await kind.play(spec, {}, bench)
        record = played.record
        assert isinstance(record, JudgementRecord)
        return record
