"""Templates as compiled code, kept for as long as the process lives.

Compiling the shipped templates takes a fifth of a second. A command opens them once to make its
plan and once to play it, and a notebook opens them for every run. What a text compiles to depends
on nothing but the text, its name, its file and the kind of the environment, so each is compiled
once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from types import CodeType
from typing import Any, Final

from jinja2 import BaseLoader, Environment, Template, TemplateNotFound, meta

from harness.prompting.bounds import OwnEnvironment
from harness.prompting.folder import SUFFIX

KEPT: Final = 256
"""Templates that are kept, the last ones used: some tens belong to a run."""


@dataclass(frozen=True)
class Compiled:
    """A template that was compiled without an error.

    Attributes:
        code: What Jinja runs.
        variables: Names that it uses and does not set itself.
        others: Templates that it includes, imports or extends; None for a name made up as it
            renders.
    """

    code: CodeType
    variables: frozenset[str]
    others: frozenset[str | None]


_Key = tuple[type[OwnEnvironment], str, str, str]
_known: OrderedDict[_Key, Compiled] = OrderedDict()


def compiled(environment: OwnEnvironment, name: str, file: str, text: str) -> Compiled:
    """A template, compiled at its first use.

    Args:
        environment: That it is compiled for. All of a kind must have the same options, filters
            and tests.
        name: By which it is included.
        file: Where it lies; errors name it.
        text: Of the template.

    Raises:
        jinja2.TemplateSyntaxError: It is no template. That is not kept.
        TooMuchError: Something in it that is worked out as it is compiled is too large.
    """
    key = (type(environment), name, file, text)
    found = _known.pop(key, None)
    if found is None:
        environment.begin()
        code = environment.compile(text, name, file)
        tree = environment.parse(text)  # anew: compiling may have changed the first one
        found = Compiled(
            code,
            frozenset(meta.find_undeclared_variables(tree)),
            frozenset(meta.find_referenced_templates(tree)),
        )
    _known[key] = found  # the last one used stands last
    if len(_known) > KEPT:
        _known.popitem(last=False)
    return found


class CompiledLoader(BaseLoader):
    """Gives an environment the templates that were compiled for its kind, and no others.

    Args:
        codes: Name of a template without its suffix -> what it compiles to.
    """

    has_source_access = False

    def __init__(self, codes: Mapping[str, CodeType]) -> None:
        self._codes = codes

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja's name
    ) -> Template:
        """The template of a name, with its suffix or without, ready to be rendered.

        Raises:
            jinja2.TemplateNotFound: There is none of that name.
        """
        code = self._codes.get(name.removesuffix(SUFFIX))
        if code is None:
            raise TemplateNotFound(name)
        return environment.template_class.from_code(
            environment, code, environment.make_globals(globals)
        )
