"""The script where something is wrong: it says what, in one line, without the key."""

import json
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from otel_agent.dashboards.variant import variant_of
from otel_agent.delivery import Temporality
from tests.dashboards.honeycomb.api import KEY, Answer, Honeycomb, serving
from tests.dashboards.honeycomb.columns import columns
from tests.dashboards.honeycomb.program import Program, program, words


@pytest.fixture
def server() -> Iterator[Honeycomb]:
    """An environment to which everything has been sent."""
    with serving(columns("opencode.", "opencode")) as running:
        yield running


@pytest.fixture
def files(tmp_path: Path) -> Program:
    """The files of the default prefix."""
    return program(tmp_path / "honeycomb", variant_of("opencode.", None, Temporality.DELTA))


def test_key_is_needed(files: Program) -> None:
    """Nothing is asked without one, and the permissions that it needs are named."""
    done = files.run(key="")

    assert 1 == done.code
    assert done.err == (
        "apply: HONEYCOMB_API_KEY: expected a Configuration Key with the permissions "
        "Manage Public Boards and Manage Queries and Columns, got nothing\n"
    )


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "schlüssel"])
def test_key_that_no_header_takes_is_not_sent(files: Program, server: Honeycomb, key: str) -> None:
    """It is refused before a connection is made, and is not shown."""
    done = files.run("--endpoint", server.url, key=key)

    assert 1 == done.code
    assert done.err.endswith("got other characters\n")
    assert key not in done.err
    assert [] == server.asked


def test_wrong_key_is_refused(files: Program, server: Honeycomb) -> None:
    """The server's words are passed on, with what to do."""
    done = files.run("--endpoint", server.url, key="another")

    assert 1 == done.code
    assert done.err.startswith("apply: GET /1/boards: HTTP 401: unknown API key - check your credentials; ")
    assert "HONEYCOMB_API_KEY has to be a Configuration Key" in done.err


def test_dataset_that_is_not_there_is_named(files: Program, server: Honeycomb) -> None:
    """Who has another dataset is told how to say so."""
    done = files.apply(server, "--events-dataset", "nowhere")

    assert 1 == done.code
    assert "POST /1/queries/nowhere: HTTP 404: Dataset not found; --metrics-dataset and" in done.err


def test_server_that_shows_the_key_is_not_repeated(files: Program, server: Honeycomb) -> None:
    """A key in an answer stays out of the output; so do the terminal's control characters."""
    server.first = [Answer(status=403, body={"error": f"key {KEY}\x1b[31m\nis not allowed"})]
    done = files.apply(server)

    assert 1 == done.code
    assert "HTTP 403: key … [31m is not allowed; " in done.err


@pytest.mark.parametrize(
    "body",
    ["<html>", "[]", '{"error": null, "type_detail": 5}', '{"type_detail": [{}]}', "5"],
)
def test_error_in_other_words_is_its_number(files: Program, server: Honeycomb, body: str) -> None:
    """A proxy between answers as it likes."""
    server.first = [Answer(status=502, body=body)]

    assert files.apply(server).err.startswith("apply: GET /1/boards: HTTP 502")


@pytest.mark.parametrize("after", ["0", formatdate(time.time() - 60, usegmt=True)])
def test_honeycomb_is_asked_again_when_it_wants(files: Program, server: Honeycomb, after: str) -> None:
    """Honeycomb limits requests; its Retry-After is a date, and other servers' one is a number."""
    often = Answer(status=429, body={"error": "rate limited"}, headers={"Retry-After": after})
    server.first = [often, often]
    done = files.apply(server, str(files.board("health")))

    assert (0, ["made"]) == (done.code, list(words(done)))


def test_honeycomb_is_not_asked_forever(files: Program, server: Honeycomb) -> None:
    """Eight times are enough."""
    often = Answer(status=429, body={"error": "rate limited"}, headers={"Retry-After": "0"})
    server.first = [often] * 8
    done = files.apply(server)

    assert "apply: GET /1/boards: HTTP 429: rate limited\n" == done.err
    assert 8 == len(server.asked)


