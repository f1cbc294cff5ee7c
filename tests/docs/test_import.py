"""What docs/import.md shows of imports is what the commands print."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.support.command import environment
from tests.support.corpora import corpus
from tests.support.inprocess import typed
from tests.support.negotiations import market, sale, written

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "import.md"
EXAMPLE = ROOT / "docs" / "examples" / "clamped.py"


def printed(cwd: Path, run: str) -> str:
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), run],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def shown() -> list[str]:
    """The commands of the page on what a clamp hides."""
    blocks = re.findall(r"```console\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (block,) = [one for one in blocks if "srbench" in one]
    return [line.removeprefix("$ ") for line in block.splitlines()]


def test_a_loss_is_printed_with_its_sign(tmp_path: Path) -> None:
    results = [sale(1, [("buyer", 480)], "deal"), sale(2, [("buyer", 45)], "breaks")]
    path = written(tmp_path / "r.json", [market(results)])
    assert typed("import", "srbench", str(path), "--name", "x", cwd=tmp_path).code == 0
    assert typed("score", "import-x", cwd=tmp_path).code == 0
    lines = printed(tmp_path, "import-x").splitlines()
    assert lines[1].split() == ["task", "1", "normal", "deal", "-428.00", "-30.571", "0.250"]
    assert lines[2].split() == ["task", "2", "normal", "void", "-", "-", "0.250"]
    assert lines[-2:] == [
        "Deals worse than no deal for a side: 1 of 1.",
        "Void here, and scored by the source: 1 of 2.",
    ]


def test_the_table_of_the_page_is_what_the_commands_print(tmp_path: Path) -> None:
    folder = corpus("srbench")
    imported, scored, example = (line.split() for line in shown())
    assert imported[:4] == ["track15", "import", "srbench", "corpora/srbench/*.json"]
    files = [str(path) for path in sorted(folder.glob("*.json"))]
    assert typed(*imported[1:3], *files, *imported[4:], cwd=tmp_path).code == 0
    assert typed(*scored[1:], cwd=tmp_path).code == 0
    assert example[1] == "docs/examples/clamped.py"
    told = f"<!-- clamped: begin -->\n```text\n{printed(tmp_path, example[2])}```\n"
    assert told in PAGE.read_text(encoding="utf-8"), told
