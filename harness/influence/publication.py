"""Articles as a kind of stage: an author who sat at the table writes about the dispute (C10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.asking.asking import Asker, GivenUpError, Respondent
from harness.asking.conversation import AskedModel
from harness.asking.meter import Meter
from harness.errors import UsageError
from harness.influence.publication_home import brought_home
from harness.influence.publication_plan import plan_of
from harness.influence.publication_question import Commission, Written, length_allowed
from harness.influence.publication_script import written
from harness.models.address import parse_address
from harness.prompting.publication import Brought, publication_prompts
from harness.records.finished import Played
from harness.records.publication import (
    ARTICLE,
    PUBLICATION,
    READ_TALKS,
    Author,
    Publication,
    PublicationRecord,
    PublicationSpec,
    ScriptedAuthor,
)
from harness.records.spec import StageSpec, TalksSpec
from harness.records.transcript import Transcript, VoidReason
from harness.seeds import derive
from harness.stages.base import Bench, Foreseen, InPlay, Inputs, Kind, Planning
from harness.suite.influence import Article
from harness.suite.parts import SeatSpec

AUTHOR: Final = "author"
"""The role, and what an author is called in calls and reasons."""
SEAT: Final = "u"
"""Whose delegate writes."""
DISPUTE_TOKENS: Final = 3000
"""Of what is read before the talks, at most in nearly all story disputes."""
TALKS_TOKENS: Final = 8000
"""Of what was said in them."""
WORD_TOKENS: Final = 1.5
REST_TOKENS: Final = 300
"""Of an answer without its text."""
_OWN: Final = ("runnable", "custom", "person")
"""Who sits in a seat and is no address that could be asked for an article."""


class PublicationKind(Kind[PublicationSpec]):
    """A former delegate writes an article."""

    name = PUBLICATION
    spec = PublicationSpec
    record = PublicationRecord

    def next_stages(
        self, arm: str, before: Mapping[str, StageSpec], planning: Planning
    ) -> Iterator[tuple[str, PublicationSpec]]:
        """See :meth:`~harness.stages.base.Kind.next_stages`: one, where the arm has an article."""
        then = planning.then.get(arm)
        if then is not None and then.article is not None:
            talks = before[READ_TALKS]
            assert isinstance(talks, TalksSpec)
            yield ARTICLE, publication_of(talks, then.article, planning, then.script)

    def foreseen(self, spec: PublicationSpec) -> Mapping[str, Foreseen]:
        """See :meth:`~harness.stages.base.Kind.foreseen`."""
        if spec.author.model is None:
            return {}
        answer = round(length_allowed(spec.words)[1] * WORD_TOKENS) + REST_TOKENS
        return {spec.author.model: Foreseen(1, DISPUTE_TOKENS + TALKS_TOKENS, answer)}

    def empty_body(self, spec: PublicationSpec, why: VoidReason) -> Publication:
        """See :meth:`~harness.stages.base.Kind.empty_body`."""
        return Publication()

    async def play(self, spec: PublicationSpec, inputs: Inputs, bench: Bench) -> Played:
        """See :meth:`~harness.stages.base.Kind.play`."""
        stage = InPlay(self, spec)
        talks = inputs[READ_TALKS]
        assert isinstance(talks, Transcript)
        scenario = bench.scenario(spec.scenario, spec.twin)
        brought = brought_home(talks, scenario, spec.author.seat)
        if spec.author.kind == "model":
            return await _commissioned(stage, spec, brought, bench)
        assert isinstance(talks.spec, TalksSpec)
        plan = plan_of(brought, talks.spec, scenario, talks.body.outcome.round)
        return stage.over(written(spec, brought, plan))


def publication_of(
    talks: TalksSpec,
    article: Article,
    planning: Planning,
    script: ScriptedAuthor | None = None,
) -> PublicationSpec:
    """The article of that kind after these talks. Two kinds differ in ``article`` alone.

    The model of role ``author`` writes; without one, that of the delegate who sat there. Where
    neither is an address, as with an agent of the user's own, a script writes.

    Args:
        script: What drives a scripted author; as :class:`ScriptedAuthor` says where None.
    """
    seat, writing = talks.seat(SEAT), planning.influence.writing
    author = _author(seat, planning, script or ScriptedAuthor())
    by_model = author.kind == "model"
    digests = publication_prompts().hashes() if by_model else {}
    return PublicationSpec(
        inputs={READ_TALKS: talks.id},
        scenario=talks.scenario,
        scenario_hash=talks.scenario_hash,
        twin=talks.twin,
        seed=derive(talks.seed, PUBLICATION),
        author=author,
        article=article,
        words=writing.words,
        outlet=writing.outlet if by_model else None,
        audience=writing.audience if by_model else None,
        any_signature=(by_model and _signed_by_others(article, planning)) or None,
        repairs=talks.protocol.repairs,
        token_limit=talks.protocol.token_limit if by_model else None,
        time_limit=talks.protocol.time_limit if by_model else None,
        templates={f"{PUBLICATION}/{name}": digest for name, digest in digests.items()},
    )


def _signed_by_others(article: Article, planning: Planning) -> bool:
    """Whether an article may be shown under another's byline in some arm of the suite. Then all
    arms ask for one and the same text, which cannot say "I". Where its author has to name the
    contacts that it draws on, it signs."""
    named: Article = "disclosed"
    shown = (then for then in planning.then.values() if then.article not in (None, named))
    return article != named and any(then.byline != "experts" for then in shown)


def _author(seat: SeatSpec, planning: Planning, script: ScriptedAuthor) -> Author:
    role = AUTHOR if AUTHOR in planning.models else "unofficial"
    model = planning.models.get(role)
    if model is not None and (not _is_asked(model) or (role != AUTHOR and seat.kind in _OWN)):
        model = None
    written_by: dict[str, Any] = {"script": script}
    if model is not None:
        settings = planning.settings.get(AUTHOR) or planning.settings.get(role) or seat.settings
        written_by = {"kind": "model", "model": model, "settings": settings}
    return Author(
        seat=seat.seat, principal=seat.principal, role=seat.role, home=seat.home, **written_by
    )


def _is_asked(model: str) -> bool:
    """Whether a name is the address of a model."""
    try:
        return parse_address(model).provider != "scripted"
    except UsageError:
        return False


async def _commissioned(
    stage: InPlay, spec: PublicationSpec, brought: Brought, bench: Bench
) -> Played:
    """Ask a model for the article. One that refuses, or gives no usable answer, leaves the stage
    void: there is no article then, and nobody's is put in its place."""
    author = spec.author
    assert author.model is not None
    asked = AskedModel(AUTHOR, bench.chats(spec)(author.model), author.model, author.settings)
    commission = Commission(spec, brought, asked)
    respondent = Respondent(AUTHOR, spec.repairs, commission.thread.texts)
    meter = Meter(PUBLICATION, spec.token_limit, spec.time_limit)
    asker = Asker([respondent], meter, AUTHOR, bench.on_call)
    try:
        got = await asker.ask(AUTHOR, commission.ask, _problem)
    except GivenUpError as failure:
        return stage.over(Publication(), failure.reason, asker)
    answer = got.answer
    body = Publication(
        title=answer.title, text=answer.text, plan=dict(answer.plan), repairs=got.effort.repairs
    )
    return stage.over(body, asker=asker)


def _problem(_: Written) -> None:
    """A reply that was read is an article."""
