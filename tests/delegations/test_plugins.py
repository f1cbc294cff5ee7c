from __future__ import annotations

import hashlib
import importlib.metadata
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.app.options import overrides
from harness.delegations.plugins import UserDelegation, is_runnable, load, parse_targets
from harness.errors import MissingExtraError, UsageError
from harness.incentives.profiles import IncentiveProfile, Role
from harness.models.providers.agents.seated import Factory
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import make_plan
from harness.suite.parts import SeatSpec
from tests.support.disputes import write
from tests.support.runs import tiny_suite

SOURCE = """
from langchain_core.prompts import PromptTemplate
from langchain_core.runnables import RunnableLambda
from langgraph.graph import START, MessagesState, StateGraph


class Mine:
    def __init__(self, seat):
        self.seat = seat

    async def move(self, view, complaint): ...
    async def caucus(self, view, member, complaint): ...
    async def debrief(self, view, complaint): ...
    def messages(self): return {}


class Nested:
    class Inner(Mine): ...
    runnable = RunnableLambda(str)


class Half:
    async def move(self, view, complaint): ...


class Broken:
    def __init__(self):
        raise RuntimeError("no")


def make(**given):
    assert sorted(given) == ["seat", "seed", "settings", "thread_id"]
    return Mine(given["seat"])


async def says(messages, schema): return "said"
def says_at_once(history): return "said"
def makes_one_that_says(thread_id): return says
def nothing(): return None


class Speaker:
    async def __call__(self, messages): return "said"


speaker = Speaker()


def leaves():
    raise SystemExit(3)


async def later(): return Mine("u")
def chain(): return RunnableLambda(str)


runnable = RunnableLambda(str)
prompt = PromptTemplate.from_template("{question}")
builder = StateGraph(MessagesState)
builder.add_node("node", lambda state: state)
builder.add_edge(START, "node")
graph = builder.compile()
one = Mine("u")
number = 3
"""


FACTORIES = ("chain", "makes_one_that_says", "Speaker")


