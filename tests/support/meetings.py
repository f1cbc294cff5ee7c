"""Dialogues as a comparison reads them, written by hand: no run folder, no scores."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from harness.analysis.comparison_measures import COLUMNS, Column
from harness.analysis.comparison_players import Player
from harness.analysis.comparison_rows import Meeting, Meetings
from harness.records.reader import RunFolder
from harness.records.run import RunInfo
from harness.records.served import Served
from tests.support.run_folders import make_suite

SCRIPT = Player("scripted", "linear")
GAIN = (COLUMNS[0],)


@dataclass
class StubRun:
    """What a comparison asks of a run folder besides its dialogues."""

    info: RunInfo
    played: int

    def finished(self) -> int:
        return self.played


def stub_run(
    *, dialogues: int = 0, played: int = 0, served: Mapping[str, Sequence[Served]] | None = None
) -> RunFolder:
    info = RunInfo.model_validate(
        {
            "version": "0",
            "created": "2020-01-01T00:00:00+00:00",
            "command": "track15 run hand-made",
            "plan": "0" * 16,
            "dialogues": dialogues,
            "suite": make_suite(),
            "scenarios": {},
            "served": {address: tuple(found) for address, found in (served or {}).items()},
        }
    )
    return cast("RunFolder", StubRun(info, played))


def empty(*names: str, **more: Any) -> Meetings:
    """Runs without a dialogue."""
    return Meetings([stub_run(**more) for _ in names], list(names))


def other_question(*names: str) -> Meetings:
    """The same; the last run compares the arms the other way round."""
    meetings = empty(*names)
    suite = make_suite(
        contrasts={"primary": {"name": "plain it", "treatment": "plain", "control": "lean"}}
    )
    last = meetings.runs[-1]
    object.__setattr__(last, "info", last.info.model_copy(update={"suite": suite}))
    return meetings


def meet(
    meetings: Meetings,
    u: str | Player,
    values: Mapping[str, float] | float | None = None,
    *,
    o: str | Player = SCRIPT,
    run: int = 0,
    scenario: str = "s1",
    epoch: int = 1,
    arms: tuple[str, ...] = ("plain",),
    status: str = "done",
    deal: bool = True,
    void_by: str = "",
    same: Mapping[str, Hashable] | None = None,
    columns: Sequence[Column] = COLUMNS,
) -> int:
    """Add a dialogue; the number of its row.

    Args:
        values: Of the columns for seat u, or of its gain alone; the official seat has the opposite
            gain. None is a dialogue without a result.
    """
    players = {
        seat: who if isinstance(who, Player) else Player(who) for seat, who in (("o", o), ("u", u))
    }
    found: dict[tuple[str, str], float | str] = {}
    if values is not None:
        known = values if isinstance(values, Mapping) else {"gain": values}
        found = {(name, "u"): value for name, value in known.items()}
        if "gain" in known:
            found["gain", "o"] = -known["gain"]
    meeting = Meeting(
        id=f"{len(meetings.rows):016x}",
        run=run,
        scenario=scenario,
        twin="none",
        epoch=epoch,
        arms=arms,
        players=players,
        status=status,
        deal=deal if status == "done" else None,
        void_by=void_by,
        same=same or {},
    )
    return meetings.add(meeting, found)


def two_models(gains: Sequence[tuple[float, float]], *, runs: int = 2) -> Meetings:
    """``alpha`` and ``beta`` in seat u against one script: a pair a scenario, with these gains."""
    meetings = empty("run-a", "run-b") if runs == 2 else empty("run-a")
    for number, (alpha, beta) in enumerate(gains):
        meet(meetings, "openai/alpha", alpha, scenario=f"s{number:02}")
        meet(meetings, "openai/beta", beta, run=runs - 1, scenario=f"s{number:02}")
    return meetings
