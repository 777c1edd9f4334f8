"""How each signal is delivered, as the environment says it."""

from pathlib import Path

import pytest

from otel_agent.delivery import Compression, Delivery, Protocol, Signal, delivery_of
from otel_agent.parsing import Secret
from otel_agent.variables import Reader


def delivery(environ: dict[str, str], signal: Signal = Signal.LOGS) -> Delivery:
    """Return a signal's delivery of an environment without problems."""
    reader = Reader(environ)
    made = delivery_of(reader, signal)
    assert () == reader.problems
    return made


def problems(environ: dict[str, str]) -> tuple[str, ...]:
    """Return what is wrong with an environment."""
    reader = Reader(environ)
    delivery_of(reader, Signal.LOGS)
    return reader.problems


def test_defaults_are_grpc_to_a_local_collector() -> None:
    """With nothing set, requests go compressed over gRPC to localhost, without credentials."""
    expected = Delivery(
        signal=Signal.LOGS,
        endpoint="http://localhost:4317",
        protocol=Protocol.GRPC,
        headers={},
        timeout_s=10,
        compression=Compression.GZIP,
        certificate=None,
        client_key=None,
        client_certificate=None,
    )

    assert expected == delivery({})


@pytest.mark.parametrize("protocol", ["http/protobuf", "http/json"])
def test_default_over_http_is_the_http_port(protocol: str) -> None:
    """A collector takes HTTP at 4318."""
    assert "http://localhost:4318/v1/logs" == delivery({"OPENCODE_OTLP_PROTOCOL": protocol}).endpoint


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://general/x"}, "http://general/x/v1/logs"),
        (
            {
                "OTEL_EXPORTER_OTLP_ENDPOINT": "http://general",
                "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "http://own/take/it",
            },
            "http://own/take/it",
        ),
        (
            {
                "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "http://own/take/it",
                "OPENCODE_OTLP_ENDPOINT": "http://ours/",
            },
            "http://ours/v1/logs",
        ),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://traces/"}, "http://localhost:4318/v1/logs"),
    ],
)
def test_endpoint_follows_the_precedence(environ: dict[str, str], expected: str) -> None:
    """Our endpoint is a base URL, so is the general one; the URL of one signal is used as it is."""
    assert expected == delivery({"OPENCODE_OTLP_PROTOCOL": "http/protobuf", **environ}).endpoint


def test_each_signal_may_have_its_own_protocol() -> None:
    """The standard variable of a signal sets its protocol, unless ours is set."""
    environ = {
        "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL": "http/json",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    }

    assert Protocol.HTTP_JSON == delivery(environ, Signal.LOGS).protocol
    assert Protocol.HTTP_PROTOBUF == delivery(environ, Signal.METRICS).protocol
    assert Protocol.GRPC == delivery({**environ, "OPENCODE_OTLP_PROTOCOL": "grpc"}).protocol


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("http://h", False),
        ("grpc://h", False),
        ("https://h", True),
        ("grpcs://h", True),
    ],
)
def test_scheme_says_whether_tls_is_used(endpoint: str, expected: object) -> None:
    """A delivery over https or grpcs is secure."""
    assert expected is delivery({"OPENCODE_OTLP_ENDPOINT": endpoint}).secure


def test_headers_of_all_variables_are_merged() -> None:
    """General headers, those of the signal and ours are put together; the most special one wins."""
    environ = {
        "OPENCODE_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_EXPORTER_OTLP_HEADERS": "x-a=general,x-b=general,x-c=general",
        "OTEL_EXPORTER_OTLP_LOGS_HEADERS": "X-B=logs,X-C=logs",
        "OPENCODE_OTLP_HEADERS": "x-c=ours,Authorization=Basic%20YTpi==",
    }

    assert {
        "x-a": Secret("general"),
        "X-B": Secret("logs"),
        "x-c": Secret("ours"),
        "Authorization": Secret("Basic YTpi=="),
    } == delivery(environ).headers


def test_grpc_headers_are_in_lower_case() -> None:
    """Metadata keys of gRPC have no upper-case letters."""
    environ = {"OPENCODE_OTLP_HEADERS": "Authorization=Bearer%20t,X-Key=1"}

    assert {"authorization": Secret("Bearer t"), "x-key": Secret("1")} == delivery(environ).headers


