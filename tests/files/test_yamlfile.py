from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from harness.disputes.games.family import GameFamily
from harness.disputes.scenario import Scenario
from harness.errors import InputError, Track15Error
from harness.files import yamlfile
from harness.files.yamlfile import load_document, load_model
from harness.incentives.profiles import IncentiveProfile
from tests.support.disputes import SMALL, write


def load(folder: Path, text: str) -> object:
    return load_document(write(folder, text)).data


def refused(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        load_document(path)
    return caught.value


def test_every_field_knows_its_line(tmp_path: Path) -> None:
    document = load_document(write(tmp_path, "id: x\nlist:\n  - one\n  - {two: 2}\nmap:\n  k: v\n"))
    assert document.data == {"id": "x", "list": ["one", {"two": 2}], "map": {"k": "v"}}
    assert document.line(("id",)) == 1
    assert document.line(("list", 0)) == 3
    assert document.line(("list", 1, "two")) == 4
    assert document.line(("map", "k")) == 6
    assert document.line(("map", "gone", "deeper")) == 5, "the nearest enclosing field"
    assert document.line(("gone",)) == 1


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "y", "No", "2022-04-15"])
def test_words_stay_words(tmp_path: Path, word: str) -> None:
    assert load(tmp_path, f"value: {word}\n") == {"value": word}


def test_true_and_false_are_booleans(tmp_path: Path) -> None:
    assert load(tmp_path, "yes: true\nno: false\n") == {"yes": True, "no": False}


def test_keys_become_text(tmp_path: Path) -> None:
    assert load(tmp_path, "1: one\n2.5: two\n") == {"1": "one", "2.5": "two"}


def test_merge_keys_may_be_overridden(tmp_path: Path) -> None:
    text = "base: &b {x: 1, y: 2}\nover: &o\n  <<: *b\n  y: 3\nagain: *o\n"
    data = load(tmp_path, text)
    assert data == {"base": {"x": 1, "y": 2}, "over": {"x": 1, "y": 3}, "again": {"x": 1, "y": 3}}


def test_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    assert load(tmp_path, "\ufeffid: x\n") == {"id": "x"}


BAD_YAML = {
    "key twice": ("id: x\nmap:\n  k: 1\n  k: 2\n", 4, "'k' is written twice", "keep one"),
    "number and text key": ("id: x\n1: a\n'1': b\n", 3, "'1' is written twice", "keep one"),
    "tab": ("id: x\nmap:\n\tk: 1\n", 3, "\\t", "spaces, not tabs"),
    "colon in text": ("id: x\nwhy: because: of this\n", 2, "mapping values", "quote text"),
    "open list": ("id: x\nlist: [one, two\nnext: 1\n", 3, "expected ',' or ']'", "quote text"),
    "two documents": ("id: x\n---\nid: y\n", 2, "second document", "one document"),
    "alias of nothing": ("id: x\nvalue: *nowhere\n", 2, "undefined alias", "quote text"),
    "foreign tag": ("id: x\nvalue: !!python/name:os.system x\n", 2, "tag", "quote text"),
    "tagged number": ("id: x\nvalue: !!int four\n", 2, "'four' cannot be read", "quotes"),
    "tagged boolean": ("id: x\nvalue: !!bool maybe\n", 2, "'maybe' cannot be read", "quotes"),
    "huge number": (f"id: x\nvalue: {'9' * 5000}\n", 2, "cannot be read", "quotes"),
    "list as key": ("id: x\n? [a, b]\n: 1\n", 2, "a key must be plain text", "quotes"),
    "null as key": ("id: x\nnull: 1\n", 2, "a key must be plain text", "quotes"),
    "control character": ("id: x\nbell: \x07\n", 2, "U+0007", "delete it"),
}


@pytest.mark.parametrize(("text", "line", "what", "fix"), BAD_YAML.values(), ids=BAD_YAML)
def test_bad_yaml_is_one_message_at_its_line(
    tmp_path: Path, text: str, line: int, what: str, fix: str
) -> None:
    path = write(tmp_path, text)
    error = refused(path)
    assert error.where == f"{path}:{line}"
    assert what in error.what
    assert fix in (error.fix or "")
    assert error.exit_code == 2


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_an_empty_file(tmp_path: Path, text: str) -> None:
    error = refused(write(tmp_path, text))
    assert "empty" in error.what
    assert error.fix


def test_a_file_that_contains_itself(tmp_path: Path) -> None:
    assert "nested too deeply" in refused(write(tmp_path, "a: &a [*a]\n")).what


