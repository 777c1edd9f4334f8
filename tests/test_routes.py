"""Routes: a journal's data goes where its own settings say, with its own credentials, or waits."""

from pathlib import Path

import msgspec
import pytest

from otel_agent.errors import SettingsError
from otel_agent.header import Header
from otel_agent.routes import (
    KEY_BYTES,
    KEY_FILE,
    Lack,
    Standing,
    destination,
    fingerprint,
    read_key,
    routes,
    standing_of,
    standing_today,
    waiting_reason,
    ways,
)
from otel_agent.settings import Signal

KEY = b"k" * KEY_BYTES
HEADERS = "OPENCODE_OTLP_HEADERS"
HTTP = "http/protobuf"
ON = {"OPENCODE_ENABLE_TELEMETRY": "1"}


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    """A state directory with a key."""
    (tmp_path / KEY_FILE).write_bytes(KEY)
    return tmp_path


def header_of(secret: str | None = None, **settings: str) -> Header:
    """Return a header as the plugin writes it under these settings."""
    credentials = {HEADERS: fingerprint(KEY, secret)} if secret else {}
    return Header(id="1-1-a", settings={**ON, **settings}, credentials=credentials)


def test_settings_are_the_headers_and_never_the_environments(state_dir: Path) -> None:
    """The adopting process's own endpoint and switches mean nothing."""
    environ = {
        "HOME": "/home/dev",
        "OPENCODE_OTLP_ENDPOINT": "http://mine:1",
        "OPENCODE_METRIC_PREFIX": "my.",
    }
    standing = standing_of(header_of(OPENCODE_OTLP_ENDPOINT="http://theirs:2"), environ, state_dir)

    assert "http://theirs:2" == standing.settings.deliveries[Signal.LOGS].endpoint
    assert ("opencode.", state_dir) == (standing.settings.metric_prefix, standing.settings.state_dir)


def test_same_secret_is_taken_from_the_environment(state_dir: Path) -> None:
    """A secret counts when its fingerprint is that of the header."""
    standing = standing_of(header_of("a=1"), {HEADERS: "a=1"}, state_dir)

    assert standing.has_credentials
    assert "1" == standing.settings.deliveries[Signal.LOGS].headers["a"].reveal()


@pytest.mark.parametrize(("text", "kept"), [("team=a", {"team": "a"}), ("no list", {}), ("=", {})])
def test_projects_value_that_cannot_be_read_stops_nothing(
    state_dir: Path, text: str, kept: dict[str, str]
) -> None:
    """It counts as none; the same value of the user's own is an error."""
    header = Header(
        id="1-1-a",
        settings={**ON, "OPENCODE_RESOURCE_ATTRIBUTES": text, "OTEL_SERVICE_NAME": "mine"},
        project=("OPENCODE_RESOURCE_ATTRIBUTES", "NO_LONGER_A_SETTING"),
    )

    standing = standing_of(header, {}, state_dir)

    assert kept == standing.settings.resource_attributes
    assert "mine" == standing.settings.service_name
    if not kept:
        with pytest.raises(SettingsError):
            standing_of(msgspec.structs.replace(header, project=()), {}, state_dir)


def test_project_tells_no_backend_what_to_do(state_dir: Path) -> None:
    """The header has what a repository's file says; an attribute that makes a trace public is not sent."""
    settings = {**ON, "OPENCODE_SPAN_ATTRIBUTES": "team=a,langfuse.trace.public=true"}
    own = Header(id="1-1-a", settings=settings)
    projects = msgspec.structs.replace(own, project=("OPENCODE_SPAN_ATTRIBUTES",))

    found = [standing_of(header, {}, state_dir).settings.tracing.attributes for header in (own, projects)]

    assert [{"team": "a", "langfuse.trace.public": "true"}, {}] == found


