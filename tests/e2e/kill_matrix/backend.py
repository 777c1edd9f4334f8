"""An OTLP server in a process of its own, to be killed: what it acknowledges is in a file before.

Run as `python -m tests.e2e.kill_matrix.backend FILE HTTP_PORT GRPC_PORT`.
"""

import base64
import json
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from otel_agent.sink.grpc_server import GrpcServer
from otel_agent.sink.http_server import HttpServer
from otel_agent.sink.script import Script
from otel_agent.sink.server import HOST
from otel_agent.sink.store import Received, Store


class FileStore(Store):
    """Appends what was accepted to a file, one JSON object a line, and goes on where it was killed."""

    def __init__(self, path: Path) -> None:
        """Open the file, without the line that a kill may have torn: it was not acknowledged."""
        super().__init__()
        self._writing = threading.Lock()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        os.truncate(self._file, path.read_bytes().rfind(b"\n") + 1)

    def add(self, received: Received) -> None:
        """Write an accepted request; the server answers when this has returned."""
        if received.message is None:
            return
        payload = received.message.SerializeToString(deterministic=True)
        line = {"signal": received.signal.value, "payload": base64.b64encode(payload).decode()}
        data = json.dumps(line).encode() + b"\n"
        with self._writing:
            if os.write(self._file, data) < len(data):
                raise OSError("expected room for a request, got a full disk")


def main(arguments: Sequence[str]) -> int:
    """Serve until the process is killed."""
    path, http_port, grpc_port = arguments
    store, script = FileStore(Path(path)), Script({})
    address = HOST, int(grpc_port)
    grpc = GrpcServer(address, store, script, tls=None, max_body_bytes=None)
    http = HttpServer((HOST, int(http_port)), store, script, tls=None, max_body_bytes=None)
    try:
        http.serve_forever()
    finally:
        grpc.cut()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
