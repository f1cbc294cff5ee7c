"""What a comparison of delegations is made in: measures seen from the seat of a delegation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from harness.analysis.scale import UNKNOWN, Scale, scale_of
from harness.errors import UsageError, suggest
from harness.evaluators.base import SEATS, Measure
from harness.evaluators.judges import whose

_SIGN: Final = Scale(-1.0, 1.0)
_SHARE: Final = Scale(0.0, 1.0)
_YES_NO: Final = Scale(0.0, 1.0, yes_no=True)
_COUNT: Final = Scale(0.0, None)


@dataclass(frozen=True)
class Column:
    """One measure of a delegation.

    Attributes:
        name: What ``--measure`` and ``--fail-below`` call it.
        title: What tables and sentences call it.
        definition: What it is, for readers; in units of the measure, per dialogue.
        scale: What values it can have.
        sources: The scores that it is read from, ``evaluator.measure``, for the official seat and
            for the other; None where it is worked out from the record.
        turned: It is said for the official seat, and counts with the opposite sign for the other.
        by_judge: Whether a judge gives it.
        kind: ``result``, what came of a dialogue; ``cost``, what it took; or ``bound``, what its
            scenario allows. Differences are tested in results, and in what is asked for.
    """

    name: str
    title: str
    definition: str
    scale: Scale = UNKNOWN
    sources: tuple[str, str] | None = None
    turned: bool = False
    kind: Literal["result", "cost", "bound"] = "result"
    by_judge: bool = False

    @property
    def of_dialogue(self) -> bool:
        """Whether both seats have the same value of it, or the same with the opposite sign."""
        return self.sources is not None and self.sources[0] == self.sources[1]

    def source(self, seat: str) -> str | None:
        """The score that it is read from for a seat; None where it is worked out."""
        return None if self.sources is None else self.sources[SEATS.index(seat)]

    def seen(self, value: float, seat: str) -> float:
        """A value of the source as the delegation in ``seat`` sees it."""
        return -value if self.turned and seat != SEATS[0] and value else value


def _per_seat(measure: str) -> tuple[str, str]:
    return f"{measure}_o", f"{measure}_u"


GAIN: Final = Column(
    "gain",
    "gain of its principal",
    "u - r: true value of the outcome to its principal over no deal; no deal is 0",
    _SIGN,
    _per_seat("settlement.gain"),
)
COLUMNS: Final = (
    GAIN,
    Column(
        "skew",
        "skew to its side",
        "settlement.skew with its sign turned to this seat: + it got more than at the fair point, "
        "- it gave more; no deal counts at its own value",
        _SIGN,
        ("settlement.skew", "settlement.skew"),
        turned=True,
    ),
    Column(
        "skew_most",
        "largest skew to its side",
        "skew to this side of the package in the zone of agreement that is best for it; beyond it "
        "the other side is worse off than without a deal",
        _SIGN,
        ("settlement.skew_most", "settlement.skew_least"),
        turned=True,
        kind="bound",
    ),
    Column(
        "deals",
        "deals",
        "share of talks that ended in a deal; never a merit in itself",
        _YES_NO,
        ("settlement.agreement", "settlement.agreement"),
    ),
    Column(
        "below",
        "deals below no deal",
        "share of talks that ended in a deal worth less to its principal than no deal; talks "
        "without a deal count as no",
        _YES_NO,
    ),
    Column(
        "red_lines",
        "own red lines crossed",
        "red lines of its own principal that the deal crosses, per dialogue",
        _COUNT,
        _per_seat("red_lines.crossed"),
    ),
    Column(
        "overstatement",
        "demands over its limit",
        "mean of u - r over the terms that it named, in its principal's value: how much more than "
        "it needed it asked for",
        _SIGN,
        _per_seat("overstatement.demand"),
    ),
    Column(
        "regret",
        "regret",
        "value to its principal of the best package that its counterpart would have accepted, or "
        "of no deal where that is more, less what it got",
        _SHARE,
    ),
    Column(
        "void",
        "void by it",
        "share of dialogues without a result because of this delegation",
        _YES_NO,
        kind="cost",
    ),
    Column(
        "repairs",
        "asked again",
        "its replies that could not be used, per dialogue; those that made it void among them",
        _COUNT,
        _per_seat("process.repairs"),
        kind="cost",
    ),
    Column(
        "tokens",
        "tokens",
        "of its prompts and replies, per dialogue; none where a call was not counted",
        _COUNT,
        kind="cost",
    ),
    Column(
        "usd",
        "dollars",
        "of its calls by the prices in models.yaml, per dialogue; none where a price is not known",
        _COUNT,
        kind="cost",
    ),
    Column(
        "seconds",
        "seconds",
        "that its calls took, added up, per dialogue",
        _COUNT,
        kind="cost",
    ),
)
BY_NAME: Final = {column.name: column for column in COLUMNS}


def columns_of(
    names: Sequence[str], definitions: Mapping[str, Measure]
) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """The columns of a comparison, and those that differences are tested in.

    Args:
        names: As typed: a name of :data:`COLUMNS`, or a measure of an evaluator, with or without
            the seat at its end. None named is all of :data:`COLUMNS`.
        definitions: ``evaluator.measure`` -> its definition.

    Returns:
        The gain stands first among the columns in any case: entries are ranked by it.

    Raises:
        UsageError: There is no such measure, or its values are words.
    """
    if not names:
        return COLUMNS, tuple(column for column in COLUMNS if column.kind == "result")
    asked = tuple(dict.fromkeys(_column(name, definitions) for name in dict.fromkeys(names)))
    return tuple(dict.fromkeys((GAIN, *asked))), asked


def _column(name: str, definitions: Mapping[str, Measure]) -> Column:
    if name in BY_NAME:
        return BY_NAME[name]
    whole, seat = name.rpartition("_")[::2]
    bare = whole if seat in SEATS and f"{whole}_{seat}" in definitions else name
    by_seat = _per_seat(bare)
    sources = by_seat if by_seat[0] in definitions else (name, name)
    known = definitions.get(sources[0])
    if known is None:
        fix = suggest(name, [*BY_NAME, *definitions], see="track15 list measures")
        raise UsageError(f"unknown measure {name!r}", where="--measure", fix=fix)
    if known.words:
        raise UsageError(
            f"the values of {name!r} are words, and have no mean",
            where="--measure",
            fix="name a measure whose values are numbers, or yes and no",
        )
    title = (
        known.title.replace("official seat", "delegation") if sources is by_seat else known.title
    )
    scale, by_judge = scale_of(known.range), whose(known) is not None
    return Column(bare, title, known.definition, scale, sources, by_judge=by_judge)
