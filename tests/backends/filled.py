"""The week in the servers: an agent worked through every journal, and Grafana can ask for it."""

from dataclasses import dataclass
from pathlib import Path

from otel_agent.dashboards.variant import Variant
from otel_agent.profiles import DEFAULT_PREFIX
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


def settings_of(
    *, prefix: str = DEFAULT_PREFIX, metrics: Prometheus | None = None, logs: Loki | None = None
) -> Settings:
    """Give the settings of everybody in the week; a signal without a server is off."""
    environ = {
        "HOME": "/home/dev",
        "OPENCODE_ENABLE_TELEMETRY": "1",
        "OPENCODE_METRIC_PREFIX": prefix,
        "OPENCODE_METRICS_INCLUDE": INCLUDED,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_TRACES_EXPORTER": "none",
    }
    for signal, server in (("metrics", metrics), ("logs", logs)):
        if server is None:
            environ[f"OTEL_{signal.upper()}_EXPORTER"] = "none"
        else:
            environ[f"OTEL_EXPORTER_OTLP_{signal.upper()}_ENDPOINT"] = f"{server.endpoint}/v1/{signal}"
    return parse(environ)


def fill(variant: Variant, prometheus: Prometheus, loki: Loki, folder: Path) -> Filled:
    """Let agents work through the week."""
    settings = settings_of(prefix=variant.prefix, metrics=prometheus, logs=loki)
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
