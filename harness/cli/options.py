"""Flags that several commands share. Names are those that users of other eval tools know."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from harness.records.folder import LOG_DIR

F = TypeVar("F", bound=Callable[..., Any])


class FiniteRange(click.FloatRange):
    """A range that NaN is outside of. Of click's own, it is in every range: all comparisons with
    NaN are false."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


def _follow(context: click.Context, parameter: click.Parameter, follow: bool) -> None:
    from harness.files.regular import FOLLOW_LINKS

    FOLLOW_LINKS.set(follow)


class UserPath(click.Path):
    """A path as a person types it.

    ``~/x`` is below the home folder, also in ``--log-dir=~/x``, where the shell leaves it as it is.
    ``-`` is never a file of that name.

    Args:
        exists: There must be such a file or folder.
        folder: It is a folder, else a file.
        dash: ``-`` is allowed and means stdout.
        either: It is a file or a folder.
    """

    def __init__(
        self,
        *,
        exists: bool = False,
        folder: bool = False,
        dash: bool = False,
        either: bool = False,
    ) -> None:
        super().__init__(
            exists=exists,
            file_okay=either or not folder,
            dir_okay=either or folder,
            path_type=Path,
            allow_dash=dash,
        )

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:
        text = os.fspath(value)
        if text == "-" and not self.allow_dash:
            self.fail("'-' names no file here; for a file of that name write ./-", param, ctx)
        try:
            return super().convert(Path(text).expanduser(), param, ctx)
        except RuntimeError:
            self.fail(
                f"{text!r} names the home folder of an unknown user; write the whole path",
                param,
                ctx,
            )


def log_dir_option(function: F) -> F:
    """``--log-dir``, and whether files of the runs in it may be links."""
    function = click.option(
        "--follow-links",
        is_flag=True,
        expose_value=False,
        callback=_follow,
        help="Follow links among the files of a run folder, for reading and writing.",
    )(function)
    return click.option(
        "--log-dir",
        type=UserPath(folder=True),
        default=LOG_DIR,
        show_default=True,
        help="Folder that holds the run folders.",
    )(function)


def json_option(function: F) -> F:
    """``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Machine-readable result.")(
        function
    )


def max_void_option(function: F) -> F:
    """``--max-void``, a share in [0, 1]."""
    return click.option(
        "--max-void",
        type=FiniteRange(0, 1),
        default=0.5,
        show_default=True,
        metavar="SHARE",
        help="Exit with 100 if a larger share of an arm's dialogues is void.",
    )(function)


display_option = click.option(
    "--display",
    type=click.Choice(["auto", "rich", "plain", "none"]),
    default="auto",
    show_default=True,
    help="Progress on stderr.",
)

no_report_option = click.option(
    "--no-report",
    is_flag=True,
    help="Leave report.html as it is: drawing its pictures takes most of the time of a short run.",
)

evaluator_option = click.option(
    "--evaluator",
    "evaluators",
    multiple=True,
    metavar="NAME",
    help="Also use this evaluator: a name, or file.py:Object, whose code is executed (repeatable). "
    "A file that the suite names is used only if it is named here too.",
)

calibration_option = click.option(
    "--calibration",
    "calibrations",
    type=UserPath(),
    multiple=True,
    metavar="FILE",
    help="What track15 calibrate --record found of the judge of this run: its errors are taken out "
    "of its figures (repeatable, one a rubric). Kept in the run's folder.",
)

model_change_option = click.option(
    "--allow-model-change",
    is_flag=True,
    help="Resume even if a server now serves another model, quantization or version.",
)

models_option = click.option(
    "--models",
    "models_file",
    type=UserPath(exists=True),
    help="File of named models, with limits and prices. Default: models.yaml in this folder.",
)


max_retries_option = click.option(
    "--max-retries",
    type=click.IntRange(0, 100),
    default=5,
    show_default=True,
    help="Retries of a failed request.",
)
timeout_option = click.option(
    "--timeout",
    type=FiniteRange(0.1, 86_400),
    default=120.0,
    show_default=True,
    help="Time limit of one request, in seconds.",
)


def endpoint_options(function: F) -> F:
    """``--max-connections``, ``--max-retries``, ``--timeout`` and ``--reasoning``."""
    connections = click.option(
        "--max-connections",
        type=click.IntRange(1, 10_000),
        default=16,
        show_default=True,
        help="Concurrent requests to each endpoint.",
    )
    reasoning = click.option(
        "--reasoning/--no-reasoning",
        default=True,
        show_default=True,
        help="Record what a model thinks before it replies, where its server gives it.",
    )
    return connections(max_retries_option(timeout_option(reasoning(function))))


def lineup_options(function: F) -> F:
    """``--matrix`` and ``--opponent``: who meets whom, where there are several models."""
    function = click.option(
        "--opponent",
        metavar="scripted|PROVIDER/MODEL[@URL]",
        help="Who sits opposite those that --model or --delegation names, in every arm.",
    )(function)
    return click.option(
        "--matrix",
        is_flag=True,
        help="Pair each model of one seat with each of the other.",
    )(function)


def suite_options(function: F) -> F:
    """Flags that say what is played."""
    options = [
        click.option(
            "--model",
            "models",
            multiple=True,
            metavar="[ROLE=]PROVIDER/MODEL[@URL]",
            help="Who plays: for every role, or for one: 'official' and 'unofficial' sit at the "
            "table, 'author' writes articles and 'reader' answers. Several (A,B,C, or the flag "
            "again) play the whole suite one by one. "
            "A local server by name: vllm/MODEL, llamacpp/, ollama/, lmstudio/, sglang/. "
            "By default, scripted delegations play.",
        ),
        models_option,
        click.option(
            "--delegation",
            "delegations",
            multiple=True,
            metavar="ROLE=TARGET",
            help="A LangChain runnable, or a delegation class of your own, plays the role: "
            "module:object, path/to/file.py:object, or the name of an installed one.",
        ),
        click.option(
            "--scenario", "scenarios", multiple=True, help="Play only this scenario (repeatable)."
        ),
        click.option("--arm", "arms", multiple=True, help="Play only this arm (repeatable)."),
        click.option("--limit", type=click.IntRange(1), help="Play at most this many dialogues."),
        click.option(
            "--epochs",
            type=click.IntRange(1, 100_000),
            help="Repetitions of each scenario in each arm.",
        ),
        click.option("--seed", type=click.IntRange(0, 2**53), help="Seed of all random choices."),
        click.option(
            "--turns", type=click.IntRange(1, 200), help="Turns per delegation per round."
        ),
        click.option("--rounds", type=click.IntRange(1, 20), help="Rounds of talks."),
        click.option(
            "--probe/--no-probe",
            default=None,
            help="Also ask each delegate in private, before any talks, which of nine packages it "
            "would sign. This shows whether the incentives took.",
        ),
        click.option(
            "--dialogue-token-limit",
            type=click.IntRange(1),
            help="Tokens after which a dialogue is void.",
        ),
        click.option(
            "--dialogue-time-limit",
            type=FiniteRange(0, 31_536_000, min_open=True),
            help="Seconds of waiting for models after which a dialogue is void.",
        ),
        click.option("--temperature", type=FiniteRange(0, 2), help="Sampling temperature."),
        click.option("--effort", help="How hard a reasoning model thinks: low, medium, high."),
        click.option("--max-tokens", type=click.IntRange(64, 200_000), help="Longest reply."),
        click.option(
            "--prompts",
            type=UserPath(exists=True, folder=True),
            help="Folder whose templates replace the shipped prompts.",
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function
