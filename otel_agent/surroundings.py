"""What the surroundings say: where state is kept, what the log keeps, and the proxies to the endpoint."""

import pwd
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from otel_agent import parsing
from otel_agent.variables import Reader, Scope, Setting, setting

_USER = re.compile(r"^([a-z0-9]+://)?[^/?#\s]*@", re.IGNORECASE)
_URL_USER = re.compile(r"(//)[^/?#\s]*@")
URLS = ("_ENDPOINT", "_URL", "_URI", "_HOST", "_BASEURL")
"""How the names of variables end that hold a URL; the plugin knows the same."""


class LogLevel(StrEnum):
    """The least severity that the agent's own log keeps."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Variables that say where the agent keeps its files."""

    state_dir: Path | None = setting(
        "OPENCODE_OTEL_STATE_DIR",
        kind=parsing.ABSOLUTE,
        default=None,
        shown="$XDG_STATE_HOME/otel-agent, else ~/.local/state/otel-agent",
        meaning="Where journals, the log and the installation's ids are kept.",
        scope=Scope.PROCESS,
    )
    xdg_state_home: str | None = setting(
        "XDG_STATE_HOME",
        kind=parsing.TEXT,
        default=None,
        meaning="Where programs keep state; ignored when relative.",
        scope=Scope.ENVIRONMENT,
    )


def state_dir_of(reader: Reader, user_id: int) -> Path:
    """Return the folder for state; https://specifications.freedesktop.org/basedir-spec/latest/."""
    places = reader.made(Places)
    if places.state_dir is not None:
        return places.state_dir
    base = Path(places.xdg_state_home or "")
    return (base if base.is_absolute() else _home(reader, user_id) / ".local" / "state") / "otel-agent"


def home_of(environ: Mapping[str, str], user_id: int) -> Path | None:
    """Return the home folder: $HOME, else the one that the system knows for this user, if any."""
    home = environ.get("HOME")
    if home:
        return Path(home)
    try:
        return Path(pwd.getpwuid(user_id).pw_dir)
    except KeyError:
        return None


def _home(reader: Reader, user_id: int) -> Path:
    """Return the home folder; a user without one is a problem."""
    home = home_of(reader.environ, user_id)
    if home is None:
        reader.report("HOME", "expected a folder, got nothing; set HOME or OPENCODE_OTEL_STATE_DIR")
    return home or Path("/")


def _proxy(name: str, meaning: str) -> str | None:
    """Return the field of a proxy variable; lower case wins, as in curl and Python."""
    return setting(
        name, name.upper(), kind=parsing.TEXT, default=None, meaning=meaning, scope=Scope.ENVIRONMENT
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxies:
    """Proxies on the way to the endpoint."""

    https_proxy: str | None = _proxy("https_proxy", "Proxy for https endpoints.")
    http_proxy: str | None = _proxy("http_proxy", "Proxy for http endpoints.")
    all_proxy: str | None = _proxy("all_proxy", "Proxy for endpoints that have no other.")
    no_proxy: str | None = _proxy("no_proxy", "Hosts that are reached without a proxy.")


def without_user(proxy: str) -> str:
    """Return a proxy with its user and password masked, as the plugin does; it may have no scheme."""
    return _USER.sub(r"\1***@", proxy)


def without_query(endpoint: str) -> str:
    """Return an endpoint with its query masked, as the plugin does: a backend may take its token there."""
    place, mark, _ = endpoint.partition("?")
    return f"{place}?***" if mark else place


def shown_value(row: Setting[object], name: str, value: str) -> str:
    """Return a variable's value as a person may see it: without secrets, a URL's user and its query."""
    if row.secret:
        return "***"
    if name.lower().endswith("proxy"):  # it may be named without a scheme
        return without_user(value)
    masked = _URL_USER.sub(r"\1***@", value)
    return without_query(masked) if name.endswith(URLS) else masked


def proxies_of(reader: Reader) -> Mapping[str, str]:
    """Return the proxy variables that are set, by their names in lower case."""
    return {name: text for name, text in asdict(reader.made(Proxies)).items() if text}
