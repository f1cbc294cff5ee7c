"""What the prompt templates may say: plain dictionaries made from one seat's view.

Templates never see the view itself, so an edited template can neither make the static briefing
depend on a seed nor print a number that a delegate does not have.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.incentives.profiles import Authority, Role
from harness.memo import once_per_object
from harness.prompting.points import leaving_of, own_leaving_of, points_of, shown
from harness.prompting.stakes import stakes
from harness.records.moves import MAX_SIDE_TERMS, SECOND
from harness.records.transcript import Action, Commitment, Turn
from harness.view import Chair, Dispute, PublicHome, PublicPrincipal, View

Facts = dict[str, Any]

REPUTED: Final = 3
"""How many issues commentators are said to think a party cares most about."""

_SWITCHES: Final = ("sketches", "ratification", "side_terms", "alternatives", "settling")
"""Switches of the protocol that a template may ask for."""
_COMMITMENT_WORDS: Final[Mapping[Commitment, str]] = {
    Commitment.BINDING: "binding",
    Commitment.AD_REFERENDUM: "ad referendum",
    Commitment.HYPOTHETICAL: "hypothetically",
    Commitment.PERSONAL: "personally",
}
COMMITMENT_WORDS: Final[Mapping[Commitment, str]] = {
    Commitment.BINDING: "as binding",
    Commitment.AD_REFERENDUM: "subject to approval at home",
    Commitment.PERSONAL: "as a personal view",
    Commitment.HYPOTHETICAL: "for discussion only",
}
"""A commitment in a sentence; the words above stay for templates that were written for them."""
_ACTIONS: Final = tuple((action, action.value) for action in Action)


# --- what all dialogues of an arm share --------------------------------------------------------


def static_facts(view: View) -> Facts:
    """Facts that do not depend on the seed, on the speaking order or on what has been said."""
    brief, protocol = view.brief, view.protocol
    issues = view.dispute.issues
    return {
        "me": _party(view, view.chair(view.seat)),
        "others": [_party(view, chair) for chair in view.others()],
        "members": [{"title": m.title, "remit": m.remit.rstrip(".")} for m in brief.members],
        "dispute": {**_dispute(view.dispute), "homes": _homes(view)},
        "talks": {
            "delegations": len(view.chairs),
            "turns": protocol.turns,
            "rounds": protocol.rounds,
            "consultations": protocol.consultations if view.may_consult() else 0,
            "line_home": brief.profile.consults_capital and protocol.consultations > 0,
            **_agreement(view),
            "commitments": [word.value for word in view.commitments],
            "leaving": protocol.leaving or "round",
            **{name: bool(getattr(protocol, name)) for name in _SWITCHES},
            "side_terms_limit": MAX_SIDE_TERMS,
        },
        "brief": {"style": brief.style},
        "stakes": stakes(brief.profile),
        "reply": {
            "package": json.dumps({issue.id: "OPTION" for issue in issues}),
            "first_issue": issues[0].id,
        },
    }


def public_facts(dispute: Dispute) -> Facts:
    """The dispute as whoever reads newspapers knows it, with all third states that it names."""
    return {**_dispute(dispute), "homes": [_home(one) for one in dispute.homes.values()]}


def _homes(view: View) -> list[Facts]:
    """The third states that somebody at the table comes from, in the scenario's order."""
    used = {chair.home for chair in view.chairs}
    return [_home(home) for key, home in view.dispute.homes.items() if key in used]


def _home(home: PublicHome) -> Facts:
    return {"name": home.name, "description": home.description, "policy": list(home.policy)}


def _agreement(view: View) -> Facts:
    """What an agreement at this table would be, by how far the words of those at it commit:
    ``settlement`` (of principals), ``approval`` (at home, by those named), ``outline`` (somebody
    can bind nobody), ``private`` (nobody can bind anybody), or empty in records of older rules."""
    names = {chair.seat: view.dispute.principals[chair.principal].name for chair in view.chairs}
    given = {chair.seat: chair.authority for chair in view.chairs}
    private = [names[seat] for seat, one in given.items() if one is Authority.PRIVATE]
    approving = [names[seat] for seat, one in given.items() if one is Authority.AD_REFERENDUM]
    kind = "settlement"
    if None in given.values():
        kind = ""
    elif private:
        kind = "private" if len(private) == len(given) else "outline"
    elif approving:
        kind = "approval"
    return {"agreement": kind, "approving": approving, "uncommitted": private}


@once_per_object
def _dispute(dispute: Dispute) -> Facts:
    return {
        "title": dispute.title,
        "summary": dispute.summary,
        "parties": [_public(dispute, principal) for principal in dispute.principals.values()],
        "issues": [
            {
                "id": issue.id,
                "name": issue.name,
                "question": issue.question,
                "options": [
                    {
                        "id": option.id,
                        "text": option.text,
                        "opening_of": [
                            p.name
                            for p in dispute.principals.values()
                            if p.at_table and p.opening and p.opening.get(issue.id) == option.id
                        ],
                    }
                    for option in issue.options
                ],
            }
            for issue in dispute.issues
        ],
    }


