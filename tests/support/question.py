"""A tiny kind of stage: it asks a model one question about finished talks.

How it is planned and played stands here. What determines a stage and what it leaves stands in
``question_record.py``, its words in ``prompts/question/``, and what measures it in
``question_score.py``. ``KIND`` is what is registered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from harness.asking.answer import MadeCall
from harness.asking.asking import Asker, GivenUpError, Respondent
from harness.asking.conversation import SEEDS, AskedModel, Thread
from harness.asking.jsonreply import UnreadableError, only_object
from harness.asking.meter import Meter
from harness.asking.usable import unfinished
from harness.prompting.templates import Templates
from harness.records.finished import Played
from harness.records.spec import StageSpec, TalksSpec
from harness.records.transcript import Transcript, VoidReason
from harness.seeds import derive
from harness.stages.base import Bench, Foreseen, InPlay, Inputs, Kind, Planning
from tests.support.question_record import Answered, QuestionRecord, QuestionSpec

SHIPPED = Path(__file__).parent / "prompts" / "question"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"gave_more": {"type": "string", "enum": ["o", "u", "equal"]}},
    "required": ["gave_more"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class _Answer:
    gave_more: str | None = None
    problem: str | None = None
    hint: str | None = None
    calls: Sequence[MadeCall] = ()


@cache
def templates() -> Templates:
    return Templates("question", {"question": frozenset({"said", "asked_of"})}, shipped=SHIPPED)


class Question(Kind[QuestionSpec]):
    """Asks one question about the talks of an episode."""

    name = "question"
    spec = QuestionSpec
    record = QuestionRecord

    def next_stages(
        self, arm: str, before: Mapping[str, StageSpec], planning: Planning
    ) -> Iterator[tuple[str, QuestionSpec]]:
        talks = before["talks"]
        assert isinstance(talks, TalksSpec)
        yield (
            "question",
            QuestionSpec(
                inputs={"talks": talks.id},
                seed=derive(talks.seed, "question"),
                asked_of=arm,
                model=planning.models["judge"],
                templates=templates().hashes(),
            ),
        )

    def foreseen(self, spec: QuestionSpec) -> Mapping[str, Foreseen]:
        return {spec.model: Foreseen(calls=1, prompt=1_000, completion=20)}

    def empty_body(self, spec: QuestionSpec, why: VoidReason) -> Answered:
        return Answered()

    async def play(self, spec: QuestionSpec, inputs: Inputs, bench: Bench) -> Played:
        stage = InPlay(self, spec)
        talks = inputs["talks"]
        assert isinstance(talks, Transcript)
        said = [turn.words for turn in talks.body.turns if turn.kind == "statement"]
        thread = Thread()
        thread.add(
            "user", templates().render("question", {"said": said, "asked_of": spec.asked_of})
        )
        model = AskedModel("judge", bench.chats(spec)(spec.model), spec.model, spec.settings)
        asker = Asker(
            [Respondent("judge", 1, thread.texts)], Meter("question"), "model", bench.on_call
        )

        async def ask(complaint: str | None) -> _Answer:
            if complaint is not None:
                thread.add("user", complaint)
            made, reply = await thread.ask(
                model, purpose="question", schema=SCHEMA, seed=spec.seed % SEEDS
            )
            problem = unfinished(reply)
            if problem is not None:
                return _Answer(problem=problem, calls=(made,))
            try:
                return _Answer(only_object(reply.text).get("gave_more"), calls=(made,))
            except UnreadableError as error:
                return _Answer(problem=str(error), calls=(made,))

        try:
            asked = await asker.ask("judge", ask, _problem)
        except GivenUpError as failure:
            return stage.over(Answered(), failure.reason, asker)
        return stage.over(Answered(gave_more=asked.answer.gave_more), asker=asker)


def _problem(answer: _Answer) -> str | None:
    if answer.gave_more not in ("o", "u", "equal"):
        return "'gave_more' is o, u or equal."
    return None


KIND = Question()
