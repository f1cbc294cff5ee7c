"""The stages of one episode, read from its run, and the episodes that it is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harness.disputes.scenario import Scenario
from harness.evaluators.case import Case
from harness.evaluators.chain import case_of_episode, follows
from harness.files.jsonl import read_lines
from harness.records.episodes import Episode
from harness.records.folder import file_of
from harness.records.judgement import JUDGEMENT, READ, JudgementRecord
from harness.records.later import LATER, LaterRecord
from harness.records.parsing import parse_stage
from harness.records.publication import ARTICLE
from harness.records.reader import RunFolder
from harness.records.transcript import StageRecord
from harness.report.episode_later import Followed


@dataclass(frozen=True)
class Stages:
    """What is on record of an episode.

    Attributes:
        episode: Its line of the plan.
        scenario: In the twin that is played.
        records: Name of a stage -> its record, of those that are there.
        case: What evaluators read; None where nothing is there.
        stale: What was made from something that was played again since; empty where nothing was.
        asked: Measures that the suite's questions are about.
    """

    episode: Episode
    scenario: Scenario
    records: dict[str, StageRecord]
    case: Case | None
    stale: str
    asked: frozenset[str] = frozenset()

    @property
    def whole(self) -> bool:
        """Whether every stage is on record, whatever became of it."""
        return self.records.keys() >= self.episode.stages.keys()


def stages_of(folder: RunFolder, episode: Episode) -> Stages:
    """The stages of an episode, as far as they are on record, and the judgements of its article.

    Raises:
        RecordError: A file of the run is damaged.
    """
    found, hashes, stale = dict[str, StageRecord](), dict[str, str](), list[str]()
    for name, key in episode.stages.items():
        if not folder.stage_index.has((key,)):
            continue
        record, hashes[key] = folder.stage(key)
        found[name] = record
        if any(hashes.get(one.id, one.hash) != one.hash for one in record.inputs.values()):
            stale.append(name)
    scenario = folder.info.scenario(episode.scenario, episode.twin)
    case = None
    if found:
        named = _judgements(folder, episode.stages.get(ARTICLE))
        case = case_of_episode(episode, found, folder, named)
    said = ", ".join(stale)
    asks = folder.info.suite.contrasts
    return Stages(
        episode,
        scenario,
        found,
        case,
        f"{said}: made before what it reads" if said else "",
        frozenset() if asks is None else frozenset(one.measure for one in asks.all()),
    )


def _judgements(folder: RunFolder, article: str | None) -> dict[str, JudgementRecord]:
    """The judgements of an article by name: ``judged_RUBRIC``, and a number for further ones."""
    if article is None:
        return {}
    path, wanted = folder.path / file_of(JUDGEMENT), article.encode()
    read: dict[str, JudgementRecord] = {}
    for number, (_, line) in enumerate(read_lines(path), start=1):
        if wanted in line:  # all others are of something else
            one = parse_stage(line, f"{path}:{number}", JUDGEMENT, JudgementRecord)
            if one.spec.inputs.get(READ) == article:
                read[one.id] = one  # the last line of a stage counts
    found: dict[str, JudgementRecord] = {}
    for one in read.values():
        if one.spec.variant is not None:  # its quotes are of a text in which names are exchanged
            continue
        name = f"judged_{one.spec.rubric.id}"
        more = sum(key.startswith(name) for key in found)
        found[f"{name}_{more + 1}" if more else name] = one
    return found


def goes_on(episodes: Iterable[Episode]) -> Iterator[Episode]:
    """Those episodes in which something follows the talks."""
    return (one for one in episodes if follows(one))


def alike(episode: Episode, episodes: Iterable[Episode]) -> list[Episode]:
    """The episodes of all arms on the same scenario, twin, epoch and line-up, this one among
    them: those that a comparison would pair."""
    place = (episode.scenario, episode.pair, episode.lineup)
    return [one for one in episodes if (one.scenario, one.pair, one.lineup) == place]


def followed(folder: RunFolder, episodes: Iterable[Episode]) -> list[Followed]:
    """The later talks of these episodes that are on record.

    Raises:
        RecordError: A file of the run is damaged.
    """
    found, records = list[Followed](), dict[str, StageRecord]()
    for episode in episodes:
        key = episode.stages.get(LATER)
        if key is None or not folder.stage_index.has((key,)):
            continue
        if key not in records:
            records[key], _ = folder.stage(key)
        record = records[key]
        if isinstance(record, LaterRecord):
            found.append(Followed(episode.arm, record))
    return found
