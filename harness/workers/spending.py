"""What a run has spent in this session, for the progress display. Unknown is never counted as 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.delegations.base import MadeCall
from harness.models.limits.budget import cost
from harness.models.settings import EndpointSettings
from harness.records.transcript import StageRecord


@dataclass
class Spending:
    """Sums over the calls whose server said what they took, and how many did not.

    Attributes:
        prices: Address -> its prices; models that are not in it have none.
        asked: Calls that something was sent for.
        tokens: Of prompts and replies.
        uncounted: Calls whose server did not count one of the two.
        usd: US dollars of the calls that are counted and priced.
        unpriced: Calls that are not.
        retries: Requests sent again because of a server or a connection.
        repeated: Replies that could not be used and were asked again, or were the last such.
        repeated_tokens: What those took, of ``tokens``.
        repeated_uncounted: Those whose server did not count.
        reused: Calls that nothing was sent for: a cache or a record had the reply.
    """

    prices: Mapping[str, EndpointSettings] = field(default_factory=dict)
    asked: int = 0
    tokens: int = 0
    uncounted: int = 0
    usd: float = 0.0
    unpriced: int = 0
    retries: int = 0
    repeated: int = 0
    repeated_tokens: int = 0
    repeated_uncounted: int = 0
    reused: int = 0

    def call(self, made: MadeCall) -> None:
        """Count a model call; one that was not paid for now (no attempt) counts for nothing."""
        if made.attempts < 1:
            self.reused += 1
            return
        self.asked += 1
        usage = made.call.usage
        self.retries += made.attempts - 1
        self.tokens += (usage.prompt or 0) + (usage.completion or 0)
        self.uncounted += usage.prompt is None or usage.completion is None
        prices = self.prices.get(made.call.model)
        usd = None
        if prices is not None:
            usd = cost(prices, usage.prompt, usage.completion, made.cached_tokens)
        if usd is None:
            self.unpriced += 1
        else:
            self.usd += usd

    def stage(self, record: StageRecord) -> None:
        """Count the replies of a finished stage that could not be used."""
        for call in record.unusable_calls():
            usage = record.calls[call].usage
            self.repeated += 1
            self.repeated_tokens += (usage.prompt or 0) + (usage.completion or 0)
            self.repeated_uncounted += usage.prompt is None or usage.completion is None

    def words(self) -> list[str]:
        """The account in words, for one line. Where nothing was sent, nothing can have a price."""
        if self.reused and not self.asked:
            unusable = [_unusable(self.repeated)] if self.repeated else []
            return ["0 tokens", *unusable, f"all {self.reused:,} replies known before"]
        parts = [_tokens(self.tokens, self.uncounted)]
        if self.usd or not self.unpriced:
            parts.append(f"{_at_least(self.unpriced)}${self.usd:,.4f}")
        if self.retries:
            parts.append(f"{self.retries:,} {'retry' if self.retries == 1 else 'retries'}")
        if self.repeated:
            spent = _tokens(self.repeated_tokens, self.repeated_uncounted)
            parts.append(f"{spent} on {_unusable(self.repeated)}")
        if self.reused:
            parts.append(f"{self.reused:,} replies known before")
        return parts


def _unusable(count: int) -> str:
    return f"{count:,} unusable {'reply' if count == 1 else 'replies'}"


def _tokens(counted: int, unknown: int) -> str:
    """``at least 12 tokens``; where none was counted, that."""
    if unknown and not counted:
        return "tokens not counted"
    return f"{_at_least(unknown)}{counted:,} tokens"


def _at_least(unknown: int) -> str:
    return "at least " if unknown else ""
