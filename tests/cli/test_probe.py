"""``--probe`` as a user meets it: planned, played, resumed, replayed and read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.records.probe import ProbeRecord
from harness.records.reader import RunFolder
from tests.support.command import Result
from tests.support.disputes import write
from tests.support.inprocess import typed
from tests.support.mock_server import USAGE, Answer, MockServer, completion, error
from tests.support.player import plays

SUITE = """\
schema: track15/suite/1
id: tiny
title: Tiny
question: Does it lean?
scenarios: [small.yaml]
epochs: 2
protocol: {rounds: 1, turns: 2, debrief: false, repairs: 1}
arms:
  plain: {track: "1"}
  lean: {track: "1", u: {deal_reward: 0.3}}
contrasts: {primary: {name: lean, treatment: lean, control: plain}}
"""


class Model:
    """Plays, and signs whatever gives its principal the well; ``broken`` fails at questions."""

    def __init__(self) -> None:
        self.questions = 0
        self.broken = False

    def __call__(self, body: dict[str, Any]) -> Answer:
        schema = body.get("response_format", {}).get("json_schema", {}).get("name")
        if schema != "probe":
            return plays(body)
        self.questions += 1
        if self.broken and self.questions > 3:
            return error(500)
        asked = body["messages"][1]["content"]
        decision = "leave" if "`well`): `half`" in asked else "sign"
        return completion(json.dumps({"why": "Water.", "decision": decision}), usage=USAGE)


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def server(model: Model) -> Iterator[MockServer]:
    with MockServer(model) as running:
        yield running


def track15(cwd: Path, server: MockServer, command: str, *more: str) -> Result:
    write(cwd)
    (cwd / "tiny.yaml").write_text(SUITE)
    model = f"openai/x@{server.base_url}"
    wire = ("--max-retries", "0", "--max-connections", "1") if command == "run" else ()
    return typed(command, "tiny.yaml", "--probe", "--model", model, *wire, *more, cwd=cwd)


def probes(cwd: Path) -> list[ProbeRecord]:
    (run,) = (cwd / "transcripts").iterdir()
    return list(RunFolder(run).records("probe", ProbeRecord))


def test_it_is_planned_played_resumed_replayed_and_read(
    tmp_path: Path, server: MockServer, model: Model
) -> None:
    planned = json.loads(track15(tmp_path, server, "plan", "--json").out)
    bare = json.loads(track15(tmp_path, server, "plan", "--json", "--no-probe").out)
    # Official and other seat, two epochs; the official's is the same in both arms.
    assert planned["calls"] - bare["calls"] == (2 + 2 + 2) * 9
    assert planned["prompt_tokens"] > bare["prompt_tokens"] + 54 * 500
    model.broken = True
    assert track15(tmp_path, server, "run").code == 1
    model.broken, before = False, model.questions
    done = track15(tmp_path, server, "run", "--json")
    assert done.code in (0, 100), done.err
    assert model.questions - before == 6 * 6 - 3, "three were answered, and are not asked again"
    found = probes(tmp_path)
    assert [one.status for one in found] == ["done"] * 6
    assert all(len(one.body.answers) == 6 for one in found), "the dispute has no more packages"
    signed = [a.signs is (a.package["well"] != "half") for one in found for a in one.body.answers]
    assert all(signed)
    check = json.loads(done.out)["probes"]
    assert [(one["arm"], one["seat"], one["answers"]) for one in check["acting"]] == [
        ("plain", "o", 12),
        ("lean", "o", 12),
        ("plain", "u", 12),
        ("lean", "u", 12),
    ]
    asked = model.questions
    (run,) = (tmp_path / "transcripts").iterdir()
    again = track15(tmp_path, server, "run", "--replay", run.name)
    assert again.code == done.code, again.err
    assert model.questions == asked, "a replay asks nobody"
    replayed = run.with_name(f"{run.name}-replay")
    assert (replayed / "probe.jsonl").read_bytes() == (run / "probe.jsonl").read_bytes()
    assert "asked in private" in again.out
    assert "Did the incentives take?" in (replayed / "report.html").read_text()


def test_a_suite_may_ask_for_it_and_a_script_answers(tmp_path: Path) -> None:
    write(tmp_path)
    asks = SUITE.replace("debrief: false", "debrief: true")
    (tmp_path / "tiny.yaml").write_text(f"{asks}probe: true\nestimates: true\n")
    done = typed("run", "tiny.yaml", "--no-report", cwd=tmp_path)
    assert done.code == 0, done.err
    assert "one scenario cannot show whether its incentives took" in " ".join(done.out.split())
    assert "was not checked" not in done.out
    (run,) = (tmp_path / "transcripts").iterdir()
    scores = [one for one in RunFolder(run).scores() if one.evaluator == "debrief"]
    assert len(scores) == 4
    for score in scores:  # a script goes by the public image, before as after
        assert score.values["limit_error_before_u"] == score.values["limit_error_u"] is not None
        assert score.values["limit_nearer_o"] == score.values["top_issue_learned_o"] == 0
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(f"{SUITE}estimates: true\n")
    typed("run", "wrong.yaml", cwd=tmp_path).fails(2, "wrong.yaml:12", "add probe: true")
    wrong.write_text(f"{SUITE}probe: nine\n")
    typed("run", "wrong.yaml", cwd=tmp_path).fails(2, "probe", "wrong.yaml")
    wrong.write_text(SUITE.replace("name: lean,", "name: lean, measure: probe.signed,"))
    typed("run", "wrong.yaml", cwd=tmp_path).fails(2, "wrong.yaml:11", "not a dialogue")
