"""How each signal is delivered: endpoint, protocol, headers, TLS; and the settings that say so."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from otel_agent import parsing
from otel_agent.endpoints import DEFAULT_GRPC, DEFAULT_HTTP, ENDPOINT, grpc_target, http_url
from otel_agent.parsing import InvalidValueError, Secret
from otel_agent.variables import Reader, Scope, Signal, rows_of, setting

CLIENT_PAIR: Final = ("client_key", "client_certificate")
# https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md; -bin: bytes
GRPC_KEY: Final = re.compile(r"(?!.*-bin$)[0-9a-z_.-]+")


class Protocol(StrEnum):
    """A way to carry OTLP."""

    GRPC = "grpc"
    HTTP_PROTOBUF = "http/protobuf"
    HTTP_JSON = "http/json"


class Compression(StrEnum):
    """What is done to a request's bytes."""

    GZIP = "gzip"
    NONE = "none"


class Temporality(StrEnum):
    """Whether a point counts from the series' start or from the last point."""

    CUMULATIVE = "cumulative"
    DELTA = "delta"
    LOWMEMORY = "lowmemory"


def _otlp(name: str) -> tuple[str, str]:
    """Return the templates of the standard variables of one meaning."""
    return f"OTEL_EXPORTER_OTLP_{{SIGNAL}}_{name}", f"OTEL_EXPORTER_OTLP_{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """Variables that turn telemetry, or one signal of it, on and off."""

    on: bool = setting(
        "OPENCODE_ENABLE_TELEMETRY",
        kind=parsing.PRESENCE,
        default=False,
        meaning="Turns telemetry on; unset: the plugin returns at once and starts nothing.",
    )
    sdk_disabled: bool = setting(
        "OTEL_SDK_DISABLED",
        kind=parsing.TRUE,
        default=False,
        meaning="`true` turns telemetry off.",
        scope=Scope.OFF,
    )
    exporter_off: bool = setting(
        "OTEL_{SIGNAL}_EXPORTER",
        kind=parsing.NONE,
        default=False,
        meaning="`none` turns the signal off; other values are left to your own programs.",
        scope=Scope.OFF,
    )
    logs_off: bool = setting(
        "OPENCODE_DISABLE_LOGS",
        kind=parsing.PRESENCE,
        default=False,
        meaning="Sends no log events.",
        scope=Scope.OFF,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How the requests of one signal are delivered."""

    signal: Signal
    endpoint: str = setting(
        "OPENCODE_OTLP_ENDPOINT",
        *_otlp("ENDPOINT"),
        kind=ENDPOINT,
        default=DEFAULT_GRPC,
        shown=f"{DEFAULT_GRPC}; over HTTP {DEFAULT_HTTP}",
        meaning="Where telemetry goes. HTTP: `/v1/<signal>` is appended, except to one signal's own URL.",
    )
    protocol: Protocol = setting(
        "OPENCODE_OTLP_PROTOCOL",
        *_otlp("PROTOCOL"),
        kind=parsing.choice(Protocol),
        default=Protocol.GRPC,
        meaning="How OTLP is carried.",
    )
    headers: Mapping[str, Secret] = setting(
        "OPENCODE_OTLP_HEADERS",
        *_otlp("HEADERS"),
        kind=parsing.HEADERS,
        default={},
        merge=parsing.merged_headers,
        secret=True,
        meaning="Headers of requests, percent-decoded. All variables count; the first one wins per name.",
    )
    timeout_s: float = setting(
        *_otlp("TIMEOUT"),
        kind=parsing.TIMEOUT_S,
        default=10.0,
        shown="10000",
        meaning="Milliseconds after which a request is given up and tried again later.",
    )
    compression: Compression = setting(
        *_otlp("COMPRESSION"),
        kind=parsing.choice(Compression),
        default=Compression.GZIP,
        meaning="Whether requests are compressed.",
    )
    certificate: Path | None = setting(
        *_otlp("CERTIFICATE"),
        kind=parsing.FILE,
        default=None,
        meaning="CA certificates to trust, a PEM file.",
    )
    client_key: Path | None = setting(
        *_otlp("CLIENT_KEY"),
        kind=parsing.FILE,
        default=None,
        meaning="Key of the client certificate, a PEM file.",
    )
    client_certificate: Path | None = setting(
        *_otlp("CLIENT_CERTIFICATE"),
        kind=parsing.FILE,
        default=None,
        meaning="Client certificate, a PEM file.",
    )

    @property
    def secure(self) -> bool:
        """Whether the connection uses TLS."""
        return self.endpoint.startswith("https:")


