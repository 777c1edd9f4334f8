"""A Prometheus that takes no late points says so, and the agent counts what it refused with its words."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from otel_agent import receipts
from otel_agent.profiles import DEFAULT_PREFIX
from tests.backends.filled import settings_of
from tests.backends.prometheus import Prometheus, serve_prometheus
from tests.backends.week import week
from tests.backends.working import work


@pytest.fixture
def strict(prometheus_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """An empty Prometheus without `out_of_order_time_window`."""
    with serve_prometheus(prometheus_binary, tmp_path_factory.mktemp("strict"), late=None) as server:
        yield server


def test_late_points_are_refused_and_counted(strict: Prometheus, tmp_path: Path) -> None:
    """What is much older than the newest point is given up, with the server's words."""
    early, *_, late = week()
    settings = settings_of(DEFAULT_PREFIX, strict)
    work(late, settings, tmp_path / "late")
    done = work(early, settings, tmp_path / "early")

    assert 0 == receipts.delivered_items(done.counts)
    assert {"rejected"} == receipts.dropped(done.counts).keys()
    assert "out of bounds" in (done.last_error or "")


def test_live_points_need_the_window_too(strict: Prometheus, tmp_path: Path) -> None:
    """Prometheus writes `target_info` over the time of each request, and refuses one that begins earlier.

    https://github.com/prometheus/prometheus/blob/main/storage/remote/otlptranslator/prometheusremotewrite/helper.go
    """
    done = work(week()[0], settings_of(DEFAULT_PREFIX, strict), tmp_path)

    assert {"rejected"} <= receipts.dropped(done.counts).keys()
    assert "out of order sample" in (done.last_error or "")
