"""What it takes to export a run: processor time and memory of each format.

    python benchmarks/exporting.py --dialogues 5000

Makes two runs of models as ``benchmarks/measuring.py`` does, the second of ``--dialogues`` and the
first of half as many, and scores them. Then every format is exported from both as a command of its
own. Printed is one JSON line for each: processor milliseconds a dialogue, the most memory that the
command held, and the size of what it wrote. Where memory is bounded it is the same for both runs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from load import mock_server, play
from measuring import answers, planned, written

from harness import app

PLAYED: Final = 64
"""Dialogues that are really played."""
COMMAND: Final = """
import atexit, sys
from pathlib import Path
from harness.cli.main import main
atexit.register(lambda: sys.stderr.write(Path("/proc/self/status").read_text()))
main()
"""
"""The command line, which says at its end what it held: ``ru_maxrss`` begins with what its parent
held. Linux alone."""
FORMATS: Final[Mapping[str, Sequence[str]]] = {
    "csv, dialogues": ("--to", "csv"),
    "csv, all tables": ("--to", "csv", "--table", "all"),
    "jsonl, all tables": ("--to", "jsonl", "--table", "all"),
    "parquet, all tables": ("--to", "parquet", "--table", "all"),
    "inspect, a folder of logs": ("--to", "inspect"),
}


def exported(run: Path, options: Sequence[str], place: Path) -> dict[str, float]:
    """A run exported by a command of its own: seconds of its processor, MB of its memory at most,
    and MB that it wrote."""
    command = ("export", str(run), *options, "--out", str(place))
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", COMMAND, *command], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    held = re.search(r"^VmHWM:\s+(\d+) kB$", said, re.MULTILINE)
    if process.returncode or held is None:
        raise SystemExit(f"track15 {' '.join(command)} ended with {process.returncode}: {said}")
    files = [place] if place.is_file() else list(place.iterdir())
    return {
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_mb": int(held[1]) / 1024,
        "written_mb": sum(file.stat().st_size for file in files) / 2**20,
    }


def main() -> None:
    """Measure, and print what was measured as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--dialogues", type=int, default=5000)
    parser.add_argument("--only", choices=FORMATS, help="this format alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        scenarios = planned("scripted", 1).scenarios
        with mock_server(0.0, answers(scenarios)) as url:
            address = f"openai/mock@{url}/v1"
            short = planned(address, PLAYED)
            played = Path(scratch, "played")
            asyncio.run(play(short, planned(address, 1), played, 50, 1, lambda: None))
        for dialogues in (options.dialogues // 2, options.dialogues):
            plan = planned(address, dialogues)
            run = Path(scratch, f"run-{dialogues}")
            written(run, plan, played)
            app.score(run)
            for name, how in FORMATS.items():
                if options.only not in (None, name):
                    continue
                place = Path(scratch, f"{run.name}-{name.replace(' ', '-')}")
                found = exported(
                    run, how, place.with_suffix(".csv") if "dialogues" in name else place
                )
                told: dict[str, object] = {"dialogues": plan.dialogues, "format": name}
                told["cpu_ms_a_dialogue"] = round(1000 * found["cpu_s"] / plan.dialogues, 2)
                told |= {key: round(value, 1) for key, value in found.items()}
                print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
