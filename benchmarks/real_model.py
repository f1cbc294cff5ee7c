"""One dialogue of a small trained model, from the prompt to the report: a check of the path.

    make real-model

The model is SmolLM2-135M-Instruct (Apache-2.0, 98 MB), package data of the wheel that
``requirements/real-model.txt`` pins; the wheel is never imported. llama.cpp's server serves it on
loopback, and ``track15 run`` plays one dialogue with one turn a seat. So small a model speaks
nonsense. What has to hold is that its moves and its answers afterwards can be read: grammars,
tokenisers and chat templates of real models are less tame than those of a mock.

Prints what was said, and ends with exit code 1 where a move or a debrief is not usable.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from harness.records.reader import RunFolder  # noqa: E402
from harness.records.transcript import Transcript  # noqa: E402
from tests.support.disputes import SMALL  # noqa: E402
from tests.support.tiny_server import TinyServer  # noqa: E402

CONTEXT = 8192
SUITE = """\
schema: track15/suite/1
id: real-model
title: A small trained model
question: Can what it says be read?
scenarios: [small.yaml]
protocol: {rounds: 1, turns: 1, repairs: 2}
arms:
  half: {track: "1.5"}
"""
MODELS = """\
schema: track15/models/1
models:
  smol:
    address: openai/smollm2@URL
    temperature: 0.7
    max_tokens: 300
    # Without it so small a model says one word until its tokens are used up.
    extra: {repeat_penalty: 1.3, repeat_last_n: 256}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Play one dialogue of a small trained model.")
    parser.add_argument("folder", type=Path, help="where the wheel was installed to")
    parser.add_argument("--seed", type=int, default=15)
    options = parser.parse_args()
    found = sorted(options.folder.glob("*/*.gguf"))
    if len(found) != 1:
        print(f"no model file in {options.folder}: type make real-model", file=sys.stderr)
        return 2
    began = time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        TinyServer(slots=1, gguf=found[0].resolve(), context=CONTEXT) as server,
    ):
        print(f"{found[0].name} is served after {time.perf_counter() - began:.1f} s")
        return check(play(Path(folder), server.base_url, options.seed))


def play(folder: Path, url: str, seed: int) -> Transcript | None:
    """The dialogue; None where the command fails."""
    (folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    (folder / "suite.yaml").write_text(SUITE, encoding="utf-8")
    (folder / "models.yaml").write_text(MODELS.replace("URL", url), encoding="utf-8")
    words = ["run", "suite.yaml", "--model", "smol", "--seed", str(seed), "--timeout", "900"]
    done = subprocess.run(  # noqa: S603 - the words are ours
        [sys.executable, "-m", "harness.cli.main", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TRACK15_LOOPBACK_ONLY": "1"},
        check=False,
    )
    if done.returncode != 0:
        return None
    (run,) = (path.parent for path in folder.glob("transcripts/*/run.json"))
    if not (run / "report.html").exists():
        return None
    (transcript,) = RunFolder(run).transcripts()
    return transcript


def check(transcript: Transcript | None) -> int:
    """What is right with the dialogue and what is not; the exit code."""
    if transcript is None:
        print("FAILED: the run did not end with a report")
        return 1
    talks = transcript.body
    for call in transcript.calls:
        print(f"{call.seat} {call.purpose}: {call.usage.completion} tokens, {call.finish_reason}")
    asked_again = [
        *(turn.repairs for turn in talks.turns),
        transcript.void.repairs if transcript.void else (),
    ]
    asked_again += [debrief.repairs for debrief in talks.debriefs.values()]
    for repair in (one for some in asked_again for one in some):
        print(f"asked again: {repair.error[:160]}")
    for turn in talks.turns:
        if turn.move is not None:
            print(f"{turn.seat} {turn.move.action}: {turn.words[:160]!r}")
    for seat, debrief in talks.debriefs.items():
        said = debrief.problem or f"gave more: {debrief.gave_more}, margin {debrief.margin}"
        print(f"{seat} afterwards: {said}")
    seats = [placed.seat for placed in transcript.spec.seats]
    moved = [seat for seat in seats if any(t.seat == seat and t.move for t in talks.turns)]
    read = [seat for seat in seats if (d := talks.debriefs.get(seat)) and d.problem is None]
    repairs = sum(transcript.repairs_of(seat) for seat in seats)
    print(
        f"moves of {len(moved)} of {len(seats)} seats and debriefs of {len(read)} of {len(seats)} "
        f"are usable; {repairs} replies had to be asked for again; {transcript.status}"
    )
    whole = transcript.status == "done" and len(moved) == len(read) == len(seats)
    print("ok: the path holds" if whole else "FAILED: a move or a debrief is not usable")
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
