"""One loader for whatever users bring along: every kind of object, every odd way to name one."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import LoadError, UsageError
from harness.plugins import ExtensionPoint, absolute, installed, load, load_installed, users_code
from tests.support.command import track15

STAGE = ExtensionPoint(noun="stage", group="track15.stages", flag="--stage", reserved=("talks",))
"""An extension point that no code of ours knows: a further kind needs no more than this."""

SOURCE = """\
from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Reading:
    words: str = "read"


class Outer:
    class Inner:
        made = Reading("nested")


def stage(): ...


number = 3
nothing = None
"""


@pytest.fixture(autouse=True)
def _nothing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is loaded, and what is made importable, is gone with its test."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", None)):
            del sys.modules[name]


def write(text: str, name: str = "mine.py", folder: Path | None = None) -> Path:
    path = (folder or Path.cwd()) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def install(folder: Path, points: str, package: str = "somebodys") -> None:
    """A package's metadata, as an installer leaves it, in a folder on Python's path."""
    metadata = folder / f"{package}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[track15.stages]\n{points}\n")
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


# --- what can be named ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attribute", "kind"),
    [
        ("Reading", "type"),
        ("stage", "function"),
        ("number", "int"),
        ("nothing", "NoneType"),
        ("Outer.Inner.made", "Reading"),
        ("Outer.Inner.made.words", "str"),
    ],
)
def test_an_object_of_any_kind(tmp_path: Path, attribute: str, kind: str) -> None:
    write(SOURCE)
    write(SOURCE, "stage_module_of_mine.py")
    for target in (
        f"mine.py:{attribute}",
        f"./mine.py:{attribute}",
        f"{tmp_path}/mine.py:{attribute}",
    ):
        found = load(target, STAGE)
        assert type(found.value).__name__ == kind
        assert found.name == f"mine.py:{attribute}", "without its folder"
        assert found.file == str(tmp_path / "mine.py")
    found = load(f"stage_module_of_mine:{attribute}", STAGE)
    assert type(found.value).__name__ == kind
    assert found.name == f"stage_module_of_mine:{attribute}"
    assert found.module == "stage_module_of_mine"


def test_an_installed_object_goes_by_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    write(SOURCE, "stage_of_a_package.py", folder)
    install(folder, "read = stage_of_a_package:Outer.Inner.made\ntalks = stage_of_a_package:number")
    found = load("read", STAGE)
    assert (found.name, found.value.words) == ("read", "nested")
    assert found.module == "stage_of_a_package"
    assert found.source == hashlib.sha256(SOURCE.encode()).hexdigest()
    assert [entry.name for entry in installed(STAGE)] == ["read"], "talks means something else"
    (entry,) = installed(STAGE, "read")
    assert load_installed(entry, STAGE) == found
    assert installed(STAGE, "talks") == ()
    with pytest.raises(UsageError, match="no installed stage is called 'talks'"):
        load("talks", STAGE)


def test_listing_what_is_installed_executes_nothing(tmp_path: Path) -> None:
    write("raise AssertionError", "stage_never_loaded.py", tmp_path / "site")
    install(tmp_path / "site", "never = stage_never_loaded:X")
    assert [entry.value for entry in installed(STAGE)] == ["stage_never_loaded:X"]
    assert "stage_never_loaded" not in sys.modules


@pytest.mark.parametrize(
    "name",
    [
        "my stage.py",
        "стадия.py",
        "舞台.py",
        "a:b.py",
        "my-stage.v2.py",
        "it's.py",
        "import.py",
        "é.py",
    ],
)
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    write(SOURCE, name, tmp_path / "a folder: mine")
    found = load(f"{tmp_path}/a folder: mine/{name}:Reading", STAGE)
    assert found.name == f"{name}:Reading"
    assert "." not in found.module, "or Python would take a part of it for a package"
    assert pickle.loads(pickle.dumps(found.value("x"))).words == "x"  # noqa: S301 - made here
    (Path(tmp_path) / "plain").symlink_to(tmp_path / "a folder: mine")
    assert load(f"plain/{name}:Reading", STAGE).value is found.value, "the same file"


def test_a_target_can_be_named_from_elsewhere(tmp_path: Path) -> None:
    write(SOURCE, "sub/mine.py")
    assert absolute("sub/mine.py:Outer.Inner") == f"{tmp_path}/sub/mine.py:Outer.Inner"
    assert absolute("sub.mine:Outer") == "sub.mine:Outer"
    assert absolute("installed") == "installed"


# --- what tells one state of a file from another -------------------------------------------------


def test_the_source_is_what_was_executed() -> None:
    write(SOURCE)
    assert load("mine.py:stage", STAGE).source == hashlib.sha256(SOURCE.encode()).hexdigest()
    for stated, source in (("'2'", "version 2"), ("7", "version 7")):
        write(f"{SOURCE}TRACK15_VERSION = {stated}\n")
        assert load("mine.py:stage", STAGE).source == source
    for stated in ("''", "'x' * 65", "None", "1.5"):
        text = f"{SOURCE}TRACK15_VERSION = {stated}\n"
        write(text)
        assert load("mine.py:stage", STAGE).source == hashlib.sha256(text.encode()).hexdigest()


def test_a_file_is_executed_once() -> None:
    write("with open('ran', 'a') as ran:\n    ran.write('x')\n\n\nclass X: ...\n")
    one, other = load("mine.py:X", STAGE), load("./mine.py:X", STAGE)
    assert one.value is other.value
    assert Path("ran").read_text() == "x"


def test_an_edited_file_is_another_module() -> None:
    """Also within a second and at the same size, where a compiled file would pass for it."""
    path = write("X = 1\n")
    times = (10**18, 10**18)
    os.utime(path, ns=times)
    one = load("mine.py:X", STAGE)
    path.write_text("X = 2\n")
    os.utime(path, ns=times)
    other = load("mine.py:X", STAGE)
    assert (one.value, other.value) == (1, 2)
    assert one.source != other.source
    assert one.module != other.module
    assert [file.name for file in Path.cwd().iterdir()] == ["mine.py"], "nothing is written there"
    path.write_text("X = 1\n")
    assert load("mine.py:X", STAGE) == one


def test_files_of_one_name_are_modules_of_their_own(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        write(
            "from pathlib import Path\n\nHERE = Path(__file__).parent.name\n", f"{folder}/mine.py"
        )
    one, other = load("a/mine.py:HERE", STAGE), load("b/mine.py:HERE", STAGE)
    assert (one.value, other.value) == ("a", "b"), "though their words are the same"
    assert one.source == other.source


def test_a_module_without_a_file_of_its_own_has_no_source(tmp_path: Path) -> None:
    assert load("sys:version", STAGE).source is None
    with zipfile.ZipFile("stages.zip", "w") as archive:
        archive.writestr("stage_in_an_archive.py", "X = 1\n")
    sys.path.append(str(tmp_path / "stages.zip"))
    assert load("stage_in_an_archive:X", STAGE).source is None


# --- what a file can import ----------------------------------------------------------------------


def test_a_file_imports_what_lies_beside_it(tmp_path: Path) -> None:
    write("WORD = 'beside'\n", "sub/beside_the_stage.py")
    write("WORD = 'later'\n", "sub/later_beside_the_stage.py")
    write(
        "from beside_the_stage import WORD\n\n\n"
        "def late():\n    from later_beside_the_stage import WORD\n\n    return WORD\n",
        "sub/mine.py",
    )
    assert load("sub/mine.py:WORD", STAGE).value == "beside"
    assert load("sub/mine.py:late", STAGE).value() == "later"


def test_what_is_installed_goes_before_what_lies_beside(tmp_path: Path) -> None:
    for name in ("json", "click", "colorsys"):
        write("raise AssertionError('planted')\n", f"{name}.py")
    write("import click\nimport colorsys\nimport json\n\nX = json.dumps([1])\n")
    sys.modules.pop("colorsys", None)
    assert load("mine.py:X", STAGE).value == "[1]"
    assert load("colorsys:rgb_to_hsv", STAGE).file != str(tmp_path / "colorsys.py")


# --- what it prints ------------------------------------------------------------------------------


def test_what_is_printed_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    write(
        "import sys\n\nprint('loading')\nkept = sys.stdout\n\n\n"
        "class Meta(type):\n    @property\n    def made(cls):\n        print('looked up')\n\n\n"
        "class X(metaclass=Meta): ...\n"
    )
    load("mine.py:X.made", STAGE)
    # A handler of logging, for example, keeps the stream that it was given.
    load("mine.py:kept", STAGE).value.write("written later\n")
    with users_code():
        print("called")  # noqa: T201 - the point of it
    print("a result")  # noqa: T201
    out, err = capsys.readouterr()
    assert out == "a result\n"
    assert err == "loading\nlooked up\nwritten later\ncalled\n"


EVALUATOR = """\
import sys

