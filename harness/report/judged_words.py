"""What judges said by rubric files, how far it stands, and what exchanging changed, in words and as
rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from harness.evaluators.judges import UNCALIBRATED as NOT_KNOWN
from harness.evaluators.judges import plain_title
from harness.evaluators.scales import OWN, PREFIX
from harness.plans.prose_ledger import PROSE_LEDGER
from harness.report.tables import print_table, shown
from harness.report.wording import MISSING, plain, signed
from harness.visible import visible_line

if TYPE_CHECKING:
    from rich.console import Console

    from harness.analysis.findings import Findings
    from harness.analysis.judged import Compared, Judged
    from harness.analysis.values import Brief

JUDGED: Final = "judged."
"""Of any judgement; its answers are in details alone."""
BY_JUDGE: Final = "by the judge"
FIGURES: Final = (BY_JUDGE, "arm", "mean (answers)")
JUDGES: Final = (
    "judge",
    "rubric",
    "asked",
    "records",
    "void",
    "questions",
    "no verdict",
    "quotes\nthrown away",
)
SWAPS: Final = (
    "question",
    "judge",
    "exchanged",
    "compared",
    "no pair",
    "other\nanswer",
    "off",
    "lean",
)
WORDS: Final = tuple(
    f"words.{name}_{seat}"
    for name in ("conceded", "only", "final_false", "threats_empty")
    for seat in "ou"
)
"""Of what words come to, the figures that stand with those of rubric files: all are counts."""
MOST_FIGURES: Final = 40
"""Rows of figures that a terminal shows."""
MOST_ARMS: Final = 4
"""Arms that stand side by side; more stand below one another."""
MOST_MISSING: Final = 5
"""Missing verdicts that a terminal lists."""
UNCALIBRATED: Final = (
    "Mean places on scales from 0 to 1, or with a sign from -1 to 1, by the judge: uncalibrated, "
    "where a row does not say otherwise. Of concessions, last words and threats: mean counts a "
    "dialogue; the report has the rest. "
    "In brackets: dialogues with an answer, and how many have none; these enter no mean."
)
ELSEWHERE: Final = (
    "Other figures by the judge, uncalibrated: {}. They are under Measures in report.html, in "
    "--json, and of one dialogue in: track15 show RUN ID --scores."
)
SEVERAL: Final = (
    "Several judges judged by {}. None speaks for the others, so that there are no figures of it "
    "where more than one did. Each one's: track15 show RUN ID --scores --json, under detail."
)
SWAP_NOTE: Final = (
    "Each question was asked twice. Whoever is called by which name, an answer on a seat must stay "
    "the same, and so one that favours a name must then favour the other. other answer: of the "
    "compared; turned: of these, from one party to the other. off: mean distance of the two "
    "answers on the scale. lean: half the mean of as usual less exchanged; with names exchanged, "
    "towards the name that the party has in the scenario. 0 is as it should be everywhere."
)
LISTS: Final = (
    "Of a list ({}) questions are its entries. One that was thrown away counts under no verdict as "
    "well, and has one quote."
)
LINEUPS: Final = "All line-ups of models count together here, so that this is no answer about any."
_FORMS: Final = {None: "as usual", "labels": "names exchanged", "order": "order reversed"}


def figures_of(findings: Findings) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The headings and rows of the means of all rubric files by which the run was judged, and of
    the counts of its prose ledgers: a row a question or count, with an arm a column, or a row for
    each and arm where there are many arms. Arms in which nothing was played are left out."""
    read = any(one.rubric == PROSE_LEDGER for one in findings.judging.judged)
    asked = {
        name: {arm: brief for arm, brief in by_arm.items() if brief.n + brief.missing}
        for name, by_arm in findings.all_measures.items()
        if (name.startswith(PREFIX) and name.split(".", 1)[1] not in OWN)
        or (read and name in WORDS)
    }
    arms = list(dict.fromkeys(arm for by_arm in asked.values() for arm in by_arm))
    if len(arms) > MOST_ARMS:
        apart = [
            (_title(findings, name), arm, _mean(findings, name, brief))
            for name, by_arm in asked.items()
            for arm, brief in by_arm.items()
        ]
        return FIGURES, [*apart]
    beside = [
        (
            _title(findings, name),
            *(_mean(findings, name, by_arm[arm]) if arm in by_arm else MISSING for arm in arms),
        )
        for name, by_arm in asked.items()
    ]
    return (BY_JUDGE, *arms), [*beside]


def _title(findings: Findings, name: str) -> str:
    """What a measure is called: that it is uncalibrated is said once, below all of them. Where more
    is known of its judge, its title says what."""
    measure = findings.measures.get(name)
    uncalibrated = measure is None or measure.definition.endswith(NOT_KNOWN)
    return plain_title(measure) if measure and uncalibrated else findings.title_of(name)


def _mean(findings: Findings, name: str, brief: Brief) -> str:
    """A mean, and of how many dialogues it is one."""
    measure = findings.measures.get(name)
    told = signed if measure is not None and measure.range.startswith("-") else plain
    none = f", {brief.missing:,} none" if brief.missing else ""
    return f"{told(brief.mean)} ({brief.n:,}{none})"


def judge_rows(findings: Findings) -> list[tuple[str, ...]]:
    """One row a judge, rubric and form."""
    return [
        (
            _short(findings, one.judge),
            one.rubric,
            _FORMS[one.swapped],
            f"{one.records:,}",
            f"{one.void:,}",
            f"{one.questions:,}",
            f"{one.undecided:,}",
            f"{one.rejected:,}",
        )
        for one in findings.judging.judged
    ]


