"""TLS over every protocol: private authorities, clients' certificates, and files that are wrong."""

from contextlib import closing
from pathlib import Path

import pytest

from otel_agent.exporter.transport import Delivered, Retry, open_transport
from otel_agent.settings import Protocol, Signal
from otel_agent.sink.server import Sink
from otel_agent.sink.tls import Tls
from tests.exporter.certificates import Certificates
from tests.exporter.samples import PAYLOADS, delivery, url_of
from tests.exporter.sending import send

pytestmark = pytest.mark.parametrize("protocol", list(Protocol))


def test_private_authority_is_trusted(pem: Certificates, protocol: Protocol) -> None:
    """With the authority's certificate a private server is trusted."""
    with Sink(tls=Tls(certificate=pem.server[0], key=pem.server[1])) as sink:
        assert send(sink, protocol, certificate=pem.ca) == Delivered()


def test_unknown_authority_is_a_reason_to_retry(pem: Certificates, protocol: Protocol) -> None:
    """Without it nothing is sent, and the reason is the certificate."""
    with Sink(tls=Tls(certificate=pem.server[0], key=pem.server[1])) as sink:
        outcome = send(sink, protocol)

        assert isinstance(outcome, Retry)
        assert "its TLS certificate is not accepted" in outcome.reason
        assert sink.attempts() == []


def test_client_certificate_is_shown(pem: Certificates, protocol: Protocol) -> None:
    """A server that wants a client's certificate gets it."""
    tls = Tls(certificate=pem.server[0], key=pem.server[1], client_ca=pem.ca)
    with Sink(tls=tls) as sink:
        assert send(sink, protocol, certificate=pem.ca, client=pem.client) == Delivered()
        assert isinstance(send(sink, protocol, certificate=pem.ca), Retry)


def test_plain_server_behind_https_is_a_reason_to_retry(sink: Sink, protocol: Protocol) -> None:
    """A server that does not speak TLS says so."""
    url = url_of(sink, protocol).replace("http://", "https://")
    with closing(open_transport(delivery(url, protocol=protocol))) as transport:
        outcome = transport.send(PAYLOADS[Signal.LOGS], {})

    assert isinstance(outcome, Retry)
    assert "TLS failed" in outcome.reason


def test_missing_certificate_file_is_a_reason_to_retry(
    sink: Sink, protocol: Protocol, tmp_path: Path
) -> None:
    """A file that is not there names the setting and not the path, and works as soon as it is there."""
    outcome = send(sink, protocol, certificate=tmp_path / "none.pem")

    problem = "expected a file that can be read, got: no such file or directory"
    assert outcome == Retry(reason=f"OTEL_EXPORTER_OTLP_CERTIFICATE: {problem}")


def test_file_that_is_no_certificate_is_a_reason_to_retry(
    pem: Certificates, protocol: Protocol, tmp_path: Path
) -> None:
    """A file with something else in it is no reason to fail otherwise than by a value."""
    (tmp_path / "ca.pem").write_text("no certificate")
    with Sink(tls=Tls(certificate=pem.server[0], key=pem.server[1])) as sink:
        assert isinstance(send(sink, protocol, certificate=tmp_path / "ca.pem"), Retry)


def test_wrong_name_in_a_certificate_is_a_reason_to_retry(pem: Certificates, protocol: Protocol) -> None:
    """A certificate for another name is not accepted, and the reason says that it is the certificate."""
    with Sink(tls=Tls(certificate=pem.server[0], key=pem.server[1])) as sink:
        url = url_of(sink, protocol).replace("127.0.0.1", "localhost")
        with closing(open_transport(delivery(url, protocol=protocol, certificate=pem.ca))) as transport:
            outcome = transport.send(PAYLOADS[Signal.LOGS], {})

    assert isinstance(outcome, Retry)
    assert "its TLS certificate is not accepted" in outcome.reason
