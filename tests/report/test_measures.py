"""The long table: every measure that was scored, by evaluator and arm."""

from __future__ import annotations

from pathlib import Path

from harness.analysis.findings import Findings, find
from harness.analysis.values import Brief
from harness.report.measures import MAX_ARMS, MAX_WORDS, Row, families
from harness.report.wording import MISSING
from tests.support.disputes import small
from tests.support.run_folders import LOPSIDED, MIDDLE, deal, make_run, make_suite


def findings_of(folder: Path) -> Findings:
    scenario = small(folder)
    played = [deal(scenario, "plain", MIDDLE), deal(scenario, "lean", LOPSIDED)]
    return find(make_run(folder / "run", make_suite(), {"small": scenario}, played))


def test_every_measure_stands_with_its_evaluator(tmp_path: Path) -> None:
    findings = findings_of(tmp_path)
    found = families(findings, ["plain", "lean"])
    names = [measure.name for family in found for measure in family.measures]
    assert names == list(findings.all_measures)
    assert all(m.name.startswith(f"{f.evaluator}.") for f in found for m in f.measures)
    listed = {measure.name: measure for family in found for measure in family.measures}
    agreement = listed["settlement.agreement"]
    assert agreement.range == "yes/no"
    assert [row.arm for row in agreement.rows] == ["plain", "lean"]
    assert agreement.rows[0] == Row("plain", "1.000", MISSING, "1", "0")


def test_arms_come_as_they_are_given_and_not_without_end(tmp_path: Path) -> None:
    findings = findings_of(tmp_path)
    (first, *_) = families(findings, ["lean", "plain"])
    assert [row.arm for row in first.measures[0].rows] == ["lean", "plain"]
    many = [f"arm-{n}" for n in range(MAX_ARMS)]
    (first, *_) = families(findings, [*many, "plain"])
    assert first.measures[0].rows == ()


def test_words_are_counted_and_the_rest_is_summed(tmp_path: Path) -> None:
    words = {f"w{n}": 10 - n for n in range(MAX_WORDS + 2)}
    brief = Brief(mean=None, interval=None, n=60, missing=1_000, words=words)
    findings = findings_of(tmp_path).model_copy(
        update={"all_measures": {"theirs.said": {"plain": brief}}}
    )
    ((family,),) = [families(findings, ["plain"])]
    (row,) = family.measures[0].rows
    assert row.mean.startswith("w0 (10), w1 (9), ")
    assert row.mean.endswith(f", others ({4 + 3})")
    assert (row.interval, row.n, row.missing) == (MISSING, "60", "1,000")
