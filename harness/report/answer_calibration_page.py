"""What the page of a calibration says of a judge that answers questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from harness.analysis.agreement import Agreed
from harness.analysis.answer_account import AnswerAccount
from harness.analysis.answer_errors import AnswerTable
from harness.analysis.answer_usable import LEAST_ALPHA, LEAST_RIGHT, RULE
from harness.report.answer_calibration_words import (
    AGREEMENT,
    DIRECTED,
    answer_counts,
    confusion,
    others,
    rows,
)
from harness.report.calibration_drawing import MANNERS, drawn
from harness.report.calibration_figures import cell

_DRAWN: Final = (
    ("sensitivity", "Sees what is there", LEAST_RIGHT),
    ("specificity", "Sees nothing where nothing is", LEAST_RIGHT),
    ("alpha", "Alpha of the places", LEAST_ALPHA),
)


def answers_of(account: AnswerAccount) -> dict[str, Any]:
    """Parts of the page, by their name in the template."""
    asked = {item: own for item, own in account.items.items() if own}
    return {
        "counts": answer_counts(account),
        "rule": RULE,
        "bounds": f"{LEAST_RIGHT} and {LEAST_ALPHA}",
        "questions": [_question(item, own) for item, own in asked.items()],
        "titles": [title for _, title, _ in _DRAWN],
        "agreement": rows(account, AGREEMENT),
        "agreement_titles": list(AGREEMENT.values()),
        "tables": [_table(item, table) for item, table in account.tables.items()],
        "directed": DIRECTED if any("direction" in own for own in asked.values()) else "",
        "others": others(account),
    }


def _question(item: str, own: Mapping[str, Agreed]) -> dict[str, Any]:
    manners = [(name, own.get(f"right.{name}")) for name in MANNERS]
    return {
        "name": item,
        "right": drawn(manners, f"Right answers to {item}", LEAST_RIGHT),
        "right_said": [cell(one) for _, one in manners],
        "cells": [
            (drawn([("", own[name])], f"{title}, {item}", bound), cell(own[name]))
            for name, title, bound in _DRAWN
        ],
    }


def _table(item: str, table: AnswerTable) -> dict[str, Any]:
    """Cells with how dark they are: the share of the answers of their row, in whole percent."""
    headings, named = confusion(table)
    lines = []
    for number, (true, *_) in enumerate(named):
        counts = (*table.counts[number], table.missing[number])
        whole = sum(counts)
        cells = [
            {
                "count": count,
                "share": round(100 * count / whole) if whole else 0,
                "right": place == number,
            }
            for place, count in enumerate(counts)
        ]
        lines.append({"true": true, "cells": cells, "whole": whole})
    return {"item": item, "answers": headings, "rows": lines}
