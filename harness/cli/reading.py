"""One dialogue, laid out to be read at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from harness.cli.calls import CallPrinter, indented
from harness.incentives.profiles import Role
from harness.records.placement import placement_of
from harness.records.transcript import Action
from harness.report import afterwards
from harness.report.extras import besides, ended_with, named
from harness.report.tables import shown
from harness.visible import visible

if TYPE_CHECKING:
    from harness.disputes.scenario import Scenario
    from harness.records.reader import RunFolder
    from harness.records.transcript import Move, Talks, Transcript, Turn, VoidReason

SEAT_STYLE = {"o": "bold red", "u": "bold blue"}
ROLE_WORDS = {
    Role.OFFICIAL: "official",
    Role.UNOFFICIAL: "unofficial",
    Role.ENVOY: "envoy",
    Role.DELEGATE: "delegate",
}


def print_dialogue(
    folder: RunFolder,
    transcript: Transcript,
    console: Console,
    *,
    private: bool = True,
    prompts: bool = False,
) -> None:
    """Print a transcript turn by turn. Model text is never taken as markup.

    Args:
        private: Also thoughts, caucuses, consultations, debriefs, and what was wrong with replies
            that could not be used.
        prompts: Also every call of a model, those that made no turn among them.
    """
    spec, talks = transcript.spec, transcript.body
    scenario = folder.info.scenario(spec.scenario, spec.twin)
    place = placement_of(folder, transcript)
    arms = ", ".join(place.arms)
    who = {
        seat.seat: f"{scenario.principals[seat.principal].name} ({ROLE_WORDS[seat.role]})"
        for seat in spec.seats
    }
    calls = CallPrinter(folder, transcript, console) if prompts else None
    console.print(shown(scenario.say(scenario.title), "bold"))
    console.print(shown(f"{arms} - twin {place.twin} - epoch {place.epoch} - {transcript.id}"))
    for seat in spec.seats:
        played = seat.model or seat.how
        console.print(_line(seat.seat, f"{who[seat.seat]}: {played}"))
    round_ = 0
    for turn in talks.turns:
        if turn.round != round_:
            round_ = turn.round
            console.print(Text(f"\nRound {round_}", style="bold underline"))
            for reality in scenario.realities:
                if reality.after_round == round_ - 1:
                    console.print(indented(scenario.say(reality.text)))
        if turn.kind != "statement" and not private:
            continue
        console.print()
        if calls is not None:
            calls.print(turn.calls, turn.repairs)
        _print_turn(console, scenario, who, turn, private=private)
    if transcript.void is not None and (private or calls is not None):
        _print_void(console, who, transcript, transcript.void, calls)
    seats = {seat.seat: seat.principal for seat in spec.seats}
    _print_end(console, scenario, who, seats, talks, private=private)
    if private:
        _print_debriefs(console, scenario, who, talks, calls)


def _print_turn(
    console: Console, scenario: Scenario, who: dict[str, str], turn: Turn, *, private: bool
) -> None:
    label = {"caucus": " - caucus (private)", "consultation": " - to the capital (private)"}
    member = f", {turn.member}" if turn.member else ""
    head = f"turn {turn.index}: {who.get(turn.seat, turn.seat)}{member}{label.get(turn.kind, '')}"
    console.print(_line(turn.seat, head))
    if turn.move is not None:
        console.print(Padding(_move(scenario, turn), (0, 0, 0, 4), expand=False))
    if turn.words:
        console.print(indented(turn.words))
    if turn.capital is not None:
        verdict = "acceptable" if turn.capital.acceptable else "not acceptable"
        text = (
            f"The capital: {verdict}; worth {turn.capital.value:.2f} to it, "
            f"no deal {turn.capital.reservation:.2f}"
        )
        console.print(indented(text, "italic"))
    if private and turn.thoughts:
        console.print(indented(f"(private) {turn.thoughts}", "dim italic"))
    if private:
        for repair in turn.repairs:
            console.print(indented(f"asked again: {repair.error}", "yellow"))


def _print_void(
    console: Console,
    who: dict[str, str],
    transcript: Transcript,
    void: VoidReason,
    calls: CallPrinter | None,
) -> None:
    """What was tried after the last turn that was made."""
    talks = transcript.body
    made = {n for turn in talks.turns for n in turn.calls}
    made |= {n for debrief in talks.debriefs.values() for n in debrief.calls}
    lost = [number for number in range(len(transcript.calls)) if number not in made]
    if not lost and not void.repairs:
        return
    console.print()
    whose = f" of {who.get(void.seat, void.seat)}" if void.seat else ""
    console.print(_line(void.seat or "", f"the turn{whose} that was not made"))
    if calls is not None:
        calls.print(lost, void.repairs)
    else:
        for repair in void.repairs:
            console.print(indented(f"unusable: {repair.error}", "yellow"))


def _move(scenario: Scenario, turn: Turn) -> Text:
    assert turn.move is not None
    move: Move = turn.move
    head = move.action.value.replace("_", " ")
    if turn.offer:
        head += f" {turn.offer}"
    if move.action in (Action.PROPOSE, Action.ACCEPT):
        head += f", {move.commitment.value.replace('_', ' ')}"
    text = Text(f"[{visible(head)}]", style="bold")
    terms = move.package or move.position
    parts = [named(scenario, terms)] if terms else []
    more = [f"{part[:1].upper()}{part[1:]}" for part in besides(scenario, turn)]
    said = ". ".join(visible(part) for part in [*parts, *more])
    if said:
        text.append(f" {said}", style="not bold")
    return text


def _print_end(
    console: Console,
    scenario: Scenario,
    who: dict[str, str],
    seats: dict[str, str],
    talks: Talks,
    *,
    private: bool,
) -> None:
    outcome = talks.outcome
    ending = outcome.kind.replace("_", " ")
    if outcome.commitment is not None:
        ending += f" ({outcome.commitment.value.replace('_', ' ')})"
    console.print(Text(f"\nEnding: {ending}", style="bold"))
    if outcome.reason:
        console.print(indented(outcome.reason))
    if outcome.package is not None:
        for issue in scenario.issues:
            clause = next(o.text for o in issue.options if o.id == outcome.package[issue.id])
            term = f"{scenario.say(issue.name)}: {scenario.say(clause)}"
            console.print(indented(term))
    for line in ended_with(outcome, who, private=private):
        console.print(indented(line))
    if outcome.kind != "void":
        for seat, principal in seats.items():
            console.print(_line(seat, f"{who[seat]}: {_worth(scenario, talks, principal)}"))


def _print_debriefs(
    console: Console,
    scenario: Scenario,
    who: dict[str, str],
    talks: Talks,
    calls: CallPrinter | None,
) -> None:
    def called(seat: str) -> str:
        return who.get(seat, seat)

    for seat, debrief in talks.debriefs.items():
        if calls is not None:
            calls.print(debrief.calls, debrief.repairs)
        if debrief.problem:
            said = f"no answer ({debrief.problem})"
        elif debrief.gave_more is None:
            said = "no word on who gave more"
        elif debrief.gave_more == "equal":
            said = "both gave the same"
        else:
            said = f"{called(debrief.gave_more)} gave more{afterwards.margin(debrief)}"
        console.print(_line(seat, f"{called(seat)}, asked in private: {said}. {debrief.words}"))
        further = afterwards.on_terms(debrief, called)
        for line in (*further, *afterwards.on_others(debrief, called, scenario)):
            console.print(indented(line))


def _worth(scenario: Scenario, talks: Talks, principal: str) -> str:
    """What the ending is worth to a principal beside no deal, on the scale of u_P."""
    outcome = talks.outcome
    terms = scenario.terms(principal, outcome.round)
    no_deal = f"no deal is worth {terms.reservation:.2f} to the principal"
    if outcome.package is None:
        return no_deal
    crossed = scenario.crossed(principal, outcome.package)
    lines = ", ".join(scenario.say(scenario.issue(line.issue).name) for line in crossed)
    return f"the deal is worth {terms.utility(outcome.package):.2f}; {no_deal}" + (
        f"; crosses its red lines on {lines}" if crossed else ""
    )


def _line(seat: str, text: str) -> Text:
    return shown(text, SEAT_STYLE.get(seat, "bold green"))
