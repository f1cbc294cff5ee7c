"""A model's address: ``PROVIDER/MODEL[@BASE_URL]``, as written after ``--model`` and in suites."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from harness import plugins
from harness.errors import ModelError, UsageError, closest
from harness.models.presets import PRESETS
from harness.plugins import ExtensionPoint

PROVIDERS: Final = ("scripted", "openai", *PRESETS, "langchain")
"""Providers that ship; others are installed as entry points of :data:`POINT`."""
POINT: Final = ExtensionPoint(noun="provider", group="track15.models", flag="--model")
"""Installed providers: name -> what makes a chat (see CONTRIBUTING)."""
ModelRole = Literal["official", "unofficial", "judge", "reader", "author"]
ROLES: Final[tuple[ModelRole, ...]] = get_args(ModelRole)
"""The roles a model can be given to; an address without a role is for all of them."""
OPENAI_URL: Final = "https://api.openai.com/v1"
LOOPBACK_ONLY: Final = "TRACK15_LOOPBACK_ONLY"
"""Environment variable: when set (and not ``0``), no other machine is ever spoken to."""

_EXAMPLE = "for example openai/MODEL, openai/MODEL@http://127.0.0.1:8000/v1 or langchain/ollama:M"
_ROLE = re.compile(r"([A-Za-z_-]+)=(.*)", re.DOTALL)
_ADDRESS = re.compile(r"(?P<provider>[^/@]+)/(?P<model>.+?)(?:@(?P<base_url>https?://.*))?", re.I)
_PLACE = re.compile(
    r"(?P<model>.+)@(?P<place>(?:(?P<host>[a-z0-9.-]+)|\[[0-9a-f:.]+\])(?::(?P<port>\d+))?(?:/.*)?)",
    re.I,
)
"""A model and what may be a base URL without its ``http://``."""
_LOWEST_PORT: Final = 80
"""``model@quantisation:2`` is how LM Studio names a second copy; no server has such a port."""
_MISSPELT: Final = 0.75
"""Likeness above which a provider or a role is taken for a misspelling; ``openchat``, which makes
models, is less like ``openai``."""
_PASTED = re.compile(r"(?:/chat/completions|(?<=/v1)/(?:models|completions|responses))/*\Z")
"""What tools show after the base URL, and people paste with it."""
_AZURE_VERSION = re.compile(r"api-version=[0-9A-Za-z.-]{1,40}")
_SECRET_PARTS = re.compile(r"((?<=@)|(?<=://)).*@|(?<=[?#]).+", re.DOTALL)
"""User info (everything up to the last @) and whatever follows ? or #."""


