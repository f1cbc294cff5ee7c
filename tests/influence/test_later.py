"""Later real talks: what is planned, what is heard, and what becomes of them."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import pytest

from harness.delegations.seating import thread_id
from harness.incentives.hand import held_out
from harness.incentives.stake import believe, stake
from harness.incentives.tracks import OFFICIAL
from harness.influence.later import LaterKind
from harness.influence.later_inputs import hand_of
from harness.kinds import foreseen_of, kind_of, read_record, read_spec, view_of
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.records.later import LaterSpec
from harness.records.spec import StageSpec, TalksSpec
from harness.records.transcript import StageRecord, VoidReason
from harness.stages.base import Planning, unplayed
from harness.suite.influence import Influence, Later, Then
from harness.talks.stage import TalksKind
from tests.support.chats import FakeChat
from tests.support.later import (
    ADDRESS,
    DISPUTE,
    article,
    bench_of,
    later,
    meeting,
    panel,
    panels,
    planned,
    played,
    values,
)

KIND = LaterKind()
LEAVES = json.dumps(
    {"private_thoughts": "", "move": {"action": "walk_out"}, "public_words": "We leave."}
)


def leaving(_: Request) -> str:
    return LEAVES


# --- planning -----------------------------------------------------------------------------------


def plan(
    then: Later | None, *, models: tuple[str, ...] = (), nodes: tuple[str, ...] = ()
) -> list[LaterSpec]:
    """What follows talks in an arm, where ``nodes`` have been planned before."""
    first = planned("1.5")
    spec = planned(models=models)
    others: dict[str, StageSpec] = {
        name: StageSpec(kind="readership", version=n) for n, name in enumerate(nodes, 1)
    }
    planning = Planning(
        "s",
        {},
        then={} if then is None else {"arm": Then(reading=True, later=then)},
        influence=Influence(quorum=2),
        later=lambda *_: spec,
    )
    found = list(KIND.next_stages("arm", {"talks": first, **others}, planning))
    assert all(name == "later" for name, _ in found)
    return [spec for _, spec in found]


BOTH = ("article", "before", "after")


def test_an_arm_without_later_talks_has_none() -> None:
    assert plan(None) == []


def test_with_both_links_off_it_is_the_same_stage_in_every_arm() -> None:
    (one,) = plan(Later(readers=False, hand=False), nodes=BOTH)
    assert one == later()
    text = one.model_dump(mode="json")
    assert set(text) == {
        "kind", "version", "scenario", "scenario_hash", "twin", "seed", "talks",
    }  # fmt: skip


def test_a_link_is_in_the_spec_where_somebody_reads_it() -> None:
    (one,) = plan(Later(), nodes=BOTH)
    assert set(one.inputs) == {"before", "after", "meeting"}, "a script reads no article"
    assert (one.advising, one.quorum) == (("official", "legislator"), 2)
    assert (one.persuadable, one.caution, one.templates) == (0.5, 0.5, {})
    (hand,) = plan(Later(readers=False), nodes=BOTH)
    assert (set(hand.inputs), hand.advising, hand.persuadable) == ({"meeting"}, None, None)
    (readers,) = plan(Later(hand=False), nodes=BOTH)
    assert (set(readers.inputs), readers.caution) == ({"before", "after"}, None)
    assert len({one.id, hand.id, readers.id, later().id}) == 4
    (nobody,) = plan(Later(hand=False))
    assert nobody == later(), "a link that nobody carries is off"


def test_a_model_reads_papers_and_no_parameter() -> None:
    (one,) = plan(Later(), models=("o", "u"), nodes=BOTH)
    assert set(one.inputs) == {"article", "before", "after", "meeting"}
    assert (one.persuadable, one.caution) == (None, None)
    assert set(one.templates) == {"later/advice", "later/memorandum"}
    (mixed,) = plan(Later(), models=("o",), nodes=BOTH)
    assert (mixed.persuadable, mixed.caution) == (0.5, None)
    assert (set(mixed.templates), "article" in mixed.inputs) == ({"later/memorandum"}, False)


def test_readers_of_models_are_read_one_by_one() -> None:
    nodes = tuple(
        f"{when}_{one}"
        for one in ("official", "legislator", "ally")
        for when in ("before", "after")
    )
    (one,) = plan(Later(hand=False), nodes=nodes)
    assert set(one.inputs) == {name for name in nodes if "ally" not in name}


# --- a quorum -----------------------------------------------------------------------------------


def test_a_quorum_is_enough_and_nothing_stands_for_a_meeting() -> None:
    assert kind_of("later").name == "later"
    nodes = {
        f"{w}_{r}": panel(1, {}) for r in ("official", "legislator") for w in ("before", "after")
    }
    spec = later({**nodes, "meeting": meeting()}, advising=("official", "legislator"), quorum=1)
    assert KIND.can_play(spec, ("after_official",))
    assert not KIND.can_play(spec, ("after_official", "before_legislator"))
    assert not KIND.can_play(spec, ("meeting",))
    assert not KIND.can_play(later(panels()), ("after",))
    assert KIND.can_play(later(), ())


def test_too_few_answers_leave_a_void_that_says_so() -> None:
    inputs = panels()
    inputs["after"] = panel(2, {"official": values(0.5), "legislator": {}})
    found = played(later(inputs, quorum=2, persuadable=0.5), inputs)
    assert found.void is not None
    assert (found.status, found.void.kind) == ("void", "input")
    assert "1 of the 2 readers" in found.void.detail
    assert (found.body.heard, found.body.unheard) == (1, ("legislator",))
    assert found.body.outcome.kind == "void"
    enough = played(later(inputs, quorum=1, persuadable=0.5), inputs)
    assert (enough.status, enough.body.heard) == ("done", 1)


def test_a_stage_that_cannot_be_played_says_why() -> None:
    why = VoidReason(kind="input", seat=None, detail="it reads meeting, which has no result")
    record = unplayed(KIND, later({"meeting": meeting()}, caution=0.5), why).record
    assert read_record(record.model_dump_json(by_alias=True).encode()) == record
    assert record.body.heard is None


# --- scripts ------------------------------------------------------------------------------------


def plain(talks: TalksSpec) -> StageRecord:
    return asyncio.run(TalksKind().play(talks, {}, bench_of())).record


@pytest.mark.parametrize("opener", ["o", "u"])
def test_without_links_and_at_parameters_of_0_it_is_the_plain_talks(opener: str) -> None:
    talks = planned(opener=opener, debrief=True)
    told = plain(talks).body
    inputs = {**panels(), "meeting": meeting()}
    for spec, read in (
        (later(talks=talks), {}),
        (later(inputs, talks=talks, persuadable=0.0, caution=0.0), inputs),
    ):
        body = played(spec, read).body
        assert (body.turns, body.outcome, body.debriefs, body.order) == (
            told.turns, told.outcome, told.debriefs, told.order,
        )  # fmt: skip


def test_readers_move_what_is_accepted_and_a_hand_what_is_held() -> None:
    inputs: dict[str, StageRecord] = {**panels(0.9, 0.0), "meeting": meeting()}
    soft = played(later(panels(0.9, 0.0), persuadable=1.0), panels(0.9, 0.0)).body
    hard = played(later({"meeting": inputs["meeting"]}, caution=1.0), inputs).body
    told = played(later()).body
    leaving = [body.turns[1].move.thoughts.rpartition("leaving ")[2] for body in (told, soft)]
    assert leaving[0] == leaving[1], "readers speak of terms, not of leaving"
    assert soft.turns != told.turns
    assert hard.turns != told.turns
    assert hard.hand is not None
    assert hard.hand.proposals == 3
    assert soft.hand is None


@pytest.mark.parametrize("caution", [0.3, 1.0])
def test_nothing_below_the_floor_is_offered_or_accepted(caution: float) -> None:
    held = meeting()
    hand = hand_of(held, DISPUTE, "a")
    own = stake(DISPUTE, "b", believe(DISPUTE, "b", 1, OFFICIAL, 3), OFFICIAL)
    floor = held_out(own, DISPUTE, hand, caution).least
    assert floor > own.no_deal
    put = []
    for opener in ("o", "u"):
        spec = later({"meeting": held}, talks=planned(opener=opener), caution=caution)
        body = played(spec, {"meeting": held}).body
        moves = [turn.move for turn in body.turns if turn.seat == "o" and turn.move is not None]
        put += [move.package for move in moves if move.package is not None]
        put += [body.outcome.package] if body.outcome.package is not None else []
    assert put
    assert all(own.of(DISPUTE.indices(package)) >= floor - 1e-9 for package in put)


def test_at_a_meeting_where_nothing_was_put_nothing_is_learned() -> None:
    held = meeting([("u", "pass"), ("o", "pass")])
    found = played(later({"meeting": held}, caution=1.0), {"meeting": held}).body
    assert found.hand is None
    assert found.turns == played(later()).body.turns


def test_what_is_left_reads_back_and_is_measured_as_talks() -> None:
    inputs = {**panels(), "meeting": meeting()}
    spec = later(inputs, persuadable=0.5, caution=0.5)
    record = played(spec, inputs)
    line = record.model_dump_json(by_alias=True).encode()
    assert read_record(line) == record
    assert read_spec(spec.model_dump_json(by_alias=True).encode()) == spec
    transcript = record.transcript
    assert (transcript.id, transcript.spec) == (spec.id, spec.talks)
    assert transcript.kind == "talks"
    assert transcript.body is record.body
    assert "stage" not in json.loads(line)["spec"]["talks"]


def test_stages_with_the_same_talks_share_neither_threads_nor_replies() -> None:
    seated: list[TalksSpec] = []
    one, two = later({"meeting": meeting()}, caution=0.5), later(panels(), persuadable=0.5)
    asyncio.run(KIND.play(one, {"meeting": meeting()}, bench_of(seated=seated)))
    asyncio.run(KIND.play(two, panels(), bench_of(seated=seated)))
    assert [spec.id for spec in seated] == [one.id, two.id]
    assert one.talks == two.talks
    threads = {thread_id(spec, "u") for spec in (*seated, one.talks)}
    assert len(threads) == 3


# --- models -------------------------------------------------------------------------------------


def shown(chat: FakeChat) -> list[str]:
    return ["\n\n".join(m["content"] for m in asked.messages) for asked in chat.asked]


def with_models(inputs: Mapping[str, StageRecord], opener: str, **links: Any) -> FakeChat:
    """A model in both seats, of which the one that opens leaves at once."""
    chat = FakeChat(leaving)
    talks = planned(models=("o", "u"), opener=opener)
    found = played(later(inputs, talks=talks, **links), inputs, chat)
    assert found.body.outcome.kind == "walk_out"
    return chat


def canaries() -> tuple[StageRecord, dict[str, StageRecord]]:
    """A meeting and readers with a canary in everything that is nobody's business."""
    held = meeting(words="CANARYWORDS")
    turns = tuple(
        dataclasses.replace(
            turn,
            thoughts="CANARYTHOUGHT",
            move=dataclasses.replace(turn.move, thoughts="CANARYTHOUGHT") if turn.move else None,
        )
        for turn in held.body.turns
    )
    return held.model_copy(update={"body": held.body.model_copy(update={"turns": turns})}), panels(
        byline="experts"
    )


