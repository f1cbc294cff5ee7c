"""Several models in one run, through the command line: planned, played, resumed, answered each by
itself, compared, replayed and taken from other runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.records.folder import PLAN, RUN, TRANSCRIPTS
from harness.records.placement import placement_of
from harness.records.reader import RunFolder
from tests.support.command import Result
from tests.support.disputes import write
from tests.support.inprocess import typed
from tests.support.mock_server import Answer, MockServer
from tests.support.player import plays

SUITE = """
schema: track15/suite/1
id: tiny
title: Tiny
question: Does it lean?
scenarios: [small.yaml]
protocol: {rounds: 1, turns: 3}
arms:
  one: {track: "1"}
  half: {track: "1.5"}
contrasts:
  primary: {name: half, treatment: half, control: one}
"""
NAMES = ("ant", "bee", "cat")


class Models:
    """Three models that play alike; who was asked is noted in order."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, body: dict[str, Any]) -> Answer:
        if "messages" in body:
            self.asked.append(body["model"])
        return plays(body)

    @property
    def changes(self) -> int:
        """How often another model was asked than before."""
        return sum(a != b for a, b in zip(self.asked, self.asked[1:], strict=False))


@pytest.fixture
def models() -> Models:
    return Models()


@pytest.fixture
def server(models: Models) -> Iterator[MockServer]:
    with MockServer(models) as running:
        yield running


@pytest.fixture
def here(tmp_path: Path) -> Path:
    write(tmp_path)
    (tmp_path / "suite.yaml").write_text(SUITE)
    return tmp_path


def named(server: MockServer, *names: str) -> str:
    return ",".join(f"openai/{name}@{server.base_url}" for name in names)


def run(here: Path, *more: str, log_dir: str = "runs") -> Result:
    flags = ("--max-connections", "1", "--no-report", "--log-dir", log_dir)
    return typed("run", "suite.yaml", "--no-report", *flags, *more, cwd=here)


def the_run(here: Path, log_dir: str = "runs") -> Path:
    (found,) = (path.parent for path in (here / log_dir).glob(f"*/{RUN}"))
    return found


def test_three_models_of_a_seat_in_one_run(here: Path, models: Models, server: MockServer) -> None:
    flag = ("--model", f"unofficial={named(server, *NAMES)}")
    whole = run(here, *flag)
    assert whole.code == 0, whole.err
    addresses = [named(server, name) for name in NAMES]
    assert models.changes == 2, "one server, so model by model"
    for address in addresses:
        assert f"  {address}: At most" in whole.err
        assert f"unofficial {address}: Deals: one" in whole.out
    assert "is no answer about any" in " ".join(whole.out.split())
    assert f"track15 compare runs/{the_run(here).name}" in whole.err
    folder = RunFolder(the_run(here))
    placed = [placement_of(folder, one) for one in folder.transcripts()]
    assert {one.models["u"] for one in placed} == set(addresses)
    assert {one.models["o"] for one in placed} == {"scripted"}
    assert len(placed) == folder.info.dialogues == 6
    assert folder.info.models == {}
    assert folder.info.players["unofficial"] == tuple(addresses)

    # A kill leaves a torn line.
    record = folder.path / TRANSCRIPTS
    before, plan = record.read_bytes(), (folder.path / PLAN).read_bytes()
    lines = before.splitlines(keepends=True)
    record.write_bytes(b"".join(lines[:3]) + lines[3][:40])
    models.asked.clear()
    resumed = run(here, *flag)
    assert resumed.code == 0, resumed.err
    assert "6/6 dialogues (ant 2, bee 2, cat 2), 3 from before" in resumed.err
    assert record.read_bytes() == before
    assert (folder.path / PLAN).read_bytes() == plan
    assert models.changes <= 1
    assert resumed.out == whole.out

    replayed = run(here, *flag, "--replay", str(folder.path), log_dir="again")
    assert replayed.code == 0, replayed.err
    assert (the_run(here, "again") / TRANSCRIPTS).read_bytes() == before

    listed = typed("show", str(folder.path), cwd=here)
    head, *rows = listed.out.splitlines()
    assert head.split()[:3] == ["dialogue", "model_u", "arm"]
    assert {row.split()[1] for row in rows[:6]} == {f"openai/{name}" for name in NAMES}
    only = typed("show", str(folder.path), "--filter", 'model_u ~ "bee"', cwd=here)
    assert only.out.count("openai/bee") == 2
    assert "openai/ant" not in only.out
    report = json.loads(typed("report", str(folder.path), "--json", cwd=here).out)
    assert [one["label"] for one in report["by_model"]] == [f"unofficial {a}" for a in addresses]
    assert "checks" not in report["by_model"][0]
    assert report["by_model"][0]["two_part"]["arms"]
    page = (folder.path / "report.html").read_text(encoding="utf-8")
    assert all(f"unofficial openai/{name}: all scenarios" in page for name in NAMES)
    assert "Over all line-ups of models together" in page

    compared = typed("compare", str(folder.path), "--json", cwd=here)
    assert compared.code == 0, compared.err
    entries = json.loads(compared.out)["entries"]
    assert {e["model"] for e in entries if e["seat"] == "u"} == set(addresses)

    # What one of them has played is the same stage in a run of it alone.
    models.asked.clear()
    alone = run(here, "--model", f"unofficial={addresses[1]}", "--reuse")
    assert alone.code == 0, alone.err
    assert models.asked == []
    assert "2 reused" in alone.err


