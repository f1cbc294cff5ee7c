"""What a model must return, and the strict reading of what it did return.

A reply is one JSON object, alone or in one fenced block with prose around it. It is read exactly
or not at all: nothing is guessed, completed, snapped to the nearest option or taken from prose,
because a misread reply would become a move that the model did not make. What cannot be read is
:class:`Unusable`, with a message that says what to return instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from harness.asking.jsonreply import UnreadableError, only_object
from harness.asking.usable import Unusable
from harness.delegations.form import EQUAL, MOST_MARGIN, Fields, Form
from harness.disputes.scenario import Package
from harness.records.moves import MAX_SIDE_TERMS
from harness.records.transcript import Action, Commitment, Debrief, Move

MAX_WORDS: Final = 6000
"""Longest statement or advice, in characters; the rules of the table hold the same."""
MAX_THOUGHTS: Final = 50_000
"""Longest private thoughts, in characters."""
MAX_FAULTS: Final = 3
"""Most options that one complaint names as being none; asking again costs a prompt."""

_COMMITMENTS: Final = tuple(commitment.value for commitment in Commitment)

_T = TypeVar("_T")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_OFFER = re.compile(r"(?P<seat>[a-z][a-z0-9]*)-(?P<number>[1-9][0-9]{0,5})(?P<second>b?)")


# --- reading -----------------------------------------------------------------------------------


def parse_move(text: str, form: Form) -> Move | Unusable:
    """The move in a reply, or why there is none.

    A position may leave issues out or give them as null, and what a proposal may hold besides its
    package may be left out or null; everything else must be there, nothing may be added. Whether
    the move is allowed *now* is for the rules of the table to say. Words given with a consultation
    are not said at the table, so they are no part of the move.
    """
    return _read(text, lambda fields: _move(fields, form))


def parse_debrief(text: str, form: Form, *, agreed: bool) -> Debrief | Unusable:
    """The answers after the talks, or why there are none. ``no_deal`` is read as out of 100.

    Args:
        agreed: Whether the talks ended in an agreement, which ``terms`` is then about.
    """
    return _read(text, lambda fields: _debrief(fields, form, agreed))


def parse_caucus(text: str) -> str | Unusable:
    """A member's advice, or why there is none."""
    return _read(text, _advice)


def _read(text: str, build: Callable[[Fields], _T]) -> _T | Unusable:
    try:
        return build(only_object(text))
    except UnreadableError as error:
        return Unusable(str(error))


def _move(fields: Fields, form: Form) -> Move:
    _exactly(fields, ("private_thoughts", "move", "public_words"), "The answer")
    thoughts = _text(fields["private_thoughts"], "private_thoughts", MAX_THOUGHTS)
    words = _text(fields["public_words"], "public_words", MAX_WORDS)
    move = fields["move"]
    if not isinstance(move, dict):
        raise UnreadableError(f"'move' must be an object with an 'action', not {_shown(move)}.")
    action = Action(_choice(move, "action", form.action_names, "'move'"))
    if action is Action.CONSULT:
        _exactly(move, ("action", "package"), "A 'consult' move")
        return Move(action=action, package=_package(move["package"], form), thoughts=thoughts)
    if not words:
        raise UnreadableError("'public_words' is empty. Say at the table what you mean to say.")
    return Move(action=action, words=words, thoughts=thoughts, **_public_move(action, move, form))


def _public_move(action: Action, move: Fields, form: Form) -> Fields:
    """What the move holds beside its action, each part in the type of its field."""
    match action:
        case Action.PROPOSE:
            more = _extras(form)
            _exactly(move, ("action", "package", "commitment", *more), "A 'propose' move", more)
            package = _package(move["package"], form)
            return {
                "package": package,
                "commitment": _commitment(move),
                "or_package": _second(move.get("or_package"), form),
                "side_terms": _side_terms(move.get("side_terms")),
                "agreed": _position(move.get("agreed"), form, "agreed"),
            }
        case Action.ACCEPT:
            _exactly(move, ("action", "offer", "commitment"), "An 'accept' move")
            offer = _offer(move["offer"], form, own=form.sketches)
            return {"offer": offer, "commitment": _commitment(move)}
        case Action.REJECT:
            names = ("position", *_agreed(form))
            _exactly(move, ("action", "offer", *names), "A 'reject' move", names)
            return {"offer": _offer(move["offer"], form), **_positions(move, form)}
        case Action.PASS:
            names = ("position", *_agreed(form))
            _exactly(move, ("action", *names), "A 'pass' move", names)
            return _positions(move, form)
        case Action.WALK_OUT:
            _exactly(move, ("action",), "A 'walk_out' move")
            return {}
        case Action.CONSULT:
            raise AssertionError("a consultation is not public")


