"""YAML files that people write: loaded with line numbers, so that an error can point at the line.

A file is composed once into YAML nodes; the plain data and the line of every key come from the same
nodes. :func:`load_model` validates the data against a pydantic model and turns what pydantic
reports into one :class:`~harness.errors.InputError` naming file, line, field and fix.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from harness.errors import InputError
from harness.files.advice import reason
from harness.files.regular import read_regular

KeyPath = tuple[str | int, ...]
ModelT = TypeVar("ModelT", bound=BaseModel)

MAX_REPORTED = 8
"""How many problems of one file are shown at once; the rest are counted."""

MAX_NODES = 200_000
"""How many values a file may hold once its aliases are written out: a few lines of aliases to
aliases would otherwise fill the memory."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a document: where (a path of keys and indices), what, and the fix."""

    path: KeyPath
    what: str
    fix: str = ""


class Problems(ValueError):  # noqa: N818 - many, and caught before anybody sees it
    """Raised inside a model's validator to report several problems at their own fields."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(p.what for p in self.problems))


@dataclass
class Document:
    """The data of a YAML file and the line (1-based) on which each path of it starts."""

    path: Path
    data: Any
    lines: dict[KeyPath, int] = field(default_factory=dict)

    def line(self, path: KeyPath) -> int:
        """Line of ``path``, or of the nearest enclosing path that is in the file."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1


