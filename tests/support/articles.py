"""Articles after talks that a test writes down move by move, by scripts and by fake models."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harness.disputes.scenario import Scenario
from harness.evaluators.case import Case
from harness.influence.publication import PublicationKind, publication_of
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.records.publication import PublicationRecord, ScriptedAuthor
from harness.records.spec import TalksSpec
from harness.records.transcript import Transcript
from harness.stages.base import Bench, Planning
from harness.suite.influence import Article, Influence, Writing
from tests.support.chats import FakeChat
from tests.support.transcripts import Entry, make_transcript

ADDRESS = "openai/fake@http://127.0.0.1:9"
SCRIPTS = Planning("tiny", {}, influence=Influence(writing=Writing(words=100)))
MODELS = Planning("tiny", {"author": ADDRESS}, influence=SCRIPTS.influence)
TALK: tuple[Entry, ...] = (
    ("o", {"well": "yours", "fence": "us"}),
    ("u", {"well": "mine", "fence": "them"}),
    ("o", {"well": "half", "fence": "us"}),
    ("u", "accept"),
)
NULL = ScriptedAuthor(echo=0, dismiss=0, acceptable=0, disclose=0)


def talks(
    scenario: Scenario, entries: Sequence[Entry] = TALK, *, words: str = "We say so.", **more: Any
) -> Transcript:
    """Finished talks of exactly these moves."""
    return make_transcript(scenario, entries, words=words, **more)


def article(
    scenario: Scenario,
    record: Transcript,
    kind: Article = "own",
    *,
    script: ScriptedAuthor | None = None,
    planning: Planning = SCRIPTS,
) -> PublicationRecord:
    """What a script writes after talks."""
    assert isinstance(record.spec, TalksSpec)
    spec = publication_of(record.spec, kind, planning, script)
    bench = Bench(scenario=lambda *_: scenario, seats=lambda _: {})
    played = asyncio.run(PublicationKind().play(spec, {"talks": record}, bench))
    assert isinstance(played.record, PublicationRecord)
    return played.record


def commissioned(
    scenario: Scenario,
    record: Transcript,
    answer: Callable[[Request], str | ModelReply | Exception],
    kind: Article = "own",
    planning: Planning = MODELS,
) -> tuple[PublicationRecord, FakeChat]:
    """What a model that answers so leaves after talks, and its chat."""
    assert isinstance(record.spec, TalksSpec)
    chat = FakeChat(answer)
    spec = publication_of(record.spec, kind, planning)
    bench = Bench(scenario=lambda *_: scenario, seats=lambda _: {}, chats=lambda _: lambda _: chat)
    played = asyncio.run(PublicationKind().play(spec, {"talks": record}, bench))
    assert isinstance(played.record, PublicationRecord)
    return played.record, chat


def reply(
    plan: Mapping[str, str | None] | None = None, *, words: int = 100, title: str = "The well"
) -> str:
    """The answer of an author who advises ``plan``, in two paragraphs of so many words in all."""
    half = " ".join(["word"] * (words // 2))
    rest = " ".join(["word"] * (words - words // 2))
    plan = {"well": "half", "fence": None} if plan is None else plan
    return json.dumps({"title": title, "text": f"{half}\n\n{rest}", "plan": plan})


def chain(scenario: Scenario, record: Transcript, written: PublicationRecord | None) -> Case:
    """The case of an episode that ends with an article, or with the talks where there is none."""
    inputs = {"talks": record} if written is None else {"talks": record, "article": written}
    spec = record.spec if isinstance(record.spec, TalksSpec) else None
    return Case(written or record, scenario, spec, inputs)
