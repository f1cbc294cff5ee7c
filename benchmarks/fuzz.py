"""Mutated records, suites, scenarios and model files, through the real command line in-process.

    python benchmarks/fuzz.py --count 5000 --seed 1 --keep /tmp/found

Every input is a sound file with some of it changed by chance: values of other kinds, numbers
without end, lines that are missing, doubled or torn, bytes that are no text, links and names that
lead elsewhere. Each goes through the commands that would read it. Three things are held: no
exception but a clear error, no more than a second of processor time beyond what the sound file
takes, and nothing written outside the folder. The same seed gives the same inputs. What is found is
printed and, with ``--keep``, kept as a folder to try again. Prints one JSON line at the end; exits
with 1 where anything was found.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.inprocess import typed

KINDS = ("record", "suite", "scenario", "models")
CODES = {0, 1, 2, 100}
SECONDS = 1.0
"""Processor time that an input may take beyond what the sound one takes."""
PATIENCE = 20.0
"""Processor time after which an input is broken off."""
RECORD = (
    "run.json",
    "transcripts.jsonl",
    "plan.jsonl",
    "timings.jsonl",
    "messages.jsonl",
    "scores.jsonl",
)

ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 0.5, -0.5, 1.5, 1e308, -1e308, 1e-320, 10**18, 10**40,
    -(10**40), float("nan"), float("inf"), "", " ", "x", "o", "u", "z", "0", "-1", "1e999",
    "none", "equal",
    "\x00", "\x1b[31m", "\u202e", "\ud83d", "x" * 5000, "$", "${x}", "$a", "{{ 7 * 7 }}",
    "../../outside", "/outside", "evil.py:X", "os:system", [], {}, [[]], {"": ""}, [None],
    {"id": "x"}, ["o", "u"],
)  # fmt: skip
YAML_ODD = (
    "~", "", "yes", "no", "1", "-1", "0", "1.5", "1e999", ".nan", "-.inf", "0x1F", "0o7", "1:30:00",
    "9" * 400, "9" * 6000, "1_000", "2001-01-01", "[]", "{}", "[[[[]]]]", "{a: b}", "'", '"', "|",
    ">", "&a x", "*a", "*b", "!!python/object:os.system x", "!!binary x", "<<", "<<: *a", "? x",
    "$", "${x}", "$nobody", "{{ x }}", "../../outside.yaml", "/dev/zero", "/outside",
    "evil.py:X", "[evil.py:X]", "\t", "#", "---", "...", "%YAML 9.9", "\x00", "\x1b", "\u202e",
    "\ufeff", "\x85",
    "x" * 3000, "[" * 300, "{a: " * 300, "- " * 300,
)  # fmt: skip


@dataclass
class Found:
    """An input that did what none may.

    Attributes:
        kind, number: Which one, of the seed.
        line: The command.
        what: What it did.
        kept: The folder it is kept in; empty for none.
    """

    kind: str
    number: int
    line: str
    what: str
    kept: str = ""


@dataclass
class Outcome:
    """What a campaign came to."""

    tried: Counter[str] = field(default_factory=Counter)
    codes: Counter[int] = field(default_factory=Counter)
    found: list[Found] = field(default_factory=list)
    slowest: float = 0.0


# --- mutations -----------------------------------------------------------------------------------


def places(document: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a JSON document."""
    found: list[tuple[Any, Any]] = []
    left = [document]
    while left:
        at = left.pop()
        keys: list[Any] = []
        if isinstance(at, dict):
            keys = list(at)
        elif isinstance(at, list):
            keys = list(range(len(at)))
        for key in keys:
            found.append((at, key))
            left.append(at[key])
    return found


def change_document(draw: random.Random, document: Any) -> None:
    """One change somewhere in a JSON document."""
    known = places(document)
    if not known:
        return
    at, key = draw.choice(known)
    match draw.randrange(8):
        case 0:
            del at[key]
        case 1:
            other, its = draw.choice(known)
            at[key] = copy.deepcopy(other[its])
        case 2 if isinstance(at, list):
            at.append(copy.deepcopy(at[key]))
        case 3 if isinstance(at, dict):
            at[draw.choice(("x", "", "id", "seat", str(key) + "_"))] = at.pop(key)
        case 4 if isinstance(at[key], (int, float)):
            at[key] += draw.choice((-1, 1, 7, -100, 0.25, 10**9))
        case 5 if isinstance(at[key], str):
            at[key] = at[key][: draw.randrange(1 + len(at[key]))]
        case 6:
            deep: Any = []
            for _ in range(draw.choice((10, 150, 400))):
                deep = [deep]
            at[key] = deep
        case _:
            at[key] = copy.deepcopy(draw.choice(ODD))


