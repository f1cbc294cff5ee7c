"""What the prompt templates may say: plain dictionaries made from one seat's view.

Templates never see the view itself, so an edited template can neither make the static briefing
depend on a seed nor print a number that a delegate does not have.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.incentives.profiles import IncentiveProfile, Role
from harness.memo import once_per_object
from harness.prompting.points import points_of, shown
from harness.records.transcript import Action, Commitment, Turn
from harness.view import Chair, Dispute, PublicPrincipal, View

Facts = dict[str, Any]

REPUTED: Final = 3
"""How many issues commentators are said to think a party cares most about."""

_COMMITMENT_WORDS: Final[Mapping[Commitment, str]] = {
    Commitment.BINDING: "binding",
    Commitment.AD_REFERENDUM: "ad referendum",
    Commitment.HYPOTHETICAL: "hypothetically",
    Commitment.PERSONAL: "personally",
}
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
        "dispute": _dispute(view.dispute),
        "talks": {
            "delegations": len(view.chairs),
            "turns": protocol.turns,
            "rounds": protocol.rounds,
            "consultations": protocol.consultations if brief.profile.consults_capital else 0,
        },
        "stakes": stakes(brief.profile),
        "reply": {
            "package": json.dumps({issue.id: "OPTION" for issue in issues}),
            "first_issue": issues[0].id,
        },
    }


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


def stakes(profile: IncentiveProfile) -> Facts:
    """An incentive profile in words: each mechanism by its degree."""
    felt = profile.internalised
    return {
        "reward": _grade(
            profile.deal_reward,
            "none",
            (0.1, "slight"),
            (0.25, "moderate"),
            (0.6, "strong"),
            "overriding",
        ),
        "all_felt": min(felt.material, felt.political, felt.emotional) >= 1.0,
        "felt": {
            kind: _grade(
                share,
                "nothing",
                (0.3, "little"),
                (0.6, "some"),
                (0.85, "most"),
                (1.0, "nearly all"),
                "all",
            )
            for kind, share in (
                ("material", felt.material),
                ("political", felt.political),
                ("emotional", felt.emotional),
            )
        },
        "knowledge": _grade(
            profile.knowledge,
            "press",
            (0.2, "press"),
            (0.75, "partial"),
            (1.0, "briefed"),
            "instructed",
        ),
        "failure": _grade(
            profile.free_hardball,
            "full",
            (0.35, "reduced"),
            (0.65, "small"),
            (1.0, "slight"),
            "nothing",
        ),
        "learning": _grade(profile.information_motive, "none", (0.5, "some"), "much"),
        "publishes": profile.publishes,
        "stance": profile.stance.strip(),
    }


def _grade(value: float, zero: str, *steps: tuple[float, str] | str) -> str:
    """The word for a degree in [0, 1]: ``zero`` for 0, else that of the first bound above it; the
    last word for everything beyond."""
    if value <= 0.0:
        return zero
    for step in steps:
        if isinstance(step, str):
            return step
        bound, word = step
        if value < bound:
            return word
    raise AssertionError("a scale ends with a word")


def _party(view: View, chair: Chair) -> Facts:
    principal = view.dispute.principals[chair.principal]
    # To a reader who is only "a delegate", so is everybody else: the incentives-only control may
    # use neither of the two words that it leaves out.
    own = view.brief.role
    role = Role.DELEGATE if own is Role.DELEGATE else chair.role
    return {
        "seat": chair.seat,
        "role": role.value,
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
            event["commitment"] = _COMMITMENT_WORDS[move.commitment]
            event["package"] = _terms(move.package, _last_package(view, turn))
            event["position"] = _terms(move.position)
        told.append(event)
    return told


def offers_on_the_table(view: View, since: Sequence[Turn], *, in_full: bool) -> list[Facts]:
    """The standing offers; the terms of one that ``since`` has just told are not repeated.

    Each comes with its points by the delegate's own table: a delegate that cannot add would
    otherwise look like one that gives in. The sum of the points that the table shows, so that
    whoever does add finds the same.
    """
    points = points_of(view.brief, [offer.package for offer in view.standing])
    fresh = {t.offer for t in since if t.kind == "statement" and (in_full or t.seat != view.seat)}
    return [
        {
            "id": offer.id,
            "own": offer.by == view.seat,
            "by": f"`{offer.by}`",
            "commitment": _COMMITMENT_WORDS[offer.commitment],
            "accepted_by": [f"`{seat}`" for seat in offer.accepted_by],
            "package": [] if offer.id in fresh else _terms(offer.package),
            "points": shown(tenths),
        }
        for offer, tenths in zip(view.standing, points, strict=True)
    ]


def turn_facts(view: View) -> Facts:
    """Where in the talks the reader is, and what it may do now."""
    return {
        "round": view.round,
        "number": view.step,
        "after": [f"`{seat}`" for seat in view.order[view.order.index(view.seat) + 1 :]],
        "left": max(0, view.protocol.turns - view.step),
        "actions": [name for action, name in _ACTIONS if action in view.legal],
        "consultations": view.consultations_left,
    }


def outcome(view: View) -> Facts:
    """How the talks ended, read from the public record."""
    seats = {chair.seat for chair in view.chairs}
    for offer in view.standing:
        if {offer.by, *offer.accepted_by} == seats:
            commitment = _COMMITMENT_WORDS[offer.weakest]
            return {"kind": "deal", "offer": offer.id, "commitment": commitment}
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


def _last_package(view: View, turn: Turn) -> Mapping[str, str] | None:
    """The package that the speaker of ``turn`` had proposed before it, in the same round."""
    return next(
        (
            other.move.package
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
