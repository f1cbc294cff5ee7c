"""The scripted author: readable prose from a plan. An instrument, never evidence.

It does what claim C10 says of unofficial authors as far as its parameters tell it to
(:class:`~harness.records.publication.ScriptedAuthor`), and tags every passage in which it does. At
0 it does none of it. So it shows whether a chain measures laundering where there is some, and finds
none where there is none; it says nothing of what authors do.

Lengths are approximate: it goes on with what else can be said until about as many words stand there
as were asked for. A dispute of few issues gives less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from harness.disputes.scenario import Issue, Package
from harness.incentives.profiles import Role
from harness.influence import publication_phrases as say
from harness.influence.publication_minutes import minutes
from harness.influence.publication_plan import OFFICIAL
from harness.prompting.publication import Brought
from harness.records.publication import (
    Claim,
    ClaimKind,
    Publication,
    PublicationSpec,
    ScriptedAuthor,
    words_in,
)
from harness.seeds import stream
from harness.view import Chair

ENOUGH: Final = 0.97
"""Share of the words that were asked for from which on nothing more is added."""


@dataclass
class _Paragraph:
    """A paragraph in the making: its sentences, and what else may be said in it."""

    sentences: list[str] = field(default_factory=list)
    more: list[str] = field(default_factory=list)
    claims: list[tuple[ClaimKind, str | None, str | None]] = field(default_factory=list)

    def add(self, sentence: str, *claims: tuple[ClaimKind, str | None, str | None]) -> None:
        """Add a sentence, and what it does: kind, issue, principal."""
        self.sentences.append(sentence)
        self.claims += claims

    @property
    def text(self) -> str:
        return " ".join(self.sentences)


def written(spec: PublicationSpec, brought: Brought, plan: Package) -> Publication:
    """The article of a script.

    Args:
        plan: Complete; minutes do not read it.
    """
    if spec.article == "minutes":
        return minutes(spec, brought)
    return _Writer(spec, brought, plan).article()


class _Writer:
    """Writes one article that advises a plan."""

    def __init__(self, spec: PublicationSpec, brought: Brought, plan: Package) -> None:
        assert spec.author.script is not None
        self._spec, self._brought, self._plan = spec, brought, plan
        self._dispute = brought.dispute
        self._balanced = spec.article == "balanced"
        script = spec.author.script
        self._disclosing = 1.0 if spec.article == "disclosed" else script.disclose
        self._script = ScriptedAuthor(echo=0, dismiss=0, acceptable=0) if self._balanced else script
        self._rng = stream(spec.seed, "words")
        self._own = self._dispute.principals[brought.chair(brought.seat).principal]
        self._other = self._dispute.principals[brought.chair(OFFICIAL).principal]
        self._names = {"own": self._own.name, "other": self._other.name}
        # Draws of their own, so that a higher parameter adds to what a lower one did.
        count = len(self._dispute.issues)
        self._draws = {
            name: stream(spec.seed, name).random(count)
            for name in ("echo", "dismiss", "acceptable")
        }
        order = stream(spec.seed, "points").permutation(len(self._other.talking_points))
        self._points = [self._other.talking_points[i] for i in order]
        self._echoed = 0

    def article(self) -> Publication:
        paragraphs = [self._opening()]
        paragraphs += [self._on(at, issue) for at, issue in enumerate(self._dispute.issues)]
        paragraphs.append(self._closing())
        _lengthen(paragraphs, self._spec.words, self._rng)
        self._disclose(paragraphs[0])
        titles = say.BALANCED_TITLES if self._balanced else say.TITLES
        return Publication(
            title=self._pick(titles),
            text="\n\n".join(one.text for one in paragraphs),
            plan=dict(self._plan),
            claims=tuple(
                Claim(paragraph=at, kind=kind, issue=issue, principal=principal)
                for at, one in enumerate(paragraphs)
                for kind, issue, principal in one.claims
            ),
        )

    def _pick(self, patterns: Sequence[str], **words: str) -> str:
        return say.pick(patterns, self._rng).format(**self._names, **words)

    # --- the parts ---------------------------------------------------------------------------

    def _opening(self) -> _Paragraph:
        made = _Paragraph()
        made.add(self._pick(say.BALANCED_OPENINGS if self._balanced else say.OPENINGS))
        made.more.append(say.BACKGROUND.format(summary=self._dispute.summary))
        return made

    def _disclose(self, opening: _Paragraph) -> None:
        """Names the meeting, where the outlet or the script asks for it. It comes on top of the
        length, so that a disclosed article is the author's own with one sentence more."""
        rng = stream(self._spec.seed, "disclose")
        if rng.random() < self._disclosing:
            own, other = (self._brought.chair(seat) for seat in (self._brought.seat, OFFICIAL))
            words = {"who": people(self._brought, own), "whom": people(self._brought, other)}
            sentence = say.pick(say.DISCLOSURES, rng).format(**words)
            opening.add(sentence, ("discloses", None, self._other.id))

    def _closing(self) -> _Paragraph:
        made = _Paragraph()
        made.add(self._pick(say.BALANCED_CLOSINGS if self._balanced else say.CLOSINGS))
        return made

    def _on(self, at: int, issue: Issue) -> _Paragraph:
        """The paragraph on an issue."""
        option = self._plan[issue.id]
        made = _Paragraph([f"**{issue.name}.**"])
        clause = say.ended(self._dispute.clause(issue.id, option))
        made.add(self._pick(say.ADVICE, clause=clause), ("advises", issue.id, None))
        moved = self._moved(issue, option)
        if self._balanced:
            self._weigh(made, issue, moved)
        else:
            self._argue(made, at, issue, moved)
        told = {one.opening[issue.id] for one in (self._own, self._other) if one.opening}
        for one in issue.options:
            if one.id != option and not (self._balanced and one.id in told):
                made.more.append(self._pick(say.ALTERNATIVES, clause=say.ended(one.text)))
        return made

    def _moved(self, issue: Issue, option: str) -> dict[str, int]:
        """Principal -> steps on the ladder of options by which the terms make it give way: from its
        public opening towards that of the other, or away from one that both have."""
        assert self._own.opening is not None
        assert self._other.opening is not None
        options = issue.option_ids()
        there = options.index(option)
        mine, theirs = (
            options.index(opening[issue.id]) for opening in (self._own.opening, self._other.opening)
        )
        if mine == theirs:
            return dict.fromkeys((self._own.id, self._other.id), abs(there - mine))
        way = 1 if theirs > mine else -1
        given = (max(0, way * (there - mine)), max(0, way * (theirs - there)))
        return {self._own.id: given[0], self._other.id: given[1]}

    def _argue(self, made: _Paragraph, at: int, issue: Issue, moved: Mapping[str, int]) -> None:
        """What the author's own article says for a step, in the order in which it is read."""
        own, other = self._own, self._other
        if moved[own.id] and self._points and self._draws["echo"][at] < self._script.echo:
            point = self._points[self._echoed % len(self._points)]
            # A point that comes again is introduced otherwise.
            turn = self._echoed + self._echoed // len(self._points)
            pattern = say.ECHOES[turn % len(say.ECHOES)]
            self._echoed += 1
            made.add(self._pick((pattern,), point=point), ("echo", issue.id, other.id))
        self._on_red_line(made, at, issue)
        if self._draws["acceptable"][at] < self._script.acceptable:
            self._acceptable(made, issue, moved)
        self._asks(made, issue, moved)

    def _on_red_line(self, made: _Paragraph, at: int, issue: Issue) -> None:
        option = self._plan[issue.id]
        for line in self._brought.red_lines:
            if line.issue == issue.id and option in line.options:
                why = line.why.rstrip(".")
                if self._draws["dismiss"][at] < self._script.dismiss:
                    claim: ClaimKind = "dismisses_red_line"
                    made.add(self._pick(say.DISMISSALS, why=why), (claim, issue.id, self._own.id))
                else:
                    made.add(self._pick(say.RED_LINES, why=why))

    def _acceptable(self, made: _Paragraph, issue: Issue, moved: Mapping[str, int]) -> None:
        """Argues that the terms are acceptable to the side whose public position they are nearer
        to; to both in the middle."""
        own, other = self._own, self._other
        mine, theirs = moved[own.id], moved[other.id]
        who = [
            one
            for one, steps, rest in ((own, mine, theirs), (other, theirs, mine))
            if steps <= rest
        ]
        claims: list[tuple[ClaimKind, str | None, str | None]] = [
            ("acceptable_to", issue.id, one.id) for one in who
        ]
        patterns = say.ACCEPTABLE_TO_BOTH if len(who) > 1 else say.ACCEPTABLE
        made.add(self._pick(patterns, who=who[0].name), *claims)

    def _asks(self, made: _Paragraph, issue: Issue, moved: Mapping[str, int]) -> None:
        """Says whom the terms ask to give way."""
        who = [one for one in (self._own, self._other) if moved[one.id]]
        patterns = (say.ASKS_NOBODY, say.ASKS_ONE, say.ASKS_BOTH)[len(who)]
        claims: list[tuple[ClaimKind, str | None, str | None]] = [
            ("asks", issue.id, one.id) for one in who
        ]
        made.add(self._pick(patterns, who=who[0].name if who else ""), *claims)

    def _weigh(self, made: _Paragraph, issue: Issue, moved: Mapping[str, int]) -> None:
        """Says what a step costs either side."""
        own, other = self._own, self._other
        mine, theirs = moved[own.id], moved[other.id]
        assert own.opening is not None
        assert other.opening is not None
        if mine and theirs and own.opening[issue.id] != other.opening[issue.id]:
            words = {"apart": say.steps(mine + theirs), "mine": say.number(mine)}
            words["theirs"] = say.number(theirs)
            claims: list[tuple[ClaimKind, str | None, str | None]] = [
                ("asks", issue.id, own.id),
                ("asks", issue.id, other.id),
            ]
            made.add(self._pick(say.SHARES, **words), *claims)
        else:
            self._asks(made, issue, moved)
        prices = []
        for one in (own, other):
            if moved[one.id] and one.opening is not None:
                clause = say.ended(self._dispute.clause(issue.id, one.opening[issue.id]))
                prices.append(self._pick(say.PRICES, who=one.name, clause=clause))
        # Both or neither: where there is no room for both, naming one would be no balance.
        made.more += [" ".join(prices)] if prices else []
        self._on_red_line(made, 0, issue)


def _lengthen(paragraphs: list[_Paragraph], words: int, rng: np.random.Generator) -> None:
    """Say more, in one paragraph after the other, until about ``words`` words stand there."""
    order = [0, *(1 + int(i) for i in rng.permutation(len(paragraphs) - 2))]
    length = sum(words_in(one.text) for one in paragraphs)
    rounds = max(len(one.more) for one in paragraphs)
    for turn in range(rounds):
        for at in order:
            one = paragraphs[at]
            if turn >= len(one.more) or length >= ENOUGH * words:
                continue
            longer = words_in(one.more[turn])
            if length + longer / 2 <= words:
                one.sentences.append(one.more[turn])
                length += longer


def people(brought: Brought, chair: Chair) -> str:
    """Who sat in a seat, in words."""
    name = brought.dispute.principals[chair.principal].name
    home = name if chair.home is None else brought.dispute.homes[chair.home].name
    return {
        Role.OFFICIAL: f"official representatives of {name}",
        Role.UNOFFICIAL: f"former official representatives of {home}",
        Role.ENVOY: f"envoys of {name}",
        Role.DELEGATE: f"delegates for {name}",
    }[chair.role]
