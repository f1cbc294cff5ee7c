"""Judges that answer what a test says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import yaml

from harness.disputes.scenario import Scenario, Twin
from harness.judging.stage import JudgementKind
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.plans.direction import BEYOND, EXPECTED, SAME, plan_reading, second_look
from harness.plans.rubric import PlanReading, by_item, rubric_of
from harness.prompting.judging import judging_prompts
from harness.records.judgement import (
    READ,
    Judge,
    JudgedAnswer,
    JudgedItem,
    Judgement,
    JudgementRecord,
    JudgementSpec,
    Quote,
    Rubric,
    Verdict,
)
from harness.records.transcript import StageRecord
from harness.stages.base import Bench
from tests.support.chats import FakeChat
from tests.support.disputes import SMALL

SMALL_DISPUTE = Scenario.model_validate(yaml.safe_load(SMALL))
ADDRESS = "openai/fake@http://127.0.0.1:9"
YES_NO = (
    JudgedAnswer(id="yes", text="it does"),
    JudgedAnswer(id="no", text="it does not", quoted=False),
)
RUBRIC = Rubric(
    id="water",
    about="You look at what is said of a well.",
    items=(
        JudgedItem(id="asks_for_water", question="Does anybody ask for water?", answers=YES_NO),
        JudgedItem(id="threatens", question="Does anybody threaten?", answers=YES_NO),
    ),
)
Reply = str | ModelReply | Exception


def of_text(text: str, **changes: Any) -> JudgementSpec:
    """The judgement of a text."""
    return _spec(text=text, **changes)


def of_talks(record: StageRecord, scenario: Scenario, **changes: Any) -> JudgementSpec:
    """The judgement of talks on a scenario."""
    return _spec(
        inputs={READ: record.id},
        scenario=scenario.id,
        scenario_hash=scenario.digest(),
        twin=Twin.NONE,
        **changes,
    )


def _spec(**fields: Any) -> JudgementSpec:
    whole = {
        "judge": Judge(model=ADDRESS),
        "rubric": RUBRIC,
        "seed": 3,
        "templates": judging_prompts().hashes(),
        **fields,
    }
    return JudgementSpec(**whole)


def verdicts(**given: tuple[str, Sequence[str]]) -> str:
    """The reply of a judge: item -> answer and quotes."""
    return json.dumps(
        {
            item: {"quotes": list(quotes), "answer": answer}
            for item, (answer, quotes) in given.items()
        }
    )


def judged(
    spec: JudgementSpec,
    answer: Callable[[Request], Reply],
    *,
    scenario: Scenario | None = None,
    inputs: Mapping[str, StageRecord] | None = None,
) -> tuple[JudgementRecord, FakeChat]:
    """The record that a judge leaves, and its chat."""
    chat = FakeChat(answer)

    def of(_: str, __: Twin) -> Scenario:
        assert scenario is not None
        return scenario

    bench = Bench(scenario=of, seats=lambda _: {}, chats=lambda _: lambda _: chat)
    played = asyncio.run(JudgementKind().play(spec, inputs or {}, bench))
    assert isinstance(played.record, JudgementRecord)
    return played.record, chat


def reading(**answers: str | None) -> PlanReading:
    """A plan for the small dispute as a judge reads it that answers so, and finds nothing else. It
    was not asked in which direction its quotes point."""
    found = Judgement(verdicts=tuple(verdicts_of(**answers)))
    return plan_reading(SMALL_DISPUTE, "A plan", found, None)


def looked_again(first: Mapping[str, str | None], **again: str | None) -> PlanReading:
    """The same, of a judge that was asked once more and answers ``again`` so; of every item that is
    left out it says what it said at first."""
    found = Judgement(verdicts=tuple(verdicts_of(**first)))
    look = second_look(SMALL_DISPUTE, by_item(found), 3)
    assert look is not None
    said = []
    for at, item in enumerate(look.rubric.items):
        as_before = EXPECTED.get(first.get(item.id) or "", SAME)
        answer = again.get(item.id, "no" if item.id.startswith(BEYOND) else as_before)
        quotes = (Quote(text=f"over {item.id}", at=at),) if answer == "yes" else ()
        problem = None if answer is not None else "the judge cannot tell"
        said.append(Verdict(item=item.id, answer=answer, quotes=quotes, problem=problem))
    assert again.keys() <= {one.item for one in said}
    return plan_reading(SMALL_DISPUTE, "A plan", found, Judgement(verdicts=tuple(said)))


def verdicts_of(**answers: str | None) -> list[Verdict]:
    """The verdicts of that judge, each with words of another paragraph."""
    found = []
    for at, item in enumerate(rubric_of(SMALL_DISPUTE).items):
        allowed = [answer.id for answer in item.answers]
        none = next(one for one in ("not_addressed", "absent", "no") if one in allowed)
        answer = answers.get(item.id, none)
        assert answer is None or answer in allowed
        problem = None if answer is not None else "the judge cannot tell"
        quotes = (Quote(text=f"on {item.id}", at=at),) if answer not in (None, none) else ()
        found.append(Verdict(item=item.id, answer=answer, quotes=quotes, problem=problem))
    return found