def deliveries_of(reader: Reader, disabled_spans: frozenset[str]) -> Mapping[Signal, Delivery]:
    """Return how the signals that are on are delivered; traces are off without any type of span."""
    off = {signal for signal in Signal if reader.made(Switches, part=signal).exporter_off}
    if reader.made(Switches).logs_off:
        off.add(Signal.LOGS)
    if disabled_spans == parsing.SPAN_TYPES:
        off.add(Signal.TRACES)
    return {signal: delivery_of(reader, signal) for signal in Signal if signal not in off}


def delivery_of(reader: Reader, signal: Signal) -> Delivery:
    """Return how a signal is delivered; what does not fit together is reported to the reader."""
    plain = reader.made(Delivery, part=signal, signal=signal)
    _check_client(reader, plain)
    if reader.is_faulty(rows_of(Delivery)["protocol"], signal):
        return plain
    return replace(plain, endpoint=_address(reader, plain), headers=_sendable_headers(reader, plain))


def _address(reader: Reader, plain: Delivery) -> str:
    """Return what the protocol connects to, for the endpoint as it was written."""
    row = rows_of(Delivery)["endpoint"]
    given = row.given(reader.environ, plain.signal)
    suffix = f"/v1/{plain.signal}"
    if not given:
        return DEFAULT_GRPC if plain.protocol is Protocol.GRPC else DEFAULT_HTTP + suffix
    try:
        if plain.protocol is Protocol.GRPC:
            return grpc_target(plain.endpoint)
        # https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp
        is_whole = given[0].name == f"OTEL_EXPORTER_OTLP_{plain.signal.upper()}_ENDPOINT"
        return http_url(plain.endpoint, "" if is_whole else suffix)
    except InvalidValueError as error:
        reader.report(given[0].name, row.fault(given[0], error))
        return plain.endpoint


def _sendable_headers(reader: Reader, plain: Delivery) -> Mapping[str, Secret]:
    """Return the headers as the protocol can carry them."""
    if plain.protocol is not Protocol.GRPC:
        return plain.headers
    lowered = {name.lower(): value for name, value in plain.headers.items()}
    if not all(GRPC_KEY.fullmatch(name) for name in lowered):
        row = rows_of(Delivery)["headers"]
        error = InvalidValueError(
            expected="names of letters, digits, `-`, `_` and `.`, as the protocol is grpc",
            shown="another name, or one that ends in `-bin`",
            remedy="correct the name, or set OPENCODE_OTLP_PROTOCOL=http/protobuf",
        )
        for given in row.given(reader.environ, plain.signal):
            reader.report(given.name, row.fault(given, error))
    return lowered


def _check_client(reader: Reader, plain: Delivery) -> None:
    """Report a client key without its certificate, and the other way round."""
    pair = {name: rows_of(Delivery)[name].given(reader.environ, plain.signal) for name in CLIENT_PAIR}
    named = [given[0].name for given in pair.values() if given]
    if len(named) == 1:
        other = next(name for name, given in pair.items() if not given)
        needed = f"OTEL_EXPORTER_OTLP_{other.upper()}"
        reader.report(named[0], f"expected {needed} beside it, got nothing; set both or neither")
