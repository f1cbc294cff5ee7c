"""How models are reached in a run: what the command line says, ready to be sent to a worker."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class EndpointSettings(BaseModel):
    """What is particular to one model at one address.

    Attributes:
        key: Environment variable that holds its key; None for the usual one.
        max_connections: Requests at once; None for the run's.
        requests_per_minute: Requests begun in any 60 seconds; None for no limit.
        tokens_per_minute: Tokens, of prompts and replies, in any 60 seconds; None for no limit.
        prompt_price: US dollars for a million prompt tokens; None where it is not known.
        cached_price: The same for prompt tokens that the server had cached; None for
            ``prompt_price``.
        completion_price: US dollars for a million tokens of replies; None where it is not known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str | None = None
    max_connections: int | None = Field(default=None, ge=1, le=10_000)
    requests_per_minute: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    tokens_per_minute: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    prompt_price: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    cached_price: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    completion_price: float | None = Field(default=None, ge=0, allow_inf_nan=False)

    @property
    def priced(self) -> bool:
        """Whether a call's cost can be told."""
        return self.prompt_price is not None and self.completion_price is not None


class PoolSettings(BaseModel):
    """How the endpoints are driven, and what of their replies is kept. JSON can carry it to another
    process; it holds no key.

    Attributes:
        max_connections: Requests at once to each model at each address.
        max_retries: Retries of a failed request.
        timeout: Seconds one request may take.
        adaptive: Whether an endpoint that shows trouble gets fewer at once.
        requests_per_minute, tokens_per_minute: Of each endpoint that names none of its own.
        reasoning: Whether what a model thought before it replied is kept where its server gives it.
        endpoints: Address -> what is particular to it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_connections: int = Field(default=16, ge=1)
    max_retries: int = Field(default=5, ge=0)
    timeout: float = Field(default=120.0, gt=0, allow_inf_nan=False)
    adaptive: bool = True
    requests_per_minute: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    tokens_per_minute: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    reasoning: bool = True
    endpoints: dict[str, EndpointSettings] = Field(default_factory=dict)

    def of(self, address: str) -> EndpointSettings:
        """What is particular to an address."""
        return self.endpoints.get(address, EndpointSettings())