class _Loader(yaml.SafeLoader):
    """SafeLoader that keeps ``yes``, ``no``, ``on``, ``off`` and dates as the words they are.

    YAML 1.1 turns them into booleans and date objects; an option called ``no`` would silently
    become ``False``.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.own_keys: dict[int, set[int]] = {}
        """Per mapping node, its key nodes before a merge (``<<``) puts others among them."""


_AS_TEXT = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")
_Loader.yaml_implicit_resolvers = {
    key: [(tag, regexp) for tag, regexp in resolvers if tag not in _AS_TEXT]
    for key, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def load_document(path: Path) -> Document:
    """Read one YAML document with the line of every field.

    Raises:
        InputError: The file is missing, unreadable, not UTF-8, not YAML, empty, or repeats a key.
    """
    text = read_text(path)
    try:
        loader = _Loader(text)
    except yaml.reader.ReaderError as error:
        where = f"{path}:{text.count(chr(10), 0, error.position) + 1}"
        raise InputError(
            f"the character U+{ord(text[error.position]):04X} is not text",
            where=where,
            fix="delete it, or save the file as plain UTF-8 text",
        ) from None
    try:
        node = loader.get_single_node()
        if node is None:
            raise InputError("the file is empty", where=str(path), fix="write at least 'id:'")
        document = Document(path=path, data=None)
        document.data = _build(loader, node, (), document)
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(path, error) from None
    except yaml.YAMLError as error:
        raise InputError(f"not valid YAML: {error}", where=str(path)) from None
    except RecursionError:
        raise InputError(
            "nested too deeply to read",
            where=str(path),
            fix="a value may not contain itself; write it out with less nesting",
        ) from None
    finally:
        loader.dispose()
    return document


def _not_yaml(path: Path, error: yaml.MarkedYAMLError) -> InputError:
    mark = error.problem_mark or error.context_mark
    problem = error.problem or error.context or "cannot be parsed"
    fix = "check the indentation; quote text that contains ': ' or starts with '{' or '['"
    if "'\\t'" in problem:
        fix = "indent with spaces, not tabs"
    elif "another document" in problem:
        problem, fix = "'---' starts a second document", "keep one document in a file"
    return InputError(
        f"not valid YAML: {problem}",
        where=f"{path}:{mark.line + 1}" if mark else str(path),
        fix=fix,
    )


def read_text(path: Path) -> str:
    """Text of a user's file, or one clear error.

    Raises:
        InputError: The file cannot be read, or is not UTF-8 text.
    """
    try:
        text = read_regular(path).decode("utf-8")
        return text.replace("\r\n", "\n").replace("\r", "\n")
    except FileNotFoundError:
        raise InputError("no such file", where=str(path), fix="check the path") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"not UTF-8 text (byte {error.start})",
            where=str(path),
            fix="save the file as UTF-8",
        ) from None
    except ValueError:
        raise InputError("not a path", where=repr(str(path)), fix="check the path") from None
    except OSError as error:
        raise InputError(f"cannot be read: {reason(error)}", where=str(path)) from None


def _build(loader: _Loader, node: yaml.Node, path: KeyPath, document: Document) -> Any:
    line = node.start_mark.line + 1
    document.lines.setdefault(path, line)
    if len(document.lines) > MAX_NODES:
        raise InputError(
            f"more than {MAX_NODES:,} values",
            where=f"{document.path}:{line}",
            fix="write a smaller file, with fewer aliases",
        )
    if isinstance(node, yaml.MappingNode):
        return _build_mapping(loader, node, path, document)
    if isinstance(node, yaml.SequenceNode):
        return [
            _build(loader, child, (*path, index), document)
            for index, child in enumerate(node.value)
        ]
    return _scalar(loader, node, document)


def _build_mapping(
    loader: _Loader, node: yaml.MappingNode, path: KeyPath, document: Document
) -> dict[str, Any]:
    own = loader.own_keys.setdefault(id(node), {id(key_node) for key_node, _ in node.value})
    loader.flatten_mapping(node)  # puts what '<<' merges in before the mapping's own keys
    mapping: dict[str, Any] = {}
    written: set[str] = set()
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = _scalar(loader, key_node, document)
        if not isinstance(key, (str, int, float)):
            raise InputError(
                "a key must be plain text",
                where=f"{document.path}:{line}",
                fix="put the key in quotes",
            )
        key = str(key)
        if key in written:
            raise InputError(
                f"{key!r} is written twice in the same block",
                where=f"{document.path}:{line}",
                fix="keep one of the two",
            )
        if id(key_node) in own:
            written.add(key)
        document.lines[(*path, key)] = line
        mapping[key] = _build(loader, value_node, (*path, key), document)
    return mapping


def _scalar(loader: _Loader, node: yaml.Node, document: Document) -> Any:
    try:
        return loader.construct_object(node, deep=True)
    except (ValueError, TypeError, KeyError, AttributeError):
        # What PyYAML lets through where a value does not fit its tag: '0x_', '!!int four'.
        raise InputError(
            f"the value {str(node.value)[:40]!r} cannot be read",
            where=f"{document.path}:{node.start_mark.line + 1}",
            fix="put it in quotes if it is text",
        ) from None


def load_model(path: Path, model: type[ModelT]) -> ModelT:
    """Load ``path`` as ``model``.

    Raises:
        InputError: As :func:`load_document`, or the data does not fit the model; every problem is
            named with its line, field and fix.
    """
    return validate(load_document(path), model)


def validate(document: Document, model: type[ModelT]) -> ModelT:
    """Validate a loaded document (see :func:`load_model`)."""
    if not isinstance(document.data, Mapping):
        raise InputError(
            "the file must be a mapping of fields",
            where=f"{document.path}:1",
            fix="start with 'id:'",
        )
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise input_error(document, problems_of(error, model)) from None


def input_error(document: Document, problems: list[Problem]) -> InputError:
    """One error for all problems of a document, in file order, each at its line."""
    ordered = sorted(problems, key=lambda p: document.line(p.path))
    shown = ordered[:MAX_REPORTED]
    first, rest = shown[0], shown[1:]
    what = _describe(first)
    for problem in rest:
        fix = f" (fix: {problem.fix})" if problem.fix else ""
        what += f"\n{document.path}:{document.line(problem.path)}: {_describe(problem)}{fix}"
    if len(ordered) > len(shown):
        what += f"\n... and {len(ordered) - len(shown)} more"
    # The first problem's fix belongs beside it when others follow.
    if rest and first.fix:
        head, _, tail = what.partition("\n")
        what = f"{head} (fix: {first.fix})\n{tail}"
    return InputError(
        what,
        where=f"{document.path}:{document.line(first.path)}",
        fix=(first.fix or None) if not rest else None,
    )


def _describe(problem: Problem) -> str:
    dotted = ".".join(str(part) for part in problem.path)
    return f"{dotted}: {problem.what}" if dotted else problem.what


_MENDS = {
    "string_type": "write text; put it in quotes if it looks like a number",
    "string_too_short": "write something here",
    "string_pattern_mismatch": "use lower-case letters, digits and '_', starting with a letter",
    "float_type": "write a number",
    "float_parsing": "write a number",
    "finite_number": "write an ordinary number",
    "int_type": "write a whole number",
    "int_parsing": "write a whole number",
    "int_from_float": "write a whole number",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "dict_type": "write one 'name: value' a line, indented",
    "model_type": "write one 'name: value' a line, indented",
    "tuple_type": "write a list: one '- item' a line, or [one, two]",
    "list_type": "write a list: one '- item' a line, or [one, two]",
    "literal_error": "use one of the words listed",
    "enum": "use one of the words listed",
    "less_than_equal": "write a number in the range",
    "greater_than_equal": "write a number in the range",
}
"""What to do about the errors pydantic reports by themselves."""


def problems_of(error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """What pydantic reported, in words for the person who wrote the file."""
    names = _field_names(model)
    problems: list[Problem] = []
    for item in error.errors():
        path = tuple(item["loc"])
        cause = item.get("ctx", {}).get("error")
        if isinstance(cause, Problems):
            problems.extend(Problem(path + p.path, p.what, p.fix) for p in cause.problems)
            continue
        given = item.get("input")
        match item["type"]:
            case "extra_forbidden":
                name = str(path[-1])
                close = difflib.get_close_matches(name, names, n=1)
                fix = f"did you mean {close[0]!r}?" if close else "remove it"
                problems.append(Problem(path, f"unknown field {name!r}", fix))
            case "missing":
                problems.append(
                    Problem(
                        path[:-1],
                        f"the field {path[-1]!r} is missing",
                        f"add '{path[-1]}:'",
                    )
                )
            case kind:
                message = str(item["msg"]).removeprefix("Value error, ")
                if kind == "string_pattern_mismatch":
                    message = "not a usable name"
                if isinstance(given, (str, int, float)) and len(shown := repr(given)) <= 60:
                    message += f" (got {shown})"
                if path and path[-1] == "[key]":  # pydantic's mark for the key of a mapping
                    path = path[:-1]
                problems.append(
                    Problem(path, message[:1].lower() + message[1:], _MENDS.get(kind, ""))
                )
    return problems


def _field_names(model: type[BaseModel]) -> list[str]:
    schema = model.model_json_schema()
    blocks = [schema, *schema.get("$defs", {}).values()]
    return sorted({name for block in blocks for name in block.get("properties", {})})