def _extras(form: Form) -> tuple[str, ...]:
    """What a proposal may hold besides its package and its commitment."""
    second = ("or_package",) if form.alternatives else ()
    return (*second, *(("side_terms",) if form.side_terms else ()), *_agreed(form))


def _agreed(form: Form) -> tuple[str, ...]:
    return ("agreed",) if form.settling else ()


def _package(value: object, form: Form, name: str = "package") -> Package:
    if not isinstance(value, dict):
        raise UnreadableError(f"{name!r} must give an option for every issue, not {_shown(value)}.")
    what = f"The {name}"
    _exactly(value, tuple(form.issues), what)
    return _choices(value, form.issues, what)


def _second(value: object, form: Form) -> Package | None:
    return None if value is None else _package(value, form, "or_package")


def _side_terms(value: object) -> str | None:
    """Side terms in words; none where they are null or blank."""
    return None if value is None else _text(value, "side_terms", MAX_SIDE_TERMS) or None


def _positions(move: Fields, form: Form) -> Fields:
    return {name: _position(move.get(name), form, name) for name in ("position", "agreed")}


def _position(value: object, form: Form, name: str) -> Package | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise UnreadableError(f"{name!r} must be null or an object of issues, not {_shown(value)}.")
    what = f"The {name}"
    _exactly(value, tuple(form.issues), what, tuple(form.issues))
    stated = {i: options for i, options in form.issues.items() if value.get(i) is not None}
    return _choices(value, stated, what) or None


def _commitment(move: Fields) -> Commitment:
    return Commitment(_choice(move, "commitment", _COMMITMENTS, "The move"))


def _offer(value: object, form: Form, *, own: bool = False) -> str:
    match = _OFFER.fullmatch(value) if isinstance(value, str) else None
    seats = (*form.others, form.seat) if own else form.others
    if (
        match
        and match["seat"] in seats
        and int(match["number"]) <= form.offers
        and (form.alternatives or not match["second"])
    ):
        return match[0]
    example = f"{form.others[0]}-1" if form.others else "none"
    raise UnreadableError(
        f"'offer' must be the number of another delegation's proposal on the table, such as "
        f"{example!r}, not {_shown(value)}."
    )


def _debrief(fields: Fields, form: Form, agreed: bool) -> Debrief:
    later = ("terms",) if form.rules > 1 else ()
    if "balance" in fields:
        _exactly(fields, ("balance", *later, "others", "words"), "The answer")
        balance, where = _object(fields["balance"], "balance"), "'balance'"
        _exactly(balance, ("gave_more", "margin"), where)
    else:  # side by side, as it was asked for before, and as many a model writes it
        _exactly(fields, ("gave_more", "margin", *later, "others", "words"), "The answer")
        balance, where = fields, "The answer"
    who = _choice(balance, "gave_more", [form.seat, *form.others, EQUAL], where)
    margin = _number(balance["margin"], "margin", MOST_MARGIN)
    if (who == EQUAL) != (margin == 0):
        raise UnreadableError(
            f"'gave_more' is {who!r} but 'margin' is {margin:g}: the margin is 0 with "
            f"{EQUAL!r}, and only then."
        )
    favours, signs = _on_terms(fields["terms"], form, agreed) if later else (None, None)
    words = _text(fields["words"], "words", MAX_WORDS)
    reservations, top_issues, learned = _on_others(fields["others"], form)
    return Debrief(
        gave_more=who,
        margin=margin,
        reservations=reservations,
        top_issues=top_issues,
        favours=favours,
        own_could_sign=signs,
        learned=learned,
        words=words,
    )


def _on_terms(value: object, form: Form, agreed: bool) -> tuple[str | None, bool | None]:
    """Whom the terms favour, and whether one's own side could sign them; None without a deal."""
    if not agreed:
        if value is not None:
            raise UnreadableError("'terms' must be null: the talks ended without an agreement.")
        return None, None
    terms = _object(value, "terms")
    _exactly(terms, ("favours", "own_could_sign"), "'terms'")
    signs = terms["own_could_sign"]
    if not isinstance(signs, bool):
        raise UnreadableError(f"'own_could_sign' must be true or false, not {_shown(signs)}.")
    return _choice(terms, "favours", [form.seat, *form.others, EQUAL], "'terms'"), signs


