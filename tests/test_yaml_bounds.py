"""Files that no person writes: refused at their line, before they cost time or memory (X7)."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.games.family import GameFamily
from harness.disputes.scenario import Scenario
from harness.errors import InputError
from harness.files.problems import RULES, problems_of
from harness.files.yamlfile import MAX_BYTES, MAX_NODES, load_document, load_model
from harness.models.named import ModelsFile
from harness.suite.suite import Suite
from tests.support.disputes import SMALL

pytestmark = pytest.mark.kind("X7")

SUITE = """\
schema: track15/suite/1
id: mine
title: Mine
question: Why?
scenarios: [small]
arms:
  t1: {track: "1"}
"""


def refused(folder: Path, text: str) -> InputError:
    path = folder / "file.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_document(path)
    assert (caught.value.where or "").startswith(f"{path}:")
    assert caught.value.fix
    assert len(str(caught.value)) < 500
    return caught.value


def line_of(error: InputError) -> int:
    return int((error.where or "").rpartition(":")[2])


def test_merges_of_merges_stay_as_small_as_what_is_written(tmp_path: Path) -> None:
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 30)}]}}" for n in range(1, 12)]
    path = tmp_path / "bomb.yaml"
    path.write_text("\n".join(lines))
    assert load_document(path).data["a11"] == {"x": 1}


def test_a_merge_of_many_distinct_keys_is_counted(tmp_path: Path) -> None:
    keys = ", ".join(f"k{n}: 1" for n in range(2000))
    lines = [f"a0: &a0 {{{keys}}}"] + [f"a{n}: &a{n} {{<<: *a{n - 1}}}" for n in range(1, 60)]
    error = refused(tmp_path, "\n".join(lines))
    assert f"more than {MAX_NODES:,} values" in error.what
    assert line_of(error) > 1


@pytest.mark.parametrize("merged", ["a: &a {<<: *a}", "a: &a {b: {<<: *a}}", "a: &a [*a]"])
def test_what_contains_itself(tmp_path: Path, merged: str) -> None:
    error = refused(tmp_path, f"id: x\n{merged}\n")
    assert "nested too deeply" in error.what
    assert line_of(error) == 2


def test_what_is_merged_must_be_a_mapping(tmp_path: Path) -> None:
    error = refused(tmp_path, "id: x\nlist: &l [1]\nhere:\n  <<: *l\n")
    assert line_of(error) == 4


@pytest.mark.parametrize("text", ["12:30", "1:1:1:1:1:1", "190:20:30", "1:30.5", "1_000", "2:3e4"])
def test_times_of_day_are_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file.yaml"
    path.write_text(f"value: {text}\n")
    assert load_document(path).data == {"value": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("010", 10),
        ("-7", -7),
        ("0x1f", 31),
        ("0o17", 15),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("2.", 2.0),
    ],
)
def test_numbers_are_decimal(tmp_path: Path, text: str, value: float) -> None:
    path = tmp_path / "file.yaml"
    path.write_text(f"value: {text}\n")
    assert load_document(path).data == {"value": value}


@pytest.mark.parametrize(
    "number",
    [
        "9" * 50,
        "9" * 400_000,
        "0x" + "f" * 5000,
        "-" + "1" * 5000,
        "." + "9" * 5000,
        "1e" + "9" * 50,
    ],
    ids=lambda text: f"{text[:3]}x{len(text)}",
)
def test_huge_numbers(tmp_path: Path, number: str) -> None:
    error = refused(tmp_path, f"id: x\nvalue: {number}\n")
    assert line_of(error) == 2
    assert f"a number of {len(number):,} characters" in error.what


@pytest.mark.parametrize("tag", ["!!int", "!!float"])
def test_a_tagged_time_of_day_is_no_number(tmp_path: Path, tag: str) -> None:
    error = refused(tmp_path, f"id: x\nvalue: {tag} '1:30'\n")
    assert "cannot be read" in error.what


@pytest.mark.parametrize(
    "value", ["!!set {a, b}", "!!omap [a: 1]", "!!binary aGk=", "!!timestamp 2001-01-01", "!own x"]
)
def test_other_tags_are_refused(tmp_path: Path, value: str) -> None:
    error = refused(tmp_path, f"id: x\nvalue: {value}\n")
    assert "the tag" in error.what
    assert line_of(error) == 2


@pytest.mark.parametrize(
    "deep",
    [
        "[" * 200_000,
        "- " * 200_000,
        "{a: " * 50_000,
        "".join(" " * n + "k:\n" for n in range(1, 600)),
        "? " * 50_000,
    ],
    ids=["flow", "lists", "mappings", "blocks", "keys"],
)
def test_deep_nesting_is_refused_at_its_line(tmp_path: Path, deep: str) -> None:
    error = refused(tmp_path, f"id: x\nvalue:\n {deep}")
    assert "nested too deeply" in error.what
    assert line_of(error) >= 3


def test_more_values_than_anybody_writes(tmp_path: Path) -> None:
    error = refused(tmp_path, "id: x\nvalue: [" + "a," * (MAX_NODES + 5) + "]\n")
    assert f"more than {MAX_NODES:,} values" in error.what


def test_a_file_as_large_as_a_book_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("id: " + "x" * MAX_BYTES)
    with pytest.raises(InputError, match="larger than 500,000 bytes"):
        load_document(path)


@pytest.mark.parametrize("kind", ["key", "field", "value", "duplicate"])
def test_a_book_of_a_name_is_cut_in_the_message(tmp_path: Path, kind: str) -> None:
    book = "b" * 100_000
    text = {
        "key": SMALL.replace("  a:\n", f"  {book}:\n", 1),
        "field": f"{SMALL}\n{book}: 1\n",
        "value": SMALL.replace("id: small", f"id: {book}"),
        "duplicate": f"{SMALL}\n{book}: 1\n{book}: 2\n",
    }[kind]
    path = tmp_path / "file.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_model(path, Scenario)
    assert len(str(caught.value)) < 3000


def test_a_huge_integer_is_never_written_out(tmp_path: Path) -> None:
    from pydantic import ValidationError

    with pytest.raises(ValidationError) as caught:
        Scenario.model_validate({"id": 16**5000})
    assert problems_of(caught.value, Scenario)


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    import os

    path = tmp_path / "models.yaml"
    os.mkfifo(path)
    with pytest.raises(InputError, match="not a regular file"):
        load_document(path)


@pytest.mark.kind("F9")
@pytest.mark.parametrize(
    ("old", "new", "fix"),
    [
        ('"1"', "1.5", 'put it in quotes: "1.5"'),
        ('"1"', "1", 'put it in quotes: "1"'),
        ('"1"', "bakchannel", "did you mean 'backchannel'?"),
        ("id: mine", "id: My Suite", "'-', '_' and '.'"),
        ("title: Mine", "title: 2026", 'put it in quotes: "2026"'),
        ("title: Mine", "title: true", 'put it in quotes: "true"'),
        ("question:", "questoin:", "did you mean 'question'?"),
    ],
)
def test_the_fix_fits_what_was_written(tmp_path: Path, old: str, new: str, fix: str) -> None:
    path = tmp_path / "suite.yaml"
    path.write_text(SUITE.replace(old, new))
    with pytest.raises(InputError) as caught:
        load_model(path, Suite)
    assert fix in str(caught.value)


@pytest.mark.kind("F9")
def test_an_option_that_yaml_reads_as_a_boolean_is_told_of_quotes(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(SMALL.replace("id: them,", "id: true,").replace("them:", "true:"))
    with pytest.raises(InputError) as caught:
        load_model(path, Scenario)
    assert 'put it in quotes: "true"' in str(caught.value)


@pytest.mark.kind("F9")
def test_keys_stand_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("true: 1\nno: 2\n010: 3\n1.50: 4\n12:30: 5\n")
    assert list(load_document(path).data) == ["true", "no", "010", "1.50", "12:30"]


@pytest.mark.kind("F9")
@pytest.mark.parametrize("model", [Scenario, Suite, GameFamily, ModelsFile])
def test_every_pattern_is_told_in_words(model: type) -> None:
    def patterns(value: object) -> set[str]:
        if isinstance(value, dict):
            own = {value["pattern"]} if isinstance(value.get("pattern"), str) else set()
            return own.union(*(patterns(item) for item in value.values()))
        if isinstance(value, list):
            return set().union(*(patterns(item) for item in value))
        return set()

    assert patterns(model.model_json_schema()) <= set(RULES)  # type: ignore[attr-defined]
