"""Run folders with transcripts and scores written by hand, for tests of what reads whole runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import PrivateAttr

from harness.disputes.scenario import Scenario, Twin
from harness.evaluators.registry import builtin
from harness.evaluators.scoring import scored
from harness.records.episodes import Episode
from harness.records.finished import Finished, Played
from harness.records.reader import RunFolder
from harness.records.run import RunInfo
from harness.records.score import Score
from harness.records.transcript import Timing, Transcript
from harness.records.writer import RunWriter
from harness.seeds import derive
from harness.suite.suite import Suite
from tests.support.transcripts import Entry, make_spec, make_transcript

MIDDLE = {"well": "mine", "fence": "us"}
"""The fair package of the small dispute: (.7, .6) to (official, other), no deal (.25, .3)."""
LOPSIDED = {"well": "yours", "fence": "us"}
"""(1, 0): the official seat's best."""
LEANING = {"well": "half", "fence": "us"}
"""(.85, .42)."""


def make_suite(**fields: Any) -> Suite:
    """A suite of two arms, ``plain`` (Track 1) and ``lean`` (Track 1.5), and its contrast."""
    document: dict[str, Any] = {
        "id": "hand-made",
        "title": "A suite made by hand",
        "question": "Does the second arm lean?",
        "scenarios": ["small"],
        "arms": {"plain": {"track": "1"}, "lean": {"track": "1.5", "title": "the leaning arm"}},
        "contrasts": {"primary": {"name": "lean it", "treatment": "lean", "control": "plain"}},
    }
    return Suite.model_validate({**document, **fields})


def copies(scenario: Scenario, count: int) -> dict[str, Scenario]:
    """``count`` scenarios with the payoffs of one: ``game-1``, ``game-2``, ..."""
    named = [scenario.model_copy(update={"id": f"game-{i}"}) for i in range(1, count + 1)]
    return {copy.id: copy for copy in named}


class Placed(Transcript):
    """A transcript that knows where it is to stand in its run."""

    _arm: str = PrivateAttr(default="")
    _epoch: int = PrivateAttr(default=1)

    @property
    def arm(self) -> str:
        return self._arm

    @property
    def episode(self) -> Episode:
        """What the plan says of it."""
        return Episode(
            arm=self._arm,
            scenario=self.spec.scenario,
            twin=self.spec.twin,
            epoch=self._epoch,
            stages={"talks": self.id},
        )

    @classmethod
    def of(cls, transcript: Transcript, arm: str, epoch: int = 1) -> Placed:
        placed = cls.model_validate(dict(transcript))
        placed._arm, placed._epoch = arm, epoch
        return placed


def dialogue(
    scenario: Scenario,
    arm: str,
    entries: Sequence[Entry],
    *,
    epoch: int = 1,
    twin: Twin = Twin.NONE,
    **more: Any,
) -> Placed:
    """A transcript in an arm and epoch; ``scenario`` as written. Further arguments as for
    :func:`~tests.support.transcripts.make_transcript`."""
    played = scenario.twin(twin)
    # No two of them are the same dialogue, whatever they say.
    spec = make_spec(played, twin=twin).model_copy(update={"seed": derive(1, arm, epoch)})
    return Placed.of(make_transcript(played, entries, spec=spec, **more), arm, epoch)


def deal(scenario: Scenario, arm: str, package: Mapping[str, str], **more: Any) -> Placed:
    """A dialogue in which the official seat proposes ``package`` and the other accepts."""
    return dialogue(scenario, arm, [("o", dict(package)), ("u", "accept")], **more)


def score(transcript: Transcript, measure: str, value: float | bool | None, why: str = "") -> Score:
    """A score that holds one measure, ``evaluator.name``."""
    evaluator, name = measure.split(".", 1)
    return Score(
        id=transcript.id,
        evaluator=evaluator,
        version=1,
        values={name: value},
        why_null={name: why or "undefined"} if value is None else {},
    )


def make_run(
    path: Path,
    suite: Suite,
    scenarios: Mapping[str, Scenario],
    transcripts: Iterable[Placed],
    scores: Iterable[Score] | None = None,
    **fields: Any,
) -> RunFolder:
    """A run folder on disk. ``scores`` None scores it with the built-in evaluators."""
    transcripts = list(transcripts)
    info = RunInfo.model_validate(
        {
            "version": "0",
            "created": "2020-01-01T00:00:00+00:00",
            "command": "track15 run hand-made",
            "plan": "0" * 16,
            "dialogues": len(transcripts),
            "suite": suite,
            "scenarios": dict(scenarios),
            **fields,
        }
    )
    with RunWriter(path, info) as writer:
        for transcript in transcripts:
            timing = Timing(id=transcript.id, started="2020-01-01T00:00:00", seconds=0.0)
            writer.plan(transcript.episode)
            writer.append(Finished.of(Played(transcript, timing, {})))
    folder = RunFolder(path)
    folder.write_scores(scored(folder, builtin()) if scores is None else scores)
    return folder
