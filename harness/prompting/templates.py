"""The prompt templates of one kind of stage: found, checked and rendered.

Templates are Markdown with Jinja, one file a piece. They run in Jinja's sandbox, those of a folder
of the user's within bounds (:mod:`harness.prompting.bounds`), and an undefined variable is an
error. A stage's spec holds the
hashes of its own kind's templates, so a new template of another kind changes no id.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from harness.errors import InputError
from harness.files.catalogue import data_root
from harness.prompting.folder import SUFFIX, hold_names, read_templates, refuse_unused

if TYPE_CHECKING:
    from types import CodeType

    from harness.prompting.bounds import OwnEnvironment

_BLANK_LINES: Final = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
_MARKERS: Final = re.compile(r"<(?=\S)|\[(?=/?[A-Z_]+\])")


class Templates:
    """The templates of a kind: the user's folder first, then the shipped ones.

    Args:
        kind: Of stage; the shipped templates lie in ``prompts/KIND``.
        variables: The pieces, and the variables each may use.
        root: Folder whose templates replace the shipped ones of the same name; None for none. It
            may hold further templates for its own to include. Where it has a folder of the kind's
            name, as ``prompts/`` has, that one is meant.
        shipped: Where the shipped ones lie, if not there.

    Raises:
        InputError: The folder or a template in it is unusable; names the file and the line.
    """

    def __init__(
        self,
        kind: str,
        variables: Mapping[str, frozenset[str]],
        root: Path | None = None,
        shipped: Path | None = None,
    ) -> None:
        self._variables = variables
        self._folders = [shipped or data_root("prompts") / kind]
        if root is not None:
            if not root.is_dir():
                raise InputError("no such folder", where=str(root), fix="check --prompts")
            root = _own_folder(root, kind)
            self._folders.insert(0, root)
        self.root = root
        self._sources = self._read()
        if root is not None:
            hold_names(root, variables)
        self._environment = self._open()

    def hashes(self) -> dict[str, str]:
        """Template name -> first 16 hexadecimal digits of the SHA-256 of its text."""
        return {
            name: hashlib.sha256(text.encode()).hexdigest()[:16]
            for name, (_, text) in self._sources.items()
        }

    def render(self, name: str, variables: Mapping[str, object]) -> str:
        """The words of a piece.

        Args:
            name: Of its template.
            variables: What the template may use.

        Raises:
            InputError: The template cannot be rendered; names the file and the line.
        """
        self._environment.begin()
        try:
            text = self._environment.get_template(f"{name}{SUFFIX}").render(variables)
        except Exception as error:  # noqa: BLE001 - whatever a template of somebody's raises
            self._refuse(error, name)
        return _BLANK_LINES.sub("\n\n", text).strip()

    def _read(self) -> dict[str, tuple[Path, str]]:
        """Template name -> file and text; newlines as the reader's system writes them do not
        count."""
        found: dict[str, tuple[Path, str]] = {}
        for folder in self._folders:
            for name, source in read_templates(folder).items():
                found.setdefault(name, source)
        missing = [name for name in self._variables if name not in found]
        if missing:
            raise InputError(
                f"prompt templates are missing: {', '.join(missing)}",
                where=str(self._folders[-1]),
                fix="install track15 again",
            )
        return dict(sorted(found.items()))

    def _open(self) -> OwnEnvironment:
        """The environment with every template compiled, so that mistakes show before a run."""
        from jinja2 import nodes

        from harness.prompting.bounds import BoundedEnvironment, OwnEnvironment
        from harness.prompting.compiled import CompiledLoader, compiled

        codes: dict[str, CodeType] = {}
        kind = OwnEnvironment if self.root is None else BoundedEnvironment
        environment = kind(
            loader=CompiledLoader(codes),
            autoescape=False,  # the reader is a model, not a browser
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,  # the sources were read once, and are what the record's hashes say
            cache_size=-1,
        )
        environment.filters["quote"] = quoted
        used: set[str | None] = set()
        for name, (path, text) in self._sources.items():
            try:
                found = compiled(environment, f"{name}{SUFFIX}", str(path), text)
            except Exception as error:  # noqa: BLE001 - whatever a template of somebody's raises
                self._refuse(error, name)
            codes[name] = found.code
            allowed = self._variables.get(name)
            unknown = found.variables - (allowed or frozenset())
            if allowed is not None and unknown:
                tree = environment.parse(text)
                first = min(
                    (node for node in tree.find_all(nodes.Name) if node.name in unknown),
                    key=lambda node: node.lineno,
                )
                raise InputError(
                    f"there is no variable {first.name!r} in this template",
                    where=f"{path}:{first.lineno}",
                    fix=f"it may use {', '.join(sorted(allowed))}",
                )
            used |= found.others
        if self.root is not None and None not in used:  # None: the name is made up as it renders
            refuse_unused(self.root, self._sources, used, self._variables)
        return environment

    def _refuse(self, error: Exception, name: str) -> NoReturn:
        """Raise the error of a template as one with file and line."""
        paths = {str(path) for path, _ in self._sources.values()}
        where, line = str(self._sources[name][0]), getattr(error, "lineno", None)
        if line is not None:
            where = getattr(error, "filename", None) or where
        trace = error.__traceback__
        while trace is not None and line is None:
            # Jinja gives the frames of a template the template's own file and lines.
            if trace.tb_frame.f_code.co_filename in paths and _is_innermost(trace, paths):
                where, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
            trace = trace.tb_next
        said = getattr(error, "message", None) or str(error) or type(error).__name__
        raise InputError(
            f"this prompt template cannot be used: {said}",
            where=f"{where}:{line}" if line else where,
            fix="compare it with the shipped template of the same name",
        ) from error


def _own_folder(root: Path, kind: str) -> Path:
    """Where a user's templates of a kind lie: in a folder of its name, where there is one.

    Raises:
        InputError: There is one, and templates lie beside it.
    """
    own = root / kind
    if not own.is_dir():
        return root
    beside = sorted(path.name for path in root.glob(f"*{SUFFIX}"))
    if beside:
        raise InputError(
            f"{beside[0]} would change nothing: the templates are read from {kind}/",
            where=str(root / beside[0]),
            fix=f"move it into {own}",
        )
    return own


def quoted(words: str) -> str:
    """Words of others as a Markdown quotation, one ``> `` before every line.

    Nothing in them can pose as an instruction or as the end of the message: every line break
    starts a quoted line, and what servers read as chat-template markers (``<|im_end|>``,
    ``</s>``, ``[INST]``) is broken by a space.
    """
    return "\n".join(f"> {line}".rstrip() for line in unmarked(words).splitlines())


def unmarked(words: str) -> str:
    """Words of others in which what servers read as chat-template markers is broken by a space."""
    return _MARKERS.sub(lambda match: f"{match[0]} ", words)


def _is_innermost(trace: Any, paths: set[str]) -> bool:
    following = trace.tb_next
    while following is not None:
        if following.tb_frame.f_code.co_filename in paths:
            return False
        following = following.tb_next
    return True
