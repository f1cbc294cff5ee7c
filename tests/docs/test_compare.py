"""``docs/compare.md``: its steps run one after the other, and it names every column and flag."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from harness.analysis.comparison_measures import COLUMNS
from harness.cli.compare import command
from tests.support.inprocess import typed
from tests.support.mock_server import MockServer
from tests.support.player import plays

TEXT = (Path(__file__).parents[2] / "docs" / "compare.md").read_text(encoding="utf-8")


STEPS = [
    ("No winner is shown in the other seat", "vllm/ONE − vllm/TWO"),
    ("openai/m (effort low)", "openai/m (effort high)"),
]
"""What the words of each block of commands hold."""


@pytest.mark.parametrize("number", range(len(STEPS)))
def test_the_steps_lead_from_two_runs_to_their_comparison(tmp_path: Path, number: int) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
    assert len(blocks) == len(STEPS)
    block = blocks[number]
    *plays_it, compares = [shlex.split(line) for line in block.splitlines()]
    with MockServer(plays) as server:
        efforts = "".join(
            f"  {effort}: {{address: openai/m@{server.base_url}, effort: {effort}}}\n"
            for effort in ("low", "high")
        )
        (tmp_path / "models.yaml").write_text(f"schema: track15/models/1\nmodels:\n{efforts}")
        for words in plays_it:
            served = [f"{w}@{server.base_url}" if "=vllm/" in w else w for w in words[1:]]
            done = typed(*served, "--limit", "2", "--turns", "3", cwd=tmp_path)
            assert done.code == 0, done.err
    done = typed(*compares[1:], cwd=tmp_path)
    assert done.code == 0, done.err
    words = " ".join(done.out.split())
    for said in STEPS[number]:
        assert said in words


def test_it_names_every_column_and_flag() -> None:
    for column in COLUMNS:
        assert f"`{column.name}`" in TEXT, column.name
    shared = {"--log-dir", "--follow-links"}
    for parameter in command.params:
        for flag in parameter.opts:
            if flag.startswith("--") and flag not in shared:
                assert f"`{flag}" in TEXT, flag