from harness.evaluators.base import Found, Measure

print("loading \\x1b[31m red")
sys.stdout.write("{")


class X:
    name = "mine"
    version = 1
    measures = (
        Measure(name="one", title="one", definition="always 1", range="1", undefined="never"),
    )

    def score(self, case):
        return Found(values={"one": 1.0})


def agent(messages):
    return "said"
"""


@pytest.mark.parametrize(
    "flag", ["--evaluator=mine.py:X", "--evaluator=mine:X", "--delegation=unofficial=mine.py:agent"]
)
def test_no_command_mixes_it_with_its_results(tmp_path: Path, flag: str) -> None:
    write(EVALUATOR)
    done = track15("plan", "quickstart", "--json", flag, cwd=tmp_path)
    assert done.code == 0, done.err
    assert json.loads(done.out)["suite"]
    assert "loading" in done.err
    assert "\x1b" not in done.err, "a terminal would obey it"
    assert "\\u001b[31m red" in done.err


# --- what goes wrong in it -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        (
            "\nimport nowhere_to_be_found",
            "ModuleNotFoundError at mine.py:2",
            "'nowhere_to_be_found'",
        ),
        (
            "from json import nothing",
            "ImportError at mine.py:1: cannot import name 'nothing'",
            "python mine.py",
        ),
        ("from . import json", "ImportError at mine.py:1", "leave out the dot"),
        (
            "import other_half_of_it",
            "ImportError at mine.py:1: cannot import name 'y'",
            "into a third",
        ),
        ("def f(:", "SyntaxError at mine.py:1: ", "python mine.py"),
        ("x = 1\n\ty = 2", "IndentationError at mine.py:2: ", "python mine.py"),
        ("x = '\0'", "cannot be loaded: ", "python mine.py"),
        ("# coding: no-such-thing\n", "SyntaxError at mine.py", "python mine.py"),
        ("1 / 0", "ZeroDivisionError at mine.py:1: division by zero", "python mine.py"),
        ("import sys\nsys.exit(0)", "SystemExit at mine.py:2: it called sys.exit(0)", "__main__"),
        (
            "raise SystemExit('no\\nway')",
            "SystemExit at mine.py:1: it called sys.exit(no)",
            "__main__",
        ),
        ("raise GeneratorExit", "GeneratorExit at mine.py:1", "python mine.py"),
        ("import asyncio\nraise asyncio.CancelledError", "CancelledError at mine.py:2", "python"),
        ("raise StopIteration", "StopIteration at mine.py:1", "python mine.py"),
        ("class E(BaseException): ...\nraise E('own')", "E at mine.py:2: own", "python mine.py"),
        ("def f(): f()\nf()", "RecursionError at mine.py:1", "python mine.py"),
        ("raise ValueError('\\x1b[31m' + chr(0xd83d))", "ValueError at mine.py:1: \x1b[31m?", ""),
        (
            "class E(Exception):\n    def __str__(self):\n        raise ValueError\nraise E",
            "E at mine.py:4",
            "python mine.py",
        ),
        (
            "def __getattr__(name):\n    raise LookupError(name)",
            "LookupError at mine.py:2: X",
            "",
        ),
        ("import json\njson.loads('{')", "JSONDecodeError at mine.py:2: ", "python mine.py"),
    ],
)
def test_whatever_it_raises_is_one_message(tmp_path: Path, text: str, what: str, fix: str) -> None:
    write("from other_half_of_it import y\n", "first_half_of_it.py")
    write("from first_half_of_it import x\n\ny = 1\n", "other_half_of_it.py")
    write(text)
    for _ in range(2):  # the half of it that was there is gone
        with pytest.raises(LoadError) as caught:
            load("mine.py:X", STAGE)
        assert what in caught.value.what
        assert fix in (caught.value.fix or "")
        assert caught.value.where == "--stage mine.py:X"
        assert caught.value.what.startswith("it cannot be loaded: ")
        assert str(tmp_path) not in str(caught.value)
        assert "\n" not in caught.value.what
        assert caught.value.__suppress_context__
        assert caught.value.exit_code == 2


def test_the_same_of_a_module(tmp_path: Path) -> None:
    write("import nowhere_to_be_found\n", "stage_of_a_broken_module.py")
    with pytest.raises(LoadError, match=r"Error at stage_of_a_broken_module\.py:1"):
        load("stage_of_a_broken_module:X", STAGE)
    write("raise SystemExit(1)\n", "stage_of_a_module_that_leaves.py")
    with pytest.raises(LoadError, match=r"it called sys.exit\(1\)"):
        load("stage_of_a_module_that_leaves:X", STAGE)
    write("1 / 0\n", "stage_of_a_module_that_raises.py")
    with pytest.raises(LoadError) as caught:
        load("stage_of_a_module_that_raises:X", STAGE)
    assert caught.value.fix == (
        "see all of it with: python -c 'import stage_of_a_module_that_raises'"
    )


def test_the_same_of_an_installed_one(tmp_path: Path) -> None:
    write("raise SystemExit(1)\n", "stage_that_leaves.py", tmp_path / "site")
    points = "leaves = stage_that_leaves:X\nlacks = json:Nothing [extra]\nmissing = stage_not_there"
    install(tmp_path / "site", points)
    with pytest.raises(LoadError) as caught:
        load("lacks", STAGE)
    assert caught.value.what.startswith(
        "the installed stage 'lacks' cannot be loaded: AttributeError"
    )
    assert caught.value.where == "json:Nothing [extra]"
    assert caught.value.fix == "fix or uninstall the package somebodys"
    with pytest.raises(LoadError, match=r"it called sys.exit\(1\)"):
        load("leaves", STAGE)
    with pytest.raises(LoadError, match="ModuleNotFoundError"):
        load("missing", STAGE)


def test_ctrl_c_passes() -> None:
    path = write("raise KeyboardInterrupt\n")
    before = set(sys.modules)
    with pytest.raises(KeyboardInterrupt):
        load("mine.py:X", STAGE)
    assert not [name for name in set(sys.modules) - before if "mine" in name]
    path.write_text("def __getattr__(name):\n    raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        load("mine.py:X", STAGE)


# --- what is not there ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "what", "fix"),
    [
        ("mien.py:Reading", "no such file", "did you mean 'mine.py'? Else check the path"),
        ("sub/MINE.py:Reading", "no such file", "did you mean 'sub/mine.py'?"),
        ("nowhere/other.py:X", "no such file", "check the path, which starts from the folder"),
        ("none/sub/:X", "no such file", "check the path"),
        ("C:\\stages\\mine.py:Reading", "no such file", "check the path"),
        ("C:\\stages\\mine.py", "it names a file and no object in it", "C:\\stages\\mine.py:NAME"),
        ("mine.py", "it names a file and no object in it", "add the object: mine.py:NAME"),
        ("./mine.py", "it names a file and no object in it", "./mine.py:NAME"),
        ("a:b/mine.py", "it names a file and no object in it", "a:b/mine.py:NAME"),
        ("sub/:Reading", "it is a folder, not a Python file", "name a file in it: sub/file.py"),
        (
            "folder.py:X",
            "it is a folder, not a Python file",
            "name a file in it: folder.py/file.py",
        ),
        ("notes.txt:X", "not a Python file", "its name must end in .py"),
        ("./script:X", "not a Python file", "its name must end in .py"),
        ("pipe.py:X", "it is no regular file", "check the path"),
        ("x" * 300 + ".py:X", "the file cannot be read: File name too long", "check the path"),
        ("mine.py:reading", "it has no 'reading'", "did you mean 'Reading'?"),
        ("mine.py:Outer.iner", "it has no 'iner'", "did you mean 'Inner'?"),
        ("mine.py:Outer.Inner.zzz", "it has no 'zzz'", "known: made"),
        ("mine.py:zzz", "it has no 'zzz'", "known: annotations, dataclass, Reading, Outer, stage"),
        ("mine.py:stage()", "it has no 'stage()'", "did you mean 'stage'?"),
        ("empty.py:X", "it has no 'X'", "there is none"),
        ("mine.py:", "a part is missing", "module:object"),
        (":Reading", "a part is missing", "module:object"),
        (":", "a part is missing", "module:object"),
        ("mine.py:Outer.", "a part is missing", "module:object"),
        ("mine.py:Outer..Inner", "a part is missing", "module:object"),
        (
            "minee:Reading",
            "there is no module 'minee'",
            "did you mean 'mine'? Else type the command",
        ),
        ("zzqqxx:Reading", "there is no module 'zzqqxx'", "in the folder of zzqqxx.py"),
        ("harness.eror:X", "there is no module 'harness.eror'", "did you mean 'harness.errors'?"),
        ("json.nothing.x:X", "there is no module 'json.nothing'", "install its package"),
        ("sys.nothing:X", "there is no module 'sys.nothing'", "install its package"),
        ("sub:X", "it has no 'X'", "there is none"),
        (".mine:X", "'.mine' is not the name of a module", "path/to/file.py:object"),
        ("a..b:X", "'a..b' is not the name of a module", "path/to/file.py:object"),
        ("", "no installed stage is called ''", "write it as module:object"),
        ("reading", "no installed stage is called 'reading'", "write it as module:object"),
    ],
)
def test_what_is_not_there_is_named(tmp_path: Path, target: str, what: str, fix: str) -> None:
    for name in ("mine.py", "sub/mine.py", "script", "notes.txt"):
        write(SOURCE, name)
    write("", "empty.py")
    (tmp_path / "folder.py").mkdir()
    os.mkfifo("pipe.py")
    with pytest.raises(UsageError) as caught:
        load(target, STAGE)
    assert not isinstance(caught.value, LoadError)
    assert caught.value.what == what
    assert fix in (caught.value.fix or "")
    assert caught.value.where == f"--stage {target}"


def test_an_installed_name_is_guessed(tmp_path: Path) -> None:
    install(tmp_path / "a", "reading = json:dumps\nprobing = json:loads")
    with pytest.raises(UsageError) as caught:
        load("readin", STAGE)
    assert caught.value.fix == (
        "did you mean 'reading'? (known: probing, reading); or write it as module:object or "
        "path/to/file.py:object"
    )
    install(tmp_path / "b", "reading = json:load", "anothers")
    with pytest.raises(UsageError, match="2 installed packages have a stage 'reading'") as caught:
        load("reading", STAGE)
    assert caught.value.fix == "name one: json:dumps or json:load"


def test_a_folder_that_is_gone_hides_no_module(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    assert load("json:dumps", STAGE).value is json.dumps
    with pytest.raises(UsageError, match="no such file"):
        load("mine.py:X", STAGE)
