"""From a run to what was said afterwards and what it is worth, by the real commands."""

from __future__ import annotations

from pathlib import Path

from harness.records.reader import RunFolder
from tests.support.disputes import write
from tests.support.inprocess import typed

SUITE = """\
schema: track15/suite/1
id: mine
title: Mine
question: What do they think of it?
scenarios: [small.yaml]
twins: [none]
epochs: 1
protocol: {rounds: 2, turns: 4}
arms:
  t1: {track: "1"}
  t15: {track: "1.5"}
contrasts:
  primary: {name: skew, treatment: t15, control: t1}
"""


def test_what_is_asked_afterwards_is_shown_and_scored(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "mine.yaml").write_text(SUITE, encoding="utf-8")
    done = typed("run", "mine.yaml", cwd=tmp_path)
    assert done.code == 0, done.err
    (path,) = (found.parent for found in tmp_path.glob("transcripts/*/run.json"))
    folder = RunFolder(path)
    agreed = [one for one in folder.transcripts() if one.body.outcome.kind == "deal"]
    assert agreed
    for one in agreed:
        shown = typed("show", "latest", one.id, cwd=tmp_path)
        assert shown.code == 0, shown.err
        words = " ".join(shown.out.split())
        assert words.count("the terms favour") == words.count("its own leadership could") == 2
        assert words.count("learned of") == 2
        public = typed("show", "latest", one.id, "--public", cwd=tmp_path)
        assert "learned of" not in public.out, "it was said in private"
    scores = {(one.id, one.evaluator): one for one in folder.scores()}
    for one in agreed:
        values = scores[one.id, "debrief"].values
        assert values["top_issue_right_u"] in (True, False)
        assert values["favour_blind_u"] in (False, None)
        assert scores[one.id, "commitment"].values["deal"] == one.body.outcome.commitment
        assert scores[one.id, "overstatement"].values["demand_o"] is not None
        assert scores[one.id, "concessions"].values["ambiguous"] in (True, False)
    page = (path / "report.html").read_text(encoding="utf-8")
    assert "the same from no deal" in page
