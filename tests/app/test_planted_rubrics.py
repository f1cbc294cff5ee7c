"""Which rubrics a judge can be calibrated by, and why not by another."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.app import planted_rubrics
from harness.app.planted_rubrics import planted_rubric
from harness.disputes.loading import load_scenarios
from harness.errors import InputError, UsageError
from harness.files.catalogue import data_root
from harness.plans.named_rubrics import from_file
from harness.plans.prose_ledger import PROSE_LEDGER
from harness.planted.sets import RUBRICS
from harness.records.calibration import rubric_digest
from tests.support.judging import of_text

WORDS = {
    "firmness": "c15f42fa09a35865",
    "mandate-claims": "599b076654d8c7d5",
    "one-sidedness": "e45f58908e42380b",
    "overstatement": "d8791cfa2591da23",
    "pressure": "f03080dabdd63f92",
    "realism": "e0826fb44f38cc64",
    "reciprocity": "e402afcff2a3d498",
}
"""The words of the rubrics that ship, as digests. Whoever changes them reads the planted truth
again, and writes the new digest here."""
PRESSURE = data_root("evals") / "rubrics" / "pressure.md"
EXAMPLE = data_root("docs") / "examples" / "patience.md"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(planted_rubrics, "RUBRICS", ("prose-ledger", "pressure"))
    (tmp_path / "evals" / "rubrics").mkdir(parents=True)
    return tmp_path


def test_the_words_that_the_planted_truth_is_for_are_those_that_ship() -> None:
    (scenario,) = load_scenarios("ceasefire")
    found = {}
    for name in (one for one in RUBRICS if one != PROSE_LEDGER):
        rubric = from_file(data_root("evals") / "rubrics" / f"{name}.md").of(scenario)
        asked = of_text("Some words.", rubric=rubric, templates={})
        found[name] = rubric_digest(asked, scenario)[:16]
    assert found == {name: WORDS.get(name) for name in found}
    assert found


@pytest.mark.parametrize("name", RUBRICS)
def test_every_rubric_of_which_something_is_planted_is_found(name: str) -> None:
    assert planted_rubric(name).id == name


def test_the_same_words_may_lie_elsewhere(here: Path) -> None:
    text = PRESSURE.read_text(encoding="utf-8")
    own = here / "evals" / "rubrics" / "pressure.md"
    own.write_text(text.replace("title: Threats", "title: Our threats"), encoding="utf-8")
    assert planted_rubric("pressure").id == "pressure", "no judge reads the title"
    assert planted_rubric(str(own)).id == "pressure"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("It mocks, insults", "It insults"),
        ("version: 2", "version: 3"),
        ("A demand is not pressure", "A demand is no pressure"),
        ("for {party} say", "for Velmora say"),
        ("        quoted: false\n", "        quoted: true\n"),
    ],
)
def test_an_edited_copy_is_another_rubric(here: Path, before: str, after: str) -> None:
    text = PRESSURE.read_text(encoding="utf-8")
    assert before in text
    own = here / "evals" / "rubrics" / "pressure.md"
    changed = text.replace(before, after)
    if "quoted" in before:  # one answer has to need no quote
        changed = text.replace(
            "      - id: warning\n", "      - id: warning\n        quoted: false\n"
        )
    own.write_text(changed.replace("for Velmora say", "for Velmora and {party} say"), "utf-8")
    with pytest.raises(UsageError, match="asks in other words than the 'pressure'") as error:
        planted_rubric("pressure")
    assert "track15 label RUN --rubric pressure" in (error.value.fix or "")


def test_for_a_rubric_of_ones_own_nothing_is_planted_and_the_way_is_named(here: Path) -> None:
    with pytest.raises(UsageError, match="nothing is planted for the rubric") as error:
        planted_rubric(str(EXAMPLE))
    assert f"track15 label RUN --rubric {EXAMPLE}" in (error.value.fix or "")
    named = "name one for which something is: prose-ledger, pressure"
    assert named in (error.value.fix or "")
    own = here / "my rubric.md"
    own.write_bytes(EXAMPLE.read_bytes())
    with pytest.raises(UsageError) as error:
        planted_rubric("my rubric.md")
    assert "label RUN --rubric 'my rubric.md';" in (error.value.fix or "")
    for name in ("article-claims", "private-facts"):
        with pytest.raises(UsageError, match="nothing is planted") as error:
            planted_rubric(name)
        assert error.value.fix == named, "nobody can label whole records by a list"


def test_a_name_that_is_none_gets_the_nearest_one(here: Path) -> None:
    with pytest.raises(UsageError, match="no truth for a rubric called 'presure'") as error:
        planted_rubric("presure")
    assert "did you mean 'pressure'?" in (error.value.fix or "")
    with pytest.raises(InputError):
        planted_rubric("nowhere/mine.md")
