"""Nothing that the gateway has acknowledged is lost when backends and the gateway itself are gone."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from otel_agent.sink.server import Sink
from tests.backends.collector import DEPLOY, Collector, free_ports, needed_collector
from tests.backends.gateways import (
    SEVERAL,
    backends,
    gateway,
    lately,
    needed_prometheus,
    numbers,
    prometheus_at,
    send,
    settled,
    telemetry,
    truth,
)
from tests.e2e.waiting import wait_until


def ids(sink: Sink) -> tuple[set[object], set[str]]:
    """Give the ids of all records and spans that a sink has."""
    return {one.attributes["log.record.uid"] for one in sink.log_records()}, {
        one.span_id for one in sink.spans()
    }


def wait_for_decisions(collector: Collector, traces: int) -> None:
    """Wait until so many traces were decided on and passed on: until then they are in memory only."""
    counter = "otelcol_processor_tail_sampling_global_count_traces_sampled"
    rounds = "otelcol_processor_tail_sampling_sampling_decision_timer_latency_count"
    wait_until(lambda: collector.count(counter) >= traces, what="the decisions")
    then = collector.count(rounds)
    wait_until(lambda: collector.count(rounds) > then + 1, what="the end of that round")


def test_what_waits_outlives_outage_and_kill(tmp_path: Path) -> None:
    """Backends down, sessions arrive, the gateway is killed and started, backends up: all of it is there."""
    program, _ = needed_collector(), needed_prometheus()
    files = [lately(name, tmp_path / "files") for name in SEVERAL]
    expected, (port,) = truth(files), free_ports(1)
    sink, plain = Sink(), Sink()
    with ExitStack() as stack:
        for one in (sink, plain):
            stack.enter_context(one)
        for file in files:
            send(file, tmp_path / "plain", telemetry(plain.http_url, "http/protobuf"))
        sink.stop()
        collector = Collector(
            program, [DEPLOY / "gateway.yaml"], tmp_path / "collector", backends(port, sink)
        )
        stack.enter_context(collector)
        for file in files:
            assert send(file, tmp_path, telemetry(collector.url("grpc"))).is_delivered
        wait_for_decisions(collector, len({span.trace_id for span in plain.spans()}))

        collector.kill()
        collector.start()
        prometheus = stack.enter_context(prometheus_at(port, tmp_path / "prometheus"))
        sink.start()

        assert expected == settled(lambda: numbers(prometheus, is_from_zero=True), expected)
        assert ids(plain) == settled(lambda: ids(sink), ids(plain))


def test_kill_while_sessions_arrive_loses_nothing(tmp_path: Path) -> None:
    """The gateway dies with requests under way: agents send again what it has not acknowledged."""
    files = [lately(name, tmp_path / "files") for name in SEVERAL]
    expected = truth(files)

    with gateway(tmp_path) as it, Sink() as plain, ThreadPoolExecutor(len(files)) as pool:
        for file in files:
            send(file, tmp_path / "plain", telemetry(plain.http_url, "http/protobuf"))
        records = {one.attributes["log.record.uid"] for one in plain.log_records()}
        coming = [pool.submit(send, file, tmp_path, it.telemetry()) for file in files]
        wait_until(lambda: it.collector.count("otelcol_receiver_accepted_metric_points"), what="a point")
        it.collector.kill()
        it.collector.start()

        assert all(one.result().is_delivered for one in coming)
        assert expected == settled(lambda: numbers(it.prometheus, is_from_zero=True), expected)
        assert records == settled(
            lambda: {one.attributes["log.record.uid"] for one in it.sink.log_records()}, records
        )


def test_delta_series_go_on_after_a_kill(tmp_path: Path) -> None:
    """What was added up is gone with a gateway; the next one writes series of its own: sums stay true."""
    program, _ = needed_collector(), needed_prometheus()
    files = [
        lately(name, tmp_path / "files", ago_s=ago_s) for name, ago_s in (("resume", 300), ("resume_2", 60))
    ]
    expected, (port,) = truth(files), free_ports(1)
    with ExitStack() as stack:
        sink = stack.enter_context(Sink())
        prometheus = stack.enter_context(prometheus_at(port, tmp_path / "prometheus"))
        collector = Collector(
            program, [DEPLOY / "gateway.yaml"], tmp_path / "collector", backends(port, sink)
        )
        stack.enter_context(collector)
        for number, file in enumerate(files):
            settings = telemetry(collector.url("grpc"), OPENCODE_OTLP_METRICS_TEMPORALITY="delta")
            assert send(file, tmp_path, settings).is_delivered
            collector.kill()
            collector.start(GATEWAY_WRITER=f"gateway-{number}")

        assert expected == settled(lambda: numbers(prometheus, is_from_zero=False), expected)
