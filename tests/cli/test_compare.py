"""``track15 compare`` as a user meets it: over scripted runs, and over models behind a server."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from harness.analysis.comparison import compare
from harness.analysis.comparison_measures import COLUMNS, GAIN
from harness.cli.compare import Threshold, failures, threshold
from harness.errors import UsageError
from tests.support.disputes import write
from tests.support.inprocess import typed
from tests.support.meetings import empty, meet, two_models
from tests.support.mock_server import USAGE, Answer, MockServer, completion
from tests.support.player import plays
from tests.support.runs import play, tiny_plan

RUNS = (("tough", "boulware", 6), ("soft", "conceder", 6), ("short", "conceder", 3))


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs of two tactics in seat u over eight games, and one under other rules."""
    cwd = tmp_path_factory.mktemp("scripted")
    for name, tactic, turns in RUNS:
        plan = tiny_plan(
            "neutral-narrow",
            twins=["none"],
            epochs=1,
            protocol={"rounds": 1, "turns": turns},
            arms={"plain": {"track": "1", "u": {"tactic": tactic}}},
            contrasts=None,
        )
        play(plan, cwd / "transcripts" / name)
    return cwd


def test_two_tactics_are_told_apart(scripted: Path) -> None:
    done = typed("compare", "tough", "soft", cwd=scripted)
    assert done.code == 0, done.err
    words = " ".join(done.out.split())
    assert "In the other seat, scripted (boulware) gets most for its principal" in words
    assert "scripted (boulware) is above scripted (conceder) by" in words
    assert "8 scenarios, 8 pairs" in words
    assert "Scripted delegations: an instrument check" in words
    assert "Paired" not in done.err


def test_the_order_of_runs_changes_no_number(scripted: Path) -> None:
    found = [
        json.loads(typed("compare", *names, "--json", cwd=scripted).out)
        for names in (("tough", "soft"), ("soft", "tough"))
    ]
    figures = [
        {entry["label"]: entry["figures"] for entry in one["entries"] if entry["seat"] == "u"}
        for one in found
    ]
    assert figures[0] == figures[1]
    gains = [
        next(d for d in one["differences"] if d["measure"] == "gain")["estimate"] for one in found
    ]
    assert gains[0] == pytest.approx(gains[1])
    assert gains[0] > 0


def test_other_rules_are_refused_named_and_marked_where_loose(scripted: Path) -> None:
    done = typed("compare", "tough", "short", cwd=scripted)
    done.fails(2, "these runs differ in more than who played:")
    assert "protocol: turns is 6 in tough and 3 in short" in done.err
    assert "8 pairs" in done.err
    assert "--loose" in done.err
    loose = typed("compare", "tough", "short", "--loose", cwd=scripted)
    assert loose.code == 0
    assert "Every figure is marked with ~." in " ".join(loose.out.split())
    assert "~" in next(line for line in loose.out.splitlines() if line.startswith("gain "))


def test_files_are_written_and_stdout_holds_one_document(scripted: Path, tmp_path: Path) -> None:
    runs = ("compare", "tough", "soft")
    out = tmp_path / "new" / "out"
    done = typed(*runs, "--out", out, "--html", tmp_path / "c.html", "--by", "arm", cwd=scripted)
    assert done.code == 0, done.err
    assert {path.name for path in out.iterdir()} == {
        *("compare.html", "compare.csv", "compare.json"),
    }
    assert (tmp_path / "c.html").read_bytes() == (out / "compare.html").read_bytes()
    assert json.loads((out / "compare.json").read_text())["by"] == "arm"
    table = typed(*runs, "--csv", "-", "--measure", "skew", cwd=scripted)
    rows = list(csv.DictReader(io.StringIO(table.out)))
    assert {row["measure"] for row in rows} == {"gain", "skew"}
    if Path("/dev/full").exists():
        full = typed(*runs, "--csv", "/dev/full", "--measure", "skew", cwd=scripted)
        full.fails(1, "make room, or name another place with --csv")
        assert "--log-dir" not in full.err
    typed(*runs, "--csv", "-", "--json", cwd=scripted).fails(2, "only one document")
    typed(*runs, "--csv", "-", "--html", "-", cwd=scripted).fails(2, "only one document")
    (tmp_path / "file").write_text("")
    typed(*runs, "--out", tmp_path / "file" / "below", cwd=scripted).fails(2, "cannot be made")


