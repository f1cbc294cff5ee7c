"""A delegation whose lead, and members, are language models.

The lead and each member have a thread of messages of their own. Threads only ever grow: each
prompt is an exact prefix of the next in the same thread, repairs included, so every prompt cache
hits; and a thread is told each event once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeVar

from harness.asking.asking import tries_left
from harness.asking.conversation import SEEDS, AskedModel, Thread
from harness.asking.usable import Unusable, hint, unfinished
from harness.delegations.afterwards import settled
from harness.delegations.base import Answer, MadeCall
from harness.delegations.form import Form, caucus_schema, debrief_schema, move_schema
from harness.delegations.replies import parse_caucus, parse_debrief, parse_move
from harness.models.chat import Chat
from harness.prompting.points import worth, worth_by
from harness.prompting.talks import Prompts
from harness.records.transcript import Debrief, Move, Turn
from harness.seeds import derive
from harness.suite.parts import ModelSettings
from harness.view import Brief, View

_Purpose = Literal["move", "caucus", "debrief"]
_T = TypeVar("_T")


@dataclass
class _Thread(Thread):
    """The messages of one speaker - a member, or the lead - and what it has been told so far."""

    member: str | None = None
    turns_told: int = 0
    realities_told: int = 0
    round: int = 0
    brief: Brief | None = None
    complaints: int = 0

    def news(self, view: View) -> tuple[Turn, ...]:
        """Turns not yet told; they count as told from now on."""
        return self._untold(view, len(view.history))

    def ended(self, view: View) -> tuple[Turn, ...]:
        """Turns of earlier rounds not yet told; they count as told from now on."""
        return self._untold(view, sum(turn.round < view.round for turn in view.history))

    def _untold(self, view: View, end: int) -> tuple[Turn, ...]:
        told, self.turns_told = self.turns_told, end
        turns = view.history[told:end]
        # Its own advice a member knows: it stands in the thread.
        return tuple(t for t in turns if self.member is None or t.member != self.member)

    def realities(self, view: View) -> tuple[str, ...]:
        """Events not yet told; they count as told from now on."""
        told, self.realities_told = self.realities_told, len(view.events)
        return view.events[told:]


class LanguageModelDelegation:
    """Plays one seat of one dialogue by asking a model. Implements
    :class:`~harness.delegations.base.Delegation`.

    Args:
        seat: The seat it plays.
        chat: The model; shared with other dialogues.
        prompts: The words it reads.
        settings: How the model is sampled.
        seed: Of the dialogue; each call gets a seed derived from it.
        model_name: The model's address, for the record.
    """

    def __init__(
        self,
        *,
        seat: str,
        chat: Chat,
        prompts: Prompts,
        settings: ModelSettings,
        seed: int,
        model_name: str,
    ) -> None:
        self._seat = seat
        self._asked = AskedModel(seat, chat, model_name, settings)
        self._prompts = prompts
        self._seed = seed
        self._lead = _Thread()
        self._members: dict[str, _Thread] = {}
        self._calls = 0
        self._form: Form | None = None
        self._schemas: dict[_Purpose, dict[str, Any]] = {}

    async def move(self, view: View, complaint: str | None) -> Answer:
        """The lead's next move."""
        thread, prompts = self._lead, self._prompts
        if complaint is None:
            thread.complaints = 0
            before = self._bring_up_to_date(
                thread, view, lambda: prompts.system(view), in_full=False
            )
            thread.add("user", _joined(before, prompts.turn(view, thread.news(view))))
        else:
            thread.add("user", self._complaint(thread, view, complaint, "move"))
        form = self._form_of(view)
        made, read = await self._ask(thread, "move", lambda text: parse_move(text, form))
        match read:
            case Move():
                return Answer(move=read, calls=(made,))
            case Unusable():
                return Answer(problem=read.problem, hint=read.hint, calls=(made,))

    async def caucus(self, view: View, member: str, complaint: str | None) -> Answer:
        """A member's private advice to the lead."""
        thread, prompts = self._members.setdefault(member, _Thread(member=member)), self._prompts
        who = next(m for m in view.brief.members if m.id == member)
        if complaint is None:
            thread.complaints = 0
            before = self._bring_up_to_date(
                thread, view, lambda: prompts.caucus_system(view, who), in_full=True
            )
            thread.add("user", _joined(before, prompts.caucus(view, thread.news(view))))
        else:
            thread.add("user", self._complaint(thread, view, complaint, "caucus"))
        self._form_of(view)
        made, read = await self._ask(thread, "caucus", parse_caucus, member)
        match read:
            case str():
                return Answer(words=read, calls=(made,))
            case Unusable():
                return Answer(problem=read.problem, hint=read.hint, calls=(made,))

    async def debrief(self, view: View, complaint: str | None) -> Answer:
        """The lead's private answers after the talks (claim C9)."""
        thread, prompts = self._lead, self._prompts
        if complaint is None:
            thread.complaints = 0
            before = self._bring_up_to_date(
                thread, view, lambda: prompts.system(view), in_full=False
            )
            thread.add("user", _joined(before, prompts.debrief(view, thread.news(view))))
        else:
            thread.add("user", self._complaint(thread, view, complaint, "debrief"))
        form, agreed = self._form_of(view), settled(view) is not None
        made, read = await self._ask(
            thread, "debrief", lambda text: parse_debrief(text, form, agreed=agreed)
        )
        match read:
            case Debrief():
                return Answer(debrief=read, calls=(made,))
            case Unusable():
                return Answer(problem=read.problem, hint=read.hint, calls=(made,))

    def messages(self) -> dict[str, tuple[str, str]]:
        """Every message of every thread: hash -> (role, content)."""
        shown = self._lead.texts()
        for thread in self._members.values():
            shown.update(thread.texts())
        return shown

    def _complaint(self, thread: _Thread, view: View, problem: str, asked_for: _Purpose) -> str:
        """Asks again, and says how often that can still happen."""
        thread.complaints += 1
        tries = tries_left(view.protocol.repairs, thread.complaints)
        return self._prompts.complaint(problem, tries=tries, asked_for=asked_for)

    def _form_of(self, view: View) -> Form:
        """What this seat may put into a reply; the same for the whole dialogue, so made once."""
        if self._form is None:
            self._form, self._schemas = _shared(Form.of(view))
        return self._form

    # --- threads -----------------------------------------------------------------------------

    def _bring_up_to_date(
        self, thread: _Thread, view: View, briefing: Callable[[], str], *, in_full: bool
    ) -> str:
        """What must be read before the next question: the private values when a thread begins,
        the change of circumstances when a round does, else nothing."""
        if view.round == thread.round:
            return ""
        before, thread.brief, thread.round = thread.brief, view.brief, view.round
        if before is None:
            thread.add("system", briefing())
            thread.realities_told = len(view.events)
            # After the briefing, which all dialogues of an arm share, and never again.
            return self._prompts.opening(view, in_full=in_full)
        return self._prompts.round(
            view,
            thread.ended(view),
            thread.realities(view),
            new_values=worth(view) != worth_by(before, view.dispute, view.rules),
            before=before,
            in_full=in_full,
        )

    async def _ask(
        self,
        thread: _Thread,
        purpose: _Purpose,
        parse: Callable[[str], _T | Unusable],
        member: str | None = None,
    ) -> tuple[MadeCall, _T | Unusable]:
        """One call: the thread as it stands goes out, the reply joins it and is read."""
        number, self._calls = self._calls, self._calls + 1
        made, reply = await thread.ask(
            self._asked,
            purpose=purpose,
            schema=self._schemas[purpose],
            seed=derive(self._seed, self._seat, number) % SEEDS,
            member=member,
        )
        problem = unfinished(reply)
        return made, parse(reply.text) if problem is None else Unusable(problem, hint(reply))


@lru_cache(maxsize=128)
def _shared(form: Form) -> tuple[Form, dict[_Purpose, dict[str, Any]]]:
    """A form and its schemas, shared by all dialogues that have it: thousands may be in play."""
    return form, {
        "move": move_schema(form),
        "caucus": caucus_schema(),
        "debrief": debrief_schema(form),
    }


def _joined(before: str, question: str) -> str:
    return f"{before}\n\n{question}" if before else question
