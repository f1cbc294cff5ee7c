"""``track15 list``: what there is to play, to switch and to measure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from harness.cli.console import echo, echo_json, results
from harness.cli.options import json_option, log_dir_option
from harness.errors import Track15Error
from harness.files.paths import shown_path

Rows = list[dict[str, str]]
_UNUSABLE = "unusable: "
_FEASIBLE = (
    "feasible: how many cells have a package that satisfies both delegates' own stakes and both "
    "principals. The cells are the shipped scenarios with a zone of agreement, with the chairs "
    "both ways and in two rounds. signable: share of the packages that both delegates accept and "
    "both principals could sign, on average."
)

_PAGES = (
    "What fools each measure, and which claim it serves: docs/measures.md, and under Help in "
    "track15 view."
)


@click.command()
@click.argument(
    "what",
    required=False,
    type=click.Choice(
        [
            *("suites", "scenarios", "plans", "rubrics", "tracks", "mechanisms", "tactics"),
            *("measures", "runs"),
        ]
    ),
)
@log_dir_option
@json_option
def command(what: str | None, log_dir: Path, as_json: bool) -> None:
    """List suites, scenarios, plans, rubrics, tracks, mechanisms, tactics, measures or runs.

    Without WHAT, list suites, scenarios and runs.

    --json gives one array of objects. Without WHAT, it gives one object of three such arrays.
    """
    tables: dict[str, Callable[[], Rows]] = {
        "suites": _suites,
        "scenarios": _scenarios,
        "plans": _plans,
        "rubrics": _rubrics,
        "tracks": _tracks,
        "mechanisms": _mechanisms,
        "tactics": _tactics,
        "measures": _measures,
        "runs": lambda: _runs(log_dir),
    }
    wanted = [what] if what else ["suites", "scenarios", "runs"]
    found = {name: tables[name]() for name in wanted}
    if as_json:
        import json

        said: object = found[what] if what else found
        if what == "measures":
            said = _measures_as_json(found[what])
        echo_json(json.dumps(said, indent=1, ensure_ascii=False))
        return
    for index, name in enumerate(wanted):
        if index:
            echo()
        _print(name, found[name])
    if what == "tracks":
        echo(f"\n{_FEASIBLE}")
    if what == "measures":
        echo(f"\n{_PAGES}")
    if what is None:
        echo("\nAlso: track15 list plans | rubrics | tracks | mechanisms | tactics | measures")


def _print(title: str, rows: Rows) -> None:
    from harness.report.tables import print_table, shown

    console = results()
    console.print(shown(title.capitalize(), "bold"))
    if not rows:
        console.print("  none yet", markup=False)
        return
    if title == "runs":
        rows = [_run_in_words(row) for row in rows]
    numbers = [i for i, name in enumerate(rows[0]) if name in ("arms", "issues", "absent", "calls")]
    cells = [list(row.values()) for row in rows]
    names = (0, 1, 3) if title == "runs" else (0,)
    whole = (0, 2) if title == "runs" else (0,)
    print_table(console, list(rows[0]), cells, names=names, right=numbers, whole=whole)


def _run_in_words(row: dict[str, str]) -> dict[str, str]:
    """A run as people read it: its name opens it, so that its folder need not be shown."""
    moment = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*[+]00:00", row["created"])
    unusable = row["folder"] if row["folder"].startswith(_UNUSABLE) else ""
    return {
        "run": row["run"],
        "finished": row["finished"],
        "created (UTC)": " ".join(moment.groups()) if moment else row["created"],
        "models": unusable or ", ".join(dict.fromkeys(row["models"].split(", "))),
    }


def _safely(
    paths: Iterable[Path], row: Callable[[Path], dict[str, str]], columns: tuple[str, ...]
) -> Rows:
    """One row a file or run folder. One that cannot be loaded has a row of its own with the error
    in the last of ``columns``, and hides no other."""
    rows = []
    for path in paths:
        try:
            rows.append(row(path))
        except Track15Error as error:
            blank = dict.fromkeys(columns, "")
            unusable = f"{_UNUSABLE}{error.where or path}: {error.what.splitlines()[0]}"
            name = path.name if path.is_dir() else path.stem
            rows.append({**blank, columns[0]: name, columns[-1]: unusable})
    return rows


def _suites() -> Rows:
    from harness.files.catalogue import list_files
    from harness.suite.loading import load_suite

    def row(path: Path) -> dict[str, str]:
        suite = load_suite(str(path))
        return {"suite": suite.id, "arms": str(len(suite.arms)), "question": suite.question}

    return _safely(list_files("suites"), row, ("suite", "arms", "question"))


def _scenarios() -> Rows:
    from harness.disputes.loading import load_scenarios
    from harness.files.catalogue import list_files

    def row(path: Path) -> dict[str, str]:
        found = load_scenarios(str(path))
        first = found[0]
        last = found[-1].id.rpartition("-")[2]
        name = first.id if len(found) == 1 else f"{first.id} ... {last}"
        absent = len(first.principals) - len(first.table_principals())
        return {
            "scenario": name,
            "issues": str(len(first.issues)),
            "absent": str(absent),
            "control": first.control or "",
            "title": first.say(first.title),
        }

    columns = ("scenario", "issues", "absent", "control", "title")
    return _safely(list_files("scenarios"), row, columns)


def _plans() -> Rows:
    from harness.files.catalogue import list_files
    from harness.plans.written import read_plan

    def row(path: Path) -> dict[str, str]:
        if path.suffix != ".yaml":
            return {"plan": path.name, "scenario": "", "title": "prose, for a judge to read"}
        found = read_plan(path)
        return {"plan": path.stem, "scenario": found.scenario or "", "title": found.title or ""}

    return _safely(list_files("plans"), row, ("plan", "scenario", "title"))


def _rubrics() -> Rows:
    from harness.app.rubrics import rubric_rows

    return rubric_rows()


def _tracks() -> Rows:
    from harness.app.feasibility import percent, preset_feasibility
    from harness.incentives.profiles import IncentiveProfile
    from harness.incentives.tracks import TRACKS

    def words(profile: IncentiveProfile) -> str:
        k = profile.internalised
        return (
            f"reward {profile.deal_reward:g}, costs {k.material:g}/{k.political:g}/"
            f"{k.emotional:g}, knows {profile.knowledge:g}, hardball {profile.free_hardball:g}"
            + (f", access {profile.access_reward:g}" if profile.access_reward else "")
            + (", consults" if profile.consults_capital else "")
            + (", publishes" if profile.publishes else "")
        )

    open_to = {arm.arm: arm for arm in preset_feasibility().arms}
    rows = []
    for track in TRACKS.values():
        found = open_to[f"track-{track.name}"]
        share = "" if found.share is None else percent(found.share)
        rows.append(
            {
                "track": track.name,
                "title": track.title,
                "official seat": words(track.o.profile),
                "other seat": words(track.u.profile),
                "feasible": f"{len(found.cells) - len(found.infeasible)} of {len(found.cells)}",
                "signable": share,
            }
        )
    return rows


def _mechanisms() -> Rows:
    from harness.incentives.tracks import MECHANISMS

    return [
        {
            "mechanism": m.name,
            "claim": m.claim,
            "seat": m.seat,
            "moves": ", ".join(m.fields),
            "meaning": m.title,
        }
        for m in MECHANISMS.values()
    ]


def _tactics() -> Rows:
    from harness.bargaining.tactics import TACTICS

    return [{"tactic": name, "parameters": repr(tactic)} for name, tactic in TACTICS.items()]


def _measures() -> Rows:
    from harness.app.measuring import described

    return [
        {
            "measure": one.name,
            "range": one.measure.range,
            "undefined": one.measure.undefined,
            "definition": one.measure.definition,
        }
        for one in described()
    ]


def _measures_as_json(rows: Rows) -> list[dict[str, object]]:
    """Measures with their sources, what fools them, and the page of their evaluator; null for one
    that does not ship."""
    from harness.app.measuring import described

    return [
        {
            **row,
            "source": one.measure.source,
            "fooled_by": list(one.fooled_by),
            "page": one.page,
        }
        for row, one in zip(rows, described(), strict=True)
    ]


def _runs(log_dir: Path) -> Rows:
    from harness.app.runs import run_folders
    from harness.records.reader import RunFolder

    def row(path: Path) -> dict[str, str]:
        folder = RunFolder(path)
        played = folder.info.players.values()
        nobody = "others, elsewhere" if folder.info.elsewhere else "scripted"
        models = ", ".join(model for several in played for model in several) or nobody
        return {
            "run": path.name,
            "finished": f"{folder.finished()}/{folder.info.dialogues}",
            "models": models,
            "created": folder.info.created,
            "folder": shown_path(path),
        }

    columns = ("run", "finished", "models", "created", "folder")
    return _safely(run_folders(log_dir), row, columns)
