"""The shipped suites as scripted delegations play them, each played once in a process.

Test files that ask for them share the xdist group ``shipped-suites``: other workers would play them
anew, and that takes a quarter of a minute of a processor each.
"""

from __future__ import annotations

import functools
import json
import tempfile
from pathlib import Path
from typing import Any, Final

from harness.records.reader import RunFolder
from tests.support.command import track15

GROUP: Final = "shipped-suites"
SWITCHES: Final = ("--reuse", "--json", "--no-report", "--display", "none")


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="track15-shipped-")


@functools.cache
def played(suite: str, *arms: str) -> tuple[dict[str, Any], RunFolder]:
    """What ``track15 run SUITE --json`` finds, and its run; of the named arms only.

    Dialogues that another suite has played are taken from its run.
    """
    cwd = Path(_folder().name)
    chosen = [word for arm in arms for word in ("--arm", arm)]
    done = track15("run", suite, *chosen, *SWITCHES, cwd=cwd)
    assert done.code == 0, done.err
    read: dict[str, Any] = json.loads(done.out)
    (path,) = (cwd / "transcripts").glob(f"{suite}-*")
    return read, RunFolder(path)
