"""The command line in this process: as :func:`tests.support.command.track15`, without the start of
an interpreter, for tests that type many commands."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from pathlib import Path

from harness.cli.main import _run
from tests.support.command import Result


def typed(*arguments: str | Path, cwd: Path) -> Result:
    """Run ``track15 ARGUMENTS`` in ``cwd``. An exception that a user would see as a traceback is
    raised."""
    words = [os.fspath(one) for one in arguments]
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="replace", write_through=True)
    err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="replace", write_through=True)
    argv = sys.argv
    sys.argv = ["track15", *words]
    try:
        with (
            contextlib.chdir(cwd),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = _run(words)
    finally:
        sys.argv = argv
    said = [stream.buffer.getvalue().decode() for stream in (out, err)]  # type: ignore[attr-defined]
    return Result(code, said[0], said[1])
