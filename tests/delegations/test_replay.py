"""A record plays itself again, to the letter, or says where it no longer can."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from harness.delegations.base import Answer, Delegation, MadeCall
from harness.delegations.language_model import LanguageModelDelegation
from harness.delegations.replay import (
    RecordedSeat,
    ReplayChat,
    recorded_failure,
    recorded_reply,
    replayed_seats,
)
from harness.disputes.scenario import Scenario
from harness.errors import LimitReachedError, ModelError, RecordError
from harness.files.catalogue import data_root
from harness.models.reply import AgentUse, ModelReply
from harness.models.request import Request
from harness.prompting.talks import Prompts
from harness.records.reader import RunFolder
from harness.records.spec import TalksSpec
from harness.records.transcript import (
    Call,
    CallTiming,
    Debrief,
    Transcript,
    VoidReason,
)
from harness.suite.parts import Member
from harness.talks.table import PlayedTalks, Table
from tests.support.chats import FakeChat
from tests.support.disputes import small
from tests.support.golden import make_golden
from tests.support.puppets import Puppet, accepting, passing, proposing, scripted
from tests.support.transcripts import make_transcript
from tests.support.views import track


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return make_golden(tmp_path_factory.mktemp("golden") / "run")


def of_arm(folder: RunFolder, arm: str) -> Transcript:
    (found,) = (t for t in folder.transcripts() if folder.place(t.id).arm == arm)
    return found


def replay(
    folder: RunFolder, transcript: Transcript, prompts: Prompts | None = None
) -> PlayedTalks:
    scenario = folder.info.scenario(transcript.spec.scenario, transcript.spec.twin)
    spec = transcript.spec
    assert isinstance(spec, TalksSpec)
    seats = replayed_seats(
        spec, transcript, prompts or Prompts(), texts=folder.messages, where="the-run"
    )
    return asyncio.run(Table(spec, scenario, seats).play())


@pytest.mark.parametrize("arm", ["deal", "apart", "babble", "dead"])
def test_every_kind_of_ending_comes_out_to_the_letter(golden: RunFolder, arm: str) -> None:
    """Caucus, consultation, repairs; a debrief without an answer; a void; a failed endpoint."""
    recorded = of_arm(golden, arm)
    played = replay(golden, recorded)
    assert played.record.model_dump_json() == recorded.model_dump_json()
    shown = {key for call in recorded.calls for key in call.prompt}
    assert golden.messages(shown) == {k: v for k, v in played.messages.items() if k in shown}
    assert [timing.attempts for timing in played.timing.calls] == [0] * len(recorded.calls)


@pytest.mark.kind("G4")
def test_all_that_a_call_says_of_its_reply_comes_out_again(golden: RunFolder) -> None:
    call = next(call for t in golden.transcripts() for call in t.calls)
    told: dict[str, Any] = {
        "thinking": "is all there is",
        "reasoning": "They want dates.",
        "reasoning_cut": 4,
        "inside": AgentUse(calls=2, models=("m",)),
        "refusal": "no",
        "finish_reason": "length",
    }
    reply = recorded_reply(replace(call, **told), None)
    assert {name: getattr(reply, name) for name in told} == told
    shared = set(ModelReply.model_fields) & {field.name for field in fields(Call)} - {"usage"}
    assert shared - {"how"} == set(told), "a new field of both is to be read here too"


def test_a_changed_template_is_named_with_call_and_message(
    golden: RunFolder, tmp_path: Path
) -> None:
    folder = tmp_path / "prompts"
    shutil.copytree(data_root("prompts"), folder)
    with (folder / "talks" / "system.md.j2").open("a", encoding="utf-8") as template:
        template.write("\nOnce more: all of it is true.\n")
    recorded = of_arm(golden, "apart")
    with pytest.raises(RecordError) as raised:
        replay(golden, recorded, Prompts(folder))
    said = str(raised.value)
    assert f"dialogue {recorded.id} cannot be replayed: call 0 (seat " in said
    assert "message 1 of its prompt (system) differs: recorded '" in said
    assert "Once more: all of it is true." in said
    assert raised.value.where == "the-run"


def ask(chat: ReplayChat, messages: Any, purpose: str = "move") -> Any:
    return asyncio.run(chat.complete(Request(messages, schema_name=purpose)))


def test_a_call_too_many_is_no_reply(golden: RunFolder) -> None:
    recorded = of_arm(golden, "apart")
    cut = recorded.model_copy(update={"calls": recorded.calls[:1]})
    with pytest.raises(RecordError, match=r"asks for a move after its \d recorded calls"):
        replay(golden, cut)


def test_another_purpose_and_another_length_are_said(golden: RunFolder) -> None:
    recorded = of_arm(golden, "apart")
    seat = recorded.calls[0].seat
    first = golden.messages(recorded.calls[0].prompt)
    prompt = [{"role": first[key][0], "content": first[key][1]} for key in recorded.calls[0].prompt]
    with pytest.raises(RecordError, match=r"call 0 .* is now for a caucus"):
        ask(ReplayChat(recorded, seat), prompt, "caucus")
    with pytest.raises(RecordError, match="its prompt has 1 messages, the recorded one 2"):
        ask(ReplayChat(recorded, seat), prompt[:1])
    timings = {0: CallTiming(call=0, seconds=2.5, attempts=4, cached_tokens=3)}
    reply = ask(ReplayChat(recorded, seat, timings=timings), prompt)
    assert reply.text == recorded.calls[0].reply
    assert (reply.seconds, reply.attempts, reply.usage.cached) == (2.5, 0, 3)


def test_recorded_failures_are_told_apart(scenario: Scenario) -> None:
    def of(kind: Any, seat: str | None) -> Any:
        reason = VoidReason(kind=kind, seat=seat, detail="down\n  fix: up")
        return recorded_failure(make_transcript(scenario, [], void=reason), "u", debrief=False)

    def debriefed(u: Debrief) -> Any:
        return recorded_failure(make_transcript(scenario, [], debriefs={"u": u}), "u", debrief=True)

    assert isinstance(of("endpoint", "u"), ModelError)
    assert str(of("endpoint", "u")) == "down\n  fix: up"
    assert not of("endpoint", "u").final
    assert of("prompt", "u").final
    assert isinstance(of("budget", None), LimitReachedError)
    assert of("endpoint", "o") is None
    assert of("reply", "u") is None
    assert of("limit", None).account == "limit"
    assert of("delegation", "u").account == "delegation"
    assert debriefed(Debrief(problem="no answer in time")).what == "no answer in time"
    assert debriefed(Debrief()) is None


# A seat that the user's own delegation played


def calling(answer: Answer, *replies: str) -> Answer:
    """``answer`` of seat o, behind model calls of its own."""
    made = [
        MadeCall(
            Call(index=-1, seat="o", purpose="move", model="mine", prompt=("f" * 16,), reply=reply),
            seconds=1.0,
            attempts=1,
        )
        for reply in replies
    ]
    return Answer(move=answer.move, words=answer.words, problem=answer.problem, calls=made)


def custom(spec: TalksSpec) -> TalksSpec:
    seats = tuple(
        s.model_copy(update={"kind": "custom", "model": "mine:Own", "members": ()})
        for s in spec.seats
    )
    return spec.model_copy(update={"seats": seats})


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


HALF = (1, 1)


def plays_again(spec: TalksSpec, scenario: Scenario, **seats: Delegation) -> PlayedTalks:
    made = asyncio.run(Table(spec, scenario, seats).play()).record
    again = asyncio.run(Table(spec, scenario, replayed_seats(spec, made, None)).play())
    assert again.record.model_dump_json() == made.model_dump_json()
    return again


def test_own_delegations_say_again_what_they_said(scenario: Scenario) -> None:
    spec = custom(track(scenario, "1"))
    o = scripted(
        [
            calling(Answer(problem="I lost my notes."), "a", "b"),
            Answer(problem="I lost them again."),
            calling(Answer(move=proposing(scenario, HALF)), "c", "d"),
            accepting("nobody-1"),  # the table's own objection
            passing(),
        ]
    )
    u = scripted([passing(), accepting("o-1"), accepting("o-1")])
    again = plays_again(spec, scenario, o=o, u=u)
    talks = again.record.body
    assert talks.outcome.kind == "deal"
    assert [call.reply for call in again.record.calls] == ["a", "b", "c", "d"]
    assert len(next(t for t in talks.turns if t.seat == "o").repairs) == 2


def test_own_delegations_fail_again_as_they_failed(scenario: Scenario) -> None:
    spec = custom(track(scenario, "1"))
    hopeless = [calling(Answer(problem="no"), f"{n}") for n in range(4)]
    again = plays_again(spec, scenario, o=scripted(hopeless), u=scripted([]))
    assert again.record.status == "void"
    assert len(again.record.calls) == 4

    def down(view: Any, complaint: str | None) -> Answer:
        raise ModelError("down", where="mine", fix="up")

    again = plays_again(spec, scenario, o=Puppet(down), u=scripted([]))
    assert again.record.status == "failed"


@pytest.mark.kind("S9")
def test_a_hint_for_the_user_is_in_the_reason_and_never_in_a_complaint(
    scenario: Scenario,
) -> None:
    """Whether the record plays a model's seat again or one of the user's own."""
    only_thought = ModelReply(text="", finish_reason="stop", thinking="holds the answer")
    spec = track(scenario, "1.5")
    prompts = Prompts()

    def seated(spec: TalksSpec) -> dict[str, Delegation]:
        return {
            seat.seat: LanguageModelDelegation(
                seat=seat.seat,
                chat=FakeChat(lambda _: only_thought),
                prompts=prompts,
                settings=seat.settings,
                seed=spec.seed,
                model_name="openai/fake",
            )
            for seat in spec.seats
        }

    made = asyncio.run(Table(spec, scenario, seated(spec)).play())
    void = made.record.void
    assert void is not None
    assert void.detail.endswith("in models.yaml")
    assert "the reasoning field" in void.detail
    assert all("models.yaml" not in repair.error for repair in void.repairs)
    assert all("models.yaml" not in text for _, text in made.messages.values())
    recorded = Transcript.model_validate_json(made.record.model_dump_json())
    assert recorded == made.record
    for again in (
        replayed_seats(spec, recorded, prompts),
        {seat.seat: RecordedSeat(recorded, seat.seat) for seat in spec.seats},
    ):
        record = asyncio.run(Table(spec, scenario, again).play()).record
        assert record.void == recorded.void
        assert [call.thinking for call in record.calls] == ["holds the answer"] * len(record.calls)


@pytest.mark.kind("S9")
def test_a_hint_about_a_debrief_is_said_again(scenario: Scenario) -> None:
    spec = custom(track(scenario, "1"))

    class Hinting(Puppet):
        async def debrief(self, view: Any, complaint: str | None) -> Answer:
            return Answer(problem="It was empty.", hint="turn thinking off")

    o = Hinting(lambda view, complaint: Answer(move=passing()))
    talks = plays_again(spec, scenario, o=o, u=scripted([])).record.body
    assert (talks.debriefs["o"].problem or "").endswith("It was empty. - turn thinking off")


class Mute(Puppet):
    """Plays, and has no usable debrief."""

    async def debrief(self, view: Any, complaint: str | None) -> Answer:
        return calling(Answer(problem="I would rather not say."), "...")


def test_own_delegations_hold_their_caucus_and_debrief_again(scenario: Scenario) -> None:
    member = Member(id="lawyer", title="adviser", remit="the law")
    spec = custom(track(scenario, "1"))
    seats = tuple(seat.model_copy(update={"members": (member,)}) for seat in spec.seats)
    spec = spec.model_copy(update={"seats": seats})
    mute = Mute(lambda view, complaint: Answer(move=passing()))
    talks = plays_again(spec, scenario, o=mute, u=scripted([])).record.body
    assert talks.debriefs["o"].problem is not None
    assert len(talks.debriefs["o"].repairs) == spec.protocol.repairs + 1
    assert talks.debriefs["u"].gave_more == "equal"
    assert any(turn.words == "advice of lawyer" for turn in talks.turns)


def test_more_than_was_recorded_is_no_answer(scenario: Scenario) -> None:
    spec = custom(track(scenario, "1"))
    made = asyncio.run(Table(spec, scenario, {"o": scripted([]), "u": scripted([])}).play())
    seat = RecordedSeat(made.record, "o")
    view: Any = None
    for _ in range(len([t for t in made.record.body.turns if t.seat == "o"])):
        assert asyncio.run(seat.move(view, None)).move is not None
    with pytest.raises(RecordError, match="asked for more than the record holds"):
        asyncio.run(seat.move(view, None))
