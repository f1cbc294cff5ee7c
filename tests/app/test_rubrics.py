"""The rubrics that there are, and what one would ask."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.app.checking import check
from harness.app.rubrics import RubricChecked, rubric_path, rubric_rows
from harness.errors import InputError
from tests.support.rubric_files import BOTH, MINE, write


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def checked(ref: str) -> RubricChecked:
    found = check(ref)
    assert isinstance(found, RubricChecked)
    return found


def test_all_are_listed_and_a_wrong_one_says_why(here: Path) -> None:
    write(here / "evals" / "rubrics")
    write(here / "evals" / "rubrics", MINE.replace("title", "titel"), "wrong.md")
    rows = {row["rubric"]: row for row in rubric_rows()}
    assert {"article", "talks-claims", "private-facts", "mine", "firmness"} <= rows.keys()
    assert "private-facts-o" not in rows
    assert (rows["private-facts"]["calls"], rows["private-facts"]["form"]) == ("2", "a list")
    assert rows["mine"] == {
        "rubric": "mine",
        "reads": "talks",
        "form": "3 questions",
        "calls": "1",
        "planted": "no",
        "asks": "Mine",
        "from": "evals/rubrics/mine.md",
    }
    assert (rows["pressure"]["planted"], rows["prose-ledger"]["planted"]) == ("yes", "yes")
    assert (rows["firmness"]["from"], rows["article"]["from"]) == ("shipped", "the program")
    assert rows["wrong"]["asks"].startswith(
        "unusable: evals/rubrics/wrong.md:5: titel: unknown field"
    )


def test_what_a_file_would_ask_is_shown(here: Path) -> None:
    write(here)
    found = checked("mine.md")
    assert (found.title, found.sound) == ("Mine", True)
    assert [row.name for row in found.rows] == ["reads", "asks", "takes", "errors", "loud"]
    assert "by people's labels" in found.rows[3].found
    assert "track15 label RUN --rubric mine.md" in found.rows[3].found
    assert "track15 calibrate MODEL --rubric pressure" in checked("pressure").rows[3].found
    assert found.rows[-1].found == "none 0, some 0.5, much 1"
    assert "Is the delegation for Tarsenia loud towards Velmora?" in found.prompt
    assert found.measures == ("rubric_mine.loud_o", "rubric_mine.loud_u")
    told = found.as_json()
    assert (told["kind"], told["scenario"]) == ("rubric", "ceasefire")
    assert told["play"] == "score RUN --judge PROVIDER/MODEL --rubric mine.md"


def test_a_name_is_a_rubrics_where_it_is_nothing_else(here: Path) -> None:
    assert checked("firmness").title == "Limits that are named, and stood by"
    assert check("opening").as_json()["kind"] == "scenario"
    assert rubric_path("none-such") is None
    with pytest.raises(InputError, match="no such file"):
        check("none.md")
    Path("broken.yaml").write_text("id: [x\n")
    with pytest.raises(InputError, match="not valid YAML"):
        check("broken.yaml")
    with pytest.raises(InputError, match="no scenario and no suite") as caught:
        check("firmnes")
    assert "did you mean the rubric 'firmness'?" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        (MINE.replace("It shouts.}", "It shouts., quoted: false}"), "usually stands first"),
        (BOTH.replace("does.'}", "does.', quoted: false}"), "usually stands in the middle"),
        (
            MINE.replace(
                "      - {id: much",
                "".join(f"      - {{id: s{n}, text: x}}\n" for n in "abc") + "      - {id: much",
            ),
            "three to five are usual",
        ),
    ],
)
def test_what_is_unusual_is_worth_a_look(here: Path, text: str, fix: str) -> None:
    write(here, text)
    row = checked("mine.md").rows[-1]
    assert row.state == "warn"
    assert fix in row.fix
