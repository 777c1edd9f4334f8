"""The Resource: what holds for everything that a journal sends."""

from otel_agent import __version__
from otel_agent.receiver.state import JournalState
from otel_agent.resource import resource_attributes
from tests.pipelines import settings_of

JOURNAL = JournalState(
    version="1.18.33", user_id="installation", os_type="linux", os_version="6.1", host_arch="amd64"
)


def test_resource_names_opencode_the_system_and_the_agent() -> None:
    """All attributes of the contract, with OpenCode's version."""
    assert {
        "service.name": "opencode",
        "service.version": "1.18.33",
        "app.version": "1.18.33",
        "service.instance.id": "1-1-a",
        "os.type": "linux",
        "os.version": "6.1",
        "host.arch": "amd64",
        "telemetry.distro.name": "opencode-otel-agent",
        "telemetry.distro.version": __version__,
    } == dict(resource_attributes(settings_of(), JOURNAL, "1-1-a"))


def test_what_is_unknown_is_left_out() -> None:
    """An attribute without a value is not sent."""
    attributes = resource_attributes(settings_of(), JournalState(), "1-1-a")

    assert {"service.name", "service.instance.id", "telemetry.distro.name", "telemetry.distro.version"} == (
        attributes.keys()
    )


def test_delta_series_belong_to_the_installation() -> None:
    """Any number of processes may add to a delta series, so its instance is the installation."""
    delta = settings_of(OPENCODE_OTLP_METRICS_TEMPORALITY="delta")

    assert "installation" == resource_attributes(delta, JOURNAL, "1-1-a")["service.instance.id"]


def test_users_attributes_override_ours() -> None:
    """OPENCODE_RESOURCE_ATTRIBUTES win, and OTEL_SERVICE_NAME wins over the name in them."""
    settings = settings_of(
        OPENCODE_RESOURCE_ATTRIBUTES="service.name=a,os.type=b,team=c", OTEL_SERVICE_NAME="d"
    )
    attributes = resource_attributes(settings, JOURNAL, "1-1-a")

    assert ("d", "b", "c") == (attributes["service.name"], attributes["os.type"], attributes["team"])


def test_profile_names_the_service() -> None:
    """Dashboards made for Claude Code look for its service; a name of the user's own still wins."""
    claude = settings_of(OPENCODE_TELEMETRY_PROFILE="claude_code")
    named = settings_of(OPENCODE_TELEMETRY_PROFILE="claude_code", OTEL_SERVICE_NAME="mine")
    given = settings_of(
        OPENCODE_METRIC_PREFIX="claude_code.", OTEL_RESOURCE_ATTRIBUTES="service.name=given,team=c"
    )

    assert ["claude-code", "mine", "given"] == [
        resource_attributes(settings, JOURNAL, "1-1-a")["service.name"] for settings in (claude, named, given)
    ]


def test_ours_wins_over_the_standard_variable() -> None:
    """OPENCODE_RESOURCE_ATTRIBUTES and OTEL_RESOURCE_ATTRIBUTES both count, the first one wins per key."""
    settings = settings_of(OTEL_RESOURCE_ATTRIBUTES="a=1,b=1", OPENCODE_RESOURCE_ATTRIBUTES="b=2")
    attributes = resource_attributes(settings, JOURNAL, "1-1-a")

    assert ("1", "2") == (attributes["a"], attributes["b"])
