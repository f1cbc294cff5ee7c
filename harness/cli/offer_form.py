"""The form of a package at a terminal: issue by issue, with one's own points as one chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.cli.desk import Desk
    from harness.delegations.person import Form
    from harness.disputes.scenario import Package
    from harness.prompting.reader import Option, Topic

NEVER: Final = "red line"
KEEP: Final = "keep"
"""What leaves all further issues as they were."""
NONE: Final = "none"
"""What leaves an issue out of a position."""


def number(points: float) -> str:
    """Points as people write them."""
    return f"{points:g}"


def table(desk: Desk, form: Form) -> None:
    """The agenda with what every option is worth to the seat."""
    about = "about " if form.about else ""
    if form.no_deal is None:
        desk.print(f"What matters to {form.name}, the most important issue first:")
    else:
        desk.print(
            f"Points of every option, {about}100 for the best of all. No agreement is worth "
            f"{about}{number(form.no_deal)} to {form.name}."
        )
    for topic in form.topics:
        desk.print()
        desk.print(f"{topic.name} ({topic.id}; {topic.cost})")
        _options(desk, topic, None)


def _options(desk: Desk, topic: Topic, default: str | None) -> None:
    """The options of an issue, numbered; the one that Enter takes is marked."""
    names = max(len(option.id) for option in topic.options)
    worths = [_worth(option) for option in topic.options]
    wide = max(map(len, worths))
    for at, (option, worth) in enumerate(zip(topic.options, worths, strict=True), start=1):
        mark = "*" if option.id == default else " "
        head = f" {mark}{at:>2}. {option.id:<{names}}  {worth:>{wide}}  "
        if len(head) > desk.width // 2:
            desk.print(head.rstrip())
            desk.print(option.text, indent=" " * 6)
        else:
            desk.print(option.text, indent=head, after=" " * len(head))


def _worth(option: Option) -> str:
    worth = option.place if option.points is None else number(option.points)
    return f"{worth}, {NEVER}" if option.never else worth


def fill(desk: Desk, form: Form, start: Mapping[str, str], whose: str) -> Package:
    """A whole package, chosen issue by issue.

    Args:
        start: What Enter takes, issue by issue; empty for nothing.
        whose: What that is, in words.

    Raises:
        BackError: The person gives it up.
        PersonLeftError: The person ends the sitting.
    """
    package = dict(start)
    chosen: dict[str, str] = {}
    if start:
        desk.print(f"Enter takes what {whose} has; {KEEP} takes it for all that is left.")
    for at, topic in enumerate(form.topics, start=1):
        desk.print()
        desk.print(f"{at} of {len(form.topics)}. {topic.name}: {topic.question}")
        names = [option.id for option in topic.options]
        default = start.get(topic.id)
        _options(desk, topic, default)
        so_far = form.points(chosen)
        points = "" if so_far is None or not chosen else f"So far {number(so_far)} points. "
        hint = f", Enter for {names.index(default) + 1}" if default else ""
        again = [*names, KEEP] if start else names
        picked = desk.numbered(
            f"{points}Number{hint} > ", again, default=names.index(default) if default else None
        )
        if picked == len(names):
            break
        package[topic.id] = chosen[topic.id] = names[picked]
    return {topic.id: package[topic.id] for topic in sorted_as(form, package)}


def sorted_as(form: Form, package: Mapping[str, str]) -> list[Topic]:
    """The issues that ``package`` names."""
    return [topic for topic in form.topics if topic.id in package]


def some(desk: Desk, form: Form) -> Package | None:
    """Options that the person would want, of as many issues as it likes; None where of none.

    Raises:
        BackError, PersonLeftError: As for :func:`fill`.
    """
    wanted: dict[str, str] = {}
    desk.print("Name what you would want. Nobody can accept it. Enter leaves an issue out.")
    for topic in form.topics:
        desk.print()
        desk.print(f"{topic.name}: {topic.question}")
        _options(desk, topic, None)
        names = [*(option.id for option in topic.options), NONE]
        picked = desk.numbered("Number, or Enter for none > ", names, default=len(names) - 1)
        if picked < len(names) - 1:
            wanted[topic.id] = names[picked]
    return wanted or None


def summary(desk: Desk, form: Form, package: Mapping[str, str]) -> None:
    """A package in words, with its points beside those of no agreement."""
    for topic in sorted_as(form, package):
        option = next(one for one in topic.options if one.id == package[topic.id])
        mark = f" ({NEVER})" if option.never else ""
        desk.print(f"{topic.name}: {option.text}{mark}", indent="  ", after="    ")
    points = form.points(package)
    if points is not None and form.no_deal is not None:
        about = "about " if form.about else ""
        desk.print(
            f"Worth {about}{number(points)} points by your table; no agreement is worth "
            f"{about}{number(form.no_deal)}."
        )
