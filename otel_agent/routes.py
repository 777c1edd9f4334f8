"""Where a journal's requests belong, and whether this process holds the credentials for it.

An agent that takes a journal over uses the header's settings, never its own environment: else the data
of one project would go to another one's tenant. Only secrets come from the environment, and only when
they are the same.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import msgspec
import structlog

from otel_agent import files
from otel_agent.errors import SettingsError
from otel_agent.exporter.credentials import Credentials, Helper
from otel_agent.exporter.sender import Route
from otel_agent.exporter.transport import open_transport, server_of
from otel_agent.header import Header
from otel_agent.settings import Delivery, Settings, Signal, parse
from otel_agent.surroundings import without_query, without_user

KEY_FILE = "key"
KEY_BYTES = 32
PROXIES = ("https_proxy", "http_proxy", "all_proxy", "no_proxy")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """What of a journal's credentials this process does not have: the names of variables.

    `changed` have another value than when OpenCode ran, `unusable` one that the journal's settings cannot
    have, and `withheld` one that is not for the journal's server: this process's settings name another. All
    are empty when nothing is lacking but the journal's proxies.
    """

    unset: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unusable: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """The settings that a journal was written under, and whether its credentials are at hand."""

    settings: Settings
    has_credentials: bool
    lack: Lack = field(default_factory=Lack)


def read_key(state_dir: Path) -> bytes | None:
    """Return the key of the fingerprints; None when there is none, and so no fingerprint either."""
    try:
        with files.opened(state_dir / KEY_FILE) as stream:
            key = stream.read(KEY_BYTES + 1)
    except OSError:
        return None
    return key if len(key) == KEY_BYTES else None


def fingerprint(key: bytes, value: str) -> str:
    """Return a secret's HMAC-SHA256 in hexadecimal, as the plugin writes it into the header."""
    # A value with bytes that are no UTF-8 is another one than the plugin saw, and no error.
    return hmac.new(key, value.encode(errors="surrogateescape"), hashlib.sha256).hexdigest()


def standing_of(header: Header, environ: Mapping[str, str], state_dir: Path) -> Standing:
    """Return the settings of a journal, without deliveries when they turn telemetry off.

    Raises SettingsError when they cannot be used.

    `environ` is this process's environment: of it, only secrets with the header's fingerprint are taken.
    """
    secrets = _same_secrets(header, environ, state_dir)
    settings = _settings_of(header, environ, state_dir, secrets)
    lacking = sorted(header.credentials.keys() - secrets.keys())
    return Standing(
        settings=settings,
        has_credentials=not lacking and _has_proxies(settings, environ),
        lack=Lack(
            unset=tuple(name for name in lacking if not environ.get(name)),
            changed=tuple(name for name in lacking if environ.get(name)),
        ),
    )


def standing_today(header: Header, environ: Mapping[str, str], state_dir: Path) -> Standing:
    """Return the settings of a journal with the values that its secret variables have in this process.

    Everything else, the endpoint above all, is the header's. The proxies are this process's, whichever they
    are. A secret goes to no server but those that this process's own settings name, an endpoint with a secret
    query is taken only when the rest of it is the header's, and a value that the journal's settings cannot
    have counts as none. Raises SettingsError as `standing_of` does.
    """
    given = {name: environ[name] for name in header.credentials if environ.get(name)}
    secrets = {name: value for name, value in given.items() if _is_same_place(header, name, value)}
    elsewhere = tuple(sorted(given.keys() - secrets.keys()))
    unset = tuple(sorted(header.credentials.keys() - given.keys()))
    try:
        settings = _settings_of(header, environ, state_dir, secrets)
    except SettingsError:
        settings = _settings_of(header, environ, state_dir, {})
        lack = Lack(unset=unset, unusable=tuple(sorted(secrets)))
        return Standing(settings=settings, has_credentials=False, lack=lack)
    is_ours = not elsewhere and _servers(settings) <= _own_servers(environ)
    withheld = () if is_ours else elsewhere or tuple(sorted(secrets))
    lack = Lack(unset=unset, withheld=withheld)
    return Standing(settings=settings, has_credentials=not (unset or withheld), lack=lack)


