"""Reads what version 1 wrote: a dialogue with its suite and arm in its spec, and a list of stages.

Its id is the hash of that spec, and stays what it was. There was no ``plan.jsonl``: what is there
now stands in each dialogue.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import from_json, to_json

from harness.records.episodes import Episode
from harness.records.spec import TALKS

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Old:
    """A line of version 1.

    Attributes:
        document: The same as a record of today, but for its id.
        episode: Where it stands in its run.
        hash: What its id has to be.
    """

    document: dict[str, Any]
    episode: Episode
    hash: str


def read_old(line: bytes) -> Old:
    """A transcript of version 1.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: It is none.
    """
    document: dict[str, Any] = from_json(line)
    written = dict(document["spec"])
    (stage,) = document["stages"]
    stage = dict(stage)
    if stage.pop("type") != TALKS:
        raise ValueError("its stage is no talks")
    if written.pop("schema") != "track15/dialogue/1":
        raise ValueError("its spec is of another version")
    episode = Episode(
        arm=written.pop("arm"),
        scenario=written["scenario"],
        twin=written["twin"],
        epoch=written.pop("epoch"),
        stages={TALKS: document["id"]},
    )
    written.pop("suite")
    if "branch" in written:  # what a fork was called
        written["fork"] = written.pop("branch")
    void, calls, ended = stage.pop("void", None), stage.pop("calls", ()), stage.pop("status")
    if (ended == "void") != (void is not None):
        raise ValueError("its talks state twice how they ended")
    new = {
        "id": document["id"],
        "schema_version": VERSION,
        "status": document["status"],
        "kind": TALKS,
        "spec": {"kind": TALKS, "version": 1, **written},
        "void": void,
        "calls": calls,
        "body": stage,
    }
    # Its hash is that of what was written, whose form has changed since.
    return Old(new, episode, hashlib.sha256(to_json(document["spec"])).hexdigest()[:16])


def episode_of(line: bytes) -> Episode:
    """Where a dialogue of version 1 stands.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: The line is none.
    """
    document = from_json(line)
    spec = document["spec"]
    return Episode(
        arm=spec["arm"],
        scenario=spec["scenario"],
        twin=spec["twin"],
        epoch=spec["epoch"],
        stages={TALKS: document["id"]},
    )
