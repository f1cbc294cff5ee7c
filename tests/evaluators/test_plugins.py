from __future__ import annotations

import importlib.metadata
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario
from harness.errors import UsageError
from harness.evaluators.base import fooled_by_of
from harness.evaluators.choosing import choose
from harness.evaluators.registry import builtin, registry
from harness.evaluators.scoring import evaluate
from tests.support.transcripts import case, make_transcript

SOURCE = '''
from dataclasses import dataclass

from harness.evaluators.base import Found, Measure


MEASURE = Measure(
    name="count", title="words", definition="number", range="0, 1, ...", undefined="never"
)


@dataclass
class Words:
    """Counts words."""

    name: str = "tally"
    version: int = 1
    measures: tuple = (MEASURE,)

    def score(self, case):
        found = Found()
        found.put("count", sum(len(t.words.split()) for t in case.talks.turns))
        return found


made = Words()
number = 3
shouting = Words(name="Words!")
twice = Words(measures=Words.measures * 2)
untyped = Words(measures=("count",))


def broken():
    raise RuntimeError


class Broken:
    def __init__(self):
        raise RuntimeError("no")


class Left:
    def __init__(self):
        raise GeneratorExit


class Hidden:
    version, measures, score = 1, (), print

    @property
    def name(self):
        raise GeneratorExit


class Careful(Words):
    fooled_by = ["It counts the words of any language alike."]


class Careless(Words):
    fooled_by = "a lone text"
'''


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "words.py"
    path.write_text(SOURCE, encoding="utf-8")
    return path


@pytest.mark.parametrize("attribute", ["Words", "made"])
def test_class_or_instance_of_a_file(source: Path, small: Scenario, attribute: str) -> None:
    (words,) = registry([f"{source}:{attribute}"])
    transcript = make_transcript(small, [("u", "pass"), ("o", "pass")], words="peace at last")
    assert evaluate(case(transcript, small), [words])[0].values == {"count": 6.0}


def test_what_fools_it_is_kept(source: Path) -> None:
    careful, plain = registry([f"{source}:Careful"])[0], registry([f"{source}:Words"])[0]
    assert fooled_by_of(careful) == ("It counts the words of any language alike.",)
    assert fooled_by_of(plain) == ()


@pytest.mark.parametrize(
    ("attribute", "complaint"),
    [
        ("missing", "it has no 'missing'"),
        ("number", "an attribute is missing"),
        ("broken", "an attribute is missing"),
        ("Broken", "cannot be made: RuntimeError at words.py:39: no"),
        ("Left", "cannot be made: GeneratorExit at words.py:44"),
        ("Hidden", "not an evaluator: GeneratorExit at words.py:52"),
        ("shouting", "its name 'Words!' is not"),
        ("twice", "two of its measures are called 'count'"),
        ("untyped", "not of harness.evaluators.base.Measure"),
        ("Careless", "its fooled_by 'a lone text' is no tuple of sentences"),
    ],
)
def test_unsound_object_is_refused_with_a_reason(
    source: Path, attribute: str, complaint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        registry([f"{source}:{attribute}"])
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("import nowhere_to_be_found", "ModuleNotFoundError"),
        ("x = object().missing", "AttributeError"),
        ("def f(:", "SyntaxError"),
    ],
)
def test_file_that_cannot_be_loaded_is_one_message(
    tmp_path: Path, text: str, complaint: str
) -> None:
    path = tmp_path / "broken.py"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=f"it cannot be loaded: {complaint}"):
        registry([f"{path}:x"])


def test_no_such_file_and_no_python_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        registry([f"{tmp_path}/nowhere.py:x"])
    text = tmp_path / "notes.txt"
    text.write_text("x = 1", encoding="utf-8")
    with pytest.raises(UsageError, match="not a Python file"):
        registry([f"{text}:x"])


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ("self, transcript, scenario", "transcript, scenario"),
        ("self", ""),
        ("self, *, case", "case"),
    ],
)
def test_an_evaluator_that_takes_no_case_is_told_how_to_change(
    source: Path, parameters: str, named: str
) -> None:
    text = source.read_text().replace("score(self, case)", f"score({parameters})")
    source.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        registry([f"{source}:Words"])
    assert f"not an evaluator: its score({named}) is given one thing, a case" in str(caught.value)
    assert "score(self, case), where case.record is the transcript" in str(caught.value)


