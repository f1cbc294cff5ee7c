"""``track15 show``: what followed the talks, an episode or one of its stages."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any, Final

from harness.cli.console import echo_json, say
from harness.errors import RecordError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.records.later import LaterRecord
    from harness.records.reader import RunFolder
    from harness.records.transcript import StageRecord

NOT_BESIDE: Final = (
    *("outcome", "filter", "grep", "columns", "worst", "by"),
    *("turn", "calls", "scores"),
)
"""Options that say nothing of an episode."""
OF_ROWS: Final = ("scenario", "limit", "sort")
"""Options of a list of episodes."""
ROWS: Final = 50
KINDS: Final = ("publication", "readership", "news", "misreading")
"""Kinds that are printed as a part of an episode."""


def refuse_beside_chain(options: Mapping[str, Any], *, one: bool, as_json: bool) -> None:
    """Hold that what is asked beside ``--chain`` goes with it.

    Args:
        one: Whether an id is named.

    Raises:
        UsageError: It does not.
    """
    idle = [
        f"--{name}"
        for name in (*NOT_BESIDE, *(OF_ROWS if one else ()))
        if options[name] is not None and options[name] is not False
    ]
    if idle:
        what = "one episode" if one else "episodes"
        raise UsageError(
            f"{' and '.join(idle)}: not for {what}",
            where="--chain",
            fix=f"leave out --chain or {' and '.join(idle)}",
        )
    if options["public"] and (as_json or not one):
        raise UsageError(
            "the records hold what was private" if one else "a list has nothing private",
            where="--public",
            fix="leave out --public",
        )


def show_chain(
    folder: RunFolder, prefix: str | None, options: Mapping[str, Any], *, as_json: bool
) -> None:
    """List the episodes of a run, or print the one that leads through a stage.

    Raises:
        UsageError: The arm or scenario is none of theirs.
        RecordError: There is no such stage, nothing follows the talks, or a file is damaged.
    """
    if prefix is None:
        _list(folder, options, as_json=as_json)
        return
    from harness.app.episodes import (
        other_arms,
        reading_of_episode,
        records_of,
        stage_named,
        through,
    )
    from harness.cli.chain import print_chain
    from harness.cli.paging import paged

    record = stage_named(folder, prefix)
    if record is None:
        raise RecordError(
            f"no stage with an id that starts with {prefix!r}",
            where=str(folder.path),
            fix=f"list the episodes with: track15 show {shlex.quote(str(folder.path))} --chain",
        )
    found = through(folder, record.id, options["arm"])
    episode = found[0]
    if as_json:
        stages = {
            name: one.model_dump_json(by_alias=True) for name, one in records_of(folder, episode)
        }
        told = episode.model_dump(mode="json")
        told["stages"] = {name: json.loads(text) for name, text in stages.items()}
        echo_json(json.dumps(told, ensure_ascii=False, indent=1))
        return
    private = not options["public"]
    reading = reading_of_episode(folder, episode, private=private)
    with paged(wanted=not options["no_pager"]) as console:
        print_chain(console, reading, private=private)
    if others := other_arms(episode, found):
        say(f"The same stage is in the arms {', '.join(others)} too: choose one with --arm.")


def _list(folder: RunFolder, options: Mapping[str, Any], *, as_json: bool) -> None:
    from harness.app.episodes import episodes
    from harness.cli.chain import print_episodes, print_episodes_json
    from harness.cli.paging import paged
    from harness.files.paths import shown_path
    from harness.records.folder import LOG_DIR

    picked = {name: options[name] for name in ("arm", "scenario", "sort")}
    rows = episodes(folder, **picked)
    if not rows:
        raise RecordError("no episode fits", where=str(folder.path), fix="loosen the filters")
    limit = options["limit"] or ROWS
    if as_json:
        print_episodes_json(rows if options["limit"] is None else rows[:limit])
        return
    run = folder.path.name if folder.path.parent == LOG_DIR else shown_path(folder.path)
    with paged(wanted=not options["no_pager"]) as console:
        print_episodes(console, rows, limit, shlex.quote(run))


def show_stage(
    folder: RunFolder, record: StageRecord, options: Mapping[str, Any], *, as_json: bool
) -> None:
    """Show a stage that is no dialogue of its own.

    Raises:
        UsageError: What is asked is not for its kind.
        RecordError: It is not scored, or a file of the run is damaged.
    """
    if options["scores"]:
        _show_scores(folder, record, as_json=as_json)
    elif as_json:
        echo_json(record.model_dump_json(by_alias=True, indent=1))
    elif record.kind == "later":
        _show_later(folder, record, options)
    else:
        _show_part(folder, record, options)


def _show_later(folder: RunFolder, record: StageRecord, options: Mapping[str, Any]) -> None:
    from harness.cli.paging import paged
    from harness.records.later import LaterRecord

    assert isinstance(record, LaterRecord)
    turn, private = options["turn"] or 0, not options["public"]
    from harness.app.episodes import reading_of_later

    own: dict[str, Any] = {"turn": turn, "reading": reading_of_later(folder, record)}
    with paged(wanted=not options["no_pager"]) as console:
        if options["calls"]:
            from harness.cli.calls import print_calls

            print_calls(folder, record.transcript, console, **own)
            return
        from harness.cli.reading import print_dialogue

        print_dialogue(folder, record.transcript, console, private=private, **own)
        _beside(folder, record, console, private=private)


def _beside(folder: RunFolder, record: LaterRecord, console: Any, *, private: bool) -> None:
    """The later talks of the other arms."""
    from harness.app.episodes import reading_of_episode, through
    from harness.cli.chain import print_later

    reading = reading_of_episode(folder, through(folder, record.id)[0], private=private)
    if reading.later is not None:
        print_later(console, reading.later, private=private)


def _show_part(folder: RunFolder, record: StageRecord, options: Mapping[str, Any]) -> None:
    """An article, readers or news, as the first arm that leads through it has them."""
    if record.kind not in KINDS:
        raise UsageError(
            f"{record.id} is a {record.kind}, which is not printed as a text",
            fix="add --json for its record",
        )
    for name in ("turn", "calls"):
        if options[name]:
            raise UsageError(
                "only talks have turns and seats", where=f"--{name}", fix="leave it out"
            )
    from harness.app.episodes import other_arms, reading_of_episode, through
    from harness.cli.chain import print_article, print_news, print_panel
    from harness.cli.paging import paged
    from harness.report.tables import shown

    private = not options["public"]
    found = through(folder, record.id)
    d = reading_of_episode(folder, found[0], private=private)
    with paged(wanted=not options["no_pager"]) as console:
        console.print(shown(d.title, "bold"))
        console.print(shown(f"{d.arm}, {d.identity}, {record.kind} {record.id}"), soft_wrap=True)
        if record.kind == "publication" and d.article is not None:
            print_article(console, d.article, d.numbers.get("article", ()), private=private)
        elif record.kind == "readership" and d.panel is not None:
            print_panel(console, d.panel, d.numbers.get("readers", ()))
        elif d.news is not None:
            print_news(console, d.news, d.numbers.get("news", ()))
    if others := other_arms(found[0], found):
        arms = ", ".join(others)
        say(f"As in the arm {d.arm}; it is in {arms} too: --chain --arm ARM shows it there.")


def _show_scores(folder: RunFolder, record: StageRecord, *, as_json: bool) -> None:
    """What was measured of the episodes that end with a stage, an arm after the other."""
    from harness.app.listing import scoring
    from harness.cli.console import results
    from harness.report.tables import print_table, shown
    from harness.report.wording import exact
    from harness.visible import shortened

    found = folder.score_lines().all_of(record.id)
    if not found:
        raise RecordError(
            f"no scores stand under {record.id}",
            where=str(folder.path),
            fix="those of an episode stand under its last stage, which --chain lists; or score the "
            f"run: {scoring(folder)}",
        )
    if as_json:
        echo_json(f"[{', '.join(score.model_dump_json() for score in found)}]")
        return
    console = results()
    rows = [
        (
            ", ".join(score.arms),
            f"{score.evaluator}.{name}",
            exact(value) if isinstance(value, float) else str(value if value is not None else "—"),
            shortened(score.why_null.get(name, ""), 100),
        )
        for score in found
        for name, value in score.values.items()
    ]
    console.print(shown(f"What was measured of the episodes that end with {record.id}", "bold"))
    print_table(console, ("arm", "measure", "value", "why it has none"), rows, names=(0, 1))