def test_token_in_the_endpoint_is_a_secret(state_dir: Path) -> None:
    """The header has the endpoint without its query; who has the same one sends there, and others wait."""
    endpoint = "https://host/otlp?token=s3cr3t"
    header = Header(
        id="1-1-a",
        settings={**ON, "OPENCODE_OTLP_ENDPOINT": "https://host/otlp?***", "OPENCODE_OTLP_PROTOCOL": HTTP},
        credentials={"OPENCODE_OTLP_ENDPOINT": fingerprint(KEY, endpoint)},
    )
    same = standing_of(header, {"OPENCODE_OTLP_ENDPOINT": endpoint}, state_dir)
    other = standing_of(header, {"OPENCODE_OTLP_ENDPOINT": "https://mine/?token=s3cr3t"}, state_dir)
    deliveries = [standing.settings.deliveries[Signal.LOGS] for standing in (same, other)]

    assert (True, False) == (same.has_credentials, other.has_credentials)
    assert "https://host/otlp/v1/logs?token=s3cr3t" == deliveries[0].endpoint
    assert destination(deliveries[0], header) == destination(deliveries[1], header)
    assert [] == routes(other, header, {})


@pytest.mark.parametrize(
    ("today", "taken"),
    [
        ("https://host/otlp?token=new", True),
        ("https://host/otlp", False),
        ("https://mine/otlp?token=new", False),
        ("https://host/other?token=new", False),
    ],
)
def test_todays_token_is_taken_for_the_same_endpoint(state_dir: Path, today: str, *, taken: bool) -> None:
    """Whoever adopts a journal gives it a new token, and never another endpoint."""
    header = Header(
        id="1-1-a",
        settings={**ON, "OPENCODE_OTLP_ENDPOINT": "https://host/otlp?***", "OPENCODE_OTLP_PROTOCOL": HTTP},
        credentials={"OPENCODE_OTLP_ENDPOINT": fingerprint(KEY, "https://host/otlp?token=old")},
    )
    environ = {**ON, "OPENCODE_OTLP_ENDPOINT": today, "OPENCODE_OTLP_PROTOCOL": HTTP}
    standing = standing_today(header, environ, state_dir)

    assert taken == standing.has_credentials
    assert (() if taken else ("OPENCODE_OTLP_ENDPOINT",)) == standing.lack.withheld
    assert "https://host/otlp/v1/logs" == standing.settings.deliveries[Signal.LOGS].endpoint.partition("?")[0]


def test_proxies_have_to_be_those_of_the_journal(state_dir: Path) -> None:
    """The libraries take proxies from the process: a journal that was written behind others waits."""
    header = header_of(HTTPS_PROXY="http://***@proxy:3128")
    same = standing_of(header, {"https_proxy": "http://me:pw@proxy:3128"}, state_dir)
    none = standing_of(header, {}, state_dir)

    assert (True, False) == (same.has_credentials, none.has_credentials)
    assert "waits for the proxies with the value that it had when OpenCode ran" == waiting_reason(header)


@pytest.mark.parametrize("environ", [{}, {HEADERS: "a=2"}, {"OTEL_EXPORTER_OTLP_HEADERS": "a=1"}])
def test_without_the_same_secret_nothing_is_sent(state_dir: Path, environ: dict[str, str]) -> None:
    """Another secret is no secret: there is no route, and no part of it is used."""
    header = header_of("a=1")
    standing = standing_of(header, environ, state_dir)

    assert not standing.has_credentials
    assert {} == dict(standing.settings.deliveries[Signal.LOGS].headers)
    assert [] == routes(standing, header, {})
    assert f"waits for {HEADERS} with the value that it had when OpenCode ran" == waiting_reason(header)


def test_secret_that_the_journal_did_not_have_is_not_sent(state_dir: Path) -> None:
    """The environment's headers go to the environment's own backend and to no other."""
    standing = standing_of(header_of(), {HEADERS: "a=1"}, state_dir)

    assert standing.has_credentials
    assert {} == dict(standing.settings.deliveries[Signal.LOGS].headers)


def test_lacking_secrets_are_named(state_dir: Path) -> None:
    """What is not set is told apart from what has another value."""
    header = header_of("a=1")

    assert Lack(unset=(HEADERS,)) == standing_of(header, {HEADERS: ""}, state_dir).lack
    assert Lack(changed=(HEADERS,)) == standing_of(header, {HEADERS: "a=2"}, state_dir).lack
    assert Lack() == standing_of(header, {HEADERS: "a=1"}, state_dir).lack


