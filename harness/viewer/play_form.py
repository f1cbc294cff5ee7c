"""Reads what a person fills in on the page of a sitting: a move, advice, or the closing answers.

What a form asks for comes from the table; what is filled in comes from a browser, and is held
against it here. Whatever is missing or cannot be meant is named, all of it at once, and makes no
move. The table holds every move against its own rules besides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, Protocol

from harness.disputes.scenario import Package
from harness.records.moves import MAX_SIDE_TERMS
from harness.records.transcript import Action, Commitment, Debrief, Move

MAX_WORDS: Final = 6000
"""Longest statement, in characters; the rules of the table hold the same."""
NOTHING: Final = ""
"""What leaves an issue out of a position."""
EQUAL: Final = "equal"
PACKAGE: Final = "first"
SECOND: Final = "second"
SHOWN: Final = "shown"
POSITION: Final = "wanted"
"""Starts of the names of fields: ``first.ISSUE`` holds the option of a package, and ``shown.ISSUE``
what the second package was shown with at first."""

Fields = Mapping[str, str]
"""Name of a field -> what was filled in; spaces around it do not count."""


class Option(Protocol):
    """One way to settle an issue."""

    @property
    def id(self) -> str: ...


class Topic(Protocol):
    """An issue of the agenda."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def options(self) -> Sequence[Option]: ...


class OnTable(Protocol):
    """A proposal on the table."""

    @property
    def id(self) -> str: ...
    @property
    def accept(self) -> bool: ...
    @property
    def reject(self) -> bool: ...
    @property
    def own(self) -> bool: ...
    @property
    def package(self) -> Package: ...


