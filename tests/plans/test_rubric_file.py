"""Rubrics that people write: what is read of them, what is refused, and what a judge is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario, Twin
from harness.errors import InputError
from harness.files.catalogue import list_files
from harness.plans.rubric import INSTRUCTS
from harness.plans.rubric_file import MOST_BODY, OF_READING, filled, read_rubric
from harness.prompting.judging import judging_prompts
from tests.support.rubric_files import BOTH, MINE, write

SHIPPED = list_files("rubrics")


def wrong(folder: Path, text: str) -> InputError:
    path = write(folder, text)
    with pytest.raises(InputError) as caught:
        read_rubric(path)
    assert (caught.value.where or "").startswith(f"{path}:"), "the line is named"
    return caught.value


def test_each_seat_is_asked_about_in_the_same_words(tmp_path: Path, small: Scenario) -> None:
    rubric = read_rubric(write(tmp_path)).of(small)
    assert (rubric.id, rubric.version, rubric.terms) == ("mine", 3, None)
    official, other, instructs = rubric.items
    assert [one.id for one in rubric.items] == ["loud_o", "loud_u", INSTRUCTS]
    assert official.question == "Is the delegation for Boral loud towards Arden?"
    assert other.question == "Is the delegation for Arden loud towards Boral?"
    assert (official.said_by, other.said_by, instructs.said_by) == ("Boral", "Arden", None)
    assert (official.scale, instructs.scale) == ("degree", None)
    assert [one.text for one in other.answers][1] == "It is louder than Boral."
    assert [one.quoted for one in official.answers] == [False, True, True]
    assert "You look at how loud a delegation is." in rubric.about
    assert rubric.about.endswith("The dispute: Arden and Boral discuss the Ardenese well.")


def test_a_question_on_the_dialogue_is_asked_once_and_has_a_direction(
    tmp_path: Path, small: Scenario
) -> None:
    rubric = read_rubric(write(tmp_path, BOTH)).of(small.twin(Twin.SEATS))
    better, _ = rubric.items
    assert (better.id, better.scale, better.said_by) == ("better", "direction", None)
    assert better.question == "Which of Arden and Boral comes out better?"
    assert "You look at Arden and Boral as a whole." in rubric.about
    assert rubric.terms is True
    assert "stand in brackets before its words" in rubric.about


def test_an_article_is_read_without_speakers(tmp_path: Path, small: Scenario) -> None:
    text = MINE.replace("for: talks", "for: article").replace("version", "reads: terms\nversion")
    rubric = read_rubric(write(tmp_path, text)).of(small)
    assert {one.said_by for one in rubric.items} == {None}
    assert rubric.terms is None
    assert rubric.about.startswith("What you read is an article")


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "fix"),
    [
        ("title: Mine", "titel: Mine", 5, "unknown field 'titel'", "did you mean 'title'?"),
        ("for: talks", "for: talk", 4, "'talk'", "did you mean 'talks'?"),
        ("{party} loud", "{partie} loud", 10, "placeholder '{partie}'", "did you mean {party}?"),
        ("{party} loud", "Boral loud", 10, "does not say which delegation", "write {party}"),
        ("loud towards", "loud } towards", 10, "a lone '}'", "braces only name a party"),
        ("id: loud", "id: loud_o", 9, "ends as the two seats do", "leave '_o' off"),
        ("id: loud", "id: instructs", 9, "asks 'instructs' already", "leave it out"),
        ("id: much", "id: some", 14, "two answers are called 'some'", "rename one"),
        ("id: much", "id: cannot_tell", 14, "may answer 'cannot_tell'", "leave it out"),
        (", quoted: false", "", 11, "there is nothing of the kind", "quoted: false"),
        ("    scale:", "    directed: true\n    scale:", 11, "no direction", "each: dialogue"),
        ("It shouts.", "It sh\u200bouts.", 14, "U+200B, which nobody sees", "type the text anew"),
        ("how loud a", "how loud {party} a", 16, "{party} could be either", "the delegation"),
        ("how loud a", "how {x} loud a", 16, "placeholder '{x}'", "write {party} or {other}"),
        ("how loud a", "how\x1b[31m loud a", 16, "U+001B, which nobody sees", "delete it"),
        ("You look at how loud a delegation is.", "", 16, "nothing says what", "below the head"),
        ("how loud a", "x" * MOST_BODY, 16, "8,000 is the limit", "write it shorter"),
    ],
)
def test_a_mistake_is_one_error_at_its_line(
    tmp_path: Path, old: str, new: str, line: int, what: str, fix: str
) -> None:
    text = MINE.replace(old, new, 1)
    assert text != MINE
    error = wrong(tmp_path, text)
    assert what in str(error)
    assert fix in str(error)
    assert (error.where or "").endswith(f":{line}")


@pytest.mark.parametrize("name", OF_READING)
def test_no_question_about_a_dialogue_takes_the_name_of_another_measure(
    tmp_path: Path, name: str
) -> None:
    error = wrong(tmp_path, BOTH.replace("id: better", f"id: {name}"))
    assert f"every rubric has a measure called '{name}' already" in str(error)
    assert "rename it" in str(error)
    of_seats = MINE.replace("id: loud", f"id: {name}")
    assert read_rubric(write(tmp_path, of_seats)).head.items[0].id == name, "its measures end in _o"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("text: '{party} does.'", "text: '{party} clearly does.'", "do not say the same"),
        ("text: Neither.", "text: 'Not {party}.'", "stands in the middle"),
        ("      - {id: neither, text: Neither., quoted: false}\n", "", "has no middle"),
    ],
)
def test_a_scale_between_the_parties_leans_to_neither(
    tmp_path: Path, old: str, new: str, what: str
) -> None:
    text = BOTH.replace(old, new)
    if "quoted: false" not in text:
        text = text.replace("does.'}", "does.', quoted: false}")
    assert what in str(wrong(tmp_path, text))


@pytest.mark.parametrize("head", ["- id: x", "id: x", "[]"])
def test_what_is_no_head_is_one_error(tmp_path: Path, head: str) -> None:
    assert wrong(tmp_path, f"---\n{head}\n---\nwords\n").what


@given(st.text(max_size=40), st.text(max_size=10), st.text(max_size=10))
def test_names_are_filled_in_once(text: str, one: str, other: str) -> None:
    plain = text.replace("{", "").replace("}", "")
    told = filled(f"{plain}{{party}}{plain}{{other}}", {"o": one, "u": other})
    assert told == f"{plain}{one}{plain}{other}"
    assert filled("{party}{other}", {"o": "{other}", "u": "{party}"}) == "{other}{party}"


# --- those that ship ------------------------------------------------------------------------------


def test_the_shipped_rubrics_are_those_that_are_promised() -> None:
    assert [path.stem for path in SHIPPED] == [
        "firmness",
        "mandate-claims",
        "one-sidedness",
        "overstatement",
        "pressure",
        "realism",
        "reciprocity",
    ]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_rubric_is_sound(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.splitlines()[1] == "# yaml-language-server: $schema=../schemas/rubric.schema.json"
    file = read_rubric(path)
    assert file.head.id == path.stem
    (scenario,) = load_scenarios("ceasefire")
    told = judging_prompts().system(file.of(scenario))
    assert "{" not in told.partition("# The form")[0], "every name is filled in"
    for item in file.head.items:
        free = [number for number, step in enumerate(item.scale) if not step.quoted]
        assert free == [len(item.scale) // 2 if item.directed else 0], (
            "what is not there needs no quote, and all else does"
        )


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_rubric_asks_about_both_sides_alike(path: Path, small: Scenario) -> None:
    file = read_rubric(path)
    asked, other = file.of(small), file.of(small.twin(Twin.SEATS))
    by_id = {one.id: one for one in other.items}
    for item in asked.items:
        seat = item.id[-2:]
        if item.scale == "degree":
            twin = by_id[item.id[:-2] + {"_o": "_u", "_u": "_o"}[seat]]
            assert (twin.question, twin.answers) == (item.question, item.answers)
        elif item.scale == "direction":
            texts = [one.text for one in by_id[item.id].answers]
            assert texts[::-1] == [one.text for one in item.answers]