def change_bytes(draw: random.Random, text: bytes) -> bytes:
    """One change somewhere in the bytes of a file."""
    at = draw.randrange(1 + len(text))
    match draw.randrange(5):
        case 0:
            return text[:at]
        case 1:
            return text[:at] + bytes([draw.randrange(256)]) + text[at + 1 :]
        case 2:
            return text[:at] + bytes(draw.randrange(256) for _ in range(8)) + text[at:]
        case 3:
            return text[:at] + text[at : at + 50] * 20 + text[at + 50 :]
        case _:
            lines = text.splitlines(keepends=True)
            draw.shuffle(lines)
            return b"".join(lines[: draw.randrange(1 + len(lines))])


def change_record(draw: random.Random, run: Path) -> None:
    """Some changes in one file of a run folder."""
    path = run / draw.choice((*RECORD, *RECORD[:2], "transcripts.jsonl"))
    if not path.exists():
        return
    text = path.read_bytes()
    lines = text.splitlines() if path.suffix == ".jsonl" else [text]
    if draw.random() < 0.15 or not lines:
        path.write_bytes(change_bytes(draw, text))
        return
    which = draw.randrange(len(lines))
    document = json.loads(lines[which])
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        change_document(draw, document)
    if path.name == "transcripts.jsonl" and draw.random() < 0.5:
        _refit(document, run / "plan.jsonl")
    try:
        lines[which] = json.dumps(document, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        return
    path.write_bytes(b"\n".join(lines) + b"\n")


def _refit(document: Any, plan: Path) -> None:
    """Make the id of a transcript the hash of its changed spec, where it still is one, and the plan
    lead to it."""
    from pydantic import ValidationError

    from harness.records.spec import TalksSpec

    try:
        former, now = document["id"], TalksSpec.model_validate(document["spec"]).id
    except (ValidationError, KeyError, TypeError, ValueError):
        return
    document["id"] = now
    if isinstance(former, str) and len(former) == len(now):
        plan.write_bytes(plan.read_bytes().replace(former.encode(), now.encode()))


def change_yaml(draw: random.Random, path: Path) -> None:
    """Some changes in a YAML file."""
    text = path.read_text(encoding="utf-8")
    if draw.random() < 0.15:
        path.write_bytes(change_bytes(draw, text.encode()))
        return
    lines = text.splitlines()
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        at = draw.randrange(len(lines))
        line = lines[at]
        head, colon, tail = line.partition(": ")
        match draw.randrange(8):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, line)
            case 2:
                lines[at] = "  " + line
            case 3:
                lines[at] = line.lstrip()
            case 4 if colon:
                lines[at] = head + colon + draw.choice(YAML_ODD) + tail
            case 5:
                other = draw.choice(lines)
                lines[at] = line[: len(line) - len(line.lstrip())] + other.lstrip()
            case 6:
                words = line.split(" ")
                words[draw.randrange(len(words))] = draw.choice(YAML_ODD)
                lines[at] = " ".join(words)
            case _:
                lines[at] = (head + ": " if colon else "") + draw.choice(YAML_ODD)
        lines = lines or [""]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="surrogatepass")


# --- the sound files -----------------------------------------------------------------------------