class ModelAddress(BaseModel):
    """Where a model is and what it is called there.

    Attributes:
        provider: ``scripted`` (no model at all), ``openai`` (any OpenAI-compatible server), one of
            :data:`~harness.models.presets.PRESETS` (such a server on its usual port here),
            ``langchain`` (whatever ``init_chat_model`` reaches; ``model`` is ``PROVIDER:MODEL``),
            or an installed one.
        model: The name the server knows; empty for ``scripted`` only.
        base_url: ``http(s)://HOST[:PORT][/PATH][?api-version=VERSION]`` without trailing slash,
            user info, fragment or any other query, hence always safe to print; None for the
            provider's own address.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    provider: str
    model: str = ""
    base_url: str | None = None

    @field_validator("model")
    @classmethod
    def _printable(cls, model: str) -> str:
        if not model.isprintable() or any(c.isspace() and c != " " for c in model):
            raise ValueError("a model name has no line breaks, tabs or control characters")
        if model != model.strip():
            raise ValueError("a model name neither begins nor ends with a space")
        return model

    @field_validator("base_url")
    @classmethod
    def _plain_url(cls, base_url: str | None) -> str | None:
        if base_url is None:
            return None
        if not (base_url.isascii() and base_url.isprintable()) or " " in base_url:
            raise ValueError("a base URL has no spaces, control or non-ASCII characters")
        try:
            parts = urlsplit(base_url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise ValueError("the base URL's host or port is malformed") from error
        if parts.scheme not in ("http", "https") or not host:
            raise ValueError("a base URL is http://HOST[:PORT][/PATH] or https://...")
        if "@" in parts.netloc:
            raise ValueError("a base URL must not carry a user name or password")
        query = parts.query
        if "#" in base_url or ("?" in base_url and not _AZURE_VERSION.fullmatch(query)):
            raise ValueError(
                "a base URL has no query or fragment except Azure's ?api-version=VERSION; put a "
                "key into the variable TRACK15_API_KEY"
            )
        shown = f"[{host}]" if ":" in host else host
        netloc = shown if port is None else f"{shown}:{port}"
        path = _PASTED.sub("", parts.path).rstrip("/")
        return f"{parts.scheme}://{netloc}{path}" + (f"?{query}" if query else "")

    @model_validator(mode="before")
    @classmethod
    def _usual_place(cls, fields: Any) -> Any:
        if isinstance(fields, dict) and fields.get("provider") in PRESETS:
            return {**fields, "base_url": fields.get("base_url") or _usual(fields["provider"])}
        return fields

    @model_validator(mode="after")
    def _fits_provider(self) -> ModelAddress:
        if self.provider == "scripted":
            if self.model or self.base_url:
                raise ValueError("'scripted' stands alone: it has no model and no base URL")
        elif not self.model:
            raise ValueError("the model's name is missing")
        if self.provider == "langchain" and not re.fullmatch(r"[^:]+:.+", self.model):
            raise ValueError("a LangChain model is named PROVIDER:MODEL")
        if self.provider == "langchain" and self.query:
            raise ValueError("LangChain reads Azure's version from the variable OPENAI_API_VERSION")
        if "://" in self.model:
            raise ValueError("a model name cannot contain a URL")
        return self

    def __str__(self) -> str:
        if self.provider == "scripted":
            return "scripted"
        return f"{self.provider}/{self.model}" + (f"@{self.base_url}" if self.base_url else "")

    @property
    def safe_url(self) -> str:
        """The URL requests go to, for display; the provider's name where LangChain decides it."""
        if self.base_url:
            return self.base_url.partition("?")[0]
        return OPENAI_URL if self.provider == "openai" else str(self)

    @property
    def query(self) -> str:
        """What follows ``?`` in every request: ``api-version=VERSION``, or nothing."""
        return (self.base_url or "").partition("?")[2]

    @property
    def speaks_openai(self) -> bool:
        """Whether this package speaks to it itself, by OpenAI's chat-completions protocol."""
        return self.provider == "openai" or self.provider in PRESETS

    @property
    def is_openai_itself(self) -> bool:
        """Whether requests go to api.openai.com over TLS, the only place its key may be sent."""
        if self.provider == "scripted":
            return False
        if self.base_url is None:
            langchain = self.provider == "langchain" and self.model.startswith("openai:")
            return self.provider == "openai" or langchain
        named, ours = urlsplit(self.base_url), urlsplit(OPENAI_URL)
        same_host = (named.scheme, named.hostname) == (ours.scheme, ours.hostname)
        return same_host and named.port in (None, 443)

    @property
    def is_loopback(self) -> bool:
        """Whether requests stay on this machine; False where LangChain decides the address.

        The address of all interfaces (``0.0.0.0``, ``[::]``), which servers print when they start,
        leads back here too.
        """
        host = (urlsplit(self.base_url or OPENAI_URL).hostname or "").removesuffix(".")
        try:
            found = ipaddress.ip_address(host)
        except ValueError:
            return host == "localhost"
        found = getattr(found, "ipv4_mapped", None) or found
        return found.is_loopback or found.is_unspecified

    def refuse_beyond_loopback(self, environ: Mapping[str, str] | None = None) -> None:
        """Raise :class:`ModelError` if ``TRACK15_LOOPBACK_ONLY`` forbids speaking to this address.

        Set in tests, it makes a paid call impossible whatever the code above does.
        """
        forbidden = (os.environ if environ is None else environ).get(LOOPBACK_ONLY, "0")
        if forbidden not in ("", "0") and self.provider != "scripted" and not self.is_loopback:
            raise ModelError(
                f"{LOOPBACK_ONLY} is set, and this address is not on this machine",
                where=self.safe_url,
                fix=f"unset {LOOPBACK_ONLY}, or use a server on 127.0.0.1",
            )


def installed() -> tuple[str, ...]:
    """Names of the providers that other packages bring."""
    return tuple(sorted({entry.name for entry in plugins.installed(POINT)}))


def _usual(preset: str) -> str:
    return PRESETS[preset].base_url


