"""Readers that answer what a test says, and what they read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.disputes.scenario import Scenario
from harness.influence.readership import ReadershipKind, reading
from harness.influence.readership_questions import sheet_of
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.prompting.readership import Sheet
from harness.records.readership import (
    ARTICLE,
    ReaderModel,
    ReadershipRecord,
    ReadershipSpec,
    Values,
    When,
)
from harness.records.spec import StageSpec, TalksSpec
from harness.records.transcript import StageRecord
from harness.stages.base import Bench
from harness.suite.influence import PANEL, Article, Byline, Reader, Trust
from harness.talks.barrier import public_dispute
from tests.support.chats import FakeChat

ADDRESS = "openai/fake@http://127.0.0.1:9"
Reply = str | ModelReply | Exception
NOTHING = Trust(experts=0, official=0, unknown=0)


@dataclass(frozen=True)
class Claim:
    """What a paragraph of an article does, as far as a script looks at it."""

    kind: str
    issue: str | None = None


@dataclass(frozen=True)
class Written:
    """The body of an article, as far as readers look at it."""

    title: str
    text: str
    plan: Mapping[str, str | None]
    claims: tuple[Claim, ...] = ()


class ArticleSpec(StageSpec):
    """The spec of an article, as far as readers look at it."""

    kind: str = "publication"
    article: Article = "own"


def article(
    plan: Mapping[str, str | None],
    *,
    kind: Article = "own",
    claims: tuple[Claim, ...] = (),
    title: str = "A way out",
    text: str = "Let us be sober.\n\nIt is time.",
) -> StageRecord:
    """An article that was written."""
    spec = ArticleSpec(article=kind)
    body = Written(title, text, dict(plan), claims)
    return StageRecord(id=spec.id, status="done", kind=spec.kind, spec=spec, body=body)


def spec_of(
    talks: TalksSpec,
    when: When = "before",
    *,
    readers: tuple[Reader, ...] = PANEL,
    read: StageRecord | None = None,
    byline: Byline = "experts",
    model: str | None = None,
) -> ReadershipSpec:
    """A reading in the episode of some talks; by a model of the one reader where one is named."""
    asked = None if model is None else ReaderModel(model=model)
    spec = None if read is None else read.spec
    return reading(
        talks,
        readers,
        when,
        spec,
        byline,
        asked,
        "a magazine that is read on all sides of the dispute",
    )


def played(
    spec: ReadershipSpec,
    scenario: Scenario,
    read: StageRecord | None = None,
    answer: Callable[[Request], Reply] | None = None,
) -> tuple[ReadershipRecord, FakeChat]:
    """The record of a reading, and the chat that was asked."""
    chat = FakeChat(answer or (lambda _: AssertionError("a script asks nobody")))
    bench = Bench(scenario=lambda *_: scenario, seats=lambda _: {}, chats=lambda _: lambda _: chat)
    inputs = {} if read is None else {ARTICLE: read}
    done = asyncio.run(ReadershipKind().play(spec, inputs, bench))
    assert isinstance(done.record, ReadershipRecord)
    return done.record, chat


def sheet(spec: ReadershipSpec, scenario: Scenario, read: StageRecord | None = None) -> Sheet:
    """What the one reader of a spec is asked."""
    principals = (scenario.seats.u, scenario.seats.o)
    plan = None if read is None else read.body.plan
    return sheet_of(public_dispute(scenario), principals, spec.seed, spec.readers[0].id, plan)


def reply(asked: Sheet, values: Values, **changes: Any) -> str:
    """A usable reply that gives these values and passes every check.

    Args:
        changes: Fields of the reply to put in place of its own.
    """
    costs = {
        party.key: {
            issue: {o: round(100 * (1 - values[party.id][issue][o])) for o in options}
            for issue, options in asked.issues.items()
        }
        for party in asked.parties
    }
    party, issue, option = asked.twice
    fields: dict[str, Any] = {
        "position": asked.right[0],
        "percent": costs[party.key][issue][option],
        "costs": costs,
        "settlement": {one: options[0] for one, options in asked.issues.items()},
    }
    if asked.advised is not None:
        fields["article"] = asked.right[1]
    return json.dumps({**fields, **changes})
