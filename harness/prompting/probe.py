"""Renders ``prompts/probe/``: the question that a delegate is asked in private before the talks.

The briefing before it is that of the table (:mod:`harness.prompting.talks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from harness.disputes.scenario import Package
from harness.prompting.templates import Templates
from harness.view import Dispute, View

_VARIABLES: Final[Mapping[str, frozenset[str]]] = {
    "question": frozenset({"terms"}),
    "complaint": frozenset({"problem", "tries"}),
}
_OTHERS: Final[Mapping[str, frozenset[str]]] = {
    "question": frozenset({"others"}),
    "complaint": frozenset({"problem", "tries"}),
}


class ProbePrompts(Templates):
    """The templates of probes, as they ship."""

    def __init__(self) -> None:
        super().__init__("probe", _VARIABLES)

    def question(self, dispute: Dispute, package: Package) -> str:
        """Asks whether a package would be signed. It names no value, and nothing of any seat."""
        terms = [
            {
                "issue": issue.id,
                "name": issue.name,
                "option": package[issue.id],
                "text": dispute.clause(issue.id, package[issue.id]),
            }
            for issue in dispute.issues
        ]
        return self.render("question", {"terms": terms})

    def complaint(self, problem: str, *, tries: int | None = None) -> str:
        """Asks again after an unusable answer; see
        :meth:`harness.prompting.talks.Prompts.complaint`."""
        return self.render("complaint", {"problem": problem, "tries": tries})


class OthersPrompts(Templates):
    """The templates of the question about the other sides. They lie by themselves: a probe that
    does not ask it keeps its id."""

    def __init__(self) -> None:
        super().__init__("probe/others", _OTHERS)

    def question(self, view: View) -> str:
        """Asks what no deal is worth to each other side, and its top issue."""
        principals = view.dispute.principals
        others = [
            {"seat": chair.seat, "name": principals[chair.principal].name}
            for chair in view.others()
        ]
        return self.render("question", {"others": others})

    def complaint(self, problem: str, *, tries: int | None = None) -> str:
        """Asks again after an unusable answer."""
        return self.render("complaint", {"problem": problem, "tries": tries})


@cache
def others_prompts() -> OthersPrompts:
    """The templates, read once."""
    return OthersPrompts()


@cache
def probe_prompts() -> ProbePrompts:
    """The templates, read once."""
    return ProbePrompts()
