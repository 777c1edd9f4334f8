"""Drives `opencode serve` over HTTP: sessions, turns, permissions, questions, several directories."""

import http.client
import json
import re
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.e2e.opencode import OpenCode, Running
from tests.e2e.waiting import wait_until

LISTENING = re.compile(r"listening on http://127\.0\.0\.1:(\d+)")
START_LIMIT_S = 30.0
Json = dict[str, Any]


class Server:
    """A running `opencode serve`; every call names the directory that it is about."""

    def __init__(self, running: Running, port: int) -> None:
        """Keep the process and its port."""
        self.running = running
        self.port = port

    def call(
        self, folder: Path, method: str, path: str, body: Json | None = None, limit_s: float = 50.0
    ) -> Any:  # noqa: ANN401 (whatever OpenCode answers)
        """Send one request and give the decoded answer; an HTTP error raises RuntimeError with its text."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=limit_s)
        headers = {"content-type": "application/json", "x-opencode-directory": quote(str(folder))}
        try:
            link.request(method, path, body=None if body is None else json.dumps(body), headers=headers)
            answer = link.getresponse()
            raw = answer.read()
        finally:
            link.close()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: expected success, got {answer.status} {raw[:300]!r}")
        return json.loads(raw) if raw else None

    def session(self, folder: Path) -> str:
        """Make a session and give its id."""
        return str(self.call(folder, "POST", "/session", {})["id"])

    def messages(self, folder: Path, session: str) -> list[Json]:
        """Give a session's messages, oldest first."""
        found: list[Json] = self.call(folder, "GET", f"/session/{session}/message")
        return found

    def turn(self, folder: Path, session: str, prompt: str, model: str = "large") -> Json:
        """Send a prompt and wait until it is answered; give the last message."""
        answer: Json = self.call(folder, "POST", f"/session/{session}/message", self._prompt(prompt, model))
        return answer

    def begin(self, folder: Path, session: str, prompt: str, model: str = "large") -> None:
        """Send a prompt and wait for nothing."""
        self.call(folder, "POST", f"/session/{session}/prompt_async", self._prompt(prompt, model))

    def _prompt(self, prompt: str, model: str) -> Json:
        """Write a prompt; a model is one of the fake provider, or `provider/model`."""
        provider, _, name = model.rpartition("/")
        return {
            "model": {"providerID": provider or "fake", "modelID": name},
            "parts": [{"type": "text", "text": prompt}],
        }

    def asked(self, folder: Path, kind: str) -> Json:
        """Wait for a question of a kind (`permission` or `question`) and give it."""
        found: Json = wait_until(lambda: self.call(folder, "GET", f"/{kind}"), what=f"a {kind}")[0]
        return found

    def reply(self, folder: Path, kind: str, body: Json) -> None:
        """Answer the question that is open, waiting for it first."""
        self.call(folder, "POST", f"/{kind}/{self.asked(folder, kind)['id']}/reply", body)

    def wait_idle(self, folder: Path, session: str, limit_s: float = 30.0) -> None:
        """Wait until a session's last prompt is answered and nothing runs."""
        wait_until(lambda: self._is_idle(folder, session), what="an idle session", timeout_s=limit_s)

    def _is_idle(self, folder: Path, session: str) -> bool:
        if session in self.call(folder, "GET", "/session/status"):
            return False
        messages = self.call(folder, "GET", f"/session/{session}/message")
        return bool(messages) and messages[-1]["info"]["role"] == "assistant"

    def parts(self, folder: Path, session: str) -> list[Json]:
        """Give the parts of a session's last message."""
        messages = self.call(folder, "GET", f"/session/{session}/message")
        return list(messages[-1]["parts"]) if messages else []

    def wait_part(self, folder: Path, session: str, kind: str, holding: str = "") -> None:
        """Wait until the last message has a part of a kind (besides the prompt) that holds a word."""
        wait_until(
            lambda: any(
                part["type"] == kind and "scenario" not in str(part) and holding in str(part)
                for part in self.parts(folder, session)
            ),
            what=f"a part of kind {kind}",
        )

    def abort(self, folder: Path, session: str) -> None:
        """Stop what a session is doing."""
        self.call(folder, "POST", f"/session/{session}/abort")
        self.wait_idle(folder, session)

    def dispose(self, folder: Path) -> None:
        """Close the instance of one directory; the others go on."""
        self.call(folder, "POST", "/instance/dispose")


@contextmanager
def serve(opencode: OpenCode, folder: Path, **extra: str) -> Iterator[Server]:
    """Run `opencode serve` on a free port until the context is left."""
    with opencode.start(folder, "serve", "--port", "0", "--hostname", "127.0.0.1", **extra) as running:
        server = Server(running, listening_port(running))
        wait_until(lambda: is_healthy(server, folder), what="a healthy server")
        yield server


def is_healthy(server: Server, folder: Path) -> bool:
    """Ask with a short time limit: a request to a server that is still booting may hang."""
    try:
        server.call(folder, "GET", "/global/health", limit_s=2.0)
    except (OSError, http.client.HTTPException):
        return False
    return True


def listening_port(running: Running) -> int:
    """Read the port from the first line that OpenCode prints about it."""
    pipe = running.process.stdout
    assert pipe is not None
    end = time.monotonic() + START_LIMIT_S
    while time.monotonic() < end and running.process.poll() is None:
        ready, _, _ = select.select([pipe], [], [], 0.2)
        found = LISTENING.search(pipe.readline()) if ready else None
        if found:
            return int(found.group(1))
    raise RuntimeError("opencode serve: expected a line that names its port, got none")
