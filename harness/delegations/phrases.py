"""What a scripted delegation says: readable sentences for a move that is already decided.

Words follow the move and carry nothing else: no argument, no pressure, no hint of a value. Several
wordings are chosen by seed, so that a reader of many transcripts is not put to sleep.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from harness.disputes.scenario import Package
from harness.incentives.profiles import Role
from harness.view import Dispute, View

_CAPACITY: Mapping[Role, Sequence[str]] = {
    Role.OFFICIAL: ("On behalf of {name}", "My government's position", "For {name}"),
    Role.UNOFFICIAL: ("Speaking for myself alone", "In a private capacity", "As a private citizen"),
    Role.ENVOY: ("As instructed", "On instructions", "With my capital's knowledge"),
    Role.DELEGATE: ("On this side of the table", "From where we sit", "For our part"),
}
_OPEN = (
    "{capacity}: this is where we begin. {terms}",
    "{capacity}, let me set out our position. {terms}",
    "{capacity}: our opening proposal is the following. {terms}",
)
_MOVE = (
    "We have listened, and we can move. {terms} The rest of our proposal stands.",
    "Let us try to bring this closer. {terms} Everything else stays as we put it.",
    "To show that we want to settle this: {terms} On the other points we remain where we were.",
)
_HOLD = (
    "Our proposal stands as it was.",
    "We see no reason to change what we have put on the table.",
    "We repeat our proposal; please consider it.",
)
_ACCEPT = (
    "We have weighed proposal {offer}. We can agree to it as it stands.",
    "On proposal {offer}: yes. Let us record it.",
)
_PASS = (
    "Nothing now on the table is something we could sign, and we have no proposal to add.",
    "We have nothing to add at this point.",
)

_REJECT = (
    "We cannot accept proposal {offer}. Our position remains: {terms}",
    "Proposal {offer} is not something we can take home. {terms} That is where we stand.",
)
_LEAVE = (
    "We see nothing here that we could work with, and we leave the talks.",
    "We do not think that these talks lead anywhere. We end them here.",
)


def clauses(dispute: Dispute, package: Mapping[str, str]) -> str:
    """Terms as prose: one sentence an issue, in agenda order."""
    return " ".join(
        f"On {_lower(issue.name)}: {_sentence(dispute.clause(issue.id, package[issue.id]))}"
        for issue in dispute.issues
        if issue.id in package
    )


def proposing(view: View, package: Package, last: Package | None, rng: np.random.Generator) -> str:
    """Words for a proposal; only what changed since ``last`` is spelled out."""
    if last is None:
        me = view.chair(view.seat)
        name = view.dispute.principals[me.principal].name
        capacity = _pick(_CAPACITY[me.role], rng).format(name=name)
        return _pick(_OPEN, rng).format(capacity=capacity, terms=clauses(view.dispute, package))
    changed = {issue: option for issue, option in package.items() if last[issue] != option}
    if not changed:
        return _pick(_HOLD, rng)
    return _pick(_MOVE, rng).format(terms=clauses(view.dispute, changed))


def accepting(offer: str, rng: np.random.Generator) -> str:
    return _pick(_ACCEPT, rng).format(offer=offer)


def rejecting(view: View, offer: str, position: Package, rng: np.random.Generator) -> str:
    """Words for a rejection that names some terms."""
    return _pick(_REJECT, rng).format(offer=offer, terms=clauses(view.dispute, position))


def leaving(rng: np.random.Generator) -> str:
    return _pick(_LEAVE, rng)


def passing(rng: np.random.Generator) -> str:
    return _pick(_PASS, rng)


def _pick(phrases: Sequence[str], rng: np.random.Generator) -> str:
    return phrases[int(rng.integers(len(phrases)))]


def _lower(name: str) -> str:
    """A heading inside a sentence; a name that starts with an acronym keeps its capitals."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _sentence(clause: str) -> str:
    clause = clause.strip()
    return clause if clause.endswith((".", "!", "?")) else f"{clause}."
