"""Writes the planted transcripts as files that people and other tools can read.

    python benchmarks/planted.py

The files follow from the words in ``evals/calibration/*.yaml`` and from the code, and a test holds
them to that. ``track15 calibrate`` makes the transcripts anew, and does not read the files.
"""

from __future__ import annotations

import argparse

from harness.planted.phrases import SPLITS, folder
from harness.planted.sets import file_of


def main() -> None:
    """Write both files."""
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    for split in SPLITS:
        path = folder() / f"{split}.jsonl"
        path.write_bytes(file_of(split))
        print(f"{path.name}: {len(path.read_bytes().splitlines())} transcripts")


if __name__ == "__main__":
    main()
