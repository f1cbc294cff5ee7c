"""The figures of a page, each drawn twice: for a wide window, and for a phone with legible text.

A page shows one of the two, by its width. The narrow one is marked ``hidden``, so that a page whose
style does not know of it shows the wide one alone.
"""

from __future__ import annotations

from markupsafe import Markup

from harness.analysis.findings import Findings
from harness.report import chain_figure as chains
from harness.report import course_figures, doses, effect_figures, factorial_words
from harness.report.chain_behind import Leads, anchor
from harness.report.factorial_figure import factorial_figure


def arms_figure(findings: Findings) -> Markup | None:
    """As :func:`harness.report.effect_figures.arms_figure`."""
    return _both(
        effect_figures.arms_figure(findings), effect_figures.arms_figure(findings, narrow=True)
    )


def contrast_figures(findings: Findings) -> list[tuple[str, Markup | None]]:
    """As :func:`harness.report.effect_figures.contrast_figures`."""
    wide = effect_figures.contrast_figures(findings)
    narrow = effect_figures.contrast_figures(findings, narrow=True)
    return [
        (title, _both(one, other)) for (title, one), (_, other) in zip(wide, narrow, strict=True)
    ]


def mechanisms_figure(findings: Findings) -> Markup | None:
    """As :func:`harness.report.effect_figures.mechanisms_figure`."""
    return _both(
        effect_figures.mechanisms_figure(findings),
        effect_figures.mechanisms_figure(findings, narrow=True),
    )


def factorial_figures(findings: Findings) -> list[Markup | None]:
    """As :func:`harness.report.factorial_figure.factorial_figure`: of the run, or of each line-up
    of it."""
    measure = findings.primary_measure
    title, drawn = findings.title_of(measure), list[Markup | None]()
    for number, (_, one) in enumerate(factorial_words.each(findings)):
        if one is None:
            drawn.append(None)
            continue
        name = f"factorial{number}"
        drawn.append(
            _both(
                factorial_figure(one, measure, title, name),
                factorial_figure(one, measure, title, name, narrow=True),
            )
        )
    return drawn


def doses_figure(findings: Findings) -> Markup | None:
    """As :func:`harness.report.doses.doses_figure`."""
    return _both(doses.doses_figure(findings), doses.doses_figure(findings, narrow=True))


def chain_figures(findings: Findings, to: Leads = anchor) -> list[Markup | None]:
    """Each chain, as :func:`harness.report.chain_figure.chain_figure`."""
    return [
        _both(
            chains.chain_figure(findings, number, to=to),
            chains.chain_figure(findings, number, to=to, narrow=True),
        )
        for number in range(len(findings.chains))
    ]


def red_lines_figure(findings: Findings) -> Markup | None:
    """As :func:`harness.report.course_figures.red_lines_figure`."""
    return _both(
        course_figures.red_lines_figure(findings),
        course_figures.red_lines_figure(findings, narrow=True),
    )


def _both(wide: Markup | None, narrow: Markup | None) -> Markup | None:
    if wide is None or narrow is None:
        return None
    pair = Markup(
        '<div class="widths"><div class="roomy">{}</div>'
        '<div class="narrow" hidden="">{}</div></div>'
    )
    return pair.format(wide, narrow)
