"""A person at a terminal: shows what the seat sees, and reads moves."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Final

from harness.cli import offer_form
from harness.cli.desk import BackError, Desk
from harness.errors import PersonLeftError
from harness.records.moves import MAX_SIDE_TERMS
from harness.records.transcript import Action, Commitment, Debrief, Move

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.delegations.person import DebriefForm, Form, MoveForm, OnTable
    from harness.disputes.scenario import Package

MAX_WORDS: Final = 6000
"""Longest statement, in characters; the rules of the table hold the same."""
SAY: Final = "Say at the table what you mean to say; one line is enough."
HELP: Final = """\
What you can type on your turn:

- propose: put a package on the table, issue by issue. propose o-2 starts from o-2.
- accept o-2: agree to a proposal as it stands. accept alone takes the only one.
- reject o-2: take a proposal of the other side off the table.
- pass: speak, without a proposal. You may name what you would want.
- consult: ask your leadership about a package, where you can. It uses no turn.
- walk out: leave the talks. It ends them without an agreement, and asks you first.

At any time:

- offers: what lies on the table.
- values: what the terms are worth, by your table.
- brief: all that you were told at the start.
- help: this.
- back: drop what you have begun, and choose again.
- Ctrl-C or Ctrl-D: end the sitting. What was played is kept. It is no walk-out.

