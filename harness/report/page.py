"""The report as one HTML file that works offline: nothing in it is loaded from anywhere, and no
script runs. Whatever users and models wrote is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from harness.analysis.findings import Findings
from harness.analysis.judge_known import known_judges
from harness.analysis.numbers import p_value
from harness.analysis.sentence import flip_name
from harness.evaluators.case import case_of
from harness.files.jsonl import write_atomically
from harness.files.writing import write_out
from harness.records.placement import placement_of
from harness.records.reader import RunFolder
from harness.records.run import RunInfo
from harness.report import (
    anchored_words,
    answer_words,
    chain_behind,
    chain_words,
    corrected_words,
    factorial_words,
    judged_words,
    label_words,
    manipulation,
    wording,
)
from harness.report.chain_behind import Leads, anchor
from harness.report.course_figures import concession_panels
from harness.report.doses import note as doses_note
from harness.report.episode_example import FEW as FEW_CHANGES
from harness.report.episode_example import example_of
from harness.report.figures import (
    arms_figure,
    chain_figures,
    contrast_figures,
    doses_figure,
    factorial_figures,
    mechanisms_figure,
    red_lines_figure,
)
from harness.report.in_words import WORDS
from harness.report.layout import read
from harness.report.material import (
    Chairs,
    Gathering,
    Material,
    arms_by_interest,
    gather,
    read_examples,
)
from harness.report.material import scores_of as scores_of_examples
from harness.report.measures import MAX_ARMS as MAX_LISTED
from harness.report.measures import families
from harness.report.missing import missing_rows
from harness.report.package_figure import MAX_ARMS, MAX_POINTS, Panel, package_panel, swatch
from harness.report.reading import Reading
from harness.report.templating import environment
from harness.report.truth import TrueValues
from harness.report.twopart import (
    HEADINGS,
    LARGE,
    Group,
    arms_by_family,
    groups,
    lineup_groups,
    lineup_notes,
    notes,
)

if TYPE_CHECKING:
    pass

OPEN_PANELS: Final = 8
"""Package spaces shown at once; further ones are folded."""
MAX_PANELS: Final = 32
"""Package spaces drawn at all."""


@dataclass(frozen=True)
class _Legend:
    """An arm and its mark in the package spaces."""

    arm: str
    title: str
    mark: Markup


def write_report(
    folder: RunFolder, findings: Findings, path: Path, courses: Gathering | None = None
) -> None:
    """Write the report of a run to ``path``, a file of the run's folder, whole or not at all.
    ``courses`` as for :func:`render`.

    Raises:
        RecordError: A file of the run is damaged, or ``path`` cannot be written.
    """
    write_atomically(path, iter([_encoded(folder, findings, courses)]))


def write_report_out(
    folder: RunFolder, findings: Findings, place: Path, courses: Gathering | None = None
) -> None:
    """Write the report of a run to a place that the user named: a file, whole; through a link; to a
    pipe or device; ``-`` is the standard output. ``courses`` as for :func:`render`.

    Raises:
        RecordError: A file of the run is damaged, or ``place`` cannot be written.
    """
    write_out(place, _encoded(folder, findings, courses))


def _encoded(folder: RunFolder, findings: Findings, courses: Gathering | None) -> bytes:
    return render(folder, findings, courses).encode("utf-8", errors="replace")


def render(folder: RunFolder, findings: Findings, courses: Gathering | None = None) -> str:
    """The page. The same run folder gives the same text.

    Args:
        folder: The run.
        findings: What it shows.
        courses: Those of all its dialogues, where they were read already.

    Raises:
        RecordError: A file of the run is damaged.
    """
    info = folder.info
    truth = TrueValues(info)
    if courses is None:
        material = gather(folder, findings, truth)
    else:
        material = courses.material(folder, findings)
    readings = _readings(folder, material)
    links = {
        example.dialogue: (f"#{reading.anchor}", f"Read the dialogue: {reading.label}")
        for example, reading in zip(material.examples, readings, strict=True)
    }
    arms = arms_by_interest(findings)
    drawn = [arm for arm in arms if any(arm in s.settlements for s in material.spaces.values())]
    in_space = drawn[:MAX_ARMS]
    panels = list(_panels(folder, material, in_space, links))
    titles = {arm.arm: arm.title for arm in findings.arms}
    page: dict[str, Any] = {
        **facts_of(folder.info, findings),
        "legend": [
            _Legend(arm, titles.get(arm, arm), swatch(i, arm)) for i, arm in enumerate(in_space)
        ],
        "arms_left_out": len(drawn) - len(in_space),
        "panels": panels[:OPEN_PANELS],
        "more_panels": panels[OPEN_PANELS:],
        "panels_left_out": max(0, len(material.spaces) - MAX_PANELS),
        "points_left_out": sum(panel.left_out for panel in panels),
        "max_points": MAX_POINTS,
        "concessions": concession_panels(material, arms, info.suite.protocol.turns),
        "red_lines": red_lines_figure(findings),
        "families": families(findings, arms),
        "measure_arms_left_out": max(0, len(arms) - MAX_LISTED),
        "readings": readings,
        "example": example_of(folder, findings),
        "example_few": FEW_CHANGES,
        "scenario_titles": {
            name: info.scenarios[name].say(info.scenarios[name].title)
            for name in findings.scenarios
        },
    }
    return environment().get_template("page.html.j2").render(page)


def facts_of(info: RunInfo, findings: Findings, to: Leads = anchor) -> dict[str, Any]:
    """What the sections of a page are told that show findings alone: the templates ``parts``,
    ``effects``, ``arms``, ``checks`` and ``voids``.

    Args:
        info: Of the run.
        findings: Of the run.
        to: Where the numbers of the chain lead.
    """
    return {
        "f": findings,
        "info": info,
        "w": wording,
        "manipulation": manipulation,
        "verdict": wording.verdict,
        "large": LARGE,
        "two_parts": _two_parts(findings),
        "two_part_headings": HEADINGS[1:],
        "two_part_notes": _column_notes(findings),
        "two_part_warnings": lineup_notes(findings.by_model)
        if findings.by_model
        else (findings.two_part.notes if findings.two_part else ()),
        "p_value": p_value,
        "flip_name": flip_name,
        "chain_figures": chain_figures(findings, to),
        "behind": chain_behind,
        "to": to,
        "chain": chain_words,
        "anchor": anchored_words,
        "judged": judged_words,
        "corrected": corrected_words,
        "labels": label_words,
        "answers": answer_words,
        "arms_figure": arms_figure(findings),
        "contrast_figures": contrast_figures(findings),
        "mechanisms_figure": mechanisms_figure(findings),
        "factorials": factorial_words.each(findings),
        "factorial_figures": factorial_figures(findings),
        "factorial_words": factorial_words,
        "doses_figure": doses_figure(findings),
        "doses_note": doses_note(findings),
        "missing": _missing(findings),
        "lacking": missing_rows(findings),
        "absent": any(
            not principal.at_table
            for scenario in info.scenarios.values()
            for principal in scenario.principals.values()
        ),
    }


def _readings(folder: RunFolder, material: Material) -> list[Reading]:
    scores = scores_of_examples(folder, material)
    transcripts = read_examples(folder, material.examples)
    folder.find_places({example.dialogue for example in material.examples})
    readings, known = [], known_judges(folder, WORDS)
    for number, (example, transcript) in enumerate(
        zip(material.examples, transcripts, strict=True), start=1
    ):
        found = scores.get(transcript.id, {})
        place, anchor = placement_of(folder, transcript), f"dialogue-{number}"
        case = case_of(transcript, folder.info)
        chosen = {"arm": example.arm, "why": example.why, "anchor": anchor}
        readings.append(read(case, found, place, calibrated=known, **chosen))
    return readings


def _panels(
    folder: RunFolder,
    material: Material,
    arms: Sequence[str],
    links: Mapping[str, tuple[str, str]],
) -> Iterator[Panel]:
    """Spaces as written first, then those with exchanged chairs, in the suite's order."""
    order = {name: number for number, name in enumerate(folder.info.scenarios)}

    def place(chairs: Chairs) -> tuple[bool, int]:
        return chairs.exchanged, order.get(chairs.scenario, len(order))

    for number, chairs in enumerate(sorted(material.spaces, key=place)[:MAX_PANELS]):
        space = material.spaces[chairs]
        scenario = folder.info.scenario(chairs.scenario, space.twin)
        yield package_panel(chairs, space, scenario, arms, links, number)


def _two_parts(findings: Findings) -> list[Group]:
    """The table of agreement and terms; by family of scenarios, the arms that are compared."""
    if findings.by_model:
        return lineup_groups(findings.by_model, whole=False)
    parts = findings.two_part
    return [] if parts is None else groups(parts, arms_by_family(parts, findings.primary))


def _column_notes(findings: Findings) -> list[str]:
    """What the columns of the table of agreement and terms mean, each sentence once."""
    each = [one.two_part for one in findings.by_model] or [findings.two_part]
    return list(dict.fromkeys(note for parts in each if parts is not None for note in notes(parts)))


def _missing(findings: Findings) -> list[tuple[str, str, int, int, str]]:
    """(measure, arm, missing, dialogues, reasons) of every measure that lacks values."""
    rows = []
    for measure in findings.measures:
        for arm in findings.arms:
            own = arm.summary(measure)
            if own is None or own.missing == 0:
                continue
            reasons = "; ".join(f"{why} ({n})" for why, n in list(own.why_missing.items())[:3])
            title = findings.title_of(measure)
            rows.append((title, arm.arm, own.missing, own.n + own.missing, reasons))
    return rows
