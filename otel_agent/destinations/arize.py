"""Arize AX: https://arize.com/docs/ax. Its project is an attribute of the resource.

Without one it answers 500. A space is named by its id; with a space's name it answers 200 and keeps nothing
(https://github.com/Arize-ai/arize-skills/pull/59).
"""

from dataclasses import dataclass
from typing import Final

from otel_agent.capture import Level
from otel_agent.destinations import harness
from otel_agent.destinations.destination import BASE, KEY, LINE, TEXT, Destination, Traces, level_of, posted
from otel_agent.destinations.harness import Harness
from otel_agent.parsing import Kind, Secret
from otel_agent.tracing import TraceProfile
from otel_agent.variables import setting

HOSTED: Final = "https://otlp.arize.com"


def _address(text: str) -> str:
    """Read `host:port`, which is https, or a URL; that of its gRPC side ends in /v1."""
    url = text.strip() if "://" in text else f"https://{text.strip()}"
    return BASE.read(url.removesuffix("/").removesuffix("/v1"))


ADDRESS: Final = Kind(expected="host:port or a URL", example="otlp.arize.com:443", read=_address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables(Harness):
    """What the environment says about Arize AX."""

    key: Secret | None = setting(
        "ARIZE_API_KEY",
        kind=KEY,
        default=None,
        secret=True,
        meaning="Arize's key; with a space it switches it on.",
    )
    space: str = setting(
        "ARIZE_SPACE_ID", kind=LINE, default="", meaning="The id of Arize's space, not its name."
    )
    endpoint: str = setting(
        "ARIZE_OTLP_ENDPOINT", kind=ADDRESS, default=HOSTED, meaning="Where Arize AX takes OTLP."
    )
    project: str = setting(
        "ARIZE_PROJECT_NAME", kind=TEXT, default=harness.PROJECT, meaning="Arize's project."
    )
    level: Level | None = level_of("arize")


def traces(given: Variables) -> Traces:
    """Return how Arize AX gets traces."""
    key = given.key or Secret("")
    return Traces(
        endpoint=posted(given.endpoint),
        profile=TraceProfile.ARIZE,
        headers={"space_id": Secret(given.space), "api_key": key},
        resource={
            harness.PROJECT_ATTRIBUTE: given.project,
            "arize.project.name": given.project,
            "arize.project.type": "harness",
        },
        attributes=harness.attributes(given),
        hidden=harness.hidden(given),
    )


ARIZE = Destination(
    name="arize",
    title="Arize AX",
    guide="https://arize.com/docs/ax",
    variables=Variables,
    starts=(("ARIZE_API_KEY", "ARIZE_SPACE_ID"), (harness.FILE,)),
    needs=("ARIZE_API_KEY", "ARIZE_SPACE_ID"),
    stops=harness.STOPS,
    traces=traces,
)
