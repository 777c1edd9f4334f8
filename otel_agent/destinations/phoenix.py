"""Phoenix: https://arize.com/docs/phoenix. Its project is named by a header, its key is a bearer token."""

from dataclasses import dataclass

from otel_agent.capture import Level
from otel_agent.destinations import harness
from otel_agent.destinations.destination import BASE, KEY, LINE, Destination, Traces, bearer, level_of, posted
from otel_agent.destinations.harness import Harness
from otel_agent.parsing import Secret
from otel_agent.tracing import TraceProfile
from otel_agent.variables import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables(Harness):
    """What the environment says about Phoenix."""

    endpoint: str | None = setting(
        "PHOENIX_ENDPOINT", kind=BASE, default=None, meaning="Where Phoenix listens; switches it on."
    )
    key: Secret | None = setting(
        "PHOENIX_API_KEY", kind=KEY, default=None, secret=True, meaning="Phoenix's key, where it has a login."
    )
    project: str = setting(
        "PHOENIX_PROJECT",
        "PHOENIX_PROJECT_NAME",
        "ARIZE_PROJECT_NAME",
        kind=LINE,
        default=harness.PROJECT,
        meaning="Phoenix's project.",
    )
    level: Level | None = level_of("phoenix")


def traces(given: Variables) -> Traces:
    """Return how Phoenix gets traces."""
    return Traces(
        endpoint=posted(given.endpoint or ""),
        profile=TraceProfile.ARIZE,
        headers={"x-project-name": Secret(given.project), **bearer(given.key)},
        resource={harness.PROJECT_ATTRIBUTE: given.project},
        attributes=harness.attributes(given),
        hidden=harness.hidden(given),
    )


PHOENIX = Destination(
    name="phoenix",
    title="Phoenix",
    guide="https://arize.com/docs/phoenix",
    variables=Variables,
    starts=(("PHOENIX_ENDPOINT",), (harness.FILE,)),
    needs=("PHOENIX_ENDPOINT",),
    stops=harness.STOPS,
    traces=traces,
)
