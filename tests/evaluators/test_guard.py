"""What the code of an evaluator does stays its own: no crash, no stray print, no false value."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario
from harness.errors import UsageError
from harness.evaluators.registry import builtin, registry
from harness.evaluators.scoring import evaluate
from harness.records.reader import RunFolder
from tests.support.inprocess import typed
from tests.support.run_folders import MIDDLE, deal, make_run, make_suite
from tests.support.transcripts import case, make_transcript

HEAD = """\
import dataclasses
import sys
from decimal import Decimal
from fractions import Fraction

import numpy as np

from harness.evaluators.base import Found, Measure

M = (Measure(name="m", title="m", definition="number", range="0..", undefined="never"),)


class E:
    name = "mine"
    version = 1
    measures = M

    def score(self, case):
        found = Found()
"""


def evaluator(folder: Path, body: str) -> str:
    """``file.py:E`` of an evaluator whose score() does ``body``."""
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    path = folder / "mine.py"
    path.write_text(HEAD + lines + "        return found\n", encoding="utf-8")
    return f"{path}:E"


@pytest.mark.kind("F5")
@pytest.mark.parametrize(
    ("value", "kept", "why"),
    [
        ("1.5", 1.5, ""),
        ("3", 3.0, ""),
        ("True", True, ""),
        ("'word'", "word", ""),
        ("np.float32(0.5)", 0.5, ""),
        ("np.int64(2)", 2.0, ""),
        ("np.bool_(True)", True, ""),
        ("np.array(1.25)", 1.25, ""),
        ("Decimal('0.5')", 0.5, ""),
        ("Fraction(1, 2)", 0.5, ""),
        ("None", None, "undefined"),
        ("float('nan')", None, "the value was nan"),
        ("float('-inf')", None, "the value was -inf"),
        ("np.float64('nan')", None, "the value was nan"),
        ("10 ** 400", None, "no number that fits: OverflowError"),
        ("'half ' + chr(0xd83d)", None, "half a character"),
        ("[1.0]", None, "is a list"),
        ("np.array([1.0, 2.0])", None, "no number that fits"),
        ("1j", None, "is a complex"),
        ("b'x'", None, "is a bytes"),
        ("object()", None, "is a object"),
    ],
)
def test_a_value_is_plain_or_null_with_the_reason(
    tmp_path: Path, small: Scenario, value: str, kept: object, why: str
) -> None:
    run = make_run(
        tmp_path / "run", make_suite(), {small.id: small}, [deal(small, "plain", MIDDLE)]
    )
    (mine,) = registry([evaluator(tmp_path, f"found.put('m', {value})")])
    transcript = next(run.transcripts())
    (score,) = evaluate(case(transcript, small), [mine])
    run.write_scores([score])
    (read,) = RunFolder(run.path).scores()
    assert read.values == {"m": kept}
    assert type(read.values["m"]) is type(kept)
    assert why in read.why_null.get("m", "")


@pytest.mark.kind("F5")
@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("sys.exit(0)", "SystemExit at mine.py:20: it called sys.exit(0)"),
        ("raise ValueError('half ' + chr(0xd83d))", "ValueError at mine.py:20: half ?"),
        ("return None", "gave a NoneType, not a Found"),
        ("return {'m': 1.0}", "gave a dict, not a Found"),
        ("found.values = [1]", "the evaluator gave no value"),
        ("found.why_null = {'m': 'half ' + chr(0xd83d)}", "half ?"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("def f(): f()\nf()", "RecursionError"),
    ],
)
def test_what_it_raises_or_gives_back_is_its_own_missing_value(
    tmp_path: Path, small: Scenario, body: str, why: str
) -> None:
    (mine,) = registry([evaluator(tmp_path, body)])
    transcript = make_transcript(small, [("u", "pass")])
    settled, score = evaluate(case(transcript, small), [builtin()[0], mine])
    assert score.values == {"m": None}
    assert why in score.why_null["m"]
    assert settled.values["agreement"] is False
    score.model_dump_json()


@pytest.mark.kind("F5")
@pytest.mark.parametrize(
    "detail", ["{'x': chr(0xd83d)}", "{'x': object()}", "{(1, 2): 3}", "[1]", "deep"]
)
def test_a_detail_that_cannot_be_kept_costs_no_value(
    tmp_path: Path, small: Scenario, detail: str
) -> None:
    run = make_run(
        tmp_path / "run", make_suite(), {small.id: small}, [deal(small, "plain", MIDDLE)]
    )
    body = "found.put('m', 1.0)\ndeep = []\nfor _ in range(5000): deep = [deep]\n"
    (mine,) = registry([evaluator(tmp_path, f"{body}found.detail = {detail}")])
    run.write_scores(evaluate(case(next(run.transcripts()), small), [mine]))
    (read,) = RunFolder(run.path).scores()
    assert read.values == {"m": 1.0}


@pytest.mark.kind("F5")
def test_it_can_change_nothing_that_others_see(tmp_path: Path, small: Scenario) -> None:
    (mine,) = registry(
        [
            evaluator(
                tmp_path,
                "for turn in case.talks.turns:\n"
                "    if turn.move.package: turn.move.package.clear()\n"
                "case.scenario.principals.clear()\n"
                "case.spec.templates['move'] = 'another'\n"
                "case.inputs['before'].body.turns[0].move.package.clear()\n"
                "found.put('m', 1.0)",
            )
        ]
    )
    transcript = deal(small, "plain", MIDDLE)
    before = deal(small, "plain", MIDDLE)
    read = replace(case(transcript, small), inputs={"before": before})
    alone = evaluate(read, [builtin()[0]])
    changed, after = evaluate(read, [mine, builtin()[0]])
    assert changed.values == {"m": 1.0}, changed.why_null
    assert [after] == alone
    assert not transcript.spec.templates
    assert before == deal(small, "plain", MIDDLE)


@pytest.mark.kind("F5")
def test_print_and_sys_exit_leave_the_document_whole(tmp_path: Path, small: Scenario) -> None:
    make_run(tmp_path / "run", make_suite(), {small.id: small}, [deal(small, "plain", MIDDLE)])
    name = evaluator(tmp_path, "print('hello from the evaluator')\nsys.exit(0)")
    done = typed("score", "run", "--evaluator", name, "--json", cwd=tmp_path)
    assert done.code == 0
    assert json.loads(done.out)["suite"] == "hand-made"
    assert "hello from the evaluator" in done.err
    text = Path(tmp_path / "mine.py").read_text()
    (tmp_path / "mine.py").write_text(f"print('on import')\n{text}")
    done = typed("report", "run", "--evaluator", name, "--json", cwd=tmp_path)
    assert json.loads(done.out)["suite"] == "hand-made"
    assert "on import" in done.err


@pytest.mark.kind("F5")
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("name = 'settlement'", "takes the name 'settlement', which is in use"),
        ("name = 'a.b c'", "its name 'a.b c' is not"),
        ("name = 'x' + chr(0xd83d)", "is not lower-case letters"),
        ("name = ''", "its name '' is not"),
        ("name = property(lambda self: 1 / 0)", "ZeroDivisionError at mine.py"),
        ("version = '1.0'", "its version '1.0' is not a whole number"),
        ("version = True", "its version True is not a whole number"),
        ("measures = (m for m in M)", "not of harness.evaluators.base.Measure"),
        ("measures = None", "not of harness.evaluators.base.Measure"),
        (
            "measures = (dataclasses.replace(M[0], title=chr(0xd83d)),)",
            "is no text",
        ),
        (
            "measures = (dataclasses.replace(M[0], title=3),)",
            "is no text",
        ),
        ("score = 3", "its score is not a function"),
        ("__init__ = lambda self, k: None", "give them defaults"),
        ("__init__ = lambda self: sys.exit(0)", "sys.exit(0)"),
    ],
)
def test_an_unsound_evaluator_is_refused_with_the_reason(
    tmp_path: Path, change: str, why: str
) -> None:
    evaluator(tmp_path, "")
    with (tmp_path / "mine.py").open("a", encoding="utf-8") as file:
        file.write(f"\nclass F(E):\n    {change}\n")
    with pytest.raises(UsageError) as caught:
        registry([f"{tmp_path}/mine.py:F"])
    assert why in str(caught.value)
    assert str(caught.value).isascii()


@pytest.mark.kind("F5")
def test_sys_exit_on_import_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("import sys\nsys.exit(0)\n")
    with pytest.raises(UsageError, match=r"cannot be loaded: SystemExit at mine.py:2"):
        registry([f"{tmp_path}/mine.py:E"])


def test_two_files_of_the_same_name_are_two_modules(tmp_path: Path, small: Scenario) -> None:
    found = []
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        name = evaluator(tmp_path / str(number), f"found.put('m', {number})")
        (mine,) = registry([name])
        found.append(
            evaluate(case(make_transcript(small, [("u", "pass")]), small), [mine])[0].values
        )
    assert found == [{"m": 1.0}, {"m": 2.0}]
