"""Jinja for templates that somebody else wrote: nothing outside the folder, and bounded.

Jinja's sandbox keeps a template from Python; it does not keep it from ``"a" * 3000000000``. Here
every rendering is metered (:mod:`harness.prompting.meter`), and whatever a template can repeat or
make grow is counted before it costs anything: each turn of a loop, each call, filter and include,
each value that is made, each text that is written. What could make something large in one step is
either measured beforehand (``*``, ``join``, ``replace``, ``indent``) or not there at all: filters
and methods are those of a list, none of which pads or formats.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sized
from typing import Any, Final

from jinja2 import StrictUndefined, nodes, pass_context
from jinja2.filters import FILTERS
from jinja2.runtime import LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from harness.prompting.meter import DIGITS, STEP, Meter, TooMuchError, as_text, joined

PLACES: Final = 20
"""Decimals that ``round`` may be asked for."""
WIDEST: Final = 200
"""Columns of ``indent``."""

_FILTERS: Final = (
    *("abs", "capitalize", "count", "d", "default", "dictsort", "e", "escape", "first", "float"),
    *("groupby", "int", "items", "last", "length", "list", "lower", "map", "max", "min", "reject"),
    *("rejectattr", "reverse", "safe", "select", "selectattr", "sort", "string", "title"),
    *("truncate", "unique", "upper", "wordcount"),
)
"""Filters of Jinja's whose result is never much larger than what they are given."""
_SIZED: Final = (str, list, tuple, dict)
_EACH: Final = frozenset(
    f"{way}do_{name}"
    for way in ("", "sync_")
    for name in ("map", "reject", "rejectattr", "select", "selectattr")
)
"""Filters that go through items with another filter or test."""
_METHODS: Final[Mapping[type, frozenset[str]]] = {
    str: frozenset(
        {
            *("capitalize", "casefold", "count", "endswith", "find", "index", "isalnum", "isalpha"),
            *("isdigit", "islower", "isnumeric", "isspace", "istitle", "isupper", "lower"),
            *("lstrip", "partition", "removeprefix", "removesuffix", "rfind", "rpartition"),
            *("rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "swapcase"),
            *("title", "upper"),
        }
    ),
    dict: frozenset({"get", "items", "keys", "values"}),
    list: frozenset({"count", "index"}),
    tuple: frozenset({"count", "index"}),
}
"""Methods that a template may call, none of which makes anything larger."""
_GLOBALS: Final = ("range", "dict", "namespace", "joiner", "cycler")


class _Counted(NodeTransformer):
    """Puts the counting into a template: at the start of whatever can be repeated, and around
    whatever makes a value without a call."""

    def _start(self, node: nodes.Node, body: list[nodes.Node]) -> None:
        weight = STEP + _weight(body)
        body.insert(0, nodes.ExprStmt(_filter(nodes.Const(weight), "_step"), lineno=node.lineno))

    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        node = super().generic_visit(node, *args, **kwargs)
        if isinstance(node, nodes.For | nodes.Macro | nodes.CallBlock | nodes.Block):
            self._start(node, node.body)
        if isinstance(node, nodes.For) and node.test is not None:
            step = _filter(nodes.Const(STEP), "_step")
            node.test = nodes.And(nodes.Not(step), node.test, lineno=node.lineno)
        return node

    def visit_Template(self, node: nodes.Template) -> nodes.Node:  # noqa: N802 - Jinja's name
        node = self.generic_visit(node)  # type: ignore[assignment]
        extends = any(isinstance(one, nodes.Extends) for one in node.body)
        if not extends:
            self._start(node, node.body)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        inner = self.generic_visit(node)
        items = nodes.List(list(inner.nodes), lineno=node.lineno)  # type: ignore[attr-defined]
        return _filter(items, "_concat", node.lineno)

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802
        inner = self.generic_visit(node)
        assert isinstance(inner, nodes.Compare)
        inner.expr = _weighed(inner.expr)
        for operand in inner.ops:
            operand.expr = _weighed(operand.expr)
        return inner

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802
        if isinstance(node.arg, nodes.Slice) and node.ctx == "load":
            return self._made(node)
        return self.generic_visit(node)

    def _made(self, node: nodes.Expr) -> nodes.Node:
        inner = self.generic_visit(node)
        assert isinstance(inner, nodes.Expr)
        try:
            inner.as_const()
        except Exception:  # noqa: BLE001 - whatever keeps it from being constant
            return _filter(inner, "_made", node.lineno)
        return inner  # as large as it is written

    def visit_List(self, node: nodes.List) -> nodes.Node:  # noqa: N802
        return self._made(node)

    def visit_Dict(self, node: nodes.Dict) -> nodes.Node:  # noqa: N802
        return self._made(node)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802
        return self._made(node) if node.ctx == "load" else node


def _weighed(node: nodes.Expr) -> nodes.Expr:
    """What is compared, counted; what is written out in the template is as small as it is there."""
    if isinstance(node, nodes.Const | nodes.Tuple | nodes.List):
        return node
    return _filter(node, "_weighed", node.lineno)


def _filter(inner: nodes.Expr, name: str, line: int = 1) -> nodes.Filter:
    found = nodes.Filter(inner, name, [], [], None, None, lineno=line)
    inner.lineno = inner.lineno or line
    return found


def _weight(body: Iterable[nodes.Node]) -> int:
    """What going through ``body`` once may take: its text, and its nodes."""
    total = 0
    pending = list(body)
    while pending:
        node = pending.pop()
        total += len(node.data) if isinstance(node, nodes.TemplateData) else 1
        pending.extend(node.iter_child_nodes())
    return total


class OwnEnvironment(ImmutableSandboxedEnvironment):
    """Jinja's sandbox for templates that ship with the package. Nothing is counted: they were read
    before they were shipped, and counting takes a fifth of the time of a rendering.

    Args:
        options: As for :class:`jinja2.Environment`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(undefined=StrictUndefined, **options)

    def begin(self) -> None:
        """Get ready for one rendering."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        # Facts are plain dictionaries: `x.name` is the entry, and looked up as one first.
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        # What a loop says of itself is safe; the sandbox would try it on one kind after another.
        if type(obj) is LoopContext and not attribute.startswith("_"):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)


