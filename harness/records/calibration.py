"""How good a judge is, as it was found on transcripts whose truth is known: one JSON file.

A calibration is of one judge, as one server serves it, and of one rubric. It holds the values that
the truth gives of each measure beside those that the judge's readings give. These pairs are what
an estimate is corrected by. The file may come from a stranger: it is read as data, bounded, and
its words are shown as words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import to_json

from harness.disputes.scenario import Part, Scenario, Slug
from harness.errors import InputError
from harness.files.advice import advice, reason
from harness.files.regular import read_head
from harness.models.identity import Identity
from harness.records.judgement import Judge, JudgementSpec, Rubric

SCHEMA: Final = "track15/calibration/1"
MOST_BYTES: Final = 32 << 20
"""Of a file; a calibration of a hundred transcripts takes a hundredth of it."""
MOST_PAIRS: Final = 100_000
"""Of one measure."""
MOST_VALUE: Final = 1e6
"""Of a measure of one transcript, above and below 0."""
_FIX: Final = "name a file that was written by: track15 calibrate MODEL --record FILE"

Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(max_length=2000)]
MeasureName = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_.]*$", max_length=200)
]
Number = Annotated[float, Field(ge=-MOST_VALUE, le=MOST_VALUE)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Kept(Part):
    """Base of the parts of the file: unknown fields of a newer version are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class Figure(Kept):
    """A figure with its 95 % interval; None is "cannot be computed", never 0.

    ``n`` counts what it is of: events, transcripts or pairs, as its name says.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = Field(ge=0)


class Pair(Kept):
    """One measure of one transcript: what the truth gives, and what the judge's reading gives.

    ``cluster`` names what is no independent evidence of it, as the scenario that it was planted
    in; empty where that is the transcript. ``marks`` tell pairs apart, as ``{"manner":
    "devious"}``. ``weight`` is 1, or the inverse of the chance with which it was drawn.
    """

    transcript: Word
    truth: Number | None
    judged: Number | None
    cluster: Annotated[str, StringConstraints(max_length=200)] = ""
    marks: dict[Word, Word] = Field(default_factory=dict, exclude_if=lambda marks: not marks)
    weight: float = Field(default=1.0, gt=0, exclude_if=lambda weight: weight == 1.0)


class RubricRead(Kept):
    """The rubric that was asked, in whatever scenario: see :func:`rubric_digest`."""

    id: Slug
    version: int = Field(ge=1)
    digest: Digest


class Usable(Kept):
    """Whether the judge may be used for one criterion, by the rule that the calibration states."""

    usable: Literal["yes", "no", "unclear"]
    why: Text


class Calibration(Kept):
    """How good a judge is.

    Attributes:
        made: When (UTC, ISO 8601).
        judge: Whom it is of.
        served: What its server said that it serves; None where it did not tell.
        planted: Digest of the planted transcripts.
        split: Which part of them was read.
        seeds: Of the judgements.
        transcripts: How many were judged.
        abstained, unusable: Verdicts that the judge did not give, and judgements without a result.
        events: Of a rubric that makes a list, of all kinds together, as ``precision`` and
            ``recall``.
        items: Of a rubric that asks questions, item -> its figures; empty else.
        per_kind: Kind of what was planted -> the same.
        agreement, bias, stability: Figures by name.
        pairs: ``evaluator.measure`` -> one an entry.
        verdict: Criterion -> whether the judge may be used for it.
    """

    schema_: Literal["track15/calibration/1"] = Field(default=SCHEMA, alias="schema")
    made: Word
    judge: Judge
    served: Identity | None = None
    rubric: RubricRead
    planted: Digest
    split: Word
    seeds: tuple[int, ...] = Field(max_length=1000)
    transcripts: int = Field(ge=0)
    abstained: int = Field(default=0, ge=0)
    unusable: int = Field(default=0, ge=0)
    events: dict[Word, Figure] = Field(default_factory=dict)
    items: dict[Word, dict[Word, Figure]] = Field(
        default_factory=dict, max_length=1000, exclude_if=lambda items: not items
    )
    per_kind: dict[Word, dict[Word, Figure]] = Field(default_factory=dict)
    agreement: dict[Word, Figure] = Field(default_factory=dict)
    bias: dict[Word, Figure] = Field(default_factory=dict)
    stability: dict[Word, Figure] = Field(default_factory=dict)
    pairs: dict[MeasureName, Annotated[tuple[Pair, ...], Field(max_length=MOST_PAIRS)]] = Field(
        default_factory=dict, max_length=1000
    )
    verdict: dict[Word, Usable] = Field(default_factory=dict)

    model_config = ConfigDict(populate_by_name=True)

    def as_bytes(self) -> bytes:
        """The file."""
        return to_json(self.model_dump(mode="json", by_alias=True), indent=1) + b"\n"

    def misfits(
        self, judge: Judge, served: Identity | None, rubric: str, digest: str | None
    ) -> list[str]:
        """In what it is of something else than these judgements, a phrase each; none where it fits.

        Where one of both servers does not tell what it serves, that is taken for the same.

        Args:
            judge: Who judged.
            served: What its server said that it serves; None where it did not tell.
            rubric: Id of the rubric that was asked.
            digest: Of :func:`rubric_digest`; None where it is not to be held.
        """
        found = []
        if judge.model != self.judge.model:
            found.append(f"it is of the judge {self.judge.model!r}, and {judge.model!r} judged")
        elif judge.settings != self.judge.settings:
            found.append(f"it is of {judge.model!r} with other settings")
        if self.served is not None and served is not None:
            found += [
                f"the judge's {name.replace('_', ' ')} was {before!r} and is {now!r}"
                for name, (before, now) in self.served.differences(served).items()
            ]
        if rubric != self.rubric.id:
            found.append(f"it is of the rubric {self.rubric.id!r}, and {rubric!r} was asked")
        elif digest is not None and digest != self.rubric.digest:
            found.append(f"the rubric {rubric!r} asks in other words than it did then")
        return found


def rubric_digest(spec: JudgementSpec, scenario: Scenario | None = None) -> str:
    """The SHA-256 of what a rubric asks, apart from the dispute that it is asked in.

    Of a rubric that makes a list, issues and options of the dispute are in its items, so that these
    are no part of it: the version is raised where what is asked of an item changes. Of a rubric
    file, whose answers stand on scales, every word is part of it that a judge reads. Only the names
    of the two parties and the public summary of the dispute are not.

    Args:
        spec: A judgement by it, in its usual form.
        scenario: The dispute in the twin that was judged, for a rubric file; without it, the
            digest of one holds its dispute too. Other rubrics take none.
    """
    rubric = spec.rubric
    asked: dict[str, Any] = {
        "id": rubric.id,
        "version": rubric.version,
        "listed": rubric.listed if rubric.placed else rubric.listed is not None,
        "fields": [
            [one.id, one.question, one.of_item, one.speaker, one.quoted] for one in rubric.fields
        ],
        "templates": sorted(spec.templates.items()),
    }
    if any(one.scale is not None for one in rubric.items):
        asked |= _wording(rubric, scenario)
    return hashlib.sha256(to_json(asked)).hexdigest()


def _wording(rubric: Rubric, scenario: Scenario | None) -> dict[str, Any]:
    """Every word that a rubric on scales asks in, with placeholders for what is of the dispute."""
    about = rubric.about
    told: Callable[[str], str] = str
    if scenario is not None:
        about = about.removesuffix(scenario.say(scenario.summary))
        told = _without_names(scenario)
    return {
        "about": told(about),
        "terms": rubric.terms,
        "items": [
            [
                item.id,
                item.told,
                told(item.question),
                item.scale,
                None if item.said_by is None else told(item.said_by),
                [[one.id, told(one.text), one.quoted] for one in item.answers],
            ]
            for item in rubric.items
        ],
    }


def _without_names(scenario: Scenario) -> Callable[[str], str]:
    """What puts the seats in place of the names of the two parties, in whole words. No text of a
    rubric file has such braces of its own."""
    seats = {
        scenario.principals[party].name: f"{{{seat}}}"
        for seat, party in (("o", scenario.seats.o), ("u", scenario.seats.u))
    }
    longest_first = sorted(seats, key=len, reverse=True)
    names = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    return lambda text: names.sub(lambda found: seats[found[0]], text)


def read_calibration(path: Path) -> Calibration:
    """The calibration in a file.

    Raises:
        InputError: It cannot be read, is too large, or is no calibration; names the field.
    """
    try:
        content = read_head(path, MOST_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"the calibration cannot be read: {reason(error)}",
            where=str(path),
            fix=advice(error, reading=True),
        ) from None
    if len(content) > MOST_BYTES:
        raise InputError(
            f"this is no calibration: it is larger than {MOST_BYTES:,} bytes",
            where=str(path),
            fix=_FIX,
        )
    try:
        return Calibration.model_validate_json(content)
    except ValidationError as error:
        raise InputError(
            f"this is no calibration: {_first(error)}", where=str(path), fix=_FIX
        ) from None


def _first(error: ValidationError) -> str:
    """What is wrong first, and in which field; never a value of the file."""
    (problem, *_) = error.errors(include_input=False, include_url=False, include_context=False)
    place = ".".join(str(part)[:60] for part in problem["loc"][:6])
    shown = "".join(one if one.isprintable() else "?" for one in place)
    if problem["type"] == "json_invalid":
        return "it is not JSON"
    return f"{shown or 'the file'}: {problem['msg'][:200]}"