class Form(Protocol):
    """What every question comes with."""

    @property
    def seat(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def others(self) -> Mapping[str, str]: ...
    @property
    def topics(self) -> Sequence[Topic]: ...
    def points(self, package: Mapping[str, str]) -> float | None:
        """What a package, or a part of one, is worth by the seat's own table."""


class MoveForm(Form, Protocol):
    """Asks for a move."""

    @property
    def actions(self) -> Collection[Action]: ...
    @property
    def standing(self) -> Sequence[OnTable]: ...
    @property
    def commitments(self) -> Sequence[tuple[Commitment, str]]: ...
    @property
    def last(self) -> Package | None: ...
    @property
    def opening(self) -> Package | None: ...
    @property
    def alternatives(self) -> bool: ...
    @property
    def side_terms(self) -> bool: ...


class DebriefForm(Form, Protocol):
    """Asks the private questions after the talks."""

    @property
    def agreed(self) -> bool: ...


class Unclear(Exception):  # noqa: N818 - it is no failure: it is asked again
    """What was filled in makes no move.

    Attributes:
        problems: What is missing or cannot be meant, in a sentence each.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(self.problems))


def start_of(form: MoveForm, wanted: str | None = None) -> tuple[Package, str]:
    """The package that a form begins with, and whose it is, in words.

    Args:
        wanted: Id of the proposal to start from; one that is not on the table is passed over.
    """
    for offer in form.standing:
        if offer.id == wanted:
            return dict(offer.package), offer.id
    if form.last is not None:
        return dict(form.last), "your last package"
    if form.opening is not None:
        return dict(form.opening), f"the public opening position of {form.name}"
    theirs = [offer for offer in form.standing if not offer.own]
    return (dict(theirs[-1].package), theirs[-1].id) if theirs else ({}, "nothing")


def chosen_in(fields: Fields, form: Form, kind: str) -> Package:
    """The options that are chosen, of whichever issues; what is no option is left out."""
    return {
        topic.id: value
        for topic in form.topics
        if (value := fields.get(f"{kind}.{topic.id}", NOTHING)) in {o.id for o in topic.options}
    }


def section_of(action: str, offer: str = "") -> str:
    """What stands before the names of the fields that belong to one move of the form: words that
    are written for a move stay with it when another button is pressed."""
    if action in (Action.ACCEPT, Action.REJECT):
        return f"{action}-{offer}"
    return action if action in (Action.PASS, Action.WALK_OUT) else Action.PROPOSE.value


def drafted(fields: Fields, section: str) -> dict[str, str]:
    """What was filled in for one move, by its bare names."""
    start = f"{section}."
    return {
        name.removeprefix(start): value for name, value in fields.items() if name.startswith(start)
    }


def sent_in(fields: Fields) -> dict[str, str]:
    """What was filled in for the move whose button was pressed: ``accept o-1`` or ``pass``."""
    action, _, offer = fields.get("action", "").partition(" ")
    own = drafted(fields, section_of(action, offer))
    return {**fields, **own, "action": action, "offer": offer}


def read_move(fields: Fields, form: MoveForm) -> Move:
    """The move that was filled in.

    Args:
        fields: Of :func:`sent_in`.
        form: That was filled in.

    Raises:
        Unclear: It is none.
    """
    problems: list[str] = []
    action = next((one for one in Action if one.value == fields.get("action")), None)
    if action is None:
        raise Unclear(["The form does not say what you do."])
    if action not in form.actions:
        may = ", ".join(one.value.replace("_", " ") for one in Action if one in form.actions)
        raise Unclear([f"You cannot {action.value.replace('_', ' ')} now. You may: {may}."])
    package = second = position = offer = side = None
    if action in (Action.PROPOSE, Action.CONSULT):
        package = _package(fields, form, PACKAGE, problems)
    if action is Action.PROPOSE:
        second = _second(fields, form, package, problems)
        side = _side_terms(fields, form, problems)
    if action in (Action.ACCEPT, Action.REJECT):
        offer = _offer(fields, form, action, problems)
    if action in (Action.PASS, Action.REJECT):
        position = chosen_in(fields, form, POSITION) or None
        _hold_options(fields, form, POSITION, problems)
    if action is Action.WALK_OUT and fields.get("sure") != "yes":
        problems.append("Tick that you mean to leave the table: it ends the talks.")
    words = "" if action is Action.CONSULT else _words(fields, problems)
    word = Commitment.AD_REFERENDUM  # what a move holds that commits to nothing
    if action in (Action.PROPOSE, Action.ACCEPT):
        word = _commitment(fields, form, problems)
    if problems:
        raise Unclear(problems)
    return Move(
        action=action,
        package=package,
        or_package=second,
        position=position,
        offer=offer,
        side_terms=side,
        commitment=word,
        words=words,
    )


def read_advice(fields: Fields) -> str:
    """The advice of a member of the delegation.

    Raises:
        Unclear: There is none, or it is too long.
    """
    problems: list[str] = []
    words = _words(fields, problems, needed="Write what is advised.")
    if problems:
        raise Unclear(problems)
    return words


def read_debrief(fields: Fields, form: DebriefForm) -> Debrief:
    """The answers after the talks.

    Raises:
        Unclear: One is missing, or out of its range.
    """
    problems: list[str] = []
    sides = (form.seat, *form.others, EQUAL)
    gave = _one_of(fields, "gave_more", sides, "Say which side gave up more.", problems)
    margin = 0
    if gave in (form.seat, *form.others):
        margin = _number(fields, "margin", 1, 10, "how much more it gave up", problems)
    favours, signs = None, None
    if form.agreed:
        favours = _one_of(fields, "favours", sides, "Say whom the agreement favours.", problems)
        said = _one_of(
            fields,
            "signs",
            ("yes", "no"),
            f"Say whether the leadership of {form.name} could sign it.",
            problems,
        )
        signs = said == "yes"
    limits, issues, learned = {}, {}, {}
    topics = tuple(topic.id for topic in form.topics)
    for seat, name in form.others.items():
        limit = _number(
            fields, f"limit.{seat}", 0, 100, f"what no agreement was worth to {name}", problems
        )
        limits[seat] = limit / 100
        issues[seat] = _one_of(
            fields, f"issue.{seat}", topics, f"Say what mattered most to {name}.", problems
        )
        learned[seat] = _text(fields, f"learned.{seat}", MAX_WORDS, problems) or "nothing"
    words = _text(fields, "words", MAX_WORDS, problems)
    if problems:
        raise Unclear(problems)
    return Debrief(
        gave_more=gave,
        margin=float(margin),
        favours=favours,
        own_could_sign=signs,
        reservations=limits,
        top_issues=issues,
        learned=learned,
        words=words,
    )


# --- parts ---------------------------------------------------------------------------------------


def _package(fields: Fields, form: Form, kind: str, problems: list[str]) -> Package:
    """A whole package; an issue without an option is named."""
    _hold_options(fields, form, kind, problems)
    package = chosen_in(fields, form, kind)
    missing = [topic.name for topic in form.topics if not fields.get(f"{kind}.{topic.id}")]
    if missing:
        which = "second package" if kind == SECOND else "package"
        problems.append(f"The {which} leaves open: {'; '.join(missing)}.")
    return package


def _hold_options(fields: Fields, form: Form, kind: str, problems: list[str]) -> None:
    for topic in form.topics:
        value = fields.get(f"{kind}.{topic.id}", NOTHING)
        if value and value not in {option.id for option in topic.options}:
            problems.append(f"{topic.name}: {value[:40]!r} is none of its options.")


def _second(
    fields: Fields, form: MoveForm, first: Package | None, problems: list[str]
) -> Package | None:
    if not form.alternatives:
        return None
    if fields.get("either") != "yes":
        if chosen_in(fields, form, SECOND) != chosen_in(fields, form, SHOWN):
            problems.append(
                "A second package was chosen, and is not ticked. Tick it, or set it back."
            )
        return None
    second = _package(fields, form, SECOND, problems)
    if second == first:
        problems.append("The second package is the same as the first. Change it, or untick it.")
    return second


def _side_terms(fields: Fields, form: MoveForm, problems: list[str]) -> str | None:
    if not form.side_terms:
        return None
    return _text(fields, "side_terms", MAX_SIDE_TERMS, problems, what="side terms") or None


def _offer(fields: Fields, form: MoveForm, action: Action, problems: list[str]) -> str | None:
    offer = fields.get("offer", "")
    accepts = action is Action.ACCEPT
    can = [one.id for one in form.standing if (one.accept if accepts else one.reject)]
    if offer in can:
        return offer
    problems.append(f"{offer[:40]!r} is not among what you can {action.value}: {', '.join(can)}.")
    return None


def _commitment(fields: Fields, form: MoveForm, problems: list[str]) -> Commitment:
    """How far the word commits; the only word there is goes without saying."""
    words = [word for word, _ in form.commitments]
    if len(words) == 1:
        return words[0]
    found = next((word for word in words if word.value == fields.get("commitment")), None)
    if found is None:
        problems.append("Say how far your word goes.")
        return words[-1]
    return found


def _words(
    fields: Fields, problems: list[str], needed: str = "Say at the table what you mean to say."
) -> str:
    text = _text(fields, "words", MAX_WORDS, problems)
    if not text:
        problems.append(needed)
    return text


def _text(fields: Fields, name: str, most: int, problems: list[str], what: str = "words") -> str:
    """What was written, with newlines as records have them."""
    text = fields.get(name, "").replace("\r\n", "\n").strip()
    if len(text) > most:
        problems.append(f"Your {what} have {len(text):,} characters; the most is {most:,}.")
    return text


def _one_of(
    fields: Fields, name: str, known: Sequence[str], needed: str, problems: list[str]
) -> str:
    value = fields.get(name, "")
    if value in known:
        return value
    problems.append(needed)
    return ""


def _number(
    fields: Fields, name: str, least: int, most: int, what: str, problems: list[str]
) -> int:
    text = fields.get(name, "")
    if text.isascii() and text.isdigit() and len(text) < 9 and least <= int(text) <= most:
        return int(text)
    problems.append(f"Say {what}: a whole number from {least} to {most}.")
    return least
