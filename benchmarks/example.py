"""Plays the run that ships as an example anew.

It is there so that ``show``, ``score`` and ``report`` have something to read before anything was
played:

    python benchmarks/example.py

It is scripted, so that the same code gives the same run; a test holds the shipped one to that. Run
this where the test says that the code has moved on.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from harness.files.shipped import examples
from harness.records.folder import PLAN, RUN, SCORES, TRANSCRIPTS

COMMAND: Final = "run quickstart --scenario opening --scenario nuclear --scenario supply --epochs 1"
"""What is typed behind the program's name."""
KEPT: Final = (RUN, PLAN, TRANSCRIPTS, SCORES)
"""What ships of a run. How long it took is of one machine, and its page can be made at any time."""
_PROGRAM: Final = (sys.executable, "-m", "harness.cli.main")


def played(folder: Path) -> Path:
    """The example, played in a folder; where the run is."""
    line = [*_PROGRAM, *COMMAND.split()]
    subprocess.run(line, cwd=folder, check=True, capture_output=True)  # noqa: S603
    (run,) = (path.parent for path in folder.glob(f"transcripts/*/{RUN}"))
    return run


def main() -> None:
    """Put it in the place of the one that ships."""
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = played(Path(folder))
        shutil.rmtree(examples(), ignore_errors=True)
        place = examples() / run.name
        place.mkdir(parents=True)
        for name in KEPT:
            shutil.copyfile(run / name, place / name)
    print(f"{place.name}: {', '.join(KEPT)}")


if __name__ == "__main__":
    main()