def parse_address(text: str, *, flag: str = "--model") -> ModelAddress:
    """Read ``PROVIDER/MODEL[@BASE_URL]`` or ``scripted``.

    Raises:
        UsageError: Naming ``flag``, what was given (never a password) and an example.
    """
    given = text.strip()
    if given.lower() == "scripted":
        return ModelAddress(provider="scripted")
    if given.lower().startswith(("http://", "https://")):
        reason = "write the provider and the model's name before the base URL"
        raise _unusable(flag, text, reason, write=f"openai/MODEL@{_PASTED.sub('', given)}")
    match = _ADDRESS.fullmatch(given)
    if match is None:
        raise _unusable(flag, text, "an address is PROVIDER/MODEL[@BASE_URL], or 'scripted'")
    provider, model = match["provider"].lower(), match["model"].strip()
    place = None if match["base_url"] else _PLACE.fullmatch(model)
    if place is not None and _is_a_host(place):
        base_url = f"http://{place['place']}" + ("" if "/" in place["place"] else "/v1")
        write = f"{provider}/{place['model']}@{base_url}"
        raise _unusable(flag, text, "a base URL starts with http:// or https://", write=write)
    if provider not in PROVIDERS and provider not in (own := installed()):
        known = ", ".join([*PROVIDERS, *own])
        write = f"openai/{given}" if match["base_url"] else f"vllm/{given}, openai/{given}@BASE_URL"
        if meant := closest(provider, (*PROVIDERS, *own), cutoff=_MISSPELT):
            write = f"{meant[0]}/{given.partition('/')[2]}"
        raise _unusable(flag, text, f"unknown provider {provider!r} (known: {known})", write=write)
    try:
        return ModelAddress.model_validate(
            {"provider": provider, "model": model, "base_url": match["base_url"]}
        )
    except ValidationError as error:
        reason = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise _unusable(flag, text, reason) from None


def _is_a_host(place: re.Match[str]) -> bool:
    """Whether what follows the last ``@`` is where a server is, rather than a part of a name."""
    host, port, path = place["host"], place["port"], "/" in place["place"]
    if host is None or host.lower() == "localhost" or _is_an_ip(host):
        return True
    if "." in host and host.rpartition(".")[2].isalpha():
        return port is not None or path
    return port is not None and (path or int(port) >= _LOWEST_PORT)


def _is_an_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def parse_role(text: str, *, flag: str = "--model") -> tuple[ModelRole | None, ModelAddress]:
    """Read ``[ROLE=]PROVIDER/MODEL[@BASE_URL]``; the role is None where it is for all roles.

    Raises:
        UsageError: As :func:`parse_address`, or for an unknown role.
    """
    match = _ROLE.fullmatch(text.strip())
    if match is None:
        return None, parse_address(text, flag=flag)
    for role in ROLES:
        if role == match[1].lower():
            return role, parse_address(match[2], flag=flag)
    known = ", ".join(ROLES)
    meant = closest(match[1], ROLES, cutoff=_MISSPELT)
    write = f"{meant[0]}={match[2]}" if meant else ""
    raise _unusable(flag, text, f"unknown role {match[1]!r} (known: {known})", write=write)


def parse_roles(texts: Iterable[str], *, flag: str = "--model") -> dict[ModelRole, ModelAddress]:
    """The address of every role named by repeated flags; a named role beats the one for all.

    Raises:
        UsageError: As :func:`parse_role`, or if a role is given twice.
    """
    named: dict[ModelRole | None, ModelAddress] = {}
    for text in texts:
        role, address = parse_role(text, flag=flag)
        if role in named:
            raise _unusable(flag, text, f"{role or 'all roles'} given twice")
        named[role] = address
    everyone = named.get(None)
    chosen = {role: named.get(role, everyone) for role in ROLES}
    return {role: address for role, address in chosen.items() if address is not None}


def _unusable(flag: str, text: str, reason: str, *, write: str = "") -> UsageError:
    fix = _EXAMPLE if not write else f"write {_without_secrets(write)} ({_EXAMPLE})"
    return UsageError(f"{reason}; got {_without_secrets(text)!r}", where=flag, fix=fix)


def _without_secrets(text: str) -> str:
    shown = _SECRET_PARTS.sub(lambda part: "...@" if part[0].endswith("@") else "...", text)
    return shown[:200]
