"""Whatever a user can get wrong ends with one message: what, where and how to fix it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.records.folder import PLAN, RUN, SCORES, TRANSCRIPTS
from tests.support.command import ROOT, track15

SUITE = (ROOT / "evals" / "suites" / "quickstart.yaml").read_text(encoding="utf-8")
SCENARIO = (ROOT / "evals" / "scenarios" / "opening.yaml").read_text(encoding="utf-8")
DEAD = "openai/x@http://127.0.0.1:9/v1"
SMALL_RUN = ("run", "quickstart", "--scenario", "opening", "--epochs", "1")


def changed(text: str, old: str, new: str) -> str:
    """``text`` with the one mistake in it."""
    assert old in text
    return text.replace(old, new, 1)


IN_SUITES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "misspelt field": ("epochs: 3", "epocs: 3", (":10:", "'epocs'", "did you mean 'epochs'?")),
    "a field by the name of another": ("arms:\n", "arm:\n", (":14:", "did you mean 'arms'?")),
    "unknown track": ('"1.5", title', '"3", title', ("arms.track-1.5.track", "'backchannel'")),
    "track as a number": ('"1.5", title', "1.5, title", ("arms.track-1.5.track", "got 1.5")),
    "unknown arm": ("treatment: track-1.5", "treatment: b", ("unknown arm 'b'", "track-1.5")),
    "unknown tactic": ("tactic: linear", "tactic: lineer", (":13:", "did you mean 'linear'?")),
    "unknown mechanism": (
        'track-1.5: {track: "1.5",',
        'track-1.5: {track: "1.5", without: [rewrd],',
        ("arms.track-1.5.without.0", "'rewrd'", "prestige"),
    ),
    "unknown scenario": ("[ceasefire,", "[ceasefirre,", (":7:", "did you mean 'ceasefire'?")),
    "missing scenario file": ("[ceasefire,", "[./no.yaml,", ("no.yaml: no such file",)),
    "no repetition": ("epochs: 3", "epochs: 0", (":10:", "epochs", "got 0")),
    "endless repetition": ("epochs: 3", "epochs: 10000000", ("epochs", "got 10000000")),
    "not a number": ("seed: 1", "seed: 1\nsettings: {temperature: .nan}", ("finite number",)),
    "a name that leaves its folder": ("id: quickstart", "id: ../out", ("id:", "'../out'")),
    "another schema": ("track15/suite/1", "track15/suite/2", ("'track15/suite/2'",)),
    "a check that bounds nothing": (
        "contrasts:",
        "checks:\n  - {name: x, arm: track-1, measure: settlement.skew}\ncontrasts:",
        ("bounds nothing", "give min, max or extreme"),
    ),
    "a check that nothing can meet": (
        "contrasts:",
        "checks:\n  - {name: x, arm: track-1, measure: process.turns, min: 2, max: 1}\ncontrasts:",
        ("my.yaml:18:", "checks.0", "min is above max", "exchange the two"),
    ),
    "an unknown claim": (
        "claim: C9",
        "claim: C99",
        ("my.yaml:23:", "contrasts.primary.claim", "'C99'", "did you mean 'C9'?", "C1 to C14"),
    ),
    "a scenario listed twice": (
        "scenarios: [ceasefire,",
        "scenarios: [ceasefire, ceasefire,",
        ("my.yaml:7:", "scenarios.1", "'ceasefire' is listed twice", "name it once"),
    ),
    "a scenario listed by two names": (
        "nuclear, neutral]",
        "nuclear, neutral, neutral-03]",
        ("my.yaml:7:", "scenarios.4", "'neutral-03'", "that 'neutral' has named", "keep one"),
    ),
    "an open bracket": ("[none, seats]", "[none, seats", ("not valid YAML", "indentation")),
}

IN_SCENARIOS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "unknown option in a red line": (
        "options: [state_withdraws]",
        "options: [state_withdrews]",
        (":100:", "principals.a.red_lines.0.options.0", "'state_withdrews'", "state_withdraws"),
    ),
    "unknown issue in a red line": (
        "{issue: security, options: [s",
        "{issue: securty, options: [s",
        ("principals.a.red_lines.0.issue", "'securty'", "security"),
    ),
    "weights that do not add up": (
        "security: 0.26",
        "security: 0.36",
        (":82:", "principals.a.weights", "sum to 1.1", "scale them"),
    ),
    "a missing weight": ("security: 0.26, ", "", ("principals.a.weights", "security missing")),
    "a missing value": (
        "{no_recognition: 0.6, recognition_by_letters: 1, ",
        "{no_recognition: 0.6, ",
        (":84:", "principals.a.values.recognition", "recognition_by_letters missing"),
    ),
    "a value out of range": ("reservation: 0.60", "reservation: 1.6", (":81:", "got 1.6")),
    "an unknown placeholder": ("$a has governed", "$z has governed", ("placeholder $z", "$a_adj")),
}


@pytest.mark.parametrize("case", IN_SUITES)
def test_a_mistake_in_a_suite(tmp_path: Path, case: str) -> None:
    old, new, words = IN_SUITES[case]
    (tmp_path / "my.yaml").write_text(changed(SUITE, old, new))
    track15("run", "my.yaml", cwd=tmp_path).fails(2, "fix:", *words)
    assert not (tmp_path / "transcripts").exists(), "nothing is played"


@pytest.mark.parametrize("case", IN_SCENARIOS)
def test_a_mistake_in_a_scenario(tmp_path: Path, case: str) -> None:
    old, new, words = IN_SCENARIOS[case]
    (tmp_path / "my.yaml").write_text(changed(SCENARIO, old, new))
    done = track15("run", "quickstart", "--scenario", "my.yaml", cwd=tmp_path)
    done.fails(2, "my.yaml:", "fix:", *words)
    assert not (tmp_path / "transcripts").exists(), "nothing is played"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ("my.yaml", "the file is empty")),
        (b"# only a comment\n", ("my.yaml", "the file is empty")),
        (b"- a list\n", ("my.yaml:1", "must be a mapping")),
        (b"\xff\xfe\x00", ("my.yaml", "not UTF-8 text")),
        (
            SCENARIO.encode(),
            (
                "my.yaml",
                "this is a scenario, not a suite",
                "track15 run quickstart --scenario my.yaml",
            ),
        ),
    ],
    ids=["empty", "comment", "list", "binary", "scenario"],
)
def test_a_file_that_is_no_suite(tmp_path: Path, content: bytes, words: tuple[str, ...]) -> None:
    (tmp_path / "my.yaml").write_bytes(content)
    track15("plan", "my.yaml", cwd=tmp_path).fails(2, "fix:", *words)


FLAGS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "a folder as suite": (("plan", "./evals"), ("./evals", "a folder, not a file", "fix:")),
    "a name too long": (("plan", "x" * 5000), ("unknown suite", "fix:")),
    "a negative limit": (("run", "quickstart", "--limit", "-3"), ("--limit", "-3")),
    "a limit in words": (("run", "quickstart", "--limit", "three"), ("--limit", "'three'")),
    "a heat beyond the range": (("plan", "quickstart", "--temperature", "3"), ("0<=x<=2",)),
    "a heat that is no number": (("plan", "quickstart", "--temperature", "nan"), ("'nan'",)),
    "a time that is no number": (("run", "quickstart", "--timeout", "nan"), ("'nan'",)),
    "a time without end": (("run", "quickstart", "--timeout", "inf"), ("--timeout",)),
    "no turns": (("run", "quickstart", "--turns", "0"), ("--turns",)),
    "no rows": (("show", "--limit", "0"), ("--limit",)),
    "an unknown ending": (("show", "--outcome", "dela"), ("'dela'", "'walk_out'")),
    "a word too many": (("show", "a", "b", "c"), ("extra argument",)),
    "no model": (("plan", "quickstart", "--model", ""), ("--model", "PROVIDER/MODEL", "fix:")),
    "one role twice": (
        ("plan", "quickstart", "--model", DEAD, "--model", DEAD),
        ("given twice", "fix:"),
    ),
    "an impossible port": (
        ("plan", "quickstart", "--model", "openai/x@http://127.0.0.1:99999/v1"),
        ("port is malformed", "fix:"),
    ),
    "templates nowhere": (
        ("plan", "quickstart", "--model", DEAD, "--prompts", "nowhere"),
        ("--prompts", "'nowhere'"),
    ),
    "a folder without templates": (
        ("plan", "quickstart", "--model", DEAD, "--prompts", "evals"),
        ("no prompt template", "NAME.md.j2"),
    ),
    "runs in a file": (("list", "runs", "--log-dir", "a-file"), ("--log-dir", "is a file")),
    "a page below a file": (("report", "--out", "a-file/x.html"), ("--out", "no folder", "fix:")),
    "a page in no folder": (("report", "--out", "no/x.html"), ("--out", "no folder", "fix:")),
    "a page that is a folder": (("report", "--out", "evals"), ("--out", "is a directory")),
}


@pytest.mark.parametrize("case", FLAGS)
def test_a_mistake_in_a_flag(tmp_path: Path, case: str) -> None:
    arguments, words = FLAGS[case]
    (tmp_path / "a-file").touch()
    (tmp_path / "evals").mkdir()
    track15(*arguments, cwd=tmp_path).fails(2, *words)
    assert {path.name for path in tmp_path.iterdir()} == {"a-file", "evals"}, "nothing is written"


@pytest.mark.parametrize(
    "address",
    [
        "openai/x@http://me:hidden-word-0123456789@127.0.0.1:9/v1",
        "openai/x@http://127.0.0.1:9/v1?key=hidden-word-0123456789",
    ],
)
def test_a_key_in_an_address_is_refused_and_not_repeated(tmp_path: Path, address: str) -> None:
    done = track15("run", "quickstart", "--model", address, cwd=tmp_path)
    done.fails(2, "--model", "base URL", "fix:")
    assert "hidden-word" not in done.out + done.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{% if %}", ("opening.md.j2:1", "cannot be used", "fix:")),
        ("{{ nothing.here }}", ("opening.md.j2:1", "no variable 'nothing", "fix:")),
    ],
)
def test_a_mistake_in_a_template(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "opening.md.j2").write_text(text)
    done = track15("plan", "quickstart", "--model", DEAD, "--prompts", "mine", cwd=tmp_path)
    done.fails(2, *words)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("played")
    assert track15(*SMALL_RUN, cwd=folder).code == 0
    return folder


@pytest.fixture
def run(played: Path, tmp_path: Path) -> Path:
    """The folder of a run of one's own, below the current folder of the command."""
    shutil.copytree(played, tmp_path, dirs_exist_ok=True)
    (path,) = (path.parent for path in tmp_path.glob(f"transcripts/*/{RUN}"))
    return path


