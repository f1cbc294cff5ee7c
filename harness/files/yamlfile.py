"""YAML files that people write: loaded with line numbers, so that an error can point at the line.

A file is composed once into YAML nodes; the plain data and the line of every key come from the same
nodes. :func:`load_model` validates the data against a pydantic model and turns what pydantic
reports into one :class:`~harness.errors.InputError` naming file, line, field and fix.

Kept by hand, on PyYAML's nodes: ruamel.yaml knows the lines as well, but it is slower, and the
bounds on depth and size and the messages would be written here all the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from harness.errors import NAME_SHOWN, InputError, brief
from harness.files.advice import reason
from harness.files.problems import WRITTEN, KeyPath, Problem, Problems, problems_of
from harness.files.regular import open_regular

__all__ = [
    "Document",
    "KeyPath",
    "Problem",
    "Problems",
    "input_error",
    "load_document",
    "load_model",
    "problems_of",
    "read_text",
    "validate",
]

ModelT = TypeVar("ModelT", bound=BaseModel)

MAX_REPORTED: Final = 8
"""How many problems of one file are shown at once; the rest are counted."""

MAX_BYTES: Final = 500_000
"""Bytes of a file that a person writes; what ships is below a tenth of it."""
MAX_NODES = 30_000
"""How many values a file may hold once its aliases are written out: a few lines of aliases to
aliases would otherwise fill the memory."""
MAX_DEPTH: Final = 40
"""How deep blocks may stand in blocks; what ships is six deep."""
MAX_NUMBER: Final = 40
"""Characters of a number. A longer one is no quantity, and costs more than it is worth to read."""


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


_TAG: Final = "tag:yaml.org,2002:"


class _Loader(yaml.SafeLoader):
    """SafeLoader that keeps ``yes``, ``no``, ``on``, ``off``, dates and times of day as the words
    they are, and stops at the line where a file goes past what a person writes.

    YAML 1.1 turns them into booleans, dates and numbers to the base 60; an option called ``no``
    would silently become ``False``.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0
        self.nodes = 0
        self.merged: dict[int, dict[str, _Entry] | None] = {}
        """Per mapping node its entries, those that '<<' brings in among them; None while they are
        being gathered."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        self.depth += 1
        self.nodes += 1
        try:
            if self.depth > MAX_DEPTH:
                raise _AtLineError(mark.line, *_TOO_DEEP)
            if self.nodes > MAX_NODES:
                raise _AtLineError(mark.line, *_too_many())
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


@dataclass(frozen=True)
class _Entry:
    """A key and its value in a mapping."""

    key: yaml.Node
    value: yaml.Node


class _AtLineError(Exception):
    """What keeps a file from being read: at which line (from 0), what, and the fix."""

    def __init__(self, line: int, what: str, fix: str) -> None:
        super().__init__(what)
        self.line, self.what, self.fix = line, what, fix


_TOO_DEEP = (
    f"nested too deeply to read: more than {MAX_DEPTH} blocks in one another",
    "a value must not contain itself; write it out with less nesting",
)


def _too_many() -> tuple[str, str]:
    return f"more than {MAX_NODES:,} values", "write a smaller file, with fewer aliases"


_DECIMAL = re.compile(r"[-+]?[0-9]+")
_INT = re.compile(r"^(?:[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+)$")
_FLOAT = re.compile(
    r"^(?:[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
)
_OURS = {f"{_TAG}{name}" for name in ("bool", "timestamp", "int", "float", "value")}
_Loader.yaml_implicit_resolvers = {
    key: [(tag, regexp) for tag, regexp in resolvers if tag not in _OURS]
    for key, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(f"{_TAG}bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver(f"{_TAG}int", _INT, list("-+0123456789"))
_Loader.add_implicit_resolver(f"{_TAG}float", _FLOAT, list("-+.0123456789"))


def load_document(path: Path, text: str | None = None) -> Document:
    """Read one YAML document with the line of every field.

    Args:
        path: Of the file.
        text: What is in it, where it was read already (:func:`read_text`).

    Raises:
        InputError: The file is missing, unreadable, not UTF-8, not YAML, empty, or repeats a key.
    """
    text = read_text(path) if text is None else text
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
    except _AtLineError as error:
        where = f"{path}:{error.line + 1}"
        raise InputError(error.what, where=where, fix=error.fix) from None
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(path, error) from None
    except yaml.YAMLError as error:
        raise InputError(f"not valid YAML: {error}", where=str(path)) from None
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
        with open_regular(path) as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise InputError(
                f"larger than {MAX_BYTES:,} bytes",
                where=str(path),
                fix="the whole file is read at once; write a smaller one",
            )
        return raw.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
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
    line = node.start_mark.line
    document.lines.setdefault(path, line + 1)
    if len(document.lines) > MAX_NODES:
        raise _AtLineError(line, *_too_many())
    if len(path) > MAX_DEPTH:
        raise _AtLineError(line, *_TOO_DEEP)
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key, entry in _entries(loader, node).items():
            document.lines[(*path, key)] = entry.key.start_mark.line + 1
            mapping[key] = _build(loader, entry.value, (*path, key), document)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        _hold_tag(node, "seq")
        return [
            _build(loader, child, (*path, index), document)
            for index, child in enumerate(node.value)
        ]
    return _scalar(node)


def _entries(loader: _Loader, node: yaml.MappingNode) -> dict[str, _Entry]:
    """What a mapping holds by key, the text as it is written: what '<<' merges in, where the
    mapping does not say otherwise, and then its own. Every mapping is gathered once, and each of
    its keys once, so that merges of merges stay as small as what is written."""
    known = loader.merged.get(id(node))
    if known is not None:
        return known
    line = node.start_mark.line
    if id(node) in loader.merged:
        raise _AtLineError(line, *_TOO_DEEP)
    loader.merged[id(node)] = None
    _hold_tag(node, "map")
    own: dict[str, _Entry] = {}
    brought: dict[str, _Entry] = {}
    for key_node, value_node in node.value:
        at = key_node.start_mark.line
        if key_node.tag == f"{_TAG}merge":
            for mapping in _merged_in(value_node, at):
                for key, entry in _entries(loader, mapping).items():
                    brought.setdefault(key, entry)
                    loader.nodes += 1
                if loader.nodes > MAX_NODES:
                    raise _AtLineError(at, *_too_many())
            continue
        if not isinstance(key_node, yaml.ScalarNode) or key_node.tag == f"{_TAG}null":
            raise _AtLineError(at, "a key must be plain text", "put the key in quotes")
        key = key_node.value
        if key in own:
            what = f"{brief(key)} is written twice in the same block"
            raise _AtLineError(at, what, "keep one of the two")
        own[key] = _Entry(key_node, value_node)
    found = {**brought, **own}
    loader.merged[id(node)] = found
    return found


def _merged_in(node: yaml.Node, line: int) -> list[yaml.MappingNode]:
    """The mappings after '<<': one, or a list of them, of which the first goes before the others.
    Each counts once, however often it is named."""
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    found: dict[int, yaml.MappingNode] = {}
    for one in nodes:
        if not isinstance(one, yaml.MappingNode):
            what = "'<<' merges mappings, and this is not one"
            raise _AtLineError(line, what, "write '<<: *name' for a block marked '&name'")
        found[id(one)] = one
    return list(found.values())


def _hold_tag(node: yaml.Node, kind: str) -> None:
    if node.tag != f"{_TAG}{kind}":
        shown = node.tag.replace(_TAG, "!!")
        what = f"the tag {brief(shown)} is not read here"
        raise _AtLineError(
            node.start_mark.line,
            what,
            "write the value without it; quote text that starts with '!'",
        )


def _scalar(node: yaml.Node) -> str | int | float | bool | None:
    """A value: text as it stands, a number in decimal (``0x`` and ``0o`` besides), true or false.
    ``010`` is ten."""
    text: str = node.value
    kind = node.tag.removeprefix(_TAG)
    if kind in ("int", "float") and len(text) > MAX_NUMBER:
        what = f"a number of {len(text):,} characters cannot be read; {MAX_NUMBER} is the limit"
        raise _AtLineError(node.start_mark.line, what, "put it in quotes if it is text")
    match kind:
        case "str":
            return text
        case "null":
            return None
        case "bool" if text in ("true", "false"):
            return text == "true"
        case "int" if _INT.match(text):
            return int(text, 10 if _DECIMAL.fullmatch(text) else 0)
        case "float" if _FLOAT.match(text) or _DECIMAL.fullmatch(text):
            return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        case "bool" | "int" | "float":
            what = f"the value {brief(text)} cannot be read"
            raise _AtLineError(node.start_mark.line, what, "put it in quotes if it is text")
    _hold_tag(node, "str")
    raise AssertionError("the tag was held")


def load_model(path: Path, model: type[ModelT]) -> ModelT:
    """Load ``path`` as ``model``.

    Raises:
        InputError: As :func:`load_document`, or the data does not fit the model; every problem is
            named with its line, field and fix.
    """
    return validate(load_document(path), model)


def validate(document: Document, model: type[ModelT], *, played: bool = True) -> ModelT:
    """Validate a loaded document (see :func:`load_model`).

    Args:
        played: Whether it is about to be played, and held to what is asked of it then.
    """
    if not isinstance(document.data, Mapping):
        raise InputError(
            "the file must be a mapping of fields",
            where=f"{document.path}:1",
            fix="start with 'id:'",
        )
    try:
        return model.model_validate(document.data, context=WRITTEN if played else None)
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
    dotted = ".".join(str(part)[:NAME_SHOWN] for part in problem.path)
    return f"{dotted}: {problem.what}" if dotted else problem.what
