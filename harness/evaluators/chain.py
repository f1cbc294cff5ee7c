"""Evaluators of whole episodes: talks, and what followed them in an arm (claims C10 to C13).

Such an evaluator says ``kind = CHAIN``. It is scored once an episode: its case has every stage of
the episode among its inputs, by the name that the suite gives it, and the judgements of its stages
as ``judged_RUBRIC``, ``judged_RUBRIC_2`` and so on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeVar

from harness.evaluators.base import Evaluator, kind_of
from harness.evaluators.case import Case
from harness.records.episodes import SEATS, Episode
from harness.records.judging import judged_nodes
from harness.records.placement import Placement, models_of
from harness.records.probe import PROBE
from harness.records.reader import RunFolder
from harness.records.spec import TALKS, TalksSpec
from harness.records.transcript import StageRecord, Transcript

CHAIN: Final = "chain"
"""What an evaluator of whole episodes says that it reads."""
RESUME: Final = "resume the run"
RecordT = TypeVar("RecordT", bound=StageRecord)


def stage(case: Case, name: str, record: type[RecordT]) -> RecordT | None:
    """The stage of that name of an episode; None where the arm has none."""
    found = case.inputs.get(name)
    return found if isinstance(found, record) else None


def why_not(found: StageRecord | None, what: str) -> str | None:
    """Why a stage of an episode has no result, as the reason of every null that follows; None where
    it has one.

    Args:
        what: What the stage is: ``article``.
    """
    if found is None:
        return f"this arm has no {what}"
    if found.status == "done":
        return None
    why = found.void.detail.splitlines()[0] if found.void and found.void.detail else "no result"
    return f"the {what} is {found.status}: {why}"


def follows(episode: Episode) -> bool:
    """Whether anything follows the talks of an episode that is measured with them."""
    return any(name != TALKS and not name.startswith(f"{PROBE}_") for name in episode.stages)


def chains(folder: RunFolder) -> Iterator[tuple[Episode, Case | str]]:
    """Every episode of a run that goes on after its talks, as far as all of it is on record.

    Yields:
        The episode, and its case; or why there is none: what was made from something that was
        played again since says nothing of that.

    Raises:
        RecordError: A file of the run is damaged.
    """
    if not folder.info.suite.goes_on:
        return
    judged = judged_nodes(folder.path)
    for episode in folder.episodes():
        if not follows(episode) or not folder.stage_index.has(tuple(episode.stages.values())):
            continue
        found, hashes, stale = dict[str, StageRecord](), dict[str, str](), ""
        for name, key in episode.stages.items():
            found[name], hashes[key] = folder.stage(key)
            read = found[name].inputs.values()
            if not all(hashes.get(one.id, one.hash) == one.hash for one in read):
                stale = stale or f"what {name} was made from was played again since; {RESUME}"
        asked = {} if stale else _judgements(folder, judged, hashes)
        yield episode, stale or case_of_episode(episode, found, folder, asked)


def _judgements(
    folder: RunFolder, judged: Mapping[str, Mapping[str, str]], hashes: Mapping[str, str]
) -> dict[str, StageRecord]:
    """The judgements of an episode's stages as they are now, by name. One that is not there yet, or
    is of what was played again since, is left out: the next judging makes it anew.

    Args:
        judged: Stage id -> its judgements, by name.
        hashes: Stage id -> what those that read it say of it.
    """
    found: dict[str, StageRecord] = {}
    for read in hashes:
        for name, key in judged.get(read, {}).items():
            if not folder.stage_index.has((key,)):
                continue
            record, _ = folder.stage(key)
            if all(one.hash == hashes.get(one.id) for one in record.inputs.values()):
                found.setdefault(name, record)
    return found


class Beside:
    """What is read beside the talks of a run: the judgements of them, by name, and what their
    delegates were asked before them, as ``probe_SEAT``.

    Args:
        folder: The run.

    Raises:
        RecordError: A file of the run is damaged.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._judged = judged_nodes(folder.path)
        self._asked = _probes_of(folder) if folder.info.suite.estimates else {}

    def of(self, talks: str) -> dict[str, StageRecord]:
        """What belongs to a dialogue as it is now.

        Args:
            talks: Its id.

        Raises:
            RecordError: A file of the run is damaged.
        """
        found = dict[str, StageRecord]()
        for name, key in self._asked.get(talks, {}).items():
            if self._folder.stage_index.has((key,)):
                found[name] = self._folder.stage(key)[0]
        if talks in self._judged:  # hardly ever: its line need not be read again
            hashes = {talks: self._folder.stage(talks)[1]}
            found |= _judgements(self._folder, self._judged, hashes)
        return found


def _probes_of(folder: RunFolder) -> dict[str, dict[str, str]]:
    """Id of talks -> the probes of its delegates: name -> id. Arms that share talks share them."""
    return {
        episode.stages[TALKS]: {
            name: key for name, key in episode.stages.items() if name.startswith(f"{PROBE}_")
        }
        for episode in folder.episodes()
        if TALKS in episode.stages
    }


def case_of_episode(
    episode: Episode,
    stages: dict[str, StageRecord],
    folder: RunFolder,
    judgements: Mapping[str, StageRecord] | None = None,
) -> Case:
    """The case of an episode.

    Args:
        stages: All of its stages by name, in the order in which they were played.
        judgements: Of its stages, by name.
    """
    scenario = folder.info.scenario(episode.scenario, episode.twin)
    talks = stages.get(TALKS)
    spec = talks.spec if isinstance(talks, Transcript) else None
    last = next(reversed(stages.values()))
    inputs = {**stages, **(judgements or {})}
    return Case(last, scenario, spec if isinstance(spec, TalksSpec) else None, inputs)


def placement_in(episode: Episode, case: Case | str) -> Placement:
    """Where the scores of an episode stand: in its arm alone, whatever other arms have in common
    with it."""
    talks = None if isinstance(case, str) else case.inputs.get(TALKS)
    return Placement(
        scenario=episode.scenario,
        twin=episode.twin.value,
        epoch=episode.epoch,
        arms=(episode.arm,),
        models=_models_of(episode) if talks is None else models_of(talks),
        lineup=episode.lineup,
    )


def _models_of(episode: Episode) -> dict[str, str]:
    """Seat -> who plays it, as the plan says it; nobody in a run of one line-up."""
    return {SEATS[role]: model for role, model in (episode.models or {}).items() if role in SEATS}


def last_stage(episode: Episode) -> str:
    """Id of the stage that the scores of an episode are filed under: with its arm, it tells the
    episode apart."""
    return next(reversed(episode.stages.values()))


def of_chains(evaluators: Sequence[Evaluator]) -> list[Evaluator]:
    """Those that measure whole episodes."""
    return [one for one in evaluators if kind_of(one) == CHAIN]
