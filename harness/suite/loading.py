"""A suite with the file it stands in: loaded, and held to what can be found out before play."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.bargaining.tactics import tactic_from
from harness.errors import InputError, UsageError
from harness.files.catalogue import beside, find
from harness.files.filetypes import hold_kind, hold_suffix
from harness.files.yamlfile import Document, input_error, load_document, validate
from harness.suite.checks import problems_before_play
from harness.suite.suite import Suite


@dataclass(frozen=True)
class SuiteFile:
    """A suite and the file it stands in.

    Attributes:
        suite: As written, except that its own evaluators are named from here.
        document: Knows the line of every field.
    """

    suite: Suite
    document: Document

    @property
    def folder(self) -> Path:
        """Where the paths in the suite start."""
        return self.document.path.parent


def load_suite(name: str) -> Suite:
    """A suite by path or name.

    Raises:
        InputError: It cannot be found, or is unsound (file, line, field, fix).
    """
    return load_suite_file(name).suite


def load_suite_file(name: str) -> SuiteFile:
    """A suite by path or name, with its file.

    Raises:
        InputError: As :func:`load_suite`.
    """
    path = find("suites", name)
    hold_suffix(path, "suite")
    document = load_document(path)
    hold_kind(document.data, path, "suite")
    suite = validate(document, Suite)
    if found := problems_before_play(suite, path.parent):
        raise input_error(document, found)
    for tactic, at in _tactics(suite):
        try:
            tactic_from(tactic)
        except UsageError as error:
            raise InputError(
                error.what, where=f"{path}:{document.line(at)}", fix=error.fix
            ) from None
    if suite.evaluators:
        named = tuple(_from_here(name, path.parent) for name in suite.evaluators)
        suite = suite.model_copy(update={"evaluators": named})
    return SuiteFile(suite, document)


def _from_here(evaluator: str, folder: Path) -> str:
    """``file.py:Object`` with the file beside the suite's, where it is there."""
    file, colon, attribute = evaluator.rpartition(":")
    path = beside(file, folder) if colon else None
    return evaluator if path is None else f"{path}:{attribute}"


def _tactics(suite: Suite) -> Iterator[tuple[str | dict[str, object], tuple[str | int, ...]]]:
    yield suite.tactic, ("tactic",)
    for name, arm in suite.arms.items():
        if arm.tactic is not None:
            yield arm.tactic, ("arms", name, "tactic")
        for seat in ("o", "u"):
            change = getattr(arm, seat)
            if change.tactic is not None:
                yield change.tactic, ("arms", name, seat, "tactic")
        for index, extra in enumerate(arm.also):
            if extra.tactic is not None:
                yield extra.tactic, ("arms", name, "also", index, "tactic")
