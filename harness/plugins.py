"""The one loader of users' own code: evaluators, delegations and kinds of stages.

A *target* is one of three:

- ``path/to/file.py:Object``: an object of a file. ``Object`` may be an attribute of one, ``a.b``.
- ``module:object``: an object of an installed module, or of one in the folder the user is in.
- ``name``: what an installed package declares in the entry point group of its kind.

**Loading a target executes it.** The loader takes what the user named on the command line, and
never what a record or a suite names. Packages are trusted: somebody installed them.

The rules are the same for every kind:

- A file is read once. What is executed is what is digested, and nothing is written beside it.
- A file is executed once a process. Another state of it is another module, and so is another file
  of the same name.
- A file can import what lies in its own folder, and a module what lies in the current one, also
  later on. What is installed goes before both.
- What the code prints goes to stderr: stdout is for results.
- Whatever is wrong is one :class:`~harness.errors.UsageError`, also ``sys.exit``. Ctrl-C passes.

The code runs in the thread that loads it. Whoever needs another thread calls the loader there.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import pkgutil
import re
import shlex
import sys
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, field
from functools import partial
from importlib.machinery import SourceFileLoader
from itertools import islice
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from harness.errors import LoadError, UsageError, closest, suggest

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

T = TypeVar("T")

VERSION: Final = "TRACK15_VERSION"
"""What a module may state, so that a changed file counts as the same code."""
FORM: Final = "write it as module:object or path/to/file.py:object"
_LOOKED_AT: Final = 1000
"""Files of a folder among which a misspelt one is looked for."""
_ALIKE: Final = 0.75
"""How alike a file or module must be to be guessed: there are very many of them."""


@dataclass(frozen=True)
class ExtensionPoint:
    """A place at which users add objects of their own.

    Attributes:
        noun: What such an object is called in messages.
        group: Entry point group of the installed ones.
        flag: Command line flag that names one.
        reserved: Names that an installed one cannot have, because they mean something else.
    """

    noun: str
    group: str
    flag: str
    reserved: tuple[str, ...] = ()


@dataclass(frozen=True)
class Loaded:
    """An object of a user's, and where it came from.

    Attributes:
        name: Fit to be recorded: the target, without the folder of a file.
        value: The object.
        module: Name of the module it was found in, a key of ``sys.modules``.
        file: Path of that module's file on this machine; never recorded.
        source: Identifies this version of the code: ``version`` and what its module states as
            :data:`VERSION`, else the SHA-256 of the file; None where it has neither.
    """

    name: str
    value: Any = field(repr=False)
    module: str
    file: str | None = field(repr=False)
    source: str | None


def load(target: str, point: ExtensionPoint) -> Loaded:
    """The object that ``target`` names, whatever it is. This executes the user's code.

    Raises:
        LoadError: The code raised, or called ``sys.exit``.
        UsageError: There is no such file, module, object or name.
    """
    where = f"{point.flag} {target}"
    place, colon, attribute = target.rpartition(":")
    if colon and not _has_folder(attribute):
        if not place or "" in attribute.split("."):
            raise UsageError("a part is missing", where=where, fix=FORM)
        if is_file(place):
            return _from_file(Path(place), attribute, where)
        return _from_module(place, attribute, where)
    if _has_folder(target) or target.endswith(".py"):  # also C:\folder\file.py
        raise UsageError(
            "it names a file and no object in it", where=where, fix=f"add the object: {target}:NAME"
        )
    named = installed(point, target)
    if not named:
        known = sorted({entry.name for entry in installed(point)})
        raise UsageError(
            f"no installed {point.noun} is called {target!r}",
            where=where,
            fix=suggest(target, known, other=FORM) if known else FORM,
        )
    if len(named) > 1:
        raise UsageError(
            f"{len(named)} installed packages have {_with_article(point.noun)} {target!r}",
            where=where,
            fix=f"name one: {' or '.join(entry.value for entry in named)}",
        )
    return load_installed(named[0], point)


def installed(point: ExtensionPoint, name: str | None = None) -> tuple[EntryPoint, ...]:
    """What installed packages declare at an extension point. Nothing of it is loaded.

    Args:
        name: Only those of this name.
    """
    from importlib.metadata import entry_points

    return tuple(
        entry
        for entry in entry_points(group=point.group)
        if entry.name not in point.reserved and name in (None, entry.name)
    )


def load_installed(entry: EntryPoint, point: ExtensionPoint) -> Loaded:
    """The object of an entry point.

    Raises:
        LoadError: It cannot be loaded.
    """
    package = getattr(getattr(entry, "dist", None), "name", None)
    run = _Boundary(
        f"the installed {point.noun} {entry.name!r}",
        where=entry.value,
        fix=f"fix or uninstall {f'the package {package}' if package else 'its package'}",
    )
    module = re.split(r"[:\s\[]", entry.value.strip(), maxsplit=1)[0]
    return _loaded(entry.name, run(entry.load), module)


def is_file(place: str) -> bool:
    """Whether the part of a target before the colon is a file rather than a module."""
    if place.endswith(".py") or _has_folder(place):
        return True
    return "." in place and os.path.isfile(place)  # noqa: PTH113 - a Path may raise here


def absolute(target: str) -> str:
    """The same target, for a process that may be in another folder."""
    place, colon, attribute = target.rpartition(":")
    return f"{Path(place).resolve()}:{attribute}" if colon and is_file(place) else target


# --- the boundary --------------------------------------------------------------------------------


def users_code() -> redirect_stdout[Any]:
    """A context in which what code of the user's prints goes to stderr: stdout is for results."""
    return redirect_stdout(sys.stderr)


