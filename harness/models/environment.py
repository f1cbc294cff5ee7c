"""Proxies and certificates, as the environment's variables name them.

Only this module reads these variables. The HTTP libraries below would each read all of them in
their own way, and raise a traceback over a variable that does not concern the server at hand.
"""

from __future__ import annotations

import base64
import ipaddress
import os
import re
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from harness.errors import ModelError

if TYPE_CHECKING:
    import ssl

    from harness.models.address import ModelAddress

CERTIFICATES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""Variables that name the authorities to trust; the first that is set counts."""
_OTHERS_READ: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables by which other tools name them; a user may have set one of these alone."""
_PROXY_SCHEMES: Final = ("http", "https")
_USER = re.compile(r"(//|^)[^/]*@")


@dataclass(frozen=True)
class Proxy:
    """A proxy that stands before a server.

    Attributes:
        url: ``http(s)://HOST:PORT``, without user and password: fit to be shown.
        variable: The environment variable that names it, or what else does.
        user: User and password; None where there are none. Never shown.
    """

    url: str
    variable: str
    user: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """The headers that authenticate with the proxy."""
        if self.user is None:
            return {}
        said = base64.b64encode(":".join(self.user).encode()).decode()
        return {"Proxy-Authorization": f"Basic {said}"}

    def __str__(self) -> str:
        return f"the proxy {self.url} ({self.variable})"


def proxy_for(address: ModelAddress, environ: Mapping[str, str] | None = None) -> Proxy | None:
    """The proxy between here and ``address``; None where there is none, as for this machine.

    Only the variable that counts for this address is looked at: ``HTTPS_PROXY`` or ``HTTP_PROXY``
    by its scheme, else ``ALL_PROXY``; in lower case too, which goes before. Hosts of ``NO_PROXY``
    have none.

    Raises:
        ModelError: That variable names no proxy that can be used.
    """
    if address.is_loopback or "://" not in address.safe_url:
        return None
    target = urlsplit(address.safe_url)
    for scheme in (target.scheme, "all"):
        named = _variable(f"{scheme}_proxy", environ)
        if named is not None:
            break
    else:
        named = _of_the_system(target.scheme, environ)
    if named is None or _spared(target.hostname or "", _port(address), environ):
        return None
    return _read(*named, host=target.hostname or "")


def trusted(environ: Mapping[str, str] | None = None) -> ssl.SSLContext | None:
    """The authorities that may vouch for a server: those of ``SSL_CERT_FILE`` or ``SSL_CERT_DIR``;
    None for the usual ones, where neither is set.

    Raises:
        ModelError: The variable names nothing that holds certificates.
    """
    import ssl

    for variable in CERTIFICATES:
        place = (os.environ if environ is None else environ).get(variable)
        if not place:
            continue
        kind = "cafile" if variable == "SSL_CERT_FILE" else "capath"
        there = os.path.isfile(place) if kind == "cafile" else os.path.isdir(place)  # noqa: PTH112, PTH113
        problem = "which is not there" if not there else ""
        if there:
            try:
                if kind == "cafile":
                    return ssl.create_default_context(cafile=place)
                return ssl.create_default_context(capath=place)
            except (OSError, ValueError):  # ssl.SSLError is an OSError
                problem = "which holds no certificate that can be read"
        raise ModelError(
            f"it names {place!r}, {problem}",
            where=variable,
            fix=f"unset {variable}, or let it name a file of certificates in PEM form",
        )
    return None


def fault(environ: Mapping[str, str] | None = None) -> ModelError | None:
    """What of the environment no HTTP library could use, whatever the server; None for nothing.

    For libraries that read all of it by themselves.
    """
    try:
        for name in ("all_proxy", "http_proxy", "https_proxy"):
            named = _variable(name, environ)
            if named is not None:
                _read(*named, host="HOST")
        if any(_set(name, environ) for name in CERTIFICATES):
            trusted(environ)
    except ModelError as error:
        return error
    return None


def certificate_advice(environ: Mapping[str, str] | None = None) -> str | None:
    """What to do where other tools were told whom to trust and this one was not; None else."""
    if any(_set(name, environ) for name in CERTIFICATES):
        return None
    for name in _OTHERS_READ:
        if _set(name, environ):
            return f"{name} is not read here: export SSL_CERT_FILE=${name}"
    return None


def _set(name: str, environ: Mapping[str, str] | None) -> str:
    return (os.environ if environ is None else environ).get(name, "").strip()


def _variable(name: str, environ: Mapping[str, str] | None) -> tuple[str, str] | None:
    """Value and name of a variable that is set, in lower case first."""
    for spelt in (name, name.upper()):
        value = _set(spelt, environ)
        if value:
            return value, spelt
    return None


def _of_the_system(scheme: str, environ: Mapping[str, str] | None) -> tuple[str, str] | None:
    """What the settings of macOS and Windows say."""
    if environ is not None:
        return None
    found = urllib.request.getproxies()
    value = found.get(scheme) or found.get("all")
    return (value, "the system's settings") if value else None


def _read(value: str, variable: str, *, host: str) -> Proxy:
    shown = _USER.sub(r"\1...@", value)[:100]
    fix = f"{variable}=http://HOST:PORT, unset {variable}, or NO_PROXY={host} to bypass it"
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        name, port = parts.hostname, parts.port
    except ValueError:
        name, port = None, None
        parts = urlsplit("")
    if name and parts.scheme and parts.scheme.lower() not in _PROXY_SCHEMES:
        raise ModelError(
            f"it names the proxy {shown!r}; proxies of the kind {parts.scheme}:// cannot be used",
            where=variable,
            fix=fix,
        )
    if not name or not parts.scheme or not value.isascii() or any(map(str.isspace, value)):
        raise ModelError(f"it names {shown!r}, which is no proxy", where=variable, fix=fix)
    place = f"[{name}]" if ":" in name else name
    user = None
    if parts.username is not None:
        user = (unquote(parts.username), unquote(parts.password or ""))
    return Proxy(f"{parts.scheme.lower()}://{place}" + (f":{port}" if port else ""), variable, user)


def _port(address: ModelAddress) -> int:
    parts = urlsplit(address.safe_url)
    return parts.port or (443 if parts.scheme == "https" else 80)


def _spared(host: str, port: int, environ: Mapping[str, str] | None) -> bool:
    """Whether ``NO_PROXY`` names a host: by name, by the end of it, by address or network, with or
    without a port; ``*`` names all. What cannot be read names none."""
    named = _variable("no_proxy", environ)
    return named is not None and any(
        _names(entry, host.lower(), port) for entry in _entries(named[0])
    )


def _entries(value: str) -> Iterator[str]:
    for entry in re.split(r"[\s,;]+", value.lower()):
        yield entry.rpartition("://")[2].rstrip("/") if "://" in entry else entry


def _names(entry: str, host: str, port: int) -> bool:
    if entry in ("", "*"):
        return entry == "*"
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        pass  # a name, or an address with a port
    name, colon, number = entry.rpartition(":")
    if colon and number.isdigit():
        return int(number) == port and _names(name, host, port)
    ending = entry.removeprefix("*").removeprefix(".")
    return bool(ending) and (host == ending or host.endswith(f".{ending}"))
