"""The rule files of Prometheus and Mimir: what is worked out once for all, and when somebody should look."""

from typing import Final

from otel_agent.dashboards.grafana.alerts import EVERY, alerts
from otel_agent.dashboards.grafana.promql import label
from otel_agent.dashboards.grafana.recorded import OFFSET, Pace, recorded
from otel_agent.dashboards.grafana.yaml import Yaml, as_yaml
from otel_agent.dashboards.variant import Variant

_RECORDING: Final = """How much OpenCode's counters grew, without sessions: for long ranges and alerts.
Each value is the exact growth since the one before, so sum_over_time() adds them up without increase()'s
extrapolation (docs/queries.md): sum by (model) (sum_over_time({example}[1d])).
Points that arrive later than query_offset are not in here; the boards ask the points themselves.
Made by `otel-agent dashboards export`; rule_files of Prometheus, or `mimirtool rules load`."""
_ALERTS: Final = """When somebody should look. The limits are guesses for a team of twenty: set your own.
Needs recording.yml beside it. Made by `otel-agent dashboards export`."""


def recording(variant: Variant) -> str:
    """Return the file of recording rules, a group for each pace."""
    groups: dict[Pace, list[Yaml]] = {}
    for pace, rule in recorded(variant):
        groups.setdefault(pace, []).append(rule)
    example = next(rule["record"] for _pace, rule in recorded(variant))
    made = [_group(f"{product(variant)}-{pace.name}", pace, rules) for pace, rules in groups.items()]
    return as_yaml({"groups": made}, _RECORDING.format(example=example))


def alerting(variant: Variant) -> str:
    """Return the file of alerts."""
    rules = [alert.rule(product(variant)) for alert in alerts(variant)]
    group: dict[str, Yaml] = {"name": f"{product(variant)}-alerts", "interval": EVERY, "rules": rules}
    return as_yaml({"groups": [group]}, _ALERTS)


def product(variant: Variant) -> str:
    """Return what groups of rules and alerts are named after: the prefix."""
    return label(variant.prefix.strip(".")).replace("_", "-")


def _group(name: str, pace: Pace, rules: list[Yaml]) -> dict[str, Yaml]:
    """Return a group of recording rules, each of which covers the time since the one before."""
    return {"name": name, "interval": pace.window, "query_offset": OFFSET, "rules": rules}