def test_a_model_reads_its_papers_after_its_briefing_and_nobody_elses() -> None:
    held, said = canaries()
    inputs = {**said, "article": article(), "meeting": held}
    (to_u,) = shown(with_models(inputs, "u"))
    (to_o,) = shown(with_models(inputs, "o"))
    assert to_u.index("Briefing from home") < to_u.index("The talks begin"), (
        "who speaks first is last"
    )
    assert "Let them have the fence." in to_u
    assert "memorandum" not in to_u
    assert "A memorandum on an earlier meeting".lower() in to_o.lower()
    assert "well: half" in to_o
    assert "Briefing from home" not in to_o
    assert "Let them have the fence." not in to_o
    for text in (to_u, to_o):
        assert "CANARY" not in text
        assert "persuadable" not in text
        assert "caution" not in text


def test_the_standing_briefing_is_that_of_any_talks() -> None:
    inputs = {**panels(byline="official"), "article": article(), "meeting": meeting()}
    for opener in ("o", "u"):
        with_papers, without = with_models(inputs, opener), with_models({}, opener)
        system, first = (chat.asked[0].messages for chat in (with_papers, without))
        assert system[0] == first[0], "the same bytes, so that a cache serves them"
        added, plain_first = system[1]["content"], first[1]["content"]
        head, _, order = plain_first.partition("\n\n## Round")[0].partition("# The talks begin")
        assert added.startswith(head), "the papers come after what all read"
        assert f"# The talks begin{order}" in added.removeprefix(head), "and before they begin"


