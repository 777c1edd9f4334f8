"""One test's fleet: agents that replay recordings, the gateway, Prometheus, a sink for logs and traces."""

import os
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from otel_agent.dashboards.grafana.promql import PromQL
from otel_agent.dashboards.queries import Amount, Measured, Number
from otel_agent.replay import Result, replay, unpack
from otel_agent.settings import parse
from otel_agent.signals.instruments import Instrument
from otel_agent.signals.metrics import (
    COST_USAGE,
    LINES_OF_CODE_COUNT,
    SESSION_COUNT,
    TOKEN_USAGE,
    TOOL_DURATION,
)
from otel_agent.sink.server import Sink
from tests.backends import builds
from tests.backends.collector import DEPLOY, Collector, free_ports, needed_collector
from tests.backends.prometheus import Prometheus
from tests.e2e.truth import Sums
from tests.otlp.happened import Happened, happened
from tests.trace_backends.serving import Program, running

RECORDINGS = Path(__file__).parents[1] / "recordings"
SEVERAL = ("demo", "run_edit", "run_two_models", "run_e429", "serve_revert", "serve_compact", "serve_shell")
PROTOCOLS = ("grpc", "http/protobuf", "http/json")
NUMBERS_LIMIT_S = 60.0
LATELY_S = 60
"""How long ago a recording that is sent ended, unless it is said."""
# A time in milliseconds that stands alone: no part of an id.
MILLISECONDS = re.compile(r"(?<![\w.-])1\d{12}(?![\w.-])")
USER = "5b1f6a52-0000-4000-8000-3c9d2e7a1f04"
"""Who worked in the recordings, as their `observed` lines say."""
Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A gateway with its backends; `traces` and `logs` go to the sink."""

    collector: Collector
    prometheus: Prometheus
    sink: Sink

    def telemetry(self, protocol: str = "grpc", **more: str) -> dict[str, str]:
        """Give the settings of an agent that sends to the gateway."""
        return telemetry(self.collector.url(protocol), protocol, **more)


def telemetry(url: str, protocol: str = "grpc", **more: str) -> dict[str, str]:
    """Give the settings of an agent that sends to an address."""
    known = {
        "OPENCODE_ENABLE_TELEMETRY": "1",
        "OPENCODE_OTLP_ENDPOINT": url,
        "OPENCODE_OTLP_PROTOCOL": protocol,
    }
    return {**known, **more}


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What a team asks for: tokens, dollars, sessions, lines, and how many tool calls there were."""

    sums: Sums
    sessions: Mapping[tuple[str, ...], int]
    lines: Mapping[tuple[str, ...], int]
    calls: int


def lately(name: str, folder: Path, *, user: str = USER, ago_s: float = LATELY_S) -> Path:
    """Write a recording as if it had ended so long ago, of a person, and return the file."""
    text = (RECORDINGS / f"{name}.ndjson").read_text(encoding="utf-8")
    latest = max(int(found) for found in MILLISECONDS.findall(text))
    later = int((time.time() - ago_s) * 1000) - latest
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.ndjson"
    moved = MILLISECONDS.sub(lambda found: str(int(found[0]) + later), text)
    file.write_text(moved.replace(USER, user), encoding="utf-8")
    return file


def send(file: Path, folder: Path, settings: Mapping[str, str], timeout_s: float = 60.0) -> Result:
    """Send a recording through the agent's path; it unpacks the journal below the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    journal = folder / f"{file.stem}-journal"
    return replay(journal, unpack(file, journal), parse(settings), timeout_s=timeout_s)


def truth(files: Sequence[Path]) -> Numbers:
    """Read from OpenCode's own events what happened in recordings."""
    each = [happened(file) for file in files]
    usd: dict[tuple[str, str], float] = defaultdict(float)
    for one in each:
        for key, spent in one.sums().cost.items():
            usd[key] += spent
    tokens = sum((Counter(one.sums().tokens) for one in each), Counter())
    return Numbers(
        sums=Sums(
            tokens=dict(tokens), cost={key: pytest.approx(spent, rel=1e-9) for key, spent in usd.items()}
        ),
        sessions=_together(each, lambda one: one.started()),
        lines=_together(each, lambda one: one.churn()),
        calls=sum(len(one.calls()) for one in each),
    )


