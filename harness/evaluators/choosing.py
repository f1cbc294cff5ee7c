"""Which evaluators measure a run: those of its suite, and those that the user names.

A suite and a record are data, and may come from a stranger: naming a file in one of them does not
execute it. Only the user's own word does, on the command line.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.evaluators.base import Evaluator
from harness.evaluators.plugins import from_file
from harness.evaluators.registry import by_name, refuse_twice
from harness.evaluators.registry import known as known_evaluators

FLAG = "--evaluator"


@dataclass(frozen=True)
class LeftOut:
    """An evaluator that a suite names and that was not loaded.

    Attributes:
        name: As the suite names it.
        why: In words.
        flag: What to add to the command so that it is loaded; None where that cannot help.
    """

    name: str
    why: str
    flag: str | None

    def __str__(self) -> str:
        add = f"; to add it: {self.flag}" if self.flag else ""
        return f"the evaluator {self.name!r} is left out: {self.why}{add}"


@dataclass(frozen=True)
class Chosen:
    """The evaluators of a run, and those of its suite that are not among them."""

    evaluators: tuple[Evaluator, ...]
    left_out: tuple[LeftOut, ...] = ()


def choose(
    suite: Sequence[str] | None, named: Sequence[str] = (), more: Sequence[Evaluator] = ()
) -> Chosen:
    """Those that a suite names (None or empty: all built-in and installed ones), those that come
    with the run itself, then those that the user names. No file is executed but what ``named``
    names.

    A file of the suite's is taken as named where the user names a file of the same name and the
    same object in it, wherever it lies: a copied run knows the evaluator by its old place.

    Args:
        suite: Names of built-in or installed evaluators, or ``path/to/file.py:Object``.
        named: Likewise, from the command line.
        more: That come with the run: of the rubrics by which it was judged.

    Raises:
        UsageError: What the user names is unknown, cannot be loaded, or takes a name in use.
    """
    known = {**known_evaluators(), **{one.name: one for one in more}}
    own = {name: from_file(name, known) for name in dict.fromkeys(named) if ":" in name}
    chosen: list[Evaluator] = [] if suite else list(known.values())
    left_out = []
    for name in suite or ():
        if name in known:
            chosen.append(known[name])
        elif ":" not in name:
            left_out.append(LeftOut(name, "no evaluator of that name is installed here", None))
        elif (flag := next((n for n in own if _same(n, name)), None)) is not None:
            chosen.append(own[flag])
        else:
            flag = f"{FLAG} {shlex.quote(name)}"
            why = "it is code in a file, which runs only where you name it yourself"
            left_out.append(LeftOut(name, why, flag))
    chosen += [one for one in more if suite and not any(one is other for other in chosen)]
    others = (own[name] if ":" in name else by_name(name, known) for name in named)
    chosen += [one for one in others if not any(one is other for other in chosen)]
    refuse_twice(chosen, [*(suite or known), *named])
    return Chosen(tuple(chosen), tuple(left_out))


def _same(named: str, written: str) -> bool:
    """Whether what the user names is what a suite has written."""
    (file, _, attribute), (its_file, _, its_attribute) = (
        text.rpartition(":") for text in (named, written)
    )
    return attribute == its_attribute and Path(file).name == Path(its_file).name
