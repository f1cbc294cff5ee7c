"""Small negotiations of the tests' own making, in the neutral form and in those of corpora."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Told = dict[str, Any]

CAR: Told = {
    "id": "car",
    "title": "A car",
    "parties": {
        "buyer": {
            "name": "The buyer",
            "model": "person",
            "values": {
                "price": {"100": 20, "110": 10, "120": 0},
                "tyres": {"yes": 5, "no": 0},
            },
            "reservation": 5,
            "said": 10,
        },
        "seller": {
            "name": "The seller",
            "values": {
                "price": {"100": 0, "110": 10, "120": 20},
                "tyres": {"yes": 0, "no": 5},
            },
            "reservation": 5,
        },
    },
    "issues": {"price": [100, 110, 120], "tyres": ["yes", "no"]},
    "turns": [
        {"who": "buyer", "text": "$100, with tyres?", "offer": {"price": 100, "tyres": "yes"}},
        {"who": "seller", "text": "No.", "offer": {"price": 120, "tyres": "no"}},
        {"who": "buyer", "text": "110?", "offer": {"price": 110}},
        {"who": "seller", "text": "Fine.", "offer": {"price": 110, "tyres": "no"}},
        {"who": "buyer", "text": "Agreed.", "accepts": True},
    ],
    "outcome": {"kind": "deal"},
}
"""The deal gives the buyer 10 of 25 points and the seller 15."""

WORDS: Told = {
    "id": "words",
    "parties": {"ann": {}, "bo": {"model": "openai/x"}},
    "turns": [{"who": "ann", "text": "Hello."}, {"who": "bo", "text": "Shall we leave it?"}],
    "outcome": {"kind": "unknown"},
}


def changed(told: Told, **changes: Any) -> Told:
    """A copy with other fields; None leaves one out."""
    whole = {**json.loads(json.dumps(told)), **changes}
    return {name: value for name, value in whole.items() if value is not None}


def written(path: Path, lines: Iterable[Told | str]) -> Path:
    """A file of the neutral form."""
    texts = (one if isinstance(one, str) else json.dumps(one) for one in lines)
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


# --- corpora -------------------------------------------------------------------------------------


def camper(order: str, points: int, svo: str) -> Told:
    """A person of CaSiNo who needs the items in this order: three initials, wood is ``i``."""
    items = {"f": "Food", "w": "Water", "i": "Firewood"}
    needs = zip(("High", "Medium", "Low"), order, strict=True)
    return {
        "value2issue": {need: items[item] for need, item in needs},
        "value2reason": {"High": "a reason of somebody's own"},
        "outcomes": {"points_scored": points, "satisfaction": "Undecided"},
        "demographics": {"age": 43, "gender": "x"},
        "personality": {"svo": svo, "big-five": {"extraversion": 5.0}},
    }


def campsite(number: int, *, walks: bool = False, points: tuple[int, int] = (19, 18)) -> Told:
    """A dialogue of CaSiNo: the first camper is worth 19 points in its deal, the second 18."""
    one, two = "mturk_agent_1", "mturk_agent_2"
    offer = {
        "issue2youget": {"Firewood": "0", "Water": "3", "Food": "2"},
        "issue2theyget": {"Firewood": "3", "Water": "0", "Food": "1"},
    }
    logs: list[Told] = [
        {"text": "Hello!", "task_data": {}, "id": one},
        {"text": "Submit-Deal", "task_data": offer, "id": two},
    ]
    if walks:
        logs.append({"text": "Reject-Deal", "task_data": {"data": "reject_deal"}, "id": one})
        logs.append({"text": "Walk-Away", "task_data": {"data": "walk_away"}, "id": two})
    else:
        logs.append({"text": "Accept-Deal", "task_data": {"data": "accept_deal"}, "id": one})
    return {
        "dialogue_id": number,
        "chat_logs": logs,
        "participant_info": {
            two: camper("iwf", points[1], "prosocial"),
            one: camper("ifw", points[0], "proself"),
        },
        "annotations": [],
    }


SHARED_OUT = (
    "<input> 1 6 2 1 1 2 </input> <dialogue> YOU: the book ? <eos> THEM: then the rest <eos> "
    "YOU: yes <eos> THEM: <selection> </dialogue> <output> item0=1 item1=0 item2=0 item0=0 "
    "item1=2 item2=1 </output> <partner_input> 1 2 2 3 1 2 </partner_input>"
)
MIRRORED = (
    "<input> 1 2 2 3 1 2 </input> <dialogue> THEM: the book ? <eos> YOU: then the rest <eos> "
    "THEM: yes <eos> YOU: <selection> </dialogue> <output> item0=0 item1=2 item2=1 item0=1 "
    "item1=0 item2=0 </output> <partner_input> 1 6 2 1 1 2 </partner_input>"
)


def sale(
    number: int, offers: Iterable[tuple[str, float]], ending: str, *, foul: bool = False
) -> Told:
    """A result of the marketplace: the buyer pays at most 52, the seller takes at least 38.

    Args:
        offers: Side and price.
        ending: ``deal`` at the last price, ``leaves`` by the buyer, ``breaks`` at the seller, or
            ``runs out``.
    """
    trace: list[Told] = []
    for count, (side, price) in enumerate(offers, start=1):
        said = {"price": price, "message": f"{price} it is"}
        result = f"Offer #{count} created at price {price:.2f}."
        trace.append(_step(side, "MakeOffer", said, result))
        trace.append(_step(side, "Wait", {}, "Waited."))
    side, price = [*offers][-1]
    other = "seller" if side == "buyer" else "buyer"
    end: Told = {"deal_reached": False, "deal_price": None, "end_reason": None}
    if ending == "deal":
        trace.append(_step(other, "AcceptOffer", {"offer_id": len(trace) // 2}, "Accepted."))
        end |= {"deal_reached": True, "deal_price": price}
    elif ending == "leaves":
        trace.append(_step("buyer", "EndConversation", {"reason": "too dear"}, "Ended."))
    elif ending == "breaks":
        trace.append({**_step("seller", "GENERATION_ERROR", {}, "Traceback"), "valid": False})
        end["end_reason"] = "Agent generation error."
    task = {
        "id": number,
        "product": {"name": "Paper"},
        "buyer": {"reservation_price": 52.0, "is_malicious": False},
        "seller": {"reservation_price": 38.0, "is_malicious": foul},
    }
    run = {"task": task, "outcome": end, "action_trace": trace, "error": None}
    return {"execution": run, "outcome_optimality": 0.25}


def _step(actor: str, action: str, payload: Told, result: str) -> Told:
    return {
        "round": 1,
        "actor": actor,
        "action_type": action,
        "payload": payload,
        "result": result,
        "valid": True,
    }


def market(results: list[Told]) -> Told:
    """A results file of the marketplace."""
    config = {"model": "maker/one", "buyer_model": None, "seller_model": "maker/two"}
    return {"config": config, "results": results}
