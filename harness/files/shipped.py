"""The runs that ship as examples, which are read and never written into.

They lie where the package is installed, or in the checkout: there a user looks for nothing, may not
write, and shares them with everybody else.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from harness.files.advice import UnwritableError
from harness.files.catalogue import data_root

EXAMPLES: Final = "examples"
"""The folder of ``transcripts`` that ships."""


def examples() -> Path:
    """The folder that the runs are in."""
    return data_root("transcripts") / EXAMPLES


def ships(path: Path) -> bool:
    """Whether a path leads into a run that ships, or to a file that would lie in one."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(examples()))


def leave_shipped(path: Path) -> None:
    """Hold that what is about to be written lies in no run that ships.

    Raises:
        UnwritableError: It does.
    """
    if ships(path):
        error = UnwritableError(
            "it is of an example that ships, which is left as it is",
            where=str(path),
            fix="play a run of your own: track15 run quickstart",
        )
        error.read_only = True
        raise error
