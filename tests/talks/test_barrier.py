"""The information barrier: canaries in every private field, looked for where they must not be."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel

from harness.delegations.base import Delegation
from harness.delegations.language_model import LanguageModelDelegation
from harness.disputes.scenario import Scenario
from harness.files.yamlfile import load_model
from harness.incentives.hand import estimate
from harness.models.address import ModelAddress
from harness.models.reply import ModelReply
from harness.models.request import ChatMessage, Request
from harness.models.usage import Usage
from harness.prompting.talks import Prompts
from harness.records.spec import TalksSpec
from harness.records.transcript import Action, CapitalAnswer, Move, Repair
from harness.suite.parts import Member, Protocol
from harness.talks.barrier import Barrier, Learned, dispute_of, public_dispute, visible
from harness.talks.rules import TableState, objection
from harness.talks.table import PlayedTalks, Table
from tests.support.disputes import SMALL, small, write
from tests.support.transcripts import make_spec
from tests.support.views import PlayedTable, track

SECRET_OF_A = "CANARYWATER"
SECRET_OF_NOTES = "CANARYNOTES"


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    """The small dispute with canaries in a's red line and in the author's notes."""
    text = SMALL.replace("$a needs water.", f"$a needs {SECRET_OF_A}.")
    text += f"author_notes: {SECRET_OF_NOTES}\n"
    return load_model(write(tmp_path, text), Scenario)


def everything(value: Any) -> Iterator[object]:
    """Every leaf reachable from a view."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from everything(getattr(value, field.name))
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from everything(getattr(value, name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from everything(item)
    elif isinstance(value, np.ndarray):
        yield from value.ravel().tolist()
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from everything(item)
    else:
        yield value


def played(scenario: Scenario, seat: str) -> PlayedTable:
    """A table at which ``seat`` has thought, consulted, caucused and spoken."""
    member = Member(id="lawyer", title="legal adviser", remit="CANARYREMIT")
    spec = track(scenario, "1", protocol=Protocol(rounds=2, turns=4), members={seat: (member,)})
    seats = tuple(
        s.model_copy(update={"profile": s.profile.model_copy(update={"stance": "CANARYSTANCE"})})
        if s.seat == seat
        else s
        for s in spec.seats
    )
    table = PlayedTable(spec.model_copy(update={"seats": seats}), scenario)
    table.advise(seat, "lawyer", "CANARYADVICE")
    move = Move(
        action=Action.PROPOSE,
        package=scenario.package((0, 0)),
        words="Our words.",
        thoughts="CANARYTHOUGHT",
    )
    table.play(seat, move)
    return table


@pytest.mark.parametrize(("owner", "stranger"), [("u", "o"), ("o", "u")])
def test_no_private_field_of_a_seat_is_in_the_view_of_another(
    scenario: Scenario, owner: str, stranger: str
) -> None:
    table = played(scenario, owner)
    own = {str(leaf) for leaf in everything(table.view(owner))}
    other = {str(leaf) for leaf in everything(table.view(stranger))}
    for canary in ("CANARYSTANCE", "CANARYADVICE", "CANARYTHOUGHT", "CANARYREMIT"):
        assert any(canary in leaf for leaf in own), f"{canary} was not planted"
        assert not any(canary in leaf for leaf in other), canary
    assert "Our words." in other
    assert not any("CANARYNOTES" in leaf for leaf in own | other)


def test_a_consultation_is_seen_by_nobody_else(scenario: Scenario) -> None:
    """What was asked, what the capital said, and that anything was asked at all."""
    table = played(scenario, "u")
    package = scenario.package((1, 1))
    consult = Move(action=Action.CONSULT, package=package, thoughts="CANARYDOUBT")
    answer = CapitalAnswer(package=package, acceptable=True, value=0.4242, reservation=0.3131)
    before = table.view("o")
    table.play("u", consult, capital=answer)
    own = list(everything(table.view("u")))
    assert {0.4242, 0.3131, "CANARYDOUBT", Action.CONSULT} <= set(own)
    assert list(everything(table.view("o"))) == list(everything(before))


def test_what_was_asked_again_is_seen_by_nobody(scenario: Scenario) -> None:
    table = played(scenario, "u")
    spoken = table.turns[-1]
    table.turns[-1] = dataclasses.replace(
        spoken, repairs=(Repair(error="CANARYERROR", call=77),), calls=(77, 78)
    )
    for seat in ("o", "u"):
        leaves = list(everything(table.view(seat)))
        assert "CANARYERROR" not in leaves
        assert 78 not in leaves


def test_an_own_turn_that_hides_nothing_is_not_copied(scenario: Scenario) -> None:
    table = played(scenario, "u")
    assert all(a is b for a, b in zip(visible(table.turns, "u"), table.turns, strict=True))


def test_what_is_done_to_the_terms_in_a_view_does_not_reach_the_record(scenario: Scenario) -> None:
    table = played(scenario, "u")
    (shown,) = [turn for turn in visible(table.turns, "o") if turn.move is not None]
    assert shown.move is not None
    assert shown.move.package == scenario.package((0, 0))
    shown.move.package.clear()
    assert table.turns[-1].move is not None
    assert table.turns[-1].move.package == scenario.package((0, 0))


def test_what_goes_with_a_proposal_is_public_and_its_terms_are_copies(scenario: Scenario) -> None:
    spec = track(scenario, "1", protocol=Protocol(settling=True).resolved())
    table = PlayedTable(spec, scenario)
    table.play("o", Move(action=Action.PROPOSE, package=scenario.package((1, 1)), words="First."))
    move = Move(
        action=Action.PROPOSE,
        package=scenario.package((1, 1)),
        or_package=scenario.package((0, 1)),
        agreed={"well": "half"},
        side_terms="CANARYSIDE",
        words="So.",
    )
    said = objection(move, table.state, "u") or ""
    assert "that of" not in said
    assert "your own does not" in said, "an either-or leaves the issue open"
    table.play("u", dataclasses.replace(move, or_package=scenario.package((1, 0))))
    table.play("o", Move(action=Action.PASS, agreed={"well": "half"}, words="Yes."))
    view = table.view("o")
    assert "CANARYSIDE" in {str(leaf) for leaf in everything(view)}
    assert view.settled == {"well": "half"}
    shown = view.history[1].move
    assert shown is not None
    assert shown.or_package is not None
    assert shown.agreed is not None
    for terms in (shown.or_package, shown.agreed, view.settled):
        assert isinstance(terms, dict)
        terms.clear()
    assert table.turns[1].move is not None
    assert table.turns[1].move.or_package == scenario.package((1, 0))
    assert table.turns[1].move.agreed == {"well": "half"}
    assert table.view("o").settled == {"well": "half"}


def test_red_lines_and_true_numbers_stay_with_their_own_side(tmp_path: Path) -> None:
    """Numbers that occur nowhere else in the dispute: a's reservation, weights and a value."""
    secrets = {0.3171, 0.6113, 0.3887, 0.7139}
    text = SMALL.replace(
        "reservation: 0.3\n    weights: {well: 0.6, fence: 0.4}",
        ("reservation: 0.3171\n    weights: {well: 0.6113, fence: 0.3887}"),
    )
    text = text.replace(
        "well: {mine: 1, half: 0.7, yours: 0}", "well: {mine: 1, half: 0.7139, yours: 0}"
    )
    text = text.replace("$a needs water.", f"$a needs {SECRET_OF_A}.")
    table = played(load_model(write(tmp_path, text), Scenario), "u")  # u acts for a
    own, other = (list(everything(table.view(seat))) for seat in ("u", "o"))
    assert secrets <= {leaf for leaf in own if isinstance(leaf, float)}
    assert not secrets & {leaf for leaf in other if isinstance(leaf, float)}
    assert any(SECRET_OF_A in str(leaf) for leaf in own)
    assert not any(SECRET_OF_A in str(leaf) for leaf in other)


def test_a_new_round_brings_the_changed_values_to_their_owner_only(scenario: Scenario) -> None:
    table = played(scenario, "u")
    table.next_round()
    assert table.view("u").brief.belief.reservation == 0.2
    assert table.view("u").brief.belief.weights["well"] == 0.8
    assert table.view("o").brief.belief.reservation == 0.25
    assert table.view("o").events == ("The well runs low.",)
    assert table.view("o").standing == ()


class CanaryChat:
    """A model that puts a canary of its own into every private part of every reply."""

    def __init__(self, seat: str, scenario: Scenario) -> None:
        self._seat = seat
        self._scenario = scenario
        self.prompts: list[Sequence[ChatMessage]] = []
        self._calls = 0

    @property
    def address(self) -> ModelAddress:
        return ModelAddress(provider="openai", model="fake", base_url="http://127.0.0.1:9")

    async def check(self) -> None:
        return None

    async def aclose(self) -> None:
        return None

    async def complete(self, request: Request) -> ModelReply:
        messages, schema_name = request.messages, request.schema_name
        self.prompts.append(tuple(messages))
        self._calls += 1
        canary = f"CANARY{self._seat.upper()}"
        if schema_name == "debrief":
            estimate = {"no_deal": 30, "top_issue": "well", "learned": f"{canary}LEARNED"}
            text = json.dumps(
                {
                    "gave_more": "equal",
                    "margin": 0,
                    "terms": None,
                    "others": {"o" if self._seat == "u" else "u": estimate},
                    "words": f"{canary}DEBRIEF",
                }
            )
        elif schema_name == "caucus":
            text = json.dumps({"advice": f"{canary}ADVICE"})
        elif self._calls % 3 == 0:
            text = f"{canary}GARBAGE, I accept."
        else:
            move: dict[str, object] = {
                "action": "propose",
                "package": self._scenario.package((self._calls % 3, self._calls % 2)),
                "commitment": "binding",
            }
            if self._calls % 4 == 0:
                move = {"action": "consult", "package": self._scenario.package((1, 1))}
            text = json.dumps(
                {
                    "private_thoughts": f"{canary}THOUGHT",
                    "move": move,
                    "public_words": "Plain words.",
                }
            )
        return ModelReply(
            text=text,
            finish_reason="stop",
            usage=Usage(),
            attempts=1,
            seconds=0.0,
            how="text",
        )


@pytest.mark.parametrize("seed", range(6))
def test_canaries_stay_out_of_every_prompt_of_the_other_side(scenario: Scenario, seed: int) -> None:
    member = Member(id="lawyer", title="legal adviser", remit="what our law allows")
    spec: TalksSpec = track(
        scenario,
        "backchannel",
        seed=seed,
        protocol=Protocol(rounds=2, turns=4, repairs=3),
        members={"o": (member,), "u": (member,)},
    )
    chats = {seat: CanaryChat(seat, scenario) for seat in ("o", "u")}
    prompts = Prompts()
    delegations: dict[str, Delegation] = {
        s.seat: LanguageModelDelegation(
            seat=s.seat,
            chat=chats[s.seat],
            prompts=prompts,
            settings=s.settings,
            seed=seed,
            model_name="fake",
        )
        for s in spec.seats
    }
    result: PlayedTalks = asyncio.run(Table(spec, scenario, delegations).play())
    assert result.record.status == "done"
    assert any(turn.repairs for turn in result.record.body.turns)
    for seat, other in (("o", "u"), ("u", "o")):
        shown = "\n".join(m["content"] for prompt in chats[seat].prompts for m in prompt)
        assert f"CANARY{seat.upper()}THOUGHT" in shown, "its own replies stay in its thread"
        assert f"CANARY{other.upper()}" not in shown
        assert SECRET_OF_NOTES not in shown
        assert (SECRET_OF_A in shown) == (spec.seat(seat).principal == "a")
    public = "\n".join(t.words for t in result.record.body.turns if t.kind == "statement")
    assert "CANARY" not in public
    assert "Plain words." in public


def test_a_stake_is_the_same_whatever_the_others_truly_want(scenario: Scenario) -> None:
    """What a delegate expects of the real talks rests on the public image of the others alone."""
    spec = track(scenario, "1.5")
    wants = {"reservation": 0.9, "weights": {"well": 0.99, "fence": 0.01}}
    seats = {"o": "a", "u": "b"}  # seat -> the principal that sits opposite
    for seat, other in seats.items():
        principal = scenario.principals[other].model_copy(update=wants)
        changed = scenario.model_copy(
            update={"principals": {**scenario.principals, other: principal}}
        )
        views = [PlayedTable(spec, one).view(seat) for one in (scenario, changed)]
        assert views[0].brief.profile.free_hardball == (1.0 if seat == "o" else 0.0)
        assert views[0].brief.stake == views[1].brief.stake


def test_a_record_of_version_1_is_played_by_its_own_stakes(scenario: Scenario) -> None:
    spec = track(scenario, "1.5")
    now, former = (
        PlayedTable(spec.model_copy(update={"version": version}), scenario).view("o").brief.stake
        for version in (2, 1)
    )
    assert former.no_deal == pytest.approx(1.0), "its opening"
    assert now.no_deal < former.no_deal
    assert all(map(np.array_equal, now.gains, former.gains))


def test_an_absent_principal_is_told_of_like_the_others_where_somebody_sits_for_it(
    tmp_path: Path,
) -> None:
    scenario = small(tmp_path)
    seats = make_spec(scenario).seats
    assert dispute_of(scenario, seats) is public_dispute(scenario)
    joined = (*seats, seats[0].model_copy(update={"seat": "x1", "principal": "heirs"}))
    told, before = dispute_of(scenario, joined).principals, public_dispute(scenario).principals
    assert (before["heirs"].opening, before["heirs"].at_table) == (None, False)
    assert told["heirs"].at_table
    assert told["heirs"].opening == scenario.public("heirs").opening
    assert told["heirs"].believed_weights == scenario.principals["heirs"].weights
    assert told["heirs"].talking_points == (), "what it is said to be is no sentence of its own"
    assert {pid: told[pid] for pid in ("a", "b")} == {pid: before[pid] for pid in ("a", "b")}


def test_what_a_seat_has_learned_is_seen_by_nobody_else(scenario: Scenario) -> None:
    table = played(scenario, "u")
    o, u = (table.spec.seat(seat).principal for seat in ("o", "u"))
    hand = estimate(scenario, u, [scenario.package((2, 1))], ())
    learned = {
        "u": Learned(
            shifts={u: {"well": {"yours": 0.4242}}, o: {"fence": {"them": 0.3131}}},
            documents=("CANARYPAPER",),
        ),
        "o": Learned(hand=hand, caution=1.0, documents=("CANARYFILE",)),
    }
    barrier = Barrier(table.spec, scenario, learned)
    views = {seat: barrier.view(table.state, seat, table.turns) for seat in ("o", "u")}
    leaves = {seat: list(everything(view)) for seat, view in views.items()}
    assert "CANARYPAPER" in leaves["u"]
    assert "CANARYFILE" in leaves["o"]
    assert not {"CANARYFILE", views["o"].brief.stake.floor} & set(map(str, leaves["u"]))
    assert "CANARYPAPER" not in leaves["o"]
    assert {0.4242, 0.3131} <= set(leaves["u"]), "what readers changed"
    assert not {0.4242, 0.3131} & set(leaves["o"])
    assert views["o"].brief.stake.floor is not None
    assert views["u"].brief.stake.floor is None
    assert views["u"].dispute.principals[u] == views["o"].dispute.principals[u]


def test_who_has_learned_nothing_sees_what_it_always_saw(scenario: Scenario) -> None:
    table = played(scenario, "u")
    for seat in ("o", "u"):
        plain, other = (
            Barrier(table.spec, scenario, learned).view(table.state, seat, table.turns)
            for learned in (None, {"u": Learned(), "o": Learned(caution=1.0)})
        )
        assert plain == other
        assert plain.dispute is other.dispute


def test_whoever_joins_the_table_is_seen_by_all_of_it(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    spec = make_spec(scenario)
    joined = spec.seats[0].model_copy(update={"seat": "x1", "principal": "heirs"})
    table = Barrier(spec.model_copy(update={"seats": (*spec.seats, joined)}), scenario)
    consults = dict.fromkeys(("o", "u", "x1"), False)
    state = TableState(scenario, spec.protocol, ("o", "u", "x1"), consults)
    state.open_round(1)
    for seat in consults:
        heirs = table.view(state, seat, ()).dispute.principals["heirs"]
        assert heirs.opening == scenario.public("heirs").opening
