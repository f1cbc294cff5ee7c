"""CaSiNo: two people share out packages of food, water and firewood (Chawla et al., NAACL 2021).

Each has an order of need: a package of the highest is worth 5 points, of the next 4, of the last 3,
so all packages together are 36. Who walks away leaves both with 5. Of what the corpus says of
people, their social value orientation is kept, as the arm ("proself-prosocial", the first camper
first), and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from harness.errors import InputError
from harness.exchange.importing.base import Imported, problem
from harness.exchange.importing.files import document_of, negotiation_of

WHAT: Final = "a file of CaSiNo, such as casino.json"
AGENTS: Final = ("mturk_agent_1", "mturk_agent_2")
ITEMS: Final = ("Food", "Water", "Firewood")
EACH: Final = 3
"""Packages of each item."""
WORTH: Final[Mapping[str, int]] = {"High": 5, "Medium": 4, "Low": 3}
NO_DEAL: Final = 5
"""Points of each side where somebody walks away."""
_NAMES: Final = ("first camper", "second camper")
_SVO: Final = frozenset({"proself", "prosocial", "unclassified"})
_SHARES: Final = tuple(f"{own}:{EACH - own}" for own in range(EACH, -1, -1))


class Casino:
    """Reads CaSiNo. Implements :class:`~harness.exchange.importing.base.Importer`."""

    name = "casino"
    title = "CaSiNo, campsite negotiations between people"

    def read(self, path: Path) -> Iterator[Imported]:
        """See :class:`~harness.exchange.importing.base.Importer`."""
        document = document_of(path, WHAT)
        if not isinstance(document, list) or not _is_casino(document):
            raise InputError(
                "this is no file of CaSiNo: it has no list of dialogues with 'chat_logs'",
                where=str(path),
                fix=f"name {WHAT}",
            )
        for number, dialogue in enumerate(document, start=1):
            where = f"{path}: dialogue {number}"
            try:
                given = _negotiation(dialogue)
            except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
                yield problem(where, f"not as CaSiNo has it: {type(error).__name__}: {error}")
                continue
            yield negotiation_of(given, where)


def _is_casino(document: list[Any]) -> bool:
    first = document[0] if document else None
    return isinstance(first, Mapping) and {"chat_logs", "participant_info"} <= first.keys()


def _negotiation(dialogue: Mapping[str, Any]) -> dict[str, Any]:
    about = dialogue["participant_info"]
    turns = [_turn(said) for said in dialogue["chat_logs"]]
    return {
        "id": str(dialogue["dialogue_id"]),
        "title": "Packages for a campsite: how many go to the first camper, and to the second",
        "arm": "-".join(_svo(about[agent]) for agent in AGENTS),
        "source": "CaSiNo",
        "parties": {
            agent: {
                "name": name,
                "model": "person",
                "values": _values(about[agent]["value2issue"], first=agent == AGENTS[0]),
                "reservation": NO_DEAL,
                "said": about[agent]["outcomes"]["points_scored"],
            }
            for agent, name in zip(AGENTS, _NAMES, strict=True)
        },
        "issues": dict.fromkeys(ITEMS, _SHARES),
        "turns": turns,
        "outcome": _outcome(turns),
    }


def _svo(person: Mapping[str, Any]) -> str:
    """Social value orientation, the one thing that is kept of a person."""
    found = person["personality"]["svo"]
    if found not in _SVO:
        raise ValueError("a social value orientation that CaSiNo does not have")
    return str(found)


def _values(needs: Mapping[str, str], *, first: bool) -> dict[str, dict[str, int]]:
    """Points of every share, which names the packages of the first camper before those of the
    second."""
    worth = {item: WORTH[need] for need, item in needs.items()}
    return {
        item: {
            share: worth[item] * (own if first else EACH - own)
            for share, own in zip(_SHARES, range(EACH, -1, -1), strict=True)
        }
        for item in ITEMS
    }


def _turn(said: Mapping[str, Any]) -> dict[str, Any]:
    who, text = said["id"], said["text"]
    match text:
        case "Submit-Deal":
            own, other = (said["task_data"][part] for part in ("issue2youget", "issue2theyget"))
            first, second = (own, other) if who == AGENTS[0] else (other, own)
            return {
                "who": who,
                "offer": {item: f"{int(first[item])}:{int(second[item])}" for item in ITEMS},
                "commitment": "binding",
            }
        case "Accept-Deal":
            return {"who": who, "accepts": True, "commitment": "binding"}
        case "Reject-Deal":
            return {"who": who, "rejects": True}
        case "Walk-Away":
            return {"who": who, "action": "walk_out"}
    return {"who": who, "text": text}


def _outcome(turns: list[dict[str, Any]]) -> dict[str, Any]:
    """How it ended; the deal is the one that was submitted last and accepted."""
    last = turns[-1]
    if last.get("accepts"):
        return {"kind": "deal"}
    if last.get("action") == "walk_out":
        return {"kind": "walk_out", "by": last["who"]}
    return {"kind": "unknown"}
