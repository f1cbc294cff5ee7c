"""``track15 run`` as a user meets it: the answer, the resume, the servers, the failures."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
from pathlib import Path

import pytest

from harness.evaluators.base import rubric_of
from harness.evaluators.registry import builtin
from harness.records.folder import TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.spec import TALKS
from tests.support.bargainer import Bargainer
from tests.support.command import COMMAND, PATIENCE, environment, started, track15
from tests.support.mock_server import Answer, Body, MockServer, completion, error, payload
from tests.support.player import plays

SMALL_RUN = ("run", "quickstart", "--scenario", "opening", "--epochs", "1")
NO_PAGE = (*SMALL_RUN, "--no-report")
MODEL_RUN = (*NO_PAGE, "--turns", "3", "--rounds", "1", "--limit", "2", "--max-retries", "0")


def only_run(cwd: Path) -> Path:
    (run,) = (path.parent for path in cwd.glob("transcripts/*/run.json"))
    return run


def test_the_answer_is_on_stdout_and_the_rest_on_stderr(tmp_path: Path) -> None:
    done = track15(*SMALL_RUN, cwd=tmp_path)
    assert done.code == 0
    assert "instrument" in done.out
    assert "track-1.5" in done.out
    assert "Transcripts:" in done.err
    assert "report.html" in done.err
    assert "4/4 dialogues" in done.err
    assert "\x1b" not in done.out + done.err, "no colours when it is not a terminal"
    run = only_run(tmp_path)
    page = (run / "report.html").read_text()
    assert page.startswith(("<!doctype html>", "<!DOCTYPE html>"))
    ours = sum(one.kind == TALKS and rubric_of(one) is None for one in builtin())
    assert len((run / "scores.jsonl").read_text().splitlines()) == 4 * ours


def test_the_second_time_nothing_is_played(tmp_path: Path) -> None:
    first = track15(*NO_PAGE, cwd=tmp_path)
    before = (only_run(tmp_path) / TRANSCRIPTS).stat().st_mtime_ns
    again = track15(*NO_PAGE, cwd=tmp_path)
    assert again.code == 0
    assert "4 from before" in again.err
    assert again.out == first.out
    assert (only_run(tmp_path) / TRANSCRIPTS).stat().st_mtime_ns == before


def test_json_is_machine_readable(tmp_path: Path) -> None:
    done = track15(*NO_PAGE, "--json", "--display", "none", cwd=tmp_path)
    found = json.loads(done.out)
    assert found["missing"] == 0
    assert found["instrument"] is True
    assert found["primary"]["contrast"]["treatment"] == "track-1.5"
    assert "NaN" not in done.out


def test_the_same_bytes_at_any_concurrency(tmp_path: Path) -> None:
    for connections in ("1", "200"):
        done = track15(
            *NO_PAGE, "--log-dir", connections, "--max-connections", connections, cwd=tmp_path
        )
        assert done.code == 0
    one, many = (next(tmp_path.glob(f"{n}/*/{TRANSCRIPTS}")) for n in ("1", "200"))
    assert one.read_bytes() == many.read_bytes()


def test_ctrl_c_keeps_what_is_finished_and_says_how_to_resume(tmp_path: Path) -> None:
    command = ("run", "track-contrast", "--limit", "200", "--max-connections", "2", "--no-report")
    with started(*command, cwd=tmp_path) as process:
        while process.poll() is None:
            written = tmp_path.glob(f"transcripts/*/{TRANSCRIPTS}")
            if sum(path.read_bytes().count(b"\n") for path in written) >= 5:
                process.send_signal(signal.SIGINT)
                break
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    said = "To resume, type: track15 run track-contrast --limit 200 --max-connections 2 --no-report"
    assert said in err
    kept = len(RunFolder(only_run(tmp_path)).index())
    assert 5 <= kept < 200
    resumed = track15(*command, cwd=tmp_path)
    assert resumed.code == 0
    assert f"{kept} from before" in resumed.err
    assert len((only_run(tmp_path) / TRANSCRIPTS).read_bytes().splitlines()) == 200


def test_two_models_on_two_servers(tmp_path: Path) -> None:
    key = "sk-openai-0123456789abcdef"
    with MockServer(plays) as one, MockServer(plays) as other:
        arguments = (
            *(*MODEL_RUN, "--model", f"official=openai/one@{one.base_url}"),
            *("--model", f"unofficial=openai/other@{other.base_url}"),
        )
        done = track15(*arguments, cwd=tmp_path, OPENAI_API_KEY=key)
        asked = {"one": len(one.bodies), "other": len(other.bodies)}
        again = track15(*arguments, cwd=tmp_path, OPENAI_API_KEY=key)
        assert {"one": len(one.bodies), "other": len(other.bodies)} == asked, "nothing paid twice"
    assert (done.code, again.code) == (0, 0), done.err
    assert {b["model"] for b in one.bodies if "model" in b} == {"one"}
    assert {b["model"] for b in other.bodies if "model" in b} == {"other"}
    for server in (one, other):
        assert not any(key in value for r in server.requests for value in r.headers.values())
    run = only_run(tmp_path)
    texts = [done.out, done.err, *(p.read_text() for p in run.iterdir() if p.is_file())]
    assert not any(key in text for text in texts)
    assert "instrument" not in done.out
    folder = RunFolder(run)
    for transcript in folder.transcripts():
        assert transcript.status == "done"
        assert transcript.body.outcome.kind == "deal"
        assert transcript.calls
        assert {call.seat for call in transcript.calls} == {"o", "u"}
        shown = folder.messages(key for call in transcript.calls for key in call.prompt)
        assert {key for call in transcript.calls for key in call.prompt} == set(shown)
        assert all(call.usage.prompt for call in transcript.calls)
    read = track15("show", run, next(iter(folder.index())), "--prompts", cwd=tmp_path)
    assert "# The rules of the talks" in read.out
    assert "Let us settle this." in read.out


def test_an_unreachable_server_is_one_clear_error(tmp_path: Path) -> None:
    done = track15(*MODEL_RUN, "--model", "openai/x@http://127.0.0.1:9/v1", cwd=tmp_path)
    done.fails(1, "connection refused", "is the server running at http://127.0.0.1:9/v1?")


def test_a_wrong_key_is_named_by_its_variable_and_never_shown(tmp_path: Path) -> None:
    with MockServer(lambda body: error(401, "bad key wrong-key-0123456789")) as server:
        done = track15(
            *(*MODEL_RUN, "--model", f"openai/x@{server.base_url}"),
            cwd=tmp_path,
            TRACK15_API_KEY="wrong-key-0123456789",
        )
    done.fails(1, "401", "TRACK15_API_KEY")
    assert "wrong-key" not in done.err
    assert len(server.requests) == 1, "a wrong key is not tried again"


@pytest.mark.kind("S3")
def test_what_a_server_does_not_take_is_said(tmp_path: Path) -> None:
    def script(body: Body) -> str | Answer:
        briefed = body.get("messages", [{"role": ""}])[0]["role"] == "system"
        if briefed:
            return error(400, "System role not supported")
        return error(422, "no such thing") if "response_format" in body else able(body)

    able = Bargainer()
    with MockServer(script) as server:
        done = track15(*MODEL_RUN, "--model", f"openai/x@{server.base_url}", cwd=tmp_path)
    assert done.code == 0, done.err
    assert "the system role was refused, so the briefing is in the first message" in done.err
    assert "of the user: System role not supported" in done.err
    assert "schema was refused for 'move', so it is asked for by tool call: no such" in done.err
    for transcript in RunFolder(only_run(tmp_path)).transcripts():
        assert "schema" not in {call.how for call in transcript.calls}


def test_a_model_that_babbles_voids_its_dialogues_and_they_are_counted(tmp_path: Path) -> None:
    with MockServer(lambda body: completion("I accept everything!")) as server:
        done = track15(*MODEL_RUN, "--model", f"openai/x@{server.base_url}", cwd=tmp_path)
    assert done.code == 100, done.err
    assert "2 void" in done.err
    assert done.out.count("1 void by seat o") == 2, "counted by arm and by who failed"
    for transcript in RunFolder(only_run(tmp_path)).transcripts():
        assert transcript.status == "void"
        assert transcript.body.turns == ()
        assert transcript.void is not None
        assert len(transcript.void.repairs) == 4


def test_a_server_that_breaks_down_leaves_the_run_incomplete(tmp_path: Path) -> None:
    calls = {"n": 0}

    def breaking(body: dict[str, object]) -> object:
        calls["n"] += 1
        return plays(body) if calls["n"] < 4 else error(500, "out of memory")

    with MockServer(breaking) as server:  # type: ignore[arg-type]
        model = ("--model", f"openai/x@{server.base_url}")
        done = track15(*MODEL_RUN, *model, "--max-connections", "1", cwd=tmp_path)
        assert done.code == 1
        assert "Traceback" not in done.err
        assert "dialogues are missing" in done.err
        calls["n"] = -10_000
        mended = track15(*MODEL_RUN, *model, "--max-connections", "1", cwd=tmp_path)
    assert mended.code == 0, mended.err
    assert all(t.status == "done" for t in RunFolder(only_run(tmp_path)).transcripts())


def test_a_check_that_does_not_hold_leaves_with_100(tmp_path: Path) -> None:
    suite = tmp_path / "mine.yaml"
    suite.write_text(
        "schema: track15/suite/1\nid: mine\ntitle: Mine\nquestion: What?\n"
        'scenarios: [symmetric]\narms:\n  a: {track: "1"}\n'
        "checks:\n  - {name: impossible, arm: a, measure: settlement.skew, min: 0.9}\n"
    )
    done = track15("run", suite, "--no-report", cwd=tmp_path)
    assert done.code == 100
    assert "impossible" in done.out


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    track15(*SMALL_RUN, "--log-dir", "file/runs", cwd=tmp_path).fails(
        1, "file/runs", "check the path"
    )


def test_a_disk_that_fills_up(tmp_path: Path) -> None:
    def tight() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    done = subprocess.run(
        [*COMMAND, *SMALL_RUN],
        cwd=tmp_path,
        env=environment(),
        preexec_fn=tight,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "transcripts.jsonl: cannot be written: File too large" in done.stderr
    assert "To resume, type" in done.stderr
    kept = len(RunFolder(only_run(tmp_path)).index())
    assert kept >= 1
    resumed = track15(*NO_PAGE, cwd=tmp_path)
    assert resumed.code == 0
    assert f"{kept} from before" in resumed.err


def test_a_half_written_run_is_resumed(tmp_path: Path) -> None:
    track15(*NO_PAGE, cwd=tmp_path)
    path = only_run(tmp_path) / TRANSCRIPTS
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    done = track15(*NO_PAGE, cwd=tmp_path)
    assert done.code == 0
    assert path.read_bytes() == whole


def test_a_server_without_a_models_list_is_no_obstacle(tmp_path: Path) -> None:
    def listless(body: dict[str, object]) -> object:
        return plays(body) if "messages" in body else payload({"detail": "no"}, status=404)

    with MockServer(listless) as server:  # type: ignore[arg-type]
        done = track15(*MODEL_RUN, "--model", f"openai/x@{server.base_url}", cwd=tmp_path)
    assert done.code == 0, done.err


@pytest.mark.parametrize("display", ["rich", "plain", "none"])
def test_every_display_leaves_stdout_alone(tmp_path: Path, display: str) -> None:
    plain = track15(*NO_PAGE, "--json", "--display", display, cwd=tmp_path)
    assert json.loads(plain.out)["dialogues"] == 4


SUITE = """\
schema: track15/suite/1
id: mine
title: Mine
question: {question}
scenarios: [symmetric]
arms:
  a: {{track: "1"}}
  b: {{track: "1.5"}}
