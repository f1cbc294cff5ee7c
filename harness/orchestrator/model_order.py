"""Finds models of a plan that share a server which may have room for only one of them.

If every dialogue needs two of them, no order helps: the server holds both, or loads one at every
turn. If only later stages need another model, all stages of one model can come before those of the
next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice

from harness.kinds import foreseen_of
from harness.models.address import parse_address
from harness.models.presets import PRESETS
from harness.orchestrator.graph import Node
from harness.orchestrator.plan import Plan
from harness.orchestrator.ready import NOTHING, Needs
from harness.records.spec import StageSpec, TalksSpec

_WAYS = 10_000
"""Ways that are looked at for those of every arm."""


def needs_of(plan: Plan) -> Callable[[Node], Needs]:
    """What a stage of a plan needs loaded, on the servers that have several models of the plan."""
    shared = _shared(plan)
    if not shared:
        return lambda _: NOTHING

    @cache
    def needs(models: frozenset[str]) -> Needs:
        wanted = ((url, frozenset(models & on_it)) for url, on_it in shared.items())
        return frozenset((url, here) for url, here in wanted if here)

    return lambda node: needs(_models(node.spec))


def loading_sentences(plan: Plan, *, by_model: bool = True) -> list[str]:
    """What servers with several models of a plan have to load, and in which order; in sentences.

    Args:
        by_model: Whether all stages of one model come before those of the next.
    """
    shared = _shared(plan)
    needs, said = needs_of(plan), []
    if not shared:
        return []
    found: dict[str, dict[frozenset[str], dict[str, None]]] = {url: {} for url in shared}
    for node in _first_stages(plan):
        for url, models in needs(node):
            found[url].setdefault(models, {})[node.spec.kind] = None
    for url, groups in found.items():
        for models, kinds in groups.items():
            if len(models) > 1:
                several = "both" if len(models) == 2 else "all"
                said.append(
                    f"{_listed(models)} are on {url} and are asked by turns in the same "
                    f"{', '.join(kinds)}: the server must hold {several} at once, or it reloads "
                    "them at every turn."
                )
        apart = {m: k for m, k in groups.items() if not any(m < other for other in groups)}
        if len(apart) > 1:
            order = ", then ".join(f"{_listed(m)} ({', '.join(k)})" for m, k in apart.items())
            how = (
                "all stages of one before those of the next, unless the run has a limit of tokens "
                "or dollars"
                if by_model
                else "for one episode after the other, so that a run cut short holds whole pairs"
            )
            said.append(f"Order on {url}: {order}; {how}.")
    return said


def _shared(plan: Plan) -> dict[str, frozenset[str]]:
    """URL of a server of one's own -> models of the plan on it, where they are several. A service
    has all of its models at hand."""
    found: dict[str, set[str]] = {}
    for model in plan.addresses:
        address = parse_address(model)
        if address.provider in PRESETS or (address.base_url and address.is_loopback):
            found.setdefault(address.safe_url, set()).add(model)
    return {url: frozenset(models) for url, models in sorted(found.items()) if len(models) > 1}


def _models(spec: StageSpec) -> frozenset[str]:
    """Addresses that a stage asks."""
    if isinstance(spec, TalksSpec):
        return frozenset(seat.model for seat in spec.seats if seat.model is not None)
    return frozenset(foreseen_of(spec))


def _first_stages(plan: Plan) -> Iterator[Node]:
    """The stages of the first way of every arm and line-up."""
    lineups = [str(one.seated if plan.lineups else None) for one in plan.played_by]
    left = {(arm, one) for arm, played in plan.arms.items() if played for one in lineups}
    for way in islice(plan.ways(), _WAYS):
        if (key := (way.arm, str(way.models))) in left:
            left.discard(key)
            yield from way.nodes
        if not left:
            return


def _listed(models: frozenset[str]) -> str:
    """Models of one server by their names there."""
    return " and ".join(sorted(parse_address(model).model for model in models))