def test_prompts_only_grow() -> None:
    replies = iter(["no JSON", LEAVES])
    chat = FakeChat(lambda _: next(replies))
    held = meeting()
    talks = planned(models=("o",), opener="o")
    played(later({"meeting": held}, talks=talks), {"meeting": held}, chat)
    one, two = (list(asked.messages) for asked in chat.asked)
    assert two[: len(one)] == one


@pytest.mark.parametrize(
    "reply", ["no JSON", ModelReply(text="", refusal="I can't help with that.")]
)
def test_a_model_that_refuses_or_rambles_leaves_a_void_and_no_move(reply: Any) -> None:
    talks = planned(models=("u",), opener="u")
    said = panels(byline="experts")
    found = played(later(said, talks=talks), said, FakeChat(lambda _: reply))
    assert found.void is not None
    assert (found.status, found.void.kind, found.void.seat) == ("void", "reply", "u")
    assert found.body.turns == ()
    assert found.body.heard == 2, "what it has read is known all the same"
    assert found.calls


def test_what_it_takes_is_foreseen() -> None:
    inputs = {**panels(), "article": article(), "meeting": meeting()}
    assert foreseen_of(later(inputs, persuadable=0.5, caution=0.5)) == {}
    assert view_of(later(), lambda *_: DISPUTE) is None
    talks = planned(models=("o", "u"), debrief=True)
    plain_talks, with_papers = (
        foreseen_of(later(read, talks=talks))[ADDRESS] for read in ({}, inputs)
    )
    assert plain_talks.calls == with_papers.calls == 2 * (4 + 1)
    assert with_papers.prompt > plain_talks.prompt + 5000
    seen = view_of(later(talks=talks), lambda *_: DISPUTE)
    assert seen is not None
    assert seen.seat == "o"


def test_without_an_article_the_paper_does_not_speak_of_one() -> None:
    (to_u,) = shown(with_models(panels(), "u"))
    assert "article" not in to_u.partition("Briefing from home")[2]
