"""NAME=VALUE of a command line."""

import pytest

from otel_agent.errors import InstallError
from otel_agent.installer.given import given_values
from tests.configurations import NAMES


def test_values_are_given_by_their_names() -> None:
    """Everything behind the first = is the value."""
    given = given_values(["OTEL_SERVICE_NAME=a=b", "PHOENIX_ENDPOINT=http://a:1"], NAMES)

    assert {"OTEL_SERVICE_NAME": "a=b", "PHOENIX_ENDPOINT": "http://a:1"} == given


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("OTEL_SERVICE_NAME", "NAME=VALUE: expected a = behind the name"),
        ("OTEL_SERVICE_NAME=", "OTEL_SERVICE_NAME: expected text, got nothing"),
        ("OTEL_SERVICE_NAM=x", "did you mean OTEL_SERVICE_NAME?"),
        ("OPENCODE_OTLP_HEADERS=a=b", "OPENCODE_OTLP_HEADERS: expected no secret"),
        ("OPENCODE_OTLP_PROTOCOL=udp", "OPENCODE_OTLP_PROTOCOL: expected one of grpc"),
        ("TRACEPARENT=x", "TRACEPARENT: only the environment sets it"),
    ],
)
def test_what_cannot_be_used_is_told(text: str, said: str) -> None:
    """The message says what to do."""
    with pytest.raises(InstallError) as raised:
        given_values([text], NAMES)

    assert said in str(raised.value)


def test_all_faults_are_told_together_and_no_secret() -> None:
    """One run is enough to see what is wrong."""
    with pytest.raises(InstallError) as raised:
        given_values(["PHOENIX_API_KEY=hidden", "A=1", "B=2"], NAMES)

    assert 3 == len(str(raised.value).splitlines())
    assert "hidden" not in str(raised.value)
