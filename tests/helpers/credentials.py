"""Where helpers/credentials is tried: a machine of its own, with stand-ins on PATH, and HTTP servers."""

import json
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from otel_agent.exporter.headers_helper import Printed, parse

FOLDER = Path(__file__).parents[2] / "helpers" / "credentials"
PREFIX = "OTEL_AGENT_HELPER_"
SECRET = "s3cr3t-t0ken"
BEARER = f"Bearer {SECRET}"
PROGRAM = """#!{python}
import json, pathlib, sys, time
pathlib.Path(__file__ + ".argv").write_text(json.dumps(sys.argv[1:]))
expected, out, code, sleep_s = json.loads({told!r})
time.sleep(sleep_s)
if sys.argv[1:] != expected:
    sys.exit(f"ERROR: unrecognized arguments, expected {{expected}}")
print(out, end="")
sys.exit(code)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a run of a helper left."""

    code: int
    out: str
    err: str

    @property
    def printed(self) -> Printed:
        """What the agent reads in it; raises HelperError."""
        return parse(self.out.encode())

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers in clear text."""
        return {name: value.reveal() for name, value in self.printed.headers.items()}


class Machine:
    """A machine with one Python, an empty home, and the programs that a test puts there."""

    def __init__(self, root: Path) -> None:
        """Make its folders."""
        self.home, self._bin = root / "home", root / "bin"
        self.home.mkdir()
        self._bin.mkdir()
        (self._bin / "python3").symlink_to(sys.executable)

    def program(
        self, name: str, *arguments: str, prints: str = "", code: int = 0, sleep_s: float = 0.0
    ) -> None:
        """Put a stand-in on PATH, which takes these arguments only."""
        told = json.dumps([arguments, prints, code, sleep_s])
        path = self._bin / name
        path.write_text(PROGRAM.format(python=sys.executable, told=told), encoding="utf-8")
        path.chmod(0o700)

    def arguments(self, name: str) -> list[str]:
        """Return what a stand-in was started with."""
        found: list[str] = json.loads((self._bin / f"{name}.argv").read_text(encoding="utf-8"))
        return found

    def run(self, helper: str, environ: Mapping[str, str] | None = None, **settings: str) -> Ended:
        """Run a helper as the agent does; what it says of a failure has no secret in it."""
        own = {f"{PREFIX}{name}": value for name, value in settings.items()}
        ended = subprocess.run(
            [FOLDER / helper],
            env={"PATH": str(self._bin), "HOME": str(self.home), **own, **(environ or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert SECRET not in ended.stderr
        assert "Traceback" not in ended.stderr
        return Ended(code=ended.returncode, out=ended.stdout, err=ended.stderr)

    def failure(self, helper: str, environ: Mapping[str, str] | None = None, **settings: str) -> str:
        """Run a helper that has to fail, and return what it says, without its name."""
        ended = self.run(helper, environ, **settings)
        assert (1, "") == (ended.code, ended.out)
        last = ended.err.strip().splitlines()[-1]
        assert last.startswith(f"{helper}: ")
        return last.removeprefix(f"{helper}: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as a server got it; header names are lower-case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a server answers."""

    body: object = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class Server(ThreadingHTTPServer):
    """A server that answers by a function, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self, answer: Callable[[Asked], Reply]) -> None:
        """Listen on loopback."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.asked: list[Asked] = []
        self.scheme = "http"

    @property
    def host(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        """The base URL."""
        return f"{self.scheme}://{self.host}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that went away: that is what a failed handshake looks like."""


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server

    def do_GET(self) -> None:
        """Answer one request."""
        parts = urlsplit(self.path)
        asked = Asked(
            method=self.command,
            path=parts.path,
            query={name: values[0] for name, values in parse_qs(parts.query).items()},
            headers={name.lower(): str(value) for name, value in self.headers.items()},
            body=self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(),
        )
        self.server.asked.append(asked)
        reply = self.server.answer(asked)
        body = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
        self.send_response(reply.status)
        self.send_header("Content-Length", str(len(body.encode())))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def do_POST(self) -> None:
        """Answer one request, by the same function."""
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature is the library's
        """Print nothing."""


@contextmanager
def serving(answer: Callable[[Asked], Reply], pair: tuple[Path, Path] | None = None) -> Iterator[Server]:
    """Serve, by TLS where a certificate and its key are given, until the block ends."""
    with Server(answer) as server:
        if pair:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*pair)
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
            server.scheme = "https"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def web_token(claims: str = "eyJzdWIiOiJhIn0") -> str:
    """Return what looks like a JSON web token, and has the secret in its signature."""
    return f"eyJhbGciOiJSUzI1NiJ9.{claims}.{SECRET}"
