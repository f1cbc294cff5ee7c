"""A written plan as a YAML file: which option it advises on which issue.

    title: A way out
    scenario: ceasefire
    advises:
      alignment: neutral_backed
      guarantees: {option: all_must_agree, sentence: "The guarantors decide together."}

``title``, ``scenario`` and ``sentence`` may be left out, and so may ``advises`` itself: a file that
is nothing but ``issue: option`` is a plan. An issue that is left out, or has no value, is one that
the plan does not address. That is never taken for the option which somebody would have liked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.disputes.scenario import Scenario
from harness.errors import InputError, brief, suggest
from harness.files.problems import Problem
from harness.files.yamlfile import Document, input_error, load_document, read_text

_FIELDS: Final = ("title", "scenario", "advises")
_ADVICE: Final = ("option", "sentence")
_WRITE: Final = "write 'issue: option', one a line: track15 audit --template --scenario NAME"


@dataclass(frozen=True)
class Advice:
    """What a plan advises on one issue.

    Attributes:
        option: Id of the option.
        sentence: The sentence of the plan on which that rests; None where none is given.
    """

    option: str
    sentence: str | None = None


@dataclass(frozen=True)
class WrittenPlan:
    """What a plan advises.

    Attributes:
        title: As the plan calls itself; None where it does not.
        advises: Issue -> advice, in the order of the agenda, of the issues that it addresses.
    """

    title: str | None
    advises: Mapping[str, Advice]

    @property
    def package(self) -> dict[str, str]:
        """Issue -> option, of the issues that it addresses."""
        return {issue: advice.option for issue, advice in self.advises.items()}


@dataclass(frozen=True)
class PlanFile:
    """A plan that was read, and not yet held against a dispute.

    Attributes:
        document: The file, with its lines.
        scenario: The scenario that it names; None where it names none.
    """

    document: Document
    scenario: str | None

    @property
    def title(self) -> str | None:
        """As the plan calls itself; None where it does not."""
        title = self.document.data.get("title") if "advises" in self.document.data else None
        return title if isinstance(title, str) else None

    def on(self, scenario: Scenario) -> WrittenPlan:
        """The plan for a dispute.

        Raises:
            InputError: It names an issue or an option that the dispute does not have, or advises
                nothing at all.
        """
        return _Reader(self.document, scenario).plan()


def read_plan(path: Path) -> PlanFile:
    """Read the file of a plan.

    Args:
        path: As :func:`harness.files.catalogue.find` gives it.

    Raises:
        InputError: It cannot be read, or is no YAML mapping.
    """
    text = read_text(path)
    if not text.strip():
        raise InputError("the plan is empty", where=str(path), fix=_WRITE)
    document = load_document(path, text)
    data = document.data
    if not isinstance(data, dict) or not data:
        raise InputError("a plan is a mapping of issues to options", where=f"{path}:1", fix=_WRITE)
    named = data.get("scenario") if "advises" in data else None
    if named is not None and not isinstance(named, str):
        problem = Problem(("scenario",), "this is no name", "write the name of a scenario")
        raise input_error(document, [problem])
    return PlanFile(document, named)


class _Reader:
    """Holds a file against a dispute, and gathers what is wrong."""

    def __init__(self, document: Document, scenario: Scenario) -> None:
        self._document = document
        self._scenario = scenario
        self._problems: list[Problem] = []

    def plan(self) -> WrittenPlan:
        data: dict[str, Any] = self._document.data
        title: str | None = None
        at: tuple[str, ...] = ()
        advises = data
        if "advises" in data:
            title, advises, at = self._head(data), data["advises"], ("advises",)
        found = self._advice(advises, at) if isinstance(advises, dict) else {}
        if not self._problems and not found:
            fix = f"write 'issue: option', one a line; the issues are {', '.join(self._issues())}"
            self._problems.append(Problem(at, "the plan advises nothing", fix))
        if self._problems:
            raise input_error(self._document, self._problems)
        return WrittenPlan(title, {i: found[i] for i in self._issues() if i in found})

    def _issues(self) -> tuple[str, ...]:
        return self._scenario.issue_ids()

    def _head(self, data: Mapping[str, Any]) -> str | None:
        for key in data:
            if key not in _FIELDS:
                self._problem((key,), "a plan has no such field", suggest(key, _FIELDS))
        title = data.get("title")
        if title is not None and not isinstance(title, str):
            self._problem(("title",), "this is no text", "write text")
            return None
        return title

    def _advice(self, advises: Mapping[str, Any], at: tuple[str, ...]) -> dict[str, Advice]:
        found = {}
        if len(advises) > 1 and not set(advises) & set(self._issues()):
            self._problem(at, *self._foreign())
            return {}
        for issue, value in advises.items():
            where = (*at, issue)
            if issue not in self._issues():
                what = f"{self._scenario.id} has no such issue"
                self._problem(where, what, suggest(issue, self._issues()))
            elif value is not None:
                advice = self._one(issue, value, where)
                if advice is not None:
                    found[issue] = advice
        return found

    def _foreign(self) -> tuple[str, str]:
        """What is wrong with a plan none of whose issues the dispute has, and what to do."""
        named = self._document.data.get("scenario")
        own = self._scenario.id
        what = f"none of its issues is one of {own}"
        known = f"the issues of {own} are {', '.join(self._issues())}"
        if isinstance(named, str) and named != own:
            return f"{what}: it says that it is for {brief(named)}", "leave out --scenario"
        return what, f"name the dispute that it is for with --scenario; {known}"

    def _one(self, issue: str, value: object, where: tuple[str, ...]) -> Advice | None:
        sentence: object = None
        if isinstance(value, dict):
            fields: dict[str, object] = value
            for key in fields:
                if key not in _ADVICE:
                    self._problem((*where, key), "advice has no such field", suggest(key, _ADVICE))
            value, sentence = fields.get("option"), fields.get("sentence")
            where = (*where, "option")
        options = self._scenario.issue(issue).option_ids()
        if not isinstance(value, str) or value not in options:
            shown = "no text" if not isinstance(value, str) else brief(value)
            fix = suggest(value if isinstance(value, str) else "", options)
            self._problem(where, f"{shown} is no option of {issue}", fix)
            return None
        if sentence is not None and not isinstance(sentence, str):
            self._problem((*where[:-1], "sentence"), "this is no text", "write text")
            return None
        return Advice(value, sentence)

    def _problem(self, where: tuple[str, ...], what: str, fix: str) -> None:
        self._problems.append(Problem(where, what, fix))


def template(scenario: Scenario) -> str:
    """A file to fill in: every issue without a value, with its question and its options."""
    lines = [
        "# A plan for this dispute. Write one of the options after each issue that the plan",
        "# addresses, and leave the others empty.",
        "title:",
        f"scenario: {scenario.id}",
        "advises:",
    ]
    for issue in scenario.issues:
        lines.append(f"  # {scenario.say(issue.question)}")
        lines += [f"  #   {one.id}: {scenario.say(one.text)}" for one in issue.options]
        lines.append(f"  {issue.id}:")
    return "\n".join(lines) + "\n"