def test_todays_secret_goes_to_the_headers_endpoint(state_dir: Path) -> None:
    """Only the value is new: endpoint, protocol and so the destination are the journal's."""
    header = header_of("a=1", OPENCODE_OTLP_ENDPOINT="http://theirs:2", HTTPS_PROXY="http://proxy:3128")
    environ = {
        HEADERS: "a=2",
        "OPENCODE_OTLP_ENDPOINT": "http://theirs:2/otlp",
        "OPENCODE_OTLP_PROTOCOL": "http/json",
    }
    today = standing_today(header, environ, state_dir)
    delivery = today.settings.deliveries[Signal.LOGS]

    assert (True, "2") == (today.has_credentials, delivery.headers["a"].reveal())
    assert ("http://theirs:2", "grpc") == (delivery.endpoint, delivery.protocol.value)
    assert name_of(header, state_dir) == ways_of(today, header)[Signal.LOGS]


@pytest.mark.parametrize("endpoint", ["http://mine:2", "https://theirs:2", "http://theirs:3", "no-scheme"])
def test_todays_secret_is_for_no_server_that_this_shell_does_not_name(state_dir: Path, endpoint: str) -> None:
    """A journal of another project, or one that somebody else wrote, gets no key by naming its server."""
    header = header_of("a=1", OPENCODE_OTLP_ENDPOINT="http://theirs:2")
    environ = {HEADERS: "a=2", "OPENCODE_OTLP_ENDPOINT": endpoint}
    today = standing_today(header, environ, state_dir)

    assert (False, Lack(withheld=(HEADERS,))) == (today.has_credentials, today.lack)


def test_todays_secret_is_taken_only_for_a_variable_of_the_header(state_dir: Path) -> None:
    """What the journal did not have is not sent, and what is not set today is lacking."""
    environ = {"OTEL_EXPORTER_OTLP_HEADERS": "b=2"}
    without = standing_today(header_of(), {HEADERS: "a=2", **environ}, state_dir)
    lacking = standing_today(header_of("a=1"), environ, state_dir)

    assert (True, {}) == (without.has_credentials, dict(without.settings.deliveries[Signal.LOGS].headers))
    assert (False, Lack(unset=(HEADERS,))) == (lacking.has_credentials, lacking.lack)


def test_todays_secret_that_cannot_be_sent_is_none(state_dir: Path) -> None:
    """A bad value of this shell is no fault of the journal, whose own faults are raised as ever."""
    environ = {HEADERS: "a-bin=2"}
    today = standing_today(header_of("a=1"), environ, state_dir)

    assert (False, Lack(unusable=(HEADERS,))) == (today.has_credentials, today.lack)
    with pytest.raises(SettingsError):
        standing_today(header_of("a=1", OPENCODE_OTLP_ENDPOINT="no-scheme"), environ, state_dir)


@pytest.mark.parametrize("content", [None, b"short"])
def test_without_the_key_no_secret_is_recognised(tmp_path: Path, content: bytes | None) -> None:
    """A key that is missing or broken recognises nothing, so the requests wait."""
    if content is not None:
        (tmp_path / KEY_FILE).write_bytes(content)

    assert read_key(tmp_path) is None
    assert not standing_of(header_of("a=1"), {HEADERS: "a=1"}, tmp_path).has_credentials


def test_invalid_settings_are_all_reported(state_dir: Path) -> None:
    """The error has every problem of the header."""
    header = header_of(OPENCODE_OTLP_ENDPOINT="no-scheme", OPENCODE_COST_USAGE_SCALE="x")

    with pytest.raises(SettingsError) as caught:
        standing_of(header, {}, state_dir)

    assert 2 <= len(caught.value.problems)


def test_home_is_not_needed(state_dir: Path) -> None:
    """The state directory is known, whatever the environment lacks."""
    assert state_dir == standing_of(header_of(), {}, state_dir).settings.state_dir


def test_telemetry_that_is_off_delivers_nothing(state_dir: Path) -> None:
    """The plugin does not know OTEL_SDK_DISABLED; the agent does."""
    standing = standing_of(header_of(OTEL_SDK_DISABLED="true"), {}, state_dir)

    assert {} == standing.settings.deliveries