Words are one line; type edit to write more in your editor."""
_ACTIONS: Final = {
    "propose": Action.PROPOSE,
    "accept": Action.ACCEPT,
    "reject": Action.REJECT,
    "pass": Action.PASS,
    "consult": Action.CONSULT,
    "walk out": Action.WALK_OUT,
    "walk_out": Action.WALK_OUT,
}


class TerminalPerson:
    """Implements :class:`harness.delegations.person.Person`.

    It blocks the event loop while it reads: nothing else is in play, and Ctrl-C comes at once.

    Args:
        desk: Where it reads and types.
        leave: Called where Ctrl-C comes while the other side is waited for.
    """

    def __init__(self, desk: Desk, leave: Callable[[], None]) -> None:
        self._desk = desk
        self._leave = leave
        self._briefing: tuple[str, ...] = ()
        self._word: Commitment | None = None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While the block runs, Ctrl-C ends the sitting, and keeps what was played."""

        def interrupt(signum: int, frame: FrameType | None) -> None:
            if self._desk.reading:
                raise KeyboardInterrupt
            if self._desk.interrupted:  # for the second time: something hangs
                raise KeyboardInterrupt
            self._desk.interrupted = True
            self._leave()

        before = signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    # --- a move ------------------------------------------------------------------------------

    async def move(self, form: MoveForm) -> Move:
        """A move, with what is said at the table."""
        self._show(form)
        desk = self._desk
        desk.print()
        desk.markdown(form.standing_text)
        while True:
            desk.print()
            desk.markdown(f"{form.place}\nYou may: {_may(form)}; or help.")
            try:
                text = desk.choice("> ")
                move = self._read(form, text)
            except BackError:
                desk.print("Nothing was said or done.")
                continue
            if move is not None:
                return move

    def _read(self, form: MoveForm, text: str) -> Move | None:
        """The move that a line begins; None where it cannot be read, with the reason written."""
        word = " ".join(text.casefold().split())
        name = next((one for one in _ACTIONS if word == one or word.startswith(f"{one} ")), None)
        if name is None:
            self._desk.print(f"{text!r} cannot be read." if text else "Nothing was typed.")
            self._desk.print(f"Type one of: {_may(form)}; or help.")
            return None
        action, rest = _ACTIONS[name], word.removeprefix(name).strip()
        if action not in form.actions:
            self._desk.print(f"You cannot {name} now. You may: {_may(form)}.")
            return None
        match action:
            case Action.PROPOSE:
                return self._propose(form, rest)
            case Action.ACCEPT | Action.REJECT:
                return self._answer(form, action, rest)
            case Action.PASS:
                return self._pass(form, rest)
            case Action.CONSULT:
                return self._consult(form, rest)
            case Action.WALK_OUT:
                return self._walk_out(rest)

    def _propose(self, form: MoveForm, rest: str) -> Move | None:
        desk, package = self._desk, self._package(form, rest)
        if package is None:
            return None
        second: Package | None = None
        if form.alternatives and desk.yes(
            "A second package beside it, either of which may be accepted?", default=False
        ):
            second = offer_form.fill(desk, form, package, "your first package")
            offer_form.summary(desk, form, second)
            if second == package:
                desk.print("It is the same as the first, so there is no second package.")
                second = None
        side = ""
        if form.side_terms:
            prompt = "Side terms, for what no option covers (Enter for none) > "
            side = desk.words(prompt, MAX_SIDE_TERMS, needed=None)
        return Move(
            action=Action.PROPOSE,
            package=package,
            or_package=second,
            side_terms=side or None,
            commitment=self._commitment(form),
            words=self._words(),
        )

    def _package(self, form: MoveForm, rest: str) -> Package | None:
        """A package from the form; None where what it should start from is not on the table."""
        start, whose = form.last, "your last package"
        theirs = [one for one in form.standing if not one.own]
        if rest:
            offer = self._named(form.standing, rest, "start from")
            if offer is None:
                return None
            start, whose = offer.package, offer.id
        elif start is None and form.opening is not None:  # Enter gives nothing away
            start, whose = form.opening, f"the public opening of {form.name}"
        elif start is None and theirs:
            start, whose = theirs[-1].package, theirs[-1].id
        package = offer_form.fill(self._desk, form, start or {}, whose)
        self._desk.print()
        offer_form.summary(self._desk, form, package)
        return package

    def _answer(self, form: MoveForm, action: Action, rest: str) -> Move | None:
        desk, accepts = self._desk, action is Action.ACCEPT
        can = [one for one in form.standing if (one.accept if accepts else one.reject)]
        offer = self._named(can, rest, action.value)
        if offer is None:
            return None
        offer_form.summary(desk, form, offer.package)
        if accepts:
            return Move(
                action=action,
                offer=offer.id,
                commitment=self._commitment(form),
                words=self._words(),
            )
        return Move(
            action=action, offer=offer.id, position=self._position(form), words=self._words()
        )

    def _pass(self, form: MoveForm, rest: str) -> Move | None:
        if rest:
            self._desk.print("Type pass alone; your words are asked for next.")
            return None
        return Move(action=Action.PASS, position=self._position(form), words=self._words())

    def _consult(self, form: MoveForm, rest: str) -> Move | None:
        left = form.consultations
        self._desk.print(f"Ask your leadership whether it could sign a package ({left} left).")
        package = self._package(form, rest)
        if package is None or not self._desk.yes("Ask about this package?", default=True):
            return None
        return Move(action=Action.CONSULT, package=package)

    def _walk_out(self, rest: str) -> Move | None:
        if rest:
            self._desk.print("Type walk out alone; your words are asked for next.")
            return None
        if not self._desk.yes("Leave the table, and end the talks without an agreement?"):
            self._desk.print("You stay.")
            return None
        return Move(action=Action.WALK_OUT, words=self._words())

    def _named(
        self, offers: list[OnTable] | tuple[OnTable, ...], name: str, verb: str
    ) -> OnTable | None:
        """The offer of that number; the only one where none is named."""
        found = next((one for one in offers if one.id == name), None)
        if found is not None:
            return found
        if not name and len(offers) == 1:
            return offers[0]
        ids = ", ".join(one.id for one in offers) or "nothing"
        said = f"{name!r} is not among what you can {verb}" if name else f"Say what to {verb}"
        self._desk.print(f"{said}: {ids}.")
        return None

    def _position(self, form: MoveForm) -> Package | None:
        if not self._desk.yes("Name options that you would want instead?", default=False):
            return None
        return offer_form.some(self._desk, form)

    def _commitment(self, form: MoveForm) -> Commitment:
        """How far the word commits; what was said last is what Enter takes."""
        words = [word for word, _ in form.commitments]
        if len(words) == 1:
            return words[0]
        self._desk.print("\nHow far does your word go?")
        for at, (word, meaning) in enumerate(form.commitments, start=1):
            self._desk.print(f"{at}. {word.value}: {meaning}", indent="  ", after="     ")
        default = words.index(self._word) if self._word in words else None
        hint = "" if default is None else f", Enter for {default + 1}"
        names = [word.value for word in words]
        self._word = words[self._desk.numbered(f"Number{hint} > ", names, default=default)]
        return self._word

    def _words(self) -> str:
        return self._desk.words("Your words at the table > ", MAX_WORDS, needed=SAY)

    # --- other questions ---------------------------------------------------------------------

    async def advise(self, form: MoveForm, title: str) -> str:
        """What a member of the delegation advises."""
        self._show(form)
        self._desk.markdown(form.standing_text)
        prompt = f"What does {title}, of your delegation, advise? > "
        return self._until_said(prompt, "Write what is advised; one line is enough.")

    async def debrief(self, form: DebriefForm) -> Debrief:
        """The private questions after the talks."""
        desk = self._desk
        desk.heading("The talks are over")
        self._show(form)
        desk.print()
        desk.markdown(form.place)
        desk.print(
            "\nThese questions are put to you in private. Nobody at the table will see the answers."
        )
        while True:
            try:
                return self._answers(form)
            except BackError:
                desk.print("\nFrom the first question on again.")

    def _answers(self, form: DebriefForm) -> Debrief:
        desk, seats = self._desk, [form.seat, *form.others]
        sides = [f"your side ({form.name})", *form.others.values(), "both the same"]
        end = "the agreement" if form.agreed else "its last"
        gave = self._which(
            f"\n1. Counting how much each issue matters to each side, which side gave up more "
            f"between its first proposal and {end}?",
            sides,
        )
        margin = 0
        if gave < len(seats):
            prompt = "   How much more, from 1 (hardly) to 10 (the other gave nothing)? > "
            margin = desk.whole_number(prompt, 1, 10)
        favours, signs = None, None
        if form.agreed:
            favoured = self._which(
                "\n2. Compared with no agreement, whom does the agreement favour?", sides
            )
            favours = [*seats, "equal"][favoured]
            signs = desk.yes(f"   Could the leadership of {form.name} sign it?")
        limits, issues, learned = {}, {}, {}
        topics = [topic.id for topic in form.topics]
        for seat, name in form.others.items():
            desk.print(f"\n3. What do you take {name} to want?")
            prompt = (
                "   What was no agreement worth to it, from 0 (the worst package) to 100 (the "
                "best)? > "
            )
            limits[seat] = desk.whole_number(prompt, 0, 100) / 100
            names = [f"{topic.name} ({topic.id})" for topic in form.topics]
            issues[seat] = topics[self._which("   Which issue mattered most to it?", names, topics)]
            said = desk.words(
                "   What have you learned of its limits? (Enter: nothing) > ",
                MAX_WORDS,
                needed=None,
            )
            learned[seat] = said or "nothing"
        words = desk.words(
            "\n4. Why do you think so? (Enter to leave it) > ", MAX_WORDS, needed=None
        )
        return Debrief(
            gave_more=[*seats, "equal"][gave],
            margin=float(margin),
            favours=favours,
            own_could_sign=signs,
            reservations=limits,
            top_issues=issues,
            learned=learned,
            words=words,
        )

    def _which(self, question: str, names: list[str], ids: list[str] | None = None) -> int:
        """The index of one of ``names``; ``ids`` may be typed too."""
        self._desk.print(question)
        for at, name in enumerate(names, start=1):
            self._desk.print(f"   {at}. {name}")
        return self._desk.numbered("   Number > ", ids or names)

    def _until_said(self, prompt: str, needed: str) -> str:
        while True:
            try:
                return self._desk.words(prompt, MAX_WORDS, needed=needed)
            except BackError:
                self._desk.print("There is nothing to go back to.")

    # --- what is shown -----------------------------------------------------------------------

    def _show(self, form: Form) -> None:
        """Whatever has not been shown yet."""
        if self._desk.interrupted:
            raise PersonLeftError
        desk = self._desk
        desk.commands = {
            "help": lambda: desk.markdown(HELP),
            "offers": lambda: desk.markdown(form.standing_text),
            "values": lambda: offer_form.table(desk, form),
            "brief": lambda: self._brief(form),
        }
        if form.briefing:
            self._briefing = form.briefing
            self._brief(form)
            desk.heading("The talks begin")
            desk.print(f"You sit in seat {form.seat}, for {form.name}. Type help at any time.")
        if form.complaint is not None:
            desk.print(
                f"\nThat could not be used, and nothing of it reached anyone. {form.complaint}"
            )
        elif form.news:
            desk.print()
            desk.markdown(form.news)

    def _brief(self, form: Form) -> None:
        for piece in self._briefing:
            self._desk.markdown(piece)
            self._desk.print()
        offer_form.table(self._desk, form)


def _may(form: MoveForm) -> str:
    """What the seat may do now, as it is typed."""
    return ", ".join(action.value.replace("_", " ") for action in Action if action in form.actions)
