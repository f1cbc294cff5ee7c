"""What a run is: ``run.json``, complete enough to read, score and report the run anywhere."""

from __future__ import annotations

import shlex
from pathlib import PurePath

from pydantic import Field, PrivateAttr

from harness.records.transcript import Record
from harness.scenario import Scenario, Twin
from harness.suite import Suite

RUN_SCHEMA = "track15/run/1"
"""The number is raised when a field changes meaning or disappears."""


def own_command(text: str) -> str:
    """``text`` where it is one call of this program and nothing else to a shell; else empty."""
    try:
        words = shlex.split(text)
    except ValueError:
        return ""
    ours = bool(words) and PurePath(words[0]).name == "track15"
    return text if ours and text.isprintable() and shlex.join(words) == text else ""


class RunInfo(Record):
    """The resolved suite and everything its transcripts refer to. Never a key.

    ``scenarios`` holds each scenario as written (no twin); ``plan`` is the hash of the ordered
    dialogue ids, so a folder is resumed only by the command that made it.
    """

    schema_: str = Field(default=RUN_SCHEMA, alias="schema")
    version: str
    created: str
    command: str = Field(description="What to type to resume.")
    plan: str
    dialogues: int
    suite: Suite
    scenarios: dict[str, Scenario]
    models: dict[str, str] = Field(default_factory=dict)
    templates: dict[str, str] = Field(default_factory=dict)
    limited: bool = Field(default=False, description="True when --limit cut the plan.")

    _twins: dict[tuple[str, Twin], Scenario] = PrivateAttr(default_factory=dict)

    model_config = Record.model_config | {"populate_by_name": True}

    @property
    def typed(self) -> str:
        """``command``, where it is safe to be offered for typing: one call of this program, and
        nothing that a shell would do besides. Else empty: a record may come from a stranger."""
        return own_command(self.command)

    def scenario(self, scenario_id: str, twin: Twin) -> Scenario:
        """A scenario of the run as the named twin; the same object every time."""
        known = self._twins.get((scenario_id, twin))
        if known is None:
            known = self._twins[scenario_id, twin] = self.scenarios[scenario_id].twin(twin)
        return known
