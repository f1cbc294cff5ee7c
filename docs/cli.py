"""Writes docs/cli.md, the reference of the command line, from the commands themselves.

python docs/cli.py
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from harness.cli.main import COMMANDS, cli  # noqa: E402

PAGE: Final = ROOT / "docs" / "cli.md"
HEAD: Final = """\
# The command line

Made from the commands by `python docs/cli.py`; a test checks that it is up to date. At the
terminal, `track15 COMMAND --help` shows the same.

Results go to stdout; progress and notes go to stderr. Output is plain, without colours, when it is
piped or `NO_COLOR` is set.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | failed or incomplete |
| 2 | wrong usage, or a file that cannot be used |
| 100 | a check does not hold, or more dialogues are void than `--max-void` allows |
| 130 | interrupted; everything finished is kept |
"""


def lines() -> Iterator[str]:
    """The page, line by line."""
    yield from HEAD.splitlines()
    yield ""
    yield "| command | what it does |"
    yield "|---|---|"
    for name, what in COMMANDS.items():
        yield f"| [`{name}`](#track15-{name}) | {_cell(what)} |"
    with click.Context(cli, info_name="track15", **cli.context_settings) as top:
        for name in COMMANDS:
            command = cli.get_command(top, name)
            if command is None:  # pragma: no cover - a name of the table is a command
                raise LookupError(name)
            yield from _command(command, click.Context(command, parent=top, info_name=name))


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield ""
    yield f"## track15 {context.info_name}"
    yield ""
    yield "```text"
    yield f"track15 {context.info_name} {' '.join(command.collect_usage_pieces(context))}"
    yield "```"
    for paragraph in re.split(r"\n\s*\n", (command.help or "").strip()):
        yield ""
        yield _prose(paragraph)
    options = [p for p in command.get_params(context) if isinstance(p, click.Option)]
    rows = [record for p in options if (record := p.get_help_record(context)) is not None]
    yield ""
    yield "| option | meaning |"
    yield "|---|---|"
    for names, meaning in rows:
        yield f"| `{_cell(names)}` | {_cell(meaning)} |"


def _prose(text: str) -> str:
    """A paragraph of help on one line; a bar in it is no column, an asterisk no emphasis."""
    return " ".join(text.replace("\b", "").split()).replace("*", r"\*").replace("<", r"\<")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


def page() -> str:
    """The whole page."""
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
