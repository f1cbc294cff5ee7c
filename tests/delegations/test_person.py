"""A person in a seat: sees what the seat may see, is asked as often as it takes, and may leave."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from harness.delegations.base import Answer
from harness.delegations.person import (
    DebriefForm,
    Form,
    Leavable,
    MoveForm,
    Person,
    PersonDelegation,
)
from harness.disputes.scenario import Scenario
from harness.errors import PersonLeftError
from harness.files.yamlfile import load_model
from harness.incentives.profiles import Authority
from harness.incentives.tracks import TrackName
from harness.prompting.talks import Prompts
from harness.records.spec import TalksSpec
from harness.records.transcript import Action, Commitment, Debrief, Move, Transcript
from harness.suite.parts import Member, Protocol
from harness.talks.table import Table
from harness.view import View
from tests.support.disputes import SMALL, small, write
from tests.support.puppets import Puppet, accepting, passing, proposing, scripted
from tests.support.views import authorised, track


class Sitter:
    """A person who makes these moves in turn, and leaves where one is None; keeps its forms."""

    def __init__(self, moves: Sequence[Move | None], debrief: Debrief | None = None) -> None:
        self.moves = list(moves)
        self.said = debrief
        self.forms: list[Form] = []

    async def move(self, form: MoveForm) -> Move:
        self.forms.append(form)
        following = self.moves.pop(0)
        if following is None:
            raise PersonLeftError
        return following

    async def advise(self, form: MoveForm, title: str) -> str:
        self.forms.append(form)
        return f"{title} says: wait."

    async def debrief(self, form: DebriefForm) -> Debrief:
        self.forms.append(form)
        if self.said is None:
            raise PersonLeftError
        return self.said

    def read(self) -> str:
        """All that was shown."""
        return "\n".join(map(repr, self.forms))


SAID = Debrief(gave_more="u", margin=3.0, reservations={"o": 0.4}, top_issues={"o": "well"})
FIRM = Commitment.PERSONAL


@pytest.fixture(scope="module")
def prompts() -> Prompts:
    return Prompts()


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def table(scenario: Scenario, name: TrackName = "1", members: Sequence[Member] = ()) -> TalksSpec:
    """Talks with a person in seat u."""
    protocol = Protocol(rounds=2, turns=2, repairs=0).resolved()
    spec = track(scenario, name, protocol=protocol, members={"u": tuple(members)})
    spec = authorised(spec, o=Authority.FULL, u=Authority.FULL)
    update = {"kind": "person", "model": None, "brief": "own", "sitting": "ab"}
    seats = tuple(
        seat.model_copy(update=update) if seat.seat == "u" else seat for seat in spec.seats
    )
    return spec.model_copy(update={"seats": seats, "opener": "o"})


def play(
    spec: TalksSpec, scenario: Scenario, person: Person, other: Puppet, prompts: Prompts
) -> Transcript:
    seats = {"o": other, "u": PersonDelegation(person, prompts)}
    return asyncio.run(Table(spec, scenario, seats).play()).record


def test_a_person_plays_to_a_deal(scenario: Scenario, prompts: Prompts) -> None:
    half = proposing(scenario, (1, 1))
    person = Sitter([half, replace(accepting("o-2"), commitment=FIRM)], SAID)
    other = scripted([proposing(scenario, (2, 1)), proposing(scenario, (1, 1))])
    played = play(table(scenario), scenario, person, other, prompts)
    assert played.status == "done"
    assert played.body.outcome.kind == "deal"
    assert played.body.debriefs["u"] == SAID
    assert not played.calls, "no model was asked"
    first, second, last = person.forms
    assert isinstance(first, MoveForm)
    assert isinstance(second, MoveForm)
    assert isinstance(last, DebriefForm)
    assert first.briefing
    assert not second.briefing, "once is enough"
    assert first.last is None
    assert first.opening == {"well": "mine", "fence": "them"}
    assert second.last == half.package
    assert [(one.id, one.own, one.accept) for one in second.standing] == [
        ("u-1", True, False),
        ("o-2", False, True),
    ]
    assert "put forward proposal `o-2`" in second.news
    assert "o-1" not in second.news, "each event is told once"
    assert [(one.seat, one.own) for one in second.record] == [
        ("o", False),
        ("u", True),
        ("o", False),
    ]
    assert second.standing[1].commitment == "subject to approval at home"
    assert last.ended is not None
    assert last.ended.terms[0] == ("well", "half", "")
    assert last.agreed
    assert last.place.startswith("They ended in an agreement on `o-2`")


def test_nothing_of_the_other_seat_is_shown(tmp_path: Path, prompts: Prompts) -> None:
    private = SMALL.replace(
        "    public:\n      opening: {well: yours, fence: us}",
        "    red_lines:\n      - {issue: fence, options: [them], why: CANARY of the other side}\n"
        "    public:\n      opening: {well: yours, fence: us}",
    )
    scenario = load_model(write(tmp_path, private), Scenario)
    thinking = replace(passing("In public."), thoughts="CANARY of thoughts")
    other = Puppet(lambda view, complaint: Answer(move=thinking))
    mine = replace(passing("Mine."), thoughts="my own thoughts")
    person = Sitter([mine] * 4, SAID)
    played = play(table(scenario), scenario, person, other, prompts)
    assert played.status == "done"
    assert "CANARY" in played.model_dump_json(), "the other seat did think"
    assert scenario.principals["b"].red_lines[0].why.startswith("CANARY")
    assert "In public." in person.read()
    assert "CANARY" not in person.read()
    assert "my own thoughts" not in repr(other.views)


def test_what_the_table_cannot_use_is_asked_again_without_limit(
    scenario: Scenario, prompts: Prompts
) -> None:
    wrong = Move(action=Action.ACCEPT, offer="o-9", words="Yes.")
    person = Sitter([*[wrong] * 7, *[passing()] * 4], SAID)
    other = scripted([proposing(scenario, (1, 1))])
    played = play(table(scenario), scenario, person, other, prompts)
    assert played.status == "done"
    assert played.spec.protocol.repairs == 0, "a model would not be asked again"
    assert len(played.body.turns[1].repairs) == 7
    complaints = [form.complaint for form in person.forms[:8]]
    assert complaints[0] is None
    assert all(why and "'o-9'" in why for why in complaints[1:])
    assert person.forms[1].news == "", "told once"


@pytest.mark.parametrize("after", [0, 1, 3])
def test_who_leaves_ends_the_sitting_and_walks_out_of_nothing(
    scenario: Scenario, prompts: Prompts, after: int
) -> None:
    person = Sitter([*[passing()] * after, None])
    played = play(table(scenario), scenario, person, scripted([]), prompts)
    assert played.status == "void"
    assert played.void is not None
    assert (played.void.kind, played.void.seat) == ("person", "u")
    assert played.body.outcome.kind == "void"
    own = [turn for turn in played.body.turns if turn.seat == "u"]
    assert len(own) == after, "what was played is kept"
    assert all(turn.move and turn.move.action is Action.PASS for turn in own)


def test_who_leaves_after_the_talks_leaves_an_answer_out(
    scenario: Scenario, prompts: Prompts
) -> None:
    person = Sitter([passing()] * 4)
    played = play(table(scenario), scenario, person, scripted([]), prompts)
    assert played.status == "done"
    assert played.body.debriefs["u"].problem == "the person ended the sitting"
    assert played.body.debriefs["u"].gave_more is None
    assert played.body.debriefs["o"].problem is None


def test_packages_are_kept_in_the_order_of_the_agenda(scenario: Scenario, prompts: Prompts) -> None:
    package = {"fence": "us", "well": "half"}
    turned = Move(action=Action.PROPOSE, package=package, words="Half.")
    wished = Move(action=Action.PASS, position={"fence": "us"}, words="Well?")
    person = Sitter([turned, wished, passing(), passing()], SAID)
    played = play(table(scenario), scenario, person, scripted([]), prompts)
    move = played.body.turns[1].move
    assert move is not None
    assert list(move.package or {}) == ["well", "fence"]
    assert move.package == package
    position = played.body.turns[3].move
    assert position is not None
    assert position.position == {"fence": "us"}


def test_an_unknown_issue_is_for_the_table_to_refuse(scenario: Scenario, prompts: Prompts) -> None:
    strange = Move(action=Action.PROPOSE, package={"moon": "us"}, words="The moon.")
    person = Sitter([strange, *[passing()] * 4], SAID)
    played = play(table(scenario), scenario, person, scripted([]), prompts)
    assert "There is no issue 'moon'" in played.body.turns[1].repairs[0].error


def test_a_member_s_advice_is_the_person_s_too(scenario: Scenario, prompts: Prompts) -> None:
    member = Member(id="aide", title="an aide", remit="water")
    person = Sitter([passing()] * 4, SAID)
    played = play(table(scenario, members=[member]), scenario, person, scripted([]), prompts)
    assert played.body.turns[1].kind == "caucus"
    assert played.body.turns[1].words == "an aide says: wait."
    assert "advice of an aide, in private" in [one.what for one in person.forms[-1].record]
    assert [len(form.changes) for form in person.forms][-1] == 1
    assert "Round 1 ended without an agreement." in person.forms[-1].changes[0]


def test_points_add_up_live_and_are_hidden_in_words(scenario: Scenario, prompts: Prompts) -> None:
    person = Sitter([None])
    play(table(scenario), scenario, person, scripted([]), prompts)
    (form,) = person.forms
    assert form.points({}) == 0
    assert form.points({"well": "half"}) == pytest.approx(42)
    assert form.points({"well": "half", "fence": "them"}) == pytest.approx(82)
    assert form.no_deal == 30
    spec = table(scenario)
    in_words = tuple(
        seat.model_copy(update={"brief": "words"}) if seat.seat == "u" else seat
        for seat in spec.seats
    )
    person = Sitter([None])
    worded = spec.model_copy(update={"seats": in_words})
    play(worded, scenario, person, scripted([]), prompts)
    (form,) = person.forms
    assert form.points({"well": "half"}) is None
    assert form.no_deal is None


class Slow(Puppet):
    """Never answers; says whether it was told to stop."""

    def __init__(self) -> None:
        super().__init__(lambda view, complaint: Answer(move=passing()))
        self.stopped = False

    async def move(self, view: View, complaint: str | None) -> Answer:
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped = True
        raise AssertionError("nobody wakes it")


def test_the_other_side_is_not_waited_for_once_the_person_has_left(
    scenario: Scenario, prompts: Prompts
) -> None:
    async def sitting(inner: Slow) -> Transcript:
        leaving = asyncio.Event()
        asyncio.get_running_loop().call_soon(leaving.set)
        seats = {
            "o": Leavable(inner, leaving, "u"),
            "u": PersonDelegation(Sitter([]), prompts),
        }
        return (await Table(table(scenario), scenario, seats).play()).record

    slow = Slow()
    played = asyncio.run(sitting(slow))
    assert played.void is not None
    assert (played.void.kind, played.void.seat) == ("person", "u"), "not the other side's doing"
    assert slow.stopped


def test_an_answer_in_time_is_the_answer(scenario: Scenario, prompts: Prompts) -> None:
    async def sitting() -> Transcript:
        inner = scripted([proposing(scenario, (1, 1))])
        other = Leavable(inner, asyncio.Event(), "u")
        person = Sitter([replace(accepting("o-1"), commitment=FIRM)], SAID)
        seats = {"o": other, "u": PersonDelegation(person, prompts)}
        played = (await Table(table(scenario), scenario, seats).play()).record
        assert other.messages() == inner.messages()
        return played

    played = asyncio.run(sitting())
    assert played.body.outcome.kind == "deal"
    assert played.body.debriefs["o"].gave_more == "equal"


def test_a_failure_of_the_other_side_stays_its_own(scenario: Scenario) -> None:
    def broken(view: View, complaint: str | None) -> Answer:
        raise ValueError("broken")

    async def asked() -> None:
        table_of = table(scenario)
        other = Leavable(Puppet(broken), asyncio.Event(), "u")
        await Table(table_of, scenario, {"o": other, "u": scripted([])}).play()

    with pytest.raises(ValueError, match="broken"):
        asyncio.run(asked())
