"""The week in the servers: an agent worked through every journal, and Grafana can ask for it."""

from dataclasses import dataclass
from pathlib import Path

from otel_agent.dashboards.variant import Variant
from otel_agent.settings import Settings, parse
from tests.backends.grafana import Grafana, Range
from tests.backends.loki import Loki
from tests.backends.prometheus import Prometheus
from tests.backends.truth import Lived, lived
from tests.backends.week import MONDAY_MS, SUNDAY_MS, week
from tests.backends.working import Done, work

INCLUDED = "user.id,vcs.repository.name,vcs.ref.head.name"
"""What the boards ask for beside what every point has; the branch is not there by default."""
TORN = 10
"""How many journals end within a line, as when OpenCode is killed: every tenth or so is enough to be seen."""
WEEK = Range(start_s=MONDAY_MS // 1000, end_s=SUNDAY_MS // 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A week that has arrived under a variant's names, what really happened in it, and what was counted."""

    variant: Variant
    grafana: Grafana
    days: tuple[Lived, ...]
    done: tuple[Done, ...]


def settings_of(prefix: str, prometheus: Prometheus, loki: Loki | None = None) -> Settings:
    """Give the settings of everybody in the week."""
    logs = {"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": f"{loki.endpoint}/v1/logs"} if loki else {}
    return parse(
        {
            "HOME": "/home/dev",
            "OPENCODE_ENABLE_TELEMETRY": "1",
            "OPENCODE_METRIC_PREFIX": prefix,
            "OPENCODE_METRICS_INCLUDE": INCLUDED,
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": f"{prometheus.endpoint}/v1/metrics",
            "OTEL_LOGS_EXPORTER": "otlp" if loki else "none",
            "OTEL_TRACES_EXPORTER": "none",
            **logs,
        }
    )


def fill(variant: Variant, prometheus: Prometheus, loki: Loki, folder: Path) -> Filled:
    """Let agents work through the week."""
    settings = settings_of(variant.prefix, prometheus, loki)
    journals = week()
    written = folder / "written"
    written.mkdir()
    done = [
        work(journal, settings, folder, torn="" if number % TORN else '{"t":')
        for number, journal in enumerate(journals)
    ]
    return Filled(
        variant=variant,
        grafana=Grafana(prometheus=prometheus, loki=loki),
        days=tuple(lived(journal, written) for journal in journals),
        done=tuple(done),
    )
