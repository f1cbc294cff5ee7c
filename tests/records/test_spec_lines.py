"""A spec that is read once for many talks says the same as if each were read."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

import harness.records.spec_lines as spec_lines
from harness.errors import RecordError
from harness.records.parsing import parse
from harness.records.run import RunInfo
from harness.records.spec import TalksSpec
from harness.records.spec_lines import talks_in
from harness.records.transcript import Transcript
from tests.support.disputes import small
from tests.support.run_folders import LEANING, MIDDLE, dialogue, make_run, make_suite
from tests.support.transcripts import Entry


@pytest.fixture
def info(tmp_path: Path) -> RunInfo:
    scenario = small(tmp_path)
    return make_run(tmp_path / "run", make_suite(), {scenario.id: scenario}, []).info


@pytest.fixture
def lines(tmp_path: Path) -> list[bytes]:
    """Two talks of one pair of arms, whose seeds differ."""
    said: list[Entry] = [("o", LEANING), ("u", "reject"), ("u", MIDDLE), ("o", "accept")]
    one = dialogue(small(tmp_path), "plain", said)
    assert isinstance(one.spec, TalksSpec)
    other = one.spec.model_copy(update={"seed": one.spec.seed + 1})
    both = (one, one.model_copy(update={"id": other.id, "spec": other}))
    return [Transcript.model_dump_json(line, by_alias=True).encode() for line in both]


def whole(line: bytes) -> Transcript:
    return Transcript.model_validate_json(line)


def test_it_says_the_same_and_shares_what_is_the_same(lines: list[bytes], info: RunInfo) -> None:
    first, second = map(talks_in, lines)
    assert first is not None
    assert second is not None
    for read, line in ((first, lines[0]), (second, lines[1])):
        assert read == whole(line)
        assert read.spec.id == whole(line).spec.id == read.id
        assert read.model_dump_json(by_alias=True).encode() == line
        assert parse(line, "here", info) == read
    assert first.spec.seats is second.spec.seats
    assert first.spec.model_dump(exclude={"seed"}) == second.spec.model_dump(exclude={"seed"})
    assert talks_in(lines[0]) == first, "the other seed has not changed it"


def test_no_line_is_read_otherwise_than_as_a_whole(lines: list[bytes]) -> None:
    """Whatever is wrong with a byte: it is read as the whole line is, or left to be read so."""
    assert talks_in(lines[0]) is not None
    same = left = 0
    for place in range(0, len(lines[1]), 3):
        for byte in (b'"', b"0", b"}"):
            line = lines[1][:place] + byte + lines[1][place + 1 :]
            read = talks_in(line)
            if read is None:
                left += 1
                continue
            assert read == whole(line)
            assert read.spec.id == whole(line).spec.id
            same += 1
    assert same > 100
    assert left > 100


def test_what_is_written_otherwise_is_left_to_be_read_as_a_whole(lines: list[bytes]) -> None:
    line = lines[0]
    spec = line[line.index(b',"spec":') : line.index(b',"void":')]
    otherwise = {
        "with a space": line.replace(b'"seed":', b'"seed": '),
        "a seed of another form": line.replace(b'"seed":', b'"seed":0'),
        "two specs": line[:-1] + spec + b"}",
        "a spec and none": line[:-1] + b',"spec":null}',
        "another order": line.replace(spec, b"")[:-1] + spec + b"}",
        "no spec": line.replace(spec, b""),
        "cut off": line[: line.index(b',"void":')],
    }
    assert [what for what, one in otherwise.items() if talks_in(one) is not None] == []
    assert parse(otherwise["two specs"], "here") == whole(line)
    with pytest.raises(ValidationError):
        whole(otherwise["a spec and none"])
    with pytest.raises(RecordError):
        parse(otherwise["a spec and none"], "here")


def test_a_seed_that_is_not_that_of_the_id_is_found(lines: list[bytes], info: RunInfo) -> None:
    first, second = (whole(line).id.encode() for line in lines)
    with pytest.raises(RecordError, match=r"its id is not that of its spec, which is [0-9a-f]{16}"):
        parse(lines[0].replace(first, second), "here", info)


def test_no_more_than_some_are_kept(lines: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spec_lines, "KEPT", 2)
    for number in range(5):
        line = lines[0].replace(b'"scenario_hash":"', b'"scenario_hash":"%d' % number)
        read = talks_in(line)
        assert read == whole(line)
        assert 0 < len(spec_lines._known) <= 2
