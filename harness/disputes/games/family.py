"""Game families: many neutral disputes from one seeded description, with no story to remember.

A family file has a ``generate:`` block instead of issues and principals::

    schema: track15/games/1
    id: neutral
    title: Neutral games
    generate: {instances: 8, seed: 15, issues: 6, options: 4,
               kinds: {integrative: 3, distributive: 2, compatible: 1}, zopa: wide}

Its instances are ordinary scenarios, ``neutral-01`` to ``neutral-08``. An issue is *distributive*
where the sides want opposite ends, *integrative* where they also weigh it very differently, so that
both gain by trading it, and *compatible* where they want the same end. The ZOPA is counted over all
packages before a game is used (docs/method.md; an empty one makes *agreeing* the error).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, StringConstraints, ValidationInfo, model_validator

from harness.disputes.checks import MAX_PACKAGES
from harness.disputes.games.issues import ISSUES, LADDER, NAMES, IssueText
from harness.disputes.games.payoffs import (
    ZOPA_SHARE,
    Floats,
    Kind,
    Payoffs,
    Public,
    Side,
    Zopa,
    draw,
)
from harness.disputes.scenario import (
    Change,
    CostMix,
    Issue,
    Option,
    Part,
    Principal,
    PublicFace,
    Reality,
    RedLine,
    Scenario,
    Seats,
    Slug,
    Stereotype,
)
from harness.errors import InputError
from harness.files.problems import Problem, Problems, written
from harness.seeds import stream
from harness.texts import Said, SaidMark, texts_of, unfilled

TRIES = 400
"""Draws per game before the settings are declared impossible."""


class Kinds(Part):
    """How many issues of each kind a game has; they sum to its number of issues."""

    integrative: int = Field(default=0, ge=0, le=10)
    distributive: int = Field(default=0, ge=0, le=10)
    compatible: int = Field(default=0, ge=0, le=10)

    def listed(self) -> list[Kind]:
        """The kind of every issue, grouped."""
        integrative: list[Kind] = ["integrative"] * self.integrative
        distributive: list[Kind] = ["distributive"] * self.distributive
        compatible: list[Kind] = ["compatible"] * self.compatible
        return integrative + distributive + compatible


class Generate(Part):
    """What the games of a family have in common."""

    instances: int = Field(default=8, ge=1, le=200)
    seed: int = Field(default=0, ge=0, le=2**63 - 1)
    issues: int = Field(default=6, ge=1, le=10)
    options: int = Field(default=4, ge=2, le=LADDER)
    kinds: Kinds
    zopa: Zopa = Field(
        default="wide",
        description="Packages both prefer to no deal: wide 15-35 %, narrow 1-3 %, empty none.",
    )
    symmetric: bool = Field(
        default=False, description="The two sides are mirror images of each other."
    )
    exaggeration: float = Field(
        default=1.5,
        ge=1,
        le=4,
        description="How wrong the public is about the values of options: it thinks every second "
        "ladder this many times as steep as it is, and the others as many times as flat.",
    )
    hardness: float = Field(
        default=1.0,
        ge=0.25,
        le=4,
        description="How much steeper the public thinks all ladders: above 1 it takes both sides "
        "for harder to satisfy than they are, so that ignorance helps the ignorant.",
    )
    realities: bool = Field(
        default=False,
        description="Add one event after round 1 that shifts both reservations mildly.",
    )

    @model_validator(mode="after")
    def _consistent(self) -> Generate:
        found = []
        if (total := len(self.kinds.listed())) != self.issues:
            found.append(
                Problem(
                    ("kinds",),
                    f"the kinds sum to {total}, but the game has {self.issues} issues",
                    "make integrative + distributive + compatible equal to 'issues'",
                )
            )
        if (packages := self.options**self.issues) > MAX_PACKAGES:
            found.append(
                Problem(
                    ("options",),
                    f"{self.issues} issues of {self.options} options make {packages:,} packages",
                    f"use fewer: at most {MAX_PACKAGES:,} packages",
                )
            )
        if self.symmetric and self.kinds.integrative % 2:
            found.append(
                Problem(
                    ("kinds", "integrative"),
                    "a symmetric game pairs its integrative issues, so their number is even",
                    "use one more or one less",
                )
            )
        if found:
            raise Problems(found)
        return self


class GameFamily(Part):
    """A family of generated games; see the module docstring."""

    schema_: Literal["track15/games/1"] = Field(default="track15/games/1", alias="schema")
    id: Annotated[Slug, StringConstraints(max_length=50)]
    title: Said
    generate: Generate

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> GameFamily:
        if written(info):
            # Any pair of names may be drawn for an instance.
            found = dict.fromkeys(
                problem
                for pair in NAMES
                for problem in unfilled(texts_of(self, SaidMark), {"a": pair, "b": pair})
            )
            if found:
                raise Problems(found)
        return self

    def instance_id(self, number: int) -> str:
        """Id of instance ``number`` (from 1)."""
        return f"{self.id}-{number:02d}"

    def scenarios(self) -> list[Scenario]:
        """Every instance, in order.

        Raises:
            InputError: No game with these settings was found.
        """
        return [self.scenario(number) for number in range(1, self.generate.instances + 1)]

    def scenario(self, number: int) -> Scenario:
        """Instance ``number`` (from 1): the same scenario whenever the settings are the same.

        numpy may change its streams in a new release; a run keeps the scenarios it was played with.

        Raises:
            InputError: No game with these settings was found.
        """
        wanted = self.generate
        for attempt in range(TRIES):
            rng = stream(wanted.seed, "game", number, attempt)
            listed = wanted.kinds.listed()
            kinds = [listed[i] for i in rng.permutation(len(listed))]
            public = Public(wanted.exaggeration, wanted.hardness)
            payoffs = draw(kinds, wanted.options, wanted.zopa, wanted.symmetric, rng, public)
            if payoffs is not None:
                return _scenario(self, number, kinds, payoffs, rng)
        raise InputError(
            f"no game with a ZOPA that is {wanted.zopa} was found for {self.instance_id(number)}",
            where="generate",
            fix="change 'kinds', or use more issues or options",
        )


def is_family(data: object) -> bool:
    """Whether the data of a scenario file describe a family rather than one scenario."""
    return isinstance(data, Mapping) and (
        "generate" in data or str(data.get("schema", "")).startswith("track15/games/")
    )


def _scenario(
    family: GameFamily,
    number: int,
    kinds: list[Kind],
    payoffs: Payoffs,
    rng: np.random.Generator,
) -> Scenario:
    """Put a game into words. Only payoffs differ between the sides, never the words."""
    texts = [ISSUES[i] for i in rng.choice(len(ISSUES), len(kinds), replace=False)]
    issues = tuple(_issue(text, family.generate.options) for text in texts)
    names = [NAMES[i] for i in rng.choice(len(NAMES), 2, replace=False)]
    low, high = ZOPA_SHARE[family.generate.zopa]
    return Scenario(
        id=family.instance_id(number),
        title=f"{family.title} {number:02d}",
        control="no_zopa" if high == low else "symmetric" if family.generate.symmetric else None,
        summary=(
            "$a and $b are discussing the terms of a joint facility. Each of them can go on "
            "without it, and each would rather have it on its own terms than on the other's."
        ),
        principals={
            pid: _principal(pid, name, side, issues)
            for pid, name, side in zip("ab", names, (payoffs.a, payoffs.b), strict=True)
        },
        issues=issues,
        seats=Seats(o="b", u="a"),
        realities=_realities(family.generate, payoffs, rng),
        author_notes=(
            f"Generated with seed {family.generate.seed}. Issues: "
            + ", ".join(f"{i.id} {kind}" for i, kind in zip(issues, kinds, strict=True))
            + f". Both sides prefer {payoffs.zopa_share:.1%} of the packages to no deal."
        ),
    )


def _issue(text: IssueText, options: int) -> Issue:
    steps = np.round(np.linspace(0, LADDER - 1, options)).astype(int)
    return Issue(
        id=text.id,
        name=text.name,
        question=text.question,
        options=tuple(Option(id=text.ladder[i][0], text=text.ladder[i][1]) for i in steps),
    )


def _principal(pid: str, name: tuple[str, str], side: Side, issues: tuple[Issue, ...]) -> Principal:
    best = [issue.options[i] for issue, i in zip(issues, side.values.argmax(axis=1), strict=True)]
    red = issues[side.red_issue]
    heaviest = int(side.public_weights.argmax())
    return Principal(
        name=name[0],
        adjective=name[1],
        description=f"${pid} is one of the two parties to the facility, and pays for its terms.",
        reservation=side.reservation,
        weights=_by_issue(issues, side.weights),
        values=_ladders(issues, side.values),
        costs={
            issue.id: CostMix(material=mix[0], political=mix[1], emotional=mix[2])
            for issue, mix in zip(issues, side.costs.tolist(), strict=True)
        },
        red_lines=(
            RedLine(
                issue=red.id,
                options=(red.options[side.red_option()].id,),
                why=f"${pid} cannot accept the other end of the scale on the {red.name}.",
            ),
        ),
        public=PublicFace(
            opening={issue.id: o.id for issue, o in zip(issues, best, strict=True)},
            talking_points=(
                f"The only sound basis for an agreement is that {best[heaviest].text}.",
                f"On the {red.name} we have gone as far as anyone could ask of us.",
                "We can live without an agreement, but not with a bad one.",
            ),
            stereotype=Stereotype(
                reservation=side.public_reservation,
                weights=_by_issue(issues, side.public_weights),
                values=_ladders(issues, side.public_values),
            ),
        ),
    )


def _realities(wanted: Generate, payoffs: Payoffs, rng: np.random.Generator) -> tuple[Reality, ...]:
    """One mild event after round 1: towards agreement, but away from it where there is no ZOPA."""
    if not wanted.realities:
        return ()
    shifts = rng.uniform(0.02, 0.05, 2)
    if wanted.symmetric:
        shifts[1] = shifts[0]
    if wanted.zopa == "empty":
        text = "$a and $b have each found other users. Going on without the facility costs less."
    else:
        text = "Prices have risen. Going on without the facility now costs $a and $b more."
        shifts = -shifts
    changes = {
        pid: Change(reservation=round(min(1.0, max(0.0, side.reservation + shift)), 3))
        for pid, side, shift in zip("ab", (payoffs.a, payoffs.b), shifts.tolist(), strict=True)
    }
    return (Reality(id="later", after_round=1, text=text, changes=changes),)


def _by_issue(issues: tuple[Issue, ...], row: Floats) -> dict[str, float]:
    return dict(zip((issue.id for issue in issues), row.tolist(), strict=True))


def _ladders(issues: tuple[Issue, ...], values: Floats) -> dict[str, dict[str, float]]:
    return {
        issue.id: dict(zip(issue.option_ids(), row, strict=True))
        for issue, row in zip(issues, values.tolist(), strict=True)
    }
