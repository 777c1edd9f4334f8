"""What agents send through the gateway is what Prometheus has, point for point, and the Collector says so."""

from pathlib import Path

import pytest

from tests.backends.gateways import PROTOCOLS, SEVERAL, gateway, lately, numbers, send, settled, truth

ITEMS = {"metrics": "metric_points", "logs": "log_records", "traces": "spans"}
"""How the Collector's counters call the items of each signal."""


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("temporality", ["cumulative", "delta"])
def test_prometheus_has_what_happened(tmp_path: Path, protocol: str, temporality: str) -> None:
    """Tokens, dollars, sessions, lines and tool calls equal those in OpenCode's own events."""
    files = [lately(name, tmp_path / "files") for name in SEVERAL]
    expected, is_from_zero = truth(files), temporality == "cumulative"

    with gateway(tmp_path) as it:
        settings = it.telemetry(protocol, OPENCODE_OTLP_METRICS_TEMPORALITY=temporality)
        assert all(send(file, tmp_path, settings).is_delivered for file in files)
        found = settled(lambda: numbers(it.prometheus, is_from_zero=is_from_zero), expected)

        assert expected == found
        added = it.collector.series("otelcol_deltatocumulative_datapoints")
        assert [] == [labels for labels, _ in added if "error" in labels]


def test_every_item_is_accepted_and_passed_on(tmp_path: Path) -> None:
    """By the Collector's counters: as many as the agents sent, over each protocol; none refused or failed."""
    files = [lately(name, tmp_path / "files") for name in SEVERAL]
    delivered = dict.fromkeys(ITEMS, 0)

    with gateway(tmp_path) as it:
        for number, file in enumerate(files):
            result = send(file, tmp_path, it.telemetry(PROTOCOLS[number % len(PROTOCOLS)]))
            for signal in ITEMS:
                delivered[signal] += result.counts.get(f"delivered.items.{signal}", 0)

        accepted = {of: it.collector.count(f"otelcol_receiver_accepted_{ITEMS[of]}") for of in ITEMS}
        assert delivered == accepted
        assert delivered == settled(
            lambda: {of: it.collector.count(f"otelcol_exporter_sent_{ITEMS[of]}") for of in ITEMS},
            delivered,
        )
        lost = ("receiver_refused", "receiver_failed", "exporter_send_failed", "exporter_enqueue_failed")
        names = [f"otelcol_{what}_{item}" for what in lost for item in ITEMS.values()]
        assert dict.fromkeys(names, 0) == {name: it.collector.count(name) for name in names}
