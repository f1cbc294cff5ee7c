"""Scenarios in which the first two issues are valued together, with the payoffs of other ones."""

from __future__ import annotations

from typing import Any

import yaml

from harness.disputes.scenario import Scenario
from tests.support.disputes import SMALL

Document = dict[str, Any]


def plain() -> Scenario:
    """The small dispute without realities: they would change what is valued together."""
    return Scenario.model_validate({**yaml.safe_load(SMALL), "realities": []})


def together(scenario: Scenario, alone: float = 0.0, *, turned: bool = False) -> Scenario:
    """The same payoffs, with the first two issues valued together by everybody.

    Args:
        alone: Share of their weight that they keep for themselves, in [0, 1); with 0 they stand in
            no weights and values.
        turned: Whether the second one comes first in the pair.
    """
    document = scenario.model_dump(mode="json", by_alias=True)
    for principal in document["principals"].values():
        if (
            principal["weights"][scenario.issues[0].id]
            + principal["weights"][scenario.issues[1].id]
        ):
            _join(principal, [issue.id for issue in scenario.issues[:2]], alone, turned)
    return Scenario.model_validate(document)


def _join(principal: Document, pair: list[str], alone: float, turned: bool) -> None:
    weights, values = principal["weights"], principal["values"]
    first, second = reversed(pair) if turned else pair
    whole = weights[first] + weights[second]
    table = {
        one: {
            other: (weights[first] * a + weights[second] * b) / whole
            for other, b in values[second].items()
        }
        for one, a in values[first].items()
    }
    joint = {"issues": [first, second], "weight": (1 - alone) * whole, "values": table}
    principal["joint"] = [joint]
    if (face := principal.get("public")) is not None:
        face["stereotype"]["values"] = {**values, **face["stereotype"]["values"]}
    for issue in pair:
        weights[issue] *= alone
        if not alone:
            del weights[issue], values[issue]
