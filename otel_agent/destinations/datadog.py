"""Datadog LLM Observability: https://docs.datadoghq.com/llm_observability/instrumentation/otel_instrumentation.

An application is named by the resource's service; a header, `dd-otlp-source`, tells its traces from others.
"""

import re
from dataclasses import dataclass
from typing import Final

from otel_agent.capture import Level
from otel_agent.destinations.destination import (
    BASE,
    KEY,
    SWITCH,
    TEXT,
    Destination,
    Traces,
    UnfitError,
    level_of,
    posted,
)
from otel_agent.parsing import InvalidValueError, Kind, Secret
from otel_agent.tracing import TraceProfile
from otel_agent.variables import setting

GOVERNMENT: Final = "ddog-gov.com"
SOURCE: Final = "llmobs"


def _site(text: str) -> str:
    """Read the name of a site: a domain without anything before it."""
    site = text.strip().lower()
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", site):
        raise InvalidValueError
    return site


SITE: Final = Kind(expected="the domain of a Datadog site", example="us5.datadoghq.com", read=_site)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables:
    """What the environment says about Datadog LLM Observability."""

    enabled: bool | None = setting(
        "DD_LLMOBS_ENABLED",
        kind=SWITCH,
        default=None,
        meaning="On, with a key: traces go to LLM Observability.",
    )
    key: Secret | None = setting(
        "DD_API_KEY", kind=KEY, default=None, secret=True, meaning="Datadog's API key."
    )
    site: str = setting("DD_SITE", kind=SITE, default="datadoghq.com", meaning="Datadog's site.")
    endpoint: str | None = setting(
        "OPENCODE_DATADOG_ENDPOINT",
        kind=BASE,
        default=None,
        shown="https://otlp.<DD_SITE>",
        meaning="Another base URL than the site's: a proxy, a private link.",
    )
    application: str = setting(
        "DD_LLMOBS_ML_APP",
        "DD_SERVICE",
        kind=TEXT,
        default="opencode",
        meaning="The application, sent as the resource's `service.name`.",
    )
    environment: str | None = setting(
        "DD_ENV", kind=TEXT, default=None, meaning="The environment of the application."
    )
    agentless: bool = setting(
        "DD_LLMOBS_AGENTLESS_ENABLED",
        kind=SWITCH,
        default=True,
        meaning="Off is refused: a Datadog Agent takes OTLP where OPENCODE_OTLP_ENDPOINT says.",
    )
    level: Level | None = level_of("datadog")


def traces(given: Variables) -> Traces:
    """Return how LLM Observability gets traces; raises UnfitError where it does not take them."""
    if given.site.endswith(GOVERNMENT):
        raise UnfitError(
            f"expected a site with LLM Observability, got {given.site}, which has none; unset it"
        )
    if not given.agentless:
        raise UnfitError(
            "expected DD_LLMOBS_AGENTLESS_ENABLED=1, got off; for a Datadog Agent set OPENCODE_OTLP_ENDPOINT "
            "to its OTLP port"
        )
    environment = {"deployment.environment.name": given.environment} if given.environment else {}
    return Traces(
        endpoint=posted(given.endpoint or f"https://otlp.{given.site}"),
        profile=TraceProfile.GEN_AI,
        headers={"dd-api-key": given.key or Secret(""), "dd-otlp-source": Secret(SOURCE)},
        service_name=given.application,
        resource=environment,
    )


DATADOG = Destination(
    name="datadog",
    title="Datadog LLM Observability",
    guide="https://docs.datadoghq.com/llm_observability/instrumentation/otel_instrumentation",
    variables=Variables,
    starts=(("DD_LLMOBS_ENABLED", "DD_API_KEY"),),
    needs=("DD_API_KEY",),
    stops=("DD_LLMOBS_ENABLED",),
    traces=traces,
)
