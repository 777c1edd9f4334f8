"""LangSmith: https://docs.langchain.com/langsmith/trace-with-opentelemetry. Its project is named by a header.

The names are those of https://docs.langchain.com/langsmith/trace-with-opencode: `LANGSMITH_OPENCODE_…` before
`LANGSMITH_…`, and nothing is sent without `TRACE_TO_LANGSMITH`, for keys are set for other programs too.
"""

from dataclasses import dataclass
from typing import Final

from otel_agent.capture import Level
from otel_agent.destinations.additions import OBJECT, Metadata, flat
from otel_agent.destinations.destination import (
    BASE,
    KEY,
    LINE,
    SWITCH,
    Destination,
    Traces,
    level_of,
    posted,
)
from otel_agent.parsing import Secret
from otel_agent.tracing import TraceProfile
from otel_agent.variables import setting

HOSTED: Final = "https://api.smith.langchain.com"
PATH: Final = "/otel/v1/traces"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables:
    """What the environment says about LangSmith."""

    enabled: bool | None = setting(
        "TRACE_TO_LANGSMITH", kind=SWITCH, default=None, meaning="On: traces go to LangSmith."
    )
    key: Secret | None = setting(
        "LANGSMITH_OPENCODE_API_KEY",
        "LANGSMITH_API_KEY",
        kind=KEY,
        default=None,
        secret=True,
        meaning="LangSmith's key; switches nothing on.",
    )
    endpoint: str = setting(
        "LANGSMITH_OPENCODE_ENDPOINT",
        "LANGSMITH_ENDPOINT",
        kind=BASE,
        default=HOSTED,
        meaning="LangSmith's API: of the region, or your own server's with its `/api/v1`.",
    )
    project: str = setting(
        "LANGSMITH_OPENCODE_PROJECT",
        "LANGSMITH_PROJECT",
        kind=LINE,
        default="opencode",
        meaning="The project.",
    )
    workspace: str | None = setting(
        "LANGSMITH_WORKSPACE_ID",
        kind=LINE,
        default=None,
        meaning="The workspace, for a key that has several.",
    )
    metadata: Metadata | None = setting(
        "LANGSMITH_OPENCODE_METADATA",
        "LANGSMITH_METADATA",
        kind=OBJECT,
        default=None,
        meaning="Metadata of every run.",
    )
    level: Level | None = level_of("langsmith")


def traces(given: Variables) -> Traces:
    """Return how LangSmith gets traces."""
    workspace = {"x-tenant-id": Secret(given.workspace)} if given.workspace else {}
    return Traces(
        endpoint=posted(given.endpoint, PATH),
        profile=TraceProfile.LANGSMITH,
        headers={
            "x-api-key": given.key or Secret(""),
            "langsmith-project": Secret(given.project),
            **workspace,
        },
        attributes=flat("langsmith.metadata.", given.metadata or {}),
    )


LANGSMITH = Destination(
    name="langsmith",
    title="LangSmith",
    guide="https://docs.langchain.com/langsmith/trace-with-opentelemetry",
    variables=Variables,
    starts=(("TRACE_TO_LANGSMITH",),),
    needs=("LANGSMITH_API_KEY",),
    stops=("TRACE_TO_LANGSMITH",),
    traces=traces,
)
