"""The questions that a model is asked as a reader: how they are drawn, put, and read.

The order of parties, of issues, and the end from which the options of an issue are named are drawn
by seed and reader. They are the same for one reader before and after, so that the pair differs by
what was read alone; over readers and seeds they are balanced. So are the questions that check:
whether the reader finds in the public text what stands there, and whether it gives the same cost
twice. What an article advises is what its author has said that it does; where the words say another
thing, a reader fails that check through no fault of its own. A check that fails is counted, and
drops nobody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from harness.asking.answer import MadeCall
from harness.asking.conversation import AskedModel
from harness.asking.faults import Faults
from harness.asking.form import Form
from harness.asking.jsonreply import UnreadableError, only_object
from harness.disputes.scenario import Package
from harness.prompting.readership import (
    NOT_SAID,
    Party,
    Sheet,
    ShownArticle,
    Who,
    readership_prompts,
)
from harness.records.readership import (
    APART,
    ATTENTION,
    CONSISTENCY,
    READ_IT,
    READERSHIP,
    Values,
    When,
)
from harness.seeds import derive, stream
from harness.view import Dispute

MOST: Final = 100
"""What an option costs at most."""
_NO_NAME: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Reply:
    """What came back; an answer as :class:`~harness.asking.answer.AnyAnswer` says."""

    values: Values = field(default_factory=dict)
    settlement: Package = field(default_factory=dict)
    checks: Mapping[str, bool] = field(default_factory=dict)
    problem: str | None = None
    hint: str | None = None
    calls: Sequence[MadeCall] = ()


def sheet_of(
    dispute: Dispute,
    principals: tuple[str, str],
    seed: int,
    reader: str,
    plan: Mapping[str, str | None] | None = None,
) -> Sheet:
    """What a reader is asked.

    Args:
        principals: Of seat u, and of seat o.
        seed: Of the reading; the same before and after.
        reader: Its id.
        plan: What the article advises; None where none was read.
    """
    rng = stream(seed, READERSHIP, "sheet", reader)
    keys = _keys(dispute, principals)
    turn = [1, -1][int(rng.integers(2))]
    parties = [Party(one, keys[one], dispute.principals[one].name) for one in principals][::turn]
    order = [dispute.issues[k] for k in rng.permutation(len(dispute.issues))]
    issues = {one.id: one.option_ids()[:: [1, -1][int(rng.integers(2))]] for one in order}
    asked = parties[int(rng.integers(2))]
    issue = order[int(rng.integers(len(order)))].id
    twice = parties[int(rng.integers(2))]
    about = order[int(rng.integers(len(order)))]
    # Not an end of the ladder, where there is anything between: every reader gives 0 or 100 there.
    between = about.option_ids()[1:-1] or about.option_ids()
    option = between[int(rng.integers(len(between)))]
    told = [one for one in issues if plan is not None and plan.get(one) is not None]
    # Not the option that is rated twice: naming it once more, as what is advised, would lead.
    told = [one for one in told if one != about.id] or told
    # A stream of its own: the questions of those who read no article stay what they are.
    draw = stream(seed, READERSHIP, "advised", reader)
    advised = told[int(draw.integers(len(told)))] if told else None
    opening = dispute.principals[asked.id].opening
    assert opening is not None
    return Sheet(
        parties=(parties[0], parties[1]),
        issues=issues,
        attention=(asked, issue),
        twice=(twice, about.id, option),
        advised=advised,
        right=(opening[issue], None if plan is None or advised is None else plan[advised]),
    )


class Interview:
    """A conversation with one reader.

    Args:
        dispute: As the public knows it.
        who: The reader.
        article: What it has read; None for nothing.
        sheet: What it is asked.
        seed: Of the sampling; ``when`` changes it, so that whoever has read nothing gives a second
            answer and not the first one again.
        repairs: How often it may be asked again.
        asked: The model.
    """

    def __init__(
        self,
        dispute: Dispute,
        who: Who,
        article: ShownArticle | None,
        sheet: Sheet,
        seed: int,
        when: When,
        repairs: int,
        asked: AskedModel,
    ) -> None:
        words = readership_prompts()
        self._form = Form(
            asked,
            READERSHIP,
            schema(sheet),
            words,
            derive(seed, when),
            repairs,
            lambda text: read(text, sheet),
        )
        self.thread = self._form.thread
        # The dispute is the same for all readers: a server that keeps what it has read reads it
        # once.
        self.thread.add("system", words.system(dispute))
        self.thread.add("user", words.question(dispute, who, article, sheet))

    async def ask(self, complaint: str | None) -> Reply:
        """Ask once.

        Args:
            complaint: Why the last answer was unusable; None at first.

        Raises:
            ModelError: The model could not be asked.
        """
        got = await self._form.ask(complaint)
        if got.value is None:
            return Reply(**got.unusable)
        return Reply(*got.value, calls=got.calls)


def schema(sheet: Sheet) -> dict[str, Any]:
    """The JSON schema of a reply. Numbers are listed, since many servers take no bounds; the list
    stands once, and is referred to."""
    number = {"$ref": "#/$defs/share"}
    costs = _object({one: _object(dict.fromkeys(o, number)) for one, o in sheet.issues.items()})
    settled = {one: {"type": "string", "enum": list(o)} for one, o in sheet.issues.items()}
    fields: dict[str, Any] = {"percent": number}
    fields["costs"] = _object({party.key: costs for party in sheet.parties})
    fields["settlement"] = _object(settled)
    # Last: neither what is advised nor what was asked for in public is a hint at what it costs, and
    # up to here those who read an article are asked what those are who read none.
    if sheet.advised is not None:
        allowed = [*sheet.issues[sheet.advised], NOT_SAID]
        fields["article"] = {"type": "string", "enum": allowed}
    fields["position"] = settled[sheet.attention[1]]
    shares = {"type": "integer", "enum": list(range(MOST + 1))}
    return {**_object(fields), "$defs": {"share": shares}}


def read(text: str, sheet: Sheet) -> tuple[Values, Package, dict[str, bool]]:
    """The values, the settlement and the checks of a reply. Nothing is guessed: what is missing
    makes the whole unusable.

    Raises:
        UnreadableError: It does not have the form that was asked for; says what to return.
    """
    fields, faults = only_object(text), Faults()
    names = ["percent", "costs", "settlement", "position"]
    if sheet.advised is not None:
        names.insert(3, "article")
    faults.exactly(fields, names, "The answer")
    position = faults.choice(fields, "position", sheet.issues[sheet.attention[1]])
    article = None
    if sheet.advised is not None:
        article = faults.choice(fields, "article", (*sheet.issues[sheet.advised], NOT_SAID))
    percent = faults.number(fields, "percent", MOST)
    costs = _costs(fields, sheet, faults)
    settlement = _settlement(fields, sheet, faults)
    if complaint := faults.in_words():
        raise UnreadableError(complaint)
    assert percent is not None
    party, issue, option = sheet.twice
    checks = {
        ATTENTION: position == sheet.right[0],
        CONSISTENCY: abs(percent - costs[party.id][issue][option]) <= APART,
    }
    if sheet.advised is not None:
        checks[READ_IT] = article == sheet.right[1]
    values = {
        principal: {
            one: {o: 1 - cost / MOST for o, cost in options.items()}
            for one, options in issues.items()
        }
        for principal, issues in costs.items()
    }
    return values, settlement, checks


def _costs(
    fields: dict[str, Any], sheet: Sheet, faults: Faults
) -> dict[str, dict[str, dict[str, float]]]:
    """Principal -> issue -> option -> cost; incomplete only where a fault was noted."""
    given = faults.object(fields, "costs")
    found: dict[str, dict[str, dict[str, float]]] = {party.id: {} for party in sheet.parties}
    if given is None:
        return found
    faults.exactly(given, [party.key for party in sheet.parties], "'costs'")
    for party in sheet.parties:
        at = f"costs.{party.key}"
        rows = faults.object(given, party.key, path="costs.")
        if rows is None:
            continue
        faults.exactly(rows, list(sheet.issues), f"'{at}'")
        for issue, options in sheet.issues.items():
            row = faults.object(rows, issue, path=f"{at}.")
            if row is None:
                continue
            faults.exactly(row, options, f"'{at}.{issue}'")
            read_ = {o: faults.number(row, o, MOST, f"{at}.{issue}.") for o in options}
            found[party.id][issue] = {o: cost for o, cost in read_.items() if cost is not None}
    return found


def _settlement(fields: dict[str, Any], sheet: Sheet, faults: Faults) -> Package:
    given = faults.object(fields, "settlement")
    if given is None:
        return {}
    faults.exactly(given, list(sheet.issues), "'settlement'")
    chosen = {
        issue: faults.choice(given, issue, options, "settlement.")
        for issue, options in sheet.issues.items()
    }
    return {issue: option for issue, option in chosen.items() if option is not None}


def _keys(dispute: Dispute, principals: Sequence[str]) -> dict[str, str]:
    """Principal -> its name in small letters, as a key; its id where two names give the same."""
    keys = {one: _NO_NAME.sub("_", dispute.principals[one].name.lower()) for one in principals}
    keys = {one: key.strip("_") for one, key in keys.items()}
    return (
        keys
        if all(keys.values()) and len(set(keys.values())) == len(keys)
        else {one: one for one in principals}
    )


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
