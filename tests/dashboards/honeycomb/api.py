"""Honeycomb's API on loopback: queries, query annotations and boards, with what the real one refuses.

https://docs.honeycomb.io/api/
"""

import json
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from tests.dashboards.honeycomb.rules import Json, board_problems, query_problems

KEY = "hcalk_s3cr3t0k3n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered; a body that is a text is no JSON."""

    status: int
    body: object
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class Honeycomb(ThreadingHTTPServer):
    """An environment of datasets with the columns told; one with metrics has that word in its name."""

    daemon_threads = True

    def __init__(self, columns: Mapping[str, Collection[str]]) -> None:
        """Listen on loopback."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.columns = columns
        self.queries: dict[str, str] = {}
        self.annotations: dict[str, Json] = {}
        self.boards: dict[str, Json] = {}
        self.asked: list[Asked] = []
        self.first: list[Answer] = []
        """What is answered to the next requests, whatever they ask."""

    @property
    def url(self) -> str:
        """The API's address."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def made(self) -> list[str]:
        """The requests that changed something, in order."""
        return [f"{asked.method} {asked.path}" for asked in self.asked if asked.method != "GET"]

    def answer(self, asked: Asked) -> Answer:
        """Answer one request."""
        self.asked.append(asked)
        return self.first.pop(0) if self.first else self._checked(asked)

    def _checked(self, asked: Asked) -> Answer:
        """Answer a request that is one of a client's, by its key and its type."""
        if asked.headers.get("x-honeycomb-team") != KEY:
            return Answer(status=401, body={"error": "unknown API key - check your credentials"})
        if asked.body and asked.headers.get("content-type") != "application/json":
            return Answer(status=415, body={"error": "unsupported content type"})
        return self._of_boards(asked) if asked.path.startswith("/1/boards") else self._of_dataset(asked)

    def _of_boards(self, asked: Asked) -> Answer:
        """Answer a request for boards."""
        match [asked.method, *map(unquote, asked.path.strip("/").split("/"))]:
            case ["GET", "1", "boards"]:
                return Answer(status=200, body=list(self.boards.values()))
            case ["POST", "1", "boards"]:
                return self._board(f"board{len(self.boards)}", asked.body, 201)
            case ["PUT", "1", "boards", known] if known in self.boards and asked.body.get("id") == known:
                return self._board(known, asked.body, 200)
            case _:
                return Answer(status=404, body={"error": "not found"})

    def _of_dataset(self, asked: Asked) -> Answer:
        """Answer a request for a dataset."""
        match [asked.method, *map(unquote, asked.path.strip("/").split("/"))]:
            case ["POST", "1", "queries", dataset] if dataset in self.columns:
                return self._query(dataset, asked.body)
            case ["POST", "1", "query_annotations", dataset] if dataset in self.columns:
                return self._annotation(dataset, asked.body)
            case ["POST", "1", "queries" | "query_annotations", _]:
                return Answer(status=404, body={"error": "Dataset not found"})
            case _:
                return Answer(status=404, body={"error": "not found"})

    def _query(self, dataset: str, spec: Json) -> Answer:
        """Make a query."""
        problems = list(query_problems(spec, self.columns[dataset], is_metrics="metrics" in dataset))
        if problems:
            return _refused(problems)
        known = f"query{len(self.queries)}"
        known = next((one for one, told in self.queries.items() if told == _written(dataset, spec)), known)
        self.queries[known] = _written(dataset, spec)
        return Answer(status=200, body={**spec, "id": known})

    def _annotation(self, dataset: str, body: Json) -> Answer:
        """Make a query's annotation."""
        is_named = 1 <= len(body.get("name", "")) <= 320 and len(body.get("description", "")) <= 1023
        is_known = self.queries.get(body.get("query_id", ""), "").startswith(f"{dataset} ")
        if not is_named or not is_known or body.keys() != {"name", "description", "query_id"}:
            return Answer(status=400, body={"error": "Query ID included in body is invalid"})
        known = f"annotation{len(self.annotations)}"
        self.annotations[known] = body
        return Answer(status=201, body={**body, "id": known, "source": "query"})

    def _board(self, known: str, body: Json, status: int) -> Answer:
        """Make or update a board."""
        problems = list(board_problems(body, self.queries, self.annotations))
        if problems:
            return _refused(problems)
        links = {"board_url": f"https://ui.honeycomb.io/team/environments/test/board/{known}"}
        self.boards[known] = {**body, "id": known, "links": links}
        return Answer(status=status, body=self.boards[known])


def _written(dataset: str, spec: Json) -> str:
    """Return what makes a query the one that it is: the same one has the same id."""
    return f"{dataset} {json.dumps(spec, sort_keys=True)}"


def _refused(problems: list[str]) -> Answer:
    """Return the answer to what is not valid."""
    details = [{"code": "invalid", "description": problem} for problem in problems]
    return Answer(status=422, body={"error": "The provided input is invalid.", "type_detail": details})


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Honeycomb

    def do_GET(self) -> None:
        """Answer one request."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): str(value) for name, value in self.headers.items()}
        asked = Asked(
            method=self.command, path=self.path, headers=headers, body=json.loads(body) if body else {}
        )
        answer = self.server.answer(asked)
        text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def do_POST(self) -> None:
        """Answer one request, by the same function."""
        self.do_GET()

    def do_PUT(self) -> None:
        """Answer one request, by the same function."""
        self.do_GET()

    def do_CONNECT(self) -> None:
        """Answer, as a proxy, a request for another host: there is no way there."""
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature is the library's
        """Print nothing."""


@contextmanager
def serving(columns: Mapping[str, Collection[str]]) -> Iterator[Honeycomb]:
    """Serve until the block ends."""
    with Honeycomb(columns) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
