"""Endpoint URLs: what is refused, what gRPC connects to, and where HTTP posts."""

import pytest

from otel_agent.endpoints import grpc_target, http_url, read_endpoint
from otel_agent.parsing import InvalidValueError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("localhost:4317", "with a scheme"),
        ("collector", "with a scheme"),
        ("http:/collector", "with a scheme"),
        ("ftp://collector", "whose scheme is"),
        ("unix:///run/otlp", "whose scheme is"),
        ("http://", "with a host"),
        ("http://:4318", "with a host"),
        ("http:///v1/logs", "with a host"),
        ("http://a b", "without spaces"),
        ("http://a\nb", "without spaces"),
        ("http://[::1", "a URL"),
        ("http://collector:0", "a port from 1 to 65535"),
        ("http://collector:65536", "a port from 1 to 65535"),
        ("http://collector:otlp", "a port from 1 to 65535"),
        ("http://user:hunter2@collector", "without credentials"),
        ("https://token@collector:4317/x", "without credentials"),
    ],
)
def test_endpoint_that_cannot_be_used_is_refused(text: str, expected: str) -> None:
    """Each fault of an endpoint has its own words."""
    with pytest.raises(InvalidValueError) as caught:
        read_endpoint(text)

    assert expected in caught.value.expected


@pytest.mark.parametrize(
    "text",
    [
        "user:hunter2@collector:4317",
        "http://user:hunter2@collector:4317",
        "ftp://user:hunter2@collector",
        "http:/user:hunter2@collector",
        "http://user:hunter2/collector",
        "http://user:hunter2%40collector",
        "http://collector:x?token=hunter2",
        "ftp://collector?token=hunter2",
    ],
)
def test_credentials_in_an_endpoint_are_not_shown(text: str) -> None:
    """What may be a password is in no message, wherever in the URL it stands."""
    with pytest.raises(InvalidValueError) as caught:
        read_endpoint(text)

    error = caught.value
    assert "hunter2" not in f"{error}{error.expected}{error.shown}{error.remedy}"


def test_credentials_belong_into_headers() -> None:
    """The refusal of userinfo names the setting that is for credentials."""
    with pytest.raises(InvalidValueError) as caught:
        read_endpoint("https://user:pw@collector")

    assert "put credentials in OPENCODE_OTLP_HEADERS" == caught.value.remedy


def test_at_sign_behind_the_host_is_no_userinfo() -> None:
    """A path and a query may have an @."""
    url = "https://collector?tenant=a@b"

    assert url == read_endpoint(f" {url} ")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://collector:4317", "http://collector:4317"),
        ("grpc://collector:4317/", "http://collector:4317"),
        ("https://collector:443", "https://collector:443"),
        ("grpcs://collector:443", "https://collector:443"),
        ("GRPCS://Collector:443", "https://collector:443"),
        ("https://collector", "https://collector:4317"),
        ("http://[::1]:4317", "http://[::1]:4317"),
        ("http://[::1]", "http://[::1]:4317"),
    ],
)
def test_grpc_target_has_scheme_host_and_port(url: str, expected: str) -> None:
    """The schemes http and grpc are plain, https and grpcs are TLS; the default port is OTLP's."""
    assert expected == grpc_target(read_endpoint(url))


@pytest.mark.parametrize("url", ["http://collector:4317/otlp", "https://collector?tenant=a"])
def test_grpc_endpoint_with_a_path_is_refused(url: str) -> None:
    """A path would be ignored; that one stands there means that HTTP was meant."""
    with pytest.raises(InvalidValueError, match="no path, as the protocol is grpc"):
        grpc_target(url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://collector:4318", "http://collector:4318/v1/logs"),
        ("http://collector:4318/", "http://collector:4318/v1/logs"),
        ("https://gateway/otlp", "https://gateway/otlp/v1/logs"),
        ("https://gateway/otlp//", "https://gateway/otlp/v1/logs"),
        ("https://gateway/otlp?tenant=a&b=c", "https://gateway/otlp/v1/logs?tenant=a&b=c"),
        ("http://collector#top", "http://collector/v1/logs"),
        ("http://[::1]:4318", "http://[::1]:4318/v1/logs"),
    ],
)
def test_http_url_has_the_signals_path(url: str, expected: str) -> None:
    """The path of a signal follows the base URL's own; a query stays behind it."""
    assert expected == http_url(url, "/v1/logs")


@pytest.mark.parametrize("url", ["https://collector/custom/", "http://collector:9/x?y=z", "http://collector"])
def test_whole_url_is_left_alone(url: str) -> None:
    """Nothing is appended to the URL of a single signal."""
    assert url == http_url(url, "")


def test_grpc_scheme_is_refused_over_http() -> None:
    """A POST needs http or https."""
    with pytest.raises(InvalidValueError, match="as the protocol is HTTP"):
        http_url("grpc://collector:4317", "/v1/logs")
