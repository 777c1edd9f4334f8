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
