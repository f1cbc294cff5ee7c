"""Results of Microsoft's social-reasoning-bench (MIT), marketplace: a buyer, a seller and a price.

A price is a number, and an agenda has options. So the options are the prices that were named for a
task, in all files that are read together, and the limits of the two sides: a task is one scenario,
whoever was put to it. What they are worth is linear in money: a dollar less is
worth a dollar more to the buyer. A deal is always at one of them, so what it is worth is exact;
where a fair price would lie is known to the nearest one that was named.

The bench scores a deal that is worse than no deal as if there had been none. Here it keeps its
sign. The bench's own score stands beside it (``rated``). A negotiation in which a model failed to
answer is void, and no lack of agreement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.errors import InputError
from harness.exchange.importing.base import Imported, problem
from harness.exchange.importing.files import document_of, negotiation_of

WHAT: Final = "a results file of social-reasoning-bench's marketplace"
BUYER, SELLER = "buyer", "seller"
PRICE: Final = "price"
_FAILURES: Final = ("GENERATION_ERROR",)
_WRONG = (KeyError, TypeError, ValueError, AttributeError, IndexError)


class SocialReasoningBench:
    """Reads its results. Implements :class:`~harness.exchange.importing.base.Importer`."""

    name = "srbench"
    title = "social-reasoning-bench, a buyer and a seller over a price"

    def read(self, path: Path) -> Iterator[Imported]:
        """See :class:`~harness.exchange.importing.base.Importer`."""
        yield from self.read_together([path])

    def read_together(self, paths: Sequence[Path]) -> Iterator[Imported]:
        """See :class:`~harness.exchange.importing.base.Together`."""
        documents = {path: _document(path) for path in paths}
        ladders = _ladders([one for found in documents.values() for one in found["results"]])
        for path, document in documents.items():
            config = document.get("config")
            players = _players(config if isinstance(config, Mapping) else {})
            for number, result in enumerate(document["results"], start=1):
                where = f"{path}: result {number}"
                try:
                    given = _negotiation(result, players, ladders)
                except _WRONG as error:
                    why = f"not as the bench has it: {type(error).__name__}: {error}"
                    yield problem(where, why)
                    continue
                yield negotiation_of(given, where)


def _document(path: Path) -> Mapping[str, Any]:
    """A results file.

    Raises:
        InputError: It is none.
    """
    document = document_of(path, WHAT)
    results = document.get("results") if isinstance(document, Mapping) else None
    if not isinstance(results, list) or not any(map(_is_market, results)):
        raise InputError(
            "this is no results file of a marketplace: it has no 'results' with a buyer and a "
            "seller",
            where=str(path),
            fix=f"name {WHAT}",
        )
    found: Mapping[str, Any] = document
    return found


def _is_market(result: object) -> bool:
    try:
        limits = _limits(result)  # type: ignore[arg-type]
    except _WRONG:
        return False
    return len(limits) == 2


def _limits(result: Mapping[str, Any]) -> tuple[float, float]:
    """What no deal is worth to the buyer and to the seller, as prices."""
    task = result["execution"]["task"]
    return float(task[BUYER]["reservation_price"]), float(task[SELLER]["reservation_price"])


def _players(config: Mapping[str, Any]) -> dict[str, str | None]:
    """Side -> who speaks for it."""
    common = config.get("model")
    return {side: config.get(f"{side}_model") or common for side in (BUYER, SELLER)}


def _task(result: Mapping[str, Any]) -> str:
    """Negotiations of one task are of one scenario."""
    task = result["execution"]["task"]
    return f"{task['product']['name']} {_limits(result)}"


def _ladders(results: Sequence[Any]) -> dict[str, list[float]]:
    """Task -> every price that was named for it, rising."""
    found: dict[str, set[float]] = {}
    for result in results:
        try:
            run = result["execution"]
            named = {*_limits(result)}
            named.update(
                float(step["payload"]["price"])
                for step in run["action_trace"]
                if step["action_type"] == "MakeOffer" and step["valid"]
            )
            found.setdefault(_task(result), set()).update(named)
        except _WRONG:
            continue  # it is told where it is read
    return {task: sorted(prices) for task, prices in found.items()}


def _negotiation(
    result: Mapping[str, Any],
    players: Mapping[str, str | None],
    ladders: Mapping[str, list[float]],
) -> dict[str, Any]:
    run = result["execution"]
    task = run["task"]
    product = str(task["product"]["name"])[:150]
    prices = ladders[_task(result)]
    buyer, seller = _limits(result)
    return {
        "id": f"task {task['id']}"[:200],
        "title": f"The price of: {product}",
        "arm": _arm(task),
        "source": "social-reasoning-bench",
        "parties": {
            BUYER: {
                "name": BUYER,
                "model": players[BUYER],
                "values": {PRICE: {_said(price): -price for price in prices}},
                "reservation": -buyer,
                "unit": "money",
                "rated": _rating(result),
            },
            SELLER: {
                "name": SELLER,
                "model": players[SELLER],
                "values": {PRICE: {_said(price): price for price in prices}},
                "reservation": seller,
                "unit": "money",
            },
        },
        "issues": {PRICE: [_said(price) for price in prices]},
        "turns": [turn for step in run["action_trace"] if (turn := _turn(step)) is not None],
        "outcome": _outcome(run),
    }


def _said(price: float) -> str:
    return f"{price:.12g}"


def _arm(task: Mapping[str, Any]) -> str:
    """Whether somebody was told to play foul, and how."""
    foul = [side for side in (BUYER, SELLER) if task[side].get("is_malicious")]
    return "-and-".join(f"malicious-{side}" for side in foul) or "normal"


def _rating(result: Mapping[str, Any]) -> float | None:
    """The bench's own score of what the buyer got; None where it gives none."""
    found = result.get("outcome_optimality")
    return float(found) if isinstance(found, int | float) else None


def _turn(step: Mapping[str, Any]) -> dict[str, Any] | None:
    """An action as a turn; None for one that nobody hears."""
    payload, who = step["payload"], step["actor"]
    if not step["valid"]:
        return None
    match step["action_type"]:
        case "MakeOffer":
            number = str(step["result"]).partition("#")[2].split(maxsplit=1)[0]
            return {
                "who": who,
                "text": payload.get("message") or "",
                "offer": {PRICE: _said(float(payload["price"]))},
                "offer_id": number,
                "commitment": "binding",
            }
        case "AcceptOffer":
            return {
                "who": who,
                "text": payload.get("message") or "",
                "accepts": str(payload["offer_id"]),
                "commitment": "binding",
            }
        case "SendMessage":
            return {"who": who, "text": payload.get("content") or ""}
        case "EndConversation":
            return {"who": who, "text": payload.get("reason") or "", "action": "walk_out"}
    return None


def _outcome(run: Mapping[str, Any]) -> dict[str, Any]:
    ended, trace = run["outcome"], run["action_trace"]
    last = trace[-1] if trace else {}
    if ended["deal_reached"]:
        return {"kind": "deal", "terms": {PRICE: _said(float(ended["deal_price"]))}}
    if last.get("action_type") in _FAILURES or run.get("error"):
        reason = str(ended.get("end_reason") or run.get("error") or "a model gave no answer")
        by = last.get("actor")
        return {"kind": "failed", "by": by, "reason": reason.splitlines()[0][:500]}
    if last.get("action_type") == "EndConversation":
        return {"kind": "walk_out", "by": last["actor"]}
    return {"kind": "no_deal", "reason": "the talks ran out of rounds"}
