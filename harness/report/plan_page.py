"""The audit of a written plan as one HTML page that works offline. No script runs, nothing is
loaded from anywhere, and whatever users wrote is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from harness.plans.assessment import Assessment, Party
from harness.plans.rubric import PlanReading
from harness.plans.written import WrittenPlan
from harness.report.plan_reading import doubted, said_of
from harness.report.plan_words import (
    ceded_words,
    crossed_words,
    hundredths,
    in_points,
    issue_name,
    nearest_terms,
    option_text,
    stance_words,
    why_open,
)
from harness.report.svg import printable
from harness.report.templating import environment
from harness.report.wording import MISSING, points

_WIDTH: Final = 300.0
_HEIGHT: Final = 26.0
_EDGE: Final = 8.0


def render(
    plan: WrittenPlan,
    found: Assessment,
    verdict: Sequence[str],
    reading: PlanReading | None = None,
    says: Sequence[str] = (),
) -> str:
    """The page. The same plan gives the same text.

    Args:
        verdict: What it comes to, in words.
        reading: How a judge read it; None for a plan that was written as options.
        says: What its prose says of everybody, in words.
    """
    one, other = found.parties[:2]
    unread: Mapping[str, str] = {} if reading is None else reading.unread
    page: dict[str, Any] = {
        "title": plan.title or "A plan",
        "dispute": found.scenario.say(found.scenario.title),
        "verdict": verdict,
        "nearest": nearest_terms(found),
        "pair": (one, other),
        "says": says,
        "said": [] if reading is None else said_of(reading, found),
        "doubted": [] if reading is None else doubted(reading, found),
        "issues": [_issue(plan, found, issue, unread) for issue in found.scenario.issue_ids()],
        "totals": [points(-found.asked(party.id)) for party in (one, other)],
        "parties": [_party(found, party) for party in found.parties],
    }
    return environment().get_template("plan.html.j2").render(page)


def _issue(
    plan: WrittenPlan, found: Assessment, issue: str, unread: Mapping[str, str]
) -> dict[str, Any]:
    advice = plan.advises.get(issue)
    row: dict[str, Any] = {"name": issue_name(found, issue), "advised": None, "sentence": None}
    if advice is None:
        row["why"] = why_open(issue, unread)
        return row
    by = {one.party: one for one in found.ceded if one.issue == issue}
    row["advised"] = option_text(found, issue, advice.option)
    row["sentence"] = advice.sentence
    row["gives"] = [
        (ceded_words(by[party.id]), by[party.id].crossed) for party in found.parties[:2]
    ]
    return row


def _party(found: Assessment, party: Party) -> dict[str, Any]:
    return {
        "name": party.name,
        "absent": not party.at_table,
        "worth": in_points(party.value),
        "no_deal": hundredths(party.reservation),
        "crossed": crossed_words(found, party) or MISSING,
        "stance": stance_words(party),
        "bar": _bar(party),
    }


def _bar(party: Party) -> Markup:
    """The value of the plan to a party against that of no deal, on a scale from 0 to 100."""

    def place(value: float) -> str:
        return f"{_EDGE + value * (_WIDTH - 2 * _EDGE):.1f}"

    middle = _HEIGHT / 2
    least, most = party.value.least, party.value.most
    label = f"{party.name}: worth {in_points(party.value)}, no deal {hundredths(party.reservation)}"
    parts = [
        Markup('<line class="scale" x1="{}" y1="{:g}" x2="{}" y2="{:g}"/>').format(
            place(0.0), middle, place(1.0), middle
        ),
        Markup('<line class="range" x1="{}" y1="{:g}" x2="{}" y2="{:g}"/>').format(
            place(least), middle, place(most), middle
        ),
        Markup('<line class="none" x1="{0}" y1="2" x2="{0}" y2="{1:g}"/>').format(
            place(party.reservation), _HEIGHT - 2
        ),
        *(
            Markup('<circle class="worth" cx="{}" cy="{:g}" r="5"/>').format(place(end), middle)
            for end in dict.fromkeys((least, most))
        ),
    ]
    return Markup('<svg viewBox="0 0 {:g} {:g}" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, _HEIGHT, printable(label), Markup("").join(parts)
    )