def _on_others(
    value: object, form: Form
) -> tuple[dict[str, float], dict[str, str], dict[str, str]]:
    """Per other seat: its value of no deal out of 1, its top issue, what was learned of it."""
    others = _object(value, "others")
    _exactly(others, form.others, "'others'")
    later = ("learned",) if form.rules > 1 else ()
    reservations, top_issues, learned = {}, {}, {}
    for seat in form.others:
        where = f"'others.{seat}'"
        estimate = _object(others[seat], f"others.{seat}")
        _exactly(estimate, ("no_deal", "top_issue", *later), where)
        reservations[seat] = _number(estimate["no_deal"], "no_deal", 100) / 100
        top_issues[seat] = _choice(estimate, "top_issue", list(form.issues), where)
        if later:
            learned[seat] = _text(estimate["learned"], "learned", MAX_WORDS)
            if not learned[seat]:
                raise UnreadableError("'learned' is empty. Write 'nothing' if it is nothing.")
    return reservations, top_issues, learned


def _object(value: object, name: str) -> Fields:
    if not isinstance(value, dict):
        raise UnreadableError(f"'{name}' must be an object, not {_shown(value)}.")
    return value


def _advice(fields: Fields) -> str:
    _exactly(fields, ("advice",), "The answer")
    advice = _text(fields["advice"], "advice", MAX_WORDS)
    if not advice:
        raise UnreadableError("'advice' is empty. Say what you advise.")
    return advice


# --- checks ------------------------------------------------------------------------------------


def _exactly(
    fields: Fields, names: tuple[str, ...], what: str, optional: tuple[str, ...] = ()
) -> None:
    missing = [name for name in names if name not in fields and name not in optional]
    extra = [name for name in fields if name not in names]
    if missing or extra:  # a misnamed field is both
        faults = [f"lacks {_listed(missing)}"] if missing else []
        faults += [f"must not have {', '.join(map(_shown, extra[:3]))}"] if extra else []
        has = "must have" if missing else "has only"
        raise UnreadableError(f"{what} {' and '.join(faults)}. It {has} {_listed(names)}.")


def _choice(fields: Fields, name: str, allowed: tuple[str, ...] | list[str], what: str) -> str:
    if name not in fields:
        raise UnreadableError(f"{what} lacks {name!r}. It must be one of {_listed(allowed)}.")
    value = fields[name]
    if isinstance(value, str) and value in allowed:
        return allowed[allowed.index(value)]  # ours, shared by all replies, and not the reply's own
    # No "did you mean": the nearest name may be the other side's position, and would suggest it.
    raise UnreadableError(f"{name!r} must be one of {_listed(allowed)}, not {_shown(value)}.")


def _choices(fields: Fields, names: Mapping[str, tuple[str, ...]], what: str) -> Package:
    chosen, faults = {}, list[str]()
    for name, options in names.items():
        try:
            chosen[name] = _choice(fields, name, options, what)
        except UnreadableError as error:
            faults.append(str(error))
    if faults:
        raise UnreadableError(" ".join(faults[:MAX_FAULTS]))
    return chosen


def _text(value: object, name: str, limit: int) -> str:
    if not isinstance(value, str):
        raise UnreadableError(f"{name!r} must be a string, not {_shown(value)}.")
    if len(value) > limit:
        raise UnreadableError(f"{name!r} has {len(value)} characters; the limit is {limit}.")
    if _CONTROL.search(value):
        raise UnreadableError(f"{name!r} holds control characters. Write plain text.")
    return value.strip()


def _number(value: object, name: str, highest: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= highest:
        raise UnreadableError(
            f"{name!r} must be a number from 0 to {highest:g}, not {_shown(value)}."
        )
    return float(value)


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(map(repr, names))


def _shown(value: object) -> str:
    """A value in a complaint: short, and never the inside of an object."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "null"
    if isinstance(value, str) and len(value) > 60:
        return f"{value[:60]!r}..."
    return repr(value) if not isinstance(value, int) or abs(value) < 10**12 else "that number"
