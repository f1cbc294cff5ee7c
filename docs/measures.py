"""Writes docs/measures.md and a page for each built-in evaluator in docs/measures/, and for each
rubric file that ships.

A page says what is measured, when a measure is undefined, what fools it, and which claim it serves.
All of it is what the evaluators say of themselves; the claims are those of docs/method.md. What
fools a rubric, and which claim it serves, stands in the table of docs/rubrics.md.

    python docs/measures.py
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from harness.evaluators.base import Evaluator, Measure, fooled_by_of, kind_of  # noqa: E402
from harness.evaluators.registry import builtin  # noqa: E402
from harness.evaluators.scales import evaluator_name, scales_in  # noqa: E402
from harness.plans.rubric_file import RubricFile, read_rubric  # noqa: E402

DOCS: Final = ROOT / "docs"
INDEX: Final = DOCS / "measures.md"
FOLDER: Final = DOCS / "measures"
READS: Final = {
    "talks": "one dialogue: its talks, and what was asked of the delegations before and after them",
    "chain": "one episode: talks and what followed them",
    "probe": "what one delegate was asked in private before any talks",
    "recorded": "one dialogue that was held elsewhere",
    "judgement": "one judge's reading of a record",
}
"""Kind of record -> what an evaluator of it reads, in words."""
HEAD: Final = """\
# The measures

Made from the evaluators by `python docs/measures.py`; a test checks that it is up to date.