def _is_same_place(header: Header, name: str, value: str) -> bool:
    """Tell whether a value is no endpoint, or that of the header but for its query, which is masked there."""
    return header.settings.get(name) in {None, without_query(value)}


def _own_servers(environ: Mapping[str, str]) -> set[tuple[str, bool]]:
    """Return the servers that this process's settings lead to, none when they cannot be used."""
    try:
        return _servers(parse({"HOME": "/", **environ}))
    except SettingsError:
        return set()


def _servers(settings: Settings) -> set[tuple[str, bool]]:
    """Return the servers that settings lead to, and whether by TLS."""
    return {(server_of(delivery), delivery.secure) for delivery in settings.deliveries.values()}


def _same_secrets(header: Header, environ: Mapping[str, str], state_dir: Path) -> dict[str, str]:
    """Return the secrets of an environment that are those of the header."""
    key = read_key(state_dir)
    return {
        name: environ[name]
        for name, expected in header.credentials.items()
        if key and name in environ and hmac.compare_digest(fingerprint(key, environ[name]), expected)
    }


def _settings_of(
    header: Header, environ: Mapping[str, str], state_dir: Path, secrets: Mapping[str, str]
) -> Settings:
    """Return the header's settings with these secrets; raises SettingsError when they cannot be used."""
    home = {"HOME": environ["HOME"]} if "HOME" in environ else {}
    place = {"OPENCODE_OTEL_STATE_DIR": str(state_dir.absolute())}
    settings = parse({**home, **header.settings, **place, **secrets})
    return settings if settings.enabled else replace(settings, deliveries={})


def _has_proxies(settings: Settings, environ: Mapping[str, str]) -> bool:
    """Tell whether this process reaches the network through the journal's proxies: its libraries read them.

    The plugin masks a proxy's user and password, so they are left out of the comparison.
    """
    names = {name for kind in PROXIES for name in (kind, kind.upper())}
    own = parse({"HOME": "/", **{name: environ[name] for name in names & environ.keys()}}).proxies
    masked = [{name: without_user(text) for name, text in row.items()} for row in (own, settings.proxies)]
    return masked[0] == masked[1]


def waiting_reason(header: Header) -> str:
    """Return why the requests of a journal wait whose credentials are not at hand."""
    names = ", ".join(sorted(header.credentials)) or "the proxies"
    return f"waits for {names} with the value that it had when OpenCode ran"


def destination(delivery: Delivery, header: Header) -> str:
    """Return the fingerprint of where a signal's requests belong: endpoint, protocol and credentials."""
    parts = [
        # A query may hold a secret, and then not every agent has it: `credentials` tells it from others.
        delivery.endpoint.partition("?")[0],
        delivery.protocol.value,
        header.settings.get("OPENCODE_OTLP_HEADERS_HELPER", ""),
    ]
    text = msgspec.json.encode([*parts, sorted(header.credentials.items())])
    return hashlib.sha256(text).hexdigest()[:16]


def routes(standing: Standing, header: Header, places: Mapping[str, str]) -> dict[Signal, Route]:
    """Return the way of every signal; without its credentials a signal has none and its requests wait."""
    if not standing.has_credentials:
        return {}
    settings = standing.settings
    helper = Helper(settings.headers_helper, places, tell=_warn) if settings.headers_helper else None
    return {
        signal: Route(
            destination=destination(delivery, header),
            open=partial(open_transport, delivery),
            credentials=Credentials(delivery.headers, helper),
        )
        for signal, delivery in settings.deliveries.items()
    }


def _warn(problem: str) -> None:
    """Log that the headers helper gave no headers; the log says it at most once a minute."""
    log.warning("headers_helper_failed", reason=problem)
