"""The form in which a person answers questions about a whole record at a terminal: by numbers and
keys, over a pipe too."""

from __future__ import annotations

import re
import sys
import textwrap
from typing import TYPE_CHECKING, Final

from harness.cli.console import dimensions
from harness.cli.desk import BackError, Desk
from harness.cli.label_form import PreviousError, QuitError
from harness.records.judgement import Verdict
from harness.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.app.record_labelling import AskedRecord, RecordLabelling
    from harness.records.judgement import JudgedItem

HELP: Final = """\
You read what a judge reads, and answer what it is asked:

- a number: the answer that fits best. Where several fit, go by what you were told to look at.
- t: you cannot tell. It counts as missing.
- s, skip: leave this question out. It counts as missing too.
- b, back: go to the question before, and answer it again.
- read: read it all again. about: the dispute, and what to look at.
- ?, help: this. q, quit, or Ctrl-C: stop. What you have answered is kept, and the same command \
goes on.

You need not quote. Answer by what was said, and not by what you would expect."""
_KEPT: Final = 6
"""Lines of a screen that a page leaves free."""
_LEAST: Final = 10
"""Lines of a page, however small the screen is."""
_MARGIN: Final = "    "
_PARAGRAPHS: Final = re.compile(r"\n\s*\n")
_LINES: Final = re.compile(r"\n(?=\s*(?:[-*]|\d+\.)\s)")
"""Where an entry of a list begins: other lines of a paragraph run on."""


def ask(
    desk: Desk,
    labelling: RecordLabelling,
    asked: AskedRecord,
    number: int,
    *,
    opening: bool = False,
    known: bool = False,
    last: bool = False,
) -> None:
    """Ask a person all questions about a record that have no answer yet; each is kept at once.

    Args:
        number: Of the record, from 1.
        opening: It is the first that is shown at this sitting: what to look at stands before it.
        known: The person has read it at this sitting, and is not shown it all again.
        last: Go on with the last question, whether it is answered or not: the person has come back
            from the next record.

    Raises:
        QuitError, PreviousError: The person stops, or goes back from the first question.
        PersonLeftError: The input has ended, or Ctrl-C was typed.
    """
    whole = len(asked.items)
    told = labelling.answers(asked.drawn)
    _show(desk, asked, f"{number} of {len(labelling.asked)}", opening=opening, known=known)
    at = next((n for n, one in enumerate(asked.items) if one.id not in told), whole - 1)
    at = whole - 1 if last else at
    while at < whole:
        item = asked.items[at]
        try:
            labelling.keep(asked, _answer(desk, item, f"Question {at + 1} of {whole}"))
        except BackError:
            if at == 0:
                raise PreviousError from None
            at -= 1
            continue
        at += 1


def _answer(desk: Desk, item: JudgedItem, title: str) -> Verdict:
    """What a person says to a question."""
    from harness.app.record_labelling import CANNOT_TELL, LEFT_OUT

    desk.print()
    desk.print(f"{title}: {item.question}")
    for at, one in enumerate(item.answers, start=1):
        desk.print(f"{at}. {one.text}", indent="  ", after="     ")
    while True:
        word = desk.choice(f"1 to {len(item.answers)}; t cannot tell; s, b, read, ? > ").casefold()
        if word.isascii() and word.isdigit() and len(word) < 3:
            if 1 <= int(word) <= len(item.answers):
                return Verdict(item=item.id, answer=item.answers[int(word) - 1].id)
        elif word in ("t", "cannot tell"):
            return Verdict(item=item.id, problem=CANNOT_TELL)
        elif word in ("s", "skip"):
            return Verdict(item=item.id, problem=LEFT_OUT)
        elif word == "b":
            raise BackError
        elif word in ("q", "quit"):
            raise QuitError
        said = f"{word!r} is none of these. " if word else ""
        desk.print(f"{said}Type a number from 1 to {len(item.answers)}, t, s, b, or ? for help.")


def _show(desk: Desk, asked: AskedRecord, number: str, *, opening: bool, known: bool) -> None:
    desk.commands = {
        "help": lambda: desk.markdown(HELP),
        "read": lambda: _read(desk, asked.passages),
        "about": lambda: _about(desk, asked),
    }
    desk.heading(f"{number}: {asked.title}")
    if known:
        desk.print("You have read this one. Type read to read it again.")
        return
    if opening:
        _about(desk, asked)
    else:
        desk.print(asked.summary)
    desk.print()
    _read(desk, asked.passages)


def _about(desk: Desk, asked: AskedRecord) -> None:
    """What to look at, in the words in which a judge is told. The dispute is part of them."""
    for number, paragraph in enumerate(_PARAGRAPHS.split(asked.rubric.about.strip())):
        if number:
            desk.print()
        for line in _LINES.split(paragraph):
            desk.print(" ".join(line.split()))


def _read(desk: Desk, passages: Sequence[str]) -> None:
    """Show all passages, page by page at a terminal. Over a pipe there are no pages to turn."""
    pages = _pages(desk, passages) if sys.stdin.isatty() else [passages]
    at = 0
    while at < len(pages):
        for passage in pages[at]:
            desk.print(passage, after=_MARGIN)
        at += 1
        if at == len(pages):
            return
        word = desk.line(f"Page {at} of {len(pages)}: Enter for more, b, s for the questions > ")
        if word.casefold() in ("b", "back"):
            at = max(0, at - 2)
        elif word.casefold() in ("s", "skip"):
            return
        elif word.casefold() in ("q", "quit"):
            raise QuitError


def _pages(desk: Desk, passages: Sequence[str]) -> list[list[str]]:
    """Passages in pages that fit the screen; one that does not fit by itself is a page."""
    most = max(_LEAST, dimensions(getattr(desk.out, "inner", desk.out))[1] - _KEPT)
    pages: list[list[str]] = []
    room = 0
    for passage in passages:
        long = len(textwrap.wrap(visible(passage), desk.width, subsequent_indent=_MARGIN)) or 1
        if long > room or not pages:
            pages.append([])
            room = most
        pages[-1].append(passage)
        room -= long
    return pages