def _party(view: View, chair: Chair) -> Facts:
    principal = view.dispute.principals[chair.principal]
    # To a reader who is only "a delegate", so is everybody else: the incentives-only control may
    # use neither of the two words that it leaves out.
    own = view.brief.role
    role = Role.DELEGATE if own is Role.DELEGATE else chair.role
    return {
        "seat": chair.seat,
        "role": role.value,
        "authority": str(chair.authority or ""),
        "home": None if chair.home is None else view.dispute.homes[chair.home].name,
        "name": principal.name,
        "adjective": principal.adjective,
    }


def _public(dispute: Dispute, principal: PublicPrincipal) -> Facts:
    names = {issue.id: issue.name for issue in dispute.issues}
    believed = principal.believed_weights
    ranked = sorted(believed, key=lambda issue: (-believed[issue], list(names).index(issue)))
    return {
        "name": principal.name,
        "adjective": principal.adjective,
        "at_table": principal.at_table,
        "description": principal.description,
        "talking_points": list(principal.talking_points),
        "reputed": [names[issue] for issue in ranked[:REPUTED]],
    }


# --- what happens at the table -----------------------------------------------------------------


def events(view: View, turns: Sequence[Turn]) -> list[Facts]:
    """Turns as a delegation is told of them, in order."""
    titles = {member.id: member.title for member in view.brief.members}
    names = {issue.id: issue.name for issue in view.dispute.issues}
    told = []
    for turn in turns:
        event: Facts = {
            "kind": turn.kind,
            "seat": turn.seat,
            "own": turn.seat == view.seat,
            "speaker": view.dispute.principals[view.chair(turn.seat).principal].name,
            "words": turn.words.strip(),
        }
        if turn.kind == "caucus":
            event["title"] = titles.get(turn.member or "", turn.member)
        elif turn.kind == "consultation" and turn.capital is not None:
            event["package"] = _terms(turn.capital.package)
            event["acceptable"] = turn.capital.acceptable
            event["red_lines"] = [names[issue] for issue in turn.capital.red_lines]
        elif turn.move is not None:
            move = turn.move
            event["action"] = move.action.value
            event["offer"] = turn.offer or move.offer
            event["commitment"] = _COMMITMENT_WORDS[move.word]
            event["commitment_words"] = COMMITMENT_WORDS[move.word]
            last = _last_proposal(view, turn)
            compared, before = _nearest(move.package, last)
            event["package"] = _terms(move.package, before)
            event["compared"] = compared if compared and compared.endswith(SECOND) else None
            event["same_as"] = compared if move.package and move.package == before else None
            event["position"] = _terms(move.position)
            event["or_package"] = _other_terms(move.or_package, move.package)
            event["or_rest"] = len(event["or_package"]) < len(move.or_package or ())
            event["or_offer"] = f"{turn.offer}{SECOND}" if move.or_package else None
            event["side_terms"] = move.side_terms
            event["agreed"] = _terms(move.agreed)
            event["explored"] = turn.explored
        told.append(event)
    return told


def offers_on_the_table(view: View, since: Sequence[Turn], *, in_full: bool) -> list[Facts]:
    """The standing offers; terms that ``since`` has just told are not repeated, nor are those
    of the reader's own last proposal, which stand in its reply (by the first rules they were).

    Each comes with its points by the delegate's own table: a delegate that cannot add would
    otherwise look like one that gives in. The sum of the points that the table shows, so that
    whoever does add finds the same. What no agreement is worth stands beside them as the brief
    tells it: to the principal, and to a delegate that is told its own stake also to itself. None
    for a delegate that is told in words: it has no points.
    """
    points = points_of(view.brief, [offer.package for offer in view.standing], view.rules)
    told = view.brief.style != "words"
    leaving = shown(leaving_of(view.brief, view.rules)) if told else None
    own_leaving = own_leaving_of(view.brief, view.rules)
    own = in_full or view.rules > 1
    fresh = {t.offer for t in since if t.kind == "statement" and (own or t.seat != view.seat)}
    return [
        {
            "id": offer.id,
            "own": offer.by == view.seat,
            "by": f"`{offer.by}`",
            "commitment": _COMMITMENT_WORDS[offer.commitment],
            "commitment_words": COMMITMENT_WORDS[offer.commitment],
            "accepted_by": [f"`{seat}`" for seat in offer.accepted_by],
            "signatures": [
                {"seat": f"`{seat}`", "own": seat == view.seat, "words": COMMITMENT_WORDS[word]}
                for seat, word in offer.signatures
            ],
            "explored": offer.explored,
            "may_take_home": offer.explored and offer.open_to(view.seat),
            "side_terms": None if offer.id.removesuffix(SECOND) in fresh else offer.side_terms,
            "package": [] if offer.id.removesuffix(SECOND) in fresh else _terms(offer.package),
            "points": shown(tenths) if told else None,
            "leaving": leaving,
            "own_leaving": own_leaving,
        }
        for offer, tenths in zip(view.standing, points, strict=True)
    ]


