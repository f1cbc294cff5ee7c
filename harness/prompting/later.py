"""Renders ``prompts/later/``: what a model at later real talks is given to read beside its brief.

The delegation of seat u reads what those who advise its side make of the dispute by now, with the
article that they read. That of seat o reads what was said at an earlier meeting. Both are reports:
neither says what to do with them. Nothing in them is private to the other side.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any, Final

from harness.disputes.scenario import Package
from harness.incentives.profiles import Role
from harness.incentives.shift import Shift
from harness.prompting.templates import Templates
from harness.suite.influence import Byline
from harness.view import Dispute

ADVICE: Final = "advice"
MEMORANDUM: Final = "memorandum"
_VARIABLES: Final[Mapping[str, frozenset[str]]] = {
    ADVICE: frozenset({"me", "count", "readers", "parties", "article"}),
    MEMORANDUM: frozenset(
        {"other", "ours", "theirs", "bound_nobody", "proposals", "accepted", "softest"}
        | {"outcome", "agreed", "they_left"}
    ),
}
_CHANGES: Final = ((0.3, "much"), (0.15, ""), (0.05, "a little"))
"""From which change of a value, in [0, 1], an option looks how much cheaper or dearer."""
_ROLES: Final[Mapping[Role, str]] = {
    Role.OFFICIAL: "official representatives of {}",
    Role.UNOFFICIAL: "former official representatives of {}, who held no post any more,",
    Role.ENVOY: "envoys of {}",
    Role.DELEGATE: "delegates for {}",
}


_NUMBERS: Final = {2: "Two", 3: "Three", 4: "Four", 5: "Five", 6: "Six"}
"""At the beginning of a sentence."""


@dataclass(frozen=True)
class PublishedArticle:
    """An article as it was published.

    Attributes:
        title, text: As its author wrote them.
        byline: Who is said to have written it.
        authors: Name of the party, or of the third state, that the experts or officials who sign
            belong to.
        third: Whether that is a third state, which is no party.
        outlet: Where it appeared; None where that is not said.
    """

    title: str
    text: str
    byline: Byline
    authors: str
    third: bool = False
    outlet: str | None = None


@dataclass(frozen=True)
class Meeting:
    """An earlier meeting, as what was said at its table has it.

    Attributes:
        ours, theirs: What the delegations were, for the side that reads and for the other one.
        home: Name of the third state that the other side's delegates came from; None for none.
        bound_nobody: Whether the other side's word committed its principal to nothing.
        proposed, accepted: Packages of the other side.
        seconds: Indices, in ``proposed``, of packages that stood beside the one before.
        softest: Of these, what looks the least favourable to it.
        outcome: ``deal``, ``walk_out`` or ``no_deal``.
        agreed: The package of the deal.
        they_left: Whether it was the other side that walked out.
    """

    ours: Role
    theirs: Role
    home: str | None
    bound_nobody: bool
    proposed: Sequence[Package]
    accepted: Sequence[Package]
    softest: Package | None
    outcome: str
    agreed: Package | None
    they_left: bool
    seconds: Collection[int] = ()


class LaterPrompts(Templates):
    """The templates of what is read at later talks, as they ship."""

    def __init__(self) -> None:
        super().__init__("later", _VARIABLES)

    def advice(
        self,
        dispute: Dispute,
        readers: Sequence[str],
        changes: Mapping[str, Shift],
        article: PublishedArticle | None,
    ) -> str:
        """What those who advise a side make of it by now.

        Args:
            readers: What they are, as "a member of the legislature"; at least one.
            changes: Principal -> mean change of what they say its options are worth, that of the
                reading side first.
            article: What they have read in between; None for nothing.
        """
        own = dispute.principals[next(iter(changes))]
        return self.render(
            ADVICE,
            {
                "me": {"name": own.name},
                "count": _NUMBERS.get(len(readers), str(len(readers))),
                "readers": list(readers),
                "parties": [
                    {
                        "name": dispute.principals[principal].name,
                        "issues": _changed(dispute, change),
                    }
                    for principal, change in changes.items()
                ],
                "article": None if article is None else vars(article),
            },
        )

    def memorandum(
        self, dispute: Dispute, own: str, other: str, meeting: Meeting, *, plain: bool
    ) -> str:
        """What was learned at an earlier meeting.

        Args:
            own, other: Principals of the side that reads, and of the other one.
            plain: Whether all are called delegates, as in the control that uses no other word.
        """
        mine, theirs = (dispute.principals[one].name for one in (own, other))
        roles = (Role.DELEGATE,) * 2 if plain else (meeting.ours, meeting.theirs)
        return self.render(
            MEMORANDUM,
            {
                "other": {"name": theirs},
                "ours": _sentence(_ROLES[roles[0]].format(mine)),
                "theirs": _met(roles[1], theirs, meeting.home),
                "bound_nobody": meeting.bound_nobody,
                "proposals": _in_order(meeting.proposed, meeting.seconds),
                "accepted": [_terms(package) for package in meeting.accepted],
                "softest": _terms(meeting.softest or {}),
                "outcome": meeting.outcome,
                "agreed": _terms(meeting.agreed or {}),
                "they_left": meeting.they_left,
            },
        )


def _changed(dispute: Dispute, change: Shift) -> list[dict[str, Any]]:
    """The issues on which something looks cheaper or dearer, in the order of the agenda."""
    found = []
    for issue in dispute.issues:
        said = [
            (word, option.id)
            for option in issue.options
            if (word := _word(change.get(issue.id, {}).get(option.id, 0.0))) is not None
        ]
        groups = [
            {"change": word, "options": [option for _, option in same]}
            for word, same in groupby(sorted(said, key=lambda one: one[0]), key=lambda one: one[0])
        ]
        if groups:
            found.append({"id": issue.id, "name": issue.name, "groups": groups})
    return found


def _word(change: float) -> str | None:
    """A change of an option's value in words; None where it is as good as none."""
    much = next((word for least, word in _CHANGES if abs(change) >= least - 1e-9), None)
    if much is None:
        return None
    return f"{much} {'cheaper' if change > 0 else 'dearer'}".strip()


def _met(role: Role, name: str, home: str | None) -> str:
    """The other side's delegates, as those whom one met."""
    if home is None or role is Role.DELEGATE:
        return _ROLES[role].format(name).rstrip(",")
    whose = f"{home} (no party to the dispute)"
    return f"{_ROLES[role].format(whose).rstrip(',')} and spoke for the side of {name}"


def _in_order(packages: Sequence[Package], seconds: Collection[int]) -> list[dict[str, Any]]:
    """Proposals as they were put, each by what it changes in the one before. A second package that
    stood beside the first in a proposal is told with it, and is no step."""
    found: list[dict[str, Any]] = []
    before: Package | None = None
    for index, package in enumerate(packages):
        if index in seconds and before is not None:
            found[-1]["instead"] = _terms(_apart(package, before))
            continue
        new = package if before is None else _apart(package, before)
        rest = before is not None and bool(new)
        found.append({"terms": _terms(new), "same": not new, "rest": rest, "instead": []})
        before = package
    return found


def _apart(package: Package, before: Package) -> Package:
    return {issue: option for issue, option in package.items() if before.get(issue) != option}


def _terms(package: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"issue": issue, "option": option} for issue, option in package.items()]


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


@cache
def later_prompts() -> LaterPrompts:
    """The templates, read once."""
    return LaterPrompts()
