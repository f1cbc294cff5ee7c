"""A delegation led by a person.

The person is shown what a model in the seat would be shown, and nothing else: all of it is made
from the seat's view (:mod:`harness.prompting.reader`). How it is shown and how an answer is typed
is for a :class:`Person` to say: a terminal is one, a web page can be another. What a person cannot
mean - a slip, a line that cannot be read - is put right there, as often as it takes, and never
becomes a move.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

from harness.delegations.afterwards import settled
from harness.delegations.base import Answer, Delegation
from harness.disputes.scenario import Package
from harness.errors import PersonLeftError
from harness.prompting import reader
from harness.prompting.facts import COMMITMENT_WORDS
from harness.prompting.reader import Ended, Said, Topic
from harness.prompting.talks import Prompts
from harness.records.transcript import Action, Commitment, Debrief, Move, Turn
from harness.view import Brief, View


@dataclass(frozen=True)
class OnTable:
    """A proposal on the table.

    Attributes:
        id: Its number, such as ``o-2``.
        own: Whether the seat made it.
        package: Issue -> option.
        points: What it is worth by the seat's own table; None for a seat that is told in words.
        accept, reject: Whether the seat may accept it, or reject it.
        commitment: How far its proposer's word goes, in words.
        side_terms: What goes with it and no option covers; may be empty.
    """

    id: str
    own: bool
    package: Package
    points: float | None
    accept: bool
    reject: bool
    commitment: str = ""
    side_terms: str = ""


@dataclass(frozen=True)
class Form:
    """What a person is asked for, and all that may be shown beside it.

    Attributes:
        seat: The person's.
        name: Of the principal that it speaks for.
        others: Other seat -> the principal that it speaks for.
        briefing: What is read once, before the first question; pieces of Markdown.
        news: What has happened since the last question, as Markdown; may be empty.
        standing_text: What lies on the table, as Markdown.
        place: Where in the talks it is.
        topics: The agenda, with the private values of the seat.
        no_deal: What no agreement is worth by the same table, in points; None in words.
        about: Whether the points are hearsay, in whole points.
        complaint: Why the table could not use the last answer; None where it was none.
        record: All turns that the seat knows of, for whoever shows the whole of them each time.
        changes: What each further round has changed, as Markdown.
    """

    seat: str
    name: str
    others: Mapping[str, str]
    briefing: tuple[str, ...]
    news: str
    standing_text: str
    place: str
    topics: tuple[Topic, ...]
    no_deal: float | None
    about: bool
    complaint: str | None
    record: tuple[Said, ...] = field(default=(), kw_only=True)
    changes: tuple[str, ...] = field(default=(), kw_only=True)

    def points(self, package: Mapping[str, str]) -> float | None:
        """What a package, or a part of one, is worth by the seat's own table; None in words."""
        known = {
            (topic.id, option.id): option.points
            for topic in self.topics
            for option in topic.options
        }
        chosen = [known[pair] for pair in package.items()]
        if any(one is None for one in chosen):
            return None
        return round(sum(one for one in chosen if one is not None), 1)


@dataclass(frozen=True)
class MoveForm(Form):
    """Asks for a move.

    Attributes:
        actions: What the seat may do now.
        standing: What lies on the table, oldest first.
        commitments: How far its word may commit, from the most binding, each in words.
        last: The last package that it proposed in this round; None where there is none.
        opening: The public opening position of its principal; None where it has none.
        consultations: Questions to its leadership that are left in this round.
        alternatives, side_terms: Whether a proposal may have a second package, or side terms.
    """

    actions: frozenset[Action]
    standing: tuple[OnTable, ...]
    commitments: tuple[tuple[Commitment, str], ...]
    last: Package | None
    opening: Package | None
    consultations: int
    alternatives: bool
    side_terms: bool


@dataclass(frozen=True)
class DebriefForm(Form):
    """Asks the private questions after the talks; ``agreed`` says whether they ended in a deal, and
    ``ended`` the same as ``place``, in parts, for whoever lays it out."""

    agreed: bool
    ended: Ended | None = field(default=None, kw_only=True)


class Person(Protocol):
    """Somebody who reads and answers.

    Raises (all methods): :class:`harness.errors.PersonLeftError` where the person ends the sitting.
    """

    async def move(self, form: MoveForm) -> Move:
        """A move, with what is said at the table."""
        ...

    async def advise(self, form: MoveForm, title: str) -> str:
        """What a member of the delegation, called ``title``, advises in private."""
        ...

    async def debrief(self, form: DebriefForm) -> Debrief:
        """The answers after the talks."""
        ...


