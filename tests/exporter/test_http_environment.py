"""What the environment of the process may change about HTTP: proxies; no passwords and no authorities."""

import os
import subprocess
import sys
from pathlib import Path

from otel_agent.sink.server import Sink
from otel_agent.sink.tls import Tls
from tests.exporter.certificates import Certificates

POST = """
import sys
from pathlib import Path
from otel_agent.exporter.otlp_http import HttpTransport
from otel_agent.exporter.testing import FakeClock
from otel_agent.settings import Signal
from tests.exporter.samples import PAYLOADS, delivery
made = delivery(sys.argv[1], certificate=Path(sys.argv[2]) if sys.argv[2:] else None)
print(HttpTransport(made, FakeClock()).send(PAYLOADS[Signal.LOGS], {}))
"""


def post_elsewhere(*arguments: str, **environ: str) -> str:
    """Deliver to a URL, trusting a file if one is given, in another process; return the outcome as text."""
    done = subprocess.run(
        [sys.executable, "-c", POST, *arguments],
        env={"PYTHONPATH": os.getcwd(), **environ},  # noqa: PTH109 - the root of the checkout
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_authority_of_the_delivery_goes_before_that_of_the_environment(
    pem: Certificates, tmp_path: Path
) -> None:
    """REQUESTS_CA_BUNDLE does not replace a certificate that was set for telemetry."""
    other = tmp_path / "other.pem"
    other.write_bytes(pem.client[0].read_bytes())
    with Sink(tls=Tls(certificate=pem.server[0], key=pem.server[1])) as sink:
        outcome = post_elsewhere(sink.http_url, str(pem.ca), REQUESTS_CA_BUNDLE=str(other))

    assert outcome.startswith("Delivered")


def test_netrc_is_not_used(sink: Sink, tmp_path: Path) -> None:
    """A password of the host in ~/.netrc is not sent to it."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password s3cr3t\n")
    (tmp_path / ".netrc").chmod(0o600)

    outcome = post_elsewhere(sink.http_url, HOME=str(tmp_path), NETRC=str(tmp_path / ".netrc"))

    assert outcome.startswith("Delivered")
    assert "authorization" not in sink.attempts()[0].headers


def test_proxy_of_the_environment_is_used(sink: Sink) -> None:
    """HTTP_PROXY leads to the proxy, which gets the whole URL; here the sink plays it."""
    outcome = post_elsewhere("http://backend.invalid", http_proxy=sink.http_url)

    assert outcome.startswith("Delivered")
    assert sink.attempts()[0].headers["host"] == "backend.invalid"


def test_failing_proxy_is_named_without_its_password() -> None:
    """A proxy that cannot be reached is told from a server that cannot, without its URL."""
    outcome = post_elsewhere("https://backend.invalid", https_proxy="http://me:s3cr3t@127.0.0.1:9")

    assert "cannot reach backend.invalid through the proxy: connection refused" in outcome
    assert "s3cr3t" not in outcome
