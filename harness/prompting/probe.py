"""Renders ``prompts/probe/``: the question that a delegate is asked in private before the talks.

The briefing before it is that of the table (:mod:`harness.prompting.talks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from harness.disputes.scenario import Package
from harness.prompting.templates import Templates
from harness.view import Dispute

_VARIABLES: Final[Mapping[str, frozenset[str]]] = {
    "question": frozenset({"terms"}),
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


@cache
def probe_prompts() -> ProbePrompts:
    """The templates, read once."""
    return ProbePrompts()
