"""How an article is planned and played, and what becomes of an author who writes none."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario
from harness.errors import ModelError
from harness.incentives.profiles import Role
from harness.influence.publication import PublicationKind, publication_of
from harness.kinds import kind_of, read_record, read_spec
from harness.models.reply import ModelReply
from harness.records.publication import PublicationSpec, ScriptedAuthor
from harness.records.spec import StageSpec, TalksSpec
from harness.records.transcript import VoidReason
from harness.stages.base import Planning
from harness.suite.influence import Then
from harness.suite.parts import ModelSettings
from tests.support.articles import (
    ADDRESS,
    MODELS,
    SCRIPTS,
    article,
    commissioned,
    reply,
    talks,
)
from tests.support.disputes import small
from tests.support.transcripts import make_spec

REFUSAL = ModelReply(text="", refusal="I can't help with that.")
KIND = PublicationKind()


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def planned(scenario: Scenario, planning: Planning, arm: str) -> dict[str, PublicationSpec]:
    before: dict[str, StageSpec] = {"talks": make_spec(scenario)}
    return dict(KIND.next_stages(arm, before, planning))


def test_an_arm_without_an_article_has_no_stage(scenario: Scenario) -> None:
    then = {
        "plain": Then(),
        "own": Then(article="own"),
        "signed": Then(article="own", byline="unknown"),
    }
    planning = Planning("tiny", {}, then=then)
    assert planned(scenario, planning, "plain") == {}
    assert planned(scenario, planning, "left out") == {}
    own = planned(scenario, planning, "own")
    assert list(own) == ["article"]
    # Who is said to have signed it is the readers' matter: the arms share the article.
    assert planned(scenario, planning, "signed") == own


def test_where_another_signs_all_arms_ask_for_one_text_that_anybody_can_sign(
    scenario: Scenario,
) -> None:
    then = {
        "own": Then(article="own"),
        "signed": Then(article="own", byline="official"),
        "named": Then(article="disclosed"),
    }

    def asked(arm: str, *arms: str) -> PublicationSpec:
        follows = {name: then[name] for name in arms}
        return planned(scenario, replace(MODELS, then=follows), arm)["article"]

    whole = ("own", "signed", "named")
    assert asked("own", *whole).any_signature is True
    assert asked("signed", *whole) == asked("own", *whole), "one text, whoever signs it"
    assert asked("named", *whole).any_signature is None, "its author names what it draws on"
    own = asked("own", "own", "named")
    assert own.any_signature is None
    assert "any_signature" not in own.model_dump_json(by_alias=True)
    scripts = planned(scenario, replace(SCRIPTS, then=then), "own")["article"]
    assert scripts.any_signature is None, "a script says no I"


def test_the_author_is_told_who_signs(scenario: Scenario) -> None:
    for byline in ("experts", "unknown"):
        planning = replace(MODELS, then={"signed": Then(article="own", byline=byline)})
        _, chat = commissioned(scenario, talks(scenario), lambda _: reply(), planning=planning)
        system = chat.asked[0].messages[0]["content"]
        assert ("it has to hold whoever signs it" in system) is (byline == "unknown")
        assert ("appears under your own name" in system) is (byline == "experts")


def test_the_four_kinds_differ_in_one_field(scenario: Scenario) -> None:
    spec = make_spec(scenario)
    for planning in (SCRIPTS, MODELS):
        kinds = ("own", "balanced", "minutes", "disclosed")
        specs = [publication_of(spec, kind, planning).model_dump() for kind in kinds]
        assert len({one["article"] for one in specs}) == 4
        for one in specs:
            assert {**one, "article": "own"} == specs[0]


def test_who_writes(scenario: Scenario) -> None:
    spec = make_spec(scenario)

    def author(models: dict[str, str], talks: TalksSpec = spec) -> tuple[str, str | None]:
        settings = {"author": ModelSettings(max_tokens=999)} if "author" in models else {}
        found = publication_of(talks, "own", Planning("tiny", models, settings)).author
        assert (found.script is None) is (found.kind == "model")
        assert found.settings.max_tokens == (999 if settings and found.model else None)
        return found.kind, found.model

    other = "openai/other@http://127.0.0.1:9"
    assert author({}) == ("scripted", None)
    assert author({"official": other}) == ("scripted", None)
    assert author({"unofficial": ADDRESS}) == ("model", ADDRESS)
    assert author({"unofficial": ADDRESS, "author": other}) == ("model", other)
    assert author({"author": "scripted", "unofficial": ADDRESS}) == ("scripted", None)
    # An agent of the user's own is no address that could be asked for an article.
    assert author({"unofficial": "mine.py:Mine"}) == ("scripted", None)
    mine = spec.seats[1].model_copy(update={"kind": "runnable", "model": "mine"})
    seated = spec.model_copy(update={"seats": (spec.seats[0], mine)})
    assert author({"unofficial": ADDRESS}, seated) == ("scripted", None)
    assert author({"author": other, "unofficial": "mine"}, seated) == ("model", other)


def test_only_what_is_read_is_in_the_spec(scenario: Scenario) -> None:
    spec = make_spec(scenario)
    tight = spec.model_copy(
        update={"protocol": spec.protocol.model_copy(update={"token_limit": 9, "repairs": 1})}
    )
    script, model = (publication_of(tight, "own", one) for one in (SCRIPTS, MODELS))
    assert (script.outlet, script.audience, script.token_limit, script.templates) == (None,) * 3 + (
        {},
    )
    assert model.outlet == MODELS.influence.writing.outlet
    assert (model.words, model.token_limit, model.repairs) == (100, 9, 1)
    names = ("complaint", "system", "talks", "task")
    assert set(model.templates) == {f"publication/{name}" for name in names}
    assert script.seed == model.seed != spec.seed
    assert script.inputs == {"talks": tight.id}


def test_the_kind_is_registered_and_says_what_it_takes(scenario: Scenario) -> None:
    assert isinstance(kind_of("publication"), PublicationKind)
    spec = make_spec(scenario)
    script, model = (publication_of(spec, "own", one) for one in (SCRIPTS, MODELS))
    assert KIND.foreseen(script) == {}
    (foreseen,) = KIND.foreseen(model).values()
    assert (foreseen.calls, foreseen.completion) == (1, 150 * 1.5 + 300)
    assert KIND.empty_body(script, VoidReason(kind="input", seat=None, detail="")).text == ""
    assert read_spec(model.model_dump_json(by_alias=True).encode()) == model


def test_a_script_writes_and_asks_nobody(scenario: Scenario) -> None:
    found = article(scenario, talks(scenario))
    assert (found.status, found.void, found.calls) == ("done", None, ())
    assert found.body.plan == {"well": "half", "fence": "us"}
    assert found.body.claims
    assert read_record(found.model_dump_json(by_alias=True).encode()) == found
    assert article(scenario, talks(scenario)).body == found.body, "the same spec, the same text"


def test_what_drives_a_script_is_in_its_id(scenario: Scenario) -> None:
    spec = make_spec(scenario)
    ids = {publication_of(spec, "own", SCRIPTS, ScriptedAuthor(echo=e)).id for e in (0, 0.5, 1)}
    assert len(ids) == 3
    assert publication_of(spec, "own", SCRIPTS).id in ids


def test_a_model_writes(scenario: Scenario) -> None:
    found, chat = commissioned(scenario, talks(scenario), lambda _: reply())
    assert (found.status, found.void) == ("done", None)
    assert (found.body.title, found.body.words, len(found.body.paragraphs)) == ("The well", 100, 2)
    assert found.body.plan == {"well": "half", "fence": None}
    assert found.body.claims == (), "what a model's words do is for judges"
    assert len(chat.asked) == len(found.calls) == 1
    assert found.calls[0].seat == "author"
    assert read_record(found.model_dump_json(by_alias=True).encode()) == found


def test_an_answer_out_of_form_is_asked_again_and_counted(scenario: Scenario) -> None:
    replies = iter(["No.", reply({"well": "sell", "fence": None}, words=20), reply()])
    found, chat = commissioned(scenario, talks(scenario), lambda _: next(replies))
    assert found.status == "done"
    assert len(found.body.repairs) == len(list(found.repairs())) == 2
    complaint = chat.asked[2].messages[-1]["content"]
    assert "'text' has 20 words. Write 67 to 150." in complaint
    assert "'plan.well' must be one of 'mine', 'half', 'yours', or null, not 'sell'." in complaint
    assert "up to 2 more times" in complaint
    assert [one.messages[:2] for one in chat.asked] == [chat.asked[0].messages[:2]] * 3


@pytest.mark.parametrize("said", [REFUSAL, "I would rather not.", '{"title": "x"}', ""])
def test_an_author_who_gives_nothing_usable_leaves_no_article(
    scenario: Scenario, said: str | ModelReply
) -> None:
    found, chat = commissioned(scenario, talks(scenario), lambda _: said)
    assert found.status == "void"
    assert found.void is not None
    assert (found.void.kind, found.void.seat) == ("reply", "author")
    assert (found.body.text, found.body.plan, found.body.claims) == ("", {}, ())
    assert len(chat.asked) == len(list(found.repairs())) == 4


def test_a_server_that_fails_leaves_it_to_be_played_again(scenario: Scenario) -> None:
    found, _ = commissioned(scenario, talks(scenario), lambda _: ModelError("the server is gone"))
    assert found.status == "failed"
    assert found.void is not None
    assert found.void.kind == "endpoint"


def test_a_limit_of_the_protocol_holds_for_an_article(scenario: Scenario) -> None:
    spec = make_spec(scenario)
    protocol = spec.protocol.model_copy(update={"token_limit": 30})
    record = talks(scenario, spec=spec.model_copy(update={"protocol": protocol}))
    found, chat = commissioned(scenario, record, lambda _: "No.")
    assert found.void is not None
    assert (found.status, found.void.kind) == ("void", "limit")
    assert len(chat.asked) == 2


def test_attempts_are_sampled_apart(scenario: Scenario) -> None:
    count = itertools.count()
    found, chat = commissioned(
        scenario, talks(scenario), lambda _: reply() if next(count) else "No."
    )
    assert found.status == "done"
    assert len({request.seed for request in chat.asked}) == 2


def test_the_author_is_the_delegate_of_the_other_seat(scenario: Scenario) -> None:
    found = publication_of(make_spec(scenario), "own", SCRIPTS).author
    assert (found.seat, found.principal, found.role) == ("u", "a", Role.DELEGATE)
