"""JobInterview: a recruiter and a worker settle five issues of a job (Yamaguchi et al. 2021).

One JSON object a line: what each option is worth to both, what was said, and every offer, all with
their times. What a position is worth depends on the company: that value belongs to both together
(``joint``), and the company has one of its own besides. docs/import.md says what is taken from a
file and what is not told there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from harness.disputes.parts import MAX_OPTIONS_RECORDED
from harness.exchange.importing.base import BadNegotiationError, Imported, problem
from harness.exchange.importing.files import (
    json_lines,
    negotiation_of,
    words_of,
)

WHAT: Final = "a file of JobInterview, one negotiation a line"
SOURCE: Final = "JobInterview (Yamaguchi et al. 2021)"
Role = Literal["recruiter", "worker"]
_ROLES: Final[tuple[Role, ...]] = get_args(Role)
WANTS_MORE: Final = "worker"
"""Who wants numbers to be large: pay and days off are the worker's to get. The other one wants them
small. The file does not say so; by this reading it gives the published figures."""
COMPLETED: Final = "completed"
_Weight = Annotated[float, Field(ge=0, le=1)]
_Label = Annotated[str, Field(min_length=1, max_length=200)]


class _Source(BaseModel):
    """What stands in the file. Fields that are not read here are left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class _Option(_Source):
    """An option of one issue (``name``), or a pair of options of two (``names``)."""

    name: _Label | None = None
    names: dict[_Label, _Label] | None = None
    weight: _Weight


class _Issue(_Source):
    """An issue with what it is worth to one side: by its number, or by its options."""

    name: _Label
    type: Literal["INTEGER", "DISCRETE"]
    weight: _Weight
    min: int | None = None
    max: int | None = None
    options: tuple[_Option, ...] = Field(default=(), max_length=MAX_OPTIONS_RECORDED)
    related_to: _Label | None = Field(default=None, alias="relatedTo")


class _Text(_Source):
    role: Role
    text: str
    t: AwareDatetime


class _Offer(_Source):
    role: Role
    offer: dict[_Label, int | _Label]
    accepted: bool
    t: AwareDatetime


class _Line(_Source):
    id: int | _Label
    status: str = Field(max_length=200)
    utilities: dict[Role, tuple[_Issue, ...]]
    turns: tuple[_Text, ...]
    offers: tuple[_Offer, ...]


class JobInterview:
    """Reads JobInterview. Implements :class:`~harness.exchange.importing.base.Importer`."""

    name = "jobinterview"
    title = "JobInterview, one negotiation a line"

    def read(self, path: Path) -> Iterator[Imported]:
        """See :class:`~harness.exchange.importing.base.Importer`."""
        for told in json_lines(path, WHAT):
            if isinstance(told, Imported):
                yield told
                continue
            where, found = told
            if not isinstance(found, dict):
                yield problem(where, "no JSON object, and so no negotiation")
                continue
            try:
                given = _negotiation(_Line.model_validate(found))
            except ValidationError as error:
                yield problem(where, words_of(error, _Line))
            except BadNegotiationError as error:
                yield problem(where, str(error))
            else:
                yield negotiation_of(given, where)


def _negotiation(line: _Line) -> dict[str, Any]:
    """A line in the neutral form, as plain values."""
    agendas = [_issues(line.utilities.get(role, ()), role) for role in _ROLES]
    if agendas[0] != agendas[1]:
        raise BadNegotiationError("the two sides have different issues or options")
    turns, outcome = _course(line)
    return {
        "id": str(line.id),
        "title": "A job interview",
        "source": SOURCE,
        "parties": {
            role: {"name": role.capitalize(), "model": "person", **_worth(role, line)}
            for role in _ROLES
        },
        "issues": agendas[0],
        "turns": turns,
        "outcome": outcome,
    }