def test_each_signal_that_is_on_has_a_route(state_dir: Path) -> None:
    """A route leads to the destination that the signal's requests name."""
    header = header_of(OTEL_TRACES_EXPORTER="none")
    standing = standing_of(header, {}, state_dir)
    ways = ways_of(standing, header)

    assert {Signal.METRICS, Signal.LOGS} == ways.keys()
    assert {signal: destination(row, header) for signal, row in standing.settings.deliveries.items()} == ways


def test_destination_is_the_same_for_the_same_settings(state_dir: Path) -> None:
    """Two journals of one project have one destination."""
    assert name_of(header_of("a=1"), state_dir) == name_of(header_of("a=1"), state_dir)


@pytest.mark.parametrize(
    "other",
    [
        header_of("a=2"),
        header_of(),
        header_of("a=1", OPENCODE_OTLP_ENDPOINT="http://other:1"),
        header_of("a=1", OPENCODE_OTLP_PROTOCOL="http/protobuf"),
        header_of("a=1", OPENCODE_OTLP_HEADERS_HELPER="/opt/helper"),
    ],
)
def test_destination_differs_by_endpoint_protocol_and_credentials(state_dir: Path, other: Header) -> None:
    """What is not the same backend with the same credentials is another destination."""
    assert name_of(header_of("a=1"), state_dir) != name_of(other, state_dir)


def name_of(header: Header, state_dir: Path) -> str:
    """Return the destination of a journal's log records."""
    return destination(standing_of(header, {}, state_dir).settings.deliveries[Signal.LOGS], header)


def test_secret_is_in_no_destination_and_no_reason(state_dir: Path) -> None:
    """What is stored with a request, and shown of it, does not contain a secret."""
    header = header_of("authorization=s3cr3t")
    standing = standing_of(header, {HEADERS: "authorization=s3cr3t"}, state_dir)
    ways = routes(standing, header, {})

    assert "s3cr3t" not in f"{name_of(header, state_dir)}{waiting_reason(header)}{standing}{ways}"


def ways_of(standing: Standing, header: Header) -> dict[Signal, str]:
    """Return where the requests of each signal go that have a way."""
    return {route.signal: route.destination for route in routes(standing, header, {})}


PHOENIX_KEY = "PHOENIX_API_KEY"
PHOENIX = {"PHOENIX_ENDPOINT": "http://phoenix:6006"}
BACKUP = {"backup.OPENCODE_OTLP_ENDPOINT": "http://backup:4317"}
BACKUP_HEADERS = f"backup.{HEADERS}"


def header_of_all(**secrets: str) -> Header:
    """Return the header of a journal with three destinations, each with a secret of its own."""
    known = {HEADERS: "a=1", PHOENIX_KEY: "right", BACKUP_HEADERS: "b=1", **secrets}
    credentials = {name: fingerprint(KEY, value) for name, value in known.items()}
    return Header(id="1-1-a", settings={**ON, **PHOENIX, **BACKUP}, credentials=credentials)


def test_each_destination_has_its_own_credentials(state_dir: Path) -> None:
    """One whose secret is lacking waits, with its own reason; the others have routes."""
    header = header_of_all()
    standing = standing_of(header, {HEADERS: "a=1", BACKUP_HEADERS: "b=2"}, state_dir)
    each = standing.each()

    assert {"": Lack(), "phoenix": Lack(unset=(PHOENIX_KEY,)), "backup": Lack(changed=(BACKUP_HEADERS,))} == {
        name: one.lack for name, one in each.items()
    }
    assert {"generic"} == {route.name for route in routes(standing, header, {})}
    reason = "waits for {} with the value that it had when OpenCode ran"
    assert [reason.format(name) for name in (HEADERS, PHOENIX_KEY, BACKUP_HEADERS)] == [
        waiting_reason(header, name) for name in ("", "phoenix", "backup")
    ]


