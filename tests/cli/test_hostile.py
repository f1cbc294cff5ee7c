"""Every command, on a stranger's run, suite, scenario and server: no byte of theirs acts."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from harness.cli.main import COMMANDS, main
from harness.visible import visible
from tests.support.command import COMMAND, environment, said_bytes
from tests.support.disputes import small
from tests.support.hostile import ATTACK, hostile_run
from tests.support.hostile_server import hostile_server

pytestmark = pytest.mark.kind("X3", "F6")


@pytest.fixture(scope="module")
def cwd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a hostile run, suite, scenario and plan."""
    cwd = tmp_path_factory.mktemp("hostile")
    run = hostile_run(cwd / "transcripts" / "hostile", small(tmp_path_factory.mktemp("scenario")))
    (cwd / "scenarios").mkdir()
    # JSON is YAML, and its escapes are read as the characters they stand for.
    (scenario,) = run.info.scenarios.values()
    document = scenario.model_dump(mode="json", by_alias=True, exclude_none=True)

    def yaml(document: object) -> str:
        return json.dumps(document).replace("\\udb40\\udc41", "\\U000e0041")

    (cwd / "evals" / "scenarios").mkdir(parents=True)
    for path in (cwd / "small.yaml", cwd / "evals" / "scenarios" / "hostile.yaml"):
        path.write_text(yaml(document))
    suite = run.info.suite.model_dump(mode="json", by_alias=True, exclude_none=True)
    suite["id"], suite["scenarios"] = "hostile", [str(cwd / "small.yaml")]
    suite["contrasts"]["primary"]["claim"] = "C5"  # another is refused
    (cwd / "evals" / "suites").mkdir(parents=True)
    for path in (cwd / "suite.yaml", cwd / "evals" / "suites" / "hostile.yaml"):
        path.write_text(yaml(suite))
    (cwd / "broken.yaml").write_text(yaml({**suite, "arms": {ATTACK: {ATTACK: ATTACK}}}))
    advises = {"well": {"option": "half", "sentence": ATTACK}}
    plan = {"title": ATTACK, "scenario": "hostile", "advises": advises}
    (cwd / "plan.yaml").write_text(yaml(plan))
    return cwd


def harmless(out: str, err: str) -> None:
    for text in (out, err):
        assert visible(text) == text
        assert "\r" not in text
    assert "Traceback" not in err


def said(cwd: Path, *arguments: str) -> tuple[str, str]:
    """What a command wrote to stdout and stderr, every byte of it; held to be harmless."""
    out, err = (written.decode() for written in said_bytes(*arguments, cwd=cwd))
    harmless(out, err)
    return out, err


def first_id(cwd: Path) -> str:
    text = (cwd / "transcripts" / "hostile" / "transcripts.jsonl").read_text()
    return str(json.loads(text.split("\n")[0])["id"])


RUN = "transcripts/hostile"
GIVEN = ATTACK.replace("\0", "")
"""The attack as an argument, which no system lets hold a NUL."""
CASES = [
    ("report", RUN),
    ("report", RUN, "--json"),
    ("score", RUN),
    ("score", RUN, "--json"),
    ("show", RUN),
    ("show", RUN, "--json"),
    ("show", RUN, "ID"),
    ("show", RUN, "ID", "--prompts"),
    ("show", RUN, "ID", "--public"),
    ("show", RUN, "ID", "--json"),
    ("show", RUN, "--grep", "desrever"),
    ("show", RUN, "--sort", GIVEN),
    ("show", RUN, "--arm", GIVEN),
    ("show", GIVEN),
    ("export", RUN, "--to", "csv", "--table", "moves"),
    ("export", RUN, "--to", "jsonl", "--table", "moves"),
    ("export", GIVEN, "--to", "csv"),
    ("fork", RUN, "ID", "--turn", "0"),
    ("fork", RUN, "ID", "--turn", "0", "--json"),
    ("list",),
    ("list", "--json"),
    ("list", "runs"),
    ("list", "suites"),
    ("list", "scenarios"),
    ("plan", "suite.yaml"),
    ("plan", "suite.yaml", "--json"),
    ("plan", "broken.yaml"),
    ("run", "suite.yaml"),
    ("run", "suite.yaml", "--json", "--log-dir", "again"),
    ("run", "suite.yaml", "--replay", RUN),
    ("run", GIVEN),
    ("doctor", "--model", GIVEN),
    ("play", GIVEN),
    ("audit", "plan.yaml"),
    ("audit", "plan.yaml", "--json"),
    ("audit", GIVEN),
    ("audit", "--template", "--scenario", "hostile"),
    ("check", GIVEN),
    ("check", "suite.yaml"),
    ("compare", RUN),
    ("compare", GIVEN),
    ("view", GIVEN),
    ("import", "jsonl", GIVEN),
    ("import", GIVEN, "plan.yaml"),
    ("calibrate", GIVEN),
    ("label", GIVEN),
    (GIVEN,),
]
UNSAID = {
    ("show", RUN),
    ("compare", RUN),
    ("plan", "suite.yaml", "--json"),
    ("plan", "broken.yaml"),
    ("run", "suite.yaml", "--replay", RUN),
}
"""Commands that have no place for texts, or cut them."""


def test_every_command_is_tried() -> None:
    assert {case[0] for case in CASES} >= set(COMMANDS)


