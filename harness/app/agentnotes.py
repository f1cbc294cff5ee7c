"""Notes for the reader about the agents that played in a run, taken from its record."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from harness.orchestrator.plan import Plan
from harness.records.reader import RunFolder


def agent_notes(plan: Plan, folder: Path) -> list[str]:
    """What is worth knowing of the plan's agents, from those of its dialogues that are in the
    record: which of them used other models in some dialogues than in others, and which settings
    they were offered and did not use. A line each; none where the plan has no agent.

    Raises:
        RecordError: The record is damaged.
    """
    if not plan.brought:
        return []
    names, ids = set(plan.brought), {node.id for node in plan.stages()}
    models: dict[str, Counter[tuple[str, ...]]] = {name: Counter() for name in names}
    ignored: dict[str, set[str]] = {name: set() for name in names}
    for transcript in RunFolder(folder).transcripts():
        if transcript.id not in ids:
            continue
        for seat in transcript.spec.seats:
            if seat.model not in names:
                continue
            seen: set[str] = set()
            for call in transcript.calls:
                if call.seat == seat.seat and call.inside is not None:
                    seen.update(call.inside.models)
                    ignored[seat.model].update(call.inside.ignored)
                elif call.seat == seat.seat and seat.kind == "custom":
                    seen.add(call.model)
            if seen:
                models[seat.model][tuple(sorted(seen))] += 1
    lines = []
    for name in sorted(names):
        if len(models[name]) > 1:
            sets = (f"{' and '.join(m)} in {n}" for m, n in models[name].most_common())
            lines.append(
                f"{name} did not use the same models in all dialogues; models seen: "
                f"{', '.join(sets)}. Compare these dialogues only if that is intended."
            )
        if ignored[name]:
            flags = ", ".join(f"--{flag.replace('_', '-')}" for flag in sorted(ignored[name]))
            them = "it" if len(ignored[name]) == 1 else "them"
            lines.append(f"{name} was offered {flags}, and did not use {them} in every answer.")
    return lines
