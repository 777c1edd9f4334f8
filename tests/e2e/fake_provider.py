"""A model provider on loopback that speaks OpenAI's streaming chat completions and plays scenarios.

Which step is next is counted per session and prompt text: answers stand in the conversation that
OpenCode sends, failures do not, so the provider remembers how many it has served.
"""

import json
import re
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self, assert_never

from tests.e2e.conversation import Conversation, conversation, is_summary
from tests.e2e.scenarios import SCENARIOS, SUMMARY, TITLE
from tests.e2e.steps import DIRECTORY, Answer, Cut, Hang, Refusal, Step, ToolCall

CUT_ARGUMENTS_AT = 24
"""Characters of a tool call's arguments in one chunk: arguments come in pieces, as from real providers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One model call that OpenCode made."""

    session: str
    scenario: str
    model: str
    step: Step
    headers: Mapping[str, str]


class Script:
    """Decides which step answers a request; used by all of the server's threads."""

    def __init__(self) -> None:
        """Begin with no failure served."""
        self._served: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def step(self, asked: Conversation) -> tuple[str, Step]:
        """Give the scenario's name and the step that is next in this conversation."""
        if "title generator" in asked.system.lower():
            return "title", TITLE
        position, name = asked.named()
        if is_summary(asked):
            return "summary", SUMMARY
        steps = SCENARIOS[name]
        key = asked.session, asked.texts[position]
        answers = asked.roles[position + 1 :].count("assistant")
        with self._lock:
            failures = self._served[key]
            step = steps[min(answers + failures, len(steps) - 1)]
            if isinstance(step, Refusal | Cut):
                self._served[key] += 1
        return name, step


def placed(call: ToolCall, directory: str) -> ToolCall:
    """Put the working directory into a call's arguments."""
    text = json.dumps(dict(call.arguments)).replace(DIRECTORY, directory)
    return replace(call, arguments=json.loads(text))


def deltas(answer: Answer, directory: str) -> Iterator[dict[str, object]]:
    """Give the deltas of a whole answer, in their order."""
    yield {"role": "assistant", "content": ""}
    for word in re.findall(r"\S+\s*", answer.reasoning):
        yield {"reasoning_content": word}
    for word in re.findall(r"\S+\s*", answer.text):
        yield {"content": word}
    for index, call in enumerate(answer.calls):
        yield from call_deltas(index, placed(call, directory))


def call_deltas(index: int, call: ToolCall) -> Iterator[dict[str, object]]:
    """Give the deltas of one tool call: its name first, then its arguments piece by piece."""
    head = {"name": call.tool, "arguments": ""}
    call_id = f"call_{time.monotonic_ns():x}{index}"
    yield {"tool_calls": [{"index": index, "id": call_id, "type": "function", "function": head}]}
    text = json.dumps(dict(call.arguments))
    for start in range(0, len(text), CUT_ARGUMENTS_AT):
        piece = {"arguments": text[start : start + CUT_ARGUMENTS_AT]}
        yield {"tool_calls": [{"index": index, "function": piece}]}


def usage_of(answer: Answer) -> dict[str, object]:
    """Write an answer's usage as OpenAI does."""
    used = answer.usage
    return {
        "prompt_tokens": used.prompt,
        "completion_tokens": used.completion,
        "total_tokens": used.prompt + used.completion,
        "prompt_tokens_details": {"cached_tokens": used.cached},
        "completion_tokens_details": {"reasoning_tokens": used.reasoning},
    }


class Handler(BaseHTTPRequestHandler):
    """One connection of OpenCode to the provider."""

    protocol_version = "HTTP/1.1"
    server: "Listener"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class names it)
        """Say nothing on stderr."""

    def do_POST(self) -> None:
        """Answer one model call."""
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = conversation(body, headers)
        name, step = self.server.script.step(asked)
        request = Request(session=asked.session, scenario=name, model=asked.model, step=step, headers=headers)
        self.server.requests.append(request)
        try:
            self._play(step, asked)
        except OSError:  # OpenCode hung up: killed or aborted, which is what some tests do
            self.close_connection = True

    def _play(self, step: Step, asked: Conversation) -> None:
        match step:
            case Refusal():
                self._refuse(step)
            case Answer():
                self._answer(step, asked)
            case Cut():
                self._begin(step.text, asked)
                self.close_connection = True
            case Hang():
                self._begin(step.text, asked)
                self._go_on(step, asked)
            case _:
                assert_never(step)

    def _refuse(self, step: Refusal) -> None:
        error = {"message": step.message, "type": "invalid_request_error", "code": step.code}
        body = json.dumps({"error": error}).encode()
        self.send_response(step.status)
        for name, value in step.headers.items():
            self.send_header(name, value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _open(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

    def _answer(self, step: Answer, asked: Conversation) -> None:
        self._open()
        for delta in deltas(step, asked.directory):
            self._delta(asked, delta)
            time.sleep(step.pause_s)
        finish = step.finish or ("tool_calls" if step.calls else "stop")
        self._delta(asked, {}, finish=finish)
        self._event({**self._frame(asked), "choices": [], "usage": usage_of(step)})
        self._send(b"data: [DONE]\n\n")
        self._send(b"")

    def _begin(self, text: str, asked: Conversation) -> None:
        self._open()
        for delta in deltas(Answer(text=text), asked.directory):
            self._delta(asked, delta)

    def _go_on(self, step: Hang, asked: Conversation) -> None:
        end = time.monotonic() + step.for_s
        while time.monotonic() < end and not self.server.closing.wait(0.2):
            self._delta(asked, {"content": "."})

    def _frame(self, asked: Conversation) -> dict[str, object]:
        return {"id": "chatcmpl-fake", "object": "chat.completion.chunk", "created": 1, "model": asked.model}

    def _delta(self, asked: Conversation, delta: Mapping[str, object], finish: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        self._event({**self._frame(asked), "choices": [choice]})

    def _event(self, frame: Mapping[str, object]) -> None:
        self._send(f"data: {json.dumps(frame)}\n\n".encode())

    def _send(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()


class Listener(ThreadingHTTPServer):
    """The provider's socket and what its threads share."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 (as the base)
        """Say nothing of a connection that OpenCode cut; anything else is an error of ours and shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            traceback.print_exc()

    def __init__(self) -> None:
        """Listen on a free port of loopback."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.script = Script()
        self.requests: list[Request] = []
        self.closing = threading.Event()


class FakeProvider:
    """The provider as a context manager: `url` for OpenCode's configuration, `requests` for assertions."""

    def __init__(self) -> None:
        """Bind the socket; nothing is served before the context is entered."""
        self._listener = Listener()
        self._thread = threading.Thread(target=self._listener.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        """Start to serve."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop to serve and end hanging streams."""
        self._listener.closing.set()
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The base URL for an OpenAI-compatible client."""
        return f"http://127.0.0.1:{self._listener.server_address[1]}/v1"

    @property
    def requests(self) -> tuple[Request, ...]:
        """Every model call so far, titles and summaries included."""
        return tuple(self._listener.requests)