@pytest.mark.parametrize("arguments", CASES, ids=lambda case: " ".join(case).replace(ATTACK, "X"))
def test_no_command_passes_on_what_acts(
    cwd: Path,
    arguments: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """In this process, whose streams are real files: a process a command would take a minute."""
    monkeypatch.chdir(cwd)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    given = [first_id(cwd) if argument == "ID" else argument for argument in arguments]
    with pytest.raises(SystemExit):
        main(given)
    captured = capfd.readouterr()
    harmless(captured.out, captured.err)
    if arguments not in UNSAID:
        assert "desrever" in captured.out + captured.err, "it is shown, so that it can be seen"


def test_json_keeps_the_data(cwd: Path) -> None:
    out, _ = said(cwd, "show", RUN, first_id(cwd), "--json")
    assert json.loads(out)["body"]["turns"][0]["words"] == ATTACK
    out, _ = said(cwd, "report", RUN, "--json")
    assert json.loads(out)["title"] == ATTACK


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_no_encoding_opens_a_way_round(cwd: Path, encoding: str) -> None:
    done = subprocess.run(
        [*COMMAND, "show", RUN, first_id(cwd), "--json"],
        cwd=cwd,
        env=environment(PYTHONIOENCODING=encoding),
        capture_output=True,
        check=True,
    )
    assert b"\x1b" not in done.stdout
    assert b"\x7f" not in done.stdout


@pytest.mark.parametrize("refuses", [False, True])
def test_a_hostile_server(cwd: Path, refuses: bool) -> None:
    with hostile_server(refuses=refuses) as url:
        model = f"openai/m@{url}"
        said(cwd, "doctor", "--model", model, "--load", "0")
        said(cwd, "doctor", "--model", model, "--load", "0", "--json")
        name = "refusing" if refuses else "answering"
        log_dir = ("--log-dir", name)
        few = ("--limit", "2", "--max-retries", "0")
        said(cwd, "run", "quickstart", "--model", model, *few, *log_dir)
        if not refuses:
            listed, _ = said(cwd, "show", "latest", *log_dir, "--json")
            key = json.loads(listed.split("\n")[0])["id"]
            read, _ = said(cwd, "show", "latest", key, "--prompts", *log_dir)
            assert "desrever" in read


JSON = b"application/json"
TURN = rb'{"role": "assistant", "content": "{\"action\": \"talk\", \"words\": \"x\"}"}'
UNSOUND = {
    "half a character in an error": (400, JSON, rb'{"error": {"message": "no \ud800"}}'),
    "half a character in all of an error": (
        *(500, JSON, rb'{"error": {"message": "\ud800", "code": "\ud800", "\ud800": "\ud800"}}'),
    ),
    "half a character in an error in an error": (
        *(400, JSON, rb'{"error": {"message": "{\"error\": {\"message\": \"no \\ud800\"}}"}}'),
    ),
    "half a character in an error inside a 200": (200, JSON, rb'{"error": {"message": "\ud800"}}'),
    "bytes that are no text": (400, b"text/plain", b"no \xff\xfe \xed\xa0\x80"),
    "a media type that is no text": (200, b"text/\xff\xed\xa0\x80", b"no"),
    "a count of tokens without end": (
        *(200, JSON),
        b'{"choices": [{"message": %b, "finish_reason": "stop"}], "usage": {"prompt_tokens": 1%b, '
        b'"completion_tokens": -7}}' % (TURN, b"0" * 400),
    ),
    "counts of tokens that are none": (
        *(200, JSON),
        b'{"choices": [{"message": %b}], "usage": {"prompt_tokens": 1e999, "completion_tokens": '
        b'true, "completion_tokens_details": {"reasoning_tokens": 9%b}}}' % (TURN, b"9" * 40),
    ),
    "nesting without end": (200, JSON, b'{"choices": ' + b"[" * 100_000),
    "an error nested without end": (400, JSON, b'{"error": ' + b"[" * 100_000),
}


@pytest.mark.kind("X3", "X8")
@pytest.mark.parametrize("case", UNSOUND)
def test_what_a_server_answers_ends_no_run_with_a_traceback(
    case: str, tmp_path: Path, cwd: Path
) -> None:
    with hostile_server(raw=UNSOUND[case]) as url:
        few = ("--limit", "1", "--max-retries", "0", "--log-dir", str(tmp_path))
        said(cwd, "run", "quickstart", "--model", f"openai/m@{url}", *few)
    (run,) = tmp_path.iterdir()
    assert "Traceback" not in "".join(said(cwd, "report", str(run)))


LOUD = """
import sys
from harness.delegations.base import Answer
from harness.records.transcript import Action, Debrief, Move

class Loud:
    async def move(self, view, complaint):
        print("out desrever \\x1b[31m\\u202e")
        print("err desrever \\x9b31m\\u2066", file=sys.stderr)
        return Answer(move=Move(action=Action.WALK_OUT, words="No."))
    async def caucus(self, view, member, complaint):
        return Answer(words="No.")
    async def debrief(self, view, complaint):
        return Answer(debrief=Debrief(gave_more="equal", margin=0, words="No."))
    def messages(self):
        return {}
"""


@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_an_agent_prints(cwd: Path, workers: str) -> None:
    (cwd / "loud.py").write_text(LOUD)
    run = ("run", "quickstart", "--scenario", "opening", "--epochs", "1")
    loud = ("--delegation", "unofficial=loud.py:Loud", "--log-dir", f"loud-{workers}")
    out, err = said(cwd, *run, *loud, "--workers", workers)
    assert "desrever" in out + err
