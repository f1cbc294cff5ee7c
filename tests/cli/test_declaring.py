"""A question that is changed when its answer is known: ``run``, ``report``, ``score`` say so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.disputes import write
from tests.support.inprocess import typed

SUITE = """\
schema: track15/suite/1
id: mine
title: Mine
question: Does it lean?
scenarios: [small.yaml]
epochs: 2
protocol: {rounds: 1, turns: 2}
arms: {one: {track: "1"}, two: {track: "2"}, half: {track: "1.5"}}
contrasts:
  primary: {name: first, treatment: two, control: one}
  secondary: [{name: other, treatment: two, control: one, measure: settlement.gain_u}]
checks: [{name: low, arm: one, measure: settlement.skew, max: 1}]
"""
EDITED = SUITE.replace(
    "{name: first, treatment: two, control: one}",
    "{name: first, treatment: half, control: one, measure: settlement.gain_u}",
)
BEFORE = "The primary comparison was declared before the first result."
CHANGED = (
    "The primary comparison was changed after 6 of 6 dialogues had finished; it was: two against "
    "one on settlement.skew."
)
UNKNOWN = "Whether the primary comparison was declared before the first result"


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A folder with the suite, which was not played yet."""
    write(tmp_path)
    (tmp_path / "mine.yaml").write_text(SUITE)
    return tmp_path


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cwd = tmp_path_factory.mktemp("played")
    write(cwd)
    (cwd / "mine.yaml").write_text(SUITE)
    run(cwd)
    return cwd


@pytest.fixture
def here(played: Path, tmp_path: Path) -> Path:
    """A folder of its own with the suite and the run of it."""
    shutil.copytree(played, tmp_path, dirs_exist_ok=True)
    return tmp_path


def run(here: Path, *options: str) -> dict[str, Any]:
    done = typed("run", "mine.yaml", *options, "--no-report", "--json", cwd=here)
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def folder(here: Path) -> Path:
    return next((here / "transcripts").glob("*/run.json")).parent


def info(here: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder(here) / "run.json").read_text())
    return found


def everywhere(here: Path) -> list[str]:
    """What the terminal says, and the page, on one line each."""
    said = [typed(*words, cwd=here) for words in (("score",), ("report",))]
    assert [one.code for one in said] == [0, 0]
    page = (folder(here) / "report.html").read_text()
    return [" ".join(said[0].out.split()), page]


def test_the_primary_edited_after_the_result_is_no_declared_one(here: Path) -> None:
    for text in everywhere(here):
        assert BEFORE in text
    (here / "mine.yaml").write_text(EDITED)
    edited = run(here)
    assert edited["primary"]["contrast"]["measure"] == "settlement.gain_u"
    assert edited["answer"].endswith(CHANGED)
    assert edited["declared"]["before_first_result"] is False
    for text in everywhere(here):
        assert CHANGED in text
        assert "before the first result" not in text
        assert "declared before" not in text
    kept, now = info(here)["declarations"]
    assert (kept["finished"], now["finished"], now["dialogues"]) == (0, 6, 6)
    assert kept["contrasts"]["primary"]["treatment"] == "two"
    assert now["contrasts"]["primary"]["treatment"] == "half"
    assert kept["time"] <= now["time"]
    (here / "mine.yaml").write_text(SUITE)
    back = run(here)
    assert back["answer"].endswith(
        "changed after 6 of 6 dialogues had finished; it was: half against one on "
        "settlement.gain_u; before that: two against one on settlement.skew."
    )
    assert len(info(here)["declarations"]) == 3


def test_a_run_that_was_cut_counts_what_had_finished(fresh: Path) -> None:
    here = fresh
    first = run(here, "--limit", "2")["declared"]
    assert first["said"] == [BEFORE]
    assert first["before_first_result"] is True
    (here / "mine.yaml").write_text(EDITED)
    found = run(here)
    assert "changed after 2 of 6 dialogues had finished" in found["answer"]
    again = run(here)
    assert again["declared"] == found["declared"], "the same command changes nothing"


def test_a_check_or_a_secondary_comparison_may_be_changed_too(here: Path) -> None:
    edited = SUITE.replace("max: 1}", "max: 0.5}").replace("name: other", "name: another")
    (here / "mine.yaml").write_text(edited)
    found = run(here)["declared"]
    checks = "The checks were changed after 6 of 6 dialogues had finished."
    assert found["said"] == [BEFORE, checks], "a name is none of a comparison's essence"
    assert found["changed"] == [checks]


def test_a_replay_under_another_question_knew_every_result(here: Path) -> None:
    (here / "mine.yaml").write_text(EDITED)
    done = typed(
        "run", "mine.yaml", "--replay", folder(here).name, "--no-report", "--json", cwd=here
    )
    assert done.code == 0, done.err
    assert json.loads(done.out)["answer"].endswith(CHANGED)


def test_dialogues_taken_from_other_runs_may_have_been_known(here: Path) -> None:
    (here / "mine.yaml").write_text(EDITED.replace("epochs: 2", "epochs: 2\nseed: 1"))
    done = typed(
        "run",
        "mine.yaml",
        "--no-report",
        "--arm",
        "one",
        "--arm",
        "half",
        "--reuse",
        "--json",
        cwd=here,
    )
    assert done.code == 0, done.err
    assert "Took 4 stages" in done.err
    found = json.loads(done.out)["declared"]
    assert found["before_first_result"] is None
    assert "results of other runs were taken into it" in found["said"][0]


def strip(here: Path) -> Path:
    """Make the run one of an older version."""
    path = folder(here) / "run.json"
    older = json.loads(path.read_text())
    del older["declarations"]
    path.write_text(json.dumps(older, indent=1) + "\n")
    return path


def test_of_an_older_run_it_is_not_known(here: Path) -> None:
    before = strip(here).read_bytes()
    for text in everywhere(here):
        assert UNKNOWN in text
    found = run(here)["declared"]
    assert found["before_first_result"] is None
    assert found["history"][0]["finished"] is None
    assert strip(here).read_bytes() == before
    (here / "mine.yaml").write_text(EDITED)
    assert run(here)["answer"].endswith(CHANGED)


def test_a_declaration_edited_by_hand_is_refused(here: Path) -> None:
    path = folder(here) / "run.json"
    whole = path.read_text()
    path.write_text(whole.replace('"treatment": "two"', '"treatment": "half"'))
    refused = typed("score", cwd=here)
    assert refused.code == 1
    assert "declaration 1 does not match its hash" in refused.err
    other = json.loads(whole)
    other["suite"]["contrasts"]["primary"]["treatment"] = "half"
    path.write_text(json.dumps(other))
    refused = typed("report", cwd=here)
    assert refused.code == 1
    assert "not those that were declared last" in refused.err


def test_a_run_json_written_anew_beside_results_is_no_early_declaration(here: Path) -> None:
    (folder(here) / "run.json").unlink()
    found = run(here)["declared"]
    assert found["before_first_result"] is False
    assert found["said"][0].startswith(
        "The primary comparison was declared after 6 of 6 dialogues had finished"
    )
