"""One judgement on its own: a text is put to a judge, outside any run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from harness.app.announcing import rounded
from harness.app.options import wire_of
from harness.app.runs import Notify
from harness.disputes.scenario import Scenario
from harness.errors import ModelError, UsageError
from harness.judging.stage import JudgementKind
from harness.models.address import parse_address
from harness.models.named import choose, load_models
from harness.models.pool import EndpointPool
from harness.models.settings import PoolSettings
from harness.plans.rubric import rubric_of
from harness.prompting.judging import judging_prompts
from harness.records.judgement import MOST_TEXT, Judge, JudgementRecord, JudgementSpec
from harness.stages.base import Bench
from harness.suite.parts import ModelSettings

FLAG: Final = "--judge"
_SEED: Final = 0
_ROLE: Final = "judge"


def judge_of(
    named: str, models_file: Path | None, wire: Mapping[str, Any]
) -> tuple[Judge, PoolSettings]:
    """The judge of that address or name, and how its server is driven.

    Args:
        named: The address or name.
        models_file: Models by name; None for ``models.yaml`` here.
        wire: Options of the connection.

    Raises:
        UsageError: It is unusable.
    """
    known = load_models(models_file)
    chosen = choose([f"{_ROLE}={named}"], known, flag=FLAG)[_ROLE]
    if chosen.address == "scripted":
        raise UsageError(
            "a script judges nothing", where=FLAG, fix="name a model: PROVIDER/MODEL[@BASE_URL]"
        )
    settings = ModelSettings().model_copy(update=dict(chosen.sampling))
    return Judge(model=chosen.address, settings=settings), wire_of(wire, known)


async def judgement_of(
    text: str,
    scenario: Scenario,
    judge: str,
    models_file: Path | None,
    notify: Notify,
    wire: Mapping[str, Any],
) -> JudgementRecord:
    """Have a judge read a plan in prose.

    Args:
        text: Of the plan.
        scenario: The dispute that it is for.
        judge: Address or name of the model.
        models_file: Models by name; None for ``models.yaml`` here.
        notify: Told what the call may take before it is made.
        wire: Options of the connection.

    Raises:
        UsageError: The judge is unusable.
        InputError: The text is too long.
        ModelError: The judge could not be asked, or gave no usable answer.
    """
    if len(text) > MOST_TEXT:
        raise UsageError(
            f"the plan has {len(text):,} characters; a judge is given {MOST_TEXT:,} at most",
            where="PLAN",
            fix="cut what is not part of the plan",
        )
    who, settings = judge_of(judge, models_file, wire)
    spec = JudgementSpec(
        text=text,
        judge=who,
        rubric=rubric_of(scenario),
        seed=_SEED,
        templates=judging_prompts().hashes(),
    )
    kind = JudgementKind()
    takes = kind.foreseen(spec)[who.model]
    notify(
        f"{who.model} reads the plan: one call, about {rounded(takes.prompt)} prompt and "
        f"{rounded(takes.completion)} reply tokens; {spec.repairs} more calls at most where its "
        "answer is out of form."
    )
    async with EndpointPool(settings) as pool:
        chat = pool.chat(parse_address(who.model, flag=FLAG))
        await chat.check()
        bench = Bench(
            scenario=lambda *_: scenario, seats=lambda _: {}, chats=lambda _: lambda _: chat
        )
        played = await kind.play(spec, {}, bench)
    record = played.record
    assert isinstance(record, JudgementRecord)
    if record.void is not None:
        raise ModelError(
            f"the judge gave no usable answer: {record.void.detail}",
            where=who.model,
            fix="try another model, or one that keeps to a JSON schema: track15 doctor says "
            "whether it does",
        )
    return record
