"""Writes the planted transcripts as files that people and other tools can read.

    python benchmarks/planted.py

The files follow from the words in ``evals/calibration/*.yaml`` and from the code, and a test holds
them to that. ``track15 calibrate`` makes the transcripts anew, and does not read the files.
"""

from __future__ import annotations

import argparse
from itertools import product

from harness.planted.phrases import SPLITS, folder
from harness.planted.sets import RUBRICS, file_name, file_of


def main() -> None:
    """Write the files of all rubrics."""
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    for rubric, split in product(RUBRICS, SPLITS):
        path = folder() / file_name(split, rubric)
        path.write_bytes(file_of(split, rubric))
        print(f"{path.name}: {len(path.read_bytes().splitlines())} transcripts")


if __name__ == "__main__":
    main()
