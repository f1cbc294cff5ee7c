"""Reads the values of a run: of its dialogues, and of the episodes that go on after them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from harness.analysis.chains import read_episodes
from harness.analysis.proceedings import went_of
from harness.analysis.values import Values
from harness.evaluators.chain import of_chains
from harness.evaluators.registry import builtin
from harness.records.placement import placement_of
from harness.records.reader import RunFolder

MOST_OTHERS: Final = 100
"""Measures of evaluators that are not at hand, which are read as they stand in the scores."""


def read_values(
    folder: RunFolder,
    wanted: Collection[str],
    *,
    built_in: Collection[str] | None = None,
    begun: Values | None = None,
) -> Values:
    """The dialogues of a run and their ``wanted`` measures (``evaluator.measure``).

    Args:
        folder: The run.
        wanted: Measures to read.
        built_in: Names of evaluators of which nothing but ``wanted`` is read. Of all others every
            measure that was scored is, up to :data:`MOST_OTHERS`. None for nothing else at all.
        begun: Where the dialogues were read already: what is to be completed.

    Raises:
        RecordError: A file of the run is damaged.
    """
    values = _of_dialogues(folder, wanted, built_in, begun)
    whole = {one.name for one in of_chains(builtin())}
    asked = [name for name in wanted if name.split(".", 1)[0] in whole]
    if asked:
        values.episodes = read_episodes(folder, asked)
    return values


def _of_dialogues(
    folder: RunFolder,
    wanted: Collection[str],
    built_in: Collection[str] | None,
    begun: Values | None,
) -> Values:
    if begun is None:
        values = Values.of_run(folder.info)
        values.add_talks(went_of(one, placement_of(folder, one)) for one in folder.transcripts())
    else:
        values = begun
    if built_in is None:
        for score in folder.scores():
            values.add_score(score, wanted)
        return values
    known = dict.fromkeys(wanted)
    most = len(known) + MOST_OTHERS
    for score in folder.scores():
        if score.evaluator not in built_in:
            for name, value in score.values.items():
                if len(known) < most and not isinstance(value, str):
                    known.setdefault(f"{score.evaluator}.{name}")
        values.add_score(score, known)
    return values
