"""Inside the large rooms imports run downwards too, and few modules lie in no room."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_structure import HARNESS, MODULES, imported_modules

pytestmark = pytest.mark.xdist_group("structure")  # with the imports that test_structure.py reads

# Each is asked for by name; see test_families_of_measures_are_known_to_the_registry_alone.
FAMILIES = {"acceptability", "concessions", "prediction", "process", "red_lines", "settlement"}
FAMILIES |= {"commitment", "debrief", "leakage", "overstatement", "probing"}
FAMILIES |= {"later", "misread", "publication", "published", "readers", "judged"}
# From the ground up; a module imports its own floor and those below it.
ROOMS: dict[str, tuple[set[str], ...]] = {
    "models": (
        # What is asked and what comes back, and plain numbers.
        {"request", "reply", "usage", "settings", "presets", "isolation"}
        | {"limits.rate", "limits.concurrency", "limits.deadlines"},
        # Addresses, keys, and what the environment says.
        {
            "address",
            "keys",
            "credentials",
            "environment",
            "named",
            "lineups",
            "tracing",
            "usercode",
            "identity",
        },
        # What callers agree on, failures included.
        {"chat", "failure", "refusals"},
        # A provider, and what is around its calls: limits, retries, replies that are kept.
        {"provider", "limits.budget", "limits.admission", "limits.retry", "endpoint"}
        | {"replies.digest", "replies.store", "replies.cache", "replies.journal"},
        # How servers are spoken to.
        {
            f"providers.openai_compatible.{name}"
            for name in ("wire", "stream", "transport", "dialect", "capabilities")
        },
        # Providers.
        {"providers.openai_compatible.client", "providers.langchain"},
        {
            f"providers.agents.{name}"
            for name in ("runnable", "seated", "callbacks", "inputs", "replies", "failures")
        },
        {"pool"},
    ),
    "workers": (
        # What is counted, kept, split and opened in one process.
        {"spending", "garbage", "replies", "quotas"},
        {"progress", "resources"},
        {"executor"},
        # Between processes.
        {"messages", "proxies", "leases", "reply_service"},
        {"driver", "worker"},
        {"processes", "ray"},
        {"backend"},
    ),
    "orchestrator": (
        # Of what a plan is made.
        {"graph", "overrides", "tokens", "another_run", "commits", "openers", "named_scenarios"}
        | {"lineup", "plan_checks", "following"},
        {"plan", "plan_graph"},
        # What is read from a plan.
        {"ready", "model_order", "estimate", "remarks", "fork", "replay", "reuse", "rationing"}
        | {"sitting"},
        {"run", "setup"},
        {"session"},
        {"judging"},
    ),
    "records": (
        {"spec", "activity", "moves"},
        {"transcript"},
        # What else stands in a line.
        {"episodes", "finished", "run", "served", "score", "folder", "version1", "probe"}
        | {"judgement", "judging", "later", "readership", "news", "publication"}
        | {"declaration"},
        {"misreading"},
        {"checking"},
        {"parsing", "score_lines"},
        {"score_places", "kinds", "stage_index", "judged_texts"},
        {"reader"},
        # What is known of a run that is read.
        {"placement", "written", "spend", "info_writer"},
        {"writer"},
    ),
    "evaluators": (
        {"case"},
        {"base"},
        # What families of measures have in common.
        {"landscape", "offers", "tables", "totals", "blindness", "chain"},
        # Parts of single families.
        {"firmness", "reciprocity", "ledger", "course", "hands", "publication_measures"},
        FAMILIES,
        # Whoever brings one, and who runs them, knows of no family.
        {"guard", "scoring"},
        {"plugins"},
        {"registry"},
        {"choosing"},
    ),
}
LOOSE = 8
"""Modules that lie in no room, at most."""
INSIDE = {
    name: path
    for name, path in MODULES.items()
    if name.split(".")[1:2] and name.split(".")[1] in ROOMS and path.name != "__init__.py"
}


@pytest.mark.parametrize("name", INSIDE)
def test_imports_run_downwards_inside_a_room(name: str) -> None:
    _, room, own = name.split(".", 2)
    floor = {module: level for level, modules in enumerate(ROOMS[room]) for module in modules}
    assert own in floor, f"{own} has no floor in {room}/"
    others = {other for other in imported_modules(INSIDE[name]) if other in INSIDE}
    inside = {other.split(".", 2)[2] for other in others if other.split(".")[1] == room}
    assert not {other for other in inside if floor[other] > floor[own]}


@pytest.mark.parametrize("room", ROOMS)
def test_floors_hold_what_is_there(room: str) -> None:
    placed = [module for modules in ROOMS[room] for module in modules]
    assert len(placed) == len(set(placed)), "each on one floor"
    there = {name.split(".", 2)[2] for name in INSIDE if name.split(".")[1] == room}
    assert set(placed) == there


def test_families_of_measures_are_known_to_the_registry_alone() -> None:
    families = {f"harness.evaluators.{name}" for name in FAMILIES}
    users = {
        name
        for name, path in INSIDE.items()
        if name.startswith("harness.evaluators.") and imported_modules(path) & families
    }
    assert users - families == {"harness.evaluators.registry"}


def test_few_modules_lie_in_no_room() -> None:
    loose = [path.name for path in Path(HARNESS).glob("*.py") if path.name != "__init__.py"]
    assert len(loose) <= LOOSE, loose
