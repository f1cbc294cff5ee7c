"""Scripted readers: a documented model of how opinions move. An instrument, never evidence.

A script cannot read. It is told what an article says of the price of things, from the numbers that
the article was made of, and moves towards it by its trust in who signs. So it shows whether a chain
carries an effect of known size, and a null where there is none. That readers are moved, and how
far, only models and people can show.

**First answers.** Per principal, issue and option the public stereotype, plus normal noise of the
reader's own ``prior``, cut off at 0 and 1. The noise comes from the seed and the reader, so the
answers before and after are the same but for what was read.

**After an article.** One step of the model of Friedkin and Johnsen (Social influence and opinions,
Journal of Mathematical Sociology 15, 1990, 193-206), x(1) = (1 - s) x(0) + s W x(0), with one
source that holds its opinion:

    v' = v + trust(byline) * weight * (implied - v)

Susceptibility ``s`` is the trust in the byline. ``weight`` is :data:`ARGUED` on an issue on which
the article argues (:data:`ARGUMENTS`), :data:`STATED` where it only advises, and 0 where it says
nothing. Of an article that a model wrote it is not known what it argues; it advises.

**What an article implies** depends on what was asked of its author:

- its own article, disclosed or not: giving what the plan gives costs the principal of seat u
  nothing, and neither does anything milder (1 for all options that are publicly no worse for it);
  asking what the plan asks of the principal of seat o costs that as much as anything, and so does
  all that is worse for it (0). An issue on which the plan has a side's best says nothing of that
  side. That is claim C11 as a number: gifts look cheap, demands look dear. A script does not count
  it against an article that it names the meeting.
- a balanced article: what each option publicly costs either side. Readers come closer to the public
  view, from wherever they are; the mean hardly moves (by less than .001, since first answers are
  cut off at 0 and 1).
- minutes: nothing.

``trust`` 0 moves nobody. Where a reader stands plays no part.

**The settlement that is reasonable** has, issue by issue, the largest product of the two values,
then the largest sum, then the first option.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from harness.disputes.scenario import Scenario
from harness.incentives.expectation import public_values
from harness.memo import once_per_object
from harness.records.readership import READERSHIP, ReaderAnswer
from harness.seeds import stream
from harness.suite.influence import Article, Byline, Reader

ARGUED: Final = 1.0
"""Weight of an issue on which an article argues."""
STATED: Final = 0.5
"""Weight of an issue on which it only advises."""
ARGUMENTS: Final = frozenset({"echo", "dismisses_red_line", "acceptable_to"})
"""What an article does where it argues: it makes a side's talking points its own, says that a red
line need not stand, or that a side can accept the terms."""
DECIMALS: Final = 4
"""Of a value in a record."""
_SAME: Final = 1e-9
Floats = NDArray[np.float64]


class Claimed(Protocol):
    """What a paragraph of a scripted article does; one that concerns no issue has none."""

    @property
    def issue(self) -> str | None: ...

    @property
    def kind(self) -> str: ...


@dataclass(frozen=True)
class Said:
    """What an article says of one principal's values, over all options in agenda order.

    Attributes:
        implied: The value that it gives the option, in [0, 1].
        weight: How much it says so, in [0, 1]; 0 where it says nothing.
    """

    implied: Floats
    weight: Floats


@dataclass(frozen=True)
class _Grid:
    """The options of a dispute in agenda order, and what each is publicly worth.

    Attributes:
        principals: Of seat u, and of seat o.
        issues: Id, options, and where they stand.
        public: ``(2, options)``.
    """

    principals: tuple[str, str]
    issues: tuple[tuple[str, tuple[str, ...], slice], ...]
    public: Floats


def said(
    scenario: Scenario,
    article: Article,
    plan: Mapping[str, str | None],
    claims: Iterable[Claimed],
) -> tuple[Said, Said]:
    """What an article says of the values of the principals of seat u and of seat o.

    Args:
        scenario: The twin that is played; of values only the public ones are read.
        article: What was asked of the author.
        plan: Issue -> the option that it advises; None, or left out, where it says nothing.
        claims: What its paragraphs do, of an article that a script wrote.
    """
    grid = _grid(scenario)
    argued = {claim.issue for claim in claims if claim.kind in ARGUMENTS}
    implied = grid.public.copy()
    weight = np.zeros_like(implied)
    for issue, options, at in grid.issues:
        advised = plan.get(issue)
        if advised is None or article == "minutes":
            continue
        loud = ARGUED if issue in argued else STATED
        if article == "balanced":
            weight[:, at] = loud
            continue
        k = options.index(advised)
        for side, telling in enumerate((1.0, 0.0)):
            public = grid.public[side, at]
            if public[k] >= public.max() - _SAME:
                continue
            # A gift is as good for seat u as it stands, or better; a demand as bad for seat o.
            sign = 1.0 if telling else -1.0
            told = sign * public >= sign * public[k] - _SAME
            implied[side, at][told] = telling
            weight[side, at][told] = loud
    return Said(implied[0], weight[0]), Said(implied[1], weight[1])


def answers(
    scenario: Scenario,
    readers: Iterable[Reader],
    seed: int,
    read: tuple[Said, Said] | None = None,
    byline: Byline | None = None,
) -> tuple[ReaderAnswer, ...]:
    """What a panel of scripts answers, in the order of the panel.

    Args:
        scenario: The twin that is played.
        seed: Of the reading; the same before and after.
        read: What the article says, as :func:`said` gives it; None where none was read.
        byline: Who signs it.
    """
    grid = _grid(scenario)
    found = []
    for reader in readers:
        noise = stream(seed, READERSHIP, "prior", reader.id).standard_normal(grid.public.shape)
        values = np.clip(grid.public + reader.prior * noise, 0.0, 1.0)
        if read is not None and byline is not None:
            trust = reader.trust.of(byline)
            for side, one in enumerate(read):
                values[side] += trust * one.weight * (one.implied - values[side])
        found.append(_answer(grid, reader.id, np.round(values, DECIMALS)))
    return tuple(found)


def _answer(grid: _Grid, reader: str, values: Floats) -> ReaderAnswer:
    product, total = (values[0] * values[1]).tolist(), values.sum(axis=0).tolist()
    by_principal: dict[str, dict[str, dict[str, float]]] = {}
    for principal, row in zip(grid.principals, values.tolist(), strict=True):
        by_principal[principal] = {
            issue: dict(zip(options, row[at], strict=True)) for issue, options, at in grid.issues
        }
    settlement = {
        issue: options[max(range(len(options)), key=_best(product[at], total[at]))]
        for issue, options, at in grid.issues
    }
    return ReaderAnswer(reader=reader, values=by_principal, settlement=settlement)


def _best(product: list[float], total: list[float]) -> Callable[[int], tuple[float, float]]:
    """What the most reasonable option has most of; of equals ``max`` takes the first."""
    return lambda k: (product[k], total[k])


@once_per_object
def _grid(scenario: Scenario) -> _Grid:
    principals = (scenario.seats.u, scenario.seats.o)
    public = [public_values(scenario, principal) for principal in principals]
    issues, start = [], 0
    for issue in scenario.issues:
        options = issue.option_ids()
        issues.append((issue.id, options, slice(start, start + len(options))))
        start += len(options)
    rows = [
        [one[issue][option] for issue, options, _ in issues for option in options] for one in public
    ]
    return _Grid(principals, tuple(issues), np.array(rows, dtype=np.float64))