def _together(
    each: Sequence[Happened], count: Callable[[Happened], Mapping[tuple[object, ...], int]]
) -> Mapping[tuple[str, ...], int]:
    """Add up counts; their keys are written as labels are."""
    found: dict[tuple[str, ...], int] = {}
    for one in each:
        for key, number in count(one).items():
            words = tuple(str(part).lower() for part in key)
            found[words] = found.get(words, 0) + number
    return found


def numbers(prometheus: Prometheus, *, is_from_zero: bool) -> Numbers:
    """Ask Prometheus for the numbers of the last two hours, as our dashboards ask."""
    promql = PromQL(prefix="opencode.", is_from_zero=is_from_zero, range_="2h", range_s="7200", step="1m")

    def asked(query: Number, *labels: str) -> dict[tuple[str, ...], float]:
        found = prometheus.instant(promql.number(query), time.time())
        return {tuple(one.labels[label] for label in labels): one.value for one in found}

    def counted(row: Instrument, *labels: str) -> dict[tuple[str, ...], float]:
        return asked(Amount(of=row, by=labels), *(label.replace(".", "_") for label in labels))

    tokens = counted(TOKEN_USAGE, "session.id", "model", "type")
    cost = counted(COST_USAGE, "session.id", "model")
    return Numbers(
        sums=Sums(
            tokens={(session, model, kind): int(count) for (session, model, kind), count in tokens.items()},
            cost={(session, model): usd for (session, model), usd in cost.items()},
        ),
        sessions={
            key: int(count) for key, count in counted(SESSION_COUNT, "is_subagent", "start_type").items()
        },
        lines={key: int(count) for key, count in counted(LINES_OF_CODE_COUNT, "type").items()},
        calls=int(asked(Measured(of=TOOL_DURATION)).get((), 0)),
    )


def settled(look: Callable[[], Seen], expected: object, limit_s: float = NUMBERS_LIMIT_S) -> Seen:
    """Look until what is seen is what is expected, or time is up; return what was seen last."""
    end = time.monotonic() + limit_s
    while (seen := look()) != expected and time.monotonic() < end:
        time.sleep(0.2)
    return seen


def needed_prometheus() -> Path:
    """Give Prometheus' program; the test is skipped where it is not built."""
    path = builds.program("prometheus", os.environ)
    if path is None:
        pytest.skip("needs Prometheus: run `tests/backends/install`")
    return path


@contextmanager
def prometheus_at(port: int, folder: Path) -> Iterator[Prometheus]:
    """Run a Prometheus with the file of deploy/collector."""
    folder.mkdir(parents=True, exist_ok=True)
    command = (
        str(needed_prometheus()),
        f"--config.file={DEPLOY / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--web.enable-otlp-receiver",
    )
    url = f"http://127.0.0.1:{port}"
    with running(Program(command=command, environ={}, folder=folder), f"{url}/-/ready"):
        yield Prometheus(url=url)


def backends(prometheus_port: int, sink: Sink, **environ: str) -> dict[str, str]:
    """Give the environment of a gateway with these backends; every trace is kept, and soon."""
    return {
        "METRICS_OTLP": f"http://127.0.0.1:{prometheus_port}/api/v1/otlp",
        "LOGS_OTLP": sink.http_url,
        "TRACES_OTLP": sink.http_url,
        "DECISION_WAIT": "2s",
        "DECISION_WAIT_AFTER_ROOT": "1s",
        "KEEP_PERCENT": "100",
        **environ,
    }


@contextmanager
def gateway(folder: Path, *overlays: str, **environ: str) -> Iterator[Gateway]:
    """Run a gateway with its backends; overlays are further files of deploy/collector."""
    program = needed_collector()
    files = [DEPLOY / name for name in ("gateway.yaml", *overlays)]
    (port,) = free_ports(1)
    with ExitStack() as stack:
        prometheus = stack.enter_context(prometheus_at(port, folder / "prometheus"))
        sink = stack.enter_context(Sink())
        environ = backends(port, sink, **environ)
        collector = stack.enter_context(Collector(program, files, folder / "collector", environ))
        yield Gateway(collector=collector, prometheus=prometheus, sink=sink)
