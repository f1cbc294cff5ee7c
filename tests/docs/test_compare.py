"""``docs/compare.md``: its steps run one after the other, and it names every column and flag."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from harness.analysis.comparison_measures import COLUMNS
from harness.cli.compare import command
from tests.support.inprocess import typed
from tests.support.mock_server import MockServer
from tests.support.player import plays

TEXT = (Path(__file__).parents[2] / "docs" / "compare.md").read_text(encoding="utf-8")


def test_the_steps_lead_from_two_models_to_their_comparison(tmp_path: Path) -> None:
    (block,) = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
    *plays_it, compares = [shlex.split(line) for line in block.splitlines()]
    with MockServer(plays) as server:
        for words in plays_it:
            served = [f"{w}@{server.base_url}" if "=vllm/" in w else w for w in words[1:]]
            done = typed(*served, "--limit", "2", "--turns", "3", cwd=tmp_path)
            assert done.code == 0, done.err
    done = typed(*compares[1:], cwd=tmp_path)
    assert done.code == 0, done.err
    words = " ".join(done.out.split())
    assert "No winner is shown in the other seat" in words
    assert "vllm/ONE − vllm/TWO" in words


def test_it_names_every_column_and_flag() -> None:
    for column in COLUMNS:
        assert f"`{column.name}`" in TEXT, column.name
    shared = {"--log-dir", "--follow-links"}
    for parameter in command.params:
        for flag in parameter.opts:
            if flag.startswith("--") and flag not in shared:
                assert f"`{flag}" in TEXT, flag
