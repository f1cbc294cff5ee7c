"""Models under names that the user chooses: ``models.yaml``, with settings, limits and prices.

    schema: track15/models/1
    models:
      qwen:
        address: vllm/Qwen/Qwen3-8B
        temperature: 0.7
        max_tokens: 2000
        requests_per_minute: 600
        price: {prompt: 0.05, completion: 0.2}

``--model official=qwen`` then plays with it. Limits, keys and prices belong to the address and hold
for it however it is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from harness.errors import InputError, UsageError
from harness.files.yamlfile import Problem, Problems, load_document, validate
from harness.models.address import ModelRole, parse_address, parse_role, parse_roles
from harness.models.credentials import OPENAI_KEY, showable
from harness.models.settings import EndpointSettings

DEFAULT_FILE: Final = Path("models.yaml")

_NAME = re.compile(r"(?P<role>[A-Za-z_-]+=)?\s*(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)")
_Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Price(_Part):
    """US dollars for a million tokens."""

    prompt: _Price
    completion: _Price
    cached: _Price | None = Field(
        default=None, description="Prompt tokens that the server had cached; else as prompt."
    )


class NamedModel(_Part):
    """A model at an address, how it is sampled, how hard it may be driven, what it costs."""

    address: str = Field(description="PROVIDER/MODEL[@BASE_URL], as after --model.")
    key: str | None = Field(
        default=None,
        description="The environment variable that holds its key; never the key itself.",
    )
    temperature: float | None = Field(default=None, ge=0, le=2)
    max_tokens: int | None = Field(default=None, ge=64, le=200_000)
    effort: str | None = Field(
        default=None,
        pattern=r"^[a-z]{1,20}$",
        description="How hard a reasoning model thinks: minimal, low, medium, high, ...",
    )
    extra: dict[str, Any] | None = Field(
        default=None, description="Further fields of every request, as the server names them."
    )
    max_connections: int | None = Field(default=None, ge=1, le=10_000)
    requests_per_minute: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    tokens_per_minute: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    price: Price | None = None

    @field_validator("address")
    @classmethod
    def _readable(cls, address: str) -> str:
        try:
            parsed = parse_address(address, flag="address")
        except UsageError as error:
            # Not as a plain error, which would show what was written: it may hold a password.
            raise Problems([Problem((), error.what, error.fix or "")]) from None
        if parsed.provider == "scripted":
            raise ValueError("'scripted' is no model")
        return str(parsed)

    @field_validator("key")
    @classmethod
    def _a_variable(cls, key: str | None) -> str | None:
        if key is not None and not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", key):
            fix = "export MY_KEY=... in the shell, and write key: MY_KEY"
            raise Problems([Problem((), "the name of a variable, never the key itself", fix)])
        return key

    @field_validator("extra")
    @classmethod
    def _ours_are_ours(cls, extra: dict[str, Any] | None) -> dict[str, Any] | None:
        ours = {"model", "messages", "response_format", "tools", "tool_choice", "seed", "stream"}
        if extra and (taken := sorted(ours & set(extra))):
            raise ValueError(f"{taken[0]!r} is set by track15 and cannot be given here")
        return extra

    @property
    def sampling(self) -> dict[str, Any]:
        """What of it determines a dialogue: the settings that are given."""
        names = ("temperature", "max_tokens", "effort", "extra")
        return {name: value for name in names if (value := getattr(self, name)) is not None}

    @property
    def endpoint(self) -> EndpointSettings:
        """What of it belongs to the address."""
        return EndpointSettings(
            key=self.key,
            max_connections=self.max_connections,
            requests_per_minute=self.requests_per_minute,
            tokens_per_minute=self.tokens_per_minute,
            prompt_price=None if self.price is None else self.price.prompt,
            cached_price=None if self.price is None else self.price.cached,
            completion_price=None if self.price is None else self.price.completion,
        )


class ModelsFile(_Part):
    """The whole file."""

    schema_: Literal["track15/models/1"] = Field(alias="schema")
    models: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")], NamedModel] = Field(
        min_length=1
    )


def load_models(path: Path | None) -> dict[str, NamedModel]:
    """Models by name, from ``path`` or, if that is None, from ``models.yaml`` here where there is
    one.

    Raises:
        InputError: The file is missing or unsound (file, line, field, fix), or two entries say
            different things of one address.
    """
    if path is None:
        if not DEFAULT_FILE.is_file():
            return {}
        path = DEFAULT_FILE
    found = validate(load_document(path), ModelsFile).models
    by_address: dict[str, str] = {}
    for name, model in found.items():
        other = by_address.setdefault(model.address, name)
        if found[other].endpoint != model.endpoint:
            raise InputError(
                f"{other!r} and {name!r} are the same address with different keys, limits or "
                "prices, but these belong to the address",
                where=str(path),
                fix="give both the same",
            )
        if model.key == OPENAI_KEY and not parse_address(model.address).is_openai_itself:
            raise InputError(
                f"{name!r} would send {OPENAI_KEY} to a host that is not OpenAI's",
                where=str(path),
                fix="put that server's key in a variable of its own and name it under 'key'",
            )
    return found


class Chosen(_Part):
    """Who plays a role."""

    address: str
    sampling: dict[str, Any] = Field(default_factory=dict)


def choose(
    texts: Iterable[str], known: Mapping[str, NamedModel], *, flag: str = "--model"
) -> dict[ModelRole, Chosen]:
    """The model of every role named by repeated flags: ``[ROLE=]ADDRESS`` or ``[ROLE=]NAME``.

    Raises:
        UsageError: As :func:`~harness.models.address.parse_roles`; or a name that ``known`` lacks.
    """
    sampling: dict[ModelRole, dict[str, Any]] = {}
    named: dict[ModelRole | None, dict[str, Any]] = {}
    addresses = []
    for text in texts:
        named_so = _NAME.fullmatch(text.strip())
        if named_so is None or named_so["name"].lower() == "scripted":
            addresses.append(text)
            named[parse_role(text, flag=flag)[0]] = {}
            continue
        name = named_so["name"]
        if name not in known:
            listed = ", ".join(known) or "none; models.yaml here, or --models FILE, names them"
            raise UsageError(
                f"{showable(name, keys=(), prompt=(), length=60)!r} is neither an address nor the "
                "name of a model",
                where=flag,
                fix=f"an address is PROVIDER/MODEL[@BASE_URL]; models by name: {listed}",
            )
        resolved = f"{named_so['role'] or ''}{known[name].address}"
        addresses.append(resolved)
        named[parse_role(resolved, flag=flag)[0]] = known[name].sampling
    chosen = parse_roles(addresses, flag=flag)
    for role_ in chosen:
        sampling[role_] = named.get(role_, named.get(None, {}))
    return {
        role_: Chosen(address=str(address), sampling=sampling[role_])
        for role_, address in chosen.items()
    }


def endpoints(known: Mapping[str, NamedModel]) -> dict[str, EndpointSettings]:
    """What is particular to each address."""
    return {model.address: model.endpoint for model in known.values()}
