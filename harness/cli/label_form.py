"""The form in which a person labels a turn at a terminal: by keys and numbers, over a pipe too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.cli.desk import BackError, Desk

if TYPE_CHECKING:
    from harness.app.labelling import AskedTurn, Labelling
    from harness.records.judgement import JudgedAnswer, Verdict

SHOWN_BEFORE: Final = 4
"""Turns that are shown before the one that is asked about."""
HELP: Final = """\
Mark what the last words shown do, for the side that says them:

- c, concedes: they move towards the other side on an issue, from what that side last said or \
demanded.
- t, takes back: they go back on what that side had offered or agreed before.
- f, final: they call terms of its own its last word, its limit, a red line or not negotiable, or \
say that it will never move from them.
- h, threat: they threaten the other side.
- n, nothing: they do none of these. Then the next turn is shown.
- d, done: nothing more than what you have marked. Then the next turn is shown.

All in one line is quicker: c ISSUE OPTION, and the commitment behind it where it is not binding.

Mark each issue by itself. What is only said again is no new step. A first demand is no \
concession, and nor are praise, questions, or words on what the other side should do.

At any time:

- s, skip: leave this turn out. It counts as missing, and not as nothing.
- u, undo: take back the last mark.
- b, back: go to the turn before, and answer it again.
- more: all that was said before. about: the dispute, its issues and options.
- ?, help: this. q, quit, or Ctrl-C: stop. What you have answered is kept, and the same command \
goes on."""
_ACTS: Final = {
    "c": "concedes",
    "concedes": "concedes",
    "t": "takes_back",
    "takes back": "takes_back",
    "f": "final",
    "final": "final",
    "h": "threat",
    "threat": "threat",
}
_ANSWER: Final = {
    "concedes": "Where does it now stand?",
    "takes_back": "Where does it now stand?",
    "final": "What will it not go beyond?",
    "threat": "With what?",
}


class QuitError(Exception):
    """The person stops here."""


class PreviousError(Exception):
    """The person goes back to the turn before."""


def ask(desk: Desk, labelling: Labelling, asked: AskedTurn, number: int) -> list[Verdict] | None:
    """What a person marks in a turn; None where it is left out.

    Args:
        number: Of the turn, from 1.

    Raises:
        QuitError, PreviousError: The person stops, or goes back.
        PersonLeftError: The input has ended, or Ctrl-C was typed.
    """
    _show(desk, asked, number, len(labelling.asked))
    marked: list[Verdict] = []
    while True:
        told = f"{len(marked)} marked; d when done" if marked else "n for nothing"
        try:
            word = desk.choice(f"c, t, f, h; {told}; s, b, ? > ").casefold()
        except BackError:
            raise PreviousError from None
        if word in ("n", "nothing") and marked:
            desk.print("Something is marked. Type d when done, or u to take the last mark back.")
        elif word in ("n", "nothing") or (word in ("d", "done") and marked):
            return marked
        elif word in ("s", "skip"):
            return None
        elif word == "b":
            raise PreviousError
        elif word in ("q", "quit"):
            raise QuitError
        elif word in ("u", "undo"):
            desk.print("The last mark is gone." if marked else "Nothing is marked.")
            marked = marked[:-1]
        elif (event := _in_one_line(asked, word)) is not None:
            marked.append(event)
        elif word in _ACTS:
            try:
                marked.append(_event(desk, asked, _ACTS[word]))
            except BackError:
                desk.print("Nothing was marked.")
        else:
            said = f"{word!r} is none of these. " if word else ""
            desk.print(f"{said}Type c, t, f or h for what it does, n for nothing, or ? for help.")


def _in_one_line(asked: AskedTurn, line: str) -> Verdict | None:
    """An event typed whole, as in ``c security joint`` or ``h leave conditional``; None for a line
    that is none."""
    from harness.app.labelling import verdict_of

    act, *rest = line.split() or [""]
    items = {
        one.id.partition(".")[2]: one
        for one in asked.rubric.items
        if one.id.partition(".")[0] == _ACTS.get(act)
    }
    item = items.get(rest.pop(0)) if rest and "" not in items else items.get("")
    if item is None or not rest or rest[0] not in {one.id for one in item.answers}:
        return None
    fields = next(one for one in asked.rubric.fields if one.id == "commitment").answers
    commitments = [one.id for one in fields]
    answer, *more = rest
    if len(more) > 1 or (more and more[0] not in commitments):
        return None
    return verdict_of(asked, item.id, answer, more[0] if more else commitments[0])


def _event(desk: Desk, asked: AskedTurn, act: str) -> Verdict:
    from harness.app.labelling import verdict_of

    items = [one for one in asked.rubric.items if one.id.partition(".")[0] == act]
    item = items[0]
    if len(items) > 1:
        names = [one.id.partition(".")[2] for one in items]
        desk.print("On which issue?")
        for at, name in enumerate(names, start=1):
            desk.print(f"{at}. {_issue(asked, name)}", indent="  ", after="     ")
        item = items[desk.numbered("Issue > ", names)]
    desk.print(_ANSWER[act])
    answer = item.answers[_one_of(desk, item.answers)].id
    commitments = next(one for one in asked.rubric.fields if one.id == "commitment").answers
    desk.print("How far do the words commit it?")
    commitment = commitments[_one_of(desk, commitments, default=0)].id
    return verdict_of(asked, item.id, answer, commitment)


def _one_of(desk: Desk, answers: tuple[JudgedAnswer, ...], *, default: int | None = None) -> int:
    for at, one in enumerate(answers, start=1):
        desk.print(f"{at}. {one.id}: {one.text}", indent="  ", after="     ")
    hint = "" if default is None else f", Enter for {default + 1}"
    return desk.numbered(f"Number{hint} > ", [one.id for one in answers], default=default)


def _issue(asked: AskedTurn, issue: str) -> str:
    name = next(one for one in asked.issues if one[0] == issue)[1]
    return f"{issue}: {name}"


def _show(desk: Desk, asked: AskedTurn, number: int, of: int) -> None:
    desk.commands = {
        "help": lambda: desk.markdown(HELP),
        "more": lambda: _before(desk, asked, len(asked.before)),
        "about": lambda: _about(desk, asked),
    }
    desk.heading(f"{number} of {of}: {asked.title}")
    _before(desk, asked, SHOWN_BEFORE)
    desk.print()
    desk.print(f"{asked.said.who} says now:")
    _words(desk, asked.said.words, "  > ")
    desk.print()


def _before(desk: Desk, asked: AskedTurn, most: int) -> None:
    left = len(asked.before) - most
    if left > 0:
        turns = "turn was" if left == 1 else "turns were"
        desk.print(f"({left} {turns} before this: type more)")
    for one in asked.before[-most:] if most else ():
        desk.print(f"{one.who}:")
        _words(desk, one.words, "  | ")


def _words(desk: Desk, text: str, margin: str) -> None:
    for line in text.split("\n"):
        desk.print(line, indent=margin)


def _about(desk: Desk, asked: AskedTurn) -> None:
    desk.print(asked.summary)
    for issue, name, options in asked.issues:
        desk.print(f"- {issue}: {name}", after="  ")
        for option, text in options:
            desk.print(f"{option}: {text}", indent="    ", after="      ")
