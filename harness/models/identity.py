"""What a server reports about the model that it serves.

A model's address names a model and a place. What answers there may be another quantisation, another
file, another context length or another version of the server from one day to the next. So a run
notes what servers tell of themselves: in their list of models, in one more page that each kind of
server has for this, and in their replies. What is not told is None. Nothing here ever fails.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict

from harness.models.keys import holds_key
from harness.models.presets import PRESETS
from harness.visible import shortened, visible_line, writable

if TYPE_CHECKING:
    from harness.models.address import ModelAddress

PATIENCE: Final = 5.0
"""Seconds that the one further page may take: a run does not wait for what is only good to know."""
LONGEST: Final = 160
"""Characters of what a server says that are kept."""
MOST_NAMES: Final = 8
"""Names and fingerprints of replies that are kept: a gateway may have a hundred."""

Said = Mapping[str, tuple[str, ...]]
"""A field of replies (:data:`FIELDS`) -> what it said, each once, in the order it came."""
FIELDS: Final = ("model", "system_fingerprint")
"""Fields of a chat completion that tell who answered."""


class Identity(BaseModel):
    """What a server serves at an address. None is what it does not tell.

    Attributes:
        model: What the server calls it.
        weights: The repository or the file that it was loaded from, without its folder.
        digest: Hash of the weights.
        quantization: In the server's words.
        parameters: How many there are.
        size: Of the weights, in bytes.
        context_length: Tokens that a request and its reply may have.
        server, version: The program.
    """

    model_config = ConfigDict(frozen=True)

    model: str | None = None
    weights: str | None = None
    digest: str | None = None
    quantization: str | None = None
    parameters: int | None = None
    size: int | None = None
    context_length: int | None = None
    server: str | None = None
    version: str | None = None

    @property
    def told(self) -> dict[str, str | int]:
        """The fields that are known."""
        found = ((name, getattr(self, name)) for name in Identity.model_fields)
        return {name: value for name, value in found if value is not None}

    def differences(self, other: Identity) -> dict[str, tuple[str | int, str | int]]:
        """Field -> the values of both, where both tell and they differ."""
        ours, theirs = self.told, other.told
        return {
            name: (ours[name], theirs[name])
            for name in ours
            if name in theirs and ours[name] != theirs[name]
        }

    def words(self) -> str:
        """In one line; empty where nothing is known."""
        parts = [*dict.fromkeys(word for word in (self.model, self.weights) if word)]
        if self.quantization:
            parts.append(self.quantization)
        if self.digest:
            parts.append(self.digest[:12])
        if self.context_length:
            parts.append(f"{self.context_length:,} tokens of context")
        if self.server or self.version:
            parts.append(" ".join(word for word in (self.server, self.version) if word))
        return ", ".join(parts)


class Replies:
    """Collects what replies say of who answered."""

    def __init__(self) -> None:
        self._last: tuple[object, ...] = ()
        self._found: dict[str, dict[str, None]] = {field: {} for field in FIELDS}

    def note(self, payload: object) -> None:
        """Note a reply: a chat completion, or anything with its fields."""
        if not isinstance(payload, Mapping):
            return
        said = tuple(payload.get(field) for field in FIELDS)
        if said == self._last:  # as nearly always
            return
        self._last = said
        for field, value in zip(FIELDS, said, strict=True):
            name, known = _name(value), self._found[field]
            if name is not None and len(known) < MOST_NAMES:
                known[name] = None

    @property
    def said(self) -> Said:
        """What they said so far; fields that none had are left out."""
        return {field: tuple(names) for field, names in self._found.items() if names}


async def identify(
    address: ModelAddress, listed: object, further: Callable[[str], Awaitable[object]]
) -> Identity | None:
    """What a server says of the model at an address; None where it lists no models.

    Args:
        listed: Its list of models, as JSON.
        further: Gets one more page of the server, by its path from the root, as JSON; None where
            there is none. Called once at most.
    """
    entries = _entries(listed, "data")
    if entries is None:
        return None
    entry = _of_model(entries, address.model, "id")
    found = _listed(entry)
    kind = _OWNERS.get(str(entry.get("owned_by")), address.provider)
    if kind not in _PAGES or address.is_openai_itself:
        return found
    path, read = _PAGES[kind]
    page = await further(path)
    told = read(page, address.model) if isinstance(page, Mapping) else {}
    if any(value is not None for value in told.values()):
        told["server"] = PRESETS[kind].title
    known = {name: value for name, value in told.items() if value is not None}
    return found.model_copy(update=known)


def safe(found: Identity) -> Identity:
    """What an installed provider reports, fit for the record: without keys and folders."""
    read = {name: _name if name in ("model", "weights") else _word for name in _TEXTS}
    told = {name: make(getattr(found, name)) for name, make in read.items()}
    return Identity.model_validate(
        {**told, **{name: _count(getattr(found, name)) for name in _NUMBERS}}
    )


def safe_said(said: object) -> Said:
    """The same for what it says of replies."""
    replies: dict[str, tuple[str, ...]] = {}
    for field in FIELDS:
        names = said.get(field) if isinstance(said, Mapping) else None
        known = [_name(name) for name in names] if isinstance(names, list | tuple) else []
        if kept := tuple(name for name in known if name is not None)[:MOST_NAMES]:
            replies[field] = kept
    return replies


# --- how servers say it --------------------------------------------------------------------------

_OWNERS: Final = {
    "vllm": "vllm",
    "sglang": "sglang",
    "llamacpp": "llamacpp",
    "library": "ollama",
    "organization_owner": "lmstudio",
}
"""Who is said to own a model -> the kind of server that says so."""
_TEXTS: Final = ("model", "weights", "digest", "quantization", "server", "version")
_NUMBERS: Final = ("parameters", "size", "context_length")
_CONTEXT: Final = ("max_model_len", "context_length", "context_window", "max_context_length")
"""Context lengths in lists of models: vLLM and SGLang, OpenRouter, Groq, Mistral."""
_QUANTIZED: Final = re.compile(
    r"(?:^|[-._])((?:UD-)?I?Q\d(?:_[A-Z0-9]+)*|T?MXFP4(?:_MOE)?|TQ\d_\d|BF16|F16|F32)\.gguf$", re.I
)
"""How files of weights are named after their quantisation."""
_DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]")


def _listed(entry: Mapping[str, Any]) -> Identity:
    """What an entry of a list of models says."""
    meta = entry.get("meta")
    meta = meta if isinstance(meta, Mapping) else {}
    owner = _OWNERS.get(str(entry.get("owned_by")))
    # LM Studio and Ollama own nothing by a name of theirs: others say the same.
    named = PRESETS[owner].title if owner in ("vllm", "sglang", "llamacpp") else None
    return Identity(
        model=_name(entry.get("id")),
        weights=_name(entry.get("root")),
        parameters=_count(meta.get("n_params")),
        size=_count(meta.get("size")),
        context_length=next(filter(None, (_count(entry.get(name)) for name in _CONTEXT)), None),
        server=named,
    )


def _vllm(page: Mapping[str, Any], model: str) -> dict[str, str | int | None]:
    return {"version": _word(page.get("version"))}


def _sglang(page: Mapping[str, Any], model: str) -> dict[str, str | int | None]:
    return {
        "version": _word(page.get("version")),
        "quantization": _word(page.get("quantization")),
    }


def _llamacpp(page: Mapping[str, Any], model: str) -> dict[str, str | int | None]:
    settings = page.get("default_generation_settings")
    settings = settings if isinstance(settings, Mapping) else {}
    file = _name(page.get("model_path"))
    named = _QUANTIZED.search(file or "")
    return {
        "weights": file,
        "quantization": _word(page.get("model_ftype")) or (named.group(1) if named else None),
        "context_length": _count(settings.get("n_ctx")),
        "version": _word(page.get("build_info")),
    }


def _ollama(page: Mapping[str, Any], model: str) -> dict[str, str | int | None]:
    entries = _entries(page, "models") or []
    entry = _of_model(entries, model, "name", alone=False)
    details = entry.get("details")
    details = details if isinstance(details, Mapping) else {}
    return {
        "digest": _word(entry.get("digest")),
        "quantization": _word(details.get("quantization_level")),
        "size": _count(entry.get("size")),
    }


def _lmstudio(page: Mapping[str, Any], model: str) -> dict[str, str | int | None]:
    entry = _of_model(_entries(page, "data") or [], model, "id", alone=False)
    return {
        "quantization": _word(entry.get("quantization")),
        # Of a model that is loaded. Others can be loaded with any, up to what they were made for.
        "context_length": _count(entry.get("loaded_context_length")),
    }


_Read = Callable[[Mapping[str, Any], str], dict[str, str | int | None]]
_PAGES: Final[Mapping[str, tuple[str, _Read]]] = {
    "vllm": ("/version", _vllm),
    "sglang": ("/get_server_info", _sglang),
    "llamacpp": ("/props", _llamacpp),
    "ollama": ("/api/tags", _ollama),
    "lmstudio": ("/api/v0/models", _lmstudio),
}
"""Kind of server -> the page on which it says most, from its root, and how that is read."""


def _entries(payload: object, under: str) -> list[Mapping[str, Any]] | None:
    found = payload.get(under) if isinstance(payload, Mapping) else payload
    if not isinstance(found, list):
        return None
    return [entry for entry in found if isinstance(entry, Mapping)]


def _of_model(
    entries: list[Mapping[str, Any]], model: str, name: str, *, alone: bool = True
) -> Mapping[str, Any]:
    """The entry of a model; an empty one where there is none.

    Args:
        alone: Whether the only entry is taken whatever it is called: some servers have one model
            and give it to any name.
    """
    for wanted in (model, f"{model}:latest"):
        for entry in entries:
            if entry.get(name) == wanted:
                return entry
    return entries[0] if alone and len(entries) == 1 else {}


def _name(value: object) -> str | None:
    """A name; of a path, what follows the last separator: folders are named after people."""
    if not isinstance(value, str):
        return None
    path = value.startswith(("/", "\\", "~", ".")) or _DRIVE.match(value) is not None
    if path or "\\" in value or "://" in value or value.count("/") > 1 or value.endswith(".gguf"):
        value = re.split(r"[\\/]", value.rstrip("\\/"))[-1]
    return _word(value)


def _word(value: object) -> str | None:
    """What a server says, in one short line; None where it is no text, or holds a key."""
    if not isinstance(value, str) or not value.strip() or holds_key(value):
        return None
    return shortened(visible_line(writable(value)), LONGEST)


def _count(value: object) -> int | None:
    """A number above 0 that a record can hold."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 < value < 2**63 else None  # type: ignore[operator, return-value]
