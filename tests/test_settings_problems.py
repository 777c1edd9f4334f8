"""Settings that cannot be used: every problem is said, and no secret."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from otel_agent import settings
from otel_agent.errors import SettingsError
from otel_agent.settings import parse

# Values that settings take, among arbitrary ones, so that the properties meet odd mixtures too.
WORDS = st.sampled_from(
    [
        "1",
        "none",
        "all",
        "grpc",
        "http/json",
        "a=b",
        "delta",
        "http://h:1",
        "https://h/p",
        "/x",
        "5",
        "${WORKTREE}/h",
    ]
)
NAMES = st.sampled_from((*settings.recorded_names(), *settings.secret_names(), "HOME"))
ENVIRONMENTS = st.dictionaries(NAMES, WORDS | st.text(), max_size=12)
MARK = "hunter2-7f3a"
# What hypothesis does once (its table of characters) takes over a second on a busy machine.
patient = profile(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def problems(environ: dict[str, str]) -> tuple[str, ...]:
    """Return what is wrong with an environment; nothing, when it can be used."""
    try:
        parse(environ)
    except SettingsError as error:
        return error.problems
    return ()


def test_all_problems_are_reported_together() -> None:
    """Every bad value of an environment is named, wherever it is read."""
    found = problems(
        {
            "OPENCODE_OTLP_ENDPOINT": "localhost:4317",
            "OPENCODE_OTLP_PROTOCOL": "carrier-pigeon",
            "OPENCODE_OTLP_METRICS_INTERVAL": "0",
            "OPENCODE_OTLP_LOGS_INTERVAL": "soon",
            "OPENCODE_COST_USAGE_SCALE": "-1",
            "OPENCODE_OTLP_METRICS_TEMPORALITY": "sometimes",
            "OPENCODE_RESOURCE_ATTRIBUTES": "novalue",
            "OPENCODE_OTEL_OUTBOX_MAX_BYTES": "lots",
            "OPENCODE_OTEL_OUTBOX_MAX_AGE": "long",
            "OPENCODE_OTEL_LOG_LEVEL": "loud",
            "OPENCODE_OTLP_HEADERS_HELPER": "helper.sh",
            "OPENCODE_METRICS_INCLUDE": "shoe.size",
            "OPENCODE_LOG_PROMPTS": "maybe",
            "OPENCODE_OTEL_STATE_DIR": "here",
        }
    )

    assert 14 == len(found)
    assert all(": expected " in problem and ", got " in problem and "; " in problem for problem in found)


def test_error_text_has_every_problem_on_its_own_line() -> None:
    """What a command prints is one line per problem."""
    error = SettingsError(problems({"OPENCODE_OTLP_LOGS_INTERVAL": "0", "OPENCODE_OTEL_LOG_LEVEL": "loud"}))

    assert 2 == len(str(error).splitlines())


@patient
@given(ENVIRONMENTS)
def test_any_environment_is_read_or_refused(environ: dict[str, str]) -> None:
    """Arbitrary values of our variables give settings or a SettingsError, each problem one printable line."""
    assert [] == [problem for problem in problems(environ) if not problem.isprintable()]


@patient
@given(ENVIRONMENTS, st.sampled_from(settings.secret_names()), st.text(), st.text())
def test_secret_is_in_no_error(environ: dict[str, str], name: str, before: str, after: str) -> None:
    """Whatever a secret variable holds, and however wrong it is, no problem shows it."""
    assert MARK not in "".join(problems({**environ, name: f"{before}{MARK}{after}"}))


@pytest.mark.parametrize(
    "name", [name for name in settings.recorded_names() if name.endswith(("OTLP_ENDPOINT", "LOGS_ENDPOINT"))]
)
def test_credentials_in_an_endpoint_are_in_no_error(name: str) -> None:
    """Userinfo is refused, and the message says where credentials belong without showing them."""
    (problem,) = problems({name: f"https://user:{MARK}@collector"})

    assert MARK not in problem
    assert problem.endswith("put credentials in OPENCODE_OTLP_HEADERS")


def test_unused_signal_has_no_problems() -> None:
    """What is wrong with a signal that is off matters to nobody."""
    environ = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "nowhere", "OPENCODE_DISABLE_TRACES": "all"}

    assert () == problems(environ)
