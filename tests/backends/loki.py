"""Loki on loopback, which takes log records over OTLP, and questions to it.

https://grafana.com/docs/loki/latest/send-data/otel/
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.backends.prometheus import Line, Sample
from tests.trace_backends.serving import Json, Program, ask, free_port, running

NS_PER_S = 1_000_000_000
MOST_LINES = 5000
"""What Loki gives at most in one answer, unless it is told otherwise."""

# The week is older than what Loki takes by default, and is asked for while the ingester still has it.
CONFIGURATION = """
auth_enabled: false
server: {{http_listen_address: 127.0.0.1, http_listen_port: {http}, grpc_listen_address: 127.0.0.1,
          grpc_listen_port: {grpc}, log_level: warn}}
common:
  instance_addr: 127.0.0.1
  path_prefix: {folder}/data
  replication_factor: 1
  ring: {{kvstore: {{store: inmemory}}}}
  storage: {{filesystem: {{chunks_directory: {folder}/data/chunks, rules_directory: {folder}/data/rules}}}}
schema_config:
  configs:
    - {{from: 2020-01-01, store: tsdb, object_store: filesystem, schema: v13,
       index: {{prefix: index_, period: 24h}}}}
limits_config: {{reject_old_samples: {refuses_old}}}
querier: {{query_ingesters_within: 0s}}
ingester: {{query_store_max_look_back_period: -1ns, lifecycler: {{min_ready_duration: 0s, final_sleep: 0s}}}}
analytics: {{reporting_enabled: false}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One record: when, its line, and what Loki keeps beside it."""

    time_ns: int
    line: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loki:
    """A running Loki."""

    url: str

    @property
    def endpoint(self) -> str:
        """Where an exporter sends OTLP over HTTP; the signal's path comes behind it."""
        return f"{self.url}/otlp"

    def lines(self, query: str, start_s: float, end_s: float) -> list[LogLine]:
        """Ask for records, newest first; from the start on, before the end."""
        return [
            LogLine(time_ns=int(time_ns), line=line, labels=stream["stream"])
            for stream in self._range(query, start_s, end_s, limit=MOST_LINES)
            for time_ns, line, *_ in stream["values"]
        ]

    def instant(self, query: str, at_s: float) -> list[Sample]:
        """Ask for numbers at a time."""
        asked = {"query": query, "time": str(int(at_s * NS_PER_S))}
        found = ask("GET", f"{self.url}/loki/api/v1/query", params=asked)["data"]["result"]
        return [Sample(labels=one["metric"], value=float(one["value"][1])) for one in found]

    def range(self, query: str, start_s: float, end_s: float, step_s: float) -> list[Line]:
        """Ask for lines along the time axis, both ends included."""
        found = self._range(query, start_s, end_s, step=f"{step_s:g}s")
        return [
            Line(
                labels=one["metric"],
                points=tuple((float(at_s), float(value)) for at_s, value in one["values"]),
            )
            for one in found
        ]

    def _range(self, query: str, start_s: float, end_s: float, **asked: str | int) -> list[Json]:
        """Ask for a range."""
        span = {"query": query, "start": int(start_s * NS_PER_S), "end": int(end_s * NS_PER_S), **asked}
        found: list[Json] = ask("GET", f"{self.url}/loki/api/v1/query_range", params=span)["data"]["result"]
        return found


@contextmanager
def serve_loki(binary: Path, folder: Path, *, refuses_old: str = "false") -> Iterator[Loki]:
    """Run a Loki in an empty folder; `refuses_old` is its `reject_old_samples`, by default "true"."""
    http, grpc = free_port(), free_port()
    configuration = folder / "loki.yaml"
    written = CONFIGURATION.format(http=http, grpc=grpc, folder=folder, refuses_old=refuses_old)
    configuration.write_text(written, encoding="utf-8")
    program = Program(command=(str(binary), f"-config.file={configuration}"), environ={}, folder=folder)
    url = f"http://127.0.0.1:{http}"
    with running(program, f"{url}/ready"):
        yield Loki(url=url)