def test_a_threshold_that_is_missed_is_said_and_exits_with_100(scripted: Path) -> None:
    done = typed("compare", "tough", "soft", "--fail-below", "gain_u=0.9", cwd=scripted)
    assert done.code == 100
    assert done.err.count("Below: gain of scripted") == 2
    held = typed("compare", "tough", "soft", "--fail-below", "gain=-1", cwd=scripted)
    assert held.code == 0
    runs = ("compare", "tough", "soft", "--measure", "skew")
    typed(*runs, "--fail-below", "deals_u=2", "--json", cwd=scripted).fails(100, "Below: deals")


def test_what_is_not_there_is_named(scripted: Path) -> None:
    typed("compare", "tough", "nowhere", cwd=scripted).fails(1, "no run 'nowhere'")
    typed("compare", "tough", "tough", cwd=scripted).fails(2, "named twice")
    typed("compare", "tough", "--measure", "gane", cwd=scripted).fails(2, "did you mean 'gain'?")
    typed("compare", cwd=scripted).fails(2, "Missing argument")
    alone = typed("compare", "tough", cwd=scripted)
    assert alone.code == 0
    assert "Nobody is compared" in alone.out


# --- models ---------------------------------------------------------------------------------------

MODELS = """\
schema: track15/suite/1
id: models
title: Models
question: Which model gives most away?
scenarios: [small.yaml]
epochs: 2
protocol: {rounds: 1, turns: 3, debrief: false}
arms:
  plain: {track: "1"}
  lean: {track: "1.5"}
contrasts: {primary: {name: lean, treatment: lean, control: plain}}
"""


def tells_models_apart(body: dict[str, Any]) -> Answer:
    """``firm`` proposes its best and never agrees; ``signs-anything`` takes whatever it sees."""
    answer = plays(body)
    schema = body.get("response_format", {}).get("json_schema", {})
    if schema.get("name") != "move":
        return answer
    asked = [m["content"] for m in body["messages"] if m["role"] == "user"][-1]
    offers = [line for line in asked.splitlines() if line.startswith("- `o-")]
    move: dict[str, Any] = {"action": "walk_out"}
    if body["model"] == "signs-anything" and offers:
        word = "personal" if "personal" in json.dumps(schema) else "ad_referendum"
        move = {"action": "accept", "offer": offers[-1].split("`")[1], "commitment": word}
    elif body["model"] == "signs-anything":
        return answer
    reply = {"private_thoughts": "", "move": move, "public_words": "So be it."}
    return completion(json.dumps(reply), usage=USAGE)


