"""Every command in the documents runs, every link leads somewhere, every name is right."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.cli.main import COMMANDS
from harness.evaluators.registry import measures
from harness.files.catalogue import list_files
from harness.files.yamlfile import load_document
from harness.incentives.tracks import MECHANISMS, TRACKS
from harness.suite.suite import Suite
from tests.support.command import ON_RAY, track15
from tests.support.inprocess import typed
from tests.support.mock_server import MockServer
from tests.support.player import plays
from tests.support.seated import type_in

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    ROOT / "transcripts" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
_CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
_PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)
_YAML = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
_NAMED = re.compile(r"# ([\w-]+\.yaml)\n")
"""A block that the reader is told to save begins with the name of the file."""
_LINK = re.compile(r"\]\(([^)#]+?)(?:#[^)]*)?\)")
_WITHOUT_URL = re.compile(r"(\w+=)?(openai|vllm|ollama)/\w+")
SHORT = ("--scenario", "opening", "--epochs", "1", "--limit", "2")
"""What a documented run is cut down to, so that the whole test stays short."""


def commands() -> Iterator[tuple[str, str]]:
    for document in DOCUMENTS:
        for block in _CONSOLE.findall(document.read_text(encoding="utf-8")):
            for line in block.splitlines():
                if line.startswith("$ "):
                    yield document.name, line.removeprefix("$ ")


@pytest.fixture(scope="module")
def cwd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a reader has already played something."""
    folder = tmp_path_factory.mktemp("reader")
    assert track15("run", "quickstart", "--no-report", *SHORT, cwd=folder).code == 0
    shutil.copytree(ROOT / "docs" / "examples", folder / "docs" / "examples")
    shutil.copy(ROOT / "evals" / "suites" / "quickstart.yaml", folder / "my.yaml")
    shutil.copytree(ROOT / "prompts", folder / "my-prompts")
    for document in DOCUMENTS:
        for block in _YAML.findall(document.read_text(encoding="utf-8")):
            if name := _NAMED.match(block):
                (folder / name[1]).write_text(block, encoding="utf-8")
    return folder


def once() -> list[tuple[str, str]]:
    """Every command, with the first document that shows it."""
    found: dict[str, str] = {}
    for document, line in commands():
        found.setdefault(line, document)
    return [(document, line) for line, document in found.items()]


@pytest.mark.parametrize(("document", "line"), once())
def test_every_command_shown_runs(document: str, line: str, cwd: Path) -> None:
    words = shlex.split(line)
    env = {}
    while "=" in words[0] and words[0].split("=")[0].isupper():
        name, value = words.pop(0).split("=", 1)
        env[name] = value if "://" in value else "sk-made-up-0123456789"
    if words[0] == "make":
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert all(f"\n{target}:" in makefile for target in words[1:])
        return
    if words[0] in ("source", "python3", ".venv/bin/python"):
        _sets_up(words)
        return
    if words[0] == "cp":
        assert words[1:] == ["-r", "prompts", "my-prompts"]
        assert (cwd / words[-1] / "talks").is_dir(), "the reader has done so"
        return
    if words[0] == "python":
        assert (ROOT / words[1]).is_file()
        return
    if words[0] == "jq":
        _reads_the_record(line, cwd)
        return
    assert words[0] == "track15", f"{document}: a command nobody runs: {line}"
    # The latest run of a reader of that page; here other pages have played since.
    arguments = [_reader_s(cwd) if word == "latest" else word for word in words[1:]]
    if any(word.startswith("corpora/") for word in arguments) or "import-srbench" in arguments:
        return  # tests/docs/test_import.py runs it where the corpora are
    if arguments[0] == "view" or "--web" in arguments:
        assert (
            arguments[0] in COMMANDS
        )  # it serves until it is stopped: its own tests look at its pages
        return
    if "--executor" in arguments:
        assert tuple(arguments) == ON_RAY  # tests/workers/test_ray.py plays it
        return
    if arguments[0] == "run":
        # The controls check something only when they are whole.
        whole = "--limit" in arguments or arguments[1] == "controls"
        arguments += ("--no-report", *(() if whole else SHORT))
    with MockServer(plays) as server:
        served = [
            re.sub(r"@http://127\.0\.0\.1:\d+/v1", f"@{server.base_url}", word)
            for word in arguments
        ]
        served = [
            # No test may speak to OpenAI: the command is played against the mock server instead.
            f"{word}@{server.base_url}" if _WITHOUT_URL.fullmatch(word) else word
            for word in served
        ]
        env = {name: server.base_url if "://" in v else v for name, v in env.items()}
        if arguments[0] == "play":
            _sits_down(served, cwd)
            return
        if "--model" in served and arguments[0] != "doctor":
            served += ["--turns", "3", "--rounds", "1"]
        done = track15(*served, cwd=cwd, **env)
    assert done.code == 0, (document, line, done.err)


