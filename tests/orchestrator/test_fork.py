"""Forking: what was said stays said, and what is changed counts from the turn on."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.bargaining.tactics import tactic_from
from harness.delegations.fork import as_reply
from harness.delegations.scripted import ScriptedDelegation
from harness.errors import RecordError, UsageError
from harness.models.request import Request
from harness.orchestrator.fork import (
    ForkPlan,
    Player,
    fork_seats,
    forked_seats,
    make_forks,
    played_here,
    settable,
)
from harness.orchestrator.plan import Plan
from harness.prompting.talks import Prompts
from harness.records.episodes import Place, places_of
from harness.records.reader import RunFolder
from harness.records.spec import TalksSpec
from harness.records.transcript import Transcript, Turn
from harness.suite.suite import Suite
from harness.talks.table import Table
from tests.support import run_folders
from tests.support.chats import FakeChat, move_json
from tests.support.debriefs import agreed_in, debrief_of
from tests.support.disputes import small, write
from tests.support.golden import MODEL, make_golden
from tests.support.runs import play, run_info, tiny_plan

OTHER = "openai/other@http://127.0.0.1:9/v1"


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return make_golden(tmp_path_factory.mktemp("golden") / "run")


@pytest.fixture(scope="module")
def deal(golden: RunFolder) -> Transcript:
    """A caucus, an opening with a repair and a consultation in seat u; a proposal of o; a deal."""
    return of_arm(golden, "deal")


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = tmp_path_factory.mktemp("scripts")
    play(tiny_plan(write(folder)), folder / "run")
    return RunFolder(folder / "run")


def plays(asked: Request) -> str:
    """A model that passes, and answers what it is asked afterwards."""
    if asked.schema_name == "caucus":
        return json.dumps({"advice": "Wait."})
    if asked.schema_name == "debrief":
        assert asked.schema is not None
        return json.dumps(
            debrief_of(asked.schema, agreed=agreed_in(asked.messages), words="We waited.")
        )
    return move_json({"action": "pass", "position": None}, words="We pass now.")


def of_arm(folder: RunFolder, arm: str) -> Transcript:
    (found,) = (t for t in folder.transcripts() if folder.place(t.id).arms == (arm,))
    return found


def place_in(plan: Plan, stage: str) -> Place:
    """Where a stage will stand in the run of a plan."""
    return places_of(way.episode for way in plan.ways())[stage]


class Forked:
    """A played fork of a dialogue that stands in a run, or in the plan of one."""

    def __init__(
        self,
        run: RunFolder | Plan,
        recorded: Transcript,
        turn: int,
        *changes: str,
        players: dict[str, Player] | None = None,
        answer: Callable[[Request], Any] = plays,
        **more: Any,
    ) -> None:
        self.chats: dict[str, FakeChat] = {}
        seats = fork_seats(played_here(recorded), changes, players or {})
        self.prompts = Prompts()
        self.plan: ForkPlan = make_forks(
            run.info if isinstance(run, RunFolder) else run_info(run),
            recorded,
            run.place(recorded.id) if isinstance(run, RunFolder) else place_in(run, recorded.id),
            turn,
            seats,
            changes=changes,
            templates=self.prompts.hashes() if any(s.model for s in seats) else None,
            **more,
        )
        self.played = [self._play(spec, recorded, answer) for spec in self.plan.forks]
        self.transcript = self.played[0]

    def _play(self, spec: TalksSpec, recorded: Transcript, answer: Any) -> Transcript:
        def chat_of(address: str) -> FakeChat:
            return self.chats.setdefault(address, FakeChat(answer))

        scenario = self.plan.scenarios[spec.scenario].twin(spec.twin)
        seats = forked_seats(spec, recorded, chat_of, self.prompts, timings={})
        return asyncio.run(Table(spec, scenario, seats).play()).record

    @property
    def spec(self) -> TalksSpec:
        return played_here(self.transcript)

    @property
    def asked(self) -> list[Request]:
        return [asked for chat in self.chats.values() for asked in chat.asked]


def said(turns: Sequence[Turn]) -> list[Any]:
    return [(t.seat, t.kind, t.member, t.move, t.words, t.thoughts, t.offer) for t in turns]


# A model's dialogue


@pytest.mark.parametrize("turn", range(6))
def test_turns_before_are_the_records_and_turns_after_are_played(
    golden: RunFolder, deal: Transcript, turn: int
) -> None:
    forked = Forked(golden, deal, turn)
    now, then = forked.transcript, deal
    assert now.body.turns[:turn] == then.body.turns[:turn], (
        "with their repairs, calls and capital's answers"
    )
    kept = sum(len(t.calls) for t in then.body.turns[:turn])
    assert now.calls[:kept] == then.calls[:kept]
    assert len(forked.asked) == len(now.calls) - kept, "nothing is asked that was answered"
    assert all("We pass now." in t.words for t in now.body.turns[turn:] if t.kind == "statement")
    assert forked.transcript.id != deal.id
    assert forked.spec.fork is not None
    assert forked.spec.fork.of == deal.id


def test_the_threads_go_on_as_if_nothing_had_happened(golden: RunFolder, deal: Transcript) -> None:
    """Without a change, the first prompt of the fork is the one that was recorded."""
    forked = Forked(golden, deal, 2)
    first = forked.transcript.calls[sum(len(t.calls) for t in deal.body.turns[:2])]
    assert first.prompt == deal.calls[first.index].prompt


def test_only_what_came_after_the_talks_is_asked_at_their_end(
    golden: RunFolder, deal: Transcript
) -> None:
    forked = Forked(golden, deal, len(deal.body.turns))
    assert forked.transcript.body.outcome == deal.body.outcome
    assert [asked.schema_name for asked in forked.asked] == ["debrief", "debrief"]


def test_a_changed_profile_is_read_from_the_first_word_of_the_brief(
    golden: RunFolder, deal: Transcript
) -> None:
    plain = Forked(golden, deal, 4)
    changed = Forked(golden, deal, 4, "u.profile.stance=You want peace above all.")

    def system(forked: Forked, seat: str) -> str:
        calls = [a for a in forked.asked if a.schema_name == "debrief"]
        (one,) = (a for a in calls if seat not in a.schema["properties"]["others"]["properties"])  # type: ignore[index]
        return one.messages[0]["content"]

    assert "You want peace above all." in system(changed, "u")
    assert system(changed, "o") == system(plain, "o")
    profile = changed.spec.seat("u").profile
    assert profile == played_here(deal).seat("u").profile.model_copy(
        update={"stance": "You want peace above all."}
    )


def test_a_new_model_reads_the_past_as_its_own_and_the_record_keeps_who_said_it(
    golden: RunFolder, deal: Transcript
) -> None:
    turn = next(t.index for t in deal.body.turns if t.seat == "u" and t.kind == "statement") + 1
    forked = Forked(golden, deal, turn, players={"u": Player(OTHER, {"temperature": 0.5})})
    calls = [call for call in forked.transcript.calls if call.seat == "u"]
    kept = sum(len(t.calls) for t in deal.body.turns[:turn] if t.seat == "u")
    assert [call.model for call in calls] == [MODEL] * kept + [OTHER] * (len(calls) - kept)
    asked = forked.chats[OTHER].asked
    assert {one.temperature for one in asked} == {0.5}
    assert any(m["role"] == "assistant" for m in asked[-1].messages)
    assert deal.calls[deal.body.turns[turn - 1].calls[-1]].reply in {
        m["content"] for one in asked for m in one.messages
    }


def test_a_seed_changes_the_draws_of_the_fork_alone(golden: RunFolder, deal: Transcript) -> None:
    same, other = Forked(golden, deal, 3), Forked(golden, deal, 3, seed=7)
    assert other.transcript.body.order == deal.body.order
    assert same.transcript.calls == other.transcript.calls
    seeds = [{asked.seed for asked in forked.asked} for forked in (same, other)]
    assert not seeds[0] & seeds[1]
    repeated = Forked(golden, deal, 3, epochs=3)
    assert len({t.id for t in repeated.played}) == 3
    assert [way.epoch for way in repeated.plan.ways()] == [1, 2, 3]
    assert [way.talks for way in repeated.plan.ways()] == [t.spec for t in repeated.played]
    assert len({asked.seed for asked in repeated.asked}) == len(repeated.asked), "none drawn twice"


def test_a_change_that_the_past_does_not_allow_is_refused(
    golden: RunFolder, deal: Transcript
) -> None:
    consulted = next(t.index for t in deal.body.turns if t.kind == "consultation")
    change = "u.profile.consults_capital=false"
    with pytest.raises(UsageError) as raised:
        Forked(golden, deal, consulted + 1, change)
    assert f"turn {consulted} of the record cannot be kept" in str(raised.value)
    assert f"--turn {consulted} or before" in str(raised.value)
    assert Forked(golden, deal, consulted, change).transcript.status == "done"


def test_a_void_dialogue_goes_on_from_where_it_broke(golden: RunFolder) -> None:
    for arm in ("babble", "dead"):
        recorded = of_arm(golden, arm)
        forked = Forked(golden, recorded, len(recorded.body.turns))
        assert forked.transcript.status == "done"
        assert said(forked.transcript.body.turns[: len(recorded.body.turns)]) == said(
            recorded.body.turns
        )


def test_a_script_takes_over_from_a_model(golden: RunFolder, deal: Transcript) -> None:
    scripted = {"o": Player("scripted"), "u": Player("scripted")}
    forked = Forked(golden, deal, 4, players=scripted)
    assert said(forked.transcript.body.turns[:4]) == said(deal.body.turns[:4])
    assert forked.asked == []
    assert {s.tactic for s in forked.spec.seats} <= {"linear", played_here(deal).seats[0].tactic}


# A scripted dialogue


def some(folder: RunFolder, arm: str = "half") -> Transcript:
    found = (t for t in folder.transcripts() if arm in folder.place(t.id).arms)
    return next(t for t in found if len(t.body.turns) > 3)


def test_an_unchanged_fork_of_scripts_is_the_record(scripts: RunFolder) -> None:
    recorded = some(scripts)
    for turn in range(len(recorded.body.turns) + 1):
        forked = Forked(scripts, recorded, turn).transcript
        assert (forked.body, forked.calls) == (recorded.body, recorded.calls)
        assert (forked.status, forked.void) == (recorded.status, recorded.void)


def test_a_changed_script_differs_from_the_turn_on(scripts: RunFolder) -> None:
    recorded = some(scripts)
    forked = Forked(scripts, recorded, 2, "u.profile.deal_reward=0", "u.tactic=boulware")
    assert forked.transcript.body.turns[:2] == recorded.body.turns[:2]
    assert forked.transcript.body.turns[2:] != recorded.body.turns[2:]
    assert forked.spec.seat("u").tactic == "boulware"
    assert forked.spec.seat("o") == recorded.spec.seat("o")


def test_another_seed_draws_other_words_from_the_turn_on(scripts: RunFolder) -> None:
    recorded = some(scripts)
    forked = Forked(scripts, recorded, 2, seed=11)
    assert forked.transcript.body.turns[:2] == recorded.body.turns[:2]
    assert [t.words for t in forked.transcript.body.turns[2:]] != [
        t.words for t in recorded.body.turns[2:]
    ]


def test_a_model_takes_over_from_a_script_with_its_moves_in_its_thread(
    scripts: RunFolder,
) -> None:
    recorded = some(scripts)
    forked = Forked(scripts, recorded, 3, players={"u": Player(OTHER)})
    assert said(forked.transcript.body.turns[:3]) == said(recorded.body.turns[:3])
    first = forked.asked[0]
    own = [m["content"] for m in first.messages if m["role"] == "assistant"]
    moves = [t for t in recorded.body.turns[:3] if t.seat == "u"]
    assert own == [as_reply(turn) for turn in moves]
    assert own
    assert {call.seat for call in forked.transcript.calls} == {"u"}
    assert forked.transcript.calls[0].index == 0


def test_a_fork_can_be_forked(scripts: RunFolder) -> None:
    recorded = some(scripts)
    once = Forked(scripts, recorded, 3, players={"u": Player(OTHER)})
    twice = Forked(once.plan, once.transcript, 5)
    assert twice.transcript.body.turns[:5] == once.transcript.body.turns[:5]
    assert twice.spec.fork is not None
    assert twice.spec.fork.of == once.transcript.id


# The plan of a fork


def test_a_fork_is_a_run_of_its_own(golden: RunFolder, deal: Transcript) -> None:
    plan = Forked(golden, deal, 1, "u.profile.deal_reward=0.5", epochs=2).plan
    assert plan.name == f"fork-{plan.root[:8]}"
    assert len(set(plan.ids)) == 2
    assert plan.addresses == (MODEL,)
    assert Suite.model_validate_json(plan.suite.model_dump_json(by_alias=True)) == plan.suite
    assert list(plan.suite.arms) == ["deal"]
    assert "u.profile.deal_reward=0.5" in plan.suite.question
    same = Forked(golden, deal, 1, "u.profile.deal_reward=0.5", epochs=2).plan
    assert same.ids == plan.ids
    assert Forked(golden, deal, 2, "u.profile.deal_reward=0.5").plan.ids[0] not in plan.ids


def test_specs_without_a_fork_keep_their_ids(deal: Transcript) -> None:
    assert played_here(deal).fork is None
    assert "fork" not in deal.spec.model_dump_json()
    assert deal.spec.id == deal.id


@pytest.mark.parametrize("turn", [-1, 99])
def test_a_turn_that_is_not_there_is_refused(
    golden: RunFolder, deal: Transcript, turn: int
) -> None:
    last = len(deal.body.turns) - 1
    with pytest.raises(UsageError, match=f"numbered 0 to {last}; at {last + 1} only"):
        Forked(golden, deal, turn)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("deal_reward", "is not PATH=VALUE"),
        ("=1", "is not PATH=VALUE"),
        ("u.profile.deal_rewards=1", "did you mean u.profile.deal_reward?"),
        ("x.role=official", "'x.role' cannot be set"),
        ("u.principal=a", "'u.principal' cannot be set"),
        ("u.profile=1", "'u.profile' cannot be set"),
        ("u.profile.deal_reward=2", "less than or equal to 1"),
        ("u.profile.deal_reward=high", "valid number"),
        ("u.profile.knowledge=.nan", "finite number"),
        ("u.profile.consults_capital=maybe", "valid boolean"),
        ("u.role=king", "'official', 'unofficial'"),
        ("u.role=[", "is not a value in YAML"),
        ("u.tactic=boulware", "'u.tactic' cannot be set"),
        ("u.settings.temperature=9", "less than or equal to 2"),
        ("u.settings.extra={}", "'u.settings.extra' cannot be set"),
    ],
)
def test_a_bad_change_is_refused_with_what_can_be_set(
    deal: Transcript, text: str, words: str
) -> None:
    with pytest.raises(UsageError) as raised:
        fork_seats(played_here(deal), [text], {})
    assert words in str(raised.value)
    assert str(raised.value).startswith("--set")
    if "cannot be set" in words:
        for seat in played_here(deal).seats:
            assert ", ".join(settable(seat)) in str(raised.value)


def test_a_bad_tactic_is_refused(scripts: RunFolder) -> None:
    spec = played_here(some(scripts))
    with pytest.raises(UsageError, match="unknown tactic 'bold'"):
        fork_seats(spec, ["u.tactic=bold"], {})
    with pytest.raises(UsageError, match="a scripted delegation has a tactic"):
        fork_seats(spec, ["u.tactic=null"], {})
    seats = fork_seats(spec, ["u.tactic={kind: time, beta: 0.5}"], {})
    assert seats[1].tactic == {"kind": "time", "beta": 0.5}


def test_all_that_can_be_set_is_set(scripts: RunFolder, deal: Transcript) -> None:
    values = {
        "role": "delegate",
        "authority": "ad_referendum",
        "brief": "words",
        "tactic": "conceder",
        "profile.consults_capital": "true",
        "profile.publishes": "true",
        "profile.stance": "be kind",
        "settings.max_tokens": "100",
        "settings.effort": "low",
    }
    for spec in (played_here(some(scripts)), played_here(deal)):
        for path in settable(spec.seat("u")):
            value = values.get(path.removeprefix("u."), "0.25")
            changed = fork_seats(spec, [f"{path}={value}"], {})[1]
            part: Any = changed
            for name in path.split(".")[1:]:
                part = getattr(part, name)
            assert str(part).lower() == value
            assert changed.seat == "u"


@pytest.mark.parametrize("kind", ["custom", "runnable"])
def test_a_delegation_of_the_users_own_cannot_go_on_in_the_middle(
    golden: RunFolder, deal: Transcript, kind: str
) -> None:
    update = {"kind": kind, "model": "mine.py:own"}
    seats = tuple(
        s.model_copy(update=update) if s.seat == "u" else s for s in played_here(deal).seats
    )
    spec = played_here(deal).model_copy(update={"seats": seats})
    with pytest.raises(UsageError, match="--model unofficial=scripted"):
        fork_seats(spec, [], {})
    recorded = deal.model_copy(update={"spec": spec})
    forked = Forked(golden, recorded, 3, players={"u": Player(OTHER)})
    assert said(forked.transcript.body.turns[:3]) == said(deal.body.turns[:3])


def test_a_script_remembers_nothing_but_what_was_said() -> None:
    """The ground that forking a script stands on: all it keeps follows from the view."""
    kept = vars(ScriptedDelegation("u", tactic_from("linear")))
    assert set(kept) == {"_seat", "_tactic", "_round", "_mind"}


@pytest.mark.kind("X8")
def test_a_dialogue_of_an_arm_that_the_suite_lacks_is_not_forked(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    lost = run_folders.deal(scenario, "gone", run_folders.MIDDLE)
    suite, scenarios = run_folders.make_suite(), {scenario.id: scenario}
    folder = run_folders.make_run(tmp_path / "run", suite, scenarios, [lost], scores=[])
    with pytest.raises(RecordError, match="does not have, 'gone'"):
        make_forks(
            folder.info, lost, folder.place(lost.id), 0, fork_seats(played_here(lost), [], {})
        )


@pytest.mark.kind("X8")
def test_a_fork_is_of_all_arms_that_its_dialogue_is_of(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    recorded = run_folders.deal(scenario, "plain", run_folders.MIDDLE)
    suite, scenarios = run_folders.make_suite(), {scenario.id: scenario}
    folder = run_folders.make_run(tmp_path / "run", suite, scenarios, [recorded], scores=[])
    alone = folder.place(recorded.id)
    seats = fork_seats(played_here(recorded), [], {})
    both = replace(alone, arms=("plain", "lean"))
    one, two = (
        make_forks(folder.info, recorded, place, 0, seats, epochs=2) for place in (alone, both)
    )
    assert [(way.arm, way.epoch) for way in two.ways()] == [
        ("plain", 1),
        ("lean", 1),
        ("plain", 2),
        ("lean", 2),
    ]
    assert (two.dialogues, two.stage_count) == (4, 2)
    titles = {name: arm.title for name, arm in two.suite.arms.items()}
    assert titles == {"plain": "plain, forked", "lean": "the leaning arm, forked"}
    assert (list(one.suite.arms), one.dialogues, one.ids) == (["plain"], 2, two.ids)
    assert one.root == hashlib.sha256("".join(one.ids).encode()).hexdigest()[:16]
    assert two.name != one.name, "a run of fewer arms is another one"