MODELS = """\
schema: track15/models/1
models:
  qwen:
    address: openai/qwen@http://127.0.0.1:9/v1
    temperature: 0.7
    max_tokens: 2000
    effort: low
    extra: {top_k: 20, chat_template_kwargs: {enable_thinking: false}}
    requests_per_minute: 600
    tokens_per_minute: 100000
    max_connections: 4
    price: {prompt: 0.05, completion: 0.2, cached: 0.01}
  other:
    address: openai/gpt@http://127.0.0.1:9/v1
    key: SOME_KEY
"""
SUITE = """\
schema: track15/suite/1
id: small
title: A small suite
question: Does it lean?
scenarios: [./scenario.yaml]
twins: [none, names]
epochs: 1
seed: 3
protocol: {rounds: 2, turns: 3, consultations: 1, repairs: 2, debrief: true}
tactic: linear
settings: {temperature: 0.5, max_tokens: 500}
arms:
  one:
    track: "1"
    title: the one
  half:
    track: "1.5"
    u:
      deal_reward: 0.1
      stance: "You have promised not to embarrass $b."
      members:
        - {id: lawyer, title: legal adviser, remit: "what our law allows"}
  third: {track: "1", with: [prestige], twins: [none]}
contrasts:
  primary: {name: half, measure: settlement.skew, treatment: half, control: one, claim: C9}
  secondary:
    - {name: third, measure: settlement.agreement, treatment: third, control: one}
checks:
  - {name: sane, arm: one, measure: settlement.skew, min: -5, max: 5, why: it must be}
evaluators: [settlement, concessions]
"""


def sound(folder: Path) -> None:
    """The files that are mutated: a scenario, a suite, a models file and a played run."""
    from tests.support.disputes import SMALL

    folder.mkdir(parents=True)
    (folder / "scenario.yaml").write_text(SMALL, encoding="utf-8")
    (folder / "suite.yaml").write_text(SUITE, encoding="utf-8")
    (folder / "models.yaml").write_text(MODELS, encoding="utf-8")
    played = typed("run", "suite.yaml", "--log-dir", "runs", "--limit", "4", cwd=folder)
    assert played.code in (0, 100), played.err
    next((folder / "runs").iterdir()).rename(folder / "runs" / "run")


def commands(draw: random.Random, kind: str, folder: Path) -> list[list[str]]:
    """What is typed for an input."""
    if kind == "record":
        key = "0"
        lines = (folder / "runs/run/transcripts.jsonl").read_bytes().splitlines()
        if lines:
            key = draw.choice(lines)[7:23].decode(errors="replace")
        return [
            draw.choice(
                [
                    ["show", "runs/run", "--limit", "3"],
                    ["show", "runs/run", "--", key],
                    ["show", "runs/run", "--prompts", "--", key],
                    ["show", "runs/run", "--json"],
                    ["report", "runs/run", "--json"],
                    ["score", "runs/run"],
                    ["list", "runs", "--log-dir", "runs"],
                    ["fork", "runs/run", key, "--turn", "1", "--log-dir", "forks"],
                    [
                        "run",
                        "suite.yaml",
                        "--replay",
                        "runs/run",
                        "--limit",
                        "4",
                        "--log-dir",
                        "new",
                    ],
                ]
            )
        ]
    if kind == "models":
        return [["plan", "suite.yaml", "--models", "models.yaml", "--model", "qwen"]]
    plan = ["plan", "suite.yaml"]
    if draw.random() < 0.1:
        return [plan, ["run", "suite.yaml", "--limit", "2", "--log-dir", "new"]]
    return [plan]


# --- what is held --------------------------------------------------------------------------------


