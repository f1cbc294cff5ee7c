"""Inside the large rooms imports run downwards too, and few modules lie in no room."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_structure import HARNESS, MODULES, imported_modules

pytestmark = pytest.mark.xdist_group("structure")  # with the imports that test_structure.py reads

# Each is asked for by name; see test_families_of_measures_are_known_to_the_registry_alone.
FAMILIES = {"acceptability", "concessions", "prediction", "process", "red_lines", "settlement"}
FAMILIES |= {"commitment", "debrief", "leakage", "overstatement", "probing", "reported", "words"}
FAMILIES |= {"later", "misread", "publication", "published", "claimed", "readers", "judged"}
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
        {"session", "judgement_specs"},
        {"judging"},
    ),
    "records": (
        {"spec", "activity", "moves"},
        {"transcript"},
        # What else stands in a line.
        {
            "episodes",
            "finished",
            "run",
            "served",
            "score",
            "folder",
            "version1",
            "probe",
            "spec_lines",
        }
        | {"judgement", "judging", "later", "readership", "news", "publication"}
        | {"declaration"},
        {"misreading", "calibration", "labels"},
        {"checking"},
        {"parsing", "score_lines"},
        {"score_places", "kinds", "stage_index", "judged_texts", "line_places"},
        {"reader"},
        # What is known of a run that is read.
        {"placement", "written", "spend", "info_writer"},
        {"writer"},
    ),
    "evaluators": (
        {"case", "recurring"},
        {"base"},
        # What families of measures have in common.
        {"landscape", "offers", "tables", "totals", "blindness", "chain", "judges"},
        {"scales"},
        # Parts of single families.
        {"firmness", "reciprocity", "ledger", "course", "hands", "publication_measures", "said"}
        | {"word_events"},
        FAMILIES | {"word_turns"},
        # Whoever brings one, and who runs them, knows of no family.
        {"guard", "scoring"},
        {"plugins"},
        {"registry"},
        {"choosing"},
        {"of_run"},
    ),
}
LOOSE = 8
"""Modules that lie in no room, at most."""


def room_of(module: str) -> str:
    return module.split(".")[1]


INSIDE = {
    name: path
    for name, path in MODULES.items()
    if "." in name and room_of(name) in ROOMS and path.name != "__init__.py"
}


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_downwards_inside_a_room(room: str) -> None:
    floor = {module: level for level, modules in enumerate(ROOMS[room]) for module in modules}
    own = {name.split(".", 2)[2]: path for name, path in INSIDE.items() if room_of(name) == room}
    assert own.keys() <= floor.keys(), f"without a floor in {room}/"
    upwards = {}
    for module, path in own.items():
        others = imported_modules(path) & INSIDE.keys()
        inside = {other.split(".", 2)[2] for other in others if room_of(other) == room}
        upwards[module] = {other for other in inside if floor[other] > floor[module]}
    assert {module: above for module, above in upwards.items() if above} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_floors_hold_what_is_there(room: str) -> None:
    placed = [module for modules in ROOMS[room] for module in modules]
    assert len(placed) == len(set(placed)), "each on one floor"
    there = {name.split(".", 2)[2] for name in INSIDE if room_of(name) == room}
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