def swap_rows(findings: Findings, *, whole: bool = True) -> list[tuple[str, ...]]:
    """One row a rubric and form over all its questions, and one a question.

    Args:
        whole: Also questions on which nothing changed.
    """
    groups: dict[tuple[str, str, str], list[Compared]] = {}
    for one in findings.judging.compared:
        groups.setdefault((one.judge, one.rubric, one.swapped), []).append(one)
    rows: list[tuple[str, ...]] = []
    for (judge, rubric, swapped), own in groups.items():
        pairs, flipped = sum(one.compared for one in own), sum(one.flipped for one in own)
        total = (
            f"{rubric}: all {len(own)} questions",
            _short(findings, judge),
            _FORMS[swapped],
            f"{pairs:,}",
            f"{sum(one.missing for one in own):,}",
            f"{flipped:,} ({flipped / pairs:.0%})" if pairs else MISSING,
            MISSING,
            MISSING,
        )
        rows.append(total)
        rows += [
            (
                f"{rubric}: {one.item}",
                _short(findings, judge),
                _FORMS[swapped],
                f"{one.compared:,}",
                f"{one.missing:,}",
                _rate(one),
                plain(one.off),
                signed(one.lean),
            )
            for one in own
            if whole or one.flipped
        ]
    return rows


def _rate(one: Compared) -> str:
    if one.flip_rate is None:
        return MISSING
    turned = f", {one.turned:,} turned" if one.turned else ""
    return f"{one.flipped:,} ({one.flip_rate:.0%}){turned}"


def _short(findings: Findings, judge: str) -> str:
    """A judge without its address, where no other is called so."""
    name = judge.partition("@")[0]
    judges = {one.judge for one in findings.judging.judged}
    return name if sum(one.partition("@")[0] == name for one in judges) == 1 else judge


def missing_lines(judged: Judged, most: int) -> Iterator[str]:
    """What has no verdict, and why: each a line.

    Args:
        most: Lines, before the rest is counted.
    """
    for one in judged.listed[:most]:
        what = "no answer at all" if one.item is None else one.item
        yield visible_line(f"{one.record}, {what}: {one.why}")
    if (rest := judged.missing - min(most, len(judged.listed))) > 0:
        yield f"and {rest:,} more"


def missing_title(findings: Findings, judged: Judged) -> str:
    """Over these lines."""
    judge = _short(findings, judged.judge)
    why = "; ".join(f"{reason} ({n:,})" for reason, n in list(judged.reasons.items())[:3])
    form = "" if judged.swapped is None else f", {_FORMS[judged.swapped]}"
    return visible_line(f"Without a verdict by {judge}, {judged.rubric}{form}: {why}")


def notes_of(findings: Findings) -> list[str]:
    """What the counts of a list are, where figures by judges are that are not printed here, and by
    which rubrics there are none since several judges have read."""
    corrected = {_evaluator(one.measure) for one in findings.corrected}
    others = {
        _evaluator(name): None
        for name, by_arm in findings.all_measures.items()
        if (measure := findings.measures.get(name)) is not None
        and measure.definition.endswith(NOT_KNOWN)
        and not name.startswith((PREFIX, JUDGED))
        and name.partition(".")[2] not in OWN
        and any(brief.n for brief in by_arm.values())
    }
    left = [one for one in others if one not in corrected]
    judges: dict[str, set[str]] = {}
    for one in findings.judging.judged:
        judges.setdefault(one.rubric, set()).add(one.judge)
    several = [rubric for rubric, own in judges.items() if len(own) > 1]
    lists = dict.fromkeys(one.rubric for one in findings.judging.judged if one.of_list)
    notes = [LISTS.format(", ".join(lists))] if lists else []
    notes += [ELSEWHERE.format(", ".join(left))] if left else []
    return [*notes, *([SEVERAL.format(", ".join(several))] if several else [])]


def _evaluator(measure: str) -> str:
    return measure.partition(".")[0]


def print_judged(findings: Findings, console: Console) -> None:
    """Print what judges said and how far it stands: silent where nobody judged."""
    if not findings.judging.judged:
        return
    headings, figures = figures_of(findings)
    if figures:
        console.print()
        columns = range(len(headings))
        print_table(console, headings, figures[:MOST_FIGURES], names=columns, right=columns[1:])
        if (rest := len(figures) - MOST_FIGURES) > 0:
            console.print(shown(f"and {rest} more rows in the report", style="dim"))
        console.print()
        console.print(shown(UNCALIBRATED, style="dim"))
        if findings.by_model:
            console.print(shown(LINEUPS, style="dim"))
    console.print()
    print_table(console, JUDGES, judge_rows(findings), names=(0, 1), right=range(3, 8))
    for note in notes_of(findings):
        console.print()
        console.print(shown(note, style="dim"))
    for one in findings.judging.judged:
        if one.missing and one.swapped is None:
            console.print()
            console.print(shown(missing_title(findings, one), style="yellow"))
            for line in missing_lines(one, MOST_MISSING):
                console.print(shown(f"  {line}"))
    if rows := swap_rows(findings, whole=False):
        console.print()
        print_table(console, SWAPS, rows, names=(0, 1), right=range(3, 8))
        console.print()
        console.print(shown(SWAP_NOTE, style="dim"))