def test_plan_says_what_each_model_takes(here: Path, server: MockServer) -> None:
    priced = f"    price: {{prompt: 1.0, completion: 1.0}}\n    address: {named(server, 'ant')}\n"
    (here / "models.yaml").write_text(f"schema: track15/models/1\nmodels:\n  ant:\n{priced}")
    two = ("--model", f"unofficial=ant,{named(server, 'bee')}")
    done = typed("plan", "suite.yaml", *two, "--json", cwd=here)
    assert done.code == 0, done.err
    found = json.loads(done.out)
    ant, bee = found["by_model"]
    assert ant["calls"] == bee["calls"] == found["calls"] / 2 > 0
    assert ant["cost"] > 0
    assert bee["cost"] is None
    assert found["dialogues"] == 4
    alone = json.loads(
        typed("plan", "suite.yaml", "--model", "unofficial=ant", "--json", cwd=here).out
    )
    assert "by_model" not in alone
    assert alone["smallest_detectable"] == found["smallest_detectable"]
    assert alone["per_scenario"] == found["per_scenario"]
    assert alone["cost"] == ant["cost"]
    words = typed("plan", "suite.yaml", *two, cwd=here).out
    assert "by 2 line-ups of models" in words
    assert "each of the 2 line-ups" in words


def test_a_matrix_and_a_fixed_opponent(here: Path, server: MockServer) -> None:
    two, others = named(server, "ant", "bee"), named(server, "cat", "dog")
    both = ("--model", f"official={two}", "--model", f"unofficial={others}")
    typed("plan", "suite.yaml", *both, cwd=here).fails(2, "which of them meet", "--matrix")
    matrix = typed("plan", "suite.yaml", *both, "--matrix", "--json", cwd=here)
    assert json.loads(matrix.out)["dialogues"] == 8
    seat = ("--model", f"unofficial={two}")
    held = typed("plan", "suite.yaml", *seat, "--opponent", named(server, "cat"), cwd=here)
    assert held.code == 0, held.err
    assert f"official: {named(server, 'cat')}" in " ".join(held.out.split())
    typed("plan", "suite.yaml", "--opponent", "scripted", cwd=here).fails(2, "--opponent", "fix:")


def test_a_suite_names_its_models(here: Path, server: MockServer) -> None:
    suite = here / "suite.yaml"
    suite.write_text(f"{SUITE}models:\n  unofficial: [{named(server, 'ant')}, scripted]\n")
    found = json.loads(typed("plan", "suite.yaml", "--json", cwd=here).out)
    assert found["lineups"] == 2
    assert [one["model"] for one in found["by_model"]] == [named(server, "ant")]
    flag = ("--model", f"unofficial={named(server, 'bee')}")
    assert json.loads(typed("plan", "suite.yaml", *flag, "--json", cwd=here).out)["dialogues"] == 2

    suite.write_text(f"{SUITE}models:\n  unofficial: [openai/x@https://elsewhere.example/v1]\n")
    refused = typed("plan", "suite.yaml", cwd=here)
    refused.fails(2, "suite.yaml:13", "only the suite names", "your key")
    (here / "models.yaml").write_text(
        "schema: track15/models/1\nmodels:\n  far:\n    address: openai/x@https://elsewhere.example/v1\n"
    )
    assert typed("plan", "suite.yaml", cwd=here).code == 0

    suite.write_text(f"{SUITE}models:\n  unofficial: [far, far]\n")
    typed("plan", "suite.yaml", cwd=here).fails(2, "suite.yaml:13", "given twice for unofficial")


def test_workers_play_the_same_and_a_dialogue_of_one_model_forks(
    here: Path, server: MockServer
) -> None:
    flag = ("--model", f"unofficial={named(server, 'ant', 'bee')}")
    alone = run(here, *flag, log_dir="one")
    several = run(here, *flag, "--workers", "1", log_dir="two")
    assert alone.code == several.code == 0, alone.err + several.err
    lines = [
        sorted((the_run(here, log_dir) / TRANSCRIPTS).read_bytes().splitlines())
        for log_dir in ("one", "two")
    ]
    assert lines[0] == lines[1]
    last = list(RunFolder(the_run(here, "one")).transcripts())[-1]
    forked = typed(
        *("fork", str(the_run(here, "one")), last.id, "--turn", "1", "--log-dir", "forks"), cwd=here
    )
    assert forked.code == 0, forked.err
    folder = RunFolder(the_run(here, "forks"))
    (fork,) = folder.transcripts()
    assert placement_of(folder, fork).models["u"] == named(server, "bee")
    assert placement_of(folder, fork).lineup == ""
