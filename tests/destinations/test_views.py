"""Views: which destinations an environment switches on, and the settings that hold for each of them."""

from collections.abc import Mapping

import pytest

from otel_agent.capture import Content
from otel_agent.destinations.views import Views, base_of, captured, every, views
from otel_agent.errors import SettingsError
from otel_agent.settings import Protocol, Settings, Signal, Temporality, TraceProfile, parse

HOME = {"HOME": "/home/dev"}
ON = {**HOME, "OPENCODE_ENABLE_TELEMETRY": "1", "OPENCODE_OTLP_ENDPOINT": "http://collector:4317"}
ENDPOINT = {"PHOENIX_ENDPOINT": "http://localhost:6006"}
BACKUP = {"backup.OPENCODE_OTLP_ENDPOINT": "http://backup:4317"}


def seen(environ: Mapping[str, str]) -> Views:
    """Return the destinations of an environment."""
    return views(environ, parse(environ))


def phoenix(**environ: str) -> Settings:
    """Return Phoenix's settings."""
    return seen({**ON, **ENDPOINT, **environ}).settings["phoenix"]


def test_without_variables_there_is_none() -> None:
    """Only what is asked for gets anything."""
    assert Views() == seen(ON)


@pytest.mark.parametrize("generic", [{}, {"OPENCODE_ENABLE_TELEMETRY": "1"}])
def test_own_variable_switches_a_destination_on(generic: dict[str, str]) -> None:
    """Whether the generic one is on or off; `every` names those that are on."""
    environ = {**HOME, **generic, **ENDPOINT}
    base = parse(environ)

    assert {"phoenix"} == views(environ, base).settings.keys()
    assert {"phoenix", *([""] if generic else [])} == every(environ, base).settings.keys()


@pytest.mark.parametrize("word", ["", "0", "false", "No", " OFF "])
def test_word_that_says_no_switches_nothing_on(word: str) -> None:
    """As in the plugin."""
    assert Views() == seen({**ON, "PHOENIX_ENDPOINT": word})


@pytest.mark.parametrize(
    ("environ", "is_on"),
    [
        ({}, True),
        ({"ARIZE_TRACE_ENABLED": ""}, True),
        ({"ARIZE_TRACE_ENABLED": " False "}, False),
        ({"ARIZE_TRACE_ENABLED": "0", "PHOENIX_API_KEY": "no\nkey"}, False),
        ({"ARIZE_TRACE_ENABLED": "0", "OPENCODE_OTEL_DESTINATIONS": "phoenix"}, False),
    ],
)
def test_variable_that_turns_a_destination_off_wins(environ: dict[str, str], *, is_on: bool) -> None:
    """Over those that switch it on and over a choice; what else is wrong with it does not matter then."""
    assert (is_on, ()) == (
        "phoenix" in seen({**ON, **ENDPOINT, **environ}).settings,
        seen({**ON, **ENDPOINT, **environ}).problems,
    )


@pytest.mark.parametrize(
    ("chosen", "names"),
    [("phoenix", {"phoenix"}), ("none", set()), ("", {"phoenix"}), (" phoenix , none", {"phoenix"})],
)
def test_destinations_are_chosen_by_their_names(chosen: str, names: set[str]) -> None:
    """What is not named is not used, whatever its own variables say; nothing said is no choice."""
    assert names == seen({**ON, **ENDPOINT, "OPENCODE_OTEL_DESTINATIONS": chosen}).settings.keys()


@pytest.mark.parametrize(("chosen", "names"), [("phoenix,nobody", {"phoenix"}), ("None", set())])
def test_choice_that_nobody_knows_is_a_problem(chosen: str, names: set[str]) -> None:
    """And lets nobody else in: whoever chooses means no other one."""
    others = {"LANGFUSE_PUBLIC_KEY": "a-key", "LANGFUSE_SECRET_KEY": "a-key"}
    found = seen({**ON, **ENDPOINT, **others, "OPENCODE_OTEL_DESTINATIONS": chosen})

    assert names == found.settings.keys()
    [problem] = found.problems
    assert problem.startswith("OPENCODE_OTEL_DESTINATIONS: expected")


def test_tables_are_used_whatever_is_chosen() -> None:
    """The choice is of destinations with variables of their own."""
    assert {"backup"} == seen({**ON, **BACKUP, "OPENCODE_OTEL_DESTINATIONS": "none"}).settings.keys()


def test_variable_that_is_needed_and_missing_is_a_problem() -> None:
    """The destination is left out, and the others go on."""
    found = seen({**ON, **BACKUP, "OPENCODE_OTEL_DESTINATIONS": "phoenix"})

    assert {"backup"} == found.settings.keys()
    assert ("PHOENIX_ENDPOINT: expected a value for Phoenix, got nothing; set it",) == found.problems


