"""Two gateways behind the load balancer: sums stay true, traces whole, and one of them may be killed."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from otel_agent.sink.server import Sink
from tests.backends.collector import DEPLOY, Collector, free_ports, needed_collector
from tests.backends.gateways import (
    SEVERAL,
    backends,
    lately,
    numbers,
    prometheus_at,
    send,
    settled,
    telemetry,
    truth,
)
from tests.backends.prometheus import Prometheus
from tests.backends.test_gateway_traces import traces

POINTS = "otelcol_receiver_accepted_metric_points"
SPANS = "otelcol_receiver_accepted_spans"
TRACES = "otelcol_processor_tail_sampling_new_trace_id_received"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A load balancer, its gateways and their backends."""

    balancer: Collector
    gateways: tuple[Collector, ...]
    prometheus: Prometheus
    sink: Sink


@contextmanager
def tier(folder: Path) -> Iterator[Tier]:
    """Run two gateways behind a load balancer."""
    program, (port,) = needed_collector(), free_ports(1)
    with ExitStack() as stack:
        prometheus = stack.enter_context(prometheus_at(port, folder / "prometheus"))
        sink = stack.enter_context(Sink())
        gateways = tuple(
            stack.enter_context(
                Collector(
                    program,
                    [DEPLOY / "gateway.yaml"],
                    folder / name,
                    backends(port, sink, GATEWAY_WRITER=name),
                )
            )
            for name in ("gateway-1", "gateway-2")
        )
        shares = {
            f"GATEWAY_{number}": f"127.0.0.1:{one.grpc_port}" for number, one in enumerate(gateways, start=1)
        }
        balancer = Collector(program, [DEPLOY / "loadbalancer.yaml"], folder / "balancer", shares)
        stack.enter_context(balancer)
        yield Tier(balancer=balancer, gateways=gateways, prometheus=prometheus, sink=sink)


@pytest.mark.parametrize("temporality", ["cumulative", "delta"])
def test_sums_of_two_gateways_are_true(tmp_path: Path, temporality: str) -> None:
    """Each person's series go to one of them, each trace too, and together they have everything."""
    files = [lately(name, tmp_path / "files", user=f"user-{name}") for name in SEVERAL]
    expected, is_from_zero = truth(files), temporality == "cumulative"
    with Sink() as plain:
        for file in files:
            send(file, tmp_path / "plain", telemetry(plain.http_url, "http/protobuf"))
        sent = traces(plain.spans())

    with tier(tmp_path) as it:
        settings = telemetry(it.balancer.url("grpc"), OPENCODE_OTLP_METRICS_TEMPORALITY=temporality)
        assert all(send(file, tmp_path, settings).is_delivered for file in files)

        assert expected == settled(lambda: numbers(it.prometheus, is_from_zero=is_from_zero), expected)
        assert sent == settled(lambda: traces(it.sink.spans()), sent)
        assert all(one.count(POINTS) > 0 and one.count(SPANS) > 0 for one in it.gateways)
        assert len(sent) == sum(one.count(TRACES) for one in it.gateways)


def test_agents_keep_what_a_dead_gateway_cannot_take(tmp_path: Path) -> None:
    """The first tier queues nothing: it refuses, the agent waits, and nothing is lost."""
    files = [lately(name, tmp_path / "files", user=f"user-{name}") for name in SEVERAL]
    expected = truth(files)

    with tier(tmp_path) as it:
        settings = telemetry(it.balancer.url("grpc"))
        it.gateways[0].kill()
        kept = [file for file in files if not send(file, tmp_path, settings, timeout_s=1).is_delivered]
        assert 0 < len(kept) <= len(files)
        it.gateways[0].start()
        assert all(send(file, tmp_path / "again", settings).is_delivered for file in kept)

        assert expected == settled(lambda: numbers(it.prometheus, is_from_zero=True), expected)
