"""What a scenario is made of: principals, issues, options, and what each is worth to whom.

A part knows that it is sound by itself. Whether the parts fit together is for
:mod:`harness.disputes.checks`; :class:`harness.disputes.scenario.Scenario` is what was checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from harness.files.problems import NAME_PATTERN, SLUG_PATTERN
from harness.memo import once_per_object
from harness.texts import Note, NoteMark, Said

Identifier = Annotated[str, StringConstraints(pattern=NAME_PATTERN, max_length=40)]
"""A short lower-case name: letters, digits, underscores."""
Slug = Annotated[str, StringConstraints(pattern=SLUG_PATTERN, max_length=60)]
Unit = Annotated[float, Field(ge=0.0, le=1.0)]
MAX_ISSUES: Final = 10
MAX_OPTIONS: Final = 8
"""Of an issue, in a scenario that people write."""
MAX_ISSUES_RECORDED: Final = 30
MAX_OPTIONS_RECORDED: Final = 400
"""What a record may have: talks that were held elsewhere, over prices for instance."""
Package = dict[str, Annotated[str, NoteMark()]]
"""A package: for every issue on the agenda, the id of one of its options."""


class Part(BaseModel):
    """Base of everything a user writes: unknown fields are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Twin(StrEnum):
    """Which twin of a scenario is played; the payoffs are the same in all of them.

    ``names``: the principals at the table exchange names (does the outcome follow the *label*?).
    ``seats``: they exchange chairs, so the other one faces the officials (does it follow the
    *role*?). ``both`` does both.
    """

    NONE = "none"
    NAMES = "names"
    SEATS = "seats"
    BOTH = "both"

    @property
    def swaps_names(self) -> bool:
        return self in (Twin.NAMES, Twin.BOTH)

    @property
    def swaps_seats(self) -> bool:
        return self in (Twin.SEATS, Twin.BOTH)


class Option(Part):
    """One way to settle an issue."""

    id: Identifier
    text: Said = Field(description="What is agreed, as a clause a reader understands.")


class Issue(Part):
    """One question on the agenda, with 2 to 8 ordered options (a ladder from one side's best to
    the other's). In a record of talks that were held elsewhere there may be more."""

    id: Identifier
    name: Said
    question: Said
    options: tuple[Option, ...] = Field(
        min_length=2, max_length=MAX_OPTIONS_RECORDED, json_schema_extra={"maxItems": MAX_OPTIONS}
    )

    def option_ids(self) -> tuple[str, ...]:
        return _option_ids(self)


@partial(once_per_object, kept=4096)
def _option_ids(issue: Issue) -> tuple[str, ...]:
    return tuple(option.id for option in issue.options)


class CostMix(Part):
    """Why an issue hurts: shares of material, political and emotional cost (sum 1; claim C6)."""

    material: Unit
    political: Unit
    emotional: Unit


class RedLine(Part):
    """Options of an issue that a principal says it can never sign."""

    issue: Identifier
    options: tuple[Identifier, ...] = Field(min_length=1)
    why: Said


class Stereotype(Part):
    """What the newspaper-reading public believes a principal wants (claim C7).

    A delegate who does not know its own principal falls back on this.
    """

    reservation: Unit
    weights: dict[Identifier, Unit]
    values: dict[Identifier, dict[Identifier, Unit]] = Field(
        default_factory=dict,
        description="Public belief about option values; issues left out are believed as they are.",
    )


class Joint(Part):
    """What two issues are worth together, beside what each of them is worth alone.

    A principal may want a position in one company and not in another. Then no value of the position
    alone says what it is worth. The table has one value for each pair of options. It counts by its
    weight, as an issue does by its own.
    """

    issues: tuple[Identifier, Identifier]
    weight: Unit = Field(gt=0, description="With the weights of the issues it sums to 1.")
    values: dict[Identifier, dict[Identifier, Unit]] = Field(
        description="Per option of the first issue, the value of every option of the second: 1 for "
        "the best pair, 0 for the worst."
    )

    def worth(self, package: Mapping[str, str]) -> float:
        """What it adds to u_P of a package that settles both issues, in [0, ``weight``]."""
        first, second = self.issues
        return self.weight * self.values[package[first]][package[second]]


