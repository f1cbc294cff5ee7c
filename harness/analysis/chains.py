"""The episodes of a run that go on after their talks, with what was measured of them.

An episode stands where a dialogue stands elsewhere: arms that share their talks have episodes of
their own, and those are compared in pairs, scenario by scenario.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from harness.analysis.proceedings import Dialogue, Went
from harness.analysis.values import Values
from harness.evaluators.chain import follows, last_stage
from harness.records.episodes import SEATS, Episode, lineup_name
from harness.records.reader import RunFolder
from harness.records.score import Score
from harness.records.transcript import Status


def read_episodes(folder: RunFolder, wanted: Collection[str]) -> Values | None:
    """The episodes of a run and their ``wanted`` measures; None where nothing follows any talks.

    Args:
        wanted: ``evaluator.measure``, of evaluators of whole episodes alone.

    Raises:
        RecordError: A file of the run is damaged.
    """
    if not folder.info.suite.goes_on:
        return None
    values = Values.of_run(folder.info)
    values.add_talks(_went(folder))
    several = any(one.lineup for one in values.dialogues.values())
    if values.dialogues:
        evaluators = {name.split(".", 1)[0] for name in wanted}
        for score in folder.scores(evaluators=evaluators):
            if len(score.arms) == 1:
                of = _key(score.id, score.arms[0], _players(score) if several else "")
                values.add_score(score, wanted, of=of)
    return values


def _went(folder: RunFolder) -> Iterator[Went]:
    """Every episode that was begun: what was not played to its end is missing, and is counted."""
    for episode in folder.episodes():
        if follows(episode):
            stages = tuple(episode.stages.values())
            yield _as_dialogue(episode, folder.stage_index.became(stages))


def _as_dialogue(episode: Episode, status: Status) -> Went:
    """An episode, as what is counted of a dialogue. Only ``done`` has all of its stages."""
    lineup = episode.lineup
    pair = f"{episode.pair}/{lineup}" if lineup else episode.pair
    return Went(
        id=_key(last_stage(episode), episode.arm, lineup),
        dialogue=Dialogue(
            (episode.arm,), episode.scenario, pair, played=status == "done", lineup=lineup
        ),
        status=status,
        ending="",
        void=None,
        warnings=(),
        repairs=(),
        unanswered=(),
        players=(),
    )


def _key(last: str, arm: str, lineup: str) -> str:
    """What tells an episode apart: arms may have all of their stages in common, and line-ups those
    that none of their models plays.

    Args:
        lineup: See :attr:`~harness.records.episodes.Episode.lineup`.
    """
    return f"{last}/{arm}/{lineup}"


def _players(score: Score) -> str:
    """The line-up of an episode that was scored, in a run that has several."""
    return lineup_name({role: score.models.get(seat, "") for role, seat in SEATS.items()})


def same_talks(values: Values) -> tuple[tuple[str, ...], ...]:
    """Arms that have the very same talks and differ in what follows, in groups of more than one;
    none where nothing follows any talks."""
    if values.episodes is None:
        return ()
    talks: dict[str, list[int]] = {}
    for row, dialogue in enumerate(values.dialogues.values()):
        for arm in dialogue.arms:
            talks.setdefault(arm, []).append(row)
    found: dict[tuple[int, ...], list[str]] = {}
    for arm, rows in talks.items():
        found.setdefault(tuple(rows), []).append(arm)
    return tuple(tuple(arms) for arms in found.values() if len(arms) > 1)
