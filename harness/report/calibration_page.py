"""How good a judge is, as one HTML page that works offline: no script runs, nothing is loaded from
anywhere, and the words of others are escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.analysis.answer_account import AnswerAccount
from harness.analysis.judge_account import Account
from harness.analysis.judge_reads import Erred
from harness.analysis.judge_usable import LEAST_FOUND, RULE, Verdict
from harness.records.calibration import Calibration
from harness.report.answer_calibration_page import answers_of
from harness.report.calibration_drawing import MANNERS, drawn
from harness.report.calibration_figures import NOTE, cell, headline, of
from harness.report.calibration_words import (
    AGREEMENT,
    COMMITMENT,
    KINDS,
    LEANINGS,
    SIGNED,
    STABILITY,
    counts,
    families,
)
from harness.report.templating import environment

SHOWN: Final = 15
"""Transcripts with errors that are named."""
_COLUMNS: Final = (("recall", "Recall"), ("precision", "Precision"))


def render(
    found: Calibration,
    account: Account | AnswerAccount,
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
        "made": found.made,
        "planted": found.planted[:16],
        "verdicts": verdicts,
        "note": NOTE,
        "erred": erred[:SHOWN],
        "more": max(0, len(erred) - SHOWN),
        **(
            answers_of(account)
            if isinstance(account, AnswerAccount)
            else _events_of(found, account)
        ),
    }
    return environment().get_template("calibration.html.j2").render(page)


def _events_of(found: Calibration, account: Account) -> dict[str, Any]:
    """What the page of a rubric that makes a list has of its own."""
    return {
        "counts": counts(found, account),
        "rule": RULE,
        "questions": None,
        "directed": "",
        "least": LEAST_FOUND,
        "columns": [title for _, title in _COLUMNS],
        "kinds": [_kind(account, kind, words) for kind, words in (("", "all"), *KINDS.items())],
        "families": families(account),
        "others": [
            *of(account.events, COMMITMENT),
            *of(account.agreement, AGREEMENT),
            *of(account.bias, LEANINGS, SIGNED),
            *of(account.stability, STABILITY),
        ],
    }


def _kind(account: Account, kind: str, words: str) -> dict[str, Any]:
    marks = [f"{kind}/{manner}" if kind else manner for manner in MANNERS]
    own = [account.per_kind.get(mark, {}) for mark in marks]
    return {
        "name": words,
        "cells": [
            drawn(
                [
                    (manner, figures.get(column))
                    for manner, figures in zip(MANNERS, own, strict=True)
                ],
                f"{title} of {words}",
                LEAST_FOUND,
            )
            for column, title in _COLUMNS
        ],
        "false": [cell(figures.get("false")) for figures in own],
    }
