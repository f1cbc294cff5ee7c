"""``track15``: the command, its subcommands, and how every failure leaves the process.

Subcommands are imported when they are called, so that ``track15 --help`` starts at once. Exit
codes: 0 done; 1 failed or incomplete; 2 usage; 100 a check of the suite does not hold, more
dialogues are void than ``--max-void`` allows, or a figure is below ``--fail-below``; 130
interrupted.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
from types import FrameType
from typing import Any

import click

from harness import __version__
from harness.cli.console import cannot_write, discard_output, echo, open_streams
from harness.errors import Track15Error, UsageError, closest

INTERRUPTED = 130
CHECK_FAILED = 100

COMMANDS = {
    "run": "Play a suite, score it and report what was found.",
    "plan": "Show what a suite would play and cost; nothing is sent.",
    "doctor": "Play two turns with a model; say whether a run would work, and what to change.",
    "check": "Check a scenario or a suite: is it fair, and could it show a null?",
    "list": "List suites, scenarios, tracks, mechanisms, tactics, measures or runs.",
    "show": "Read a run's dialogues.",
    "view": "Show runs and their dialogues in a browser, on this machine alone.",
    "play": "Sit down at the table yourself, opposite a script or a model.",
    "fork": "Fork a dialogue from a turn, under a changed profile, model or seed.",
    "label": "Mark what turns of a run do, to correct its judge; see how far people agree.",
    "score": "Score a run's transcripts again; nothing is played.",
    "report": "Show what a run found, and write its report.html.",
    "compare": "Compare models, or tactics, over runs that differ in nothing else.",
    "audit": "Hold a written plan against a dispute: who concedes what, and who could sign it?",
    "calibrate": "Find out how good a judge is, on planted transcripts.",
    "import": "Read negotiations that were held elsewhere into a run.",
    "export": "Write a run for other tools: CSV, JSON lines, Parquet, or an Inspect log.",
}
_MODULES = {"import": "importing"}
"""Command -> its module, where the command's name is a word of Python's."""


class _Commands(click.Group):
    """Subcommands by name, each in its own module, imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"harness.cli.{_MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            close = closest(args[0], COMMANDS)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise click.UsageError(f"No such command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: track15 run quickstart",
)
@click.version_option(__version__, prog_name="track15")
def cli() -> None:
    """Language-model delegations negotiate; evaluators measure who gave what away."""


def main(argv: list[str] | None = None) -> None:
    """Entry point: run the command and leave with its exit code, never with a traceback for what a
    user, a model or a server did."""
    signal.signal(signal.SIGTERM, _interrupt)
    open_streams()
    try:
        code = _run(argv)
    except BrokenPipeError:
        code = 0  # the reader (head, less) has seen enough
        discard_output()
    except OSError as error:
        if not cannot_write(error):
            raise
        with contextlib.suppress(OSError):  # it may be stderr that is full
            echo(f"track15: the output cannot be written: {error.strerror}", err=True)
        code = 1
        discard_output()
    _leave_agents(code)
    sys.exit(code)


def _leave_agents(code: int) -> None:
    """End at once where code of the user's still runs: Python would wait for its threads."""
    apart: Any = sys.modules.get("harness.models.isolation")
    if apart is not None and apart.left_behind():
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)


def _run(argv: list[str] | None) -> int:
    try:
        # Not cli.main(): it turns a reader that left early (head, less) into exit code 1.
        arguments = sys.argv[1:] if argv is None else list(argv)
        _hold_text(arguments)
        with cli.make_context("track15", arguments) as context:
            result: Any = cli.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        error.show(file=sys.stderr)  # named, or click may write past the guard
        return error.exit_code
    except Track15Error as error:
        echo(f"track15: {error}", err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        echo("track15: interrupted", err=True)
        return INTERRUPTED
    return result if isinstance(result, int) else 0


def _hold_text(arguments: list[str]) -> None:
    """Hold that every argument is text. A path in another encoding would come apart wherever it is
    written: in a record, on a terminal, in JSON."""
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError:
            shown = argument.encode("ascii", "backslashreplace").decode().replace("\\udc", "\\x")
            raise UsageError(
                f"{shown!r} is not UTF-8 text".replace("\\\\", "\\"),
                fix="rename the file or folder, for example with: convmv -f latin1 -t utf8",
            ) from None


def _interrupt(signum: int, frame: FrameType | None) -> None:
    """SIGTERM does what Ctrl-C does. Raised here, the interrupt would break out of whatever the
    event loop is in the middle of; the loop's own handler of SIGINT cancels the run instead."""
    if signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, None):
        raise KeyboardInterrupt  # started in the background by a shell that ignores SIGINT
    signal.raise_signal(signal.SIGINT)


if __name__ == "__main__":
    main()
