"""Prometheus 3 on loopback with its OTLP receiver, and questions to it.

https://prometheus.io/docs/guides/opentelemetry/
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.trace_backends.serving import Program, ask, free_port, running

LATE = "8d"
"""How late a point may come: a simulated week arrives journal by journal, the oldest perhaps at last."""
KEPT = "90d"
CONFIGURATION = """
otlp:
  translation_strategy: UnderscoreEscapingWithSuffixes
"""
LATE_POINTS = """
storage:
  tsdb:
    out_of_order_time_window: {window}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One number of an answer, and the labels that it has."""

    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an answer along the time axis: (seconds since 1970, value), and the labels that it has."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prometheus:
    """A running Prometheus."""

    url: str

    @property
    def endpoint(self) -> str:
        """Where an exporter sends OTLP over HTTP; the signal's path comes behind it."""
        return f"{self.url}/api/v1/otlp"

    def instant(self, query: str, at_s: float) -> list[Sample]:
        """Ask for numbers at a time, in Prometheus' order."""
        found = ask("POST", f"{self.url}/api/v1/query", data={"query": query, "time": at_s})["data"]["result"]
        return [Sample(labels=one["metric"], value=float(one["value"][1])) for one in found]

    def range(self, query: str, start_s: float, end_s: float, step_s: float) -> list[Line]:
        """Ask for lines along the time axis, both ends included."""
        span = {"query": query, "start": start_s, "end": end_s, "step": step_s}
        found = ask("POST", f"{self.url}/api/v1/query_range", data=span)["data"]["result"]
        return [
            Line(
                labels=one["metric"],
                points=tuple((float(at_s), float(value)) for at_s, value in one["values"]),
            )
            for one in found
        ]

    def values(self, label: str, metric: str, start_s: float, end_s: float) -> list[str]:
        """Give the values that a label has in the series of a metric."""
        asked = {"match[]": metric, "start": start_s, "end": end_s}
        found = ask("GET", f"{self.url}/api/v1/label/{label}/values", params=asked)["data"]
        return [str(value) for value in found]


@contextmanager
def serve_prometheus(binary: Path, folder: Path, *, late: str | None = LATE) -> Iterator[Prometheus]:
    """Run a Prometheus in an empty folder; without `late` it takes late points as it does by default."""
    port = free_port()
    configuration = folder / "prometheus.yml"
    late_points = LATE_POINTS.format(window=late) if late else ""
    configuration.write_text(CONFIGURATION + late_points, encoding="utf-8")
    program = Program(
        command=(
            str(binary),
            f"--config.file={configuration}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--storage.tsdb.retention.time={KEPT}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--web.enable-otlp-receiver",
        ),
        environ={},
        folder=folder,
    )
    url = f"http://127.0.0.1:{port}"
    with running(program, f"{url}/-/ready"):
        yield Prometheus(url=url)
