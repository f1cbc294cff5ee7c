from __future__ import annotations

from pathlib import Path

from harness.exchange.importing.jsonl import JsonLines
from tests.support.negotiations import CAR, WORDS, changed, written


def test_each_line_is_a_negotiation_or_a_problem_of_its_own(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", [CAR, "{", changed(WORDS, extra=1), WORDS, "", "[]"])
    path.write_bytes(path.read_bytes() + b"\xff\n")
    found = list(JsonLines().read(path))
    assert [one.where.rpartition(":")[2] for one in found] == ["1", "2", "3", "4", "6", "7"]
    sound = [one.negotiation is not None for one in found]
    assert sound == [True, False, False, True, False, False]
    assert "no JSON" in found[1].problem
    assert "unknown field 'extra'" in found[2].problem
    assert found[4].problem == "a negotiation is one JSON object, and this is none"
    assert "no UTF-8 text" in found[5].problem
    assert not any(one.repeats for one in found)


def test_what_a_whole_line_lacks_has_no_place_within_it(tmp_path: Path) -> None:
    (found,) = JsonLines().read(written(tmp_path / "a.jsonl", [{"id": "one"}]))
    assert found.problem.startswith("the field 'parties' is missing; add 'parties:'")