def test_an_evaluator_says_what_it_reads(source: Path, small: Scenario) -> None:
    played = case(make_transcript(small, [("u", "pass")]), small)
    text = source.read_text()
    for kind, scores in (("'talks'", 1), ("'publication'", 0)):
        changed = text.replace("    version: int", f"    kind: str = {kind}\n    version: int")
        source.write_text(changed, encoding="utf-8")
        assert len(evaluate(played, registry([f"{source}:Words"]))) == scores
    source.write_text(text.replace("    version: int", "    kind: int = 3\n    version: int"))
    with pytest.raises(UsageError, match="its kind 3 is not"):
        registry([f"{source}:Words"])


def test_evaluator_of_a_file_cannot_share_a_name(source: Path) -> None:
    with pytest.raises(UsageError, match="two evaluators are called 'tally'"):
        registry([f"{source}:Words", f"{source}:made"])


def test_a_file_imports_what_lies_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "beside_the_evaluator.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "mine.py").write_text("from beside_the_evaluator import Words as Mine\n")
    (words,) = registry([f"{tmp_path}/mine.py:Mine"])
    assert words.name == "tally"


def test_an_evaluator_of_a_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)
    nested = SOURCE + "\n\nclass Of:\n    made = Words()\n"
    (tmp_path / "words_of_a_module.py").write_text(nested, encoding="utf-8")
    for target in ("words_of_a_module:Words", "words_of_a_module:Of.made"):
        assert registry([target])[0].name == "tally"


@pytest.mark.kind("X1")
@pytest.mark.parametrize(
    "name", ["stranger_to_us.py:X", "stranger_to_us:X", "./stranger_to_us.py:X"]
)
def test_what_a_suite_names_is_not_executed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stranger_to_us.py").write_text("open('ran', 'w').close()\n")
    chosen = choose(["settlement", name])
    assert [evaluator.name for evaluator in chosen.evaluators] == ["settlement"]
    assert [left.flag for left in chosen.left_out] == [f"--evaluator {name}"]
    assert not (tmp_path / "ran").exists()
    assert str(tmp_path) not in sys.path


# --- installed packages --------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """An entry point as importlib.metadata gives it."""

    name: str
    loads: object

    value = "package.module:Object"

    def load(self) -> object:
        if isinstance(self.loads, Exception):
            raise self.loads
        return self.loads


def install(monkeypatch: pytest.MonkeyPatch, *points: Point) -> None:
    def entry_points(*, group: str) -> tuple[Point, ...]:
        assert group == "track15.evaluators"
        return points

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)


def words(source: Path) -> object:
    return registry([f"{source}:Words"])[0]


def test_installed_evaluator_joins_the_built_in_ones(
    monkeypatch: pytest.MonkeyPatch, source: Path
) -> None:
    install(monkeypatch, Point("tally", words(source)))
    assert [e.name for e in registry()] == [*(e.name for e in builtin()), "tally"]
    assert registry(["tally"])[0].name == "tally"


def test_installed_evaluator_cannot_hide_another(
    monkeypatch: pytest.MonkeyPatch, source: Path
) -> None:
    twice = words(source)
    install(monkeypatch, Point("mine", builtin()[0]))
    with pytest.raises(UsageError, match="takes the name 'settlement'"):
        registry()
    install(monkeypatch, Point("one", twice), Point("two", twice))
    with pytest.raises(UsageError, match="takes the name 'tally'"):
        registry()


def test_installed_evaluator_that_cannot_be_loaded_is_one_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(monkeypatch, Point("mine", ImportError("no module named missing")))
    with pytest.raises(UsageError, match="'mine' cannot be loaded: ImportError") as caught:
        registry()
    assert "uninstall" in str(caught.value)
    assert caught.value.where == Point.value
