"""Probes as a kind of stage: what each delegate of an arm would sign, asked before any talks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from harness.asking.asking import Asker, GivenUpError, Respondent
from harness.asking.conversation import AskedModel
from harness.asking.meter import Meter
from harness.bargaining.space import TOLERANCE
from harness.delegations.afterwards import estimates as public_estimates
from harness.disputes.scenario import Package, Scenario
from harness.incentives.profiles import IncentiveProfile
from harness.models.chat import Chat
from harness.probing.interview import Decision, Guess, OthersQuestion, Question
from harness.probing.packages import packages
from harness.prompting.probe import others_prompts, probe_prompts
from harness.records.finished import Played
from harness.records.probe import (
    PROBE,
    Estimates,
    Probe,
    ProbeAnswer,
    ProbeChair,
    ProbeRecord,
    ProbeSpec,
)
from harness.records.spec import StageSpec, TalksSpec
from harness.records.transcript import NOT_FINISHED, VoidReason
from harness.seeds import derive
from harness.stages.base import Bench, Foreseen, InPlay, Inputs, Kind, Planning, ScenarioOf
from harness.suite.parts import SeatSpec
from harness.talks.barrier import Barrier
from harness.talks.order import first_order
from harness.talks.rules import TableState
from harness.view import View

QUESTION_TOKENS: Final = 500
"""Of a question about a package of eight issues; most are shorter."""
ANSWER_TOKENS: Final = 150
_ASKED: Final = ("model", "runnable", "scripted")
"""Kinds of delegations that can be probed. A delegation class of the user's own has no method that
answers."""


class ProbeKind(Kind[ProbeSpec]):
    """One delegate is asked which packages it would sign."""

    name = PROBE
    spec = ProbeSpec
    record = ProbeRecord

    def next_stages(
        self, arm: str, before: Mapping[str, StageSpec], planning: Planning
    ) -> Iterator[tuple[str, ProbeSpec]]:
        """See :meth:`~harness.stages.base.Kind.next_stages`: one for each delegate of the talks."""
        talks = next(spec for spec in before.values() if isinstance(spec, TalksSpec))
        for seat in talks.seats:
            if seat.kind in _ASKED:
                yield (
                    f"{PROBE}_{seat.seat}",
                    probe_of(talks, seat, estimates=planning.estimates),
                )

    def foreseen(self, spec: ProbeSpec) -> Mapping[str, Foreseen]:
        """See :meth:`~harness.stages.base.Kind.foreseen`."""
        asked = spec.asked
        if asked.model is None:
            return {}
        count = spec.packages + (1 if spec.estimates else 0)
        tokens = (count * QUESTION_TOKENS, count * ANSWER_TOKENS)
        return {asked.model: Foreseen(count, *tokens)}

    def view(self, spec: ProbeSpec, scenarios: ScenarioOf) -> View | None:
        """See :meth:`~harness.stages.base.Kind.view`."""
        return view_of(spec, scenarios(spec.scenario, spec.twin))

    def empty_body(self, spec: ProbeSpec, why: VoidReason) -> Probe:
        """See :meth:`~harness.stages.base.Kind.empty_body`."""
        return Probe()

    async def play(self, spec: ProbeSpec, inputs: Inputs, bench: Bench) -> Played:
        """See :meth:`~harness.stages.base.Kind.play`."""
        stage = InPlay(self, spec)
        scenario = bench.scenario(spec.scenario, spec.twin)
        view = view_of(spec, scenario)
        shown = packages(scenario, spec.asked.principal, spec.seed, spec.packages)
        if spec.asked.kind == "scripted":
            answers = tuple(_by_stake(view, one) for one in shown)
            return stage.over(Probe(answers=answers, estimates=_by_image(spec, view)))
        return await _interviewed(stage, spec, view, shown, bench)


def probe_of(talks: TalksSpec, seat: SeatSpec, *, estimates: bool = False) -> ProbeSpec:
    """The probe of a delegate of these talks, with all that is in its briefing.

    Args:
        estimates: Whether it is asked what the other sides need.
    """
    told = {f"probe/{name}": digest for name, digest in probe_prompts().hashes().items()}
    if estimates:
        own = others_prompts().hashes()
        told |= {f"probe/others/{name}": digest for name, digest in own.items()}
    return ProbeSpec(
        scenario=talks.scenario,
        scenario_hash=talks.scenario_hash,
        twin=talks.twin,
        seed=talks.seed,
        rules=talks.version,
        protocol=talks.protocol,
        asked=seat,
        chairs=tuple(
            ProbeChair(
                seat=one.seat,
                principal=one.principal,
                role=one.role,
                authority=one.authority,
                home=one.home,
            )
            for one in talks.seats
        ),
        opener=talks.opener,
        estimates=True if estimates else None,
        templates={} if seat.kind == "scripted" else {**talks.templates, **told},
    )


def view_of(spec: ProbeSpec, scenario: Scenario) -> View:
    """What the delegate sees as the talks begin; the same as at the table.

    Nothing is known here of what drives the others, so nothing of it can be shown.
    """
    seats = tuple(
        spec.asked
        if chair.seat == spec.asked.seat
        else SeatSpec(
            seat=chair.seat,
            principal=chair.principal,
            role=chair.role,
            authority=chair.authority,
            home=chair.home,
            profile=IncentiveProfile(),
        )
        for chair in spec.chairs
    )
    talks = TalksSpec(
        version=spec.rules,
        scenario=spec.scenario,
        scenario_hash=spec.scenario_hash,
        twin=spec.twin,
        seed=spec.seed,
        protocol=spec.protocol,
        seats=seats,
        opener=spec.opener,
    )
    consults = {seat.seat: seat.profile.consults_capital for seat in seats}
    state = TableState(scenario, spec.protocol, first_order(talks), consults)
    state.open_round(1)
    return Barrier(talks, scenario).view(state, spec.asked.seat, ())


def _by_stake(view: View, package: Package) -> ProbeAnswer:
    """A script signs what its own stake takes over no deal: it is an instrument."""
    own = view.brief.stake
    signs = own.of(view.dispute.indices(package)) >= own.no_deal - TOLERANCE
    return ProbeAnswer(package=package, signs=signs)


def _by_image(spec: ProbeSpec, view: View) -> Estimates | None:
    """A script takes the others for what everybody does, before the talks as after them."""
    if not spec.estimates:
        return None
    limits, issues = public_estimates(view)
    return Estimates(reservations=limits, top_issues=issues)


async def _interviewed(
    stage: InPlay, spec: ProbeSpec, view: View, shown: tuple[Package, ...], bench: Bench
) -> Played:
    """Ask a model about each package.

    An answer that cannot be had is missing, and the others stand. Where none can be had the probe
    is void. Where the server or the budget fails, it is played again when the run is resumed.
    """
    asked, prompts, protocol = spec.asked, bench.prompts, spec.protocol
    assert asked.model is not None
    assert prompts is not None
    chat = bench.chats(spec)(asked.model)
    questions = [
        Question(view, package, number, prompts, _model(spec, chat, number))
        for number, package in enumerate(shown)
    ]

    def texts() -> dict[str, tuple[str, str]]:
        return {key: text for one in begun for key, text in one.thread.texts().items()}

    begun: list[Question | OthersQuestion] = []
    own_code = asked.kind == "runnable"
    respondent = Respondent(asked.seat, protocol.repairs, texts, own_code)
    meter = Meter("probe", protocol.token_limit, protocol.time_limit)
    asker = Asker([respondent], meter, "seat", bench.on_call)
    answers: list[ProbeAnswer] = []
    reasons: list[VoidReason] = []
    for package, question in zip(shown, questions, strict=True):
        begun.append(question)
        try:
            got = await asker.ask(asked.seat, question.ask, _problem)
        except GivenUpError as failure:
            reason = failure.reason
            if reason.kind in NOT_FINISHED:
                return stage.over(Probe(answers=tuple(answers)), reason, asker)
            reasons.append(reason)
            answers.append(
                ProbeAnswer(
                    package=package,
                    problem=reason.detail.splitlines()[0],
                    repairs=reason.repairs,
                )
            )
        else:
            found = ProbeAnswer(package=package, signs=got.answer.signs, why=got.answer.why)
            answers.append(got.effort.noted_in(found))
    guessed = None
    if spec.estimates:
        begun.append(other := OthersQuestion(view, prompts, _model(spec, chat, len(shown))))
        guessed, cut = await _on_others(asker, asked.seat, other)
        if cut is not None:
            return stage.over(Probe(answers=tuple(answers)), cut, asker)
    void = reasons[0] if len(reasons) == len(shown) else None
    if void is not None:  # its unusable replies stand with the answers, and count once
        void = VoidReason(kind=void.kind, seat=void.seat, detail=void.detail)
    return stage.over(Probe(answers=tuple(answers), estimates=guessed), void, asker)


async def _on_others(
    asker: Asker, seat: str, question: OthersQuestion
) -> tuple[Estimates | None, VoidReason | None]:
    """What a model takes the others to need; or why the probe is to be played again."""
    try:
        got = await asker.ask(seat, question.ask, _no_guess)
    except GivenUpError as failure:
        reason = failure.reason
        if reason.kind in NOT_FINISHED:
            return None, reason
        problem = reason.detail.splitlines()[0]
        return Estimates(problem=problem, repairs=reason.repairs), None
    guess = got.answer
    found = Estimates(
        reservations=dict(guess.reservations),
        top_issues=dict(guess.top_issues),
        words=guess.words,
    )
    return got.effort.noted_in(found), None


def _model(spec: ProbeSpec, chat: Chat, number: int) -> AskedModel:
    """Who is asked. An agent of the user's own has a thread of its own in each conversation."""
    asked = spec.asked
    assert asked.model is not None
    if asked.kind == "runnable":
        from harness.models.providers.agents.seated import AgentSeat, SeatedChat

        offered = {
            "seat": asked.seat,
            "seed": derive(spec.seed, PROBE, asked.seat, number),
            # A copy: the settings belong to the record.
            "settings": asked.settings.model_copy(deep=True),
        }
        thread = f"{derive(0, PROBE, spec.id, number):016x}"
        chat = SeatedChat(chat, AgentSeat(thread, offered))
    return AskedModel(asked.seat, chat, asked.model, asked.settings)


def _problem(answer: Decision) -> str | None:
    return None if answer.signs is not None else "The answer holds no decision."


def _no_guess(answer: Guess) -> str | None:
    return None if answer.reservations else "The answer estimates nothing."
