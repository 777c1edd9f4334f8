"""Langfuse: https://langfuse.com/integrations/native/opentelemetry. Its project is that of the keys."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from otel_agent.capture import Level
from otel_agent.destinations.destination import BASE, KEY, SWITCH, TEXT, Destination, Traces, level_of, posted
from otel_agent.parsing import Secret
from otel_agent.tracing import TraceProfile
from otel_agent.variables import setting

HOSTED: Final = "https://cloud.langfuse.com"
PATH: Final = "/api/public/otel/v1/traces"
INGESTION_VERSION: Final = "4"
"""What direct exporters send for traces to show at once; a higher one is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables:
    """What the environment says about Langfuse."""

    public: str = setting(
        "LANGFUSE_PUBLIC_KEY",
        kind=TEXT,
        default="",
        meaning="The public key; with the secret one it switches it on.",
    )
    key: Secret | None = setting(
        "LANGFUSE_SECRET_KEY", kind=KEY, default=None, secret=True, meaning="The secret key."
    )
    enabled: bool | None = setting(
        "TRACE_TO_LANGFUSE", kind=SWITCH, default=None, meaning="Off: nothing goes to Langfuse."
    )
    endpoint: str = setting(
        "LANGFUSE_BASE_URL",
        "LANGFUSE_HOST",
        "LANGFUSE_BASEURL",
        kind=BASE,
        default=HOSTED,
        meaning="Langfuse's URL: of the region, or your own server's.",
    )
    environment: str = setting(
        "LANGFUSE_ENVIRONMENT",
        "LANGFUSE_TRACING_ENVIRONMENT",
        kind=TEXT,
        default="development",
        meaning="The environment of the traces.",
    )
    user: str | None = setting("LANGFUSE_USER_ID", kind=TEXT, default=None, meaning="The user of the traces.")
    service: str | None = setting(
        "LANGFUSE_SERVICE_NAME", kind=TEXT, default=None, meaning="The resource's `service.name` there."
    )
    level: Level | None = level_of("langfuse")


def traces(given: Variables) -> Traces:
    """Return how Langfuse gets traces."""
    secret = given.key.reveal() if given.key else ""
    pair = b64encode(f"{given.public}:{secret}".encode()).decode()
    return Traces(
        endpoint=posted(given.endpoint, PATH),
        profile=TraceProfile.LANGFUSE,
        headers={
            "authorization": Secret(f"Basic {pair}"),
            "x-langfuse-ingestion-version": Secret(INGESTION_VERSION),
        },
        service_name=given.service,
        attributes={"langfuse.environment": given.environment, **_user(given)},
    )


def _user(given: Variables) -> Mapping[str, str]:
    """Return the user's attribute."""
    return {"user.id": given.user} if given.user else {}


LANGFUSE = Destination(
    name="langfuse",
    title="Langfuse",
    guide="https://langfuse.com/integrations/native/opentelemetry",
    variables=Variables,
    starts=(("LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY"),),
    needs=("LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY"),
    stops=("TRACE_TO_LANGFUSE",),
    traces=traces,
)
