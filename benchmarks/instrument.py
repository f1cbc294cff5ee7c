"""The tables of ``docs/instrument.md``: what scripted delegations score on the shipped suites.

    python benchmarks/instrument.py            # print them
    python benchmarks/instrument.py --write    # write them into the page

The suites are played with their own seeds, about a minute of a processor in all. The same figures
stand in what ``track15 run SUITE --json`` prints, save those that are told by family of scenarios
or given a deal: these are worked out here from the scores of the run.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from harness import app
from harness.analysis.dose import AGREEMENT, GIVEN, SKEW, DoseCurve, given_a_deal
from harness.analysis.findings import Findings, find
from harness.analysis.intervals import cluster_t
from harness.analysis.observations import Observation
from harness.analysis.pairing import single
from harness.analysis.run_values import read_values
from harness.app.feasibility import percent, preset_feasibility
from harness.incentives.tracks import TRACKS
from harness.records.reader import RunFolder

PAGE = Path(__file__).parents[1] / "docs" / "instrument.md"
SUITES = ("track-contrast", "mechanisms", "dose")
FAMILIES = ("all", "stories", "neutral", "neutral-narrow")
PREDICTED, COULD_SIGN = "prediction.skew", "acceptability.all_accept"
GAINS = ("settlement.gain_o", "settlement.gain_u")
_INSTANCE = re.compile(r"(.+)-\d{2,}")


def signed(value: float | None) -> str:
    """Three decimals and a sign; no sign where they are zeros."""
    if value is None:
        return "-"
    return "0.000" if abs(value) < 0.0005 else f"{value:+.3f}".replace("-", "−")


def spread(ends: tuple[float, float] | None) -> str:
    """An interval; empty where there is none."""
    return "" if ends is None else f" ({signed(ends[0])} to {signed(ends[1])})"


def of_family(scenario: str, family: str) -> bool:
    """Whether a scenario belongs to a family: that of its generator, or the stories."""
    instance = _INSTANCE.fullmatch(scenario)
    return family in ("all", instance[1] if instance else "stories")


def _mean(rows: Iterable[Observation], arm: str) -> tuple[float | None, str]:
    """Mean over scenarios and its interval in words."""
    found = single(rows, arm).values()
    if not len(found):
        return None, ""
    interval = cluster_t(found)
    mean = math.fsum(found.tolist()) / len(found)
    return mean, "" if interval is None else spread((interval.lo, interval.hi))


def tracks(folder: RunFolder) -> Iterator[str]:
    """Every track, over all disputes and by family."""
    names = (AGREEMENT, SKEW, PREDICTED, COULD_SIGN, *GAINS)
    values = read_values(folder, names)
    rows = {name: list(values.observations(name)) for name in names}
    rows[GIVEN] = given_a_deal(rows[SKEW], rows[AGREEMENT])
    yield (
        "| arm | disputes | agreement | skew | given a deal | predicted | gain o / u "
        "| every real party could sign |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for arm in folder.info.suite.arms:
        for family in FAMILIES:
            mine = {
                name: [r for r in of if r.arm == arm and of_family(r.scenario, family)]
                for name, of in rows.items()
            }
            skew, interval = _mean(mine[SKEW], arm)
            given, predicted = (_mean(mine[name], arm)[0] for name in (GIVEN, PREDICTED))
            gains = " / ".join(signed(_mean(mine[name], arm)[0]) for name in GAINS)
            agreed = sum(r.value or 0 for r in mine[AGREEMENT])
            could = sum(r.value or 0 for r in mine[COULD_SIGN])
            yield (
                f"| `{arm}` | {family} | {agreed:.0f} of {len(mine[AGREEMENT])} "
                f"| {signed(skew)}{interval} | {signed(given)} | {signed(predicted)} "
                f"| {gains} | {could:.0f} of {len(mine[AGREEMENT])} |"
            )


def mechanisms(findings: Findings) -> Iterator[str]:
    """What each incentive adds to Track 1 alone, and to the others last; and the sums."""
    yield "| incentive | claim | agreement alone | alone | last |"
    yield "|---|---|---|---|---|"
    deals = {arm.arm: (arm.endings.get("deal", 0), arm.dialogues) for arm in findings.arms}
    for found in findings.mechanisms:
        alone, last = found.alone, found.last
        if alone is None or last is None:
            continue
        agreed, played = deals[alone.contrast.treatment]
        yield (
            f"| {found.title} | {found.claim} | {agreed} of {played} "
            f"| {signed(alone.estimate)}{spread(alone.interval)} "
            f"| {signed(last.estimate)}{spread(last.interval)} |"
        )
    sums = [
        math.fsum(effect.estimate or 0.0 for effect in effects if effect is not None)
        for effects in (
            [found.alone for found in findings.mechanisms],
            [found.last for found in findings.mechanisms],
        )
    ]
    whole = findings.primary
    if whole is not None:
        yield (f"| sum of the rows | | | {signed(sums[0])} | {signed(sums[1])} |")
        effect = f"{signed(whole.estimate)}{spread(whole.interval)}"
        yield f"| all together, against none | | | {effect} | |"


def dose(curve: DoseCurve) -> Iterator[str]:
    """One curve: a row a dose, and the trend."""
    agreement, skew, given = (curve.response(name) for name in (AGREEMENT, SKEW, GIVEN))
    yield f"| {curve.field} of seat {curve.seat} | agreement | skew | given a deal |"
    yield "|---|---|---|---|"
    for at, all_, deals in zip(agreement.points, skew.points, given.points, strict=True):
        agreed = "-" if at.mean is None else percent(at.mean)
        yield (
            f"| {at.dose:g} | {agreed} | {signed(all_.mean)}{spread(all_.interval)} "
            f"| {signed(deals.mean)}{spread(deals.interval)} |"
        )
    trend = [f"{signed(r.change)}{spread(r.interval)}" for r in (agreement, skew, given)]
    yield f"| trend | {' | '.join(trend)} |"


def feasibility() -> Iterator[str]:
    """What the presets of the tracks leave open."""
    yield "| track | cells | feasible | signs anything | signable |"
    yield "|---|---|---|---|---|"
    arms = {arm.arm: arm for arm in preset_feasibility().arms}
    for name in TRACKS:
        arm = arms[f"track-{name}"]
        share = "-" if arm.share is None else percent(arm.share)
        feasible = len(arm.cells) - len(arm.infeasible)
        yield f"| `{name}` | {len(arm.cells)} | {feasible} | {len(arm.eager)} | {share} |"


def tables(suites: Sequence[str], folder: Path) -> dict[str, str]:
    """Name -> Markdown of the tables that need ``suites``, which are played in ``folder``."""
    found = {"feasibility": "\n".join(feasibility())}
    for suite in suites:
        run = app.run(suite, log_dir=folder, reuse=True).folder
        if suite == "track-contrast":
            found["tracks"] = "\n".join(tracks(run))
        elif suite == "mechanisms":
            found["mechanisms"] = "\n".join(mechanisms(find(run)))
        elif suite == "dose":
            for number, curve in enumerate(find(run).doses, start=1):
                found[f"dose-{number}"] = "\n".join(dose(curve))
    return found


def written(page: str, found: dict[str, str]) -> str:
    """The page with the tables between their marks.

    Raises:
        LookupError: A table has no place in it.
    """
    for name, table in found.items():
        mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if not mark.search(page):
            raise LookupError(f"{PAGE} has no place for the table {name!r}")
        page = mark.sub(rf"\1\n{table}\n\n\2", page)  # no table holds a backslash
    return page


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--write", action="store_true", help="write them into the page")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        found = tables(SUITES, Path(place))
    if given.write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
    else:
        for name, table in found.items():
            sys.stdout.write(f"{name}\n\n{table}\n\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