def test_destination_is_the_same_with_and_without_its_secret(state_dir: Path) -> None:
    """What an agent without the key has stored is sent by one that has it."""
    header = header_of_all()
    environ = {HEADERS: "a=1", PHOENIX_KEY: "right", BACKUP_HEADERS: "b=1"}
    stored = {way.name: way.destinations for way in ways(standing_of(header, {}, state_dir), header)}
    with_all = standing_of(header, environ, state_dir)
    found = {way.name: way.destinations for way in ways(with_all, header)}
    sent = {route.destination for route in routes(with_all, header, {})}

    assert stored == found
    assert {there for each in stored.values() for there in each.values()} == sent
    assert 7 == sum(len(each) for each in stored.values())


def test_same_server_with_another_name_is_another_destination(state_dir: Path) -> None:
    """Two generic destinations at one endpoint stay apart."""
    header = Header(id="1-1-a", settings={**ON, "a.OPENCODE_OTLP_ENDPOINT": "http://localhost:4317"})
    one, other = ways(standing_of(header, {}, state_dir), header)

    assert set() == set(one.destinations.values()) & set(other.destinations.values())


@pytest.mark.parametrize(
    ("shell", "taken"),
    [
        ({**PHOENIX}, True),
        ({"OPENCODE_OTLP_ENDPOINT": "http://phoenix:6006"}, False),
        ({"backup.OPENCODE_OTLP_ENDPOINT": "http://phoenix:6006"}, False),
        ({"PHOENIX_ENDPOINT": "http://other:6006"}, False),
        ({**PHOENIX, "OPENCODE_OTEL_DESTINATIONS": "none"}, False),
        ({}, False),
    ],
)
def test_todays_key_goes_where_this_shell_sends_that_destination(
    state_dir: Path, shell: dict[str, str], *, taken: bool
) -> None:
    """A server that the shell names for another destination gets no key of this one."""
    header = Header(
        id="1-1-a", settings={**ON, **PHOENIX}, credentials={PHOENIX_KEY: fingerprint(KEY, "old")}
    )
    today = standing_today(header, {**ON, PHOENIX_KEY: "new", **shell}, state_dir).beside["phoenix"]

    assert taken == today.has_credentials
    assert (() if taken else (PHOENIX_KEY,)) == today.lack.withheld


def test_bad_value_of_today_costs_only_its_own_destination(state_dir: Path) -> None:
    """The destination stays, without it, so that what is held for it is not lost; the others send."""
    environ = {
        **ON,
        **PHOENIX,
        **BACKUP,
        HEADERS: "a-bin=2",
        PHOENIX_KEY: "two\nlines",
        BACKUP_HEADERS: "b=2",
    }
    shell = {**environ, HEADERS: "a=2"}
    # With bad generic headers nobody knows where this shell sends at all.
    without_generic = standing_today(header_of_all(), environ, state_dir).each()
    with_generic = standing_today(header_of_all(), shell, state_dir).each()

    assert {"", "phoenix", "backup"} == without_generic.keys() == with_generic.keys()
    assert [Lack(unusable=(HEADERS,)), Lack(unusable=(PHOENIX_KEY,)), Lack(withheld=(BACKUP_HEADERS,))] == [
        without_generic[name].lack for name in ("", "phoenix", "backup")
    ]
    assert [Lack(), Lack(unusable=(PHOENIX_KEY,)), Lack()] == [
        with_generic[name].lack for name in ("", "phoenix", "backup")
    ]


def test_destination_that_is_left_out_is_told(state_dir: Path) -> None:
    """The standing has the problem, and the other destinations."""
    settings = {**ON, **BACKUP, "PHOENIX_ENDPOINT": "no-url"}
    standing = standing_of(Header(id="1-1-a", settings=settings), {}, state_dir)

    assert {"", "backup"} == standing.each().keys()
    [problem] = standing.problems
    assert problem.startswith("PHOENIX_ENDPOINT: expected")


def test_journal_of_a_vendor_alone_is_delivered_beside_other_programs_variables(state_dir: Path) -> None:
    """The header has what the plugin saw, of which the generic destination could not use all."""
    settings = {**PHOENIX, "OTEL_EXPORTER_OTLP_ENDPOINT": "https://gateway.example/otlp"}
    header = Header(id="1-1-a", settings=settings)
    standing = standing_of(header, {}, state_dir)

    assert ["phoenix"] == [route.name for route in routes(standing, header, {})]
