"""What a judge's figures come to without its errors, in words and as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from harness.analysis.judged_measures import ANSWERS, BY_PEOPLE, LABELS, JudgeCorrected
from harness.analysis.label_answers import evaluator_of
from harness.analysis.labelled_records import FEWEST_RECORDS
from harness.analysis.scale import scale_of
from harness.report.answer_words import print_answers
from harness.report.label_words import print_labels
from harness.report.tables import print_table, shown
from harness.report.wording import estimate, plain, signed
from harness.visible import visible_line

if TYPE_CHECKING:
    from rich.console import Console

    from harness.analysis.findings import Findings

LINEUP: Final = "line-up"
HEADINGS: Final = (
    "arm",
    "as the judge\nreads it",
    "corrected for\nits errors",
    "without\na value",
    "",
)
SHORT: Final = 12
"""Measures that the suite does not ask about, and that a terminal shows."""
CLIPPED: Final = (
    "Beyond what the measure can be, a corrected figure is shown at the end of its range."
)
LINEUPS: Final = (
    "Each line-up of models has figures of its own talks alone. There are none of all together: "
    "they would be no answer about any."
)
PLANTED_LINEUPS: Final = (
    "One calibration corrects all line-ups: the judge is taken to err alike on each of them. If it "
    "errs otherwise on one, a difference between line-ups may be its doing."
)
PLANTED_NOTE: Final = (
    "Corrected by planted transcripts: the judge is taken to err on these talks as it does on "
    "those, and alike in all arms. If it errs otherwise in one arm, a difference may be its doing. "
    "Labels of the run's own turns or records need no such assumption: track15 label RUN."
)
LABELS_NOTE: Final = (
    "Corrected by labels of the run's own turns, each arm by its own: whether the judge errs alike "
    "in all arms makes no difference."
)
ANSWERS_NOTE: Final = (
    "Corrected by people's answers about the run's own records, each arm by its own: whether the "
    "judge errs alike in all arms makes no difference. What the unread records may hide is never "
    "taken for less than three errors of the whole scale in as many records as were read."
)
LABELS_FEW: Final = (
    "Labels of the run's own turns are there, and in an arm, or in an arm of a line-up, too few to "
    "correct by: 20 are needed, "
    "and five each of turns with and without something that the judge found. Where there is a "
    "calibration, that is used in their place."
)
ANSWERS_FEW: Final = (
    "People have answered about records of the run, and in an arm about too few to correct by: "
    f"{FEWEST_RECORDS} are needed, or all there are, asked in the words in which the judge was and "
    "with a value by it. Where there is a calibration, that is used in their place."
)
_BY_LABELS: Final = " labels"
_BY_ANSWERS: Final = " records"
_LEGENDS: Final = (
    ("Se ", "Se, Sp: the judge's sensitivity and specificity."),
    (" t", "a + b t: what the judge reads where t is so."),
    (_BY_LABELS, "labels: turns that people have read."),
    (_BY_ANSWERS, "records: those about which people have answered."),
)
"""How what is known of a judge begins or ends, and what that means."""
_LABELLED: Final = ("words.conceded_", "words.final_", "words.threats_")
"""Measures that labels correct: one a seat, whose letter follows."""
NOTE: Final = (
    "95% intervals over scenarios; corrected ones also hold how well the judge's errors are known. "
    "Differences that the suite does not declare are marked: not declared. None of them is "
    "corrected for the number of comparisons."
)


class Group(NamedTuple):
    """The figures of one measure.

    Attributes:
        measure: ``evaluator.measure``.
        title: What it is called.
        declared: Whether the suite asks about it.
        known: What is known of its judge, in short, row by row.
        errors: The same, a sentence for each way in which it is known.
        rows: One a figure: whose it is, as the judge reads it, corrected, dialogues without a
            value, and why there is no corrected one. Where several line-ups take turns, the
            line-up stands before that.
        last: Place among the rows of the last figure of each line-up: of its difference, where
            there is one.
    """

    measure: str
    title: str
    declared: bool
    known: tuple[str, ...]
    errors: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    last: tuple[int, ...]


def headings_of(findings: Findings) -> tuple[str, ...]:
    """Over the rows of :func:`corrected_groups`."""
    return (LINEUP, *HEADINGS) if _several(findings) else HEADINGS


def _several(findings: Findings) -> bool:
    """Whether figures are of line-ups."""
    return any(one.lineup for one in findings.corrected)


def corrected_groups(findings: Findings) -> list[Group]:
    """Uncorrected figures beside corrected ones, measure by measure."""
    by_measure: dict[str, list[JudgeCorrected]] = {}
    for one in findings.corrected:
        by_measure.setdefault(one.measure, []).append(one)
    return [
        Group(
            measure=measure,
            title=f"{own[0].title} ({measure})",
            declared=any(one.declared for one in own),
            known=tuple(map(_known, own)),
            errors=tuple(dict.fromkeys(map(_errors, own))),
            rows=tuple(_row(one, findings) for one in own),
            last=tuple({one.lineup: place for place, one in enumerate(own)}.values()),
        )
        for measure, own in by_measure.items()
    ]


def corrected_notes(findings: Findings) -> list[str]:
    """What has to be said below the rows; none where there is no row."""
    if not findings.corrected:
        return []
    by_label = any(one.by == LABELS for one in findings.corrected)
    by_answer = any(one.by == ANSWERS for one in findings.corrected)
    by_known = any(one.by not in BY_PEOPLE for one in findings.corrected)
    several = _several(findings)
    clipped = any(
        _clip(one, findings) != (one.corrected, one.interval) for one in findings.corrected
    )
    labels = findings.labels
    few = (
        labels is not None
        and bool(labels.people)
        and any(
            one.measure[:-1] in _LABELLED and _without(one, LABELS) for one in findings.corrected
        )
    )
    asked = {evaluator_of(one.rubric) for one in labels.answered} if labels is not None else set()
    few_answers = any(
        one.measure.split(".")[0] in asked and _without(one, ANSWERS) for one in findings.corrected
    )
    said = (
        (NOTE, True),
        (LINEUPS, several),
        (PLANTED_NOTE, by_known),
        (PLANTED_LINEUPS, by_known and several),
        (LABELS_NOTE, by_label),
        (LABELS_FEW, few),
        (ANSWERS_NOTE, by_answer),
        (ANSWERS_FEW, few_answers),
        (CLIPPED, clipped),
    )
    return [note for note, holds in said if holds]


def _without(one: JudgeCorrected, by: str) -> bool:
    """Whether a figure could be corrected by people, and is not; one that the judge has no value
    for cannot, however much they have read."""
    return one.judged is not None and (one.by != by or one.corrected is None)


def print_corrected(findings: Findings, console: Console) -> None:
    """Print the figures that the suite asks about, the others in short, and how far people agree:
    silent where nothing is known of a judge."""
    others = []
    for group in corrected_groups(findings):
        if not group.declared:
            others.append(group)
            continue
        console.print()
        console.print(shown(f"By a judge: {group.title}", "bold"))
        for sentence in group.errors:
            console.print(shown(sentence, "dim"))
        headings = headings_of(findings)
        count = headings.index("")
        print_table(console, headings, group.rows, names=range(count), right=(count - 1,))
    _print_short(others, headings_of(findings), console)
    if notes := corrected_notes(findings):
        console.print()
        for note in notes:
            console.print(shown(note, style="dim"))
    if findings.labels is not None:
        console.print()
        console.print(shown("Labels by people", "bold"))
        labels = findings.labels
        if labels.people:
            print_labels(labels.people, labels.agreements, console)
        if labels.answered:
            print_answers(labels.answered, labels.answers, console)


def _print_short(groups: Sequence[Group], headings: Sequence[str], console: Console) -> None:
    """One line a measure and line-up, of what the suite does not ask about: its last figure, which
    is the difference where there is one."""
    if not groups:
        return
    every = [(group, place) for group in groups for place in group.last]
    several = headings[0] == LINEUP
    arm = int(several)  # it stands after the line-up
    console.print()
    arms = dict.fromkeys(group.rows[place][arm] for group, place in every[:SHORT])
    whose = f": {next(iter(arms))}" if len(arms) == 1 else ""
    console.print(shown(f"By a judge, and not asked about by the suite{whose}", "bold"))
    # Arms that all have in common stand in the title alone.
    kept = [column for column in range(arm + 3) if column != arm or not whose]
    rows = [
        (group.measure, *(group.rows[place][column] for column in kept), group.known[place])
        for group, place in every[:SHORT]
    ]
    titles = ("measure", *(headings[column] for column in kept), "the judge")
    names = [0, *(n for n, column in enumerate(kept, start=1) if column != arm)]
    print_table(console, titles, rows, names=names)
    left = len(every) - len(rows)
    what = "lines" if several else "measures"
    more = f" {left} more {what} are there." if left else ""
    how = [group.known[place] for group, place in every[:SHORT]]
    legend = "".join(
        f"{means} "
        for form, means in _LEGENDS
        if any(one.startswith(form) or one.endswith(form) for one in how)
    )
    console.print(shown(f"{legend}Every arm is in report.html and --json.{more}", "dim"))


def _row(one: JudgeCorrected, findings: Findings) -> tuple[str, ...]:
    value, interval = _clip(one, findings)
    return (
        *((one.lineup,) if _several(findings) else ()),
        _whose(one),
        _figure(one, one.judged, one.judged_interval),
        _figure(one, value, interval),
        ", ".join(f"{arm} {count:,}" for arm, count in one.missing.items() if count) or "0",
        one.why,
    )


def _figure(one: JudgeCorrected, value: float | None, ends: tuple[float, float] | None) -> str:
    """A difference has a sign; a mean has one where it is below 0."""
    if one.control is not None or value is None:
        return estimate(value, ends)
    return plain(value) + ("" if ends is None else f" [{plain(ends[0])}, {plain(ends[1])}]")


def _whose(one: JudgeCorrected) -> str:
    if one.control is None:
        return one.treatment
    declared = "" if one.declared else " (not declared)"
    return f"{one.treatment} - {one.control}{declared}"


def _clip(
    one: JudgeCorrected, findings: Findings
) -> tuple[float | None, tuple[float, float] | None]:
    """The corrected figure inside what the measure can be."""
    known = findings.measures.get(one.measure)
    scale = scale_of(known.range if known else "")
    lo, hi = scale.lo, scale.hi
    if one.control is not None:
        lo, hi = (None, None) if scale.width is None else (-scale.width, scale.width)

    def inside(value: float) -> float:
        value = value if lo is None else max(value, lo)
        return value if hi is None else min(value, hi)

    return (
        None if one.corrected is None else inside(one.corrected),
        None if one.interval is None else (inside(one.interval[0]), inside(one.interval[1])),
    )


def _known(one: JudgeCorrected) -> str:
    if one.by in BY_PEOPLE:
        return f"{one.pairs:,}{_BY_LABELS if one.by == LABELS else _BY_ANSWERS}"
    if one.sensitivity is not None and one.specificity is not None:
        return f"Se {plain(one.sensitivity)}, Sp {plain(one.specificity)}"
    if one.slope is not None and one.intercept is not None:
        return f"{plain(one.intercept)} + {plain(one.slope)} t"
    return "not known well enough"


def _errors(one: JudgeCorrected) -> str:
    """The judge's errors, and what they are known from, in a sentence."""
    judge = visible_line(one.judge) or "The judge"
    if one.by == LABELS:
        return f"{judge}, by labels of the run's own turns."
    if one.by == ANSWERS:
        return f"{judge}, by people's answers about the run's own records."
    said = []
    if one.sensitivity is not None and one.specificity is not None:
        said.append(
            f"finds {plain(one.sensitivity)} of what is so (sensitivity), and is right in "
            f"{plain(one.specificity)} of what is not (specificity)"
        )
    elif one.slope is not None and one.intercept is not None:
        said.append(f"reads {plain(one.intercept)} + {plain(one.slope)} times what is so")
    if one.mean_error is not None:
        said.append(f"is off by {signed(-one.mean_error)} on average")
    lacks = f", and gave no value of {one.pairs_missing:,} more" if one.pairs_missing else ""
    found = ", ".join(said) or "is not known well enough"
    return f"{judge} {found}: {one.pairs:,} planted transcripts{lacks}."
