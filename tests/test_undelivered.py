"""What waits is told by where it goes and why, without a secret, and with what to do."""

from dataclasses import replace
from pathlib import Path

import pytest

from otel_agent.exporter.outbox import FILE_NAME, Outbox
from otel_agent.header import Header
from otel_agent.journal import read_header
from otel_agent.routes import KEY_FILE, Lack, Standing, destination, fingerprint, standing_of, waiting_reason
from otel_agent.settings import Signal
from otel_agent.undelivered import Undelivered, gathered, left_in, shown, undelivered
from tests import journals, pipelines
from tests.pipelines import settings_of

HEADERS = "OPENCODE_OTLP_HEADERS"
KEY = b"k" * 32


def journal(tmp_path: Path, **fields: object) -> Path:
    """Make a journal of this host in a state directory that has a key."""
    (tmp_path / KEY_FILE).write_bytes(KEY)
    return journals.make(tmp_path / journals.HOST / "1-1-a", **{**journals.dead(), **fields})


def stored(folder: Path, error: str | None = None, *signals: Signal) -> Header:
    """Store a request for each signal, the oldest one first, and return the journal's header."""
    header = read_header(folder)
    deliveries = standing_of(header, {}, folder.parent.parent).settings.deliveries
    outbox = Outbox(folder / FILE_NAME)
    for number, signal in enumerate(signals or tuple(Signal)):
        outbox.put(signal, destination(deliveries[signal], header), b"x", items=1, created_ms=number + 1)
        request = outbox.oldest(signal)
        if error and request:
            outbox.postpone(request, error, {}, not_before_ms=1)
    outbox.close()
    return header


def told(folder: Path, header: Header, host: str = journals.HOST, **environ: str) -> Undelivered:
    """Return the one row that there is."""
    standing = standing_of(header, environ, folder.parent.parent)
    [row] = undelivered(folder, header, standing, host=host)
    return row


def test_signals_that_wait_for_the_same_are_one_row(tmp_path: Path) -> None:
    """With the number of requests, the age of the oldest and the server's words."""
    folder = journal(tmp_path, settings={**journals.ON, "OPENCODE_OTLP_PROTOCOL": "http/protobuf"})

    row = told(folder, stored(folder, "not today"))

    assert ("http/protobuf to http://localhost:4318", "not today") == (row.where, row.why)
    assert (3, 1, False) == (row.requests, row.oldest_ms, row.lacks_credentials)
    assert "otel-agent flush" in row.remedy


def test_request_that_nobody_tried_says_so(tmp_path: Path) -> None:
    """Also where the noted reason was that another process had not the credentials: this one has them."""
    folder = journal(tmp_path, credentials={HEADERS: fingerprint(KEY, "a=1")})
    header = stored(folder, waiting_reason(read_header(folder)))

    assert "not tried yet" == told(folder, header, **{HEADERS: "a=1"}).why


@pytest.mark.parametrize(
    ("environ", "why", "remedy"),
    [
        ({}, f"{HEADERS} is not set here", f"set {HEADERS} and run otel-agent flush --adopt"),
        (
            {HEADERS: "a=2"},
            "has another value here",
            "otel-agent flush --adopt sends them with today's value",
        ),
    ],
)
def test_variables_whose_value_is_needed_are_named(
    tmp_path: Path, environ: dict[str, str], why: str, remedy: str
) -> None:
    """A secret that is lacking is told before any server's words."""
    folder = journal(tmp_path, credentials={HEADERS: fingerprint(KEY, "a=1")})

    row = told(folder, stored(folder, "not today"), **environ)

    assert row.lacks_credentials
    assert why in row.why
    assert row.remedy.startswith(remedy)


def test_other_proxies_are_told(tmp_path: Path) -> None:
    """The journal was written behind a proxy that this process does not use."""
    folder = journal(tmp_path, settings={**journals.ON, "HTTPS_PROXY": "http://***@proxy:3128"})

    row = told(folder, stored(folder))

    assert "the proxies here are others than when OpenCode ran" == row.why
    assert "through the proxies of this shell" in row.remedy


def test_value_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    """It has to be set anew."""
    folder = journal(tmp_path, credentials={HEADERS: fingerprint(KEY, "a=1")})
    header = stored(folder)
    standing = Standing(settings_of(), has_credentials=False, lack=Lack(unusable=(HEADERS,)))

    [row] = undelivered(folder, header, standing, host=journals.HOST)

    assert f"{HEADERS} has a value that the journal's settings cannot have" == row.why
    assert row.remedy.startswith(f"set {HEADERS} and run")


def test_foreign_journal_is_delivered_where_it_belongs(tmp_path: Path) -> None:
    """No command of this host can send it."""
    folder = journal(tmp_path)

    row = told(folder, stored(folder), host="another")

    assert row.remedy.startswith("run otel-agent flush where its OpenCode ran")


def test_destination_that_no_setting_names_is_told(tmp_path: Path) -> None:
    """Traces were turned off since, or another version wrote the request."""
    folder = journal(tmp_path)
    header = stored(folder, None, Signal.TRACES)
    off = Standing(settings_of(OTEL_TRACES_EXPORTER="none"), has_credentials=True)

    [row] = undelivered(folder, header, off, host=journals.HOST)

    assert "a destination that the journal's settings no longer name" == row.where