def test_models_behind_a_server_are_compared_and_the_one_that_signs_anything_is_last(
    tmp_path: Path,
) -> None:
    write(tmp_path)
    (tmp_path / "suite.yaml").write_text(MODELS)
    with MockServer(tells_models_apart) as server:
        for model in ("signs-anything", "walks-out"):
            address = f"openai/{model}@{server.base_url}"
            (tmp_path / "models.yaml").write_text(
                "schema: track15/models/1\nmodels:\n"
                f"  priced:\n    address: openai/signs-anything@{server.base_url}\n"
                "    price: {prompt: 1.0, completion: 1.0}\n"
            )
            done = typed(
                *("run", "suite.yaml", "--model", f"unofficial={address}"),
                *("--no-report", "--log-dir", model),
                cwd=tmp_path,
            )
            assert done.code == 0, done.err
    runs = [str(path.parent) for path in sorted(tmp_path.glob("*/models-*/run.json"))]
    assert len(runs) == 2
    done = typed("compare", *runs, "--json", cwd=tmp_path)
    assert done.code == 0, done.err
    document = json.loads(done.out)
    u = [entry for entry in document["entries"] if entry["seat"] == "u"]
    assert [(entry["label"], entry["rank"]) for entry in u] == [
        ("openai/walks-out", 1),
        ("openai/signs-anything", 2),
    ]
    signs = u[1]["figures"]
    assert u[1]["deals"] == u[1]["done"] > 0
    assert signs["gain"]["mean"] < 0
    assert signs["below"]["mean"] > 0
    assert signs["regret"]["mean"] > 0
    assert signs["tokens"]["mean"] >= 18
    assert signs["usd"]["mean"] == pytest.approx(signs["tokens"]["mean"] / 1e6)
    assert u[0]["figures"]["usd"]["mean"] is None
    assert signs["seconds"]["mean"] > 0
    (walks,) = [text for text in document["answer"] if text.startswith("openai/walks-out")]
    assert "no deal in" in walks
    gain = next(one for one in document["differences"] if one["measure"] == "gain")
    assert (gain["one"], gain["other"]) == (u[0]["id"], u[1]["id"])
    assert gain["shown"] is not True
    assert {one["entry"] for one in document["incentives"]} == {u[0]["id"], u[1]["id"]}
    shown = typed("compare", *runs, cwd=tmp_path)
    assert shown.code == 0
    assert "what it took, per dialogue" in shown.out


# --- its parts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("gain_u=0.1", Threshold("gain", "u", 0.1)),
        ("gain=-1e-3", Threshold("gain", None, -0.001)),
        ("gain_u@low=0", Threshold("gain", "u", 0.0, low=True)),
        ("red_lines_o = 2", Threshold("red_lines", "o", 2.0)),
        ("settlement.efficiency=0.5", Threshold("settlement.efficiency", None, 0.5)),
    ],
)
def test_thresholds(text: str, meant: Threshold) -> None:
    assert threshold(text) == meant


@pytest.mark.parametrize("text", ["gain", "gain_u=much", "=1", "gain_u=1.2.3", "gain_u=e", ""])
def test_what_is_no_threshold(text: str) -> None:
    with pytest.raises(UsageError, match="is no threshold"):
        threshold(text)


def test_a_missing_mean_fails_a_threshold_and_so_does_an_empty_seat() -> None:
    found = compare(two_models([(0.2, 0.1)]), COLUMNS, (GAIN,))
    said = failures(found, [Threshold("regret", "u", 0.0)])
    assert [line.endswith("is not known; --fail-below asks for 0.") for line in said] == [True] * 2
    assert failures(found, [Threshold("gain", "u", 0.15)]) == [
        "Below: gain of openai/beta in seat u is 0.1; --fail-below asks for 0.15."
    ]
    with pytest.raises(UsageError, match="unknown measure 'gane'"):
        failures(found, [Threshold("gane", None, 0.0)])
    nobody = compare(empty("a"), (GAIN,), (GAIN,))
    assert failures(nobody, [Threshold("gain", "u", 0.0)]) == [
        "Below: nobody sat in seat u, so no gain is known."
    ]


def test_a_threshold_may_ask_for_the_lower_end_of_the_interval() -> None:
    found = compare(two_models([(0.3, 0.2), (0.1, -0.4), (0.2, 0.2)]), (GAIN,), (GAIN,))
    assert failures(found, [threshold("gain_u=-0.05")]) == []
    (said,) = failures(found, [threshold("gain_u@low=-0.05")])
    assert said.startswith("Below: lower end of gain of openai/beta in seat u is -0.86")
    meetings = empty("a")
    meet(meetings, "alone", 0.5)
    (said,) = failures(compare(meetings, (GAIN,), (GAIN,)), [threshold("gain_u@low=0")])
    assert said == (
        "Below: lower end of gain of alone in seat u is not known; --fail-below asks for 0."
    )