@dataclass(frozen=True)
class _Boundary:
    """Calls code of the user's, and says what it raised.

    Attributes:
        subject: What cannot be loaded, for the message.
        where: As the user named it.
        fix: What to do about most exceptions.
        file: Path of the file, to name the line of it.
    """

    subject: str
    where: str
    fix: str
    file: str | None = None

    def __call__(self, run: Callable[[], T]) -> T:
        """What ``run`` gives.

        Raises:
            LoadError: Whatever it raised, but for Ctrl-C.
        """
        try:
            with users_code():
                return run()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever the user's code raises
            fix = _special_fix(error) or self.fix
            raise LoadError(
                self.subject, error, where=self.where, fix=fix, file=self.file
            ) from None


def _special_fix(error: BaseException) -> str | None:
    """What to do about some exceptions that say little to a beginner."""
    if isinstance(error, SystemExit):
        return "put code that only a script should run under: if __name__ == '__main__':"
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"install the package of {error.name.partition('.')[0]!r}, or correct the import"
    if isinstance(error, ImportError) and "relative import" in str(error):
        return "leave out the dot: a file imports what lies beside it by its plain name"
    if isinstance(error, ImportError) and "circular import" in str(error):
        return "two files import each other: move what both need into a third"
    return None


# --- files and modules ---------------------------------------------------------------------------


def _from_file(path: Path, attribute: str, where: str) -> Loaded:
    content = _read(path, where)
    digest = hashlib.sha256(content).hexdigest()
    real = path.resolve()
    state = hashlib.sha256(os.fsencode(real) + b"\0" + content).hexdigest()
    stem = re.sub(r"\W", "_", path.stem)
    name = f"track15_file_{stem}_{state[:12]}"
    again = f"see all of it with: python {shlex.quote(str(path))}"
    run = _Boundary("it", where, again, file=str(path.absolute()))
    if name not in sys.modules:
        _reach(real.parent)
        run(partial(_execute, name, str(path.absolute()), content))
    module = sys.modules.get(name)
    value = _attribute(module, attribute, run)
    return _loaded(f"{path.name}:{attribute}", value, name, digest)


def _from_module(name: str, attribute: str, where: str) -> Loaded:
    if "" in name.split("."):
        raise UsageError(f"{name!r} is not the name of a module", where=where, fix=FORM)
    with suppress(OSError):  # a folder that is gone
        _reach(Path.cwd())
    again = f"see all of it with: python -c {shlex.quote(f'import {name}')}"
    run = _Boundary("it", where, again)
    try:
        module = run(partial(importlib.import_module, name))
    except LoadError as failure:
        missing = getattr(failure.error, "name", None) or ""
        if isinstance(failure.error, ModuleNotFoundError) and f"{name}.".startswith(f"{missing}."):
            raise _no_module(missing, where) from None
        raise
    return _loaded(f"{name}:{attribute}", _attribute(module, attribute, run), name)