contrasts:
  primary: {{name: p, treatment: b, control: a, measure: {measure}}}
checks:
  - {{name: bound, arm: a, measure: settlement.skew, min: {bound}}}
"""


def test_changed_questions_are_put_to_the_dialogues_that_were_played(tmp_path: Path) -> None:
    suite = tmp_path / "mine.yaml"
    suite.write_text(SUITE.format(question="Old?", measure="settlement.skew", bound=-1))
    assert track15("run", suite, "--no-report", cwd=tmp_path).code == 0
    suite.write_text(SUITE.format(question="New?", measure="settlement.gain_u", bound=0.9))
    again = track15("run", suite, "--no-report", cwd=tmp_path)
    assert again.code == 100
    assert "New?" in again.out
    assert "gain" in again.out
    assert "2 from before" in again.err
    assert RunFolder(only_run(tmp_path)).info.suite.question == "New?"


def test_a_misspelt_measure_shows_before_anything_is_played(tmp_path: Path) -> None:
    suite = tmp_path / "mine.yaml"
    suite.write_text(SUITE.format(question="What?", measure="settlement.skw", bound=-1))
    for command in ("plan", "run"):
        done = track15(command, suite, cwd=tmp_path)
        done.fails(2, "mine.yaml:10", "settlement.skw", "did you mean 'settlement.skew'?")
    assert not (tmp_path / "transcripts").exists()


def test_one_turn_is_also_the_last(tmp_path: Path) -> None:
    done = track15(*NO_PAGE, "--turns", "1", "--json", cwd=tmp_path)
    deals = [arm["endings"].get("deal", 0) for arm in json.loads(done.out)["arms"]]
    assert sum(deals) > 0


def test_a_prompt_too_long_for_the_server_is_a_void_and_not_a_dead_endpoint(tmp_path: Path) -> None:
    """Long talks overflow first: calling that a breakdown would stop the run, and no resume could
    fix it."""
    said = "This model's maximum context length is 8192 tokens."

    def forgetful(body: dict[str, object]) -> object:
        long = len(body.get("messages", ())) > 5  # type: ignore[arg-type]
        return error(400, said) if long else plays(body)

    arguments = (*SMALL_RUN, "--turns", "4", "--rounds", "1", "--max-retries", "2")
    with MockServer(forgetful) as server:  # type: ignore[arg-type]
        model = ("--model", f"openai/x@{server.base_url}")
        done = track15(*arguments, *model, cwd=tmp_path)
        asked = len(server.bodies)
        again = track15(*arguments, *model, cwd=tmp_path)
        assert len(server.bodies) == asked, "what cannot help is not tried again"
    assert (done.code, again.code) == (100, 100), done.err  # void throughout
    for transcript in RunFolder(only_run(tmp_path)).transcripts():
        assert transcript.status in ("void", "done")
        void = transcript.void
        if void is not None:
            assert void.kind == "prompt"
            assert "maximum context length" in void.detail
    assert "4 void" in done.err


SHARED = """\
schema: track15/suite/1
id: shared
title: Shared
question: "Are they the same?"
scenarios: [opening]
twins: [none]
epochs: 1
arms:
  one: {track: "1"}
  two: {track: "1"}
  half: {track: "1.5"}
contrasts:
  primary: {name: half, treatment: half, control: two}
"""


def test_a_dialogue_that_arms_share_is_missing_in_none(tmp_path: Path) -> None:
    (tmp_path / "shared.yaml").write_text(SHARED)
    done = track15("run", "shared.yaml", "--no-report", "--json", cwd=tmp_path)
    assert done.code == 0, done.err
    assert json.loads(done.out)["missing"] == 0
    assert len((only_run(tmp_path) / TRANSCRIPTS).read_text().splitlines()) == 2
    listed = track15("list", "runs", "--json", cwd=tmp_path)
    assert json.loads(listed.out)[0]["finished"] == "3/3"
