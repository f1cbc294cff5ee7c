"""Renders ``prompts/talks/``: every word a delegation's model reads comes from here.

The words are Markdown with Jinja, one file a piece, and can be edited without Python. A piece is
rendered from a :class:`~harness.view.View` alone, so nothing of another seat's private
matters can enter one. The *system* message holds only what all dialogues of an arm share - no
seed, no speaking order, no believed value - so its bytes are the same in all of them and every
prompt cache hits; what differs between dialogues starts with the first user message.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from harness.prompting.changes import changes
from harness.prompting.facts import (
    Facts,
    events,
    first_proposals,
    offers_on_the_table,
    outcome,
    settled,
    static_facts,
    turn_facts,
)
from harness.prompting.points import worth
from harness.prompting.templates import Templates
from harness.records.spec import TALKS
from harness.records.transcript import Turn
from harness.suite.parts import Member
from harness.view import Brief, Dispute, View

_STATIC = frozenset({"me", "others", "members", "dispute", "talks", "stakes", "brief", "reply"})
_READER = frozenset({"in_full"})
_RECORD = frozenset({"events", "in_full"})
_PRIVATE = frozenset({"worth"})
_TABLE = frozenset({"standing", "settled"})
_VARIABLES: Final[Mapping[str, frozenset[str]]] = {
    "system": _STATIC,
    "dispute": _STATIC,
    "rules": _STATIC,
    "role": _STATIC | {"member"},
    "incentives": _STATIC,
    "reply": _STATIC,
    "caucus_system": _STATIC | {"member"},
    "brief": _STATIC | _PRIVATE | _READER,
    "opening": _STATIC | _PRIVATE | _READER | {"order", "documents"},
    "record": _STATIC | _RECORD,
    "advice": _STATIC | _RECORD | {"event"},
    "capital": _STATIC | _RECORD | {"event"},
    "table": _STATIC | _TABLE | _READER,
    "turn": _STATIC | _RECORD | _TABLE | {"turn"},
    "caucus": _STATIC | _RECORD | _TABLE | {"turn"},
    "round": _STATIC | _PRIVATE | _RECORD | {"turn", "order", "realities", "new_values", "changes"},
    "complaint": frozenset({"problem", "tries", "asked_for"}),
    "debrief": _STATIC | _RECORD | {"outcome", "first_proposals"},
}
"""The pieces, and the variables each may use."""

_SHARED_KEPT: Final = 512


@dataclass(frozen=True)
class _Shared:
    """What the dialogues of an arm, scenario, twin and seat have in common.

    Attributes:
        dispute: What they negotiate.
        facts: The static facts; never changed.
        briefings: Template and member, where it is for one -> the standing briefing.
    """

    dispute: Dispute
    facts: Facts
    briefings: dict[tuple[str, Member | None], str] = field(default_factory=dict)


class Prompts(Templates):
    """The templates of talks.

    Args:
        root: As for :class:`~harness.prompting.templates.Templates`.

    Raises:
        InputError: The folder or a template in it is unusable; names the file and the line.
    """

    def __init__(self, root: Path | None = None) -> None:
        super().__init__(TALKS, _VARIABLES, root)
        self._known: dict[Hashable, _Shared] = {}

    # --- the pieces --------------------------------------------------------------------------

    def system(self, view: View) -> str:
        """The standing briefing of a delegation's lead: dispute, rules, role, stakes, form of the
        reply. The same bytes in every dialogue of an arm, scenario, twin and seat."""
        return self._standing("system", view)

    def opening(self, view: View, *, in_full: bool = False) -> str:
        """What comes before the first turn: the private values and who speaks when.

        Args:
            in_full: Whether a member reads it, and not the lead that it was written for.
        """
        more = {"worth": worth(view), "in_full": in_full, "order": view.order}
        return self.render("opening", {**self._facts(view), **more, "documents": view.documents})

    def brief(self, view: View) -> str:
        """The private values alone."""
        return self.render("brief", {**self._facts(view), "worth": worth(view), "in_full": False})

    def round(
        self,
        view: View,
        ended: Sequence[Turn],
        realities: Sequence[str],
        *,
        new_values: bool,
        before: Brief | None = None,
        in_full: bool = False,
    ) -> str:
        """The start of a further round (claim C1).

        Args:
            ended: Turns of earlier rounds that the reader has not been told of.
            realities: Events since the last round.
            new_values: Whether the values are others than before.
            before: The brief that held until now, so that only what changed is told; without it
                all values are.
            in_full: As for :meth:`turn`.
        """
        return self.render(
            "round",
            {
                **self._facts(view),
                "worth": worth(view),
                "events": events(view, ended),
                "in_full": in_full,
                "turn": turn_facts(view),
                "order": view.order,
                "realities": tuple(realities),
                "new_values": new_values,
                "changes": None if before is None else changes(view, before),
            },
        )

    def turn(self, view: View, since: Sequence[Turn], *, in_full: bool = False) -> str:
        """What happened since the reader last spoke, what is on the table, what it may do.

        Args:
            since: Turns of ``view.history`` that the reader has not been told of.
            in_full: Whether the delegation's own statements are told as well.
        """
        return self.render("turn", self._at_the_table(view, since, in_full=in_full))

    def caucus_system(self, view: View, member: Member) -> str:
        """The standing briefing of a member who advises the lead; as static as :meth:`system`."""
        return self._standing("caucus_system", view, member)

    def caucus(self, view: View, since: Sequence[Turn]) -> str:
        """Asks a member for advice; it has not heard its own lead, so everything is told."""
        return self.render("caucus", self._at_the_table(view, since, in_full=True))

    def debrief(self, view: View, since: Sequence[Turn]) -> str:
        """The private questions after the talks (claim C9)."""
        return self.render(
            "debrief",
            {
                **self._facts(view),
                "events": events(view, since),
                "in_full": False,
                "outcome": outcome(view),
                "first_proposals": first_proposals(view),
            },
        )

    def complaint(self, problem: str, *, tries: int | None = None, asked_for: str = "move") -> str:
        """Asks again after an unusable answer.

        Args:
            problem: Why it could not be used, in whole sentences.
            tries: How many answers may still be given, this one included, >= 1; None where that is
                not known, and nothing is said of it.
            asked_for: A ``move``, the advice of a ``caucus`` or a ``debrief``.
        """
        return self.render(
            "complaint", {"problem": problem, "tries": tries, "asked_for": asked_for}
        )

    # --- templates ---------------------------------------------------------------------------

    def _facts(self, view: View) -> Facts:
        return self._shared(view).facts

    def _shared(self, view: View) -> _Shared:
        """What all dialogues of an arm, scenario, twin and seat have in common."""
        brief = view.brief
        key = (
            id(view.dispute),  # which is held, so that nothing else can take its identity
            view.seat,
            view.chairs,
            view.protocol,
            brief.role,
            brief.authority,
            brief.style,
            brief.profile,
            brief.members,
            view.rules,
        )
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _Shared(view.dispute, static_facts(view))
            if len(self._known) > _SHARED_KEPT:
                self._known.pop(next(iter(self._known)))
        return known

    def _at_the_table(
        self, view: View, since: Sequence[Turn], *, in_full: bool
    ) -> dict[str, object]:
        return {
            **self._facts(view),
            "events": events(view, since),
            "in_full": in_full,
            "standing": offers_on_the_table(view, since, in_full=in_full),
            "settled": settled(view),
            "turn": turn_facts(view),
        }

    def _standing(self, name: str, view: View, member: Member | None = None) -> str:
        """A standing briefing: the same text object for all dialogues that have the same facts,
        since thousands of them may be in play."""
        shared = self._shared(view)
        text = shared.briefings.get((name, member))
        if text is None:
            told = None
            if member is not None:
                told = {"title": member.title, "remit": member.remit.rstrip(".")}
            facts = {**shared.facts, "member": told}
            text = shared.briefings[name, member] = self.render(name, facts)
        return text
