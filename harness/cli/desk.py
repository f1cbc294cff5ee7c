"""A person's terminal: texts laid out for eighty columns, and lines that are read.

It works without colour, without a screen of its own and over a pipe: what is asked is written, and
a line is read. Words from outside are shown as they are, with nothing in them obeyed.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from typing import Final, TextIO

from harness.cli.console import dimensions
from harness.errors import PersonLeftError
from harness.visible import visible

WIDTH: Final = 80
"""Columns that are used at most: longer lines are hard to read."""
HELP: Final = ("help", "?")
BACK: Final = "back"
_MARKS: Final = re.compile(r"\*\*|`")
_HEADING: Final = re.compile(r"#+ (?P<title>.*)")


class BackError(Exception):
    """The person goes back to what can be done now."""


class Desk:
    """Where a person reads and types.

    Args:
        out: Where to write; None for stdout, whichever that is by then.
        commands: Word -> what it shows. They are understood wherever a choice is asked for.
    """

    def __init__(
        self, out: TextIO | None = None, commands: dict[str, Callable[[], None]] | None = None
    ) -> None:
        self._out = out
        self.commands = commands or {}
        self.reading = False
        """Whether a line is being waited for."""
        self.interrupted = False
        """Whether the person has ended the sitting with Ctrl-C."""

    @property
    def out(self) -> TextIO:
        """Where it writes."""
        return self._out or sys.stdout

    @property
    def width(self) -> int:
        """Columns of a line."""
        return min(WIDTH, dimensions(getattr(self.out, "inner", self.out))[0])

    # --- writing ---------------------------------------------------------------------------------

    def print(self, text: str = "", *, indent: str = "", after: str | None = None) -> None:
        """Write a paragraph, wrapped.

        Args:
            indent: Before its first line.
            after: Before the others; the same where it is left out.
        """
        for line in visible(text).split("\n"):
            wrapped = textwrap.wrap(
                line,
                self.width,
                initial_indent=indent,
                subsequent_indent=indent if after is None else after,
                break_on_hyphens=False,
            )
            self.out.write("\n".join(wrapped or [""]) + "\n")

    def heading(self, title: str) -> None:
        """Write a heading."""
        title = visible(title)
        self.print()
        self.print(title)
        self.print("-" * min(len(title), self.width))

    def markdown(self, text: str) -> None:
        """Write Markdown as plain text. Quotations, which are words of others, stay as they are."""
        for line in _lines(text):
            heading = _HEADING.fullmatch(line)
            if heading is not None:
                self.heading(_MARKS.sub("", heading["title"]))
            elif line.startswith(">"):
                self.print(line[1:].strip(), indent="  | ")
            elif line.startswith("- "):
                self.print(_MARKS.sub("", line[2:]), indent="- ", after="  ")
            else:
                self.print(_MARKS.sub("", line))

    # --- reading ---------------------------------------------------------------------------------

    def line(self, prompt: str) -> str:
        """A line as typed, without spaces around it.

        Raises:
            PersonLeftError: There is none, or Ctrl-C was typed.
        """
        while True:
            try:  # Ctrl-C may come as soon as the prompt is there
                self.out.write(self._wrapped(prompt))
                self.out.flush()
                self.reading = True
                text = sys.stdin.readline()
            except KeyboardInterrupt:
                self.interrupted = True
                self.out.write("\n")
                raise PersonLeftError from None
            except UnicodeDecodeError:
                text = "\udcff\n"
            finally:
                self.reading = False
            if not text:
                self.out.write("\n")
                raise PersonLeftError
            if _is_text(text):
                if not sys.stdin.isatty():  # so that what was piped in can be read with the rest
                    self.out.write(f"{visible(text.strip())}\n")
                return text.strip()
            self.print("That line is not text in UTF-8. Type it again.")

    def _wrapped(self, prompt: str) -> str:
        """A prompt, in lines that fit; what is typed follows the last one."""
        before, newline, last = visible(prompt).rpartition("\n")
        if len(last) > self.width:
            margin = " " * (len(last) - len(last.lstrip()))
            last = textwrap.fill(last, self.width - 1, subsequent_indent=margin) + " "
        return f"{before}{newline}{last}"

    def choice(self, prompt: str) -> str:
        """A line in answer to a question with answers to choose from. ``help`` and the other
        commands are carried out, and it is asked again.

        Raises:
            BackError: The person types ``back``.
            PersonLeftError: As for :meth:`line`.
        """
        while True:
            text = self.line(prompt)
            word = text.casefold()
            if word == BACK:
                raise BackError
            command = self.commands.get("help" if word in HELP else word)
            if command is None:
                return text
            command()

    def yes(self, question: str, *, default: bool | None = None) -> bool:
        """A yes or a no; without a ``default`` it has to be typed.

        Raises:
            BackError, PersonLeftError: As for :meth:`choice`.
        """
        hint = {None: "yes/no", True: "Enter for yes, or no", False: "yes, or Enter for no"}
        while True:
            word = self.choice(f"{question} ({hint[default]}) > ").casefold()
            if not word and default is not None:
                return default
            if word in ("y", "yes", "n", "no"):
                return word[0] == "y"
            self.print("Type yes or no, or back.")

    def numbered(
        self, prompt: str, names: list[str], *, default: int | None = None, labels: str = "number"
    ) -> int:
        """The index of one of ``names``, by its number, from 1, or by its name.

        Args:
            prompt: What is asked.
            names: Told apart without regard to case.
            default: What Enter means; None where something has to be typed.
            labels: What may be typed, for the complaint.

        Raises:
            BackError, PersonLeftError: As for :meth:`choice`.
        """
        known = [name.casefold() for name in names]
        while True:
            word = self.choice(prompt).casefold()
            if not word and default is not None:
                return default
            if word in known:
                return known.index(word)
            if _is_number(word) and 1 <= int(word) <= len(names):
                return int(word) - 1
            said = f"{word!r} is none of these. " if word else ""
            self.print(f"{said}Type a {labels} from 1 to {len(names)}, help, or back.")

    def whole_number(self, prompt: str, least: int, most: int) -> int:
        """A whole number in [least, most].

        Raises:
            BackError, PersonLeftError: As for :meth:`choice`.
        """
        while True:
            word = self.choice(prompt)
            if _is_number(word) and least <= int(word) <= most:
                return int(word)
            self.print(f"Type a whole number from {least} to {most}.")

    def words(self, prompt: str, most: int, *, needed: str | None) -> str:
        """Words of the person's own: a line, or what is written in an editor after ``edit``.

        Args:
            most: Characters, at most.
            needed: What to say where there are none; None where there need be none.

        Raises:
            BackError, PersonLeftError: As for :meth:`choice`.
        """
        while True:
            text = self.choice(prompt)
            if text.casefold() == "edit":
                text = _edited()
            if len(text) > most:
                self.print(f"That has {len(text)} characters; the most is {most}. Type it again.")
            elif not _is_text(text):
                self.print("That is not text in UTF-8. Type it again.")
            elif text or needed is None:
                return text
            else:
                self.print(needed)


def _edited() -> str:
    """What is written in the person's editor ($VISUAL or $EDITOR); empty where nothing is."""
    import click

    try:
        return (click.edit("", require_save=False) or "").strip()
    except click.ClickException:  # there is no such editor
        return ""


def _lines(text: str) -> Iterator[str]:
    """The lines, with no more than one empty line between two."""
    empty = True
    for line in text.split("\n"):
        if line.strip() or not empty:
            yield line
        empty = not line.strip()


def _is_number(word: str) -> bool:
    """Whether it is a whole number that a person would type."""
    return word.isascii() and word.isdigit() and len(word) < 9


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
