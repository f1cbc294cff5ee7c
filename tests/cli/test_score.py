"""``score --judge`` as a person types it: planned, priced, played, resumed, and read."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from harness.records.folder import JUDGING, PLAN, RUN, TRANSCRIPTS
from harness.records.judgement import JudgementRecord
from tests.support.command import Result
from tests.support.inprocess import typed
from tests.support.labels import run_of
from tests.support.mock_server import Answer, MockServer, completion, error, hang
from tests.support.run_judges import RunJudge

DIALOGUES = 4


def score(cwd: Path, server: MockServer, *more: str, model: str = "x") -> Result:
    address = f"openai/{model}@{server.base_url}"
    words = (
        "--evaluator",
        "settlement",
        "--no-report",
        "--display",
        "none",
        "--max-retries",
        "0",
        "--max-connections",
        "1",
    )
    return typed("score", "quickstart", "--judge", address, *words, *more, cwd=cwd)


def judgements(cwd: Path) -> list[JudgementRecord]:
    return list(run_of(cwd).records("judgement", JudgementRecord))


def broken_after(count: int) -> Any:
    return lambda asked: error(500) if asked > count else None


def test_a_run_is_judged_resumed_and_judged_by_another(
    played: Path, server: MockServer, judge: RunJudge
) -> None:
    run = run_of(played).path
    kept = {name: (run / name).read_bytes() for name in (PLAN, TRANSCRIPTS)}
    before = json.loads((run / RUN).read_text())
    judge.instead = broken_after(2)
    broken = score(played, server)
    assert broken.code == 1
    said = " ".join(broken.err.split())
    assert "judges 4 finished records by talks-claims. At most 4 model calls, about" in said
    assert "Its judgements are uncalibrated." in said
    assert "2 of 4 judgements are missing" in said
    assert {one.status for one in judgements(played)} == {"done", "failed"}

    judge.instead = lambda _: None
    asked = judge.asked
    whole = score(played, server, "--json")
    assert whole.code == 0, whole.err
    assert "(2 of 4 judgements are there already). At most 2 model calls" in whole.err
    assert judge.asked - asked == 2
    assert json.loads(whole.out)["run"].endswith(run.name)
    found = judgements(played)
    assert [one.status for one in found] == ["done"] * DIALOGUES

    assert score(played, server).err.partition("\nTranscripts")[0] == "", "nothing to be said"
    assert judge.asked - asked == 2, "nothing is asked twice"
    assert score(played, server, model="y").code == 0
    assert judge.asked - asked == 2 + DIALOGUES
    assert len(judgements(played)) == 2 * DIALOGUES

    folder = run_of(played)
    for one in judgements(played):
        at, of = folder.place(one.id), folder.place(one.inputs["read"].id)
        assert (at.name, at.arms, at.pair) == ("judged_talks-claims", of.arms, of.pair)
    assert {name: (run / name).read_bytes() for name in kept} == kept
    served = {f"openai/{name}@{server.base_url}" for name in "xy"}
    after = json.loads((run / RUN).read_text())
    assert set(after.pop("served")) == served
    assert after == before
    assert len((run / JUDGING).read_text().splitlines()) == 2 * DIALOGUES
    order = [one.spec.inputs["read"] for one in found]
    assert order == list(folder.index()), "in the order of the records"


def test_the_run_goes_on_as_if_nobody_had_judged_it(
    played: Path, server: MockServer, judge: RunJudge
) -> None:
    assert score(played, server).code == 0
    run = run_of(played).path
    judged = {name: (run / name).read_bytes() for name in ("judgement.jsonl", JUDGING)}
    more = typed(
        *("run", "quickstart", "--scenario", "opening", "--limit", "6", "--epochs", "2"),
        "--no-report",
        cwd=played,
    )
    assert more.code in (0, 100), more.err
    assert len(run_of(played).index()) == DIALOGUES + 2
    assert {name: (run / name).read_bytes() for name in judged} == judged


def test_a_quote_must_have_been_said(played: Path, server: MockServer, judge: RunJudge) -> None:
    first = next(run_of(played).transcripts())
    words = next(turn.words for turn in first.body.turns if turn.words and turn.seat == "o")
    judge.answers = {
        "final_1": ("yes", [words, "we shall leave at once"]),
        "leaving_2": ("yes", ["we shall leave at once"]),
        "mandate_2": ("cannot_tell", []),
    }
    assert score(played, server).code == 0
    one = next(one for one in judgements(played) if one.spec.inputs["read"] == first.id)
    verdicts = {verdict.item: verdict for verdict in one.body.verdicts}
    assert verdicts["final_o"].answer == "yes"
    assert verdicts["final_o"].rejected == ("we shall leave at once",)
    assert verdicts["leaving_u"].answer is None
    assert verdicts["leaving_o"].answer == "no"
    assert verdicts["mandate_u"].problem == "the judge cannot tell"


def test_a_judge_that_refuses_gives_no_verdict_and_may_be_asked_again(
    played: Path, server: MockServer, judge: RunJudge
) -> None:
    judge.instead = lambda _: completion(None, refusal="I would rather not.")
    refused = score(played, server)
    assert refused.code == 0
    assert "4 judgements are void: the judge refused" in refused.err
    assert all(one.status == "void" and not one.body.verdicts for one in judgements(played))
    judge.instead = lambda _: None
    asked = judge.asked
    assert score(played, server).code == 0
    assert judge.asked == asked
    assert score(played, server, "--retry-void").code == 0
    assert [one.status for one in judgements(played)] == ["done"] * DIALOGUES


def test_a_limit_ends_it_and_a_higher_one_goes_on(
    played: Path, server: MockServer, judge: RunJudge
) -> None:
    short = score(played, server, "--token-limit", "20")
    assert short.code == 1
    assert "of 4 judgements finished and kept" in short.err
    finished = sum(one.status == "done" for one in judgements(played))
    assert 0 < finished < DIALOGUES
    score(played, server, "--token-limit", "20").fails(1, "Stopped at --token-limit 20")
    done = score(played, server, "--token-limit", "100000")
    assert (done.code, judge.asked) == (0, DIALOGUES)


def test_ctrl_c_keeps_what_is_finished(played: Path, server: MockServer, judge: RunJudge) -> None:
    def interrupted(asked: int) -> Answer | None:
        if asked < 3:
            return None
        os.kill(os.getpid(), signal.SIGINT)
        return hang()

    judge.instead = interrupted
    stopped = score(played, server)
    assert stopped.code == 130
    assert "2 of 4 judgements finished and kept" in stopped.err
    assert "To resume, type: track15 score quickstart --judge" in " ".join(stopped.err.split())
    judge.instead = lambda _: None
    assert score(played, server).code == 0
    assert judge.asked == 3 + 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--rubric", "article"), "--rubric: it is for a judge, and none is named"),
        (("--max-retries", "3"), "--max-retries: it is for a judge"),
        (("--judge", "scripted"), "a script judges nothing"),
        (("--judge", "gpt"), "--judge"),
        (("--judge", "openai/x@http://127.0.0.1:9/v1", "--rubric", "artcle"), "'article'"),
        (
            ("--judge", "openai/x@http://127.0.0.1:9/v1", "--rubric", "article"),
            "no finished publication",
        ),
        (
            ("--judge", "openai/x@http://127.0.0.1:9/v1", "--cost-limit", "1"),
            "the price of openai/x@http://127.0.0.1:9/v1 is not known",
        ),
    ],
)
def test_a_mistake_is_one_clear_error(played: Path, arguments: tuple[str, ...], said: str) -> None:
    done = typed("score", "quickstart", *arguments, cwd=played)
    done.fails(2, said)
    assert not (run_of(played).path / JUDGING).exists()
