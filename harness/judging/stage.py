"""Judgements as a kind of stage: a finished record or a text is judged by a rubric."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from harness.asking.asking import Asker, GivenUpError, Respondent
from harness.asking.conversation import AskedModel
from harness.asking.meter import Meter
from harness.influence.publication_home import brought_home
from harness.judging.passages import Passage, of_record, of_text, words_of
from harness.judging.questionnaire import Answered, Questionnaire
from harness.judging.topics import Part, parts
from harness.plans.swaps import LABELS, names_exchanged, renamed
from harness.prompting.judging import templates_of_later
from harness.prompting.publication import Brought
from harness.records.finished import Played
from harness.records.judgement import (
    JUDGEMENT,
    READ,
    TALKS_READ,
    Judgement,
    JudgementRecord,
    JudgementSpec,
    Verdict,
)
from harness.records.publication import PublicationRecord
from harness.records.transcript import Repair, Transcript, VoidReason
from harness.seeds import derive
from harness.stages.base import Bench, Foreseen, InPlay, Inputs, Kind

JUDGE: Final = "judge"
"""What a judge is called in calls and reasons."""
TALKS_TOKENS: Final = 8000
"""Of what was said in talks of a story dispute, at most in nearly all."""
RUBRIC_TOKENS: Final = 600
ITEM_TOKENS: Final = 100
"""Of the answer to an item, quotes included."""
LISTED_TOKENS: Final = 2400
"""Of a list, at most in nearly all."""
EVENTS_TOKENS: Final = 4000
"""Of a placed list, whose entries say more, at most in nearly all."""
DISPUTE_TOKENS: Final = 3000
"""Of what an author had of the dispute."""
NOTHING_TO_READ: Final = "nothing was said"


class JudgementKind(Kind[JudgementSpec]):
    """A judge answers the items of a rubric."""

    name = JUDGEMENT
    spec = JudgementSpec
    record = JudgementRecord

    def empty_body(self, spec: JudgementSpec, why: VoidReason) -> Judgement:
        """See :meth:`~harness.stages.base.Kind.empty_body`."""
        return Judgement()

    def foreseen(self, spec: JudgementSpec) -> Mapping[str, Foreseen]:
        """See :meth:`~harness.stages.base.Kind.foreseen`. Talks that are so long that they are
        judged topic by topic take more."""
        read = TALKS_TOKENS if spec.text is None else len(spec.text) // 3
        asked = sum(len(item.model_dump_json()) for item in spec.rubric.items) // 2
        answers = len(spec.rubric.items) * ITEM_TOKENS
        if spec.rubric.listed is not None:
            # Items with the same answers share one list of them.
            asked = sum(len(one.id) + len(one.question) for one in spec.rubric.items) // 3
            answers = LISTED_TOKENS
        if spec.rubric.placed:
            texts = {(one.id, one.text) for item in spec.rubric.items for one in item.answers}
            asked += sum(len(name) + len(text) for name, text in texts) // 3
            asked += sum(len(one.model_dump_json()) for one in spec.rubric.fields) // 4
            answers = EVENTS_TOKENS
        if TALKS_READ in spec.inputs:
            read += TALKS_TOKENS + DISPUTE_TOKENS
        return {spec.judge.model: Foreseen(1, read + RUBRIC_TOKENS + asked, answers)}

    async def play(self, spec: JudgementSpec, inputs: Inputs, bench: Bench) -> Played:
        """See :meth:`~harness.stages.base.Kind.play`.

        Where there is nothing to read nobody is asked, and every verdict is missing; a list of what
        was said is empty then. A judge that gives no usable answer, or refuses, leaves the stage
        void: that is no verdict. What is asked for topic by topic is void where one of them is.
        """
        stage = InPlay(self, spec)
        passages = _passages(spec, inputs, bench)
        if (nothing := _nothing_to_read(spec, passages)) is not None:
            return stage.over(nothing)
        judge = spec.judge
        asked = AskedModel(JUDGE, bench.chats(spec)(judge.model), judge.model, judge.settings)
        brought = _brought(spec, inputs, bench)
        questions = list[Questionnaire]()
        respondent = Respondent(JUDGE, spec.repairs, lambda: _texts(questions))
        meter = Meter(JUDGEMENT, spec.token_limit, spec.time_limit)
        asker = Asker([respondent], meter, JUDGE, bench.on_call)
        verdicts, repairs, templates = list[Verdict](), list[Repair](), dict[str, str]()
        for part, seed in _parts(spec, passages):
            templates |= templates_of_later() if part.before else {}
            question = Questionnaire(spec.rubric, part, seed, spec.repairs, asked, brought)
            questions.append(question)
            try:
                got = await asker.ask(JUDGE, question.ask, _problem)
            except GivenUpError as failure:  # part of a list would look like the whole of it
                left = Judgement(repairs=tuple(repairs), templates=templates)
                return stage.over(left, failure.reason, asker)
            verdicts += got.answer.verdicts
            repairs += got.effort.repairs
        body = Judgement(verdicts=tuple(verdicts), repairs=tuple(repairs), templates=templates)
        return stage.over(body, asker=asker)


def _parts(spec: JudgementSpec, passages: Sequence[Passage]) -> Iterator[tuple[Part, int]]:
    """What is put to the judge in each question, and the seed of its sampling."""
    found = parts(spec.rubric, passages)
    for number, part in enumerate(found):
        yield part, spec.seed if part.topic is None else derive(spec.seed, "part", number)


def _texts(questions: Sequence[Questionnaire]) -> dict[str, tuple[str, str]]:
    """Every message of these conversations: hash -> (role, content)."""
    return {key: text for one in questions for key, text in one.thread.texts().items()}


def _passages(spec: JudgementSpec, inputs: Inputs, bench: Bench) -> tuple[Passage, ...]:
    if spec.text is not None:
        return of_text(spec.text)
    assert spec.scenario is not None
    assert spec.twin is not None
    scenario = bench.scenario(spec.scenario, spec.twin)
    if spec.rubric.placed:
        return words_of(inputs[READ], scenario)
    moves = spec.rubric.listed is not None or spec.rubric.terms is True
    if spec.variant is None or spec.variant.swapped != LABELS:
        return of_record(inputs[READ], scenario, moves=moves)
    read = of_record(inputs[READ], renamed(scenario), moves=moves)
    return tuple(replace(one, text=names_exchanged(one.text, scenario)) for one in read)


def _nothing_to_read(spec: JudgementSpec, passages: Sequence[Passage]) -> Judgement | None:
    """The judgement where there are no words that a quote could be of; None where there are."""
    items = spec.rubric.items
    if spec.rubric.listed is None:
        missing = (Verdict(item=one.id, problem=NOTHING_TO_READ) for one in items)
        return None if passages else Judgement(verdicts=tuple(missing))
    speakers = {one.said_by for one in items}
    said = any(one.text and (None in speakers or one.who in speakers) for one in passages)
    return None if said else Judgement()


def _brought(spec: JudgementSpec, inputs: Inputs, bench: Bench) -> Brought | None:
    """What the author of an article had from the talks, where the judge reads that."""
    if TALKS_READ not in spec.inputs:
        return None
    talks, article = inputs[TALKS_READ], inputs[READ]
    assert isinstance(talks, Transcript)
    assert isinstance(article, PublicationRecord)
    assert spec.scenario is not None
    assert spec.twin is not None
    scenario = bench.scenario(spec.scenario, spec.twin)
    return brought_home(talks, scenario, article.spec.author.seat)


def _problem(_: Answered) -> None:
    """A reply that was read has a verdict, or a reason, for every item."""
