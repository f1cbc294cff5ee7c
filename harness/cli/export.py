"""``track15 export RUN``: tables and logs for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from harness.cli.console import say
from harness.cli.options import UserPath, log_dir_option, models_option

FORMATS: Final = ("jsonl", "csv", "parquet", "inspect", "talks")
TABLES: Final = (
    "dialogues",
    "moves",
    "concessions",
    "scores",
    "probes",
    "episodes",
    "words",
    "corrected",
    "all",
)
EPILOG: Final = """
\b
dialogues    a row a dialogue: arm, models, ending, time, tokens, and every score
moves        a row a turn: its terms, and what they are worth to both sides
concessions  a row an issue that a move changed: who gave what, and the words
scores       a row a dialogue and measure, with the reason where one is missing
probes       a row a package that a delegate was asked about before the talks
episodes     a row an episode and measure of what follows the talks: articles,
             readers, news and later talks
words        a row an event that a judge has listed of the words of a dialogue
corrected    a row a figure by a judge whose errors are known, with and without
             them: of an arm, or of a difference of two
all          these eight, each a file in a folder

docs/export.md says what each column means.
"""


@click.command(epilog=EPILOG)
@click.argument("run", required=False)
@click.option(
    "--to",
    type=click.Choice(FORMATS),
    required=True,
    help="JSON lines, CSV, Parquet, a log that Inspect reads, or the talks themselves as "
    "'track15 import jsonl' reads them.",
)
@click.option(
    "--table", type=click.Choice(TABLES), help="Which table; dialogues when left out. See below."
)
@click.option(
    "--out",
    type=UserPath(dash=True, either=True),
    help="A file, or a folder for all tables; - for the standard output, where JSON lines and CSV "
    "go when this is left out. A log of Inspect is called NAME.eval; another name is a folder of "
    "logs, of which each is small. Left out, other formats get a name after the run's.",
)
@click.option(
    "--by-arm",
    is_flag=True,
    help="A row for each arm of a dialogue that arms share, instead of one that names them all.",
)
@click.option(
    "--filter", "filter_", metavar="EXPR", help="Only dialogues of which this holds; see show."
)
@click.option(
    "--public",
    is_flag=True,
    help="Leave out what was not heard at the table: thoughts, briefs, prompts, raw replies, "
    "answers afterwards, true values and scores.",
)
@models_option
@log_dir_option
def command(
    run: str | None,
    to: str,
    table: str | None,
    out: Path | None,
    by_arm: bool,
    filter_: str | None,
    public: bool,
    models_file: Path | None,
    log_dir: Path,
) -> int:
    """Write RUN (the latest when left out) for other tools.

    Tables are tidy, and what is missing is empty or null, never 0. A file is written whole or not
    at all. Nothing is played, scored or executed.
    """
    from harness.app.exporting import export
    from harness.files.paths import shown_path
    from harness.files.writing import STDOUT

    place = export(
        run,
        to=to,
        table=table,
        out=out,
        by_arm=by_arm,
        filter=filter_,
        public=public,
        models_file=models_file,
        log_dir=log_dir,
        notify=say,
    )
    if place != STDOUT:
        say(f"Written: {shown_path(place)}")
    return 0
