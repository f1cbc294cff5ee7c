"""How good a judge is, as one HTML page that works offline: no script runs, nothing is loaded from
anywhere, and the words of others are escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from harness.analysis.agreement import Agreed
from harness.analysis.judge_account import Account
from harness.analysis.judge_reads import Erred
from harness.analysis.judge_usable import LEAST_FOUND, RULE, Verdict
from harness.records.calibration import Calibration
from harness.report.calibration_words import (
    AGREEMENT,
    COMMITMENT,
    KINDS,
    LEANINGS,
    NOTE,
    STABILITY,
    cell,
    counts,
    families,
    headline,
    of,
)
from harness.report.svg import printable
from harness.report.templating import environment

_WIDTH: Final = 220.0
_EDGE: Final = 6.0
_LANE: Final = 13.0
SHOWN: Final = 15
"""Transcripts with errors that are named."""
_MANNERS: Final = ("plain", "devious")
_COLUMNS: Final = (("recall", "Recall"), ("precision", "Precision"))


def render(
    found: Calibration,
    account: Account,
    verdicts: Mapping[str, Verdict],
    erred: Sequence[Erred] = (),
) -> str:
    """The page. The same calibration gives the same text.

    Args:
        found: The calibration.
        account: The figures behind it.
        verdicts: Criterion -> whether the judge may be used for it.
        erred: The transcripts on which it errs, the worst first.
    """
    page: dict[str, Any] = {
        "title": found.judge.model,
        "headline": headline(found),
        "counts": counts(found, account),
        "made": found.made,
        "planted": found.planted[:16],
        "verdicts": verdicts,
        "rule": RULE,
        "note": NOTE,
        "least": LEAST_FOUND,
        "columns": [title for _, title in _COLUMNS],
        "kinds": [_kind(account, kind, words) for kind, words in (("", "all"), *KINDS.items())],
        "families": families(account),
        "erred": erred[:SHOWN],
        "more": max(0, len(erred) - SHOWN),
        "others": [
            *of(account.events, COMMITMENT),
            *of(account.agreement, AGREEMENT),
            *of(account.bias, LEANINGS),
            *of(account.stability, STABILITY),
        ],
    }
    return environment().get_template("calibration.html.j2").render(page)


def _kind(account: Account, kind: str, words: str) -> dict[str, Any]:
    marks = [f"{kind}/{manner}" if kind else manner for manner in _MANNERS]
    own = [account.per_kind.get(mark, {}) for mark in marks]
    return {
        "name": words,
        "cells": [
            _drawn([figures.get(column) for figures in own], f"{title} of {words}")
            for column, title in _COLUMNS
        ],
        "false": [cell(figures.get("false")) for figures in own],
    }


def _drawn(figures: list[Agreed | None], label: str) -> Markup:
    """The figure of plain talk, a full dot, above that of devious talk, a hollow one, on a scale
    from 0 to 1. One that is undefined has no dot."""
    height = _LANE * len(figures) + 4
    said = "; ".join(f"{manner} {cell(one)}" for manner, one in zip(_MANNERS, figures, strict=True))
    parts = [
        _line("scale", 0, height / 2, 1),
        Markup('<line class="bound" x1="{0}" x2="{0}" y1="1" y2="{1:g}"/>').format(
            _x(LEAST_FOUND), height - 1
        ),
    ]
    for lane, (manner, one) in enumerate(zip(_MANNERS, figures, strict=True)):
        if one is None or one.value is None:
            continue
        y = 2 + _LANE * (lane + 0.5)
        if one.low is not None and one.high is not None:
            parts.append(_line("range", one.low, y, one.high))
        parts.append(
            Markup('<circle class="{}" cx="{}" cy="{:g}" r="4.2"/>').format(
                manner, _x(one.value), y
            )
        )
    return Markup('<svg viewBox="0 0 {:g} {:g}" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, height, printable(f"{label}: {said}"), Markup("").join(parts)
    )


def _x(value: float) -> str:
    return f"{_EDGE + value * (_WIDTH - 2 * _EDGE):.1f}"


def _line(name: str, low: float, y: float, high: float) -> Markup:
    return Markup('<line class="{}" x1="{}" x2="{}" y1="{:g}" y2="{:g}"/>').format(
        name, _x(low), _x(high), y, y
    )