@pytest.fixture(autouse=True)
def _path_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a delegation makes importable is gone with its test."""
    monkeypatch.setattr(sys, "path", list(sys.path))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(SOURCE, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("runnable", "runnable"),
        ("graph", "runnable"),
        ("Nested.runnable", "runnable"),
        ("Mine", "custom"),
        ("Nested.Inner", "custom"),
        ("make", "custom"),
        # What it takes is found out by asking, not inferred.
        ("prompt", "runnable"),
        ("chain", "runnable"),
        ("says", "runnable"),
        ("says_at_once", "runnable"),
        ("makes_one_that_says", "runnable"),
        ("Speaker", "runnable"),
        ("speaker", "runnable"),
    ],
)
def test_an_object_of_a_file(source: Path, name: str, kind: str) -> None:
    own = load(f"{source}:{name}")
    assert (own.name, own.kind) == (f"mine.py:{name}", kind)
    assert own.source == hashlib.sha256(SOURCE.encode()).hexdigest()
    assert own.target == f"{source}:{name}"
    if name in ("runnable", "graph"):
        assert is_runnable(own.value)
    assert isinstance(own.value, Factory) == (name in FACTORIES)
    assert str(source.parent) not in own.name + (own.source or "")
    assert load(f"{source}:{name}").value == own.value


@pytest.mark.parametrize(
    ("name", "complaint", "fix"),
    [
        ("mine", "it has no 'mine'", "did you mean 'Mine'?"),
        ("Nested.inner", "it has no 'inner'", "did you mean 'Inner'?"),
        ("number", "an object of type int is neither a LangChain runnable", "docs/delegations.md"),
        ("one", "of type Mine is neither", "name its class"),
        ("builder", "of type StateGraph is neither", "builder.compile()"),
        (
            "Half",
            "of type Half, which has no method 'caucus'",
            "docs/delegations.md",
        ),
        ("Broken", "cannot be made: RuntimeError at mine.py:", ""),
        ("leaves", "cannot be made: SystemExit at mine.py:", ""),
        ("later", "it makes an object of type coroutine", "docs/delegations.md"),
        ("nothing", "it makes an object of type NoneType", "docs/delegations.md"),
        ("", "a part is missing", "module:object"),
    ],
)
def test_an_unsuitable_object_is_refused(source: Path, name: str, complaint: str, fix: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(f"{source}:{name}")
    assert complaint in caught.value.what
    assert fix in (caught.value.fix or "")
    assert caught.value.where == f"--delegation {source}:{name}"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("import nowhere_to_be_found", "ModuleNotFoundError at mine.py:1: No module named"),
        ("\nx = {}['AGENT_URL']", "KeyError at mine.py:2: 'AGENT_URL'"),
        ("raise SystemExit(2)", "SystemExit at mine.py:1"),
        ("def f(:", "SyntaxError"),
    ],
)
def test_a_file_that_cannot_be_loaded_is_one_message(
    tmp_path: Path, text: str, complaint: str
) -> None:
    path = tmp_path / "mine.py"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load(f"{path}:x")
    assert complaint in caught.value.what
    assert str(tmp_path) not in caught.value.what


def test_no_key_is_shown_of_what_a_file_raises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_PROVIDER_API_KEY", "made-up-key-0123456789")
    path = tmp_path / "mine.py"
    path.write_text("import os\nraise ValueError(os.environ['MY_PROVIDER_API_KEY'])\n")
    with pytest.raises(UsageError) as caught:
        load(f"{path}:x")
    assert caught.value.what == "it cannot be loaded: ValueError at mine.py:2"
    assert caught.value.fix == f"see all of it with: python {path}"


async def test_it_is_loaded_where_no_loop_runs(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        "import asyncio\n\n\nasync def says(messages): return 'said'\n\n\n"
        "asyncio.get_event_loop()\nasyncio.run(says([]))\n"
    )
    assert load(f"{path}:says").kind == "runnable"


def test_the_line_of_the_file_is_named_though_its_path_is_relative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library that the factory calls is not what has to be corrected."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine.py"
    path.write_text("import json\n\n\ndef make(seat): return json.loads('{')\n")
    with pytest.raises(UsageError, match=r"JSONDecodeError at mine\.py:4"):
        load("mine.py:make")


def test_a_file_imports_what_lies_beside_it(tmp_path: Path) -> None:
    (tmp_path / "beside_the_agent.py").write_text("from langchain_core.runnables import *\n")
    path = tmp_path / "mine.py"
    path.write_text("from beside_the_agent import RunnableLambda\nagent = RunnableLambda(str)\n")
    assert load(f"{path}:agent").kind == "runnable"


def test_two_files_of_one_name_are_two_modules(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.py").write_text(f"{SOURCE}\n# {folder}")
    one, other = load(f"{tmp_path}/a/mine.py:graph"), load(f"{tmp_path}/b/mine.py:graph")
    assert one.name == other.name
    assert one.value is not other.value
    assert one.source != other.source


def test_a_module_of_the_folder_one_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_own_agent.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    own = load("my_own_agent:graph")
    assert (own.name, own.kind) == ("my_own_agent:graph", "runnable")
    assert own.source == hashlib.sha256(SOURCE.encode()).hexdigest()


@pytest.mark.parametrize(
    ("target", "complaint", "fix"),
    [
        ("nowhere/mine.py:x", "no such file", "check the path"),
        ("my_missing_agent:x", "there is no module 'my_missing_agent'", "my_missing_agent.py"),
        ("harness.missing:x", "there is no module 'harness.missing'", ""),
        ("json:nothing", "it has no 'nothing'", ""),
        (".relative:x", "'.relative' is not the name of a module", "path/to/file.py:object"),
        ("patient", "no installed delegation is called 'patient'", "module:object"),
        ("scripted", "no installed delegation is called 'scripted'", ""),
    ],
)
def test_what_is_not_there_is_named(target: str, complaint: str, fix: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(target)
    assert complaint in caught.value.what
    assert fix in (caught.value.fix or "")


def test_a_folder_or_another_file_is_no_python_file(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x = 1")
    with pytest.raises(UsageError, match="not a Python file"):
        load(f"{tmp_path}/notes.txt:x")


def test_without_langchain_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.py"
    path.write_text("from langgraph.graph import StateGraph\n")
    for name in [name for name in sys.modules if name.partition(".")[0] == "langgraph"]:
        monkeypatch.delitem(sys.modules, name)
    finders = [_Without("langgraph"), *sys.meta_path]
    monkeypatch.setattr(sys, "meta_path", finders)
    monkeypatch.setattr("harness.delegations.plugins._there", lambda _: False)
    with pytest.raises(MissingExtraError, match=r"pip install -e .*\[langchain\]"):
        load(f"{path}:agent")


@dataclass
class _Without:
    """A finder that says that a package is not installed."""

    package: str

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] == self.package:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


# --- installed packages --------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """An entry point as importlib.metadata gives it."""

    name: str
    loads: object
    value: str = "tests.support.disputes:Object"

    def load(self) -> object:
        if isinstance(self.loads, Exception):
            raise self.loads
        return self.loads


def install(monkeypatch: pytest.MonkeyPatch, *points: Point) -> None:
    def entry_points(*, group: str) -> tuple[Point, ...]:
        assert group == "track15.delegations"
        return points

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)


def test_an_installed_delegation_goes_by_its_name(
    monkeypatch: pytest.MonkeyPatch, source: Path
) -> None:
    value = load(f"{source}:graph").value
    install(monkeypatch, Point("patient", value), Point("scripted", value))
    own = load("patient")
    assert (own.name, own.kind, own.value) == ("patient", "runnable", value)
    assert own.source is not None
    with pytest.raises(UsageError, match="known: patient"):
        load("other")
    with pytest.raises(UsageError, match="is called 'scripted'"):
        load("scripted")


def test_an_installed_delegation_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, Point("mine", ValueError("broken")), Point("x", 3), Point("x", 3))
    with pytest.raises(
        UsageError, match="the installed delegation 'mine' cannot be loaded: ValueError"
    ):
        load("mine")
    with pytest.raises(UsageError, match="2 installed packages have a delegation 'x'"):
        load("x")


# --- roles ---------------------------------------------------------------------------------------


def test_targets_by_role() -> None:
    given = ["official=a.py:x=1", "unofficial= b:y "]
    assert parse_targets(given) == {"official": "a.py:x=1", "unofficial": "b:y"}


@pytest.mark.parametrize("text", ["a.py:x", "judge=a.py:x", "official=", "=a", "", "official"])
def test_a_delegation_needs_a_role_at_the_table(text: str) -> None:
    with pytest.raises(UsageError, match="official or unofficial"):
        parse_targets([text])


def test_a_role_is_given_once(source: Path) -> None:
    with pytest.raises(UsageError, match="official given twice"):
        parse_targets(["official=a:b", "official=a:b"])
    with pytest.raises(UsageError, match="official is given a model and a delegation") as caught:
        overrides(("official=scripted",), (f"official={source}:Mine",))
    assert "--model official" in str(caught.value)
    both = overrides(("openai/m",), (f"official={source}:Mine",))
    assert both.models["unofficial"] == "openai/m"
    assert both.delegations["official"].name == "mine.py:Mine"


def test_two_files_are_not_recorded_as_one(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.py").write_text(f"{SOURCE}\n# {folder}")
    one, other = f"official={tmp_path}/a/mine.py:Mine", f"unofficial={tmp_path}/b/mine.py:Mine"
    with pytest.raises(UsageError, match=r"the same name in the record: 'mine.py:Mine'"):
        overrides((), (one, other))
    same = overrides((), (one, one.replace("official", "unofficial")))
    assert len(same.delegations) == 2


# --- the plan ------------------------------------------------------------------------------------


def own(kind: str = "runnable", source: str = "0" * 64) -> UserDelegation:
    return UserDelegation(
        name="mine.py:x",
        kind="custom" if kind == "custom" else "runnable",
        source=source,
        target="/somewhere/mine.py:x",
        value=None,
        file="/somewhere/mine.py",
    )


def test_a_delegation_sits_in_its_seat_of_every_arm(tmp_path: Path) -> None:
    suite = tiny_suite(write(tmp_path))
    models = {"official": "openai/m", "unofficial": "openai/m"}
    plan = make_plan(suite, Overrides(models=models, delegations={"unofficial": own()}))
    for spec in (way.talks for way in plan.ways()):
        official, unofficial = spec.seat("o"), spec.seat("u")
        assert (official.kind, official.model, official.source) == ("model", "openai/m", None)
        assert (unofficial.kind, unofficial.model) == ("runnable", "mine.py:x")
        assert (unofficial.source, unofficial.tactic) == ("0" * 64, None)
        assert "/somewhere" not in spec.model_dump_json()
    assert plan.addresses == ("openai/m",)
    assert plan.models == {"official": "openai/m", "unofficial": "mine.py:x"}
    assert plan.brought["mine.py:x"].target == "/somewhere/mine.py:x"


def test_a_changed_file_is_another_dialogue(tmp_path: Path) -> None:
    suite = tiny_suite(write(tmp_path))
    plans = [
        make_plan(suite, Overrides(delegations={"official": own("custom", digit * 64)}))
        for digit in ("0", "0", "1")
    ]
    assert plans[0].ids == plans[1].ids
    assert not set(plans[0].ids) & set(plans[2].ids)


def test_specs_without_such_a_delegation_are_what_they_were() -> None:
    seat = SeatSpec(seat="o", principal="a", role=Role.OFFICIAL, profile=IncentiveProfile())
    assert "source" not in seat.model_dump_json()
    assert SeatSpec.model_validate_json(seat.model_dump_json()) == seat
    named = seat.model_copy(update={"kind": "custom", "model": "mine.py:x", "source": "0" * 64})
    assert SeatSpec.model_validate_json(named.model_dump_json()) == named
