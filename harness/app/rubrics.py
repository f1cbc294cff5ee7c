"""The rubrics that there are, and what one of them would ask."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.app.planted_rubrics import is_planted
from harness.app.soundness import Row, State
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from harness.errors import InputError, Track15Error, closest, counted
from harness.evaluators.scales import place_of, scales_in
from harness.files.catalogue import data_root, find
from harness.files.paths import shown_path
from harness.judging.stage import ITEM_TOKENS
from harness.plans.named_rubrics import read_own, rubric_files, rubric_of_file
from harness.plans.rubric_file import Question, RubricFile
from harness.plans.rubrics import RUBRICS, TOGETHER, RunRubric
from harness.plans.swaps import SWAPS
from harness.prompting.judging import judging_prompts
from harness.records.judgement import JudgedItem, Rubric
from harness.records.publication import PUBLICATION

EXAMPLE: Final = "ceasefire"
"""The shipped scenario by which a rubric is shown."""
MOST_STEPS: Final = 5
"""Steps of a scale that are told apart; more are worth a look."""
_OURS: Final = "the program"
_UNUSABLE: Final = "unusable: "


@dataclass(frozen=True)
class RubricChecked:
    """What was found about a rubric file.

    Attributes:
        ref: As it was named.
        title: As a reader knows it.
        rows: Every rule and question, in the order in which it is told.
        prompt: What the judge is told first, for the scenario :data:`EXAMPLE`.
        measures: The names under which the answers are scored.
        use: The arguments of ``track15`` that judge a run by it.
    """

    ref: str
    title: str
    rows: tuple[Row, ...]
    prompt: str
    measures: tuple[str, ...]
    use: str

    @property
    def sound(self) -> bool:
        """Always: what is wrong in a rubric file is an error when it is read."""
        return True

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "checked": self.ref,
            "kind": "rubric",
            "title": self.title,
            "sound": self.sound,
            "rows": [row.as_json() for row in self.rows],
            "measures": list(self.measures),
            "scenario": EXAMPLE,
            "prompt": self.prompt,
            "play": self.use,
        }


def rubric_rows() -> list[dict[str, str]]:
    """Every rubric: what it reads, the form of its answers, calls a record, whether a judge can be
    calibrated by it on planted transcripts, and what it asks. A file that is wrong has a row with
    the error."""
    example = _example()
    parts = {one for names in TOGETHER.values() for one in names}
    rows = [_row(one, one.of(example), 1) for name, one in RUBRICS.items() if name not in parts]
    for name, names in TOGETHER.items():
        first = RUBRICS[names[0]]
        rows.append({**_row(first, first.of(example), len(names)), "rubric": name})
    for path in rubric_files():
        try:
            file = read_own(path)
        except Track15Error as error:
            wrong = f"{_UNUSABLE}{error.where or path}: {error.what.splitlines()[0]}"
            blank = dict.fromkeys(rows[0], "")
            rows.append({**blank, "rubric": path.stem, "asks": wrong})
            continue
        one = rubric_of_file(file)
        shipped = path.resolve().parent == data_root("evals") / "rubrics"
        place = "shipped" if shipped else shown_path(path)
        rows.append({**_row(one, file.of(example), 1), "from": place})
    return rows


def _row(rubric: RunRubric, asked: Rubric, calls: int) -> dict[str, str]:
    form = "a list" if asked.listed is not None else counted(len(asked.items), "question")
    return {
        "rubric": rubric.id,
        "reads": "article" if PUBLICATION in rubric.kinds else "talks",
        "form": form,
        "calls": f"{calls}+" if asked.topics else str(calls),  # long talks are judged by topic
        "planted": "yes" if is_planted(rubric) else "no",
        "asks": rubric.asks,
        "from": _OURS,
    }


def is_markdown(ref: str) -> bool:
    """Whether a name is that of a Markdown file, as rubrics are."""
    return ref.endswith((".md", ".markdown"))


def rubric_path(name: str) -> Path | None:
    """The rubric file of that name; None where there is none."""
    try:
        return find("rubrics", name)
    except InputError:
        return None


def like_rubrics(name: str) -> list[str]:
    """Names of rubric files that somebody may have meant, the likeliest first."""
    return closest(name, [path.stem for path in rubric_files()])


def check_rubric(ref: str, path: Path) -> RubricChecked:
    """Look at a rubric file: nothing is sent.

    Args:
        ref: As the user named it.
        path: Of the file.

    Raises:
        InputError: It is wrong; names every line and its fix.
    """
    file = read_own(path)
    asked = file.of(_example())
    prompt = judging_prompts().system(asked)
    scales = scales_in(file)
    return RubricChecked(
        ref=ref,
        title=file.head.title,
        rows=(
            *_about(file, asked, prompt),
            _calibrated(ref, rubric_of_file(file)),
            *map(_question, file.head.items),
        ),
        prompt=prompt,
        measures=tuple(f"{scales.name}.{name}" for name in scales.asked),
        use=f"score RUN --judge PROVIDER/MODEL --rubric {ref}",
    )


def _example() -> Scenario:
    (scenario,) = load_scenarios(EXAMPLE)
    return scenario


def _about(file: RubricFile, asked: Rubric, prompt: str) -> Iterator[Row]:
    head = file.head
    read = "the article, paragraph by paragraph"
    if head.for_ == "talks":
        read = "what was said aloud in talks, statement by statement"
        read += ", with the terms put beside it" if head.reads == "terms" else ""
    yield Row("reads", "good", read)
    each = "about each of the two seats" if head.each == "seat" else "once"
    yield Row(
        "asks",
        "good",
        f"{len(head.items)} of its own, {each}, and whether something speaks to its judge: "
        f"{len(asked.items)} in all",
    )
    tokens = len(prompt) // 4
    yield Row(
        "takes",
        "good",
        f"1 call a record; about {tokens:,} prompt tokens beside the record, and at most about "
        f"{len(asked.items) * ITEM_TOKENS:,} of reply. --swap {','.join(SWAPS)} asks each "
        f"{len(SWAPS)} times more",
    )


def _calibrated(ref: str, rubric: RunRubric) -> Row:
    """By what it can be found out how a judge errs."""
    quoted = shlex.quote(ref)
    if is_planted(rubric):
        said = f"of a judge, by planted transcripts: track15 calibrate MODEL --rubric {quoted}"
    else:
        said = (
            "of a judge, by people's labels, since nothing is planted for it: track15 label RUN "
            f"--rubric {quoted}"
        )
    return Row("errors", "good", said)


def _question(item: Question) -> Row:
    """One question and its scale, and what is unusual about it."""
    made = JudgedItem.model_validate(
        {
            "id": item.id,
            "question": item.question,
            "answers": [step.model_dump() for step in item.scale],
            "scale": "direction" if item.directed else "degree",
        }
    )
    steps = ", ".join(f"{step.id} {place_of(made, step.id):.2g}" for step in item.scale)
    free = [number for number, step in enumerate(item.scale) if not step.quoted]
    due = len(item.scale) // 2 if item.directed else 0
    state: State = "good"
    fix = ""
    if free != [due]:
        state = "warn"
        fix = (
            "the answer for what is not there usually stands "
            f"{'in the middle' if item.directed else 'first'}, and it alone needs no quote"
        )
    elif len(item.scale) > MOST_STEPS:
        state, fix = "warn", "judges tell few steps apart: three to five are usual"
    return Row(item.id, state, steps, fix=fix)
