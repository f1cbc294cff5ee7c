"""How readers of news are asked, and what becomes of one that gives no usable answer."""

from __future__ import annotations

import pytest

from harness.errors import ModelError
from harness.influence.misreading import MisreadingKind
from harness.influence.news import NO_HOME
from harness.kinds import kind_of, read_record, read_spec
from harness.models.reply import ModelReply
from harness.records.misreading import MISREADING, battery
from harness.records.transcript import VoidReason
from harness.suite.influence import Framing, Reader, Trust
from tests.support.news import (
    ADDRESS,
    ALLY,
    AT_HOME,
    FROM_AN_ALLY,
    JOURNALIST,
    RIGHT,
    SO,
    by_a_model,
    held,
    planned,
    saying,
    talks_spec,
    told,
    understood,
)

TALKS = held(AT_HOME)
NEWS = told(TALKS, AT_HOME, "for_principal")
REFUSAL = ModelReply(text="", refusal="I can't help with that.")
ASKED = battery(NEWS.body.facts) if NEWS.body.facts is not None else ()


def test_a_scripted_panel_is_one_stage_and_models_are_one_each() -> None:
    _, scripted = planned(talks_spec(AT_HOME))
    assert list(scripted) == ["understood"]
    assert [one.id for one in scripted["understood"].readers] == ["ally", "journalist"]
    _, models = planned(talks_spec(AT_HOME), model=ADDRESS)
    assert list(models) == ["understood_ally", "understood_journalist"]
    assert all(len(spec.readers) == 1 for spec in models.values())
    assert planned(talks_spec(AT_HOME), model="scripted")[1] == scripted


def test_what_moves_a_script_alone_is_in_no_id_of_a_model() -> None:
    believer = ALLY.model_copy(update={"trust": Trust(experts=1.0), "prior": 0.3, "advises": True})

    def ids(reader: Reader, model: str | None) -> list[str]:
        stages = planned(talks_spec(AT_HOME), model=model, panel=(reader,))[1]
        return [spec.id for spec in stages.values()]

    assert ids(believer, ADDRESS) == ids(ALLY, ADDRESS)
    assert ids(believer, None) != ids(ALLY, None)


def test_limits_of_the_talks_hold_for_a_model_that_reads() -> None:
    talks = talks_spec(AT_HOME)
    rules = talks.protocol.model_copy(update={"repairs": 0, "token_limit": 900, "time_limit": 60.0})
    talks = talks.model_copy(update={"protocol": rules})
    spec = planned(talks, model=ADDRESS)[1]["understood_ally"]
    assert (spec.repairs, spec.token_limit, spec.time_limit) == (0, 900, 60.0)
    script = planned(talks)[1]["understood"]
    assert (script.token_limit, script.time_limit) == (None, None), "it takes none"


def test_framings_share_what_is_drawn() -> None:
    plain, other = (
        planned(talks_spec(AT_HOME), framing, model=ADDRESS)[1]["understood_ally"]
        for framing in ("plain", "despite")
    )
    assert plain.seed == other.seed
    assert plain.id != other.id


def test_a_script_reads_for_all_without_a_call() -> None:
    spec = planned(talks_spec(AT_HOME), "for_principal")[1]["understood"]
    record, chat = understood(NEWS, spec, AT_HOME)
    assert (record.status, record.calls, chat.asked) == ("done", (), [])
    assert [one.reader for one in record.body.readers] == ["ally", "journalist"]
    assert all(one.answers.keys() == RIGHT.keys() for one in record.body.readers)


def test_a_model_answers_all_in_one_call() -> None:
    record, chat = by_a_model(NEWS, TALKS, AT_HOME, saying(RIGHT, 4))
    assert (record.status, len(chat.asked), len(record.calls)) == ("done", 1, 1)
    (one,) = record.body.readers
    assert one.answers == {question.id: question.right for question in ASKED}
    assert one.chances == {name: so for name, so in SO.items() if name != "sent_by_home"}
    assert (one.trust, one.side, one.calls) == (4.0, "ally", (0,))
    assert read_record(record.model_dump_json(by_alias=True).encode()) == record
    assert read_spec(record.spec.model_dump_json(by_alias=True).encode()) == record.spec


