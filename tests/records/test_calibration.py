"""A calibration is read as data, and says in what it does not fit."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario, Twin
from harness.errors import InputError
from harness.files.catalogue import list_files
from harness.models.identity import Identity
from harness.plans.named_rubrics import rubric_files
from harness.plans.rubric_file import RubricFile, read_rubric
from harness.records.calibration import (
    MOST_BYTES,
    SCHEMA,
    Calibration,
    Pair,
    read_calibration,
    rubric_digest,
)
from harness.records.judgement import Judge, JudgedAnswer, JudgedField, Rubric
from harness.suite.parts import ModelSettings
from tests.support.judging import RUBRIC, of_text

DIGEST = "0" * 64
JUDGE = Judge(model="openai/judge@http://127.0.0.1:1/v1")


def calibration(**changes: Any) -> Calibration:
    fields: dict[str, Any] = {
        "made": "2026-01-01T00:00:00Z",
        "judge": JUDGE,
        "served": {"model": "judge", "version": "1"},
        "rubric": {"id": "prose-ledger", "version": 1, "digest": DIGEST},
        "planted": DIGEST,
        "split": "test",
        "seeds": [0],
        "transcripts": 2,
        "pairs": {
            "words.conceded_o": [
                {"transcript": "a", "truth": 2, "judged": 1},
                {"transcript": "b", "truth": 0, "judged": None, "marks": {"kind": "none"}},
            ]
        },
        "verdict": {"events": {"usable": "unclear", "why": "too few"}},
    }
    return Calibration.model_validate(fields | changes)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    path.write_bytes(calibration().as_bytes())
    assert read_calibration(path) == calibration()
    held = json.loads(path.read_bytes())
    assert held["schema"] == SCHEMA
    first, second = held["pairs"]["words.conceded_o"]
    assert "marks" not in first
    assert "weight" not in first
    assert second["judged"] is None


@given(
    st.lists(
        st.builds(
            Pair,
            transcript=st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True),
            truth=st.none() | st.floats(-1e6, 1e6),
            judged=st.none() | st.floats(-1e6, 1e6),
            weight=st.floats(0.5, 50),
        ),
        max_size=5,
    )
)
def test_every_pair_comes_back(pairs: list[Pair]) -> None:
    one = calibration(pairs={"words.final_o": tuple(pairs)})
    assert Calibration.model_validate_json(one.as_bytes()) == one


def test_it_says_in_what_it_does_not_fit() -> None:
    one = calibration()
    there = Identity(model="judge", version="1")
    assert one.misfits(JUDGE, there, "prose-ledger", DIGEST) == []
    assert one.misfits(JUDGE, None, "prose-ledger", None) == []
    other = Judge(model="openai/other@http://127.0.0.1:1/v1")
    warmer = Judge(model=JUDGE.model, settings=ModelSettings(temperature=0.9))
    assert "and 'openai/other" in one.misfits(other, there, "prose-ledger", DIGEST)[0]
    assert "other settings" in one.misfits(warmer, there, "prose-ledger", DIGEST)[0]
    (served,) = one.misfits(JUDGE, Identity(version="2"), "prose-ledger", DIGEST)
    assert served == "the judge's version was '1' and is '2'"
    assert "'firmness' was asked" in one.misfits(JUDGE, there, "firmness", DIGEST)[0]
    assert "other words" in one.misfits(JUDGE, there, "prose-ledger", "1" * 64)[0]


def test_the_digest_of_a_rubric_is_of_its_words_and_not_of_the_dispute() -> None:
    one = of_text("A text of some words.")
    renamed = one.rubric.items[0].model_copy(update={"id": "another.name"})
    elsewhere = one.model_copy(
        update={"rubric": one.rubric.model_copy(update={"items": (renamed,)})}
    )
    later = one.model_copy(update={"rubric": one.rubric.model_copy(update={"version": 9})})
    asked = one.model_copy(update={"templates": {**one.templates, "judging/x.md": "0"}})
    assert rubric_digest(one) == rubric_digest(elsewhere)
    assert len({rubric_digest(each) for each in (one, later, asked)}) == 3


@cache
def shipped() -> tuple[Scenario, ...]:
    names = [path.stem for path in list_files("scenarios")]
    return tuple(one for name in names for one in load_scenarios(name))


def digest_of(file: RubricFile, scenario: Scenario, rubric: Rubric | None = None) -> str:
    asked = of_text("A text of some words.", rubric=rubric or file.of(scenario))
    return rubric_digest(asked, scenario)


@pytest.mark.parametrize("path", list(rubric_files()), ids=lambda path: path.stem)
def test_a_rubric_file_has_one_digest_in_every_dispute_and_twin(path: Path) -> None:
    file = read_rubric(path)
    digests = {digest_of(file, one.twin(twin)) for one in shipped() for twin in Twin}
    assert len(shipped()) > 12
    assert len(digests) == 1


TEXTS = st.text(st.characters(codec="ascii", categories=["L", "P", "Zs"]), min_size=1, max_size=30)


@given(st.data())
def test_every_word_of_a_rubric_file_counts(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(rubric_files())))
    file, scenario = read_rubric(path), data.draw(st.sampled_from(shipped()))
    rubric = file.of(scenario)
    more = data.draw(TEXTS)
    item = data.draw(st.sampled_from(rubric.items))
    answer = data.draw(st.sampled_from(item.answers))

    def with_item(**changes: Any) -> Rubric:
        own = item.model_copy(update=changes)
        items = tuple(own if one is item else one for one in rubric.items)
        return rubric.model_copy(update={"items": items})

    longer = answer.model_copy(update={"text": answer.text + more})
    free = answer.model_copy(update={"quoted": not answer.quoted})

    def answers(own: JudgedAnswer) -> tuple[JudgedAnswer, ...]:
        return tuple(own if one is answer else one for one in item.answers)

    changed = [
        rubric.model_copy(update={"about": more + rubric.about}),
        rubric.model_copy(update={"version": rubric.version + 1}),
        rubric.model_copy(update={"terms": None if rubric.terms else True}),
        with_item(question=item.question + more),
        with_item(asked_as="other"),
        with_item(answers=item.answers[::-1]),
        with_item(answers=answers(longer)),
        with_item(answers=answers(free)),
    ]
    whole = {digest_of(file, scenario, one) for one in [rubric, *changed]}
    assert len(whole) == len(changed) + 1


def test_the_digest_of_a_rubric_file_without_its_dispute_fits_no_other() -> None:
    file = read_rubric(next(rubric_files()))
    one, other = (of_text("Some words.", rubric=file.of(each)) for each in shipped()[:2])
    assert rubric_digest(one) != rubric_digest(other)
    assert rubric_digest(one) != rubric_digest(one, shipped()[0])


def test_the_digest_of_a_list_is_what_it_was() -> None:
    """It is in calibrations that people keep."""
    one = RUBRIC.items[0]
    free = tuple(own.model_copy(update={"quoted": True}) for own in one.answers)
    rubric = Rubric(
        id="list",
        version=3,
        about="You list what is said of a well.",
        listed="List it.",
        placed=True,
        items=(one.model_copy(update={"answers": free}),),
        fields=(JudgedField(id="by", question="who", answers=free, speaker=True),),
    )
    asked = of_text("Some words.", rubric=rubric, templates={"ledger/system": "0"})
    assert rubric_digest(asked).startswith("4fdfe9df8cb38e81")
    assert rubric_digest(asked, shipped()[0]) == rubric_digest(asked)


def test_figures_of_items_are_kept_and_a_list_has_none() -> None:
    assert b'"items"' not in calibration().as_bytes()
    items = {"threat": {"right": {"value": 0.9, "low": 0.8, "high": 1.0, "n": 40}}}
    one = calibration(items=items)
    assert Calibration.model_validate_json(one.as_bytes()).items["threat"]["right"].n == 40


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "it is not JSON"),
        (b"[]", "the file:"),
        (b"\xff\xfe", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b'{"schema": "track15/calibration/9"}', "schema:"),
    ],
)
def test_what_is_no_calibration_gives_one_clear_error(
    content: bytes, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "calibration.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read_calibration(path)
    assert said in error.value.what
    assert error.value.where == str(path)
    assert "track15 calibrate" in (error.value.fix or "")


def test_numbers_that_are_none_and_names_that_are_none_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    whole = json.loads(calibration().as_bytes())
    for pairs in (
        {"words.conceded_o": [{"transcript": "a", "truth": "\x1b[31m", "judged": 1}]},
        {"words.conceded_o": [{"transcript": "a", "truth": 1, "judged": 1, "weight": 0}]},
        {"words.conceded_o": [{"transcript": "a", "truth": 1e300, "judged": 1}]},
        {"\x1b]0;x": []},
    ):
        path.write_text(json.dumps(whole | {"pairs": pairs}), encoding="utf-8")
        with pytest.raises(InputError) as error:
            read_calibration(path)
        assert error.value.what.isprintable()
        assert "pairs" in error.value.what


def test_a_file_that_is_absent_or_too_large_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_calibration(tmp_path / "none.json")
    with pytest.raises(InputError, match="cannot be read"):
        read_calibration(tmp_path)
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(MOST_BYTES + 2)
    with pytest.raises(InputError, match="larger than"):
        read_calibration(large)