DAMAGE: dict[str, tuple[tuple[str, ...], str, Callable[[str], str], tuple[str, ...]]] = {
    "a newer run": (
        ("show",),
        RUN,
        lambda text: changed(text, "track15/run/2", "track15/run/3"),
        (RUN, "newer version", "upgrade"),
    ),
    "a newer run to be resumed": (
        SMALL_RUN,
        RUN,
        lambda text: changed(text, "track15/run/2", "track15/run/3"),
        (RUN, "newer version", "upgrade"),
    ),
    "newer dialogues": (
        ("report",),
        TRANSCRIPTS,
        lambda text: changed(text, '"schema_version":2', '"schema_version":99'),
        (f"{TRANSCRIPTS}:1", "schema 99", "upgrade"),
    ),
    "a damaged dialogue": (
        ("score",),
        TRANSCRIPTS,
        lambda text: text[:300] + "\0" + text[301:],
        (f"{TRANSCRIPTS}:1", "damaged line", "fix:"),
    ),
    "a line that is no dialogue": (
        ("show",),
        TRANSCRIPTS,
        lambda text: text + "[1]\n",
        (f"{TRANSCRIPTS}:5", "damaged line", "fix:"),
    ),
    "a plan with a line that is none": (
        ("show",),
        PLAN,
        lambda text: text + "[1]\n",
        (f"{PLAN}:5", "damaged line", "fix:"),
    ),
    "a plan that lacks a dialogue": (
        ("report",),
        PLAN,
        lambda text: "".join(text.splitlines(keepends=True)[1:]),
        (PLAN, "does not have the dialogue", "fix: move the file away"),
    ),
    "the plan of another run": (
        SMALL_RUN,
        PLAN,
        lambda text: re.sub(r'"talks":"[0-9a-f]+"', '"talks":"0123456789abcdef"', text),
        (f"{PLAN}:1", "the folder holds another plan", "fix: move the file away"),
    ),
    "damaged scores": (
        ("report",),
        SCORES,
        lambda text: "{}\n" + text,
        (f"{SCORES}:1", "damaged line", "track15 score"),
    ),
    "a newer run of another shape": (
        ("show",),
        RUN,
        lambda text: changed(
            changed(text, "track15/run/2", "track15/run/3"), '"suite":', '"experiment":'
        ),
        (RUN, "newer version (track15/run/3;", "upgrade"),
    ),
    "an empty run.json": (
        ("show",),
        RUN,
        lambda text: "",
        (RUN, "damaged", "fix: move it away and type: the command that made the run"),
    ),
    "a run.json of another kind": (
        ("show",),
        RUN,
        lambda text: "[]",
        (RUN, "damaged", "fix: move it away and type: the command that made the run"),
    ),
    "a run.json cut off": (
        SMALL_RUN,
        RUN,
        lambda text: text[: len(text) // 2],
        (
            RUN,
            "damaged",
            "EOF while parsing",
            "quickstart --scenario opening --epochs 1\n",
            "keeps",
        ),
    ),
    "a run.json without its suite": (
        ("report",),
        RUN,
        lambda text: changed(text, '"suite":', '"suit":'),
        (RUN, "damaged", "suite: ", "quickstart --scenario opening --epochs 1\n", "keeps"),
    ),
    "a run of version 1 to be resumed": (
        SMALL_RUN,
        RUN,
        lambda text: changed(text, "track15/run/2", "track15/run/1"),
        ("holds another plan", "--log-dir"),
    ),
    "the folder of another plan": (
        SMALL_RUN,
        RUN,
        lambda text: re.sub(r'("(?:plan|root)": ")[0-9a-f]+', r"\g<1>0000000000000000", text),
        ("holds another plan", "--log-dir"),
    ),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_a_damaged_or_foreign_run(tmp_path: Path, run: Path, case: str) -> None:
    arguments, name, damage, words = DAMAGE[case]
    path = run / name
    path.write_text(damaged := damage(path.read_text()))
    track15(*arguments, cwd=tmp_path).fails(1, run.name, *words)
    assert path.read_text() == damaged, "what cannot be read is left as it is"


@pytest.mark.parametrize("kind", ["bytes", "folder"])
def test_a_run_json_that_is_no_text(tmp_path: Path, run: Path, kind: str) -> None:
    """And what the message says to do mends it: nothing is lost, nothing is played again."""
    before = {name: (run / name).read_bytes() for name in (RUN, TRANSCRIPTS)}
    if kind == "bytes":
        (run / RUN).write_bytes(b"\xff\xfe" + before[RUN])
    else:
        (run / RUN).unlink()
        (run / RUN).mkdir()
    damaged = track15("score", run, cwd=tmp_path)
    damaged.fails(1, RUN, "damaged: i", "fix: move it away and type: ", "keeps every finished")
    (run / RUN).rename(tmp_path / "damaged")
    again = track15(*SMALL_RUN, cwd=tmp_path)
    assert again.code == 0, again.err
    assert "4/4 dialogues, 4 from before" in again.err
    assert (run / TRANSCRIPTS).read_bytes() == before[TRANSCRIPTS]
    made = [json.loads(text) for text in (before[RUN], (run / RUN).read_bytes())]
    assert all(one.pop("created") for one in made)
    declared = [one.pop("declarations") for one in made]
    assert made[0] == made[1]
    # The questions are declared anew: nothing else tells that they were asked before all was known.
    (first,), (last,) = declared
    assert (first.pop("finished"), last.pop("finished")) == (0, 4)
    assert first.pop("time") <= last.pop("time")
    assert first == last


def test_a_plan_that_was_moved_away_is_written_anew(tmp_path: Path, run: Path) -> None:
    """As the message says to do: nothing is lost, nothing is played again."""
    before = {name: (run / name).read_bytes() for name in (PLAN, TRANSCRIPTS)}
    (run / PLAN).write_text("[1]\n")
    track15("score", run, cwd=tmp_path).fails(1, f"{PLAN}:1", "fix: move the file away")
    (run / PLAN).rename(tmp_path / "damaged")
    track15("report", run, cwd=tmp_path).fails(1, PLAN, "fix: ")
    again = track15(*SMALL_RUN, "--no-report", cwd=tmp_path)
    assert again.code == 0, again.err
    assert "4/4 dialogues, 4 from before" in again.err
    assert {name: (run / name).read_bytes() for name in (PLAN, TRANSCRIPTS)} == before


def test_a_damaged_run_hides_no_other(tmp_path: Path, run: Path) -> None:
    shutil.copytree(run, run.with_name("another"))
    (run / RUN).write_text("{")
    listed = track15("list", "runs", cwd=tmp_path)
    assert listed.code == 0, listed.err
    assert "unusable:" in listed.out
    assert "another" in listed.out
    assert "4/4" in listed.out


def test_a_name_that_fits_several(tmp_path: Path, run: Path) -> None:
    shutil.copytree(run, run.with_name("quickstart-other"))
    done = track15("show", "quickstart", cwd=tmp_path)
    done.fails(1, "fits several runs", "fix: name one of:", run.name, "quickstart-other")
    track15("show", run.name, "", cwd=tmp_path).fails(1, "4 dialogues", "fix:")


@pytest.mark.parametrize(("command", "name"), [("score", SCORES), ("report", "report.html")])
def test_a_result_that_cannot_be_written(
    tmp_path: Path, run: Path, command: str, name: str
) -> None:
    (run / name).unlink()
    (run / name).mkdir()
    track15(command, cwd=tmp_path).fails(1, name, "cannot be written", "fix:")
