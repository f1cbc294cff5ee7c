"""One dialogue, laid out to be read at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from harness.incentives import Role
from harness.records.transcript import Action

if TYPE_CHECKING:
    from harness.records.store import RunFolder
    from harness.records.transcript import Move, TalksStage, Transcript, Turn
    from harness.scenario import Scenario

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
    """Print a transcript turn by turn. Model text is never taken as markup."""
    spec, talks = transcript.spec, transcript.talks
    scenario = folder.info.scenario(spec.scenario, spec.twin)
    who = {
        seat.seat: f"{scenario.principals[seat.principal].name} ({ROLE_WORDS[seat.role]})"
        for seat in spec.seats
    }
    console.print(Text(scenario.say(scenario.title), style="bold"))
    console.print(Text(f"{spec.arm} - twin {spec.twin.value} - epoch {spec.epoch} - {spec.id}"))
    for seat in spec.seats:
        played = seat.model or f"scripted, {seat.tactic}"
        console.print(_line(seat.seat, f"{who[seat.seat]}: {played}"))
    texts = _prompts(folder, talks) if prompts else {}
    shown: set[str] = set()
    round_ = 0
    for turn in talks.turns:
        if turn.round != round_:
            round_ = turn.round
            console.print(Text(f"\nRound {round_}", style="bold underline"))
            for reality in scenario.realities:
                if reality.after_round == round_ - 1:
                    console.print(
                        Padding(Text(scenario.say(reality.text)), (0, 0, 0, 4), expand=False)
                    )
        if turn.kind != "statement" and not private:
            continue
        for text in _prompt_texts(talks, turn, texts, shown):
            console.print(Padding(Text(text, style="dim"), (0, 0, 0, 8), expand=False))
        _print_turn(console, scenario, who, turn, private=private)
    seats = {seat.seat: seat.principal for seat in spec.seats}
    _print_end(console, scenario, who, seats, talks, private=private)


def _print_turn(
    console: Console, scenario: Scenario, who: dict[str, str], turn: Turn, *, private: bool
) -> None:
    label = {"caucus": " - caucus (private)", "consultation": " - to the capital (private)"}
    member = f", {turn.member}" if turn.member else ""
    console.print()
    console.print(_line(turn.seat, f"{who[turn.seat]}{member}{label.get(turn.kind, '')}"))
    if turn.move is not None:
        console.print(Padding(_move(scenario, turn), (0, 0, 0, 4), expand=False))
    if turn.words:
        console.print(Padding(Text(turn.words), (0, 0, 0, 4), expand=False))
    if turn.capital is not None:
        verdict = "acceptable" if turn.capital.acceptable else "not acceptable"
        text = (
            f"The capital: {verdict}; worth {turn.capital.value:.2f} to it, "
            f"no deal {turn.capital.reservation:.2f}"
        )
        console.print(Padding(Text(text, style="italic"), (0, 0, 0, 4), expand=False))
    if private and turn.thoughts:
        console.print(
            Padding(
                Text(f"(private) {turn.thoughts}", style="dim italic"), (0, 0, 0, 4), expand=False
            )
        )
    for repair in turn.repairs:
        console.print(
            Padding(
                Text(f"asked again: {repair.error}", style="yellow"), (0, 0, 0, 4), expand=False
            )
        )


def _move(scenario: Scenario, turn: Turn) -> Text:
    assert turn.move is not None
    move: Move = turn.move
    head = move.action.value.replace("_", " ")
    if turn.offer:
        head += f" {turn.offer}"
    if move.action in (Action.PROPOSE, Action.ACCEPT):
        head += f", {move.commitment.value.replace('_', ' ')}"
    text = Text(f"[{head}]", style="bold")
    terms = move.package or move.position
    if terms:
        named = "; ".join(
            f"{scenario.say(issue.name)}: {terms[issue.id]}"
            for issue in scenario.issues
            if issue.id in terms
        )
        text.append(f" {named}", style="not bold")
    return text


def _print_end(
    console: Console,
    scenario: Scenario,
    who: dict[str, str],
    seats: dict[str, str],
    talks: TalksStage,
    *,
    private: bool,
) -> None:
    outcome = talks.outcome
    ending = outcome.kind.replace("_", " ")
    if outcome.commitment is not None:
        ending += f" ({outcome.commitment.value.replace('_', ' ')})"
    console.print(Text(f"\nEnding: {ending}", style="bold"))
    if outcome.reason:
        console.print(Padding(Text(outcome.reason), (0, 0, 0, 4), expand=False))
    if outcome.package is not None:
        for issue in scenario.issues:
            clause = next(o.text for o in issue.options if o.id == outcome.package[issue.id])
            term = f"{scenario.say(issue.name)}: {scenario.say(clause)}"
            console.print(Padding(Text(term), (0, 0, 0, 4), expand=False))
    if outcome.kind != "void":
        for seat, principal in seats.items():
            console.print(_line(seat, f"{who[seat]}: {_worth(scenario, talks, principal)}"))
    if not private:
        return
    for seat, debrief in talks.debriefs.items():
        if debrief.problem:
            said = f"no answer ({debrief.problem})"
        elif debrief.gave_more == "equal":
            said = "both gave the same"
        else:
            said = f"{who.get(debrief.gave_more or '', debrief.gave_more)} gave more"
        console.print(_line(seat, f"{who[seat]}, asked in private: {said}. {debrief.words}"))


def _worth(scenario: Scenario, talks: TalksStage, principal: str) -> str:
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
    return Text(text, style=SEAT_STYLE.get(seat, "bold green"))


def _prompts(folder: RunFolder, talks: TalksStage) -> dict[str, tuple[str, str]]:
    return folder.messages({key for call in talks.calls for key in call.prompt})


def _prompt_texts(
    talks: TalksStage, turn: Turn, texts: dict[str, tuple[str, str]], shown: set[str]
) -> Iterator[str]:
    """Prompt messages behind a turn that were not shown yet."""
    for number in turn.calls:
        for key in talks.calls[number].prompt:
            if key in texts and key not in shown:
                shown.add(key)
                role, content = texts[key]
                yield f"--- {role} {key}\n{content}"