def test_value_that_cannot_be_used_is_a_problem_of_its_own_destination() -> None:
    """Neither the generic one nor another one is kept off by it, and a secret is not shown."""
    found = seen({**ON, **BACKUP, **ENDPOINT, "PHOENIX_API_KEY": "s3cr3t\nx"})

    assert {"backup"} == found.settings.keys()
    [problem] = found.problems
    assert problem.startswith("PHOENIX_API_KEY: expected")
    assert "s3cr3t" not in problem


def test_disabled_sdk_turns_all_off() -> None:
    """OTEL_SDK_DISABLED is for every destination."""
    environ = {**ON, **ENDPOINT, **BACKUP, "OTEL_SDK_DISABLED": "true"}

    assert Views() == seen(environ)
    assert {} == every(environ, parse(environ)).settings


def test_traces_go_to_the_vendor_and_nothing_else() -> None:
    """By its own endpoint, profile and headers; nothing of how the generic one sends is in it."""
    settings = phoenix(
        PHOENIX_API_KEY="the-key",
        OPENCODE_OTLP_HEADERS="x-key=generic",
        OPENCODE_OTLP_HEADERS_HELPER="/opt/helper",
        OPENCODE_OTLP_PROTOCOL="grpc",
        OPENCODE_DISABLE_TRACES="all",
    )
    [delivery] = settings.deliveries.values()

    assert (Signal.TRACES, "http://localhost:6006/v1/traces") == (delivery.signal, delivery.endpoint)
    assert (Protocol.HTTP_PROTOBUF, None) == (delivery.protocol, settings.headers_helper)
    revealed = {name: value.reveal() for name, value in delivery.headers.items()}
    assert {"authorization": "Bearer the-key", "x-project-name": "opencode"} == revealed
    assert TraceProfile.ARIZE is settings.tracing.profile
    assert frozenset() == settings.tracing.disabled


def test_jobs_parent_is_not_the_vendors() -> None:
    """A job's span is in the generic backend: elsewhere a root would hang from nothing, or be left out."""
    job = {
        "OPENCODE_TRACEPARENT": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
        "OPENCODE_TRACESTATE": "a=1",
        "TRACEPARENT": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
        "TRACESTATE": "a=1",
    }
    tracing = phoenix(**job).tracing

    found = (tracing.traceparent, tracing.tracestate, tracing.run_traceparent, tracing.run_tracestate)
    assert (None, None, None, None) == found


def test_resource_of_a_vendor_is_the_generic_one_with_its_own() -> None:
    """The project's attribute stands beside what the user has set."""
    found = phoenix(PHOENIX_PROJECT="mine", OPENCODE_RESOURCE_ATTRIBUTES="team=a").resource_attributes

    assert {"team": "a", "openinference.project.name": "mine"} == found


@pytest.mark.parametrize(
    ("environ", "level"),
    [
        ({}, "content"),
        ({"OPENCODE_CAPTURE_LEVEL": "details"}, "details"),
        ({"OPENCODE_PHOENIX_CAPTURE_LEVEL": "metadata"}, "metadata"),
        ({"OPENCODE_PHOENIX_CAPTURE_LEVEL": "content", "OPENCODE_CAPTURE_LEVEL": "metadata"}, "content"),
        ({"OPENCODE_LOG_PROMPTS": "1", "OPENCODE_PHOENIX_CAPTURE_LEVEL": "metadata"}, "metadata"),
        ({"OPENCODE_LOG_PROMPTS": "0"}, "tool content, tool details"),
        ({"OPENCODE_LOG_TOOL_CONTENT": "off"}, "prompts, responses, tool details"),
        ({"OTEL_LOG_TOOL_DETAILS": "false", "OPENCODE_CAPTURE_LEVEL": "details"}, "metadata"),
    ],
)
def test_content_is_that_of_the_level_but_what_is_off(environ: dict[str, str], level: str) -> None:
    """Its own level, else that of all, else what its users know; a switch set to off holds everywhere.

    A switch that is on is the generic destination's, whose level is metadata where nobody says more.
    """
    assert level == captured(phoenix(**environ))


def test_generic_level_is_its_own() -> None:
    """What a vendor gets does not leave for the generic backend."""
    base = parse({**ON, **ENDPOINT, "OPENCODE_PHOENIX_CAPTURE_LEVEL": "content"})

    assert [] == [kind for kind in Content if getattr(base, kind.value)]