def test_a_reply_out_of_form_is_asked_again_and_counted() -> None:
    replies = iter(["They spoke for nobody."])
    good = saying(RIGHT)
    record, chat = by_a_model(NEWS, TALKS, AT_HOME, lambda one: next(replies, None) or good(one))
    assert record.status == "done"
    assert len(chat.asked) == 2
    assert f"up to {record.spec.repairs} more times" in chat.asked[1].messages[-1]["content"]
    assert len(list(record.repairs())) == 1


@pytest.mark.parametrize("reply", [REFUSAL, "nonsense", '{"spoke_for": "A"}', ""])
def test_a_reader_without_a_usable_answer_is_missing(reply: str | ModelReply) -> None:
    record, chat = by_a_model(NEWS, TALKS, AT_HOME, lambda _: reply)
    assert record.status == "void"
    assert record.void is not None
    assert (record.void.kind, record.void.seat) == ("reply", "ally")
    assert record.body.readers == ()
    assert len(chat.asked) == 1 + record.spec.repairs


def test_a_server_that_fails_leaves_it_to_be_played_again() -> None:
    record, _ = by_a_model(NEWS, TALKS, AT_HOME, lambda _: ModelError("the server is gone"))
    assert record.status == "failed"
    assert record.body.readers == ()


def test_where_there_is_no_item_nobody_is_asked() -> None:
    nothing = told(TALKS, AT_HOME, "for_home")
    record, chat = by_a_model(nothing, TALKS, AT_HOME, saying(RIGHT))
    assert (record.status, chat.asked, record.body.readers) == ("done", [], ())
    assert record.body.missing == NO_HOME


@pytest.mark.parametrize("framing", ["for_principal", "for_home", "despite", "plain"])
def test_no_reader_is_told_how_it_is_told_or_what_is_right(framing: Framing) -> None:
    """Nor anything private: no value, no red line, no profile."""
    talks = held(FROM_AN_ALLY)
    news = told(talks, FROM_AN_ALLY, framing)
    record, chat = by_a_model(news, talks, FROM_AN_ALLY, saying(RIGHT), JOURNALIST)
    assert record.status == "done"
    system, sheet = (message["content"] for message in chat.asked[0].messages)
    shown = f"{system}\n{sheet}".replace(news.body.headline, "")
    shown += str(chat.asked[0].schema_name) + str(chat.asked[0].schema)
    for word in (
        "framing",
        "misread",
        "mislead",
        "misunder",
        "correct",
        "right answer",
        " 0.",
        "so:",
    ):
        assert word not in shown.lower()
    for name in ("for_principal", "for_home", "despite_", "needs water", "deal_reward"):
        assert name not in shown
    assert "`spoke_for`" in sheet
    assert "(no party)" in system


def test_the_kind_is_registered_and_says_what_it_takes() -> None:
    kind = kind_of(MISREADING)
    assert isinstance(kind, MisreadingKind)
    model = planned(talks_spec(AT_HOME), model=ADDRESS)[1]["understood_ally"]
    (found,) = kind.foreseen(model).values()
    assert found.calls == 1
    talks = held(FROM_AN_ALLY)
    _, chat = by_a_model(told(talks, FROM_AN_ALLY), talks, FROM_AN_ALLY, saying(RIGHT))
    assert found.prompt > sum(len(one["content"]) for one in chat.asked[0].messages) / 4
    assert kind.foreseen(planned(talks_spec(AT_HOME))[1]["understood"]) == {}
    empty = kind.empty_body(model, VoidReason(kind="input", seat=None, detail=""))
    assert empty.readers == ()
