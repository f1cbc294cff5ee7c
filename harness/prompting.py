"""Renders ``prompts/``: every word a delegation's model reads comes from here.

The words are Markdown with Jinja, one file a piece, and can be edited without Python. A piece is
rendered from a :class:`~harness.delegations.view.View` alone, so nothing of another seat's private
matters can enter one. The *system* message holds only what all dialogues of an arm share - no
seed, no speaking order, no believed value - so its bytes are the same in all of them and every
prompt cache hits; what differs between dialogues starts with the first user message.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from harness.catalogue import data_root
from harness.delegations.view import Dispute, View
from harness.errors import InputError
from harness.prompt_facts import (
    Facts,
    events,
    offers_on_the_table,
    outcome,
    static_facts,
    turn_facts,
)
from harness.prompt_folder import SUFFIX as SUFFIX
from harness.prompt_folder import hold_names, read_templates, refuse_unused
from harness.prompt_points import worth
from harness.records.spec import Member
from harness.records.transcript import Turn

if TYPE_CHECKING:
    from harness.prompt_bounds import BoundedEnvironment

_STATIC = frozenset({"me", "others", "members", "dispute", "talks", "stakes", "reply"})
_RECORD = frozenset({"events", "in_full"})
_PRIVATE = frozenset({"worth"})
_VARIABLES: Final[Mapping[str, frozenset[str]]] = {
    "system": _STATIC,
    "dispute": _STATIC,
    "rules": _STATIC,
    "role": _STATIC,
    "incentives": _STATIC,
    "reply": _STATIC,
    "caucus_system": _STATIC | {"member"},
    "brief": _STATIC | _PRIVATE,
    "opening": _STATIC | _PRIVATE | {"order"},
    "record": _STATIC | _RECORD,
    "advice": _STATIC | _RECORD | {"event"},
    "capital": _STATIC | _RECORD | {"event"},
    "table": _STATIC | {"standing"},
    "turn": _STATIC | _RECORD | {"standing", "turn"},
    "caucus": _STATIC | _RECORD | {"standing", "turn"},
    "round": _STATIC | _PRIVATE | _RECORD | {"turn", "realities", "new_values"},
    "complaint": frozenset({"problem"}),
    "debrief": _STATIC | _RECORD | {"outcome"},
}
"""The pieces, and the variables each may use."""

_SHARED_KEPT: Final = 512
_BLANK_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
_MARKERS = re.compile(r"<(?=\S)|\[(?=/?[A-Z_]+\])")


@dataclass(frozen=True)
class _Shared:
    """What the dialogues of an arm, scenario, twin and seat have in common.

    Attributes:
        dispute: What they negotiate.
        facts: The static facts; never changed.
        briefings: Template and member, where it is for one -> the standing briefing.
    """

    dispute: Dispute
    facts: Facts
    briefings: dict[tuple[str, Member | None], str] = field(default_factory=dict)


class Prompts:
    """The prompt templates: the user's folder first, then the shipped ones.

    Templates run in Jinja's sandbox, within bounds (:mod:`harness.prompt_bounds`), and an undefined
    variable is an error.

    Args:
        root: Folder whose templates replace the shipped ones of the same name; None for none. It
            may hold further templates for its own to include.

    Raises:
        InputError: The folder or a template in it is unusable; names the file and the line.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = root
        self._folders = [data_root("prompts")]
        if root is not None:
            if not root.is_dir():
                raise InputError("no such folder", where=str(root), fix="check --prompts")
            self._folders.insert(0, root)
        self._sources = self._read()
        if root is not None:
            hold_names(root, _VARIABLES)
        self._environment = self._open()
        self._known: dict[Hashable, _Shared] = {}

    def hashes(self) -> dict[str, str]:
        """Template name -> first 16 hexadecimal digits of the SHA-256 of its text."""
        return {
            name: hashlib.sha256(text.encode()).hexdigest()[:16]
            for name, (_, text) in self._sources.items()
        }

    # --- the pieces --------------------------------------------------------------------------

    def system(self, view: View) -> str:
        """The standing briefing of a delegation's lead: dispute, rules, role, stakes, form of the
        reply. The same bytes in every dialogue of an arm, scenario, twin and seat."""
        return self._standing("system", view)

    def opening(self, view: View) -> str:
        """What comes before the first turn: the private table of values and who speaks when."""
        return self._render(
            "opening", {**self._facts(view), "worth": worth(view), "order": view.order}
        )

    def brief(self, view: View) -> str:
        """The private table of values alone."""
        return self._render("brief", {**self._facts(view), "worth": worth(view)})

    def round(
        self,
        view: View,
        ended: Sequence[Turn],
        realities: Sequence[str],
        *,
        new_values: bool,
        in_full: bool = False,
    ) -> str:
        """The start of a further round (claim C1).

        Args:
            ended: Turns of earlier rounds that the reader has not been told of.
            realities: Events since the last round.
            new_values: Whether the table of values is another one than before.
            in_full: As for :meth:`turn`.
        """
        return self._render(
            "round",
            {
                **self._facts(view),
                "worth": worth(view),
                "events": events(view, ended),
                "in_full": in_full,
                "turn": turn_facts(view),
                "realities": tuple(realities),
                "new_values": new_values,
            },
        )

    def turn(self, view: View, since: Sequence[Turn], *, in_full: bool = False) -> str:
        """What happened since the reader last spoke, what is on the table, what it may do.

        Args:
            since: Turns of ``view.history`` that the reader has not been told of.
            in_full: Whether the delegation's own statements are told as well.
        """
        return self._render("turn", self._at_the_table(view, since, in_full=in_full))

    def caucus_system(self, view: View, member: Member) -> str:
        """The standing briefing of a member who advises the lead; as static as :meth:`system`."""
        return self._standing("caucus_system", view, member)

    def caucus(self, view: View, since: Sequence[Turn]) -> str:
        """Asks a member for advice; it has not heard its own lead, so everything is told."""
        return self._render("caucus", self._at_the_table(view, since, in_full=True))

    def debrief(self, view: View, since: Sequence[Turn]) -> str:
        """The private questions after the talks (claim C9)."""
        return self._render(
            "debrief",
            {
                **self._facts(view),
                "events": events(view, since),
                "in_full": False,
                "outcome": outcome(view),
            },
        )

    def complaint(self, problem: str) -> str:
        """Asks again after an unusable answer."""
        return self._render("complaint", {"problem": problem})

    # --- templates ---------------------------------------------------------------------------

    def _facts(self, view: View) -> Facts:
        return self._shared(view).facts

    def _shared(self, view: View) -> _Shared:
        """What all dialogues of an arm, scenario, twin and seat have in common."""
        brief = view.brief
        key = (
            id(view.dispute),  # which is held, so that nothing else can take its identity
            view.seat,
            view.chairs,
            view.protocol,
            brief.role,
            brief.profile,
            brief.members,
        )
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _Shared(view.dispute, static_facts(view))
            if len(self._known) > _SHARED_KEPT:
                self._known.pop(next(iter(self._known)))
        return known

    def _at_the_table(
        self, view: View, since: Sequence[Turn], *, in_full: bool
    ) -> dict[str, object]:
        return {
            **self._facts(view),
            "events": events(view, since),
            "in_full": in_full,
            "standing": offers_on_the_table(view, since, in_full=in_full),
            "turn": turn_facts(view),
        }

    def _standing(self, name: str, view: View, member: Member | None = None) -> str:
        """A standing briefing: the same text object for all dialogues that have the same facts,
        since thousands of them may be in play."""
        shared = self._shared(view)
        text = shared.briefings.get((name, member))
        if text is None:
            facts = shared.facts
            if member is not None:
                told = {"title": member.title, "remit": member.remit.rstrip(".")}
                facts = {**facts, "member": told}
            text = shared.briefings[name, member] = self._render(name, facts)
        return text

    def _render(self, name: str, variables: Mapping[str, object]) -> str:
        self._environment.meter.start()
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
        missing = [name for name in _VARIABLES if name not in found]
        if missing:
            raise InputError(
                f"prompt templates are missing: {', '.join(missing)}",
                where=str(self._folders[-1]),
                fix="install track15 again",
            )
        return dict(sorted(found.items()))

    def _open(self) -> BoundedEnvironment:
        """The environment with every template compiled, so that mistakes show before a run."""
        from jinja2 import FunctionLoader, meta, nodes

        from harness.prompt_bounds import BoundedEnvironment

        def load(name: str) -> tuple[str, str, None] | None:
            known = self._sources.get(name.removesuffix(SUFFIX))
            return (known[1], str(known[0]), None) if known else None

        environment = BoundedEnvironment(
            loader=FunctionLoader(load),
            autoescape=False,  # the reader is a model, not a browser
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,  # the sources were read once, and are what the record's hashes say
            cache_size=-1,
        )
        environment.filters["quote"] = quoted
        used: set[str | None] = set()
        for name, (path, text) in self._sources.items():
            environment.meter.start()
            try:
                environment.get_template(f"{name}{SUFFIX}")
                tree = environment.parse(text)
            except Exception as error:  # noqa: BLE001 - whatever a template of somebody's raises
                self._refuse(error, name)
            allowed = _VARIABLES.get(name)
            unknown = meta.find_undeclared_variables(tree) - (allowed or frozenset())
            if allowed is not None and unknown:
                first = min(
                    (node for node in tree.find_all(nodes.Name) if node.name in unknown),
                    key=lambda node: node.lineno,
                )
                raise InputError(
                    f"there is no variable {first.name!r} in this template",
                    where=f"{path}:{first.lineno}",
                    fix=f"it may use {', '.join(sorted(allowed))}",
                )
            used.update(meta.find_referenced_templates(tree))
        if self.root is not None and None not in used:  # None: the name is made up as it renders
            refuse_unused(self.root, self._sources, used, _VARIABLES)
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


def quoted(words: str) -> str:
    """Words of others as a Markdown quotation, one ``> `` before every line.

    Nothing in them can pose as an instruction or as the end of the message: every line break
    starts a quoted line, and what servers read as chat-template markers (``<|im_end|>``,
    ``</s>``, ``[INST]``) is broken by a space.
    """
    harmless = _MARKERS.sub(lambda match: f"{match[0]} ", words)
    return "\n".join(f"> {line}".rstrip() for line in harmless.splitlines())


def _is_innermost(trace: Any, paths: set[str]) -> bool:
    following = trace.tb_next
    while following is not None:
        if following.tb_frame.f_code.co_filename in paths:
            return False
        following = following.tb_next
    return True
