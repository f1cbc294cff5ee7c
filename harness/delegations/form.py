"""What a seat may put into a reply, and the schemas that ask for it.

The schemas keep to what all structured-output servers take, OpenAI's strict mode included: every
property required, nothing additional, unions by ``anyOf`` told apart by their first property, and
no bounds on lengths or numbers: numbers are listed, and bounds are checked by who reads the reply.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from harness.memo import once_per_object
from harness.records.moves import SECOND
from harness.records.spec import RULES
from harness.records.transcript import Action, Commitment
from harness.view import BINDINGNESS, Dispute, View

MAX_LISTED_OFFERS: Final = 64
"""With more possible offer numbers than this, the schema stops listing them: servers limit the
size of an enumeration."""
MOST_MARGIN: Final = 10
"""Of how much more one side gave than the other."""
MAX_LISTED_NUMBERS: Final = 500
"""With more possible numbers than this in a debrief, the schema stops listing them."""
EQUAL: Final = "equal"

Schema = dict[str, Any]
Fields = dict[str, Any]

_YES_OR_NO: Final[Schema] = {"type": "boolean"}


@dataclass(frozen=True)
class Form:
    """What one seat may put into a reply; the same for a whole dialogue, so that servers compile
    its schema once.

    Attributes:
        issues: Issue -> its options, in agenda order.
        seat: The seat that replies.
        others: The other seats.
        offers: Most offers a seat can make in a dialogue.
        may_consult: Whether there is a capital to ask, and anything to ask it.
        commitments: How far the seat's word may commit, from the most binding.
        sketches: Whether an explored sketch of its own may be accepted by the seat.
        side_terms: Whether a proposal may carry side terms.
        alternatives: Whether a proposal may hold a second package.
        settling: Whether single issues may be named as agreed.
        rules: Version of the rules of talks; by those of version 1, less is asked afterwards.
    """

    issues: Mapping[str, tuple[str, ...]]
    seat: str
    others: tuple[str, ...]
    offers: int
    may_consult: bool
    commitments: tuple[Commitment, ...] = BINDINGNESS
    sketches: bool = False
    side_terms: bool = False
    alternatives: bool = False
    settling: bool = False
    rules: int = RULES

    def __hash__(self) -> int:
        return hash((self.seat, self.others, self.offers, self.commitments, tuple(self.issues)))

    @classmethod
    def of(cls, view: View) -> Form:
        """The form of the seat that sees ``view``."""
        protocol = view.protocol
        return cls(
            issues=_options(view.dispute),
            seat=view.seat,
            others=tuple(chair.seat for chair in view.others()),
            offers=protocol.rounds * protocol.turns,
            may_consult=view.may_consult(),
            commitments=view.commitments,
            sketches=bool(protocol.sketches),
            side_terms=bool(protocol.side_terms),
            alternatives=bool(protocol.alternatives),
            settling=bool(protocol.settling),
            rules=view.rules,
        )

    def actions(self) -> tuple[Action, ...]:
        return tuple(a for a in Action if a is not Action.CONSULT or self.may_consult)

    def offer_numbers(self, *, own: bool) -> tuple[str, ...]:
        """Every number that a proposal on the table can have.

        They are those of the whole dialogue, and not of this turn: a schema that named the offers
        on the table would be another at every turn. Servers compile a schema and keep it, and some
        put it before the prompt, which then is not read from their cache either. So numbers can be
        written that are not on the table, and the table says why they cannot be answered
        (:mod:`harness.talks.answering`).

        Args:
            own: Those of the seat's own proposals as well. They can be accepted where explored
                sketches are played with, and nowhere else.
        """
        seats = (*self.others, self.seat) if own else self.others
        ends = ("", SECOND) if self.alternatives else ("",)
        numbers = range(1, self.offers + 1)
        return tuple(f"{seat}-{n}{end}" for seat in seats for n in numbers for end in ends)

    @cached_property
    def action_names(self) -> tuple[str, ...]:
        """The actions, as they stand in a reply."""
        return tuple(action.value for action in self.actions())


@once_per_object
def _options(dispute: Dispute) -> dict[str, tuple[str, ...]]:
    """Issue -> its options, in agenda order."""
    return {issue.id: issue.option_ids() for issue in dispute.issues}


def move_schema(form: Form) -> Schema:
    """JSON Schema of a move."""
    package = _object({i: _one_of(options) for i, options in form.issues.items()})
    wanted = _object({i: _or_null(_one_of(options)) for i, options in form.issues.items()})
    commitment = _one_of([c.value for c in form.commitments])
    more: Fields = {}
    if form.alternatives:
        more["or_package"] = _or_null(package)
    if form.side_terms:
        more["side_terms"] = _or_null({"type": "string"})
    agreed: Fields = {"agreed": _or_null(wanted)} if form.settling else {}
    accepted = _offer(form, own=form.sketches)
    parts: dict[Action, Fields] = {
        Action.PROPOSE: {"package": package, "commitment": commitment, **more, **agreed},
        Action.ACCEPT: {"offer": accepted, "commitment": commitment},
        Action.REJECT: {"offer": _offer(form, own=False), "position": _or_null(wanted), **agreed},
        Action.PASS: {"position": _or_null(wanted), **agreed},
        Action.WALK_OUT: {},
        Action.CONSULT: {"package": package},
    }
    moves = [_object({"action": _one_of([a.value]), **parts[a]}) for a in form.actions()]
    text = {"type": "string"}
    return _object({"private_thoughts": text, "move": {"anyOf": moves}, "public_words": text})


def _offer(form: Form, *, own: bool) -> Schema:
    numbers = form.offer_numbers(own=own)
    return _one_of(numbers) if len(numbers) <= MAX_LISTED_OFFERS else {"type": "string"}


def debrief_schema(form: Form) -> Schema:
    """JSON Schema of the answers after the talks."""
    # Numbers are listed, because most servers do not accept bounds. Without a bound, a small model
    # under a grammar writes digits without end.
    no_deal: Schema = {"type": "integer"}
    if len(form.others) * 101 <= MAX_LISTED_NUMBERS:
        no_deal = _number_of(list(range(101)))
    text: Schema = {"type": "string"}
    estimate: Fields = {"no_deal": no_deal, "top_issue": _one_of(list(form.issues))}
    # Two forms, so that nobody can say that both gave the same and one of them more.
    same = _object({"gave_more": _one_of([EQUAL]), "margin": _number_of([0])})
    more = _object(
        {
            "gave_more": _one_of([form.seat, *form.others]),
            "margin": _number_of(list(range(1, MOST_MARGIN + 1))),
        }
    )
    answers: Fields = {"balance": {"anyOf": [same, more]}}
    if form.rules > 1:
        estimate["learned"] = text
        who = _one_of([form.seat, *form.others, EQUAL])
        answers["terms"] = _or_null(_object({"favours": who, "own_could_sign": _YES_OR_NO}))
    answers["others"] = _object(dict.fromkeys(form.others, _object(estimate)))
    return _object({**answers, "words": text})


def caucus_schema() -> Schema:
    """JSON Schema of a member's advice."""
    return _object({"advice": {"type": "string"}})


def _object(properties: Fields) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _number_of(values: list[int]) -> Schema:
    return {"type": "integer", "enum": values}


def _one_of(values: tuple[str, ...] | list[str]) -> Schema:
    return {"type": "string", "enum": list(values)}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}
