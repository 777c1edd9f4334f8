"""Where a journal's requests belong, and whether this process holds the credentials for it.

An agent that takes a journal over uses the header's settings, never its own environment: else the data
of one project would go to another one's tenant. Only secrets come from the environment, and only when
they are the same.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import msgspec
import structlog

from otel_agent import files
from otel_agent.configuration import names_of, project_fault_of
from otel_agent.destinations.catalogue import GENERIC, owner_of
from otel_agent.destinations.views import Views, base_of, views
from otel_agent.errors import SettingsError
from otel_agent.exporter.credentials import Credentials, Helper
from otel_agent.exporter.sender import Route
from otel_agent.exporter.transport import open_transport, server_of
from otel_agent.header import Header
from otel_agent.settings import Delivery, Settings, Signal, parse, rows
from otel_agent.surroundings import without_query, without_user
from otel_agent.ways import Way

KEY_FILE = "key"
KEY_BYTES = 32
HELPER = "OPENCODE_OTLP_HEADERS_HELPER"
LACKING = "lacking"
"""What stands for a destination's secret that this process has not: it makes the settings whole."""
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
    """The settings that a journal was written under, and whether its credentials are at hand.

    These are the generic destination's; those `beside` it have their own, by their names. `problems` tell
    why others are left out.
    """

    settings: Settings
    has_credentials: bool
    lack: Lack = field(default_factory=Lack)
    beside: Mapping[str, "Standing"] = field(default_factory=dict[str, "Standing"])
    problems: tuple[str, ...] = ()

    def each(self) -> Mapping[str, "Standing"]:
        """Return the standing of every destination by its name; the generic one has none."""
        return {"": self, **self.beside}


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
    found = _found(header, environ, state_dir, secrets)
    lacking = sorted(header.credentials.keys() - secrets.keys())
    has_proxies = _has_proxies(found.settings, environ)

    def judged(name: str, settings: Settings) -> Standing:
        own = [variable for variable in lacking if owner_of(variable) == name]
        lack = Lack(
            unset=tuple(variable for variable in own if not environ.get(variable)),
            changed=tuple(variable for variable in own if environ.get(variable)),
        )
        return Standing(settings, has_credentials=not own and has_proxies, lack=lack)

    return found.judged(judged)


def standing_today(header: Header, environ: Mapping[str, str], state_dir: Path) -> Standing:
    """Return the settings of a journal with the values that its secret variables have in this process.

    Everything else, the endpoint above all, is the header's. The proxies are this process's, whichever they
    are. A secret goes to no server but those that this process's own settings name for its destination, an
    endpoint with a secret query is taken only when the rest of it is the header's, and a value that the
    journal's settings cannot have counts as none. Raises SettingsError as `standing_of` does.
    """
    given = {name: environ[name] for name in header.credentials if environ.get(name)}
    secrets = {name: value for name, value in given.items() if _is_same_place(header, name, value)}
    usable = _usable(header, environ, state_dir, secrets)
    unusable = secrets.keys() - usable.keys()
    found = _found(header, environ, state_dir, usable)
    servers = _own_servers(environ)

    def judged(name: str, settings: Settings) -> Standing:
        def of(variables: Iterable[str]) -> tuple[str, ...]:
            return tuple(sorted(variable for variable in variables if owner_of(variable) == name))

        elsewhere = of(given.keys() - secrets.keys())
        is_ours = not elsewhere and _servers(settings) <= servers.get(name, set())
        withheld = () if is_ours or of(unusable) else elsewhere or of(secrets)
        lack = Lack(
            unset=of(header.credentials.keys() - given.keys()), unusable=of(unusable), withheld=withheld
        )
        return Standing(settings, has_credentials=lack == Lack(), lack=lack)

    return found.judged(judged)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What a header's settings are for every destination."""

    settings: Settings
    beside: Views

    def judged(self, judge: Callable[[str, Settings], Standing]) -> Standing:
        """Return the standing of all, each judged by its name and settings."""
        beside = {name: judge(name, settings) for name, settings in self.beside.settings.items()}
        return replace(judge("", self.settings), beside=beside, problems=self.beside.problems)


def _is_same_place(header: Header, name: str, value: str) -> bool:
    """Tell whether a value is no endpoint, or that of the header but for its query, which is masked there."""
    return header.settings.get(name) in {None, without_query(value)}


def _usable(
    header: Header, environ: Mapping[str, str], state_dir: Path, secrets: Mapping[str, str]
) -> dict[str, str]:
    """Return the secrets of those destinations that can be used with them; raises as `_found` without any."""
    without = _found(header, environ, state_dir, {}).beside.settings
    usable: dict[str, str] = {}
    for owner in {owner_of(name) for name in secrets}:
        own = {name: value for name, value in secrets.items() if owner_of(name) == owner}
        try:
            with_own = _found(header, environ, state_dir, own).beside.settings
        except SettingsError:
            continue
        if owner in with_own or owner not in without:
            usable |= own
    return usable


