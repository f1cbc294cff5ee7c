"""The dispute: principals who pay, the issues between them, and what each package is worth to each.

A *principal* is a real party that bears the terms; some are absent from the table (claims C2, C10).
Its **true value** of a package x is ``u_P(x) = sum_i weight_i * value_i(x_i)``, in [0, 1] because
weights sum to 1 and every issue's options run from 0 (worst) to 1 (best). Its **reservation**
``r_P`` is the value of no deal on the same scale. Realities change both between rounds (claim C1).

Prose refers to principals by placeholder (``$a``, ``$a_adj``), never by name, so that the
name-swapped twin of a scenario is exact.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from string import Template
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    model_validator,
)

from harness.errors import UsageError
from harness.problems import NAME_PATTERN, SLUG_PATTERN, Problems, written
from harness.texts import Note, NoteMark, Said

Identifier = Annotated[str, StringConstraints(pattern=NAME_PATTERN, max_length=40)]
"""A short lower-case name: letters, digits, underscores."""
Slug = Annotated[str, StringConstraints(pattern=SLUG_PATTERN, max_length=60)]
Unit = Annotated[float, Field(ge=0.0, le=1.0)]
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
    the other's)."""

    id: Identifier
    name: Said
    question: Said
    options: tuple[Option, ...] = Field(min_length=2, max_length=8)

    def option_ids(self) -> tuple[str, ...]:
        return tuple(option.id for option in self.options)


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
    costs: dict[Identifier, CostMix] = Field(
        description="Per issue, the mix of material, political and emotional cost."
    )
    red_lines: tuple[RedLine, ...] = ()
    public: PublicFace | None = Field(
        default=None, description="Required for principals at the table."
    )


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


class Scenario(Part):
    """A dispute, complete and checked. See the module docstring for the value model."""

    schema_: Literal["track15/scenario/1"] = Field(default="track15/scenario/1", alias="schema")
    id: Slug
    title: Said
    control: Literal["surrender", "no_zopa", "symmetric", "fair"] | None = Field(
        default=None,
        description="Set on control scenarios, whose right answer is known.",
    )
    summary: Said
    principals: dict[Identifier, Principal] = Field(min_length=2, max_length=8)
    issues: tuple[Issue, ...] = Field(min_length=1, max_length=10)
    seats: Seats
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

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Scenario:
        from harness.scenario_checks import (
            problems_before_play,
            problems_in,
        )  # they need the classes above

        problems = problems_in(self)
        if written(info):  # a record says what it says
            problems += problems_before_play(self)
        if problems:
            raise Problems(problems)
        return self

    # --- looking things up -------------------------------------------------------------------

    def issue_ids(self) -> tuple[str, ...]:
        return tuple(issue.id for issue in self.issues)

    def issue(self, issue_id: str) -> Issue:
        return next(issue for issue in self.issues if issue.id == issue_id)

    def shape(self) -> tuple[int, ...]:
        """Number of options per issue, in agenda order."""
        return tuple(len(issue.options) for issue in self.issues)

    def indices(self, package: Mapping[str, str]) -> tuple[int, ...]:
        """A complete package as option indices in agenda order."""
        return tuple(issue.option_ids().index(package[issue.id]) for issue in self.issues)

    def package(self, indices: tuple[int, ...]) -> Package:
        """Option indices in agenda order as a package."""
        return {
            issue.id: issue.options[index].id
            for issue, index in zip(self.issues, indices, strict=True)
        }

    def table_principals(self) -> tuple[str, ...]:
        return tuple(pid for pid, principal in self.principals.items() if principal.at_table)

    def public(self, principal_id: str) -> PublicFace:
        """Public face of a principal; every principal at the table has one.

        Raises:
            UsageError: It is absent from the table and has none.
        """
        face = self.principals[principal_id].public
        if face is None:
            raise UsageError(
                f"principal {principal_id!r} has no public face",
                where=f"scenario {self.id}",
                fix="add 'public:' to it",
            )
        return face

    def terms(self, principal_id: str, round_: int = 1) -> Terms:
        """True weights, values and reservation of a principal in round ``round_`` (from 1).

        Realities with ``after_round < round_`` are in force, in the order they are written.
        """
        principal = self.principals[principal_id]
        weights, values = dict(principal.weights), dict(principal.values)
        reservation = principal.reservation
        for reality in self.realities:
            change = reality.changes.get(principal_id)
            if reality.after_round >= round_ or change is None:
                continue
            reservation = reservation if change.reservation is None else change.reservation
            weights = weights if change.weights is None else dict(change.weights)
            values = {**values, **change.values}
        return Terms(weights=weights, values=values, reservation=reservation)

    def crossed(self, principal_id: str, package: Mapping[str, str]) -> tuple[RedLine, ...]:
        """Red lines of a principal that a package (complete or partial) crosses."""
        return tuple(
            line
            for line in self.principals[principal_id].red_lines
            if package.get(line.issue) in line.options
        )

    # --- twins and hashing -------------------------------------------------------------------

    def twin(self, twin: Twin) -> Scenario:
        """The named twin: same payoffs, exchanged names and/or exchanged chairs."""
        update: dict[str, Any] = {}
        if twin.swaps_names:
            one, two = self.seats.o, self.seats.u
            a, b = self.principals[one], self.principals[two]
            update["principals"] = {
                **self.principals,
                one: a.model_copy(update={"name": b.name, "adjective": b.adjective}),
                two: b.model_copy(update={"name": a.name, "adjective": a.adjective}),
            }
        if twin.swaps_seats:
            update["seats"] = Seats(o=self.seats.u, u=self.seats.o)
        return self.model_copy(update=update) if update else self

    def say(self, text: str) -> str:
        """Prose with the principals' placeholders filled in. What is no placeholder stays as it
        stands: texts are checked when a file is loaded, and a record says what it says."""
        words = {}
        for pid, principal in self.principals.items():
            words[pid] = principal.name
            words[f"{pid}_adj"] = principal.adjective
        return Template(text).safe_substitute(words)

    def digest(self) -> str:
        """SHA-256 of the canonical JSON of the scenario: 16 hexadecimal digits."""
        return hashlib.sha256(self.model_dump_json(by_alias=True).encode()).hexdigest()[:16]


class Terms(Part):
    """What a principal's true value is made of in one round."""

    weights: dict[str, float]
    values: dict[str, dict[str, float]]
    reservation: float

    def utility(self, package: Mapping[str, str]) -> float:
        """u_P of a complete package, in [0, 1]."""
        return sum(
            weight * self.values[issue][package[issue]] for issue, weight in self.weights.items()
        )
