"""Writes ``run.json``: what it says in the first session, and what a further one changes in it."""

from __future__ import annotations

from pathlib import Path

from harness.errors import RecordError
from harness.files.jsonl import write_atomically
from harness.records.declaration import Declaration, declared_now
from harness.records.episodes import read_episodes
from harness.records.folder import PLAN, RUN, stage_files
from harness.records.parsing import read_info
from harness.records.reader import index_file
from harness.records.run import RunInfo


def kept_or_new(path: Path, info: RunInfo, *, grows: bool) -> RunInfo:
    """What ``run.json`` says, written now if this is the first session. A folder that ``grows``
    keeps the longer one of two plans that begin alike."""
    if not (path / RUN).exists():
        now = info.model_copy(update={"declarations": _declarations(path, info, None)})
        write_info(path, now)
        return now
    kept = read_info(path)
    if not info.goes_on(kept):
        raise RecordError(
            f"the folder holds another plan (suite {kept.suite.id!r})",
            where=str(path),
            fix="choose another folder with --log-dir",
        )
    now = info.model_copy(
        update={
            "created": kept.created,
            "served": kept.served,
            "reused": kept.reused or info.reused,
            "declarations": _declarations(path, info, kept),
        }
    )
    if grows and kept.dialogues > info.dialogues:
        # What is asked now, of all that the folder holds or was to hold.
        named = ("plan", "dialogues", "limited", "cut", "cut_scenarios", "command")
        longer = {name: getattr(kept, name) for name in named}
        suite = info.suite.model_copy(update={"epochs": kept.suite.epochs})
        now = now.model_copy(update={**longer, "suite": suite})
    if now != kept:
        # The same dialogues under changed questions, checks or flags: what is asked of them now.
        write_info(path, now)
    return now


def _declarations(path: Path, info: RunInfo, kept: RunInfo | None) -> tuple[Declaration, ...]:
    """What was declared in a run, and what is asked now where that is something else.

    Args:
        info: Of this session. A replay knows what was declared in the run that it replays.
        kept: What ``run.json`` said before; None where there was none.
    """
    if info.declarations:
        return info.declarations
    before = () if kept is None else kept.declared
    if before and before[-1].asks(info.suite):
        return before
    planned = info.dialogues if kept is None else max(kept.dialogues, info.dialogues)
    now = declared_now(
        info.suite, time=info.created, finished=_with_a_result(path), dialogues=planned
    )
    return (*before, now)


def _with_a_result(path: Path) -> int:
    """Dialogues of a folder that have a result: some stage of theirs is done or void."""
    known = {
        key
        for file in stage_files(path)
        for key, (_, status) in index_file(file).items()
        if status != "failed"
    }
    planned = sum(
        not known.isdisjoint(episode.stages.values()) for episode in read_episodes(path / PLAN)
    )
    return planned or len(known)  # a plan that was moved away is written anew later


def write_info(path: Path, info: RunInfo) -> None:
    """Write ``run.json`` whole, or leave it as it is."""
    text = info.model_dump_json(by_alias=True, indent=1).encode() + b"\n"
    write_atomically(path / RUN, iter([text]))