def test_table_takes_over_all_but_how_it_sends() -> None:
    """What is measured and shown is that of the top, unless the table says otherwise; where to is its own."""
    top = {
        "OPENCODE_METRIC_PREFIX": "acme.",
        "OPENCODE_OTLP_METRICS_TEMPORALITY": "delta",
        "OPENCODE_OTLP_HEADERS": "x-key=top",
        "OPENCODE_OTLP_HEADERS_HELPER": "/opt/helper",
        "OPENCODE_OTLP_PROTOCOL": "http/json",
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://elsewhere:1",
        "OPENCODE_LOG_PROMPTS": "1",
    }
    found = seen({**ON, **top, **BACKUP, "backup.OPENCODE_METRIC_PREFIX": "other."}).settings["backup"]
    deliveries = found.deliveries.values()

    assert ("other.", Temporality.DELTA, True) == (
        found.metric_prefix,
        found.temporality,
        found.log_prompts,
    )
    assert (set(Signal), None) == (set(found.deliveries), found.headers_helper)
    assert {("http://backup:4317", Protocol.GRPC)} == {(each.endpoint, each.protocol) for each in deliveries}
    assert [{}] * 3 == [dict(each.headers) for each in deliveries]


@pytest.mark.parametrize(
    ("environ", "level"),
    [
        ({"OPENCODE_LOG_PROMPTS": "1"}, "prompts, responses"),
        ({"OPENCODE_LOG_PROMPTS": "1", "backup.OPENCODE_CAPTURE_LEVEL": "metadata"}, "metadata"),
        ({"OPENCODE_CAPTURE_LEVEL": "content", "backup.OPENCODE_CAPTURE_LEVEL": "details"}, "details"),
        ({"OPENCODE_LOG_PROMPTS": "1", "backup.OTEL_LOG_USER_PROMPTS": "0"}, "metadata"),
        ({"OPENCODE_LOG_PROMPTS": "0", "backup.OPENCODE_LOG_PROMPTS": "1"}, "metadata"),
        (
            {"OPENCODE_LOG_PROMPTS": "0", "backup.OPENCODE_CAPTURE_LEVEL": "content"},
            "tool content, tool details",
        ),
        ({"backup.OPENCODE_LOG_TOOL_DETAILS": "1"}, "details"),
    ],
)
def test_table_says_itself_how_much_leaves(environ: dict[str, str], level: str) -> None:
    """What it says holds by whichever name of a switch, and nothing at the top adds to a level of its own.

    Only what is off at the top is off here too.
    """
    assert level == captured(seen({**ON, **BACKUP, **environ}).settings["backup"])


def test_table_has_its_own_credentials() -> None:
    """Each generic destination its own."""
    own = {"backup.OPENCODE_OTLP_HEADERS": "x-key=b", "OPENCODE_OTLP_HEADERS": "x-key=a"}
    found = seen({**ON, **BACKUP, **own}).settings["backup"]

    assert "b" == found.deliveries[Signal.LOGS].headers["x-key"].reveal()


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"backup.OPENCODE_METRIC_PREFIX": "a."}, "backup.OPENCODE_OTLP_ENDPOINT: expected where it sends"),
        ({"backup.OPENCODE_OTLP_ENDPOINT": "no-scheme"}, "backup.OPENCODE_OTLP_ENDPOINT: expected"),
        (
            {"phoenix.OPENCODE_OTLP_ENDPOINT": "http://a:1"},
            "phoenix.OPENCODE_OTLP_ENDPOINT: expected another",
        ),
        (
            {"generic.OPENCODE_OTLP_ENDPOINT": "http://a:1"},
            "generic.OPENCODE_OTLP_ENDPOINT: expected another",
        ),
        (
            {**BACKUP, "backup.OPENCODE_COST_USAGE_SCALE": "x"},
            "backup.OPENCODE_COST_USAGE_SCALE: expected",
        ),
    ],
)
def test_table_that_cannot_be_used_is_left_out(table: dict[str, str], problem: str) -> None:
    """With its name in the problem; the others go on."""
    found = seen({**ON, **ENDPOINT, **table})

    assert {"phoenix"} == found.settings.keys()
    [told] = found.problems
    assert told.startswith(problem)


def test_tables_are_off_while_the_generic_destination_is() -> None:
    """They are further generic ones: what turns that off turns them off."""
    assert {"phoenix"} == seen({**HOME, **ENDPOINT, **BACKUP}).settings.keys()


OTHERS = {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://gateway.example/otlp"}
"""What another program's SDK takes, and the generic destination, which sends by gRPC, does not."""


def test_vendor_alone_is_not_kept_off_by_other_programs_variables() -> None:
    """How the generic destination would send does not matter while it is off."""
    environ = {**HOME, **ENDPOINT, **OTHERS}

    assert {"phoenix"} == every(environ, base_of(environ)).settings.keys()


@pytest.mark.parametrize(
    "environ",
    [
        {**ON, **ENDPOINT, "OPENCODE_OTLP_ENDPOINT": "", **OTHERS},
        {**HOME, **OTHERS},
        {**HOME, **ENDPOINT, "OPENCODE_COST_USAGE_SCALE": "x"},
    ],
)
def test_settings_that_cannot_be_used_are_a_problem_else(environ: dict[str, str]) -> None:
    """While the generic destination is on, or nothing is; and what is for all of them in any case."""
    with pytest.raises(SettingsError):
        base_of(environ)
