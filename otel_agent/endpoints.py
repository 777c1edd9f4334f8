"""Where requests go: reads endpoint URLs and makes gRPC targets and HTTP URLs of them."""

import re
from typing import Final
from urllib.parse import SplitResult, urlsplit, urlunsplit

from otel_agent.parsing import InvalidValueError, Kind, quoted

# https://opentelemetry.io/docs/specs/otlp/: the default ports of OTLP/gRPC and OTLP/HTTP.
DEFAULT_GRPC: Final = "http://localhost:4317"
DEFAULT_HTTP: Final = "http://localhost:4318"
GRPC_PORT: Final = 4317
SECURE: Final = {"http": False, "grpc": False, "https": True, "grpcs": True}
# Digits of a port, and one too many.
SHOWN_PORT: Final = 6
HIDDEN: Final = "a value that is not shown, as it may hold credentials"


def read_endpoint(text: str) -> str:
    """Return a URL that has a known scheme, a host, no bad port and no userinfo."""
    url = text.strip()
    scheme, sign, rest = url.partition("://")
    if not sign:
        raise _fault(url, "a URL with a scheme", "put http://, https://, grpc:// or grpcs:// before it")
    if scheme.lower() not in SECURE:
        raise _fault(url, "a URL whose scheme is http, https, grpc or grpcs", "correct the scheme")
    if not url.isprintable() or " " in url:
        raise _fault(url, "a URL without spaces and control characters", "percent-encode them")
    if "@" in re.split(r"[/?#]", rest, maxsplit=1)[0]:
        raise _fault(url, "a URL without credentials", "put credentials in OPENCODE_OTLP_HEADERS")
    _check_host_and_port(url)
    return url


def grpc_target(url: str) -> str:
    """Return http://host:port, or https://host:port for a secure scheme, of a URL that read_endpoint took."""
    parts = urlsplit(url)
    if parts.path not in {"", "/"} or parts.query:
        raise _fault(
            url,
            "no path, as the protocol is grpc",
            "remove the path, or set OPENCODE_OTLP_PROTOCOL=http/protobuf",
        )
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    scheme = "https" if SECURE[parts.scheme] else "http"
    return f"{scheme}://{shown}:{parts.port or GRPC_PORT}"


def http_url(url: str, suffix: str) -> str:
    """Return the URL of a POST: that of read_endpoint with a suffix behind its path, the query kept."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        raise _fault(
            url,
            "http:// or https://, as the protocol is HTTP",
            "correct the scheme, or set OPENCODE_OTLP_PROTOCOL=grpc",
        )
    path = parts.path.rstrip("/") + suffix if suffix else parts.path
    return urlunsplit(SplitResult(parts.scheme, parts.netloc, path, parts.query, ""))


def _check_host_and_port(url: str) -> None:
    """Raise InvalidValueError unless the URL names a host and, if any, a port from 1 to 65535."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _fault(url, "a URL", "correct the host") from None
    if not parts.hostname:
        raise _fault(url, "a URL with a host", "write the host behind ://")
    try:
        is_good = parts.port is None or parts.port > 0
    except ValueError:
        is_good = False
    if not is_good:
        raise InvalidValueError(
            expected="a port from 1 to 65535",
            shown=_shown_port(parts.netloc.rpartition(":")[2]),
            remedy="correct the port",
        )


def _shown_port(text: str) -> str:
    """Return a bad port as a message shows it: a password looks like one where the host is missing."""
    return quoted(text) if len(text) <= SHOWN_PORT and text.isdecimal() else "another text behind the colon"


def _fault(url: str, expected: str, remedy: str) -> InvalidValueError:
    """Return the error for a URL, which is shown without its query, and not at all with an @ in it."""
    shown = HIDDEN if "@" in url or "%40" in url else quoted(url.partition("?")[0])
    return InvalidValueError(expected=expected, shown=shown, remedy=remedy)


ENDPOINT: Final = Kind(
    expected="a URL with the scheme http, https, grpc or grpcs", example=DEFAULT_GRPC, read=read_endpoint
)
