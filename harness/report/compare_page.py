"""A comparison as one HTML page that works offline: no script runs, and nothing is loaded from
anywhere. Whatever users and models wrote is escaped.

The bars are drawn as inline SVG by hand, and coloured by the page's own style, so that they follow
a light or a dark theme.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from harness.analysis.comparison_measures import GAIN, Column
from harness.analysis.comparison_parts import Comparison, Difference, Entry, Slice
from harness.analysis.comparison_words import split_words
from harness.analysis.effect import Effect
from harness.analysis.numbers import p_value
from harness.report.svg import printable
from harness.report.templating import environment
from harness.report.wording import (
    MISSING,
    estimate,
    interval,
    judged_difference,
    plain,
    signed,
    within,
)

if TYPE_CHECKING:
    pass

SEATS: Final = (("o", "Official seat"), ("u", "Other seat"))
VERDICTS: Final = {True: "shown", False: "no difference shown", None: "not known"}
"""Whether a difference is shown; None where it cannot be computed, or has no interval."""
_WIDTH: Final = 240.0
_HEIGHT: Final = 20.0
_EDGE: Final = 6.0


@dataclass(frozen=True)
class Bar:
    """A value with its interval, on a scale that it shares with its neighbours.

    Attributes:
        value: None where there is none; then nothing is drawn.
        ends: The interval; None where there is none.
        label: The same in words, for readers who do not see it.
    """

    value: float | None
    ends: tuple[float, float] | None
    label: str


def render(comparison: Comparison) -> str:
    """The page. The same comparison gives the same text."""
    page: dict[str, Any] = {
        "c": comparison,
        "mark": "~" if comparison.marked else "",
        "parts": [_part(comparison, part) for part in (comparison.whole, *comparison.slices)],
        "definitions": list(comparison.columns),
    }
    return environment().get_template("compare.html.j2").render(page)


def _part(found: Comparison, part: Slice) -> dict[str, Any]:
    seats = [
        {
            "seat": seat,
            "title": title,
            "columns": [column for column in found.columns if _has_any(column, part.of(seat))],
            "bound": part.bound(seat),
            "entries": _entries(found, part.of(seat)),
            "pairs": _pairs(found, part, seat),
        }
        for seat, title in SEATS
        if part.of(seat)
    ]
    return {"name": part.name, "seats": seats}


def _has_any(column: Column, entries: Sequence[Entry]) -> bool:
    """Whether a table has the column: some entry has a value, and it is no bound, which stands in
    a sentence of its own."""
    return column.kind != "bound" and any(
        entry.figures[column.name].mean is not None for entry in entries
    )


def _entries(found: Comparison, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    gains = [entry.figures[GAIN.name] for entry in entries]
    bars = [
        Bar(gain.mean, gain.interval, f"gain {estimate(gain.mean, gain.interval)}")
        for gain in gains
    ]
    drawn = draw(bars)
    shown = [column for column in found.columns if _has_any(column, entries)]
    return [
        {
            "entry": entry,
            "bar": bar,
            "cells": [_cell(found, entry, column) for column in shown],
        }
        for entry, bar in zip(entries, drawn, strict=True)
    ]


def _cell(found: Comparison, entry: Entry, column: Column) -> tuple[str, str]:
    """A figure, and below it what is missing."""
    figure = entry.figures[column.name]
    lacking = f"{figure.missing:,} missing" if figure.missing else ""
    if figure.mean is None:
        return MISSING, lacking
    mark = "~" if found.marked else ""
    if column.scale.yes_no and figure.total is not None:
        text = f"{round(figure.total):,}/{figure.n:,}"
    elif column.name in ("tokens", "seconds"):
        text = f"{figure.mean:,.1f}"
    elif column.name == "usd":
        text = f"{figure.mean:.4f}"
    elif column.scale.lo == 0:
        text = plain(figure.mean)
    else:
        text = within(figure.mean, figure.interval)
    return mark + text, lacking


def _pairs(found: Comparison, part: Slice, seat: str) -> list[dict[str, Any]]:
    """For every two entries the differences, and beside them what incentives change in each."""
    pairs: dict[tuple[str, str], list[Difference]] = {}
    for one in part.differences_of(seat):
        pairs.setdefault((one.one, one.other), []).append(one)
    listed = []
    for (one_id, other_id), differences in pairs.items():
        beside = [] if part.name else [i for i in found.incentives if i.entry in (one_id, other_id)]
        by_entry = {
            name: {i.measure: i.effect for i in beside if i.entry == name}
            for name in dict.fromkeys(i.entry for i in beside)
        }
        rows = [_row(found, one, by_entry) for one in differences]
        # Runs of one suite whose question was changed ask several.
        arms = {one.entry: f"{one.treatment} − {one.control}" for one in beside}
        alike = len(set(arms.values())) == 1
        listed.append(
            {
                "title": f"{part.entry(one_id).label} − {part.entry(other_id).label}",
                "itself": differences[0].itself,
                "pairs": differences[0].effect.n_pairs,
                "arms": next(iter(arms.values())) if alike else "incentives",
                "heads": [f"{arms[name]} in {part.entry(name).label}" for name in by_entry],
                "rows": rows,
                "by_judge": any(one.judged is not None for one in differences),
                "not_corrected": found.not_corrected(differences),
                "families": _families(found, differences),
            }
        )
    return listed


def _families(found: Comparison, differences: Sequence[Difference]) -> dict[str, Any] | None:
    """The differences family by family of scenarios; None where there is one family."""
    names = list(dict.fromkeys(part.family for one in differences for part in one.families))
    if not names:
        return None
    mark = "~" if found.marked else ""
    rows = []
    for one in differences:
        own = {part.family: part for part in one.families}
        bars = draw(
            [
                Bar(part.estimate, part.interval, f"{name}: {found.column(one.measure).title}")
                if (part := own.get(name)) is not None
                else Bar(None, None, "")
                for name in names
            ]
        )
        cells = [
            (bar, f"{mark}{estimate(part.estimate, part.interval)}", part.n_scenarios)
            if (part := own.get(name)) is not None
            else (bar, MISSING, 0)
            for name, bar in zip(names, bars, strict=True)
        ]
        rows.append({"title": found.column(one.measure).title, "cells": cells})
    said = [f"{found.column(one.measure).title}:{split_words(one)}" for one in differences]
    splits = [text for text, one in zip(said, differences, strict=True) if one.split is not None]
    return {"names": names, "rows": rows, "splits": splits}


def _row(
    found: Comparison, one: Difference, by_entry: dict[str, dict[str, Effect]]
) -> dict[str, Any]:
    effect, mark = one.effect, "~" if found.marked else ""
    column = found.column(one.measure)
    said = f"{column.title}: difference {estimate(effect.estimate, effect.interval)}"
    ends = [Bar(effect.estimate, effect.interval, said)]
    for effects in by_entry.values():
        own = effects.get(one.measure)
        if own is not None:
            label = f"incentives change {column.title} by {estimate(own.estimate, own.interval)}"
            ends.append(Bar(own.estimate, own.interval, label))
    # One scale for the difference and the incentives beside it: which is larger can be seen.
    bars = draw(ends)
    return {
        "title": column.title,
        "value": mark + signed(effect.estimate),
        "interval": mark + interval(effect.interval),
        "bar": bars[0],
        "p": MISSING if effect.p_signflip is None else mark + p_value(effect.p_signflip),
        "holm": MISSING if effect.holm_p is None else mark + p_value(effect.holm_p),
        "shown": bool(effect.shown),
        "verdict": VERDICTS[effect.shown if effect.estimate is not None else None],
        "detectable": MISSING if one.detectable is None else mark + plain(one.detectable),
        "why": one.why_not,
        "judged": (mark if one.judged else "") + judged_difference(one.judged, column.scale),
        "within": [
            _beside(effects.get(one.measure), bars[place], mark)
            for place, effects in enumerate(by_entry.values(), start=1)
        ],
    }


def _beside(effect: Effect | None, bar: Markup, mark: str) -> dict[str, Any]:
    if effect is None or effect.estimate is None:
        return {"value": MISSING, "bar": Markup(""), "shown": False}
    return {"value": mark + signed(effect.estimate), "bar": bar, "shown": bool(effect.shown)}


def draw(bars: Sequence[Bar]) -> list[Markup]:
    """Bars on one scale that holds all of them and zero; an empty text where there is no value."""
    known = [bar for bar in bars if bar.value is not None]
    edges = [0.0, *(edge for bar in known for edge in (bar.value or 0.0, *(bar.ends or ())))]
    low, high = min(edges), max(edges)
    span = (high - low) or 1.0

    def place(value: float) -> str:
        return f"{_EDGE + (value - low) / span * (_WIDTH - 2 * _EDGE):.1f}"

    return [_svg(bar, place) for bar in bars]


def _svg(bar: Bar, place: Callable[[float], str]) -> Markup:
    if bar.value is None:
        return Markup("")
    middle = _HEIGHT / 2
    parts = [
        Markup('<line class="zero" x1="{0}" y1="1" x2="{0}" y2="{1:g}"/>').format(
            place(0.0), _HEIGHT - 1
        )
    ]
    if bar.ends is not None:
        parts.append(
            Markup('<line class="ends" x1="{}" y1="{:g}" x2="{}" y2="{:g}"/>').format(
                place(bar.ends[0]), middle, place(bar.ends[1]), middle
            )
        )
    parts.append(
        Markup('<circle class="mean" cx="{}" cy="{:g}" r="4"/>').format(place(bar.value), middle)
    )
    return Markup('<svg viewBox="0 0 {:g} {:g}" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, _HEIGHT, printable(bar.label), Markup("").join(parts)
    )