def settled(view: View) -> list[Facts]:
    """The issues that all have agreed on and set aside."""
    return _terms(view.settled)


def turn_facts(view: View) -> Facts:
    """Where in the talks the reader is, and what it may do now."""
    return {
        "round": view.round,
        "number": view.step,
        "after": [f"`{seat}`" for seat in view.order[view.order.index(view.seat) + 1 :]],
        "left": max(0, view.protocol.turns - view.step),
        "others": _others_left(view),
        "actions": [
            name
            for action, name in _ACTIONS
            if action in view.legal and (action is not Action.CONSULT or view.may_consult())
        ],
        "consultations": view.consultations_left if view.may_consult() else 0,
    }


def _others_left(view: View) -> list[Facts]:
    """Turns that each other delegation has left in this round, those who speak next first."""
    own = view.order.index(view.seat)
    left = max(0, view.protocol.turns - view.step)
    after, before = view.order[own + 1 :], view.order[:own]
    return [
        *({"seat": f"`{seat}`", "left": left + 1} for seat in after),
        *({"seat": f"`{seat}`", "left": left} for seat in before),
    ]


def first_proposals(view: View) -> list[Facts]:
    """The first package of every delegation, in the order in which they were put."""
    found: dict[str, Facts] = {}
    for turn in view.history:
        if turn.kind == "statement" and turn.move is not None and turn.move.package is not None:
            first = {"offer": turn.offer, "own": turn.seat == view.seat}
            found.setdefault(turn.seat, {**first, "package": _terms(turn.move.package)})
    return list(found.values())


def outcome(view: View) -> Facts:
    """How the talks ended, read from the public record."""
    seats = {chair.seat for chair in view.chairs}
    for offer in view.standing:
        if offer.agreed(seats):
            return {
                "kind": "deal",
                "offer": offer.id,
                "package": _terms(offer.package),
                "commitment": _COMMITMENT_WORDS[offer.weakest],
                "commitment_words": COMMITMENT_WORDS[offer.weakest],
                "side_terms": offer.side_terms,
            }
    public = [turn for turn in view.history if turn.kind == "statement" and turn.move is not None]
    last = public[-1] if public else None
    if last is not None and last.move is not None and last.move.action is Action.WALK_OUT:
        return {"kind": "walk_out", "own": last.seat == view.seat, "by": f"`{last.seat}`"}
    return {"kind": "no_deal"}


def _terms(
    package: Mapping[str, str] | None, before: Mapping[str, str] | None = None
) -> list[Facts]:
    """A package as lines; ``before`` marks what changed since the same delegation's last one."""
    return [
        {
            "issue": issue,
            "option": option,
            "before": before[issue] if before and before[issue] != option else None,
        }
        for issue, option in (package or {}).items()
    ]


def _other_terms(second: Mapping[str, str] | None, first: Mapping[str, str] | None) -> list[Facts]:
    """The second package of two as lines: what differs from the first, or all of it where most
    does. It is held against its sister alone; against earlier proposals too, readers lost track."""
    lines = _terms(second)
    other = [line for line in lines if first and first.get(line["issue"]) != line["option"]]
    return other if other and len(other) <= len(lines) / 2 else lines


def _last_proposal(view: View, turn: Turn) -> Turn | None:
    """The last proposal of the same speaker before ``turn``, in the same round."""
    if turn.move is None or turn.move.package is None:
        return None
    return next(
        (
            other
            for other in reversed(view.history)
            if other.index < turn.index
            and other.seat == turn.seat
            and other.round == turn.round
            and other.kind == "statement"
            and other.move is not None
            and other.move.package is not None
        ),
        None,
    )


def _nearest(
    package: Mapping[str, str] | None, last: Turn | None
) -> tuple[str | None, Mapping[str, str] | None]:
    """What a package is compared with: the speaker's last one, or of two put at once the one that
    differs less. Against the other one, a package that was on the table already would look like a
    new concession.

    Returns:
        Its id and the package; None where there is none.
    """
    if package is None or last is None or last.move is None or last.move.package is None:
        return None, None
    first, second = last.move.package, last.move.or_package
    if second is None or _changes(package, first) <= _changes(package, second):
        return last.offer, first
    return f"{last.offer}{SECOND}", second


def _changes(package: Mapping[str, str], before: Mapping[str, str]) -> int:
    return sum(before.get(issue) != option for issue, option in package.items())
