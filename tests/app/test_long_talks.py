"""Before a judge is asked it is known how many questions long talks take."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.app import long_talks
from harness.app.long_talks import MOST_LOOKED_AT
from tests.support.inprocess import typed
from tests.support.mock_server import MockServer
from tests.support.run_judges import RunJudge

TALKS = Path(__file__).parents[2] / "docs" / "examples" / "talks.jsonl"


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[MockServer, RunJudge]]:
    judge = RunJudge()
    with MockServer(judge) as server:
        yield server, judge


def imported(cwd: Path, times: int = 600, turns: int = 0) -> int:
    """Talks of which the first are too long for one question; how many there are.

    Args:
        times: How often something is said in each turn.
        turns: On the price, before the others.
    """
    told = [json.loads(line) for line in TALKS.read_text(encoding="utf-8").splitlines()]
    two = [{"who": who, "text": "Let us speak of the price."} for who in ("buyer", "seller")]
    told[0]["turns"] = [*(dict(two[at % 2]) for at in range(turns)), *told[0]["turns"]]
    for turn in told[0]["turns"]:
        if "text" in turn:
            turn["text"] += " We have come a long way, and the river is wide." * times
    whole = "".join(f"{json.dumps(one)}\n" for one in told)
    (cwd / "long.jsonl").write_text(whole, encoding="utf-8")
    done = typed("import", "jsonl", "long.jsonl", cwd=cwd)
    assert done.code == 0, done.err
    return len(told)


def judged(cwd: Path, server: MockServer) -> str:
    address = f"openai/x@{server.base_url}"
    flags = ("--rubric", "prose-ledger", "--display", "none", "--no-report")
    done = typed("score", "latest", "--judge", address, *flags, cwd=cwd)
    assert done.code in (0, 100), done.err
    return " ".join(done.err.split())


@pytest.mark.parametrize(("times", "turns"), [(600, 0), (20, 40)])
def test_the_forecast_of_long_talks_is_what_they_take(
    tmp_path: Path, served: tuple[MockServer, RunJudge], times: int, turns: int
) -> None:
    server, judge = served
    records, before = imported(tmp_path, times, turns), judge.asked
    said = judged(tmp_path, server)
    found = re.search(r"At most (\d+) model calls", said)
    assert found is not None
    assert int(found[1]) == judge.asked - before > records
    again = [text for text in judge.read[before:] if "# What was read before" in text]
    assert bool(again) is bool(turns)
    assert "1 judgement is of talks too long for one question: one or more a topic." in said


def test_where_too_much_would_have_to_be_read_it_is_said_that_there_may_be_more(
    tmp_path: Path, served: tuple[MockServer, RunJudge], monkeypatch: pytest.MonkeyPatch
) -> None:
    records = imported(tmp_path)
    assert records < MOST_LOOKED_AT
    monkeypatch.setattr(long_talks, "MOST_LOOKED_AT", records - 1)
    said = judged(tmp_path, served[0])
    assert f"At most {records} model calls" in said
    assert "Talks that are too long for one question take more, at least one a topic." in said
