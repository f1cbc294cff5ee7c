"""What a person in a seat reads: the pieces that a model in that seat would be given, as text.

The pieces are those of :mod:`harness.prompting.talks`, rendered from the same view. Left out is
only what tells a model how to write its answer: a person fills in a form. The private values come
without their rows, which a form shows as a table (:func:`topics`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.prompting.facts import (
    events,
    first_proposals,
    offers_on_the_table,
    outcome,
    settled,
    static_facts,
    turn_facts,
)
from harness.prompting.points import points_of, shown, table_of_points, worth, worth_by
from harness.prompting.talks import Prompts
from harness.records.transcript import Turn
from harness.view import Brief, View


@dataclass(frozen=True)
class Option:
    """One way to settle an issue.

    Attributes:
        id: As packages name it.
        text: Its words.
        points: What it adds to a package, in points out of 100, by the seat's own table; None for
            a seat that is told in words.
        place: Of a seat that is told in words: how good it is among the options of its issue;
            empty else.
        never: Whether the seat was told that its principal will never sign it.
    """

    id: str
    text: str
    points: float | None
    place: str
    never: bool


@dataclass(frozen=True)
class Topic:
    """An issue of the agenda, as the seat knows it: ``cost`` says what giving way costs."""

    id: str
    name: str
    question: str
    cost: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Said:
    """One turn that the seat has heard, or that it took in private.

    Attributes:
        number: From 1, among those that the seat knows of.
        round: From 1.
        seat: Whose it was.
        own: Whether it was the seat's own.
        what: What was done, in words, such as "proposes o-2, in a personal capacity".
        terms: What it names: ids of an issue, of an option, and of the option that the speaker's
            proposal before had, where it is another.
        or_terms: Of a second package that may be had instead, as far as it differs.
        or_offer: Id of that; empty where there is none.
        side_terms: What goes with a proposal and no option covers; may be empty.
        words: What was said.
    """

    number: int
    round: int
    seat: str
    own: bool
    what: str
    terms: tuple[tuple[str, str, str], ...]
    or_terms: tuple[tuple[str, str, str], ...]
    or_offer: str
    side_terms: str
    words: str


_DONE: Final = {
    "propose": "proposes {offer}, {commitment}",
    "accept": "accepts {offer}, {commitment}",
    "reject": "rejects {offer}, which is off the table",
    "walk_out": "leaves the table",
    "pass": "makes no proposal",
}


def said(view: View) -> tuple[Said, ...]:
    """All that the seat has heard and done, in order, and nothing that it may not know of."""
    told = zip(view.history, events(view, view.history), strict=True)
    return tuple(
        Said(
            number=number,
            round=turn.round,
            seat=turn.seat,
            own=bool(event["own"]),
            what=_done(event),
            terms=_told_terms(event.get("package") or event.get("position") or ()),
            or_terms=_told_terms(event.get("or_package") or ()),
            or_offer=event.get("or_offer") or "",
            side_terms=event.get("side_terms") or "",
            words=event["words"],
        )
        for number, (turn, event) in enumerate(told, start=1)
    )


def _done(event: dict[str, Any]) -> str:
    """What was done in a turn."""
    if event["kind"] == "caucus":
        return f"advice of {event['title']}, in private"
    if event["kind"] == "consultation":
        answer = "would sign" if event.get("acceptable") else "would not sign"
        lines = ", ".join(event.get("red_lines") or ())
        crossed = f"; it crosses a red line: {lines}" if lines else ""
        return f"asks the leadership in private, which {answer}{crossed}"
    action = event.get("action")
    if action is None:
        return "speaks"
    done = _DONE[action].format(offer=event["offer"], commitment=event["commitment_words"])
    if event["same_as"]:
        done += f", unchanged since {event['same_as']}"
    if event["explored"]:
        done += "; it is a sketch now"
    if event["position"]:
        done += ", and says what it would want"
    return done


def _told_terms(terms: Sequence[dict[str, Any]]) -> tuple[tuple[str, str, str], ...]:
    return tuple((term["issue"], term["option"], term.get("before") or "") for term in terms)


def topics(view: View) -> tuple[Topic, ...]:
    """The agenda with what the seat was told of its worth; in words, the most important first."""
    facts, brief = worth(view), view.brief
    in_words = brief.style == "words"
    tenths = table_of_points(brief, view.rules)
    places = {
        (row["id"], option): group["place"]
        for row in facts["ranked"]
        for group in row["options"]
        for option in group["ids"]
    }
    never = {(line.issue, option) for line in brief.red_lines for option in line.options}
    found = []
    for row in facts["ranked"] if in_words else facts["rows"]:
        issue = view.dispute.issue(row["id"])
        options = tuple(
            Option(
                id=option.id,
                text=option.text,
                points=None if in_words else shown(tenths[issue.id][option.id]),
                place=places.get((issue.id, option.id), ""),
                never=(issue.id, option.id) in never,
            )
            for option in issue.options
        )
        found.append(Topic(issue.id, issue.name, issue.question, row["cost"], options))
    return tuple(found)


def points(view: View, package: dict[str, str]) -> float | None:
    """What a whole package is worth by the seat's own table, in points out of 100; None for a seat
    that is told in words."""
    if view.brief.style == "words":
        return None
    return shown(points_of(view.brief, [package], view.rules)[0])


def no_deal(view: View) -> float | None:
    """What having no agreement is worth by the same table; None as for :func:`points`."""
    return None if view.brief.style == "words" else float(worth(view)["no_deal"])


def about(view: View) -> bool:
    """Whether its points are hearsay: whole points, and about right."""
    return bool(worth(view)["about"])


def briefing(prompts: Prompts, view: View) -> tuple[str, ...]:
    """What is read before the first turn: the dispute, the rules, the role, what is at stake, and
    the private values without their rows. Each is a piece of Markdown."""
    facts = static_facts(view)
    return (
        prompts.render("dispute", facts),
        prompts.render("rules", facts),
        prompts.render("role", {**facts, "member": None}),
        prompts.render("incentives", facts),
        private(prompts, view),
    )


def private(prompts: Prompts, view: View) -> str:
    """The private values, without their rows."""
    bare = {**worth(view), "rows": [], "ranked": []}
    return prompts.render("brief", {**static_facts(view), "worth": bare, "in_full": False})


def beginning(view: View) -> str:
    """Who speaks first."""
    first = view.order[0]
    return "You speak first." if first == view.seat else f"`{first}` speaks first."


def news(prompts: Prompts, view: View, since: Sequence[Turn]) -> str:
    """What was said since the seat was asked last; empty where nothing was."""
    return prompts.render(
        "record", {**static_facts(view), "events": events(view, since), "in_full": False}
    )


def table(prompts: Prompts, view: View, since: Sequence[Turn] = ()) -> str:
    """What lies on the table.

    Args:
        since: Turns that were just told, whose terms are not repeated.
    """
    standing = offers_on_the_table(view, since, in_full=False)
    return prompts.render(
        "table", {**static_facts(view), "standing": standing, "settled": settled(view)}
    )


def further_round(
    prompts: Prompts, view: View, ended: Sequence[Turn], realities: Sequence[str], before: Brief
) -> str:
    """The start of a further round, and what has changed since.

    Args:
        ended: Turns of earlier rounds that were not told yet.
        realities: Events since the last round.
        before: The brief that held until now.
    """
    changed = worth(view) != worth_by(before, view.dispute, view.rules)
    return prompts.round(view, ended, realities, new_values=changed, before=before)


def place(view: View) -> str:
    """Where in the talks the seat is, in a line or two."""
    turn, rounds = turn_facts(view), view.protocol.rounds
    head = f"Round {turn['round']} of {rounds}, your turn {turn['number']} of "
    head += f"{view.protocol.turns}."
    if turn["left"]:
        return head
    last = "This is your last turn of the " + ("talks" if view.round == rounds else "round")
    if not turn["after"]:
        return f"{head} {last}. Nobody speaks after you: a proposal made now cannot be accepted."
    return f"{head} {last}. {' and '.join(turn['after'])} still to speak after you."


@dataclass(frozen=True)
class Ended:
    """How the talks ended, and with what they began.

    Attributes:
        how: In a sentence.
        terms: Of the agreement, as of :class:`Said`; empty where there is none.
        side_terms: Of the agreement; may be empty.
        firsts: Each delegation's first proposal: whose and which it was, in words, and its terms.
    """

    how: str
    terms: tuple[tuple[str, str, str], ...]
    side_terms: str
    firsts: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]


def ended(view: View) -> Ended:
    """How the talks ended, in parts."""
    how = outcome(view)
    sentence = "They ended without an agreement."
    if how["kind"] == "walk_out":
        sentence = f"They ended when {'you' if how['own'] else how['by']} left the table."
    elif how["kind"] == "deal":
        sentence = f"They ended in an agreement on `{how['offer']}`, {how['commitment_words']}"
    firsts = []
    for first in first_proposals(view):
        whose = "Your first proposal" if first["own"] else "A first proposal of another delegation"
        firsts.append((f"{whose} was `{first['offer']}`", _told_terms(first["package"])))
    return Ended(
        sentence, _told_terms(how.get("package") or ()), how.get("side_terms") or "", tuple(firsts)
    )


def ending(view: View) -> str:
    """How the talks ended, and with what they began, for the questions afterwards: Markdown."""
    told = ended(view)
    lines = [f"{told.how}:" if told.terms else told.how]
    if told.terms:
        lines += ["", *(f"- {issue}: {option}" for issue, option, _ in told.terms)]
    if told.side_terms:
        lines += ["", f"Its side terms: {told.side_terms}"]
    for first, terms in told.firsts:
        named = "; ".join(f"{issue}: {option}" for issue, option, _ in terms)
        lines += ["", f"{first}: {named}."]
    return "\n".join(lines)
