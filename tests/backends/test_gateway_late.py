"""One laptop that comes back after a long time costs nobody else a number."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.backends.gateways import gateway, lately, numbers, send, settled, truth

BEYOND_S = 80 * 3600
"""Older than Prometheus' window of 72 hours."""
FILTERED = "otelcol_processor_filter_datapoints_filtered"


def test_points_that_are_too_old_cost_only_themselves(tmp_path: Path) -> None:
    """Prometheus refuses a batch for one such point: the gateway leaves them out before, and counts them."""
    known = lately("run_simple", tmp_path / "files")
    old = lately("run_two_models", tmp_path / "files", ago_s=BEYOND_S)
    new = [lately(name, tmp_path / "files") for name in ("demo", "run_edit")]
    expected = truth([known, *new])

    with gateway(tmp_path) as it:
        assert send(known, tmp_path, it.telemetry()).is_delivered
        with ThreadPoolExecutor() as pool:
            together = list(
                pool.map(lambda file: send(file, tmp_path, it.telemetry()), (new[0], old, new[1]))
            )
        assert all(result.is_delivered for result in together)

        assert expected == settled(lambda: numbers(it.prometheus, is_from_zero=True), expected)
        assert together[1].counts["delivered.items.metrics"] == it.collector.count(FILTERED)
        assert 0 == it.collector.count("otelcol_exporter_send_failed_metric_points")
