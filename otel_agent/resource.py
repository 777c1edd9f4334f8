"""The attributes of the Resource: what holds for everything that one journal sends."""

from collections.abc import Mapping

from otel_agent import __version__
from otel_agent.receiver.state import JournalState
from otel_agent.settings import Settings, Temporality
from otel_agent.signals.attributes import known
from otel_agent.signals.model import AttributeValue
from otel_agent.signals.profile import profile_of

DISTRO_NAME = "opencode-otel-agent"


def resource_attributes(
    settings: Settings, journal: JournalState, journal_id: str
) -> Mapping[str, AttributeValue]:
    """Return the Resource of a journal; the user's attributes override ours, OTEL_SERVICE_NAME the name.

    `service.instance.id` is the journal for cumulative series, which have one writer each, and the
    installation for delta ones, which any number of processes may add to.
    """
    is_delta = settings.temporality is not Temporality.CUMULATIVE
    ours = {
        "service.name": profile_of(settings).service_name,
        "service.version": journal.version,
        "app.version": journal.version,
        "service.instance.id": journal.user_id if is_delta else journal_id,
        "os.type": journal.os_type,
        "os.version": journal.os_version,
        "host.arch": journal.host_arch,
        "telemetry.distro.name": DISTRO_NAME,
        "telemetry.distro.version": __version__,
    }
    name = {"service.name": settings.service_name}
    return {**known(ours), **settings.standard_attributes, **settings.resource_attributes, **known(name)}