class PublicFace(Part):
    """What everybody knows of a principal: its opening position, lines and stereotype."""

    opening: Package
    talking_points: tuple[Said, ...] = Field(min_length=1)
    stereotype: Stereotype


class Principal(Part):
    """A real party that pays for the terms."""

    name: Note
    adjective: Note
    description: Said
    at_table: bool = True
    reservation: Unit = Field(description="Value of no deal, on the scale of u_P.")
    weights: dict[Identifier, Unit] = Field(description="Weight per issue; they sum to 1.")
    values: dict[Identifier, dict[Identifier, Unit]] = Field(
        description="Per issue, the value of every option: 1 for the best, 0 for the worst."
    )
    joint: tuple[Joint, ...] = Field(
        default=(),
        max_length=20,
        exclude_if=lambda tables: not tables,  # it came later: without it, digests stay
        description="Pairs of issues whose options have a value together; for talks that were held "
        "elsewhere. An issue in a pair may be left out of 'weights' and 'values': then it counts "
        "in its pairs alone. All weights together sum to 1.",
    )
    costs: dict[Identifier, CostMix] = Field(
        description="Per issue, the mix of material, political and emotional cost."
    )
    red_lines: tuple[RedLine, ...] = ()
    public: PublicFace | None = Field(
        default=None, description="Required for principals at the table."
    )


class Home(Part):
    """A third state that is no party, from which unofficial delegates of a principal may come.

    Former officials of an ally who speak *for* a principal are the usual case (claim C12: for whom
    did they speak?). It has no seat, no values and no vote; what it pursues is public.
    """

    name: Note
    adjective: Note | None = Field(default=None, description="As 'Erstian'; without it, the name.")
    description: Said
    policy: tuple[Said, ...] = Field(
        min_length=1, description="Points of its public policy on the dispute, one sentence each."
    )
    sends: Identifier = Field(description="The principal for whom its private citizens speak.")

    def words(self) -> tuple[str, str]:
        """Its name and its adjective."""
        return self.name, self.adjective or self.name


class Change(Part):
    """What a reality does to one principal: new values replace the old ones."""

    reservation: Unit | None = None
    weights: dict[Identifier, Unit] | None = None
    values: dict[Identifier, dict[Identifier, Unit]] = Field(default_factory=dict)


class Reality(Part):
    """An event between two rounds that changes what no deal and the terms are worth (claim C1)."""

    id: Identifier
    after_round: int = Field(ge=1, le=20)
    text: Said
    changes: dict[Identifier, Change]


class Source(Part):
    """Where a fact comes from."""

    title: Note
    date: Note = Field(description="ISO date, or year, of the source itself.")
    note: Annotated[str, NoteMark()] = ""


class Seats(Part):
    """Which principal the official seat (o) and the other seat (u) act for, before any twin."""

    o: Identifier
    u: Identifier


