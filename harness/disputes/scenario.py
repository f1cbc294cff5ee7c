"""The dispute: principals who pay, the issues between them, and what each package is worth to each.

A *principal* is a real party that bears the terms; some are absent from the table (claims C2, C10).
Its **true value** of a package x is ``u_P(x) = sum_i weight_i * value_i(x_i)``, in [0, 1] because
weights sum to 1 and every issue's options run from 0 (worst) to 1 (best). Where a principal values
two issues together (:class:`~harness.disputes.parts.Joint`), the weighted value of the pair is
added, and all weights sum to 1 still. Its **reservation** ``r_P`` is the value of no deal on the
same scale. Realities change both between rounds (claim C1).

Prose refers to principals by placeholder (``$a``, ``$a_adj``), never by name, so that the
name-swapped twin of a scenario is exact.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from string import Template
from typing import Any

from pydantic import ValidationInfo, model_validator

from harness.disputes.checks import problems_before_play, problems_in
from harness.disputes.joint import best_of
from harness.disputes.parts import (
    Change,
    Contents,
    CostMix,
    Home,
    Identifier,
    Issue,
    Joint,
    Option,
    Package,
    Part,
    Principal,
    PublicFace,
    Reality,
    RedLine,
    Seats,
    Slug,
    Stereotype,
    Terms,
    Twin,
    Unit,
)
from harness.files.problems import Problems, written

__all__ = [
    "Change",
    "CostMix",
    "Home",
    "Identifier",
    "Issue",
    "Joint",
    "Option",
    "Package",
    "Part",
    "Principal",
    "PublicFace",
    "Reality",
    "RedLine",
    "Scenario",
    "Seats",
    "Slug",
    "Stereotype",
    "Terms",
    "Twin",
    "Unit",
]


class Scenario(Contents):
    """A dispute, complete and checked. See the module docstring for the value model."""

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Scenario:
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

    def absent_principal(self) -> str | None:
        """The first principal that has no seat in the real talks; None where all have one."""
        return next((pid for pid, one in self.principals.items() if not one.at_table), None)

    def public(self, principal_id: str) -> PublicFace:
        """Public face of a principal. Every principal at the table has one in talks that are
        played. What an absent one wants is no secret: where it has none, it opens with what is best
        for it, and everybody knows what it values.
        """
        principal = self.principals[principal_id]
        if principal.public is not None:
            return principal.public
        best = {issue: max(own, key=own.__getitem__) for issue, own in principal.values.items()}
        if principal.joint:
            best = best_of(principal, best, {one.id: one.option_ids() for one in self.issues})
        known = Stereotype(
            reservation=principal.reservation, weights=principal.weights, values=principal.values
        )
        return PublicFace(opening=best, talking_points=(principal.description,), stereotype=known)

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
        # Copies that are the caller's own, of what was checked when the scenario was loaded.
        return Terms.model_construct(
            weights=dict(weights),
            values={issue: dict(options) for issue, options in values.items()},
            reservation=reservation,
            joint=principal.joint,
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

    def home_of(self, principal: str) -> str | None:
        """Id of the third state whose private citizens speak for a principal; the first one."""
        return next((key for key, home in self.homes.items() if home.sends == principal), None)

    def say(self, text: str) -> str:
        """Prose with the placeholders of principals and homes filled in. What is no placeholder
        stays as it stands: texts are checked when a file is loaded, and a record says what it says.
        """
        words = {}
        for one, (name, adjective) in self.spoken_names().items():
            words[one] = name
            words[f"{one}_adj"] = adjective
        return Template(text).safe_substitute(words)

    def in_a_sentence(self, principal_id: str) -> str:
        """The name of a party, with an article where its own description gives it one: a people, a
        council or a group is not called as a state is."""
        named = self.principals[principal_id]
        article = "the " if self.say(named.description).startswith(f"The {named.name}") else ""
        return f"{article}{named.name}"

    def digest(self) -> str:
        """SHA-256 of the canonical JSON of the scenario: 16 hexadecimal digits."""
        return hashlib.sha256(self.model_dump_json(by_alias=True).encode()).hexdigest()[:16]
