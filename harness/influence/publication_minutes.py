"""Minutes by a script: who proposed what, and how the talks ended. They argue for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.influence import publication_phrases as say
from harness.prompting.facts import COMMITMENT_WORDS
from harness.prompting.publication import Brought
from harness.records.publication import Claim, Publication, PublicationSpec, words_in
from harness.records.transcript import Action, Turn

_DID: Final[Mapping[Action, str]] = {
    Action.ACCEPT: "{who} accepted the proposal of {by}.",
    Action.REJECT: "{who} rejected the proposal of {by}.",
    Action.WALK_OUT: "{who} left the table.",
}


def minutes(spec: PublicationSpec, brought: Brought) -> Publication:
    """The record of the talks as a text. Its plan is what was agreed, and nothing where nothing
    was. Statements for which there is no room are counted in it."""
    dispute = brought.dispute
    names = [brought.name(chair.seat) for chair in brought.chairs]
    count = len(brought.rounds)
    rounds = "one round" if count == 1 else f"{say.number(count)} rounds"
    opening = f"Delegations from the sides of {_joined(names)} met for {rounds} of talks."
    ending = _ending(brought)
    room = spec.words - words_in(opening) - words_in(ending)
    parts = _rounds(brought, room)
    package = brought.ending.package
    # A record of a meeting says with whom it was.
    others = [chair.principal for chair in brought.chairs if chair.seat != brought.seat]
    return Publication(
        title=say.MINUTES_TITLE.format(own=brought.name(brought.seat), other=brought.name("o")),
        text="\n\n".join([opening, *parts, ending]),
        plan={one.id: None if package is None else package[one.id] for one in dispute.issues},
        claims=tuple(Claim(paragraph=0, kind="discloses", principal=one) for one in others),
    )


def _rounds(brought: Brought, room: int) -> list[str]:
    """A paragraph a round, of about ``room`` words in all."""
    parts = []
    last: dict[str, Mapping[str, str]] = {}
    for number, (events, turns) in enumerate(brought.rounds, 1):
        said = [f"Round {number}.", *events]
        left_out = 0
        for turn in turns:
            sentence = _statement(brought, turn, last)
            if words_in(" ".join(said)) + words_in(sentence) <= room:
                said.append(sentence)
            else:
                left_out += 1
        if left_out:
            plural = "" if left_out == 1 else "s"
            said.append(f"{left_out} further statement{plural} followed.")
        parts.append(" ".join(said))
        room -= words_in(parts[-1])
    return parts


def _statement(brought: Brought, turn: Turn, last: dict[str, Mapping[str, str]]) -> str:
    """A statement as a sentence: of a proposal, what is new in it.

    Args:
        last: Seat -> what it put last, or its public opening; brought up to date.
    """
    move, who = turn.move, brought.name(turn.seat)
    assert move is not None
    if move.package is None:
        by = brought.name((move.offer or turn.seat).partition("-")[0])  # of o-3, o
        return _DID.get(move.action, "{who} put no new proposal.").format(who=who, by=by)
    opening = brought.dispute.principals[brought.chair(turn.seat).principal].opening
    first, before = turn.seat not in last, last.get(turn.seat, opening or {})
    new = {issue: one for issue, one in move.package.items() if before.get(issue) != one}
    last[turn.seat] = move.package
    if not new:
        return f"{who} {'put its public position' if first else 'kept to its proposal'}."
    verb = "moved" if not first else "opened off its public position" if opening else "proposed"
    return f"{who} {verb}: {_terms(brought, new)}."


def _ending(brought: Brought) -> str:
    ending = brought.ending
    if ending.kind == "walk_out":
        assert ending.by is not None
        return f"The talks ended without an agreement when {brought.name(ending.by)} left."
    if ending.package is None:
        return "The talks ended without an agreement."
    how = "" if ending.commitment is None else f", {COMMITMENT_WORDS[ending.commitment]}"
    return f"The talks ended in an agreement{how}: {_terms(brought, ending.package)}."


def _terms(brought: Brought, package: Mapping[str, str]) -> str:
    dispute = brought.dispute
    told = (
        f"on {_lower(dispute.issue(issue).name)}, {dispute.clause(issue, option).rstrip('.')}"
        for issue, option in package.items()
    )
    return "; ".join(told)


def _lower(name: str) -> str:
    """A heading inside a sentence; a name that starts with an acronym keeps its capitals."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _joined(names: list[str]) -> str:
    return names[0] if len(names) < 2 else f"{', '.join(names[:-1])} and {names[-1]}"