class Contents(Part):
    """All that the file of a scenario holds: each part sound by itself, the whole not yet checked.

    See :class:`harness.disputes.scenario.Scenario`.
    """

    schema_: Literal["track15/scenario/1"] = Field(default="track15/scenario/1", alias="schema")
    id: Slug
    title: Said
    control: Literal["surrender", "no_zopa", "symmetric", "fair"] | None = Field(
        default=None,
        description="Set on control scenarios, whose right answer is known.",
    )
    summary: Said
    principals: dict[Identifier, Principal] = Field(min_length=2, max_length=8)
    issues: tuple[Issue, ...] = Field(
        min_length=1, max_length=MAX_ISSUES_RECORDED, json_schema_extra={"maxItems": MAX_ISSUES}
    )
    seats: Seats
    homes: dict[Identifier, Home] = Field(
        default_factory=dict,
        max_length=4,
        exclude_if=lambda homes: not homes,  # it came later: without it, digests stay as they were
        description="Third states from which unofficial delegates come.",
    )
    realities: tuple[Reality, ...] = ()
    sources: tuple[Source, ...] = ()
    general_knowledge: tuple[Note, ...] = Field(
        default=(),
        description="Facts taken from general knowledge, not from a cited source.",
    )
    author_notes: Annotated[str, NoteMark()] = Field(
        default="",
        description="How the author chose weights and values; never shown to a model.",
    )

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True
    )

    def shape(self) -> tuple[int, ...]:
        """Number of options per issue, in agenda order."""
        return tuple(len(issue.options) for issue in self.issues)

    def spoken_names(self) -> dict[str, tuple[str, str]]:
        """Name and adjective of every principal and home, by the id that stands for them."""
        return {
            **{pid: (one.name, one.adjective) for pid, one in self.principals.items()},
            **{hid: home.words() for hid, home in self.homes.items()},
        }

    def crossed(self, principal_id: str, package: Mapping[str, str]) -> tuple[RedLine, ...]:
        """Red lines of a principal that a package (complete or partial) crosses."""
        return tuple(
            line
            for line in self.principals[principal_id].red_lines
            if package.get(line.issue) in line.options
        )


def utility(
    weights: Mapping[str, float],
    values: Mapping[str, Mapping[str, float]],
    joint: Sequence[Joint],
    package: Mapping[str, str],
) -> float:
    """Value of a complete package, in [0, 1]: of its issues one by one, and of its pairs."""
    alone = sum([w * values[issue][package[issue]] for issue, w in weights.items()])
    return alone + sum([pair.worth(package) for pair in joint]) if joint else alone


class Terms(Part):
    """What a principal's true value is made of in one round."""

    weights: dict[str, float]
    values: dict[str, dict[str, float]]
    reservation: float
    joint: tuple[Joint, ...] = ()

    def utility(self, package: Mapping[str, str]) -> float:
        """u_P of a complete package, in [0, 1]."""
        return utility(self.weights, self.values, self.joint, package)

    def worth(self, package: Mapping[str, str] | None) -> float:
        """What an ending counts for, in [0, 1]: u_P of the deal, or the value of having none."""
        return self.reservation if package is None else self.utility(package)

    def part(self, issue: str, option: str, beside: Mapping[str, str]) -> float | None:
        """What an option adds to u_P beside other terms, complete or partial, in [0, 1]. None where
        it is valued together with an issue that these leave out."""
        own = self.values.get(issue)
        found = self.weights[issue] * own[option] if own else 0.0
        for pair in self.joint:
            if issue in pair.issues:
                if not {issue, *beside}.issuperset(pair.issues):
                    return None
                found += pair.worth({**beside, issue: option})
        return found

    def gains(self, was: Mapping[str, str], now: Mapping[str, str]) -> dict[str, float]:
        """What each issue that differs between two complete packages adds to u_P, in [-1, 1].

        The gains sum to u_P(now) - u_P(was). Where both issues of a pair differ, each gets its mean
        gain over the two orders in which they can change (Shapley 1953).
        """
        found = dict[str, float]()
        for issue, before in was.items():
            if (after := now[issue]) != before:
                own = self.values.get(issue)
                found[issue] = self.weights[issue] * (own[after] - own[before]) if own else 0.0
        for pair in self.joint:
            first, second = pair.issues
            start, end = pair.worth(was), pair.worth(now)
            one = pair.worth({first: now[first], second: was[second]})
            other = pair.worth({first: was[first], second: now[second]})
            if first in found:
                found[first] += ((one - start) + (end - other)) / 2
            if second in found:
                found[second] += ((other - start) + (end - one)) / 2
        return found
