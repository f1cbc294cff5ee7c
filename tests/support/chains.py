"""A small run of the whole chain: two disputes, scripted, every link with its counterfactual."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from harness.app import run

THEN: dict[str, Any] = {"article": "own", "reading": True, "later": {}}
ARMS: dict[str, Any] = {
    "chain": {"track": "1.5", "then": THEN},
    "no-article": {"track": "1.5", "then": {"reading": True, "later": {}}},
    "no-hand": {"track": "1.5", "then": {**THEN, "later": {"hand": False}}},
    "no-meeting": {"track": "1.5", "then": {"later": {"readers": False, "hand": False}}},
    "unmoved": {"track": "1.5", "then": {**THEN, "later": {"persuadable": 0, "caution": 0}}},
    "track-1": {"track": "1"},
}
PRIMARY = {
    "name": "The whole chain",
    "measure": "later.gain_u",
    "treatment": "chain",
    "control": "no-meeting",
    "claim": "C13",
}
SECONDARY = [
    {
        "name": "The talks",
        "measure": "settlement.skew",
        "treatment": "chain",
        "control": "track-1",
        "claim": "C9",
    },
    {
        "name": "The readers",
        "measure": "readers.shift",
        "treatment": "chain",
        "control": "no-article",
        "claim": "C11",
    },
    {
        "name": "Nothing moves",
        "measure": "later.gain_u",
        "treatment": "unmoved",
        "control": "no-meeting",
    },
]


def chain_suite(folder: Path, **changes: Any) -> Path:
    """The suite, as a file in ``folder``."""
    document = {
        "schema": "track15/suite/1",
        "id": "small-chain",
        "title": "A small chain",
        "question": "Do the later talks settle worse?",
        "scenarios": ["nuclear", "supply"],
        "seed": 3,
        "protocol": {"rounds": 2, "turns": 6},
        "arms": ARMS,
        "contrasts": {"primary": PRIMARY, "secondary": SECONDARY},
        **changes,
    }
    path = folder / "small-chain.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return path


def play_chain(folder: Path, **changes: Any) -> Path:
    """Play it in ``folder``; the run's folder, scored."""
    found = run(chain_suite(folder, **changes), log_dir=folder / "runs")
    return found.path
