"""``track15 doctor`` through the real command line, against real servers on loopback."""

from __future__ import annotations

import json
from pathlib import Path

from tests.models.test_doctor import able
from tests.support.command import track15
from tests.support.mock_server import MockServer


def test_every_endpoint_of_models_yaml_is_visited(tmp_path: Path) -> None:
    with MockServer(able) as one, MockServer(able) as two:
        text = "schema: track15/models/1\nmodels:\n"
        for name, server in (("first", one), ("second", two)):
            text += f"  {name}: {{address: 'openai/m@{server.base_url}', max_connections: 2}}\n"
        (tmp_path / "models.yaml").write_text(text)
        done = track15("doctor", "--json", cwd=tmp_path)
        assert done.code == 0, done.err
        found = json.loads(done.out)
        assert [one["usable"] for one in found] == [True, True]
        assert all(item["connections"] <= 2 for item in found)
        named = track15("doctor", "--model", "second", "--load", "0", cwd=tmp_path)
    assert named.code == 0, named.err
    assert "It can play." in named.out
    assert two.base_url in named.out
    assert one.base_url not in named.out
    assert "at once" not in named.out


def test_an_endpoint_that_cannot_play_is_exit_code_1(tmp_path: Path) -> None:
    done = track15("doctor", "--model", "vllm/m@http://127.0.0.1:9/v1", cwd=tmp_path)
    assert done.code == 1
    assert "is the server running" in done.out
    assert "Traceback" not in done.err


def test_without_models_it_looks_around(tmp_path: Path) -> None:
    done = track15("doctor", cwd=tmp_path)
    assert done.code == 0, done.err
    assert "vllm" in done.out
    assert "11434" in done.out


def test_an_unknown_name_says_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "models.yaml").write_text(
        "schema: track15/models/1\nmodels:\n  mine: {address: vllm/m}\n"
    )
    track15("doctor", "--model", "mind", cwd=tmp_path).fails(2, "'mind'", "mine")
