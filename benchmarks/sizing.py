"""What a large run takes: machines, tokens, dollars and hours, with the arithmetic.

    python benchmarks/sizing.py
    python benchmarks/sizing.py --dialogues 100_000 --gpus 4

Prints a Markdown table: quantity, formula with the numbers put in, result. Without flags it is the
table of ``docs/scale.md``, which says where each default comes from: counted by ``track15 plan``,
measured, or assumed. Nothing is played and nothing is sent. Results are computed from exact
numbers and shown with three digits.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

THREADS: Final = 2
"""Conversations that a server keeps of a dialogue: one for each seat."""
LEAST: Final = 1e-6
MOST: Final = 1e18
"""Bounds of a figure; beyond them it is a slip of the keyboard."""
_RAISED: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Assumptions:
    """The figures that go in.

    Attributes:
        dialogues: To be played, >= 1.
        calls: Model calls of a dialogue, on average.
        prompt_tokens, reply_tokens: Of all calls of a dialogue together, on average.
        cached: Share of the prompt tokens that servers have in their prefix caches, in [0, 1].
        gpu_generates: Reply tokens a second of one GPU, all its dialogues together.
        gpu_reads: Prompt tokens a second of one GPU that are not in its cache.
        gpu_price: US dollars an hour of one GPU.
        gpus: How many, >= 1.
        cache_bytes: Memory that one token takes in a server's cache, in bytes.
        call_seconds: From a request to its answer, with all dialogues in play.
        cpu_ms: CPU of the harness for a call, from the prompt to the report, in milliseconds.
        driver_ms: The part of it that one process of a run has to do, for a dialogue.
        bytes_per_call: Of the run folder.
        price: US dollars for a million tokens of a paid API: prompt, cached prompt, reply.
    """

    dialogues: int = 10_000_000
    calls: float = 35
    prompt_tokens: float = 298_900
    cached: float = 0.91
    reply_tokens: float = 12_250
    gpu_generates: float = 2_000
    gpu_reads: float = 20_000
    gpu_price: float = 2.5
    gpus: int = 50
    cache_bytes: float = 65_536
    call_seconds: float = 8
    cpu_ms: float = 0.8
    driver_ms: float = 6
    bytes_per_call: float = 7_400
    price: tuple[float, float, float] = (0.15, 0.075, 0.6)


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Attributes:
        quantity: What is computed.
        formula: How, with the numbers.
        value: The result, unrounded, in the unit that ``shown`` names.
        shown: The result as it stands in the table.
    """

    quantity: str
    formula: str
    value: float
    shown: str

    def __str__(self) -> str:
        return f"| {self.quantity} | {self.formula} | {self.shown} |"


def size(a: Assumptions) -> list[Row]:
    """The arithmetic, line by line."""
    return list(_rows(a))


def _rows(a: Assumptions) -> Iterator[Row]:
    n = given(a.dialogues)
    calls, prompt = a.dialogues * a.calls, a.dialogues * a.prompt_tokens
    anew, reply = (1 - a.cached) * prompt, a.dialogues * a.reply_tokens
    yield row("model calls", f"{n} × {given(a.calls)}", calls)
    yield row("prompt tokens", f"{n} × {given(a.prompt_tokens)}", prompt)
    yield row("of them not cached", f"(1 − {given(a.cached)}) × {shown(prompt)}", anew)
    yield row("reply tokens", f"{n} × {given(a.reply_tokens)}", reply)

    generating, reading = reply / a.gpu_generates / 3600, anew / a.gpu_reads / 3600
    needed = generating + reading
    yield row(
        "GPU hours to generate", f"{shown(reply)} / {given(a.gpu_generates)} / 3,600", generating
    )
    yield row("GPU hours to read", f"{shown(anew)} / {given(a.gpu_reads)} / 3,600", reading)
    yield row("**GPU hours**", f"{shown(generating)} + {shown(reading)}", needed)
    yield (lasting := _lasting(a, needed))
    hours = lasting.value
    cost = hours * a.gpus * a.gpu_price
    yield row(
        "**cost of the GPUs**",
        f"{shown(hours)} × {given(a.gpus)} × {dollars(a.gpu_price)}",
        cost,
        f"${shown(cost)}",
    )
    millions = (anew / 1e6, (prompt - anew) / 1e6, reply / 1e6)
    terms = [f"{shown(m)} × {dollars(p)}" for m, p in zip(millions, a.price, strict=True)]
    paid = sum(m * p for m, p in zip(millions, a.price, strict=True))
    yield row(
        "**the same from a paid API**, by the million tokens",
        " + ".join(terms),
        paid,
        f"${shown(paid)}",
    )
    yield row(
        "tokens a minute",
        f"({shown(prompt)} + {shown(reply)}) / ({shown(hours)} × 60)",
        (prompt + reply) / (hours * 60),
    )
    yield from _in_play(a, calls, hours)
    alone, disk = a.dialogues * a.driver_ms / 1000 / 3600, calls * a.bytes_per_call
    yield row(
        "CPU of the drivers, all runs together",
        f"{n} × {given(a.driver_ms)} ms",
        alone,
        f"{shown(alone)} hours",
    )
    yield row("disk", f"{shown(calls)} × {given(a.bytes_per_call)} bytes", disk, memory(disk))