class BoundedEnvironment(OwnEnvironment):
    """Jinja's sandbox, with a meter.

    Args:
        options: As for :class:`jinja2.Environment`.
    """

    intercepted_binops = frozenset({"+", "-", "*", "**", "%", "//", "/"})

    def __init__(self, **options: Any) -> None:
        self.meter = Meter()
        super().__init__(finalize=self._written, **options)
        self.filters = self._filters()
        tests: dict[str, Any] = self.tests
        self.tests = {name: self._weighing(test) for name, test in tests.items()}
        self.globals = {name: self.globals[name] for name in _GLOBALS}

    def begin(self) -> None:
        """Begin to count anew."""
        self.meter.start()

    # --- what Jinja asks -----------------------------------------------------------------------

    def wrap_str_format(self, value: Any) -> None:
        """Left to :meth:`call`, which refuses it: a format may ask for any width."""

    def call(self, context: Any, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Every call in a template: macros, loops, methods and globals."""
        self.meter.take(STEP)
        owner = getattr(function, "__self__", None)
        if isinstance(owner, str | dict | list | tuple) and not isinstance(function, Macro):
            base = next(kind for kind in _METHODS if isinstance(owner, kind))
            name = getattr(function, "__name__", "")
            if name not in _METHODS[base]:
                known = ", ".join(sorted(_METHODS[base]))
                raise TooMuchError(f"the method {name!r} is not for prompts; there are {known}")
            times = 1
            if name.endswith("strip"):
                times += sum(len(one) for one in args if isinstance(one, str))
            self.meter.take(len(owner) * times)
        return self.meter.made(super().call(context, function, *args, **kwargs))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic, measured before it is done."""
        self._hold_operands(operator, left, right)
        return self.meter.made(super().call_binop(context, operator, left, right))

    def _hold_operands(self, operator: str, left: Any, right: Any) -> None:
        if isinstance(left, int | float) and isinstance(right, int | float):
            whole = isinstance(left, int) and isinstance(right, int) and operator == "**"
            if whole and max(1, int(left).bit_length()) * max(0, right) > DIGITS:
                raise TooMuchError("a power in it has more than a thousand digits")
        elif operator == "+":
            self.meter.hold(sum(len(one) for one in (left, right) if isinstance(one, Sized)))
        elif operator == "*":
            times = next((one for one in (left, right) if isinstance(one, int)), 0)
            size = max(len(one) if isinstance(one, Sized) else 0 for one in (left, right))
            self.meter.hold(size * max(0, times))
        elif operator == "%" and isinstance(left, str):
            raise TooMuchError("'%' does not format text here; write {{ value }}, or use '~'")

    def _load_template(self, *args: Any, **kwargs: Any) -> Any:
        self.meter.take(STEP)  # for an include, too
        return super()._load_template(*args, **kwargs)

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        counted = _Counted().visit(source)
        counted.set_environment(self)
        return super()._generate(counted, *args, **kwargs)

    # --- what templates use --------------------------------------------------------------------

    def _written(self, value: Any) -> Any:
        """What ``{{ value }}`` writes."""
        if type(value) is str:
            self.meter.take(STEP + len(value))
            return value
        self.meter.take(STEP)
        return self.meter.made(value)

    def _filters(self) -> dict[str, Callable[..., Any]]:
        meter = self.meter
        found = {name: self._bounded(FILTERS[name]) for name in _FILTERS}

        @pass_context
        def step(context: Any, weight: int) -> str:
            meter.take(weight)
            return ""

        @pass_context
        def weighed(context: Any, value: Any) -> Any:
            meter.weigh(value)
            return value

        @pass_context
        def made(context: Any, value: Any) -> Any:
            return meter.made(value)

        @pass_context
        def concat(context: Any, parts: list[Any]) -> str:
            return joined([as_text(meter, part) for part in parts], "", meter)

        def join(value: Iterable[Any], d: str = "", attribute: str | None = None) -> str:
            items = meter.made(iter(value))
            if attribute is not None:
                items = [self.getitem(item, attribute) for item in items]
            return joined([as_text(meter, item) for item in items], str(d), meter)

        def replace(s: Any, old: str, new: str, count: int | None = None) -> str:
            text, old, new = as_text(meter, s), str(old), str(new)
            times = text.count(old) if count is None else min(count, text.count(old))
            meter.size(len(text) + times * len(new))
            return text.replace(old, new, -1 if count is None else count)

        def trim(value: Any, chars: str | None = None) -> str:
            text = as_text(meter, value)
            # Each character is looked for in ``chars``.
            meter.take(len(text) * (1 + len(chars or "")))
            return text.strip(chars)

        def indent(s: Any, width: int | str = 4, first: bool = False, blank: bool = False) -> str:
            text = as_text(meter, s)
            by = " " * min(width, WIDEST) if isinstance(width, int) else width[:WIDEST]
            lines = text.splitlines()
            meter.size(len(text) + len(by) * len(lines))
            start = 0 if first else 1
            kept = [
                by + line if at >= start and (line or blank) else line
                for at, line in enumerate(lines)
            ]
            return "\n".join(kept)

        def rounded(value: float, precision: int = 0, method: str = "common") -> float:
            if abs(precision) > PLACES:
                raise TooMuchError(f"'round' is given more than {PLACES} places")
            rounds = FILTERS["round"]
            return rounds(value, precision, method)  # type: ignore[no-any-return]

        def tojson(value: Any) -> str:
            text = json.dumps(meter.made(value), ensure_ascii=False)
            meter.size(len(text))
            return text

        return {
            **found,
            "_step": step,
            "_made": made,
            "_weighed": weighed,
            "_concat": concat,
            "join": join,
            "replace": replace,
            "trim": trim,
            "indent": indent,
            "round": rounded,
            "tojson": tojson,
        }

    def _bounded(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A filter that counts what it is given and what it makes."""
        meter, each = self.meter, function.__name__ in _EACH

        def bounded(*args: Any, **kwargs: Any) -> Any:
            meter.take(STEP)
            sizes = [len(given) for given in args if isinstance(given, _SIZED)]
            meter.take(sum(sizes))
            if each and sizes:  # what is asked of each item may be as long as its argument
                meter.take(sizes[0] * sum(sizes[1:]))
            return meter.made(function(*args, **kwargs))

        return _in_place_of(function, bounded)

    def _weighing(self, test: Callable[..., Any]) -> Callable[..., Any]:
        """A test (``x is lower``, ``select('in', x)``) that counts what it is given."""
        meter = self.meter

        def weighing(*args: Any, **kwargs: Any) -> Any:
            meter.take(STEP)
            for given in (*args, *kwargs.values()):
                meter.weigh(given)
            return test(*args, **kwargs)

        return _in_place_of(test, weighing)


def _in_place_of(function: Callable[..., Any], bounded: Callable[..., Any]) -> Callable[..., Any]:
    """``bounded``, called by Jinja as ``function`` is."""
    bounded.__name__ = getattr(function, "__name__", "")
    for mark in ("jinja_pass_arg", "jinja_async_variant"):
        if hasattr(function, mark):
            setattr(bounded, mark, getattr(function, mark))
    return bounded