def _issues(own: Sequence[_Issue], role: str) -> dict[str, list[str]]:
    """Issue -> its options, in the order of the file; numbers from the least."""
    found = dict[str, list[str]]()
    for issue in own:
        if issue.name in found:
            raise BadNegotiationError(f"the {role} has {issue.name!r} twice")
        found[issue.name] = _ladder(issue, role)
    if not found:
        raise BadNegotiationError(f"the utilities of the {role} are missing")
    return found


def _ladder(issue: _Issue, role: str) -> list[str]:
    if issue.type == "INTEGER":
        if issue.min is None or issue.max is None or issue.max <= issue.min:
            raise BadNegotiationError(f"{issue.name!r} of the {role} needs 'min' below 'max'")
        if issue.max - issue.min >= MAX_OPTIONS_RECORDED:
            raise BadNegotiationError(
                f"{issue.name!r} of the {role} has more than {MAX_OPTIONS_RECORDED} numbers"
            )
        return [str(number) for number in range(issue.min, issue.max + 1)]
    if issue.related_to is None:
        return [_name(option, issue) for option in issue.options]
    return list(dict.fromkeys(_names(option, issue)[0] for option in issue.options))


def _name(option: _Option, issue: _Issue) -> str:
    if option.name is None:
        raise BadNegotiationError(f"an option of {issue.name!r} has no 'name'")
    return option.name


def _names(option: _Option, issue: _Issue) -> tuple[str, str]:
    """The options of a pair: of the issue itself, and of the one that it is related to."""
    names, other = option.names or {}, issue.related_to or ""
    if names.keys() != {issue.name, other}:
        raise BadNegotiationError(
            f"'names' of {issue.name!r} must have an option of {issue.name!r} and of {other!r}"
        )
    return names[issue.name], names[other]


def _worth(role: Role, line: _Line) -> dict[str, Any]:
    """What terms are worth to a side: the weight of an issue times the value of its option."""
    values, joint = dict[str, dict[str, float]](), list[dict[str, Any]]()
    for issue in line.utilities[role]:
        if issue.related_to is not None:
            table = dict[str, dict[str, float]]()
            for option in issue.options:
                one, other = _names(option, issue)
                row = table.setdefault(one, {})
                if other in row:
                    raise BadNegotiationError(f"{issue.name!r} has {one!r} with {other!r} twice")
                row[other] = issue.weight * option.weight
            joint.append({"issues": [issue.name, issue.related_to], "values": table})
        elif issue.type == "DISCRETE":
            each = {_name(option, issue): option.weight for option in issue.options}
            values[issue.name] = {name: issue.weight * value for name, value in each.items()}
        else:
            ladder = _ladder(issue, role)
            steps = [at / (len(ladder) - 1) for at in range(len(ladder))]
            rising = steps if role == WANTS_MORE else steps[::-1]
            values[issue.name] = {
                name: issue.weight * value for name, value in zip(ladder, rising, strict=True)
            }
    return {"values": values, "joint": joint, "reservation": 0, "unit": "utility"}


def _course(line: _Line) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Words and offers by their times, the acceptance, and the outcome.

    The file does not say when an offer was accepted. The acceptance stands at the end.
    """
    timed: list[_Text | _Offer] = [*line.turns, *line.offers]
    timed.sort(key=lambda one: one.t)
    turns, accepted = list[dict[str, Any]](), list[tuple[str, Role]]()
    for number, one in enumerate(timed):
        if isinstance(one, _Text):
            turns.append({"who": one.role, "text": one.text, "action": "say"})
            continue
        name = f"offer-{number + 1}"
        turns.append({"who": one.role, "offer": one.offer, "offer_id": name, "action": "propose"})
        if one.accepted:
            accepted.append((name, one.role))
    if len(accepted) > 1:
        raise BadNegotiationError(f"{len(accepted)} offers were accepted")
    if accepted:
        ((name, by),) = accepted
        other = next(role for role in _ROLES if role != by)
        return [*turns, {"who": other, "accepts": name}], {"kind": "deal"}
    if line.status == COMPLETED:
        raise BadNegotiationError("it is completed, and no offer was accepted")
    return turns, {"kind": "unknown", "reason": f"status {line.status!r}"}
