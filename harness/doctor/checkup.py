"""What was found out about one endpoint, as facts for a table and for JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from harness.errors import counted
from harness.models.reply import How

State = Literal["good", "warn", "bad", "unknown"]

TWICE: Final = 2
"""Replies that must be read by one way before it counts as one that works."""
HOW: Final[dict[How, str]] = {
    "schema": "by JSON schema",
    "tool": "by tool call",
    "text": "in words",
}
"""Ways of asking for a reply, as people name them."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: What.
        state: ``good``: as it should be; ``bad``: no dialogue can be played; ``warn``: one can, at
            a price that ``change`` saves; ``unknown``: it could not be found out, and no dialogue
            depends on it.
        said: What was found.
        change: What to do about it; empty where there is nothing to do.
    """

    name: str
    state: State
    said: str
    change: str = ""


@dataclass
class Checkup:
    """What was found out about one model at one address.

    Attributes:
        address: Of the model.
        suite, arm, scenario, seat: Of the turns that were played; empty where none were.
        findings: In the order in which they were found.
        requests: Sent for it, refused ones and retries included.
        tokens: Of prompts and replies, as the server counted them; by length where it did not.
        estimated: Whether some of ``tokens`` go by length.
        how: The way in which a run asks for replies; None while none has been read.
        read: How many replies of that way could be read.
        longest_prompt: Tokens of the longest prompt of the suite, as ``plan`` foresees it.
        dialogue_tokens: At most taken by one dialogue, by the server's own measure where it counts.
        advice: What users of such a server should know.
        connections: Requests at once beyond which it did not get faster; None where not tried.
    """

    address: str
    suite: str = ""
    arm: str = ""
    scenario: str = ""
    seat: str = ""
    findings: list[Finding] = field(default_factory=list)
    requests: int = 0
    tokens: int = 0
    estimated: bool = False
    how: How | None = None
    read: int = 0
    longest_prompt: int | None = None
    dialogue_tokens: int | None = None
    advice: tuple[str, ...] = ()
    connections: int | None = None

    @property
    def usable(self) -> bool:
        """Whether a dialogue could be played: one way of replying was read twice, and nothing that
        a dialogue needs was refused."""
        return self.read >= TWICE and not self.faults

    @property
    def faults(self) -> tuple[str, ...]:
        """What keeps it from playing."""
        return tuple(finding.name for finding in self.findings if finding.state == "bad")

    def add(self, name: str, state: State, said: str, change: str = "") -> None:
        """Enter a finding; the arguments are the fields of :class:`Finding`."""
        self.findings.append(Finding(name, state, said, change))

    @property
    def verdict(self) -> str:
        """The whole in one sentence, and what it took."""
        about = "about " if self.estimated else ""
        asked = f"Asked {counted(self.requests, 'question')}, {about}{self.tokens:,} tokens."
        if not self.usable:
            because = f" (see: {', '.join(self.faults)})" if self.faults else ""
            return f"It cannot play yet{because}. {asked}"
        assert self.how is not None
        takes = ""
        if self.dialogue_tokens is not None:
            takes = f", at most about {_rounded(self.dialogue_tokens):,} tokens a dialogue"
        return f"It can play: {HOW[self.how]}{takes}. {asked}"


def _rounded(tokens: int) -> int:
    """Round to two significant figures: an estimate is no more precise."""
    return int(float(f"{tokens:.2g}"))
