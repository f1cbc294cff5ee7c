"""Whole episodes: what their case holds, where their scores stand, and what is not scored."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from harness.disputes.scenario import Twin
from harness.evaluators.chain import CHAIN, chains, follows, of_chains, placement_in, stage, why_not
from harness.evaluators.registry import builtin
from harness.evaluators.scoring import scored
from harness.records.episodes import Episode
from harness.records.later import LaterRecord
from harness.records.publication import PublicationRecord
from harness.records.reader import RunFolder
from harness.records.transcript import Transcript

EVALUATORS = of_chains(builtin())


def test_a_case_has_every_stage_of_its_episode(chain_run: Path) -> None:
    found = {(e.arm, e.scenario): case for e, case in chains(RunFolder(chain_run))}
    assert {arm for arm, _ in found} == {
        "chain",
        "no-article",
        "no-hand",
        "no-meeting",
        "unmoved",
    }, "nothing follows track-1"
    case = found["chain", "supply"]
    assert not isinstance(case, str)
    assert list(case.inputs) == ["talks", "article", "before", "after", "later"]
    assert isinstance(case.inputs["talks"], Transcript)
    assert case.transcript is case.inputs["talks"]
    assert isinstance(case.record, LaterRecord)
    assert stage(case, "article", PublicationRecord) is case.inputs["article"]
    assert stage(case, "later", PublicationRecord) is None
    without = found["no-article", "supply"]
    assert not isinstance(without, str)
    missing = stage(without, "article", PublicationRecord)
    assert why_not(missing, "article") == "this arm has no article"
    assert why_not(case.inputs["article"], "article") is None


def test_scores_of_an_episode_stand_in_its_arm_alone(chain_run: Path) -> None:
    names = {one.name for one in EVALUATORS}
    scores = [s for s in RunFolder(chain_run).scores() if s.evaluator in names]
    assert {len(score.arms) for score in scores} == {1}
    keys = [(score.id, score.arms[0], score.evaluator) for score in scores]
    assert len(set(keys)) == len(keys) == 5 * 2 * len(names)
    none = [s for s in scores if s.arms == ("no-meeting",) and s.evaluator == "readers"]
    assert all(set(score.values.values()) <= {None} for score in none)
    assert all(score.why_null for score in none), "every null has its reason"


def test_what_was_made_from_something_else_is_not_scored(chain_run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(chain_run, copy)
    path = copy / "publication.jsonl"
    lines = path.read_text().splitlines()
    document = json.loads(lines[0])
    document["body"]["title"] = "Another title"
    path.write_text("\n".join([json.dumps(document, separators=(",", ":")), *lines[1:]]) + "\n")
    folder = RunFolder(copy)
    stale = {e.arm: case for e, case in chains(folder) if isinstance(case, str)}
    assert set(stale) == {"chain", "no-hand", "unmoved"}, "those that read the article"
    assert "what after was made from was played again since" in stale["chain"]
    scores = [s for s in scored(folder, EVALUATORS) if s.evaluator == "later"]
    (later,) = [s for s in scores if "played again" in s.why_null.get("gain_u", "")][:1]
    assert set(later.values.values()) == {None}


def test_an_episode_that_is_not_whole_yet_has_no_scores(chain_run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(chain_run, copy)
    (copy / "later.jsonl").unlink()
    assert list(chains(RunFolder(copy))) == []


def test_probes_are_no_sequel(chain_run: Path) -> None:
    episode = next(e for e in RunFolder(chain_run).episodes() if e.arm == "track-1")
    assert not follows(episode)
    probed = {**episode.stages, "probe_o": "0" * 16}
    assert not follows(episode.model_copy(update={"stages": probed}))
    assert follows(episode.model_copy(update={"stages": {**probed, "article": "1" * 16}}))
    assert CHAIN == "chain"


def test_who_played_is_known_from_the_plan_where_an_episode_has_no_case() -> None:
    """Line-ups may share its last stage, and its scores are told apart by who played."""
    models = {"official": "openai/x", "unofficial": "scripted"}
    stages = {"talks": "0" * 16, "later": "1" * 16}
    episode = Episode(arm="a", scenario="s", twin=Twin.NONE, epoch=1, stages=stages, models=models)
    assert placement_in(episode, "played again").models == {"o": "openai/x", "u": "scripted"}
    alone = episode.model_copy(update={"models": None})
    assert placement_in(alone, "played again").models == {}
