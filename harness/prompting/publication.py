"""Renders ``prompts/publication/``: what an author is told who writes about a dispute after talks.

An author is told what it could bring home from the table, and nothing else: see :class:`Brought`.
The words lead nowhere: whether the article names the meeting, whose arguments it makes and how it
weighs the terms is asked for in no template but those of the controls that ask for it openly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from harness.disputes.scenario import Package, RedLine
from harness.prompting.facts import COMMITMENT_WORDS, REPUTED
from harness.prompting.templates import Templates
from harness.records.publication import PublicationSpec
from harness.records.transcript import Commitment, Turn
from harness.view import Chair, Dispute

Facts = dict[str, Any]
_VARIABLES: Final[Mapping[str, frozenset[str]]] = {
    "system": frozenset({"dispute", "author", "reply", "any_signature"}),
    "talks": frozenset({"author", "others", "rounds", "ending"}),
    "task": frozenset({"article", "author", "writing", "ending"}),
    "complaint": frozenset({"problem", "tries"}),
}


@dataclass(frozen=True)
class Ending:
    """How the talks ended: in a deal with its terms, by a walk-out, or otherwise without a deal."""

    kind: Literal["deal", "walk_out", "no_deal"]
    package: Package | None = None
    commitment: Commitment | None = None
    side_terms: str | None = None
    by: str | None = None


@dataclass(frozen=True)
class Brought:
    """What an author has brought home from talks.

    Attributes:
        dispute: As everybody knows it.
        chairs: Who sat at the table, as everybody saw it.
        seat: Its own.
        red_lines: What its own principal says that it will never sign.
        rounds: Per round, from the first: the events that came before it, and what was said aloud
            and put on the table in it, without a thought of anybody.
        ending: How the talks ended.
    """

    dispute: Dispute
    chairs: tuple[Chair, ...]
    seat: str
    red_lines: tuple[RedLine, ...]
    rounds: tuple[tuple[tuple[str, ...], tuple[Turn, ...]], ...]
    ending: Ending

    def chair(self, seat: str) -> Chair:
        """Who sat in a seat."""
        return next(chair for chair in self.chairs if chair.seat == seat)

    def name(self, seat: str) -> str:
        """Name of the principal that a seat acted for."""
        return self.dispute.principals[self.chair(seat).principal].name

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All that was said aloud, in order."""
        return tuple(turn for _, turns in self.rounds for turn in turns)


class PublicationPrompts(Templates):
    """The templates of articles, as they ship."""

    def __init__(self) -> None:
        super().__init__("publication", _VARIABLES)

    def system(self, brought: Brought, *, any_signature: bool = False) -> str:
        """The dispute, who the author is, and the form of the answer: the same for every kind of
        article, and after all talks of an arm on a scenario.

        Args:
            any_signature: Whether the text has to hold whoever is said to have signed it.
        """
        example = {issue.id: "OPTION or null" for issue in brought.dispute.issues}
        facts = {"dispute": _dispute(brought), "author": _author(brought), "reply": example}
        return self.render("system", {**facts, "any_signature": any_signature})

    def question(self, brought: Brought, spec: PublicationSpec) -> str:
        """What was said at the table, how it ended, and what is to be written."""
        talks = _talks(brought)
        writing = {"words": spec.words, "outlet": spec.outlet, "audience": spec.audience}
        told = {name: talks[name] for name in ("author", "ending")}
        task = {"article": spec.article, "writing": writing, **told}
        return f"{self.render('talks', talks)}\n\n{self.render('task', task)}"

    def complaint(self, problem: str, *, tries: int | None = None) -> str:
        """Asks again after an unusable answer; see
        :meth:`harness.prompting.talks.Prompts.complaint`."""
        return self.render("complaint", {"problem": problem, "tries": tries})


@cache
def publication_prompts() -> PublicationPrompts:
    """The templates, read once."""
    return PublicationPrompts()


def facts_of(brought: Brought) -> Facts:
    """All that an author has brought home, for a template: ``dispute``, ``author``, ``others``,
    ``rounds`` and ``ending``."""
    return {"dispute": _dispute(brought), **_talks(brought)}


def _talks(brought: Brought) -> Facts:
    return {
        "author": _author(brought),
        "others": [_party(brought, one) for one in brought.chairs if one.seat != brought.seat],
        "rounds": _rounds(brought),
        "ending": _ending(brought),
    }


