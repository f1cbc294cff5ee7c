"""What a run is: ``run.json``, complete enough to read, score and report the run anywhere."""

from __future__ import annotations

import shlex
from pathlib import PurePath
from typing import Final

from pydantic import Field, PrivateAttr

from harness.disputes.scenario import Scenario, Twin
from harness.records.declaration import Declaration, declared_now
from harness.records.served import Served
from harness.records.transcript import Record
from harness.suite.suite import Suite

RUN_SCHEMA: Final = "track15/run/2"
"""The number is raised when a field changes meaning or disappears."""
FORMER_SCHEMA: Final = "track15/run/1"
"""Of runs without a ``plan.jsonl``, which are still read; see :mod:`harness.records.version1`."""


_CODE: Final = ("--delegation", "--evaluator")
"""Options whose values are code, also as ``module:object``."""


def own_command(text: str) -> str:
    """A recorded command as it may be offered for typing; empty where it may not.

    A record may come from a stranger. So the command is quoted anew, it plays by this program and
    by no other, and it loads no code.
    """
    try:
        words = shlex.split(text) if text.isprintable() else []
    except ValueError:
        return ""
    ours = words[1:2] in (["run"], ["fork"]) and PurePath(words[0]).name == "track15"
    harmless = ours and not any(".py" in word or word.startswith(_CODE) for word in words)
    return shlex.join(["track15", *words[1:]]) if harmless else ""


class RunInfo(Record):
    """The resolved suite and everything its transcripts refer to. Never a key.

    ``scenarios`` holds each scenario as written (no twin); ``root`` is the hash of everything that
    determines what an epoch plays, ``plan`` that of the root, the epochs and the limit. A folder is
    resumed by the command that made it, and by the same command with more epochs or another limit:
    the same ``root`` says that these begin alike. ``dialogues`` counts one for each arm and each
    time it is played; arms that share their talks have them played once.
    """

    schema_: str = Field(default=RUN_SCHEMA, alias="schema")
    version: str
    created: str
    command: str = Field(description="What to type to resume.")
    plan: str
    root: str = Field(default="", description="Hash of what an epoch plays.")
    dialogues: int
    suite: Suite
    scenarios: dict[str, Scenario]
    models: dict[str, str] = Field(
        default_factory=dict,
        description="Role -> address; of several line-ups, the roles that one plays in all.",
    )
    lineups: tuple[dict[str, str], ...] = Field(
        default=(),
        exclude_if=lambda lineups: not lineups,
        description="Role -> who plays it, line-up by line-up, where several take turns in a seat; "
        "left out where none do.",
    )
    templates: dict[str, str] = Field(default_factory=dict)
    served: dict[str, tuple[Served, ...]] = Field(
        default_factory=dict,
        exclude_if=lambda served: not served,
        description="Address -> what its server said that it serves, the last one last; left out "
        "where no model was asked.",
    )
    later_kinds: tuple[str, ...] = Field(
        default=(),
        exclude_if=lambda kinds: not kinds,
        description="Kinds of stages that follow the talks; left out where none does.",
    )
    declarations: tuple[Declaration, ...] = Field(
        default=(),
        exclude_if=lambda declared: not declared,
        description="What was to be found out, and when that was said; the last one is the suite's "
        "own. Left out by older versions.",
    )
    reused: bool = Field(
        default=False,
        exclude_if=lambda reused: not reused,
        description="Whether results of other runs were taken into this one.",
    )
    limited: bool = Field(default=False, description="True when --limit cut the plan.")
    cut: int = Field(
        default=0,
        exclude_if=lambda number: number == 0,
        description="Dialogues of the suite that --limit left out; left out where none was.",
    )
    cut_scenarios: tuple[str, ...] = Field(
        default=(),
        exclude_if=lambda names: not names,
        description="Scenarios of which --limit left out every dialogue.",
    )

    _twins: dict[tuple[str, Twin], Scenario] = PrivateAttr(default_factory=dict)

    model_config = Record.model_config | {"populate_by_name": True}

    @property
    def is_former(self) -> bool:
        """Whether the run was written by version 1, and has no ``plan.jsonl``."""
        return self.schema_ == FORMER_SCHEMA

    @property
    def elsewhere(self) -> bool:
        """Whether its talks were held elsewhere, and nothing was played here."""
        return all(arm.track is None for arm in self.suite.arms.values())

    @property
    def players(self) -> dict[str, tuple[str, ...]]:
        """Role -> everybody who plays it, in the order of the line-ups."""
        whole: dict[str, tuple[str, ...]] = {role: (model,) for role, model in self.models.items()}
        for lineup in self.lineups:
            for role, model in lineup.items():
                whole[role] = tuple(dict.fromkeys((*whole.get(role, ()), model)))
        return whole

    @property
    def typed(self) -> str:
        """``command`` as it may be offered for typing; see :func:`own_command`."""
        return own_command(self.command)

    @property
    def declared(self) -> tuple[Declaration, ...]:
        """What was declared, the last one last. Of a run of an older version that is what it asked,
        without a time."""
        if self.declarations:
            return self.declarations
        return (declared_now(self.suite, time=None, finished=None, dialogues=self.dialogues),)

    def goes_on(self, kept: RunInfo) -> bool:
        """Whether the folder that ``kept`` describes is of this plan, or of a shorter or longer one
        that begins like it."""
        if kept.schema_ != self.schema_:
            return False
        return kept.plan == self.plan or (bool(self.root) and self.root == kept.root)

    def scenario(self, scenario_id: str, twin: Twin) -> Scenario:
        """A scenario of the run as the named twin; the same object every time."""
        known = self._twins.get((scenario_id, twin))
        if known is None:
            known = self._twins[scenario_id, twin] = self.scenarios[scenario_id].twin(twin)
        return known
