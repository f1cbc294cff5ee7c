"""The figures in ``docs/scale.md`` are those of ``benchmarks/sizing.py``, and those are right."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.sizing import Assumptions, given, memory, read_assumptions, shown, size, table
from harness.analysis.design import Design, smallest_shown
from harness.analysis.scale import Scale
from harness.analysis.spread import assumed
from harness.orchestrator.estimate import Estimate, estimate
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.prompting.talks import Prompts
from harness.suite.loading import load_suite
from tests.support.command import ROOT, environment, track15
from tests.support.mock_server import MockServer
from tests.support.player import never_agrees

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
ADDRESS = "openai/MODEL"


def sizing(*flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "benchmarks/sizing.py", *flags],
        cwd=ROOT,
        env=environment(PYTHONIOENCODING="utf-8"),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def planned(prompts: Prompts, **changes: Any) -> Plan:
    models = {"official": ADDRESS, "unofficial": ADDRESS}
    return make_plan(
        load_suite("track-contrast"), Overrides(models=models, **changes), prompts.hashes()
    )


@pytest.fixture(scope="module")
def counted() -> Estimate:
    """What ``track15 plan track-contrast --model openai/MODEL`` says."""
    prompts = Prompts()
    return estimate(planned(prompts), prompts)


def results(assumptions: Assumptions) -> dict[str, float]:
    return {row.quantity.replace("**", ""): row.value for row in size(assumptions)}


# --- the page -------------------------------------------------------------------------------------


def test_the_page_shows_the_table_that_the_command_prints() -> None:
    done = sizing()
    assert done.returncode == 0, done.stderr
    assert f"\n\n{done.stdout}\n" in PAGE


def test_the_page_lists_every_flag_with_its_default() -> None:
    usual = Assumptions()
    rows = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if "`--" in line]
    shown_at = {row[-1].strip("`"): row[-2] for row in rows if len(row) == 3}
    for name in Assumptions.__dataclass_fields__:
        flag = f"--{name.replace('_', '-')}"
        if flag == "--dialogues":
            continue
        value = getattr(usual, name)
        if flag == "--price":
            said_prices = [float(price) for price in re.findall(r"[\d.]+", shown_at[flag])]
            assert tuple(said_prices) == value
            continue
        said = re.search(r"[\d.,]+", shown_at[flag])
        assert said is not None, flag
        number = float(said[0].replace(",", ""))
        scale = 1000 if "kB" in shown_at[flag] else 1
        assert number * scale == pytest.approx(value), flag


def test_what_the_page_says_in_words_is_in_the_table() -> None:
    usual, uncached = results(Assumptions()), results(Assumptions(cached=0))
    hours = usual["hours on 50 GPUs"]
    assert f"take 50 GPUs for {hours / 24:.0f} days" in PAGE
    assert f"${round(usual['cost of the GPUs'], -3):,.0f}" in PAGE
    assert usual["CPU cores for the harness"] < 1
    for found in (usual, uncached):
        assert f"{shown(found['GPU hours'])}" in PAGE
        assert f"${shown(found['cost of the GPUs'])}" in PAGE
        assert f"${shown(found['the same from a paid API, by the million tokens'])}" in PAGE
    longer = uncached["GPU hours"] / usual["GPU hours"]
    assert f"{longer:.1f} times as long" in PAGE
    connections = re.findall(r"--max-connections (\d+)", PAGE)
    assert connections
    assert all(abs(int(n) - usual["of them on each GPU"]) < 3 for n in connections)


def test_the_runs_on_the_page_add_up(counted: Estimate) -> None:
    epoch = counted.dialogues // load_suite("track-contrast").epochs
    assert f"`track-contrast` has {epoch} dialogues an epoch" in PAGE
    assert epoch == counted.scenarios * 4 * len(counted.arms)
    runs, epochs, each = re.findall(r"(\d+) runs of (\d+) epochs = 100 × ([\d,]+)", PAGE)[0]
    assert int(each.replace(",", "")) == int(epochs) * epoch
    assert int(runs) * int(epochs) * epoch == pytest.approx(Assumptions().dialogues, rel=0.01)


def test_the_smallest_detectable_differences_are_those_of_plan(counted: Estimate) -> None:
    rows = re.findall(r"^\| ([\d,]+) \| (\d+) \| (0\.\d+) \|$", PAGE, re.MULTILINE)
    assert len(rows) == 4
    for dialogues, scenarios, said in rows:
        pairs = int(dialogues.replace(",", "")) // int(scenarios) // len(counted.arms)
        skew = Design("settlement.skew", "skew", Scale(-1, 1), True, int(scenarios), pairs)
        spread = assumed(skew.scale)
        assert spread is not None
        least = smallest_shown(skew, spread)
        assert said == f"{least:.3f}"


# --- what goes in ---------------------------------------------------------------------------------


def test_what_is_counted_is_what_plan_counts(counted: Estimate) -> None:
    usual = Assumptions()
    assert f"divided by its {counted.dialogues} dialogues" in PAGE
    assert counted.calls / counted.dialogues == pytest.approx(usual.calls, rel=0.01)
    assert counted.prompt_tokens / counted.dialogues == pytest.approx(usual.prompt_tokens, rel=0.02)
    assert counted.completion_tokens / counted.dialogues == pytest.approx(
        usual.reply_tokens, rel=0.01
    )
    assert counted.cached_across == pytest.approx(usual.cached, abs=0.01)
    assert counted.cached_within == pytest.approx(usual.cached, abs=0.015)


def test_runs_with_other_seeds_or_servers_share_no_dialogue() -> None:
    prompts = Prompts()
    one, other = planned(prompts, epochs=1, seed=1), planned(prompts, epochs=1, seed=2)
    seeds, others = ({way.talks.seed for way in plan.ways()} for plan in (one, other))
    assert not seeds & others
    assert not set(one.ids) & set(other.ids)
    models = dict.fromkeys(("official", "unofficial"), f"{ADDRESS}@http://127.0.0.1:1/v1")
    elsewhere = make_plan(one.suite, Overrides(models=models), prompts.hashes())
    assert not set(one.ids) & set(elsewhere.ids)


def _lines(path: Path) -> Iterator[bytes]:
    return iter(path.read_bytes().splitlines(keepends=True))


@pytest.mark.slow
def test_a_call_takes_as_much_room_as_the_page_says(tmp_path: Path) -> None:
    with MockServer(never_agrees(random.Random(15))) as server:
        model = f"openai/mock@{server.base_url}"
        flags = ("--model", model, "--limit", "4", "--display", "none", "--log-dir", "runs")
        flags += ("--no-report",)
        done = track15("run", "track-contrast", *flags, cwd=tmp_path)
    assert done.code == 0, done.err
    [run] = (tmp_path / "runs").iterdir()
    transcripts = list(_lines(run / "transcripts.jsonl"))
    calls = sum(len(json.loads(line)["calls"]) for line in transcripts)
    assert calls / len(transcripts) > 30
    size_of = sum(map(len, transcripts))
    # Briefings are written once a run, not once a dialogue.
    size_of += sum(
        len(line) for line in _lines(run / "messages.jsonl") if b'"role":"system"' not in line
    )
    size_of += sum((run / name).stat().st_size for name in ("timings.jsonl", "scores.jsonl"))
    assert size_of / calls == pytest.approx(Assumptions().bytes_per_call, rel=0.15)


# --- the command ----------------------------------------------------------------------------------


def test_the_arithmetic() -> None:
    found = results(
        Assumptions(
            dialogues=1_000,
            calls=10,
            prompt_tokens=40_000,
            cached=0.75,
            reply_tokens=3_600,
            gpu_generates=1_000,
            gpu_reads=10_000,
            gpu_price=2,
            gpus=2,
            cache_bytes=1_000,
            call_seconds=4,
            cpu_ms=2,
            driver_ms=3_600,
            bytes_per_call=500,
            price=(1, 0.5, 2),
        )
    )
    hours = (1 + 1_000 / 3_600) / 2  # 3.6 M tokens generated and 10 M read
    rate = 10_000 / (hours * 3_600)
    assert found == pytest.approx(
        {
            "model calls": 10_000,
            "prompt tokens": 40e6,
            "of them not cached": 10e6,
            "reply tokens": 3.6e6,
            "GPU hours to generate": 1,
            "GPU hours to read": 1_000 / 3_600,
            "GPU hours": 2 * hours,
            "hours on 2 GPUs": hours,
            "cost of the GPUs": 4 * hours,
            "the same from a paid API, by the million tokens": 10 + 15 + 7.2,
            "tokens a minute": 43.6e6 / (hours * 60),
            "calls a second": rate,
            "dialogues in play (Little's law)": 4 * rate,
            "of them on each GPU": 2 * rate,
            "memory of each GPU that their prompts take": 2 * rate * 2 * 4_000 * 1_000,
            "CPU cores for the harness": rate * 0.002,
            "CPU of the drivers, all runs together": 1,
            "disk": 5e6,
        }
    )


def test_no_run_is_shorter_than_a_dialogue() -> None:
    few = results(Assumptions(dialogues=3, calls=10, call_seconds=36, gpus=8))
    assert few["hours on 8 GPUs"] == pytest.approx(0.1)
    assert few["dialogues in play (Little's law)"] == pytest.approx(3)
    assert few["cost of the GPUs"] == pytest.approx(8 * 0.1 * Assumptions().gpu_price)


def test_every_flag_is_read() -> None:
    usual = Assumptions()
    changed: dict[str, Any] = {}
    arguments: list[str] = []
    for name in Assumptions.__dataclass_fields__:
        if name == "price":
            changed[name] = (1.0, 2.0, 3.0)
        else:
            changed[name] = 1 if name == "cached" else 2
        values = changed[name] if name == "price" else (changed[name],)
        arguments += [f"--{name.replace('_', '-')}", *map(str, values)]
    assert read_assumptions(arguments) == Assumptions(**changed)
    assert read_assumptions([]) == usual
    assert read_assumptions(["--dialogues", "10_000_000"]) == usual
    assert read_assumptions(["--dialogues", "1e7"]) == usual


@pytest.mark.parametrize(
    "flags",
    [
        ("--cached", "1.01"),
        ("--cached", "-0.1"),
        ("--dialogues", "many"),
        ("--dialogues", "1.5"),
        ("--gpus", "0"),
        ("--calls", "nan"),
        ("--gpu-reads", "0"),
        ("--reply-tokens", "inf"),
        ("--gpu-price", "-1"),
        ("--price", "1", "2"),
        ("--price", "1", "2", "dear"),
    ],
)
def test_a_bad_value_is_one_clear_error(
    flags: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        read_assumptions(list(flags))
    assert ended.value.code == 2
    errors = [line for line in capsys.readouterr().err.splitlines() if "error:" in line]
    assert len(errors) == 1
    assert flags[0] in errors[0]


def test_a_bad_value_ends_the_command_with_code_2() -> None:
    done = sizing("--gpus", "0")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_numbers_are_shown_with_three_digits() -> None:
    assert [shown(v) for v in (0, 0.35437, 8, 235.9, 22_937, 999_499)] == [
        "0",
        "0.354",
        "8",
        "236",
        "22,900",
        "999,000",
    ]
    assert [shown(v) for v in (999_500, 3.9e8, 3.58e12)] == ["1 × 10⁶", "3.9 × 10⁸", "3.58 × 10¹²"]
    assert [given(v) for v in (10_000_000, 13_650.0, 0.075)] == ["10,000,000", "13,650", "0.075"]
    assert [memory(v) for v in (0, 12, 45.5e9, 2.925e12)] == [
        "0 bytes",
        "12 bytes",
        "45.5 GB",
        "2.92 TB",
    ]


def test_whatever_goes_in_a_table_comes_out() -> None:
    most = Assumptions(dialogues=10**18, calls=1e18, gpus=10**18, cached=1.0)
    for assumptions in (most, Assumptions(dialogues=1, cached=0.0, call_seconds=1e-6)):
        text = table(size(assumptions))
        assert "nan" not in text
        assert "inf" not in text
        assert all(line.count("|") == 4 for line in text.splitlines())
