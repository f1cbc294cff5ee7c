"""Lines that are found by the name at their head."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.errors import RecordError
from harness.exchange import lookups
from harness.exchange.lookups import Places, Texts, Timings
from harness.records.folder import MESSAGES, TIMINGS
from harness.records.reader import RunFolder
from tests.records.test_golden import KEPT

NAMES = st.lists(st.text("0123456789abcdef", min_size=1, max_size=4), max_size=20)


@settings(max_examples=30)
@given(NAMES)
@example(["a", "b", "a"])
def test_every_line_is_found_and_no_other(tmp_path_factory: object, names: list[str]) -> None:
    path = tmp_path_factory.mktemp("lines") / "x.jsonl"  # type: ignore[attr-defined]
    lines = [json.dumps({"hash": n, "at": i}, separators=(",", ":")) for i, n in enumerate(names)]
    path.write_text("".join(line + "\n" for line in lines))
    places = Places(path)
    for name in {*names, "absent"}:
        found = [json.loads(line)["at"] for _, _, line in places.lines([name])]
        assert found == [i for i, other in enumerate(names) if other == name]


def test_names_that_are_alike_to_the_index_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookups, "_key", lambda name: 7)
    path = tmp_path / "x.jsonl"
    path.write_text('{"id":"a","x":1}\n{"id":"b","x":2}\n')
    places = Places(path)
    assert [json.loads(line)["x"] for _, _, line in places.lines(["b"])] == [2]
    assert not list(places.lines(["c"]))


def test_a_line_with_its_keys_in_another_order_is_found(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"role": "user", "hash": "ab"}\n')
    assert [line for _, _, line in Places(path).lines(["ab"])] == [
        b'{"role": "user", "hash": "ab"}'
    ]


def test_texts_are_those_of_the_run() -> None:
    folder = RunFolder(KEPT)
    whole = folder.messages()
    texts = Texts(folder)
    some = list(whole)[::3]
    assert texts.of([*some, "ffff"]) == {key: whole[key] for key in some}
    assert texts.of(whole) == whole, "those that are kept at hand too"


def test_timings_are_those_of_the_run(tmp_path: Path, run: RunFolder) -> None:
    folder = RunFolder(KEPT)
    timings = Timings(folder)
    whole = {timing.id: timing for timing in folder.timings()}
    assert {key: timings.of(key) for key in whole} == whole
    assert timings.of("0" * 16) is None


def test_the_last_timing_of_a_stage_counts(secret: RunFolder, tmp_path: Path) -> None:
    for name in ("run.json", TIMINGS):
        (tmp_path / name).write_bytes((secret.path / name).read_bytes())
    first = json.loads((tmp_path / TIMINGS).read_text())
    with (tmp_path / TIMINGS).open("a") as file:
        file.write(json.dumps({**first, "seconds": 5.0}) + "\n")
    found = Timings(RunFolder(tmp_path)).of(first["id"])
    assert found is not None
    assert found.seconds == 5.0


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (TIMINGS, '{"id":"ab12","seconds":"long"}'),
        (
            TIMINGS,
            '{"id":"ab12","started":"","seconds":1,"calls":[{"call":0,"seconds":1,"attempts":-1}]}',
        ),
        (MESSAGES, '{"hash":"ab12","role":"user"}'),
        (MESSAGES, '{"hash":"ab12","role":'),
        (MESSAGES, "nonsense"),
    ],
)
def test_a_damaged_line_is_told_with_its_place(
    secret: RunFolder, tmp_path: Path, name: str, line: str
) -> None:
    (tmp_path / "run.json").write_bytes((secret.path / "run.json").read_bytes())
    (tmp_path / name).write_text(line + "\n")
    folder = RunFolder(tmp_path)
    with pytest.raises(RecordError, match="damaged") as caught:
        _ = Timings(folder).of("ab12") if name == TIMINGS else Texts(folder).of(["ab12"])
    assert name in str(caught.value.where)


def test_a_file_that_is_not_there_has_no_lines(tmp_path: Path) -> None:
    assert not list(Places(tmp_path / "none").lines(["a"]))
