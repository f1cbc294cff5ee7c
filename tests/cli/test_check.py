"""``check``: rows for people, JSON for programs, and an exit code."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.command import track15
from tests.support.disputes import SMALL, write
from tests.support.inprocess import typed

NO_DEAL = SMALL.replace("    reservation: 0.3\n", "    reservation: 0.99\n", 1)


def test_a_scenario_of_ones_own_from_check_to_play(tmp_path: Path) -> None:
    write(tmp_path)
    done = track15("check", "small.yaml", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "small.yaml: A small dispute"
    assert any(line.startswith("ok  size") and "6 packages" in line for line in lines)
    assert any(line.startswith("!   zone of agreement") for line in lines)
    assert "fix: raise a reservation to make agreement harder" in done.out
    assert lines[-1].endswith("Play it: track15 run quickstart --scenario small.yaml")
    arguments = lines[-1].partition("track15 ")[2].split()
    played = track15(*arguments, "--limit", "2", "--display", "none", cwd=tmp_path)
    assert played.code == 0, played.err


def test_what_would_mean_little_ends_with_100(tmp_path: Path) -> None:
    write(tmp_path, NO_DEAL)
    done = typed("check", "small.yaml", cwd=tmp_path)
    assert done.code == 100
    assert "X   zone of agreement" in done.out
    assert done.out.rstrip().endswith("1 to fix first: measurements here would mean little.")


def test_json_has_every_row_of_every_file(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, NO_DEAL.replace("id: small", "id: other", 1), "other.yaml")
    done = typed("check", "small.yaml", "other.yaml", "--json", cwd=tmp_path)
    first, second = json.loads(done.out)
    assert done.code == 100
    assert (first["sound"], second["sound"]) == (True, False)
    zone = next(row for row in second["rows"] if row["name"] == "zone of agreement")
    assert (zone["state"], zone["value"]) == ("bad", 0)
    shown = typed("check", "small.yaml", "other.yaml", cwd=tmp_path).out
    assert "\n\nother.yaml: A small dispute\n" in shown


def test_what_cannot_be_used_is_one_error(tmp_path: Path) -> None:
    write(tmp_path, SMALL.replace("well: 0.6", "well: 0.5", 1))
    typed("check", "small.yaml", cwd=tmp_path).fails(2, "small.yaml:", "the weights sum to 0.9")
    typed("check", "openig", cwd=tmp_path).fails(2, "did you mean 'opening'?")
    typed("check", cwd=tmp_path).fails(2, "Missing argument")
    typed("check", "--help", cwd=tmp_path).fails(0)


def test_words_of_others_are_not_markup(tmp_path: Path) -> None:
    write(tmp_path, SMALL.replace("title: A small dispute", 'title: "[bold]A\\u001b[31m dispute"'))
    done = typed("check", "small.yaml", cwd=tmp_path)
    assert "[bold]A" in done.out
    assert "\x1b" not in done.out