@pytest.mark.parametrize(
    ("protocol", "endpoint", "expected"),
    [
        ("grpc", "https://otlp.example:4317", "grpc to https://otlp.example:4317"),
        ("http/json", "https://otlp.example/otlp", "http/json to https://otlp.example/otlp"),
        ("http/json", "https://otlp.example/a?token=s3cr3t", "http/json to https://otlp.example/a"),
    ],
)
def test_endpoint_is_shown_without_what_may_be_secret(protocol: str, endpoint: str, expected: str) -> None:
    """Neither a query nor a signal's own path is needed to know the backend."""
    settings = settings_of(OPENCODE_OTLP_PROTOCOL=protocol, OPENCODE_OTLP_ENDPOINT=endpoint)

    assert {expected} == {shown(delivery) for delivery in settings.deliveries.values()}


def test_rows_are_gathered_oldest_first() -> None:
    """What differs in where, why or remedy stays apart."""
    rows = [row_of("b", 1, oldest_ms=5), row_of("a", 2, oldest_ms=9), row_of("a", 3, oldest_ms=2)]

    assert [row_of("a", 5, oldest_ms=2), row_of("b", 1, oldest_ms=5)] == gathered(rows)


def row_of(where: str, requests: int, *, oldest_ms: int) -> Undelivered:
    """Return a row."""
    return Undelivered(
        where=where, why="", remedy="", requests=requests, oldest_ms=oldest_ms, lacks_credentials=False
    )


def test_what_is_left_of_a_journal_is_known(tmp_path: Path) -> None:
    """Nothing was read; then all is read and its requests wait; then a line is written; then it is broken."""
    folder = journal(tmp_path)
    new = left_in(folder)
    pipelines.finished(folder)
    read = left_in(folder)
    journals.append(folder, "{}\n")
    behind = left_in(folder)
    (folder / FILE_NAME).write_bytes(b"no database" * 1000)
    broken = left_in(folder)

    assert [(0, True), (4, False), (4, True), (0, True)] == [
        (one.requests, one.is_unread) for one in (new, read, behind, broken)
    ]
    assert [True] * 4 == [one.is_anything for one in (new, read, behind, broken)]


PHOENIX_KEY = "PHOENIX_API_KEY"
THREE = {
    **journals.ON,
    "PHOENIX_ENDPOINT": "http://phoenix:6006",
    "backup.OPENCODE_OTLP_ENDPOINT": "http://backup:4317",
}


def test_each_destination_is_told_by_its_name(tmp_path: Path) -> None:
    """With its own reason, number and remedy."""
    folder = journal(tmp_path, settings=THREE, credentials={PHOENIX_KEY: fingerprint(KEY, "old")})
    pipelines.folded(folder)
    header = read_header(folder)
    rows = undelivered(folder, header, standing_of(header, {}, tmp_path), host=journals.HOST)

    assert {
        ("grpc to http://localhost:4317", 4, "not tried yet", False),
        ("backup: grpc to http://backup:4317", 4, "not tried yet", False),
        ("phoenix: http/protobuf to http://phoenix:6006", 1, f"{PHOENIX_KEY} is not set here", True),
    } == {(row.where, row.requests, row.why, row.lacks_credentials) for row in rows}


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("", "OPENCODE_OTLP_ENDPOINT"),
        ("backup", "backup.OPENCODE_OTLP_ENDPOINT"),
        ("phoenix", "PHOENIX_ENDPOINT"),
    ],
)
def test_key_that_is_withheld_names_the_destinations_own_endpoint(
    tmp_path: Path, name: str, variable: str
) -> None:
    """The generic endpoint lets no other destination's key go."""
    folder = journal(tmp_path, settings=THREE)
    pipelines.folded(folder)
    header = read_header(folder)
    found = standing_of(header, {}, tmp_path)
    each = dict(found.each())
    each[name] = Standing(each[name].settings, has_credentials=False, lack=Lack(withheld=("THE_KEY",)))
    standing = replace(each.pop(""), beside=each)

    rows = undelivered(folder, header, standing, host=journals.HOST)

    [row] = [row for row in rows if row.lacks_credentials]
    assert "THE_KEY is not for that server: this shell's settings name another" == row.why
    assert row.remedy.startswith(f"set {variable} for that server and run")


def test_requests_of_a_destination_that_was_left_out_say_why(tmp_path: Path) -> None:
    """They are not said to be tried again: nothing leads there."""
    folder = journal(tmp_path)
    header = stored(folder, None, Signal.TRACES)
    problem = "backup.OTEL_EXPORTER_OTLP_CERTIFICATE: expected a file"
    off = Standing(settings_of(OTEL_TRACES_EXPORTER="none"), has_credentials=True, problems=(problem,))

    [row] = undelivered(folder, header, off, host=journals.HOST)

    assert (problem, False) == (row.why, row.lacks_credentials)
    assert "OPENCODE_OTEL_OUTBOX_MAX_AGE" in row.remedy
