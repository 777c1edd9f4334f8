"""Monitors for Datadog: spend, failing model calls, silence and the agent's own losses.

https://docs.datadoghq.com/api/latest/monitors/
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from otel_agent.dashboards.datadog.asking import Asking, Json
from otel_agent.dashboards.queries import Amount, Told
from otel_agent.dashboards.variant import Variant
from otel_agent.signals.logs import API_ERROR, API_REQUEST, LogEvent
from otel_agent.signals.metrics import COST_USAGE, MODEL_USAGE
from otel_agent.signals.metrics_agent import DROPPED

DOLLARS_A_DAY: Final = 100
"""A limit to begin with: change it to your team's."""
PERCENT_FAILING: Final = 20
_WARNING: Final = 0.8
"""At which part of a limit a monitor warns."""
_SPARSE: Final[Json] = {"require_full_window": False}
"""People do not work all day, so a window with gaps counts too."""
_NO_DATA: Final[Json] = {"notify_no_data": True, "no_data_timeframe": 2 * 24 * 60}
"""After how many minutes without data it tells: two windows, as Datadog recommends."""
_METRIC, _LOG = "query alert", "log alert"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Monitor:
    """What one monitor watches; its user adds to the message whom it tells."""

    title: str
    type: str
    query: str
    message: str
    options: Json


def monitors(variant: Variant) -> Iterator[tuple[str, Json]]:
    """Yield a variant's monitors by their names, as `POST /api/v1/monitor` and Import Monitor take them."""
    asking = Asking(prefix=variant.prefix, service=variant.service)
    for name, made in _MONITORS.items():
        monitor = made(asking)
        yield (
            name,
            {
                "name": f"{variant.service}: {monitor.title}",
                "type": monitor.type,
                "query": monitor.query,
                "message": monitor.message,
                "tags": [f"service:{variant.service}"],
                "options": {"include_tags": True, "notify_audit": False, **monitor.options},
            },
        )


def _spend(asking: Asking) -> _Monitor:
    """Return the monitor of a day's spend."""
    return _Monitor(
        title="spend of a day",
        type=_METRIC,
        query=f"sum(last_1d):sum:{asking.series(Amount(of=COST_USAGE))}.as_count() > {DOLLARS_A_DAY}",
        message=(
            f"The last day's model calls cost {{{{value}}}} US dollars; the limit is {DOLLARS_A_DAY}.\n"
            "The Cost dashboard shows by model, person and repository where it goes."
        ),
        options={**_SPARSE, "thresholds": {"critical": DOLLARS_A_DAY, "warning": DOLLARS_A_DAY * _WARNING}},
    )


def _errors(asking: Asking) -> _Monitor:
    """Return the monitor of the share of model calls that fail."""
    variables = [_counted(asking, "failed", API_ERROR), _counted(asking, "answered", API_REQUEST)]
    thresholds = {"critical": PERCENT_FAILING, "warning": PERCENT_FAILING * _WARNING}
    return _Monitor(
        title="model calls that fail",
        type=_LOG,
        query=f'formula("failed / (failed + answered) * 100").last("1h") > {PERCENT_FAILING}',
        message=(
            "{{value}} % of the last hour's model calls failed.\n"
            "The Reliability dashboard lists them with the provider's words."
        ),
        options={"thresholds": thresholds, "variables": variables, "enable_logs_sample": False},
    )


def _silence(asking: Asking) -> _Monitor:
    """Return the monitor of a day without any model call."""
    calls = asking.series(Amount(of=MODEL_USAGE))
    return _Monitor(
        title="silence",
        type=_METRIC,
        query=f"sum(last_1d):default_zero(sum:{calls}.as_count()) < 1",
        message=(
            "No model call was told of in the last day: nobody works, or telemetry does not arrive.\n"
            "`otel-agent doctor` on a developer's machine says which; schedule a downtime for weekends."
        ),
        options={**_SPARSE, "thresholds": {"critical": 1}, **_NO_DATA},
    )


def _losses(asking: Asking) -> _Monitor:
    """Return the monitor of what agents gave up, by reason."""
    series = asking.series(Amount(of=DROPPED, by=("reason",)))
    return _Monitor(
        title="telemetry that is lost",
        type=_METRIC,
        query=f"sum(last_1h):sum:{series}.as_count() > 0",
        message=(
            "Agents gave {{value}} lines, events or items up in the last hour: {{reason.name}}.\n"
            "docs/metrics.md names the reasons; the Agent health dashboard shows them over time."
        ),
        options={**_SPARSE, "thresholds": {"critical": 0}},
    )


def _counted(asking: Asking, name: str, event: LogEvent) -> Json:
    """Return how often a log event was told, under a name for the formula."""
    return {
        "data_source": "logs",
        "name": name,
        "search": {"query": asking.events(Told(of=(event,)))},
        "indexes": ["*"],
        "compute": {"aggregation": "count"},
        "group_by": [],
    }


_MONITORS: Final[Mapping[str, Callable[[Asking], _Monitor]]] = {
    "spend": _spend,
    "errors": _errors,
    "silence": _silence,
    "losses": _losses,
}
