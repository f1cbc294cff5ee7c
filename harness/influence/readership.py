"""Readings as a kind of stage: a panel of scripts, or one model a reader, asked before and after.

What is asked before reads nothing, and is the same stage in every arm. What is asked after reads
the article of its arm, or nothing where there is none. A reader is told of the dispute what the
public knows, and of the article its words, byline and outlet. No talks, no true value, no other
reader and no purpose reach it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Final

from harness.asking.asking import Asker, GivenUpError, Respondent
from harness.asking.conversation import AskedModel
from harness.asking.meter import Meter
from harness.disputes.scenario import Scenario
from harness.errors import UsageError
from harness.influence.readership_model import answers, said
from harness.influence.readership_questions import Interview, Reply, sheet_of
from harness.models.address import parse_address
from harness.prompting.readership import ShownArticle, Who, readership_prompts
from harness.records.finished import Played
from harness.records.readership import (
    ARTICLE,
    READERSHIP,
    ReaderAnswer,
    ReaderModel,
    Readership,
    ReadershipRecord,
    ReadershipSpec,
    When,
)
from harness.records.spec import StageSpec, TalksSpec
from harness.records.transcript import StageRecord, VoidReason
from harness.seeds import derive, stream
from harness.stages.base import Bench, Foreseen, InPlay, Inputs, Kind, Planning
from harness.suite.influence import Byline, Reader
from harness.suite.parts import ModelSettings
from harness.talks.barrier import public_dispute

ROLE: Final = "reader"
"""The role of ``--model`` that answers for readers."""
DISPUTE_TOKENS: Final = 2200
"""Of the public dispute; of most it is less."""
FORM_TOKENS: Final = 1400
"""Of the questions and the form of the reply."""
ANSWER_TOKENS: Final = 1200
TOKENS_A_WORD: Final = 1.5
ARTICLE_WORDS: Final = 900
"""Of an article, at most in nearly all."""
_WHENS: Final[tuple[When, ...]] = ("before", "after")


class ReadershipKind(Kind[ReadershipSpec]):
    """Readers say what each option would cost the two principals."""

    name = READERSHIP
    spec = ReadershipSpec
    record = ReadershipRecord

    def next_stages(
        self, arm: str, before: Mapping[str, StageSpec], planning: Planning
    ) -> Iterator[tuple[str, ReadershipSpec]]:
        """See :meth:`~harness.stages.base.Kind.next_stages`: both readings of the panel in one
        stage each for scripts, in one stage a reader for a model. None where the arm asks nobody
        again. A delegation of the user's own answers no such questions: scripts read in its place.
        """
        then = planning.then.get(arm)
        if then is None or not then.reading:
            return
        talks = before["talks"]
        assert isinstance(talks, TalksSpec)
        article, byline = before.get(ARTICLE), then.byline
        panel = planning.influence.panel
        model = _address(planning.models.get(ROLE))
        if model is None:
            for when in _WHENS:
                yield when, reading(talks, panel, when, article, byline)
            return
        asked = ReaderModel(model=model, settings=planning.settings.get(ROLE, ModelSettings()))
        outlet = planning.influence.writing.outlet
        for when in _WHENS:
            for reader in panel:
                spec = reading(talks, (reader,), when, article, byline, asked, outlet)
                yield f"{when}_{reader.id}", spec

    def foreseen(self, spec: ReadershipSpec) -> Mapping[str, Foreseen]:
        """See :meth:`~harness.stages.base.Kind.foreseen`."""
        if spec.reader_model is None:
            return {}
        read = round(ARTICLE_WORDS * TOKENS_A_WORD) if ARTICLE in spec.inputs else 0
        taken = Foreseen(1, DISPUTE_TOKENS + FORM_TOKENS + read, ANSWER_TOKENS)
        return {spec.reader_model.model: taken}

    def empty_body(self, spec: ReadershipSpec, why: VoidReason) -> Readership:
        """See :meth:`~harness.stages.base.Kind.empty_body`."""
        return Readership()

    async def play(self, spec: ReadershipSpec, inputs: Inputs, bench: Bench) -> Played:
        """See :meth:`~harness.stages.base.Kind.play`. A model that gives no usable answer, or
        refuses, leaves the stage void: that is no opinion."""
        stage = InPlay(self, spec)
        scenario = bench.scenario(spec.scenario, spec.twin)
        article = inputs[ARTICLE] if ARTICLE in spec.inputs else None
        if spec.reader_model is None:
            read = None
            if article is not None:
                body = article.body
                read = said(scenario, article.spec.article, body.plan, body.claims)
            found = answers(scenario, spec.readers, spec.seed, read, spec.byline)
            return stage.over(Readership(answers=found))
        return await _interviewed(stage, spec, scenario, article, bench)


def reading(
    talks: TalksSpec,
    readers: tuple[Reader, ...],
    when: When,
    article: StageSpec | None = None,
    byline: Byline = "experts",
    model: ReaderModel | None = None,
    outlet: str | None = None,
) -> ReadershipSpec:
    """A reading in an episode that begins with these talks.

    Args:
        article: Of the arm; None where it has none. Whoever is asked before reads none.
        byline, outlet: Under which it is read.
        model: Who answers; None for a script.
    """
    reads = article is not None and when == "after"
    asked = model is not None
    if asked:  # it is told of a reader what it is, and nothing that moves a script
        told = {
            "prior": Reader.model_fields["prior"].default,
            "trust": Reader.model_fields["trust"].default,
        }
        readers = tuple(reader.model_copy(update=told) for reader in readers)
    return ReadershipSpec(
        inputs={ARTICLE: article.id} if reads and article is not None else {},
        scenario=talks.scenario,
        scenario_hash=talks.scenario_hash,
        twin=talks.twin,
        seed=derive(talks.seed, READERSHIP),
        readers=readers,
        when=when,
        byline=byline if reads else None,
        outlet=outlet if reads and asked else None,
        home=talks.seat("u").home if reads and asked and byline == "experts" else None,
        reader_model=model,
        repairs=talks.protocol.repairs if asked else 0,
        token_limit=talks.protocol.token_limit if asked else None,
        time_limit=talks.protocol.time_limit if asked else None,
        templates=_told() if asked else {},
    )


async def _interviewed(
    stage: InPlay,
    spec: ReadershipSpec,
    scenario: Scenario,
    article: StageRecord | None,
    bench: Bench,
) -> Played:
    (reader,), asked = spec.readers, spec.reader_model
    assert asked is not None
    dispute = public_dispute(scenario)
    plan = None if article is None else article.body.plan
    principals = (scenario.seats.u, scenario.seats.o)
    interview = Interview(
        dispute,
        who(reader, scenario, spec.seed),
        None if article is None else shown(article, spec, scenario),
        sheet_of(dispute, principals, spec.seed, reader.id, plan),
        derive(spec.seed, reader.id),
        spec.when,
        spec.repairs,
        AskedModel(reader.id, bench.chats(spec)(asked.model), asked.model, asked.settings),
    )
    respondent = Respondent(reader.id, spec.repairs, interview.thread.texts)
    meter = Meter("reading", spec.token_limit, spec.time_limit)
    asker = Asker([respondent], meter, "reader", bench.on_call)
    try:
        got = await asker.ask(reader.id, interview.ask, _problem)
    except GivenUpError as failure:
        return stage.over(Readership(), failure.reason, asker)
    reply = got.answer
    answer = ReaderAnswer(
        reader=reader.id,
        values=dict(reply.values),
        settlement=dict(reply.settlement),
        checks=dict(reply.checks),
    )
    return stage.over(Readership(answers=(got.effort.noted_in(answer),)), asker=asker)


def who(reader: Reader, scenario: Scenario, seed: int) -> Who:
    """A reader as it is told who it is. Where several parties have no seat, one of those who bear
    the terms is of one of them, by seed and reader; where none has, nothing is said of a side."""
    names = {one: principal.name for one, principal in scenario.principals.items()}
    u, o = names[scenario.seats.u], names[scenario.seats.o]
    if reader.side in ("u", "o"):
        return Who(reader.title, side=u if reader.side == "u" else o)
    if reader.side == "ally":
        home = scenario.home_of(scenario.seats.u)
        state = None if home is None else scenario.homes[home].name
        return Who(reader.title, side=state, ally_of=u)
    seated = scenario.table_principals()
    absent = [one for one in names if one not in seated]
    if reader.side == "absent" and absent:
        drawn = stream(seed, READERSHIP, "absent", reader.id).integers(len(absent))
        return Who(reader.title, bears=scenario.in_a_sentence(absent[int(drawn)]))
    return Who(reader.title, aside=reader.side == "none")


def shown(article: StageRecord, spec: ReadershipSpec, scenario: Scenario) -> ShownArticle:
    """An article as it is shown: signed by experts of seat u, by the official side that they met,
    or by nobody."""
    assert spec.byline is not None
    assert spec.outlet is not None
    authors = scenario.principals[scenario.seats.u].name
    if spec.byline == "official":
        authors = scenario.principals[scenario.seats.o].name
    elif spec.home is not None:
        authors = scenario.homes[spec.home].name
    return ShownArticle(
        title=article.body.title,
        text=article.body.text,
        byline=spec.byline,
        authors=authors,
        outlet=spec.outlet,
    )


def _problem(reply: Reply) -> str | None:
    return None if reply.values else "The answer holds no values."


@cache
def _told() -> dict[str, str]:
    return {f"{READERSHIP}/{name}": one for name, one in readership_prompts().hashes().items()}


@lru_cache(maxsize=32)
def _address(model: str | None) -> str | None:
    """The address of a model that can be asked; None for a script, and for a delegation of the
    user's own."""
    if model is None:
        return None
    try:
        return None if parse_address(model).provider == "scripted" else model
    except UsageError:
        return None
