"""The Python interface: what the command line does, for scripts and notebooks.

>>> from harness import app
>>> run = app.run("quickstart", limit=2)  # doctest: +SKIP
>>> run.findings.answer  # doctest: +SKIP

Nothing here prints, ends the process, or changes process-wide state such as signal handlers and the
garbage collector. ``notify`` receives whatever the user should know. Every expected failure is a
:class:`~harness.errors.Track15Error`. Only this package calls both the playing and the measuring
side. ``docs/api.md`` has examples.

Submodules are imported on first use, so importing this package alone is cheap.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from harness.analysis.comparison_parts import Comparison as Comparison
    from harness.app.calibrating import calibrate as calibrate
    from harness.app.columns import Columns as Columns
    from harness.app.columns import frames as frames
    from harness.app.comparing import compare as compare
    from harness.app.exporting import export as export
    from harness.app.judgements import judge as judge
    from harness.app.measuring import report as report
    from harness.app.measuring import score as score
    from harness.app.options import PlanOptions as PlanOptions
    from harness.app.options import RunOptions as RunOptions
    from harness.app.planning import Prospect as Prospect
    from harness.app.planning import plan as plan
    from harness.app.playing import RunResult as RunResult
    from harness.app.playing import arun as arun
    from harness.app.playing import run as run
    from harness.app.runs import load as load
    from harness.errors import Track15Error as Track15Error

_HOMES: Final = {
    "Columns": "harness.app.columns",
    "Comparison": "harness.analysis.comparison_parts",
    "PlanOptions": "harness.app.options",
    "Prospect": "harness.app.planning",
    "RunOptions": "harness.app.options",
    "RunResult": "harness.app.playing",
    "Track15Error": "harness.errors",
    "arun": "harness.app.playing",
    "calibrate": "harness.app.calibrating",
    "compare": "harness.app.comparing",
    "export": "harness.app.exporting",
    "frames": "harness.app.columns",
    "judge": "harness.app.judgements",
    "load": "harness.app.runs",
    "plan": "harness.app.planning",
    "report": "harness.app.measuring",
    "run": "harness.app.playing",
    "score": "harness.app.measuring",
}
"""Name -> the module that has it."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