def test_deep_nesting(tmp_path: Path) -> None:
    assert "nested too deeply" in refused(write(tmp_path, "a: " + "[" * 5000)).what


def test_aliases_cannot_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yamlfile, "MAX_NODES", 1000)
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "more than 1,000 values" in refused(write(tmp_path, "\n".join(lines))).what


def test_a_missing_file(tmp_path: Path) -> None:
    error = refused(tmp_path / "gone.yaml")
    assert error.what == "no such file"
    assert error.where == str(tmp_path / "gone.yaml")
    assert error.fix


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "a folder" in refused(tmp_path).what


def test_a_path_that_is_none(tmp_path: Path) -> None:
    assert refused(tmp_path / "a\0b").what == "not a path"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.chmod(0)
    assert "cannot be read" in refused(path).what


def test_text_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("title: Mühle\n".encode("latin-1"))
    error = refused(path)
    assert error.what == "not UTF-8 text (byte 8)"
    assert error.fix == "save the file as UTF-8"


@pytest.mark.parametrize("text", ["just words\n", "[a, b]\n", "3\n", "null\n"])
def test_a_document_that_is_no_mapping(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(InputError, match="must be a mapping"):
        load_model(path, Scenario)


def test_many_problems_come_in_file_order_and_are_counted(tmp_path: Path) -> None:
    text = SMALL.replace("emotional: 0}", "emotional: 2}") + "extra: 1\n"
    text = text.replace("reservation:", "reservatoin:")
    path = write(tmp_path, text)
    with pytest.raises(InputError) as caught:
        load_model(path, Scenario)
    message = str(caught.value)
    lines = [int(part.split(":")[0]) for part in message.split(f"{path}:")[1:]]
    assert len(lines) == yamlfile.MAX_REPORTED
    assert lines == sorted(lines)
    assert "... and" in message
    assert message.count("did you mean 'reservation'?") > 1


@pytest.mark.kind("F9")
def test_a_misspelt_field_is_one_problem(tmp_path: Path) -> None:
    path = write(tmp_path, SMALL.replace("issues:", "isues:", 1))
    with pytest.raises(InputError) as caught:
        load_model(path, Scenario)
    assert "is missing" not in str(caught.value)
    assert "unknown field 'isues'" in caught.value.what
    assert caught.value.fix == "did you mean 'issues'?"


@given(st.text(max_size=200))
@example("{}")
@example("id: 1e400\nseats: {o: .nan}")
@example("? !!binary x\n: 1")
@example("<<: *a")
@example("a: &a {<<: *a}")
@example("=: =")
@example("%YAML 9.9\n---\na: 1")
@example("a: !!timestamp x")
@example("a: !!set {b, c}\nd: !!omap [e: 1]")
@settings(max_examples=150, deadline=None)
def test_no_text_raises_anything_else(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    check_only_track15_errors(tmp_path_factory.getbasetemp(), text.encode())


@given(st.binary(max_size=80))
@settings(max_examples=60, deadline=None)
def test_no_bytes_raise_anything_else(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    check_only_track15_errors(tmp_path_factory.getbasetemp(), raw)


SCRAPS = [
    *("null", "~", "{}", "[]", "-1", "2", ".nan", "-.inf", "1e999", "9" * 400, "'x'", "true"),
    *("[[]]", "{a: {}}", "$zz", "a", "&x y", "*x", "|\n  block", "2022-01-01", "12:30"),
]


@given(
    cut=st.tuples(st.integers(0, len(SMALL)), st.integers(0, 40)),
    scrap=st.sampled_from(SCRAPS) | st.text("{}[]:,-$ \n\t'\"&*#!|>?%@ab01.", max_size=12),
)
@settings(max_examples=200, deadline=None)
def test_no_broken_scenario_raises_anything_else(
    tmp_path_factory: pytest.TempPathFactory, cut: tuple[int, int], scrap: str
) -> None:
    start, length = cut
    text = SMALL[:start] + scrap + SMALL[start + length :]
    check_only_track15_errors(tmp_path_factory.getbasetemp(), text.encode())


def check_only_track15_errors(folder: Path, raw: bytes) -> None:
    path = folder / "fuzz.yaml"
    path.write_bytes(raw)
    for model in (Scenario, GameFamily, IncentiveProfile):
        result = model_or_error(path, model)
        if isinstance(result, Track15Error):
            assert result.what
            assert (result.where or "").startswith(str(path))
        else:
            assert isinstance(result, model)


def model_or_error(path: Path, model: type[BaseModel]) -> BaseModel | Track15Error:
    try:
        return load_model(path, model)
    except Track15Error as error:
        return error