def _own_servers(environ: Mapping[str, str]) -> Mapping[str, set[tuple[str, bool]]]:
    """Return each destination's servers by this process's settings, none when they cannot be used."""
    own = {"HOME": "/", **environ}
    try:
        settings = base_of(own)
    except SettingsError:
        return {}
    return {name: _servers(each) for name, each in {"": settings, **views(own, settings).settings}.items()}


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


def _found(header: Header, environ: Mapping[str, str], state_dir: Path, secrets: Mapping[str, str]) -> _Found:
    """Return the header's settings with these secrets; raises SettingsError when they cannot be used."""
    home = {"HOME": environ["HOME"]} if "HOME" in environ else {}
    place = {"OPENCODE_OTEL_STATE_DIR": str(state_dir.absolute())}
    own = {name: text for name, text in header.settings.items() if not project_fault(header, name)}
    told = {**home, **own, **place, **secrets}
    settings = base_of(told)
    # A destination is projected to also while its key is not at hand: no request goes out without it.
    lacking = {name: LACKING for name in header.credentials if owner_of(name) and "." not in name}
    beside = views({**lacking, **told}, settings)
    return _Found(settings=settings if settings.enabled else replace(settings, deliveries={}), beside=beside)


def project_fault(header: Header, name: str) -> str:
    """Return what is wrong with a value of a project's file: it counts as none, and stops nothing."""
    row = names_of(rows()).rows.get(name) if name in header.project else None
    return project_fault_of(name, row, header.settings[name]) if row else ""


def _has_proxies(settings: Settings, environ: Mapping[str, str]) -> bool:
    """Tell whether this process reaches the network through the journal's proxies: its libraries read them.

    The plugin masks a proxy's user and password, so they are left out of the comparison.
    """
    names = {name for kind in PROXIES for name in (kind, kind.upper())}
    own = parse({"HOME": "/", **{name: environ[name] for name in names & environ.keys()}}).proxies
    masked = [{name: without_user(text) for name, text in row.items()} for row in (own, settings.proxies)]
    return masked[0] == masked[1]


def _credentials(header: Header, name: str) -> Mapping[str, str]:
    """Return the fingerprints of a destination's secrets."""
    return {variable: mark for variable, mark in header.credentials.items() if owner_of(variable) == name}


def waiting_reason(header: Header, name: str = "") -> str:
    """Return why the requests of a destination wait whose credentials are not at hand."""
    names = ", ".join(sorted(_credentials(header, name))) or "the proxies"
    return f"waits for {names} with the value that it had when OpenCode ran"


def destination(delivery: Delivery, header: Header, name: str = "") -> str:
    """Return the fingerprint of where a signal's requests belong: endpoint, protocol and credentials."""
    helper = f"{name}.{HELPER}" if name else HELPER
    parts = [
        # A query may hold a secret, and then not every agent has it: `credentials` tells it from others.
        delivery.endpoint.partition("?")[0],
        delivery.protocol.value,
        header.settings.get(helper, ""),
        *([name] if name else []),
    ]
    text = msgspec.json.encode([*parts, sorted(_credentials(header, name).items())])
    return hashlib.sha256(text).hexdigest()[:16]


def ways(standing: Standing, header: Header) -> list[Way]:
    """Return what each destination is told, the generic one first."""
    return [
        Way(name=name, settings=each.settings, destinations=destinations(each, header, name))
        for name, each in standing.each().items()
    ]


def destinations(standing: Standing, header: Header, name: str) -> dict[Signal, str]:
    """Return for each signal of a destination the fingerprint of where its requests belong."""
    return {signal: destination(row, header, name) for signal, row in standing.settings.deliveries.items()}


def routes(standing: Standing, header: Header, places: Mapping[str, str]) -> list[Route]:
    """Return every signal's way to every destination; without its credentials one has none and waits."""
    return [
        route
        for name, each in standing.each().items()
        if each.has_credentials
        for route in _routes(name, each.settings, destinations(each, header, name), places)
    ]


def _routes(
    name: str, settings: Settings, there: Mapping[Signal, str], places: Mapping[str, str]
) -> Iterator[Route]:
    """Yield the ways of one destination's signals, which share its helper."""
    tell = partial(_warn, name or GENERIC)
    helper = Helper(settings.headers_helper, places, tell=tell) if settings.headers_helper else None
    for signal, delivery in settings.deliveries.items():
        yield Route(
            name=name or GENERIC,
            signal=signal,
            destination=there[signal],
            open=partial(open_transport, delivery),
            credentials=Credentials(delivery.headers, helper),
        )


def _warn(name: str, problem: str) -> None:
    """Log that a destination's headers helper gave no headers; the log says it at most once a minute."""
    log.warning("headers_helper_failed", destination=name, reason=problem)
