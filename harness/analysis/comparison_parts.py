"""What a comparison of delegations holds: figures of entries, differences, and the answer."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from harness.analysis.comparison_families import InFamily, Split, as_json
from harness.analysis.comparison_judged import CorrectedDifference
from harness.analysis.comparison_measures import Column
from harness.analysis.comparison_mismatches import Mismatch
from harness.analysis.effect import Effect

BOUND: Final = "skew_most"
"""Column that says how large a skew can be."""
SEAT_TITLES: Final = {"o": "official seat", "u": "other seat"}


@dataclass(frozen=True)
class Figure:
    """One measure of one entry. None is "no dialogue has a value", never 0.

    Attributes:
        mean: Mean of the scenarios' means, so every scenario weighs the same.
        interval: 95 %, over scenarios; None for fewer than two.
        n: Dialogues with a value.
        missing: Dialogues without one.
        total: Sum over dialogues with a value; None without any.
        why_missing: Reason -> dialogues.
    """

    mean: float | None
    interval: tuple[float, float] | None
    n: int
    missing: int
    total: float | None
    why_missing: dict[str, int]


@dataclass(frozen=True)
class Entry:
    """One player in one seat.

    Attributes:
        id: The seat and a number, such as ``u1``.
        label: What it is called; no two of a seat are called alike.
        model: Address of a model, name of a delegation of the user's own, or ``scripted``.
        detail: Tactic of a script, version of a delegation of the user's own; else empty.
        runs: Runs that its dialogues were read from.
        against: Who sat opposite.
        rank: By the gain of its principal, from 1; None where no dialogue has one.
        dialogues: Finished ones, each once: ``done`` + ``void`` + ``failed``.
        deals: Of ``done``, those that ended in a deal.
        void_by_it: Of ``void``, those that it made so.
        figures: Name of a column -> its figure.
        warning: What a reader must know before its figures; empty where nothing.
        places: The best and the worst place that the data leave open; None where gains are not
            tested.
    """

    id: str
    seat: str
    label: str
    model: str
    detail: str
    runs: tuple[str, ...]
    against: tuple[str, ...]
    rank: int | None
    dialogues: int
    done: int
    deals: int
    void: int
    void_by_it: int
    failed: int
    scenarios: int
    figures: dict[str, Figure]
    warning: str = ""
    places: tuple[int, int] | None = None

    @property
    def standing(self) -> str:
        """Its rank, and the places that are left open where there is more than that one."""
        if self.rank is None:
            return ""
        if self.places is None or self.places[0] == self.places[1] == self.rank:
            return str(self.rank)
        return f"{self.rank} ({self.places[0]}–{self.places[1]})"


@dataclass(frozen=True)
class Difference:
    """One entry less another one of the same seat, in one measure, over pairs of dialogues.

    Attributes:
        one, other: Ids of the entries.
        measure: Name of the column.
        effect: The answer in numbers and words, corrected together with all other differences.
        detectable: The smallest true difference that would be found with a chance of 80 % in so
            many scenarios that vary as these do; None where ``why_not`` says so.
        itself: Each entry met itself, so both delegations differ and not one alone.
        families: The same in each family of scenarios; empty where there is one family.
        split: Two families in which it has opposite signs; None where there are none.
        question: What is asked of the data. Two differences of one question are the same one, seen
            from both seats, and count once where they are corrected together.
        judged: The same without the errors of the judge that gives the measure; None where no judge
            does.
    """

    one: str
    other: str
    measure: str
    effect: Effect
    detectable: float | None
    why_not: str
    itself: bool
    families: tuple[InFamily, ...] = ()
    split: Split | None = None
    question: Hashable = None
    judged: CorrectedDifference | None = None


@dataclass(frozen=True)
class Incentive:
    """What the incentives of an arm do within one entry: the primary contrast of its run.

    Attributes:
        entry: Id.
        measure: Name of the column.
        treatment, control: The arms.
        effect: The answer, corrected together with those of the other entries.
        question: As of :class:`Difference`.
    """

    entry: str
    measure: str
    treatment: str
    control: str
    effect: Effect
    question: Hashable = None


@dataclass(frozen=True)
class Unpaired:
    """Two entries of a seat that are not compared, by their ids, and why."""

    one: str
    other: str
    why: str


@dataclass(frozen=True)
class Slice:
    """The comparison on all dialogues, or on those of one scenario, arm or family.

    Attributes:
        name: The scenario, the arm or the family; empty for all.
        entries: Of both seats; by seat, then by rank.
    """

    name: str
    entries: tuple[Entry, ...]
    differences: tuple[Difference, ...]

    def of(self, seat: str) -> tuple[Entry, ...]:
        """The entries of a seat, by rank."""
        return tuple(entry for entry in self.entries if entry.seat == seat)

    def bound(self, seat: str) -> str:
        """How large a skew can be, in a sentence; empty where that is not known. Entries that
        played the same scenarios have the same bound."""
        known = [entry for entry in self.of(seat) if entry.figures.get(BOUND) is not None]
        means = {
            entry.label: mean for entry in known if (mean := entry.figures[BOUND].mean) is not None
        }
        if not means:
            return ""
        sizes = {f"{mean:+.2f}".replace("-", "−") for mean in means.values()}
        if len(sizes) == 1:
            each = sizes.pop()
        else:
            each = ", ".join(
                f"{mean:+.2f} ({label})".replace("-", "−") for label, mean in means.items()
            )
        return f"Skew is of at most {each} to this side in the zone of agreement, on average."

    def entry(self, name: str) -> Entry:
        """The entry with an id."""
        return next(entry for entry in self.entries if entry.id == name)

    def differences_of(self, seat: str) -> Iterator[Difference]:
        """The differences between entries of a seat."""
        return (found for found in self.differences if found.one.startswith(seat))


@dataclass(frozen=True)
class Comparison:
    """Who was compared, and what was found.

    Attributes:
        runs: Names of the runs.
        columns: What the tables show; the gain first.
        tested: Names of those that differences are tested in.
        whole: On all dialogues.
        by: ``scenario``, ``arm`` or ``family`` where ``slices`` are by it; else None.
        incentives: What arms do within entries, on all dialogues.
        loose: Pairs were made although ``mismatches`` differ between them.
        answer: What was found, in sentences, what weakens it first.
        notes: What else a reader must know, a sentence each.
        unpaired: Entries that are not compared with each other, and why.
    """

    runs: tuple[str, ...]
    columns: tuple[Column, ...]
    tested: tuple[str, ...]
    whole: Slice
    by: str | None
    slices: tuple[Slice, ...]
    incentives: tuple[Incentive, ...]
    loose: bool
    mismatches: tuple[Mismatch, ...]
    answer: tuple[str, ...]
    notes: tuple[str, ...]
    unpaired: tuple[Unpaired, ...] = ()

    @property
    def marked(self) -> bool:
        """Whether every figure is to be marked: more differs than who played."""
        return self.loose and bool(self.mismatches)

    def column(self, name: str) -> Column:
        """The column with a name."""
        return next(column for column in self.columns if column.name == name)

    def not_corrected(self, differences: Iterable[Difference]) -> list[str]:
        """Why differences by a judge have no corrected figure, or one without an interval, a line
        each."""
        reasons: dict[str, list[str]] = {}
        for one in differences:
            if one.judged is not None and one.judged.why:
                reasons.setdefault(one.judged.why, []).append(one.measure)
        return [f"{', '.join(names)}: {why}." for why, names in reasons.items()]

    def as_json(self) -> dict[str, Any]:
        """The whole as plain JSON values; null is missing."""
        return {
            "runs": list(self.runs),
            "answer": list(self.answer),
            "notes": list(self.notes),
            "loose": self.loose,
            "marked": self.marked,
            "mismatches": [
                {
                    "part": found.part,
                    "where": found.where,
                    "detail": found.detail,
                    "pairs": found.places,
                    "to_see": found.how_to_see,
                }
                for found in self.mismatches
            ],
            "measures": {
                column.name: {"title": column.title, "definition": column.definition}
                for column in self.columns
            },
            "tested": list(self.tested),
            **_slice_json(self.whole),
            "not_compared": [asdict(one) for one in self.unpaired],
            "incentives": [_incentive_json(found) for found in self.incentives],
            "by": self.by,
            "slices": [{"name": one.name, **_slice_json(one)} for one in self.slices],
        }


def _slice_json(found: Slice) -> dict[str, Any]:
    return {
        "entries": [asdict(entry) for entry in found.entries],
        "differences": [
            {
                "one": one.one,
                "other": one.other,
                "measure": one.measure,
                **effect_json(one.effect),
                "detectable": one.detectable,
                "why_not_detectable": one.why_not or None,
                "each_against_itself": one.itself,
                "families": as_json(one.families),
                "families_disagree": None if one.split is None else one.split.shown,
                "judge": None if one.judged is None else one.judged.as_json(),
            }
            for one in found.differences
        ],
    }


def _incentive_json(found: Incentive) -> dict[str, Any]:
    return {
        "entry": found.entry,
        "measure": found.measure,
        "treatment": found.treatment,
        "control": found.control,
        **effect_json(found.effect),
    }


def effect_json(effect: Effect) -> dict[str, Any]:
    """What of an effect is not said by who is compared."""
    names = {"estimate", "interval", "sd", "p_t", "p_signflip", "signflip_draws", "min_p"}
    names |= {"holm_p", "n_scenarios", "n_pairs", "n_dialogues", "n_missing", "n_unpaired"}
    names |= {"pairing_correlation", "scenario_differences", "shown", "carried_by", "sentence"}
    return effect.model_dump(mode="json", include=names)
