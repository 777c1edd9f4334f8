"""A destination as a row: the variables of its users, what switches it on, and how it gets traces."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from otel_agent import capture, parsing
from otel_agent.capture import Content, Level
from otel_agent.delivery import Compression, Protocol
from otel_agent.endpoints import http_url, read_endpoint
from otel_agent.errors import AgentError
from otel_agent.parsing import HEADER_VALUE, InvalidValueError, Kind, Secret
from otel_agent.tracing import TraceProfile
from otel_agent.variables import setting


class UnfitError(AgentError):
    """A destination's variables are good one by one and cannot be used together; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """How a backend gets traces: by POST to a whole URL.

    `attributes` stand on every span and win over the profile's; `hidden` is content that its own variables
    keep back. `service_name` wins over OTEL_SERVICE_NAME.
    """

    endpoint: str
    profile: TraceProfile
    protocol: Protocol = Protocol.HTTP_PROTOBUF
    compression: Compression = Compression.GZIP
    service_name: str | None = None
    headers: Mapping[str, Secret] = field(default_factory=dict[str, Secret])
    resource: Mapping[str, str] = field(default_factory=dict[str, str])
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    hidden: frozenset[Content] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One backend: all that the rest of the agent knows of it follows from its row.

    `variables` is the dataclass of its settings, whose `level` is made by `level_of`. It is on when all names
    of one of `starts` are set, unless the first of `stops` that is set says no. `needs` are the variables
    without which it cannot be used. `traces` may raise UnfitError. `captured` is what leaves when nobody says
    how much.
    """

    name: str
    title: str
    guide: str
    variables: type[Any]
    starts: tuple[tuple[str, ...], ...]
    traces: Callable[[Any], Traces]
    needs: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    captured: Level = Level.CONTENT


def level_of(name: str) -> Level | None:
    """Return the field `level` of a destination's variables: how much content leaves for it."""
    return setting(
        f"OPENCODE_{name.upper()}_CAPTURE_LEVEL",
        kind=capture.LEVEL,
        default=None,
        shown=f"OPENCODE_CAPTURE_LEVEL where that is set, else {Level.CONTENT}",
        meaning="How much content this destination gets.",
    )


def bearer(key: Secret | None) -> Mapping[str, Secret]:
    """Return the header of a key that is a bearer token, none without a key."""
    return {"authorization": Secret(f"Bearer {key.reveal()}")} if key else {}


def posted(url: str, suffix: str = "/v1/traces") -> str:
    """Return where traces are posted below a base URL that `BASE` has read."""
    return url if url.rstrip("/").endswith(suffix) else http_url(url, suffix)


def _base(text: str) -> str:
    url = read_endpoint(text)
    if not url.lower().startswith(("http://", "https://")):
        raise InvalidValueError
    return url


def _line(text: str) -> str:
    if not HEADER_VALUE.fullmatch(text.strip()):
        raise InvalidValueError
    return text.strip()


def _key(text: str) -> Secret:
    if not HEADER_VALUE.fullmatch(text.strip()):
        raise InvalidValueError(expected="a key of printable ASCII characters")
    return Secret(text.strip())


BASE: Final = Kind(
    expected="a URL with the scheme http or https", example="http://localhost:6006", read=_base
)
KEY: Final[Kind[Secret]] = Kind(expected="a key", example="the-key", read=_key)
LINE: Final = Kind(expected="printable ASCII characters", example="opencode", read=_line)
"""A text that is sent as a header."""
TEXT: Final = parsing.TEXT
SWITCH: Final = parsing.SWITCH
