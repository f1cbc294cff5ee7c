"""The stages of an episode, as far as they are on record."""

from __future__ import annotations

import shutil
from pathlib import Path

from harness.records.judgement import JudgementRecord, Verdict
from harness.records.reader import RunFolder
from harness.report.episode_stages import alike, followed, goes_on, stages_of
from tests.report.test_episode_marks import judged, written
from tests.support.episodes import changed_run, episode_of


def test_what_is_there_is_read_and_what_is_not_is_missing(chain_run: Path, tmp_path: Path) -> None:
    whole = stages_of(folder := RunFolder(chain_run), episode_of(folder))
    assert whole.whole
    assert whole.stale == ""
    copy = tmp_path / "run"
    shutil.copytree(chain_run, copy)
    (copy / "later.jsonl").unlink()
    part = stages_of(folder := RunFolder(copy), episode_of(folder))
    assert not part.whole
    assert "later" not in part.records
    assert part.case is not None
    assert followed(folder, goes_on(folder.episodes())) == []


def test_what_was_made_before_its_input_was_played_again_is_told(
    chain_run: Path, tmp_path: Path
) -> None:
    copy = changed_run(chain_run, tmp_path, "publication.jsonl", lambda one: one | {"calls": []})
    path = copy / "publication.jsonl"
    path.write_text(path.read_text().replace('"title":"', '"title":"Again: '))
    found = stages_of(folder := RunFolder(copy), episode_of(folder))
    assert found.stale == "after: made before what it reads"


def test_judgements_of_the_article_are_read_with_it(chain_run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(chain_run, copy)
    folder = RunFolder(copy)
    read = stages_of(folder, episode := episode_of(folder)).records["article"]
    said = Verdict(item="point_o_0", answer="absent")
    own = judged(written().model_copy(update={"id": read.id}), said)
    other = judged(written(), said)
    lines = (one.model_dump_json(by_alias=True) for one in (other, own, own))
    (copy / "judgement.jsonl").write_text("".join(f"{line}\n" for line in lines))
    case = stages_of(RunFolder(copy), episode).case
    assert case is not None
    found = {name: one for name, one in case.inputs.items() if isinstance(one, JudgementRecord)}
    assert found == {"judged_article": own}


def test_alike_are_those_of_the_same_place(chain_run: Path) -> None:
    folder = RunFolder(chain_run)
    episode = episode_of(folder)
    near = alike(episode, goes_on(folder.episodes()))
    assert episode in near
    assert {one.scenario for one in near} == {"nuclear"}
    assert "track-1" not in {one.arm for one in near}, "nothing follows it"
