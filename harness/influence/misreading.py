"""Misreadings as a kind of stage: what readers make of a news item, by questions with known right
answers (claim C12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from harness.asking.asking import Asker, GivenUpError, Respondent
from harness.asking.conversation import AskedModel
from harness.asking.meter import Meter
from harness.influence.misreading_questions import Answered, Battery
from harness.influence.misreading_script import read_by_script
from harness.prompting.news import misreading_prompts
from harness.records.finished import Played
from harness.records.misreading import (
    MISREADING,
    UNDERSTOOD,
    Misreading,
    MisreadingRecord,
    MisreadingSpec,
    Understood,
)
from harness.records.news import NEWS, NewsRecord, NewsSpec
from harness.records.placement import SCRIPTED
from harness.records.spec import TALKS, StageSpec, TalksSpec
from harness.records.transcript import VoidReason
from harness.seeds import derive
from harness.stages.base import Bench, Foreseen, InPlay, Inputs, Kind, Planning
from harness.suite.influence import Reader
from harness.suite.parts import ModelSettings

READER: Final = "reader"
"""The role whose model reads, and what a reader is called in warnings."""
PROMPT_TOKENS: Final = 3000
"""Of the dispute, the item and the questions, at most in nearly all."""
ANSWER_TOKENS: Final = 150


class MisreadingKind(Kind[MisreadingSpec]):
    """Readers are asked what they have understood of a news item."""

    name = MISREADING
    spec = MisreadingSpec
    record = MisreadingRecord

    def next_stages(
        self, arm: str, before: Mapping[str, StageSpec], planning: Planning
    ) -> Iterator[tuple[str, MisreadingSpec]]:
        """See :meth:`~harness.stages.base.Kind.next_stages`: the whole panel in one stage where a
        script reads, a stage a reader where a model does."""
        then, news = planning.then.get(arm), before.get(NEWS)
        if then is None or then.news is None or not isinstance(news, NewsSpec):
            return
        panel, model = planning.influence.panel, planning.models.get(READER, SCRIPTED)
        if model == SCRIPTED:
            yield UNDERSTOOD, _spec(news, tuple(map(_as_scripts_read, panel)))
            return
        settings = planning.settings.get(READER, ModelSettings())
        talks = before[TALKS]
        assert isinstance(talks, TalksSpec)
        asked = {
            "model": model,
            "settings": settings,
            "templates": misreading_prompts().read_by_models(),
            "repairs": talks.protocol.repairs,
            "token_limit": talks.protocol.token_limit,
            "time_limit": talks.protocol.time_limit,
        }
        for one in panel:
            spec = _spec(news, (_as_models_read(one),))
            yield f"{UNDERSTOOD}_{one.id}", spec.model_copy(update=asked)

    def empty_body(self, spec: MisreadingSpec, why: VoidReason) -> Misreading:
        """See :meth:`~harness.stages.base.Kind.empty_body`."""
        return Misreading()

    def foreseen(self, spec: MisreadingSpec) -> Mapping[str, Foreseen]:
        """See :meth:`~harness.stages.base.Kind.foreseen`."""
        return {} if spec.model is None else {spec.model: Foreseen(1, PROMPT_TOKENS, ANSWER_TOKENS)}

    async def play(self, spec: MisreadingSpec, inputs: Inputs, bench: Bench) -> Played:
        """See :meth:`~harness.stages.base.Kind.play`.

        Where there is no item nobody is asked. A reader that gives no usable answer, or refuses,
        leaves the stage void: that is no misreading.
        """
        stage = InPlay(self, spec)
        news = inputs[NEWS]
        assert isinstance(news, NewsRecord)
        item = news.body
        if item.missing is not None or item.facts is None:
            return stage.over(Misreading(missing=item.missing or "there is no news item"))
        if spec.model is None:
            framing = news.spec.framing
            read = (read_by_script(item.facts, framing, one, spec.seed) for one in spec.readers)
            return stage.over(Misreading(readers=tuple(read)))
        (reader,) = spec.readers
        scenario = bench.scenario(spec.scenario, spec.twin)
        settings = spec.settings or ModelSettings()
        asked = AskedModel(reader.id, bench.chats(spec)(spec.model), spec.model, settings)
        questions = Battery(item, scenario, reader, spec.seed, spec.repairs, asked)
        respondent = Respondent(reader.id, spec.repairs, questions.thread.texts)
        meter = Meter(MISREADING, spec.token_limit, spec.time_limit)
        asker = Asker([respondent], meter, READER, bench.on_call)
        try:
            got = await asker.ask(reader.id, questions.ask, _problem)
        except GivenUpError as failure:
            return stage.over(Misreading(), failure.reason, asker)
        found = Understood(
            reader=reader.id,
            side=reader.side,
            answers=dict(got.answer.answers),
            chances=dict(got.answer.chances),
            trust=got.answer.trust,
        )
        return stage.over(Misreading(readers=(got.effort.noted_in(found),)), asker=asker)


def _spec(news: NewsSpec, readers: tuple[Reader, ...]) -> MisreadingSpec:
    """Answers are drawn by the talks' seed through the item's, which no framing is in: the same
    reader draws the same in all arms."""
    return MisreadingSpec(
        inputs={NEWS: news.id},
        scenario=news.scenario,
        scenario_hash=news.scenario_hash,
        twin=news.twin,
        seed=derive(news.seed, MISREADING),
        readers=readers,
    )


def _as_models_read(reader: Reader) -> Reader:
    """A reader without what moves a script alone, and without what later talks ask of it."""
    return Reader(id=reader.id, title=reader.title, side=reader.side)


def _as_scripts_read(reader: Reader) -> Reader:
    """A reader without what this script does not read."""
    return Reader(id=reader.id, title=reader.title, side=reader.side, trust=reader.trust)


def _problem(_: Answered) -> None:
    """A reply that was read has an answer to every question."""
