"""The table: what ends talks, and that no failure ever becomes a move."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from pathlib import Path

import pytest

from harness.delegations.base import Answer, MadeCall
from harness.disputes.scenario import Scenario
from harness.errors import Account, LimitReachedError, ModelError
from harness.incentives.profiles import IncentiveProfile, Role
from harness.records.spec import TalksSpec
from harness.records.transcript import Action, Call, Commitment, Debrief, Move, Usage
from harness.seeds import stream
from harness.suite.parts import Member, Protocol
from harness.talks.rules import TableState, objection
from harness.talks.table import PlayedTalks, Table
from harness.view import View
from tests.support.disputes import small
from tests.support.puppets import Puppet, accepting, passing, proposing, scripted
from tests.support.views import dialogue, seat_spec, track

BEST_FOR_A, HALF = (0, 0), (1, 1)


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def play(spec: TalksSpec, scenario: Scenario, **delegations: Puppet) -> PlayedTalks:
    return asyncio.run(Table(spec, scenario, delegations).play())


def bilateral(
    scenario: Scenario, *, rounds: int = 1, turns: int = 3, repairs: int = 3
) -> TalksSpec:
    return track(scenario, "1", protocol=Protocol(rounds=rounds, turns=turns, repairs=repairs))


@pytest.mark.parametrize("opens", ["o", "u"])
def test_an_accepted_proposal_is_the_deal(scenario: Scenario, opens: str) -> None:
    spec = opened_by(opens, bilateral(scenario))
    propose = replace(proposing(scenario, HALF), commitment=Commitment.BINDING)
    accept = replace(accepting("o-1"), commitment=Commitment.PERSONAL)
    played = play(spec, scenario, o=scripted([propose]), u=scripted([passing(), accept, accept]))
    outcome = played.record.body.outcome
    assert played.record.body.order[0] == opens
    # u passes, then accepts what o has proposed before or since.
    assert outcome.turn == {"o": 3, "u": 2}[opens] == len(played.record.body.turns) - 1
    assert outcome.kind == "deal"
    assert outcome.package == scenario.package(HALF)
    assert outcome.proposer == "o"
    assert outcome.offer == "o-1"
    assert outcome.commitment is Commitment.PERSONAL, "a deal is worth its weakest signature"


def opened_by(seat: str, spec: TalksSpec) -> TalksSpec:
    """The same dialogue with a seed that draws this seat to open it."""
    names = [placed.seat for placed in spec.seats]
    for seed in range(100):
        if names[stream(seed, "order").permutation(len(names))[0]] == seat:
            return spec.model_copy(update={"seed": seed})
    raise AssertionError(f"no seed of a hundred lets {seat} open")


def test_no_deal_is_a_legitimate_end(scenario: Scenario) -> None:
    played = play(bilateral(scenario, rounds=2), scenario, o=scripted([]), u=scripted([]))
    assert played.record.status == "done"
    assert played.record.body.outcome.kind == "no_deal"
    assert played.record.body.outcome.round == 2
    assert len(played.record.body.turns) == 2 * 2 * 3


def test_walking_out_ends_the_round_and_the_next_begins(scenario: Scenario) -> None:
    leave = Move(action=Action.WALK_OUT, words="Enough.")
    o = scripted([leave, proposing(scenario, HALF)])

    def answer(view: View, complaint: str | None) -> Answer:
        offers = view.answerable()
        return Answer(move=accepting(offers[0].id) if offers else passing())

    played = play(bilateral(scenario, rounds=2), scenario, o=o, u=Puppet(answer))
    assert played.record.body.outcome.kind == "deal"
    assert played.record.body.outcome.round == 2


def test_walking_out_of_the_last_round_is_the_end(scenario: Scenario) -> None:
    leave = Move(action=Action.WALK_OUT, words="Enough.")
    played = play(bilateral(scenario), scenario, o=scripted([leave]), u=scripted([]))
    assert (played.record.body.outcome.kind, played.record.body.outcome.by) == ("walk_out", "o")


def test_an_offer_of_an_earlier_round_is_gone(scenario: Scenario) -> None:
    spec = bilateral(scenario, rounds=2, turns=1, repairs=0)

    def late(view: View, complaint: str | None) -> Answer:
        return Answer(move=passing() if view.round == 1 else accepting("o-1"))

    played = play(spec, scenario, o=scripted([proposing(scenario, HALF)]), u=Puppet(late))
    assert played.record.body.outcome.kind == "void"
    assert played.record.void is not None
    assert played.record.void.seat == "u"


def test_three_delegations_need_every_acceptance(scenario: Scenario) -> None:
    seats = [seat_spec(scenario, s, Role.OFFICIAL, IncentiveProfile()) for s in ("o", "u", "x1")]
    spec = dialogue(scenario, seats, protocol=Protocol(rounds=1, turns=4))
    accepts = {"u": 0, "x1": 0}

    def agreeing(seat: str) -> Puppet:
        def answer(view: View, complaint: str | None) -> Answer:
            offers = view.answerable()
            if not offers:
                return Answer(move=passing())
            accepts[seat] += 1
            return Answer(move=accepting(offers[0].id))

        return Puppet(answer)

    played = play(
        spec, scenario, o=scripted([proposing(scenario, HALF)]), u=agreeing("u"), x1=agreeing("x1")
    )
    assert played.record.body.outcome.kind == "deal"
    assert accepts == {"u": 1, "x1": 1}


def test_one_rejection_of_three_takes_the_offer_off_the_table(scenario: Scenario) -> None:
    seats = [seat_spec(scenario, s, Role.OFFICIAL, IncentiveProfile()) for s in ("o", "u", "x1")]
    spec = dialogue(scenario, seats, protocol=Protocol(rounds=1, turns=4, repairs=0))

    def rejecting(view: View, complaint: str | None) -> Answer:
        offers = view.answerable()
        if offers:
            return Answer(move=Move(action=Action.REJECT, offer=offers[0].id, words="No."))
        return Answer(move=passing())

    o = scripted([proposing(scenario, HALF)])
    played = play(spec, scenario, o=o, u=Puppet(rejecting), x1=scripted([]))
    assert played.record.body.outcome.kind == "no_deal"
    assert o.views[-1].standing == ()


def test_the_capital_tells_the_truth_in_private(scenario: Scenario) -> None:
    bad, good = scenario.package((2, 1)), scenario.package((1, 0))  # for a, in seat u
    consult = [Move(action=Action.CONSULT, package=p) for p in (bad, good)]
    u = scripted([*consult, passing()])
    spec = bilateral(scenario, turns=1)
    played = play(spec, scenario, o=scripted([]), u=u)
    asked = [t for t in played.record.body.turns if t.kind == "consultation"]
    assert [t.capital.acceptable for t in asked if t.capital] == [False, True]
    assert asked[0].capital is not None
    assert asked[0].capital.red_lines == ("well",)
    assert asked[1].capital is not None
    assert asked[1].capital.value == pytest.approx(0.6 * 0.7 + 0.4)
    assert len(played.record.body.turns) == 4, "a consultation uses no turn"


def test_the_capital_answers_by_the_realities_of_the_round(scenario: Scenario) -> None:
    """After the drought the same package is worth another value to a, against another no deal."""
    consult = Move(action=Action.CONSULT, package=scenario.package(HALF))
    u = scripted([consult, passing(), consult, passing()])
    played = play(bilateral(scenario, rounds=2, turns=1), scenario, o=scripted([]), u=u)
    answers = [t.capital for t in played.record.body.turns if t.capital]
    assert [a.value for a in answers] == pytest.approx([0.6 * 0.7, 0.8 * 0.4])
    assert [a.reservation for a in answers] == [0.3, 0.2]


def test_consultations_are_limited(scenario: Scenario) -> None:
    consult = Move(action=Action.CONSULT, package=scenario.package(HALF))
    u = scripted([consult, consult, consult, passing()])
    played = play(bilateral(scenario, turns=1, repairs=1), scenario, o=scripted([]), u=u)
    assert sum(t.kind == "consultation" for t in played.record.body.turns) == 2
    assert u.complaints == [objection(consult, _state_of(played, scenario), "u")]


def _state_of(played: PlayedTalks, scenario: Scenario) -> TableState:
    state = TableState(
        scenario, Protocol(turns=1), played.record.body.order, {"o": True, "u": True}
    )
    state.open_round(1)
    state.consultations["u"] = 2
    return state


def test_members_caucus_in_private_before_each_turn(scenario: Scenario) -> None:
    member = Member(id="lawyer", title="legal adviser", remit="the law")
    spec = track(scenario, "1", protocol=Protocol(rounds=1, turns=2), members={"u": (member,)})
    o, u = scripted([]), scripted([])
    played = play(spec, scenario, o=o, u=u)
    assert [t.seat for t in played.record.body.turns if t.kind == "caucus"] == ["u", "u"]
    assert all(t.kind == "statement" for view in o.views for t in view.history)
    assert any(t.kind == "caucus" for t in u.views[-1].history)


def test_an_unusable_answer_is_asked_again_with_the_exact_complaint(scenario: Scenario) -> None:
    u = scripted([Answer(problem="no JSON here"), accepting("o-9"), passing()])
    played = play(bilateral(scenario, turns=1), scenario, o=scripted([]), u=u)
    assert u.complaints[0] == "no JSON here"
    turn = next(t for t in played.record.body.turns if t.seat == "u")
    assert [repair.error for repair in turn.repairs] == u.complaints
    assert turn.move == passing()
    assert played.record.repairs_of("u") == 2


def test_a_dialogue_is_void_when_repairs_run_out(scenario: Scenario) -> None:
    def silent(view: View, complaint: str | None) -> Answer:
        return Answer(problem="empty")

    played = play(bilateral(scenario, repairs=2), scenario, o=scripted([]), u=Puppet(silent))
    record = played.record
    assert (record.status, record.body.outcome.kind) == ("void", "void")
    assert record.void is not None
    assert (record.void.kind, record.void.seat, len(record.void.repairs)) == ("reply", "u", 3)
    assert not any(turn.seat == "u" for turn in record.body.turns)
    assert record.body.debriefs == {}


def test_a_broken_endpoint_is_void_of_its_own_kind(scenario: Scenario) -> None:
    def broken(view: View, complaint: str | None) -> Answer:
        raise ModelError("connection refused", where="http://127.0.0.1:9")

    played = play(bilateral(scenario), scenario, o=scripted([]), u=Puppet(broken))
    assert played.record.void is not None
    assert (played.record.void.kind, played.record.void.seat) == ("endpoint", "u")


def test_a_failed_debrief_is_a_missing_answer_and_the_talks_stand(scenario: Scenario) -> None:
    class Mute(Puppet):
        async def debrief(self, view: View, complaint: str | None) -> Answer:
            return Answer(problem="I would rather not say.")

    played = play(
        bilateral(scenario), scenario, o=scripted([]), u=Mute(lambda v, c: Answer(move=passing()))
    )
    assert played.record.status == "done"
    assert played.record.body.debriefs["u"].gave_more is None
    assert "I would rather not say." in (played.record.body.debriefs["u"].problem or "")
    assert played.record.body.debriefs["o"].gave_more == "equal"


def test_what_was_learned_is_bounded_like_all_words(scenario: Scenario) -> None:
    class Endless(Puppet):
        async def debrief(self, view: View, complaint: str | None) -> Answer:
            return Answer(debrief=Debrief(gave_more="u", margin=1, learned={"o": "x" * 6001}))

    u = Endless(lambda view, complaint: Answer(move=passing()))
    said = play(bilateral(scenario), scenario, o=scripted([]), u=u).record.body.debriefs["u"]
    assert (said.gave_more, said.learned) == (None, {})
    assert "The debrief has 6001 characters" in (said.problem or "")


def test_an_endpoint_that_breaks_in_the_debrief_leaves_the_talks_standing(
    scenario: Scenario,
) -> None:
    class Gone(Puppet):
        async def debrief(self, view: View, complaint: str | None) -> Answer:
            raise ModelError("connection refused", where="http://127.0.0.1:9")

    gone = Gone(lambda view, complaint: Answer(move=passing()))
    record = play(bilateral(scenario), scenario, o=scripted([]), u=gone).record
    assert (record.status, record.body.outcome.kind) == ("done", "no_deal")
    assert "connection refused" in (record.body.debriefs["u"].problem or "")
    assert record.body.debriefs["u"].margin is None


@pytest.mark.parametrize("advice", ["", "  \n", None, "x" * 6001, "\ud800"])
def test_advice_that_cannot_be_used_is_asked_again_and_then_void(
    scenario: Scenario, advice: str | None
) -> None:
    class Muddled(Puppet):
        async def caucus(self, view: View, member: str, complaint: str | None) -> Answer:
            self._note(view, complaint)
            return Answer(words=advice)

    member = Member(id="lawyer", title="legal adviser", remit="the law")
    rules = Protocol(rounds=1, turns=2, repairs=1)
    spec = track(scenario, "1", protocol=rules, members={"u": (member,)})
    u = Muddled(lambda view, complaint: Answer(move=passing()))
    record = play(spec, scenario, o=scripted([]), u=u).record
    assert record.void is not None
    assert (record.void.kind, record.void.seat, len(record.void.repairs)) == ("reply", "u", 2)
    spoke = {turn.seat for turn in record.body.turns}
    assert "u" not in spoke, "the lead does not speak without it"


def test_half_a_character_is_asked_again_and_never_reaches_the_record(scenario: Scenario) -> None:
    """It has no UTF-8 form: a record that held one could not be written down."""
    o = scripted([passing("An emoji cut in half: \ud83d"), passing("Whole again.")])
    record = play(bilateral(scenario, turns=1), scenario, o=o, u=scripted([])).record
    assert "half a character" in o.complaints[0]
    assert [turn.words for turn in record.body.turns if turn.seat == "o"] == ["Whole again."]
    record.model_dump_json()


def test_the_speaking_order_is_drawn_by_seed(scenario: Scenario) -> None:
    orders = set()
    for seed in range(12):
        spec = track(scenario, "1", seed=seed, protocol=Protocol(rounds=1, turns=1))
        first = play(spec, scenario, o=scripted([]), u=scripted([])).record.body.order
        assert first == play(spec, scenario, o=scripted([]), u=scripted([])).record.body.order
        orders.add(first)
    assert orders == {("o", "u"), ("u", "o")}


# --- no failure becomes a move ------------------------------------------------------------------


def _noise(rng: random.Random, scenario: Scenario, view: View) -> Answer:
    """An answer that is mostly unusable in one of many ways."""
    package: dict[str, str] = scenario.package((rng.randrange(3), rng.randrange(2)))
    match rng.randrange(9):
        case 0:
            return Answer(problem="not JSON")
        case 1:
            return Answer(move=Move(action=rng.choice(list(Action))))
        case 2:
            broken = {**package, rng.choice(["well", "moat"]): rng.choice(["mine", "none", ""])}
            return Answer(move=Move(action=Action.PROPOSE, package=broken))
        case 3:
            partial = {"well": package["well"]}
            return Answer(move=Move(action=Action.PROPOSE, package=partial))
        case 4:
            offer = f"{rng.choice(['o', 'u', 'x'])}-{rng.randrange(5)}"
            action = rng.choice([Action.ACCEPT, Action.REJECT])
            return Answer(
                move=Move(action=action, offer=offer, package=rng.choice([None, package]))
            )
        case 5:
            return Answer(words="I accept.")
        case 6:
            return Answer(move=Move(action=Action.PASS, words="x" * 7000))
        case 7:
            return Answer(move=Move(action=Action.PASS, offer="o-1"))
        case _:
            return Answer(move=Move(action=Action.PROPOSE, package=package))


def test_thousands_of_unusable_answers_make_no_move(scenario: Scenario) -> None:
    """Every move in the record is one that was answered, legal when it was, and untouched."""
    answers = rejected = 0
    for seed in range(600):
        rng = random.Random(seed)
        given: list[tuple[str, Answer, bool]] = []

        def noisy(seat: str, rng: random.Random = rng, given: list = given) -> Puppet:  # type: ignore[type-arg]
            def answer(view: View, complaint: str | None) -> Answer:
                made = _noise(rng, scenario, view)
                legal = made.move is not None and _legal_by_hand(made.move, view)
                given.append((seat, made, legal))
                return made

            return Puppet(answer)

        spec = track(
            scenario, "1", seed=seed, protocol=Protocol(rounds=2, turns=4, repairs=5, debrief=False)
        )
        record = play(spec, scenario, o=noisy("o"), u=noisy("u")).record
        talks = record.body
        answers += len(given)
        legal = [(seat, made.move) for seat, made, good in given if good]
        rejected += len(given) - len(legal)
        assert [(turn.seat, turn.move) for turn in talks.turns] == legal
        repairs = record.repairs_of("o") + record.repairs_of("u")
        assert repairs == len(given) - len(legal)
        if talks.outcome.kind == "deal":
            assert talks.turns[-1].move is not None
            assert talks.turns[-1].move.action is Action.ACCEPT
        elif talks.outcome.kind == "void":
            assert record.void is not None
            assert len(record.void.repairs) == 6
    assert answers > 5000
    assert rejected > 2500


def _legal_by_hand(move: Move, view: View) -> bool:
    """The rules once more, written independently of the code that plays."""
    issues = {issue.id: set(issue.option_ids()) for issue in view.dispute.issues}
    needs_package = move.action in (Action.PROPOSE, Action.CONSULT)
    if needs_package:
        if move.package is None or set(move.package) != set(issues):
            return False
        if any(option not in issues[issue] for issue, option in move.package.items()):
            return False
    elif move.package is not None:
        return False
    if move.action in (Action.ACCEPT, Action.REJECT):
        if move.offer not in {o.id for o in view.standing if o.by != view.seat}:
            return False
    elif move.offer is not None:
        return False
    if move.action is Action.CONSULT and view.consultations_left < 1:
        return False
    return len(move.words) <= 6000


def test_the_last_turn_is_announced(scenario: Scenario) -> None:
    o = scripted([])
    play(bilateral(scenario, turns=3), scenario, o=o, u=scripted([]))
    asked = [view for view in o.views if view.step <= 3]
    assert [view.final for view in asked[:3]] == [False, False, True]


# --- limits ----------------------------------------------------------------------------------


def _paid(answer: Answer, tokens: int = 10) -> Answer:
    call = Call(
        index=-1,
        seat="u",
        purpose="move",
        model="m",
        prompt=(),
        reply="",
        usage=Usage(prompt=tokens, completion=0),
    )
    return replace(answer, calls=(MadeCall(call=call, seconds=1.0, attempts=1),))


@pytest.mark.parametrize("limit", [{"token_limit": 30}, {"time_limit": 3.0}])
def test_a_dialogue_that_passes_its_limit_is_void_and_no_move_is_made(
    scenario: Scenario, limit: dict[str, float]
) -> None:
    protocol = Protocol.model_validate({"rounds": 1, "turns": 8, **limit})
    u = Puppet(lambda view, complaint: _paid(Answer(move=passing())))
    played = play(track(scenario, "1", protocol=protocol), scenario, o=scripted([]), u=u)
    void = played.record.void
    assert void is not None
    assert void.kind == "limit"
    assert played.record.body.outcome.kind == "void"
    assert len(played.record.calls) == 3, "checked before each call, not after it"
    assert len([turn for turn in played.record.body.turns if turn.seat == "u"]) == 3
    assert played.record.body.debriefs == {}


def test_a_protocol_without_limits_is_written_as_before() -> None:
    assert not {"token_limit", "time_limit"} & set(Protocol().model_dump())
    assert Protocol(token_limit=5).model_dump()["token_limit"] == 5


def test_unusable_replies_count_against_the_limit(scenario: Scenario) -> None:
    protocol = Protocol(rounds=1, turns=8, repairs=5, token_limit=30)
    u = Puppet(lambda view, complaint: _paid(Answer(problem="no JSON here")))
    void = play(track(scenario, "1", protocol=protocol), scenario, o=scripted([]), u=u).record.void
    assert void is not None
    assert void.kind == "limit"
    assert [repair.call for repair in void.repairs] == [0, 1, 2]


def test_a_limit_passed_in_the_debrief_leaves_the_talks_standing(scenario: Scenario) -> None:
    protocol = Protocol(rounds=1, turns=3, token_limit=60)
    o, u = (Puppet(lambda view, complaint: _paid(Answer(move=passing()))) for _ in range(2))
    record = play(track(scenario, "1", protocol=protocol), scenario, o=o, u=u).record
    assert record.void is None
    assert record.body.outcome.kind == "no_deal"
    assert len(record.calls) == 6
    assert "it may take 60" in (record.body.debriefs["u"].problem or "")


@pytest.mark.parametrize("where", ["move", "debrief"])
def test_a_run_that_has_spent_what_it_may_leaves_the_dialogue_to_be_played_again(
    scenario: Scenario, where: str
) -> None:
    def spent(view: View, complaint: str | None) -> Answer:
        raise LimitReachedError("the run has spent 100 of its 100 tokens")

    class Late(Puppet):
        async def debrief(self, view: View, complaint: str | None) -> Answer:
            return spent(view, complaint)

    u = Puppet(spent) if where == "move" else Late(lambda v, c: Answer(move=passing()))
    spec = bilateral(scenario)
    played = asyncio.run(Table(spec, scenario, {"o": scripted([]), "u": u}).play())
    assert played.record.status == "failed"
    void = played.record.void
    assert void is not None
    assert (void.kind, void.seat) == ("budget", None)
    assert played.record.body.outcome.kind == "void"
    assert all(turn.seat == "o" or where == "debrief" for turn in played.record.body.turns)


@pytest.mark.parametrize(
    ("account", "seat", "status"),
    [
        ("endpoint", "u", "failed"),
        ("delegation", "u", "failed"),
        ("prompt", "u", "void"),
        ("limit", None, "void"),
    ],
)
@pytest.mark.kind("F9")
def test_a_failure_is_booked_where_it_says(
    scenario: Scenario, account: Account, seat: str | None, status: str
) -> None:
    failure = ModelError("it broke", fix="mend it")
    failure.account = account

    def breaks(view: View, complaint: str | None) -> Answer:
        raise failure

    spec = bilateral(scenario)
    sitting = {"o": scripted([]), "u": Puppet(breaks)}
    played = asyncio.run(Table(spec, scenario, sitting).play())
    void = played.record.void
    assert void is not None
    assert (void.kind, void.seat, played.record.status) == (account, seat, status)
    assert ("fix: mend it" in void.detail) is (status == "failed")
    assert failure.final is (account == "prompt")
