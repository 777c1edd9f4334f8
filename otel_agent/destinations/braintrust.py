"""Braintrust: https://www.braintrust.dev/docs/integrations/sdk-integrations/opentelemetry.

Its project is named by a header. The variables are those of its plugin for OpenCode,
https://github.com/braintrustdata/braintrust-opencode-plugin; nothing is sent without `TRACE_TO_BRAINTRUST`,
for the key is set for other programs too.
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
    bearer,
    level_of,
    posted,
)
from otel_agent.parsing import InvalidValueError, Kind, Secret
from otel_agent.tracing import TraceProfile
from otel_agent.variables import setting

HOSTED: Final = "https://api.braintrust.dev"
PATH: Final = "/otel/v1/traces"
PARENTS: Final = ("project_id:", "project_name:", "experiment_id:")


def _parent(text: str) -> str:
    """Read what traces belong to: a kind of thing and which one."""
    parent = LINE.read(text)
    if not any(parent.startswith(kind) and parent != kind for kind in PARENTS):
        raise InvalidValueError
    return parent


PARENT: Final = Kind(
    expected="project_name:, project_id: or experiment_id: and which",
    example="project_name:opencode",
    read=_parent,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables:
    """What the environment says about Braintrust."""

    enabled: bool | None = setting(
        "TRACE_TO_BRAINTRUST", kind=SWITCH, default=None, meaning="On: traces go to Braintrust."
    )
    key: Secret | None = setting(
        "BRAINTRUST_API_KEY",
        kind=KEY,
        default=None,
        secret=True,
        meaning="Braintrust's key; switches nothing on.",
    )
    endpoint: str = setting(
        "BRAINTRUST_API_URL",
        kind=BASE,
        default=HOSTED,
        meaning="Braintrust's API: in the EU https://api-eu.braintrust.dev, or your own data plane's.",
    )
    parent: str | None = setting(
        "BRAINTRUST_PARENT",
        kind=PARENT,
        default=None,
        meaning="What traces belong to; wins over the project.",
    )
    project_id: str | None = setting(
        "BRAINTRUST_PROJECT_ID", kind=LINE, default=None, meaning="The project by its id; wins over its name."
    )
    project: str = setting(
        "BRAINTRUST_PROJECT", kind=LINE, default="opencode", meaning="The project by its name."
    )
    metadata: Metadata | None = setting(
        "BRAINTRUST_ADDITIONAL_METADATA", kind=OBJECT, default=None, meaning="Metadata of every span."
    )
    debug: bool = setting(
        "BRAINTRUST_DEBUG",
        kind=SWITCH,
        default=False,
        meaning="Taken and of no use: `status`, `doctor` and the agent's log say more.",
    )
    level: Level | None = level_of("braintrust")


def traces(given: Variables) -> Traces:
    """Return how Braintrust gets traces."""
    project = f"project_id:{given.project_id}" if given.project_id else f"project_name:{given.project}"
    return Traces(
        endpoint=posted(given.endpoint, PATH),
        profile=TraceProfile.BRAINTRUST,
        headers={
            **bearer(given.key),
            "x-bt-parent": Secret(given.parent or project),
        },
        attributes=flat("braintrust.metadata.", given.metadata or {}),
    )


BRAINTRUST = Destination(
    name="braintrust",
    title="Braintrust",
    guide="https://www.braintrust.dev/docs/integrations/sdk-integrations/opentelemetry",
    variables=Variables,
    starts=(("TRACE_TO_BRAINTRUST",),),
    needs=("BRAINTRUST_API_KEY",),
    stops=("TRACE_TO_BRAINTRUST",),
    traces=traces,
)
