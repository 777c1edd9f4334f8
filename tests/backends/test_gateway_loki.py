"""Log events go through the gateway into the real Loki with the file of deploy/collector."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.backends import builds
from tests.backends.collector import DEPLOY, free_ports
from tests.backends.gateways import PROTOCOLS, gateway, lately, send, settled, telemetry
from tests.backends.loki import Loki
from tests.trace_backends.serving import Program, ask, running

NAMES = ("demo", "run_edit", "serve_revert")
DAY_S = 86_400


@contextmanager
def serving(folder: Path) -> Iterator[Loki]:
    """Run a Loki; the test is skipped where it is not built."""
    program = builds.program("loki", os.environ)
    if program is None:
        pytest.skip("needs Loki: run `tests/backends/install`")
    http, grpc = free_ports(2)
    folder.mkdir()
    environ = {
        "LOKI_ADDRESS": "127.0.0.1",
        "LOKI_PORT": str(http),
        "LOKI_GRPC_PORT": str(grpc),
        "LOKI_DATA": str(folder / "data"),
    }
    command = (str(program), f"-config.file={DEPLOY / 'loki.yaml'}", "-config.expand-env=true")
    url = f"http://127.0.0.1:{http}"
    with running(Program(command=command, environ=environ, folder=folder), f"{url}/ready"):
        yield Loki(url=url)


@pytest.mark.timeout(120)
def test_loki_has_every_record_in_one_stream(tmp_path: Path) -> None:
    """Each event once; the only label is the service, whatever number of processes there is."""
    files = [lately(name, tmp_path / "files") for name in NAMES]

    with serving(tmp_path / "loki") as loki, gateway(tmp_path, LOGS_OTLP=loki.endpoint) as it:
        for file, protocol in zip(files, PROTOCOLS, strict=True):
            send(file, tmp_path / "plain", telemetry(it.sink.http_url, "http/protobuf"))
            assert send(file, tmp_path, it.telemetry(protocol)).is_delivered
        expected = Counter(str(one.attributes["log.record.uid"]) for one in it.sink.log_records())
        now_s = time.time()

        def look() -> Counter[str]:
            lines = loki.lines('{service_name="opencode"}', now_s - DAY_S, now_s + DAY_S)
            return Counter(one.labels["log_record_uid"] for one in lines)

        assert expected == settled(look, expected)
        span = {"start": int((now_s - DAY_S) * 1e9), "end": int((now_s + DAY_S) * 1e9)}
        streams = ask("GET", f"{loki.url}/loki/api/v1/series", params=span)["data"]
        assert [{"service_name": "opencode"}] == streams
