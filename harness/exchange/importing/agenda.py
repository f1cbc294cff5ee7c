"""The scenario of a negotiation: named by it, held in it, or made from its issues and points."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from harness.disputes.scenario import CostMix, Issue, Joint, Option, Principal, Scenario, Seats
from harness.exchange.importing.base import BadNegotiationError
from harness.exchange.importing.negotiation import Negotiation, Party
from harness.exchange.importing.worth import Pair, Worth, scaled
from harness.records.spec import Points

MATTER = "matter"
AGREED, NOT_AGREED = "agreed", "not_agreed"
"""Issue and options of a negotiation of which only the words are known."""
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")
_UNVALUED = "Nobody told what any terms are worth to whom."
_LONGEST = 40


@dataclass(frozen=True)
class Agenda:
    """The scenario of a negotiation, and how the source's names are written in it.

    Attributes:
        scenario: As it is written, without any twin.
        principals: Party -> the principal that it acts for.
        options: Issue as the source calls it -> its option -> (issue, option) of the scenario.
        points: Party -> its scale in the source's points, where the source has one.
        valued: Whether the scenario's values are anybody's.
        known: Whether it has the source's own issues.
    """

    scenario: Scenario
    principals: Mapping[str, str]
    options: Mapping[str, Mapping[str, tuple[str, str]]]
    points: Mapping[str, Points] = field(default_factory=dict)
    valued: bool = True
    known: bool = True


Named = Callable[[str], Scenario]
"""Loads the scenario of a name that a negotiation refers to."""


def agenda_of(negotiation: Negotiation, named: Named, base: str) -> Agenda:
    """The agenda of a negotiation.

    Args:
        named: Loads a scenario by name.
        base: How the ids of scenarios begin that are made here; what follows tells their content,
            so that equal ones are one.

    Raises:
        BadNegotiationError: It contradicts itself, or lacks something.
    """
    if negotiation.scenario is not None:
        given = negotiation.scenario
        return _of_scenario(negotiation, named(given) if isinstance(given, str) else given)
    return _made(negotiation, base)


def _of_scenario(negotiation: Negotiation, scenario: Scenario) -> Agenda:
    if negotiation.issues is not None:
        raise BadNegotiationError("it names a scenario and issues; leave one of them out")
    principals = {}
    for name, party in negotiation.parties.items():
        principal = party.acts_for or name
        if principal not in scenario.principals:
            known = ", ".join(scenario.principals)
            raise BadNegotiationError(
                f"party {name!r} acts for {principal!r}, who is no principal of scenario "
                f"{scenario.id}; give 'acts_for': one of {known}"
            )
        if party.values is not None or party.joint:
            raise BadNegotiationError(
                f"party {name!r} has values, and so has the scenario; leave one of them out"
            )
        principals[name] = principal
    if len(set(principals.values())) < len(principals):
        raise BadNegotiationError("two parties act for the same principal of the scenario")
    try:
        points = {
            name: Points(zero=party.scale.zero, one=party.scale.one, unit=party.unit)
            for name, party in negotiation.parties.items()
            if party.scale is not None
        }
    except ValueError as error:
        raise BadNegotiationError("the scale of a party does not rise from zero to one") from error
    options = {
        issue.id: {option: (issue.id, option) for option in issue.option_ids()}
        for issue in scenario.issues
    }
    return Agenda(scenario, principals, options, points)


def _made(negotiation: Negotiation, base: str) -> Agenda:
    parties = negotiation.parties
    known = negotiation.issues is not None
    issues = {MATTER: (AGREED, NOT_AGREED)} if negotiation.issues is None else negotiation.issues
    for issue, ladder in issues.items():
        if len(set(ladder)) < len(ladder) or len(ladder) < 2:
            raise BadNegotiationError(f"issue {issue!r} needs two or more options, all different")
    worths = _worths(parties, issues, known)
    names = identifiers(issues, "issue")
    options = {
        issue: {
            label: (names[issue], option)
            for label, option in identifiers(ladder, names[issue]).items()
        }
        for issue, ladder in issues.items()
    }
    principals = identifiers(parties, "party")
    scenario = Scenario(
        id="unnamed",
        title=_text(negotiation.title or "An imported negotiation"),
        summary=_text(_summary(negotiation, valued=bool(worths))),
        principals={
            principals[name]: _principal(name, party, worths.get(name), options)
            for name, party in parties.items()
        },
        issues=tuple(
            Issue(
                id=names[issue],
                name=_text(issue),
                question=_text(f"{issue}?"),
                options=tuple(
                    Option(id=option, text=_text(label))
                    for label, (_, option) in options[issue].items()
                ),
            )
            for issue in issues
        ),
        seats=Seats(o=principals[next(iter(parties))], u=principals[list(parties)[1]]),
        author_notes="Made from a negotiation that was held elsewhere."
        + ("" if worths else " The values are placeholders: nobody told any."),
    )
    return Agenda(
        scenario=scenario.model_copy(update={"id": f"{base}-{_content(scenario)}"}),
        principals=principals,
        options=options,
        points={name: worth.points for name, worth in worths.items()},
        valued=bool(worths),
        known=known,
    )


def _worths(
    parties: Mapping[str, Party], issues: Mapping[str, tuple[str, ...]], known: bool
) -> dict[str, Worth]:
    """Party -> what terms are worth to it; of nobody where nobody says."""
    with_values = [
        name for name, party in parties.items() if party.values is not None or party.joint
    ]
    if any(party.scale is not None for party in parties.values()):
        raise BadNegotiationError("a scale belongs to a scenario; give 'values' instead")
    if not with_values:
        return {}
    if not known:
        raise BadNegotiationError(f"party {with_values[0]!r} has values, and there are no issues")
    worths = {}
    for name, party in parties.items():
        if party.values is None or party.reservation is None:
            lacks = "values" if party.values is None else "reservation"
            raise BadNegotiationError(
                f"party {name!r} lacks {lacks!r}: give both for every party, or neither for any"
            )
        try:
            worths[name] = scaled(party.values, issues, party.reservation, party.unit, party.joint)
        except BadNegotiationError as error:
            raise BadNegotiationError(f"party {name!r}: {error}") from None
    return worths


def _principal(
    name: str,
    party: Party,
    worth: Worth | None,
    options: Mapping[str, Mapping[str, tuple[str, str]]],
) -> Principal:
    called = party.name or name
    known = {issue: own for issue, own in options.items() if own}
    ids = {issue: next(iter(own.values()))[0] for issue, own in known.items()}
    if worth is None:
        weights = {ids[issue]: 1 / len(ids) for issue in ids}
        values = {
            ids[issue]: {option: at / (len(own) - 1) for at, (_, option) in enumerate(own.values())}
            for issue, own in known.items()
        }
    else:
        weights = {ids[issue]: weight for issue, weight in worth.weights.items()}
        values = {
            ids[issue]: {known[issue][label][1]: value for label, value in own.items()}
            for issue, own in worth.values.items()
        }
    pairs = () if worth is None else worth.joint
    return Principal(
        name=called,
        adjective=called,
        description=_text(called),
        reservation=0.0 if worth is None else worth.reservation,
        weights=weights,
        values=values,
        joint=tuple([_joint(pair, options) for pair in pairs]),
        costs={issue: CostMix(material=1, political=0, emotional=0) for issue in ids.values()},
    )


def _joint(pair: Pair, options: Mapping[str, Mapping[str, tuple[str, str]]]) -> Joint:
    first, second = (options[issue] for issue in pair.issues)
    ids = next(iter(first.values()))[0], next(iter(second.values()))[0]
    table = {
        first[a][1]: {second[b][1]: value for b, value in row.items()}
        for a, row in pair.values.items()
    }
    return Joint(issues=ids, weight=pair.weight, values=table)


def _summary(negotiation: Negotiation, *, valued: bool) -> str:
    names = " and ".join(party.name or name for name, party in negotiation.parties.items())
    said = f"A negotiation between {names}, held elsewhere."
    return said if valued else f"{said} {_UNVALUED}"


def _content(scenario: Scenario) -> str:
    """Ten hexadecimal digits that tell scenarios of different content apart."""
    return hashlib.sha256(scenario.model_dump_json(by_alias=True).encode()).hexdigest()[:10]


def _text(text: str) -> str:
    """Prose of a stranger's, in which a dollar is a dollar and no placeholder."""
    return text.strip().replace("$", "$$") or "?"


def identifiers(labels: Iterable[str], prefix: str) -> dict[str, str]:
    """A short lower-case name for each label, all different; the label itself where it is one.

    Args:
        prefix: Stands before what begins with no letter, as in ``food_3``.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for label in labels:
        folded = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
        name = _NOT_A_LETTER.sub("_", folded).strip("_")
        if not name or not name[0].isalpha():
            name = f"{prefix}_{name}" if name else prefix
        name = name[:_LONGEST].rstrip("_")
        number, whole = 2, name
        while name in taken:
            end = f"_{number}"
            name, number = f"{whole[: _LONGEST - len(end)]}{end}", number + 1
        taken.add(name)
        found[label] = name
    return found