Each page says what an evaluator measures, when a measure is undefined, what fools it, and which
[claim](claims.md) it serves. What is undefined is null with that reason: it is counted, and in no
mean. At the terminal, `track15 list measures` has the definitions. An evaluator of your own says
the same of itself ([how to write one](../CONTRIBUTING.md#an-evaluator)).

| evaluator | measures | claims | what it is about |
|---|---|---|---|
"""
BY_JUDGE: Final = {
    "talks": "what a judge has read of one dialogue, played here or held elsewhere",
    "article": "what a judge has read of one article",
}
"""What a rubric file is for -> what its evaluator reads, in words."""
BY_RUBRIC: Final = """\

## By rubric files

A judge answers these ([rubrics.md](rubrics.md)), and each answer is a place on a scale. A rubric
file of your own is measured in the same way.

| evaluator | measures | claims | what it is about |
|---|---|---|---|
"""
_TOLD: Final = re.compile(r"^\| `([a-z-]+)` \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_CLAIM: Final = re.compile(r"C(\d+)(?:-C(\d+))?")
_ROW: Final = re.compile(r"^\| (C\d+) \| ([^|]+) \|", re.MULTILINE)
_ROLE: Final = re.compile(r":\w+:`(~?)([\w.]+)`")


def claims_of(evaluator: Evaluator) -> list[str]:
    """The claims that an evaluator serves, by number: those that the sources of its measures name,
    and those in the description of its module."""
    texts = [measure.source for measure in evaluator.measures]
    texts.append(inspect.getmodule(type(evaluator)).__doc__ or "")
    found = set[int]()
    for first, last in chain.from_iterable(map(_CLAIM.findall, texts)):
        found |= set(range(int(first), int(last or first) + 1))
    return [f"C{number}" for number in sorted(found)]


def said_by_claims() -> dict[str, str]:
    """Claim -> what it says, from the table of docs/method.md."""
    return dict(_ROW.findall((DOCS / "method.md").read_text(encoding="utf-8")))


def described(evaluator: Evaluator) -> list[str]:
    """What the module says of itself, and what its evaluator adds; a paragraph each."""
    module = _paragraphs(inspect.getmodule(type(evaluator)))
    return [*module, *_paragraphs(type(evaluator))[1:]]


def _paragraphs(code: object) -> list[str]:
    text = _ROLE.sub(_as_code, inspect.getdoc(code) or "")
    return [" ".join(part.split()) for part in text.replace("``", "`").split("\n\n")]


def _as_code(found: re.Match[str]) -> str:
    """A name as Sphinx shows it: with ``~``, its last part alone."""
    return f"`{found[2].rpartition('.')[2] if found[1] else found[2]}`"


def together(measures: Sequence[Measure]) -> Iterator[tuple[Measure, ...]]:
    """Measures, those of the two seats as one where they differ in the seat alone."""
    waiting = list(measures)
    while waiting:
        first = waiting.pop(0)
        if waiting and _same_of_seats(first, waiting[0]):
            yield first, waiting.pop(0)
        else:
            yield (first,)


def _same_of_seats(one: Measure, other: Measure) -> bool:
    alike = (one.definition, one.range, one.undefined) == (
        other.definition,
        other.range,
        other.undefined,
    )
    return alike and (one.name[-2:], other.name) == ("_o", f"{one.name[:-2]}_u")


def _listed(evaluator: Evaluator, measures: tuple[Measure, ...]) -> Iterator[str]:
    first = measures[0]
    yield ""
    yield "### " + ", ".join(f"`{evaluator.name}.{measure.name}`" for measure in measures)
    yield ""
    yield f"*{'; '.join(measure.title for measure in measures)}*"
    yield ""
    yield _text(first.definition)
    yield ""
    yield f"- Range: {_text(first.range)}"
    yield f"- Undefined: {_text(first.undefined)}"
    if first.source:
        yield f"- Source: {_text(first.source)}"
    if any(measure.headline for measure in measures):
        yield "- Tables show it."


def _text(text: str) -> str:
    """A sentence in which what is special in Markdown stays a sign."""
    plain = re.sub(r"([*<>|\[\]_])", r"\\\1", " ".join(text.split()))
    return plain if plain.endswith(".") else f"{plain}."


def page(evaluator: Evaluator, said: Mapping[str, str]) -> str:
    """The page of an evaluator.

    Args:
        evaluator: A built-in one.
        said: Claim -> what it says.
    """
    lines = [f"# Measures: `{evaluator.name}`", ""]
    lines += [
        "Made from the evaluator by `python docs/measures.py`. [All measures](../measures.md).",
        "",
    ]
    for paragraph in described(evaluator):
        lines += [paragraph, ""]
    reads = READS[kind_of(evaluator)]
    lines += _rest(evaluator, said, claims_of(evaluator), fooled_by_of(evaluator), reads)
    return "\n".join(lines) + "\n"


def _rest(
    evaluator: Evaluator,
    said: Mapping[str, str],
    claims: Sequence[str],
    fooled_by: Sequence[str],
    reads: str,
) -> Iterator[str]:
    yield f"It reads {reads}. Version {evaluator.version}."
    yield from ("", "## Which claim it serves", "")
    for claim in claims:
        yield f"- [{claim}](../claims.md#the-table): {said[claim]}"
    if not claims:
        yield "None: it says how far other measures can be relied on. [All claims](../claims.md)."
    yield from ("", "## What fools it", "")
    for sentence in fooled_by:
        yield f"- {sentence}"
    yield from ("", "## What it measures, and when that is undefined")
    for measures in together(evaluator.measures):
        yield from _listed(evaluator, measures)


def told_of_rubrics() -> dict[str, tuple[str, list[str]]]:
    """Rubric file that ships -> what fools it, and the claims that it serves, from the table of
    docs/rubrics.md."""
    found = _TOLD.findall((DOCS / "rubrics.md").read_text(encoding="utf-8"))
    return {
        name: (fools, [f"C{number}" for number, _ in _CLAIM.findall(claims)])
        for name, fools, claims in found
    }


def rubric_files() -> list[RubricFile]:
    """Those that ship, by name."""
    return [read_rubric(path) for path in sorted((ROOT / "evals" / "rubrics").glob("*.md"))]


def rubric_page(file: RubricFile, said: Mapping[str, str]) -> str:
    """The page of the evaluator of a rubric file.

    Args:
        file: One that ships.
        said: Claim -> what it says.
    """
    evaluator, (fools, claims) = scales_in(file), told_of_rubrics()[file.head.id]
    lines = [f"# Measures: `{evaluator.name}`", ""]
    lines += [
        "Made from the rubric by `python docs/measures.py`. [All measures](../measures.md).",
        "",
    ]
    lines += [
        f"{file.head.title}. {file.head.good_for}".replace("?.", "?"),
        "",
        f"A judge answers the questions of `evals/rubrics/{file.head.id}.md`, with quotes: "
        f"`track15 score RUN --judge MODEL --rubric {file.head.id}`. The value of an answer is its "
        "place on the scale ([rubrics.md](../rubrics.md#what-comes-of-it)). "
        + (
            "Every question is asked of both seats, in the same words."
            if file.head.each == "seat"
            else "Every question is asked once, of the whole."
        ),
        "",
    ]
    fooled_by = (f"{fools[0].upper()}{fools[1:]}.", *evaluator.fooled_by)
    lines += _rest(evaluator, said, claims, fooled_by, BY_JUDGE[file.head.for_])
    return "\n".join(lines) + "\n"


def index() -> str:
    """The page that lists all evaluators."""
    rows = [
        f"| [{one.name}](measures/{one.name}.md) | {len(one.measures)} "
        f"| {', '.join(claims_of(one))} | {described(one)[0]} |"
        for one in builtin()
    ]
    told = told_of_rubrics()
    by_rubric = [
        f"| [{name}](measures/{name}.md) | {len(scales_in(file).measures)} "
        f"| {', '.join(told[file.head.id][1])} | {file.head.title}. |".replace("?.", "?")
        for file in rubric_files()
        for name in (evaluator_name(file.head.id),)
    ]
    return HEAD + "\n".join(rows) + "\n" + BY_RUBRIC + "\n".join(by_rubric) + "\n"


def pages() -> dict[Path, str]:
    """Every page that this makes, and its text."""
    said = said_by_claims()
    made = {FOLDER / f"{one.name}.md": page(one, said) for one in builtin()}
    for file in rubric_files():
        made[FOLDER / f"{evaluator_name(file.head.id)}.md"] = rubric_page(file, said)
    return {INDEX: index(), **made}


def main() -> None:
    """Write all pages; those of evaluators that are no more are deleted."""
    made = pages()
    FOLDER.mkdir(exist_ok=True)
    for old in set(FOLDER.glob("*.md")) - made.keys():
        old.unlink()
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
