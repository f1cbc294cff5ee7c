"""Whether the questions of a run were declared before its results, in words.

``run.json`` keeps every declaration (:mod:`harness.records.declaration`). That a comparison was
declared before the first result is said only where the record shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from harness.records.declaration import Declaration
from harness.records.run import RunInfo
from harness.suite.contrasts import Check, Contrast

T = TypeVar("T")

BEFORE = "The primary comparison was declared before the first result"
_UNKNOWN = (
    "Whether the primary comparison was declared before the first result is unknown: an older "
    "version has played here, which did not record it"
)


class Declared(BaseModel):
    """When the questions of a run were declared.

    Attributes:
        before_first_result: Whether the primary comparison is the one that was declared before any
            dialogue had a result, and never was another one since; None where the record does not
            tell, and where there is no primary comparison.
        said: That, in sentences; empty where nothing was ever compared or checked.
        changed: Sentences of ``said`` that weaken the answer: what was declared when results were
            known.
        history: Every declaration, the last one last: ``time``, ``finished`` of ``dialogues`` by
            then, ``contrasts`` and ``checks``. A null is not known, or none.
    """

    model_config = ConfigDict(frozen=True)

    before_first_result: bool | None
    said: tuple[str, ...]
    changed: tuple[str, ...]
    history: tuple[dict[str, Any], ...]


def declared(info: RunInfo) -> Declared:
    """When the questions of a run were declared."""
    history = info.declared
    primary = _changes(history, _primary)
    now = _primary(history[-1])
    before, sentence = _on_primary(primary, now, history[-1], reused=info.reused)
    changed = [sentence] if before is False else []
    for what, asked in (("secondary comparisons", _secondary), ("checks", _checks)):
        later = _changes(history, asked)
        if len(later) > 1:
            changed.append(f"The {what} were changed {_when(later[-1])}.")
    said = [sentence] if sentence else []
    return Declared(
        before_first_result=before,
        said=tuple(dict.fromkeys((*said, *changed))),
        changed=tuple(changed),
        history=tuple(_as_json(one) for one in history),
    )


def named(contrast: Contrast | None) -> str:
    """A comparison in a few words: ``a against b on settlement.skew``."""
    if contrast is None:
        return "none"
    return f"{contrast.treatment} against {contrast.control or '0'} on {contrast.measure}"


def _on_primary(
    changes: Sequence[Declaration],
    now: tuple[str, ...] | None,
    last: Declaration,
    *,
    reused: bool,
) -> tuple[bool | None, str]:
    """Whether the primary comparison was declared before any result, and a sentence on it.

    Args:
        changes: The declarations that made it another one, the first one first.
        now: What it is now.
        last: The declaration that holds now.
        reused: Whether results of other runs were taken.
    """
    made = changes[-1]
    if len(changes) == 1:
        if now is None:
            return None, ""
        if made.finished is None:
            return None, f"{_UNKNOWN}."
        if made.finished:
            text = f"The primary comparison was declared {_when(made)}; the comparison before it is"
            return False, f"{text} not on record."
        if reused:
            return None, f"{BEFORE} of this run, and results of other runs were taken into it."
        return True, f"{BEFORE}."
    earlier = [_named_in(one) for one in reversed(changes[:-1])]
    ending = "" if last.contrasts else " There is none now."
    text = f"The primary comparison was changed {_when(made)}; it was: {earlier[0]}"
    for one in earlier[1:]:
        text += f"; before that: {one}"
    return False, f"{text}.{ending}"


def _named_in(declaration: Declaration) -> str:
    return named(declaration.contrasts.primary if declaration.contrasts else None)


def _when(declaration: Declaration) -> str:
    """``after 3 of 12 dialogues had finished``."""
    noun = "dialogue" if declaration.dialogues == 1 else "dialogues"
    return f"after {declaration.finished:,} of {declaration.dialogues:,} {noun} had finished"


def _changes(
    history: Sequence[Declaration], asked: Callable[[Declaration], T]
) -> list[Declaration]:
    """The declarations that changed what is ``asked``, from the last one on that was made before
    any result: until then, a change chooses by nothing."""
    found: list[Declaration] = []
    for one in history:
        if found and asked(found[-1]) == asked(one):
            continue
        if one.finished == 0:
            found.clear()
        found.append(one)
    return found


def _primary(declaration: Declaration) -> tuple[str, ...] | None:
    """What makes a comparison another one: not its name."""
    asked = declaration.contrasts
    return None if asked is None else _essence(asked.primary)


def _secondary(declaration: Declaration) -> list[tuple[str, ...]]:
    asked = declaration.contrasts
    return [] if asked is None else sorted(map(_essence, asked.secondary))


def _essence(contrast: Contrast) -> tuple[str, ...]:
    return contrast.measure, contrast.treatment, contrast.control or ""


def _checks(declaration: Declaration) -> list[Check]:
    unnamed = [check.model_copy(update={"name": "", "why": ""}) for check in declaration.checks]
    return sorted(unnamed, key=repr)


def _as_json(declaration: Declaration) -> dict[str, Any]:
    whole = declaration.model_dump(mode="json")
    return {"time": None, "finished": None, "contrasts": None, "checks": [], **whole}