class _Watch:
    """Sees every file that is opened for writing, made, moved or removed, by an audit hook."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.outside: list[str] = []
        sys.addaudithook(self._seen)

    def _seen(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.folder is None:
            return
        touched: list[Any] = []
        if event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                touched = [path]
        elif event in ("os.remove", "os.mkdir", "os.rmdir", "os.truncate"):
            touched = [arguments[0]]
        elif event in ("os.rename", "os.link", "os.symlink"):
            touched = list(arguments[:2])
        elif event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"):
            self.outside.append(f"{event} {arguments[0]!r}")
        for path in touched:
            if isinstance(path, (str, bytes, os.PathLike)) and not self._allowed(path):
                self.outside.append(f"{event} {path!r}")

    def _allowed(self, path: Any) -> bool:
        assert self.folder is not None
        full = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - a link is not to be followed
        return full.startswith((str(self.folder), "/dev/null")) or "__pycache__" in full


_watch: _Watch | None = None


@contextmanager
def watched(folder: Path) -> Iterator[list[str]]:
    """What is touched outside ``folder`` while inside."""
    global _watch
    _watch = _watch or _Watch()
    _watch.folder, _watch.outside = folder, []
    try:
        yield _watch.outside
    finally:
        _watch.folder = None


class _TooLongError(BaseException):
    pass


@contextmanager
def bounded() -> Iterator[None]:
    """Breaks off what takes too much processor time."""

    def stop(*_: object) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def attempt(line: list[str], cwd: Path, usual: float) -> tuple[int, float, str]:
    """Type a line; its exit code, the seconds it took, and what it did that none may."""
    started = time.process_time()
    code, what = -1, ""
    try:
        with bounded(), watched(cwd) as outside:
            done = typed(*line, cwd=cwd)
        code = done.code
        if code not in CODES:
            what = f"exit code {code}: {done.err[-300:]}"
        elif "Traceback" in done.err + done.out:
            what = f"a traceback was printed: {done.err[-600:]}"
        elif code and not done.err.strip() and code != 100:
            what = f"exit code {code} without a word"
        if outside:
            what = f"touched what is not its own: {outside[:3]}"
    except _TooLongError:
        what = f"a hang: broken off after {PATIENCE:g} s\n{traceback.format_exc(limit=-4)}"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        what = "".join(traceback.format_exception(error, limit=-5))
    took = time.process_time() - started
    if not what and took > usual + SECONDS:
        what = f"took {took:.1f} s, a sound one {usual:.1f}"
    return code, took, what


def campaign(
    count: int,
    seed: int,
    folder: Path,
    *,
    kinds: tuple[str, ...] = KINDS,
    keep: Path | None = None,
    on_found: Callable[[Found], None] | None = None,
) -> Outcome:
    """Try ``count`` inputs, the kinds in turn.

    Args:
        count: Of inputs.
        seed: Of all draws.
        folder: An empty one, to work in.
        kinds: Of :data:`KINDS`.
        keep: Folder for the inputs that did what none may.
        on_found: Called for each.
    """
    outcome, base, usual = Outcome(), folder / "sound", {}
    sound(base)
    for kind in kinds:  # also imports whatever is imported late
        for draw in range(40):
            for line in commands(random.Random(draw), kind, base):
                if line[0] not in usual:
                    at = folder / "usual"
                    shutil.copytree(base, at)
                    typed(*line, cwd=at)
                    code, usual[line[0]], what = attempt(line, at, 60.0)
                    assert not what, (line, code, what)
                    shutil.rmtree(at)
    for number in range(count):
        kind = kinds[number % len(kinds)]
        draw = random.Random(f"{seed}/{kind}/{number}")
        at = folder / "input"
        shutil.copytree(base, at)
        if kind == "record":
            change_record(draw, at / "runs" / "run")
        else:
            change_yaml(draw, at / f"{kind}.yaml")
        lines = commands(draw, kind, at)
        outcome.tried[kind] += 1
        for line in lines:
            code, took, what = attempt(line, at, usual[line[0]])
            outcome.codes[code] += 1
            outcome.slowest = max(outcome.slowest, took)
            if what:
                found = Found(kind, number, " ".join(line), what)
                if keep is not None:
                    found.kept = str(keep / f"{kind}-{seed}-{number}")
                    shutil.copytree(at, found.kept, dirs_exist_ok=True)
                outcome.found.append(found)
                if on_found is not None:
                    on_found(found)
                break
        shutil.rmtree(at)
    return outcome


def main() -> int:
    """Try as many inputs as asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=2000, help="Inputs.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=KINDS, action="append", help="Only this (repeatable).")
    parser.add_argument("--keep", type=Path, help="Folder for inputs that did what none may.")
    asked = parser.parse_args()

    def say(found: Found) -> None:
        print(f"--- {found.kind} {found.number}: track15 {found.line}\n{found.what}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        outcome = campaign(
            asked.count,
            asked.seed,
            Path(folder).resolve(),
            kinds=tuple(asked.kind or KINDS),
            keep=asked.keep,
            on_found=say,
        )
    print(
        json.dumps(
            {
                "tried": dict(outcome.tried),
                "exit_codes": dict(sorted(outcome.codes.items())),
                "found": len(outcome.found),
                "slowest_s": round(outcome.slowest, 2),
            }
        )
    )
    return 1 if outcome.found else 0


if __name__ == "__main__":
    sys.exit(main())