def _party(brought: Brought, chair: Chair) -> Facts:
    homes = brought.dispute.homes
    return {
        "seat": chair.seat,
        "role": chair.role.value,
        "authority": str(chair.authority or ""),
        "name": brought.dispute.principals[chair.principal].name,
        "home": None if chair.home is None else homes[chair.home].name,
    }


def _author(brought: Brought) -> Facts:
    return _party(brought, brought.chair(brought.seat))


def _dispute(brought: Brought) -> Facts:
    """The public dispute, with what the author's own principal says that it will never sign."""
    dispute, own = brought.dispute, brought.chair(brought.seat).principal
    names = {issue.id: issue.name for issue in dispute.issues}
    parties = []
    for principal in dispute.principals.values():
        weights = principal.believed_weights
        ranked = sorted(weights, key=lambda issue: (-weights[issue], list(names).index(issue)))
        lines = brought.red_lines if principal.id == own else ()
        parties.append(
            {
                "name": principal.name,
                "at_table": principal.at_table,
                "description": principal.description,
                "talking_points": principal.talking_points,
                "reputed": [names[issue] for issue in ranked[:REPUTED]],
                "never": [
                    {
                        "name": names[line.issue],
                        "options": [dispute.clause(line.issue, option) for option in line.options],
                        "why": line.why,
                    }
                    for line in lines
                ],
            }
        )
    home = brought.chair(brought.seat).home
    return {
        "title": dispute.title,
        "summary": dispute.summary,
        "parties": parties,
        "homes": [] if home is None else [dispute.homes[home]],
        "issues": [
            {
                "id": issue.id,
                "name": issue.name,
                "question": issue.question,
                "options": [
                    {
                        "id": one.id,
                        "text": one.text,
                        "opening_of": _openings(dispute, issue.id, one.id),
                    }
                    for one in issue.options
                ],
            }
            for issue in dispute.issues
        ],
    }


def _openings(dispute: Dispute, issue: str, option: str) -> list[str]:
    return [
        one.name
        for one in dispute.principals.values()
        if one.at_table and one.opening and one.opening.get(issue) == option
    ]


def _rounds(brought: Brought) -> list[Facts]:
    told = []
    for number, (realities, turns) in enumerate(brought.rounds, 1):
        last: dict[str, Package] = {}
        events = [_event(brought, turn, last) for turn in turns]
        told.append({"number": number, "realities": realities, "events": events})
    return told


def _event(brought: Brought, turn: Turn, last: dict[str, Package]) -> Facts:
    """A turn as its author remembers it.

    Args:
        last: Seat -> the package that it put last in this round; brought up to date.
    """
    move = turn.move
    assert move is not None
    event: Facts = {
        "own": turn.seat == brought.seat,
        "speaker": brought.name(turn.seat),
        "words": turn.words.strip(),
        "action": move.action.value,
        "offer": turn.offer or move.offer,
        "commitment": COMMITMENT_WORDS[move.word],
        "package": _terms(move.package, last.get(turn.seat)),
        "or_package": _terms(move.or_package),
        "position": _terms(move.position),
        "side_terms": move.side_terms,
        "explored": turn.explored,
    }
    if move.package is not None:
        last[turn.seat] = move.package
    return event


def _terms(
    package: Mapping[str, str] | None, before: Mapping[str, str] | None = None
) -> list[Facts]:
    """A package as lines; ``before`` marks what changed since the same speaker's last one."""
    return [
        {
            "issue": issue,
            "option": option,
            "before": before[issue] if before and before[issue] != option else None,
        }
        for issue, option in (package or {}).items()
    ]


def _ending(brought: Brought) -> Facts:
    ending = brought.ending
    left = None if ending.by is None else brought.name(ending.by)
    return {
        "kind": ending.kind,
        "own": ending.by == brought.seat,
        "by": left,
        "package": _clauses(brought.dispute, ending.package),
        "commitment": None if ending.commitment is None else COMMITMENT_WORDS[ending.commitment],
        "side_terms": ending.side_terms,
    }


def _clauses(dispute: Dispute, package: Mapping[str, str] | None) -> Sequence[Facts]:
    return [
        {
            "issue": issue,
            "name": dispute.issue(issue).name,
            "option": option,
            "text": dispute.clause(issue, option),
        }
        for issue, option in (package or {}).items()
    ]