@pytest.mark.parametrize("name", ["x-key-bin", "x~key"])
def test_header_that_grpc_cannot_carry_is_refused(name: str) -> None:
    """A name that is good for HTTP but not for gRPC is reported, without its value, over gRPC only."""
    environ = {"OPENCODE_OTLP_HEADERS": f"{name}=hunter2"}

    (problem,) = problems(environ)
    assert problem.startswith("OPENCODE_OTLP_HEADERS: expected names of letters, digits")
    assert "hunter2" not in problem
    assert () == problems({**environ, "OPENCODE_OTLP_PROTOCOL": "http/json"})


def test_timeout_is_in_milliseconds() -> None:
    """The specification's unit is milliseconds; a signal's own timeout comes first."""
    environ = {"OTEL_EXPORTER_OTLP_TIMEOUT": "2500", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "500"}

    assert 2.5 == delivery(environ).timeout_s
    assert 0.5 == delivery(environ, Signal.TRACES).timeout_s


def test_compression_can_be_turned_off() -> None:
    """The standard variables choose between gzip and none."""
    environ = {"OTEL_EXPORTER_OTLP_COMPRESSION": "none", "OTEL_EXPORTER_OTLP_METRICS_COMPRESSION": "gzip"}

    assert Compression.NONE == delivery(environ).compression
    assert Compression.GZIP == delivery(environ, Signal.METRICS).compression


def test_certificates_are_files(tmp_path: Path) -> None:
    """CA certificates and the client's key and certificate are paths of files that exist."""
    paths = {name: tmp_path / name for name in ("CERTIFICATE", "CLIENT_KEY", "CLIENT_CERTIFICATE")}
    for path in paths.values():
        path.touch()

    made = delivery({f"OTEL_EXPORTER_OTLP_{name}": str(path) for name, path in paths.items()})

    assert tuple(paths.values()) == (made.certificate, made.client_key, made.client_certificate)


def test_missing_certificate_is_reported() -> None:
    """A path without a file is a problem before the first request."""
    expected = (
        "OTEL_EXPORTER_OTLP_CERTIFICATE: expected the absolute path of a file that exists, "
        "got '/no/such/ca.pem', which is no file; correct the path"
    )

    assert (expected,) == problems({"OTEL_EXPORTER_OTLP_CERTIFICATE": "/no/such/ca.pem"})


@pytest.mark.parametrize(
    ("given", "missing"), [("CLIENT_KEY", "CLIENT_CERTIFICATE"), ("CLIENT_CERTIFICATE", "CLIENT_KEY")]
)
def test_client_key_and_certificate_go_together(tmp_path: Path, given: str, missing: str) -> None:
    """One without the other is reported."""
    path = tmp_path / "client.pem"
    path.touch()

    expected = (
        f"OTEL_EXPORTER_OTLP_{given}: expected OTEL_EXPORTER_OTLP_{missing} beside it, "
        "got nothing; set both or neither"
    )

    assert (expected,) == problems({f"OTEL_EXPORTER_OTLP_{given}": str(path)})


def test_path_over_grpc_is_reported() -> None:
    """What the protocol cannot use names the endpoint's variable and the way out."""
    expected = (
        "OTEL_EXPORTER_OTLP_ENDPOINT: expected no path, as the protocol is grpc, got 'https://gateway/otlp'; "
        "remove the path, or set OPENCODE_OTLP_PROTOCOL=http/protobuf"
    )

    assert (expected,) == problems({"OTEL_EXPORTER_OTLP_ENDPOINT": "https://gateway/otlp"})


def test_endpoint_is_not_blamed_for_a_bad_protocol() -> None:
    """While the protocol is unknown, nothing is said about what would fit it."""
    environ = {"OPENCODE_OTLP_PROTOCOL": "http", "OPENCODE_OTLP_ENDPOINT": "https://gateway/otlp"}

    expected = (
        "OPENCODE_OTLP_PROTOCOL: expected one of grpc, http/protobuf, http/json, got 'http'; "
        "write for example OPENCODE_OTLP_PROTOCOL=grpc"
    )

    assert (expected,) == problems(environ)


def test_delivery_shows_no_credentials() -> None:
    """A delivery may be logged: header names are in its text, values are not."""
    shown = repr(delivery({"OPENCODE_OTLP_HEADERS": "x-key=hunter2"}))

    assert "x-key" in shown
    assert "hunter2" not in shown