@pytest.mark.parametrize(
    "url",
    ["http://api.honeycomb.io", "http://127.0.0.1.example.com", "ftp://localhost", "https://", "http://[::1"],
)
def test_key_goes_where_nobody_can_read_it(files: Program, url: str) -> None:
    """Without TLS there is this machine alone."""
    done = files.run("--endpoint", url)

    assert (1, "apply: --endpoint: expected an https:// URL, got something else\n") == (done.code, done.err)


def test_redirect_is_not_followed(files: Program, server: Honeycomb) -> None:
    """The key is for one host."""
    with serving({}) as other:
        server.first = [Answer(status=307, body={}, headers={"Location": f"{other.url}/1/boards"})]
        done = files.apply(server)

    assert "HTTP 307" in done.err
    assert [] == other.asked


def test_server_that_is_not_there_is_named(files: Program) -> None:
    """The reason is the operating system's."""
    with serving({}) as gone:
        url = gone.url
    done = files.run("--endpoint", url)

    assert (1, f"apply: {url}/1/boards: cannot be reached: Connection refused\n") == (done.code, done.err)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("<html>", "expected JSON, got something else (JSONDecodeError)"),
        ({"boards": []}, "expected a list of boards, got something else"),
    ],
    ids=["html", "no list"],
)
def test_answer_has_to_be_the_documented_one(
    files: Program, server: Honeycomb, body: object, error: str
) -> None:
    """A portal that answers everything with its own page is not Honeycomb."""
    server.first = [Answer(status=200, body=body)]
    done = files.apply(server)

    assert 1 == done.code
    assert done.err.endswith(f"{error}\n")


def test_query_without_its_id_is_an_error(files: Program, server: Honeycomb) -> None:
    """A board of nothing is not made."""
    server.first = [Answer(status=200, body=[]), Answer(status=200, body={"query": "one"})]
    done = files.apply(server)

    assert "apply: expected an answer with a text under id, got something else\n" == done.err
    assert {} == server.boards


@pytest.mark.parametrize("text", ["{", "[]", "{}", json.dumps({"name": "A", "datasets": {}, "panels": []})])
def test_file_has_to_be_a_board(files: Program, server: Honeycomb, text: str) -> None:
    """All files are read before anything is asked."""
    files.board("sessions").write_text(text, "utf-8")
    done = files.apply(server)

    assert 1 == done.code
    assert "sessions.json: expected a board as `otel-agent dashboards export` makes it" in done.err
    assert [] == server.asked


def test_boards_have_to_be_there(files: Program, tmp_path: Path) -> None:
    """A script that was copied alone says what it lacks."""
    missing = files.run(str(tmp_path / "nothing.json"))
    alone = Program(folder=tmp_path)
    (tmp_path / "apply").write_text((files.folder / "apply").read_text("utf-8"), "utf-8")

    assert missing.err == f"apply: {tmp_path / 'nothing.json'}: cannot be read: No such file or directory\n"
    assert "expected boards in the folder boards beside this script, got none" in alone.run().err


@pytest.mark.parametrize(
    ("arguments", "host"),
    [([], "api.honeycomb.io:443"), (["--eu"], "api.eu1.honeycomb.io:443")],
    ids=["us", "eu"],
)
def test_honeycomb_is_where_it_is(files: Program, server: Honeycomb, arguments: list[str], host: str) -> None:
    """A proxy is heeded, which knows the host and not the key."""
    done = files.run(*arguments, HTTPS_PROXY=server.url)
    [asked] = server.asked

    assert (1, ("CONNECT", host)) == (done.code, (asked.method, asked.path))
    assert "cannot be reached" in done.err
    assert KEY not in str(asked.headers)


def test_this_machine_is_asked_without_a_proxy(files: Program, server: Honeycomb) -> None:
    """Without TLS a proxy would read the key."""
    with serving({}) as proxy:
        done = files.run("--endpoint", server.url, HTTP_PROXY=proxy.url, http_proxy=proxy.url)

    assert 0 == done.code
    assert [] == proxy.asked


def test_places_are_one_or_the_other(files: Program) -> None:
    """The EU has its own address, and its own keys."""
    done = files.run("--eu", "--endpoint", "https://api.honeycomb.io")

    assert 2 == done.code
    assert "not allowed with argument" in done.err