class PersonDelegation:
    """A seat in which a person sits. Implements :class:`~harness.delegations.base.Delegation`.

    Args:
        person: Who sits there.
        prompts: The words it reads.
    """

    def __init__(self, person: Person, prompts: Prompts) -> None:
        self._person = person
        self._prompts = prompts
        self._told = 0
        self._realities = 0
        self._round = 0
        self._brief: Brief | None = None
        self._changes: list[str] = []

    async def move(self, view: View, complaint: str | None) -> Answer:
        """The person's next move."""
        move = await self._person.move(self._move_form(view, complaint))
        return Answer(move=_by_agenda(move, view))

    async def caucus(self, view: View, member: str, complaint: str | None) -> Answer:
        """The advice of a member, which the person gives too."""
        title = next(one.title for one in view.brief.members if one.id == member)
        return Answer(words=await self._person.advise(self._move_form(view, complaint), title))

    async def debrief(self, view: View, complaint: str | None) -> Answer:
        """The person's answers after the talks (claim C9)."""
        form = DebriefForm(
            **self._shown(view, complaint, place=reader.ending(view)),
            agreed=settled(view) is not None,
            ended=reader.ended(view),
        )
        return Answer(debrief=await self._person.debrief(form))

    def messages(self) -> dict[str, tuple[str, str]]:
        """None: no model was shown anything."""
        return {}

    def _move_form(self, view: View, complaint: str | None) -> MoveForm:
        own = [move.package for move in view.own_moves() if move.action is Action.PROPOSE]
        may_consult = view.may_consult()
        opening = view.dispute.principals[view.brief.principal].opening
        return MoveForm(
            **self._shown(view, complaint, place=reader.place(view)),
            actions=frozenset(a for a in view.legal if a is not Action.CONSULT or may_consult),
            standing=tuple(
                OnTable(
                    id=offer.id,
                    own=offer.by == view.seat,
                    package=dict(offer.package),
                    points=reader.points(view, dict(offer.package)),
                    accept=offer.open_to(view.seat),
                    reject=offer.by != view.seat and offer.open_to(view.seat),
                    commitment=COMMITMENT_WORDS[offer.commitment],
                    side_terms=offer.side_terms or "",
                )
                for offer in view.standing
            ),
            commitments=tuple((word, _meaning(word, view)) for word in view.commitments),
            last=dict(own[-1]) if own and own[-1] is not None else None,
            opening=None if opening is None else dict(opening),
            consultations=view.consultations_left if may_consult else 0,
            alternatives=bool(view.protocol.alternatives),
            side_terms=bool(view.protocol.side_terms),
        )

    def _shown(self, view: View, complaint: str | None, *, place: str) -> dict[str, Any]:
        """The fields of every form."""
        names = view.dispute.principals
        briefing = reader.briefing(self._prompts, view) if self._brief is None else ()
        news = self._news(view)
        return {
            "seat": view.seat,
            "name": names[view.chair(view.seat).principal].name,
            "others": {chair.seat: names[chair.principal].name for chair in view.others()},
            "briefing": briefing,
            "news": news,
            "standing_text": reader.table(self._prompts, view),
            "place": place,
            "topics": reader.topics(view),
            "no_deal": reader.no_deal(view),
            "about": reader.about(view),
            "complaint": complaint,
            "record": reader.said(view),
            "changes": tuple(self._changes),
        }

    def _news(self, view: View) -> str:
        """What has not been told yet; it counts as told from now on."""
        before, pieces = self._brief, list[str]()
        if before is None:
            pieces.append(reader.beginning(view))
        elif view.round != self._round:
            ended = self._untold(view, sum(turn.round < view.round for turn in view.history))
            realities = view.events[self._realities :]
            pieces.append(reader.further_round(self._prompts, view, ended, realities, before))
            self._changes.append(reader.further_round(self._prompts, view, (), realities, before))
        self._brief, self._round, self._realities = view.brief, view.round, len(view.events)
        since = self._untold(view, len(view.history))
        pieces.append(reader.news(self._prompts, view, since))
        return "\n\n".join(piece for piece in pieces if piece)

    def _untold(self, view: View, end: int) -> tuple[Turn, ...]:
        turns, self._told = view.history[self._told : end], max(self._told, end)
        return turns


def _meaning(word: Commitment, view: View) -> str:
    """What a word commits to."""
    sketch = view.protocol.sketches and word is Commitment.HYPOTHETICAL
    return COMMITMENT_WORDS[word] + (
        "; to accept so makes a sketch, no agreement" if sketch else ""
    )


def _by_agenda(move: Move, view: View) -> Move:
    """The move with its packages in the order of the agenda, whatever order they were chosen in."""

    def ordered(package: Package | None) -> Package | None:
        if package is None:
            return None
        known = {
            issue.id: package[issue.id] for issue in view.dispute.issues if issue.id in package
        }
        return known | package  # what is no issue stays, for the table to say so

    return replace(
        move,
        package=ordered(move.package),
        or_package=ordered(move.or_package),
        position=ordered(move.position),
    )


_T = TypeVar("_T")


class Leavable:
    """A delegation that is not waited for any longer once the person opposite has left.

    Args:
        inner: The delegation.
        leaving: Set when the person leaves while it is being waited for.
        seat: The person's.
    """

    def __init__(self, inner: Delegation, leaving: asyncio.Event, seat: str) -> None:
        self._inner = inner
        self._leaving = leaving
        self._seat = seat

    async def move(self, view: View, complaint: str | None) -> Answer:
        """As the delegation."""
        return await self._unless_left(self._inner.move(view, complaint))

    async def caucus(self, view: View, member: str, complaint: str | None) -> Answer:
        """As the delegation."""
        return await self._unless_left(self._inner.caucus(view, member, complaint))

    async def debrief(self, view: View, complaint: str | None) -> Answer:
        """As the delegation."""
        return await self._unless_left(self._inner.debrief(view, complaint))

    def messages(self) -> dict[str, tuple[str, str]]:
        """As the delegation."""
        return self._inner.messages()

    async def _unless_left(self, asking: Coroutine[Any, Any, _T]) -> _T:
        """What is answered.

        Raises:
            PersonLeftError: The person left before.
        """
        asked = asyncio.ensure_future(asking)
        left = asyncio.ensure_future(self._leaving.wait())
        try:
            await asyncio.wait({asked, left}, return_when=asyncio.FIRST_COMPLETED)
            if asked.done():
                return asked.result()
            raise PersonLeftError(self._seat)
        finally:
            for task in (asked, left):
                task.cancel()
            await asyncio.gather(asked, left, return_exceptions=True)
