"""What the tests of delivery share: a sink, and certificates."""

from collections.abc import Iterator

import pytest

from otel_agent.sink.server import Sink
from tests.exporter import certificates
from tests.exporter.certificates import Certificates


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A running sink."""
    with Sink() as running:
        yield running


@pytest.fixture(scope="session")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority, and the certificates of a server and of a client."""
    return certificates.make(tmp_path_factory.mktemp("pem"))
