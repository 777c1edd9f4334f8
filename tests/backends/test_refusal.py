"""What comes late: who takes it, and who refuses it, which the agent counts with the server's words."""

from pathlib import Path

import pytest

from otel_agent import receipts
from otel_agent.doctor.backend import item_accepted, late_point_accepted
from tests.backends import truth
from tests.backends.filled import WEEK, settings_of
from tests.backends.loki import serve_loki
from tests.backends.prometheus import serve_prometheus
from tests.backends.truth import lived
from tests.backends.week import week
from tests.backends.working import work
from tests.doctor.patients import looked, patient

FEW = 5
"""Every fifth journal is enough to have all days."""


def test_week_that_arrives_backwards_is_the_same_week(prometheus_binary: Path, tmp_path: Path) -> None:
    """With a window that is long enough it does not matter who delivers first: after an outage, say."""
    (tmp_path / "server").mkdir()
    journals = week()[::-FEW]
    days = [lived(journal, tmp_path) for journal in journals]
    with serve_prometheus(prometheus_binary, tmp_path / "server") as server:
        done = [work(journal, settings_of(metrics=server), tmp_path) for journal in journals]
        window = "opencode_token_usage_tokens_total[7d]"
        (found,) = server.instant(f"sum(max_over_time({window}) - min_over_time({window}))", WEEK.end_s)

    assert [] == [one.last_error for one in done if one.last_error]
    assert truth.summed(truth.tokens(days)) == found.value


@pytest.mark.parametrize(("window", "words"), [(None, "out of bounds"), ("72h", "too old sample")])
def test_late_points_are_refused_and_counted(
    prometheus_binary: Path, tmp_path: Path, window: str | None, words: str
) -> None:
    """What is older than the window, or than an hour without one, is given up, with the server's words."""
    (tmp_path / "server").mkdir()
    early, *_, late = week()
    with serve_prometheus(prometheus_binary, tmp_path / "server", late=window) as server:
        work(late, settings_of(metrics=server), tmp_path / "late")
        done = work(early, settings_of(metrics=server), tmp_path / "early")

    assert 0 == receipts.delivered_items(done.counts)
    assert {"rejected"} == receipts.dropped(done.counts).keys()
    assert words in (done.last_error or "")


def test_live_points_need_the_window_too(prometheus_binary: Path, tmp_path: Path) -> None:
    """Prometheus writes `target_info` over the time of each request, and refuses one that begins earlier.

    https://github.com/prometheus/prometheus/blob/main/storage/remote/otlptranslator/prometheusremotewrite/helper.go
    """
    (tmp_path / "server").mkdir()
    with serve_prometheus(prometheus_binary, tmp_path / "server", late=None) as server:
        done = work(week()[0], settings_of(metrics=server), tmp_path)

    assert {"rejected"} <= receipts.dropped(done.counts).keys()
    assert "out of order sample" in (done.last_error or "")


def test_old_records_are_refused_and_counted(loki_binary: Path, tmp_path: Path) -> None:
    """Loki takes nothing that is older than a week, unless it is told to."""
    (tmp_path / "server").mkdir()
    with serve_loki(loki_binary, tmp_path / "server", refuses_old="true") as server:
        done = work(week()[0], settings_of(logs=server), tmp_path)

    assert 0 == receipts.delivered_items(done.counts)
    assert {"rejected"} == receipts.dropped(done.counts).keys()
    assert "timestamp too old" in (done.last_error or "")


@pytest.mark.parametrize(("window", "verdict"), [(None, "failed"), ("72h", "ok")])
def test_doctor_finds_the_missing_window(
    prometheus_binary: Path, tmp_path: Path, window: str | None, verdict: str
) -> None:
    """A new point is accepted in both cases; one of a minute ago is what tells."""
    (tmp_path / "server").mkdir()
    with serve_prometheus(prometheus_binary, tmp_path / "server", late=window) as server:
        whom = patient(
            tmp_path,
            OPENCODE_OTLP_ENDPOINT=server.endpoint,
            OPENCODE_OTLP_PROTOCOL="http/protobuf",
            OTEL_LOGS_EXPORTER="none",
            OTEL_TRACES_EXPORTER="none",
        )
        found = [looked(check, whom)[0][0] for check in (item_accepted, late_point_accepted)]

    assert ["ok", verdict] == found
