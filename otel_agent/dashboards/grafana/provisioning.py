"""Files that Grafana reads at its start: where the boards are, and data sources with links between them.

https://grafana.com/docs/grafana/latest/administration/provisioning/
"""

from collections.abc import Mapping
from typing import Final

from otel_agent.dashboards.grafana.promql import PromQL
from otel_agent.dashboards.grafana.yaml import Yaml, as_yaml
from otel_agent.dashboards.queries import Amount
from otel_agent.dashboards.variant import Variant
from otel_agent.signals.metrics import COST_USAGE, TOKEN_USAGE

METRICS: Final = "opencode-metrics"
LOGS: Final = "opencode-logs"
TRACES: Final = "opencode-traces"
"""What the data sources are known by to each other."""
AROUND: Final = {"spanStartTimeShift": "-5m", "spanEndTimeShift": "5m"}
"""How far around a span its logs and numbers are looked for: a turn's last export comes a minute after it."""

_DASHBOARDS: Final = """Tells Grafana where the boards are.
Put this into its provisioning/dashboards folder, and the boards where GF_OPENCODE_DASHBOARDS says.
Made by `otel-agent dashboards export`."""
_DATASOURCES: Final = """Data sources with links between log events, traces and numbers.
Put this into Grafana's provisioning/datasources folder, and set PROMETHEUS_URL (Prometheus, or Mimir with
/prometheus at its end), LOKI_URL and TEMPO_URL. $$ is a dollar sign: a single one names a variable.
Made by `otel-agent dashboards export`."""


def dashboards(variant: Variant) -> str:
    """Return the file that names the folder of the boards."""
    provider: dict[str, Yaml] = {
        "name": variant.prefix.strip(".") or "opencode",
        "folder": "OpenCode",
        "type": "file",
        "updateIntervalSeconds": 60,
        "allowUiUpdates": False,
        "options": {"path": "$GF_OPENCODE_DASHBOARDS"},
    }
    return as_yaml({"apiVersion": 1, "providers": [provider]}, _DASHBOARDS)


def datasources(variant: Variant) -> str:
    """Return the file of data sources."""
    found = [_metrics(), _logs(), _traces(variant)]
    return as_yaml({"apiVersion": 1, "datasources": found}, _DATASOURCES)


def _source(name: str, uid: str, kind: str, more: Mapping[str, Yaml]) -> Mapping[str, Yaml]:
    """Return one data source; its URL is in the environment of Grafana."""
    url = f"${kind.upper()}_URL"
    return {"name": name, "uid": uid, "type": kind, "access": "proxy", "url": url, "jsonData": more}


def _metrics() -> Mapping[str, Yaml]:
    """Return Prometheus or Mimir; a session's numbers come once a minute."""
    return _source("OpenCode metrics", METRICS, "prometheus", {"httpMethod": "POST", "timeInterval": "60s"})


def _logs() -> Mapping[str, Yaml]:
    """Return Loki, where each record's trace_id leads to its trace: it is structured metadata, no text."""
    link = {
        "name": "Trace",
        "matcherType": "label",
        "matcherRegex": "trace_id",
        "datasourceUid": TRACES,
        "url": "$${__value.raw}",
        "urlDisplayLabel": "This turn's trace",
    }
    return _source("OpenCode logs", LOGS, "loki", {"derivedFields": [link]})


def _traces(variant: Variant) -> Mapping[str, Yaml]:
    """Return Tempo, where each span leads to its turn's log events and to its session's numbers."""
    logs: dict[str, Yaml] = {
        "datasourceUid": LOGS,
        **AROUND,
        "customQuery": True,
        "query": f'{{service_name="{variant.service}"}} | trace_id="$${{__trace.traceId}}"',
    }
    metrics: dict[str, Yaml] = {"datasourceUid": METRICS, **AROUND, "queries": _numbers(variant.prefix)}
    return _source("OpenCode traces", TRACES, "tempo", {"tracesToLogsV2": logs, "tracesToMetrics": metrics})


def _numbers(prefix: str) -> list[Yaml]:
    """Return the questions about the session of a span."""
    asks = PromQL(prefix=prefix, range_="$$__range", is_from_zero=False)
    session = {"session.id": ('$${__span.tags["session.id"]}',)}
    spend = Amount(of=COST_USAGE, by=("model",), where=session)
    tokens = Amount(of=TOKEN_USAGE, by=("type",), where=session)
    return [
        {"name": "This session's spend", "query": asks.number(spend)},
        {"name": "This session's tokens", "query": asks.number(tokens)},
    ]
