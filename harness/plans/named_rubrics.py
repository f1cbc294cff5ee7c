"""Finds the rubrics that somebody names: those of the program, and files.

A name of the program's own is its own. Any other is that of a file: a path, or a name in
``evals/rubrics`` here or as shipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from harness.errors import InputError, UsageError, suggest
from harness.files.catalogue import find, list_files
from harness.plans.rubric_file import RubricFile, read_rubric
from harness.plans.rubrics import RUBRICS, TOGETHER, RunRubric
from harness.records.publication import PUBLICATION
from harness.records.spec import RECORDED, TALKS

FLAG: Final = "--rubric"


def rubrics_named(names: Sequence[str]) -> tuple[RunRubric, ...]:
    """The rubrics of these names, each once.

    Args:
        names: Of the program's own rubrics, of files in ``evals/rubrics``, or paths of files.

    Raises:
        UsageError: There is none of a name, or two files have the same id.
        InputError: A file is wrong.
    """
    found: dict[str, RunRubric] = {}
    files: dict[str, Path] = {}
    for name in dict.fromkeys(names):
        if name in RUBRICS or name in TOGETHER:
            found |= {one: RUBRICS[one] for one in TOGETHER.get(name, (name,))}
            continue
        path = _file(name)
        rubric = from_file(path)
        if files.setdefault(rubric.id, path) != path:
            raise UsageError(
                f"two rubrics are called {rubric.id!r}: {files[rubric.id]} and {path}",
                where=FLAG,
                fix="name one of them, or give one another id",
            )
        found[rubric.id] = rubric
    return tuple(found.values())


def from_file(path: Path) -> RunRubric:
    """The rubric of a file.

    Raises:
        InputError: It is wrong.
    """
    return rubric_of_file(read_own(path))


def read_own(path: Path) -> RubricFile:
    """A rubric file that takes no name of the program's own rubrics.

    Raises:
        InputError: It is wrong.
    """
    file = read_rubric(path)
    name = file.head.id
    if name in RUBRICS or name in TOGETHER:
        raise InputError(
            f"id: {name!r} is a rubric of the program's own",
            where=str(path),
            fix=f"choose another, such as {f'my-{name}'!r}",
        )
    return file


def rubric_of_file(file: RubricFile) -> RunRubric:
    """A rubric file as a rubric for records of a run."""
    kinds = (TALKS, RECORDED) if file.head.for_ == "talks" else (PUBLICATION,)
    return RunRubric(file.head.id, kinds, file.head.title, file.of)


def rubric_files() -> Iterator[Path]:
    """The rubric files that a name can find, those of the user first where names are the same."""
    yield from list_files("rubrics")


def _file(name: str) -> Path:
    try:
        return find("rubrics", name)
    except InputError as error:
        if error.where is not None:  # a path that leads nowhere
            raise
        files = [path.stem for path in rubric_files()]
        known = [*RUBRICS, *TOGETHER, *files]
        raise UsageError(
            f"no rubric is called {name!r}",
            where=FLAG,
            fix=suggest(name, known, other="give the path of a file: my.md"),
        ) from None