def _lasting(a: Assumptions, needed: float) -> Row:
    """Hours from start to end: no run is shorter than one dialogue, however many the GPUs."""
    shared, one = needed / a.gpus, a.calls * a.call_seconds / 3600
    formula = f"{shown(needed)} / {given(a.gpus)}"
    if one > shared:
        formula = f"{given(a.calls)} × {given(a.call_seconds)} s / 3,600: the length of a dialogue"
    hours = max(shared, one)
    gpus = "1 GPU" if a.gpus == 1 else f"{given(a.gpus)} GPUs"
    return row(f"**hours on {gpus}**", formula, hours, f"{shown(hours)} ({shown(hours / 24)} days)")


def _in_play(a: Assumptions, calls: float, hours: float) -> Iterator[Row]:
    """What goes on at any moment. A dialogue waits for one call at a time."""
    rate = calls / (hours * 3600)
    playing = rate * a.call_seconds
    each = playing / a.gpus
    yield row("calls a second", f"{shown(calls)} / ({shown(hours)} × 3,600)", rate)
    yield row(
        "dialogues in play (Little's law)", f"{shown(rate)} × {given(a.call_seconds)} s", playing
    )
    yield row("of them on each GPU", f"{shown(playing)} / {given(a.gpus)}", each)
    length = a.prompt_tokens / a.calls
    kept = each * THREADS * length * a.cache_bytes
    yield row(
        "memory of each GPU that their prompts take",
        f"{shown(each)} × {THREADS} seats × {shown(length)} tokens × {given(a.cache_bytes)} bytes",
        kept,
        memory(kept),
    )
    yield row(
        "CPU cores for the harness", f"{shown(rate)} × {given(a.cpu_ms)} ms", rate * a.cpu_ms / 1000
    )


def row(quantity: str, formula: str, value: float, text: str | None = None) -> Row:
    """A line; where no text is given the result is a plain number."""
    return Row(quantity, formula, value, shown(value) if text is None else text)


def shown(value: float) -> str:
    """A number with three digits: 0.354, 236, 22,900, 3.9 × 10⁸."""
    digits, _, power = f"{value:.2e}".partition("e")
    if value >= 999_500:
        return f"{float(digits):g} × 10{str(int(power)).translate(_RAISED)}"
    return f"{float(f'{value:.3g}'):,.10g}"


def given(value: float) -> str:
    """A number as it was put in, with commas."""
    return f"{value:,.12g}"


def dollars(value: float) -> str:
    """A price as it was put in: $2.50, $0.075."""
    return f"${value:,.2f}" if round(value, 2) == value else f"${given(value)}"


def memory(value: float) -> str:
    """Bytes in a fitting unit."""
    power = min(max(int(math.log10(value)) // 3, 0), 5) if value else 0
    return f"{shown(value / 1000**power)} {('bytes', 'kB', 'MB', 'GB', 'TB', 'PB')[power]}"


def table(rows: list[Row]) -> str:
    """The lines as a Markdown table."""
    return "\n".join(["| quantity | from | result |", "|---|---|---|", *map(str, rows)])


def _number(least: float, most: float = MOST, *, whole: bool = False) -> Callable[[str], float]:
    """A reader of numbers for argparse, which shows the message of the error."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not least <= value <= most or (whole and not value.is_integer()):
            kind = "a whole number" if whole else "a number"
            raise argparse.ArgumentTypeError(f"{text!r} is not {kind} from {least:g} to {most:g}")
        return int(value) if whole else value

    return read


def read_assumptions(arguments: list[str] | None = None) -> Assumptions:
    """The flags as :class:`Assumptions`; bad ones end the process with exit code 2."""
    usual = Assumptions()
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )

    def flag(name: str, kind: Callable[[str], float], words: str) -> None:
        default = getattr(usual, name.replace("-", "_"))
        parser.add_argument(f"--{name}", type=kind, default=default, metavar="N", help=words)

    count, some, any_ = _number(1, whole=True), _number(LEAST), _number(0)
    flag("dialogues", count, "to be played")
    flag("calls", some, "model calls of a dialogue")
    flag("prompt-tokens", some, "of all calls of a dialogue")
    flag("cached", _number(0, 1), "share of the prompt tokens that a prefix cache serves")
    flag("reply-tokens", some, "of all calls of a dialogue")
    flag("gpu-generates", some, "reply tokens a second of one GPU")
    flag("gpu-reads", some, "prompt tokens a second of one GPU, not cached")
    flag("gpu-price", any_, "US dollars an hour of one GPU")
    flag("gpus", count, "how many")
    flag("cache-bytes", any_, "memory of a token in a server's cache")
    flag("call-seconds", some, "from a request to its answer")
    flag("cpu-ms", any_, "CPU milliseconds of the harness for a call")
    flag("driver-ms", any_, "CPU milliseconds of the driver for a dialogue")
    flag("bytes-per-call", any_, "of the run folder")
    parser.add_argument(
        "--price",
        type=any_,
        nargs=3,
        default=usual.price,
        metavar=("PROMPT", "CACHED", "REPLY"),
        help="US dollars for a million tokens of a paid API",
    )
    values = vars(parser.parse_args(arguments))
    return Assumptions(**{**values, "price": tuple(values["price"])})


def main() -> None:
    """Print the table."""
    print(table(size(read_assumptions())))


if __name__ == "__main__":
    main()