def _read(path: Path, where: str) -> bytes:
    """The content of a Python file.

    Raises:
        UsageError: There is none, or it cannot be read.
    """
    try:
        if path.is_dir():
            fix = f"name a file in it: {path}/file.py:object"
            raise UsageError("it is a folder, not a Python file", where=where, fix=fix)
        if not path.is_file():
            what = "it is no regular file" if path.exists() else "no such file"
            raise UsageError(what, where=where, fix=_fix_for_missing(path))
        if path.suffix != ".py":
            raise UsageError("not a Python file", where=where, fix="its name must end in .py")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"the file cannot be read: {error.strerror or type(error).__name__}",
            where=where,
            fix="check the path, and who may read it",
        ) from None


def _fix_for_missing(path: Path) -> str:
    fix = "check the path, which starts from the folder you are in; or name a module: module:object"
    try:
        beside = [file.name for file in islice(path.parent.iterdir(), _LOOKED_AT)]
    except OSError:
        return fix
    near = closest(path.name, (name for name in beside if name.endswith(".py")), cutoff=_ALIKE)
    return f"did you mean {str(path.with_name(near[0]))!r}? Else {fix}" if near else fix


class _OnceRead(SourceFileLoader):
    """Executes the bytes that were digested, and neither reads nor writes compiled files: those
    take a file for unchanged that was edited within a second."""

    def __init__(self, name: str, path: str, content: bytes) -> None:
        super().__init__(name, path)
        self._content = content

    def get_code(self, fullname: str) -> CodeType:
        """See :class:`importlib.abc.InspectLoader`."""
        code: CodeType = self.source_to_code(self._content, self.path)
        return code


def _execute(name: str, path: str, content: bytes) -> None:
    """Execute a file as the module ``name``, which is in ``sys.modules`` afterwards."""
    loader = _OnceRead(name, path, content)
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there
    try:
        loader.exec_module(module)
    except BaseException:  # Ctrl-C too: a module that is half there must not stay
        sys.modules.pop(name, None)
        raise


def _no_module(missing: str, where: str) -> UsageError:
    """That there is no module ``missing``, and what may be meant."""
    parent, _, last = missing.rpartition(".")
    folders = getattr(sys.modules.get(parent), "__path__", None) if parent else None
    others: Iterable[str] = ()
    if not parent or folders is not None:
        others = (found.name for found in pkgutil.iter_modules(folders))
    near = closest(last, others, cutoff=_ALIKE)
    guess = f"did you mean {'.'.join(filter(None, (parent, near[0])))!r}? Else " if near else ""
    return UsageError(
        f"there is no module {missing!r}",
        where=where,
        fix=f"{guess}type the command in the folder of {missing}.py, or install its package, or "
        "name a file: path/to/file.py:object",
    )


def _attribute(value: Any, path: str, run: _Boundary) -> Any:
    """What stands at ``path`` in a module; looking it up may execute code of the user's."""
    for name in path.split("."):
        value, known = run(partial(_step, value, name))
        if known is not None:
            raise UsageError(f"it has no {name!r}", where=run.where, fix=suggest(name, known))
    return value


def _step(value: Any, name: str) -> tuple[Any, list[str] | None]:
    """The attribute; or None, and the names that there are in its place."""
    try:
        return getattr(value, name), None
    except AttributeError:
        if not isinstance(value, ModuleType):
            return None, [known for known in dir(value) if known[:1] != "_"]
        own = vars(value).items()
        return None, [k for k, one in own if k[:1] != "_" and not isinstance(one, ModuleType)]


def _loaded(name: str, value: Any, module: str, digest: str | None = None) -> Loaded:
    found = sys.modules.get(module)
    file = getattr(found, "__file__", None)
    stated = getattr(found, "__dict__", {}).get(VERSION)
    source = digest or _digest(file)
    if isinstance(stated, str | int) and 0 < len(str(stated)) <= 64:
        source = f"version {stated}"
    return Loaded(name, value, module, file, source)


def _digest(file: str | None) -> str | None:
    if file is None or not file.endswith(".py"):
        return None
    try:
        return hashlib.sha256(Path(file).read_bytes()).hexdigest()
    except OSError:  # inside an archive, for example
        return None


def _reach(folder: Path) -> None:
    """Let the user's code import what lies in ``folder``, after everything that is installed."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    importlib.invalidate_caches()  # a file that was written a moment ago is seen


def _has_folder(text: str) -> bool:
    return "/" in text or "\\" in text


def _with_article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