def _reader_s(cwd: Path) -> str:
    """The run that a reader has played, by name: the first of its suite."""
    runs = (cwd / "transcripts").glob("quickstart-*")
    return min(runs, key=lambda run: (run / "run.json").stat().st_ctime_ns).name


def _sits_down(arguments: list[str], cwd: Path) -> None:
    """A reader sits down, leaves the talks and answers what is asked afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        type_in(patch, "walk out", "yes", "No.", "3", "50", "1", "", "")
        done = typed(*arguments, cwd=cwd)
    assert done.code == 0, done.err
    assert "You said: both gave the same" in done.out


def _sets_up(words: list[str]) -> None:
    """What the README types to install is what the Makefile does."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "\nVENV         := .venv\n" in makefile
    if words[0] == "source":
        assert words[1:] == [".venv/bin/activate"]
    elif words[0] == "python3":
        assert words[1:] == ["-m", "venv", ".venv"]
        assert "-m venv $(VENV)" in makefile
    else:
        assert words[1:4] == ["-m", "pip", "install"]
        flags = [word for word in words if word.startswith("--")]
        assert flags, words
        assert all(flag in makefile for flag in flags), flags
        assert words[-1] == "." or (ROOT / words[-1]).is_file()


@pytest.mark.parametrize("target", ["demo", "test"])
def test_the_readme_has_both_commands(target: str) -> None:
    shown = [line for document, line in commands() if document == "README.md"]
    assert f"make {target}" in shown
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"\n{target}:" in makefile


def _reads_the_record(line: str, cwd: Path) -> None:
    if shutil.which("jq") is None:
        pytest.skip("needs jq")
    run = next(path.parent.name for path in cwd.glob("transcripts/*/run.json"))
    done = subprocess.run(
        shlex.split(line.replace("/RUN/", f"/{run}/")),
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
    )
    shown = done.stdout.splitlines()
    assert shown
    assert all("null" not in row and row.count("\t") == 2 for row in shown)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in _LINK.findall(document.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), target


def test_every_python_block_compiles() -> None:
    for document in DOCUMENTS:
        for block in _PYTHON.findall(document.read_text(encoding="utf-8")):
            compile(block, document.name, "exec")


def test_the_readme_names_every_command_and_suite() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f"`{name}" in text, name
    for path in list_files("suites"):
        assert f"| `{path.stem}` |" in text, path.stem


def test_the_guide_to_suites_names_every_field() -> None:
    text = (ROOT / "docs" / "suites.md").read_text(encoding="utf-8")
    for name, field in Suite.model_fields.items():
        assert f"`{field.alias or name}`" in text, name


def test_the_guide_to_suites_shows_a_sound_suite(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "suites.md").read_text(encoding="utf-8")
    arms = re.search(r"```yaml\n(arms:.*?)```", text, re.DOTALL)
    assert arms is not None
    path = tmp_path / "suite.yaml"
    path.write_text(
        "schema: track15/suite/1\nid: shown\ntitle: Shown\nquestion: What?\n"
        f"scenarios: [opening]\n{arms.group(1)}"
    )
    suite = Suite.model_validate(load_document(path).data)
    assert len(suite.arms) == 9
    alone = {arm: suite.seats(arm, "a", "b")[1] for arm in ("label-alone", "powers-alone")}
    assert alone["label-alone"].authority == "full"
    assert alone["powers-alone"].role == "official"
    assert not alone["powers-alone"].profile.consults_capital
    assert suite.brief_of("in-words") == "words"
    assert track15("run", path, "--no-report", "--limit", "9", cwd=tmp_path).code == 0


def test_what_the_method_says_exists() -> None:
    text = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")
    for mechanism in MECHANISMS.values():
        for name in mechanism.fields:
            if name != "publishes":
                assert f"`{name}`" in text, name
    assert {"1", "backchannel", "1.5", "2"} == set(TRACKS)
    for path in list_files("suites"):
        document = load_document(path).data
        contrasts = document.get("contrasts", {})
        asked = [*document.get("checks", []), *contrasts.get("secondary", [])]
        for item in (*asked, contrasts.get("primary", {})):
            assert item.get("measure", "settlement.skew") in measures(), (path.name, item)


def test_the_documents_speak_of_the_project_alone() -> None:
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        assert str(ROOT) not in text
        assert sys.prefix not in text
